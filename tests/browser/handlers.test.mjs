// Designs with code in the page: what runs them is loaded with the first of them, hostile code does not hold up the page, and a
// worker that hangs is replaced; changed code goes on in the run; the profile names the line that costs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drop, openPage, root, runToEnd, start } from './browser.mjs';

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

/** Opens the code of a node, by keyboard, in CodeMirror. @param {any} page @param {string} node */
async function openCode(page, node) {
    await page.locator(`[data-node="${node}"]`).first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.frame-inspector summary', { hasText: 'Handler' }).first().click();
    await page.locator('.code-editor .editor[data-engine="codemirror"]').waitFor({ timeout: 20_000 });
}

/** Types a whole new code and gives it to the run. @param {any} page @param {string} source */
async function retype(page, source) {
    await page.locator('.code-editor .cm-content').focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete'); // over a selection the browser would write styles, which the page's policy refuses
    await page.keyboard.insertText(source);
    await page.keyboard.press('Control+Enter');
}

/** @param {any} page @returns {Promise<string[]>} what the code has measured, by name */
const measured = (page) => page.locator('.code-metrics tbody th').allInnerTexts();
const counting = (/** @type {string} */ name) => `let n = 0;\nexport function onRequest(request, node) {\n  node.metric('${name}', ++n);\n}`;

test('changed code goes on in the running simulation, or from the start, as was chosen; what does not load leaves the run as it is', async () => {
    const { page, context, expectQuiet } = await openPage(site, { viewport: { width: 1000, height: 900 } });
    const state = () => page.locator('.run-bar').getAttribute('data-state');
    const clock = async () => parseFloat((await page.locator('.clock').innerText()).replace(/[^\d.]/g, ''));
    await drop(page, 'hot.scalesim.json', designWith(counting('first')).replace('"20s"', '"10m"'));
    await page.locator('.run-speed').selectOption('1');
    await openCode(page, 'api');
    assert.equal(await page.locator('.code-reload').isVisible(), false, 'there is no run that could have other code');
    await page.locator('.run-play').click();
    await page.locator('.run-bar[data-state="running"]').waitFor();
    await page.locator('.code-metrics').waitFor({ timeout: 20_000 });
    const before_s = await clock();

    await retype(page, counting('second'));
    await page.locator('.code-reload-told', { hasText: 'has this code since' }).waitFor({ timeout: 20_000 });
    await page.locator('.code-metrics tbody th', { hasText: 'second' }).waitFor({ timeout: 20_000 });
    assert.equal(await state(), 'running');
    assert.ok(await clock() >= before_s, 'it goes on from where it was');
    assert.deepEqual(await measured(page), ['first', 'second'], 'what was before stays');

    await retype(page, 'export function onRequest( {');
    await page.locator('.code-reload-told', { hasText: 'The run stays as it was' }).waitFor({ timeout: 20_000 });
    assert.match(await page.locator('.code-reload-told').innerText(), /line 1|handler\.js:1|SyntaxError/, 'it says what is wrong');
    const refused_s = await clock();
    await page.waitForFunction((from) => parseFloat(document.querySelector('.clock')?.textContent?.replace(/[^\d.]/g, '') ?? '0') > from, refused_s);
    assert.equal(await state(), 'running');

    // By keyboard alone: out of the field, to the other choice.
    await page.locator('.code-editor .cm-content').focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'From the start');
    await page.keyboard.press('Enter');
    await retype(page, counting('third'));
    await page.locator('.code-metrics tbody th', { hasText: 'third' }).waitFor({ timeout: 20_000 });
    assert.deepEqual(await measured(page), ['third'], 'it began again');
    await page.locator('.run-play').click();
    await page.locator('.run-bar[data-state="paused"]').waitFor();

    // A paused run goes on paused; the choice is remembered.
    await page.locator('.code-reload button', { hasText: 'From now on' }).click();
    await retype(page, counting('fourth'));
    await page.locator('.code-reload-told', { hasText: 'has this code since' }).waitFor({ timeout: 20_000 });
    assert.equal(await state(), 'paused');
    await page.reload();
    await page.locator('.frame[data-state="ready"]').waitFor();
    assert.equal(await page.evaluate(() => JSON.parse(localStorage.getItem('scalesim.settings') ?? '{}').reload), 'now');
    expectQuiet();
    await context.close();
});

