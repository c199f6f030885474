// The arithmetic under the canvas and the inspector, without a page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fit, overlaps, reveal, toScreen, toWorld, zoomAt } from '../../web/src/canvas/camera.js';
import { CARD_HEIGHT, CARD_WIDTH, GRID, distanceTo, facingSides, freePlace, neighbour, pointAlong, routeAll, snap } from '../../web/src/canvas/geometry.js';
import { changesBy, containersOf, groupsOf, regrouped, writtenGroups } from '../../web/src/canvas/containers.js';
import { completeLayout } from '../../web/src/canvas/layout.js';
import { LOAD_HOT, LOAD_WARM, loadOf } from '../../web/src/canvas/load.js';
import { adapted, parseFragment } from '../../web/src/canvas/clipboard.js';
import { freeId } from '../../web/src/commands/duplicate_nodes.js';
import { quantity, shapeOf } from '../../web/src/inspector/density.js';
import { isVisible, stepped, textOf, valueOf } from '../../web/src/inspector/values.js';

const card = (x, y) => ({ x, y, width: CARD_WIDTH, height: CARD_HEIGHT });
const near = (actual, expected, tolerance, what = '') =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} ${actual} is not ${expected} ± ${tolerance}`);

test('zooming leaves the point under the pointer where it is', () => {
  const camera = { x: -120, y: 44, zoom: 0.7 };
  const before = toWorld(camera, 333, 210);
  for (const factor of [0.5, 1.18, 3, 1000, 1e-9]) {
    const after = toWorld(zoomAt(camera, factor, 333, 210), 333, 210);
    near(after[0], before[0], 1e-9);
    near(after[1], before[1], 1e-9);
  }
});

test('what is fitted is in view, and small designs are not blown up', () => {
  const insets = { x: 30, top: 50, bottom: 20 };
  for (const bounds of [{ x: -500, y: 80, width: 3000, height: 200 }, { x: 0, y: 0, width: 100, height: 4000 }, { x: 7, y: 7, width: 10, height: 10 }]) {
    const camera = fit(bounds, 900, 600, insets);
    const [left, top] = toScreen(camera, bounds.x, bounds.y);
    const [right, bottom] = toScreen(camera, bounds.x + bounds.width, bounds.y + bounds.height);
    assert.ok(left >= 29.9 && top >= 49.9 && right <= 870.1 && bottom <= 580.1);
    assert.ok(camera.zoom <= 1.25);
  }
});

test('revealing moves the view no further than needed', () => {
  const camera = { x: 0, y: 0, zoom: 1 };
  assert.equal(reveal(camera, card(100, 100), 800, 600), camera);
  const moved = reveal(camera, card(1000, 100), 800, 600, 24);
  near(toScreen(moved, 1000 + CARD_WIDTH, 0)[0], 800 - 24, 1e-9);
  assert.equal(moved.y, 0);
});

test('connections leave and arrive at the sides that face each other', () => {
  assert.deepEqual(facingSides(card(0, 0), card(400, 50)), ['right', 'left']);
  assert.deepEqual(facingSides(card(400, 0), card(0, 0)), ['left', 'right']);
  assert.deepEqual(facingSides(card(0, 0), card(20, 300)), ['bottom', 'top']);
  assert.deepEqual(facingSides(card(0, 300), card(20, 0)), ['top', 'bottom']);
});

test('a route begins and ends on its cards, and goes around what is between', () => {
  const rects = new Map([['a', card(0, 0)], ['wall', card(320, 0)], ['b', card(640, 0)]]);
  const [route] = routeAll(rects, [{ from: 'a', to: 'b' }]);
  const { line } = route;
  assert.equal(line[0], CARD_WIDTH);
  assert.equal(line[line.length - 3], 640);
  for (let i = 0; i < line.length; i += 3) {
    const inside = line[i] > 320 && line[i] < 320 + CARD_WIDTH && line[i + 1] > 0 && line[i + 1] < CARD_HEIGHT;
    assert.ok(!inside, `(${line[i]}, ${line[i + 1]}) is under the card in the way`);
  }
});

test('ports of one side are apart, in the order of where they go, and there and back do not coincide', () => {
  const rects = new Map([['a', card(0, 200)], ['up', card(400, 0)], ['level', card(400, 200)], ['down', card(400, 400)]]);
  const links = [{ from: 'a', to: 'down' }, { from: 'a', to: 'up' }, { from: 'a', to: 'level' }, { from: 'level', to: 'a' }];
  const routes = routeAll(rects, links);
  const [down, up, level] = routes.map((route) => route.line[1]);
  assert.ok(up < level && level < down);
  const back = routes[3].line[routes[3].line.length - 2];
  assert.ok(Math.abs(back - level) >= 8);
});

test('a connection to itself is a loop; one to nowhere is none', () => {
  const rects = new Map([['a', card(0, 0)]]);
  const [loop, none] = routeAll(rects, [{ from: 'a', to: 'a' }, { from: 'a', to: 'ghost' }]);
  assert.ok(loop.length > 100);
  assert.ok(loop.bounds.y < 0);
  assert.equal(none, null);
});

test('a dot runs evenly along its route', () => {
  const [route] = routeAll(new Map([['a', card(0, 0)], ['b', card(500, 300)]]), [{ from: 'a', to: 'b' }]);
  const point = [0, 0];
  let last = null;
  for (let i = 0; i <= 20; i++) {
    pointAlong(route, i / 20, point);
    near(distanceTo(route, point[0], point[1]), 0, 1e-3);
    if (last) near(Math.hypot(point[0] - last[0], point[1] - last[1]), route.length / 20, route.length / 200);
    last = [...point];
  }
});

test('arrow keys find the neighbour in their direction, and stop at the edge', () => {
  const rects = new Map([['a', card(0, 0)], ['b', card(300, 8)], ['c', card(600, -8)], ['d', card(300, 300)]]);
  assert.equal(neighbour(rects, 'a', 'right'), 'b');
  assert.equal(neighbour(rects, 'b', 'right'), 'c');
  assert.equal(neighbour(rects, 'c', 'left'), 'b');
  assert.equal(neighbour(rects, 'b', 'bottom'), 'd');
  assert.equal(neighbour(rects, 'a', 'left'), null);
});

test('a new card lies on the grid and on no other', () => {
  const rects = [card(0, 0)];
  for (let i = 0; i < 40; i++) {
    const [x, y] = freePlace(rects, 3, 5);
    assert.ok(Number.isInteger(x / GRID) && Number.isInteger(y / GRID), `(${x}, ${y})`);
    assert.ok(!rects.some((rect) => overlaps(rect, card(x, y))), `card ${i}`);
    rects.push(card(x, y));
  }
  assert.equal(snap(11), 8);
});

test('written places are kept, missing ones are made without overlap', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const layout = completeLayout(ids, [{ from: 'a', to: 'b' }], { a: [10, 20], c: ['x', 1] });
  assert.deepEqual(layout.a, [10, 20]);
  const cards = ids.map((id) => card(...layout[id]));
  cards.forEach((one, i) => cards.slice(i + 1).forEach((other) => assert.ok(!overlaps(one, other))));
});

test('the scale of load changes at 60 and 85 percent', () => {
  assert.deepEqual([0, LOAD_WARM - 1e-9, LOAD_WARM, LOAD_HOT - 1e-9, LOAD_HOT, 1].map(loadOf), ['cool', 'cool', 'warm', 'warm', 'hot', 'hot']);
});

test('a pasted piece gets free ids, in its edges and flows too', () => {
  const text = JSON.stringify({
    format: 'scalesim/1',
    nodes: { db: { type: 'postgres' }, api: { type: 'service', operations: { get: { flow: [{ call: 'db' }, { parallel: [[{ call: 'db' }]] }] } } } },
    edges: [{ from: 'api', to: 'db' }, { from: 'api', to: 'elsewhere' }],
    layout: { db: [8, 16] },
  });
  const fragment = parseFragment(text);
  const fresh = adapted(fragment, { nodes: { db: {}, 'db-2': {} } }, [10, 10], freeId);
  assert.deepEqual(Object.keys(fresh.nodes), ['db-3', 'api']);
  assert.deepEqual(fresh.edges, [{ from: 'api', to: 'db-3' }]);
  assert.deepEqual(fresh.layout, { 'db-3': [18, 26] });
  assert.deepEqual(fresh.nodes.api.operations.get.flow, [{ call: 'db-3' }, { parallel: [[{ call: 'db-3' }]] }]);
  for (const other of ['', 'hello', '{"nodes":{}}', '[1]', '{"format":"scalesim/1","nodes":{}}']) assert.equal(parseFragment(other), null);
});

test('densities have the mean they say, and an area of one', () => {
  const means = {
    'exp(4ms)': 0.004, 'uniform(0.2ms, 0.6ms)': 0.0004, 'normal(mean=10ms, sd=1ms)': 0.01, 'lognormal(mean=6ms, cv=0.6)': 0.006,
    'gamma(mean=3s, cv=0.5)': 3, 'erlang(k=4, mean=20ms)': 0.02, 'weibull(shape=2, scale=1s)': Math.sqrt(Math.PI) / 2,
    'hyperexp(0.9: 1ms, 0.1: 20ms)': 0.0029, 'mix(0.5: exp(1s), 0.5: uniform(1s, 3s))': 1.5,
  };
  for (const [text, mean] of Object.entries(means)) {
    const shape = shapeOf(text);
    near(shape.mean, mean, mean * 1e-6, text);
    let area = 0;
    const end = shape.high * 4;
    const steps = 40_000;
    for (let i = 0; i < steps; i++) area += shape.density(((i + 0.5) / steps) * end) * (end / steps);
    near(area, 1, 0.01, text);
  }
  for (const text of ['250ms', 'exp(', 'exp(-', 'gauss(1ms)', 'mix(exp(1s))', '']) assert.equal(shapeOf(text), null, text);
});

test('quantities are read with their units', () => {
  near(quantity('250ms'), 0.25, 1e-12);
  assert.equal(quantity('2m'), 120);
  assert.equal(quantity('64KiB'), 65536);
  near(quantity('5%'), 0.05, 1e-12);
  assert.ok(Number.isNaN(quantity('4 parsecs')));
});

test('a typed text becomes the value to write', () => {
  const count = { name: 'replicas', kind: 'count', infinite: true };
  assert.equal(valueOf(count, ' 8 '), 8);
  assert.equal(valueOf(count, '∞'), 'inf');
  assert.equal(valueOf(count, ''), undefined);
  assert.equal(valueOf({ name: 't', kind: 'number', unit: 'seconds' }, '250ms'), '250ms');
  assert.equal(valueOf({ name: 'n', kind: 'text' }, '42'), '42');
  assert.equal(textOf({ a: 1 }), '{"a":1}');
});

test('steps are round, keep what stands around the number, and stay in range', () => {
  const rate = { name: 'rate', kind: 'number', unit: 'rate', min: 0 };
  assert.equal(stepped('800/s', 1, rate), '810/s');
  assert.equal(stepped('800/s', -3, rate), '770/s');
  assert.equal(stepped('lognormal(mean=6ms, cv=0.6)', 1, { name: 'd', kind: 'distribution' }), 'lognormal(mean=6.1ms, cv=0.6)');
  assert.equal(stepped('1', -5, { name: 'c', kind: 'count', min: 1 }), '1');
  assert.equal(stepped('0.99', 5, { name: 'p', kind: 'number', min: 0, max: 1 }), '1');
  assert.equal(stepped('auto', 1, rate), null);
});

test('only properties that have a place under the rules are shown', () => {
  const rules = [
    { rule: 'one_of', properties: ['rate', 'users'] },
    { rule: 'needs', property: 'think', needs: ['users'] },
    { rule: 'when', property: 'kind', is: ['slow'], require: ['factor'] },
    { rule: 'when', property: 'kind', is: ['errors'], require: ['share'] },
  ];
  const shown = (value) => ['rate', 'users', 'think', 'factor', 'share', 'name'].filter((name) => isVisible({ name, kind: 'text' }, rules, value));
  assert.deepEqual(shown({ rate: 1, kind: 'slow' }), ['rate', 'factor', 'name']);
  assert.deepEqual(shown({ users: 5, kind: 'errors' }), ['users', 'think', 'share', 'name']);
  assert.ok(isVisible({ name: 'factor', kind: 'number' }, rules, {}, { kind: 'slow' }), 'a default counts as chosen');
  assert.deepEqual(shown({ kind: 'slow', share: 1 }), ['factor', 'share', 'name'], 'what was written is never hidden');
});

test('a dragged card goes into the container that has its middle, and out of its own once it is clear of that', () => {
  const at = (id, x, y, zone = '') => ({ id, rect: card(x, y), zone });
  const nodes = [at('a', 0, 0, 'east'), at('b', 0, 200, 'east'), at('c', 600, 0, 'west'), at('d', 600, 400)];
  const groups = groupsOf([{ name: 'Stores', nodes: ['b', 'd'], colour: 'red' }, 'no group', { nodes: ['gone'] }]);
  const containers = containersOf(nodes, groups);
  assert.deepEqual(containers.map(({ key, ids }) => [key, ids]), [['zone east', ['a', 'b']], ['zone west', ['c']], ['group 0', ['b', 'd']]]);
  const moved = (places) => Object.fromEntries(changesBy(containers, new Map(Object.entries(places))));
  assert.deepEqual(moved({ a: [40, 40] }), {}, 'within its own');
  assert.deepEqual(moved({ a: [600, 24] }), { a: { zone: 'west' } });
  assert.deepEqual(moved({ a: [-400, 0] }), { a: { zone: '' } });
  assert.deepEqual(moved({ a: [900, 900], b: [900, 1100] }), { b: { group: -1 } }, 'all of a zone takes it along');
  assert.deepEqual(moved({ c: [200, 250] }), { c: { group: 0 } }, 'the last of its zone keeps it');
  const after = regrouped(groups, changesBy(containers, new Map([['c', [200, 250]]])));
  assert.deepEqual(writtenGroups(after)[0], { name: 'Stores', nodes: ['b', 'd', 'c'], colour: 'red' }, 'what else was written stays');
});
