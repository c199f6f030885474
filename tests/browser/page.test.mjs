// The built page in Chromium: the main job from the first visit to the code taken home.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CLI, choose, downloadOf, drop, openPage, root, runToEnd, shots, start } from './browser.mjs';

const SHOP = join(root, 'examples/ecommerce/ecommerce.scalesim.json');
const MM1 = join(root, 'examples/mm1/mm1.scalesim.json');
const OUTPUT_BYTES_MAX = 64 * 2 ** 20;

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
before(async () => {
  mkdirSync(shots, { recursive: true });
  site = await start();
});
after(() => site?.stop());

/** @param {string[]} args */
const native = (args) => spawnSync(CLI, args, { maxBuffer: OUTPUT_BYTES_MAX }).stdout;

test('the first visit shows the shop in trouble; one press of Run says where', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  await page.getByText('is missing its target. Press Run.').waitFor();
  await runToEnd(page);
  assert.ok(await page.locator('.verdicts .chip.fail').count() > 0, 'a target is missed, as the first sentence said');
  const { bottleneck } = JSON.parse(native(['run', SHOP, '--json']).toString());
  await page.locator('.verdict-node', { hasText: bottleneck.node }).waitFor();
  expectQuiet();
  await context.close();
});

test('charts move while it runs, and stand when it is paused', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  await page.locator('.run-speed').selectOption('10');
  await page.locator('.run-play').click();
  await page.locator('.chart canvas').first().waitFor();
  const picture = () => page.evaluate(() => [...document.querySelectorAll('.chart canvas')].map((canvas) => canvas.toDataURL()));
  const clock = async () => parseFloat(await page.locator('.clock').textContent());
  const [first, firstTime] = [await picture(), await clock()];
  await page.waitForFunction((old) => parseFloat(document.querySelector('.clock').textContent) > old + 12, firstTime, { timeout: 15_000 });
  const second = await picture();
  assert.equal(second.length, 3);
  second.forEach((one, index) => assert.notEqual(one, first[index], `chart ${index}`));
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="paused"]').waitFor();
  await page.waitForTimeout(300);
  const paused = await clock();
  await page.waitForTimeout(400);
  assert.equal(await clock(), paused);
  await page.keyboard.press('.');
  await page.keyboard.press('Home');
  await page.waitForFunction(() => parseFloat(document.querySelector('.clock').textContent) === 0);
  expectQuiet();
  await context.close();
});

// How soon: tools/bench page.
test('a pause at full speed is a pause: the clock stands', async () => {
  const { page, context } = await openPage(site);
  const long = JSON.parse(readFileSync(MM1, 'utf8'));
  long.run = { ...long.run, duration: '1000h' };
  await drop(page, 'long.scalesim.json', JSON.stringify(long));
  await page.locator('.header-name', { hasText: long.name }).waitFor();
  await page.locator('.run-play').click();
  const clock = page.locator('.clock');
  const start = await clock.textContent();
  await page.waitForFunction((was) => document.querySelector('.clock').textContent !== was, start);
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="paused"]').waitFor();
  await page.waitForTimeout(300); // frames that were on their way
  const at = await clock.textContent();
  await page.waitForTimeout(300);
  assert.equal(await clock.textContent(), at);
  assert.notEqual(at, start);
  await context.close();
});

test('every example has the results of the command line, to the byte', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  await page.getByRole('tab', { name: 'Results' }).click();
  const names = readdirSync(join(root, 'examples')).filter((name) => existsSync(join(root, 'examples', name, `${name}.scalesim.json`)));
  assert.ok(names.length >= 5, names.join(' '));
  for (const name of names) {
    const file = join(root, 'examples', name, `${name}.scalesim.json`);
    const text = readFileSync(file, 'utf8');
    await drop(page, `${name}.scalesim.json`, text);
    await page.locator('.header-name', { hasText: JSON.parse(text).name }).waitFor();
    await page.locator('.run-bar[data-state="idle"]').waitFor();
    await page.locator('.run-play').click();
    await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 120_000 });
    await page.getByText(/left out as warm-up/).waitFor();
    const bytes = await downloadOf(page, () => choose(page, 'Save results'));
    assert.ok(bytes.equals(native(['run', file, '--json'])), name);
  }
  expectQuiet();
  await context.close();
});

