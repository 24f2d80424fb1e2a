// An event stream that knows when it has gone silent, and how the pages write money and time.

const SILENT_MS = 20000; // two beats missed: from here on nothing on the page is certain
const REOPEN_MS = 3000;
const OLD_MS = 20000; // news this old when it is heard was kept back by a phone that slept
const BURST_MS = 5000; // beats nearer than that were kept back, too
const EPOCH_MS = 1704067200000; // ids begin with the milliseconds since then, above 20 bits
const HANOI_MS = 7 * 3600 * 1000; // no daylight saving

// 1234567 -> "1.234.567"
export function dong(amount) {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, '.');
}

// "1.234.567 đ" -> 1234567
export function digits(text) {
  return Number(text.replace(/\D/g, '')) || 0;
}

// An RFC 3339 time or milliseconds -> "14:05" in Vietnam, whatever the phone's zone is.
export function clock(time) {
  const ms = typeof time === 'number' ? time : Date.parse(time);
  return isNaN(ms) ? '' : new Date(ms + HANOI_MS).toISOString().slice(11, 16);
}

// ... -> "2026-06-30", the day in Vietnam.
export function day(time) {
  const ms = typeof time === 'number' ? time : Date.parse(time);
  return isNaN(ms) ? '' : new Date(ms + HANOI_MS).toISOString().slice(0, 10);
}

// ... -> "14:05", on another day than that of `now` "14:05 30/06/2026".
export function moment(time, now) {
  const [year, month, mday] = day(time).split('-');
  return clock(time) + (day(time) === day(now) ? '' : ' ' + mday + '/' + month + '/' + year);
}

// When the news with this mark ("123-120", the newest id first) was booked; 0: it does not say.
function bookedMs(mark) {
  const id = parseInt(mark, 10);
  return id > 0 ? EPOCH_MS + id / 1048576 : 0;
}

// Follow `url` from the event `last` on.  `events[name](data, fresh)`: `fresh` is false for what
// the server repeats after a (re)connection, up to its first beat, which ends the repetition; and
// for what lay in a sleeping phone.
// `lost()` after 20 s of silence, `back()` with the next sign of life.
// Returns {stop(), now()}: `now` is the server's clock as the beats tell it, since phones in a
// market are minutes off.
export function follow(url, last, events, lost, back) {
  let source = null;
  let heard = Date.now();
  let tried = 0;
  let silent = true;
  let alarmed = false;
  let fresh = false;
  // How far the server's clock is ahead of ours: a beat that was kept back makes it seem less, so of
  // the last two the greater one.
  let ahead = 0;
  let beats = [-Infinity, -Infinity];
  let beaten = 0;

  function alive() {
    heard = Date.now();
    if (silent) {
      silent = alarmed = false;
      back();
    }
  }
  function measure(told, now) {
    if (now - beaten > BURST_MS) beats = [-Infinity, beats[0]];
    beats[0] = Math.max(beats[0], told - now);
    beaten = now;
    ahead = Math.max(beats[0], beats[1]);
  }
  function isOld(mark) {
    return bookedMs(mark) > 0 && Date.now() + ahead - bookedMs(mark) > OLD_MS;
  }
  function open() {
    tried = Date.now();
    fresh = false;
    beats = [-Infinity, -Infinity];
    if (source) source.close();
    // The browser sends Last-Event-ID only when it reconnects by itself; this is for our own.
    source = new EventSource(last ? url + '?after=' + encodeURIComponent(last) : url);
    source.onopen = () => {
      fresh = false;
      alive();
    };
    source.onerror = () => { fresh = false; };
    source.addEventListener('beat', (message) => {
      const told = Date.parse(JSON.parse(message.data).now);

      alive();
      fresh = true;
      if (!isNaN(told)) measure(told, Date.now());
    });
    Object.keys(events).forEach((name) => {
      source.addEventListener(name, (message) => {
        alive();
        if (message.lastEventId) last = message.lastEventId;
        events[name](JSON.parse(message.data), fresh && !isOld(message.lastEventId));
      });
    });
  }
  function check() {
    const now = Date.now();
    if (now - heard > SILENT_MS && !alarmed) {
      silent = alarmed = true;
      lost();
    }
    // A refused stream stays closed, and a dead one may look open for minutes: start anew.
    const dead = source.readyState === 2 ? REOPEN_MS : SILENT_MS;
    if (now - heard > dead && now - tried > dead) open();
  }
  function woken() {
    if (!document.hidden) check();
  }

  open();
  const timer = setInterval(check, 1000);
  document.addEventListener('visibilitychange', woken);
  window.addEventListener('online', woken);
  window.addEventListener('pageshow', woken);
  return {
    now: () => Date.now() + ahead,
    stop: () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', woken);
      window.removeEventListener('online', woken);
      window.removeEventListener('pageshow', woken);
      source.close();
    },
  };
}

// Write `text` into each element of `root` marked data-slot="name".
export function fill(root, name, text) {
  root.querySelectorAll('[data-slot="' + name + '"]').forEach((slot) => {
    slot.textContent = text;
  });
}
