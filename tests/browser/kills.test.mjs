// Killing the tab, or the whole browser, at random moments of editing loses no more than the last second, and never loads a broken
// document. Twenty kills a time; two hundred with --all.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { serve } from '../../tools/serve.mjs';
import { textOf } from '../../web/src/document/document.js';
import { newestOf } from '../../web/src/files/slots.js';
import { dist, root } from './browser.mjs';

const { chromium } = createRequire(join(root, 'web/package.json'))('playwright-core');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--no-first-run', '--disable-features=DialMediaRouteProvider', '--remote-debugging-port=0'];
const KILLS = process.env.SCALESIM_TEST_ALL ? 200 : 20;
const BROWSER_KILL_EVERY = 10; // the others end the tab's process alone
const LOST_MS_MAX = 1000;
const EDITING_MS = [150, 2200]; // how long it is edited before the kill
const GAP_MS_MAX = 240; // between edits
const WORDS = 'queue server arrival ünïcode \u202f مرحبا 日本 "quoted" \\ '.split(' ');

/** mulberry32: a failure can be made again from its seed. @param {number} seed */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The edits of a kill: each writes one field; the descriptions are of any length. @param {number} seed @param {number} round */
function editsOf(seed, round) {
  const random = randomOf(seed);
  return Array.from({ length: 400 }, (_, k) => {
    const gap_ms = Math.floor(random() ** 2 * GAP_MS_MAX);
    const kind = random();
    if (kind < 0.5) return { gap_ms, label: 'Seed', key: 'seed', value: round * 1000 + k };
    if (kind < 0.75) return { gap_ms, label: 'Name', key: 'name', value: `Round ${round} edit ${k}` };
    const words = Array.from({ length: Math.floor(random() ** 3 * 4000) }, () => WORDS[Math.floor(random() * WORDS.length)]);
    return { gap_ms, label: 'Description', key: 'description', value: `${round}.${k} ${words.join(' ').trim()}`.trim() };
  });
}

/** @param {any} design @param {any} edit */
const edited = (design, { key, value }) => (key === 'seed' ? { ...design, run: { ...design.run, seed: value } } : { ...design, [key]: value });

/** Runs in the page: makes the edits, one after the other, and says when each was made. */
async function editInPage(edits) {
  const fieldOf = (label) => [...document.querySelectorAll('.inspector input, .inspector textarea')]
    .find((field) => (field.getAttribute('aria-label') ?? field.labels?.[0]?.textContent ?? '').trim() === label);
  for (const [k, { gap_ms, label, value }] of edits.entries()) {
    await new Promise((done) => { setTimeout(done, gap_ms); });
    const field = fieldOf(label);
    field.value = String(value);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
    globalThis.saw(k, Date.now());
  }
}

/** What lies in the browser: both slots of the one design. @param {any} page */
async function slotsOf(page) {
  const slots = await page.evaluate(async () => {
    const request = indexedDB.open('scalesim');
    await new Promise((done, failed) => { request.onsuccess = done; request.onerror = failed; });
    const transaction = request.result.transaction(['slots', 'designs']);
    const [slots, designs] = [transaction.objectStore('slots').getAll(), transaction.objectStore('designs').getAll()];
    await new Promise((done) => { transaction.oncomplete = done; });
    request.result.close();
    if (designs.result.length !== 1) throw new Error(`${designs.result.length} designs`);
    return slots.result.map(({ checksum, bytes }) => ({ checksum, bytes: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) }));
  });
  return slots.map(({ checksum, bytes }) => ({ checksum, bytes: new Uint8Array(Buffer.from(bytes, 'base64')) }));
}

