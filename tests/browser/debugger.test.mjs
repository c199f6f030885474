// The debugger in the page: an election of the Raft example message by message, steps in both directions, breakpoints with conditions,
// causes on other nodes, and the way from a line of the log; the run is the same afterwards, to the byte.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { downloadOf, drop, openPage, root, start } from './browser.mjs';
import { perform } from './states.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
before(async () => { site = await start(); });
after(() => site?.stop());

const raft = JSON.parse(readFileSync(join(root, 'examples/raft/raft.scalesim.json'), 'utf8'));
/** @param {string} text of a line of the servers' code */
const lineOf = (text) => raft.nodes.s1.code.source.split('\n').findIndex((/** @type {string} */ line) => line.includes(text)) + 1;

/** @param {any} page */
const resultsOf = async (page) => String(await downloadOf(page, () => perform(page, 'save-results')));

/** Where the code stands, and the values there. @param {any} page */
const standing = async (page) => ({
  where: await page.locator('.debugger-where').textContent(),
  line: await page.locator('.debugger-source .cm-current-line').textContent(),
  values: await page.locator('.debugger-variables details').first().locator('tr').evaluateAll((/** @type {HTMLTableRowElement[]} */ rows) => (
    rows.map((row) => `${row.cells[0]?.textContent} = ${row.cells[1]?.querySelector('code')?.textContent}`))),
});

/** @param {any} page @param {RegExp} [pattern] */
const traced = (page, pattern = /^Step \d+ of \d+, line \d+/) => page.locator('.debugger-where', { hasText: pattern }).waitFor({ timeout: 60_000 });

/** Looks around a moment. @param {any} page @param {string} seconds */
async function lookAt(page, seconds) {
  await page.locator('.debugger-tools input').fill(seconds);
  await page.keyboard.press('Enter');
  await page.locator('.debugger[aria-busy="false"]').waitFor({ timeout: 60_000 });
  await page.locator('[data-action="whole"]').click();
}

/** CodeMirror, whose lines can be read: Monaco has them in a frame of its own. */
const PLAIN = { viewport: { width: 1440, height: 900 }, path: '?example=raft' };

/** @param {any} page */
async function useCodeMirror(page) {
  await page.evaluate(() => localStorage.setItem('scalesim.settings', JSON.stringify({ ...JSON.parse(localStorage.getItem('scalesim.settings') ?? '{}'), editor: 'codemirror' })));
  await page.reload();
  await page.locator('.frame[data-state="ready"]').waitFor();
}

