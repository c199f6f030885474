/**
 * The shelf: every document is kept in this browser, by itself, soon after each change, so that closing the page, or losing it, loses nothing.
 */

import { parseDesign, textOf } from '../document/document.js';
import { ask, factsOf, newId, transact } from './database.js';
import { hold } from './locks.js';
import { encodeSlot, newestOf } from './slots.js';

const WAIT_MS = 150; // after the first change that is not kept yet; then for a quiet moment
const QUIET_MS = 200; // at most that long: with the write itself it stays within a second
const RETRY_MS = 4000;
const LOCK_WAIT_MS = 600; // a page that is reloaded takes a moment to let go
const EXAMPLE_MS = 86_400_000; // an example that a tab looked at and was closed
const TAB_KEY = 'scalesim.design';

/**
 * Where the open document lies.
 * @typedef {object} Place
 * @property {string} id
 * @property {number} sequence of the newest slot
 * @property {boolean} isExample opened from the examples and not touched
 * @property {import('./locks.js').Hold | null} hold null while it is another tab's
 */

/** @param {() => void} work */
const whenQuiet = (work) => ('requestIdleCallback' in globalThis ? requestIdleCallback(() => work(), { timeout: QUIET_MS }) : setTimeout(work, 0));

/**
 * @param {import('../types.js').App} app
 * @returns {import('../types.js').Shelf}
 */
