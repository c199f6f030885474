/**
 * The finished runs of this session, so that any two can be compared.
 */

import { changesBetween } from './changes.js';

const RUNS_MAX = 24; // of a few kilobytes each

export function createHistory() {
  /** @type {import('../types.js').PastRun[]} */
  let all = [];
  let number = 0;
  return {
    get all() { return all; },
    clear() {
      all = [];
      number = 0;
    },
    /**
     * Takes in a finished run; false when it is one that is here already, to the byte.
     * @param {import('../types.js').Design} design
     * @param {import('../types.js').Results} results
     * @param {number | null} fork_s
     */
    add(design, results, fork_s) {
      if (all.some((one) => one.results.text === results.text)) return false;
      const last = all.at(-1);
      number += 1;
      all = [...all.slice(1 - RUNS_MAX), { number, design, results, fork_s, changes: last ? changesBetween(last.design, design) : [] }];
      return true;
    },
  };
}
