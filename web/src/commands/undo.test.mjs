// Undo reaches everything: random editing, by every command there is, goes back and forth to the same bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDocument } from '../document/document.js';
import { createSignals } from '../signals.js';
import * as commands from './index.js';

const SEQUENCES = 1000;
const STEPS_MAX = 40;
const MERGE_MS = 1000;

/** A small generator (mulberry32), so that a failure can be made again from its seed. @param {number} seed */
function randomOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    below: (/** @type {number} */ n) => Math.floor(next() * n),
    of: (/** @type {any[]} */ list) => list[Math.floor(next() * list.length)],
    some: (/** @type {any[]} */ list) => list.filter(() => next() < 0.4),
  };
}

const VALUES = [1, 0, -3.25, 1e-7, '5/s', 'exp(2ms)', 'ünïcode \u202f "quoted"', true, null, undefined, [], [1, 2, 3], {}, { a: { b: [{ c: 1 }] } }];
const MEMBERS = ['replicas', 'queue', 'service_time', 'name', 'operations/buy/flow', 'limits/rate', 'new/deep/member', 'zone', 'code'];

/** @param {any} design */
const idsOf = (design) => Object.keys(design.nodes);

/** @param {any} random @param {any} design an id: one that is there, or a new one */
const idOf = (random, design) => (random.next() < 0.8 && idsOf(design).length > 0 ? random.of(idsOf(design)) : `n${random.below(30)}`);

/** @param {any} random @param {any} design where a value may be written */
function placeOf(random, design) {
  const spots = [`/nodes/${idOf(random, design)}/${random.of(MEMBERS)}`, '/name', '/run/seed', '/slos/0/max', '/slos/0', '/faults', '/faults/1', '/notes', '/notes/0', '/notes/1/at', `/layout/${idOf(random, design)}`];
  if (design.edges.length > 0) spots.push(`/edges/${random.below(design.edges.length)}/${random.of(['timeout', 'retry/max', 'probability'])}`);
  return random.of(spots);
}

/** @param {any} random @returns {[number, number]} */
const spot = (random) => [random.below(900) - 200, random.below(900) / 4];
/** @param {any} random @param {any} design */
const spotsOf = (random, design) => Object.fromEntries(random.some(idsOf(design)).map((/** @type {string} */ id) => [id, spot(random)]));
/** @param {any} random @param {any} design */
const indicesOf = (random, design) => random.some(design.edges.map((/** @type {any} */ _, /** @type {number} */ index) => index));

/** @param {any} random @param {any} design notes that are there, and one that may not be */
const notesOf = (random, design) => random.some([...(Array.isArray(design.notes) ? design.notes : []).keys(), 7]);
/** @param {any} random @param {any} design */
const noteSpots = (random, design) => new Map(notesOf(random, design).map((/** @type {number} */ index) => [index, spot(random)]));

/** What each command may be asked to do. A new command needs a line here. @type {Record<string, (random: any, design: any) => any[]>} */
const ASKED = {
  addNode: (random, design) => [idOf(random, design), { type: random.of(['service', 'client', 'note']), replicas: random.below(5) }, ...(random.next() < 0.7 ? [spot(random)] : [])],
  setValue: (random, design) => [placeOf(random, design), random.of(VALUES)],
  change: (random, design) => ['command.move', Array.from({ length: 1 + random.below(4) }, () => [placeOf(random, design), random.of(VALUES)])],
  connect: (random, design) => [idOf(random, design), idOf(random, design), random.of([{}, { kind: 'publish' }, { latency: '1ms', retry: { max: 2 } }])],
  removeItems: (random, design) => [{ nodes: random.some(idsOf(design)).slice(0, 2), edges: indicesOf(random, design).slice(0, 2), ...(random.next() < 0.5 ? { notes: notesOf(random, design) } : {}) }],
  moveNodes: (random, design) => [spotsOf(random, design), ...(random.next() < 0.5 ? [noteSpots(random, design)] : [])],
  renameNode: (random, design) => [idOf(random, design), idOf(random, design)],
  duplicateNodes: (random, design) => [random.some(idsOf(design)).slice(0, 3), ...(random.next() < 0.5 ? [spot(random), ...(random.next() < 0.7 ? [notesOf(random, design)] : [])] : [])],
  pasteItems: (random, design) => {
    const id = idOf(random, design);
    const notes = random.some([{ text: 'Why?', at: spot(random) }, { text: 'ünïcode \u202f\n"quoted"', at: [0, 0], tint: 'cool' }]);
    if (random.next() < 0.3) return [{ nodes: {}, edges: [], layout: {}, notes }];
    return [{ nodes: { [id]: { type: 'service' } }, edges: [{ from: id, to: idOf(random, design) }], layout: { [id]: spot(random) }, ...(random.next() < 0.5 ? { notes } : {}) }];
  },
};

