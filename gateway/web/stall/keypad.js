// The amount to ask for: typed on our own keys, summed of banknotes, or written into the field.
import { digits, dong } from '/static/shared/live.js';
import { put, words } from '/static/shared/words.js';

const AMOUNT_MAX = 499999999; // what one NAPAS transfer carries
const AMOUNT_DOUBTFUL = 1000; // below: most likely somebody typed "50" for 50.000
const $ = (id) => document.getElementById(id);

export let amount = digits($('amount').value);
let doubted = 0; // the small amount the seller was asked about

export function hint(text) {
  $('hint').textContent = text || words.hint;
  $('hint').classList.toggle('warn', Boolean(text));
}

// The field shows what will be asked for, also where what was typed is too much.
function setAmount(value) {
  const most = value > AMOUNT_MAX;

  if (!most) amount = value;
  $('amount').value = amount ? dong(amount) : '';
  hint(most ? put(words.max, dong(AMOUNT_MAX)) : '');
}

function press(key) {
  if (key === 'back') setAmount(Math.floor(amount / 10));
  else setAmount(Number(String(amount) + key));
}

// Is it an amount to ask for?  Else the hint says what is wrong; a doubtful one is asked for twice.
export function isMeant() {
  if (amount <= 0) {
    hint(words.no_amount);
    return false;
  }
  if (amount >= AMOUNT_DOUBTFUL || doubted === amount) return true;
  doubted = amount;
  hint(put(words.doubt, amount, dong(amount * 1000)));
  return false;
}

export function clear() {
  setAmount(0);
  doubted = 0;
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
hint('');
