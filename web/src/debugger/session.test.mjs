import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSignals } from '../signals.js';
import { createSession } from './session.js';

const SOURCE = 'export function onMessage(message, node) {\n  node.state.seen = message.body;\n}\n';
const DESIGN = { format: 'scalesim/1', nodes: { a: { type: 'service', code: { source: SOURCE } }, b: { type: 'service', code: { source: SOURCE } }, c: { type: 'client' } }, edges: [] };
const input = (/** @type {number} */ n, node = n % 2 === 0 ? 'b' : 'a') => ({
  n, node, replica: 0, at_ns: n * 1e7, done_ns: n * 1e7 + 1e6, kind: 'message', activity: n, cause: n > 1 ? n - 1 : null, fuel: 100, outcome: 'ok', said: [] });
const STEPS = [{ line: 1, function: 'onMessage', depth: 0, fuel: 10, enter: true, set: { message: '{}' } }, { line: 2, function: 'onMessage', depth: 0, fuel: 20 }, { line: 3, function: 'onMessage', depth: 0, fuel: 30, leave: 'undefined' }];

/**
 * A session over a run of 10 s with an input every 10 ms; `answers` stand in for the engine's ops, as wasm/PROTOCOL.md has them.
 * @param {Record<string, (args: any) => any>} [answers]
 */
async function sessionOf(answers = {}, more = {}) {
  const signals = createSignals();
  /** @type {any} */
  let kept;
  /** @type {{ op: string, args: any }[]} */
  const asked = [];
  const ops = /** @type {Record<string, (args: any) => any>} */ ({
    'run.journal': ({ from_s, to_s }) => ({
      from_s, to_s, cut: false, messages: [], crashes: [], inputs: Array.from({ length: 999 }, (_, i) => input(i + 1)).filter(({ at_ns }) => at_ns >= from_s * 1e9 && at_ns < to_s * 1e9) }),
    'run.code_trace': ({ n, stops = [] }) => ({ ...input(n), cut: false, steps: STEPS.map((step) => (stops.some((/** @type {any} */ stop) => stop.line === step.line) ? { ...step, stop: true } : step)) }),
    ...answers,
  });
  const app = /** @type {any} */ ({
    signals, t: (/** @type {string} */ key, /** @type {any} */ values) => `${key} ${JSON.stringify(values ?? {})}`, shelf: { id: 'one' },
    document: { get: () => DESIGN, name: 'x' }, run: { known_s: 10, fork_s: 0, designAt: () => DESIGN, ...more },
    settings: { get: () => kept, set(/** @type {string} */ key, /** @type {any} */ value) { kept = value; signals.emit('settings', key); } },
    engine: { call: async (/** @type {string} */ op, /** @type {any} */ args) => { asked.push({ op, args }); return { result: /** @type {any} */ (ops[op])(args) }; } },
  });
  const session = createSession(app);
  await session.look(1, 1);
  return { session, asked, of: (/** @type {string} */ op) => asked.filter((one) => one.op === op).map(({ args }) => args) };
}

const told = (/** @type {any} */ session) => session.problems.map((/** @type {any} */ one) => one.text).join();

test('a breakpoint is looked for at all nodes that have it: the nearest counts, and within the input first', async () => {
  const hits = /** @type {Record<string, number | null>} */ ({ a: 131, b: 112 });
  const { session, of } = await sessionOf({ 'run.code_find': ({ node }) => ({ n: hits[node], step: 1, searched_to_n: hits[node], over: false }) });
  await session.go(101);
  session.breakpoints.put(session.siblings(), SOURCE, 2, 'message.body > 1');
  await session.pick(session.inputOf(101));
  await session.find(1, true);
  assert.deepEqual([session.picked?.n, session.at, of('run.code_find').length], [101, 1, 0], 'it is in this very input');
  await session.find(1, true);
  assert.deepEqual([session.picked?.n, session.at], [112, 1]);
  assert.deepEqual(of('run.code_find').map(({ node, from_n, direction }) => [node, from_n, direction]), [['a', 101, 1], ['b', 101, 1]]);
  assert.deepEqual(of('run.code_find')[0].stops, [{ line: 2, condition: 'message.body > 1' }]);
  hits['a'] = 133;
  await session.find(1, false);
  await session.find(1, false);
  assert.equal(of('run.code_find').at(-1).node, 'b', 'this node alone, when that is asked');
});

