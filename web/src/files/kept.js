/**
 * What the list of designs does to those that are not open: each under its lock, so that no tab loses anything.
 */

import { parseDesign, textOf } from '../document/document.js';
import { ask, factsOf, transact } from './database.js';
import { hold } from './locks.js';
import { encodeSlot, newestOf } from './slots.js';

const LOCK_WAIT_MS = 500; // this tab may be just letting go of it

/**
 * @param {string} id
 * @param {() => Promise<void>} work
 * @returns {Promise<boolean>} false where another tab has it open
 */
async function underLock(id, work) {
  const held = await hold(id, LOCK_WAIT_MS);
  if (!held) return false;
  try {
    await work();
  } finally {
    held.release();
  }
  return true;
}

/** @param {string} id @param {string} name @returns {Promise<boolean>} */
export const renameKept = (id, name) => underLock(id, () => transact(['designs', 'slots'], 'readwrite', async (store) => {
  const kept = newestOf(await Promise.all([0, 1].map((slot) => ask(store('slots').get([id, slot])))));
  const facts = await ask(store('designs').get(id));
  const design = kept && parseDesign(kept.text);
  if (!design || !facts) return;
  const next = { ...design, name };
  const sequence = kept.sequence + 1;
  store('slots').put(encodeSlot({ sequence, name: kept.name, isSaved: false, text: textOf(next) }), [id, sequence % 2]);
  store('designs').put({ ...factsOf(next, { id, file: kept.name, sequence, isSaved: false }), changed_ms: facts.changed_ms });
}));

/** @param {string} id @param {boolean} isDeleted @returns {Promise<boolean>} */
export const markDeleted = (id, isDeleted) => underLock(id, () => transact(['designs'], 'readwrite', async (store) => {
  const facts = await ask(store('designs').get(id));
  if (facts) store('designs').put({ ...facts, deleted_ms: isDeleted ? Date.now() : 0 });
}));

/** Those that were deleted and not brought back: a list that was closed by force left them. @param {number} before_ms @returns {Promise<string[]>} */
export async function deletedBefore(before_ms) {
  const all = await transact(['designs'], 'readonly', (store) => ask(store('designs').getAll()));
  return all.filter(({ deleted_ms }) => deleted_ms > 0 && deleted_ms < before_ms).map(({ id }) => id);
}
