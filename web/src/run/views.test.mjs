import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrameView, createTimeline } from './views.js';

const LAYOUT = {
  frame: { header: ['time_s'], node: ['utilization', 'p99'], edge: ['rate'], move: [] },
  timeline: { interval_s: 1, columns: ['time_s', 'nodes.a.p99'] }, nodes: ['a', 'b'], edges: ['a->b'],
};

test('views read the newest frame and stay the same objects', () => {
  const { frame, show } = createFrameView(LAYOUT);
  const b = frame.node('b');
  show(Float64Array.of(1, 0.5, 0.1, 0.6, 0.2, 9));
  assert.deepEqual([frame.header.time_s, b.utilization, b.p99, frame.edge(0).rate], [1, 0.6, 0.2, 9]);
  show(Float64Array.of(2, 0, 0, 0.7, 0, 0));
  assert.equal(frame.node('b'), b);
  assert.equal(b.utilization, 0.7);
  assert.equal(frame.node('nobody'), null);
  assert.equal(frame.edge(1), null);
});

test('the timeline grows, keeps its columns and takes rows twice without harm', () => {
  const timeline = createTimeline(['time_s', 'x'], 1);
  for (let row = 0; row < 3000; row += 1) timeline.add(Float64Array.of(row, row * 2), row);
  assert.equal(timeline.rows, 3000);
  assert.equal(timeline.column('x')[2999], 5998);
  assert.equal(timeline.add(Float64Array.of(2999, 1, 3000, 2), 2999), 2);
  assert.equal(timeline.rows, 3001);
  assert.deepEqual([...timeline.column('x').subarray(2999)], [1, 2]);
  assert.equal(timeline.column('absent').length, 0);
});

test('one value of the timeline is found by its column and row, and a copy keeps what it had', () => {
  const timeline = createTimeline(['time_s', 'x'], 1);
  timeline.add(Float64Array.of(1, 10, 2, 20), 0);
  assert.equal(timeline.at('x', 1), 20);
  assert.equal(timeline.column('x')[1], 20);
  const copy = timeline.copy(2);
  timeline.add(Float64Array.of(2, 99, 3, 30), 1);
  assert.deepEqual([...timeline.column('x')], [10, 99, 30], 'a column that was gathered before is gathered anew');
  assert.deepEqual([...copy.column('x')], [10, 20]);
  assert.deepEqual([timeline.at('x', 3), timeline.at('absent', 0), timeline.at('x', -1)], [NaN, NaN, NaN]);
});
