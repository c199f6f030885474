// The history of runs: kept over a reload, named, filtered, compared, gone back to, exported, reported, deleted and brought back.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CLI, choose, downloadOf, objections, openPage, root, runToEnd, shots, start } from './browser.mjs';

const SHOP = join(root, 'examples/ecommerce/ecommerce.scalesim.json');
const ORDERS_NOW = JSON.parse(readFileSync(SHOP, 'utf8')).nodes.orders.replicas;

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
before(async () => {
  mkdirSync(shots, { recursive: true });
  site = await start();
});
after(() => site?.stop());

/** @param {any} page */
async function openHistory(page) {
  await page.getByRole('tab', { name: 'History' }).click();
  await page.locator('.history').waitFor();
}

/** @param {any} page @param {number} count of runs that are listed */
const lists = (page, count) => page.waitForFunction((n) => document.querySelectorAll('.history-table tbody tr').length === n, count);

/** Runs the shop with a seed. @param {any} page @param {number} seed */
async function runWith(page, seed) {
  const field = page.locator('.run-seed input');
  if (Number(await field.inputValue()) !== seed) {
    await field.fill(String(seed));
    await field.press('Enter');
    await page.locator('.run-bar[data-state="idle"]').waitFor();
  }
  await runToEnd(page);
}

/** Changes the replicas of orders. @param {any} page @param {number} value */
async function setReplicas(page, value) {
  await page.keyboard.press('Control+k');
  await page.locator('.finder input').fill('orders (orders)');
  await page.keyboard.press('Enter');
  const field = page.locator('.inspector').getByLabel('Replicas', { exact: true });
  await field.fill(String(value));
  await field.press('Enter');
}

/** Whether a run with this note is in the browser's database. @param {string} note */
const keeps = (note) => new Promise((resolve, reject) => {
  const opening = indexedDB.open('scalesim');
  opening.onerror = reject;
  opening.onsuccess = () => {
    const reading = opening.result.transaction('runs').objectStore('runs').getAll();
    reading.onerror = reject;
    reading.onsuccess = () => {
      opening.result.close();
      resolve(reading.result.some((run) => run.note === note));
    };
  };
});

/** A page with two runs of the shop: as it is, and with more replicas of orders. @param {object} [options] */
async function withTwoRuns(options) {
  const opened = await openPage(site, options);
  await runWith(opened.page, 1);
  await setReplicas(opened.page, ORDERS_NOW * 2);
  await runToEnd(opened.page);
  await openHistory(opened.page);
  await lists(opened.page, 2);
  return opened;
}

test('before the first run the history says what to do', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  await openHistory(page);
  await page.getByText('Each run of this design is kept here when it has ended: press Run.').waitFor();
  assert.deepEqual(await objections(page), []);
  expectQuiet();
  await context.close();
});

test('runs are kept over a reload, with their names and notes, and found by words', async () => {
  const { page, context, expectQuiet } = await withTwoRuns();
  await page.getByLabel('Name of run 1').fill('baseline');
  await page.keyboard.press('Enter');
  await page.getByLabel('Note on run 2').fill('more of orders');
  await page.keyboard.press('Enter');
  await page.waitForFunction(keeps, 'more of orders'); // faster than a person, the reload would overtake it
  await page.reload();
  await openHistory(page);
  await lists(page, 2);
  assert.equal(await page.getByLabel('Name of run 1').inputValue(), 'baseline');
  assert.equal(await page.getByLabel('Note on run 2').inputValue(), 'more of orders');
  assert.match(await page.locator('.history-table tbody tr').first().textContent(), /orders replicas: \d+ → \d+/);
  for (const [words, numbers] of Object.entries({ baseline: ['1'], 'ORDERS more': ['2'], 'orders replicas': ['2'], 'seed 1': ['2', '1'] })) {
    await page.getByLabel('Filter by words').fill(words);
    assert.deepEqual(await page.locator('.history-table tbody th').allTextContents(), numbers, words);
  }
  await page.getByLabel('Filter by words').fill('no such thing');
  await page.getByText('No run has these words').waitFor();
  await page.getByLabel('Filter by words').fill('');
  // Numbers go on, and the same run again is not kept twice.
  await runToEnd(page);
  await page.waitForTimeout(500);
  await lists(page, 2);
  await runWith(page, 9);
  await lists(page, 3);
  assert.equal(await page.locator('.history-table tbody th').first().textContent(), '3');
  assert.deepEqual(await objections(page), []);
  await page.screenshot({ path: join(shots, 'history.png') });
  expectQuiet();
  await context.close();
});

