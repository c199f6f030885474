// What is drawn around nodes and beside them, and what is done to several at once, in the built page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drop, downloadOf, openPage, root, start } from './browser.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
before(async () => {
  site = await start();
});
after(() => site?.stop());

const SHOP = JSON.parse(readFileSync(join(root, 'examples/ecommerce/ecommerce.scalesim.json'), 'utf8'));
/** Room around everything, so that nothing is hit by chance. */
const PLAIN = {
  format: 'scalesim/1', name: 'Plain',
  nodes: {
    web: { type: 'client', load: { rate: '50/s' } },
    a: { type: 'service', replicas: 2, zone: 'east' }, b: { type: 'service', replicas: 3, zone: 'east' }, c: { type: 'service', zone: 'west' }, d: { type: 'postgres' },
  },
  edges: [{ from: 'web', to: 'a' }, { from: 'web', to: 'b' }, { from: 'b', to: 'c' }, { from: 'c', to: 'd' }],
  faults: [{ kind: 'zone-down', zone: 'east', at: '10s', for: '5s' }],
  layout: { web: [0, 160], a: [320, 0], b: [320, 320], c: [720, 320], d: [1120, 0] },
  run: { duration: '30s', warmup: '1s', seed: 1 },
};

const settle = (page) => page.waitForTimeout(350);
const node = (page, id) => page.locator(`[data-node="${id}"]`);

async function openDesign(design, options = {}) {
  const opened = await openPage(site, options);
  await drop(opened.page, 'mine.scalesim.json', JSON.stringify(design));
  await opened.page.locator('.header-name', { hasText: design.name }).waitFor();
  await settle(opened.page);
  return opened;
}

async function middle(page, id) {
  const box = await node(page, id).boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

async function drag(page, from, to) {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps: 6 });
  await page.mouse.up();
  await settle(page);
}

/** Clicks cards, the second and later ones with Shift. */
async function pick(page, ...ids) {
  for (const [i, id] of ids.entries()) {
    if (i > 0) await page.keyboard.down('Shift');
    await page.mouse.click(...await middle(page, id));
    if (i > 0) await page.keyboard.up('Shift');
  }
}

/** The document as it would be saved. */
async function saved(page) {
  await page.evaluate(() => { delete window.showSaveFilePicker; }); // the way of browsers without it
  const bytes = await downloadOf(page, () => page.keyboard.press('Control+s'));
  return JSON.parse(bytes.toString());
}

test('a card dragged into a zone is in it, dragged out it is not; each is one step', async () => {
  const { page, context, expectQuiet } = await openDesign(PLAIN);
  assert.match(await node(page, 'c').getAttribute('aria-label'), /in west$/);
  const [ax, ay] = await middle(page, 'a');
  const [bx, by] = await middle(page, 'b');
  await drag(page, await middle(page, 'c'), [ax + 8, (ay + by) / 2]);
  assert.match(await node(page, 'c').getAttribute('aria-label'), /in east$/);
  const moved = await saved(page);
  assert.equal(moved.nodes.c.zone, 'east');
  assert.notDeepEqual(moved.layout.c, PLAIN.layout.c);
  await page.keyboard.press('Control+z');
  await settle(page);
  assert.deepEqual(await saved(page).then(({ nodes, layout }) => [nodes, layout]), [PLAIN.nodes, PLAIN.layout]);
  await drag(page, [bx, by], [bx, by + 260]);
  assert.equal((await saved(page)).nodes.b.zone, undefined, 'out of its zone');
  const [x, y] = await middle(page, 'a');
  await drag(page, [x, y], [x + 40, y + 20]);
  assert.equal((await saved(page)).nodes.a.zone, 'east', 'the last one takes its zone along');
  expectQuiet();
  await context.close();
});

test('a part dropped into a zone is in it, as one step', async () => {
  const { page, context } = await openDesign(PLAIN);
  const part = await page.locator('[data-type="redis"]').boundingBox();
  const [ax, ay] = await middle(page, 'a');
  const [, by] = await middle(page, 'b');
  await drag(page, [part.x + 20, part.y + part.height / 2], [ax, (ay + by) / 2]);
  assert.match(await node(page, 'redis').getAttribute('aria-label'), /, in east(,|$)/);
  assert.equal((await saved(page)).nodes.redis.zone, 'east');
  await page.keyboard.press('Control+z');
  assert.deepEqual((await saved(page)).nodes, PLAIN.nodes);
  await context.close();
});

test('automatic layout keeps the nodes of a zone together', async () => {
  const east = ['auth', 'users', 'sessions', 'userdb'];
  const nodes = Object.fromEntries(Object.entries(SHOP.nodes).map(([id, one]) => [id, east.includes(id) ? { ...one, zone: 'east' } : one]));
  const { page, context } = await openDesign({ ...SHOP, name: 'Zoned', nodes });
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await page.waitForFunction(() => document.querySelector('.header-edit:not([disabled])') !== null);
  await page.waitForTimeout(600);
  const { layout } = await saved(page);
  assert.notDeepEqual(layout, SHOP.layout);
  const xs = east.map((id) => layout[id][0]);
  const ys = east.map((id) => layout[id][1]);
  for (const [id, [x, y]] of Object.entries(layout)) {
    const isBeside = x + 184 <= Math.min(...xs) || x >= Math.max(...xs) + 184 || y + 80 <= Math.min(...ys) || y >= Math.max(...ys) + 80;
    assert.ok(east.includes(id) || isBeside, `${id} lies in the zone`);
  }
  await context.close();
});

