/**
 * This browser's database: what is kept of documents and of runs. One connection a page, so that leaving it needs no waiting.
 */

import { parseDesign } from '../document/document.js';
import { encodeSlot } from './slots.js';

const NAME = 'scalesim';
const VERSION = 2;

/**
 * `designs`: facts about each document; `slots`: its text, twice, by [id, 0 or 1]; `files`: handles of the files they were opened from;
 * `runs`: facts about each run; `run_data`: its design, results and timeline.
 * @typedef {'designs' | 'slots' | 'files' | 'runs' | 'run_data'} Store
 */

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @param {IDBDatabase} database @param {IDBTransaction} transaction @param {number} from */
function upgrade(database, transaction, from) {
  database.createObjectStore('designs', { keyPath: 'id' });
  database.createObjectStore('slots');
  database.createObjectStore('files');
  database.createObjectStore('runs', { keyPath: 'id' }).createIndex('design', 'design');
  database.createObjectStore('run_data', { keyPath: 'id' });
  if (from !== 1) return;
  // The first version kept one document, without slots.
  const old = transaction.objectStore('documents').get('current');
  old.onsuccess = () => {
    const { name = 'untitled', text = '', isSaved = false } = old.result ?? {};
    const design = parseDesign(text);
    if (design) {
      const id = 'first';
      transaction.objectStore('designs').put(factsOf(design, { id, file: name, sequence: 1, isSaved }));
      transaction.objectStore('slots').put(encodeSlot({ sequence: 1, name, isSaved, text }), [id, 1]);
    }
    database.deleteObjectStore('documents');
  };
}

/** @returns {string} a name that nobody else gives */
export const newId = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * What the list of designs shows of one, without reading it.
 * @param {import('../types.js').Design} design
 * @param {{ id: string, file: string, sequence: number, isSaved: boolean, isExample?: boolean }} more
 * @returns {import('../types.js').DesignFacts}
 */
export const factsOf = (design, more) => ({
  name: String(design.name ?? more.file), nodes: Object.keys(design.nodes).length, changed_ms: Date.now(), isExample: false, deleted_ms: 0, ...more,
});

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => upgrade(request.result, /** @type {IDBTransaction} */ (request.transaction), oldVersion);
    request.onsuccess = () => {
      const database = request.result;
      // A page of a newer version, or the browser making room, must not wait for this one.
      database.onversionchange = () => { database.close(); opened = null; };
      database.onclose = () => { opened = null; };
      resolve(database);
    };
    request.onerror = () => reject(request.error);
  });
}

/** @returns {Promise<IDBDatabase>} */
function connect() {
  opened ??= Promise.resolve().then(open);
  opened.catch(() => { opened = null; });
  return opened;
}

/** @param {IDBDatabase} database @param {Store[]} names @param {IDBTransactionMode} mode */
function begin(database, names, mode) {
  try {
    return database.transaction(names, mode, { durability: mode === 'readwrite' ? 'strict' : 'default' });
  } catch (error) {
    if (/** @type {Error} */ (error).name !== 'InvalidStateError') throw error;
    opened = null; // the connection has closed: another is made
    return null;
  }
}

/**
 * The answer to a request, within its transaction.
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function ask(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Does some work in one transaction: all of it, or nothing. Rejects where there is no storage, or no room.
 * @template T
 * @param {Store[]} names
 * @param {IDBTransactionMode} mode
 * @param {(store: (name: Store) => IDBObjectStore) => T | Promise<T>} work may wait for its own requests only
 * @returns {Promise<T>} once it is kept
 */
export async function transact(names, mode, work) {
  const transaction = begin(await connect(), names, mode) ?? begin(await connect(), names, mode);
  if (!transaction) throw new DOMException('closed', 'InvalidStateError');
  const ended = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(undefined);
    transaction.onabort = () => reject(transaction.error ?? new DOMException('aborted', 'AbortError'));
  });
  ended.catch(() => {}); // whoever waits for the work hears of it below
  try {
    const result = await work((name) => transaction.objectStore(name));
    if (mode === 'readwrite') transaction.commit(); // a page that is just being left does not live to see it commit by itself
    await ended;
    return result;
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has ended by itself.
    }
    throw error;
  }
}
