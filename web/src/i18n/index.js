import english from './en/first.js';

/** The plural forms of a language, in the order in which its table writes them. */
export const PLURALS = /** @type {Record<string, readonly string[]>} */ ({
  en: ['one', 'other'],
  ar: ['zero', 'one', 'two', 'few', 'many', 'other'],
});

export const DIRECTIONS = /** @type {Record<string, 'ltr' | 'rtl'>} */ ({ en: 'ltr', ar: 'rtl' });

/**
 * The language to speak to a person who likes these.
 * @param {readonly string[]} wanted as the browser tells them, the dearest first
 */
export function languageOf(wanted) {
  const known = wanted.map((one) => one.toLowerCase().split('-')[0] ?? '').find((one) => one in DIRECTIONS);
  return known ?? 'en';
}

// A name or a quantity keeps its own direction inside a sentence that runs from right to left (Unicode UAX 9, FSI and PDI).
const ISOLATE = '\u2068';
const ISOLATE_LTR = '\u2066';
const ISOLATE_RTL = '\u2067';
const END_ISOLATE = '\u2069';

/** @typedef {readonly (readonly [pattern: RegExp, text: string])[]} Sentences what the engine says, and the same with `$1` for its parts */

const words = {
  table: english, forms: PLURALS['en'] ?? [], rules: new Intl.PluralRules('en'), isRtl: false, isEnglish: true,
  sentences: /** @type {Sentences} */ ([]),
};

/**
 * From now on `t` speaks this language; what its table lacks stays English.
 * @param {string} language `en` or `ar`
 * @param {Record<string, string>} table
 * @param {Sentences} [sentences]
 */
export function speak(language, table, sentences = []) {
  words.table = { ...english, ...table };
  words.forms = PLURALS[language] ?? [];
  words.rules = new Intl.PluralRules(language);
  words.isRtl = DIRECTIONS[language] === 'rtl';
  words.isEnglish = table === english;
  words.sentences = sentences;
}

/**
 * Further English, of a script that came later. A table of another language is whole from the beginning.
 * @param {Record<string, string>} table
 */
export function learn(table) {
  Object.assign(english, table);
  if (!words.isEnglish) words.table = { ...table, ...words.table };
}

/** A quantity, read from left to right in every language. @param {string} text */
export const quantity = (text) => (words.isRtl ? `${ISOLATE_LTR}${text}${END_ISOLATE}` : text);

/** A sentence of the page where all else runs from left to right, as in an editor. @param {string} text */
export const sentence = (text) => (words.isRtl ? `${ISOLATE_RTL}${text}${END_ISOLATE}` : text);

/**
 * A sentence of the engine in the language of the page; where it is not known there, in English, and marked as that.
 * @param {string} text
 * @returns {{ text: string, mark: { lang?: 'en', dir?: 'ltr' } }}
 */
export function said(text) {
  const meaning = words.isEnglish ? text : meaningOf(text);
  return meaning === null ? { text, mark: { lang: 'en', dir: 'ltr' } } : { text: meaning, mark: {} };
}

/** A sentence of the engine, its parts by the same patterns. @param {string} text @returns {string | null} */
function meaningOf(text) {
  for (const [pattern, meaning] of words.sentences) {
    const found = pattern.exec(text);
    if (!found) continue;
    return meaning.replace(/\$(\d)/g, (_, at) => {
      const part = found[Number(at)] ?? '';
      return isolated((part === text ? null : meaningOf(part)) ?? part);
    });
  }
  return null;
}

/** @param {string | number} value */
const isolated = (value) => (words.isRtl ? `${ISOLATE}${value}${END_ISOLATE}` : String(value));

/**
 * The text of a key. `{name}` is the parameter of that name. `{n|# node|# nodes}` is the form of a number, which stands for `#`:
 * as many forms as the language has, in the order of `PLURALS` (English: one, other; Arabic: zero, one, two, few, many, other).
 * @param {string} key
 * @param {{ [name: string]: string | number }} [params]
 */
export function t(key, params = {}) {
  const text = words.table[key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)(?:\|([^}]*))?\}/g, (whole, name, forms) => {
    const value = params[name];
    if (value === undefined) return whole;
    if (forms === undefined) return isolated(value);
    const number = Number(value);
    const category = Number.isNaN(number) ? 'other' : words.rules.select(number); // "12 k" is many of anything
    return (forms.split('|')[words.forms.indexOf(category)] ?? '').replace(/#/g, () => isolated(value));
  });
}
