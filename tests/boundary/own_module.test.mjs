// A user's own WebAssembly module as a handler: instrumented in WebAssembly as it would be natively, run within its limits, saved
// and put back; what cannot be metered is refused with its place, and no bytes whatever break the host.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createMeter } from '../../wasm/meter.mjs';
import { MeterRefusal } from '../../wasm/meter_refusal.mjs';
import { OwnSandbox, openOwnModule } from '../../wasm/own_sandbox.mjs';
import { inFolder, meter as meterNatively } from './metering/cases.mjs';
import { generate, randomOf } from './metering/generate.mjs';

const root = resolve(import.meta.dirname, '../..');
const isAll = process.env.SCALESIM_TEST_ALL === '1';
const MUTANTS = isAll ? 20_000 : 600;
/** The command lines: in WebAssembly on Node, and native. */
const NODE_CLI = process.env.SCALESIM_NODE_CLI ?? join(root, 'wasm/scalesim.mjs');
const NATIVE_CLI = process.env.SCALESIM_CLI ?? join(root, 'build/scalesim');
const OK = 0;
const [FUEL, MEMORY, STACK, FAULT] = [1, 2, 3, 4];
const BUDGET = 1_000_000;
const MEGABYTE = 2 ** 20;
/** Numbers of protocol.h. */
const [LOAD, REQUEST] = [1, 3];
const [LOADED, REPLY] = [1, 9];

/** @type {ReturnType<typeof createMeter>} */
let meter;
/** @type {Uint8Array<ArrayBuffer>} */
let words;

before(async () => {
    const binaryen = (await import(pathToFileURL(createRequire(join(root, 'web/package.json')).resolve('binaryen')).href)).default;
    await binaryen.ready;
    meter = createMeter(new WebAssembly.Module(readFileSync(join(root, 'build/meter.wasm'))), binaryen);
    words = inFolder((folder) => {
        const made = spawnSync('clang', ['--target=wasm32', '-O2', '-nostdlib', '-Wl,--no-entry', '-Wno-infinite-recursion',
            `-I${join(root, 'core')}`, '-o', join(folder, 'words.wasm'), join(root, 'tests/boundary/own_module/words.c')], { encoding: 'utf8' });
        assert.equal(made.status, 0, made.stderr);
        return new Uint8Array(readFileSync(join(folder, 'words.wasm')));
    });
});

/** @param {string} text */
const textOf = (text) => { const bytes = Buffer.from(text); return Buffer.concat([u32(bytes.length), bytes]); };
/** @param {number} value */
function u32(value) { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes; }
const noTime = Buffer.alloc(8);
const load = () => Buffer.concat([Buffer.from([LOAD]), noTime, textOf(''), textOf('node'), noTime, textOf('{}')]);
/** @param {string} operation */
const request = (operation) => Buffer.concat([Buffer.from([REQUEST]), noTime, u32(7), noTime, textOf(operation), textOf('client'), textOf('')]);

/** A replica that has been loaded. @param {number} [memoryBytes] */
function openWords(memoryBytes = 4 * MEGABYTE) {
    const sandbox = new OwnSandbox(openOwnModule('words', meter(words)), memoryBytes);
    assert.equal(sandbox.invoke(load(), BUDGET), OK);
    assert.deepEqual([...sandbox.output()], [LOADED, 2, 0, 0, 0]);
    return sandbox;
}

/** What a request is answered. @param {OwnSandbox} sandbox @param {string} operation */
function ask(sandbox, operation) {
    assert.equal(sandbox.invoke(request(operation), BUDGET), OK);
    const said = Buffer.from(sandbox.output());
    assert.equal(said[0], REPLY);
    return said.subarray(9, 9 + said.readUInt32LE(5)).toString();
}

test('a module from C handles requests, and each costs the same', () => {
    const sandbox = openWords();
    assert.deepEqual(['a', 'a', 'a'].map((operation) => ask(sandbox, operation)), ['1', '2', '3']);
    const costs = [1, 2].map(() => { ask(sandbox, 'a'); return sandbox.fuel; });
    assert.ok(costs[0] > 50 && costs[0] < 2000, `${costs[0]} units`);
    assert.equal(costs[0], costs[1]);
});

