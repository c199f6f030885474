/**
 * The runs of the open document that are at hand, so that any two can be compared: those of this session, and those that were fetched
 * from what this browser keeps (src/history).
 */

import { changesBetween } from './changes.js';

const RUNS_MAX = 24; // of a few kilobytes each

/** @typedef {import('../types.js').PastRun} PastRun */

export function createHistory() {
  /** @type {PastRun[]} */
  let all = [];
  let number = 0;
  return {
    get all() { return all; },
    /** Numbers go on after those that are kept. @param {number} last */
    goOnFrom(last) {
      number = Math.max(number, last);
    },
    /**
     * Takes in a run that has ended; null when it is one that is here already, to the byte.
     * @param {Pick<PastRun, 'design' | 'results' | 'fork_s' | 'stopped_s'>} run
     * @returns {PastRun | null}
     */
    add(run) {
      if (all.some((one) => one.results.text === run.results.text)) return null;
      const last = all.at(-1);
      number += 1;
      const made = { ...run, number, name: '', changes: last ? changesBetween(last.design, run.design) : [] };
      all = [...all.slice(1 - RUNS_MAX), made];
      return made;
    },
    /** A run that is kept under another number goes by that. @param {PastRun} run @param {number} kept */
    renumber(run, kept) {
      all = all.filter((one) => one === run || one.number !== kept);
      run.number = kept;
      number = Math.max(0, ...all.map((one) => one.number));
      all.sort((a, b) => a.number - b.number);
    },
    /** Takes in runs that were kept. @param {PastRun[]} runs */
    recall(runs) {
      const numbers = new Set(runs.map((one) => one.number));
      all = [...all.filter((one) => !numbers.has(one.number)), ...runs].sort((a, b) => a.number - b.number);
    },
  };
}
