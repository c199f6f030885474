import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTimeline } from '../run/views.js';
import { noteLines } from './drawing.js';
import { UNNAMED_BYTES_MAX, UNNAMED_RUNS_MAX, factsOfRun, keptTimeline, keyOf, outlived } from './kept.js';
import { whenText } from './when.js';

const run = (/** @type {number} */ number, more = {}) => /** @type {any} */ ({ id: `r${number}`, number, name: '', note: '', made_ms: number, bytes: 1000, ...more });

test('the oldest runs without a name or a note give way, the others never', () => {
  const all = Array.from({ length: UNNAMED_RUNS_MAX + 4 }, (_, n) => run(n));
  all[0].name = 'baseline';
  all[2].note = 'before the new cache';
  assert.deepEqual(outlived(all, 1000).sort(), ['r1', 'r3', 'r4']);
  assert.deepEqual(outlived(all.slice(0, 20), 1000), []);
  assert.deepEqual(outlived([...all].reverse(), 1000).sort(), ['r1', 'r3', 'r4'], 'however they are sorted');
});

test('large runs give way earlier', () => {
  const all = Array.from({ length: 10 }, (_, n) => run(n, { bytes: UNNAMED_BYTES_MAX / 8 }));
  assert.deepEqual(outlived(all, UNNAMED_BYTES_MAX / 8).sort(), ['r0', 'r1', 'r2'], 'seven and the new one have room');
  assert.deepEqual(outlived(all.map((one) => ({ ...one, name: 'kept' })), UNNAMED_BYTES_MAX), []);
});

test('a timeline is kept whole where it is small', () => {
  const timeline = createTimeline(['time_s', 'nodes.a.p99', 'edges.a->b.rate'], 2);
  timeline.add(Float64Array.from([2, 0.1, 5, 4, NaN, 6]), 0);
  const kept = keptTimeline(timeline);
  assert.deepEqual([kept.interval_s, kept.columns, kept.isThinned], [2, ['time_s', 'nodes.a.p99', 'edges.a->b.rate'], false]);
  assert.deepEqual(kept.data.map((column) => [...column]), [[2, 4], [0.1, NaN], [5, 6]]);
  timeline.add(Float64Array.from([6, 1, 1]), 2);
  assert.equal(kept.data[0]?.length, 2, 'a copy');
});

test('a large one is kept at fewer moments, without what is not drawn', () => {
  const columns = ['time_s', ...Array.from({ length: 60 }, (_, n) => [`nodes.n${n}.utilization`, `nodes.n${n}.in_queue`]).flat()];
  const rows = 4000;
  const timeline = createTimeline(columns, 1);
  timeline.add(Float64Array.from({ length: rows * columns.length }, (_, at) => Math.floor(at / columns.length) + 1), 0);
  const kept = keptTimeline(timeline);
  assert.ok(kept.isThinned && kept.columns.includes('nodes.n59.utilization') && !kept.columns.includes('nodes.n0.in_queue'));
  assert.deepEqual([...kept.data[0] ?? []].slice(0, 2), [4, 8], 'the last moment of each longer interval');
  assert.equal(kept.interval_s, 4);
  assert.ok(kept.data.reduce((sum, column) => sum + column.byteLength, 0) <= 2 ** 20);
});

test('the facts of a run are those of its first client', () => {
  const design = /** @type {any} */ ({ name: 'Shop', nodes: { api: { type: 'service' }, users: { type: 'client' } }, edges: [] });
  const value = { engine: '1.0.0', seed: 7, simulated_s: 60, slos: [{ pass: true }, { pass: false }],
    nodes: { api: { response: { mean: 9 } }, users: { response: { mean: 0.2, p99: 0.9 }, error_ratio: 0.01 } } };
  const facts = factsOfRun({ number: 3, name: '', design, results: { text: '', value, isFinal: true }, stopped_s: null, fork_s: null,
    changes: [{ pointer: '/nodes/api/replicas', from: 1, to: 2 }] }, { id: 'x', design: 'd' });
  assert.deepEqual([facts.mean_s, facts.p99_s, facts.error_ratio, facts.targets, facts.targets_met], [0.2, 0.9, 0.01, 2, 1]);
  assert.deepEqual([facts.title, facts.seed, facts.changes], ['Shop', 7, 'api replicas: 1 → 2']);
});

test('two runs are the same when design and results are, to the byte', () => {
  assert.equal(keyOf('a', 'b'), keyOf('a', 'b'));
  assert.notEqual(keyOf('a', 'b'), keyOf('a', 'c'));
});

test('moments are said as people say them', () => {
  globalThis.document = /** @type {any} */ ({ documentElement: { lang: 'en' } });
  const now = Date.UTC(2026, 10, 20, 12);
  assert.deepEqual([5, 90, 7200, 86_400 * 2].map((ago_s) => whenText(now - ago_s * 1000, now)), ['5 seconds ago', '1 minute ago', '2 hours ago', '2 days ago']);
  assert.match(whenText(now - 30 * 86_400_000, now), /2026/);
  assert.equal(whenText(now + 5000, now), 'now', 'a clock that went back is no future');
});

test('the words of a note are in lines that fit, and none is lost', () => {
  const text = 'the database is the bottleneck here.\n\nsee https://example.org/a/very/long/address/that/has/no/gap for more';
  const lines = noteLines(text);
  assert.deepEqual(lines.slice(0, 3), ['the database is the', 'bottleneck here.', '']);
  assert.equal(lines.join(' ').replace(/\s+/g, ' '), text.replace(/\s+/g, ' '));
  assert.deepEqual(noteLines(''), ['']);
});
