// Code to begin with, in the page: a node's first code is what it does without, and patterns are put into the editor from a dialog.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drop, objections, openPage, runToEnd, shots, start } from './browser.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
before(async () => { site = await start(); });
after(() => site.stop());

const SHOP = {
    format: 'scalesim/1',
    name: 'Shop',
    nodes: {
        users: { type: 'client', load: { rate: '50/s' }, operations: { browse: 3, checkout: 1 } },
        api: { type: 'service', name: 'API', concurrency: 16, operations: { checkout: {}, browse: { service_time: 'exp(2ms)' } } },
        orders: { type: 'postgres' }, recent: { type: 'redis' }, events: { type: 'kafka' }, mail: { type: 'service' },
    },
    edges: [{ from: 'users', to: 'api' }, { from: 'api', to: 'orders' }, { from: 'api', to: 'recent' }, { from: 'api', to: 'events', kind: 'publish' }, { from: 'events', to: 'mail' }],
    slos: [{ metric: 'nodes.users.response.p99', max: '1s' }],
    run: { duration: '20s', warmup: '0s', seed: 1 },
};
const MINE = 'const pools = 1;\nexport function onRequest(request, node) {\n  return pools;\n}\n';
const withCode = (/** @type {string} */ source) => JSON.stringify({ ...SHOP, nodes: { ...SHOP.nodes, api: { ...SHOP.nodes.api, code: { source } } } });

/** @param {any} page @param {string} node */
async function choose(page, node) {
    await page.locator(`[data-id="${node}"], [data-node="${node}"]`).first().focus();
    await page.keyboard.press('Enter');
}

/** What stands in the editor. @param {any} page @returns {Promise<string>} */
const shownCode = (page) => page.locator('.code .cm-content').evaluate((/** @type {any} */ content) => [...content.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\n'));

/** @param {any} page @param {string} code */
async function becomes(page, code) {
    for (let tries = 0; tries < 50 && await shownCode(page) !== code; tries++) await page.waitForTimeout(100);
    assert.equal(await shownCode(page), code);
}

/** Opens the editor of a node's code. @param {any} page @param {string} node */
async function openCode(page, node = 'api') {
    await choose(page, node);
    await page.locator('summary', { hasText: /Handler|المعالِج/ }).first().click();
    await page.locator('.code .cm-content').waitFor({ timeout: 20_000 });
}

const TABLET = { viewport: { width: 1000, height: 900 } }; // CodeMirror, whose text can be read here

test('a node that gets code has what it does without, and it runs', async () => {
    const { page, context, expectQuiet } = await openPage(site, TABLET);
    await drop(page, 'shop.scalesim.json', JSON.stringify(SHOP));
    await choose(page, 'api');
    await page.getByRole('button', { name: /handler$/i }).first().click();
    await page.locator('.code .cm-content').waitFor({ timeout: 20_000 });
    const code = await shownCode(page);
    await page.locator('.code-editor').evaluate((/** @type {any} */ box) => new Promise((resolve) => { new IntersectionObserver(([seen]) => { if (seen.intersectionRatio > 0.5) resolve(null); }, { threshold: [0.5, 0.9] }).observe(box); })); // it is in sight
    for (const word of ['checkout(key, node)', 'browse(key, node)', "node.table('orders', 'items').put(", "node.cache('recent').get(", "node.publish('events'"]) assert.ok(code.includes(word), `${word} is in\n${code}`);
    await page.waitForTimeout(500);
    assert.equal(await page.locator('.cm-lintRange').count(), 0);
    await runToEnd(page);
    await page.locator('.code-sum').first().waitFor();
    assert.match(await page.locator('.code-sum').first().textContent() ?? '', /\b0 errors/);
    expectQuiet();
    await context.close();
});

test('a pattern is found by keyboard, has the node\'s own neighbours, and is one step to undo', async () => {
    const { page, context, expectQuiet } = await openPage(site, TABLET);
    /** @type {string[]} */
    const asked = [];
    page.on('request', (/** @type {any} */ request) => asked.push(request.url()));
    await drop(page, 'shop.scalesim.json', withCode(MINE));
    await openCode(page);
    assert.ok(!asked.some((url) => /snippets-\w+\.js$/.test(url)), 'the patterns are not loaded before they are asked for');
    await page.locator('.code-head button').first().focus();
    await page.keyboard.press('Enter');
    const dialog = page.locator('.snippets-dialog');
    await dialog.waitFor();
    assert.equal(await dialog.locator('[role="option"]').count(), 21);
    assert.match(await dialog.locator('[role="option"][aria-selected="true"]').textContent() ?? '', /^Starter code/);
    assert.deepEqual(await objections(page), []);
    await page.keyboard.type('bulk');
    assert.deepEqual(await dialog.locator('[role="option"]').allTextContents(), ['Bulkhead']);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    const bulkhead = await shownCode(page);
    assert.ok(bulkhead.startsWith(MINE) && bulkhead.includes('const pools2 = {') && bulkhead.includes('function bulkheadOnRequest('), bulkhead);
    assert.match(await page.locator('.toast, .notice, [role="status"], [role="alert"]').allTextContents().then((texts) => texts.join(' ')), /bulkheadOnRequest/);

    await page.locator('.code-head button').first().click();
    await page.keyboard.type('consumer');
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, 'snippets.png') });
    await page.locator('.snippets-matches', { hasText: 'db is orders here (PostgreSQL)' }).waitFor();
    await dialog.getByRole('button', { name: 'Replace the code' }).click();
    await dialog.waitFor({ state: 'detached' });
    const consumer = await shownCode(page);
    assert.ok(consumer.includes("node.call('orders', { table: 'balances'") && !consumer.includes("'db'") && !consumer.includes('pools'), consumer);

    await page.locator('.header-menu').focus(); // outside of the editor, whose own keys these are
    await page.keyboard.press('Control+z');
    await becomes(page, bulkhead);
    await page.keyboard.press('Control+z');
    await becomes(page, MINE);
    expectQuiet();
    await context.close();
});

