// Designs with code in the page: what runs them is loaded with the first of them, hostile code does not hold up the page, and a
// worker that hangs is replaced.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { drop, openPage, runToEnd, start } from './browser.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let site;
before(async () => { site = await start(); });
after(() => site.stop());

/** @param {string} source @param {object} [code] */
const designWith = (source, code = {}) => JSON.stringify({
    format: 'scalesim/1',
    name: 'With code',
    nodes: {
        users: { type: 'client', load: { rate: '100/s' } },
        api: { type: 'service', concurrency: 8, code: { source, ...code } },
    },
    edges: [{ from: 'users', to: 'api' }],
    slos: [{ metric: 'nodes.users.response.p99', max: '1s' }],
    run: { duration: '20s', warmup: '0s', seed: 1 },
});
const GOOD = 'export function onRequest(request, node) { node.state.n = (node.state.n ?? 0) + 1; return { n: node.state.n }; }';
const ENDLESS = 'export function onRequest() { for (;;); }';

test('the interpreter is loaded when a design has code, and not before', async () => {
    const { page, context, expectQuiet } = await openPage(site);
    /** @type {string[]} */
    const asked = [];
    page.on('request', (/** @type {any} */ request) => asked.push(request.url()));
    const isLoaded = () => asked.some((url) => /handlers-\w+\.wasm$/.test(url));
    await runToEnd(page);
    assert.equal(isLoaded(), false);
    await drop(page, 'code.scalesim.json', designWith(GOOD));
    await runToEnd(page);
    assert.equal(isLoaded(), true);
    expectQuiet();
    await context.close();
});

test('while a design of endless loops runs, the page answers within 100 ms', async () => {
    const { page, context } = await openPage(site);
    await drop(page, 'endless.scalesim.json', designWith(ENDLESS));
    await page.evaluate(() => {
        const gaps = /** @type {any} */ (globalThis).gaps = /** @type {number[]} */ ([]);
        const channel = new MessageChannel();
        let last = performance.now();
        channel.port1.onmessage = () => {
            const now = performance.now();
            gaps.push(now - last);
            last = now;
            setTimeout(() => { last = performance.now(); channel.port2.postMessage(0); }, 5);
        };
        channel.port2.postMessage(0);
    });
    await page.locator('.run-play').click();
    await page.locator('.run-bar[data-state="running"], .run-bar[data-state="done"]').waitFor({ timeout: 30_000 });
    await page.waitForTimeout(3000); // longer than a hanging worker would be left alone
    const state = await page.locator('.run-bar').getAttribute('data-state');
    assert.ok(state === 'running' || state === 'done', `the run is ${state}`);
    const gaps = /** @type {number[]} */ (await page.evaluate(() => /** @type {any} */ (globalThis).gaps)).sort((a, b) => a - b);
    assert.ok(gaps.length > 100, `${gaps.length} looks`);
    // The other processes of a busy machine may hold up one look in a hundred; the worker's loops may hold up none.
    const most = /** @type {number} */ (gaps[Math.floor(gaps.length * 0.99)]);
    assert.ok(most <= 100, `the page was held up for ${most} ms`);
    await context.close();
});

test('a worker that gives no sign is replaced, and nothing is lost', async () => {
    const context = await site.browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
    const page = await context.newPage();
    let workers = 0;
    await page.route(/worker-\w+\.js$/, (/** @type {any} */ route) => {
        workers += 1;
        if (workers > 1) return route.continue();
        // The real one, which hangs as soon as a run is to start.
        const hanging = `addEventListener('message', ({ data }) => { if (data.op === 'run.start') for (;;); }); importScripts('${route.request().url()}?real');`;
        return route.fulfill({ contentType: 'text/javascript', body: hanging });
    });
    await page.goto(site.url);
    await page.locator('.frame[data-state="ready"]').waitFor();
    await drop(page, 'code.scalesim.json', designWith(GOOD));
    await page.locator('.run-play').click();
    await page.locator('.run-bar[data-state="failed"]').waitFor({ timeout: 20_000 });
    assert.equal(workers, 1);
    await runToEnd(page);
    assert.equal(workers, 2);
    await context.close();
});

test('what is wrong with a handler is marked in its editor', async () => {
    const { page, context, expectQuiet } = await openPage(site, { viewport: { width: 1000, height: 900 } }); // CodeMirror, as on a tablet
    await drop(page, 'wrong.scalesim.json', designWith('const seen = [];\nexport async function onRequest(request, node) {\n  seen.push(request.id);\n  return node.cal("api");\n}\n'));
    await page.locator('[data-id="api"], [data-node="api"]').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('summary', { hasText: 'Handler' }).first().click();
    await page.locator('.cm-lintRange-error', { hasText: 'cal' }).waitFor({ timeout: 20_000 });
    await page.locator('.cm-lintRange-warning', { hasText: 'seen.push(request.id)' }).waitFor();
    expectQuiet();
    await context.close();
});
