/**
 * Where everything of a JSON text is: which pointer a place belongs to, and which place a pointer has. It goes as far as the text can be read: of a
 * text that is being typed, up to the mistake.
 */

import { makePointer } from '../document/pointer.js';

/** @typedef {{ from: number, to: number, keyFrom: number }} Range `keyFrom`: of the member's name, or of the item itself */

const DEPTH_MAX = 64; // no design is deeper than 12

/**
 * @param {string} text
 * @returns {{ places: Map<string, Range>, isWhole: boolean }} `isWhole` when all of it is JSON
 */
export function mapJson(text) {
  /** @type {Map<string, Range>} */
  const places = new Map();
  let at = 0;
  const skip = () => { while (at < text.length && ' \t\n\r'.includes(/** @type {string} */ (text[at]))) at += 1; };

  /** @returns {string | null} */
  function string() {
    const found = /^"(?:[^"\\\n]|\\.)*"/.exec(text.slice(at, at + 100_000));
    if (!found) return null;
    at += found[0].length;
    try {
      return JSON.parse(found[0]);
    } catch {
      return null;
    }
  }

  function scalar() {
    if (text[at] === '"') return string() !== null;
    const found = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])/.exec(text.slice(at, at + 64));
    at += found?.[0].length ?? 0;
    return found !== null;
  }

  /** @param {string} pointer @param {number} keyFrom @param {number} depth @returns {boolean} whether it ended as it should */
  function value(pointer, keyFrom, depth) {
    skip();
    const from = at;
    const open = text[at];
    if (depth > DEPTH_MAX) return false;
    const ended = open === '{' || open === '[' ? list(pointer, open === '{', depth) : scalar();
    places.set(pointer, { from, to: at, keyFrom: keyFrom < 0 ? from : keyFrom });
    return ended;
  }

  /** @param {string} pointer @param {boolean} isObject @param {number} depth */
  function list(pointer, isObject, depth) {
    at += 1;
    skip();
    const close = isObject ? '}' : ']';
    if (text[at] === close) {
      at += 1;
      return true;
    }
    for (let index = 0; ; index += 1) {
      skip();
      const begun = at;
      /** @type {string | number} */
      let key = index;
      if (isObject) {
        const name = string();
        if (name === null) return false;
        key = name;
        skip();
        if (text[at] !== ':') return false;
        at += 1;
      }
      if (!value(pointer + makePointer(key), begun, depth + 1)) return false;
      skip();
      const next = text[at];
      at += 1;
      if (next === close) return true;
      if (next !== ',') return false;
    }
  }

  const ended = value('', -1, 0);
  skip();
  return { places, isWhole: ended && at === text.length };
}

/**
 * The smallest thing that a place lies in.
 * @param {ReturnType<typeof mapJson>} map
 * @param {number} offset
 */
export function pointerAt({ places }, offset) {
  let found = '';
  let size = Infinity;
  for (const [pointer, { keyFrom, to }] of places) {
    if (keyFrom > offset || to < offset || to - keyFrom >= size) continue;
    found = pointer;
    size = to - keyFrom;
  }
  return found;
}

/**
 * The place of a pointer, or of the nearest thing above it that is there.
 * @param {ReturnType<typeof mapJson>} map
 * @param {string} pointer
 * @returns {Range | null}
 */
export function rangeOf({ places }, pointer) {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const found = places.get(at);
    if (found) return found;
    if (at === '') return null;
  }
}
