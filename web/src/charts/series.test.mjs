import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesOf } from './series.js';

/** @param {any} more */
const app = ({ columns, nodes, selected = [], load = {} }) => /** @type {any} */ ({
  document: { get: () => ({ nodes }) },
  selection: { nodes: new Set(selected) },
  run: { timeline: { columns }, layout: { nodes: Object.keys(nodes) }, results: null, frame: { node: (/** @type {string} */ id) => ({ utilization: load[id] }) } },
});

const columns = ['time_s', 'nodes.c.throughput', 'nodes.c.latency.p50', 'nodes.c.latency.p99', 'nodes.c-2.utilization', 'nodes.db.utilization', 'nodes.db.throughput'];
const nodes = { c: { type: 'client' }, 'c-2': { type: 'service' }, db: { type: 'postgres' }, wait: { type: 'station' } };

test('each line has the column of its own node, also where an id begins as another does', () => {
  const lines = linesOf(app({ columns, nodes, load: { 'c-2': 0.2, db: 0.7 } }));
  assert.deepEqual(lines.throughput.map(({ column }) => column), ['nodes.c.throughput']);
  assert.deepEqual(lines.latency.map(({ column, isDashed }) => [column, isDashed]), [['nodes.c.latency.p50', true], ['nodes.c.latency.p99', false]]);
  assert.deepEqual(lines.utilization.map(({ column }) => column), ['nodes.db.utilization', 'nodes.c-2.utilization'], 'the busiest first, none without a column');
});

test('the selected nodes are drawn instead of the busiest', () => {
  const lines = linesOf(app({ columns, nodes, selected: ['c-2', 'wait'], load: { db: 0.7 } }));
  assert.deepEqual(lines.utilization.map(({ column }) => column), ['nodes.c-2.utilization']);
});

test('of many clients the first have lines, or the selected ones, and it is said how many have none', () => {
  const ids = Array.from({ length: 20 }, (_, n) => `c${n}`);
  const many = { columns: ids.flatMap((id) => [`nodes.${id}.throughput`, `nodes.${id}.p50`, `nodes.${id}.p99`]), nodes: Object.fromEntries(ids.map((id) => [id, { type: 'client' }])) };
  const lines = linesOf(app(many));
  assert.deepEqual([lines.throughput.length, lines.latency.length, lines.clients_left], [6, 12, 14]);
  const chosen = linesOf(app({ ...many, selected: ['c17'] }));
  assert.deepEqual([chosen.throughput.map(({ label }) => label), chosen.latency.map(({ label }) => label), chosen.clients_left], [['c17'], ['c17 p50', 'c17 p99'], 19]);
});

test('of the results of a part the busiest are drawn', () => {
  const one = app({ columns, nodes, load: { 'c-2': 0.9, db: 0.1 } });
  one.run.results = { isPart: true, value: { nodes: { db: { utilization: 0.7 } } } };
  assert.deepEqual(linesOf(one).utilization.map(({ column }) => column), ['nodes.db.utilization']);
});
