// The snippets keep their properties under faults, and their tests notice when they do not: each test.json says how the snippet could
// be broken, and one of its nodes measures "violation" then. A few seeds a time; 200 with --all.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analyse } from '../../web/src/analysis/analyse.js';
import { designOf, names, placesOf, read, testOf } from './snippets.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CLI = process.env.SCALESIM_CLI ?? join(root, 'build/scalesim');
const api = JSON.parse(readFileSync(join(root, 'core/handlers/api.json'), 'utf8'));
const SEEDS = process.env.SCALESIM_TEST_ALL === '1' ? 200 : 2;
const BROKEN_SEEDS = 12; // in one of these a broken one must be caught
const AT_ONCE = 2;
const LINES_MAX = 60;
const COLUMNS_MAX = 120;

/** @param {object} design @param {number} seed @returns {Promise<any>} */
function resultsOf(design, seed) {
  return new Promise((resolve, reject) => {
    const child = spawn(CLI, ['run', '-', '--seed', String(seed), '--json'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let [out, said] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => { out += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { said += text; });
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve(JSON.parse(out)) : reject(new Error(`status ${status}: ${said}${out}`))));
    child.stdin.end(JSON.stringify(design));
  });
}

/** @param {any} node @param {string} metric @returns {number} */
const countOf = (node, metric) => node.handlers?.metrics.find((/** @type {any} */ each) => each.name === metric)?.count ?? 0;

/** @param {any} results @returns {number} */
const violationsOf = (results) => Object.values(results.nodes).reduce((sum, node) => sum + countOf(node, 'violation'), 0);

test('there are twenty, each short enough to be read at once', () => {
  assert.equal(names.length, 20, names.join());
  for (const name of names) {
    const lines = read(name, 'snippet.js').split('\n');
    assert.equal(lines.pop(), '', `${name} ends with a line's end`);
    assert.ok(lines.length <= LINES_MAX, `${name} has ${lines.length} lines`);
    for (const line of lines) assert.ok(line.length <= COLUMNS_MAX, `${name}: ${line}`);
    assert.match(lines[0] ?? '', /^\/\/ /, `${name} says first what it is`);
    assert.ok(placesOf(name).length > 0, `the design of ${name} runs it`);
    assert.ok(Object.keys(testOf(name).broken).length >= 2, `${name} can be broken`);
  }
});

for (const name of names) {
  test(`${name}: nothing is found in it before it runs`, () => {
    for (const { targets } of placesOf(name)) assert.deepEqual(analyse(read(name, 'snippet.js'), api, { targets }).findings, []);
  });

  test(`${name} keeps its property over ${SEEDS} seeds`, async () => {
    const { looked } = testOf(name);
    const design = designOf(name);
    let next = 1;
    const worker = async () => {
      for (let seed = next++; seed <= SEEDS; seed = next++) {
        const { nodes, diagnostics } = await resultsOf(design, seed);
        // Calls may fail, and a snippet may refuse; it may not stumble.
        assert.deepEqual(diagnostics.filter((/** @type {any} */ { message }) => /(?:Type|Reference|Range|Syntax)Error|there is no on/.test(message)), []);
        for (const [id, each] of Object.entries(nodes)) {
          assert.equal(countOf(each, 'violation'), 0, `seed ${seed}: ${id} says ${JSON.stringify(each.handlers?.log.slice(-3))}`);
          assert.equal(Object.values(each.handlers?.breaches ?? {}).reduce((sum, count) => sum + count, 0), 0, `seed ${seed}: ${id} went over a limit`);
        }
        const count = countOf(nodes[looked.node], looked.metric);
        assert.ok(count >= looked.at_least, `seed ${seed}: the property was looked at ${count} times`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  });

  for (const [how, changes] of Object.entries(testOf(name).broken)) {
    test(`${name}, broken, is caught: ${how}`, async () => {
      const design = designOf(name, changes);
      for (let seed = 1; seed <= BROKEN_SEEDS; seed++) if (violationsOf(await resultsOf(design, seed)) > 0) return;
      assert.fail(`none of ${BROKEN_SEEDS} seeds shows it`);
    });
  }
}
