// The same page in stock Firefox: it runs, its results have the same bytes, and its policy is not broken by the page itself.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { serve } from '../../tools/serve.mjs';
import { CLI, dist, root } from './browser.mjs';

const puppeteer = createRequire(join(root, 'web/package.json'))('puppeteer-core');
const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const OUTPUT_BYTES_MAX = 64 * 2 ** 20;

/**
 * Waits until a condition holds in the page, by asking: waitForFunction makes a function of a string, which the page's
 * policy forbids in Firefox 140.
 * @param {any} page @param {() => boolean} condition
 */
async function until(page, condition) {
  const deadline = Date.now() + 30_000;
  while (!(await page.evaluate(condition))) {
    if (Date.now() > deadline) throw new Error(`still not so after 30 s: ${condition}`);
    await new Promise((done) => { setTimeout(done, 50); });
  }
}

let server;
let browser;
before(async () => {
  assert.ok(existsSync(FIREFOX), `${FIREFOX} is there`);
  server = await serve(dist, 0);
  // The window's size by argument: an older ESR does not know the emulation that setViewport asks for.
  browser = await puppeteer.launch({
    browser: 'firefox', executablePath: FIREFOX, headless: true, defaultViewport: null, args: ['--width=1280', '--height=800'],
  });
});
after(async () => {
  await browser?.close();
  server?.close();
});

for (const name of ['ecommerce', 'mm1', 'jackson']) {
  test(`${name} gives the bytes of the command line in Firefox`, async () => {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`http://localhost:${server.address().port}/?example=${name}`);
    await page.waitForSelector('.run-bar[data-state="idle"]');
    await until(page, () => document.querySelector('.header-name').textContent !== 'Untitled');
    // The bytes are taken where the page hands them to the browser's downloads.
    await page.evaluate(() => {
      const make = URL.createObjectURL;
      URL.createObjectURL = (blob) => { globalThis.handedOver = blob.text(); return make(blob); };
    });
    await page.click('.run-play');
    await page.waitForSelector('.run-bar[data-state="done"]', { timeout: 120_000 });
    await until(page, () => document.querySelectorAll('.chart canvas').length === 3);
    await page.click('[aria-controls="dock-results"]');
    await until(page, () => /left out as warm-up/.test(document.querySelector('.results-head').textContent));
    await page.click('.header-menu');
    await page.evaluate(() => [...document.querySelectorAll('.menu-item')].find((one) => one.textContent.startsWith('Save results')).click());
    const text = await page.evaluate(() => globalThis.handedOver);
    const file = join(root, `examples/${name}/${name}.scalesim.json`);
    assert.equal(text, spawnSync(CLI, ['run', file, '--json'], { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX }).stdout);
    assert.deepEqual(errors, []);
    await context.close();
  });
}

test('work and runs are kept over a reload in Firefox, and the page starts without its server', async () => {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  const own = await serve(dist, 0);
  const url = `http://localhost:${own.address().port}/`;
  const isReady = () => document.querySelector('.frame')?.dataset.state === 'ready';
  try {
    await page.goto(`${url}?example=mm1`);
    await until(page, isReady);
    await page.click('.run-play');
    await page.waitForSelector('.run-bar[data-state="done"]', { timeout: 120_000 });
    await page.click('[aria-controls="dock-history"]');
    await until(page, () => document.querySelectorAll('.history-table tbody tr').length === 1);
    await page.evaluate(() => {
      const field = [...document.querySelectorAll('.inspector input')].find((one) => one.labels?.[0]?.textContent.trim() === 'Name');
      field.value = 'Kept by Firefox';
      field.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await until(page, () => document.querySelector('.header-name').textContent === 'Kept by Firefox');
    await page.reload();
    await until(page, isReady);
    assert.equal(await page.evaluate(() => document.querySelector('.header-name').textContent), 'Kept by Firefox');
    await until(page, () => document.querySelectorAll('.history-table tbody tr').length === 1);
    await page.click('.history-report');
    await until(page, () => document.querySelectorAll('.report .figure-line').length > 2);
    await until(page, async () => (await navigator.serviceWorker.ready).active.state === 'activated');
    own.close();
    own.closeAllConnections();
    await page.goto(url);
    await until(page, isReady);
    assert.equal(await page.evaluate(() => document.querySelector('.header-name').textContent), 'Kept by Firefox');
    assert.deepEqual(errors, []);
  } finally {
    own.close();
    await context.close();
  }
});

/** A page with its design dropped on it, and what a person's hands need. @param {object} design */
async function openDesign(design) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(`http://localhost:${server.address().port}/?example=mm1`);
  await until(page, () => document.querySelector('.frame')?.dataset.state === 'ready');
  await page.evaluate((text, name) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], `${name}.scalesim.json`, { type: 'application/json' }));
    for (const type of ['dragover', 'drop']) document.querySelector('.frame').dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { globalThis.handedOver = blob.text(); return make(blob); };
  }, JSON.stringify(design), design.name);
  await until(page, () => document.querySelector('.header-name').textContent === 'Dropped');
  const rest = () => new Promise((done) => { setTimeout(done, 350); }); // the accessible items follow the drawing when it rests
  await rest();
  /** @param {string[]} keys the last is pressed while the others are held */
  const press = async (...keys) => {
    for (const key of keys.slice(0, -1)) await page.keyboard.down(key);
    await page.keyboard.press(keys.at(-1));
    for (const key of keys.slice(0, -1).reverse()) await page.keyboard.up(key);
  };
  /** The document as it would be saved. */
  const saved = async () => {
    await page.evaluate(() => { globalThis.handedOver = null; });
    await press('Control', 's');
    await until(page, () => globalThis.handedOver !== null);
    return JSON.parse(await page.evaluate(() => globalThis.handedOver));
  };
  const middle = (selector) => page.evaluate((one) => {
    const { left, top, width, height } = document.querySelector(one).getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  }, selector);
  return { context, page, errors, rest, press, saved, middle };
}

