import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placed, sameCode } from './breakpoints.js';
import { besides, csvOfMessages, effectsOf, fateOf, filtered, firstView, flightsOf, lanesOf, moved, ofActivity, onNextLane, showing, tidied, within, zoomed } from './journal.js';

const input = (n, node, at_ns, more = {}) => ({ n, node, replica: 0, at_ns, done_ns: at_ns + 10, kind: 'message', fuel: 100, outcome: 'ok', said: [], cause: null, ...more });
const message = (from, to, sent_ns, arrived_ns, more = {}) => ({ from, to, kind: 'message', sent_ns, arrived_ns, end: arrived_ns === null ? 'lost' : 'ok', cause: null, to_input: null, ...more });
const journal = (inputs, messages = [], crashes = []) => ({ from_s: 0, to_s: 1e-6, cut: false, inputs, messages, crashes });

test('there is a line for each replica that something happens at, in the order of the design', () => {
  const lanes = lanesOf(journal([input(1, 'b', 0), input(2, 'b', 5, { replica: 1 })], [message('client', 'a', 1, 2)], [{ node: 'down', from_ns: 0, to_ns: 9 }]), ['client', 'a', 'b', 'down', 'quiet']);
  assert.deepEqual(lanes.map(({ node, replica, isAlone }) => [node, replica, isAlone]), [['client', 0, true], ['a', 0, true], ['b', 0, false], ['b', 1, false], ['down', 0, true]]);
});

test('one looks first at as much around the moment as can be told apart', () => {
  const many = { ...journal(Array.from({ length: 101 }, (_, i) => input(i, 'a', i * 1e4))), to_s: 1e-3 };
  assert.deepEqual(firstView(many, 5e5, 1000), { from_ns: 0, to_ns: 1e6 }, 'all of it where it is little');
  const view = firstView(many, 5e5, 11);
  assert.deepEqual(view, { from_ns: 4.5e5, to_ns: 5.5e5 });
  assert.equal(many.inputs.filter(({ at_ns }) => at_ns >= view.from_ns && at_ns <= view.to_ns).length, 11);
  assert.equal(firstView(many, 0, 11).from_ns, 0, 'it does not reach out of what is known');
});

test('zooming keeps the moment under the pointer, and nothing leaves the run', () => {
  const bounds = { from_ns: 0, to_ns: 1e9 };
  const view = zoomed({ from_ns: 1e8, to_ns: 3e8 }, 0.5, 1.5e8, bounds);
  assert.deepEqual(view, { from_ns: 1.25e8, to_ns: 2.25e8 });
  assert.equal((1.5e8 - view.from_ns) / (view.to_ns - view.from_ns), 0.25, 'where it was');
  assert.deepEqual(zoomed(view, 1000, 0, bounds), bounds);
  assert.equal(zoomed(view, 1e-9, 1.5e8, bounds).to_ns - zoomed(view, 1e-9, 1.5e8, bounds).from_ns, 1000);
  assert.deepEqual(moved({ from_ns: 8e8, to_ns: 9e8 }, 5e8, bounds), { from_ns: 9e8, to_ns: 1e9 });
  assert.deepEqual(within({ from_ns: -5, to_ns: 5 }, bounds), { from_ns: 0, to_ns: 1000 });
  assert.deepEqual(showing({ from_ns: 0, to_ns: 100 }, 50, { from_ns: 0, to_ns: 1e4 }), { from_ns: 0, to_ns: 100 }, 'seen already');
  assert.deepEqual(showing({ from_ns: 0, to_ns: 2000 }, 5000, { from_ns: 0, to_ns: 1e4 }), { from_ns: 4000, to_ns: 6000 });
});

test('a message is lost, a duplicate, refused or fine; a lost one is drawn as far as its like went', () => {
  assert.deepEqual([message('a', 'b', 0, 9), message('a', 'b', 0, null), message('a', 'b', 0, 9, { duplicate: true }), message('a', 'b', 0, 9, { end: 'timeout' })].map(fateOf), ['fine', 'lost', 'duplicate', 'refused']);
  const flight = flightsOf(journal([], [message('a', 'b', 0, 10), message('a', 'b', 0, 30), message('a', 'b', 0, 20), message('c', 'd', 0, 500), message('a', 'b', 5, null)]));
  assert.equal(flight(message('a', 'b', 5, null)), 20);
  assert.equal(flight(message('x', 'y', 5, null)), 30, 'as any, where there is none like it');
});

