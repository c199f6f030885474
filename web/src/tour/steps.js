/**
 * The steps of the tour: which one is due follows from what is the case, so that whoever goes on by themselves, or comes back later, is met where
 * they are. Pure, tested without a page.
 */

/**
 * @typedef {object} Facts
 * @property {string} state of the run
 * @property {boolean} isStale the design changed since the run
 * @property {boolean} isFinal there are results of a whole run
 * @property {boolean} passes all targets are met by them
 * @property {string | null} bottleneck the node they name
 * @property {boolean} isSelected that node is
 * @property {boolean} hasChanged the design is no longer the one that the tour began with
 */

export const STEPS = /** @type {const} */ (['run', 'watch', 'look', 'change', 'again', 'done']);

/** @typedef {typeof STEPS[number]} Step */

/** @param {Facts} facts @returns {Step} */
export function stepOf({ state, isStale, isFinal, passes, bottleneck, isSelected, hasChanged }) {
  if (state === 'running') return 'watch';
  if (isFinal && !isStale && passes) return 'done';
  if (isStale && hasChanged) return 'again';
  if (!isFinal) return 'run';
  if (bottleneck !== null && isSelected) return 'change';
  return 'look';
}
