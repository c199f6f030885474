// The page's rows of tools/bench: how long a frame takes while a large design is edited and run, how soon a
// pause is answered, and how soon a changed design says its new bottleneck.
//
// Two things have to hold. A frame: the wall-clock time from one frame to the next by the browser's own clock of frames,
// without a trace, which would cost time itself; one that comes too late for the screen's next picture counts as two or more.
// And its work: the processor time of the page's main thread between two frames, from the browser's own trace, with
// the painting of the canvas (rendering is in software here). Beside them stands the time between the page's own turns in frames, which
// varies by what else is done in a frame, and on a machine of two cores by what the engine, the browser and others do.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from './serve.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const { chromium } = createRequire(join(root, 'web/package.json'))('playwright-core');
const dist = process.env.SCALESIM_DIST ?? join(root, 'dist');
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const FRAMES = 120;
const PAUSES = 9;
const SCREEN_MS = 1000 / 60;

const COLUMNS = { client: 0, gateway: 1, cart: 2, search: 2, pay: 2, stock: 3, mail: 3, cache: 4, orders: 4, users: 4 };
/** Ten nodes with their twenty connections, two of them to the group beside. */
const CALLS = [['client', 'gateway'], ['gateway', 'cart'], ['gateway', 'search'], ['gateway', 'pay'], ['cart', 'cache'], ['cart', 'orders'], ['cart', 'stock'],
    ['search', 'cache'], ['search', 'orders'], ['search', 'users'], ['search', 'stock'], ['pay', 'users'], ['pay', 'cache'], ['pay', 'mail'],
    ['stock', 'orders'], ['stock', 'users'], ['mail', 'users'], ['mail', 'orders'], ['cart', '>orders'], ['stock', '>users']];

/** A company of shops, side by side: twice as many connections as nodes. @param {number} count of nodes */
export function company(count) {
    const groups = count / 10;
    const wide = Math.ceil(Math.sqrt(groups / 2));
    /** @type {Record<string, object>} */
    const nodes = {};
    /** @type {Record<string, [number, number]>} */
    const layout = {};
    /** @type {object[]} */
    const edges = [];
    for (let group = 0; group < groups; group++) {
        const rows = new Map();
        for (const [name, column] of Object.entries(COLUMNS)) {
            const id = `${name}-${group}`;
            const type = name === 'cache' ? 'redis' : name === 'orders' || name === 'users' ? 'postgres' : 'service';
            nodes[id] = name === 'client' ? { type: 'client', load: { rate: '40/s' } } : { type, ...(type === 'service' ? { replicas: 1 + (group % 3) } : {}) };
            const row = rows.get(column) ?? 0;
            rows.set(column, row + 1);
            layout[id] = [(group % wide) * 1280 + column * 248, Math.floor(group / wide) * 400 + row * 112];
        }
        for (const [from, to] of CALLS) edges.push({ from: `${from}-${group}`, to: to.startsWith('>') ? `${to.slice(1)}-${(group + 1) % groups}` : `${to}-${group}` });
    }
    return { format: 'scalesim/1', name: `Company of ${count}`, nodes, edges, layout, run: { duration: '10h', warmup: '1s', seed: 1 } };
}

/** @param {import('playwright-core').Page} page @param {object} design */
async function open(page, design) {
    const data = await page.evaluateHandle((text) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], 'bench.scalesim.json', { type: 'application/json' }));
        return transfer;
    }, JSON.stringify(design));
    await page.dispatchEvent('.frame', 'dragover', { dataTransfer: data });
    await page.dispatchEvent('.frame', 'drop', { dataTransfer: data });
    await page.locator('.header-name', { hasText: /** @type {any} */ (design).name }).waitFor();
    await page.waitForTimeout(1500);
}

/**
 * Runs in the page: one event a frame at the drawing, as a hand would make them, each frame with a mark in the trace.
 * @param {{ kind: string, frames: number }} what
 */
