/** Places in a text: lines and columns from 1, columns in UTF-16 units. */

/** @typedef {import('./types.js').Place} Place */

/** @param {string} text @param {Place} place @returns {number} within the text, whatever the place */
export function offsetOf(text, { line, column }) {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    const next = text.indexOf('\n', start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(start + Math.max(0, column - 1), end < 0 ? text.length : end);
}

/** @param {string} text @param {number} offset @returns {Place} */
export function placeOf(text, offset) {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', start)) {
    line += 1;
    start = next + 1;
  }
  return { line, column: Math.max(0, Math.min(offset, text.length) - start) + 1 };
}

/**
 * The one stretch in which two texts differ, so that what is around it (a cursor, a selection, a fold) can stay.
 * @param {string} from
 * @param {string} to
 * @returns {{ from: number, to: number, insert: string } | null} of the first text; null when they are equal
 */
export function changeOf(from, to) {
  if (from === to) return null;
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && from.charCodeAt(head) === to.charCodeAt(head)) head += 1;
  let tail = 0;
  while (tail < shorter - head && from.charCodeAt(from.length - 1 - tail) === to.charCodeAt(to.length - 1 - tail)) tail += 1;
  return { from: head, to: from.length - tail, insert: to.slice(head, to.length - tail) };
}

/**
 * The end of a stretch that was only given its beginning: the word or number there, else one character.
 * @param {string} text
 * @param {number} offset
 */
export function wordEnd(text, offset) {
  const word = /^(?:[\p{L}\p{N}_$.-]+|"(?:[^"\\\n]|\\.)*")/u.exec(text.slice(offset, offset + 200));
  const end = offset + (word ? word[0].length : 1);
  return Math.min(end, text.length);
}

/** @param {string} text @param {number} offset @returns {string} the word that ends there */
export const wordBefore = (text, offset) => /[\p{L}\p{N}_$]*$/u.exec(text.slice(Math.max(0, offset - 100), offset))?.[0] ?? '';

/** @param {string} text @param {number} offset @returns {{ word: string, from: number, to: number }} around a place */
export function wordAround(text, offset) {
  const before = wordBefore(text, offset);
  const after = /^[\p{L}\p{N}_$]*/u.exec(text.slice(offset, offset + 100))?.[0] ?? '';
  return { word: before + after, from: offset - before.length, to: offset + after.length };
}
