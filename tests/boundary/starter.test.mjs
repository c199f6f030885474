// Starter code runs: for every component that runs code, with each kind of neighbour and of request, the page's starter loads, is found
// nothing wrong with before it runs, runs without an error, and asks every neighbour that the node has.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analyse } from '../../web/src/analysis/analyse.js';
import { textOfMean } from '../../web/src/snippets/mean.js';
import { starterOf } from '../../web/src/snippets/starter.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CLI = process.env.SCALESIM_CLI ?? join(root, 'build/scalesim');
const api = JSON.parse(readFileSync(join(root, 'core/handlers/api.json'), 'utf8'));
const catalog = JSON.parse(execFileSync(CLI, ['catalog', '--json'], { encoding: 'utf8', maxBuffer: 1 << 26 }));
const CODED = catalog.types.filter((/** @type {any} */ type) => type.traits?.includes('code')).map((/** @type {any} */ { name }) => name);
const typesWith = (/** @type {string} */ trait) => catalog.types.filter((/** @type {any} */ type) => type.traits?.includes(trait)).map((/** @type {any} */ { name }) => name);

/** @param {any} design @returns {any} */
function resultsOf(design) {
  try {
    return JSON.parse(execFileSync(CLI, ['run', '-', '--json'], { input: JSON.stringify(design), encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'ignore'] }));
  } catch (error) {
    const { status, stdout } = /** @type {any} */ (error);
    if (status === 1) return JSON.parse(stdout); // an objective that does not hold
    throw new Error(`status ${status}: ${stdout}`);
  }
}

/** The design with starter code at a node, and that code. @param {any} design @param {string} id */
function started(design, id) {
  const source = starterOf(design, id, catalog);
  return { source, design: { ...design, nodes: { ...design.nodes, [id]: { ...design.nodes[id], code: { language: 'javascript', source } } } } };
}

/** @param {any} design @param {string} source @param {string} id */
function findingsOf(design, source, id) {
  const targets = Object.fromEntries(design.edges.filter((/** @type {any} */ { from }) => from === id).map((/** @type {any} */ edge) => [edge.to, { hasTimeout: edge.timeout !== undefined }]));
  return analyse(source, api, { targets }).findings;
}

/** Runs a design whose node has starter code, and looks whether all is well. @param {any} design @param {string} id */
function runs(design, id) {
  const { source, design: coded } = started(design, id);
  assert.deepEqual(findingsOf(design, source, id), [], source);
  const { nodes, edges } = resultsOf(coded);
  const { handlers } = nodes[id];
  assert.ok(handlers.invocations > 0, `nothing came to\n${source}`);
  assert.equal(handlers.errors, 0, `${JSON.stringify(handlers.log)}\n${source}`);
  assert.deepEqual(Object.values(handlers.breaches).filter((count) => count > 0), []);
  return { source, nodes, edges };
}

const RUN = { duration: '5s', warmup: '0s', seed: 1 };
const client = { type: 'client', load: { rate: '20/s' } };

/** One node between a client and its neighbours. @param {string} type @param {Record<string, any>} neighbours @param {object} [node] @param {object} [people] */
function between(type, neighbours, node = {}, people = {}) {
  const consumers = Object.keys(neighbours).filter((id) => catalog.types.find((/** @type {any} */ one) => one.name === neighbours[id].type).traits?.includes('broker'));
  return {
    format: 'scalesim/1',
    nodes: { people: { ...client, ...people }, mine: { type, ...node }, ...neighbours, ...Object.fromEntries(consumers.map((id) => [`reads-${id}`, { type: 'service' }])) },
    edges: [
      { from: 'people', to: 'mine' },
      ...Object.keys(neighbours).map((to) => ({ from: 'mine', to, ...(consumers.includes(to) ? { kind: 'publish' } : {}) })),
      ...consumers.map((from) => ({ from, to: `reads-${from}` })),
    ],
    run: RUN,
  };
}

test('there are components that run code', () => assert.ok(CODED.length >= 3, CODED.join()));

for (const type of CODED) {
  test(`${type}: alone`, () => void runs(between(type, {}), 'mine'));

  for (const trait of ['store', 'broker', 'code']) {
    for (const other of typesWith(trait)) {
      test(`${type}: with ${other} beside it`, () => {
        const { edges } = runs(between(type, { other: { type: other } }), 'mine');
        assert.ok(edges['mine->other'].calls > 50, `${edges['mine->other'].calls} calls`);
      });
    }
  }

  test(`${type}: with all of them, and operations that read and write`, () => {
    const neighbours = { cache: { type: 'redis' }, db: { type: 'postgres' }, 'search-index': { type: 'elasticsearch' }, events: { type: 'kafka' }, stock: { type: 'service', operations: { checkout: {}, browse: {} } }, new: { type: 'service' } };
    const { source, edges } = runs(between(type, neighbours, { operations: { checkout: {}, 'look-up': { service_time: 'uniform(1ms, 3ms)' } } }, { operations: { checkout: 1, 'look-up': 2, browse: 2 } }), 'mine');
    for (const [name, { calls }] of Object.entries(edges)) assert.ok(calls > 20, `${name}: ${calls} calls`);
    for (const word of ['checkout(key, node)', 'lookUp(key, node)', 'browse(key, node)', "sleep('2ms')", "op: 'checkout'", '.put(', '.get(', '.set(', '.delete(', 'publish(']) assert.ok(source.includes(word), `${word} is in\n${source}`);
  });
}

