/// The semantic scale of load, one place for canvas, inspector and tables.

export const LOAD_WARM = 0.6;
export const LOAD_HOT = 0.85;

/**
 * Names the degree of load of a utilisation between 0 and 1.
 * @param {number} utilization
 * @returns {'cool' | 'warm' | 'hot'}
 */
export function loadOf(utilization) {
  if (utilization >= LOAD_HOT) return 'hot';
  return utilization >= LOAD_WARM ? 'warm' : 'cool';
}
