// What the browser tests share: a server of the built page, a Chromium, and pages that fail the test on any error of theirs.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import { serve } from '../../tools/serve.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const CLI = join(root, 'build/scalesim');
/** The built page; SCALESIM_DIST names another one. */
export const dist = process.env.SCALESIM_DIST ?? join(root, 'dist');
const fromWeb = createRequire(join(root, 'web/package.json'));
const { chromium } = fromWeb('playwright-core');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Pictures go here: outside the checkout, or where SCALESIM_SHOTS says. */
export const shots = process.env.SCALESIM_SHOTS ?? join(root, 'build/screenshots');

export async function start() {
  assert.ok(existsSync(join(dist, 'index.html')), `the page is built (${dist})`);
  const server = await serve(dist, 0);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  const folder = mkdtempSync(join(tmpdir(), 'scalesim-browser-'));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://localhost:${address.port}/`,
    browser,
    folder,
    async stop() {
      await browser.close();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A fresh profile's page. Errors on its console, its own or of the content security policy, fail `expectQuiet`.
 * @param {Awaited<ReturnType<typeof start>>} site
 * @param {object} [options] of the context
 */
export async function openPage(site, { path = '', ...options } = {}) {
  const context = await site.browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, serviceWorkers: 'block', ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const errors = [];
  page.on('console', (/** @type {any} */ message) => { if (message.type() === 'error') errors.push(message.text()); });
  page.on('pageerror', (/** @type {Error} */ error) => errors.push(String(error)));
  await page.goto(site.url + path);
  await page.locator('.frame[data-state="ready"]').waitFor(); // its first document is open
  return { page, context, expectQuiet: () => assert.deepEqual(errors, []) };
}

/** Presses Run and waits for the end of the run. */
export async function runToEnd(page) {
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
  await page.locator('.verdicts .chip').first().waitFor();
}

/** Drops a file on the page as a person would. */
export async function drop(page, name, text) {
  const data = await page.evaluateHandle(([fileName, content]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], fileName, { type: 'application/json' }));
    return transfer;
  }, [name, text]);
  await page.dispatchEvent('.frame', 'dragover', { dataTransfer: data });
  await page.locator('.drop-hint').waitFor({ state: 'visible' });
  await page.dispatchEvent('.frame', 'drop', { dataTransfer: data });
}

const AXE = readFileSync(fromWeb.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe objects to by all of its rules, its own advice included, in the page and the frames within it, one line each. */
export async function objections(page) {
  for (const frame of page.frames()) if (!await frame.evaluate(() => 'axe' in globalThis)) await frame.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target} ${failureSummary.replace(/\s+/g, ' ')}`));
}

/** Chooses from the document's menu. */
export async function choose(page, name) {
  await page.locator('.header-menu').click();
  await page.getByRole('menuitem', { name }).click();
}

/** @returns {Promise<Buffer>} what the page hands to the browser's downloads */
export async function downloadOf(page, work) {
  const [download] = await Promise.all([page.waitForEvent('download'), work()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
