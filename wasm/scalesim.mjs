#!/usr/bin/env node
/**
 * The command line over the WebAssembly build: the same arguments, output, bytes and exit status as the native `scalesim`.
 * The commands themselves are C; this gives them files, the terminal and a clock.
 */

import { chmodSync, mkdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isatty } from 'node:tty';
import { instantiate } from './loader.mjs';
import { createOwnModules, ownSourcesOf } from './own_modules.mjs';
import { createSandboxHost } from './sandbox.mjs';

const EXIT_FAULT = 3;
const STDIN = 0;
const NUL = 1; // byte after each argument

/** Writes all of it, also to a pipe that is full for now. @param {number} fd @param {Uint8Array} bytes */
function writeAll(fd, bytes) {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // a millisecond for the reader
    }
  }
}

/** Processor time of this thread, for measuring on a busy machine (Linux): without the compiler's own threads. */
function threadCpu_ms() {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
}

/**
 * The host interface of PROTOCOL.md over Node's files.
 * @param {() => ArrayBuffer} memory
 */
function createHost(memory) {
  /** @type {Uint8Array} */
  let held = new Uint8Array(0);
  const bytes = (/** @type {number} */ at, /** @type {number} */ length) => new Uint8Array(memory(), at >>> 0, length >>> 0);
  const text = (/** @type {number} */ at, /** @type {number} */ length) => new TextDecoder().decode(bytes(at, length).slice());
  /** @param {() => number | void} work */
  const attempt = (work) => {
    try {
      return work() ?? 0;
    } catch {
      return 1;
    }
  };
  return {
    read_file(/** @type {number} */ path, /** @type {number} */ length) {
      try {
        const name = text(path, length);
        held = readFileSync(name === '-' ? STDIN : name);
        return held.length;
      } catch {
        return -1;
      }
    },
    take_file(/** @type {number} */ to) {
      bytes(to, held.length).set(held);
      held = new Uint8Array(0);
    },
    write: (/** @type {number} */ fd, /** @type {number} */ at, /** @type {number} */ length) => attempt(() => writeAll(fd, bytes(at, length))),
    write_file: (/** @type {number} */ path, /** @type {number} */ pathLength, /** @type {number} */ at, /** @type {number} */ length, /** @type {number} */ executable) => attempt(() => {
      const name = text(path, pathLength);
      mkdirSync(dirname(name), { recursive: true });
      writeFileSync(name, bytes(at, length));
      if (executable) chmodSync(name, 0o755);
    }),
    now_ms: process.env.SCALESIM_CLOCK === 'cpu' ? threadCpu_ms : () => performance.now(),
    is_terminal: (/** @type {number} */ fd) => Number(isatty(fd)),
  };
}

/** A module: beside this file where it is published, in the build folder of a checkout. @param {string} name */
function readModule(name) {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const path of [join(here, name), join(here, '..', 'build', name)]) {
    try {
      return readFileSync(path);
    } catch {
      // The next place.
    }
  }
  throw new Error(`There is no ${name} beside this file or in build/: build it first.`);
}

/** The interpreter of handlers, read when a design first has code. */
function createInterpreter() {
  /** @type {WebAssembly.Module | null} */
  let module = null;
  return () => (module ??= new WebAssembly.Module(readModule('handlers.wasm')));
}

/** Binaryen, beside this package or from the page's packages in a checkout. */
async function loadBinaryen() {
  const page = join(dirname(fileURLToPath(import.meta.url)), '..', 'web', 'package.json');
  const { default: binaryen } = await import('binaryen')
    .catch(() => import(pathToFileURL(createRequire(page).resolve('binaryen')).href));
  await binaryen.ready;
  return binaryen;
}

/**
 * The own modules of the designs that the arguments name. One that is refused stays out: the engine says which node it is, and this
 * says why.
 * @param {string[]} args
 */
async function readOwnModules(args) {
  const sources = args.flatMap((path) => {
    try {
      return path.endsWith('.json') ? ownSourcesOf(JSON.parse(readFileSync(path, 'utf8'))) : [];
    } catch {
      return []; // not a design: the command says so
    }
  });
  if (sources.length === 0) return new Map();
  const { modules, diagnostics } = createOwnModules(new WebAssembly.Module(readModule('meter.wasm')), await loadBinaryen())(sources);
  for (const { pointer, message } of /** @type {any[]} */ (diagnostics)) writeSync(2, `scalesim: ${pointer}: ${message}\n`);
  return modules;
}

/** @param {any} exports @param {string[]} args */
function callMain(exports, args) {
  const encoded = ['scalesim', ...args].map((arg) => new TextEncoder().encode(arg));
  const addresses = encoded.map((arg) => {
    const at = exports.ss_wasm_allocate(arg.length + NUL);
    const room = new Uint8Array(exports.memory.buffer, at, arg.length + NUL);
    room.fill(0);
    room.set(arg);
    return at;
  });
  const argv = exports.ss_wasm_allocate(4 * addresses.length);
  new Uint32Array(exports.memory.buffer, argv, addresses.length).set(addresses);
  return exports.ss_wasm_cli(addresses.length, argv);
}

try {
  /** @type {any} */
  let exports = null;
  const modules = await readOwnModules(process.argv.slice(2));
  const engine = await instantiate(/** @type {any} */ (readModule('scalesim-cli.wasm')), {
    host: createHost(() => exports.memory.buffer),
    sandbox: createSandboxHost(createInterpreter(), () => exports.memory.buffer, modules),
  });
  exports = engine.exports;
  process.exitCode = callMain(exports, process.argv.slice(2));
} catch (error) {
  writeSync(2, `scalesim: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = EXIT_FAULT;
}
