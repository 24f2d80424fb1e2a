// What a page that scans has: a button that opens the camera, a picture instead, and what went wrong.
// Elements by their ids: start, eye, video, pick, photo, trouble, looking.
import { hasCamera, openCamera, readPicture } from '/static/shared/scan.js';

const $ = (id) => document.getElementById(id);

// `begin()` before each scan, `told(text)` with what a code says; of `words`: looking, failed,
// no_camera, no_code.  Returns trouble(text), which shows what went wrong ('': nothing).
export function scanPage(words, begin, told) {
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
  async function found(text) {
    closeEye();
    trouble('');
    await told(text);
  }

  $('start').addEventListener('click', async () => {
    trouble('');
    begin();
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
    await found(await scan.text);
  });
  $('photo').addEventListener('change', async () => {
    const [file] = $('photo').files;

    if (!file) return;
    closeEye();
    trouble('');
    begin();
    $('photo').value = '';
    const text = await readPicture(file).catch(() => null);
    if (text) await found(text);
    else trouble(words.no_code);
  });
  // A camera left open is a light and a battery that nobody asked for.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden || !scan) return;
    closeEye();
    trouble('');
  });
  $('start').hidden = !hasCamera();
  $('pick').hidden = false;
  return trouble;
}
