// A comparison over the boundary: the same bytes as the command line's, in slices, beside an open run that does not notice.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EngineError, compile, instantiate } from '../../wasm/loader.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(root, 'build/scalesim');
const file = join(root, 'examples/mm3/mm3.scalesim.json');
const a = readFileSync(file, 'utf8');

/** @type {Awaited<ReturnType<typeof instantiate>>} */
let engine;
before(async () => {
  engine = await instantiate(await compile(readFileSync(join(root, 'build/scalesim.wasm'))));
});

/** @param {number} events @returns {number} slices */
function advance(events) {
  let last = 0;
  for (let slices = 1; ; slices += 1) {
    const { progress, done } = engine.call('compare.advance', { events }).result;
    assert.ok(progress >= last && progress <= 1);
    assert.equal(done, progress === 1);
    if (done) return slices;
    last = progress;
  }
}

test('a comparison has the bytes of the command line, and the open run does not notice', () => {
  const set = 'nodes.servers.concurrency=4';
  const b = engine.call('override', { design: a, set: [set] }).result.design;
  const native = execFileSync(CLI, ['compare', file, '--set', set, '--replications', '3', '--duration', '400', '--json'], { encoding: 'utf8' });
  engine.call('run.open', { design: a });
  engine.advance(1000, Infinity);
  const undisturbed = engine.call('run.results').text;
  engine.call('compare.open', { a, b, replications: 3, duration_s: 400 });
  assert.ok(advance(20_000) > 6);
  assert.equal(`${engine.call('compare.results').text}\n`, native);
  const { metrics } = JSON.parse(native);
  assert.ok(metrics.some((/** @type {any} */ { verdict, better }) => verdict === 'lower' && better === true));
  assert.equal(engine.call('run.results').text, undisturbed);
  engine.call('compare.close');
});

test('what is asked wrongly is told, and an earlier comparison is gone', () => {
  /** @param {string} op @param {any} [args] @param {RegExp} [says] */
  const refuses = (op, args, says = /./) => assert.throws(() => engine.call(op, args),
    (error) => error instanceof EngineError && says.test(error.message));
  refuses('compare.advance', {}, /compare\.open first/);
  refuses('compare.results', {}, /compare\.open first/);
  refuses('compare.open', { a }, /texts of two designs/);
  refuses('compare.open', { a, b: a, replications: 1 }, /from 2 to 10000/);
  engine.call('compare.open', { a, b: a });
  refuses('compare.results', {}, /not done/);
  refuses('compare.advance', { events: 0 }, /from 1 to 1000000/);
  refuses('compare.open', { a, b: '{"format": "scalesim/1"' });
  refuses('compare.advance', {}, /compare\.open first/);
});
