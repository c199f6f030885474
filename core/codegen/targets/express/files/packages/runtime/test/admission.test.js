import assert from 'node:assert/strict';
import test from 'node:test';

import { createAdmission, createTokenBucket } from '../src/admission.js';
import { createMetrics } from '../src/metrics.js';

const metrics = () => createMetrics('test');

test('places are held until they are given back, in order of arrival', async () => {
  const admission = createAdmission({ concurrency: 1, queue: 2 }, metrics());
  const first = await admission.enter();
  const order = [];
  const second = admission.enter().then((release) => order.push('second') && release());
  const third = admission.enter().then((release) => order.push('third') && release());
  assert.equal(admission.waiting, 2);
  await assert.rejects(admission.enter(), { status: 503, kind: 'queue-full' });
  first();
  first(); // giving back twice frees one place only
  await Promise.all([second, third]);
  assert.deepEqual(order, ['second', 'third']);
  assert.equal(admission.busy, 0);
});

test('null is without limit', async () => {
  const admission = createAdmission({ concurrency: null, queue: null }, metrics());
  for (let request = 0; request < 1000; request += 1) await admission.enter();
  assert.equal(admission.busy, 1000);
});

test('load is shed beyond the requests in flight that are allowed', async () => {
  const admission = createAdmission({ concurrency: 1, limits: { maxInFlight: 2 } }, metrics());
  await admission.enter();
  admission.enter();
  await assert.rejects(admission.enter(), { status: 503, kind: 'overloaded' });
});

test('a rate limit says when to come back', async () => {
  const admission = createAdmission({ limits: { rate: 0.5, burst: 1 } }, metrics());
  await admission.enter();
  await assert.rejects(admission.enter(), { status: 429, headers: { 'Retry-After': '2' } });
});

test('a token bucket admits its burst, then its rate', () => {
  let time = 0;
  const bucket = createTokenBucket({ rate: 10, burst: 3 }, () => time);
  let admitted = 0;
  for (let i = 0; i < 5; i += 1) admitted += bucket.take() === 0 ? 1 : 0;
  assert.equal(admitted, 3);
  time = 1000;
  for (let i = 0; i < 5; i += 1) admitted += bucket.take() === 0 ? 1 : 0;
  assert.equal(admitted, 6, 'no more than the burst after a second of quiet');
});
