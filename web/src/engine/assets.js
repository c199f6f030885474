/**
 * Where the page's own files are. The build names them (they carry hashes) and this finds them beside the script, wherever the page
 * is hosted, and says so to Trusted Types: no other script address passes.
 */

import { compile } from '../../../wasm/loader.mjs';
import { el } from '../dom.js';

/** @type {{ worker: string, serviceWorker: string, wasm: string, wasmScript: string, handlers: string, handlersScript: string, sandboxScript: string, modulesScript: string, examplesScript: string, dagre: string, debugger: string, desk: string, settings: string, snippets: string, insight: string, analysis: string, arabic: string, pseudo: string, codemirror: string, monacoFrame: string }} */
// @ts-ignore: put in place of the name by build.mjs
const names = __ASSETS__;

const base = /** @type {HTMLScriptElement | null} */ (document.currentScript)?.src ?? document.baseURI;

/** @param {keyof typeof names} name */
export const assetUrl = (name) => new URL(names[name], base).href;

const SCRIPTS = /** @type {const} */ (['worker', 'serviceWorker', 'wasmScript', 'handlersScript', 'sandboxScript', 'modulesScript', 'examplesScript', 'dagre', 'debugger', 'desk', 'settings', 'snippets', 'insight', 'analysis', 'arabic', 'pseudo', 'codemirror']);

/** @type {any} */
const trustedTypes = /** @type {any} */ (globalThis).trustedTypes;
const policy = trustedTypes?.createPolicy('scalesim', {
  createScriptURL(/** @type {string} */ url) {
    if (SCRIPTS.some((name) => url === assetUrl(name))) return url;
    throw new TypeError(`Not a script of this page: ${url}`);
  },
});

/** @param {typeof SCRIPTS[number]} name @returns {string} */
export const scriptUrl = (name) => (policy ? policy.createScriptURL(assetUrl(name)) : assetUrl(name));

/**
 * Loads one of the page's scripts; resolves when it has run.
 * @param {typeof SCRIPTS[number]} name
 * @returns {Promise<void>}
 */
export function loadScript(name) {
  return new Promise((resolve, reject) => {
    const script = el('script');
    script.src = scriptUrl(name);
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(assetUrl(name)));
    document.head.append(script);
  });
}

/**
 * A module: fetched, or, where the page may not fetch (a sandboxed frame has no origin), read from a script that holds the same bytes.
 * @param {'wasm' | 'handlers'} name
 * @param {'wasmScript' | 'handlersScript'} script
 * @param {string} held the script's variable
 * @returns {Promise<WebAssembly.Module>}
 */
async function loadWasm(name, script, held) {
  try {
    return await compile(fetch(assetUrl(name)));
  } catch {
    await loadScript(script);
    const text = /** @type {any} */ (globalThis)[held];
    return WebAssembly.compile(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  }
}

/** The engine's module. */
export const loadModule = () => loadWasm('wasm', 'wasmScript', 'scalesimWasm');

/** The module that runs handlers; only a design with code needs it. */
export const loadHandlers = () => loadWasm('handlers', 'handlersScript', 'scalesimHandlers');

/**
 * The text of an example file, by the same two ways.
 * @param {string} path below the page's folder
 * @returns {Promise<string>}
 */
export async function exampleText(path) {
  try {
    const response = await fetch(new URL(path, base).href);
    if (response.ok) return await response.text();
  } catch {
    // Tried below.
  }
  await loadScript('examplesScript');
  const text = /** @type {any} */ (globalThis).scalesimExamples[path];
  if (typeof text !== 'string') throw new Error(path);
  return text;
}
