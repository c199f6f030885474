import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepOf } from './steps.js';

const idle = { state: 'idle', isStale: false, isFinal: false, passes: false, bottleneck: null, isSelected: false, hasChanged: false };
const missed = { ...idle, state: 'done', isFinal: true, bottleneck: 'orders' };

test('the tour goes from Run to green', () => {
  assert.equal(stepOf(idle), 'run');
  assert.equal(stepOf({ ...idle, state: 'running' }), 'watch');
  assert.equal(stepOf(missed), 'look');
  assert.equal(stepOf({ ...missed, isSelected: true }), 'change');
  assert.equal(stepOf({ ...missed, isSelected: true, isStale: true, hasChanged: true }), 'again');
  assert.equal(stepOf({ ...missed, passes: true, hasChanged: true }), 'done');
});

test('whoever does otherwise is met where they are', () => {
  assert.equal(stepOf({ ...missed, hasChanged: true }), 'look', 'the change was not enough: look again');
  assert.equal(stepOf({ ...missed, isStale: true, hasChanged: true }), 'again', 'changed without a look');
  assert.equal(stepOf({ ...idle, state: 'paused' }), 'run', 'paused in the middle');
  assert.equal(stepOf({ ...idle, hasChanged: true, isStale: true }), 'again', 'changed before the first run');
});
