/**
 * The closed-form answer to the document as it is now: asked at once after each change, so that it follows a number that is dragged.
 */

import { sameButLayout } from './run.js';

const PROMPT_MS = 100; // answers that take longer come at a slower pace
const SLOW_MS = 1000; // and one that takes longer still would hold up a run that goes on
const PACE_MS = 500;
const TAKEN = 3; // of so many times the shortest counts: the machine may have had something else to do

/**
 * @param {Omit<import('../types.js').App, 'solution'>} app
 * @returns {import('../types.js').Solution}
 */
export function createSolution(app) {
  const { signals, document } = app;
  /** @type {any} */
  let value = null;
  /** @type {any} */
  let base = null; // of the design that was last run, or opened
  /** @type {import('../types.js').Design | null} */
  let design = null;
  let isAsking = false;
  /** @type {number[]} */
  let taken_ms = [0, 0, 0]; // the first answer waits for the engine
  const took_ms = () => Math.min(...taken_ms);
  let wantsBase = true;
  let name = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function ask() {
    if (isAsking) return;
    isAsking = true;
    try {
      while (!design || !sameButLayout(design, document.get())) {
        design = document.get();
        if (name !== document.name) wantsBase = true;
        name = document.name;
        const begun_ms = performance.now();
        // What cannot be solved is found by the check, too, and said there.
        value = await app.engine.call('solve', { design: document.text() }).then(({ result }) => result, () => null);
        taken_ms = [performance.now() - begun_ms, ...taken_ms].slice(0, TAKEN);
        if (wantsBase) base = value;
        wantsBase = false;
        signals.emit('solution');
        if (took_ms() > PROMPT_MS) break;
      }
    } finally {
      isAsking = false;
    }
    if (design && !sameButLayout(design, document.get())) soon();
  }

  function soon() {
    if (took_ms() <= PROMPT_MS) void ask();
    else {
      timer ??= setTimeout(() => {
        timer = undefined;
        if (app.run.state !== 'running' || took_ms() < SLOW_MS) void ask();
      }, PACE_MS);
    }
  }

  signals.on('document', soon);
  signals.on('run-state', () => { if (app.run.state !== 'running') soon(); });
  signals.on('run-open', () => {
    if (design && sameButLayout(design, document.get())) base = value;
    else wantsBase = true;
    signals.emit('solution');
  });
  return {
    get value() { return value; },
    get base() { return base; },
    get isCurrent() { return design !== null && sameButLayout(design, document.get()); },
  };
}
