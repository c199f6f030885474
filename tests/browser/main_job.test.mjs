// The main job, from an empty page to the files taken home, by mouse, by keyboard alone and by touch at 360 px, in Chromium and
// in Firefox, with the input that a person's hands make: three nodes, connected, rates set, a fault injected, run, p99 read, downloaded.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { serve } from '../../tools/serve.mjs';
import { dist, root, shots } from './browser.mjs';

const puppeteer = createRequire(join(root, 'web/package.json'))('puppeteer-core');
const KEYS_MAX = 60; // besides what is typed
const NODES = ['client', 'service', 'postgres'];
const COARSE = 1; // Firefox's number for a pointer that is a finger

const BROWSERS = {
  Chromium: {
    browser: 'chrome', executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  },
  Firefox: { browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', args: [] },
};
const WINDOWS = {
  mouse: { viewport: { width: 1280, height: 800 } },
  keyboard: { viewport: { width: 1280, height: 800 } },
  touch: {
    viewport: { width: 360, height: 740 },
    preferences: { 'ui.primaryPointerCapabilities': COARSE, 'ui.allPointerCapabilities': COARSE, 'dom.w3c_touch_events.enabled': 1 },
  },
};

/** @type {import('node:http').Server} */
let server;
before(async () => { server = await serve(dist, 0); });
after(() => server?.close());

const pause = (/** @type {number} */ ms) => new Promise((done) => { setTimeout(done, ms); });

/**
 * A page with hands: what a person can see, point at, touch and press, and nothing else.
 * @param {keyof typeof BROWSERS} name @param {keyof typeof WINDOWS} means
 */
async function open(name, means, query = '') {
  const { viewport, preferences = {} } = WINDOWS[means];
  assert.ok(existsSync(BROWSERS[name].executablePath), `${BROWSERS[name].executablePath} is there`);
  const browser = await puppeteer.launch({ ...BROWSERS[name], headless: true, defaultViewport: null, extraPrefsFirefox: preferences });
  const page = await browser.newPage();
  // Firefox takes the size alone; its finger is a preference.
  await page.setViewport(name === 'Firefox' ? viewport : { ...viewport, hasTouch: means === 'touch', isMobile: means === 'touch' });
  /** @type {string[]} */
  const errors = [];
  page.on('pageerror', (/** @type {any} */ error) => errors.push(String(error)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await page.goto(`http://localhost:${port}/${query}`);

  /** Asks until it is so: waitForFunction makes a function of a string, which the page's policy forbids. */
  async function until(/** @type {(arg: any) => any} */ condition, /** @type {any} */ arg) {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const value = await page.evaluate(condition, arg);
      if (value) return value;
      if (Date.now() > deadline) throw new Error(`still not so after 30 s: ${condition} ${arg ?? ''}`);
      await pause(40);
    }
  }
  await until(() => document.querySelector('.frame[data-state="ready"]') !== null);
  // What the page hands to the browser's downloads is taken there; the browser's own dialog for files is not the page's.
  await page.evaluate(() => {
    delete globalThis.showSaveFilePicker;
    globalThis.handedOver = [];
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { globalThis.handedOver.push({ type: blob.type, text: blob.type === 'application/json' ? blob.text() : '' }); return make(blob); };
  });

  /** The middle of what can be seen of an element. @param {string} selector */
  const middle = (selector) => until((one) => {
    const element = document.querySelector(one);
    if (!element?.checkVisibility()) return null;
    element.scrollIntoView({ block: 'nearest' });
    const { left, top, width, height } = element.getBoundingClientRect();
    return width > 0 ? { x: left + width / 2, y: top + height / 2, left, top, width, height } : null;
  }, selector);

  let keys = 0;
  const hands = {
    page, until, middle, errors,
    rest: () => pause(350), // the accessible items follow the drawing when it rests
    get keys() { return keys; },
    async click(/** @type {string} */ selector, options = {}) {
      const { x, y } = await middle(selector);
      await page.mouse.move(x, y);
      await page.mouse.click(x, y, options);
    },
    async drag(/** @type {{ x: number, y: number }} */ from, /** @type {{ x: number, y: number }} */ to) {
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      for (let i = 1; i <= 6; i += 1) await page.mouse.move(from.x + ((to.x - from.x) * i) / 6, from.y + ((to.y - from.y) * i) / 6);
      await page.mouse.up();
      await pause(350);
    },
    async tap(/** @type {string | { x: number, y: number }} */ what) {
      const { x, y } = typeof what === 'string' ? await middle(what) : what;
      await page.touchscreen.tap(x, y);
      await pause(350);
    },
    async hold(/** @type {{ x: number, y: number }} */ { x, y }) {
      await page.touchscreen.touchStart(x, y);
      await pause(700);
      await page.touchscreen.touchEnd();
      await pause(250);
    },
    /** Keys as a list, `Ctrl+k` together; each is one keystroke. */
    async press(/** @type {string[]} */ ...list) {
      for (const key of list) {
        const parts = key.split('+');
        const last = /** @type {string} */ (parts.pop());
        for (const held of parts) await page.keyboard.down(held);
        await page.keyboard.press(last);
        for (const held of parts.reverse()) await page.keyboard.up(held);
        keys += 1;
        await pause(60);
      }
    },
    type: (/** @type {string} */ text) => page.keyboard.type(text),
    close: () => browser.close(),
  };
  return hands;
}

/** What came of it: the number, and in the files the design that it is of. @param {Awaited<ReturnType<typeof open>>} hands @param {string} p99 */
async function expectDone(hands, p99) {
  assert.match(p99, /^\d[\d.]*( ± [\d.]+)? (ms|s)$/, `a p99 was read: ${p99}`);
  await hands.until(() => ['application/json', 'application/zip'].every((type) => globalThis.handedOver.some((one) => one.type === type)));
  const text = await hands.page.evaluate(() => globalThis.handedOver.find(({ type }) => type === 'application/json').text);
  const { nodes, edges, faults } = JSON.parse(text);
  assert.deepEqual(Object.keys(nodes), NODES);
  assert.deepEqual(edges.map((/** @type {any} */ { from, to }) => [from, to]), [['client', 'service'], ['service', 'postgres']]);
  assert.deepEqual([nodes.client.load.rate, nodes.service.service_time], ['150/s', 'exp(4ms)']);
  assert.deepEqual(faults.map((/** @type {any} */ { target }) => target), ['service']);
  assert.deepEqual(hands.errors, []);
}

/** Presses with the mouse or a finger what is the same for both. @param {any} hands @param {(selector: string) => Promise<void>} press */
async function finish(hands, press) {
  await press('.run-play');
  await hands.until(() => document.querySelector('.run-bar[data-state="done"]') !== null);
  await press('[aria-controls="dock-results"]');
  await hands.until(() => document.querySelectorAll('.results-table tbody tr').length >= 3);
  const p99 = await hands.page.evaluate(() => {
    const at = [...document.querySelectorAll('.results-table thead th')].findIndex((one) => one.textContent === 'p99');
    return document.querySelector('.results-table tbody tr')?.children[at]?.textContent ?? '';
  });
  await press('.header-menu');
  await press('.menu [data-action="save"]');
  await press('.header-menu');
  await press('.menu [data-action="generate"]');
  return p99;
}

/** The fields of the main job: where they are and what is written into them. */
const FIELDS = [['client', '/nodes/client/load/rate', '150/s'], ['service', '/nodes/service/service_time', 'exp(4ms)']];
const field = (/** @type {string} */ pointer) => `.property[data-pointer="${pointer}"] input`;

/** What is written in the design at the fields. @param {any} hands */
const written = (hands, /** @type {string} */ pointer, /** @type {string} */ text) => hands.until(
  ([one, value]) => document.querySelector(one)?.value === value, [field(pointer), text]);

const BY = {
  async mouse(/** @type {any} */ hands) {
    await hands.click('.header-menu');
    await hands.click('.menu [data-action="new"]');
    await hands.until(() => document.querySelectorAll('[data-node]').length === 0);
    const canvas = await hands.middle('.frame-canvas');
    for (const [i, type] of NODES.entries()) {
      await hands.drag(await hands.middle(`.palette [data-type="${type}"]`), { x: canvas.left + 140 + 230 * i, y: canvas.top + 160 });
      await hands.until((/** @type {string} */ id) => document.querySelector(`[data-node="${id}"]`) !== null, type);
    }
    for (const [from, to] of [['client', 'service'], ['service', 'postgres']]) {
      await hands.click(`[data-node="${from}"]`);
      await hands.rest();
      const box = await hands.middle(`[data-node="${from}"]`);
      await hands.drag({ x: box.left + box.width + 5, y: box.y }, await hands.middle(`[data-node="${to}"]`));
    }
    for (const [id, pointer, text] of FIELDS) {
      await hands.click(`[data-node="${id}"]`);
      await hands.click(field(pointer), { count: 3 });
      await hands.type(text);
      await hands.click('.inspector .panel-head');
      await written(hands, pointer, text);
    }
    await hands.rest();
    await hands.click('[data-node="service"]', { button: 'right' });
    await hands.click('.menu .menu-title + [role="menuitem"]');
    return finish(hands, (selector) => hands.click(selector));
  },

  async touch(/** @type {any} */ hands) {
    await hands.tap('.header-menu');
    await hands.tap('.menu [data-action="new"]');
    await hands.until(() => document.querySelectorAll('[data-node]').length === 0);
    for (const type of NODES) {
      await hands.tap('[data-side="palette"]');
      await hands.tap(`.palette [data-type="${type}"]`);
      await hands.until((/** @type {string} */ id) => document.querySelector(`[data-node="${id}"]`) !== null, type);
    }
    await hands.tap('.canvas-zoom'); // everything in view
    for (const [from, to] of [['client', 'service'], ['service', 'postgres']]) {
      await hands.tap(`[data-node="${from}"]`);
      const box = await hands.middle(`[data-node="${from}"]`);
      await hands.tap({ x: box.x, y: box.top + box.height + 5 });
      await hands.tap(`[data-node="${to}"]`);
    }
    for (const [id, pointer, text] of FIELDS) {
      await hands.tap(`[data-node="${id}"]`);
      await hands.tap('[data-side="inspector"]');
      await hands.tap(field(pointer));
      await hands.page.evaluate((/** @type {string} */ one) => document.querySelector(one).select(), field(pointer)); // the system's own "select all"
      await hands.type(text);
      await hands.tap('.inspector .panel-head');
      await written(hands, pointer, text);
      await hands.tap('[data-side="inspector"]');
    }
    await hands.hold(await hands.middle('[data-node="service"]'));
    await hands.tap('.menu .menu-title + [role="menuitem"]');
    return finish(hands, (selector) => hands.tap(selector));
  },

  async keyboard(/** @type {any} */ hands) {
    const focus = () => hands.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    const find = async (/** @type {string} */ text) => {
      await hands.press('Control+k');
      await hands.until(() => document.activeElement?.matches('.finder input'));
      await hands.type(text);
      await pause(150);
      await hands.press('Enter');
    };
    await find('new');
    await hands.until(() => document.querySelectorAll('[data-node]').length === 0);
    for (const type of NODES) {
      await hands.press('a');
      await hands.until(() => document.activeElement?.matches('.palette input'));
      await hands.type(type);
      await hands.press('Enter');
      await hands.until((/** @type {string} */ id) => document.activeElement?.getAttribute('data-node') === id, type);
    }
    await hands.rest();
    await hands.press('ArrowLeft', 'ArrowLeft');
    assert.match(await focus(), /^client/);
    await hands.press('c', 'Enter', 'ArrowRight', 'c', 'Enter', 'ArrowLeft', 'ArrowLeft');
    for (const [, pointer, text] of FIELDS) {
      await hands.press('Enter');
      const isThere = () => hands.page.evaluate((/** @type {string} */ one) => document.activeElement?.matches(one), field(pointer));
      await pause(100);
      for (let i = 0; i < 12 && !(await isThere()); i += 1) await hands.press('Tab');
      assert.ok(await isThere(), `Tab reaches ${pointer}`);
      await hands.press('Control+a');
      await hands.type(text);
      await hands.press('Enter', 'Escape');
      await written(hands, pointer, text);
      if (pointer.includes('client')) await hands.press('ArrowRight');
    }
    assert.match(await focus(), /^service/);
    await hands.press('Shift+F10');
    const isFault = () => hands.page.evaluate(() => document.activeElement?.matches('.menu .menu-title + [role="menuitem"]'));
    for (let i = 0; i < 12 && !(await isFault()); i += 1) await hands.press('ArrowDown');
    await hands.press('Enter', ' ');
    await hands.until(() => document.querySelector('.run-bar[data-state="done"]') !== null);
    await pause(400);
    await hands.press('ArrowLeft');
    const heard = await hands.page.evaluate(() => document.activeElement?.getAttribute('aria-description') ?? '');
    assert.match(heard, /^1[45]\d(\.\d)?\/s, p99 /);
    await hands.press('Control+s');
    await find('download project');
    assert.ok(hands.keys <= KEYS_MAX, `${hands.keys} keys`);
    return heard.replace(/^.*p99 /, '');
  },
};

/** @type {[keyof typeof BROWSERS, keyof typeof BY, string, string][]} */
const CASES = [];
for (const means of /** @type {(keyof typeof BY)[]} */ (Object.keys(BY))) CASES.push(['Chromium', means, '', ''], ['Firefox', means, '', '']);
CASES.push(['Chromium', 'mouse', '?language=ar', ', from right to left']);

for (const [browser, means, query, how] of CASES) {
  test(`the main job by ${means} in ${browser}${how}`, async (context) => {
    const hands = await open(browser, means, query);
    try {
      const p99 = await BY[means](hands);
      await expectDone(hands, p99.replace(/[\u2066-\u2069]/g, ''));
      if (means === 'keyboard') context.diagnostic(`${hands.keys} keys besides typing`);
    } catch (error) {
      if (process.env.SCALESIM_SHOTS) await hands.page.screenshot({ path: join(shots, `main-job-${means}-${browser}.png`) });
      throw error;
    } finally {
      await hands.close();
    }
  });
}
