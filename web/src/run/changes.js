/**
 * What differs between two documents, as people would say it: values at places.
 */

import { makePointer, parsePointer } from '../document/pointer.js';

/** @typedef {import('../types.js').Change} Change */

const LIST_SHOWN = 3;
const NOT_SIMULATED = new Set(['layout', 'groups', 'notes', 'name', 'description']);

/** @param {any} value */
const isObject = (value) => value !== null && typeof value === 'object';

/**
 * @param {any} from
 * @param {any} to
 * @returns {Change[]} in the order of the second, what went last
 */
export function changesBetween(from, to) {
  /** @type {Change[]} */
  const changes = [];
  /** @param {any} a @param {any} b @param {string[]} path */
  const walk = (a, b, path) => {
    if (a === b) return;
    if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) {
      if (JSON.stringify(a) !== JSON.stringify(b)) changes.push({ pointer: makePointer(...path), from: a, to: b });
      return;
    }
    for (const key of new Set([...Object.keys(b), ...Object.keys(a)])) {
      if (path.length > 0 || !NOT_SIMULATED.has(key)) walk(a[key], b[key], [...path, key]);
    }
  };
  walk(from, to, []);
  return changes;
}

/** @param {any} value @returns {string} */
function words(value) {
  if (value === undefined) return '–';
  if (Array.isArray(value)) return value.slice(0, LIST_SHOWN).map(words).join(', ') + (value.length > LIST_SHOWN ? ', …' : '');
  return isObject(value) ? value.kind ?? value.type ?? '…' : String(value);
}

/**
 * `orders concurrency: 4 → 8`
 * @param {Change} change
 */
export function changeText({ pointer, from, to }) {
  const path = parsePointer(pointer).filter((part, index) => !(index === 0 && part === 'nodes'));
  return `${path.join(' ')}: ${words(from)} → ${words(to)}`;
}
