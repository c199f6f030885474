// Looking closer: the design as text beside the drawing, requests as waterfalls, the tour, pictures and links to take away.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { choose, downloadOf, drop, objections, openPage, runToEnd, shots, start } from './browser.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let site;

before(async () => {
  site = await start();
  mkdirSync(shots, { recursive: true });
});
after(() => site?.stop());

/** A page whose editor is the one named. @param {string} engine @param {any} [options] */
async function openSource(engine, options = {}) {
  const opened = await openPage(site, options);
  const { page } = opened;
  await page.evaluate((name) => localStorage.setItem('scalesim.settings', JSON.stringify({ editor: name })), engine);
  await page.reload();
  await page.locator('.frame[data-state="ready"]').waitFor();
  await page.keyboard.press('Control+j');
  await page.locator(`.source .editor[data-engine="${engine}"]`).waitFor();
  const inside = engine === 'monaco' ? page.frameLocator('.editor-frame') : page;
  return { ...opened, inside };
}

/** The cursor before the first place of a text, by the editor's own search. */
async function goToText(page, inside, engine, text) {
  await page.keyboard.press('Control+f');
  const field = engine === 'monaco' ? inside.locator('.find-widget textarea').first() : inside.locator('.cm-search input[name=search]');
  await field.waitFor();
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.waitForTimeout(50);
}

/** A node in the list that stands behind the picture. */
const node = (page, id) => page.locator(`.canvas-item[data-node="${id}"]`);

/** Writes over the last letters of a text in quotation marks that was just found. */
async function writeOver(page, letters, text) {
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  for (let at = 0; at < letters; at += 1) await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.type(text);
}

for (const engine of ['codemirror', 'monaco']) {
  test(`${engine}: the text beside the drawing is the document, both ways`, async () => {
    const { page, inside, expectQuiet } = await openSource(engine);
    const named = (name) => page.getByRole('option', { name: new RegExp(`^${name}, Service`) }).first();
    // Typing: a burst is one step, and the drawing follows.
    await goToText(page, inside, engine, '"name": "Orders"');
    await writeOver(page, 'Orders'.length, 'Purchases');
    await named('Purchases').waitFor({ state: 'attached' });
    assert.equal(await page.locator('.source').getAttribute('data-state'), 'in-step');
    // Outside the text undo is the document's: one step takes the burst back, in the text, too.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press('Control+z');
    await named('Orders').waitFor({ state: 'attached' });
    await goToSource(page);
    await goToText(page, inside, engine, '"name": "Orders"');
    // A text that is no design changes nothing and says where.
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Backspace');
    await page.locator('.source[data-state="not-taken"]').waitFor();
    await page.locator('.source-problems .problem').first().waitFor();
    await inside.locator(engine === 'monaco' ? '.squiggly-error' : '.cm-lintRange-error').first().waitFor();
    assert.equal(await named('Orders').count(), 1, 'the drawing is as it was');
    await page.screenshot({ path: join(shots, `source-${engine}.png`) });
    await page.keyboard.press('Control+z');
    await page.locator('.source[data-state="in-step"]').waitFor();
    expectQuiet();
    await page.context().close();
  });
}

/** Puts the focus into the text. */
async function goToSource(page) {
  const { x, y, width, height } = await page.locator('.source .editor').boundingBox();
  await page.mouse.click(x + width / 2, y + height / 2);
}