test('a zone is made of the selected, named, renamed with its fault, moved by its head, dissolved', async () => {
  const { page, context, expectQuiet } = await openDesign({ ...PLAIN, layout: { ...PLAIN.layout, d: [1120, 160] } });
  await pick(page, 'c', 'd');
  await page.keyboard.press('z');
  await page.locator('.canvas-rename').waitFor();
  await page.keyboard.type('cellar');
  await page.keyboard.press('Enter');
  await settle(page);
  assert.match(await node(page, 'd').getAttribute('aria-label'), /in cellar$/);
  // The head lies above the upper card of the zone, at its left.
  const head = async (id) => {
    const box = await node(page, id).boundingBox();
    const zoom = box.width / 184;
    return [box.x - 6 * zoom, box.y - 26 * zoom];
  };
  await page.mouse.dblclick(...await head('a'));
  await page.locator('.canvas-rename').fill('orient');
  await page.keyboard.press('Enter');
  await settle(page);
  const renamed = await saved(page);
  assert.deepEqual([renamed.nodes.a.zone, renamed.nodes.b.zone, renamed.faults[0].zone], ['orient', 'orient', 'orient']);
  const [x, y] = await head('a');
  await drag(page, [x, y], [x + 30, y + 40]);
  const moved = await saved(page);
  assert.deepEqual(moved.layout.b.map((at, i) => at - renamed.layout.b[i]), moved.layout.a.map((at, i) => at - renamed.layout.a[i]), 'both go along');
  assert.notDeepEqual(moved.layout.a, renamed.layout.a);
  assert.equal(moved.nodes.a.zone, 'orient');
  await page.mouse.click(...await head('a'), { button: 'right' });
  await page.getByRole('menuitem', { name: /Dissolve/ }).click();
  await settle(page);
  assert.equal((await saved(page)).nodes.a.zone, undefined);
  expectQuiet();
  await context.close();
});

test('groups are frames of the drawing: made by key, kept in the document, left, and no matter to the run', async () => {
  const { page, context, expectQuiet } = await openDesign(PLAIN);
  await pick(page, 'web', 'd');
  await page.keyboard.press('Control+g');
  await page.locator('.canvas-rename').waitFor();
  await page.keyboard.type('Edge');
  await page.keyboard.press('Enter');
  await settle(page);
  assert.deepEqual((await saved(page)).groups, [{ name: 'Edge', nodes: ['web', 'd'] }]);
  assert.match(await node(page, 'd').getAttribute('aria-label'), /in Edge$/);
  await pick(page, 'd');
  await page.keyboard.press('Delete');
  await settle(page);
  assert.deepEqual((await saved(page)).groups, [{ name: 'Edge', nodes: ['web'] }]);
  await page.keyboard.press('Control+z');
  await pick(page, 'web');
  await page.keyboard.press('Control+Shift+G');
  await settle(page);
  assert.deepEqual((await saved(page)).groups, [{ name: 'Edge', nodes: ['d'] }]);
  await page.getByRole('tab', { name: /Problems/ }).click();
  await page.waitForTimeout(400); // what the engine has to say it says soon
  assert.doesNotMatch(await page.locator('.problems').textContent(), /group/);
  expectQuiet();
  await context.close();
});

test('several nodes are set at once: what differs says so, a change is one step for all', async () => {
  const { page, context, expectQuiet } = await openDesign(PLAIN);
  await pick(page, 'a', 'b', 'c');
  const field = page.locator('.frame-inspector .property[data-pointer$="/replicas"]');
  const input = field.locator('input');
  assert.equal(await input.inputValue(), '');
  assert.equal(await input.getAttribute('placeholder'), 'mixed');
  await input.fill('5');
  await input.press('Enter');
  await settle(page);
  const replicas = async () => ['a', 'b', 'c', 'd'].map((id) => nodes[id].replicas);
  let { nodes } = await saved(page);
  assert.deepEqual(await replicas(), [5, 5, 5, undefined]);
  assert.equal(await input.inputValue(), '5');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+z');
  ({ nodes } = await saved(page));
  assert.deepEqual(await replicas(), [2, 3, undefined, undefined], 'one step back');
  await pick(page, 'a', 'd');
  assert.equal(await page.locator('.frame-inspector .property[data-pointer$="/connections"]').count(), 0, 'only what both have');
  assert.equal(await page.locator('.frame-inspector .property[data-pointer$="/service_time"]').count() > 0, true);
  expectQuiet();
  await context.close();
});

