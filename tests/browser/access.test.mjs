// The page's policy holds; axe finds nothing to object to in any state, in both themes and both directions; what changes is told
// through one polite region, seldom; still is still; and what is pressed is large enough.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { objections, openPage, start } from './browser.mjs';
import { cutOff, smallTargets } from './looks.mjs';
import { OWN, designOfEverything, openDesign, walk, walkTour } from './states.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
before(async () => { site = await start(); });
after(() => site?.stop());

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const TABLET = { viewport: { width: 1024, height: 768 }, hasTouch: true, isMobile: true };

test('the policy lets no markup and no foreign script in', async () => {
  const { page, context } = await openPage(site);
  const refused = await page.evaluate(() => {
    const attempts = {
      markup: () => { document.body.innerHTML = '<b>x</b>'; },
      script: () => { document.createElement('script').src = 'https://example.org/x.js'; },
      policy: () => globalThis.trustedTypes.createPolicy('other', {}),
    };
    return Object.entries(attempts).filter(([, attempt]) => {
      try { attempt(); return true; } catch { return false; }
    }).map(([name]) => name);
  });
  assert.deepEqual(refused, []);
  await context.close();
});

const ARABIC = { path: '?language=ar' };
/** Each theme in each direction, and each size of a window; the rest of what can be combined with --all. */
const WALKS = {
  'with a mouse, light': { options: { colorScheme: 'light' }, least: 24 },
  'with a mouse, light, right to left': { options: { colorScheme: 'light', ...ARABIC }, least: 24 },
  'on a tablet, dark': { options: { colorScheme: 'dark', ...TABLET }, least: 44 },
  'on a phone, dark, right to left': { options: { colorScheme: 'dark', ...ARABIC, ...PHONE }, least: 44 },
  ...(process.env.SCALESIM_TEST_ALL === '1' ? {
    'with a mouse, dark': { options: { colorScheme: 'dark' }, least: 24 },
    'with a mouse, dark, right to left': { options: { colorScheme: 'dark', ...ARABIC }, least: 24 },
    'on a phone, light': { options: { colorScheme: 'light', ...PHONE }, least: 44 },
  } : {}),
};

