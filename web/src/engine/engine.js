/**
 * The page's end of the boundary: sends requests to the worker and hands on its frames. A worker that fails is replaced; where
 * workers are not allowed, the same driver runs in the page, in slices.
 */

import { EngineError } from '../../../wasm/loader.mjs';
import { loadLibrary } from '../libraries/libraries.js';
import { loadHandlers, loadModule, loadScript, scriptUrl } from './assets.js';

/**
 * @typedef {object} Link
 * @property {(message: any) => void} send
 * @property {() => void} end
 * @property {boolean} isInPage
 */

/** A worker that has something to do and gives no sign for so long hangs: nothing that it may do takes as long (handlers have budgets). */
const SILENCE_MS = 2000;
/** Without handlers no loop is anybody's but ours, and a slow machine may take its time over a large design. */
const SILENCE_WITHOUT_HANDLERS_MS = 20_000;
/** Instrumenting a module of the user's own: Binaryen is loaded and compiled, and the module may have megabytes. */
const SILENCE_WHILE_PREPARING_MS = 60_000;
/** These simulate a stretch of the past once more, in one go: it may be long, and each input in it has its budget. */
const LOOKING_BACK = new Set(['run.seek', 'run.spans', 'run.journal', 'run.code_trace', 'run.code_find']);
const LOOK_MS = 500;

const REPLACEMENTS_MAX = 5; // a module that fails this often in a row will not get better by being loaded again

/**
 * @param {{ onFrame: (message: any) => void, onFailure: (message: string) => void }} handlers
 * @returns {import('../types.js').Engine}
 */
