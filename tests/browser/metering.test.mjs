// A budget stops a metered module at the same place in Chromium, in Firefox and in Node.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { caseOf, inFolder } from '../boundary/metering/cases.mjs';
import { deepModules, stopOf } from '../boundary/metering/deep.mjs';
import { observe } from '../boundary/metering/observe.mjs';
import { root } from './browser.mjs';

const isAll = process.env.SCALESIM_TEST_ALL === '1';
const MODULES = isAll ? 1000 : 60;
const BUDGETS = isAll ? 100 : 40;
const MODULES_AT_ONCE = 20; // to a page, as text

const fromWeb = createRequire(join(root, 'web/package.json'));
const { chromium } = fromWeb('playwright-core');
const puppeteer = fromWeb('puppeteer-core');
const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

const cases = inFolder((folder) => Array.from({ length: MODULES }, (_, index) => caseOf(index + 1, BUDGETS, folder)));
const here = cases.flatMap(observe);

const deep = inFolder(deepModules);
const STACK = 2; // SS_METER_TRAP_STACK

/** What stops each of the modules that recurse without end, in a worker of the page. @param {{evaluate(script: string): Promise<any>}} page */
function stopsIn(page) {
    const modules = deep.map(({ bytes }) => Buffer.from(bytes).toString('base64'));
    const worker = `onmessage = ({ data }) => postMessage(data.map((text) => (${stopOf})(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))))`;
    return page.evaluate(`new Promise((done, fail) => {
        const worker = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(worker)}])));
        worker.onmessage = ({ data }) => done(data);
        worker.onerror = ({ message }) => fail(new Error(message));
        worker.postMessage(${JSON.stringify(modules)});
    })`);
}

/** What the page makes of them. @param {{evaluate(script: string): Promise<string[]>}} page */
async function observeIn(page) {
    const lines = [];
    for (let first = 0; first < cases.length; first += MODULES_AT_ONCE) {
        const some = cases.slice(first, first + MODULES_AT_ONCE).map(({ bytes, ...rest }) => ({ ...rest, text: Buffer.from(bytes).toString('base64') }));
        lines.push(...await page.evaluate(`${JSON.stringify(some)}.flatMap(({ text, ...rest }) =>
            (${observe})({ ...rest, bytes: Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)) }))`));
    }
    return lines;
}

test('a budget stops a module at the same place in Chromium, and its stack ends before a worker\'s', async () => {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    try {
        const page = await browser.newPage();
        assert.deepEqual(await observeIn(page), here);
        assert.deepEqual(await stopsIn(page), deep.map(() => STACK), deep.map(({ name }) => name).join(', '));
    } finally {
        await browser.close();
    }
});

test('a budget stops a module at the same place in Firefox, and its stack ends before a worker\'s', async () => {
    assert.ok(existsSync(FIREFOX), `${FIREFOX} is there`);
    const browser = await puppeteer.launch({ browser: 'firefox', executablePath: FIREFOX, headless: true, defaultViewport: null });
    try {
        const page = await browser.newPage();
        assert.deepEqual(await observeIn(page), here);
        assert.deepEqual(await stopsIn(page), deep.map(() => STACK), deep.map(({ name }) => name).join(', '));
    } finally {
        await browser.close();
    }
});