test('a search that ends early says so, and goes on where it ended', async () => {
  let over = false;
  const { session, of } = await sessionOf({ 'run.code_find': ({ from_n }) => ({ n: null, searched_to_n: from_n + 50, over }) });
  await session.go(101);
  session.breakpoints.put(['a'], SOURCE, 2, '');
  await session.pick(session.inputOf(101), 2);
  await session.find(1, true);
  assert.match(told(session), /no_stop_yet .*#301/);
  await session.find(1, true);
  assert.equal(of('run.code_find')[4].from_n, 301);
  over = true;
  await session.find(1, true);
  assert.match(told(session), /no_stop_after/);
  assert.equal(session.picked?.n, 101, 'one stays where one is');
});

test('a stop that is reached in the future of a paused run is told, not shown', async () => {
  const { session } = await sessionOf({ 'run.code_find': () => ({ n: 1500, step: 1, searched_to_n: 1500, over: false }), 'run.code_trace': ({ n }) => ({ ...input(n), steps: STEPS, cut: false }) });
  await session.go(101);
  session.breakpoints.put(['a'], SOURCE, 2, '');
  await session.pick(session.inputOf(101), 2);
  await session.find(1, true);
  assert.match(told(session), /not_yet/);
  assert.equal(session.picked?.n, 101);
});

test('a condition that is wrong is told, and hides no lines', async () => {
  const { session } = await sessionOf({ 'run.code_trace': ({ n, stops }) => {
    if (stops) throw new Error('the condition of the stop at line 2 is wrong: oops is not defined');
    return { ...input(n), steps: STEPS, cut: false };
  } });
  await session.go(101);
  session.breakpoints.put(['a'], SOURCE, 2, 'oops');
  await session.pick(session.inputOf(101));
  assert.match(told(session), /oops is not defined/);
  assert.equal(session.trace?.steps.length, 3);
});

test('what lies outside of the stretch is found by its number; a cause is gone to, and back', async () => {
  const { session, of } = await sessionOf();
  await session.go(900);
  assert.equal(session.picked?.n, 900);
  assert.ok(session.view.from_ns < 9e9 && session.view.to_ns > 9e9);
  assert.ok(of('run.journal').every(({ to_s }) => to_s <= 10));
  await session.go(/** @type {number} */ (session.picked?.cause));
  assert.equal(session.picked?.n, 899);
  assert.deepEqual(session.effects().inputs.map(({ n }) => n), [900]);
});

test('steps run past the end of an input to where its activity goes on', async () => {
  const { session } = await sessionOf({ 'run.journal': ({ from_s, to_s }) => ({ from_s, to_s, cut: false, messages: [], crashes: [], inputs: [{ ...input(101), activity: 101 }, { ...input(103), activity: 101 }] }) });
  await session.go(101);
  for (let i = 0; i < 2; i += 1) session.step('line', 1);
  assert.deepEqual([session.picked?.n, session.at], [101, 2]);
  session.step('line', 1);
  await new Promise((done) => setTimeout(done));
  assert.deepEqual([session.picked?.n, session.at], [103, 0]);
  session.step('line', -1);
  await new Promise((done) => setTimeout(done));
  assert.deepEqual([session.picked?.n, session.at], [101, 2]);
});

test('behind a fork a stretch begins at the fork', async () => {
  const { of } = await sessionOf({}, { fork_s: 0.9 });
  assert.equal(of('run.journal')[0].from_s, 0.9);
});
