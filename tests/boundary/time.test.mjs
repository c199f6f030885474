// Time travel over the boundary: any moment again, and other futures from it, to the byte.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EngineError, compile, instantiate } from '../../wasm/loader.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const DURATION_S = 40;
const design = readFileSync(join(root, 'examples/ecommerce/ecommerce.scalesim.json'), 'utf8');

/** @type {WebAssembly.Module} */
let module;
before(async () => {
  module = await compile(readFileSync(join(root, 'build/scalesim.wasm')));
});

/** The example for a shorter time, changed. @param {(design: any) => void} [change] */
function shop(change = () => {}) {
  const copy = JSON.parse(design);
  copy.run.duration = `${DURATION_S}s`;
  change(copy);
  return JSON.stringify(copy);
}

/** @param {any} engine */
const advanceTo = (engine, until_s = Infinity) => { while (engine.advance(50_000, until_s) === 0 && engine.time_s() < until_s); };
/** Times are whole nanoseconds: the same up to the last bits of their seconds. */
const near = (/** @type {number} */ actual, /** @type {number} */ expected) => assert.ok(Math.abs(actual - expected) < 5e-10, `${actual} is not ${expected}`);
/** @param {any} engine */
function toEnd(engine) {
  advanceTo(engine);
  return engine.call('run.results').text;
}
/** @param {() => any} work */
function errorOf(work) {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof EngineError, String(error));
    return error;
  }
  return assert.fail('it was not refused');
}

test('a run sought to any moment goes on with the same bytes, and shows that moment', async () => {
  const engine = await instantiate(module);
  engine.call('run.open', { design: shop() });
  advanceTo(engine, 17.25);
  const there = { results: engine.call('run.results').text, frame: engine.frames().frame, events: engine.events() };
  const whole = toEnd(engine);
  const timeline = engine.call('run.timeline_csv').text;
  for (const time_s of [17.25, 3.5, 39.99, 0, DURATION_S, 17.25]) {
    const { result } = engine.call('run.seek', { time_s });
    near(result.time_s, time_s);
    assert.equal(result.forks, 0);
    near(engine.time_s(), time_s);
    near(engine.frames().frame[0], time_s);
    if (time_s === 17.25) {
      assert.equal(engine.events(), there.events);
      assert.equal(engine.call('run.results').text, there.results);
      assert.deepEqual(engine.frames().frame, there.frame);
    }
    assert.equal(toEnd(engine), whole, `after ${time_s} s`);
    assert.equal(engine.call('run.timeline_csv').text, timeline);
  }
});

test('timeline rows after the moment sought come again, each once', async () => {
  const engine = await instantiate(module);
  const { layout } = engine.call('run.open', { design: shop() }).result;
  const columns = layout.timeline.columns.length;
  advanceTo(engine, 30);
  const before = engine.frames().timeline;
  const { timeline_rows } = engine.call('run.seek', { time_s: 12 }).result;
  assert.ok(timeline_rows > 0 && timeline_rows < before.length / columns);
  advanceTo(engine, 30);
  const again = engine.frames();
  assert.equal(again.first_row, timeline_rows);
  assert.deepEqual(again.timeline, before.slice(timeline_rows * columns));
});

test('a fork of an unchanged design has the same bytes', async () => {
  const engine = await instantiate(module);
  engine.call('run.open', { design: shop() });
  const whole = toEnd(engine);
  for (const time_s of [0, 11.5, 33.3]) {
    engine.call('run.seek', { time_s });
    const { result } = engine.call('run.fork', { design: shop() });
    near(result.time_s, time_s);
    assert.equal(result.duration_s, DURATION_S);
    assert.equal(toEnd(engine), whole, `forked at ${time_s} s`);
  }
});

