import assert from 'node:assert/strict';
import test from 'node:test';

import { createWork } from '../src/work.js';

const work = (more = {}) => createWork({ workScale: 1, workMode: 'sleep', errorScale: 1, ...more });

test('many short computations take as long as they should, together', async () => {
  const { compute } = work();
  const started = performance.now();
  for (let i = 0; i < 200; i += 1) await compute('0.0013');
  const milliseconds = performance.now() - started;
  assert.ok(milliseconds >= 250, `${milliseconds} ms for 260 ms of work`);
});

test('no work is done at scale 0, and a core is busy in mode cpu', async () => {
  await work({ workScale: 0 }).compute('1000');
  const before = process.cpuUsage().user;
  await work({ workMode: 'cpu' }).compute('0.3');
  assert.ok(process.cpuUsage().user - before > 5000, 'microseconds, on however busy a machine');
});

test('one branch is chosen by probability, and the rest does nothing', async () => {
  const { choose } = work();
  const counts = { a: 0, b: 0 };
  for (let i = 0; i < 4000; i += 1) {
    await choose(
      [0.5, async () => { counts.a += 1; }],
      [0.25, async () => { counts.b += 1; }],
    );
  }
  assert.ok(Math.abs(counts.a - 2000) < 200, `${counts.a} of 2000`);
  assert.ok(Math.abs(counts.b - 1000) < 200, `${counts.b} of 1000`);
});

test('parallel branches all end before a failure is passed on', async () => {
  const { parallel } = work();
  let ended = false;
  const slow = () => new Promise((resolve) => { setTimeout(resolve, 50); }).then(() => { ended = true; });
  const failing = async () => {
    throw new Error('no');
  };
  await assert.rejects(parallel(failing, slow), /no/);
  assert.equal(ended, true);
});

test('modelled errors happen at their rate, and not at all at scale 0', () => {
  work({ errorScale: 0 }).injectError(1);
  assert.throws(() => work().injectError(1), { status: 500, kind: 'injected' });
});
