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
