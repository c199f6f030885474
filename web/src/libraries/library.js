/** @typedef {'analysis' | 'arabic' | 'codemirror' | 'dagre' | 'debugger' | 'desk' | 'settings' | 'driver' | 'pseudo' | 'insight' | 'snippets'} Library */

/**
 * The library if it is here already, otherwise null.
 * @param {Library} name
 */
export const library = (name) => /** @type {any} */ (globalThis).scalesimLibraries?.[name] ?? null;
