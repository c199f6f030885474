/**
 * A user's own WebAssembly module as a node's handler: the same as the interpreter's Sandbox (sandbox.mjs), for a module that
 * wasm/meter.mjs has instrumented. Its interface is in core/handlers/WASM.md.
 */

import { MeterRefusal } from './meter_refusal.mjs';

const PAGE_BYTES = 65536;
const STATE_PAGE_BYTES = 4096;
const STACK_BYTES = 256 * 1024; // SS_METER_STACK_BYTES
const STATE_MARK = 0x314e574f; // "OWN1": no interpreter's state begins so, which begins with a multiple of 64 KiB

/** The numbers of ss_sandbox_outcome. */
const OUTCOME = { ok: 0, fuel: 1, memory: 2, stack: 3, fault: 4 };
/** ss_meter_trap → ss_sandbox_outcome; a host that refuses memory is told apart. */
const OUTCOME_OF_TRAP = [OUTCOME.fault, OUTCOME.fuel, OUTCOME.stack, OUTCOME.memory];
const TRAP_HOST = 4;

/** What a handler's module exports, beside what it needs for itself. */
const EXPORTS = { memory: 'memory', handler_input: 'function', handler_invoke: 'function' };

/** @typedef {{ module: WebAssembly.Module, key: number, image: Uint8Array }} OwnModule */

/**
 * Compiles an instrumented module and sees that it is a handler.
 * @param {string} source as it stands in the design: what tells one module from another
 * @param {Uint8Array<ArrayBuffer>} metered
 * @returns {OwnModule}
 */
export function openOwnModule(source, metered) {
  const module = new WebAssembly.Module(metered);
  const exported = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  for (const [name, kind] of Object.entries(EXPORTS)) {
    if (exported.get(name) !== kind) throw new MeterRefusal('interface', { detail: `"${name}" is missing (a ${kind}).` });
  }
  return { module, key: hashOf(source), image: trimmed(new Uint8Array(/** @type {any} */ (new WebAssembly.Instance(module, {}).exports).memory.buffer)) };
}

/** Without the zeros at the end. @param {Uint8Array} bytes */
function trimmed(bytes) {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  return bytes.slice(0, length);
}

/** FNV-1a of 32 bits. @param {string} text */
function hashOf(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return hash >>> 0;
}

/** The key of the module that a state is of, or null if it is an interpreter's. @param {Uint8Array} state */
export function ownStateKey(state) {
  const view = new DataView(state.buffer, state.byteOffset, state.length);
  return state.length >= 16 && view.getUint32(0, true) === STATE_MARK ? view.getUint32(4, true) : null;
}

/** One replica's module. */
export class OwnSandbox {
  /** @type {any} */
  #exports;
  /** @type {WebAssembly.Global[]} */
  #globals = [];
  #own;
  #memoryBytesMax;
  #isStarted = false;
  /** @type {Uint8Array | null} */
  #kept = null;
  #said = new Uint8Array(0);
  /** What the last invocation burnt. */
  fuel = 0;

  /** @param {OwnModule} own @param {number} memoryBytesMax */
  constructor(own, memoryBytesMax) {
    this.#own = own;
    this.#memoryBytesMax = memoryBytesMax;
    this.renew();
  }

