// No word of the page is outside its tables, and there is room for longer ones; Arabic runs from right to left, and what has a
// direction of its own keeps it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage, runToEnd, start } from './browser.mjs';
import { cutOff } from './looks.mjs';
import { OWN, designOfEverything, openDesign, walk, walkTour } from './states.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
before(async () => { site = await start(); });
after(() => site?.stop());

/**
 * What can be read or heard on the page, with where it is. What is declared as no words of the page's is left out: `translate="no"`
 * (what stands in documents and files), a language of its own (examples) and moments, which the browser puts into words.
 */
const readable = (/** @type {any} */ page, within = 'body') => page.evaluate((/** @type {string} */ root) => {
  const DECLARED = '[translate="no"], [lang]:not(html), time, canvas, script, style, noscript, kbd';
  const NAMES = ['aria-label', 'title', 'placeholder', 'aria-description', 'aria-valuetext', 'alt'];
  /** @type {{ text: string, where: string }[]} */
  const found = [{ text: document.title, where: 'title' }];
  const nameOf = (/** @type {Element} */ element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`;
  for (const element of document.querySelectorAll(`${root} *`)) {
    if (element.closest(DECLARED) || !element.checkVisibility({ visibilityProperty: true })) continue;
    for (const name of NAMES) {
      const text = element.getAttribute(name);
      // What is typed into a field has no words of the page's.
      if (text && !(name === 'aria-valuetext' && element.getAttribute('role') === 'spinbutton')) found.push({ text, where: `${nameOf(element)}[${name}]` });
    }
    const own = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ textContent }) => textContent).join('').trim();
    if (own !== '') found.push({ text: own, where: nameOf(element) });
  }
  return found;
}, within);

const UNITS = /^(?:ns|µs|ms|s|min|h|k|M|G|p\d+|x|y)$/;
const KEYS = /^(?:Ctrl|Shift|Alt|Enter|Escape|Delete|Home|End|F\d+|[A-Z])$/;

/** What is left of a text without what the tables gave, the design's own names, numbers with units and keys. @param {string} text */
function strangeWords(text) {
  let rest = text;
  for (let before = ''; before !== rest;) [before, rest] = [rest, rest.replace(/⟦[^⟦⟧]*⟧/g, ' ')]; // tables may hold tables
  // The path of a number in the results, as a target has it.
  rest = rest.replace(/\b(?:nodes|edges)\.zz[^\s"]*/g, ' ');
  return rest.replace(new RegExp(`${OWN}[\\w-]*`, 'g'), ' ').split(/[^\p{L}\p{N}]+/u)
    .filter((word) => /\p{L}/u.test(word) && !UNITS.test(word) && !KEYS.test(word) && !/^[\d.]+(?:[a-zµ]{1,3})?$/.test(word));
}

for (const [name, options] of Object.entries({ wide: {}, phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } })) {
  test(`every word is in the tables and has room, in every state, ${name}`, async () => {
    const { page, context, expectQuiet } = await openPage(site, { path: '?language=pseudo', ...options });
    /** @type {Map<string, string>} */
    const problems = new Map();
    const states = [];
    await walk(page, async (state) => {
      states.push(state);
      for (const { text, where } of await readable(page)) {
        const strange = strangeWords(text);
        if (strange.length > 0) problems.set(`${where}: ${strange.join(' ')}`, `${state}: "${text.slice(0, 100)}"`);
      }
      for (const one of await cutOff(page)) problems.set(`cut off: ${one}`, state);
    }, { types: name === 'wide' });
    await walkTour(page, async (state) => {
      for (const { text, where } of (await readable(page, '.tour')).filter(({ where: place }) => place !== 'title')) {
        const strange = strangeWords(text);
        if (strange.length > 0) problems.set(`${where}: ${strange.join(' ')}`, `${state}: "${text.slice(0, 100)}"`);
      }
      for (const one of await cutOff(page)) problems.set(`cut off: ${one}`, state);
    });
    assert.deepEqual([...problems].map(([what, where]) => `${what} (${where})`), []);
    assert.ok(states.length > 30, `${states.length} states`);
    expectQuiet();
    await context.close();
  });
}

/** The page as it says itself. @param {any} page */
const spoken = (page) => page.evaluate(() => [document.documentElement.lang, document.documentElement.dir, document.querySelector('.run-play')?.textContent]);

test('Arabic is chosen in the page, the work is kept over the change, and the choice is remembered', async () => {
  const { page, context, expectQuiet } = await openPage(site, { locale: 'en-GB' });
  assert.deepEqual(await spoken(page), ['en', 'ltr', 'Run']);
  await openDesign(page, designOfEverything());
  await page.locator(`[data-node="${OWN}-redis"]`).focus();
  await page.keyboard.press('Delete'); // a moment ago: not kept by itself yet
  await page.locator('.header-look').click();
  assert.deepEqual(await page.locator('.menu [role="menuitemradio"][aria-checked="true"]').count(), 2);
  await Promise.all([page.waitForEvent('load'), page.locator('.menu [lang="ar"]').click()]);
  await page.locator('.frame[data-state="ready"]').waitFor();
  assert.deepEqual(await spoken(page), ['ar', 'rtl', 'تشغيل']);
  assert.equal(await page.locator('.header-name').textContent(), `${OWN}-design`);
  assert.equal(await page.locator(`[data-node="${OWN}-redis"]`).count(), 0);
  assert.ok(await page.locator(`[data-node="${OWN}-service"]`).count() > 0);
  await page.goto(site.url);
  await page.locator('.frame[data-state="ready"]').waitFor();
  assert.deepEqual((await spoken(page)).slice(0, 2), ['ar', 'rtl']);
  await page.locator('.header-look').click();
  await Promise.all([page.waitForEvent('load'), page.locator('.menu [lang="en"]').click()]);
  await page.locator('.frame[data-state="ready"]').waitFor();
  assert.deepEqual((await spoken(page)).slice(0, 2), ['en', 'ltr']);
  expectQuiet();
  await context.close();
});

test('the browser\'s language is spoken until another is chosen; the address may ask for one', async () => {
  for (const [locale, path, expected] of [['ar-EG', '', 'ar'], ['ar-EG', '?language=en', 'en'], ['fr-FR', '', 'en'], ['en-US', '?language=ar', 'ar']]) {
    const { page, context } = await openPage(site, { locale, path });
    assert.equal((await spoken(page))[0], expected, `${locale} ${path}`);
    await context.close();
  }
});

test('where nothing can be kept, the language waits for a reload by hand instead of losing the work', async () => {
  const { page, context } = await openPage(site);
  await page.route('**/course.html', (route) => route.fulfill({
    contentType: 'text/html', body: '<!doctype html><iframe sandbox="allow-scripts" src="index.html" width="1200" height="800"></iframe>',
  }));
  await page.goto(`${site.url}course.html`);
  const frame = page.frameLocator('iframe');
  await frame.locator('.frame[data-state="ready"]').waitFor();
  const name = await frame.locator('.header-name').textContent();
  await frame.locator('.header-look').click();
  await frame.locator('.menu [lang="ar"]').click();
  await frame.locator('.toast', { hasText: 'العربية' }).waitFor();
  assert.equal(await frame.locator('.header-name').textContent(), name);
  await context.close();
});

/** Where the first characters of two texts stand, by what is drawn. @param {any} page @param {string} selector @param {string[]} parts */
const order = (page, selector, parts) => page.evaluate(([one, list]) => {
  const walker = document.createTreeWalker(/** @type {Element} */ (document.querySelector(one)), NodeFilter.SHOW_TEXT);
  /** @type {Record<string, number>} */
  const lefts = {};
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const part of list) {
      const at = node.textContent?.indexOf(part) ?? -1;
      if (at < 0 || part in lefts) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + part.length);
      lefts[part] = range.getBoundingClientRect().left;
    }
  }
  return list.map((part) => lefts[part]);
}, [selector, parts]);

test('from right to left: panels turn round; the drawing, time, quantities and code do not', async () => {
  const { page, context, expectQuiet } = await openPage(site, { path: '?language=ar' });
  await runToEnd(page);
  await page.waitForTimeout(400);
  const boxes = await page.evaluate(() => Object.fromEntries(['.frame-palette', '.frame-canvas', '.frame-inspector', '[data-node="shoppers"]', '[data-node="orders"]', '.strip-head', '.strip-track']
    .map((selector) => [selector, document.querySelector(selector)?.getBoundingClientRect().toJSON()])));
  assert.ok(boxes['.frame-inspector'].right <= boxes['.frame-canvas'].left + 1 && boxes['.frame-canvas'].right <= boxes['.frame-palette'].left + 1, 'settings, drawing, parts from left to right');
  assert.ok(boxes['[data-node="shoppers"]'].left < boxes['[data-node="orders"]'].left, 'the drawing is as it was drawn');
  assert.ok(boxes['.strip-head'].left > boxes['.strip-track'].left + boxes['.strip-track'].width / 2, 'the end of time is at the right');
  const chip = await page.locator('.verdicts .chip.fail').first().textContent();
  const [, value] = /(\d[\d.]*)\u202f?\s?ms/.exec(chip ?? '') ?? [];
  const [number, unit] = await order(page, '.verdicts .chip.fail', [String(value), 'ms']);
  assert.ok(number < unit, `${value} before ms`);
  const share = /\((?:[\u2066-\u2069]*)([\d.]+)/.exec(await page.locator('.verdict-sentence').textContent() ?? '')?.[1] ?? '';
  const [figure, percent] = await order(page, '.verdict-sentence', [share, '%']);
  assert.ok(share !== '' && figure < percent, `${share} before %`);
  await page.locator('[aria-controls="dock-results"]').click();
  await page.locator('.results-table tbody tr').first().waitFor();
  const columns = await page.locator('.results-table thead th').evaluateAll((cells) => cells.map((one) => one.getBoundingClientRect().left));
  assert.deepEqual([...columns].sort((a, b) => b - a), columns, 'columns run from the right');
  await page.locator('.verdict-node').click();
  const written = page.locator('.property[data-pointer="/nodes/orders/service_time"] input').first();
  assert.equal(await written.evaluate((input) => getComputedStyle(input).direction), 'ltr');
  await page.locator('[role="tab"][aria-selected="true"]').focus();
  const before = await page.locator('[role="tab"][aria-selected="true"]').boundingBox();
  await page.keyboard.press('ArrowLeft');
  const now = await page.locator('[role="tab"][aria-selected="true"]').boundingBox();
  assert.ok(now.x < before.x, 'the left arrow goes to the tab at the left');
  await page.locator('.header-look').click();
  const menu = await page.locator('.menu').boundingBox();
  assert.ok(menu.x >= 0 && menu.x + menu.width <= 1440);
  expectQuiet();
  await context.close();
});

test('the desktop\'s code editor says its own words in Arabic, too', async () => {
  const { page, context, expectQuiet } = await openPage(site, { path: '?language=ar' });
  await openDesign(page, {
    format: 'scalesim/1', name: `${OWN}-code`, nodes: { [`${OWN}-users`]: { type: 'client', load: { rate: '5/s' } }, [`${OWN}-api`]: { type: 'service', code: { source: `export function onRequest() {\n  return 1;\n}\n` } } },
    edges: [{ from: `${OWN}-users`, to: `${OWN}-api` }], run: { duration: '10s', seed: 1 },
  });
  await page.locator(`[data-node="${OWN}-api"]`).evaluate((/** @type {HTMLElement} */ one) => one.click());
  await page.locator('.code-field').waitFor({ state: 'attached' });
  await page.evaluate(() => { for (const fold of document.querySelectorAll('.frame-inspector details')) /** @type {HTMLDetailsElement} */ (fold).open = true; });
  await page.locator('.code-editor .editor[data-engine="monaco"]').waitFor({ timeout: 60_000 });
  const frame = page.frameLocator('.editor-frame');
  await frame.locator('.view-lines').click();
  await page.keyboard.press('Control+f');
  await frame.locator('.find-widget.visible').waitFor();
  await page.keyboard.type('return');
  await page.waitForTimeout(400);
  const words = await frame.locator('.find-widget').evaluate((/** @type {HTMLElement} */ widget) => [...widget.querySelectorAll('*')].flatMap((one) => [
    ...['aria-label', 'title', 'placeholder'].map((name) => one.getAttribute(name) ?? ''), ...(one.children.length === 0 ? [one.textContent ?? ''] : [])]).filter((text) => text !== ''));
  assert.ok(words.some((text) => text.includes('التطابق التالي')), words.join('\n'));
  const english = words.filter((text) => /[a-z]{3,}/i.test(text.replace(/return|Enter|Shift|Escape|Alt|Ctrl|Down|Up/gi, '')));
  assert.deepEqual(english, []);
  assert.equal(await frame.locator('html').getAttribute('lang'), 'ar');
  expectQuiet();
  await context.close();
});
