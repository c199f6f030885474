// Same design, same seed, same bytes: every example on every host that Node can drive. (Chromium and
// Firefox are compared with the command line in tests/browser.)
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Events a design may take on the slow builds: -O0 makes about a million a second. */
const EVENTS_MAX = process.env.SCALESIM_TEST_ALL ? 20_000_000 : 2_000_000;

/** What every other host is compared with. */
const REFERENCE = [join(root, 'build/release/scalesim')];
const HOSTS = new Map([
    ['gcc -O0', [join(root, 'build/gcc-O0/scalesim')]],
    ['gcc -O2', [join(root, 'build/gcc-O2/scalesim')]],
    ['clang -O0', [join(root, 'build/clang-O0/scalesim')]],
    ['clang -O2', [join(root, 'build/clang-O2/scalesim')]],
    ['gcc -O1 with sanitisers', [join(root, 'build/debug/scalesim')]],
    ['WebAssembly on Node', [process.execPath, join(root, 'wasm/scalesim.mjs')]],
]);

const designs = readdirSync(join(root, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(root, 'examples', name)).filter((file) => file.endsWith('.scalesim.json'))
        .map((file) => join(root, 'examples', name, file)));

/**
 * Runs the command line of a host. Exit status 1 is a result too: an SLO that is missed.
 * @param {string[]} host @param {string[]} args @returns {Promise<string>} what it printed
 */
function run(host, args) {
    return new Promise((done, failed) => {
        execFile(host[0], [...host.slice(1), ...args], { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
            if (error && error.code !== 1) failed(new Error(`${host.join(' ')} ${args.join(' ')}: ${stderr || error.message}`));
            else done(stdout);
        });
    });
}

/** The first place where two texts differ, with what is around it. @param {string} a @param {string} b */
function difference(a, b) {
    let at = 0;
    while (at < a.length && a[at] === b[at]) at++;
    const from = Math.max(0, at - 80);
    return `they differ at byte ${at}:\n  reference: …${a.slice(from, at + 60)}\n  this host: …${b.slice(from, at + 60)}`;
}

/** Arguments that keep a design within the events a slow build can take, from what it took in full.
 * @param {string} design @returns {Promise<string[]>} */
async function affordable(design) {
    const full = JSON.parse(await run(REFERENCE, ['run', design, '--json']));
    assert.ok(full.events > 0, `${basename(design)} runs without a single event`);
    if (full.events <= EVENTS_MAX) return ['run', design, '--json'];
    const seconds = (full.simulated_s * EVENTS_MAX) / full.events;
    return ['run', design, '--json', '--duration', `${seconds.toPrecision(3)}s`];
}

test('there are examples', () => assert.ok(designs.length >= 5, `examples/ holds ${designs.length} designs`));

for (const design of designs) {
    test(`${basename(design)} gives the same bytes on every host`, async (t) => {
        const args = await affordable(design);
        const expected = await run(REFERENCE, args);
        assert.ok(JSON.parse(expected).events > 0, 'the shortened run still has events');
        assert.equal(await run(REFERENCE, args), expected, 'a second run in the same build');
        assert.notEqual(await run(REFERENCE, [...args, '--seed', '77']), expected, 'another seed gives other bytes');
        for (const [name, host] of HOSTS) {
            await t.test(name, async () => {
                const program = host[host.length - 1];
                assert.ok(existsSync(program), `${program} is not built; tools/test golden builds it`);
                const actual = await run(host, args);
                if (actual !== expected) assert.fail(difference(expected, actual));
            });
        }
    });

    test(`${basename(design)} gives the same bytes in full natively and in WebAssembly`, async () => {
        const args = ['run', design, '--json'];
        const [native, wasm] = await Promise.all([run(REFERENCE, args), run(/** @type {string[]} */ (HOSTS.get('WebAssembly on Node')), args)]);
        if (native !== wasm) assert.fail(difference(native, wasm));
    });

    test(`${basename(design)} generates the same zip natively and in WebAssembly`, async () => {
        const folder = mkdtempSync(join(tmpdir(), 'scalesim-golden-'));
        try {
            const hashes = [];
            for (const [index, host] of [REFERENCE, /** @type {string[]} */ (HOSTS.get('WebAssembly on Node')), REFERENCE].entries()) {
                const file = join(folder, `${index}.zip`);
                await run(host, ['generate', design, '-o', file]);
                hashes.push(createHash('sha256').update(readFileSync(file)).digest('hex'));
            }
            assert.equal(new Set(hashes).size, 1, `the archives differ: ${hashes.join(', ')}`);
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    });
}
