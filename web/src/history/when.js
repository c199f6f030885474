/** Moments as people say them, in the language of the page. */

const UNITS = /** @type {const} */ ([['second', 1, 60], ['minute', 60, 3600], ['hour', 3600, 86_400], ['day', 86_400, 604_800]]);

const language = () => document.documentElement.lang || 'en';
// Latin digits everywhere, as all numbers of the page.
const digits = /** @type {const} */ ({ numberingSystem: 'latn' });

/** `5 minutes ago`; older than a week the date. @param {number} then_ms @param {number} [now_ms] @returns {string} */
export function whenText(then_ms, now_ms = Date.now()) {
  const ago_s = Math.max(0, (now_ms - then_ms) / 1000);
  for (const [unit, unit_s, below_s] of UNITS) {
    if (ago_s < below_s) return new Intl.RelativeTimeFormat(language(), { numeric: 'auto', ...digits }).format(-Math.floor(ago_s / unit_s), unit);
  }
  return new Intl.DateTimeFormat(language(), { dateStyle: 'medium', ...digits }).format(then_ms);
}

/** `20 Nov 2026, 18:05`. @param {number} then_ms @returns {string} */
export const dateText = (then_ms) => new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'short', ...digits }).format(then_ms);
