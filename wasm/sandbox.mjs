/**
 * Holds the instances of the handlers' interpreter in WebAssembly, each with a memory of its own, and gives them to the engine as
 * its imports of the module `sandbox` (core/handlers/sandbox_wasm.c). The native host does the same in sandbox_native.c.
 */

import { OwnSandbox, ownStateKey } from './own_sandbox.mjs';

const PAGE_BYTES = 65536;
const STATE_PAGE_BYTES = 4096;
const STACK_BYTES = 256 * 1024; // of the metered stack: the same on every host
const TRACE_MEMORY_BYTES = 32 * 1024 * 1024; // that observing may take beyond the limit
const OWN_FUEL = 1n << 62n; // for what the sandbox itself asks of the module; charged to nobody

/** The numbers of ss_input_kind that bring a source. */
const LOADS = new Set([1, 8]);
const SOURCE_AT = 9; // after the kind and the time

/** The numbers of ss_sandbox_outcome. */
const OUTCOME = { ok: 0, fuel: 1, memory: 2, stack: 3, fault: 4 };
/** The numbers of ss_meter_trap. */
const METER_TRAP = { none: 0, fuel: 1, stack: 2, memory: 3, host: 4 };
/** The numbers of ss_status. */
const STATUS = { ok: 0, input: 1, memory: 2 };

/** @typedef {{ memory: Uint8Array, memoryBytes: number, stackPointer: number, mailbox: number }} Image */

/** @type {WeakMap<WebAssembly.Module, Image>} */
const images = new WeakMap();

/**
 * The memory of a fresh interpreter, as far as it is not zero.
 * @param {WebAssembly.Module} module
 * @returns {Image}
 */
export function freshImage(module) {
  const known = images.get(module);
  if (known) return known;
  const exports = instantiate(module, 65536);
  exports._initialize();
  const stackPointer = exports.stackSave();
  if (exports.guest_initialize() !== 0) throw new Error('The interpreter of handlers does not start.');
  const whole = new Uint8Array(exports.memory.buffer);
  let length = whole.length;
  while (length > 0 && whole[length - 1] === 0) length -= 1;
  const image = { memory: whole.slice(0, length), memoryBytes: whole.length, stackPointer, mailbox: exports.guest_mailbox() };
  images.set(module, image);
  return image;
}

/** @param {WebAssembly.Module} module @param {number} pagesMax */
function instantiate(module, pagesMax) {
  const exports = /** @type {any} */ (new WebAssembly.Instance(module, {}).exports);
  exports.scalesim_fuel.value = OWN_FUEL;
  exports.scalesim_stack.value = STACK_BYTES;
  exports.scalesim_pages.value = pagesMax;
  return exports;
}

/** One interpreter. Whatever it runs, it answers or is stopped; it can be put back to what it was. */
export class Sandbox {
  /** @type {any} */
  #exports;
  #module;
  #image;
  #memoryBytesMax;
  /** @type {Uint8Array} */
  #bytes = new Uint8Array(0);
  /** @type {Uint32Array} */
  #mailbox = new Uint32Array(0);
  /** @type {Uint8Array | null} */
  #kept = null;
  /** The last trace, until the sandbox is put back. @type {Uint8Array | null} */
  #traced = null;
  /** What the last invocation burnt. */
  fuel = 0;

  /** @param {WebAssembly.Module} module @param {number} memoryBytesMax */
  constructor(module, memoryBytesMax) {
    this.#module = module;
    this.#image = freshImage(module);
    this.#memoryBytesMax = memoryBytesMax;
    this.#makeFresh();
    this.#exports.guest_limit_memory(memoryBytesMax);
  }

