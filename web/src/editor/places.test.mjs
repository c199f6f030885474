// Marks of several owners at one line, and stops that stay with their code while it is edited.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { movedLines, notesOf } from './places.js';

test('marks of one line are shown together', () => {
  const notes = notesOf([
    { line: 3, text: '40 %', share: 0.4, tone: 'warm', title: '40' },
    { line: 3, isBreakpoint: true, condition: 'n > 3' },
    { line: 9, share: 7 },
  ]);
  assert.deepEqual(notes.get(3), { texts: ['40 %'], titles: ['40', 'n > 3'], share: 0.4, tone: 'warm', isBreakpoint: true, condition: 'n > 3' });
  assert.equal(notes.get(9)?.share, 1);
  assert.equal(notes.get(9)?.isBreakpoint, false);
});

test('a stop stays with its line while others come and go', () => {
  const text = 'one\ntwo\nthree\nfour\n';
  assert.deepEqual(movedLines([1, 3], text, 'zero\none\ntwo\nthree\nfour\n'), [2, 4]);
  assert.deepEqual(movedLines([1, 3], text, 'one\nthree\nfour\n'), [1, 2]);
  assert.deepEqual(movedLines([3], text, 'one\ntwo\nthree times\nfour\n'), [3]);
  assert.deepEqual(movedLines([2, 4], text, 'one\ntwo\n\nthree\nfour\n'), [2, 5]);
  assert.deepEqual(movedLines([4], text, 'one\ntwo\n'), [3], 'within what is left');
});