test('the seed of the run bar is the seed of the run', async () => {
  const { page, context } = await openPage(site);
  await page.locator('.run-seed input').fill('7');
  await page.keyboard.press('Enter');
  await runToEnd(page);
  await page.getByRole('tab', { name: 'Results' }).click();
  await page.getByText(/left out as warm-up.*seed 7/).waitFor();
  const bytes = await downloadOf(page, () => choose(page, 'Save results'));
  assert.ok(bytes.equals(native(['run', SHOP, '--json', '--seed', '7'])));
  await context.close();
});

test('the project is the bytes of the command line\'s zip', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  const zip = join(site.folder, 'native.zip');
  execFileSync(CLI, ['generate', SHOP, '-o', zip]);
  const bytes = await downloadOf(page, () => page.locator('.header-generate').click());
  assert.ok(bytes.equals(readFileSync(zip)));
  expectQuiet();
  await context.close();
});

test('where no project can be made, the page says why and where', async () => {
  const { page, context } = await openPage(site);
  const wrong = JSON.parse(readFileSync(SHOP, 'utf8'));
  wrong.nodes.orders.replicas = -1;
  await drop(page, 'wrong.scalesim.json', JSON.stringify(wrong));
  await page.getByRole('tab', { name: /Problems 1/ }).waitFor();
  await page.locator('.header-generate').click();
  await page.locator('.toast').getByText(/No project could be made: .*replicas/).waitFor();
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.locator('.problem', { hasText: '/nodes/orders/replicas' }).click();
  await page.locator('.frame-inspector').getByLabel('Replicas', { exact: true }).waitFor();
  await context.close();
});

test('a change in the inspector shows the new bottleneck after Run', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  await runToEnd(page);
  const old = (await page.locator('.verdict-node').textContent()).trim();
  await page.locator('.verdict-node').click(); // selects it
  const design = JSON.parse(readFileSync(SHOP, 'utf8'));
  const label = design.nodes[old].connections === undefined ? 'Replicas' : 'Connections';
  const field = page.locator('.frame-inspector').getByLabel(label, { exact: true });
  const now = Number(await field.inputValue()) || 1;
  await field.fill(String(now * 4));
  await field.press('Enter');
  await page.locator('.frame').getByText('The design has changed since').waitFor();
  await page.locator('.run-play').click();
  await page.waitForFunction((was) => {
    const node = document.querySelector('.verdict-node');
    return node && node.textContent.trim() !== was && !document.querySelector('.verdicts').textContent.includes('changed since');
  }, old, { timeout: 30_000 });
  expectQuiet();
  await context.close();
});

test('a dropped file opens; one that is no design is kept whole, with what is wrong', async () => {
  const { page, context } = await openPage(site);
  await drop(page, 'mm1.scalesim.json', readFileSync(MM1, 'utf8'));
  await page.locator('.header-name', { hasText: JSON.parse(readFileSync(MM1, 'utf8')).name }).waitFor();
  const before = await page.locator('.header-name').textContent();
  const bad = '{\n  "format": "scalesim/1",\n  "nodes": { "a": { "type": "client" } \n  "edges": []\n}\n';
  await drop(page, 'bad.scalesim.json', bad);
  const area = page.locator('.text-panel-area');
  await area.waitFor();
  assert.equal(await area.inputValue(), bad);
  await page.locator('.text-panel-problems .problem').first().waitFor();
  assert.match(await page.locator('.text-panel-problems .problem').first().textContent(), /4:/, 'the finding names its line');
  assert.ok(await page.getByRole('button', { name: 'Open it' }).isDisabled());
  assert.equal(await page.locator('.header-name').textContent(), before, 'the open document stays');
  await area.fill(bad.replace('} \n', '} },\n').replace('} } },', '} },'));
  await page.getByRole('button', { name: 'Open it' }).click();
  await page.getByRole('tab', { name: /Problems/ }).click();
  await page.locator('.problems .problem').first().waitFor();
  await context.close();
});