async function drive({ kind, frames }) {
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('.canvas-scene'));
    const box = canvas.getBoundingClientRect();
    const nextFrame = () => new Promise((/** @type {(time_ms: number) => void} */ done) => { requestAnimationFrame(done); });
    const pointer = (/** @type {string} */ type, /** @type {number} */ x, /** @type {number} */ y) => canvas.dispatchEvent(new PointerEvent(type, {
        clientX: x, clientY: y, pointerId: 1, pointerType: 'mouse', isPrimary: true, button: type === 'pointermove' ? -1 : 0,
        buttons: type === 'pointerup' ? 0 : 1, bubbles: true, cancelable: true }));
    const wheel = (/** @type {number} */ deltaY) => canvas.dispatchEvent(new WheelEvent('wheel', {
        deltaY, ctrlKey: true, clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true, cancelable: true }));
    canvas.setPointerCapture = () => {};
    let [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    if (kind === 'drag') {
        // The card whose middle is nearest to the middle of the drawing.
        const near = [...document.querySelectorAll('[data-node]')].map((item) => item.getBoundingClientRect())
            .map((rect) => [rect.left + rect.width / 2, rect.top + rect.height / 2])
            .sort((a, b) => Math.hypot(a[0] - x, a[1] - y) - Math.hypot(b[0] - x, b[1] - y))[0];
        if (near) [x, y] = near;
    }
    if (kind === 'pan') { // from empty ground, far from handles
        const taken = [...document.querySelectorAll('[data-node]')].map((item) => item.getBoundingClientRect());
        const isFree = () => taken.every((rect) => x < rect.left - 12 || x > rect.right + 12 || y < rect.top - 12 || y > rect.bottom + 12);
        for (y = box.top + 100; !isFree() && y < box.bottom; y += 5) for (x = box.left + 100; !isFree() && x < box.right; x += 5);
    }
    if (kind === 'number') {
        // The selected card is the one that was dragged; its first number is turned by a step a frame.
        await nextFrame();
        if (!document.querySelector('.tweak')) throw new Error('no card with numbers is selected');
    }
    const isPointer = kind === 'drag' || kind === 'pan';
    const gaps = [];
    const intervals = [];
    let begun = await nextFrame();
    if (isPointer) pointer('pointerdown', x, y);
    let last = performance.now();
    for (let i = 0; i < frames; i++) {
        const begins = await nextFrame();
        performance.mark('bench-frame');
        intervals.push(begins - begun);
        begun = begins;
        gaps.push(performance.now() - last);
        last = performance.now();
        const turn = (i / 30) * 2 * Math.PI;
        if (kind === 'number') {
            document.querySelector('.tweak')?.dispatchEvent(new KeyboardEvent('keydown', { key: Math.floor(i / 30) % 2 === 0 ? 'ArrowUp' : 'ArrowDown', bubbles: true, cancelable: true }));
        } else if (kind === 'zoom') wheel(Math.floor(i / 30) % 2 === 0 ? -8 : 8);
        else pointer('pointermove', x + 90 * Math.sin(turn), y + 60 * (1 - Math.cos(turn)));
    }
    if (isPointer) pointer('pointerup', x, y);
    return { gaps: gaps.slice(2), intervals: intervals.slice(2) };
}

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** Processor time of the main thread by frame, in ms. @param {any[]} events of a trace */
function workByFrame(events) {
    const mark = events.find(({ name }) => name === 'bench-frame');
    const mine = events.filter(({ pid, tid }) => pid === mark?.pid && tid === mark?.tid);
    const marks = mine.filter(({ name, ph }) => name === 'bench-frame' && ph !== 'E').map(({ ts }) => ts).sort((a, b) => a - b);
    const work = marks.map(() => 0);
    let at = 0;
    for (const task of mine.filter(({ name, ph }) => name.endsWith('RunTask') && ph === 'X').sort((a, b) => a.ts + a.dur - b.ts - b.dur)) {
        const end = task.ts + task.dur;
        if (end < marks[0]) continue;
        while (at + 1 < marks.length && end >= marks[at + 1]) at++;
        work[at] += (task.tdur ?? task.dur) / 1000;
    }
    return work.slice(2, -1);
}

/** @param {any} browser @param {import('playwright-core').Page} page @param {string} kind */
async function measureFrames(browser, page, kind) {
    const wall = await page.evaluate(drive, { kind, frames: FRAMES });
    await page.waitForTimeout(600);
    await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing', 'devtools.timeline'] });
    await page.evaluate(drive, { kind, frames: FRAMES });
    const trace = JSON.parse(String(await browser.stopTracing()));
    await page.waitForTimeout(400);
    return { work: workByFrame(trace.traceEvents), ...wall };
}

/** @typedef {{ row: string, goal_ms: number, frame_ms: number, late: number, turn_ms: number, work_ms: number, median_ms: number, mean_ms: number }} FrameRow `late`: share of pictures of the screen that were missed */

/** While a run goes on. @param {any} browser @param {string} url @param {number} count @param {number} goal_ms @returns {Promise<FrameRow[]>} */
async function frameRows(browser, url, count, goal_ms) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('.frame[data-state="ready"]').waitFor();
    await open(page, company(count));
    await page.locator('.run-play').click();
    await page.locator('.run-bar[data-state="running"]').waitFor();
    await page.waitForTimeout(1000);
    /** @type {FrameRow[]} */
    const rows = [];
    for (const view of ['whole', 'near']) {
        if (view === 'near') await page.evaluate(() => {
            const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('.canvas-scene'));
            const box = canvas.getBoundingClientRect();
            for (let i = 0; i < 200 && parseInt(document.querySelector('.canvas-zoom')?.textContent ?? '') < 80; i++) {
                canvas.dispatchEvent(new WheelEvent('wheel', { deltaY: -10, ctrlKey: true, clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, cancelable: true }));
            }
        });
        await page.waitForTimeout(600);
        for (const kind of ['drag', 'number', 'pan', 'zoom']) {
            const { work, gaps, intervals } = await measureFrames(browser, page, kind);
            rows.push({ row: `${count} nodes, ${view}, ${kind}`, goal_ms,
                frame_ms: quantile(intervals, 0.95), late: intervals.filter((one) => one > 1.5 * SCREEN_MS).length / intervals.length, turn_ms: quantile(gaps, 0.95),
                work_ms: quantile(work, 0.95), median_ms: quantile(work, 0.5), mean_ms: work.reduce((sum, one) => sum + one, 0) / work.length });
        }
    }
    await context.close();
    return rows;
}