/** A browser with a profile on the disk, in processes of our own. */
async function launch(profile) {
  rmSync(join(profile, 'DevToolsActivePort'), { force: true });
  const child = spawn(CHROMIUM, [...ARGUMENTS, `--user-data-dir=${profile}`, 'about:blank'], { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise((done, failed) => {
    let said = '';
    const timer = setTimeout(() => failed(new Error(`no browser after 30 s: ${said.slice(-400)}`)), 30_000);
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      const found = /listening on (ws:\S+)/.exec(said);
      if (!found) return;
      clearTimeout(timer);
      done(found[1]);
    });
  });
  child.stderr.resume();
  const browser = await chromium.connectOverCDP(address);
  const ended = new Promise((done) => { child.on('exit', done); });
  return {
    context: browser.contexts()[0],
    async kill() {
      process.kill(-child.pid, 'SIGKILL'); // the browser and all its processes, as when the power goes
      await ended;
    },
  };
}

let server;
let profile = '';
let url = '';
before(async () => {
  server = await serve(dist, 0);
  url = `http://localhost:${server.address().port}/`;
  profile = mkdtempSync(join(tmpdir(), 'scalesim-kills-'));
});
after(() => {
  server?.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
});

/** @param {any} context */
async function open(context) {
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('.frame[data-state="ready"]').waitFor();
  return page;
}

test(`${KILLS} kills at random moments lose at most the last second, and leave nothing broken`, async (t) => {
  const random = randomOf(2026);
  let browser = await launch(profile);
  t.after(() => browser.kill().catch(() => {}));
  let design = JSON.parse(readFileSync(join(root, 'examples/mm1/mm1.scalesim.json'), 'utf8'));
  let page = await open(browser.context);
  await page.evaluate((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'mine.scalesim.json'));
    document.querySelector('.frame').dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, JSON.stringify(design));
  await page.locator('.header-name', { hasText: design.name }).waitFor();
  await page.waitForTimeout(1200); // the example that was there before has gone
  const lost = [];
  for (let round = 1; round <= KILLS; round += 1) {
    const edits = editsOf(round, round);
    /** @type {number[]} when edit k was made */
    const made = [];
    await page.exposeFunction('saw', (k, at_ms) => { made[k] = at_ms; });
    const editing = page.evaluate(editInPage, edits).catch(() => {}); // ends with the page
    await page.waitForTimeout(EDITING_MS[0] + random() * (EDITING_MS[1] - EDITING_MS[0]));
    const killed_ms = Date.now();
    if (round % BROWSER_KILL_EVERY === 0) {
      await browser.kill();
      browser = await launch(profile);
    } else {
      const session = await browser.context.newCDPSession(page);
      const crashed = page.waitForEvent('crash');
      session.send('Page.crash').catch(() => {}); // has no answer
      await crashed;
      await page.close();
    }
    await editing;
    page = await open(browser.context);

    const states = [design];
    for (const edit of edits) states.push(edited(states.at(-1), edit));
    const texts = states.map(textOf);
    const kept = newestOf(await slotsOf(page));
    assert.ok(kept, `kill ${round}: a whole slot is there`);
    const at = texts.indexOf(kept.text) - 1; // the last edit in it, -1 for none
    assert.ok(at >= -1 && texts.includes(kept.text), `kill ${round}: what is kept is the document as it was at some moment`);
    const must = made.findLastIndex((at_ms) => at_ms <= killed_ms - LOST_MS_MAX);
    assert.ok(at >= must, `kill ${round}: edit ${at} is kept, edit ${must} is older than a second`);
    design = states[at + 1];
    assert.equal(await page.locator('.header-name').textContent(), design.name, `kill ${round}: the page shows what is kept`);
    assert.equal(await page.getByLabel('Seed', { exact: true }).first().inputValue(), String(design.run.seed));
    const first = made.slice(at + 1).find((at_ms) => at_ms !== undefined);
    lost.push(first === undefined ? 0 : Math.max(0, killed_ms - first));
  }
  t.diagnostic(`most that was lost: ${Math.max(...lost)} ms of edits; on average ${Math.round(lost.reduce((sum, ms) => sum + ms, 0) / lost.length)} ms`);
});