export function createShelf(app) {
  const { signals, t } = app;
  const store = app.document;
  /** @type {Place | null} */
  let place = null;
  /** @type {Place | null} what is about to be shown was found there */
  let adopting = null;
  /** @type {import('../types.js').Shelf['state']} */
  let state = 'kept';
  let isDirty = false;
  let isTouched = false; // by a person, since the page was opened
  let isTold = false; // that nothing can be kept
  let isShowing = false; // another document is being put in the place of this one
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<void>} the writes, one after the other */
  let writes = Promise.resolve();
  let writing = 0;

  /** @param {import('../types.js').Shelf['state']} next */
  function become(next) {
    if (state === next) return;
    state = next;
    signals.emit('shelf');
  }

  function remember() {
    try {
      if (place) sessionStorage.setItem(TAB_KEY, place.id);
    } catch {
      // A tab that may not remember opens what was changed last.
    }
  }

  /** A place of its own for what is open. @param {boolean} isExample */
  function settle(isExample) {
    const mine = { id: newId(), sequence: 0, isExample, hold: /** @type {import('./locks.js').Hold | null} */ ({ isReal: false, release: () => {} }) };
    place = mine;
    remember();
    // Nobody else knows the name: until the lock is there the sequence numbers guard it.
    void hold(mine.id, LOCK_WAIT_MS).then((held) => { if (held) mine.hold = held; if (place !== mine) held?.release(); });
  }

  /**
   * Writes a state of a document to its place, or, where another tab has written there, to a new one.
   * @param {Place} at
   * @param {{ design: import('../types.js').Design, name: string, isSaved: boolean }} now
   * @returns {Promise<void>}
   */
  async function write(at, now) {
    if (!at.hold) leaveToOther(at);
    const { id, isExample } = at;
    const before = at.sequence;
    const sequence = before + 1;
    at.sequence = sequence; // a write that follows at once takes the other slot
    try {
      const slot = encodeSlot({ sequence, name: now.name, isSaved: now.isSaved, text: textOf(now.design) });
      const isOurs = await transact(['designs', 'slots'], 'readwrite', async (open) => {
        // Whoever holds the lock need not look: a page that is being left has no time to.
        if (!at.hold?.isReal && before > 0 && (await ask(open('designs').get(id)))?.sequence !== before) return false;
        open('slots').put(slot, [id, sequence % 2]);
        open('designs').put(factsOf(now.design, { id, file: now.name, sequence, isSaved: now.isSaved, isExample }));
        return true;
      });
      if (isOurs) return;
    } catch (error) {
      if (at.sequence === sequence) at.sequence = before; // what is whole and newest is not written over
      throw error;
    }
    leaveToOther(at);
    return write(at, now);
  }

  /** Another tab writes this document: from here on, this is another one. @param {Place} at */
  function leaveToOther(at) {
    at.hold?.release();
    Object.assign(at, { id: newId(), sequence: 0, hold: { isReal: false, release: () => {} } });
    void hold(at.id, LOCK_WAIT_MS).then((held) => { if (held) at.hold = held; if (place !== at) held?.release(); });
    if (at === place) remember();
    app.notify(t('shelf.copied', { name: nameOf() }));
    signals.emit('shelf');
  }

  const nameOf = () => String(store.get().name ?? store.name);

  /** @returns {Promise<boolean>} once everything so far is kept, or cannot be */
  function keep() {
    clearTimeout(timer);
    timer = undefined;
    const answer = () => state !== 'failed';
    if (!isDirty || !place) return writes.then(answer);
    isDirty = false;
    const at = place;
    const now = { design: store.get(), name: store.name, isSaved: store.isSaved };
    writing += 1;
    // At once, where that is safe: the page may be about to go.
    const mine = writing === 1 || at.hold?.isReal ? write(at, now) : writes.then(() => write(at, now));
    const done = mine.then(succeeded, (error) => failed(error, at)).finally(() => { writing -= 1; });
    writes = Promise.all([writes, done]).then(() => {});
    return writes.then(answer);
  }

  function succeeded() {
    isTold = false;
    become(isDirty ? 'waiting' : 'kept');
  }

  /** @param {Error} error @param {Place} at */
  function failed(error, at) {
    become('failed');
    if (!isTold && isTouched) {
      isTold = true;
      app.notify(t(error.name === 'QuotaExceededError' ? 'shelf.full' : 'app.autosave_failed'), {
        kind: 'error', action: { title: t('shelf.save'), run: () => app.actions.perform('save') } });
    }
    if (at !== place) return;
    isDirty = true;
    timer ??= setTimeout(() => void keep(), RETRY_MS);
  }

  function changed() {
    isDirty = true;
    if (state === 'kept') become('waiting');
    timer ??= setTimeout(() => whenQuiet(() => void keep()), WAIT_MS);
  }

  function askToStay() {
    if (isTouched) return;
    isTouched = true;
    // A browser that runs out of room deletes what it was not asked to keep.
    navigator.storage?.persisted?.().then((isKept) => isKept || navigator.storage.persist()).catch(() => {});
  }

  /** What was looked at only need not stay. @param {Place | null} left */
  function letGo(left) {
    if (!left) return;
    writes = writes.then(() => (left.isExample ? erase([left.id]) : undefined)).catch(() => {}).finally(() => left.hold?.release());
  }

  signals.on('document-leave', () => {
    isShowing = true;
    void keep();
  });
  signals.on('document-open', (options) => {
    isShowing = false;
    const left = place;
    place = adopting;
    if (!place) settle(options?.isExample ?? false);
    else remember();
    isDirty = false;
    if (!adopting) changed();
    adopting = null;
    if (left !== place) letGo(left);
    signals.emit('shelf');
  });
  signals.on('document', () => {
    if (isShowing) return;
    if (!place) settle(false); // drawn on the empty page
    else place.isExample = false;
    if (state !== 'failed') forgetExample();
    askToStay();
    changed();
  });
  signals.on('saved', () => { if (place) changed(); });
  signals.on('run-history', () => {
    if (!place?.isExample) return;
    place.isExample = false; // it has a history now
    changed();
  });
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') void keep(); });
  addEventListener('pagehide', () => void keep());
  addEventListener('beforeunload', (event) => {
    if (state === 'failed' && isTouched && !store.isSaved) event.preventDefault();
  });

  /** @param {string} id @returns {Promise<import('./slots.js').Kept | null>} */
  async function read(id) {
    const slots = await transact(['slots'], 'readonly', (open) => Promise.all([ask(open('slots').get([id, 0])), ask(open('slots').get([id, 1]))]));
    return newestOf(slots);
  }

  return {
    get id() { return place?.id ?? null; },
    get state() { return state; },
    get isExample() { return place?.isExample ?? false; },
    keep,
    read,
    async list() {
      await keep();
      const all = await transact(['designs'], 'readonly', (open) => ask(open('designs').getAll()));
      return all.filter(({ deleted_ms }) => deleted_ms === 0).sort((a, b) => b.changed_ms - a.changed_ms);
    },
    async openKept(id, show) {
      await keep();
      if (id === place?.id) return true;
      const held = await hold(id, LOCK_WAIT_MS);
      const kept = await read(id).catch(() => null);
      const facts = kept && await transact(['designs'], 'readonly', (open) => ask(open('designs').get(id))).catch(() => null);
      if (!kept) {
        held?.release();
        return false;
      }
      adopting = { id, sequence: kept.sequence, isExample: facts?.isExample === true, hold: held };
      const mine = adopting;
      await show(kept);
      if (adopting === mine) { // it could not be shown after all
        adopting = null;
        held?.release();
      } else if (!held) app.notify(t('shelf.elsewhere', { name: nameOf() }));
      return true;
    },
    async last() {
      let wanted = null;
      try {
        wanted = sessionStorage.getItem(TAB_KEY);
      } catch {
        // Then the newest.
      }
      const all = await this.list();
      await erase(all.filter(({ id, isExample, changed_ms }) => isExample && id !== wanted && changed_ms < Date.now() - EXAMPLE_MS).map(({ id }) => id));
      return (all.find(({ id }) => id === wanted) ?? all.find(({ isExample }) => !isExample))?.id ?? null;
    },
    async add(text, file) {
      const design = parseDesign(text);
      if (!design) return null;
      const id = newId();
      await transact(['designs', 'slots'], 'readwrite', (open) => {
        open('slots').put(encodeSlot({ sequence: 1, name: file, isSaved: false, text: textOf(design) }), [id, 1]);
        open('designs').put(factsOf(design, { id, file, sequence: 1, isSaved: false }));
      });
      return id;
    },
    erase,
  };
}

/** The address asks for an example: once that was changed, loading the page again is to show the change. */
function forgetExample() {
  const address = new URL(location.href);
  if (!address.searchParams.has('example')) return;
  address.searchParams.delete('example');
  try {
    history.replaceState(history.state, '', address);
  } catch {
    // A frame without an origin keeps its address.
  }
}

/**
 * Takes documents from the shelf for good, with their runs.
 * @param {string[]} ids
 */
async function erase(ids) {
  await transact(['designs', 'slots', 'files', 'runs', 'run_data'], 'readwrite', async (open) => {
    for (const id of ids) {
      open('designs').delete(id);
      open('files').delete(id);
      for (const slot of [0, 1]) open('slots').delete([id, slot]);
      for (const run of await ask(open('runs').index('design').getAllKeys(id))) {
        open('runs').delete(run);
        open('run_data').delete(run);
      }
    }
  });
}