test('the profile names the loop in a loop of the URL shortener; as one loop the node is visibly less busy', async () => {
    const { page, context, expectQuiet } = await openPage(site, { viewport: { width: 1000, height: 900 } });
    const text = readFileSync(join(root, 'examples/url-shortener/url-shortener.scalesim.json'), 'utf8');
    const { source } = JSON.parse(text).nodes.api.code;
    await drop(page, 'url-shortener.scalesim.json', text);
    await page.locator('[data-node="api"]').waitFor({ state: 'attached' });
    await runToEnd(page);
    await openCode(page, 'api');
    await page.locator('.profile').waitFor();
    // What the page says of the whole run, and the gauge as it stands at its end.
    const busy = async () => [
        parseFloat(/\(([\d.]+) %\)/.exec(await page.locator('.verdict-sentence').innerText())?.[1] ?? 'NaN'),
        parseFloat(await page.locator('.frame-inspector .stat dd').first().innerText())];
    const [before = NaN, gauge = NaN] = await busy();
    assert.ok(before > 40, `${before} %`);

    // In words, in the gutter, in the graph and in the table.
    const inner = 'for (const other of codes) if (other === code) count++;';
    const line = source.split('\n').findIndex((/** @type {string} */ one) => one.includes(inner)) + 1;
    const first = page.locator('.profile-line').first();
    assert.match(await first.innerText(), new RegExp(`Line ${line} in topOf takes the most: (\\d+)`));
    assert.ok((await first.innerText()).includes(inner));
    const share = Number(/: (\d+)/.exec(await first.innerText())?.[1]);
    assert.ok(share >= 50, `${share} %`);
    assert.match(await page.locator('.cm-marks .cm-mark-hot').first().innerText(), new RegExp(`^${share}.%$`));
    assert.match(await page.locator('.flame', { hasText: 'topOf' }).first().getAttribute('aria-label') ?? '', /topOf, line \d+: \d+.% in all/);
    assert.match(await page.locator('.profile-functions tbody tr').first().innerText(), /^topOf/);
    await first.locator('button').click();
    await page.locator('.cm-activeLine', { hasText: inner }).waitFor();

    // The graph by keyboard: to what was called, enlarged, and back.
    await page.locator('.flame[tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    assert.match(await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? ''), /^topOf/);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Show all' }).waitFor();
    await page.keyboard.press('Backspace');
    await page.getByRole('button', { name: 'Show all' }).waitFor({ state: 'hidden' });

    const [head = ''] = source.split('/** The code seen most often.');
    await page.locator('.code-reload button', { hasText: 'From the start' }).click();
    await retype(page, `${head}function topOf(codes) {\n  const counts = new Map();\n  let best;\n  for (const code of codes) {\n    counts.set(code, (counts.get(code) ?? 0) + 1);\n    if (best === undefined || counts.get(code) > counts.get(best)) best = code;\n  }\n  return best;\n}\n`);
    await page.locator('.code-reload-told.warm').waitFor({ state: 'hidden', timeout: 30_000 });
    await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 60_000 });
    await page.locator('.verdict-status', { hasNotText: 'so far' }).waitFor();
    const [after = NaN, newGauge = NaN] = await busy();
    assert.ok(after < before / 2, `from ${before} to ${after} % of the core`);
    assert.ok(newGauge < gauge / 2, `from ${gauge} to ${newGauge} % on the gauge`);
    await page.locator('.profile-line').first().waitFor();
    assert.ok(!(await page.locator('.profile-lines').innerText()).includes(inner), 'the profile is of the new code');
    expectQuiet();
    await context.close();
});

test('a stop set in the code of a node stays with its line; the code is had larger and small again by keyboard', async () => {
    const { page, context, expectQuiet } = await openPage(site, { viewport: { width: 1000, height: 900 } });
    await drop(page, 'stops.scalesim.json', designWith(counting('first')));
    await openCode(page, 'api');
    const content = page.locator('.code-editor .cm-content');
    await content.focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('F9');
    const isBeside = async (/** @type {string} */ text) => {
        const [dot, line] = await Promise.all([page.locator('.cm-breakpoint').boundingBox(), page.locator('.cm-line', { hasText: text }).boundingBox()]);
        assert.ok(dot && line && dot.y >= line.y && dot.y + dot.height <= line.y + line.height, `${JSON.stringify(dot)} beside ${JSON.stringify(line)}`);
    };
    await isBeside('node.metric');
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('// new');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(1000); // it is written by then
    await isBeside('node.metric');
    assert.equal(await page.locator('.cm-breakpoint').count(), 1);

    await page.keyboard.press('Escape');
    await page.keyboard.press('Shift+Tab');
    assert.ok(await page.evaluate(() => document.activeElement?.matches('.code-large')));
    await page.keyboard.press('Enter');
    assert.ok(await page.evaluate(() => document.querySelector('.code')?.matches(':popover-open')));
    const large = await content.boundingBox();
    assert.ok(large && large.width > 400, JSON.stringify(large));
    assert.ok(await page.locator('.run-play').isVisible(), 'the run bar stays at hand');
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => document.querySelector('.code')?.matches(':popover-open')), false);
    assert.ok(await page.evaluate(() => document.activeElement?.matches('.code-large')), 'the focus stays');
    expectQuiet();
    await context.close();
});
