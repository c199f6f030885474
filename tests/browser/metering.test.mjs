// A budget stops a metered module at the same place in Chromium, in Firefox and in Node.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { caseOf, inFolder } from '../boundary/metering/cases.mjs';
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

test('a budget stops a module at the same place in Chromium', async () => {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    try {
        assert.deepEqual(await observeIn(await browser.newPage()), here);
    } finally {
        await browser.close();
    }
});

test('a budget stops a module at the same place in Firefox', async () => {
    assert.ok(existsSync(FIREFOX), `${FIREFOX} is there`);
    const browser = await puppeteer.launch({ browser: 'firefox', executablePath: FIREFOX, headless: true, defaultViewport: null });
    try {
        assert.deepEqual(await observeIn(await browser.newPage()), here);
    } finally {
        await browser.close();
    }
});