  /** A new instance with a memory so large, all zero but for the module's own data. */
  #instantiate() {
    this.#exports = instantiate(this.#module, Math.floor(this.#memoryBytesMax / PAGE_BYTES));
    this.#view();
  }

  #view() {
    const { buffer } = this.#exports.memory;
    if (this.#bytes.buffer === buffer) return;
    this.#bytes = new Uint8Array(buffer);
    this.#mailbox = new Uint32Array(buffer, this.#image.mailbox, 6);
  }

  /** Memory grows only; a smaller one is a new instance's. @param {number} memoryBytes */
  #resize(memoryBytes) {
    if (!this.#exports || this.#bytes.length > memoryBytes) this.#instantiate();
    const missing = (memoryBytes - this.#bytes.length) / PAGE_BYTES;
    if (missing > 0) this.#exports.memory.grow(missing);
    this.#view();
  }

  #makeFresh() {
    this.#resize(this.#image.memoryBytes);
    this.#bytes.set(this.#image.memory);
    this.#bytes.fill(0, this.#image.memory.length);
    this.#exports.scalesim_fuel.value = OWN_FUEL;
  }

  /** Puts an input where the module takes it from. @param {Uint8Array} input */
  #post(input) {
    if (input.length > /** @type {number} */ (this.#mailbox[1])) {
      this.#exports.guest_allocate(input.length);
      this.#view();
    }
    this.#bytes.set(input, this.#mailbox[0]);
  }

  /**
   * Runs one input; returns an ss_sandbox_outcome. After any but OK only putBack and readState make sense.
   * @param {Uint8Array} input
   * @param {number} fuel
   */
  invoke(input, fuel) {
    const exports = this.#exports;
    if (input.length > this.#memoryBytesMax) {
      this.fuel = 0;
      return OUTCOME.memory;
    }
    exports.scalesim_fuel.value = BigInt(fuel);
    try {
      this.#post(input);
      const refused = exports.guest_invoke(input.length);
      this.fuel = fuel - Number(exports.scalesim_fuel.value);
      this.#view();
      return refused ? OUTCOME.fault : OUTCOME.ok;
    } catch (error) {
      this.#view(); // it may have grown before it was stopped
      const left = Number(exports.scalesim_fuel.value);
      this.fuel = fuel - (left > 0 ? left : 0);
      return this.#outcomeOf(error);
    }
  }

  /**
   * Runs one input, observed as the request says; the output is then the trace. Only putBack and readState make sense after it.
   * Returns an ss_sandbox_outcome, or -1 when there is no memory for observing.
   * @param {Uint8Array} request
   * @param {Uint8Array} input
   * @param {number} fuel
   */
  trace(request, input, fuel) {
    const limit = (/** @type {number} */ bytes) => {
      this.#exports.scalesim_pages.value = Math.floor(bytes / PAGE_BYTES);
    };
    limit(this.#memoryBytesMax + TRACE_MEMORY_BYTES);
    this.#exports.scalesim_fuel.value = OWN_FUEL;
    try {
      this.#post(request);
      if (this.#exports.guest_trace(request.length) !== 0) throw new Error('The interpreter refuses to trace.');
    } catch (error) {
      this.#outcomeOf(error);
      return -1; // no memory for it
    }
    this.#view();
    const outcome = this.invoke(input, fuel);
    const at = /** @type {number} */ (this.#mailbox[4]);
    this.#traced = this.#bytes.slice(at, at + /** @type {number} */ (this.#mailbox[5]));
    limit(this.#memoryBytesMax);
    return outcome;
  }

  get memoryBytes() {
    return this.#bytes.length;
  }

  /** What a trap was, from what the meter and the module left behind. @param {unknown} error */
  #outcomeOf(error) {
    const exports = this.#exports;
    const trap = exports.scalesim_trap.value;
    exports.scalesim_trap.value = METER_TRAP.none;
    exports.scalesim_stack.value = STACK_BYTES;
    exports.scalesim_fuel.value = OWN_FUEL;
    exports.stackRestore(this.#image.stackPointer);
    if (trap === METER_TRAP.fuel) return OUTCOME.fuel;
    // A host whose own stack is smaller than the metered one; none of those tested is.
    if (trap === METER_TRAP.stack || error instanceof RangeError) return OUTCOME.stack;
    if (!(error instanceof WebAssembly.RuntimeError) || trap === METER_TRAP.host) throw error;
    const reason = exports.guest_reason();
    return reason === OUTCOME.memory || reason === OUTCOME.stack ? reason : OUTCOME.fault;
  }

  /** What the last invocation said; valid until the next. */
  output() {
    if (this.#traced) return this.#traced;
    const at = /** @type {number} */ (this.#mailbox[2]);
    return this.#bytes.subarray(at, at + /** @type {number} */ (this.#mailbox[3]));
  }

  /** Begins anew with a fresh interpreter that finds the disk of the old one. */
  renew() {
    const exports = this.#exports;
    exports.scalesim_fuel.value = OWN_FUEL;
    exports.guest_save_disk();
    this.#view();
    const disk = this.output().slice();
    this.#makeFresh();
    this.#exports.guest_limit_memory(this.#memoryBytesMax);
    if (disk.length <= 4) return; // an empty text: nothing on it
    this.#post(disk);
    this.#exports.guest_load_disk(disk.length);
    this.#view();
  }

  /** Keeps a copy of the state as it is now, in place of an earlier one. */
  keep() {
    if (this.#kept?.length === this.#bytes.length) this.#kept.set(this.#bytes);
    else this.#kept = this.#bytes.slice();
  }

  /** Goes back to the copy. */
  putBack() {
    if (!this.#kept) throw new Error('There is no copy to go back to.');
    this.#traced = null;
    this.#resize(this.#kept.length);
    this.#bytes.set(this.#kept);
  }

  /** The state: bytes of memory, then number and bytes of each page that differs from a fresh interpreter's. */
  state() {
    const numbers = this.#changedPages();
    const state = new Uint8Array(4 + numbers.length * (4 + STATE_PAGE_BYTES));
    const view = new DataView(state.buffer);
    view.setUint32(0, this.#bytes.length, true);
    numbers.forEach((number, index) => {
      const at = 4 + index * (4 + STATE_PAGE_BYTES);
      view.setUint32(at, number, true);
      state.set(this.#bytes.subarray(number * STATE_PAGE_BYTES, (number + 1) * STATE_PAGE_BYTES), at + 4);
    });
    return state;
  }

  #changedPages() {
    const numbers = [];
    const now = new Int32Array(this.#bytes.buffer);
    const fresh = wordsOf(this.#image);
    const perPage = STATE_PAGE_BYTES / Int32Array.BYTES_PER_ELEMENT;
    for (let page = 0; page * perPage < now.length; page += 1) {
      const end = (page + 1) * perPage;
      let at = page * perPage;
      while (at < end && now[at] === (fresh[at] ?? 0)) at += 1;
      if (at < end) numbers.push(page);
    }
    return numbers;
  }

  /** @param {Uint8Array} state @returns {boolean} whether it was one */
  readState(state) {
    const piece = 4 + STATE_PAGE_BYTES;
    if (state.length < 4 || (state.length - 4) % piece !== 0) return false;
    const view = new DataView(state.buffer, state.byteOffset, state.length);
    const memoryBytes = view.getUint32(0, true);
    if (memoryBytes > this.#memoryBytesMax || memoryBytes % PAGE_BYTES !== 0) return false;
    this.#makeFresh();
    this.#resize(memoryBytes);
    for (let at = 4; at < state.length; at += piece) {
      const number = view.getUint32(at, true);
      if (number >= memoryBytes / STATE_PAGE_BYTES) return false;
      this.#bytes.set(state.subarray(at + 4, at + piece), number * STATE_PAGE_BYTES);
    }
    return true;
  }
}

/** @type {WeakMap<Image, Int32Array>} */
const words = new WeakMap();

/** The image as words, for comparing. @param {Image} image */
function wordsOf(image) {
  let known = words.get(image);
  if (!known) {
    known = new Int32Array(Math.ceil(image.memory.length / 4));
    new Uint8Array(known.buffer).set(image.memory);
    words.set(image, known);
  }
  return known;
}

/**
 * The engine's imports of the module `sandbox`.
 * @param {() => WebAssembly.Module | null} interpreter null until it has been loaded
 * @param {() => ArrayBuffer} memory the engine's
 * @param {Map<string, import('./own_sandbox.mjs').OwnModule>} [modules] users' own, by their source
 */
export function createSandboxHost(interpreter, memory, modules = new Map()) {
  /** @type {(Sandbox | OwnSandbox | null)[]} */
  const sandboxes = [null]; // handle 0 is none
  /** @type {number[]} */
  const limits = [0];
  /** @type {number[]} */
  const free = [];
  const at = (/** @type {number} */ handle) => /** @type {Sandbox | OwnSandbox} */ (sandboxes[handle]);
  const bytes = (/** @type {number} */ from, /** @type {number} */ length) => new Uint8Array(memory(), from >>> 0, length >>> 0);

  /** A host that has no memory left says so; anything else is our own fault and goes up. @param {() => void} work */
  function attempt(work) {
    try {
      work();
      return STATUS.ok;
    } catch (error) {
      if (error instanceof RangeError) return STATUS.memory;
      throw error;
    }
  }

  /** Says what an invocation burnt and how much it said, and what, if it fits. @param {Sandbox | OwnSandbox} sandbox @param {Uint8Array | null} said */
  function answer(sandbox, said, /** @type {number} */ out, /** @type {number} */ capacity, /** @type {number} */ result) {
    const view = new DataView(memory(), result >>> 0, 16);
    view.setFloat64(0, sandbox.fuel, true);
    view.setUint32(8, said?.length ?? 0, true);
    view.setUint32(12, sandbox.memoryBytes, true);
    if (said && said.length <= capacity >>> 0) bytes(out, said.length).set(said);
  }

  const limitOf = (/** @type {number} */ handle) => limits[handle] ?? 0;

  /** The user's own module that an input loads. @param {Uint8Array} input */
  function ownOf(input) {
    if (modules.size === 0 || !LOADS.has(/** @type {number} */ (input[0]))) return undefined;
    const length = new DataView(input.buffer, input.byteOffset).getUint32(SOURCE_AT, true);
    return modules.get(new TextDecoder().decode(input.slice(SOURCE_AT + 4, SOURCE_AT + 4 + length)));
  }

  /** A source that is a user's own module makes the sandbox one of it. @param {number} handle @param {Uint8Array} input */
  function chooseFor(handle, input) {
    const own = ownOf(input);
    const now = at(handle);
    if (own && !(now instanceof OwnSandbox && now.isOf(own))) sandboxes[handle] = new OwnSandbox(own, limitOf(handle));
  }

  /** @type {{ handle: number, state: Uint8Array } | null} a state that was measured is written next */
  let measured = null;

  return {
    is_available: () => Number(interpreter() !== null),
    find_module: (/** @type {number} */ source, /** @type {number} */ length) => Number(modules.has(new TextDecoder().decode(bytes(source, length).slice()))),
    create(/** @type {number} */ memoryBytesMax) {
      const module = interpreter();
      if (!module) return 0;
      const handle = free.pop() ?? sandboxes.length;
      const status = attempt(() => {
        limits[handle] = memoryBytesMax >>> 0;
        sandboxes[handle] = new Sandbox(module, memoryBytesMax >>> 0);
      });
      if (status === STATUS.ok) return handle;
      free.push(handle);
      return 0;
    },
    destroy(/** @type {number} */ handle) {
      sandboxes[handle] = null;
      free.push(handle);
    },
    /** Returns an outcome; `result` gets the fuel (a double) and the bytes of the output, which is written to `out` if it fits. */
    invoke(/** @type {number} */ handle, /** @type {number} */ input, /** @type {number} */ length, /** @type {number} */ fuel,
      /** @type {number} */ out, /** @type {number} */ capacity, /** @type {number} */ result) {
      chooseFor(handle, bytes(input, length));
      const sandbox = at(handle);
      measured = null;
      const outcome = sandbox.invoke(bytes(input, length), fuel);
      answer(sandbox, outcome === OUTCOME.ok ? sandbox.output() : null, out, capacity, result);
      return outcome;
    },
    /** Whether an input can be traced: a user's own module is not. */
    traces(/** @type {number} */ handle, /** @type {number} */ input, /** @type {number} */ length) {
      return Number(at(handle) instanceof Sandbox && !ownOf(bytes(input, length)));
    },
    /** Runs an input observed; otherwise as invoke. Returns -1 when the host refuses memory. */
    trace(/** @type {number} */ handle, /** @type {number} */ request, /** @type {number} */ requestLength, /** @type {number} */ input,
      /** @type {number} */ length, /** @type {number} */ fuel, /** @type {number} */ out, /** @type {number} */ capacity, /** @type {number} */ result) {
      const sandbox = /** @type {Sandbox} */ (at(handle));
      let outcome = -1;
      const status = attempt(() => {
        outcome = sandbox.trace(bytes(request, requestLength), bytes(input, length), fuel);
      });
      if (status !== STATUS.ok || outcome < 0) return -1;
      answer(sandbox, sandbox.output(), out, capacity, result);
      return outcome;
    },
    /** The output again, for one that did not fit. */
    take_output(/** @type {number} */ handle, /** @type {number} */ out) {
      const said = at(handle).output();
      bytes(out, said.length).set(said);
    },
    renew: (/** @type {number} */ handle) => attempt(() => at(handle).renew()),
    keep: (/** @type {number} */ handle) => attempt(() => at(handle).keep()),
    put_back: (/** @type {number} */ handle) => attempt(() => at(handle).putBack()),
    state_bytes(/** @type {number} */ handle) {
      measured = { handle, state: at(handle).state() };
      return measured.state.length;
    },
    write_state(/** @type {number} */ handle, /** @type {number} */ out) {
      const state = measured?.handle === handle ? measured.state : at(handle).state();
      measured = null;
      bytes(out, state.length).set(state);
    },
    read_state(/** @type {number} */ handle, /** @type {number} */ state, /** @type {number} */ length) {
      let isState = false;
      const status = attempt(() => {
        const key = ownStateKey(bytes(state, length));
        const own = [...modules.values()].find((module) => module.key === key);
        if (own) sandboxes[handle] = new OwnSandbox(own, limitOf(handle));
        isState = at(handle).readState(bytes(state, length));
      });
      return status !== STATUS.ok ? status : isState ? STATUS.ok : STATUS.input;
    },
  };
}
