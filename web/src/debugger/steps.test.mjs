import assert from 'node:assert/strict';
import { test } from 'node:test';
import { framesAt, linesRun, nextStop, stepOfLine, stepped } from './steps.js';

// 1 outer(n) {  2 let x = n;  3 for (…) x = inner(x);  4 return x; }   10 inner(v) {  11 return v + 1; }
const STEPS = [
  { line: 2, function: 'outer', depth: 0, fuel: 10, enter: true, set: { n: '1', x: 'undefined' } },
  { line: 3, function: 'outer', depth: 0, fuel: 20, set: { x: '1' } },
  { line: 11, function: 'inner', depth: 1, fuel: 30, enter: true, set: { v: '1' }, stop: true },
  { line: 11, function: 'inner', depth: 1, fuel: 40, leave: '2' },
  { line: 3, function: 'outer', depth: 0, fuel: 50, set: { x: '2' } },
  { line: 11, function: 'inner', depth: 1, fuel: 60, enter: true, set: { v: '2' }, stop: true },
  { line: 11, function: 'inner', depth: 1, fuel: 70, leave: '3' },
  { line: 4, function: 'outer', depth: 0, fuel: 80, set: { x: '3' }, leave: '3' },
];
const values = (at) => framesAt(STEPS, at).map(({ name, variables }) => `${name} ${variables.map(({ name: variable, value, before, isNew }) => `${variable}=${value}${before === undefined ? '' : `<${before}`}${isNew ? '!' : ''}`).join(' ')}`);

test('values gather along the steps, each call has its own, and what has just changed is marked', () => {
  assert.deepEqual(values(0), ['outer n=1 x=undefined']);
  assert.deepEqual(values(1), ['outer n=1 x=1<undefined']);
  assert.deepEqual(values(2), ['inner v=1', 'outer n=1 x=1']);
  assert.deepEqual(values(4), ['outer n=1 x=2<1']);
  assert.deepEqual(values(5), ['inner v=2', 'outer n=1 x=2'], 'another call of the same function');
  assert.deepEqual(framesAt(STEPS, 5).map(({ line }) => line), [11, 3], 'where each call stands');
  assert.deepEqual(values(7), ['outer n=1 x=3<2']);
});

test('a variable that comes later is new', () => {
  const steps = [{ line: 1, function: 'f', depth: 0, fuel: 1, enter: true, set: { a: '1' } }, { line: 2, function: 'f', depth: 0, fuel: 2, set: { b: '2' } }];
  assert.deepEqual(framesAt(steps, 1)[0]?.variables, [{ name: 'a', value: '1' }, { name: 'b', value: '2', isNew: true }]);
});

test('a function that waited goes on with its own values, also where others of its name ran', () => {
  const step = (line, more) => ({ line, function: 'each', depth: 0, fuel: line, ...more });
  const steps = [
    step(1, { enter: true, set: { i: '0', sum: '0' } }), step(2, { await: true }), step(1, { enter: true, set: { i: '1', sum: '0' } }), step(2, { await: true }),
    step(3, { resume: true, set: { sum: '5' } }), step(3, { resume: true, set: { sum: '9' } }),
  ];
  const at = (index) => framesAt(steps, index)[0]?.variables.map(({ name, value }) => `${name}=${value}`).join(' ');
  assert.equal(at(4), 'i=0 sum=5');
  assert.equal(at(5), 'i=1 sum=9');
});

test('every step back lands on the values that were there', () => {
  const forwards = STEPS.map((_, at) => values(at));
  let at = STEPS.length - 1;
  for (let index = STEPS.length - 1; index >= 0; index -= 1) {
    assert.deepEqual(values(at), forwards[index]);
    at = stepped(STEPS, at, 'line', -1);
  }
  assert.equal(at, 0);
});

test('steps go by line, over calls, out of the function and to the ends, both ways', () => {
  assert.equal(stepped(STEPS, 1, 'line', 1), 2);
  assert.equal(stepped(STEPS, 1, 'over', 1), 4);
  assert.equal(stepped(STEPS, 4, 'over', -1), 1);
  assert.equal(stepped(STEPS, 2, 'over', 1), 3);
  assert.equal(stepped(STEPS, 2, 'out', 1), 4);
  assert.equal(stepped(STEPS, 3, 'out', -1), 1);
  assert.equal(stepped(STEPS, 4, 'out', 1), 7, 'out of the outermost is its end');
  assert.equal(stepped(STEPS, 4, 'out', -1), 0);
  assert.equal(stepped(STEPS, 3, 'end', 1), 7);
  assert.equal(stepped(STEPS, 3, 'end', -1), 0);
  assert.equal(stepped(STEPS, 7, 'line', 1), 7);
  assert.equal(stepped([], 0, 'line', 1), 0);
});

test('breakpoints and lines are found before and after a step', () => {
  assert.deepEqual([nextStop(STEPS, 0, 1), nextStop(STEPS, 2, 1), nextStop(STEPS, 5, 1), nextStop(STEPS, 5, -1), nextStop(STEPS, 2, -1)], [2, 5, -1, 2, -1]);
  assert.equal(stepOfLine(STEPS, 3, 0), 1);
  assert.equal(stepOfLine(STEPS, 2, 6), 0, 'the last one before, where none follows');
  assert.equal(stepOfLine(STEPS, 99, 0), -1);
  assert.deepEqual([...linesRun(STEPS, 4)], [[2, 1], [3, 2], [11, 2]]);
});