test('cause and effects, and what is between two awaits, are found by number', () => {
  const all = journal([input(1, 'a', 0, { activity: 7 }), input(2, 'b', 20, { cause: 1 }), input(3, 'b', 25, { cause: 2 }), input(4, 'a', 40, { cause: 2, activity: 7 }), input(9, 'a', 60, { activity: 7 })],
    [message('a', 'b', 5, 20, { cause: 1, to_input: 2 }), message('a', 'c', 5, null, { cause: 1 })]);
  const effects = effectsOf(all, 1);
  assert.deepEqual(effects.inputs.map(({ n }) => n), [2]);
  assert.deepEqual(effects.messages.map(({ to }) => to), ['c'], 'what arrived is an input already');
  assert.equal(ofActivity(all, all.inputs[0], 1)?.n, 4);
  assert.equal(ofActivity(all, all.inputs[4], -1)?.n, 4);
  assert.equal(ofActivity(all, all.inputs[0], -1), null);
  assert.equal(ofActivity(all, all.inputs[1], 1), null, 'of no activity');
});

test('keys walk inputs in time and from line to line', () => {
  const all = journal([input(1, 'a', 0), input(2, 'c', 10), input(3, 'c', 90), input(4, 'a', 100)], [message('a', 'b', 0, 5)]);
  const lanes = lanesOf(all, ['a', 'b', 'c']);
  assert.equal(besides(all.inputs, 2, 1)?.n, 3);
  assert.equal(besides(all.inputs, 4, 1), null);
  assert.equal(besides(all.inputs, null, -1)?.n, 4);
  assert.equal(onNextLane(all.inputs, lanes, all.inputs[3], 1)?.n, 3, 'the nearest in time, past a line without any');
  assert.equal(onNextLane(all.inputs, lanes, all.inputs[0], -1), null);
});

test('inputs are filtered by node, kind, failure and words of what went in and out', () => {
  const all = [input(1, 'a', 0, { kind: 'request', operation: 'get' }), input(2, 'b', 1, { outcome: 'handler_budget' }), input(3, 'b', 2, { said: [{ kind: 'log', text: 'leader of term 4' }] })];
  const found = (filter) => filtered(all, { node: '', kind: '', isFailed: false, text: '', ...filter }).map(({ n }) => n);
  assert.deepEqual(found({}), [1, 2, 3]);
  assert.deepEqual(found({ node: 'b' }), [2, 3]);
  assert.deepEqual(found({ kind: 'request' }), [1]);
  assert.deepEqual(found({ isFailed: true }), [2]);
  assert.deepEqual(found({ text: 'LEADER term' }), [3]);
  assert.deepEqual(found({ text: '#2' }), [2]);
});

test('messages leave as a table', () => {
  const text = csvOfMessages(journal([], [message('a', 'b,c', 1e9, 2.5e9, { operation: 'say "x"', to_input: 4 })]));
  assert.equal(text.split('\r\n')[1], 'a,0,"b,c",0,message,"say ""x""",1,2.5,ok,false,,4');
});

test('a breakpoint is found again by the text of its line; one whose line is gone is not shown', () => {
  const before = 'a();\nb();\nc();';
  const all = [{ line: 2, text: 'b();' }, { line: 3, text: 'c();', condition: 'x > 1' }];
  assert.deepEqual(placed(all, before).map(({ line }) => line), [2, 3]);
  assert.deepEqual(placed(all, 'first();\n\n  a();\n  b();\n').map(({ line }) => line), [4]);
  assert.deepEqual(placed([{ line: 2, text: 'b();' }, { line: 3, text: 'b();' }], 'b();'), [{ line: 1, text: 'b();' }], 'one a line');
});

test('breakpoints go for all nodes with the same code', () => {
  const code = (source) => ({ type: 'service', code: { source } });
  const design = { format: 'scalesim/1', nodes: { a: code('x'), b: code('x'), c: code('y'), d: { type: 'client' } }, edges: [] };
  assert.deepEqual(sameCode(design, 'a'), ['a', 'b']);
  assert.deepEqual(sameCode(design, 'c'), ['c']);
  assert.deepEqual(sameCode(design, 'd'), ['d']);
});

test('what never ended ends with the stretch, and an unknown replica is the first', () => {
  const { inputs, messages, crashes } = tidied(journal([{ ...input(1, 'a', 5), done_ns: null }], [{ ...message('a', 'b', 5, null), from_replica: null, to_replica: null }], [{ node: 'b', from_ns: 4, to_ns: null }]));
  assert.deepEqual([inputs[0].done_ns, messages[0].from_replica, messages[0].to_replica, crashes[0].to_ns], [5, 0, 0, 1000]);
});
