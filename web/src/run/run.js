/**
 * The run as the page sees it: its state, the newest frame, the timeline so far and the results so far.
 */

import { createFrameView, createTimeline } from './views.js';

/** @typedef {import('../types.js').RunState} RunState */

const RESULTS_EVERY_MS = 400; // results of a large design cost the worker a few milliseconds
const RATE_WINDOW_MS = 500;

const NO_MOVES = { data: new Float64Array(0), count: 0, one_in: 1 };

/**
 * @param {{ signals: import('../types.js').Signals, document: import('../types.js').DocumentStore,
 *   settings: import('../types.js').Settings, engine: () => import('../types.js').Engine }} app
 */
export function createRun(app) {
  const { signals } = app;
  /** @type {RunState} */
  let state = 'idle';
  /** @type {any} */
  let error = null;
  /** @type {import('../types.js').RunLayout | null} */
  let layout = null;
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
  let isAsking = false;
  let isAwaited = false; // a frame is asked for from the browser
  let hasRows = false;

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

  async function open() {
    const mine = ++opening;
    isOpen = false;
    error = null;
    const design = app.document.get();
    const answer = await app.engine().call('run.open', { design: app.document.text(), seed: seed() });
    if (mine !== opening) return false;
    const { layout: described, duration_s: whole } = answer.result;
    layout = described;
    view = createFrameView(described);
    timeline = createTimeline(described.timeline.columns, described.timeline.interval_s);
    openedDesign = design;
    duration_s = whole;
    reset();
    isOpen = true;
    signals.emit('run-open');
    return true;
  }

  function reset() {
    moves = NO_MOVES;
    results = null;
    hasFrame = false;
    time_s = 0;
    events = 0;
    events_per_s = 0;
    results_ms = 0;
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
    view.show(message.frame);
    hasFrame = true;
    time_s = message.time_s;
    events = message.events;
    const now_ms = performance.now();
    if (now_ms - mark.time_ms >= RATE_WINDOW_MS) {
      events_per_s = ((events - mark.events) * 1000) / (now_ms - mark.time_ms);
      mark = { time_ms: now_ms, events };
    }
    moves = { data: message.moves, count: message.moves.length / 4, one_in: message.one_in };
    hasRows = timeline.add(message.timeline, message.first_row) > 0 || hasRows;
    if (moves.count > 0) signals.emit('moves');
    if (!isAwaited) {
      isAwaited = true;
      // A hidden page draws no frames; then there is nobody to show them to either.
      requestAnimationFrame(showFrame);
    }
    if (message.state === 'failed') fail({ code: 'limit', message: message.message });
    else if (message.state === 'done') become('done'); // running and paused are the page's own to say
    if (state !== 'running' || now_ms - results_ms > RESULTS_EVERY_MS) void askResults();
  }

  async function askResults() {
    if (isAsking || !isOpen || time_s === 0) return;
    isAsking = true;
    const mine = opening;
    const isFinal = state === 'done' || state === 'failed';
    const asked = events;
    try {
      const answer = await app.engine().call('run.results');
      if (mine !== opening) return;
      const text = /** @type {any} */ (answer).text + '\n';
      results = { text, value: answer.result, isFinal };
      signals.emit('results');
    } catch (why) {
      if (mine === opening) fail(why);
    } finally {
      isAsking = false;
      results_ms = performance.now();
      if (mine === opening && state !== 'running' && events !== asked) void askResults();
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

  const isStale = () => openedDesign !== null && openedDesign !== app.document.get() && !sameButLayout(openedDesign, app.document.get());

  /** @type {import('../types.js').Run} */
  const run = {
    get state() { return state; },
    get error() { return error; },
    get isStale() { return isStale(); },
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
    start: () => guarded(async () => {
      // A finished run starts over; so does one whose document has changed since.
      if (!isOpen || state === 'done' || state === 'failed' || isStale()) {
        if (!(await open())) return;
      }
      become('running');
      const answer = await app.engine().call('run.start', { speed: run.speed });
      if (answer.result.state !== 'running' && state === 'running') become(answer.result.state);
    }),
    pause: () => guarded(async () => {
      if (state !== 'running') return;
      become('paused');
      await app.engine().call('run.pause');
    }),
    step: (count = 1) => guarded(async () => {
      if (!isOpen || state === 'done' || state === 'failed' || isStale()) {
        if (!(await open())) return;
      }
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
    close() {
      opening += 1;
      isOpen = false;
      layout = null;
      view = null;
      ownSeed = null;
      openedDesign = null;
      timeline = createTimeline([], 1);
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

/** @param {any} a @param {any} b designs that differ in nothing but where their nodes are drawn */
function sameButLayout(a, b) {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  keys.delete('layout');
  return [...keys].every((key) => a[key] === b[key]);
}