test('the text keeps its cursor while the drawing is changed, and shows what is selected', async () => {
  const { page, expectQuiet } = await openSource('codemirror');
  await goToText(page, page, 'codemirror', '"payments"');
  const line = () => page.locator('.cm-activeLine').innerText();
  const before = await line();
  assert.match(before, /payments/);
  // A change above and below, by the page: the place stays.
  await page.evaluate(() => document.activeElement?.blur());
  await node(page, 'gateway').focus();
  await page.keyboard.press('Control+ ');
  await page.keyboard.press('Delete');
  await node(page, 'gateway').waitFor({ state: 'detached' });
  assert.doesNotMatch(await page.locator('.source .cm-content').innerText(), /"gateway": \{/);
  await page.keyboard.press('Control+z');
  await node(page, 'gateway').waitFor({ state: 'attached' });
  // Selecting shows the place; the cursor in another node selects that.
  await node(page, 'inventory').focus();
  await page.keyboard.press('Control+ ');
  await page.waitForFunction(() => /"inventory": \{/.test(document.querySelector('.editor-shadow')?.shadowRoot?.querySelector('.cm-activeLine')?.textContent ?? ''));
  await goToSource(page);
  await goToText(page, page, 'codemirror', '"auth": {');
  await page.waitForFunction(() => /Auth/.test(document.querySelector('.frame-inspector')?.textContent ?? ''));
  expectQuiet();
  await page.context().close();
});

test('the text beside the drawing: axe finds nothing, light, dark, from right to left and at 360 px', async () => {
  for (const options of [{}, { colorScheme: 'dark' }, { locale: 'ar' }, { viewport: { width: 360, height: 740 } }]) {
    const { page, expectQuiet } = await openSource('codemirror', options);
    await page.waitForTimeout(200);
    assert.deepEqual(await objections(page), [], JSON.stringify(options));
    expectQuiet();
    await page.context().close();
  }
});

/** The field of the inspector for a node's quantity. */
const field = (page, pointer) => page.locator(`.frame-inspector [data-pointer="${pointer}"] input`).first();
const atStep = (page, step) => page.locator(`.tour[data-step="${step}"]`).waitFor({ timeout: 60_000 });

for (const [name, options] of Object.entries({ desk: {}, dark: { colorScheme: 'dark' }, phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }, arabic: { locale: 'ar-EG' } })) {
  test(`the tour ends with the first fixed bottleneck, by what the person does: ${name}`, async () => {
    const { page, context, expectQuiet } = await openPage(site, options);
    await page.locator('.welcome-tour').click();
    await atStep(page, 'run');
    assert.equal(await page.locator('.run-play[data-tour]').count(), 1, 'it shows where');
    assert.deepEqual(await objections(page), []);
    await page.screenshot({ path: join(shots, `tour-${name}-run.png`) });
    await page.locator('.run-play').click();
    await atStep(page, 'look');
    await page.screenshot({ path: join(shots, `tour-${name}-look.png`) });
    await page.locator('.verdict-node').click();
    await atStep(page, 'change');
    await page.locator('.tour').getByRole('button').first().click(); // where
    await page.waitForTimeout(200);
    assert.deepEqual(await objections(page), []);
    await page.screenshot({ path: join(shots, `tour-${name}-change.png`) });
    await field(page, '/nodes/orders/concurrency').fill('8');
    await page.keyboard.press('Enter');
    await atStep(page, 'again');
    if (name === 'phone') await page.locator('.tour').getByRole('button').first().click(); // the sheet goes
    await page.locator('.run-play').click();
    await atStep(page, 'done');
    await page.screenshot({ path: join(shots, `tour-${name}-done.png`) });
    await page.locator('.tour').getByRole('button').last().click();
    await page.locator('.tour').waitFor({ state: 'detached' });
    expectQuiet();
    await context.close();
  });
}

test('the tour is skipped by Escape, goes on where the person is, and is done by keyboard alone', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  await page.locator('.welcome-tour').focus();
  await page.keyboard.press('Enter');
  await atStep(page, 'run');
  assert.match(await page.evaluate(() => document.activeElement?.className ?? ''), /tour-words/, 'its words are read');
  await page.keyboard.press('Escape');
  await page.locator('.tour').waitFor({ state: 'detached' });
  await page.keyboard.press(' ');
  await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Go on' }).or(page.locator('.header-menu')).first().focus();
  await page.keyboard.press('Enter');
  if (await page.locator('.tour').count() === 0) await page.getByRole('menuitem', { name: /tour/ }).press('Enter');
  await atStep(page, 'look');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter'); // where: the focus goes to the name
  await page.locator('.verdict-node:focus').waitFor();
  await page.keyboard.press('Enter');
  await atStep(page, 'change');
  await page.locator('.tour').getByRole('button').first().press('Enter');
  await page.waitForTimeout(200);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('8');
  await page.keyboard.press('Enter');
  await atStep(page, 'again');
  await page.locator('.run-play').press('Enter');
  await atStep(page, 'done');
  await page.keyboard.press('Escape');
  expectQuiet();
  await context.close();
});

