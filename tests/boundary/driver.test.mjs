// The driver's own promises, over an engine whose pace the test sets: slices, pauses, speeds, failures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDriver } from '../../wasm/driver.mjs';
import { EngineError } from '../../wasm/loader.mjs';

const EVENTS = 1_000_000;
const EVENTS_PER_S = 10_000; // simulated

const SOLUTION = { exact: true, bottleneck: { node: 'b' }, nodes: { a: { saturated: false }, b: { saturated: true }, c: { saturated: true }, d: { saturated: false } }, edges: { 'a->b': {} } };

const RESULTS = { seed: 1, bottleneck: { node: 'b' }, slos: [], nodes: { a: { utilization: 0.2 }, b: { utilization: 0.9 }, c: { utilization: null }, d: { utilization: 0.5 }, e: { utilization: 0.6 } },
  edges: { 'a->b': { latency: { p99: 0.25 } }, 'b->c': { latency: { p99: null } } } };

/** An engine that takes a microsecond an event, on a clock of the test's own; work that was put off waits in a list. */
function start({ traps = false, frameNumbers = 1 } = {}) {
  const world = { now_ms: 0, events: 0, posts: [], later: [], opened: [], longest_ms: 0 };
  const engine = {
    call(op, args) {
      if (op === 'check') throw new EngineError('input', 'wrong', [{ code: 'E1' }]);
      if (op === 'solve') return { result: SOLUTION, text: JSON.stringify(SOLUTION), binary: null };
      if (op === 'run.results') return { result: RESULTS, text: JSON.stringify(RESULTS), binary: null };
      if (op === 'run.open') { world.events = 0; world.opened.push(args); }
      if (op === 'run.seek') world.events = Math.floor(args.time_s * EVENTS_PER_S);
      if (op === 'run.fork' && args.design === 'other') throw new EngineError('input', 'no', [{ code: 'E310' }]);
      return { result: { op }, text: '{}', binary: null };
    },
    advance(events_max, until_s) {
      if (traps) throw new Error('unreachable');
      const stop = Math.min(world.events + events_max, Math.floor(until_s * EVENTS_PER_S), EVENTS);
      world.now_ms += Math.max(0, stop - world.events) / 1000;
      world.events = Math.max(world.events, stop);
      return world.events >= EVENTS ? 1 : 0;
    },
    time_s: () => world.events / EVENTS_PER_S,
    events: () => world.events,
    frames: () => ({ frame: new Float64Array(frameNumbers), moves: new Float64Array(0), one_in: 1, timeline: new Float64Array(0), first_row: 0 }),
  };
  const send = createDriver(engine, {
    post: (message) => world.posts.push(message),
    now_ms: () => world.now_ms,
    later: (work, delay_ms) => world.later.push({ work, delay_ms }),
  });
  let id = 0;
  const ask = (op, args) => { send({ id: ++id, op, args }); return world.posts.find((message) => message.id === id); };
  const turn = () => {
    const next = world.later.shift();
    if (!next) return false;
    world.now_ms += next.delay_ms;
    const begun = world.now_ms;
    next.work();
    world.longest_ms = Math.max(world.longest_ms, world.now_ms - begun);
    return true;
  };
  return { world, ask, turn };
}

test('a run at full speed is cut into slices of at most 8 ms and a chunk, and ends done', () => {
  const { world, ask, turn } = start();
  ask('run.open', { design: '{}' });
  assert.equal(ask('run.start', { speed: 'max' }).result.state, 'running');
  while (turn());
  assert.equal(world.events, EVENTS);
  assert.ok(world.longest_ms <= 12, `${world.longest_ms} ms`);
  assert.equal(world.posts.at(-1).state, 'done');
  const frames = world.posts.filter((message) => message.frame).length;
  assert.ok(frames > 40 && frames <= 62, `${frames} frames in a second`);
});

test('a pause holds between slices; the run goes on from there', () => {
  const { world, ask, turn } = start();
  ask('run.open', {});
  ask('run.start', { speed: 'max' });
  turn();
  turn();
  assert.equal(ask('run.pause').result.state, 'paused');
  const at = world.events;
  while (turn());
  assert.equal(world.events, at);
  ask('run.start', {});
  while (turn());
  assert.equal(world.events, EVENTS);
});

test('a speed is kept: ten simulated seconds take one second at 10', () => {
  const { world, ask, turn } = start();
  ask('run.open', {});
  ask('run.start', { speed: 10 });
  while (world.now_ms < 1000) turn();
  assert.ok(Math.abs(world.events / EVENTS_PER_S - 10) < 0.5, `${world.events / EVENTS_PER_S} s`);
  ask('run.speed', { speed: 0.001 });
  const at = world.events;
  while (world.now_ms < 2000) turn();
  assert.ok(world.events - at <= 10 + 1, `${world.events - at} events in a second at 0.001`);
});

test('a step takes that many events, also of a running run, which then pauses', () => {
  const { world, ask, turn } = start();
  ask('run.open', {});
  assert.equal(ask('run.step', { events: 1 }).result.state, 'paused');
  assert.equal(world.events, 1);
  ask('run.start', { speed: 'max' });
  turn();
  const at = world.events;
  assert.equal(ask('run.step', { events: 100 }).result.state, 'paused');
  assert.equal(world.events, at + 100);
  while (turn());
  assert.equal(world.events, at + 100);
});

