/**
 * What is looked at: a stretch of the past, one of its inputs, and a line that this ran through. The engine simulates the stretch again
 * beside the run, which stays as it is.
 */

import { duration } from '../canvas/format.js';
import { said } from '../i18n/index.js';
import { createSignals } from '../signals.js';
import { createBreakpoints, sameCode, sourceOf } from './breakpoints.js';
import { effectsOf, firstView, lanesOf, moved, ofActivity, showing, tidied, tidiedInput, within, zoomed } from './journal.js';
import { nextStop, stepOfLine, stepped } from './steps.js';

/** @typedef {import('./journal.js').Input} Input */
/** @typedef {import('./journal.js').Journal} Journal */
/** @typedef {Input & { steps: import('./steps.js').Step[], cut: boolean }} Trace */
/** @typedef {ReturnType<typeof createSession>} Session */

const SEEN_AT_FIRST = 120; // more inputs and messages could not be told apart at once
const SEEN_ON_PHONE = 50;
const LENGTHS_S = [0.01, 0.1, 1, 10]; // of stretches that are asked for
const LENGTH_S = 1;
const PADDING = 0.5; // of what is seen, on either side: so far it can be moved at once
const WAIT_MS = 250; // for the end of a movement, before more is asked for
const TRACES_MAX = 30;
const SEARCHES_MAX = 4; // of a node at one press: a thousand inputs each

/** @typedef {{ n: number, step: number }} Found */
/** @typedef {{ text: string, mark: { lang?: 'en', dir?: 'ltr' } }} Told a sentence, and whether it is the engine's English */

const NOTHING = /** @type {Told} */ ({ text: '', mark: {} });

export { LENGTHS_S };

