// Hostile programs stop at the same place in a browser's worker as on Node, where they stop as natively (tests/boundary/hostile).
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { Sandbox } from '../../wasm/sandbox.mjs';
import { linesOf, load, request } from '../boundary/sandbox/inputs.mjs';
import { LOADS, PROGRAMS } from '../boundary/sandbox/programs.mjs';
import { root } from './browser.mjs';

const fromWeb = createRequire(join(root, 'web/package.json'));
const { chromium } = fromWeb('playwright-core');
const puppeteer = fromWeb('puppeteer-core');
const esbuild = fromWeb('esbuild');
const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const bytes = readFileSync(process.env.SCALESIM_HANDLERS ?? join(root, 'build/handlers.wasm'));
const module = new WebAssembly.Module(bytes);
const MEMORY = 8 << 20;
const ONE_IN = process.env.SCALESIM_TEST_ALL === '1' ? 1 : 3; // all of them take a minute a browser

const cases = [
    ...PROGRAMS.map(({ name, expected, source }) => ({ name, expected, inputs: [load(source), request(1, 'good', 21), request(2, 'attack'), request(3, 'good', 21)] })),
    ...LOADS.map(({ name, expected, source }) => ({ name, expected, inputs: [load('export function onRequest() {}'), load(source)] })),
].filter((_, index) => index % ONE_IN === 0).map(({ expected, ...rest }) => ({ ...rest, fuel: expected === 'fuel' ? 50_000_000 : 4_000_000_000 }));

/** A worker that answers each case with its lines, and the time that it took. */
async function workerScript() {
    const built = await esbuild.build({
        stdin: {
            contents: `import { Sandbox } from './wasm/sandbox.mjs';
                import { linesOf } from './tests/boundary/sandbox/inputs.mjs';
                let module;
                onmessage = async ({ data }) => {
                    module ??= await WebAssembly.compile(data.wasm);
                    postMessage(linesOf(new Sandbox(module, ${MEMORY}), data.inputs, data.fuel));
                };`,
            resolveDir: root,
        },
        bundle: true, write: false, format: 'iife',
    });
    return built.outputFiles[0].text;
}

/** Runs in the page: all cases, one after another, in one worker. @param {any} given */
function runCases({ script, wasm, cases: some }) {
    const decode = (/** @type {string} */ text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
    const binary = decode(wasm);
    return some.reduce(async (/** @type {Promise<string[][]>} */ before, /** @type {any} */ { inputs, fuel }) => {
        const done = await before;
        const lines = await new Promise((resolve, reject) => {
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = (event) => reject(new Error(event.message));
            worker.postMessage({ wasm: binary, inputs: inputs.map(decode), fuel });
        });
        return [...done, lines];
    }, Promise.resolve([]));
}

/** @param {{evaluate(script: string): Promise<any>}} page */
async function compareIn(page) {
    const given = {
        script: await workerScript(),
        wasm: bytes.toString('base64'),
        cases: cases.map(({ inputs, fuel }) => ({ inputs: inputs.map((input) => Buffer.from(input).toString('base64')), fuel })),
    };
    const there = await page.evaluate(`(${runCases})(${JSON.stringify(given)})`);
    cases.forEach(({ name, inputs, fuel }, index) => {
        assert.deepEqual(there[index], linesOf(new Sandbox(module, MEMORY), inputs, fuel), name);
    });
}

test('hostile programs stop at the same place in Chromium', async () => {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    try {
        await compareIn(await browser.newPage());
    } finally {
        await browser.close();
    }
});

test('hostile programs stop at the same place in Firefox', async () => {
    assert.ok(existsSync(FIREFOX), `${FIREFOX} is there`);
    const browser = await puppeteer.launch({ browser: 'firefox', executablePath: FIREFOX, headless: true, defaultViewport: null });
    try {
        await compareIn(await browser.newPage());
    } finally {
        await browser.close();
    }
});