for (const [name, { options, least }] of Object.entries(WALKS)) {
  test(`in every state axe has no objection, what is pressed is at least ${least} px large, and nothing stands outside: ${name}`, async () => {
    const { page, context } = await openPage(site, options);
    /** @type {Map<string, string>} */
    const found = new Map();
    let states = 0;
    const check = async (/** @type {string} */ state) => {
      states += 1;
      const small = await smallTargets(page, least);
      const wide = await page.evaluate(() => (document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the window'] : []));
      for (const one of [...await objections(page), ...small, ...await cutOff(page), ...wide]) if (!found.has(one)) found.set(one, state);
    };
    await check('at first');
    await walk(page, check, { types: name === 'with a mouse, light' });
    await walkTour(page, check);
    assert.deepEqual([...found].map(([objection, state]) => `${state}: ${objection}`), []);
    assert.ok(states > 30, `${states} states`);
    await context.close();
  });
}

test('the items a screen reader walks are the nodes and connections of the model, also after edits', async () => {
  const { page, context } = await openPage(site);
  const design = designOfEverything();
  await openDesign(page, design);
  const compare = async (/** @type {any} */ model) => {
    assert.deepEqual(await page.locator('[data-node]').evaluateAll((items) => items.map((item) => item.getAttribute('data-node'))), Object.keys(model.nodes));
    const spoken = await page.locator('[data-edge]').evaluateAll((items) => items.map((item) => item.getAttribute('aria-label')));
    const nameOf = (/** @type {string} */ id) => model.nodes[id].name;
    assert.deepEqual(spoken.map((label) => label?.replace(/,.*$/, '')), model.edges.map((/** @type {any} */ edge) => `${nameOf(edge.from)} to ${nameOf(edge.to)}`));
  };
  await compare(design);
  const gone = `${OWN}-redis`;
  await page.locator(`[data-node="${gone}"]`).focus();
  await page.keyboard.press('Delete');
  delete design.nodes[gone];
  design.edges = design.edges.filter(({ from, to }) => from !== gone && to !== gone);
  await page.waitForTimeout(200);
  await compare(design);
  await context.close();
});

/** Everything that the page's live regions said, with the moment. @param {any} page */
const listen = (page) => page.evaluate(() => {
  const regions = [...document.querySelectorAll('[aria-live]:not([aria-live="off"]), [role="status"], [role="alert"], [role="log"]')].filter((one) => !one.closest('dialog'));
  globalThis.heard = [];
  for (const region of regions) {
    new MutationObserver(() => globalThis.heard.push({ text: region.textContent, ms: performance.now() })).observe(region, { childList: true, characterData: true, subtree: true });
  }
  return regions.map((one) => one.getAttribute('aria-live'));
});

test('changes are told through one polite region, seldom while they come by themselves', async () => {
  const { page, context } = await openPage(site);
  assert.deepEqual(await listen(page), ['polite']);
  await page.locator('.run-speed').selectOption('10');
  await page.locator('.run-play').click();
  await page.waitForTimeout(6000);
  const running = await page.evaluate(() => globalThis.heard);
  assert.ok(running.length >= 1 && running.length <= 3, `while it runs for 6 s: ${JSON.stringify(running)}`);
  assert.match(running[0].text, /run/i);
  await page.locator('.run-speed').selectOption('max');
  await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
  await page.waitForFunction(() => globalThis.heard.some(({ text }) => /orders/.test(text)), null, { timeout: 10_000 }); // the verdict
  await page.locator('[data-node="auth"]').focus();
  await page.keyboard.press('Delete');
  await page.waitForFunction(() => globalThis.heard.some(({ text }) => /removed/.test(text)), null, { timeout: 10_000 });
  const times = (await page.evaluate(() => globalThis.heard)).map(({ ms }) => ms);
  const gaps = times.slice(1).map((/** @type {number} */ ms, /** @type {number} */ i) => ms - times[i]);
  assert.ok(gaps.every((/** @type {number} */ gap) => gap > 900), `one thing after another: ${gaps.map(Math.round)}`);
  await context.close();
});

test('where motion is not wanted nothing moves: no transition, no animation, no dots', async () => {
  const dotsMove = async (/** @type {'reduce' | 'no-preference'} */ reducedMotion) => {
    const { page, context } = await openPage(site, { reducedMotion });
    await page.locator('.run-speed').selectOption('1');
    await page.locator('.run-play').click();
    await page.locator('.run-bar[data-state="running"]').waitFor();
    await page.waitForTimeout(700); // the drawing makes room for the charts
    // What lies over the drawing: dots, if any, and nothing else, for nothing is selected or pointed at.
    const overlay = () => page.evaluate(() => /** @type {HTMLCanvasElement} */ ([...document.querySelectorAll('.canvas canvas')][1]).toDataURL());
    const seen = new Set();
    for (let i = 0; i < 8; i += 1) {
      seen.add(await overlay());
      await page.waitForTimeout(150);
    }
    const moving = await page.evaluate(() => ({
      animations: document.getAnimations().length,
      transitions: [...document.querySelectorAll('*')].filter((one) => getComputedStyle(one).transitionDuration.split(',').some((time) => parseFloat(time) > 0)).length,
    }));
    await context.close();
    return { pictures: seen.size, ...moving };
  };
  assert.deepEqual(await dotsMove('reduce'), { pictures: 1, animations: 0, transitions: 0 });
  const usual = await dotsMove('no-preference');
  assert.ok(usual.pictures > 3 && usual.transitions > 0, `otherwise they do: ${JSON.stringify(usual)}`);
});

test('what is done without a pointer: run, find a node, open an example, read the keys', async () => {
  const { page, context } = await openPage(site);
  await page.getByText('is missing its target').waitFor();
  await page.keyboard.press(' ');
  await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
  await page.keyboard.press('Control+k');
  await page.keyboard.type('orders');
  await page.keyboard.press('Enter');
  await page.locator('.frame-inspector').getByLabel('Replicas', { exact: true }).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('M/M/1');
  await page.locator('.finder-list .menu-item').first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.header-name', { hasText: 'M/M/1' }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await context.close();
});
