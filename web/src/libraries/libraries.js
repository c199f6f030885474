/**
 * Libraries that the first view does not need, loaded when something does: each is a script of its own that leaves its object
 * in one global table.
 */

import { loadScript } from '../engine/assets.js';

/** @typedef {'dagre' | 'uplot' | 'driver'} Library */

/** @type {Map<Library, Promise<any>>} */
const loading = new Map();

/**
 * The library if it is here already, otherwise null.
 * @param {Library} name
 */
export const library = (name) => /** @type {any} */ (globalThis).scalesimLibraries?.[name] ?? null;

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
