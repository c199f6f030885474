import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contrastsOf } from './paired.js';

const metric = (/** @type {string} */ path, /** @type {any} */ more) => ({ metric: path, a: 2, b: 1, difference: -1, ci95: 0.5, verdict: 'lower', ...more });
const row = (/** @type {string} */ id, operation = '') => ({ id, operation, isClient: false, hasOperations: false, values: {} });

test('the contrast of a row is found by its path', () => {
  const of = contrastsOf({ metrics: [
    metric('nodes.api.response.mean'),
    metric('nodes.api.operations.get.throughput'),
    metric('nodes.api.operations.get.response.mean', { a: 4, verdict: 'no difference' }),
    metric('nodes.db.response.mean', { b: null, difference: null, ci95: null, verdict: 'unknown' }),
  ] });
  assert.deepEqual(of(row('api'), 'response.mean'), { a: { value: 2 }, b: { value: 1 }, difference: { by: -1, half: 0.5, verdict: 'less' } });
  assert.equal(of(row('api', 'get'), 'response.mean').a.value, 4);
  assert.equal(of(row('api', 'get'), 'response.mean').difference?.verdict, 'same');
  assert.deepEqual(of(row('db'), 'response.mean'), { a: { value: 2 }, b: { value: null }, difference: null });
});

test('a node with one operation is told once, for both its rows', () => {
  const of = contrastsOf({ metrics: [metric('nodes.api.response.mean')] });
  assert.deepEqual(of(row('api', 'default'), 'response.mean'), of(row('api'), 'response.mean'));
});

test('a row that the comparison knows nothing of stays empty', () => {
  const of = contrastsOf({ metrics: [metric('nodes.api.response.mean')] });
  assert.deepEqual(of(row('gone'), 'response.mean'), { a: { value: null }, b: { value: null }, difference: null });
});
