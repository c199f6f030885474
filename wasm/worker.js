/**
 * The engine's worker: takes the module that the first message brings, then answers by the driver. Loaded as a script into a page
 * that may not have workers, it hands the page the driver instead.
 */

import { createDriver, createLater } from './driver.mjs';
import { instantiate } from './loader.mjs';

const scope = /** @type {any} */ (globalThis);

if (typeof scope.document === 'object') {
  scope.scalesimLibraries = { ...scope.scalesimLibraries, driver: { createDriver, createLater, instantiate } };
} else {
  scope.onmessage = begin;
}

/** @param {{ data: { wasm: WebAssembly.Module | string } }} event */
async function begin(event) {
  const { wasm } = event.data;
  /** @type {any[]} */
  const early = [];
  scope.onmessage = (/** @type {{ data: any }} */ next) => void early.push(next.data);
  try {
    const engine = await instantiate(typeof wasm === 'string' ? fetch(wasm) : wasm);
    const receive = createDriver(engine, {
      post: (message, transfer) => scope.postMessage(message, transfer ?? []),
      now_ms: () => performance.now(),
      later: createLater(),
    });
    scope.onmessage = (/** @type {{ data: any }} */ next) => {
      if (next.data.script) scope.importScripts(next.data.script);
      receive(next.data);
    };
    scope.postMessage({ ready: true });
    early.forEach(receive);
  } catch (error) {
    scope.postMessage({ fatal: error instanceof Error ? error.message : String(error) });
  }
}