test('a changed design makes another future; before the fork lies the old run, with its own', async () => {
  const engine = await instantiate(module);
  engine.call('run.open', { design: shop() });
  const first = toEnd(engine);
  engine.call('run.seek', { time_s: 20 });
  const changed = shop((copy) => { copy.nodes.orders.concurrency = 8; });
  engine.call('run.fork', { design: changed });
  const second = toEnd(engine);
  assert.notEqual(second, first);
  engine.call('run.seek', { time_s: 25 });
  engine.call('run.fork', { design: shop((copy) => { copy.nodes.shoppers.load.rate = '300/s'; }) });
  toEnd(engine);
  assert.equal(engine.call('run.seek', { time_s: 26 }).result.forks, 2);
  assert.equal(engine.call('run.seek', { time_s: 24 }).result.forks, 1, 'before the second fork');
  assert.equal(toEnd(engine), second);
  assert.equal(engine.call('run.seek', { time_s: 5 }).result.forks, 0, 'before the first fork');
  assert.equal(toEnd(engine), first);
});

test('many forks of forks stay within the memory of a phone, and each reaches back to the next', async () => {
  const engine = await instantiate(module);
  engine.call('run.open', { design: shop() });
  for (let n = 1; n <= 12; n += 1) {
    advanceTo(engine, n * 3);
    engine.call('run.fork', { design: shop((copy) => { copy.nodes.orders.concurrency = 4 + n; }) });
  }
  toEnd(engine);
  assert.equal(engine.call('run.seek', { time_s: 36.5 }).result.forks, 12);
  assert.equal(engine.call('run.seek', { time_s: 27 }).result.forks, 9);
  assert.match(errorOf(() => engine.call('run.seek', { time_s: 1 })).message, /does not reach back/);
  assert.ok(engine.memoryBytes() < 256 * 2 ** 20, `${engine.memoryBytes()} bytes`);
});

test('a fault given now strikes now', async () => {
  const engine = await instantiate(module);
  engine.call('run.open', { design: shop() });
  advanceTo(engine, 20);
  const before = engine.call('run.results').result.nodes.payments.errors;
  engine.call('run.fork', { design: shop((copy) => { copy.faults = [{ kind: 'crash', target: 'payments', at: '20s', for: '5s' }]; }) });
  advanceTo(engine, 24);
  const after = engine.call('run.results').result.nodes.payments.errors;
  const sum = (/** @type {Record<string, number>} */ errors) => Object.values(errors).reduce((all, one) => all + one, 0);
  assert.ok(sum(after) > sum(before), JSON.stringify(after));
});

test('what cannot be forked is refused with E310, and the run stays as it was', async () => {
  const engine = await instantiate(module);
  engine.call('run.open', { design: shop() });
  const whole = toEnd(engine);
  engine.call('run.seek', { time_s: 15 });
  const error = errorOf(() => engine.call('run.fork', { design: shop((copy) => { copy.nodes.more = { type: 'service' }; copy.edges.push({ from: 'orders', to: 'more' }); }) }));
  assert.equal(error.code, 'input');
  assert.equal(error.diagnostics.at(-1).code, 'E310');
  assert.equal(errorOf(() => engine.call('run.fork', { design: '{}' })).code, 'input');
  near(engine.time_s(), 15);
  assert.equal(toEnd(engine), whole);
});

test('memory is freed: runs that are forked, left and gone back from take no more in the end', async () => {
  const engine = await instantiate(module);
  const changed = shop((copy) => { copy.nodes.orders.concurrency = 8; });
  const once = () => {
    engine.call('run.open', { design: shop() });
    engine.advance(5000, Infinity);
    for (const design of [changed, shop(), changed]) {
      engine.call('run.fork', { design });
      engine.advance(2000, Infinity);
    }
    errorOf(() => engine.call('run.fork', { design: '{}' }));
    engine.call('run.seek', { time_s: 0.1 });
    engine.call('run.fork', { design: changed });
    engine.call('run.close');
  };
  for (let n = 0; n < 5; n += 1) once();
  const bytes = engine.memoryBytes();
  for (let n = 0; n < 100; n += 1) once();
  assert.equal(engine.memoryBytes(), bytes);
});

test('what is asked wrongly is refused', async () => {
  const engine = await instantiate(module);
  assert.equal(errorOf(() => engine.call('run.seek', { time_s: 1 })).code, 'protocol');
  assert.equal(errorOf(() => engine.call('run.fork', { design: shop() })).code, 'protocol');
  engine.call('run.open', { design: shop() });
  for (const time_s of [-1, 'soon', null, undefined]) assert.equal(errorOf(() => engine.call('run.seek', { time_s })).code, 'protocol', String(time_s));
});
