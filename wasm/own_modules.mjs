/**
 * Makes users' own modules ready to run: from the base64 of a design to an instrumented, compiled module.
 */

import { createMeter } from './meter.mjs';
import { MeterRefusal } from './meter_refusal.mjs';
import { openOwnModule } from './own_sandbox.mjs';

/** @typedef {import('./own_sandbox.mjs').OwnModule} OwnModule */
/** @typedef {{ pointer: string, source: string }} OwnSource a node's code, and where it stands in the design */

/** The own modules of a design, each once. @param {any} design @returns {OwnSource[]} */
export function ownSourcesOf(design) {
  /** @type {Map<string, OwnSource>} */
  const found = new Map();
  for (const [id, node] of Object.entries(design?.nodes ?? {})) {
    const code = /** @type {any} */ (node)?.code;
    if (code?.language !== 'wasm' || typeof code.source !== 'string' || found.has(code.source)) continue;
    found.set(code.source, { pointer: `/nodes/${id.replaceAll('~', '~0').replaceAll('/', '~1')}/code/source`, source: code.source });
  }
  return [...found.values()];
}

/** @param {string} source @returns {Uint8Array<ArrayBuffer>} */
function decode(source) {
  try {
    return Uint8Array.from(atob(source), (letter) => letter.charCodeAt(0));
  } catch {
    throw new MeterRefusal('malformed', { detail: 'The source has to be its bytes in base64.' });
  }
}

/**
 * @param {WebAssembly.Module} pass meter.wasm
 * @param {any} binaryen the npm package, ready
 * @returns {(sources: OwnSource[]) => { modules: Map<string, OwnModule>, diagnostics: object[] }} a diagnostic for each that is refused
 */
export function createOwnModules(pass, binaryen) {
  const meter = createMeter(pass, binaryen);
  /** @type {Map<string, OwnModule>} */
  const ready = new Map();
  return (sources) => {
    const diagnostics = [];
    for (const { pointer, source } of sources) {
      try {
        if (!ready.has(source)) ready.set(source, openOwnModule(source, meter(decode(source))));
      } catch (error) {
        if (!(error instanceof MeterRefusal)) throw error;
        diagnostics.push({ severity: 'error', code: 'E404', pointer, line: 0, column: 0, message: error.message });
      }
    }
    return { modules: new Map(sources.flatMap(({ source }) => { const own = ready.get(source); return own ? [[source, own]] : []; })), diagnostics };
  };
}
