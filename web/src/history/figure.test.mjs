import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pointsOf, ticksTo } from './figure.js';

test('ticks are round, begin at 0 and reach the top', () => {
  assert.deepEqual(ticksTo(1), [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(ticksTo(87), [0, 25, 50, 75, 100]);
  assert.deepEqual(ticksTo(0.0013), [0, 0.0005, 0.001, 0.0015]);
  assert.deepEqual(ticksTo(300, 6), [0, 50, 100, 150, 200, 250, 300]);
  for (const bad of [0, -1, NaN, Infinity]) assert.deepEqual(ticksTo(bad), [0, 1]);
  for (let top = 1e-9; top < 1e12; top *= 1.37) {
    const ticks = ticksTo(top);
    assert.ok(/** @type {number} */ (ticks.at(-1)) >= top * (1 - 1e-9) && ticks.length <= 6, String(top));
  }
});

test('a short line has all its points, and its gaps', () => {
  assert.deepEqual(pointsOf([1, 2, 3, 4], [5, NaN, 7, 8]), [[1, 5], null, [3, 7], [4, 8]]);
  assert.deepEqual(pointsOf([1, 2], [NaN, 3]), [[2, 3]]);
  assert.deepEqual(pointsOf([], []), []);
});

test('a long line keeps its peaks', () => {
  const times = Array.from({ length: 10_000 }, (_, n) => n);
  const values = times.map((n) => (n === 4321 ? 99 : n === 4322 ? -99 : n % 7));
  const points = pointsOf(times, values);
  assert.ok(points.length <= 700);
  assert.ok(points.some((point) => point?.[1] === 99) && points.some((point) => point?.[1] === -99));
  assert.deepEqual(points.map((point) => point?.[0]), points.map((point) => point?.[0]).sort((a, b) => Number(a) - Number(b)), 'in the order of time');
});
