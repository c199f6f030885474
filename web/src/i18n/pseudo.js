/**
 * A language for tests alone (`?language=pseudo`): the English words, accented, in brackets and 40 % longer. A visible text
 * that is not in brackets is not from the tables; one that is cut off has no room for other languages.
 */

import english from './en/index.js';

const ACCENTS = /** @type {Record<string, string>} */ ({
  a: 'á', b: 'ƀ', c: 'ç', d: 'ď', e: 'é', f: 'ƒ', g: 'ğ', h: 'ĥ', i: 'í', j: 'ĵ', k: 'ķ', l: 'ľ', m: 'ɱ', n: 'ñ', o: 'ó', p: 'þ', q: 'ǫ', r: 'ř',
  s: 'š', t: 'ţ', u: 'ú', v: 'ṽ', w: 'ŵ', x: 'ẋ', y: 'ý', z: 'ž', A: 'Å', B: 'Ɓ', C: 'Ç', D: 'Ð', E: 'É', F: 'Ƒ', G: 'Ğ', H: 'Ĥ', I: 'Î', J: 'Ĵ',
  K: 'Ķ', L: 'Ļ', M: 'Ṁ', N: 'Ñ', O: 'Ö', P: 'Þ', Q: 'Ǫ', R: 'Ŕ', S: 'Š', T: 'Ţ', U: 'Û', V: 'Ṽ', W: 'Ŵ', X: 'Ẋ', Y: 'Ý', Z: 'Ž',
});
const LONGER = 0.4;

/** @param {string} text whose parameters stay as they are @returns {string} */
function lengthened(text) {
  const accented = text.split(/(\{[^}]*\})/).map((part) => (part.startsWith('{') ? part : part.replace(/[A-Za-z]/g, (letter) => ACCENTS[letter] ?? letter))).join('');
  const letters = text.replace(/\{\w+\|([^|}]*)[^}]*\}/g, '$1').replace(/\{[^}]*\}/g, '').length;
  const more = '~'.repeat(Math.ceil(letters * LONGER)).replace(/~{8}(?=~)/g, '$& '); // in words, as sentences are
  return `⟦${accented}${more}⟧`;
}

/** The plural forms of a parameter are words, too. @param {string} text */
const withForms = (text) => text.replace(/\{(\w+)\|([^}]*)\}/g, (_, name, forms) => `{${name}|${forms.replace(/[A-Za-z]/g, (/** @type {string} */ letter) => ACCENTS[letter] ?? letter)}}`);

export const pseudo = {
  table: Object.fromEntries(Object.entries(english).map(([key, text]) => [key, lengthened(withForms(text))])),
  /** Whatever the engine says, if it is asked after. */
  sentences: /** @type {import('./index.js').Sentences} */ ([[/^([^]*)$/, '⟦$1⟧']]),
  /** Every text of the catalog, by the same rule. */
  catalog: new Proxy(/** @type {Record<string, string>} */ ({}), { get: (_, text) => lengthened(String(text)) }),
};