test('rewind opens the same run again', () => {
  const { world, ask, turn } = start();
  ask('run.open', { design: 'd', seed: 7 });
  ask('run.start', { speed: 'max' });
  turn();
  ask('run.rewind');
  assert.equal(world.events, 0);
  assert.deepEqual(world.opened, [{ design: 'd', seed: 7 }, { design: 'd', seed: 7 }]);
  while (turn());
  assert.equal(world.events, 0, 'a rewound run stands');
});

test('a sought run stands at its moment, or is done at its end, and goes on from there', () => {
  const { world, ask, turn } = start();
  ask('run.open', {});
  ask('run.start', { speed: 'max' });
  while (turn());
  assert.equal(ask('run.seek', { time_s: 40, mark: 3 }).result.state, 'paused');
  const frame = world.posts.at(-1);
  assert.deepEqual([frame.time_s, frame.state, frame.mark], [40, 'paused', 3], 'its frame comes after the answer');
  while (turn());
  assert.equal(world.events, 40 * EVENTS_PER_S, 'it stands');
  assert.equal(ask('run.seek', { time_s: EVENTS / EVENTS_PER_S }).result.state, 'done');
  ask('run.seek', { time_s: 40 });
  ask('run.start', {});
  while (turn());
  assert.equal(world.events, EVENTS);
});

test('a seek stops a running run; a fork leaves it running, a refused one leaves everything', () => {
  const { world, ask, turn } = start();
  ask('run.open', {});
  ask('run.start', { speed: 'max' });
  turn();
  assert.equal(ask('run.fork', { design: 'changed', mark: 1 }).result.state, 'running');
  assert.equal(world.posts.at(-1).mark, 1);
  const refusal = ask('run.fork', { design: 'other', mark: 2 });
  assert.deepEqual([refusal.ok, refusal.error.diagnostics[0].code], [false, 'E310']);
  turn();
  assert.equal(world.posts.filter((message) => message.frame).at(-1).mark, 1);
  ask('run.seek', { time_s: 1 });
  while (turn());
  assert.equal(world.events, EVENTS_PER_S);
  assert.equal(ask('run.fork', { design: 'changed' }).result.state, 'paused');
});

test('what is asked wrongly is answered with what to do', () => {
  const { ask } = start();
  assert.match(ask('run.start').error.message, /run\.open/);
  assert.equal(ask('run.start').error.code, 'protocol');
  ask('run.open', {});
  for (const speed of [0, -1, NaN, 'fast', null]) assert.equal(ask('run.speed', { speed }).error.code, 'protocol', String(speed));
  for (const events of [0, 1.5, 1e9, '7']) assert.equal(ask('run.step', { events }).error.code, 'protocol', String(events));
  const refused = ask('check', { design: '' });
  assert.deepEqual([refused.ok, refused.error.code, refused.error.diagnostics.length], [false, 'input', 1]);
});

test('an engine that traps is reported as fatal, and the run stops', () => {
  const { world, ask, turn } = start({ traps: true });
  ask('run.open', {});
  ask('run.start', { speed: 'max' });
  while (turn());
  assert.equal(world.posts.at(-1).fatal, 'unreachable');
});

test('a solution has all nodes, or the few that are asked for with the bottleneck and who is saturated', () => {
  const { ask } = start();
  assert.deepEqual(ask('solve', { design: '{}' }).result, SOLUTION);
  const { result } = ask('solve', { design: '{}', few: ['a', 'nobody', 'constructor'] });
  assert.deepEqual(result, { exact: true, bottleneck: { node: 'b' }, nodes: { a: SOLUTION.nodes.a, b: SOLUTION.nodes.b }, edges: {}, saturated: ['b', 'c'] });
});

test('results have all nodes, or the few that are asked for with the busiest and the bottleneck, and the p99 of each edge', () => {
  const { ask } = start();
  assert.deepEqual(ask('run.results').result, RESULTS);
  assert.equal(ask('run.results').text, JSON.stringify(RESULTS));
  const { text, result } = ask('run.results', { few: ['a', 'nobody', 'constructor'], busiest: 2 });
  assert.equal(text, '', 'a part is no results file');
  const { edge_p99s, ...rest } = result;
  assert.deepEqual(rest, { seed: 1, bottleneck: { node: 'b' }, slos: [], nodes: { a: RESULTS.nodes.a, b: RESULTS.nodes.b, e: RESULTS.nodes.e }, edges: {} });
  assert.deepEqual([...edge_p99s], [0.25, NaN]);
});

test('a run that gives way rests between its slices for as long as it was asked to, and then goes on at full speed', () => {
  const { world, ask, turn } = start();
  ask('run.open', {});
  ask('run.start', { speed: 'max' });
  ask('run.ease', { for_ms: 100 });
  const rests = [];
  while (world.now_ms < 200) {
    turn();
    rests.push({ at_ms: world.now_ms, rest_ms: world.later[0].delay_ms });
  }
  assert.ok(rests.every(({ at_ms, rest_ms }) => (rest_ms > 0) === (at_ms < 100)), JSON.stringify(rests));
  assert.ok(world.events > 100_000, 'it goes on all the while');
});

test('the frames of a large design come less often, so that no more than 16 MB of them come in a second', () => {
  const { world, ask, turn } = start({ frameNumbers: 100_000 });
  ask('run.open', {});
  ask('run.start', { speed: 'max' });
  while (turn());
  const frames = world.posts.filter((message) => message.frame);
  const bytes = frames.reduce((sum, { frame }) => sum + frame.byteLength, 0);
  assert.ok(bytes < 18e6 && frames.length > 10, `${frames.length} frames of together ${bytes} bytes in a second`);
});