const START = {
  format: 'scalesim/1', name: 'Start',
  nodes: {
    users: { type: 'client', load: { rate: '10/s' } },
    api: { type: 'service', operations: { buy: { flow: [{ parallel: [[{ call: 'db' }], [{ publish: 'log' }]] }] } } },
    db: { type: 'postgres' }, log: { type: 'kafka' },
  },
  edges: [{ from: 'users', to: 'api' }, { from: 'api', to: 'db' }, { from: 'api', to: 'log', kind: 'publish' }],
  faults: [{ at: '1s', target: 'db', kind: 'crash' }, { at: '1s', target: 'api->db', kind: 'loss' }],
  slos: [{ metric: 'nodes.db.response.p99', max: '1s' }],
  run: { duration: '5m', seed: 1 },
  notes: [{ text: 'slow?', at: [8, -80] }, { text: 'ask', at: [300, 120] }],
  layout: { users: [0, 0], db: [300, 0] },
};

/** Makes a change in place throw, wherever it happens. @param {any} value */
function freeze(value) {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(freeze);
}

/** @param {number} seed @returns {Set<string>} the commands that took part */
function edit(seed) {
  const random = randomOf(seed);
  let now_ms = 0;
  const store = createDocument(createSignals(), () => now_ms);
  store.load(JSON.stringify(START), 'start');
  freeze(store.get());
  const used = new Set();
  const names = Object.keys(ASKED);
  /** What undo must come back to, and redo: bytes kept apart from the store. */
  let [behind, ahead] = [/** @type {string[]} */ ([]), /** @type {string[]} */ ([])];
  /** @type {{ merge: string | undefined, time_ms: number } | null} */
  let last = null;
  const steps = 1 + random.below(STEPS_MAX);
  for (let step = 0; step < steps; step += 1) {
    now_ms += random.of([10, 400, 3000]);
    const chance = random.next();
    const before = store.text();
    if (chance < 0.12 && store.canUndo) {
      store.undo();
      last = null;
      ahead.push(before);
      assert.equal(store.text(), behind.pop(), `seed ${seed}, step ${step}: undo`);
    } else if (chance < 0.2 && store.canRedo) {
      store.redo();
      last = null;
      behind.push(before);
      assert.equal(store.text(), ahead.pop(), `seed ${seed}, step ${step}: redo`);
    } else if (chance < 0.24) {
      const text = JSON.stringify({ ...JSON.parse(before), description: `typed ${step}` });
      store.load(text, 'start', { undoable: true });
      last = null;
      behind.push(before);
      ahead = [];
    } else {
      const name = random.of(names);
      const version = store.version;
      const command = /** @type {any} */ (commands)[name](...ASKED[name](random, store.get()));
      store.execute(command);
      freeze(store.get());
      if (store.version === version) continue;
      used.add(name);
      // Commands of an equal key within a second are one step with the one before, unless something was undone between.
      const isSame = command.merge !== undefined && command.merge === last?.merge && now_ms - last.time_ms < MERGE_MS && ahead.length === 0;
      if (!isSame) behind.push(before);
      ahead = [];
      last = { merge: command.merge, time_ms: now_ms };
    }
  }
  const end = store.text();
  let back = 0;
  for (; store.canUndo; back += 1) {
    store.undo();
    assert.equal(store.text(), behind.pop(), `seed ${seed}: all the way back`);
  }
  assert.equal(behind.length, 0, `seed ${seed}: undo reaches every step`);
  assert.deepEqual(JSON.parse(store.text()), START);
  for (let n = 0; n < back; n += 1) store.redo();
  assert.equal(store.text(), end, `seed ${seed}: and forward again`);
  return used;
}

test('every command is tried', () => {
  assert.deepEqual(Object.keys(commands).filter((name) => !(name in ASKED)), [], 'a command has no line in ASKED: say there what it may be asked to do');
});

test(`undo and redo over ${SEQUENCES} random edit sequences return to identical bytes`, () => {
  const used = new Set();
  for (let seed = 1; seed <= SEQUENCES; seed += 1) for (const name of edit(seed)) used.add(name);
  assert.deepEqual([...used].sort(), Object.keys(commands).sort(), 'every command has changed something');
});
