/**
 * Differences between two measured values, and whether they can be told from chance.
 */

/**
 * @typedef {object} Measured
 * @property {number | null | undefined} value
 * @property {number | null | undefined} [half] of its 95 % interval; 0 where it is known exactly, nothing where it is not known how well
 */

/**
 * @typedef {object} Difference
 * @property {number} by second minus first
 * @property {number | null} half of its 95 % interval, null where that is not known
 * @property {'more' | 'less' | 'same' | 'unknown'} verdict `same`: not to be told from none
 */

/** @param {unknown} value @returns {value is number} */
const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

/**
 * The intervals are taken for independent, so that of the difference has the root of the sum of their squares. Runs with the same seed
 * draw the same random numbers: then it is wider than it need be, and what it calls a difference is one.
 * @param {Measured} a
 * @param {Measured} b
 * @returns {Difference | null} null where one of them is not known
 */
export function differenceOf(a, b) {
  if (!isNumber(a.value) || !isNumber(b.value)) return null;
  const by = b.value - a.value;
  if (!isNumber(a.half) || !isNumber(b.half)) return { by, half: null, verdict: by === 0 ? 'same' : 'unknown' };
  const half = Math.hypot(a.half, b.half);
  return { by, half, verdict: Math.abs(by) <= half ? 'same' : by > 0 ? 'more' : 'less' };
}

/**
 * The mean and the 99th percentile of a response, with the intervals that the results have.
 * @param {any} values of a node or an operation
 * @returns {{ mean: Measured, p99: Measured, utilization: Measured, errors: Measured }}
 */
export function measuresOf(values) {
  const response = values?.response ?? {};
  return {
    mean: { value: response.mean, half: response.ci95 },
    p99: { value: response.p99, half: response.p99_ci95 },
    utilization: { value: values?.utilization },
    errors: { value: values?.error_ratio },
  };
}
