// The seller's page, live: the keypad, a charge without a reload, money as it comes in.
import { clock, day, digits, dong, fill, follow } from '/static/shared/live.js';

const AMOUNT_MAX = 499999999; // what one NAPAS transfer carries
const AMOUNT_DOUBTFUL = 1000; // below: most likely somebody typed "50" for 50.000
const SHOWN_MS = 15000;
const LATE_MS = 3 * 60 * 1000; // the bank told us so much later than it booked
const ROWS_MAX = 50;
const STATE_TEXT = {
  open: 'Đang chờ khách trả',
  paid: 'Đã trả đủ',
  short: 'Khách trả thiếu',
  over: 'Khách trả dư',
  expired: 'Đã hết hạn',
  cancelled: 'Đã huỷ',
  paid_late: 'Tiền đến muộn',
};

const $ = (id) => document.getElementById(id);
const stall = document.body.dataset.reference;
let now = () => Date.now(); // the server's clock, once the stream has told it
let opened = ''; // the day the sums on the page are of, asked once a minute

function say(text) {
  $('say').textContent = '';
  setTimeout(() => { $('say').textContent = text; }, 100);
}

// ---- the amount ---------------------------------------------------------------------------

let amount = digits($('amount').value);
let doubted = 0; // the small amount the seller was asked about
let attempt = null; // {amount, key}: a retry after a lost answer must not make a second charge

function hint(text) {
  $('hint').textContent = text || 'Gõ số tiền, hoặc chạm mệnh giá để cộng';
  $('hint').classList.toggle('warn', Boolean(text));
}

function setAmount(value) {
  if (value > AMOUNT_MAX) {
    hint('Mỗi lần thu tối đa ' + dong(AMOUNT_MAX) + ' đ');
    return;
  }
  amount = value;
  $('amount').value = value ? dong(value) : '';
  hint('');
}

function press(key) {
  if (key === 'back') setAmount(Math.floor(amount / 10));
  else setAmount(Number(String(amount) + key));
}

function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

async function postCharge() {
  if (!attempt || attempt.amount !== amount) attempt = { amount, key: randomKey() };
  const answer = await fetch('/v1/stalls/' + encodeURIComponent(stall) + '/charges', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': attempt.key },
    body: JSON.stringify({ amount }),
  });
  if (answer.status === 401 || answer.status === 403) {
    location.assign('/stall'); // the session is over: the page says what to do
    return;
  }
  if (!answer.ok) {
    if (answer.status !== 429 && answer.status < 500) attempt = null;
    throw new Error(answer.status === 429 || answer.status === 503
      ? 'Hệ thống đang bận, đợi vài giây rồi bấm lại.' : 'Xem lại số tiền rồi bấm lần nữa.');
  }
  const charge = await answer.json();
  attempt = null;
  showCharge(charge);
  history.replaceState(null, '', '/stall?charge=' + encodeURIComponent(charge.reference));
}

async function ask(event) {
  event.preventDefault();
  if (amount <= 0) {
    hint('Chưa có số tiền');
    return;
  }
  if (amount < AMOUNT_DOUBTFUL && doubted !== amount) {
    doubted = amount;
    hint('Mới có ' + amount + ' đ. Nếu là ' + dong(amount * 1000) + ' đ thì bấm 000; nếu đúng, bấm lại.');
    return;
  }
  $('go').disabled = true;
  $('go').textContent = 'Đang tạo mã…';
  try {
    await postCharge();
  } catch (error) {
    // fetch itself throws a TypeError, worded for developers, when there is no network.
    hint('Chưa tạo được mã. ' +
      (error instanceof TypeError ? 'Xem lại mạng rồi bấm lần nữa.' : error.message));
  }
  $('go').disabled = false;
  $('go').textContent = 'Tạo mã QR';
}

// ---- the charge on the screen -------------------------------------------------------------

// One code at a time: where there is room for both, the standing code gives way to a charge.
function showStanding() {
  const charge = $('charge');
  const asking = !charge.hidden && (charge.dataset.state === 'open' || charge.dataset.state === 'short');

  $('standing').open = !asking && window.matchMedia('(min-width: 56rem)').matches;
}

function missingOf(charge) {
  return Math.max(charge.amount - charge.paid + (charge.refunded || 0), 0);
}

// What is still to be paid, as a code: of a short charge the rest.
function showCode(charge) {
  const missing = missingOf(charge);
  const picture = new Image(300, 300);

  $('charge-code').textContent = '';
  if (charge.state !== 'open' && charge.state !== 'short') return;
  picture.alt = 'Mã QR thu ' + dong(missing) + ' đồng';
  picture.src = '/q/' + encodeURIComponent(charge.reference) + '.png?left=' + missing;
  $('charge-code').appendChild(picture);
}

