// The phone's screen: kept on, the code over all of it, the page on the home screen.

const ASLEEP = 'chopay.asleep'; // the seller wants no screen that is kept on
const $ = (id) => document.getElementById(id);

let lock = null;
let showing = false; // a code is on the screen: kept on in any case

function wantsAwake() {
  try {
    return localStorage.getItem(ASLEEP) !== '1';
  } catch (refused) {
    return true;
  }
}

// A lock ends when the page is hidden; it is asked for again when it is seen.  One after the other: of
// two locks one would never be let go.
let holding = Promise.resolve();

function hold() {
  holding = holding.then(holdOne);
}

async function holdOne() {
  const wanted = (showing || wantsAwake()) && !document.hidden;

  try {
    if (wanted && (!lock || lock.released)) lock = await navigator.wakeLock.request('screen');
    else if (!wanted && lock && !lock.released) await lock.release();
  } catch (refused) {
    lock = null; // saving its battery
  }
}

export function keepAwake(words) {
  const button = $('awake');
  if (!('wakeLock' in navigator)) return;

  function tell() {
    button.setAttribute('aria-pressed', String(wantsAwake()));
    $('awake-text').textContent = wantsAwake() ? words.awake : words.asleep;
  }
  button.hidden = false;
  button.addEventListener('click', () => {
    try {
      localStorage.setItem(ASLEEP, wantsAwake() ? '1' : '0');
    } catch (refused) {
      // then it is kept on
    }
    tell();
    hold();
  });
  document.addEventListener('visibilitychange', hold);
  tell();
  hold();
}

// The standing code is shown by its address (#code), scripts or not; here the rest of the screen goes.
export function fullCode() {
  const root = document.documentElement;
  if (!$('code')) return;

  let pushed = false; // the step back is ours; else the address alone opened it

  function leave() {
    if (location.hash !== '#code') return;
    if (pushed) history.back();
    else location.hash = '';
    pushed = false;
  }
  function changed() {
    showing = location.hash === '#code';
    document.body.classList.toggle('is-code', showing);
    hold();
    if (showing) $('code').focus();
    else if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  }
  $('show-code').addEventListener('click', () => {
    pushed = true;
    if (root.requestFullscreen) root.requestFullscreen({ navigationUI: 'hide' }).catch(() => {});
  });
  $('close-code').addEventListener('click', (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') leave();
  });
  window.addEventListener('hashchange', changed);
  changed();
}

export function offerInstall() {
  const standalone = window.matchMedia('(display-mode: standalone)').matches || navigator.standalone;
  let asking = null;

  // An iPhone has no prompt: the way is told.
  $('install-iphone').hidden = standalone || !/iPhone|iPad/.test(navigator.userAgent);
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    asking = event;
    $('install').hidden = false;
  });
  window.addEventListener('appinstalled', () => { $('install').hidden = true; });
  $('install').addEventListener('click', async () => {
    if (!asking) return;
    asking.prompt();
    await asking.userChoice;
    asking = null; // it can be asked once
    $('install').hidden = true;
  });
}
