// Looking closer: the design as text beside the drawing, requests as waterfalls, the tour, pictures and links to take away.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { objections, openPage, shots, start } from './browser.mjs';

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
