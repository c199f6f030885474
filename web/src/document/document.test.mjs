import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as commands from '../commands/index.js';
import { createSignals } from '../signals.js';
import { createDocument, parseDesign, textOf } from './document.js';
import { changedKeys, getAt, makePointer, parsePointer, setAt } from './pointer.js';
import { createSelection } from './selection.js';

const SHOP = {
  format: 'scalesim/1',
  nodes: {
    users: { type: 'client', load: { rate: '10/s' } },
    api: { type: 'service', operations: { buy: { flow: [{ parallel: [[{ call: 'db' }], [{ publish: 'log' }]] }] } } },
    db: { type: 'postgres' },
    log: { type: 'kafka' },
  },
  edges: [{ from: 'users', to: 'api' }, { from: 'api', to: 'db' }, { from: 'api', to: 'log', kind: 'publish' }],
  faults: [{ at: '1s', target: 'db', kind: 'crash' }, { at: '1s', target: 'api->db', kind: 'loss' }],
  slos: [{ metric: 'nodes.db.response.p99', max: '1s' }, { metric: 'edges.api->db.retries', max: 5 }],
  layout: { users: [0, 0], db: [300, 0] },
};

function open(design = SHOP) {
  let now_ms = 0;
  const signals = createSignals();
  const store = createDocument(signals, () => now_ms);
  store.load(JSON.stringify(design), 'shop');
  return { store, signals, wait: (/** @type {number} */ ms) => { now_ms += ms; } };
}

test('a pointer escapes what JSON pointers escape', () => {
  assert.equal(makePointer('nodes', 'a/b~c', 0), '/nodes/a~1b~0c/0');
  assert.deepEqual(parsePointer('/nodes/a~1b~0c/0'), ['nodes', 'a/b~c', '0']);
  assert.equal(getAt({ a: [{ b: 1 }] }, '/a/0/b'), 1);
  assert.equal(getAt({ a: null }, '/a/b'), undefined);
});

test('writing at a pointer shares what did not change and makes what is missing', () => {
  const next = setAt(SHOP, '/nodes/api/limits/rate', '5/s');
  assert.equal(next.nodes.api.limits.rate, '5/s');
  assert.equal(next.nodes.db, SHOP.nodes.db);
  assert.equal(next.edges, SHOP.edges);
  assert.equal(SHOP.nodes.api.limits, undefined);
  assert.equal(setAt(SHOP, '/nodes/db/type', 'postgres'), SHOP);
  assert.equal(setAt(SHOP, '/nodes/db/absent', undefined), SHOP);
  assert.equal(setAt(SHOP, '/nodes/nobody/absent', undefined), SHOP);
  assert.deepEqual(setAt(SHOP, '/edges/1', undefined).edges.map((edge) => edge.to), ['api', 'log']);
  assert.deepEqual(Object.keys(setAt(SHOP, '/nodes/db', undefined).nodes), ['users', 'api', 'log']);
});

test('a list never gets holes, and no members that are no indices', () => {
  assert.deepEqual(setAt({ list: [1] }, '/list/3', 2), { list: [1, null, null, 2] });
  assert.deepEqual(setAt({ list: [1] }, '/list/-', 2), { list: [1, 2] });
  assert.deepEqual(setAt({ list: [1] }, '/list/name', 2), { list: [1] });
});

test('undo goes back to the very document, redo forward again', () => {
  const { store } = open();
  const before = store.get();
  store.execute(commands.setValue('/nodes/api/replicas', 4));
  const after = store.get();
  store.undo();
  assert.equal(store.get(), before);
  assert.ok(store.isSaved && store.canRedo && !store.canUndo);
  store.redo();
  assert.equal(store.get(), after);
  assert.ok(!store.isSaved);
});

test('one value dragged is one step, within a second; another value is another', () => {
  const { store, wait } = open();
  for (let n = 2; n < 9; n += 1) { store.execute(commands.setValue('/nodes/api/replicas', n)); wait(100); }
  store.execute(commands.setValue('/nodes/db/replicas', 2));
  wait(5000);
  store.execute(commands.setValue('/nodes/db/replicas', 3));
  store.undo();
  assert.equal(store.get().nodes.db.replicas, 2);
  store.undo();
  store.undo();
  assert.equal(store.get().nodes.api.replicas, undefined);
  assert.ok(!store.canUndo);
});

test('a command that changes nothing is no step', () => {
  const { store } = open();
  store.execute(commands.setValue('/nodes/db/type', 'postgres'));
  store.execute(commands.moveNodes({ db: [300, 0] }));
  store.execute(commands.removeItems({}));
  assert.ok(!store.canUndo && store.isSaved);
});

test('the text is canonical and reads back to the same document', () => {
  const { store } = open();
  const text = store.text();
  assert.equal(text, `${JSON.stringify(SHOP, null, 2).replace(/\[\s+(\d+),\s+(\d+)\s+\]/g, '[$1, $2]')}\n`);
  assert.ok(text.includes('"db": [300, 0]'));
  assert.deepEqual(parseDesign(store.text()), SHOP);
});

test('text that is no design leaves the document as it was', () => {
  const { store } = open();
  const before = store.get();
  for (const text of ['', '[]', '{"nodes": []}', '{"edges": {}}', '{"nodes": {"a": 1}}', '{"edges": [1]}', 'null', '{"nodes": {}']) {
    assert.equal(store.load(text, 'bad'), false, text);
    assert.equal(store.get(), before);
  }
  assert.equal(store.load('{}', 'empty'), true);
  assert.deepEqual(store.get(), { nodes: {}, edges: [] });
});

