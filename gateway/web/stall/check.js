// "Is the code on my wall mine?": the camera reads it, the server compares it with the register.
import { scanPage } from '/static/shared/scan-page.js';
import { words } from '/static/shared/words.js';

const $ = (id) => document.getElementById(id);

function compare(code) {
  $('compare').hidden = !code;
  if (!code) return;
  $('compare').querySelectorAll('[data-fact]').forEach((row) => {
    const [, shown, own] = row.children;

    shown.textContent = code[row.dataset.fact] || words.nothing;
    row.classList.toggle('differs', shown.textContent !== own.textContent);
  });
}

function show(answer) {
  $('answer').dataset.answer = answer.verdict;
  $('answer-title').textContent = answer.title;
  $('answer-text').textContent = answer.text;
  $('answer').hidden = false;
  $('intro').hidden = true;
  compare(answer.code);
  if (navigator.vibrate) navigator.vibrate(answer.verdict === 'right' ? 100 : [300, 100, 300, 100, 300]);
  window.scrollTo(0, 0);
  $('answer').focus({ preventScroll: true });
}

async function ask(text) {
  const answer = await fetch('/v1/stall/check', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  if (answer.status === 401) {
    location.assign('/stall'); // signed out: the page says what to do
    return;
  }
  if (!answer.ok) throw new Error(answer.status);
  show(await answer.json());
}

function begin() {
  $('answer').hidden = true;
  $('compare').hidden = true;
}

const trouble = scanPage(words, begin, (text) => ask(text).catch(() => trouble(words.failed)));
