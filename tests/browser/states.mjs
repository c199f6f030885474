// A walk through everything the page shows, by means that no language changes: what is looked at in every state (accessibility,
// words, sizes) takes the same walk.
import { spawnSync } from 'node:child_process';
import { CLI } from './browser.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** Every name in the design begins with this, so that a person's words can be told from the page's. */
export const OWN = 'zz';

/** A design with a node of every type, connections of every kind, targets, a fault, operations and a zone; all names begin with zz. */
export function designOfEverything() {
  const { types } = JSON.parse(spawnSync(CLI, ['catalog', '--json'], { encoding: 'utf8', maxBuffer: 2 ** 24 }).stdout);
  /** @type {Record<string, any>} */
  const nodes = {};
  /** @type {any[]} */
  const edges = [];
  /** @type {Record<string, [number, number]>} */
  const layout = {};
  const clients = types.filter((/** @type {any} */ type) => type.behaviour === 'client');
  const client = `${OWN}-${clients[0].name}`;
  types.forEach((/** @type {any} */ type, /** @type {number} */ i) => {
    const id = `${OWN}-${type.name}`;
    nodes[id] = { type: type.name, name: `${OWN}-${i}` };
    for (const property of type.properties) if (property.required && property.example !== undefined) nodes[id][property.name] = property.example;
    layout[id] = [type.behaviour === 'client' ? 0 : 240 + 192 * Math.floor(i / 6), 88 * (i % 6)];
    if (type.behaviour !== 'client') edges.push({ from: client, to: id, ...(type.behaviour === 'queue' ? { kind: 'publish' } : { timeout: '2s' }) });
  });
  nodes[`${OWN}-station`].service_time = 'exp(2ms)';
  const service = types.find((/** @type {any} */ type) => type.behaviour === 'service').name;
  nodes[client].load = { rate: 40 };
  nodes[client].operations = { [`${OWN}-buy`]: 3, [`${OWN}-look`]: 1 };
  Object.assign(nodes[`${OWN}-${service}`], {
    zone: `${OWN}-east`, replicas: 2,
    operations: { [`${OWN}-buy`]: { flow: [{ compute: '1ms' }, { parallel: [[{ compute: '1ms' }], [{ compute: '2ms' }]] }] } },
  });
  const queue = types.find((/** @type {any} */ type) => type.behaviour === 'queue').name;
  edges.push({ from: `${OWN}-${queue}`, to: `${OWN}-${service}` });
  return {
    format: 'scalesim/1', name: `${OWN}-design`, description: `${OWN}-words`, nodes, edges,
    faults: [{ kind: 'slow', target: `${OWN}-${service}`, at: '20s', for: '5s', factor: 4 }],
    slos: [{ name: `${OWN}-quick`, metric: `nodes.${client}.response.p99`, max: '10ms' }],
    run: { duration: '1m', warmup: '5s', seed: 1 }, layout,
  };
}

/** Drops a file on the page. @param {Page} page @param {string} name @param {string} text */
export async function dropFile(page, name, text) {
  const data = await page.evaluateHandle(([fileName, content]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], fileName, { type: 'application/json' }));
    return transfer;
  }, [name, text]);
  await page.dispatchEvent('.frame', 'dragover', { dataTransfer: data });
  await page.dispatchEvent('.frame', 'drop', { dataTransfer: data });
}

/** Performs something of the document's menu. @param {Page} page @param {string} name of the action */
export async function perform(page, name) {
  await page.locator('.header-menu').click();
  await page.locator(`.menu [data-action="${name}"]`).click();
}

/** Opens a design and waits for its nodes. @param {Page} page @param {any} design */
export async function openDesign(page, design) {
  await dropFile(page, `${OWN}.scalesim.json`, JSON.stringify(design));
  const [first] = Object.keys(design.nodes);
  if (first) await page.locator(`[data-node="${first}"]`).waitFor({ state: 'attached' });
  await page.waitForTimeout(400);
}

