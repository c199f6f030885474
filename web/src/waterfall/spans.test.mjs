import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partsOf, picksOf, rowsOf, ticksOf, timesOf } from './spans.js';

const span = (node, parent, start_ns, end_ns, parts = [['call', start_ns]], end = 'ok') => ({ node, operation: 'a', parent, start_ns, end_ns, end, parts });

test('parts reach to the next one, the last to the end', () => {
  const one = span('a', 0, 10, 50, [['wait', 10], ['serve', 20], ['wait', 30]]);
  assert.deepEqual(partsOf(one).map(({ kind, from_ns, to_ns }) => [kind, from_ns, to_ns]), [['wait', 10, 20], ['serve', 20, 30], ['wait', 30, 50]]);
  assert.deepEqual([...timesOf(one)], [['wait', 30], ['serve', 10]]);
});

test('rows are the tree of calls, in the order of their beginnings', () => {
  const request = { start_s: 1, spans: [span('client', undefined, 0, 100), span('b', 0, 50, 60), span('a', 0, 10, 40), span('inner', 2, 15, 20)] };
  assert.deepEqual(rowsOf(request).map(({ span: { node }, depth }) => `${depth} ${node}`), ['0 client', '1 a', '2 inner', '1 b']);
});

test('the slowest, the median and a failed one are picked', () => {
  const request = (end_ns, end) => ({ start_s: 0, spans: [span('c', undefined, 0, end_ns, [], end)] });
  assert.deepEqual(picksOf([request(30, 'ok'), request(10, 'ok'), request(20, 'ok'), request(99, 'timeout')]), { slowest: 0, median: 2, failed: 3 });
  assert.deepEqual(picksOf([]), { slowest: -1, median: -1, failed: -1 });
  assert.equal(picksOf([request(5, 'open')]).failed, -1, 'what goes on has not failed');
});

test('an axis has round steps, and not too many', () => {
  assert.deepEqual(ticksOf(100, 5), [0, 20, 40, 60, 80, 100]);
  assert.equal(ticksOf(0, 5).length, 1);
  for (let length = 1; length < 1e6; length *= 3.7) assert.ok(ticksOf(length, 6).length <= 7);
});