test('the steps of a flow are its lines', () => {
  const flow = [
    { compute: 'lognormal(mean=6ms, cv=0.6)' }, { call: 'cache', miss: [{ call: 'db', op: 'select' }] }, { call: 'db', op: 'insert' },
    { parallel: [[{ call: 'stock', op: 'reserve' }], [{ compute: '1ms' }, { call: 'db' }], [{ publish: 'events' }]] },
    { choose: [{ probability: 0.25, flow: [{ call: 'stock', op: 'look' }] }, { probability: '75%', flow: [{ compute: '2ms' }] }] },
    { repeat: 3, flow: [{ call: 'stock' }] }, { publish: 'events' },
  ];
  const neighbours = { cache: { type: 'redis' }, db: { type: 'postgres' }, stock: { type: 'service', operations: { reserve: {}, look: {} } }, events: { type: 'rabbitmq' } };
  const { source, edges } = runs(between('service', neighbours, { operations: { buy: { flow } } }, { operations: { buy: 1 } }), 'mine');
  for (const word of ["sleep('6ms')", "op: 'reserve'", "op: 'look'", 'luck < 0.25', 'luck < 1', 'repeat(3', 'Promise.all']) assert.ok(source.includes(word), `${word} is in\n${source}`);
  const asked = edges['people->mine'].calls;
  assert.ok(edges['mine->stock'].calls > 4 * asked && edges['mine->events'].calls > 1.9 * asked, JSON.stringify([edges['mine->stock'].calls, edges['mine->events'].calls, asked]));
});

test('a consumer has onMessage, with onRequest beside it where it is asked, too', () => {
  const design = between('service', { events: { type: 'kafka' } });
  Object.assign(design.nodes, { db: { type: 'postgres' }, books: { type: 'postgres' } });
  design.edges.push({ from: 'reads-events', to: 'db' }, { from: 'reads-events', to: 'books' });
  const { source, edges } = runs(design, 'reads-events');
  assert.match(source, /export async function onMessage/);
  assert.doesNotMatch(source, /onRequest/);
  assert.ok(edges['reads-events->db'].calls > 50 && edges['reads-events->books'].calls > 50);
  design.edges.push({ from: 'people', to: 'reads-events' });
  assert.match(runs(design, 'reads-events').source, /onRequest[^]*onMessage/);
});

test('what nobody asks begins by itself', () => {
  const design = { format: 'scalesim/1', nodes: { mine: { type: 'service' }, db: { type: 'postgres' }, cache: { type: 'redis' } }, edges: [{ from: 'mine', to: 'db' }, { from: 'mine', to: 'cache' }], run: RUN };
  const { source, edges } = runs(design, 'mine');
  assert.match(source, /onStart[^]*tick/);
  assert.ok((edges['mine->cache']?.calls ?? 0) > 1);
});

test('nodes that call each other do not do so without end', () => {
  const design = between('service', { other: { type: 'service' }, third: { type: 'service' } });
  design.edges.push({ from: 'other', to: 'mine' });
  const first = started(design, 'mine');
  const { source, nodes } = runs(first.design, 'other');
  assert.match(first.source, /whose calls come back here/);
  assert.doesNotMatch(source, /node\.call\('mine'/);
  assert.equal(nodes.mine.handlers.errors, 0);
});

test('edges of other kinds, time-outs and operations of edges are kept', () => {
  const design = between('gateway', { next: { type: 'service' }, slow: { type: 'service', operations: { look: {} } } });
  Object.assign(design.edges[1], { kind: 'forward' });
  Object.assign(design.edges[2], { timeout: '2s', op: 'look' });
  const { source, edges } = runs(design, 'mine');
  assert.ok(edges['mine->next'].calls > 50 && edges['mine->slow'].calls > 50);
  assert.match(source, /node\.call\('slow', \{ key \}\)/);
});

test('names that JavaScript keeps for itself, and names of people\'s own', () => {
  const design = between('service', { class: { type: 'postgres' }, function: { type: 'mysql' }, key: { type: 'mongodb' }, 'a-': { type: 'postgres' } }, { name: 'Line\none' }, { operations: { default: 1, delete: 1, 'on-request': 1, key: 1, new: 1 } });
  runs(design, 'mine');
});

test('every node of the examples that runs code', () => {
  const folder = join(root, 'examples');
  let count = 0;
  for (const name of readdirSync(folder).sort()) {
    const file = join(folder, name, `${name}.scalesim.json`);
    if (!existsSync(file)) continue;
    const design = JSON.parse(readFileSync(file, 'utf8'));
    if (Object.values(design.nodes).some((/** @type {any} */ { code }) => code)) continue;
    delete design.faults;
    design.run = { ...design.run, duration: '5s', warmup: '0s' };
    delete design.run.precision;
    for (const [id, node] of Object.entries(design.nodes)) {
      if (!CODED.includes(/** @type {any} */ (node).type)) continue;
      const { source, design: coded } = started(design, id);
      assert.deepEqual(findingsOf(design, source, id), [], source);
      const { nodes } = resultsOf(coded);
      assert.ok(nodes[id].handlers.invocations > 0, `${name}: nothing came to ${id}`);
      assert.ok(nodes[id].handlers.errors <= nodes[id].handlers.invocations / 100, `${name}: ${id} failed ${nodes[id].handlers.errors} times\n${source}`);
      count += 1;
    }
  }
  assert.ok(count >= 5, `${count} nodes`);
});

test('the mean of a time is read off where it can be', () => {
  /** @type {[unknown, string][]} */
  const cases = [['exp(0.4ms)', '0.4ms'], ['lognormal(mean=6ms, cv=0.6)', '6ms'], ['uniform(1ms, 3ms)', '2ms'], [0.25, '250ms'], ['1.5s', '1.5s'], ['2m', '120s'],
    ['erlang(k=3, mean=9us)', '9us'], ['empirical(1ms: 1, 2ms: 3)', ''], [undefined, ''], [0, ''], [{ default: 1 }, '']];
  for (const [time, text] of cases) assert.equal(textOfMean(time), text, String(time));
});