const item = (/** @type {Page} */ page, /** @type {string} */ selector) => ({
  press: () => page.locator(selector).evaluate((/** @type {HTMLElement} */ one) => one.click()),
  async menu() {
    await page.locator(selector).evaluate((/** @type {HTMLElement} */ one) => { one.click(); one.focus(); });
    await page.keyboard.press('Shift+F10');
    await page.locator('.menu').waitFor();
  },
});

/** Everything that can be folded out in the inspector is. @param {Page} page */
async function unfold(page) {
  await page.evaluate(() => {
    for (let round = 0; round < 3; round += 1) for (const fold of document.querySelectorAll('.frame-inspector details')) /** @type {HTMLDetailsElement} */ (fold).open = true;
  });
  await page.waitForTimeout(60);
}

/** @param {Page} page @param {'palette' | 'inspector'} side a sheet where the window is narrow */
async function openSheet(page, side) {
  const isNarrow = await page.evaluate(() => innerWidth < 900);
  if (isNarrow && await page.locator(`.frame-${side}`).getAttribute('data-open') !== 'true') {
    await page.locator(`.frame-bar [data-side="${side}"]`).click();
    await page.waitForTimeout(250);
  }
}

/** @param {Page} page */
async function closeSheets(page) {
  for (const side of ['palette', 'inspector']) {
    if (await page.locator(`.frame-${side}`).getAttribute('data-open') === 'true') await page.locator(`.frame-bar [data-side="${side}"]`).click();
  }
  await page.waitForTimeout(250);
}

/** @param {Page} page @param {string} name of a tab of the dock */
async function tab(page, name) {
  await page.locator(`[aria-controls="dock-${name}"]`).click();
  await page.waitForTimeout(120);
}

/** @param {Page} page */
async function finish(page) {
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
  await page.locator('.verdicts .chip').first().waitFor();
  await page.waitForTimeout(250);
}

/**
 * Goes through the states one by one.
 * @param {Page} page just opened, with its first document
 * @param {(state: string) => Promise<void>} check
 * @param {{ types?: boolean }} [options] `types`: with the settings of every type, not of one alone
 */
export async function walk(page, check, { types = true } = {}) {
  const design = designOfEverything();
  const ids = Object.keys(design.nodes);
  const service = `[data-node="${OWN}-service"]`;
  await openDesign(page, design);
  await openSheet(page, 'inspector');
  await unfold(page);
  await check('the design\'s settings');
  for (const id of types ? ids : [`${OWN}-service`, `${OWN}-client`]) {
    await item(page, `[data-node="${id}"]`).press();
    await openSheet(page, 'inspector');
    await unfold(page);
    await check(`the settings of ${id}`);
  }
  await page.locator('.frame-inspector .property-help').first().click();
  await check('a setting explained');
  await item(page, '[data-edge="0"]').press();
  await openSheet(page, 'inspector');
  await unfold(page);
  await check('the settings of a connection');
  await page.keyboard.press('Control+a');
  await page.locator(service).focus();
  await page.keyboard.press('Control+a');
  await check('many selected');
  await closeSheets(page);
  await around(page, check);
  await menus(page, check);
  await searches(page, check);
  await dialogs(page, check);
  await runs(page, check);
  await faults(page, check, design);
  await code(page, check);
}

/** A node with code that measures, writes, fails now and then, and has something to be said against it. */
const CODE = `const ${OWN}seen = [];
export async function onRequest(request, node) {
  ${OWN}seen.push(request.id);
  ${OWN}note(request, node);
  return node.call('${OWN}-db', { n: ${OWN}sum(${OWN}seen) });
}
function ${OWN}sum(list) {
  let total = 0;
  for (const a of list.slice(-20)) for (const b of list.slice(-20)) total += a * b;
  return total;
}
function ${OWN}note(request, node) {
  node.metric('${OWN}-metric', request.id);
  if (request.id % 7 === 0) throw new Error('${OWN}-wrong');
  node.log('${OWN}-log', request.id);
}
`;

/** @param {Page} page */
async function lookAtCode(page) {
  await item(page, `[data-node="${OWN}-api"]`).press();
  await openSheet(page, 'inspector');
  await page.locator('.code-field').waitFor({ state: 'attached' });
  await unfold(page);
  await page.locator('.code-editor .editor[data-engine]').waitFor({ timeout: 30_000 });
  await page.waitForTimeout(800); // what is found in it comes a moment later
}