/** @param {import('../types.js').App} app */
export function createSession(app) {
  const { run } = app;
  const signals = createSignals();
  const breakpoints = createBreakpoints(app);
  const bounds = () => ({ from_ns: 0, to_ns: run.known_s * 1e9 });
  /** @type {Journal} */
  let journal = { from_s: 0, to_s: 0, cut: false, inputs: [], messages: [], crashes: [] };
  /** @type {import('./journal.js').Lane[]} */
  let lanes = [];
  let view = { from_ns: 0, to_ns: 0 };
  /** @type {Input | null} */
  let picked = null;
  /** @type {Trace | null} */
  let trace = null;
  let at = 0;
  let busy = 0;
  /** What was refused last, and what was not found. @type {Record<'stretch' | 'code', Told>} */
  const problems = { stretch: NOTHING, code: NOTHING };
  let wanted = 0; // of several stretches, or inputs, that are asked for only the last counts
  let asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {{ key: string, n: number } | null} where a search for breakpoints ended that found none */
  let searched = null;
  /** @type {Map<string, Trace>} */
  const traces = new Map();

  /** @param {keyof typeof problems} what @param {string} next of the page's own words, unless a mark says otherwise @param {Told['mark']} [mark] */
  function tell(what, next, mark = {}) {
    problems[what] = { text: next, mark };
    signals.emit('told');
  }

  /**
   * Asks the engine, and says what it refuses.
   * @param {string} op @param {import('../types.js').JsonObject} args
   */
  async function ask(op, args) {
    busy += 1;
    signals.emit('told');
    try {
      return (await app.engine.call(op, args)).result;
    } finally {
      busy -= 1;
      signals.emit('told');
    }
  }

  /** @param {keyof typeof problems} what @param {() => Promise<void>} work */
  async function guarded(what, work) {
    try {
      await work();
    } catch (/** @type {any} */ error) {
      const { text, mark } = said(error.message);
      tell(what, text, mark);
    }
  }

  /** @param {number} from_s @param {number} to_s @returns {Promise<boolean>} whether it is the last that was wanted */
  async function read(from_s, to_s) {
    const mine = ++wanted;
    // A stretch ends where the run was forked: what lies behind that is read from there on.
    const begin_s = (from_s + to_s) / 2 >= run.fork_s ? Math.max(from_s, run.fork_s) : Math.max(0, from_s);
    const found = await ask('run.journal', { from_s: begin_s, to_s: Math.min(run.known_s, to_s) });
    if (mine !== wanted) return false;
    journal = tidied(found);
    lanes = lanesOf(journal, Object.keys(designAt(from_s * 1e9).nodes));
    if (picked) picked = journal.inputs.find(({ n }) => n === picked?.n) ?? picked;
    tell('stretch', '');
    return true;
  }

  /** The design that was run at a moment. @param {number} at_ns */
  const designAt = (at_ns) => run.designAt(at_ns / 1e9) ?? app.document.get();

  /** Shows another part; what is not known of it is asked for once it rests. @param {typeof view} next */
  function show(next) {
    view = next;
    signals.emit('view');
    clearTimeout(timer);
    const isKnown = view.from_ns >= journal.from_s * 1e9 - 1 && view.to_ns <= journal.to_s * 1e9 + 1;
    const key = `${view.from_ns} ${view.to_ns}`;
    if (!isKnown && key !== fetched) timer = setTimeout(() => void guarded('stretch', fetchAround), WAIT_MS);
  }

  let fetched = ''; // the view that more was asked for; there may be no more

  async function fetchAround() {
    fetched = `${view.from_ns} ${view.to_ns}`;
    const padding_ns = journal.cut ? 0 : (view.to_ns - view.from_ns) * PADDING;
    if (await read((view.from_ns - padding_ns) / 1e9, (view.to_ns + padding_ns) / 1e9)) signals.emit('journal');
  }

  /** @param {Input} input @returns {Promise<Trace>} */
  async function traceOf(input) {
    const stops = stopsOf(input.node, input.at_ns);
    const key = `${input.n} ${JSON.stringify(stops)}`;
    const known = traces.get(key);
    if (known) return known;
    const plain = { n: input.n };
    const found = tidiedInput(await ask('run.code_trace', stops.length > 0 ? { ...plain, stops } : plain).catch((error) => {
      if (stops.length === 0) throw error;
      const { text, mark } = said(error.message);
      tell('code', text, mark); // a condition that is wrong; the lines can be seen all the same
      return ask('run.code_trace', plain);
    }));
    traces.set(key, found);
    for (const old of traces.keys()) if (traces.size > TRACES_MAX) traces.delete(old);
    return found;
  }

  /** @param {string} node @param {number} at_ns */
  function stopsOf(node, at_ns) {
    const source = sourceOf(designAt(at_ns), node);
    return source === null ? [] : breakpoints.of(node, source).map(({ line, condition }) => (condition ? { line, condition } : { line }));
  }

  /** Picks an input that is not in this stretch, by its number alone. @param {number} n @param {number} step */
  async function pickFar(n, step) {
    const mine = ++asked;
    const found = tidiedInput(await ask('run.code_trace', { n }));
    if (mine !== asked) return;
    if (found.at_ns > bounds().to_ns) return tell('code', app.t('debugger.not_yet', { at: duration(found.at_ns / 1e9) }));
    const length_ns = view.to_ns - view.from_ns || LENGTH_S * 1e9;
    view = within({ from_ns: found.at_ns - length_ns / 2, to_ns: found.at_ns + length_ns / 2 }, bounds());
    await fetchAround();
    await pick(journal.inputs.find((input) => input.n === n) ?? found, step);
  }

  /** @param {Input | null} input @param {number} [step] */
  async function pick(input, step = 0) {
    const mine = ++asked;
    picked = input;
    trace = null;
    at = step;
    tell('code', '');
    if (input) show(showing(view, input.at_ns, bounds()));
    signals.emit('pick');
    if (!input) return;
    const found = await traceOf(input);
    if (mine !== asked) return;
    trace = found;
    at = Math.min(step, Math.max(0, found.steps.length - 1));
    signals.emit('trace');
  }

  /** @param {number} next */
  function goTo(next) {
    if (!trace || next === at || next < 0) return;
    at = next;
    signals.emit('step');
  }

  /**
   * Goes on to the next breakpoint, or back to the last one: within the input, then through those after it.
   * @param {1 | -1} direction @param {boolean} isEverywhere at all nodes that have breakpoints, not at this one alone
   */
  async function findStop(direction, isEverywhere) {
    const from = picked;
    if (!from) return;
    const design = designAt(from.at_ns);
    const nodes = (isEverywhere ? Object.keys(design.nodes) : [from.node]).filter((node) => stopsOf(node, from.at_ns).length > 0);
    tell('code', '');
    if (nodes.length === 0) return tell('code', app.t('debugger.no_breakpoints'));
    const here = trace ? nextStop(trace.steps, at, direction) : -1;
    if (here >= 0) return goTo(here);
    const mine = ++asked;
    const key = `${from.n} ${direction} ${isEverywhere}`;
    const start = searched?.key === key ? searched.n : from.n; // asked for once more, it goes on where it ended
    /** @type {Found | null} */
    let best = null;
    let reach = direction > 0 ? Infinity : 0; // up to there all nodes were searched
    for (const node of nodes) {
      const found = await searchNode(node, from.at_ns, start, direction, best);
      if (mine !== asked) return;
      if (found.n !== null && (best === null || (found.n - best.n) * direction < 0)) best = { n: found.n, step: found.step };
      else if (found.n === null && (found.searched_to_n - reach) * direction < 0) reach = found.searched_to_n;
    }
    searched = null;
    if (best) {
      await go(best.n, best.step);
      // Backwards one comes to the last of its stops first.
      if (direction < 0 && trace && picked?.n === best.n) goTo(nextStop(trace.steps, trace.steps.length, -1));
      return undefined;
    }
    const isOver = reach === Infinity || reach === 0;
    if (!isOver) searched = { key, n: reach };
    return tell('code', isOver ? app.t(direction > 0 ? 'debugger.no_stop_after' : 'debugger.no_stop_before') : app.t('debugger.no_stop_yet', { n: `#${reach}` }));
  }

  /**
   * Looks for a breakpoint of one node, no further than where another node's was found; a few times, since the engine looks at so many inputs at once.
   * @param {string} node @param {number} at_ns @param {number} from_n @param {1 | -1} direction @param {Found | null} best
   * @returns {Promise<{ n: number, step: number } | { n: null, searched_to_n: number }>} infinity, or 0, when there is nothing further
   */
  async function searchNode(node, at_ns, from_n, direction, best) {
    let to_n = from_n;
    for (let round = 0; round < SEARCHES_MAX; round += 1) {
      const found = await ask('run.code_find', { node, from_n: to_n, direction, stops: stopsOf(node, at_ns) });
      if (found.n !== null) return { n: found.n, step: found.step };
      if (found.over) return { n: null, searched_to_n: direction > 0 ? Infinity : 0 };
      to_n = found.searched_to_n;
      if (best && (to_n - best.n) * direction >= 0) break;
    }
    return { n: null, searched_to_n: to_n };
  }

  /** @param {number} n @param {number} [step] */
  async function go(n, step = 0) {
    const known = journal.inputs.find((input) => input.n === n);
    await (known ? pick(known, step) : pickFar(n, step));
  }

  const stopListening = breakpoints.onChange(() => {
    signals.emit('breakpoints');
    if (picked && trace) {
      const [input, step] = [picked, at];
      tell('code', '');
      void guarded('code', async () => {
        const found = await traceOf(input);
        if (picked === input && at === step) trace = found; // with what stops now; the steps are the same
      });
    }
  });

  return {
    on: signals.on,
    breakpoints,
    designAt,
    get journal() { return journal; },
    get lanes() { return lanes; },
    get view() { return view; },
    get picked() { return picked; },
    get trace() { return trace; },
    get at() { return at; },
    get isBusy() { return busy > 0; },
    get problems() { return Object.values(problems).filter(({ text }) => text !== ''); },
    /** The input of a number, where this stretch has it. @param {number | null | undefined} n */
    inputOf: (n) => journal.inputs.find((input) => input.n === n) ?? null,
    effects: () => (picked ? effectsOf(journal, picked.n) : { inputs: [], messages: [] }),
    /** Nodes with the code of the picked input. */
    siblings: () => (picked ? sameCode(designAt(picked.at_ns), picked.node) : []),
    /**
     * Looks at a stretch around a moment: as much of it as can be told apart.
     * @param {number} time_s @param {number} [length_s]
     */
    look: (time_s, length_s = LENGTH_S) => guarded('stretch', async () => {
      clearTimeout(timer);
      const length_ns = length_s * 1e9;
      const whole = within({ from_ns: time_s * 1e9 - length_ns / 2, to_ns: time_s * 1e9 + length_ns / 2 }, bounds());
      if (!await read(whole.from_ns / 1e9, whole.to_ns / 1e9)) return;
      if (journal.cut && journal.to_s < time_s) {
        // It ends before the moment: as long as it came, but around that.
        const half_s = (journal.to_s - journal.from_s) / 2;
        if (!await read(time_s - half_s, time_s + half_s)) return;
      }
      view = firstView(journal, time_s * 1e9, globalThis.matchMedia?.('(max-width: 719px)').matches ? SEEN_ON_PHONE : SEEN_AT_FIRST);
      signals.emit('journal');
    }),
    /** @param {number} factor @param {number} [at_ns] */
    zoom: (factor, at_ns = (view.from_ns + view.to_ns) / 2) => show(zoomed(view, factor, at_ns, bounds())),
    /** @param {number} by_ns */
    pan: (by_ns) => show(moved(view, by_ns, bounds())),
    showAll: () => show({ from_ns: journal.from_s * 1e9, to_ns: journal.to_s * 1e9 }),
    /** @param {Input | null} input @param {number} [step] */
    pick: (input, step) => guarded('code', () => pick(input, step)),
    /** Picks by number, also what lies outside this stretch. @param {number} n @param {number} [step] */
    go: (n, step) => guarded('code', () => go(n, step)),
    /** @param {import('./steps.js').Move} move @param {1 | -1} direction */
    step(move, direction) {
      if (!trace || !picked) return;
      const to = stepped(trace.steps, at, move, direction);
      // Past its end the code goes on where what it awaited is there.
      const next = to === at && (move === 'line' || move === 'over') ? ofActivity(journal, picked, direction) : null;
      if (next) void guarded('code', () => pick(next, direction > 0 ? 0 : Infinity));
      else goTo(to);
    },
    goTo,
    /** @param {number} line */
    goToLine: (line) => { if (trace) goTo(stepOfLine(trace.steps, line, at)); },
    /** @param {1 | -1} direction @param {boolean} isEverywhere */
    find: (direction, isEverywhere) => guarded('code', () => findStop(direction, isEverywhere)),
    /** The input before or after this one between whose lines it awaited. @param {1 | -1} direction */
    ofActivity: (direction) => (picked ? ofActivity(journal, picked, direction) : null),
    dispose() {
      clearTimeout(timer);
      stopListening();
      wanted += 1;
      asked += 1;
    },
  };
}
