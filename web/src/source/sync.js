/**
 * What keeps a text and the document that was read from it the same: pure, tested without a page.
 */

import { changeOf } from '../editor/places.js';

/**
 * The next design with everything that did not change taken over from the last, so that what watches for changes sees only those.
 * @param {any} last
 * @param {any} next
 * @returns {any}
 */
export function reconcile(last, next) {
  if (last === next || last === null || next === null || typeof last !== 'object' || typeof next !== 'object') return next;
  if (Array.isArray(last) !== Array.isArray(next)) return next;
  if (Array.isArray(next)) {
    const made = next.map((item, index) => reconcile(last[index], item));
    return made.length === last.length && made.every((item, index) => item === last[index]) ? last : made;
  }
  const keys = Object.keys(next);
  const made = Object.fromEntries(keys.map((key) => [key, Object.hasOwn(last, key) ? reconcile(last[key], next[key]) : next[key]]));
  const lastKeys = Object.keys(last);
  const isSame = keys.length === lastKeys.length && keys.every((key, index) => key === lastKeys[index] && made[key] === last[key]);
  return isSame ? last : made;
}

/**
 * A text that two changed at once, each in a stretch of its own: both changes. Null where they touch.
 * @param {string} base
 * @param {string} mine
 * @param {string} theirs
 */
export function merge(base, mine, theirs) {
  const own = changeOf(base, mine);
  const other = changeOf(base, theirs);
  if (!own) return theirs;
  if (!other) return mine;
  if (own.to >= other.from && other.to >= own.from) return null;
  const [first, second] = own.from < other.from ? [own, other] : [other, own];
  return base.slice(0, first.from) + first.insert + base.slice(first.to, second.from) + second.insert + base.slice(second.to);
}

/**
 * The engine counts columns in bytes of UTF-8, editors in UTF-16 units.
 * @param {string} line
 * @param {number} column in bytes, from 1
 */
export function columnOf(line, column) {
  let bytes = 1;
  let units = 1;
  for (const character of line) {
    if (bytes >= column) break;
    const code = /** @type {number} */ (character.codePointAt(0));
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    units += character.length;
  }
  return units;
}
