// Frames of a profile: as wide as what they burnt, within their callers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enlarged, flamesOf, functionAt, hottest, neighbour } from './flame.js';

const PROFILE = {
  inputs: 10, fuel: 1000,
  lines: [{ line: 3, hits: 10, fuel: 100, share: 0.1 }, { line: 7, hits: 90, fuel: 600, share: 0.6 }, { line: 9, hits: 1, fuel: 0, share: 0 }, { line: 12, hits: 10, fuel: 300, share: 0.3 }],
  functions: [
    { name: 'onRequest', line: 2, calls: 10, self: 100, total: 900 }, { name: 'scan', line: 6, calls: 20, self: 600, total: 600 },
    { name: 'note', line: 11, calls: 20, self: 300, total: 300 }],
  tree: [
    { name: 'onRequest', line: 2, calls: 10, self: 100, total: 900, parent: -1 },
    { name: 'onTimer', line: 15, calls: 2, self: 0, total: 100, parent: -1 },
    { name: 'note', line: 11, calls: 10, self: 200, total: 200, parent: 0 },
    { name: 'scan', line: 6, calls: 20, self: 600, total: 600, parent: 0 },
    { name: 'note', line: 11, calls: 10, self: 100, total: 100, parent: 1 },
  ],
};
const named = (/** @type {ReturnType<typeof flamesOf>} */ flames) => flames.map(({ call, depth, from, to }) => [call.name, depth, Math.round(from * 1000), Math.round(to * 1000)]);

test('frames stand side by side, the largest first, within their callers', () => {
  assert.deepEqual(named(flamesOf(PROFILE)), [
    ['onRequest', 0, 0, 900], ['scan', 1, 0, 600], ['note', 1, 600, 800], ['onTimer', 0, 900, 1000], ['note', 1, 900, 1000]]);
  assert.deepEqual(flamesOf({ ...PROFILE, tree: [] }), []);
  for (const { from, to } of flamesOf({ ...PROFILE, tree: PROFILE.tree.map((one) => ({ ...one, total: 0 })) })) assert.equal(from + to, 0, 'nothing burnt has no width');
});

test('one frame enlarged takes the whole width, its callers too', () => {
  const flames = flamesOf(PROFILE);
  const shown = enlarged(flames, flames[2] ?? null);
  assert.deepEqual(shown.map(({ flame, from, to }) => [flame.call.name, from, to]), [['onRequest', 0, 1], ['note', 0, 1]]);
  assert.equal(enlarged(flames, null).length, 5);
  const [whole, scan] = enlarged(flames, flames[0] ?? null);
  assert.deepEqual([whole?.to, Math.round((scan?.to ?? 0) * 900)], [1, 600]);
});

test('arrow keys go to callers, callees and neighbours', () => {
  const flames = flamesOf(PROFILE);
  const [request, scan, note, timer, noteOfTimer] = flames;
  assert.ok(request && scan && note && timer && noteOfTimer);
  assert.equal(neighbour(flames, request, 'ArrowDown'), scan);
  assert.equal(neighbour(flames, scan, 'ArrowRight'), note);
  assert.equal(neighbour(flames, note, 'ArrowRight'), noteOfTimer, 'also under another caller');
  assert.equal(neighbour(flames, note, 'ArrowUp'), request);
  assert.equal(neighbour(flames, request, 'ArrowUp'), null);
  assert.equal(neighbour(flames, timer, 'ArrowLeft'), request);
  assert.equal(neighbour(flames, timer, 'Home'), request);
});

test('the hottest line is named with its function', () => {
  assert.deepEqual(hottest(PROFILE).map(({ line }) => line), [7, 12, 3]);
  assert.equal(functionAt(PROFILE, 7), 'scan');
  assert.equal(functionAt(PROFILE, 1), '');
  const withArrow = { ...PROFILE, functions: [...PROFILE.functions, { name: '(anonymous)', line: 7, calls: 1, self: 1, total: 1 }] };
  assert.equal(functionAt(withArrow, 7), 'scan', 'a function without a name tells nothing');
});
