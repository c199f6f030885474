/** Modules that recurse without end, with frames of every kind: the meter must stop each before any host's stack is used up. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { meter } from './cases.mjs';

/** Locals that are all alive across the call, and operands that wait for it. @type {[string, number, string, number][]} */
const FRAMES = [['tiny', 0, 'i32', 0], ['10 locals', 10, 'i64', 0], ['100 locals', 100, 'i64', 0], ['1,000 locals', 1000, 'f64', 0],
    ['9,000 locals', 9000, 'i32', 0], ['400 vectors', 400, 'v128', 0], ['100 operands', 0, 'i32', 100], ['900 operands', 0, 'i32', 900]];

/** @param {number} count @param {string} type @param {number} operands */
function textOf(count, type, operands) {
    const each = (/** @type {(index: number) => string} */ make) => Array.from({ length: count }, (_, index) => make(index)).join('\n');
    let call = '(call $f (i32.add (local.get $n) (i32.const 1)))';
    for (let i = 0; i < operands; i++) call = `(i32.add (i32.load (i32.and (local.get $n) (i32.const ${(i % 1000) * 4}))) ${call})`;
    return `(module (memory (export "memory") 1) (func $f (export "run") (param $n i32) (result i32) ${each((i) => `(local $l${i} ${type})`)} (local $r i32)
        ${each((i) => `(local.set $l${i} (${type}.load (i32.and (i32.add (local.get $n) (i32.const ${i * 3})) (i32.const 0xff0))))`)}
        (local.set $r ${call})
        ${each((i) => `(${type}.store (i32.const ${(i % 100) * 16}) (local.get $l${i}))`)} (local.get $r)))`;
}

/** @param {string} folder @returns {{name: string, bytes: Uint8Array}[]} */
export function deepModules(folder) {
    return FRAMES.map(([name, count, type, operands]) => {
        writeFileSync(join(folder, 'deep.wat'), textOf(count, type, operands));
        const made = spawnSync('wat2wasm', [join(folder, 'deep.wat'), '-o', join(folder, 'deep.wasm')], { encoding: 'utf8' });
        if (made.status !== 0) throw new Error(made.stderr);
        const metered = meter(new Uint8Array(readFileSync(join(folder, 'deep.wasm'))), folder);
        if (!metered.bytes) throw new Error(metered.refusal);
        return { name, bytes: metered.bytes };
    });
}

/** What stops a module that recurses without end: the number of an ss_meter_trap, or the host. One function, for browsers too.
 * @param {Uint8Array<ArrayBuffer>} bytes @returns {number | string} */
export function stopOf(bytes) {
    const x = /** @type {any} */ (new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports);
    x.scalesim_fuel.value = 1n << 50n;
    x.scalesim_stack.value = 262144; // SS_METER_STACK_BYTES
    try {
        return x.run(0);
    } catch (error) {
        return error instanceof WebAssembly.RuntimeError ? x.scalesim_trap.value : String(error);
    }
}
