// The examples with code keep their safety properties under faults: an auditor in each design measures "violation" when one is broken,
// and something else when it has looked. A few seeds a time; a thousand with --all.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const SEEDS = process.env.SCALESIM_TEST_ALL === '1' ? 1000 : 4;
const AT_ONCE = 2;

/** What says that the property was looked at, and how often it must have been in each run. */
const LOOKED_AT = {
  'url-shortener': { node: 'people', at_least: 2000 }, // each answered request was checked
  'order-saga': { node: 'auditor', metric: 'audited', at_least: 1 },
  payments: { node: 'auditor', metric: 'audited', at_least: 4 },
  gossip: { node: 'auditor', metric: 'audited', at_least: 1 },
  raft: { node: 'auditor', metric: 'leaders', at_least: 1 },
};

/** @param {string} name @param {number} seed */
async function resultsOf(name, seed) {
  const file = join(root, 'examples', name, `${name}.scalesim.json`);
  const { stdout } = await run(join(root, 'build/scalesim'), ['run', file, '--seed', String(seed), '--json'], { maxBuffer: 1 << 26 })
    .catch((error) => error.code === 1 ? error : Promise.reject(error)); // an objective that does not hold
  return JSON.parse(stdout);
}

/** @param {any} node @param {string} metric */
const countOf = (node, metric) => node.handlers?.metrics.find((/** @type {any} */ each) => each.name === metric)?.count ?? 0;

for (const [name, { node, metric, at_least }] of Object.entries(LOOKED_AT)) {
  test(`${name} keeps its property over ${SEEDS} seeds`, async () => {
    let next = 1;
    const worker = async () => {
      for (let seed = next++; seed <= SEEDS; seed = next++) {
        const { nodes } = await resultsOf(name, seed);
        for (const [id, each] of Object.entries(nodes)) {
          assert.equal(countOf(each, 'violation'), 0, `seed ${seed}: ${id} says ${JSON.stringify(each.handlers?.log.slice(-3))}`);
          assert.equal(Object.values(each.handlers?.breaches ?? {}).reduce((sum, count) => sum + count, 0), 0, `seed ${seed}: ${id} went over a limit`);
        }
        const looked = metric ? countOf(nodes[node], metric) : nodes[node].completions;
        assert.ok(looked >= at_least, `seed ${seed}: the property was looked at ${looked} times`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  });
}
