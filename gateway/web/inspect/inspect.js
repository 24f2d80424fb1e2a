// The inspector's camera: what the code says goes into the form, and the server compares it.
import { wordsOf } from '/static/shared/live.js';
import { hasCamera, openCamera, readPicture } from '/static/shared/scan.js';

const $ = (id) => document.getElementById(id);
const words = wordsOf('words');
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
  $('start').hidden = !hasCamera();
}

function send(text) {
  closeEye();
  $('payload').value = text;
  $('form').submit();
}

$('start').addEventListener('click', async () => {
  trouble('');
  $('eye').hidden = false;
  $('start').hidden = true;
  $('looking').textContent = words.looking;
  try {
    scan = await openCamera($('video'));
  } catch (error) {
    closeEye();
    trouble(error instanceof TypeError ? words.failed : words.no_camera);
    return;
  }
  send(await scan.text);
});

$('photo').addEventListener('change', async () => {
  const [file] = $('photo').files;

  if (!file) return;
  closeEye();
  trouble('');
  $('photo').value = '';
  const text = await readPicture(file).catch(() => null);
  if (text) send(text);
  else trouble(words.no_code);
});

// A camera left open is a light and a battery that nobody asked for.
document.addEventListener('visibilitychange', () => {
  if (document.hidden && scan) closeEye();
});
$('start').hidden = !hasCamera();
$('pick').hidden = false;
