// The worker of the stall's page: opens it where there is no network.  It keeps what everybody may
// see, the release's own files and one page without a name in it; nothing of the stall, and no
// payment: what is paid is asked of the server each time.
// VERSION and FILES stand above, put there by the server: another release, another worker.

const NAME = 'chopay-stall-';
const CACHE = NAME + VERSION;
const PAGE = '/stall';
const SHELL = '/stall/offline';
const PATIENCE_MS = 8000; // of who waits for the page; a network so slow is none

// The page on the screen is of another release than we: its files are the server's to give.
let outdated = false;

async function keep() {
  const cache = await caches.open(CACHE);

  await Promise.all(FILES.map(async (file) => {
    const answer = await fetch(file + '?v=' + VERSION);
    if (!answer.ok) throw new Error(file + ': ' + answer.status);
    await cache.put(file, answer);
  }));
  const shell = await fetch(SHELL, { cache: 'no-store' });
  if (!shell.ok) throw new Error(SHELL + ': ' + shell.status);
  await cache.put(SHELL, shell);
}

async function dropOthers() {
  const names = await caches.keys();

  await Promise.all(names.filter((name) => name.startsWith(NAME) && name !== CACHE)
    .map((name) => caches.delete(name)));
}

// Not by open(), which would make anew what a newer worker has just dropped.
function kept(path) {
  return caches.match(path, { cacheName: CACHE });
}

function within(ms, promise) {
  return new Promise((done, failed) => {
    setTimeout(() => failed(new Error('too slow')), ms);
    promise.then(done, failed);
  });
}

async function page(request) {
  try {
    const answer = await within(PATIENCE_MS, fetch(request));
    const version = answer.headers.get('X-Chopay-Version');

    if (version && version !== VERSION) {
      outdated = true;
      self.registration.update().catch(() => {});
    }
    return answer;
  } catch (error) {
    return (await kept(SHELL)) || Response.error();
  }
}

async function file(request, path) {
  const answer = await kept(path);

  if (answer && !outdated) return answer;
  return fetch(request).catch((error) => answer || Promise.reject(error));
}

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(keep());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOthers().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);

  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (event.request.mode === 'navigate' && url.pathname === PAGE)
    event.respondWith(page(event.request));
  else if (FILES.includes(url.pathname) && !url.search)
    event.respondWith(file(event.request, url.pathname));
});