test('limits stop a module, and it is put back to what it was', () => {
    const sandbox = openWords();
    ask(sandbox, 'a');
    sandbox.keep();
    for (const [operation, outcome] of /** @type {[string, number][]} */ ([['spin', FUEL], ['deep', STACK], ['grow', MEMORY], ['trap', FAULT]])) {
        assert.equal(sandbox.invoke(request(operation), BUDGET), outcome, operation);
        if (outcome === FUEL) assert.equal(sandbox.fuel, BUDGET);
        else assert.ok(sandbox.fuel > 0 && sandbox.fuel < BUDGET, `${operation}: ${sandbox.fuel}`);
        sandbox.putBack();
    }
    assert.equal(ask(sandbox, 'a'), '2');
});

test('a state goes to another instance and goes on alike', () => {
    const [first, second] = [openWords(), openWords()];
    ask(first, 'a');
    const state = first.state();
    assert.deepEqual(first.state(), state);
    assert.ok(state.length < 30_000, `${state.length} bytes`);
    assert.ok(second.readState(state));
    assert.deepEqual(second.state(), state);
    assert.equal(ask(second, 'a'), '2');
    assert.equal(second.readState(state.slice(0, -1)), false);
    assert.equal(new OwnSandbox(openOwnModule('another', meter(words)), MEGABYTE).readState(state), false);
});

test('a module larger than its node allows does not begin', () => {
    const sandbox = new OwnSandbox(openOwnModule('words', meter(words)), 65536);
    assert.equal(sandbox.invoke(load(), BUDGET), MEMORY);
});

test('the pass gives the same bytes in WebAssembly as natively', () => inFolder((folder) => {
    for (const bytes of [words, ...Array.from({ length: 10 }, (_, index) => generate(index + 1))]) {
        const native = meterNatively(bytes, folder, ['--closed', '--canonical-nan']);
        assert.ok(native.bytes, native.refusal);
        assert.equal(Buffer.compare(Buffer.from(meter(bytes)), Buffer.from(native.bytes)), 0);
    }
}));

/** Modules in text, and why each is refused. @type {[string, string, string[]][]} */
const REFUSED = [
    ['imports', '(module (import "env" "clock" (func (result i64))))', []],
    ['threads', '(module (memory 1 1 shared))', ['--enable-threads']],
    ['threads', '(module (memory 1) (func (drop (i32.atomic.load (i32.const 0)))))', ['--enable-threads']],
    ['tail-calls', '(module (func $f (return_call $f)))', ['--enable-tail-call']],
    ['hidden-state', '(module (table 1 funcref) (func (table.set 0 (i32.const 0) (ref.null func))))', []],
    ['hidden-state', '(module (global (mut f64) (f64.const 0)))', []],
    ['hidden-state', '(module (memory 1) (data "a") (func (data.drop 0)))', []],
    ['bulk-tables', '(module (table 1 funcref) (func (table.copy (i32.const 0) (i32.const 0) (i32.const 0))))', []],
    ['block-parameters', '(module (func (i32.const 1) (block (param i32) (drop))))', []],
    ['name-taken', '(module (func (export "scalesim_fuel")))', []],
    ['name-zero', '(module (func (export "a\\00b")))', []],
    ['too-large', '(module (memory 4097))', []],
];

test('what cannot be metered is refused by name, before Binaryen sees it', () => inFolder((folder) => {
    for (const [reason, text, options] of REFUSED) {
        writeFileSync(join(folder, 'a.wat'), text);
        const made = spawnSync('wat2wasm', [...options, join(folder, 'a.wat'), '-o', join(folder, 'a.wasm')], { encoding: 'utf8' });
        assert.equal(made.status, 0, made.stderr);
        assert.throws(() => meter(new Uint8Array(readFileSync(join(folder, 'a.wasm')))), (/** @type {any} */ error) => {
            assert.ok(error instanceof MeterRefusal, `${text}: ${error}`);
            assert.equal(error.reason, reason, text);
            return true;
        });
    }
}));