function fillCharge(charge) {
  const box = $('charge');
  const paid = charge.paid || 0;

  box.dataset.state = charge.state;
  fill(box, 'amount', dong(charge.amount));
  fill(box, 'paid', dong(paid));
  fill(box, 'missing', dong(missingOf(charge)));
  fill(box, 'state_text', STATE_TEXT[charge.state] || '');
  if (charge.expires_at) fill(box, 'expires', clock(charge.expires_at));
}

function showCharge(charge) {
  const box = $('charge');

  box.dataset.reference = charge.reference;
  fill(box, 'reference', charge.reference);
  fillCharge(charge);
  showCode(charge);
  $('cancel').action = '/stall/charges/' + encodeURIComponent(charge.reference) + '/cancel';
  $('buyer-page').href = charge.pay_url;
  $('ask').hidden = true;
  box.hidden = false;
  showStanding();
  window.scrollTo(0, 0);
  $('again').focus({ preventScroll: true });
}

// To a buyer who is not at the stall: by whatever app the seller talks to them with.
function sendToBuyer(event) {
  if (!navigator.share) return; // the link itself opens the buyer's page
  event.preventDefault();
  navigator.share({ url: $('buyer-page').href }).catch(() => {}); // closed without choosing
}

function newCharge(event) {
  event.preventDefault();
  $('charge').hidden = true;
  $('charge').dataset.reference = '';
  $('ask').hidden = false;
  showStanding();
  setAmount(0);
  doubted = 0;
  history.replaceState(null, '', '/stall');
  window.scrollTo(0, 0);
  $('amount').focus({ preventScroll: true });
}

function chargeChanged(charge, fresh) {
  if (charge.reference !== $('charge').dataset.reference) return;
  fillCharge(charge);
  showCode(charge);
  if (!fresh) return;
  if (charge.state === 'paid' || charge.state === 'over') {
    say('Đã nhận ' + dong(charge.paid) + ' đồng');
  } else if (charge.state === 'short') {
    say('Thiếu ' + dong(missingOf(charge)) + ' đồng. Mới nhận ' + dong(charge.paid) + ' đồng');
  } else {
    say(STATE_TEXT[charge.state] || '');
  }
}

// ---- money coming in ----------------------------------------------------------------------

const known = new Set(Array.from($('payments').children, (row) => row.dataset.id));
let missed = { count: 0, sum: 0 };
let hideTimer = 0;
let covered = 0; // earlier arrivals still unread under the one shown

function via(payment) {
  return payment.charge ? 'Khoản thu ' + payment.charge : 'Mã tĩnh';
}

function addRow(payment, fresh) {
  const row = $('payment').content.firstElementChild.cloneNode(true);

  row.dataset.id = payment.id;
  row.classList.toggle('new', fresh);
  fill(row, 'amount', dong(payment.amount));
  fill(row, 'via', via(payment));
  fill(row, 'time', (payment.late ? dayMonth(payment.booked_at) + ' ' : '') + clock(payment.booked_at));
  $('payments').querySelectorAll('.new').forEach((old) => old.classList.remove('new'));
  $('payments').prepend(row);
  $('none').hidden = true;
  while ($('payments').children.length > ROWS_MAX) $('payments').lastElementChild.remove();
}

function show(kind, word, sum, how) {
  $('arrived').className = 'arrived ' + kind;
  $('arrived-word').textContent = word;
  $('arrived-sum').textContent = dong(sum) + '\u00a0đ';
  $('arrived-how').textContent = how;
  $('arrived').hidden = false;
}

// "2026-06-30T..." -> "30/06"
function dayMonth(time) {
  const text = day(time);
  return text.slice(8, 10) + '/' + text.slice(5, 7);
}

function showArrived(payment) {
  const late = payment.late || now() - Date.parse(payment.booked_at) > LATE_MS;
  const short = payment.state === 'short';
  const word = late ? 'TIỀN BÁO MUỘN' : short ? 'ĐÃ NHẬN, CÒN THIẾU' : 'ĐÃ NHẬN';
  const when = 'khách trả lúc ' + clock(payment.booked_at) +
    (payment.late ? ' ngày ' + dayMonth(payment.booked_at) : '');

  covered = $('arrived').hidden ? 0 : covered + 1;
  show(late ? 'late' : short ? 'short' : '', word, payment.amount, via(payment) + ' · ' + when +
    (covered ? ' · và ' + covered + ' khoản ngay trước, xem danh sách' : ''));
  clearTimeout(hideTimer);
  hideTimer = setTimeout(hideArrived, SHOWN_MS);
  if (payment.late) return; // money of another day is shown, and never spoken as arriving
  say(word.toLowerCase() + ' ' + dong(payment.amount) + ' đồng' + (late ? ', ' + when : ''));
}