export function createEngineClient(handlers) {
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  /** @type {Promise<WebAssembly.Module> | null} */
  let module = null;
  /** @type {Promise<WebAssembly.Module> | null} */
  let handlersModule = null;
  /** @type {Promise<Link> | null} */
  let link = null;
  let nextId = 1;
  let failures = 0;
  let isInPage = false;

  let lastSign_ms = 0;
  let isRunning = false; // the last frame said so: more are to come
  let hasHandlers = false;
  let preparing = 0; // modules of users' own, just now
  let looking = 0; // back, just now
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let watch;

  /** Looks for signs while some are due. @param {boolean} [isCertain] its messages had their turn since the last look */
  function look(isCertain = false) {
    watch = undefined;
    if (waiting.size === 0 && !isRunning) return;
    const silence_ms = performance.now() - lastSign_ms;
    const patience_ms = preparing + looking > 0 ? SILENCE_WHILE_PREPARING_MS : hasHandlers ? SILENCE_MS : SILENCE_WITHOUT_HANDLERS_MS;
    const isSilent = silence_ms >= patience_ms;
    if (isSilent && isCertain) breakDown(`the engine gave no sign for ${Math.round(silence_ms / 1000)} s and was replaced`);
    // A page that was itself held up has messages waiting: they come first.
    else watch = setTimeout(() => look(isSilent), isSilent ? 0 : LOOK_MS);
  }

  function expectSign() {
    if (watch !== undefined || isInPage) return; // in the page nobody could look while it hangs
    lastSign_ms = performance.now();
    watch = setTimeout(look, LOOK_MS);
  }

  /** @param {any} message */
  function receive(message) {
    lastSign_ms = performance.now();
    if (message.frame) isRunning = message.state === 'running';
    if (isRunning) expectSign();
    if (message.fatal !== undefined) {
      breakDown(message.fatal);
    } else if (message.id === undefined) {
      if (message.frame) handlers.onFrame(message);
    } else {
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if (!asked) return;
      failures = 0;
      if (message.ok) asked.resolve({ result: message.result, text: message.text, binary: message.binary });
      else asked.reject(new EngineError(message.error.code, message.error.message, message.error.diagnostics));
    }
  }

  /** @param {string} why */
  function breakDown(why) {
    failures += 1;
    link?.then((old) => old.end(), () => {});
    link = null;
    isRunning = false;
    hasHandlers = false;
    for (const { reject } of waiting.values()) reject(new EngineError('fault', why));
    waiting.clear();
    handlers.onFailure(why);
  }

  async function connect() {
    module ??= loadModule();
    const ready = await module.catch((error) => {
      module = null;
      throw new EngineError('io', String(error instanceof Error ? error.message : error));
    });
    const made = isInPage ? await connectInPage(ready, receive)
      : await connectWorker(ready, receive).catch(() => connectInPage(ready, receive));
    isInPage = made.isInPage;
    return made;
  }

  /** @param {Link} open @param {string} op @param {any} args @param {string} [script] that the worker needs for it @returns {Promise<any>} */
  function ask(open, op, args, script) {
    const id = nextId++;
    const isLooking = LOOKING_BACK.has(op);
    if (isLooking) looking += 1;
    const answer = new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      expectSign();
      open.send(script ? { id, op, args, script } : { id, op, args });
    });
    return isLooking ? answer.finally(() => { looking -= 1; }) : answer;
  }

  function interpreter() {
    handlersModule ??= loadHandlers().catch((error) => {
      handlersModule = null;
      throw new EngineError('io', String(error instanceof Error ? error.message : error));
    });
    return handlersModule;
  }

  return {
    get isInPage() { return isInPage; },
    end() {
      failures = Infinity; // it is not replaced
      link?.then((old) => old.end(), () => {});
      clearTimeout(watch);
      for (const { reject } of waiting.values()) reject(new EngineError('fault', 'The engine was closed.'));
      waiting.clear();
    },
    async call(op, args = {}) {
      if (failures > REPLACEMENTS_MAX) throw new EngineError('fault', 'The engine keeps failing.');
      link ??= connect();
      const open = await link.catch((error) => {
        link = null;
        throw error;
      });
      return ask(open, op, args).catch(async (error) => {
        if (error.code !== 'handlers' && error.code !== 'modules') throw error;
        // A design with code: what runs it is loaded when one is first opened.
        const ready = await interpreter();
        if (isInPage) await loadScript('sandboxScript');
        // Once for a worker: another request may have asked for it meanwhile, and a run may be using it.
        if (!hasHandlers) {
          hasHandlers = true;
          open.send({ handlers: ready, script: isInPage ? '' : String(scriptUrl('sandboxScript')) });
        }
        return ask(open, op, args).catch(async (next) => {
          if (next.code !== 'modules') throw next;
          // Modules of its own beside it: they are instrumented before they run.
          if (isInPage) await loadScript('modulesScript');
          preparing += 1;
          await ask(open, 'modules.prepare', args, isInPage ? '' : String(scriptUrl('modulesScript'))).finally(() => { preparing -= 1; });
          return ask(open, op, args);
        });
      });
    },
  };
}

/**
 * @param {WebAssembly.Module} module
 * @param {(message: any) => void} receive
 * @returns {Promise<Link>}
 */
function connectWorker(module, receive) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(scriptUrl('worker'));
    const link = { send: (/** @type {any} */ message) => worker.postMessage(message), end: () => worker.terminate(), isInPage: false };
    let isReady = false;
    worker.onmessage = ({ data }) => {
      if (isReady) receive(data);
      else if (data.ready) {
        isReady = true;
        resolve(link);
      } else reject(new Error(data.fatal));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (isReady) receive({ fatal: event.message || 'worker' });
      else {
        worker.terminate();
        reject(new Error(event.message));
      }
    };
    worker.postMessage({ wasm: module });
  });
}

/**
 * @param {WebAssembly.Module} module
 * @param {(message: any) => void} receive
 * @returns {Promise<Link>}
 */
async function connectInPage(module, receive) {
  const { createDriver, createLater, instantiate } = await loadLibrary('driver');
  const engine = await instantiate(module);
  let ended = false;
  const take = createDriver(engine, {
    post: (/** @type {any} */ message) => queueMicrotask(() => { if (!ended) receive(message); }),
    now_ms: () => performance.now(),
    later: createLater(),
  });
  const later = createLater();
  return {
    send: (message) => later(() => { if (!ended) take(message); }, 0),
    end: () => { ended = true; },
    isInPage: true,
  };
}
