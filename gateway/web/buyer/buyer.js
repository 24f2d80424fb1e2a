// The buyer's page, live: the state of the charge without a reload, and copying by one tap.
import { dong, fill, follow, moment } from '/static/shared/live.js';
import { words } from '/static/shared/words.js';

const pay = document.getElementById('pay');
const lost = document.getElementById('lost');
let stream = null;

function chargeChanged(charge) {
  const before = pay.dataset.state;
  const kept = charge.paid - (charge.refunded || 0);
  const missing = Math.max(charge.amount - kept, 0);

  pay.dataset.state = charge.state;
  fill(pay, 'amount', dong(charge.amount));
  fill(pay, 'missing', dong(missing));
  fill(pay, 'extra', dong(Math.max(kept - charge.amount, 0)));
  fill(pay, 'paid', dong(charge.paid));
  fill(pay, 'state_text', words.waiting);
  if (charge.expires_at) fill(pay, 'expires', moment(charge.expires_at, stream.now()));
  // The code of a short charge asks for the rest; nobody shall scan the old one.
  if (charge.state === 'short') {
    document.getElementById('code').src = '/q/' + encodeURIComponent(charge.reference) + '.svg?left=' + missing;
  }
  if (charge.state === before) return;
  document.getElementById('say').textContent = words[charge.state] || '';
  window.scrollTo(0, 0);
}

// Without a clipboard (plain http, old browsers) the text is selected, ready for the phone's menu.
async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = words.copy; }, 2000);
  } catch (error) {
    window.getSelection().selectAllChildren(button.previousElementSibling);
  }
}

document.querySelectorAll('.copy').forEach((button) => {
  button.hidden = false;
  button.addEventListener('click', () => copy(button));
});

if (pay.dataset.events) {
  stream = follow(pay.dataset.events, '', { charge: chargeChanged },
    () => { lost.hidden = false; }, () => { lost.hidden = true; });
}
