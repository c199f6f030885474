import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differenceOf, measuresOf } from './compare.js';
import { durationParts } from './precision.js';

test('a difference has the root of the sum of the squared half-widths', () => {
  assert.deepEqual(differenceOf({ value: 10, half: 3 }, { value: 4, half: 4 }), { by: -6, half: 5, verdict: 'less' });
  assert.equal(differenceOf({ value: 10, half: 3 }, { value: 14, half: 4 })?.verdict, 'same');
  assert.equal(differenceOf({ value: 10, half: 3 }, { value: 15, half: 4 })?.verdict, 'same', 'an interval that just holds 0 tells nothing');
  assert.equal(differenceOf({ value: 10, half: 3 }, { value: 15.1, half: 4 })?.verdict, 'more');
});

test('without an interval there is no verdict, without a value no difference; what is exact has an interval of 0', () => {
  assert.deepEqual(differenceOf({ value: 1, half: null }, { value: 2, half: 1 }), { by: 1, half: null, verdict: 'unknown' });
  assert.equal(differenceOf({ value: null, half: 1 }, { value: 2, half: 1 }), null);
  assert.equal(differenceOf({ value: 1, half: 0.5 }, { value: 1.4, half: 0 })?.verdict, 'same');
  assert.deepEqual(measuresOf(undefined).mean, { value: undefined, half: undefined });
  assert.deepEqual(measuresOf({ response: { mean: 1, ci95: 0.1, p99: 3, p99_ci95: 0.2 } }).p99, { value: 3, half: 0.2 });
});

test('a small difference with a wide interval has the unit of the interval', () => {
  assert.deepEqual(durationParts(0.0004, 0.075, 0.075), { value: '0', half: '80', unit: 'ms' });
});
