// What the stall hears: a tone for each kind of news, then the amount in Vietnamese, from clips that
// came with the page, so that a phone without a Vietnamese voice speaks as well.
//
//   await load()        after a tap (browsers want one): fetches and decodes the clips, once
//   speak(kind, dong)   'paid' | 'short' | 'over' | 'late' | 'lost' | 'back' | 'test': one sentence
//                       after the other; one that waited too long is dropped, for it would be heard
//                       as news
//   repeat()            the last sentence again
//   words(dong), sentence(kind, dong)   pure: the clips' names

const CLIPS = '/static/stall/voice.mp3';
const INDEX = '/static/stall/voice.json'; // name: [start, end] in ms, with silence at both ends
const SPOKEN_MAX = 999999999999; // below a thousand tỷ
const WAITING_MAX = 20; // sentences
const STALE_MS = 30000;
const RESUME_MS = 1000;
const GAP_S = 0.04; // between two clips
const QUIET = 0.02; // of 1: softer than this at a clip's ends is silence
const LOUD = 0.95; // what every clip's peak is brought to
const TONE_GAIN = 0.5;

const DIGITS = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'];
const SCALES = ['', 'nghìn', 'triệu', 'tỷ'];

// The pitches (Hz), one after the other, of this many seconds each.
const TONES = {
  paid: { pitches: [659, 880], each: 0.14, shape: 'sine' },
  test: { pitches: [659, 880], each: 0.14, shape: 'sine' },
  over: { pitches: [659, 880, 659, 880], each: 0.12, shape: 'sine' },
  short: { pitches: [523, 392], each: 0.24, shape: 'square' },
  late: { pitches: [440, 440], each: 0.2, shape: 'triangle' },
  lost: { pitches: [330, 262, 196], each: 0.22, shape: 'sawtooth' },
  back: { pitches: [523, 659, 784], each: 0.09, shape: 'triangle' },
};

const OPENINGS = {
  paid: 'đã nhận',
  test: 'thử loa',
  over: 'thừa',
  short: 'thiếu',
  late: 'tiền đến muộn',
  lost: 'mất kết nối',
  back: 'đã nối lại',
};

// ---- words ----------------------------------------------------------------------------------

// Of a group of three digits; `whole`: one behind another group says its zeros too.
function group(number, whole) {
  const hundreds = Math.floor(number / 100);
  const tens = Math.floor(number / 10) % 10;
  const ones = number % 10;
  const said = [];

  if (hundreds || whole) said.push(DIGITS[hundreds], 'trăm');
  if (tens === 0) {
    if (ones && said.length) said.push('linh');
  } else if (tens === 1) {
    said.push('mười');
  } else {
    said.push(DIGITS[tens], 'mươi');
  }
  if (ones === 1 && tens > 1) said.push('mốt');
  else if (ones === 4 && tens > 1) said.push('tư');
  else if (ones === 5 && tens > 0) said.push('lăm');
  else if (ones) said.push(DIGITS[ones]);
  return said;
}

// 1005000 -> một triệu không trăm linh năm nghìn.  Nothing for what is no amount.
export function words(dong) {
  const said = [];

  if (!Number.isInteger(dong) || dong < 0 || dong > SPOKEN_MAX) return said;
  if (dong === 0) return [DIGITS[0]];
  for (let scale = SCALES.length - 1; scale >= 0; scale--) {
    const number = Math.floor(dong / 1000 ** scale) % 1000;

    if (number === 0) continue;
    said.push(...group(number, said.length > 0));
    if (scale) said.push(SCALES[scale]);
  }
  return said;
}

export function sentence(kind, dong) {
  const amount = dong === undefined ? [] : words(dong);

  return [OPENINGS[kind], ...amount, ...(amount.length ? ['đồng'] : [])];
}

// ---- sound ----------------------------------------------------------------------------------

let context = null;
let sound = null; // all clips, decoded
let clips = {}; // name: {from, length, gain}, without the silence round it
let loading = null;
let last = null;
let waiting = [];
let speaking = false;

