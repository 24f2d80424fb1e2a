// The seller's page, live: a charge without a reload, money as it comes in, the connection.
import { clock, day, digits, dong, fill, follow, moment } from '/static/shared/live.js';
import { put, words } from '/static/shared/words.js';
import { amount, clear, hint, isMeant } from '/static/stall/keypad.js';
import { fullCode, keepAwake, offerInstall } from '/static/stall/screen.js';
import * as sound from '/static/stall/sound.js';

const SHOWN_MS = 15000;
const LATE_MS = 3 * 60 * 1000; // the bank told us so much later than it booked
const ROWS_MAX = 50;
const PATIENCE_MS = 8000; // for a charge of the server's; then the phone makes one itself
const PREPARE_MS = 2000;
const TELL_MS = 10000; // between tries to tell the server of a code that the phone made
const WAKING_MS = 1500; // a phone just woken may be back by then: shown at once, said after

const $ = (id) => document.getElementById(id);
const stall = document.body.dataset.reference;
let offline = null; // offline.js, once the page is ready
let untold = false; // the phone made codes that the server may not know of yet
let now = () => Date.now(); // the server's clock, once the stream has told it
let opened = ''; // the day the sums on the page are of, asked once a minute

// To those who cannot see it; aloud is sound.js.
function say(text) {
  $('say').textContent = '';
  setTimeout(() => { $('say').textContent = text; }, 100);
}

// ---- asking ------------------------------------------------------------------------------

let attempt = null; // {amount, key}: a retry after a lost answer must not make a second charge

function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

async function postCharge() {
  if (!attempt || attempt.amount !== amount) attempt = { amount, key: randomKey() };
  const patience = new AbortController();
  setTimeout(() => patience.abort(), PATIENCE_MS);
  const answer = await fetch('/v1/stalls/' + encodeURIComponent(stall) + '/charges', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': attempt.key },
    body: JSON.stringify({ amount }),
    signal: patience.signal,
  });
  if (answer.status === 401 || answer.status === 403) {
    location.assign('/stall'); // the session is over: the page says what to do
    return;
  }
  if (!answer.ok) {
    if (answer.status !== 429 && answer.status < 500) attempt = null;
    throw new Error(answer.status === 429 || answer.status === 503
      ? words.busy : words.bad);
  }
  const charge = await answer.json();
  attempt = null;
  showCharge(charge);
  history.replaceState(null, '', '/stall?charge=' + encodeURIComponent(charge.reference));
}

// Without a network: by the phone's own codec, and never green before the server knows of it.
async function mintHere() {
  const charge = offline && await offline.mint(amount).catch(() => null);

  if (!charge) return false;
  untold = true;
  attempt = null;
  showCharge(charge);
  return true;
}

async function ask(event) {
  event.preventDefault();
  if (!isMeant()) return;
  $('go').disabled = true;
  $('go').textContent = words.making;
  try {
    if ($('lost').hidden || !(await mintHere())) await postCharge();
  } catch (error) {
    // fetch itself throws one of these, worded for developers, when there is no network.
    const network = error instanceof TypeError || error.name === 'AbortError';
    if (!network || !(await mintHere()))
      hint(words.failed + ' ' + (network ? words.network : error.message));
  }
  $('go').disabled = false;
  $('go').textContent = words.make_code;
}

// ---- the charge on the screen -------------------------------------------------------------

// One code at a time: where there is room for both, the standing code gives way to a charge.
function isAsking() {
  const charge = $('charge');
  return !charge.hidden && ['open', 'short', 'offline'].includes(charge.dataset.state);
}

function showStanding() {
  const asking = isAsking();

  showWhere();
  if ($('standing')) $('standing').open = !asking && window.matchMedia('(min-width: 56rem)').matches;
}

// Money that comes meanwhile leaves the code free to be scanned: of a short charge it is further down.
function showWhere() {
  const dynamic = isAsking() && $('charge').dataset.state !== 'short';

  document.body.classList.toggle('has-code', dynamic || location.hash === '#code');
}

