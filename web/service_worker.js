/**
 * Lets the page start without a network: keeps all that its first view needs, by version. The page itself is asked for first, so that whoever
 * is online has the newest; files with a hash in their names never change, so what is kept of them is used. A new version waits until no page
 * of the old one is open, and then what was kept of that goes.
 */

const VERSION = /** @type {string} */ (__VERSION__); // put in by build.mjs, with the names of the files
const FILES = /** @type {string[]} */ (__FILES__);
const PREFIX = 'scalesim ';
const NAME = PREFIX + VERSION;
const PATIENCE_MS = 3000; // a network that is there in name alone
const HASHED = /-[0-9a-zA-Z]{8,10}\.\w+$/;

/** @type {any} */
const worker = globalThis;

worker.addEventListener('install', (/** @type {any} */ event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: 'no-cache' })))));
});

worker.addEventListener('activate', (/** @type {any} */ event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)))));
});

/** @param {Request} request what is kept, else from the network, and then kept */
async function keptFirst(request) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone()).catch(() => {}); // there may be no room
  return answer;
}

/** @param {Request} request @param {string} [page] what to show where there is no network */
async function networkFirst(request, page) {
  const cache = await caches.open(NAME);
  const kept = () => cache.match(page ?? request, { ignoreSearch: true });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((resolve) => { timer = setTimeout(() => resolve(kept()), PATIENCE_MS); });
  const fetched = fetch(request).finally(() => clearTimeout(timer));
  try {
    return (await Promise.race([fetched, late])) ?? await fetched;
  } catch (error) {
    const answer = await kept();
    if (answer) return answer;
    throw error;
  }
}

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const scope = new URL(worker.registration.scope);
  if (request.method !== 'GET' || origin !== scope.origin || !pathname.startsWith(scope.pathname)) return;
  const path = pathname.slice(scope.pathname.length);
  if (request.mode === 'navigate') {
    if (path === '' || path === 'index.html') event.respondWith(networkFirst(request, './'));
  } else if (HASHED.test(path)) event.respondWith(keptFirst(request));
  else if (FILES.includes(path)) event.respondWith(networkFirst(request));
});
