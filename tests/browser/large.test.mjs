// A large design while it runs: only what is shown comes from the worker, and all of it is there as soon as it is asked for; the drawing is live
// though it is made bit by bit.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, downloadOf, drop, openPage, start } from './browser.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
before(async () => { site = await start(); });
after(() => site?.stop());

const ROWS = 15;
const COLUMNS = 12;

/** Chains side by side, each with a client of its own. */
function chains() {
  const nodes = {};
  const layout = {};
  const edges = [];
  for (let row = 0; row < ROWS; row += 1) for (let column = 0; column < COLUMNS; column += 1) {
    const id = `n${row}-${column}`;
    nodes[id] = column === 0 ? { type: 'client', load: { rate: '200/s' } } : { type: 'service', service_time: 'exp(20ms)', concurrency: 8 };
    layout[id] = [column * 240, row * 112];
    if (column > 0) edges.push({ from: `n${row}-${column - 1}`, to: id });
  }
  return { format: 'scalesim/1', name: 'Chains', nodes, edges, layout, run: { duration: '10h', warmup: '1s', sample_interval: '1s', seed: 1 } };
}

const picture = (page) => page.evaluate(() => document.querySelector('.canvas-scene').toDataURL());

test('a large design is live while it runs, and whole when it is asked for', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  await drop(page, 'chains.scalesim.json', JSON.stringify(chains()));
  await page.locator('.header-name', { hasText: 'Chains' }).waitFor();
  await page.waitForTimeout(500);
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="running"]').waitFor();
  await page.locator('.verdict-node').waitFor(); // the bottleneck of a part is that of the whole
  const pictures = new Set();
  for (let i = 0; i < 6; i += 1) {
    await page.waitForTimeout(400);
    pictures.add(await picture(page));
  }
  assert.ok(pictures.size >= 4, `${pictures.size} pictures in two seconds`);
  await page.locator('[data-node="n3-5"]').evaluate((one) => one.click());
  await page.locator('.frame-inspector .live .stat').first().waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.chart-more').first().waitFor();
  assert.match(await page.locator('.chart-more').first().textContent(), /^and 9 more clients$/);

  const saved = JSON.parse((await downloadOf(page, () => choose(page, 'Save results'))).toString());
  assert.deepEqual([Object.keys(saved.nodes).length, Object.keys(saved.edges).length], [ROWS * COLUMNS, ROWS * (COLUMNS - 1)]);
  await page.locator('[aria-controls="dock-results"]').click();
  const rows = page.locator('.results-table tbody tr');
  await page.getByRole('button', { name: `Show all ${ROWS * COLUMNS} rows` }).waitFor();
  assert.equal(await rows.count(), 101);
  // While the numbers of a row change, the focus in it stays.
  const name = rows.nth(3).getByRole('button');
  await name.focus();
  const was = await rows.nth(3).textContent();
  await page.waitForFunction((text) => document.querySelectorAll('.results-table tbody tr')[3].textContent !== text, was);
  assert.ok(await name.evaluate((one) => one === document.activeElement), 'the focus stays');
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.waitForFunction((count) => document.querySelectorAll('.results-table tbody tr').length === count, ROWS * COLUMNS);
  await page.locator('[aria-controls="dock-charts"]').click();
  await page.waitForTimeout(1000);

  // A run that is left is kept whole, too.
  await drop(page, 'other.scalesim.json', JSON.stringify({ format: 'scalesim/1', name: 'Other', nodes: { a: { type: 'client', load: { rate: 1 } }, b: { type: 'service' } }, edges: [{ from: 'a', to: 'b' }] }));
  await page.locator('.header-name', { hasText: 'Other' }).waitFor();
  const keptNow = () => page.evaluate(() => new Promise((done, fail) => {
    const open = indexedDB.open('scalesim');
    open.onerror = fail;
    open.onsuccess = () => {
      const all = open.result.transaction('run_data').objectStore('run_data').getAll();
      all.onsuccess = () => done(all.result.map(({ results }) => Object.keys(JSON.parse(results).nodes).length));
    };
  }));
  let kept = await keptNow();
  for (let tries = 0; tries < 100 && kept.length === 0; tries += 1) {
    await page.waitForTimeout(100);
    kept = await keptNow();
  }
  assert.deepEqual(kept, [ROWS * COLUMNS]);
  expectQuiet();
  await context.close();
});
