/**
 * What a host makes of a metered module under budgets. One function without imports, so that Node
 * runs it as it is and a browser gets it as text.
 */

/** @typedef {{bytes: Uint8Array<ArrayBuffer>, seed: number, budgets: number[]}} Case */

/**
 * Runs the module once for each budget, from a fresh state, and says of each how it ended and what
 * state it left: the result or the reason, a hash of all memory and globals, and the fuel left.
 * @param {Case} one @returns {string[]}
 */
export function observe({ bytes, seed, budgets }) {
    const module = new WebAssembly.Module(bytes);
    /** @type {any} */
    let x = null;
    /** @type {Int32Array | null} */
    let fresh = null;
    const reset = () => {
        if (!x || !fresh || x.memory.buffer.byteLength !== fresh.byteLength) { // grown: begin anew
            x = new WebAssembly.Instance(module).exports;
            fresh = new Int32Array(x.memory.buffer.slice(0));
        } else new Int32Array(x.memory.buffer).set(fresh);
        x.g0.value = 0;
        x.g1.value = 0n;
        x.g2.value = 0;
        x.scalesim_stack.value = 262144;
        x.scalesim_trap.value = 0;
    };
    const hash = () => {
        let sum = 0x811c9dc5;
        const add = (/** @type {number} */ word) => { sum = Math.imul(sum ^ word, 16777619); };
        for (const word of new Int32Array(x.memory.buffer)) add(word);
        add(x.g0.value);
        add(Number(BigInt.asIntN(32, x.g1.value)));
        add(Number(x.g1.value >> 32n));
        add(x.g2.value);
        return sum >>> 0;
    };
    return budgets.map((budget) => {
        reset();
        x.scalesim_fuel.value = BigInt(budget);
        let end = '';
        try {
            end = `ok ${x.run(seed)}`;
        } catch (error) {
            if (!(error instanceof WebAssembly.RuntimeError)) throw error;
            end = ['trap', 'fuel', 'stack', 'memory', 'host'][x.scalesim_trap.value];
        }
        return `${seed} ${budget}: ${end} ${hash()} ${x.scalesim_fuel.value}`;
    });
}