/** How soon the page is paused, at full speed. @param {any} browser @param {string} url */
async function pauseRow(browser, url) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('.frame[data-state="ready"]').waitFor();
    const design = JSON.parse(readFileSync(join(root, 'examples/mm1/mm1.scalesim.json'), 'utf8'));
    await open(page, { ...design, run: { ...design.run, duration: '1000h' } });
    const times = [];
    for (let i = 0; i < PAUSES; i++) {
        await page.locator('.run-play').click();
        await page.waitForTimeout(500);
        times.push(await page.evaluate(() => new Promise((done) => {
            const bar = /** @type {HTMLElement} */ (document.querySelector('.run-bar'));
            const begun = performance.now();
            new MutationObserver(() => { if (bar.dataset.state === 'paused') done(performance.now() - begun); }).observe(bar, { attributes: true });
            /** @type {HTMLElement} */ (document.querySelector('.run-play')).click();
        })));
        await page.locator('.run-bar[data-state="paused"]').waitFor();
    }
    await context.close();
    return { row: 'pause is answered', goal_ms: 50, wall_ms: Math.max(...times) };
}

/** From Run to the name of the new bottleneck, after a change. @param {any} browser @param {string} url */
async function bottleneckRow(browser, url) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('.frame[data-state="ready"]').waitFor();
    await page.locator('.run-play').click();
    await page.locator('.run-bar[data-state="done"]').waitFor({ timeout: 120_000 });
    await page.locator('.verdict-node').click();
    const old = ((await page.locator('.verdict-node').textContent()) ?? '').trim();
    const field = page.locator('.property[data-pointer$="/replicas"] input, .property[data-pointer$="/connections"] input').first();
    await field.fill(String((Number(await field.inputValue()) || 1) * 4));
    await field.press('Enter');
    await page.waitForTimeout(1000);
    const begun = performance.now();
    await page.locator('.run-play').click();
    await page.waitForFunction((/** @type {string} */ was) => {
        const node = document.querySelector('.verdict-node');
        return node && node.textContent?.trim() !== was && document.querySelector('.run-bar')?.getAttribute('data-state') !== 'idle';
    }, old, { timeout: 60_000, polling: 20 });
    const wall_ms = performance.now() - begun;
    await context.close();
    return { row: 'new bottleneck after Run', goal_ms: 1000, wall_ms };
}

/** @param {string[]} filters @param {boolean} isJson */
async function main(filters, isJson) {
    if (!existsSync(join(dist, 'index.html'))) {
        console.error(`There is no page at ${dist}; build it first (tools/run does)`);
        process.exit(2);
    }
    const server = await serve(dist, 0);
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });
    const url = `http://localhost:${/** @type {any} */ (server.address()).port}/`;
    const wants = (/** @type {string} */ name) => filters.length === 0 || filters.some((filter) => name.includes(filter));
    try {
        /** @type {any[]} */
        const table = [];
        const say = (/** @type {any} */ row) => {
            table.push(row);
            if (isJson) return;
            const verdict = (/** @type {number} */ value) => `${value.toFixed(1).padStart(6)} ms ${value <= row.goal_ms ? 'met' : 'MISSED'}`;
            if (row.wall_ms !== undefined) console.log(`  ${row.row.padEnd(28)} ${verdict(row.wall_ms)}  (goal ≤ ${row.goal_ms}, wall clock)`);
            else console.log(`  ${row.row.padEnd(28)} frame ${verdict(row.frame_ms)}, work ${verdict(row.work_ms)}  (goal ≤ ${row.goal_ms}; ${(row.late * 100).toFixed(1)} % of frames late; `
                + `turns ${row.turn_ms.toFixed(1)}; work's median ${row.median_ms.toFixed(1)}, mean ${row.mean_ms.toFixed(1)})`);
        };
        if (!isJson) console.log('95th percentiles while a run goes on at full speed, with software rendering at 1440 × 900: wall clock from frame to frame, and the main thread\'s processor time a frame.\n');
        if (wants('500 nodes')) (await frameRows(browser, url, 500, 20)).forEach(say);
        if (wants('5000 nodes')) (await frameRows(browser, url, 5000, 33)).forEach(say);
        if (wants('pause')) say(await pauseRow(browser, url));
        if (wants('bottleneck')) say(await bottleneckRow(browser, url));
        if (isJson) console.log(JSON.stringify(table, null, 2));
    } finally {
        await browser.close();
        server.close();
    }
}

const args = process.argv.slice(2);
await main(args.filter((argument) => !argument.startsWith('-')).map((argument) => argument.toLowerCase()), args.includes('--json'));