test('renaming a node renames it everywhere', () => {
  const { store } = open();
  store.execute(commands.renameNode('db', 'store'));
  const text = store.text();
  assert.ok(!/"db"|db->|->db|\.db\./.test(text), text);
  assert.deepEqual(Object.keys(store.get().nodes), ['users', 'api', 'store', 'log']);
  assert.equal(store.get().slos[0].metric, 'nodes.store.response.p99');
  assert.equal(store.get().slos[1].metric, 'edges.api->store.retries');
  assert.equal(store.get().faults[1].target, 'api->store');
  assert.equal(store.get().nodes.api.operations.buy.flow[0].parallel[0][0].call, 'store');
  store.undo();
  assert.deepEqual(store.get(), SHOP);
  store.execute(commands.renameNode('db', 'api'));
  assert.deepEqual(store.get(), SHOP, 'a taken id is not taken over');
});

test('removing a node removes its edges and its place', () => {
  const { store } = open();
  store.execute(commands.removeItems({ nodes: ['db'] }));
  assert.deepEqual(Object.keys(store.get().nodes), ['users', 'api', 'log']);
  assert.deepEqual(store.get().edges.map(({ to }) => to), ['api', 'log']);
  assert.deepEqual(store.get().layout, { users: [0, 0] });
});

test('copies get free ids and places beside, and call what their originals call', () => {
  const { store } = open();
  store.execute(commands.duplicateNodes(['api', 'db']));
  const { nodes, edges, layout } = store.get();
  assert.deepEqual(Object.keys(nodes), ['users', 'api', 'db', 'log', 'api-2', 'db-2']);
  assert.deepEqual(edges.slice(3), [{ from: 'api-2', to: 'db-2' }, { from: 'api-2', to: 'log', kind: 'publish' }]);
  assert.deepEqual(nodes['api-2'].operations.buy.flow, [{ parallel: [[{ call: 'db-2' }], [{ publish: 'log' }]] }]);
  assert.deepEqual(nodes.api, SHOP.nodes.api, 'the original is as it was');
  assert.deepEqual(layout['db-2'], [340, 40]);
});

test('a node that leaves the document leaves the selection', () => {
  const { store, signals } = open();
  const selection = createSelection(signals, store);
  let heard = 0;
  signals.on('selection', () => { heard += 1; });
  selection.set({ nodes: ['db', 'nobody'], edges: [2, 7] });
  assert.deepEqual([[...selection.nodes], [...selection.edges]], [['db'], [2]]);
  store.execute(commands.removeItems({ nodes: ['db'] }));
  assert.deepEqual([...selection.nodes], []);
  assert.equal(heard, 2);
});

test('what differs between two objects is known, by a copy at once and otherwise by looking', () => {
  const { nodes } = SHOP;
  assert.deepEqual(changedKeys(nodes, nodes), []);
  const next = setAt(SHOP, '/nodes/api/replicas', 4);
  assert.deepEqual(changedKeys(nodes, next.nodes), ['api']);
  const later = setAt(next, '/nodes/db/replicas', 2);
  assert.deepEqual(changedKeys(nodes, later.nodes), ['api', 'db']);
  assert.deepEqual(changedKeys(later.nodes, next.nodes), ['db']);
  assert.equal(changedKeys(nodes, setAt(SHOP, '/nodes/new/type', 'service').nodes), null);
  assert.equal(changedKeys(nodes, setAt(SHOP, '/nodes/db', undefined).nodes), null);
  assert.equal(changedKeys(nodes, { ...nodes, users: undefined, extra: nodes.users }), null);
});

test('a large document that is written piece by piece as it changes has the text of one that is written at once', () => {
  const ids = Array.from({ length: 300 }, (_, i) => `node-${i}`);
  /** @type {any} */
  let design = {
    format: 'scalesim/1', name: 'large', nodes: Object.fromEntries(ids.map((id) => [id, { type: 'service' }])),
    edges: ids.slice(1).map((to, i) => ({ from: ids[i], to })), layout: Object.fromEntries(ids.map((id, i) => [id, [i * 8, 0]])),
  };
  let seed = 1;
  const random = (/** @type {number} */ below) => { seed = (seed * 48271) % 2147483647; return seed % below; };
  for (let i = 0; i < 200; i += 1) {
    const id = `node-${random(300)}`;
    const [pointer, value] = [
      [`/nodes/${id}/replicas`, i], [`/nodes/${id}`, undefined], [`/nodes/new-${i}`, { type: 'redis' }], [`/edges/${random(design.edges.length)}`, undefined],
      [`/edges/${random(design.edges.length)}/probability`, 0.5], [`/layout/${id}`, [i, i]], ['/edges', design.edges.slice(0, 40 + random(60))],
    ][random(7)] ?? [];
    design = setAt(design, /** @type {string} */ (pointer), value);
    const text = textOf(design);
    const other = structuredClone(design); // nothing of which was ever written
    assert.deepEqual(JSON.parse(text), other);
    if (i % 10 === 0) {
      assert.equal(textOf({ ...other, nodes: { first: { type: 'a' }, ...other.nodes } }).length > text.length, true);
      assert.equal(textOf(other), text);
      assert.equal(textOf(design), text);
    }
  }
});
