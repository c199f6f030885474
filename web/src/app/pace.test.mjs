import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

/** @type {(() => void)[]} */
let wanted = [];
/** @type {any} */ (globalThis).requestAnimationFrame = (/** @type {() => void} */ work) => wanted.push(work);
/** One that does not keep this process alive. */
/** @type {any} */ (globalThis).MessageChannel = class {
  port1 = /** @type {{ onmessage: (() => void) | null }} */ ({ onmessage: null });
  port2 = { postMessage: () => void setTimeout(() => this.port1.onmessage?.(), 0) };
};
const { afterFrame, notAfterFrame } = await import('./pace.js');
afterEach(() => { wanted = []; });

/** Makes a frame, and lets what comes after it come. */
async function frame() {
  const now = wanted;
  wanted = [];
  now.forEach((work) => work());
  await new Promise((done) => { setTimeout(done, 20); });
}

const busy = (/** @type {number} */ ms) => { for (const begun = performance.now(); performance.now() - begun < ms;); };

test('work waits for a frame, and only the latest of a name is done', async () => {
  /** @type {string[]} */
  const done = [];
  afterFrame('a', () => done.push('old'));
  afterFrame('b', () => done.push('b'));
  afterFrame('a', () => done.push('new'));
  afterFrame('c', () => done.push('c'));
  notAfterFrame('c');
  assert.deepEqual(done, []);
  assert.equal(wanted.length, 1, 'one frame is asked for');
  await frame();
  assert.deepEqual(done, ['new', 'b']);
  assert.equal(wanted.length, 0);
});

test('what takes long has a frame of its own', async () => {
  /** @type {string[]} */
  const done = [];
  for (const name of ['a', 'b', 'c']) afterFrame(name, () => { busy(6); done.push(name); });
  await frame();
  assert.deepEqual(done, ['a']);
  await frame();
  assert.deepEqual(done, ['a', 'b']);
  await frame();
  assert.deepEqual(done, ['a', 'b', 'c']);
});

test('work that is asked for by work comes after the next frame', async () => {
  let times = 0;
  const again = () => { times += 1; if (times < 3) afterFrame('again', again); };
  afterFrame('again', again);
  await frame();
  assert.equal(times, 1);
  await frame();
  await frame();
  assert.equal(times, 3);
});
