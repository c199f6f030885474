// Hostile programs stop with the right error, burn the same fuel natively and in WebAssembly, and leave no trace.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Sandbox } from '../../wasm/sandbox.mjs';
import { OUTCOMES, linesOf, load, outputsOfLine, request } from './sandbox/inputs.mjs';
import { GOOD, LOADS, PROGRAMS } from './sandbox/programs.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const program = process.env.SCALESIM_SANDBOX_INPUTS ?? join(root, 'build/release/compat_sandbox_inputs');
const module = new WebAssembly.Module(readFileSync(process.env.SCALESIM_HANDLERS ?? join(root, 'build/handlers.wasm')));
const MEMORY = 8 * 1024 * 1024;
/** What is to stop for another reason must not stop for this one first. @param {string} expected */
const fuelFor = (expected) => (expected === 'fuel' ? 50_000_000 : 4_000_000_000);

/** What the native host says of the same inputs. @param {Uint8Array[]} inputs @param {number} fuel @returns {string[]} */
function nativeLinesOf(inputs, fuel) {
    const head = Buffer.alloc(16);
    head.writeBigUInt64LE(BigInt(fuel), 0);
    head.writeBigUInt64LE(BigInt(MEMORY), 8);
    const parts = inputs.flatMap((input) => {
        const length = Buffer.alloc(4);
        length.writeUInt32LE(input.length);
        return [length, Buffer.from(input)];
    });
    const ran = spawnSync(program, { input: Buffer.concat([head, ...parts]), maxBuffer: 1 << 28 });
    assert.equal(ran.status, 0, `${program}: ${ran.error ?? ran.stderr}`);
    return ran.stdout.toString().trimEnd().split('\n');
}

/** The outcome in the table's words. @param {string} line */
function verdictOf(line) {
    const outcome = OUTCOMES[Number(line.split(' ')[0])] ?? '';
    if (outcome !== 'ok') return outcome;
    const outputs = outputsOfLine(line);
    const error = outputs.find(({ kind }) => kind === 'error');
    if (error) return `error ${error.message}`;
    const reply = outputs.find(({ kind }) => kind === 'reply');
    return reply ? `${JSON.stringify(reply.body)}` : 'ok';
}

/** @param {string} verdict @param {string} expected */
const isAsExpected = (verdict, expected) => verdict === expected || (expected.startsWith('error') && verdict.startsWith(expected))
    || (expected === 'ok' && !/^(error|fuel|memory|stack|fault)/.test(verdict));

test('there are at least sixty hostile programs, each with a name of its own', () => {
    assert.ok(PROGRAMS.length >= 60, `${PROGRAMS.length}`);
    assert.equal(new Set(PROGRAMS.map(({ name }) => name)).size, PROGRAMS.length);
});

for (const { name, expected, source } of PROGRAMS) {
    test(`hostile: ${name}`, () => {
        const inputs = [load(source), request(1, 'good', 21), request(2, 'attack'), request(2, 'attack'), request(3, 'good', 21), request(4, 'attack'), request(5, 'good', 21)];
        const fuel = fuelFor(expected);
        const native = nativeLinesOf(inputs, fuel);
        const wasm = linesOf(new Sandbox(module, MEMORY), inputs, fuel);
        assert.deepEqual(wasm, native, 'native and WebAssembly differ');
        const verdict = verdictOf(/** @type {string} */ (native[2]));
        assert.ok(isAsExpected(verdict, expected), `${expected} was expected, and it was ${verdict}`);
        assert.equal(verdictOf(/** @type {string} */ (native[1])), GOOD);
        if (!['fuel', 'memory', 'stack'].includes(expected)) return;
        for (const after of [4, 6]) assert.equal(verdictOf(/** @type {string} */ (native[after])), GOOD, 'the sandbox does not answer any more');
        assert.equal(native[3], native[2], 'a breach left a trace');
    });
}

for (const { name, expected, source } of LOADS) {
    test(`hostile source: ${name}`, () => {
        const good = 'export function onRequest() { return "still here"; }';
        const inputs = [load(good), load(source), ...(['fuel', 'memory', 'stack'].includes(expected) ? [request(2, 'x')] : [])];
        const fuel = fuelFor(expected);
        const native = nativeLinesOf(inputs, fuel);
        assert.deepEqual(linesOf(new Sandbox(module, MEMORY), inputs, fuel), native, 'native and WebAssembly differ');
        const verdict = verdictOf(/** @type {string} */ (native[1]));
        assert.ok(isAsExpected(verdict, expected), `${expected} was expected, and it was ${verdict}`);
        if (inputs.length > 2) assert.equal(verdictOf(/** @type {string} */ (native[2])), '"still here"');
    });
}
