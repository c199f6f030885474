// What code did, over the boundary: causes, messages and steps of the examples; before and after a fork and a seek; without a trace in
// the open run.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compile, instantiate } from '../../wasm/loader.mjs';
import { createSandboxHost } from '../../wasm/sandbox.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** @param {string} name */
const example = (name) => readFileSync(join(root, `examples/${name}/${name}.scalesim.json`), 'utf8');

/** @type {WebAssembly.Module} */
let module;
/** @type {WebAssembly.Module} */
let handlers;
before(async () => {
  module = await compile(readFileSync(process.env.SCALESIM_WASM ?? join(root, 'build/scalesim.wasm')));
  handlers = new WebAssembly.Module(readFileSync(process.env.SCALESIM_HANDLERS ?? join(root, 'build/handlers.wasm')));
});

/** An engine with a run that stands at a moment. @param {string} design @param {number} until_s */
async function opened(design, until_s) {
  const engine = await instantiate(module);
  engine.useHandlers(handlers, createSandboxHost);
  engine.call('run.open', { design, duration_s: 9 });
  advanceTo(engine, until_s);
  return engine;
}

/** @param {any} engine @param {number} until_s */
const advanceTo = (engine, until_s) => { while (engine.advance(50_000, until_s) === 0 && engine.time_s() < until_s); };

/** Nodes that run code of their own. @param {string} design */
const coded = (design) => new Set(Object.entries(JSON.parse(design).nodes).filter(([, node]) => /** @type {any} */ (node).code).map(([id]) => id));

/** @param {any} journal @param {Set<string>} nodes with code */
function checkJournal(journal, nodes) {
  const byN = new Map(journal.inputs.map((/** @type {any} */ input) => [input.n, input]));
  for (const input of journal.inputs) {
    assert.ok(nodes.has(input.node));
    if (input.cause === null) assert.ok(input.kind === 'start' || input.kind === 'load' || !nodes.has(input.from), JSON.stringify(input));
    else assert.ok(input.cause < input.n);
    const cause = byN.get(input.cause);
    if (cause) assert.ok(cause.done_ns !== null && cause.done_ns <= input.at_ns);
    if (input.kind === 'settle' && byN.has(input.asked)) {
      const { said, node } = byN.get(input.asked);
      assert.equal(node, input.node);
      assert.ok(said.some((/** @type {any} */ each) => each.token === input.token));
    }
  }
  for (const message of journal.messages) {
    assert.equal(message.end === 'lost', message.arrived_ns === null);
    if (message.end !== 'lost') assert.ok(message.arrived_ns >= message.sent_ns);
    const input = byN.get(message.to_input);
    if (!input) continue;
    assert.deepEqual([input.node, input.replica, input.cause], [message.to, message.to_replica, message.cause]);
    assert.ok(input.at_ns >= message.arrived_ns);
  }
}

for (const name of ['raft', 'gossip', 'payments']) {
  test(`${name}: causes are consistent, every loss is seen, and the run does not notice`, async () => {
    const design = example(name);
    const nodes = coded(design);
    const plain = await opened(design, Infinity);
    const engine = await opened(design, 4);
    const present = engine.call('run.results').text;
    const { result: journal } = engine.call('run.journal', { from_s: 0, to_s: 4, limit: 20_000 });
    assert.equal(journal.cut, false);
    checkJournal(journal, nodes);
    const results = engine.call('run.results').result;
    const lost = Object.values(results.edges).reduce((sum, edge) => sum + (edge.lost ?? 0), 0);
    if (results.warmup_s === 0) assert.equal(journal.messages.filter((/** @type {any} */ { end }) => end === 'lost').length, lost);
    assert.ok(journal.messages.some((/** @type {any} */ { end }) => end === 'lost'));
    const input = journal.inputs.at(-5);
    const trace = engine.call('run.code_trace', { n: input.n }).result;
    const { steps, cut, ...rest } = trace;
    assert.deepEqual({ ...rest, duplicate: input.duplicate }, { ...input, duplicate: input.duplicate });
    assert.ok(!cut && steps.length > 0 && steps[0].line > 0 && steps.every((/** @type {any} */ { line, fuel }) => line > 0 && fuel <= input.fuel * 1.01));
    const back = journal.inputs.at(-40);
    const earlier = engine.call('run.code_trace', { n: back.n }).text;
    assert.equal(engine.call('run.code_trace', { n: input.n }).text, engine.call('run.code_trace', { n: input.n }).text);
    assert.equal(engine.call('run.code_trace', { n: back.n }).text, earlier, 'a step back is the same bytes');
    assert.equal(engine.call('run.results').text, present);
    advanceTo(engine, Infinity);
    assert.equal(engine.call('run.results').text, plain.call('run.results').text);
  });
}

