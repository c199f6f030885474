/**
 * The closed-form answer to the document as it is now: asked at once after each change, so that it follows a number that is dragged.
 */

import { sameButLayout } from './run.js';

const PROMPT_MS = 100; // answers that take longer come at a slower pace
const SLOW_MS = 1000; // and one that takes longer still would hold up a run that goes on
const PACE_MS = 500;
const QUICK_MS = 4; // answers that take longer have a pause of thrice their length between them: the drawing needs the machine, too
const FEW_FROM = 100; // nodes: of so many, only those that are shown are asked for while the design changes
const FEW_SELECTED = 8;
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
  let base = null; // of the design that was last run, or opened: always with all of its nodes
  /** @type {import('../types.js').Design | null} */
  let baseDesign = null;
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

  /** @type {string[] | null} the nodes of the value; null: all of its design */
  let few = null;

  const selected = () => [...app.selection.nodes].slice(0, FEW_SELECTED);

  /** The nodes that are shown, or null for all. @param {import('../types.js').Design} of */
  function fewOf({ nodes }) {
    const ids = Object.keys(nodes);
    if (wantsBase || ids.length < FEW_FROM) return null;
    return [...ids.filter((id) => nodes[id]?.type === 'client').slice(0, 1), ...selected()];
  }

  function isDue() {
    if (!design || !sameButLayout(design, document.get())) return true;
    return few !== null && (wantsBase || selected().some((id) => !few?.includes(id)));
  }

  async function ask() {
    if (isAsking) return;
    isAsking = true;
    try {
      while (isDue()) {
        design = document.get();
        if (name !== document.name) wantsBase = true;
        name = document.name;
        few = fewOf(design);
        const begun_ms = performance.now();
        // What cannot be solved is found by the check, too, and said there.
        value = await app.engine.call('solve', { design: document.text(), ...(few ? { few } : {}) }).then(({ result }) => result, () => null);
        taken_ms = [performance.now() - begun_ms, ...taken_ms].slice(0, TAKEN);
        if (wantsBase && !few) {
          base = value;
          baseDesign = design;
          wantsBase = false;
        }
        signals.emit('solution');
        if (took_ms() > PROMPT_MS) break;
        if (took_ms() > QUICK_MS) await new Promise((done) => { setTimeout(done, 3 * took_ms()); });
      }
    } finally {
      isAsking = false;
    }
    if (isDue()) soon();
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
    if (design && !few && sameButLayout(design, document.get())) {
      base = value;
      baseDesign = design;
    } else if (!baseDesign || !sameButLayout(baseDesign, document.get())) {
      wantsBase = true;
      soon();
    }
    signals.emit('solution');
  });
  signals.on('selection', () => { if (few && isDue()) soon(); });
  return {
    get value() { return few && design && baseDesign && sameButLayout(design, baseDesign) ? base : value; },
    get base() { return base; },
    get isCurrent() { return design !== null && sameButLayout(design, document.get()); },
  };
}