/** The code of a node, what is found in it, what a run says of it, and what becomes of a run when it is changed. @param {Page} page @param {(state: string) => Promise<void>} check */
async function code(page, check) {
  await openDesign(page, {
    format: 'scalesim/1', name: `${OWN}-code`,
    nodes: { [`${OWN}-users`]: { type: 'client', name: `${OWN}-u`, load: { rate: '50/s' } }, [`${OWN}-api`]: { type: 'service', name: `${OWN}-a`, code: { source: CODE } }, [`${OWN}-db`]: { type: 'database', name: `${OWN}-d` } },
    edges: [{ from: `${OWN}-users`, to: `${OWN}-api` }, { from: `${OWN}-api`, to: `${OWN}-db` }],
    run: { duration: '20s', warmup: '0s', seed: 1 },
  });
  await lookAtCode(page);
  await check('the code of a node, and what is found in it');
  await page.locator('.code-head button').first().click();
  for (const place of ['first', 'last']) {
    await page.locator('.snippets-item')[place]().click();
    await check(`code to insert, the ${place}`);
  }
  await page.locator('.snippets-dialog input').fill('qqqq');
  await check('code to insert without a finding');
  await page.locator('.snippets-dialog .dialog-head button').click();
  await closeSheets(page);
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
  await lookAtCode(page);
  await page.locator('.code-sum').waitFor();
  await page.locator('.profile').waitFor();
  await page.locator('.code-editor').scrollIntoViewIfNeeded();
  await page.locator('.code-editor').click();
  await page.keyboard.press('F9');
  await check('the code after a run, with its profile and a stop');
  await debugging(page, check);
  await page.locator('.code-large').click();
  await page.waitForTimeout(200);
  await check('the code, larger');
  await page.locator('.code-editor').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(`//${OWN}`);
  await page.locator('.code-reload-told.warm').waitFor();
  await check('changed code, and a run that had another one');
  await page.locator('.code-apply').click();
  await page.locator('.code-reload-told.bad').waitFor();
  await check('no now to go on from');
  await page.locator('.code-reload .button-group .button').last().click();
  await page.locator('.code-editor').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('(');
  await page.keyboard.press('Control+Enter');
  await page.locator('.code-reload-told.bad').waitFor();
  await page.waitForTimeout(800);
  await check('changed code that does not load');
  await page.locator('.code-large').click();
  await page.locator('.code-reload .button-group .button').first().click();
  await closeSheets(page);
}

/** The debugger over a run that is done, its lists, an input line by line. @param {Page} page @param {(state: string) => Promise<void>} check */
async function debugging(page, check) {
  await page.locator('.strip-look').last().evaluate((/** @type {HTMLElement} */ one) => one.click());
  await page.locator('.debugger-row').first().waitFor({ timeout: 30_000 });
  await check('the debugger, nothing picked');
  await page.locator('.debugger-list [aria-pressed]').last().click();
  await page.waitForTimeout(100);
  await check('the debugger\'s messages');
  await page.locator('.debugger-list [aria-pressed]').first().click();
  await page.waitForTimeout(100);
  await page.locator('.debugger-row .bad').first().click();
  await page.locator('[data-move="line"]:enabled').waitFor({ timeout: 30_000 });
  for (let i = 0; i < 3; i += 1) await page.locator('[data-move="line"]').click();
  await page.locator('.debugger-breakpoint').first().waitFor();
  await page.waitForTimeout(300);
  await check('an input that failed, line by line');
  await page.locator('.debugger-breakpoint input').first().fill('false');
  await page.keyboard.press('Enter');
  await page.locator('[data-move="stop_next"]').click();
  await page.locator('.debugger-told .icon').waitFor({ timeout: 60_000 });
  await check('no breakpoint further on');
  await page.locator('.debugger [data-action="keys"]').click();
  await check('the keys of the debugger');
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await page.locator('.debugger-close').click();
  await page.locator('.debugger').waitFor({ state: 'detached' });
}

