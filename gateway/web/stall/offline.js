// The stall without a network: codes that the phone makes itself, and the telling of them when the
// network is back.  What is kept (IndexedDB) is the stall's own: its account as its code shows it, a
// block of counters leased to this device, and the charges not yet told of.  No payment is kept: that
// money has come is the server's word alone.
//
//   await start(reference)  of the stall's page: keeps the worker, the block and the facts fresh
//   await mint(amount)      a charge like the server's, state "offline"; null where it cannot be
//   await sync()            tells the server of all of them: the charges as the server has them now
//   await pending()         those it was not told of yet, the oldest first
//   await facts()           the stall as its codes say, or null
//   await forget()          nothing of the stall stays on this phone

import { codec } from './codec.js';

const STORE = 'chopay-stall';
const WORKER = '/stall/sw.js';
const SCOPE = '/stall';
const SHELL = '/stall/offline';
const TTL_MS = 900 * 1000; // as the server's own charges

// ---- what is kept ---------------------------------------------------------------------------

let opening = null;

function promised(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

function store() {
  if (!opening) {
    const request = indexedDB.open(STORE, 1);

    request.onupgradeneeded = () => {
      request.result.createObjectStore('kept');
      request.result.createObjectStore('pending', { keyPath: 'reference' });
    };
    opening = promised(request).then((db) => {
      db.onversionchange = () => { // somebody signs out in another tab
        db.close();
        opening = null;
      };
      return db;
    });
    opening.catch(() => { opening = null; });
  }
  return opening;
}

// Runs `work` with both stores in one transaction: whole or not at all, whatever other tabs do.
async function change(work) {
  const db = await store();
  const tx = db.transaction(['kept', 'pending'], 'readwrite');
  const ended = new Promise((done, failed) => {
    tx.oncomplete = done;
    tx.onabort = () => failed(tx.error);
  });
  const result = await work(tx.objectStore('kept'), tx.objectStore('pending'));

  await ended;
  return result;
}

async function kept() {
  const db = await store();
  return promised(db.transaction('kept').objectStore('kept').get('stall'));
}

export async function facts() {
  const have = await kept();
  return have ? have.stall : null;
}

export async function pending() {
  const db = await store();
  const all = await promised(db.transaction('pending').objectStore('pending').getAll());

  return all.sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
}

export async function forget() {
  const db = await store().catch(() => null);

  if (db) db.close();
  opening = null;
  await promised(indexedDB.deleteDatabase(STORE)).catch(() => {});
}

// ---- making codes ---------------------------------------------------------------------------

export async function mint(amount) {
  const c = await codec();
  // No waiting for anything else in here: the counter is used up together with the charge's being kept.
  return change(async (keptRows, pendingRows) => {
    const have = await promised(keptRows.get('stall'));
    let reference = null;

    if (!have) return null;
    const { stall, block } = have;
    while (!reference && block.left > 0)
      reference = c.mintReference(stall.reference, block.first + block.size - block.left--);
    if (!reference) return null;
    const now = Date.now() + have.ahead;
    const charge = {
      reference,
      stall: stall.reference,
      amount,
      paid: 0,
      refunded: 0,
      state: 'offline',
      next_action: 'wait',
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + TTL_MS).toISOString(),
      payload: c.encode({ bin: stall.bank_bin, account: stall.account, amount, memo: reference }),
      pay_url: '/pay/' + reference,
    };

    keptRows.put(have, 'stall');
    pendingRows.put(charge);
    return charge;
  });
}

// ---- telling --------------------------------------------------------------------------------

function post(path, body) {
  return fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

// One charge: the server's, or null when it refused it for good.  Throws to be tried again later.
async function tell(charge) {
  const answer = await post('/v1/stalls/' + encodeURIComponent(charge.stall) + '/charges', {
    amount: charge.amount,
    reference: charge.reference,
    minted_at: charge.created_at,
  });

  if (answer.status === 401) {
    await forget(); // signed out elsewhere: nothing here is this phone's any more
    throw new Error('signed out');
  }
  if (answer.status !== 400 && answer.status !== 409 && !answer.ok)
    throw new Error('not told: ' + answer.status);
  return answer.ok ? answer.json() : null;
}

let syncing = null;

async function tellAll() {
  const told = [];

  for (const charge of await pending()) {
    const now = await tell(charge);

    await change((keptRows, pendingRows) => pendingRows.delete(charge.reference));
    if (now) told.push(now);
  }
  if (told.length) await lease(told[0].stall).catch(() => {}); // for the next time
  return told;
}

export function sync() {
  if (!syncing) {
    syncing = tellAll();
    syncing.then(() => { syncing = null; }, () => { syncing = null; });
  }
  return syncing;
}

// The block and the facts, fresh; another stall's are not kept beside them.
async function lease(reference) {
  const have = await kept();
  const ours = have && have.stall.reference === reference;
  const has = ours ? { first: have.block.first, left: have.block.left } : {};
  const answer = await post('/v1/stalls/' + encodeURIComponent(reference) + '/blocks', has);

  if (answer.status === 401) await forget();
  if (!answer.ok) return;
  const { stall, first, size, left, now } = await answer.json();

  await change(async (keptRows, pendingRows) => {
    const latest = await promised(keptRows.get('stall'));
    const same = latest && latest.stall.reference === reference && latest.block.first === first;

    if (latest && latest.stall.reference !== reference) pendingRows.clear();
    keptRows.put({
      stall,
      block: same ? latest.block : { first, size, left }, // used meanwhile by another tab
      ahead: Date.parse(now) - Date.now(),
    }, 'stall');
  });
}

// ---- the worker -----------------------------------------------------------------------------

// The page for when there is no network, in the language that the stall reads now.
async function keepShell() {
  const names = await caches.keys();
  const language = document.documentElement.lang;

  for (const name of names.filter((one) => one.startsWith('chopay-stall-'))) {
    const answer = await caches.match(SHELL, { cacheName: name }); // open() would make it anew

    if (!answer || answer.headers.get('Content-Language') === language) continue;
    const fresh = await fetch(SHELL);
    if (fresh.ok && await caches.has(name)) await (await caches.open(name)).put(SHELL, fresh);
  }
}

function leaving(event) {
  const form = event.target;

  if (!form.matches('form[action="/stall/leave"]') || form.dataset.told) return;
  event.preventDefault();
  sync().catch(() => {}) // what cannot be told now never will be: the money finds the stall all the same
    .then(forget)
    .catch(() => {})
    .then(() => {
      form.dataset.told = '1';
      form.submit();
    });
}

export async function start(reference) {
  document.addEventListener('submit', leaving);
  window.addEventListener('online', () => sync().catch(() => {}));
  if ('serviceWorker' in navigator)
    navigator.serviceWorker.register(WORKER, { scope: SCOPE })
      .then(() => navigator.serviceWorker.ready)
      .then(keepShell)
      .catch(() => {}); // a browser that keeps nothing: the page works while there is a network
  await codec(); // so that it is there when the network is not
  await lease(reference);
  return sync();
}