test('a note is written, dragged, moved by keyboard, duplicated, taken away and brought back in Firefox', async () => {
  const { context, page, errors, rest, press, saved, middle } = await openDesign({
    format: 'scalesim/1', name: 'Dropped', nodes: { users: { type: 'client', load: { rate: '20/s' } }, api: { type: 'service' } },
    edges: [{ from: 'users', to: 'api' }], layout: { users: [0, 0], api: [320, 0] }, run: { duration: '10s', seed: 1 },
  });
  await press('g');
  await press('n');
  await page.waitForSelector('.note-area');
  await page.keyboard.type('Why is this slow?');
  await press('Control', 'Enter');
  await page.waitForSelector('[data-note="0"]');
  await rest();
  const [{ text, at }] = (await saved()).notes;
  assert.equal(text, 'Why is this slow?');
  assert.equal(await page.evaluate(() => document.querySelector('[data-note="0"]').getAttribute('aria-label')), 'Note: Why is this slow?');
  const from = await middle('[data-note="0"]');
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (let i = 1; i <= 6; i += 1) await page.mouse.move(from.x + 12 * i, from.y + 8 * i);
  await page.mouse.up();
  await rest();
  const [moved] = (await saved()).notes;
  assert.ok(moved.at[0] > at[0] && moved.at[1] > at[1], `${moved.at} after ${at}`);
  await page.evaluate(() => document.querySelector('[data-note="0"]').focus());
  await press('Shift', 'ArrowRight');
  assert.equal((await saved()).notes[0].at[0], moved.at[0] + 8);
  await page.evaluate(() => document.querySelector('[data-note="0"]').focus());
  await press('Control', 'd');
  await page.waitForSelector('[data-note="1"]');
  await press('Delete');
  await until(page, () => document.querySelectorAll('[data-note]').length === 1);
  await press('Control', 'z');
  await until(page, () => document.querySelectorAll('[data-note]').length === 2);
  assert.deepEqual((await saved()).notes.map((note) => note.text), ['Why is this slow?', 'Why is this slow?']);
  assert.deepEqual(errors, []);
  await context.close();
});

test('a pattern is found by keyboard, put into code with the node\'s own neighbours, and runs in Firefox', async () => {
  const { context, page, errors, saved } = await openDesign({
    format: 'scalesim/1', name: 'Dropped',
    nodes: {
      users: { type: 'client', load: { rate: '20/s' } }, api: { type: 'service', code: { source: 'export function onRequest(request, node) {\n  return 1;\n}\n' } },
      orders: { type: 'postgres' }, recent: { type: 'redis' },
    },
    edges: [{ from: 'users', to: 'api' }, { from: 'api', to: 'orders' }, { from: 'api', to: 'recent' }], run: { duration: '10s', warmup: '0s', seed: 1 },
  });
  await page.evaluate(() => document.querySelector('[data-node="api"]').focus());
  await page.keyboard.press('Enter');
  await until(page, () => [...document.querySelectorAll('.frame-inspector summary')].some((one) => one.textContent.includes('Handler')));
  await page.evaluate(() => [...document.querySelectorAll('.frame-inspector summary')].find((one) => one.textContent.includes('Handler')).click());
  await page.waitForSelector('.code-editor .editor[data-engine]', { timeout: 60_000 });
  await page.evaluate(() => document.querySelector('.code-head button').focus());
  await page.keyboard.press('Enter');
  await page.waitForSelector('.snippets-dialog [role="option"]');
  await page.keyboard.type('cache-aside');
  await until(page, () => document.querySelectorAll('.snippets-dialog [role="option"]').length === 1);
  await page.evaluate(() => [...document.querySelectorAll('.snippets-dialog button')].find((one) => one.textContent === 'Replace the code').click());
  await until(page, () => document.querySelector('.snippets-dialog') === null);
  const design = await saved();
  const { source } = design.nodes.api.code;
  assert.ok(source.includes("'orders'") && source.includes("'recent'") && !source.includes("'db'"), source);
  await page.click('.run-play');
  await page.waitForSelector('.run-bar[data-state="done"]', { timeout: 120_000 });
  await until(page, () => /^[1-9]\d* times run/.test(document.querySelector('.code-sum')?.textContent ?? ''));
  await page.evaluate(() => { globalThis.handedOver = null; });
  await page.click('.header-menu');
  await page.evaluate(() => document.querySelector('.menu [data-action="save-results"]').click());
  await until(page, () => globalThis.handedOver !== null);
  const native = spawnSync(CLI, ['run', '-', '--json'], { input: JSON.stringify(design), encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX }).stdout;
  assert.equal(await page.evaluate(() => globalThis.handedOver), native, 'the code did the same as natively');
  assert.deepEqual(errors, []);
  await context.close();
});
