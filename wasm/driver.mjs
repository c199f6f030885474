/**
 * Answers the page's messages over an engine: passes operations to C, and advances the open run in slices short enough that any
 * message is answered promptly. The worker runs it; a page that may not have workers runs it itself.
 */

import { EngineError } from './loader.mjs';

const SLICE_EVENTS = 50_000;
const SLICE_MS = 8; // half a frame at 60 Hz: the page stays smooth even when the driver runs in it
const CHUNK_EVENTS = 4_000; // between looks at the clock, under a millisecond where no handler runs
const HANDLER_CHUNK_EVENTS = 16; // where handlers run, each of which may burn its whole budget: 20 ms
const CHUNK_MS = 2; // an event may take as long as a handler's budget lets it: chunks shrink until they are about as short as this
const FRAME_MS = 1000 / 60;
const FRAME_BYTES_PER_S = 16e6; // frames of a large design come less often: a page that takes in more has pauses to clear it away
const REST_MS = 16; // between slices, while somebody's hand comes first
const MOVES_RATIO_MAX = 1e9;
const SHOWN_AT_ONCE = new Set(['run.open', 'run.rewind', 'run.seek', 'run.fork']);

/** @typedef {'max' | number} Speed simulated seconds per second */

/**
 * @typedef {object} Host
 * @property {(message: any, transfer?: Transferable[]) => void} post
 * @property {() => number} now_ms
 * @property {(work: () => void, delay_ms: number) => void} later runs work after other messages had their turn
 */

/**
 * @param {import('./loader.mjs').WasmEngine} engine
 * @param {Host} host
 */