function hideArrived() {
  $('arrived').hidden = true;
  missed = { count: 0, sum: 0 };
}

// What came while nobody listened is told as a sum of the past, never as money arriving now; it
// stays until it is read.
function showMissed(payment) {
  missed = { count: missed.count + 1, sum: missed.sum + payment.amount };
  show('late', 'LÚC CHƯA NỐI MẠNG', missed.sum, 'Đã vào ' + missed.count + ' khoản, xem danh sách');
  clearTimeout(hideTimer);
}

function paymentCame(payment, fresh) {
  const id = String(payment.id);

  if (known.has(id)) return;
  known.add(id);
  addRow(payment, fresh);
  if (day(payment.booked_at) === day(now())) {
    $('today-count').textContent = dong(digits($('today-count').textContent) + 1);
    $('today-value').textContent = dong(digits($('today-value').textContent) + payment.amount);
  }
  const onScreen = payment.charge && payment.charge === $('charge').dataset.reference;
  if (!fresh) showMissed(payment);
  else if (!onScreen) showArrived(payment); // the one on the screen turns colour by itself
}

// Money that went back: the row says so, and the sums of its day. Nothing is spoken: no money came.
function wentBack(refund) {
  if (known.has(String(refund.id))) return;
  known.add(String(refund.id));
  const row = $('payments').querySelector('[data-id="' + refund.payment + '"]');

  if (row) fill(row, 'via', via(refund) + ' · đã hoàn ' + dong(refund.payment_refunded) + ' đ');
  if (day(refund.booked_at) !== day(now())) return;
  $('today-value').textContent = dong(digits($('today-value').textContent) - refund.amount);
  if (refund.payment_refunded === refund.payment_amount)
    $('today-count').textContent = dong(digits($('today-count').textContent) - 1);
}

// ---- the connection -----------------------------------------------------------------------

// A stream that stays shut may mean that this phone was signed out: then the page says so.
async function checkSession() {
  const page = await fetch('/stall').then((answer) => answer.text());
  if (!page.includes('data-reference="' + stall + '"')) location.assign('/stall');
}

function lost() {
  document.body.classList.add('is-lost');
  $('lost').hidden = false;
  $('link').textContent = 'Đang nối…';
  $('link').classList.remove('on');
  say('Mất kết nối. Chưa biết tiền đã vào hay chưa.');
  checkSession().catch(() => {}); // no network either: nothing more to find out
}

function back() {
  if (!$('lost').hidden) say('Đã nối lại');
  document.body.classList.remove('is-lost');
  $('lost').hidden = true;
  $('link').textContent = 'Sẵn sàng';
  $('link').classList.add('on');
}

// A phone left on over night starts the new day with its own sums.
function newDay() {
  const today = day(now());
  if (!opened) opened = today;
  // Not while disconnected: a reload would leave the seller with the browser's own error page.
  if (today !== opened && $('lost').hidden && $('charge').hidden && !amount) location.reload();
}

$('amount').removeAttribute('pattern'); // dots are written for the seller from here on
$('amount').removeAttribute('maxlength');
$('amount').required = false;
$('amount').inputMode = 'none'; // the keys below take the place of the phone's keyboard
$('amount').addEventListener('input', () => setAmount(digits($('amount').value)));
$('keys').hidden = false;
$('keys').addEventListener('click', (event) => {
  const key = event.target.closest('button');
  if (key) press(key.dataset.key);
});
document.querySelectorAll('.notes button').forEach((note) => {
  note.type = 'button';
  note.addEventListener('click', () => setAmount(amount + Number(note.value)));
});
$('ask-form').addEventListener('submit', ask);
$('again').addEventListener('click', newCharge);
$('buyer-page').addEventListener('click', sendToBuyer);
$('arrived').addEventListener('click', hideArrived);
$('link').hidden = false;
showStanding();
hint('');
now = follow('/stall/events', document.body.dataset.last,
  { payment: paymentCame, charge: chargeChanged, refund: wentBack }, lost, back).now;
setInterval(newDay, 60000);
