/** Reading and changing the runs that this browser keeps. */

import { parseDesign } from '../document/document.js';
import { ask, newId, transact } from '../files/database.js';
import { changesBetween } from '../run/changes.js';
import { bytesOf, dataOfRun, factsOfRun, outlived } from './kept.js';

/** @typedef {import('../types.js').RunFacts} RunFacts */
/** @typedef {{ facts: RunFacts, data: import('./kept.js').RunData }} Whole */

/**
 * Keeps a run that has ended, unless it is the very same as one that is kept.
 * @param {string} design id on the shelf
 * @param {import('../types.js').PastRun} run
 * @param {import('../types.js').Timeline} timeline
 * @returns {Promise<number>} the number that it is kept under
 */
export async function keepRun(design, run, timeline) {
  const id = newId();
  const facts = factsOfRun(run, { id, design });
  const data = dataOfRun(run, id, timeline);
  const bytes = bytesOf(data);
  return transact(['runs', 'run_data'], 'readwrite', async (store) => {
    /** @type {RunFacts[]} */
    const all = await ask(store('runs').index('design').getAll(design));
    for (const one of all) {
      if (one.seed === facts.seed && (await ask(store('run_data').get(one.id)))?.key === data.key) return one.number;
    }
    for (const old of outlived(all, bytes)) {
      store('runs').delete(old);
      store('run_data').delete(old);
    }
    const number = Math.max(0, ...all.map((one) => one.number)) + 1;
    store('runs').put({ ...facts, number, bytes });
    store('run_data').put(data);
    return number;
  });
}

/** @param {string} design id on the shelf @returns {Promise<RunFacts[]>} the newest first */
export async function listRuns(design) {
  const all = await transact(['runs'], 'readonly', (store) => ask(store('runs').index('design').getAll(design)));
  return all.sort((a, b) => b.number - a.number);
}

/** @param {string} id @returns {Promise<Whole | null>} */
export const readRun = (id) => transact(['runs', 'run_data'], 'readonly', async (store) => {
  const [facts, data] = await Promise.all([ask(store('runs').get(id)), ask(store('run_data').get(id))]);
  return facts && data ? { facts, data } : null;
});

/** @param {string} id @param {Partial<Pick<RunFacts, 'name' | 'note'>>} more */
export const nameRun = (id, more) => transact(['runs'], 'readwrite', async (store) => {
  const facts = await ask(store('runs').get(id));
  if (facts) store('runs').put({ ...facts, ...more });
});

/** @param {string} id @returns {Promise<Whole | null>} what was deleted, to be put back */
export const deleteRun = (id) => transact(['runs', 'run_data'], 'readwrite', async (store) => {
  const [facts, data] = await Promise.all([ask(store('runs').get(id)), ask(store('run_data').get(id))]);
  store('runs').delete(id);
  store('run_data').delete(id);
  return facts && data ? { facts, data } : null;
});

/** @param {Whole} whole */
export const putBack = ({ facts, data }) => transact(['runs', 'run_data'], 'readwrite', (store) => {
  store('runs').put(facts);
  store('run_data').put(data);
});

/**
 * A kept run as one that can be compared and reported.
 * @param {Whole} whole
 * @param {import('../types.js').Design} [before] of the run before it
 * @returns {import('../types.js').PastRun | null} null where its design or results cannot be read
 */
export function pastOf({ facts, data }, before) {
  const design = parseDesign(data.text);
  if (!design) return null;
  return {
    number: facts.number, name: facts.name, design, fork_s: facts.fork_s, stopped_s: facts.stopped_s,
    results: { text: data.results, value: JSON.parse(data.results), isFinal: facts.stopped_s === null },
    changes: before ? changesBetween(before, design) : [],
  };
}
