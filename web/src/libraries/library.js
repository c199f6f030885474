/** @typedef {'arabic' | 'codemirror' | 'dagre' | 'driver' | 'pseudo' | 'uplot'} Library */

/**
 * The library if it is here already, otherwise null.
 * @param {Library} name
 */
export const library = (name) => /** @type {any} */ (globalThis).scalesimLibraries?.[name] ?? null;
