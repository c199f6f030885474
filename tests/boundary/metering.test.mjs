// Metering is exact: a metered module does what the plain one does, pays for what it executes to
// the instruction, and a budget stops it at the same place on every host.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseOf, inFolder, meter, reference } from './metering/cases.mjs';
import { deepModules, stopOf } from './metering/deep.mjs';
import { observeNatively } from './metering/native.mjs';
import { observe } from './metering/observe.mjs';

const isAll = process.env.SCALESIM_TEST_ALL === '1';
const MODULES = isAll ? 2000 : 250;
const NATIVE_MODULES = isAll ? 96 : 8;
const BUDGETS = isAll ? 200 : 40;
const PLENTY = 1n << 50n;

/** @param {Uint8Array<ArrayBuffer>} bytes @param {number} seed */
function runModule(bytes, seed) {
    const x = /** @type {any} */ (new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports);
    if (x.scalesim_fuel) x.scalesim_fuel.value = PLENTY;
    let end = 'trap';
    try {
        end = `ok ${x.run(seed)}`;
    } catch (error) {
        if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    }
    return { end, x, state: [x.g0.value, x.g1.value, x.g2.value], memory: Buffer.from(x.memory.buffer) };
}

test('a metered module does what the plain one does, and burns what the reference counts', () => inFolder((folder) => {
    let returned = 0;
    let executed = 0;
    for (let seed = 1; seed <= MODULES; seed++) {
        const { bytes, end, counter, fuel } = reference(seed);
        const metered = meter(bytes, folder);
        assert.ok(metered.bytes, `module ${seed}: ${metered.refusal}`);
        for (const [what, made] of [['plain', runModule(bytes, seed)], ['metered', runModule(metered.bytes, seed)]]) {
            const { state, memory } = made;
            assert.equal(made.end, end, `module ${seed}, ${what}`);
            assert.deepEqual(state, counter.globals, `module ${seed}, ${what}: globals`);
            assert.equal(Buffer.compare(memory, Buffer.from(counter.memory)), 0, `module ${seed}, ${what}: memory`);
            if (what === 'metered' && end !== 'trap') {
                assert.equal(Number(PLENTY - made.x.scalesim_fuel.value), fuel, `module ${seed}: fuel`);
                returned++;
                executed += fuel;
            }
        }
    }
    // A generator whose modules all trap would prove nothing about fuel.
    assert.ok(returned >= MODULES * 0.5, `${returned} of ${MODULES} modules returned`);
    assert.ok(executed / returned > 1000, `${executed / returned} instructions a module`);
}));

test('a module returns exactly if it was given what it executes', () => inFolder((folder) => {
    for (let seed = 1; seed <= MODULES / 2; seed++) {
        const { bytes, end, fuel } = reference(seed);
        if (end === 'trap') continue;
        const metered = meter(bytes, folder);
        assert.ok(metered.bytes);
        const ends = observe({ bytes: metered.bytes, seed, budgets: [fuel, fuel - 1] }).map((line) => line.replace(/^\d+ \d+: (\w+).*$/, '$1'));
        assert.deepEqual(ends, ['ok', 'fuel'], `module ${seed} of ${fuel} instructions`);
    }
}));

test('a budget stops a module at the same place natively and in V8', () => inFolder((folder) => {
    const cases = Array.from({ length: NATIVE_MODULES }, (_, index) => caseOf(index + 1, BUDGETS, folder));
    const here = cases.flatMap(observe);
    assert.deepEqual(observeNatively(cases, folder), here);
    const places = new Set(here.filter((line) => line.includes(': fuel')).map((line) => line.split(' ').at(-2)));
    assert.ok(places.size > NATIVE_MODULES, `only ${places.size} different states at a stop`);
}));

test('recursion without end is stopped by the meter, whatever the frames, before V8\'s stack is used up', () => inFolder((folder) => {
    for (const { name, bytes } of deepModules(folder)) assert.equal(stopOf(bytes), 2, name);
}));
