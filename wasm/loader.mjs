/**
 * Instantiates the engine's plain WebAssembly module and speaks its envelope (PROTOCOL.md), in browsers and on Node alike.
 */

/** @typedef {typeof import('./sandbox.mjs').createSandboxHost} CreateSandboxHost */

/**
 * What the engine answered when it could not do as asked.
 */
export class EngineError extends Error {
  /**
   * @param {string} code `input`, `memory`, `limit`, `io`, `protocol`, `handlers` or `modules` (something must be loaded first), or `fault` when the module itself broke
   * @param {string} message
   * @param {any[]} [diagnostics]
   */
  constructor(code, message, diagnostics = []) {
    super(message);
    this.name = 'EngineError';
    this.code = code;
    this.diagnostics = diagnostics;
  }
}

const HEADER_WORDS = 9; // PROTOCOL.md, "Frames"
const WASI_ERRNO_NOSYS = 52;

/** The host interface of the command line, for hosts that have no files: everything fails cleanly. */
export const NO_FILES = {
  read_file: () => -1,
  take_file: () => {},
  write: () => 1,
  write_file: () => 1,
  now_ms: () => 0,
  is_terminal: () => 0,
};

/**
 * @typedef {object} Frames
 * @property {Float64Array} frame
 * @property {Float64Array} moves groups of four numbers
 * @property {number} one_in
 * @property {Float64Array} timeline rows, one after another
 * @property {number} first_row
 */

/**
 * @typedef {object} Answer
 * @property {any} result
 * @property {string} text the result's own bytes, as the engine wrote them
 * @property {Uint8Array | null} binary
 */

/**
 * @typedef {object} WasmEngine
 * @property {(op: string, args?: object) => Answer} call throws an EngineError
 * @property {(request: string) => string} callText one envelope in, one out
 * @property {(events_max: number, until_s: number) => number} advance 0 more, 1 done, 2 failed
 * @property {() => number} time_s
 * @property {() => number} events
 * @property {() => Frames | null} frames copies of the frame, and of the moves and rows since the last
 * @property {() => number} memoryBytes
 * @property {(interpreter: WebAssembly.Module, createSandboxHost: CreateSandboxHost) => void} useHandlers gives it what a design with code needs (error code `handlers`)
 * @property {(modules: Map<string, import('./own_sandbox.mjs').OwnModule>) => void} useModules users' own modules by their source (error code `modules`), beside those it has
 * @property {WebAssembly.Exports} exports
 */

/**
 * Compiles from a response (streaming where the server says `application/wasm`) or from bytes.
 * @param {Response | Promise<Response> | BufferSource | WebAssembly.Module} source
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compile(source) {
  const settled = await source;
  if (settled instanceof WebAssembly.Module) return settled;
  if (typeof Response === 'undefined' || !(settled instanceof Response)) {
    return WebAssembly.compile(/** @type {BufferSource} */ (settled));
  }
  if (!settled.ok) throw new EngineError('io', `The engine could not be fetched: ${settled.status} ${settled.url}`);
  if (settled.headers.get('content-type')?.startsWith('application/wasm') && WebAssembly.compileStreaming) {
    return WebAssembly.compileStreaming(settled);
  }
  return WebAssembly.compile(await settled.arrayBuffer());
}

/**
 * Gives the module what it imports: the host's functions where given, otherwise ones that fail cleanly.
 * @param {WebAssembly.Module} module
 * @param {Record<string, Record<string, Function>>} given
 */
function importsFor(module, given) {
  /** @type {Record<string, any>} */
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind !== 'function') throw new EngineError('protocol', `The engine imports a ${kind}, ${from}.${name}; it may import functions only.`);
    const fallback = from.startsWith('wasi_') ? () => WASI_ERRNO_NOSYS
      // The C library tells that memory grew; views are made anew for each use, so there is nothing to do.
      : name === 'emscripten_notify_memory_growth' ? () => {} : () => {
        throw new EngineError('protocol', `This host has no ${from}.${name}.`);
      };
    imports[from] ??= {};
    imports[from][name] = given[from]?.[name] ?? fallback;
  }
  return imports;
}

/**
 * @param {Response | Promise<Response> | BufferSource | WebAssembly.Module} source
 * @param {Record<string, Record<string, Function>>} [imports] by module and name
 * @returns {Promise<WasmEngine>}
 */