test('an election of Raft: its messages, its code forwards and backwards, a conditional breakpoint, the cause on another node; the run stays the same', async () => {
  const { page, context, expectQuiet } = await openPage(site, PLAIN);
  await useCodeMirror(page);
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 120_000 });
  const undisturbed = await resultsOf(page);

  // The same again, paused in its middle, looked into, and gone on with.
  await page.locator('.run-speed').selectOption('10');
  await page.locator('.run-play').click();
  await page.waitForFunction(() => /^[2-9](?:\.\d+)? s of/.test(document.querySelector('.strip-time')?.textContent ?? ''), null, { timeout: 60_000 });
  await page.keyboard.press('d');
  await page.locator('.debugger').waitFor();
  await page.locator('.run-bar[data-state="paused"]').waitFor();
  await lookAt(page, '0.3');

  // The election's messages are there, as arrows and in the lists.
  await page.locator('.debugger-filters input[type="search"]').fill('vote?');
  const asked = page.locator('.debugger-row', { hasText: 'from Server' });
  await asked.nth(2).waitFor(); // a candidate asks the three others that are up
  assert.ok((await page.locator('.spacetime-lanes .spacetime-message').getAttribute('d')).split('M').length > 8);
  await page.locator('.debugger-list .button', { hasText: 'Messages' }).click();
  await page.locator('.debugger-filters input[type="search"]').fill('');
  assert.ok(await page.locator('.debugger-way', { hasText: 'Server' }).count() >= 8, 'votes are asked for and given');
  await page.locator('.debugger-list .button', { hasText: 'Inputs' }).click();
  await page.locator('.debugger-filters input[type="search"]').fill('vote?');

  // Forwards, and back to the same values.
  await asked.first().click();
  await traced(page, /^Step 1 of/);
  await page.locator('.debugger-source .cm-current-line').waitFor();
  const went = [await standing(page)];
  for (let i = 0; i < 6; i += 1) {
    await page.keyboard.press('s');
    went.push(await standing(page));
  }
  assert.equal(new Set(went.map(({ where }) => where)).size, 7, 'every step is somewhere');
  await page.locator('.debugger-source .cm-current-line', { hasText: /\w/ }).waitFor();
  const word = page.locator('.debugger-source .cm-line span', { hasText: /^message$/ }).first();
  await word.hover();
  await page.locator('.cm-hover-text', { hasText: 'message = {' }).waitFor(); // the value of what is pointed at
  for (let i = 5; i >= 0; i -= 1) {
    await page.keyboard.press('Shift+S');
    assert.deepEqual(await standing(page), went[i]);
  }
  await page.keyboard.press('e');
  await traced(page, /^Step (\d+) of \1,/);

  // A breakpoint that holds where a vote is refused, or given, as its condition says.
  const line = lineOf("kind: 'vote', term: node.state.term");
  await page.locator('.debugger-source .cm-content').evaluate((/** @type {HTMLElement} */ one) => one.focus());
  const gutter = page.locator('.debugger-source .cm-lineNumbers .cm-gutterElement', { hasText: new RegExp(`^${line}$`) });
  await page.locator('.debugger-source .cm-scroller').evaluate((/** @type {HTMLElement} */ scroller, /** @type {number} */ to) => { scroller.scrollTop = to; }, (line - 8) * 18);
  await gutter.waitFor();
  const box = await gutter.boundingBox();
  const stops = await page.locator('.debugger-source .cm-stops').boundingBox();
  await page.mouse.click(stops.x + stops.width / 2, box.y + box.height / 2);
  const condition = page.locator('.debugger-breakpoint input');
  await condition.fill('isGranted && term >= 1');
  await page.keyboard.press('Enter');
  await page.locator('.debugger-rows .debugger-row').first().click(); // an input before, or this one
  await traced(page);
  await page.locator('[data-move="stop_next"]').click();
  await traced(page, new RegExp(`line ${line},`));
  const found = await standing(page);
  assert.ok(found.values.includes('isGranted = true'), found.values.join('; '));
  await condition.fill('nothing.like.this');
  await page.keyboard.press('Enter');
  await page.locator('[data-move="stop_next"]').click();
  await page.locator('.debugger-told', { hasText: /nothing/ }).waitFor({ timeout: 60_000 });
  await condition.fill('');
  await page.keyboard.press('Enter');

  // From there to the candidate, whose timer it was.
  const voter = await page.locator('.debugger-about dd').first().textContent();
  await page.locator('[data-jump="cause"]').click();
  await page.locator('.debugger-about h3', { hasText: 'timer' }).waitFor();
  await traced(page);
  assert.notEqual(await page.locator('.debugger-about dd').first().textContent(), voter, 'on another node');
  assert.ok(await page.locator('[data-jump="effects"] .debugger-jump').count() >= 3, 'it led to those it asked');
  await page.locator('.debugger-said li', { hasText: 'sends to' }).first().waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.debugger').waitFor({ state: 'detached' });

  await page.locator('.run-speed').selectOption('max');
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 120_000 });
  assert.equal(await resultsOf(page), undisturbed);

  // The breakpoint is kept with the design in this browser.
  await page.keyboard.press('d');
  await page.locator('.debugger-row', { hasText: 'Server' }).first().click();
  await page.locator('.debugger-breakpoint', { hasText: "kind: 'vote'" }).waitFor();
  expectQuiet();
  await context.close();
});

