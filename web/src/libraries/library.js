/** @typedef {'analysis' | 'arabic' | 'codemirror' | 'dagre' | 'desk' | 'settings' | 'driver' | 'pseudo' | 'insight'} Library */

/**
 * The library if it is here already, otherwise null.
 * @param {Library} name
 */
export const library = (name) => /** @type {any} */ (globalThis).scalesimLibraries?.[name] ?? null;