function missingOf(charge) {
  return Math.max(charge.amount - charge.paid + (charge.refunded || 0), 0);
}

function extraOf(charge) {
  return Math.max(charge.paid - (charge.refunded || 0) - charge.amount, 0);
}

// A code drawn on the phone itself, in the place of a picture that has not come.
async function draw(frame, payload, label) {
  const { codec } = await import('/static/stall/codec.js');
  const drawer = await codec();

  if (frame.dataset.payload === payload) frame.replaceChildren(drawer.picture(payload, label));
}

// What is still to be paid, as a code: of a short charge the rest.
function showCode(charge) {
  const frame = $('charge-code');
  const missing = missingOf(charge);
  const label = put(words.code_alt, dong(missing));
  const picture = new Image(300, 300);

  frame.textContent = '';
  frame.dataset.payload = charge.payload || '';
  if (charge.state === 'offline') draw(frame, charge.payload, label);
  if (charge.state !== 'open' && charge.state !== 'short') return;
  picture.alt = label;
  if (charge.payload) picture.onerror = () => draw(frame, charge.payload, label).catch(() => {});
  picture.src = '/q/' + encodeURIComponent(charge.reference) + '.png?left=' + missing;
  frame.appendChild(picture);
}

function fillCharge(charge) {
  const box = $('charge');
  const paid = charge.paid || 0;

  box.dataset.state = charge.state;
  fill(box, 'amount', dong(charge.amount));
  fill(box, 'paid', dong(paid));
  fill(box, 'missing', dong(missingOf(charge)));
  fill(box, 'extra', dong(extraOf(charge)));
  fill(box, 'state_text', words[charge.state] || '');
  if (charge.expires_at) fill(box, 'expires', moment(charge.expires_at, now()));
  showWhere();
}

function showCharge(charge) {
  const box = $('charge');

  box.dataset.reference = charge.reference;
  delete box.dataset.ended;
  fill(box, 'reference', charge.reference);
  fillCharge(charge);
  showCode(charge);
  $('cancel').action = '/stall/charges/' + encodeURIComponent(charge.reference) + '/cancel';
  $('buyer-page').href = charge.pay_url;
  $('ask-arrived').href = '/stall/not-arrived?amount=' + charge.amount;
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
  clear();
  history.replaceState(null, '', '/stall');
  window.scrollTo(0, 0);
  $('amount').focus({ preventScroll: true });
}

function chargeChanged(charge, fresh) {
  if (charge.reference !== $('charge').dataset.reference) return;
  fillCharge(charge);
  showCode(charge);
  if (!fresh) return;
  delete $('charge').dataset.ended; // money has just come
  tell(charge.state, charge);
}

// What the voice says of a charge in this state, and which of its sums.
const VOICED = { paid: ['paid', 'paid'], over: ['over', 'extra'], short: ['short', 'missing'], paid_late: ['late', 'paid'] };

// What came for a charge, aloud and to screen readers; the sum is compared with the charge.  Returns
// what is said aloud, or null.
function tell(state, charge) {
  const sums = { paid: charge.paid, missing: missingOf(charge), extra: extraOf(charge) };
  const [kind, sum] = VOICED[state] || [];

  if (state === 'paid') say(put(words.say_paid, dong(sums.paid)));
  else if (state === 'over') say(put(words.say_over, dong(sums.extra), dong(sums.paid)));
  else if (state === 'short') say(put(words.say_short, dong(sums.missing), dong(sums.paid)));
  else if (state === 'paid_late') say(words.paid_late + ': ' + dong(sums.paid));
  else say(words[state] || '');
  if (!kind) return null;
  sound.speak(kind, sums[sum]);
  return [kind, sums[sum]];
}

// The charge on the screen again, as it reads there: also one that this page never heard of.
function sayCharge() {
  const [kind, sum] = VOICED[$('charge').dataset.state];

  sound.say(kind, digits($('charge').querySelector('[data-slot="' + sum + '"]').textContent));
}