const LOGS = {
  format: 'scalesim/1', name: 'With a log',
  nodes: {
    users: { type: 'client', load: { rate: '20/s' } },
    front: { type: 'service', concurrency: 8, code: { source: "export async function onRequest(request, node) {\n  const { sum } = await node.call('back', { a: 2, b: 3 });\n  return { sum };\n}\n" } },
    back: { type: 'service', concurrency: 8, code: { source: "export function onRequest(request, node) {\n  const sum = request.body.a + request.body.b;\n  node.log(`sum ${sum}`);\n  return { sum };\n}\n" } },
  },
  edges: [{ from: 'users', to: 'front' }, { from: 'front', to: 'back', timeout: '1s' }],
  run: { duration: '5s', warmup: '0s', seed: 1 },
};

test('from a line of the log to its moment, and along an activity from one await to the next', async () => {
  const { page, context, expectQuiet } = await openPage(site, { viewport: { width: 1000, height: 900 } });
  await drop(page, 'log.scalesim.json', JSON.stringify(LOGS));
  await page.locator('.header-name', { hasText: LOGS.name }).waitFor();
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
  await page.locator('[data-node="back"]').focus();
  await page.keyboard.press('Enter');
  await page.locator('summary', { hasText: 'Handler' }).first().click();
  await page.locator('.code-line .code-debug').first().click();
  await page.locator('.debugger').waitFor();
  await traced(page);
  await page.locator('.debugger-said li', { hasText: 'logs' }).filter({ hasText: 'sum 5' }).locator('button').click();
  await traced(page, /line 3,/);
  assert.ok((await standing(page)).values.includes('sum = 5'));

  // What called it, and what became of the answer.
  await page.locator('[data-jump="cause"]').click();
  await page.locator('.debugger-about h3', { hasText: 'request' }).waitFor();
  assert.match(await page.locator('.debugger-about dd').first().textContent(), /front/);
  await page.locator('[data-jump="after"]').click();
  await page.locator('.debugger-about h3', { hasText: 'goes on' }).waitFor();
  await traced(page);
  await page.keyboard.press('e');
  assert.ok((await standing(page)).values.includes('sum = 5'), 'what was awaited');
  await page.locator('[data-jump="before"]').click();
  await page.locator('.debugger-about h3', { hasText: 'request' }).waitFor();
  expectQuiet();
  await context.close();
});

test('all of it by keys alone, told to who does not see it', async () => {
  const { page, context, expectQuiet } = await openPage(site, { viewport: { width: 1000, height: 900 } });
  await drop(page, 'log.scalesim.json', JSON.stringify(LOGS));
  await page.locator('.header-name', { hasText: LOGS.name }).waitFor();
  await page.keyboard.press(' ');
  await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
  await page.keyboard.press('Control+k');
  await page.keyboard.type('debugger');
  await page.keyboard.press('Enter');
  const plot = page.locator('.spacetime-plot:focus');
  await plot.waitFor();
  await page.locator('.debugger-row').first().waitFor();
  const told = () => plot.getAttribute('aria-valuetext');
  await page.keyboard.press('Home');
  await page.waitForFunction(() => /^#\d+ /.test(document.querySelector('.spacetime-plot')?.getAttribute('aria-valuetext') ?? ''));
  const first = await told();
  assert.match(first, /at (front|back), \d/);
  await page.keyboard.press(/at front/.test(first) ? 'ArrowDown' : 'ArrowUp');
  await page.waitForFunction((before) => document.querySelector('.spacetime-plot')?.getAttribute('aria-valuetext') !== before, first);
  assert.match(await told(), /at (front|back), \d/);
  await traced(page);
  await page.keyboard.press('s');
  await traced(page, /^Step 2 of/);
  await page.keyboard.press('c');
  await page.keyboard.press('Escape');
  await page.locator('.debugger').waitFor({ state: 'detached' });
  expectQuiet();
  await context.close();
});