/** The tour, from its first words to the first that ask for something. @param {Page} page @param {(state: string) => Promise<void>} check */
export async function walkTour(page, check) {
  await perform(page, 'tour');
  await page.locator('.tour-words').waitFor();
  await page.waitForTimeout(400);
  await check('the tour');
  await finish(page);
  await page.waitForTimeout(600);
  await check('the tour, after the run');
  await page.keyboard.press('Escape');
}

/** What stands around nodes and beside them. @param {Page} page @param {(state: string) => Promise<void>} check */
async function around(page, check) {
  await page.locator(`[data-node="${OWN}-redis"]`).evaluate((/** @type {HTMLElement} */ one) => { one.click(); one.focus(); });
  await page.keyboard.press('Control+g');
  await page.waitForTimeout(200);
  await check('a group');
  await page.keyboard.press('Escape');
  await page.locator(`[data-node="${OWN}-kafka"]`).evaluate((/** @type {HTMLElement} */ one) => { one.click(); one.focus(); });
  await page.keyboard.press('z');
  await page.waitForTimeout(200);
  await check('a zone');
  await page.keyboard.press('Escape');
  await page.locator(`[data-node="${OWN}-kafka"]`).focus();
  await page.keyboard.press('n');
  await page.locator('.note-area').waitFor();
  await page.keyboard.type(`${OWN}-note`);
  await check('a note, being written');
  await page.keyboard.press('Escape');
  await page.waitForTimeout(200);
  await check('a note');
}

/** @param {Page} page @param {(state: string) => Promise<void>} check */
async function menus(page, check) {
  await page.locator(`[data-node="${OWN}-service"]`).focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Shift+F10');
  await check('the menu of many');
  await page.keyboard.press('Escape');
  for (const [name, selector] of [['a node', `[data-node="${OWN}-service"]`], ['a cache', `[data-node="${OWN}-redis"]`], ['a client', `[data-node="${OWN}-client"]`], ['a connection', '[data-edge="0"]']]) {
    await item(page, selector).menu();
    await check(`the menu of ${name}`);
    await page.keyboard.press('Escape');
  }
  const box = await page.locator('.frame-canvas').boundingBox();
  if (box) await page.mouse.click(box.x + box.width - 12, box.y + 12, { button: 'right' });
  await page.locator('.menu').waitFor();
  await check('the menu of the ground');
  await page.keyboard.press('Escape');
  for (const name of ['menu', 'look']) {
    await page.locator(`.header-${name}`).click();
    await check(`the header's ${name}`);
    await page.keyboard.press('Escape');
  }
  await page.locator(`[data-node="${OWN}-service"]`).focus();
  await page.keyboard.press('F2');
  await check('renaming');
  await page.keyboard.press('Escape');
  await page.locator(`[data-node="${OWN}-service"]`).focus();
  await page.keyboard.press('c');
  await page.keyboard.press('ArrowLeft');
  await check('connecting');
  await page.keyboard.press('Escape');
}

/** @param {Page} page @param {(state: string) => Promise<void>} check */
async function searches(page, check) {
  await page.keyboard.press('Control+k');
  await page.locator('.finder-list .menu-item').first().waitFor();
  await check('the finder');
  await page.locator('.finder input').fill(OWN);
  await check('the finder with nodes');
  await page.locator('.finder input').fill('qqqq');
  await check('the finder without a finding');
  await page.keyboard.press('Escape');
  await openSheet(page, 'palette');
  await check('the palette');
  await page.locator('.palette input').fill('a');
  await check('the palette, searched');
  await page.locator('.palette input').fill('qqqq');
  await check('the palette without a finding');
  await page.locator('.palette input').fill('');
  await page.keyboard.press('Escape');
  await closeSheets(page);
}

