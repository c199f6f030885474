import words from '../i18n/en/snippets.js';
import { learn } from '../i18n/index.js';
import { showSnippets } from '../snippets/dialog.js';
import { starterOf } from '../snippets/starter.js';

learn(words);

/** @type {import('../snippets/adapt.js').Snippet[]} */
// @ts-ignore: put in place of the name by build.mjs
const snippets = __SNIPPETS__;

/** Code to begin with: loaded when a node gets code, or somebody looks for a pattern. */
const library = {
  starterOf: (/** @type {import('../types.js').App} */ app, /** @type {string} */ node) => starterOf(app.document.get(), node, app.catalog),
  showSnippets: (/** @type {import('../types.js').App} */ app, /** @type {any} */ editor) => showSnippets(app, snippets, editor),
};

/** @type {any} */ (globalThis).scalesimLibraries = { .../** @type {any} */ (globalThis).scalesimLibraries, snippets: library };
