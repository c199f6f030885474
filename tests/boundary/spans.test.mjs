// Requests one by one over the boundary: of the past, of a run that was forked, and without a trace in the open run.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compile, instantiate } from '../../wasm/loader.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const example = JSON.parse(readFileSync(join(root, 'examples/ecommerce/ecommerce.scalesim.json'), 'utf8'));
const shop = (/** @type {number} */ concurrency) => JSON.stringify({
  ...example, run: { duration: '30s', warmup: '2s', seed: 1 }, nodes: { ...example.nodes, orders: { ...example.nodes.orders, concurrency } } });

/** @type {WebAssembly.Module} */
let module;
before(async () => {
  module = await compile(readFileSync(process.env.SCALESIM_WASM ?? join(root, 'build/scalesim.wasm')));
});

/** @param {any} engine @param {number} until_s */
const advanceTo = (engine, until_s) => { while (engine.advance(50_000, until_s) === 0 && engine.time_s() < until_s); };

test('a moment is looked at, and the run goes on as if nobody had', async () => {
  const engine = await instantiate(module);
  engine.call('run.open', { design: shop(4) });
  advanceTo(engine, Infinity);
  const expected = engine.call('run.results').text;
  engine.call('run.open', { design: shop(4) });
  advanceTo(engine, 12);
  const before = engine.call('run.results').text;
  const { result } = engine.call('run.spans', { from_s: 7, to_s: 8, client: 'shoppers', limit: 100 });
  assert.equal(engine.call('run.results').text, before);
  assert.ok(result.requests.length > 60 && result.requests.length <= 100);
  assert.equal(result.one_in, Math.ceil(result.begun / 100));
  for (const { start_s, spans } of result.requests) {
    assert.ok(start_s >= 7 && start_s < 8);
    assert.equal(spans[0].node, 'shoppers');
    for (const span of spans.slice(1)) {
      const parent = spans[span.parent];
      assert.ok(span.start_ns >= parent.start_ns && span.end_ns <= parent.end_ns);
    }
  }
  assert.deepEqual(engine.call('run.spans', { from_s: 7, to_s: 8, client: 'shoppers', limit: 100 }).result, result, 'twice the same');
  advanceTo(engine, Infinity);
  assert.equal(engine.call('run.results').text, expected);
});

test('before a fork it is the run that was forked; what cannot be is said', async () => {
  const engine = await instantiate(module);
  engine.call('run.open', { design: shop(4) });
  advanceTo(engine, 10);
  const of = (/** @type {number} */ from_s) => engine.call('run.spans', { from_s, to_s: from_s + 1, limit: 20 }).result;
  const past = of(5);
  engine.call('run.fork', { design: shop(16) });
  advanceTo(engine, 20);
  assert.deepEqual(of(5), past);
  const slowest = (/** @type {any} */ { requests }) => Math.max(...requests.map((/** @type {any} */ one) => one.spans[0].end_ns));
  assert.ok(slowest(of(18)) > 0);
  for (const args of [{ from_s: 3, to_s: 3 }, { from_s: -1, to_s: 3 }, { from_s: 1, to_s: 2, client: 'nobody' }, {}]) {
    assert.throws(() => engine.call('run.spans', args), /from_s < to_s/);
  }
  engine.call('run.close');
  assert.throws(() => engine.call('run.spans', { from_s: 1, to_s: 2 }), /no run is open/);
});
