/**
 * Libraries that the first view does not need, loaded when something does: each is a script of its own that leaves its object
 * in one global table.
 */

import { loadScript } from '../engine/assets.js';
import { library } from './library.js';

export { library };

/** @typedef {import('./library.js').Library} Library */

/** @type {Map<Library, Promise<any>>} */
const loading = new Map();

/**
 * @param {Library} name
 * @returns {Promise<any>}
 */
export function loadLibrary(name) {
  const asked = loading.get(name) ?? loadScript(name === 'driver' ? 'worker' : name).then(() => library(name));
  loading.set(name, asked);
  asked.catch(() => loading.delete(name)); // a later try may be online again
  return asked;
}
