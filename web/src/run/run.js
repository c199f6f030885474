/**
 * The run as the page sees it: its state, the newest frame, the timeline so far and the results so far; its past, which can be gone
 * back to, and the futures that were left.
 */

import { changesBetween } from './changes.js';
import { createHistory } from './history.js';
import { createFrameView, createTimeline } from './views.js';

/** @typedef {import('../types.js').RunState} RunState */
/** @typedef {{ design: any, timeline: ReturnType<typeof createTimeline>, known_s: number, duration_s: number, fork_s: number, changes: import('../types.js').Change[] }} Past `changes`: what was changed at the fork */

const RESULTS_EVERY_MS = 400;
const RESULTS_SHARE = 10; // those of a large design cost the worker more: a tenth of its time at most
const FEW_FROM = 100; // nodes: of so many, a run that goes on tells only of those that are shown
const FEW_SELECTED = 8;
const EASE_MS = 300; // that a run gives way for, after what a hand did
const CORES_FEW = 3; // with so many, the engine, the page and the browser's painting get into each other's way
const BUSIEST = 6; // as many as a chart has lines
const RATE_WINDOW_MS = 500;

const NO_MOVES = { data: new Float64Array(0), count: 0, one_in: 1 };

/**
 * @param {{ signals: import('../types.js').Signals, document: import('../types.js').DocumentStore,
 *   settings: import('../types.js').Settings, engine: () => import('../types.js').Engine,
 *   notify: import('../types.js').App['notify'], selection: () => ReadonlySet<string>, shelfId: () => string | null }} app `selection`: of nodes; `shelfId`: of the open document
 */