export function createDriver(engine, host) {
  /** @type {Record<string, any> | null} */
  let opened = null;
  /** @type {'idle' | 'running' | 'paused' | 'done' | 'failed'} */
  let state = 'idle';
  /** @type {Speed} */
  let speed = 'max';
  let ticket = 0; // a slice that was asked for under an older ticket does nothing
  let chunk = 1; // events between looks at the clock, as this run allows
  let chunk_most = CHUNK_EVENTS;
  let clock = { real_ms: 0, simulated_s: 0 };
  let posted_ms = -Infinity;
  let period_ms = FRAME_MS;
  let eased_ms = -Infinity; // until then
  let failure = '';
  let mark = 0; // of the last seek or fork, for the page to tell frames of before

  /** @param {Record<string, any>} args */
  function open(args) {
    ticket += 1;
    state = 'idle';
    const answer = engine.call('run.open', args);
    opened = args;
    failure = '';
    mark = 0;
    return answer;
  }

  function postFrame() {
    const frames = engine.frames();
    if (!frames) return;
    posted_ms = host.now_ms();
    period_ms = Math.max(FRAME_MS, (frames.frame.byteLength * 1000) / FRAME_BYTES_PER_S);
    const one_in = Math.min(frames.one_in, MOVES_RATIO_MAX);
    host.post(
      { ...frames, one_in, state, time_s: engine.time_s(), events: engine.events(), message: failure, mark },
      [frames.frame.buffer, frames.moves.buffer, frames.timeline.buffer],
    );
  }

  /** @param {Speed} next */
  function setSpeed(next) {
    if (next !== 'max' && !(Number.isFinite(next) && next > 0)) {
      throw new EngineError('protocol', 'A speed is "max" or a number above 0, in simulated seconds per second.');
    }
    speed = next;
    clock = { real_ms: host.now_ms(), simulated_s: engine.time_s() };
  }

  /** @param {number} status of the last advance */
  function settle(status) {
    if (status === 1) state = 'done';
    else if (status === 2) {
      state = 'failed';
      failure = reasonOf(engine);
    }
  }

  function slice() {
    const start_ms = host.now_ms();
    const until_s = speed === 'max' ? Infinity
      : clock.simulated_s + ((start_ms - clock.real_ms) / 1000) * speed;
    const events_stop = engine.events() + SLICE_EVENTS;
    let status = 0;
    let caughtUp = false;
    for (let events = engine.events(), before_ms = start_ms; ;) {
      const asked = Math.min(chunk, events_stop - events);
      status = engine.advance(asked, until_s);
      const now_ms = host.now_ms();
      const taken = engine.events() - events;
      events += taken;
      chunk = Math.min(chunk_most, nextChunk(chunk, now_ms - before_ms));
      before_ms = now_ms;
      caughtUp = status === 0 && taken < asked;
      if (status !== 0 || caughtUp || events >= events_stop || now_ms - start_ms >= SLICE_MS) break;
    }
    // A run that the machine cannot keep up with goes on from where it is, rather than racing to catch up later.
    if (!caughtUp && speed !== 'max') clock = { real_ms: host.now_ms(), simulated_s: engine.time_s() };
    settle(status);
    return caughtUp;
  }

  /** @param {number} mine */
  function go(mine) {
    if (mine !== ticket || state !== 'running') return;
    let caughtUp = false;
    try {
      caughtUp = slice();
    } catch (error) {
      fail(error);
      return;
    }
    const now_ms = host.now_ms();
    if (state !== 'running' || now_ms - posted_ms >= period_ms) postFrame();
    if (state === 'running') host.later(() => go(mine), caughtUp ? FRAME_MS : now_ms < eased_ms ? REST_MS : 0);
  }

  /** @param {unknown} error a trap: the instance is not to be trusted any more */
  function fail(error) {
    state = 'failed';
    host.post({ fatal: error instanceof Error ? error.message : String(error) });
  }

  /** @type {Record<string, (args: any) => any>} */
  const own = {
    /** All nodes of a large design are megabytes, which take the page longer to receive than a frame: it may ask for a few. */
    solve({ few, ...args }) {
      const answer = engine.call('solve', args);
      if (!few) return answer;
      const { nodes, bottleneck } = answer.result;
      const wanted = [...few, bottleneck?.node].filter((id) => Object.hasOwn(nodes, id));
      const saturated = Object.keys(nodes).filter((id) => nodes[id].saturated);
      const part = Object.fromEntries(wanted.map((id) => [id, nodes[id]]));
      return { text: '', binary: null, result: { ...answer.result, nodes: part, edges: {}, saturated } };
    },
    /** The same of a run's results, for a page that shows a few of them while the run goes on: also the busiest nodes, and of the edges the p99. */
    'run.results'({ few, busiest = 0 }) {
      const answer = engine.call('run.results');
      if (!few) return answer;
      const { nodes, edges, ...rest } = answer.result;
      const load = (/** @type {string} */ id) => nodes[id].utilization ?? -1;
      const first = Object.keys(nodes).filter((id) => load(id) >= 0).sort((a, b) => load(b) - load(a)).slice(0, busiest);
      const wanted = [...new Set([...few, ...first, rest.bottleneck?.node])].filter((id) => Object.hasOwn(nodes, id));
      const p99s = Float64Array.from(Object.values(edges), ({ latency }) => latency?.p99 ?? NaN);
      return { text: '', binary: null, result: { ...rest, nodes: Object.fromEntries(wanted.map((id) => [id, nodes[id]])), edges: {}, edge_p99s: p99s } };
    },
    'run.open': open,
    'run.start'(args) {
      needRun();
      if (args.speed !== undefined) setSpeed(args.speed);
      if (state === 'done' || state === 'failed') return { state };
      clock = { real_ms: host.now_ms(), simulated_s: engine.time_s() };
      state = 'running';
      const mine = ++ticket;
      host.later(() => go(mine), 0);
      return { state };
    },
    'run.pause'() {
      needRun();
      ticket += 1;
      if (state === 'running') state = 'paused';
      postFrame();
      return { state };
    },
    'run.step'(args) {
      needRun();
      const events = args.events ?? 1;
      if (!Number.isInteger(events) || events < 1 || events > SLICE_EVENTS) {
        throw new EngineError('protocol', `A step is a whole number of events from 1 to ${SLICE_EVENTS}.`);
      }
      ticket += 1;
      if (state !== 'done' && state !== 'failed') {
        state = 'paused';
        settle(engine.advance(events, Infinity));
      }
      postFrame();
      return { state };
    },
    'run.speed'(args) {
      setSpeed(args.speed);
      return { state };
    },
    /** Leaves some of the machine to the page for a while. */
    'run.ease'({ for_ms }) {
      eased_ms = host.now_ms() + for_ms;
      return {};
    },
    'run.seek'(args) {
      needRun();
      ticket += 1;
      const answer = engine.call('run.seek', { time_s: args.time_s });
      mark = args.mark ?? mark;
      failure = '';
      state = 'paused';
      settle(engine.advance(0, engine.time_s())); // it may be the end
      return withState(answer);
    },
    'run.fork'(args) {
      needRun();
      // What else is due at this very instant belongs to the past, so that the moment of the fork can be returned to.
      engine.advance(SLICE_EVENTS, engine.time_s());
      const answer = engine.call('run.fork', { design: args.design });
      mark = args.mark ?? mark;
      failure = '';
      if (state !== 'running') state = 'paused';
      settle(engine.advance(0, engine.time_s()));
      return withState(answer);
    },
    'run.rewind'() {
      needRun();
      return open(/** @type {Record<string, any>} */ (opened));
    },
    'run.close'() {
      ticket += 1;
      state = 'idle';
      opened = null;
      return engine.call('run.close');
    },
  };

  /** @param {import('./loader.mjs').Answer} answer */
  const withState = (answer) => ({ ...answer, result: { ...answer.result, state } });

  function needRun() {
    if (!opened) throw new EngineError('protocol', 'No run is open: send run.open with a design first.');
  }

  /**
   * Makes the own modules of a design ready (the script of modules_script.js has run); the page then sends its request again.
   * @param {number} id @param {any} args those of the request that needs them
   */
  async function prepareModules(id, args) {
    try {
      const { modules, diagnostics } = await /** @type {any} */ (globalThis).scalesimOwnModules(args.design);
      engine.useModules(modules);
      if (diagnostics.length > 0) throw new EngineError('input', diagnostics[0].message, diagnostics);
      host.post({ id, ok: true, result: {}, text: '', binary: null });
    } catch (error) {
      const { code = 'fault', message, diagnostics = [] } = /** @type {any} */ (error);
      host.post({ id, ok: false, error: { code, message: String(message), diagnostics } });
    }
  }

  /** @param {{ id: number, op: string, args?: any, handlers?: WebAssembly.Module }} request */
  return function receive(request) {
    if (request.handlers) { // a design with code comes next; the script of sandbox_script.js has run
      chunk_most = HANDLER_CHUNK_EVENTS;
      chunk = 1;
      engine.useHandlers(request.handlers, /** @type {any} */ (globalThis).scalesimSandbox);
      return;
    }
    const { id, op, args = {} } = request;
    if (op === 'modules.prepare') {
      prepareModules(id, args);
      return;
    }
    try {
      const answer = Object.hasOwn(own, op) ? own[op]?.(args) : engine.call(op, args);
      const isAnswer = answer && 'binary' in answer;
      const message = isAnswer
        ? { id, ok: true, result: answer.result, text: answer.text, binary: answer.binary }
        : { id, ok: true, result: answer, text: '', binary: null };
      host.post(message, message.binary ? [message.binary.buffer] : []);
      if (SHOWN_AT_ONCE.has(op)) postFrame(); // after the answer that says its layout
    } catch (error) {
      if (!(error instanceof EngineError)) fail(error);
      const { code = 'fault', message, diagnostics = [] } = /** @type {any} */ (error);
      host.post({ id, ok: false, error: { code, message: String(message), diagnostics } });
    }
  };
}

/** @param {number} chunk @param {number} took_ms */
function nextChunk(chunk, took_ms) {
  if (took_ms > CHUNK_MS) return Math.max(1, Math.floor(chunk * Math.min(0.5, CHUNK_MS / took_ms)));
  return took_ms < CHUNK_MS / 2 ? Math.min(CHUNK_EVENTS, chunk * 2) : chunk;
}

/**
 * Why the open run ended early: its results say so in their diagnostics.
 * @param {import('./loader.mjs').WasmEngine} engine
 */
function reasonOf(engine) {
  try {
    return engine.call('run.results').result.diagnostics.at(-1)?.message ?? '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Calls back after other messages had their turn, without the 4 ms that nested timers are held back.
 * @returns {Host['later']}
 */
export function createLater() {
  const channel = new MessageChannel();
  /** @type {(() => void)[]} */
  const waiting = [];
  channel.port1.onmessage = () => waiting.shift()?.();
  return (work, delay_ms) => {
    if (delay_ms > 0) setTimeout(work, delay_ms);
    else {
      waiting.push(work);
      channel.port2.postMessage(0);
    }
  };
}