test('relaxed SIMD and what is no module are refused, with the place', () => {
    // (func (result v128) (i8x16.relaxed_swizzle (v128.const 0) (v128.const 0)))
    const zeros = [0xfd, 12, ...Array(16).fill(0)];
    const body = [0, ...zeros, ...zeros, 0xfd, 0x80, 0x02, 0x0b];
    const relaxed = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, body.length + 2, 1, body.length, ...body]);
    // An engine may not know relaxed SIMD yet: then the module is not valid there.
    const reason = WebAssembly.validate(relaxed) ? 'relaxed-simd' : 'invalid';
    assert.throws(() => meter(relaxed), { reason });
    assert.throws(() => meter(Uint8Array.from([1, 2, 3])), { reason: 'invalid' });
    assert.throws(() => meter(words.slice(0, 700)), { reason: 'invalid' });
    assert.throws(() => openOwnModule('x', meter(generate(1))), { reason: 'interface' });
});

test('no bytes whatever break the host', () => {
    const seeds = [words, ...Array.from({ length: 12 }, (_, index) => generate(index + 40))];
    const random = randomOf(20261120);
    let instrumented = 0;
    let valid = 0;
    for (let i = 0; i < MUTANTS; i++) {
        const mutant = seeds[random.below(seeds.length)].slice();
        for (let changes = 1 + random.below(3); changes > 0; changes--) {
            const at = random.below(mutant.length);
            if (random.chance(60)) mutant[at] ^= 1 << random.below(8);
            else if (random.chance(50)) mutant[at] = random.next() & 255;
            else mutant.copyWithin(at, random.below(mutant.length), at + random.below(40));
        }
        valid += Number(WebAssembly.validate(mutant));
        try {
            assert.ok(WebAssembly.validate(meter(mutant)));
            instrumented++;
        } catch (error) {
            if (!(error instanceof MeterRefusal)) throw error;
            assert.notEqual(error.reason, 'binaryen', `mutant ${i}: ${error.message}`);
        }
    }
    // The fuzzing is to reach Binaryen, not to end at the validator.
    assert.ok(valid > MUTANTS / 20 && instrumented > MUTANTS / 40, `${valid} valid, ${instrumented} instrumented of ${MUTANTS}`);
});

/** @param {string} folder @param {string} source */
function writeDesign(folder, source) {
    const path = join(folder, 'own.scalesim.json');
    writeFileSync(path, JSON.stringify({
        format: 'scalesim/1', name: 'own',
        nodes: { users: { type: 'client', load: { rate: '50/s' } }, words: { type: 'service', replicas: 2, code: { language: 'wasm', source } } },
        edges: [{ from: 'users', to: 'words' }], run: { duration: '20s', warmup: '1s', seed: 1 },
    }));
    return path;
}
const run = (/** @type {string[]} */ ...command) => spawnSync(command[0], command.slice(1), { encoding: 'utf8', maxBuffer: 1 << 26 });

test('the command line on Node runs a design with a module of its own, the native one says that it does not', () => inFolder((folder) => {
    const design = writeDesign(folder, Buffer.from(words).toString('base64'));
    const [first, second] = [1, 2].map(() => run(process.execPath, NODE_CLI, 'run', design, '--json'));
    assert.equal(first.status, 0, first.stderr);
    assert.equal(first.stdout, second.stdout);
    const { handlers } = JSON.parse(first.stdout).nodes.words;
    assert.ok(handlers.invocations > 900 && handlers.errors === 0, JSON.stringify(handlers));
    assert.ok(handlers.fuel > handlers.invocations * 100, `${handlers.fuel} units`);
    const native = run(NATIVE_CLI, 'run', design);
    assert.notEqual(native.status, 0);
    assert.match(native.stderr + native.stdout, /E403: This host runs code in JavaScript only/);
}));

test('the command line on Node says why a module is refused', () => inFolder((folder) => {
    const importing = Buffer.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, 13, 1, 3, 101, 110, 118, 5, 99, 108, 111, 99, 107, 0, 0]);
    const refused = run(process.execPath, NODE_CLI, 'run', writeDesign(folder, importing.toString('base64')));
    assert.notEqual(refused.status, 0);
    assert.match(refused.stderr, /nodes\/words\/code\/source: It imports something/);
}));
