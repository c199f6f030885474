/**
 * Keeps the current document in this browser, so that closing the page loses nothing.
 */

const DATABASE = 'scalesim';
const STORE = 'documents';
const KEY = 'current';
const QUIET_MS = 400;

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} ask
 * @returns {Promise<T>}
 */
async function withStore(mode, ask) {
  const database = await openDatabase();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** @typedef {{ name: string, text: string, isSaved: boolean }} Kept */

/** @returns {Promise<Kept | null>} what was kept, or null; also where there is no storage */
export async function restore() {
  try {
    return (await withStore('readonly', (store) => store.get(KEY))) ?? null;
  } catch {
    return null;
  }
}

/**
 * Keeps the document a moment after each change, and at once when the page is left.
 * @param {import('../types.js').App} app
 */
export function createAutosave(app) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let kept = app.document.version;
  let isKept = true;

  async function keep() {
    clearTimeout(timer);
    if (kept === app.document.version) return isKept;
    kept = app.document.version;
    const { name, isSaved } = app.document;
    const text = app.document.text();
    try {
      await withStore('readwrite', (store) => store.put({ name, text, isSaved }, KEY));
      isKept = true;
    } catch {
      isKept = false;
      app.signals.emit('autosave-failed');
    }
    return isKept;
  }
  app.keep = keep;
  app.signals.on('document', () => {
    clearTimeout(timer);
    timer = setTimeout(keep, QUIET_MS);
  });
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') void keep(); });
  addEventListener('pagehide', () => void keep());
}
