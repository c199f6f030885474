/**
 * Instruments a user's own WebAssembly module: the same pass as the build's (core/meter), compiled to WebAssembly, over Binaryen's
 * npm package. Nothing of it is loaded before a design has such a module.
 */

import { MeterRefusal } from './meter_refusal.mjs';

const BYTES_MAX = 16 * 2 ** 20; // SS_METER_MODULE_BYTES_MAX
const STATUS_MEMORY = 2;

/**
 * @param {WebAssembly.Module} pass meter.wasm
 * @param {any} binaryen the npm package, ready
 * @returns {(bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>} throws a MeterRefusal
 */
export function createMeter(pass, binaryen) {
  let isBroken = false;
  return (bytes) => {
    if (bytes.length > BYTES_MAX) throw new MeterRefusal('too-large');
    // The host's own engine is the judge of what is valid; Binaryen's reader is not safe against what is not.
    if (!WebAssembly.validate(bytes)) throw new MeterRefusal('invalid', { detail: reasonOf(bytes) });
    if (isBroken) throw new Error('The meter broke on an earlier module; reload the page.');
    const exports = /** @type {any} */ (new WebAssembly.Instance(pass, importsFrom(pass, binaryen)).exports);
    exports._initialize?.();
    const input = exports.meter_allocate(bytes.length);
    new Uint8Array(exports.memory.buffer, input, bytes.length).set(bytes);
    let answer = 0;
    try {
      answer = exports.meter_instrument(input, bytes.length);
    } catch (error) { // Binaryen gave up in the middle: it stays inside its memory, which is not to be trusted any more
      isBroken = true;
      throw new MeterRefusal('binaryen', { detail: error instanceof Error ? error.message : String(error) });
    }
    return read(exports, answer, bytes);
  };
}

/** @param {any} exports @param {number} answer @param {Uint8Array<ArrayBuffer>} bytes @returns {Uint8Array<ArrayBuffer>} */
function read(exports, answer, bytes) {
  if (answer === 0) throw new RangeError('There is no memory left for instrumenting the module.');
  const [status, output, length, reason, offset, inFunction, opcode] = new Uint32Array(exports.memory.buffer, answer, 7);
  if (status === STATUS_MEMORY) throw new RangeError('There is no memory left for instrumenting the module.');
  if (status !== 0) {
    const text = new Uint8Array(exports.memory.buffer, reason);
    const name = new TextDecoder().decode(text.slice(0, text.indexOf(0)));
    throw new MeterRefusal(name, { offset, function: inFunction, opcode });
  }
  const metered = new Uint8Array(exports.memory.buffer, output, length).slice();
  // What comes out is held to the same judge: a slip of Binaryen must not run.
  if (!WebAssembly.validate(metered)) throw new MeterRefusal('binaryen', { detail: reasonOf(metered) || `${bytes.length} bytes` });
  return metered;
}

/** What the engine says is wrong. @param {Uint8Array<ArrayBuffer>} bytes */
function reasonOf(bytes) {
  try {
    return String(new WebAssembly.Module(bytes));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Binaryen's functions by the names under which the pass imports them. @param {WebAssembly.Module} pass @param {any} binaryen */
function importsFrom(pass, binaryen) {
  /** @type {Record<string, Record<string, Function>>} */
  const imports = {};
  for (const { module, name } of WebAssembly.Module.imports(pass)) {
    const own = binaryen[`_${name}`];
    imports[module] ??= {};
    imports[module][name] = own ?? (() => 0); // the C library's notices to its host
  }
  return imports;
}
