import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOf, changesOf, offsetOf, placeOf } from '../editor/places.js';
import { mapJson, pointerAt, rangeOf } from './map.js';
import { columnOf, merge, reconcile } from './sync.js';

const TEXT = '{\n  "nodes": {\n    "a/b": { "type": "client", "load": [1, 2] }\n  }\n}\n';

test('every place has its pointer, and every pointer its place', () => {
  const map = mapJson(TEXT);
  assert.ok(map.isWhole);
  const load = map.places.get('/nodes/a~1b/load/1');
  assert.equal(TEXT.slice(load.from, load.to), '2');
  assert.equal(pointerAt(map, TEXT.indexOf('client')), '/nodes/a~1b/type');
  assert.equal(pointerAt(map, TEXT.indexOf('"type"')), '/nodes/a~1b/type', 'the name belongs to its value');
  assert.equal(pointerAt(map, TEXT.indexOf('2]')), '/nodes/a~1b/load/1');
  const node = rangeOf(map, '/nodes/a~1b/capacity');
  assert.equal(TEXT[node.from], '{', 'what is not written is looked for above');
});

test('a text with a mistake is known up to it', () => {
  for (const text of ['{"a": 1, "b": tru}', '{"a": 1, "b" 2}', '{"a": 1', '{"a": 1,}', '{"a": 1} x', '{"a": 01}', '{"a": "x\n"}']) {
    const map = mapJson(text);
    assert.equal(map.isWhole, false, text);
    assert.throws(() => JSON.parse(text));
  }
  assert.ok(mapJson('{"a": 1, "b" 2}').places.has('/a'));
  assert.equal(mapJson('['.repeat(1000)).isWhole, false);
});

test('what did not change stays the very same object', () => {
  const last = { nodes: { a: { type: 'x' }, b: { type: 'y', list: [1, { z: 2 }] } }, edges: [] };
  assert.equal(reconcile(last, structuredClone(last)), last);
  const next = reconcile(last, { nodes: { a: { type: 'x' }, b: { type: 'y', list: [1, { z: 3 }] } }, edges: [] });
  assert.equal(next.nodes.a, last.nodes.a);
  assert.equal(next.edges, last.edges);
  assert.deepEqual(next.nodes.b.list, [1, { z: 3 }]);
  const turned = reconcile(last, { edges: [], nodes: last.nodes });
  assert.deepEqual(Object.keys(turned), ['edges', 'nodes'], 'the order of members is part of the text');
});

test('changes in two places both stay; where they touch there is no answer', () => {
  assert.equal(merge('one two three', 'ONE two three', 'one two THREE'), 'ONE two THREE');
  assert.equal(merge('one two three', 'one two three!', 'one 2 three'), 'one 2 three!');
  assert.equal(merge('one two three', 'one TWO three', 'one zwei three'), null);
  assert.equal(merge('same', 'same', 'other'), 'other');
});

test('columns in bytes become columns in UTF-16 units', () => {
  assert.equal(columnOf('"aé€😀b"', 1), 1);
  assert.equal(columnOf('"aé€😀b"', 1 + 2 + 2 + 3 + 4), 7);
  assert.equal(columnOf('ab', 10), 3);
});

test('places and offsets are each other\'s opposite', () => {
  for (const offset of [0, 1, 2, 17, TEXT.length]) assert.equal(offsetOf(TEXT, placeOf(TEXT, offset)), offset);
  assert.equal(offsetOf(TEXT, { line: 99, column: 1 }), TEXT.length);
  assert.equal(offsetOf('ab\ncd', { line: 1, column: 50 }), 2);
});

/** @param {string} text @param {{ from: number, to: number, insert: string }[]} changes */
const applied = (text, changes) => changes.reduceRight((at, { from, to, insert }) => at.slice(0, from) + insert + at.slice(to), text);

test('the changes between two texts leave alone what is in both', () => {
  const lines = Array.from({ length: 50 }, (_, index) => `line ${index} of it`);
  const from = lines.join('\n');
  const edited = lines.map((line, index) => (index === 3 ? 'line 3 is changed' : line));
  edited.splice(40, 1, 'new', 'newer');
  const to = edited.join('\n');
  const changes = changesOf(from, to);
  assert.equal(applied(from, changes), to);
  const kept = from.indexOf('line 20');
  assert.ok(changes.every((change) => change.to < kept || change.from > kept), 'line 20 is not touched');
  assert.equal(changeOf(from, from), null);
  assert.deepEqual(changesOf(from, from), []);
});

test('any two texts: the changes make one of the other', () => {
  let state = 7;
  const next = (/** @type {number} */ n) => { state = (state * 1103515245 + 12345) % 2147483648; return state % n; };
  for (let round = 0; round < 300; round += 1) {
    const make = () => Array.from({ length: next(12) }, () => 'abc'.slice(0, next(4))).join('\n');
    const [a, b] = [make(), make()];
    assert.equal(applied(a, changesOf(a, b)), b);
  }
});