test('work is kept over a reload', async () => {
  const { page, context } = await openPage(site);
  await drop(page, 'mine.scalesim.json', readFileSync(MM1, 'utf8').replace(/"name": "[^"]*"/, '"name": "Mine alone"'));
  await page.locator('.header-name', { hasText: 'Mine alone' }).waitFor();
  await page.waitForTimeout(900);
  await page.reload();
  await page.locator('.header-name', { hasText: 'Mine alone' }).waitFor();
  await context.close();
});

test('saving hands over the document, canonically written', async () => {
  const { page, context } = await openPage(site, { path: '?example=mm1' });
  await page.evaluate(() => { delete window.showSaveFilePicker; }); // the way of browsers without it
  await page.locator('.header-name', { hasText: JSON.parse(readFileSync(MM1, 'utf8')).name }).waitFor();
  const bytes = await downloadOf(page, () => choose(page, 'Save Ctrl+S'));
  assert.deepEqual(JSON.parse(bytes.toString()), JSON.parse(readFileSync(MM1, 'utf8')));
  assert.match(bytes.toString(), /^\{\n  "format"/);
  await context.close();
});

test('the page works in a sandboxed frame, without workers and storage', async () => {
  const { page, context } = await openPage(site);
  await page.route('**/course.html', (route) => route.fulfill({
    contentType: 'text/html', body: '<!doctype html><iframe sandbox="allow-scripts allow-downloads" src="index.html" width="1200" height="800"></iframe>',
  }));
  await page.goto(`${site.url}course.html`);
  const frame = page.frameLocator('iframe');
  await frame.locator('.header-name', { hasText: JSON.parse(readFileSync(SHOP, 'utf8')).name }).waitFor();
  await frame.locator('.run-play').click();
  await frame.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
  await frame.locator('.verdicts .chip').first().waitFor();
  assert.equal(page.workers().length, 0, 'a frame without an origin has no worker of ours');
  await context.close();
});

test('an engine that breaks is replaced, and the document kept', async () => {
  const { page, context } = await openPage(site);
  await page.addInitScript(() => {
    const Real = Worker;
    globalThis.workers = [];
    globalThis.Worker = class extends Real { constructor(url) { super(url); globalThis.workers.push(this); } };
  });
  await page.reload();
  await page.locator('.frame[data-state="ready"]').waitFor();
  await page.locator('.run-speed').selectOption('1');
  await page.locator('.run-play').click();
  await page.waitForTimeout(300);
  const name = await page.locator('.header-name').textContent();
  await page.evaluate(() => globalThis.workers.at(-1).dispatchEvent(new ErrorEvent('error', { message: 'broken on purpose', cancelable: true })));
  await page.locator('.frame').getByText('The run ended: broken on purpose').waitFor();
  assert.equal(await page.locator('.header-name').textContent(), name);
  await page.locator('.run-speed').selectOption('max');
  await runToEnd(page);
  assert.equal(await page.evaluate(() => globalThis.workers.length), 2);
  await context.close();
});

for (const [name, options] of Object.entries({
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  tablet: { colorScheme: 'light', viewport: { width: 820, height: 1180 } },
  phone: { colorScheme: 'light', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  'phone-dark': { colorScheme: 'dark', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
})) {
  test(`nothing lies outside the page in ${name}, before and after a run`, async () => {
    const { page, context, expectQuiet } = await openPage(site, options);
    await page.getByText('is missing its target').waitFor();
    await page.screenshot({ path: join(shots, `${name}-first.png`) });
    await runToEnd(page);
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(shots, `${name}-run.png`) });
    const outside = await page.evaluate(() => [...document.querySelectorAll('.frame-bar button, .run-bar button, .run-bar select, .clock, .verdicts > *')]
      .filter((one) => one.checkVisibility())
      .filter((one) => { const { left, right } = one.getBoundingClientRect(); return left < -1 || right > innerWidth + 1; })
      .map((one) => `${one.className} ${one.textContent}`));
    assert.deepEqual(outside, []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const sum = ground.match(/\d+/g).slice(0, 3).reduce((total, part) => total + Number(part), 0);
    assert.ok(options.colorScheme === 'dark' ? sum < 150 : sum > 600, ground);
    expectQuiet();
    await context.close();
  });
}
