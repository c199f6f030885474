// Observed inputs: the same bytes natively and in WebAssembly, also of hostile programs, and nothing is other than without.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Sandbox } from '../../wasm/sandbox.mjs';
import { linesOf, load, request, traceRequest } from './sandbox/inputs.mjs';
import { PROGRAMS } from './sandbox/programs.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const program = process.env.SCALESIM_SANDBOX_INPUTS ?? join(root, 'build/release/compat_sandbox_inputs');
const module = new WebAssembly.Module(readFileSync(process.env.SCALESIM_HANDLERS ?? join(root, 'build/handlers.wasm')));
const MEMORY = 8 * 1024 * 1024;
const FUEL = 6_000_000;
const MODES = [[1, 'profile'], [2, 'steps'], [3, 'find']];

/** @param {Uint8Array[]} inputs @param {number} mode @returns {string[]} */
function nativeLinesOf(inputs, mode) {
    const head = Buffer.alloc(16);
    head.writeBigUInt64LE(BigInt(FUEL), 0);
    head.writeBigUInt64LE(BigInt(MEMORY), 8);
    const parts = inputs.flatMap((input) => {
        const length = Buffer.alloc(4);
        length.writeUInt32LE(input.length);
        return [length, Buffer.from(input)];
    });
    const ran = spawnSync(program, [String(mode)], { input: Buffer.concat([head, ...parts]), maxBuffer: 1 << 28 });
    assert.equal(ran.status, 0, `${program}: ${ran.error ?? ran.stderr}`);
    return ran.stdout.toString().trimEnd().split('\n');
}

const plain = /** @type {Map<string, string[]>} */ (new Map());

for (const { name, source } of PROGRAMS) {
    const inputs = [load(source), request(1, 'good', 21), request(2, 'attack'), request(3, 'good', 21)];
    const fuelOf = (/** @type {string | undefined} */ line) => Number(line?.split(' ')[1]);
    const outcomeOf = (/** @type {string | undefined} */ line) => line?.split(' ')[0];
    for (const [mode, what] of /** @type {[number, string][]} */ (MODES)) {
        test(`hostile, traced (${what}): ${name}`, () => {
            if (!plain.has(name)) plain.set(name, linesOf(new Sandbox(module, MEMORY), inputs, FUEL));
            const without = /** @type {string[]} */ (plain.get(name));
            const wasm = linesOf(new Sandbox(module, MEMORY), inputs, FUEL, mode);
            assert.deepEqual(wasm, nativeLinesOf(inputs, mode), 'native and WebAssembly differ');
            assert.deepEqual([...inputs.map((_, i) => wasm[2 * i + 1]), wasm.at(-1)], without, 'tracing changed what was traced');
            for (const i of [0, 1, 3]) assert.equal(outcomeOf(wasm[2 * i]), outcomeOf(without[i]));
            for (const i of [1, 3]) assert.ok(Math.abs(fuelOf(wasm[2 * i]) / fuelOf(without[i]) - 1) < 0.02, `${wasm[2 * i]}: ${without[i]}`);
            if (outcomeOf(without[2]) === '1') assert.equal(outcomeOf(wasm[4]), '1', 'it stops where the budget ends');
        });
    }
}

test('a trace takes its memory back, and the limit holds again', () => {
    const sandbox = new Sandbox(module, MEMORY);
    sandbox.invoke(load('export function onRequest(r) { let s = 0; for (let i = 0; i < 1e9; i++) {\n s += i;\n } return s; }'), FUEL);
    sandbox.keep();
    const before = sandbox.state();
    assert.equal(sandbox.trace(traceRequest(2, 4 * FUEL), request(1, 'x'), 4 * FUEL), 1);
    assert.ok(sandbox.output().length > 500_000);
    sandbox.putBack();
    assert.deepEqual(sandbox.state(), before);
    const greedy = new Sandbox(module, MEMORY);
    greedy.invoke(load('export function onRequest() { const all = []; for (;;) all.push(new Array(1000).fill(7)); }'), FUEL);
    greedy.keep();
    assert.equal(greedy.trace(traceRequest(1, 60 * FUEL), request(1, 'x'), 60 * FUEL), 2, 'what it may take is as much as without');
    assert.ok(greedy.memoryBytes <= MEMORY + (1 << 20));
});