// Where the voice is within [from, to): decoders put silence of their own before the first clip.
function trim(samples, rate, [fromMs, toMs]) {
  let from = Math.floor((fromMs * rate) / 1000);
  let to = Math.min(Math.floor((toMs * rate) / 1000), samples.length);
  let peak = 0;

  while (from < to && Math.abs(samples[from]) < QUIET) from++;
  while (to > from && Math.abs(samples[to - 1]) < QUIET) to--;
  for (let i = from; i < to; i++) peak = Math.max(peak, Math.abs(samples[i]));
  return { from: from / rate, length: (to - from) / rate, gain: peak ? LOUD / peak : 1 };
}

async function fetchAll() {
  const answers = await Promise.all([fetch(CLIPS), fetch(INDEX)]);

  if (!answers.every((answer) => answer.ok)) throw new Error('no clips');
  const [bytes, index] = [await answers[0].arrayBuffer(), await answers[1].json()];
  // Older Safari knows only the callbacks.
  sound = await new Promise((done, failed) => { context.decodeAudioData(bytes, done, failed); });
  const samples = sound.getChannelData(0);
  for (const name of Object.keys(index)) clips[name] = trim(samples, sound.sampleRate, index[name]);
}

export function load() {
  const Context = window.AudioContext || window.webkitAudioContext;

  if (!Context) return Promise.reject(new Error('this browser plays no sound'));
  if (!context) context = new Context(); // within the tap, or it stays mute
  if (context.state !== 'running') context.resume().catch(() => {});
  if (!loading) {
    loading = fetchAll();
    loading.catch(() => { loading = null; }); // another tap may find the network
  }
  return loading;
}

// Both play from `at` on, and return when they end and what ends last.
function playTone(kind, at) {
  const tone = TONES[kind];
  let node = null;

  for (const pitch of tone.pitches) {
    const gain = context.createGain();

    node = context.createOscillator();
    node.type = tone.shape;
    node.frequency.value = pitch;
    gain.gain.setValueAtTime(TONE_GAIN, at);
    gain.gain.linearRampToValueAtTime(0, at + tone.each); // without a click
    node.connect(gain);
    gain.connect(context.destination);
    node.start(at);
    node.stop(at + tone.each);
    at += tone.each;
  }
  return { at: at + GAP_S, node };
}

function playClip(name, at) {
  const clip = clips[name];
  const node = context.createBufferSource();
  const gain = context.createGain();

  node.buffer = sound;
  gain.gain.value = clip.gain;
  node.connect(gain);
  gain.connect(context.destination);
  node.start(at, clip.from, clip.length);
  return { at: at + clip.length + GAP_S, node };
}

// A phone that slept, or a page nobody has tapped, may be mute: false.
async function awake() {
  if (context.state !== 'running')
    await Promise.race([context.resume().catch(() => {}),
      new Promise((done) => { setTimeout(done, RESUME_MS); })]);
  return context.state === 'running';
}

async function play({ kind, dong }) {
  if (!(await awake())) return;
  let step = playTone(kind, context.currentTime + 0.05);

  if (sound) // else the tone alone
    for (const name of sentence(kind, dong)) step = playClip(name, step.at);
  await new Promise((done) => {
    step.node.onended = done;
    setTimeout(done, (step.at - context.currentTime) * 1000 + RESUME_MS); // a context put to sleep
  });
}

async function speakAll() {
  speaking = true;
  while (waiting.length) {
    const next = waiting.shift();

    if (Date.now() - next.since < STALE_MS || next.kind === 'lost') await play(next);
  }
  speaking = false;
}

export function speak(kind, dong) {
  if (!context || !(kind in TONES)) return;
  last = { kind, dong };
  waiting = waiting.slice(1 - WAITING_MAX);
  waiting.push({ kind, dong, since: Date.now() });
  if (!speaking) speakAll();
}

export function repeat() {
  if (last) speak(last.kind, last.dong);
}
