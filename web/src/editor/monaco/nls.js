/**
 * What Monaco's own words are put into the page's language by, in the place of its `nls.js` (build.mjs): it asks for each of them with its English, and the
 * page leaves its translations in the frame's name, for they are needed while Monaco's scripts are begun.
 */

/** @type {Map<string, string>} by English */
const words = (() => {
  try {
    return new Map(Object.entries(JSON.parse(/** @type {any} */ (globalThis).name || '{}')));
  } catch {
    return new Map(); // a frame of another name
  }
})();

/** @param {string} text @param {any[]} values */
const filled = (text, values) => text.replace(/\{(\d+)\}/g, (whole, at) => (values[Number(at)] === undefined ? whole : String(values[Number(at)])));

/** @param {unknown} key @param {string} english @param {...any} values */
export function localize(key, english, ...values) {
  const own = english.trim(); // what is around it stays
  return filled(english.replace(own, () => words.get(own) ?? own), values);
}

/** @param {unknown} key @param {string} english @param {...any} values */
export const localize2 = (key, english, ...values) => ({ value: localize(key, english, ...values), original: filled(english, values) });

export const getNLSLanguage = () => undefined;
export const getNLSMessages = () => undefined;
