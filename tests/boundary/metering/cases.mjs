/** The generated modules of the tests, metered, with budgets that stop them at many places. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate, randomOf } from './generate.mjs';
import { Counter, Trap, readModule } from './interpret.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** Runs the work in a folder that is gone afterwards. @template T @param {(folder: string) => T} work @returns {T} */
export function inFolder(work) {
    const folder = mkdtempSync(join(tmpdir(), 'scalesim-meter-'));
    const remove = () => rmSync(folder, { recursive: true, force: true });
    let result;
    try {
        result = work(folder);
    } catch (error) {
        remove();
        throw error;
    }
    if (result instanceof Promise) return /** @type {T} */ (result.finally(remove));
    remove();
    return result;
}

/** Instruments a module with build/meter. @param {Uint8Array} bytes @param {string} folder @param {string[]} [options] */
export function meter(bytes, folder, options = []) {
    const [plain, metered] = [join(folder, 'plain.wasm'), join(folder, 'metered.wasm')];
    writeFileSync(plain, bytes);
    const ran = spawnSync(join(root, 'build/meter'), [...options, plain, metered], { encoding: 'utf8' });
    return { bytes: ran.status === 0 ? new Uint8Array(readFileSync(metered)) : null, refusal: ran.stderr.trim() };
}

/** What the reference makes of a module: how it ends, its state, and what it executed. @param {number} seed */
export function reference(seed) {
    const bytes = generate(seed);
    const counter = new Counter(readModule(bytes));
    let end = 'trap';
    try {
        end = `ok ${counter.call('run', [seed])}`;
    } catch (error) {
        if (!(error instanceof Trap)) throw error;
    }
    return { bytes, end, counter, fuel: counter.fuel };
}

/** Budgets from 0 on, around what the whole run takes, and in between. @param {number} seed @param {number} fuel @param {number} first */
export function budgetsOf(seed, fuel, first) {
    const random = randomOf(seed);
    const budgets = new Set(Array.from({ length: first + 1 }, (_, budget) => budget));
    for (const near of [fuel - 1, fuel, fuel + 1]) budgets.add(Math.max(0, near));
    for (let i = 0; i < first; i++) budgets.add(random.below(fuel + 2));
    return [...budgets];
}

/** @param {number} seed @param {number} first budgets from 0 to this @param {string} folder @returns {import('./observe.mjs').Case} */
export function caseOf(seed, first, folder) {
    const { bytes, fuel } = reference(seed);
    const metered = meter(bytes, folder);
    if (!metered.bytes) throw new Error(`module ${seed}: ${metered.refusal}`);
    return { bytes: metered.bytes, seed, budgets: budgetsOf(seed, fuel, first) };
}
