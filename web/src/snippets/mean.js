/** The mean of a duration or a distribution of the document, as far as it can be read off. */

const UNITS_S = /** @type {Record<string, number>} */ ({ ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86400 });
/** The mean is an argument of these, and the first one where it has no name. */
const BY_MEAN = new Set(['exp', 'normal', 'lognormal', 'gamma']);

/** @param {string} text @returns {number | null} seconds */
function secondsOf(text) {
  const found = /^\s*([0-9.]+(?:e[+-]?\d+)?)\s*(ns|us|ms|s|m|h|d)?\s*$/.exec(text);
  return found ? Number(found[1]) * (UNITS_S[found[2] ?? 's'] ?? 1) : null;
}

/** @param {unknown} time @returns {number | null} seconds */
function meanOf(time) {
  if (typeof time === 'number') return time;
  if (typeof time !== 'string') return null;
  const call = /^\s*([a-z]+)\s*\(([^()]*)\)\s*$/.exec(time);
  if (!call) return secondsOf(time);
  const parts = (call[2] ?? '').split(',');
  const named = parts.map((part) => /^\s*mean\s*=(.*)$/.exec(part)?.[1]).find((part) => part !== undefined);
  if (named !== undefined) return secondsOf(named);
  if (call[1] === 'uniform' && parts.length === 2) {
    const [a, b] = parts.map(secondsOf);
    return a === null || b === null || a === undefined || b === undefined ? null : (a + b) / 2;
  }
  return BY_MEAN.has(call[1] ?? '') ? secondsOf(parts[0] ?? '') : null;
}

/**
 * @param {unknown} time
 * @returns {string} such as "6ms"; empty where there is none, or none worth the line
 */
export function textOfMean(time) {
  const seconds = meanOf(time);
  if (seconds === null || !(seconds > 0)) return '';
  const [unit, size] = seconds >= 1 ? ['s', 1] : seconds >= 1e-4 ? ['ms', 1e-3] : ['us', 1e-6];
  return `${Number((seconds / /** @type {number} */ (size)).toPrecision(4))}${unit}`;
}