test('the finder writes code for a node that has none, and only for one that runs it', async () => {
    const { page, context, expectQuiet } = await openPage(site, TABLET);
    await drop(page, 'shop.scalesim.json', JSON.stringify(SHOP));
    for (const [node, options] of /** @type {[string, number][]} */ ([['orders', 0], ['mail', 1]])) {
        await page.locator(`[data-id="${node}"], [data-node="${node}"]`).first().focus();
        await page.keyboard.press('Enter');
        await page.locator('.inspector-detail', { hasText: node }).waitFor();
        assert.equal(await page.locator('.frame-inspector button', { hasText: /handler$/i }).count(), options, `${node} offers a handler`);
        await page.keyboard.press('Control+k');
        await page.locator('.finder input').waitFor();
        await page.keyboard.type('write code');
        assert.equal(await page.locator('.finder [role="option"]', { hasText: 'Write code' }).count(), options);
        await page.keyboard.press(options ? 'Enter' : 'Escape');
    }
    await page.locator('.code .cm-content').waitFor({ timeout: 20_000 });
    assert.match(await shownCode(page), /onMessage/);
    expectQuiet();
    await context.close();
});

test('what a pattern calls and the node has not is said, and the finder knows the dialog', async () => {
    const { page, context, expectQuiet } = await openPage(site, TABLET);
    await drop(page, 'shop.scalesim.json', withCode(MINE));
    await openCode(page);
    await page.keyboard.press('Control+k');
    await page.locator('.finder input').waitFor();
    await page.keyboard.type('insert code');
    await page.locator('.finder [role="option"][aria-selected="true"]', { hasText: 'Insert code' }).waitFor();
    await page.keyboard.press('Enter');
    const dialog = page.locator('.snippets-dialog');
    await dialog.waitFor();
    await page.keyboard.type('outbox');
    await dialog.locator('.snippets-matches', { hasText: 'broker is events here (Kafka)' }).waitFor();
    await page.locator('.snippets-dialog input').fill('circuit');
    await dialog.locator('.snippets-matches .warm', { hasText: 'backend: no Service is connected yet' }).waitFor();
    await page.locator('.snippets-dialog input').fill('nothing like this');
    await dialog.getByText('No pattern has these words.').waitFor();
    await page.keyboard.press('Enter');
    assert.ok(await dialog.isVisible());
    await page.keyboard.press('Escape');
    if (await dialog.isVisible()) await page.keyboard.press('Escape'); // the first one empties the field
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await shownCode(page), MINE);
    expectQuiet();
    await context.close();
});