test('a run that ends does not take the words from who writes a note', async () => {
  const { page, context } = await withTwoRuns();
  await page.locator('.run-speed').selectOption('max');
  await page.locator('.run-seed input').fill('4');
  await page.locator('.run-seed input').press('Enter');
  await page.locator('.run-play').click();
  const note = page.getByLabel('Note on run 1');
  await note.focus();
  await page.keyboard.type('half a wo');
  await lists(page, 3);
  await page.keyboard.type('rd');
  await runWith(page, 5);
  await lists(page, 4);
  assert.equal(await note.inputValue(), 'half a word');
  await page.reload();
  await openHistory(page);
  await lists(page, 4);
  assert.equal(await note.inputValue(), 'half a word');
  await context.close();
});

test('a run that is given up is kept as far as it went', async () => {
  const { page, context } = await openPage(site);
  await page.locator('.run-speed').selectOption('10');
  await page.locator('.run-play').click();
  await page.waitForFunction(() => parseFloat(document.querySelector('.clock').textContent) > 8);
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="paused"]').waitFor();
  await page.waitForTimeout(600); // its results are those of the pause
  await page.getByRole('button', { name: /^Back to the start/ }).click();
  await openHistory(page);
  await lists(page, 1);
  assert.match(await page.locator('.history-table tbody tr').textContent(), /stopped at \d/);
  await context.close();
});

test('any two runs are compared, with what is more than chance, also after a reload', async () => {
  const { page, context } = await withTwoRuns();
  await page.reload();
  await openHistory(page);
  await lists(page, 2);
  const compare = page.getByRole('button', { name: 'Compare', exact: true });
  assert.ok(await compare.isDisabled());
  await page.getByLabel('Compare run 1').press('Space');
  await page.getByLabel('Compare run 2').press('Space');
  await compare.press('Enter');
  await page.getByText('both with seed 1, the same random numbers').waitFor();
  const checkout = page.locator('.results-table tbody tr').filter({ hasText: 'checkout' });
  await checkout.getByText('less: more than chance').first().waitFor();
  assert.match(await page.locator('#dock-results .results-head').textContent(), /orders replicas: \d+ → \d+/);
  await context.close();
});

test('the design of a run comes back, and undo brings back the other', async () => {
  const { page, context } = await withTwoRuns();
  await page.getByRole('button', { name: 'Go back to the design of run 1' }).click();
  await page.locator('.toast').getByText('The design is that of run 1.').waitFor();
  const replicas = page.locator('.inspector').getByLabel('Replicas', { exact: true });
  assert.equal(Number(await replicas.inputValue()), ORDERS_NOW);
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
  assert.equal(Number(await replicas.inputValue()), ORDERS_NOW * 2);
  await context.close();
});

test('a deleted run is brought back, by keyboard', async () => {
  const { page, context } = await withTwoRuns();
  await page.getByRole('button', { name: 'Delete run 1' }).press('Enter');
  await page.locator('.history').getByText('Run 1 is deleted.').waitFor();
  await page.keyboard.press('Enter'); // the focus is on the way back
  await page.getByRole('button', { name: 'Delete run 1' }).waitFor();
  await page.getByRole('button', { name: 'Delete run 2' }).click();
  await page.reload();
  await openHistory(page);
  await lists(page, 1);
  await page.getByLabel('Name of run 1').waitFor();
  await context.close();
});