  /** @param {OwnModule} own */
  isOf(own) { return own === this.#own; }

  get #bytes() { return new Uint8Array(this.#exports.memory.buffer); }

  /** Begins anew: the module as it was instantiated. It has no disk. */
  renew() {
    this.#exports = new WebAssembly.Instance(this.#own.module, {}).exports;
    this.#globals = Object.keys(this.#exports).filter((name) => /^scalesim_global_\d+$/.test(name)).map((name) => this.#exports[name]);
    this.#exports.scalesim_pages.value = Math.floor(this.#memoryBytesMax / PAGE_BYTES);
    this.#exports.scalesim_stack.value = STACK_BYTES;
    this.#isStarted = false;
  }

  /**
   * Runs one input; returns an ss_sandbox_outcome. After any but OK only putBack and readState make sense.
   * @param {Uint8Array} input
   * @param {number} fuel
   */
  invoke(input, fuel) {
    const exports = this.#exports;
    this.#said = new Uint8Array(0);
    this.fuel = 0;
    if (Math.max(this.#bytes.length, input.length) > this.#memoryBytesMax) return OUTCOME.memory;
    exports.scalesim_fuel.value = BigInt(fuel);
    exports.scalesim_trap.value = 0;
    try {
      const isInOrder = this.#run(input);
      this.fuel = fuel - Number(exports.scalesim_fuel.value);
      return isInOrder ? OUTCOME.ok : OUTCOME.fault;
    } catch (error) {
      this.fuel = fuel - Math.max(0, Number(exports.scalesim_fuel.value));
      if (error instanceof RangeError) return OUTCOME.stack; // a host whose own stack is smaller than the metered one
      if (!(error instanceof WebAssembly.RuntimeError) || exports.scalesim_trap.value === TRAP_HOST) throw error;
      return OUTCOME_OF_TRAP[exports.scalesim_trap.value] ?? OUTCOME.fault;
    }
  }

  /** Whether what it says lies within its memory. @param {Uint8Array} input */
  #run(input) {
    const exports = this.#exports;
    if (!this.#isStarted) {
      this.#isStarted = true;
      exports.scalesim_start?.();
      exports._initialize?.();
    }
    const at = exports.handler_input(input.length) >>> 0;
    if (at + input.length > this.#bytes.length) return false;
    this.#bytes.set(input, at);
    const record = exports.handler_invoke(input.length) >>> 0;
    if (record === 0) return true;
    const bytes = this.#bytes;
    if (record + 8 > bytes.length) return false;
    const view = new DataView(bytes.buffer);
    const [from, length] = [view.getUint32(record, true), view.getUint32(record + 4, true)];
    if (from + length > bytes.length) return false;
    this.#said = bytes.slice(from, from + length);
    return true;
  }

  /** What the last invocation said. */
  output() { return this.#said; }

  get memoryBytes() { return this.#bytes.length; }

  /** Keeps a copy of the state as it is now, in place of an earlier one. */
  keep() { this.#kept = this.state(); }

  /** Goes back to the copy; before the first one, to the beginning. */
  putBack() {
    if (this.#kept) this.readState(this.#kept);
    else this.renew();
  }

  /** Mark, key, bytes of memory, whether it has started, the globals, and each page that differs from a new instance's. */
  state() {
    const bytes = this.#bytes;
    const numbers = changedPages(bytes, this.#own.image);
    const head = 16 + this.#globals.length * 8;
    const state = new Uint8Array(head + numbers.length * (4 + STATE_PAGE_BYTES));
    const view = new DataView(state.buffer);
    [STATE_MARK, this.#own.key, bytes.length, Number(this.#isStarted)].forEach((word, index) => view.setUint32(index * 4, word, true));
    this.#globals.forEach(({ value }, index) => view.setBigInt64(16 + index * 8, BigInt(value), true));
    numbers.forEach((number, index) => {
      const at = head + index * (4 + STATE_PAGE_BYTES);
      view.setUint32(at, number, true);
      state.set(bytes.subarray(number * STATE_PAGE_BYTES, (number + 1) * STATE_PAGE_BYTES), at + 4);
    });
    return state;
  }

  /** @param {Uint8Array} state @returns {boolean} whether it was one of this module */
  readState(state) {
    const head = 16 + this.#globals.length * 8;
    const piece = 4 + STATE_PAGE_BYTES;
    if (ownStateKey(state) !== this.#own.key || state.length < head || (state.length - head) % piece !== 0) return false;
    const view = new DataView(state.buffer, state.byteOffset, state.length);
    const memoryBytes = view.getUint32(8, true);
    this.renew();
    if (memoryBytes % PAGE_BYTES !== 0 || memoryBytes < this.#bytes.length || memoryBytes > this.#memoryBytesMax) return false;
    const missing = (memoryBytes - this.#bytes.length) / PAGE_BYTES;
    if (missing > 0) this.#exports.memory.grow(missing);
    this.#isStarted = view.getUint32(12, true) !== 0;
    this.#globals.forEach((global, index) => {
      const value = view.getBigInt64(16 + index * 8, true);
      global.value = typeof global.value === 'bigint' ? value : Number(value);
    });
    const bytes = this.#bytes;
    for (let at = head; at < state.length; at += piece) {
      const number = view.getUint32(at, true);
      if (number >= memoryBytes / STATE_PAGE_BYTES) return false;
      bytes.set(state.subarray(at + 4, at + piece), number * STATE_PAGE_BYTES);
    }
    return true;
  }
}

/** @param {Uint8Array} now @param {Uint8Array} image */
function changedPages(now, image) {
  const numbers = [];
  for (let page = 0; page * STATE_PAGE_BYTES < now.length; page += 1) {
    const begin = page * STATE_PAGE_BYTES;
    let at = begin;
    while (at < begin + STATE_PAGE_BYTES && now[at] === (image[at] ?? 0)) at += 1;
    if (at < begin + STATE_PAGE_BYTES) numbers.push(page);
  }
  return numbers;
}