/** @param {Page} page @param {(state: string) => Promise<void>} check */
async function dialogs(page, check) {
  await page.locator(`[data-node="${OWN}-service"]`).focus();
  await page.keyboard.press('?');
  await page.locator('dialog[open]').waitFor();
  await check('the keys');
  await page.keyboard.press('Escape');
  await perform(page, 'examples');
  await page.locator('.gallery-card').first().waitFor();
  await check('the gallery');
  await page.keyboard.press('Escape');
  await perform(page, 'edit-text');
  await page.locator('.source .editor[data-engine]').waitFor();
  await page.waitForTimeout(300);
  await check('the design as text, beside the drawing');
  await perform(page, 'edit-text');
  await page.locator('.source').waitFor({ state: 'detached' });
  await dropFile(page, `${OWN}.scalesim.json`, '{ "format": 1 ');
  await page.locator('.text-panel-area').waitFor();
  await page.locator('.text-panel-problems li').first().waitFor();
  await check('a file that is no design');
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await perform(page, 'designs');
  await page.locator('.designs-row').first().waitFor();
  await check('the designs that are kept');
  await page.locator('dialog[open] input[type="search"]').first().fill('qqqq');
  await check('no design of that name');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
}

/** @param {Page} page @param {(state: string) => Promise<void>} check */
async function runs(page, check) {
  await tab(page, 'charts');
  await check('before a run');
  await page.locator('.run-speed').selectOption('1'); // it lasts while it is looked at, however slow the machine
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="running"]').waitFor();
  await page.waitForTimeout(700);
  await item(page, `[data-node="${OWN}-service"]`).press();
  await check('while it runs');
  await page.locator('.run-play').click();
  await page.locator('.run-bar[data-state="paused"]').waitFor();
  await check('paused');
  await item(page, `[data-node="${OWN}-service"]`).menu();
  await page.locator('.menu [role="menuitem"]').nth(5).click();
  await page.locator('.toast').first().waitFor();
  await check('a fault injected');
  await page.locator('.run-speed').selectOption('max');
  await finish(page);
  await check('after a run');
  const latency = page.locator('.chart-plot').nth(1);
  await latency.scrollIntoViewIfNeeded();
  await latency.click();
  await page.locator('.waterfall-request').first().waitFor();
  await check('the requests of a moment');
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await tab(page, 'results');
  for (const view of ['run', 'theory', 'compare']) {
    await page.locator('.results-view').selectOption(view);
    await page.waitForTimeout(100);
    await check(`results: ${view}`);
  }
  const seed = page.locator('.run-seed input'); // a phone has it in the design's settings
  if (await seed.isVisible()) {
    await seed.fill('2');
    await page.keyboard.press('Enter');
  }
  await finish(page);
  await check('two runs compared');
  await page.locator('.results-view').selectOption('run');
  await tab(page, 'history');
  await page.locator('.history-table tbody tr').first().waitFor();
  await check('the history of runs');
  await page.locator('.history-report').first().click();
  await page.locator('.report').waitFor();
  await page.waitForTimeout(300);
  await check('the report of a run');
  await page.locator('.report').press('Escape');
  await page.locator('.report').waitFor({ state: 'detached' });
  await page.locator('.history-delete').last().click();
  await page.locator('.history-undo').waitFor();
  await check('a run deleted');
  await page.locator('.history-filter').fill('qqqq');
  await check('no run with these words');
  await page.locator('.history-filter').fill('');
  await tab(page, 'problems');
  await check('problems');
}

/** @param {Page} page @param {(state: string) => Promise<void>} check @param {any} design */
async function faults(page, check, design) {
  if (await page.locator('.run-seed input').isVisible()) {
    await page.locator('.run-seed input').fill('-1');
    await page.keyboard.press('Enter');
    await page.locator('.toast').first().waitFor();
    await check('a wrong seed');
  }
  const wrong = structuredClone(design);
  wrong.nodes[`${OWN}-service`].replicas = -1;
  wrong.nodes[`${OWN}-service`].service_time = 'exp(';
  await openDesign(page, wrong);
  await page.locator('.problems .problem').first().waitFor();
  await item(page, `[data-node="${OWN}-service"]`).press();
  await openSheet(page, 'inspector');
  await check('a design with errors');
  await closeSheets(page);
  await perform(page, 'generate');
  await page.locator('.toast').first().waitFor();
  await check('no project can be made');
  await perform(page, 'new');
  await page.waitForTimeout(300);
  await check('nothing yet');
}