test('on a desktop, too, where the editor is a frame: the finder keeps the keys that it asked for', async () => {
    const { page, context, expectQuiet } = await openPage(site);
    await drop(page, 'shop.scalesim.json', withCode(MINE));
    await choose(page, 'api');
    await page.locator('summary', { hasText: 'Handler' }).first().click();
    await page.locator('.editor[data-engine="monaco"]').waitFor({ timeout: 30_000 });
    const lines = page.frameLocator('.editor-frame').locator('.view-lines');
    await lines.getByText('pools').first().click();
    await page.keyboard.press('Control+k');
    await page.locator('.finder input').waitFor();
    await page.waitForTimeout(800); // a chord of the editor's own would end by now, and take the focus
    await page.keyboard.type('insert code');
    await page.locator('.finder [role="option"][aria-selected="true"]', { hasText: 'Insert code' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.snippets-dialog').waitFor();
    await page.keyboard.type('batching');
    await page.keyboard.press('Enter');
    await lines.getByText('Batching: writes').first().waitFor();
    assert.doesNotMatch(await lines.textContent() ?? '', /insert.code/);
    expectQuiet();
    await context.close();
});

test('the dialog in Arabic and dark', async () => {
    mkdirSync(shots, { recursive: true });
    const { page, context, expectQuiet } = await openPage(site, { ...TABLET, locale: 'ar', colorScheme: 'dark' });
    await drop(page, 'shop.scalesim.json', withCode(MINE));
    await openCode(page);
    await page.locator('.code .cm-content').focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('// node.sle'); // what the interface says is in the page's language, too
    await page.locator('.cm-completionInfo', { hasText: 'زمن المحاكاة' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.code-head button').first().click();
    const dialog = page.locator('.snippets-dialog');
    await dialog.waitFor();
    await page.keyboard.type('saga');
    await dialog.locator('h3', { hasText: 'Saga' }).waitFor();
    await page.screenshot({ path: join(shots, 'snippets-arabic.png') });
    assert.deepEqual(await objections(page), []);
    expectQuiet();
    await context.close();
});

test('the dialog on a phone', async () => {
    const { page, context, expectQuiet } = await openPage(site, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    await drop(page, 'shop.scalesim.json', withCode(MINE));
    await choose(page, 'api');
    const fold = page.locator('summary', { hasText: 'Handler' }).first();
    await fold.scrollIntoViewIfNeeded();
    await fold.tap();
    await page.locator('.code .cm-content').waitFor({ timeout: 20_000 });
    await page.locator('.code-head button').first().tap();
    const dialog = page.locator('.snippets-dialog');
    await dialog.waitFor();
    await dialog.getByRole('option', { name: 'Leader lease' }).tap();
    await dialog.locator('h3', { hasText: 'Leader lease' }).waitFor();
    const box = await dialog.boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= 360, JSON.stringify(box));
    assert.equal(await dialog.evaluate((/** @type {any} */ one) => one.scrollWidth <= one.clientWidth), true);
    assert.deepEqual(await objections(page), []);
    await page.screenshot({ path: join(shots, 'snippets-phone.png') });
    await dialog.getByRole('button', { name: 'Add below' }).tap();
    await dialog.waitFor({ state: 'detached' });
    assert.match(await shownCode(page), /const LEASE_MS/);
    expectQuiet();
    await context.close();
});
