// The page for when there is no network: the stall's own code, and codes of an amount, made here.
// It never says that anything is paid: it cannot know.

import { codec } from './codec.js';
import { facts, mint, pending, sync } from './offline.js';
import { clock, digits, dong } from '../shared/live.js';
import { words } from '../shared/words.js';

const AMOUNT_MAX = 499999999; // what one NAPAS transfer carries
const TRY_MS = 10000;

const $ = (id) => document.getElementById(id);
let stall = null;
let amount = 0;

function put(frame, payload, label) {
  return codec().then((c) => $(frame).replaceChildren(c.picture(payload, label)));
}

// The field shows what will be asked for, also where what was typed is too much.
function setAmount(value) {
  const most = value > AMOUNT_MAX;

  if (!most) amount = value;
  $('amount').value = amount ? dong(amount) : '';
  $('hint').textContent = most ? words.too_much : words.hint;
}

async function showPending() {
  const charges = await pending();

  $('pending').replaceChildren(...charges.reverse().map((charge) => {
    const row = document.createElement('li');

    row.textContent = clock(charge.created_at) + ' · ' + dong(charge.amount) + '\u00a0đ · ' + charge.reference;
    return row;
  }));
  $('waiting').hidden = charges.length === 0;
}

async function ask(event) {
  event.preventDefault();
  if (amount <= 0) {
    $('hint').textContent = words.no_amount;
    return;
  }
  const charge = await mint(amount);

  if (!charge) {
    $('hint').textContent = words.used_up;
    return;
  }
  await put('charge-code', charge.payload, words.code_of + ' ' + dong(amount) + ' đ');
  $('charge-sum').textContent = dong(amount) + '\u00a0đ';
  $('charge-reference').textContent = charge.reference;
  $('charge').hidden = false;
  $('standing').open = false;
  $('ask').hidden = true;
  setAmount(0);
  await showPending();
  window.scrollTo(0, 0);
  $('again').focus({ preventScroll: true });
}

function again() {
  $('charge').hidden = true;
  $('ask').hidden = false;
  $('amount').focus({ preventScroll: true });
}

async function showStall() {
  stall = await facts().catch(() => null);
  $('unknown').hidden = Boolean(stall);
  $('known').hidden = !stall;
  if (!stall) return;
  ['name', 'holder', 'bank', 'account', 'reference'].forEach((name) => {
    document.querySelectorAll('[data-slot="' + name + '"]').forEach((slot) => {
      slot.textContent = stall[name];
    });
  });
  const c = await codec();
  await put('code', c.encode({ bin: stall.bank_bin, account: stall.account, amount: 0, memo: stall.reference }),
    words.code_of + ' ' + stall.name);
  await showPending();
}

// Back on the network: the server is told of the codes, and its page shows what became of the last.
async function tryNetwork() {
  const told = await sync().catch(() => null);
  const alive = told && (await fetch('/healthz', { cache: 'no-store' }).then((answer) => answer.ok, () => false));

  if (!alive) return false;
  const last = told[told.length - 1];
  location.replace(last ? '/stall?charge=' + encodeURIComponent(last.reference) : '/stall');
  return true;
}

async function retry() {
  $('tried').textContent = words.trying;
  if (!(await tryNetwork())) $('tried').textContent = words.still_lost;
}

$('amount').addEventListener('input', () => setAmount(digits($('amount').value)));
document.querySelectorAll('.notes button').forEach((note) => {
  note.addEventListener('click', () => setAmount(amount + Number(note.value)));
});
$('ask').addEventListener('submit', ask);
$('again').addEventListener('click', again);
$('retry').addEventListener('click', retry);
window.addEventListener('online', tryNetwork);
setInterval(() => {
  if (!document.hidden && !amount) tryNetwork(); // not while an amount is being typed
}, TRY_MS);
showStall();