// ---- money coming in ----------------------------------------------------------------------

const known = new Set(Array.from($('payments').children, (row) => row.dataset.id));
let missed = { count: 0, sum: 0 };
let hideTimer = 0;
let covered = 0; // earlier arrivals still unread under the one shown
let sentence = null; // what was said of it; null: it is of the past, and never spoken

function via(payment) {
  return payment.charge ? put(words.via_charge, payment.charge) : words.via_standing;
}

function addRow(payment, fresh) {
  const row = $('payment').content.firstElementChild.cloneNode(true);

  row.dataset.id = payment.id;
  row.querySelector('a').href = '/stall/payments/' + payment.id;
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
  $('arrived-again').hidden = !sentence;
  $('arrived').hidden = false;
}

// "2026-06-30T..." -> "30/06"
function dayMonth(time) {
  const text = day(time);
  return text.slice(8, 10) + '/' + text.slice(5, 7);
}

// Word and kind of what came for no charge that is on the screen.
function arrival(payment) {
  const charge = { amount: payment.charge_amount, paid: payment.charge_paid };

  if (payment.state === 'paid_late') return ['late', words.came_late, charge];
  if (payment.late || now() - Date.parse(payment.booked_at) > LATE_MS)
    return ['late', words.came_told_late, null];
  if (payment.state === 'short') return ['short', put(words.came_short, dong(missingOf(charge))), charge];
  if (payment.state === 'over') return ['over', put(words.came_over, dong(extraOf(charge))), charge];
  return ['', payment.state === 'paid' ? words.came_paid : words.came, null];
}

function showArrived(payment) {
  const [kind, word, charge] = arrival(payment);
  const when = payment.late ? put(words.booked_day, clock(payment.booked_at), dayMonth(payment.booked_at))
    : put(words.booked, clock(payment.booked_at));

  covered = $('arrived').hidden ? 0 : covered + 1;
  if (payment.late) {
    sentence = null; // money of another day is shown, and never spoken as arriving
  } else if (charge) {
    sentence = tell(payment.state, charge);
  } else {
    say(word.toLowerCase() + ' ' + dong(payment.amount) + (kind ? ', ' + when : ''));
    sentence = [kind || 'paid', payment.amount];
    sound.speak(...sentence);
  }
  show(kind, word, payment.amount, via(payment) + ' · ' + when +
    (covered ? ' · ' + put(words.covered, covered) : ''));
  clearTimeout(hideTimer);
  hideTimer = setTimeout(hideArrived, SHOWN_MS);
}

function hideArrived() {
  $('arrived').hidden = true;
  missed = { count: 0, sum: 0 };
}

// What came while nobody listened is told as a sum of the past, never as money arriving now; it
// stays until it is read.
function showMissed(payment) {
  missed = { count: missed.count + 1, sum: missed.sum + payment.amount };
  sentence = null;
  show('late', words.missed, missed.sum, put(words.missed_text, missed.count));
  clearTimeout(hideTimer);
}