export async function instantiate(source, imports = { host: NO_FILES }) {
  const module = await compile(source);
  const late = createLateSandbox();
  const instance = await WebAssembly.instantiate(module, importsFor(module, { sandbox: late.imports, ...imports }));
  const exports = /** @type {any} */ (instance.exports);
  /** @type {Map<string, import('./own_sandbox.mjs').OwnModule>} */
  const own = new Map();
  return createEngine(exports, (interpreter, createSandboxHost) => {
    late.use(createSandboxHost(() => interpreter, () => exports.memory.buffer, own));
  }, (modules) => modules.forEach((module, source) => own.set(source, module)));
}

/** Stands in for the sandboxes' host until a design has code: it says that there is none. */
function createLateSandbox() {
  /** @type {Record<string, Function> | null} */
  let host = null;
  const imports = new Proxy(/** @type {Record<string, Function>} */ ({}), {
    get: (_, name) => (/** @type {any[]} */ ...values) => (host ? /** @type {Function} */ (host[String(name)])(...values) : 0),
  });
  return { imports, use(/** @type {Record<string, Function>} */ given) { host = given; } };
}

/** @param {any} exports @param {WasmEngine['useHandlers']} useHandlers @param {WasmEngine['useModules']} useModules @returns {WasmEngine} */
function createEngine(exports, useHandlers, useModules) {
  exports._initialize?.();
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  let nextId = 1;

  // Views are made anew each time: memory that grows detaches the old buffer.
  const bytesAt = (/** @type {number} */ at, /** @type {number} */ length) => new Uint8Array(exports.memory.buffer, at >>> 0, length);
  const doublesAt = (/** @type {number} */ at, /** @type {number} */ length) => (
    length === 0 ? new Float64Array(0) : new Float64Array(exports.memory.buffer, at >>> 0, length).slice());

  /** @param {Uint8Array} request */
  function send(request) {
    const at = exports.ss_wasm_allocate(request.length);
    if (at === 0) throw new EngineError('memory', 'The engine has no memory left for the request.');
    bytesAt(at, request.length).set(request);
    try {
      exports.ss_wasm_call(at, request.length);
    } finally {
      exports.ss_wasm_free(at, request.length);
    }
    return decoder.decode(bytesAt(exports.ss_wasm_answer(), exports.ss_wasm_answer_length() >>> 0));
  }

  return {
    exports,
    callText: (request) => send(encoder.encode(request)),
    call(op, args = {}) {
      const text = send(encoder.encode(JSON.stringify({ id: nextId++, op, args })));
      if (text === '') throw new EngineError('memory', 'The engine has no memory left for an answer.');
      const envelope = JSON.parse(text);
      if (!envelope.ok) {
        const { code, message, diagnostics } = envelope.error;
        throw new EngineError(code, message, diagnostics);
      }
      const length = exports.ss_wasm_binary_length() >>> 0;
      return {
        result: envelope.result,
        text: resultText(text),
        binary: length === 0 ? null : bytesAt(exports.ss_wasm_binary(), length).slice(),
      };
    },
    advance: (events_max, until_s) => exports.ss_wasm_advance(events_max, until_s),
    time_s: () => exports.ss_wasm_time_s(),
    events: () => exports.ss_wasm_events(),
    frames() {
      const at = exports.ss_wasm_frame() >>> 0;
      if (at === 0) return null;
      const header = new Uint32Array(exports.memory.buffer, at, HEADER_WORDS).slice();
      const word = (/** @type {number} */ index) => header[index] ?? 0;
      return {
        frame: doublesAt(word(0), word(1)),
        moves: doublesAt(word(2), word(3) * 4),
        one_in: word(4),
        timeline: doublesAt(word(5), word(6) * word(7)),
        first_row: word(8),
      };
    },
    useHandlers,
    useModules,
    memoryBytes: () => exports.memory.buffer.byteLength,
  };
}

/**
 * Cuts the result's own text out of an envelope: it is the last member (PROTOCOL.md), and nothing before it can hold the key.
 * @param {string} envelope
 */
function resultText(envelope) {
  const key = '"result":';
  const at = envelope.indexOf(key);
  return at < 0 ? '' : envelope.slice(at + key.length, envelope.lastIndexOf('}')).trim();
}
