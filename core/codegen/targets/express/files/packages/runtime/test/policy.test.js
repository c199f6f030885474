import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { backoffMs, createBreaker, createBudget, createPolicy } from '../src/policy.js';
import { Problem } from '../src/problem.js';

test('an attempt that takes too long is a 504', async () => {
  const policy = createPolicy('a->b', { timeout: 0.02 });
  await assert.rejects(
    policy.execute(() => sleep(500)),
    (error) => error instanceof Problem && error.status === 504 && error.kind === 'timeout',
  );
});

test('the signal of an attempt is aborted at its timeout', async () => {
  let seen;
  const policy = createPolicy('a->b', { timeout: 0.02 });
  const call = ({ signal }) => {
    seen = signal;
    return sleep(1000, undefined, { signal });
  };
  await assert.rejects(policy.execute(call));
  assert.equal(seen.aborted, true);
});

test('failures are tried again as often as the edge says, no more', async () => {
  let calls = 0;
  const policy = createPolicy('a->b', { retry: { max: 2, backoff: 0.001, multiplier: 1 } });
  const call = async () => {
    calls += 1;
    throw new Error('no');
  };
  await assert.rejects(policy.execute(call), /no/);
  assert.equal(calls, 3);
});

test('a success after a failure is a success', async () => {
  let calls = 0;
  const policy = createPolicy('a->b', { retry: { max: 1 } });
  const call = async () => {
    calls += 1;
    if (calls === 1) throw new Error('no');
    return 'yes';
  };
  assert.equal(await policy.execute(call), 'yes');
});

test('what the caller did wrong is not tried again', async () => {
  let calls = 0;
  const policy = createPolicy('a->b', { retry: { max: 5 } });
  const call = async () => {
    calls += 1;
    throw new Problem(404, 'not-found', 'no');
  };
  await assert.rejects(policy.execute(call));
  assert.equal(calls, 1);
});

test('pauses grow by the multiplier and shrink by the jitter', () => {
  const retry = { backoff: 0.05, multiplier: 2, jitter: 0.5 };
  assert.equal(backoffMs(retry, 1, () => 0), 50);
  assert.equal(backoffMs(retry, 3, () => 0), 200);
  assert.equal(backoffMs(retry, 1, () => 1), 25);
});

test('a budget of 10 % admits about one retry in ten calls', () => {
  const budget = createBudget(0.1);
  let admitted = 0;
  for (let call = 0; call < 1000; call += 1) {
    budget.first();
    if (budget.admits()) admitted += 1;
  }
  assert.ok(admitted >= 95 && admitted <= 105, `${admitted} retries`);
});

test('a breaker opens after failures, tries one call after the pause, and closes', () => {
  let time = 0;
  const breaker = createBreaker(
    { errors: 0.5, window: 10, minCalls: 4, openFor: 5 },
    { now: () => time },
  );
  for (let call = 0; call < 4; call += 1) {
    assert.equal(breaker.admits(), true);
    breaker.report(call % 2 === 0);
  }
  assert.equal(breaker.isOpen, true);
  assert.equal(breaker.admits(), false);
  time = 5001;
  assert.equal(breaker.admits(), true);
  assert.equal(breaker.admits(), false, 'only one call is tried');
  breaker.report(false);
  assert.equal(breaker.isOpen, false);
  assert.equal(breaker.admits(), true);
});

test('failures older than the window do not count', () => {
  let time = 0;
  const breaker = createBreaker(
    { errors: 0.5, window: 10, minCalls: 4, openFor: 5 },
    { now: () => time },
  );
  for (let call = 0; call < 3; call += 1) breaker.report(true);
  time = 11_000;
  breaker.report(true);
  assert.equal(breaker.isOpen, false);
});

test('a hedged call takes the first answer', async () => {
  let calls = 0;
  const policy = createPolicy('a->b', { hedge: { after: 0.01, max: 1 } });
  const call = async ({ signal }) => {
    calls += 1;
    if (calls === 1) await sleep(20_000, undefined, { signal });
    return calls;
  };
  const started = Date.now();
  assert.equal(await policy.execute(call), 2);
  assert.ok(Date.now() - started < 10_000);
});
