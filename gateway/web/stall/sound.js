// Who speaks, and whether: after a tap, unless muted, and of all tabs of this phone only one.

const MUTED = 'chopay.muted';
const SPEAKER = 'chopay.speaker'; // a lock's name; where there are none, the tab that speaks

let voice = null; // the module, once a tap has let it play
let unlocking = null;
let failed = false;
let ours = false; // it is this tab that speaks
let turn = 0;
let line = null; // where it waits to
let changed = () => {};

export function state() {
  if (failed) return 'failed';
  if (!voice) return 'locked';
  return isMuted() ? 'muted' : 'on';
}

function isMuted() {
  try {
    return localStorage.getItem(MUTED) === '1';
  } catch (refused) {
    return false; // a browser that keeps nothing
  }
}

// ---- one tab ------------------------------------------------------------------------------

// Who holds the lock speaks, until it is gone or another one takes the lock; then it stands in line.
function stand(steal) {
  const mine = ++turn;
  const options = steal ? { steal } : { signal: (line = new AbortController()).signal };

  navigator.locks.request(SPEAKER, options, () => {
    ours = true;
    return new Promise(() => {});
  }).catch(() => {
    if (mine !== turn) return; // we left the line ourselves
    ours = false;
    stand(false);
  });
}

// The tab that is looked at takes it from one that may be frozen.
function lead() {
  if (!voice) return;
  if (!navigator.locks) {
    leadWithoutLocks();
  } else if (!ours) {
    if (line) line.abort();
    stand(!document.hidden);
  }
}

const tab = String(Math.random());

function leadWithoutLocks() {
  ours = true;
  try {
    if (!document.hidden || !localStorage.getItem(SPEAKER)) localStorage.setItem(SPEAKER, tab);
    ours = localStorage.getItem(SPEAKER) === tab;
  } catch (refused) {
    ours = true;
  }
}

window.addEventListener('storage', (event) => {
  if (event.key === MUTED) changed();
  if (event.key !== SPEAKER || navigator.locks) return;
  ours = event.newValue === tab;
  if (!event.newValue) lead();
});
window.addEventListener('pagehide', () => {
  if (ours && !navigator.locks) localStorage.removeItem(SPEAKER);
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) lead();
});

// ---- sound --------------------------------------------------------------------------------

// Read before the tap: within it there is no time to wait, or some browsers stay mute.
let module = null;
const reading = () => import('/static/stall/voice.js').then((read) => { module = read; });

async function start() {
  if (!module) await reading();
  const loading = module.load();

  voice = module;
  failed = false;
  lead();
  changed();
  await loading.catch(() => {}); // without its clips it has its tones
}

// Within a tap: browsers play nothing before one.
export function unlock() {
  if (!unlocking)
    unlocking = start().catch(() => {
      failed = true;
      unlocking = null; // another tap may find the network
      changed();
    });
  return unlocking;
}

export function toggle() {
  try {
    localStorage.setItem(MUTED, isMuted() ? '0' : '1');
  } catch (refused) {
    // then it stays on
  }
  changed();
}

// News: from the one tab that speaks.
export function speak(kind, dong) {
  if (voice && ours && !isMuted()) voice.speak(kind, dong);
}

// What somebody tapped for is heard from this tab, muted or not.
export async function repeat() {
  await unlock();
  if (voice) voice.repeat();
}

export async function say(kind, dong) {
  await unlock();
  if (voice) voice.speak(kind, dong);
}

export function test() {
  return say('test');
}

const TAPS = ['click', 'touchend', 'keydown'];

// The first tap anywhere will do; the button for it says more, by test().
function tapped(event) {
  if (!(event.target instanceof Element && event.target.closest('#sound'))) unlock();
  if (voice) TAPS.forEach((name) => document.removeEventListener(name, tapped, true));
}

// Who comes from another of our pages by a tap has tapped: some browsers let this one play, too.
function begin(came) {
  return reading().then(() => {
    if (came) unlock();
  }).catch(() => {});
}

// `told()` whenever state() may be another.
export function watch(told) {
  changed = told;
  TAPS.forEach((name) => document.addEventListener(name, tapped, true));
  told();
  // Asked now: later it may be the beginning of a tap on the button, which would then mute.
  const came = Boolean(navigator.userActivation && navigator.userActivation.hasBeenActive);
  if (document.readyState === 'complete') begin(came);
  else window.addEventListener('load', () => begin(came));
}
