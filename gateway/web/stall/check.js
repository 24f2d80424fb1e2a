// "Is the code on my wall mine?": the camera reads it, the server compares it with the register.
import { hasCamera, openCamera, readPicture } from '/static/shared/scan.js';
import { words } from '/static/shared/words.js';

const $ = (id) => document.getElementById(id);
let scan = null;

function trouble(text) {
  $('trouble').textContent = text;
  $('trouble').hidden = !text;
  $('looking').textContent = '';
}

function closeEye() {
  if (scan) scan.stop();
  scan = null;
  $('eye').hidden = true;
}

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

async function told(text) {
  closeEye();
  trouble('');
  $('start').hidden = !hasCamera();
  await ask(text).catch(() => trouble(words.failed));
}

function begin() {
  trouble('');
  $('answer').hidden = true;
  $('compare').hidden = true;
}

$('start').addEventListener('click', async () => {
  begin();
  $('eye').hidden = false;
  $('start').hidden = true;
  $('looking').textContent = words.looking;
  try {
    scan = await openCamera($('video'));
  } catch (error) {
    closeEye();
    $('start').hidden = false;
    trouble(error instanceof TypeError ? words.failed : words.no_camera);
    return;
  }
  await told(await scan.text);
});

$('photo').addEventListener('change', async () => {
  const [file] = $('photo').files;

  if (!file) return;
  closeEye();
  begin();
  $('photo').value = '';
  const text = await readPicture(file).catch(() => null);
  if (text) await told(text);
  else trouble(words.no_code);
});

// A camera left open is a light and a battery that nobody asked for.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden || !scan) return;
  closeEye();
  trouble('');
  $('start').hidden = false;
});
$('start').hidden = !hasCamera();
$('pick').hidden = false;
