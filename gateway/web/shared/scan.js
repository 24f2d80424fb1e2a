// Reads a QR code with the camera or out of a picture: by the browser where it can, else by jsQR,
// which is fetched only when somebody wants to scan.
//
//   const scan = await openCamera(video)   asks for the camera; throws where there is none
//   scan.text                              a promise: what the first code says
//   scan.stop()                            lets the camera go; the promise then never ends
//   await readPicture(file)                what its code says, or null
//
// Whoever uses it sends Permissions-Policy: camera=(self).

const EVERY_MS = 150; // between two looks: a cheap phone needs its time for the picture
const SIDES = [800, 1400, 480]; // of a picture's longer side: far, fine and blurred codes
const LIVE_SIDE = 720;

let reader = null;

function shrunk(source, width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement('canvas');

  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  return { canvas, pen };
}

async function ownReader() {
  if (!('BarcodeDetector' in window)) return null;
  if (!(await window.BarcodeDetector.getSupportedFormats()).includes('qr_code')) return null;
  const detector = new window.BarcodeDetector({ formats: ['qr_code'] });
  return async ({ canvas }) => {
    const [code] = await detector.detect(canvas);
    return code ? code.rawValue : null;
  };
}

async function scriptReader() {
  await import('/static/shared/jsqr.js'); // a script of the old kind: it leaves window.jsQR
  return async ({ canvas, pen }) => {
    const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
    const code = window.jsQR(picture.data, picture.width, picture.height,
      { inversionAttempts: 'dontInvert' });
    return code && code.data ? code.data : null;
  };
}

function readerOnce() {
  if (!reader) {
    reader = ownReader().catch(() => null).then((own) => own || scriptReader());
    reader.catch(() => { reader = null; }); // no network: another time
  }
  return reader;
}

export function hasCamera() {
  return Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
}

export async function openCamera(video) {
  const read = await readerOnce();
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  let stopped = false;

  video.srcObject = stream;
  await video.play();
  const text = new Promise((found) => {
    async function look() {
      if (stopped) return;
      let said = null;

      if (video.videoWidth)
        said = await read(shrunk(video, video.videoWidth, video.videoHeight, LIVE_SIDE))
          .catch(() => null); // a frame that is not there yet
      if (said) found(said);
      else setTimeout(look, EVERY_MS);
    }
    look();
  });
  return {
    text,
    stop() {
      stopped = true;
      stream.getTracks().forEach((track) => track.stop());
      video.srcObject = null;
    },
  };
}

export async function readPicture(file) {
  const read = await readerOnce();
  const picture = await createImageBitmap(file);

  for (const side of SIDES) {
    const said = await read(shrunk(picture, picture.width, picture.height, side));
    if (said) return said;
  }
  return null;
}