export function createRun(app) {
  const { signals } = app;
  /** @type {RunState} */
  let state = 'idle';
  /** @type {any} */
  let error = null;
  /** @type {import('../types.js').RunLayout | null} */
  let layout = null;
  /** @type {Map<string, number> | null} index of each edge in the layout, once it is wanted */
  let edgeAt = null;
  /** @type {ReturnType<typeof createFrameView> | null} */
  let view = null;
  let timeline = createTimeline([], 1);
  let moves = NO_MOVES;
  /** @type {import('../types.js').Results | null} */
  let results = null;
  let hasFrame = false;
  let duration_s = 0;
  let time_s = 0;
  let events = 0;
  let events_per_s = 0;
  /** @type {number | null} */
  let ownSeed = null;
  /** @type {any} */
  let openedDesign = null;
  let opening = 0; // frames and answers of an older opening are not ours
  let isOpen = false;
  /** @type {{ time_ms: number, events: number }} */
  let mark = { time_ms: 0, events: 0 };
  let results_ms = 0;
  let eased_ms = -Infinity; // until then the run gives way
  let took_ms = 0; // the last results
  let isAsking = false;
  /** @type {Set<() => boolean>} what says whether all nodes are shown */
  const whole = new Set();
  let isAwaited = false; // a frame is asked for from the browser
  let hasRows = false;
  let known_s = 0; // how far this future was simulated; the present may lie before it
  /** @type {Past[]} the runs that this one goes on from, the nearest last */
  let parents = [];
  /** @type {{ timeline: ReturnType<typeof createTimeline>, from_s: number } | null} */
  let ghost = null;
  /** @type {{ design: any, message: string } | null} */
  let refusal = null;
  /** @type {number | null} */
  let wanted_s = null;
  let isSeeking = false;
  let hasEnded = false; // this future, once
  let stamp = 0; // of the last seek or fork; frames that carry an older one show what is gone
  let history = createHistory();

  /** @param {RunState} next */
  function become(next) {
    if (state === next) return;
    if (next === 'running') mark = { time_ms: performance.now(), events };
    state = next;
    signals.emit('run-state');
  }

  /** @param {any} why */
  function fail(why) {
    error = { code: why.code ?? 'fault', message: why.message, diagnostics: why.diagnostics ?? [] };
    isOpen = why.code !== 'fault' && isOpen;
    state = 'failed';
    signals.emit('run-state');
  }

  const seed = () => ownSeed ?? Number(app.document.get().run?.['seed'] ?? 1);

  /** @param {import('../types.js').Results} of @param {number | null} stopped_s */
  function record(of, stopped_s) {
    const made = history.add({ design: openedDesign, results: of, fork_s: parents.at(-1)?.fork_s ?? null, stopped_s });
    if (made) signals.emit('run-history', { run: made, timeline });
  }

  /** A run that is given up before its end is a past run too, as far as it went. Whatever comes of it is said of the document that was open. */
  async function leave() {
    if (!isOpen || hasEnded || !results || time_s === 0 || time_s < known_s) return;
    if (!results.isPart) {
      record(results, results.value.simulated_s);
      return;
    }
    // The engine answers in turn: this is still about the run that is left.
    const left = { design: openedDesign, fork_s: parents.at(-1)?.fork_s ?? null, timeline, history, document: app.shelfId() };
    const all = await readAll().catch(() => null);
    const made = all && left.history.add({ design: left.design, results: all, fork_s: left.fork_s, stopped_s: all.value.simulated_s });
    if (made) signals.emit('run-history', { run: made, timeline: left.timeline, document: left.document });
  }

  /** @returns {Promise<import('../types.js').Results>} of all nodes, as they are now */
  async function readAll() {
    const { text, result } = /** @type {any} */ (await app.engine().call('run.results'));
    return { text: `${text}\n`, value: result, isFinal: false };
  }

  async function open() {
    void leave();
    const mine = ++opening;
    isOpen = false;
    error = null;
    const design = app.document.get();
    const answer = await app.engine().call('run.open', { design: app.document.text(), seed: seed() });
    if (mine !== opening) return false;
    const { layout: described, duration_s: whole } = answer.result;
    layout = described;
    edgeAt = null;
    view = createFrameView(described);
    timeline = createTimeline(described.timeline.columns, described.timeline.interval_s);
    openedDesign = design;
    duration_s = whole;
    reset();
    parents = [];
    ghost = null;
    refusal = null;
    hasEnded = false;
    stamp = 0;
    isOpen = true;
    signals.emit('run-open');
    return true;
  }

  function reset() {
    moves = NO_MOVES;
    results = null;
    hasFrame = false;
    known_s = 0;
    wanted_s = null;
    time_s = 0;
    events = 0;
    events_per_s = 0;
    results_ms = took_ms = 0;
    signals.emit('results');
  }

  function showFrame() {
    isAwaited = false;
    signals.emit('frame');
    if (hasRows) signals.emit('timeline');
    hasRows = false;
  }

  /** @param {any} message of the worker */
  function onFrame(message) {
    if (!view || !isOpen) return;
    hasRows = timeline.add(message.timeline, message.first_row) > 0 || hasRows;
    if (message.mark !== stamp) return;
    view.show(message.frame);
    hasFrame = true;
    time_s = message.time_s;
    known_s = Math.max(known_s, time_s);
    events = message.events;
    const now_ms = performance.now();
    if (now_ms - mark.time_ms >= RATE_WINDOW_MS) {
      events_per_s = ((events - mark.events) * 1000) / (now_ms - mark.time_ms);
      mark = { time_ms: now_ms, events };
    }
    moves = { data: message.moves, count: message.moves.length / 4, one_in: message.one_in };
    if (moves.count > 0) signals.emit('moves');
    if (!isAwaited) {
      isAwaited = true;
      // A hidden page draws no frames; then there is nobody to show them to either.
      requestAnimationFrame(showFrame);
    }
    if (message.state === 'failed') fail({ code: 'limit', message: message.message });
    else if (message.state === 'done') become('done'); // running and paused are the page's own to say
    if (state !== 'running' || now_ms - results_ms > Math.max(RESULTS_EVERY_MS, took_ms * RESULTS_SHARE)) void askResults();
  }

  /** What a run that goes on is asked for: null is everything. */
  function fewNow() {
    if (state !== 'running' || (layout?.nodes.length ?? 0) < FEW_FROM || [...whole].some((shows) => shows())) return null;
    return { few: [...app.selection()].slice(0, FEW_SELECTED), busiest: BUSIEST };
  }

  /** @param {any} answer @param {boolean} isFinal @returns {import('../types.js').Results} */
  function resultsOf({ text, result }, isFinal) {
    const { edge_p99s, ...value } = result;
    if (!edge_p99s) return { text: `${text}\n`, value, isFinal };
    edgeAt ??= new Map(layout?.edges.map((name, index) => [name, index]));
    return { text: '', value, isFinal, isPart: true, p99Of: (name) => edge_p99s[edgeAt?.get(name) ?? -1] };
  }

  async function askResults() {
    if (isAsking || !isOpen) return;
    if (time_s === 0) {
      if (results) {
        results = null;
        signals.emit('results');
      }
      return;
    }
    isAsking = true;
    const mine = opening;
    const isFinal = state === 'done' || state === 'failed';
    const asked = events;
    const few = fewNow();
    const begun_ms = performance.now();
    try {
      const answer = await app.engine().call('run.results', few ?? {});
      if (mine !== opening) return;
      took_ms = performance.now() - begun_ms;
      results = resultsOf(answer, isFinal);
      if (isFinal && state === 'done') {
        hasEnded = true;
        record(results, null);
      }
      signals.emit('results');
    } catch (why) {
      if (mine === opening) fail(why);
    } finally {
      isAsking = false;
      results_ms = performance.now();
      if (mine === opening && state !== 'running' && (events !== asked || few)) void askResults();
      else if (mine === opening && state === 'done' && !isFinal) void askResults();
    }
  }

  /** @param {() => Promise<void>} work */
  async function guarded(work) {
    try {
      await work();
    } catch (why) {
      fail(why);
    }
  }

  /** Goes to a moment of the run, at once as far as anything else is concerned: of several wishes only the last is carried out. */
  async function seek() {
    if (isSeeking) return;
    isSeeking = true;
    const mine = opening;
    try {
      while (wanted_s !== null && isOpen && mine === opening) {
        const target_s = wanted_s;
        wanted_s = null;
        if (state === 'running') become('paused');
        const own = ++stamp;
        const answer = await app.engine().call('run.seek', { time_s: target_s, mark: own }).catch((why) => {
          if (stamp === own) stamp -= 1;
          if (why.code !== 'input') throw why;
          app.notify(why.message, { kind: 'error' });
          return null;
        });
        if (answer && mine === opening) arrive(answer.result);
      }
    } finally {
      isSeeking = false;
    }
  }

  /** @param {{ time_s: number, forks: number, state: RunState }} at what was sought */
  function arrive(at) {
    // Before a fork lies the run that was forked; the future that was left is still to be seen.
    while (parents.length > at.forks) {
      const parent = /** @type {Past} */ (parents.pop());
      ghost = { timeline, from_s: parent.fork_s };
      ({ design: openedDesign, timeline, known_s, duration_s } = parent);
      refusal = null;
    }
    time_s = at.time_s;
    if (state !== at.state) become(at.state);
    else signals.emit('run-state');
    signals.emit('timeline');
  }

  /**
   * Goes on from the present under the document as it is now.
   * @returns {Promise<boolean>} false when that cannot be: `refusal` says why
   */
  async function fork() {
    const mine = opening;
    const design = app.document.get();
    const left = { design: openedDesign, timeline, known_s, duration_s };
    const own = ++stamp;
    timeline = timeline.copy(timeline.rowsAt(time_s));
    try {
      const { result } = await app.engine().call('run.fork', { design: app.document.text(), mark: own });
      if (mine !== opening) return false;
      parents.push({ ...left, fork_s: result.time_s, changes: changesBetween(left.design, design) });
      if (left.timeline.rows > left.timeline.rowsAt(result.time_s)) ghost = { timeline: left.timeline, from_s: result.time_s };
      openedDesign = design;
      refusal = null;
      hasEnded = false;
      duration_s = result.duration_s;
      known_s = time_s = result.time_s;
      signals.emit('timeline');
      signals.emit('run-state');
      return true;
    } catch (/** @type {any} */ why) {
      if (mine !== opening) return false;
      timeline = left.timeline;
      if (stamp === own) stamp -= 1;
      if (why.code !== 'input') throw why;
      refusal = { design, message: String(why.message).replace(/\.$/, '') }; // the verdicts say it, with the way from the start
      signals.emit('run-state');
      return false;
    }
  }

  async function go() {
    become('running');
    const answer = await app.engine().call('run.start', { speed: run.speed });
    if (answer.result.state !== 'running' && state === 'running') become(answer.result.state);
  }

  const refusedNow = () => (refusal && refusal.design === app.document.get() ? refusal.message : null);
  const canContinue = () => isOpen && (state === 'running' || state === 'paused') && time_s > 0 && isStale() && refusedNow() === null;
  const mustOpen = () => !isOpen || state === 'done' || state === 'failed' || isStale();

  const isStale = () => openedDesign !== null && openedDesign !== app.document.get() && !sameButLayout(openedDesign, app.document.get());

  /** @type {import('../types.js').Run} */
  const run = {
    get state() { return state; },
    get error() { return error; },
    get isStale() { return isStale(); },
    get design() { return openedDesign; },
    designAt: (at_s) => parents.find(({ fork_s }) => at_s < fork_s)?.design ?? openedDesign,
    get layout() { return layout; },
    get duration_s() { return duration_s; },
    get time_s() { return time_s; },
    get events() { return events; },
    get events_per_s() { return events_per_s; },
    get seed() { return seed(); },
    get speed() { return app.settings.get('speed') ?? 'max'; },
    get frame() { return hasFrame && view ? view.frame : null; },
    get moves() { return moves; },
    get timeline() { return timeline; },
    get results() { return results; },
    get known_s() { return known_s; },
    get ghost() { return ghost; },
    get forks() {
      return parents.map(({ fork_s, changes }) => ({ time_s: fork_s, changes }));
    },
    get fork_s() { return parents.at(-1)?.fork_s ?? 0; },
    get canContinue() { return canContinue(); },
    get refusal() { return refusedNow(); },
    get history() { return history.all; },
    renumber(past, number) {
      history.renumber(past, number);
      signals.emit('run-history');
    },
    recall(runs, last) {
      history.recall(runs);
      history.goOnFrom(last);
      if (runs.length > 0) signals.emit('run-history');
    },
    start: () => guarded(async () => {
      // A finished run starts over; one whose document has changed goes on with the change if it can.
      if (canContinue()) {
        if (!(await fork())) return;
      } else if (mustOpen() && !(await open())) return;
      await go();
    }),
    again: () => guarded(async () => {
      if (await open()) await go();
    }),
    fork: async () => {
      let done = false;
      await guarded(async () => { done = await fork(); });
      return done;
    },
    seek: (to_s) => guarded(async () => {
      wanted_s = Math.min(Math.max(0, to_s), known_s);
      await seek();
    }),
    pause: () => guarded(async () => {
      if (state !== 'running') return;
      become('paused');
      await app.engine().call('run.pause');
    }),
    step: (count = 1) => guarded(async () => {
      if (canContinue()) {
        if (!(await fork())) return;
      } else if (mustOpen() && !(await open())) return;
      become('paused');
      await app.engine().call('run.step', { events: count });
    }),
    rewind: () => guarded(async () => {
      if (isOpen || state === 'failed') await open();
      state = 'idle';
      signals.emit('run-state');
      signals.emit('frame');
      signals.emit('timeline');
    }),
    setSpeed(speed) {
      app.settings.set('speed', speed);
      if (state === 'running') void guarded(async () => void await app.engine().call('run.speed', { speed }));
    },
    setSeed(next) {
      ownSeed = next;
      isOpen = false;
      if (state === 'running') void run.start();
      else if (state !== 'idle') void run.rewind();
      signals.emit('run-state');
    },
    giveWay() {
      const now = performance.now();
      if (state !== 'running' || eased_ms - now > EASE_MS / 2 || navigator.hardwareConcurrency > CORES_FEW) return;
      eased_ms = now + EASE_MS;
      app.engine().call('run.ease', { for_ms: EASE_MS }).catch(() => {});
    },
    showsAll(shows) {
      whole.add(shows);
      return () => void whole.delete(shows);
    },
    async readAll() {
      if (!results?.isPart) return results;
      const mine = opening;
      const all = await readAll().catch(() => null);
      if (mine !== opening || !all || !results) return results;
      if (results.isPart) {
        results = all;
        signals.emit('results');
      }
      return all;
    },
    close() {
      void leave();
      opening += 1;
      isOpen = false;
      layout = null;
      view = null;
      ownSeed = null;
      openedDesign = null;
      timeline = createTimeline([], 1);
      parents = [];
      ghost = null;
      refusal = null;
      history = createHistory(); // a run that is just being left may still come into the old one
      reset();
      duration_s = 0;
      state = 'idle';
      error = null;
      signals.emit('run-state');
      signals.emit('frame');
      signals.emit('timeline');
    },
  };
  return { run, onFrame, fail };
}

/** @param {any} a @param {any} b designs that differ in nothing but the drawing: places, groups, notes */
export function sameButLayout(a, b) {
  if (a === b) return true;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of ['layout', 'groups', 'notes']) keys.delete(key);
  return [...keys].every((key) => a[key] === b[key]);
}