test('a press on the latency chart shows the requests of that moment; Enter on the playhead does, too', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  await runToEnd(page);
  const results = () => page.evaluate(() => document.querySelector('.verdict-status')?.textContent);
  const before = await results();
  const over = page.locator('.chart').nth(1).locator('.u-over');
  const { width, height } = await over.boundingBox();
  await over.click({ position: { x: width * 0.4, y: height / 2 } });
  await page.locator('.waterfall-view .waterfall-row').first().waitFor();
  assert.match(await page.locator('dialog h2').innerText(), /^Requests that began from 1[12]\d s to 1[12]\d s$/);
  const rows = await page.locator('.waterfall-rows .waterfall-name').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  assert.match(rows[0], /^Shoppers \w+, from 0 ms to .*: calling /);
  assert.match(rows[1], /^Gateway \w+, from .* to /);
  // Every bar lies within that of the client.
  const [client, ...others] = await page.locator('.waterfall-bar').evaluateAll((all) => all.map((one) => { const { left, right } = one.getBoundingClientRect(); return [left, right]; }));
  for (const [left, right] of others) assert.ok(left >= client[0] - 1 && right <= client[1] + 3);
  // The slowest stand first, and the picks are among them.
  const times = await page.locator('.waterfall-request').count();
  assert.ok(times > 50);
  await page.getByRole('button', { name: 'Median' }).click();
  assert.equal(await page.locator('.waterfall-request[aria-pressed="true"]').count(), 1);
  assert.deepEqual(await objections(page), []);
  await page.keyboard.press('Escape');
  assert.equal(await results(), before, 'the run is as it was');
  await page.locator('.strip-track').focus();
  await page.keyboard.press('Home');
  for (let at = 0; at < 4; at += 1) await page.keyboard.press('PageUp');
  await page.keyboard.press('Enter');
  await page.locator('.waterfall-view .waterfall-row').first().waitFor();
  await page.screenshot({ path: join(shots, 'waterfall.png') });
  expectQuiet();
  await context.close();
});

test('charts and the drawing leave as pictures that need nothing of the page', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  await runToEnd(page);
  await page.locator('.chart-take').nth(1).click();
  await page.locator('.take-away-picture').waitFor();
  await page.screenshot({ path: join(shots, 'take-chart.png') });
  const chart = (await downloadOf(page, () => page.getByRole('button', { name: 'Save as SVG' }).click())).toString();
  assert.match(chart, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.match(chart, />p99</);
  assert.doesNotMatch(chart, /class=|var\(/, 'no style sheet is needed');
  assert.ok((chart.match(/<path d="M/g) ?? []).length >= 2);
  await choose(page, 'Drawing as a picture…');
  await page.locator('.take-away-picture').waitFor();
  await page.screenshot({ path: join(shots, 'take-drawing.png') });
  const png = await downloadOf(page, () => page.getByRole('button', { name: 'Save as PNG' }).click());
  assert.equal(png.subarray(0, 8).toString('hex'), '89504e470d0a1a0a');
  assert.ok(png.readUInt32BE(16) > 1500, 'sharp');
  await choose(page, 'Drawing as a picture…');
  const drawing = (await downloadOf(page, () => page.getByRole('button', { name: 'Save as SVG' }).click())).toString();
  assert.match(drawing, />Orders</);
  assert.doesNotMatch(drawing, /class=|var\(/);
  expectQuiet();
  await context.close();
});

test('a link holds the design; opening one leaves the own document where it was, and nonsense does nothing', async () => {
  const { page, context, expectQuiet } = await openPage(site, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.locator('.frame-inspector input').first().fill('My own');
  await page.keyboard.press('Enter');
  await choose(page, 'Copy a link to this design');
  await page.getByText('The link is on the clipboard').first().waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /#design=[\w-]+$/);
  await page.locator('.frame-inspector input').first().fill('Mine alone');
  await page.keyboard.press('Enter');
  await page.evaluate((hash) => { location.hash = hash; }, new URL(link).hash);
  await page.locator('.header-name', { hasText: 'My own' }).waitFor();
  assert.equal(await page.evaluate(() => location.hash), '', 'a reload does not open it again');
  await page.getByText('Mine alone').first().waitFor(); // it is offered back
  await page.evaluate(() => { location.hash = '#design=notadesign'; });
  await page.getByText('The address holds no design').first().waitFor();
  assert.equal(await page.locator('.header-name').innerText(), 'My own');
  const other = await context.newPage();
  await other.goto(link);
  await other.locator('.header-name', { hasText: 'My own' }).waitFor();
  expectQuiet();
  await context.close();
});

test('the tour is about its own design: it leaves when another one is opened, and brings its own when it is asked for there', async () => {
  const { page, context, expectQuiet } = await openPage(site);
  await page.locator('.welcome-tour').click();
  await atStep(page, 'run');
  await drop(page, 'mine.scalesim.json', JSON.stringify({ format: 'scalesim/1', name: 'Mine', nodes: { a: { type: 'client', load: { rate: 1 } }, b: { type: 'service' } }, edges: [{ from: 'a', to: 'b' }], slos: [{ metric: 'nodes.a.response.p99', max: '1s' }] }));
  await page.locator('.header-name', { hasText: 'Mine' }).waitFor();
  await page.locator('.tour').waitFor({ state: 'detached' });
  assert.equal(await page.locator('[data-tour]').count(), 0, 'nothing is pointed at any more');
  await choose(page, /tour/);
  await atStep(page, 'run');
  await page.locator('.header-name', { hasText: 'Checkout' }).waitFor();
  expectQuiet();
  await context.close();
});
