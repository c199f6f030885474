import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeMarks, faultMarks, missedSpans } from '../charts/marks.js';
import { changesBetween, changeText } from './changes.js';
import { createHistory } from './history.js';
import { createTimeline } from './views.js';

const DESIGN = { format: 'scalesim/1', name: 'a', nodes: { api: { type: 'service', replicas: 2 }, users: { type: 'client' } }, edges: [], layout: {} };

test('changes are values at places; names and places on the drawing are none', () => {
  const next = { ...DESIGN, name: 'b', layout: { api: [1, 2] }, nodes: { ...DESIGN.nodes, api: { type: 'service', replicas: 4, queue: 10 } } };
  assert.deepEqual(changesBetween(DESIGN, next), [
    { pointer: '/nodes/api/replicas', from: 2, to: 4 }, { pointer: '/nodes/api/queue', from: undefined, to: 10 }]);
  assert.equal(changeText(changesBetween(DESIGN, next)[0]), 'api replicas: 2 → 4');
  assert.deepEqual(changesBetween(next, next), []);
  assert.deepEqual(changesBetween({ ...DESIGN, faults: [] }, { ...DESIGN, faults: [{ kind: 'crash' }] }).map(changeText), ['faults 0: – → crash']);
  assert.deepEqual(changesBetween(DESIGN, { ...DESIGN, faults: [{ kind: 'crash' }, { kind: 'slow' }] }).map(changeText), ['faults: – → crash, slow']);
});

test('the history has each run once, numbered, with its changes, and forgets the oldest', () => {
  const history = createHistory();
  const run = (/** @type {number} */ n, more = {}) => ({ design: DESIGN, results: { text: String(n), value: { seed: 1 }, isFinal: true }, fork_s: null, stopped_s: null, ...more });
  assert.equal(history.add(run(1))?.number, 1);
  assert.equal(history.add(run(1)), null);
  history.add(run(2, { design: { ...DESIGN, edges: [{ from: 'users', to: 'api' }] }, fork_s: 12 }));
  assert.deepEqual(history.all.map(({ number, fork_s, changes }) => [number, fork_s, changes.length]), [[1, null, 0], [2, 12, 1]]);
  for (let n = 3; n <= 40; n += 1) history.add(run(n));
  assert.equal(history.all.length, 24);
  assert.equal(history.all.at(-1)?.number, 40);
});

test('kept runs take their place among those at hand, and numbers go on after the last', () => {
  const history = createHistory();
  const run = (/** @type {number} */ n) => ({ design: DESIGN, results: { text: String(n), value: { seed: 1 }, isFinal: true }, fork_s: null, stopped_s: null });
  history.goOnFrom(7);
  assert.equal(history.add(run(1))?.number, 8);
  history.recall([{ ...run(2), number: 3, name: 'before', changes: [] }, { ...run(1), number: 8, name: 'named since', changes: [] }]);
  assert.deepEqual(history.all.map(({ number, name }) => [number, name]), [[3, 'before'], [8, 'named since']]);
  const again = history.add(run(3));
  assert.equal(again?.number, 9);
  if (again) history.renumber(again, 3); // the very run that is kept as number 3
  assert.deepEqual(history.all.map(({ number }) => number), [3, 8]);
  assert.equal(history.add(run(4))?.number, 9);
});

function timelineOf(rows) {
  const timeline = createTimeline(['time_s', 'nodes.users.p99', 'nodes.users.errors', 'nodes.users.throughput'], 2);
  timeline.add(Float64Array.from(rows.flat()), 0);
  return timeline;
}
const ROWS = [[2, 0.1, 0, 10], [4, 0.3, 0, 10], [6, 0.3, 0, 10], [8, 0.1, 5, 5], [10, NaN, 0, 0]];

test('a timeline tells its rows at a time, and its copy is one of its own', () => {
  const timeline = timelineOf(ROWS);
  assert.deepEqual([0, 2, 3, 9.9, 10, 99].map((time_s) => timeline.rowsAt(time_s)), [0, 1, 1, 4, 5, 5]);
  const copy = timeline.copy(2);
  assert.deepEqual([...copy.column('nodes.users.p99')], [0.1, 0.3]);
  copy.add(Float64Array.from([6, 9, 9, 9]), 2);
  assert.deepEqual([...timeline.column('nodes.users.p99')].slice(0, 3), [0.1, 0.3, 0.3]);
  assert.equal(copy.rows, 3);
});

test('missed targets are stretches of intervals, where the timeline can tell', () => {
  const spansOf = (/** @type {any[]} */ slos) => missedSpans({ ...DESIGN, slos }, timelineOf(ROWS));
  assert.deepEqual(spansOf([{ metric: 'nodes.users.response.p99', max: '250ms' }]), [{ from_s: 2, to_s: 6 }]);
  assert.deepEqual(spansOf([{ metric: 'nodes.users.error_ratio', max: '10%' }]), [{ from_s: 6, to_s: 8 }]);
  assert.deepEqual(spansOf([{ metric: 'nodes.users.response.p99', max: '250ms' }, { metric: 'nodes.users.error_ratio', max: 0.4 }]), [{ from_s: 2, to_s: 8 }]);
  assert.deepEqual(spansOf([{ metric: 'nodes.users.throughput', min: 1 }]), [{ from_s: 8, to_s: 10 }]);
  assert.deepEqual(spansOf([{ metric: 'nodes.users.operations.buy.response.p99', max: 0 }, { metric: 'edges.a->b.calls', max: 0 }]), []);
});

test('faults are marked from their time to their end, or that of the run; random ones are not', () => {
  const faults = [{ kind: 'slow', target: 'api', at: '1m', for: '30s' }, { kind: 'crash', target: 'api', at: 90 }, { kind: 'crash', target: 'api', mtbf: '1m', mttr: '1s' },
    { kind: 'pause', target: 'api', at: '9m' }];
  assert.deepEqual(faultMarks({ ...DESIGN, faults }, 120).map(({ kind, from_s, to_s }) => [kind, from_s, to_s]), [['slow', 60, 90], ['crash', 90, 120]]);
});

test('what was scaled or changed under a run is marked by its way; a fault that was added has a mark of its own', () => {
  const fork = (/** @type {number} */ time_s, /** @type {any[]} */ ...changes) => ({ time_s, changes: changes.map(([pointer, from, to]) => ({ pointer, from, to })) });
  const marks = changeMarks([
    fork(10, ['/nodes/api/replicas', undefined, 4]), fork(20, ['/nodes/api/concurrency', 8, 2]), fork(30, ['/nodes/users/load/rate', '10/s', '20/s']),
    fork(40, ['/faults/0', undefined, { kind: 'crash' }]), fork(50, ['/nodes/api/replicas', 4, 2], ['/nodes/db/connections', 1, 9]), fork(60, ['/edges/0/timeout', '1s', '2s'])]);
  assert.deepEqual(marks.map(({ at_s, kind }) => [at_s, kind]), [[10, 'up'], [20, 'down'], [30, 'change'], [50, 'change'], [60, 'change']]);
  assert.deepEqual(marks[0]?.changes, [{ path: ['nodes', 'api', 'replicas'], from: '–', to: '4' }]);
  assert.deepEqual(marks[4]?.changes, [{ path: ['edges', '0', 'timeout'], from: '1s', to: '2s' }]);
});