function paymentCame(payment, fresh) {
  const id = String(payment.id);

  if (known.has(id)) return;
  known.add(id);
  addRow(payment, fresh);
  if ($('today-count') && day(payment.booked_at) === day(now())) { // the owner's page
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

  if (row) fill(row, 'via', via(refund) + ' · ' + put(words.went_back, dong(refund.payment_refunded)));
  if (!$('today-value') || day(refund.booked_at) !== day(now())) return;
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

let sayLost = 0; // a timer
let saidLost = false;

function lost() {
  document.body.classList.add('is-lost');
  $('lost').hidden = false;
  $('link').textContent = words.connecting;
  $('link').classList.remove('on');
  clearTimeout(sayLost);
  sayLost = setTimeout(() => {
    saidLost = true;
    say(words.say_lost);
    sound.speak('lost');
  }, WAKING_MS);
  checkSession().catch(() => {}); // no network either: nothing more to find out
}

// The charge as the server has it by now; null while it was not told of it.
async function asTold(reference, told) {
  const among = told.find((charge) => charge.reference === reference);
  if (among || (await offline.pending()).some((charge) => charge.reference === reference)) return among;
  const answer = await fetch('/v1/charges/' + encodeURIComponent(reference)); // another tab told it
  return answer.ok ? answer.json() : null;
}

// The server is told of the codes that were made without it; it says what became of them.
async function tellMinted() {
  if (!offline) return;
  const told = await offline.sync();
  untold = (await offline.pending()).length > 0;
  const { reference, state } = $('charge').dataset;
  if (state !== 'offline' || !reference) return;
  const charge = await asTold(reference, told);

  if (!charge || charge.reference !== $('charge').dataset.reference) return;
  fillCharge(charge);
  showCode(charge);
  history.replaceState(null, '', '/stall?charge=' + encodeURIComponent(charge.reference));
}

function back() {
  tellMinted().catch(() => {}); // another time
  clearTimeout(sayLost);
  if (saidLost) {
    saidLost = false;
    say(words.say_back);
    sound.speak('back');
  }
  document.body.classList.remove('is-lost');
  $('lost').hidden = true;
  $('link').textContent = words.ready;
  $('link').classList.add('on');
}

// A phone left on over night starts the new day with its own sums.
function newDay() {
  const today = day(now());
  if (!opened) opened = today;
  // Not while disconnected: a reload would leave the seller with the browser's own error page.
  if (today !== opened && $('lost').hidden && $('charge').hidden && !amount) location.reload();
}

$('ask-form').addEventListener('submit', ask);
$('again').addEventListener('click', newCharge);
$('buyer-page').addEventListener('click', sendToBuyer);
window.addEventListener('hashchange', showWhere);
$('arrived').addEventListener('click', (event) => {
  if (event.target.closest('#arrived-again')) sound.say(...sentence);
  else hideArrived();
});
$('charge-again').hidden = false;
$('charge-again').addEventListener('click', sayCharge);
$('link').hidden = false;

// ---- sound, screen ------------------------------------------------------------------------

function showSound() {
  const state = sound.state();

  $('sound').dataset.state = state;
  $('sound').setAttribute('aria-pressed', String(state === 'on'));
  $('sound-text').textContent = words['sound_' + state];
}

// Somebody changes where the stall's money goes: the page says what and when, made anew.  Not again
// and again for what is repeated to a page that has just come.
const openedAt = Date.now();
const REPEATED_MS = 60000;

function accountChanged(told, fresh) {
  if (fresh || Date.now() - openedAt > REPEATED_MS) location.reload();
}

$('sound').hidden = false;
$('sound').addEventListener('click', () => {
  if (sound.state() === 'on' || sound.state() === 'muted') sound.toggle();
  else sound.test();
});
document.querySelectorAll('[data-do]').forEach((button) => {
  button.hidden = false;
  button.addEventListener('click', () => sound[button.dataset.do]());
});
sound.watch(showSound);
keepAwake(words);
fullCode();
offerInstall();
showStanding();
now = follow('/stall/events', document.body.dataset.last,
  { payment: paymentCame, charge: chargeChanged, refund: wentBack, account: accountChanged },
  lost, back).now;
setInterval(newDay, 60000);

// Ready for when there is no network; not before the page itself is, and alone on a slow line.
async function prepare() {
  document.querySelectorAll('img[loading]').forEach((picture) => { picture.loading = 'eager'; });
  offline = await import('/static/stall/offline.js');
  const tryToTell = () => tellMinted().catch(() => {}); // another time
  window.addEventListener('online', tryToTell);
  setInterval(() => { if (untold) tryToTell(); }, TELL_MS); // a short loss ends without a sign
  await offline.start(stall);
}

window.addEventListener('load', () => setTimeout(() => prepare().catch(() => {}), PREPARE_MS));