test('several connections are set at once', async () => {
  const { page, context } = await openDesign({ ...PLAIN, edges: [PLAIN.edges[0], { ...PLAIN.edges[1], timeout: '1s' }, ...PLAIN.edges.slice(2)] });
  await page.locator('[data-edge="0"]').focus();
  await page.keyboard.press('Control+ ');
  await page.locator('[data-edge="1"]').focus();
  await page.keyboard.press('Control+ ');
  const input = page.locator('.frame-inspector .property[data-pointer$="/timeout"] input');
  assert.equal(await input.getAttribute('placeholder'), 'mixed');
  await input.fill('300ms');
  await input.press('Enter');
  assert.deepEqual((await saved(page)).edges.map(({ timeout }) => timeout), ['300ms', '300ms', undefined, undefined]);
  await context.close();
});

test('the selected are lined up and spread by key', async () => {
  const { page, context } = await openDesign({ ...PLAIN, nodes: Object.fromEntries(Object.entries(PLAIN.nodes).map(([id, { zone, ...rest }]) => [id, rest])), faults: [] });
  await pick(page, 'a', 'b', 'd');
  await page.keyboard.press('Control+Shift+ArrowUp');
  let places = (await saved(page)).layout;
  assert.deepEqual([places.a[1], places.b[1], places.d[1]], [0, 0, 0]);
  await page.keyboard.press('Shift+H');
  places = (await saved(page)).layout;
  const gaps = [places.a, places.b, places.d].map(([x]) => x).sort((p, q) => p - q);
  assert.ok(Math.abs(gaps[2] - 2 * gaps[1] + gaps[0]) <= 1, `${gaps}`);
  await context.close();
});

test('Space held is a hand: dragging moves the view and starts no run; pressed alone it runs', async () => {
  const { page, context } = await openDesign(PLAIN);
  const [x, y] = await middle(page, 'c');
  const before = (await saved(page)).layout;
  await page.mouse.move(x, y);
  await page.keyboard.down(' ');
  assert.equal(await page.locator('.canvas-scene').evaluate((canvas) => canvas.style.cursor), 'grab');
  await drag(page, [x, y], [x - 80, y + 32]);
  await page.keyboard.up(' ');
  await settle(page);
  const [nx, ny] = await middle(page, 'c');
  assert.deepEqual([Math.round(nx - x), Math.round(ny - y)], [-80, 32]);
  assert.deepEqual((await saved(page)).layout, before, 'nothing on it was moved');
  assert.equal(await page.locator('.run-bar').getAttribute('data-state'), 'idle');
  await page.keyboard.press(' ');
  await page.locator('.run-bar[data-state="running"], .run-bar[data-state="done"]').waitFor();
  await context.close();
});

test('a number of the selected card is dragged on the drawing, and the closed-form answer follows', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  await page.locator('[data-node="orders"]').waitFor({ state: 'attached' });
  await settle(page);
  await pick(page, 'orders');
  const chip = page.getByRole('spinbutton', { name: 'Replicas' });
  const before = Number(await chip.getAttribute('aria-valuenow'));
  const answer = page.locator('.frame-inspector').getByText(/was \d/).first();
  const box = await chip.boundingBox();
  await drag(page, [box.x + 10, box.y + 10], [box.x + 30, box.y + 10]);
  assert.equal(Number(await chip.getAttribute('aria-valuenow')), before + 5);
  await answer.waitFor();
  await chip.focus();
  await page.keyboard.press('ArrowDown');
  assert.equal(Number(await chip.getAttribute('aria-valuenow')), before + 4);
  await chip.click();
  await page.waitForFunction(() => document.activeElement?.closest('.property')?.dataset.pointer === '/nodes/orders/replicas');
  assert.equal((await saved(page)).nodes.orders.replicas, before + 4);
  expectQuiet();
  await context.close();
});

test('what is copied in one window is pasted in another, as text', async () => {
  const first = await openDesign({ ...SHOP, name: 'Shop one' });
  await pick(first.page, 'orders');
  const text = await first.page.evaluate(() => {
    const data = new DataTransfer();
    document.activeElement.dispatchEvent(new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }));
    return data.getData('text/plain');
  });
  await first.context.close();
  const { page, context } = await openDesign(PLAIN);
  await page.keyboard.press('g');
  await page.evaluate((content) => {
    const data = new DataTransfer();
    data.setData('text/plain', content);
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
  await settle(page);
  assert.deepEqual((await saved(page)).nodes.orders, SHOP.nodes.orders);
  await context.close();
});

test('F1 explains the field that has the focus', async () => {
  const { page, context } = await openDesign(PLAIN);
  await pick(page, 'a');
  const field = page.locator('.frame-inspector .property[data-pointer="/nodes/a/replicas"]');
  await field.locator('input').focus();
  await page.keyboard.press('F1');
  await field.locator('.field-help').waitFor({ state: 'visible' });
  assert.match(await field.locator('.field-help').textContent(), /\w+ .*\./);
  await context.close();
});