test('a line of the log leads to its input', async () => {
  const design = JSON.parse(example('gossip'));
  design.nodes.n04.code.source = design.nodes.n04.code.source.replace(/function onMessage(.*) \{/, (begin) => `${begin} node.log('came');`);
  const engine = await opened(JSON.stringify(design), 9);
  let looked = 0;
  for (const [node, { handlers: code }] of Object.entries(engine.call('run.results').result.nodes)) {
    for (const line of (code?.log ?? []).filter((/** @type {any} */ { n }) => n > 20).slice(-5)) {
      const { result } = engine.call('run.code_trace', { n: line.n });
      assert.equal(result.node, node);
      assert.ok(result.said.some((/** @type {any} */ each) => each.kind === 'log' && each.line === line.line && each.text === line.text));
      assert.ok(result.done_ns / 1e9 === line.time_s);
      looked += 1;
    }
  }
  assert.equal(looked, 5);
});

test('what a broker hands out again is marked', async () => {
  const engine = await opened(example('payments'), 9);
  const { result: { inputs, messages } } = engine.call('run.journal', { from_s: 2, to_s: 9, limit: 20_000, node: 'booking' });
  const again = inputs.filter((/** @type {any} */ { deliveries }) => deliveries > 1);
  assert.ok(again.length > 0);
  for (const input of again) {
    const message = messages.find((/** @type {any} */ each) => each.to_input === input.n);
    assert.equal(Boolean(message.duplicate), Boolean(input.duplicate));
    assert.equal(message.from, 'payments');
  }
  assert.ok(again.some((/** @type {any} */ { duplicate }) => duplicate));
});

test('before a fork it is the run that was forked, and a search goes on through it', async () => {
  const design = example('raft');
  const engine = await opened(design, 3);
  const of = (/** @type {number} */ from_s) => engine.call('run.journal', { from_s, to_s: from_s + 0.5 });
  const past = of(2).text;
  const { n } = JSON.parse(past).inputs.find((/** @type {any} */ { node, kind }) => node === 's1' && kind === 'message');
  const trace = engine.call('run.code_trace', { n }).text;
  const source = JSON.parse(design).nodes.s1.code.source;
  const line = source.slice(0, source.indexOf('onMessage')).split('\n').length + 1;
  const stops = [{ line }];
  const next = engine.call('run.code_find', { node: 's1', from_n: n, direction: 1, stops }).result;
  const changed = JSON.parse(design);
  changed.nodes.s1.code.source = `${source}\n// the same\n`;
  engine.call('run.fork', { design: JSON.stringify(changed) });
  advanceTo(engine, 5);
  const present = engine.call('run.results').text;
  assert.equal(of(2).text, past);
  assert.equal(of(2.8).result.to_s, 3, 'the forked run ends there');
  assert.equal(engine.call('run.code_trace', { n }).text, trace);
  assert.deepEqual(engine.call('run.code_find', { node: 's1', from_n: n, direction: 1, stops }).result, next);
  checkJournal(of(4).result, coded(design));
  const late = of(4).result.inputs.find((/** @type {any} */ { node, kind }) => node === 's1' && kind === 'message');
  const all = [{ line: 99_999 }];
  const onward = engine.call('run.code_find', { node: 's1', from_n: n, direction: 1, stops: all, inputs_max: 100_000 }).result;
  assert.ok(onward.n === null && onward.over && onward.searched_to_n > late.n);
  const backward = engine.call('run.code_find', { node: 's1', from_n: late.n, direction: -1, stops: all, inputs_max: 100_000 }).result;
  assert.ok(backward.n === null && backward.over && backward.searched_to_n < n);
  assert.equal(engine.call('run.results').text, present);
  engine.call('run.seek', { time_s: 2.5 });
  assert.equal(of(2).text, past);
  assert.equal(engine.call('run.code_trace', { n }).text, trace);
});

test('a design without code has messages all the same', async () => {
  const engine = await opened(example('ecommerce'), 3);
  const { result } = engine.call('run.journal', { from_s: 1, to_s: 1.2 });
  assert.deepEqual(result.inputs, []);
  assert.ok(result.messages.length > 50 && result.messages.some((/** @type {any} */ { kind }) => kind === 'reply'));
  assert.throws(() => engine.call('run.code_trace', { n: 1 }), /no node of this design has code/);
});

test('what cannot be is said', async () => {
  const engine = await opened(example('payments'), 2);
  const stops = [{ line: 1 }];
  /** @type {[string, any, RegExp][]} */
  const wrong = [
    ['run.journal', { from_s: 2, to_s: 2 }, /the first before the second/],
    ['run.journal', { from_s: 1, to_s: 2, node: 'nobody' }, /there is no node "nobody"/],
    ['run.code_trace', {}, /args.n must be the number of an input/],
    ['run.code_trace', { n: 1 }, /input 1 loads the code of a node before the run begins/],
    ['run.code_trace', { n: 1e12 }, /there is no input 1000000000000: code was given \d+ in all/],
    ['run.code_trace', { n: 30, stops: [{ line: 0 }] }, /args.stops must be a list/],
    ['run.code_find', { node: 'nobody', from_n: 1, stops }, /there is no "nobody"/],
    ['run.code_find', { node: 'ledger', from_n: 1, stops }, /the node "ledger" has no code/],
    ['run.code_find', { node: 'shop', from_n: 1, direction: 0, stops }, /args.direction 1 or -1/],
    ['run.code_find', { node: 'shop', from_n: 1 }, /args.stops must be a list/],
    ['run.code_find', { node: 'booking', from_n: 9, stops: [{ line: 4, condition: 'nothing.at.all' }] }, /the condition of the stop at line 4 is wrong: ReferenceError: 'nothing' is not defined/],
  ];
  for (const [op, args, message] of wrong) assert.throws(() => engine.call(op, args), message, JSON.stringify(args));
  engine.call('run.close');
  assert.throws(() => engine.call('run.journal', { from_s: 1, to_s: 2 }), /no run is open/);
});