test('the runs leave as a table and as everything; the design in it gives the same results', async () => {
  const { page, context } = await withTwoRuns();
  const [csv, json] = await Promise.all([
    await downloadOf(page, () => page.locator('.history').getByRole('button', { name: 'CSV' }).click()),
    await downloadOf(page, () => page.locator('.history').getByRole('button', { name: 'JSON' }).click()),
  ]);
  const lines = csv.toString().trimEnd().split('\r\n');
  assert.match(lines[0], /^run,name,note,made,design,engine,seed,simulated_s,stopped_s,changed_at_s,node,operation,throughput_per_s,/);
  assert.ok(lines.slice(1).every((line) => /^[12],,,20\d\d-/.test(line)), lines[1]);
  const { format, runs } = JSON.parse(json.toString());
  assert.equal(format, 'scalesim-history/1');
  assert.deepEqual(runs.map(({ run }) => run), [2, 1]);
  const [second] = runs;
  assert.equal(second.design.nodes.orders.replicas, ORDERS_NOW * 2);
  assert.ok(second.timeline.columns.time_s.length > 100);
  assert.equal(second.timeline.columns['nodes.shoppers.p99'].length, second.timeline.columns.time_s.length);
  const file = join(site.folder, 'again.scalesim.json');
  writeFileSync(file, JSON.stringify(second.design));
  const { stdout } = spawnSync(CLI, ['run', file, '--json', '--seed', String(second.seed)], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  assert.deepEqual(second.results, JSON.parse(stdout));
  await context.close();
});

test('the report has all of the run, stands alone in print, and closes by Escape', async () => {
  const { page, context, expectQuiet } = await withTwoRuns();
  await page.getByLabel('Note on run 1').fill('as it was found');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Report of run 1' }).click();
  const report = page.locator('.report');
  await report.waitFor();
  const text = await report.locator('.report-page').innerText();
  const { engine, seed, trace_hash } = JSON.parse(spawnSync(CLI, ['run', SHOP, '--json'], { encoding: 'utf8', maxBuffer: 2 ** 26 }).stdout);
  for (const part of ['Checkout', 'as it was found', engine, String(seed), trace_hash, 'Missed: Checkout is fast', 'Met: Few errors', 'orders has the busiest places', 'scalesim run checkout.scalesim.json --seed 1']) {
    assert.ok(text.includes(part), part);
  }
  assert.equal(await report.locator('.drawing .drawing-name').count(), Object.keys(JSON.parse(readFileSync(SHOP, 'utf8')).nodes).length);
  assert.equal(await report.locator('.figure').count(), 3);
  assert.ok((await report.locator('.figure-line').evaluateAll((all) => all.map((path) => path.getAttribute('d').length))).every((length) => length > 200));
  assert.deepEqual(await objections(page), []);
  await page.screenshot({ path: join(shots, 'report.png') });
  await page.emulateMedia({ media: 'print' });
  assert.ok(!(await page.locator('.frame').isVisible()) && !(await page.locator('.report-bar').isVisible()) && await page.locator('.report-page').isVisible());
  await page.emulateMedia({ media: null });
  const pdf = await page.pdf({ path: join(shots, 'report.pdf'), format: 'A4', printBackground: true });
  const pages = pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
  assert.ok(pages >= 2 && pages <= 5, `${pages} pages`);
  await page.keyboard.press('Escape');
  assert.equal(await report.count(), 0);
  assert.ok(await page.getByRole('button', { name: 'Report of run 1' }).evaluate((button) => button === document.activeElement), 'the focus is back');
  expectQuiet();
  await context.close();
});

test('runs go with their design', async () => {
  const { page, context } = await withTwoRuns();
  await page.keyboard.press('Control+Shift+O');
  await page.getByRole('button', { name: 'Duplicate Checkout' }).click();
  await page.locator('.designs-open').filter({ hasText: 'Checkout (copy)' }).click();
  await page.locator('.header-name', { hasText: 'Checkout (copy)' }).waitFor();
  await lists(page, 0);
  await page.keyboard.press('Control+Shift+O');
  await page.locator('.designs-open').filter({ hasText: /Checkout\d/ }).click();
  await lists(page, 2);
  await context.close();
});

test('a page without storage says that runs are not kept, once, and goes on', async () => {
  const { page, context } = await openPage(site);
  await context.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { value: { open() { throw new DOMException('no', 'SecurityError'); } } }));
  await page.reload();
  await page.locator('.frame[data-state="ready"]').waitFor();
  await runToEnd(page);
  await page.locator('.toast').getByText('This browser does not keep the runs.').waitFor();
  await choose(page, 'Report of the last run…');
  assert.match(await page.locator('.report-page').innerText(), /Missed: Checkout is fast/);
  await page.keyboard.press('Escape');
  await choose(page, 'Designs…');
  await page.locator('.toast').getByText('or this browser keeps nothing').waitFor();
  await context.close();
});

for (const [name, options] of Object.entries({
  dark: { colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
})) {
  test(`the history and the report are whole and without objections, ${name}`, async () => {
    const { page, context, expectQuiet } = await openPage(site, options);
    await runToEnd(page);
    await openHistory(page);
    await lists(page, 1);
    await page.screenshot({ path: join(shots, `history-${name}.png`) });
    assert.deepEqual(await objections(page), []);
    await page.getByRole('button', { name: 'Report of run 1' }).click();
    await page.locator('.report').waitFor();
    await page.screenshot({ path: join(shots, `report-${name}.png`) });
    assert.deepEqual(await objections(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.querySelector('.report').scrollWidth <= innerWidth));
    expectQuiet();
    await context.close();
  });
}
