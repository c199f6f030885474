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
