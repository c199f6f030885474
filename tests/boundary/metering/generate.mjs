/**
 * Random WebAssembly modules that always come to an end: structured code in every shape that a
 * compiler makes and in some that none does (values waiting on the stack while statements run, dead
 * code, branches that carry values, blocks of two results). Same seed, same bytes.
 *
 * `run(i32) -> i32` is exported, and all of its state: the memory and the globals `g0`, `g1`, `g2`.
 * Calls are limited by the global g2, loops by a local each.
 */

const I32 = 0x7f;
const I64 = 0x7e;
const F64 = 0x7c;
const VOID = 0x40;
const PARAMETER_TYPES = [[I32], [I32, I32], [], [I64]];
const RESULT_TYPES = [[I32], [I32], [], [I64]];
const PAIR_TYPE = 4; // () -> (i32, i32)
const LOCALS = { i32: 8, i64: 3, f64: 2, counters: 12 };
const CALLS = 30;
const DEPTH_MAX = 5;

/** @param {number} value @returns {number[]} */
export const u32 = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...u32(value >>> 7)]);

/** @param {number | bigint} value @returns {number[]} */
export function s64(value) {
    const bytes = [];
    for (let rest = BigInt(value); ;) {
        const byte = Number(rest & 127n);
        rest >>= 7n;
        if ((rest === 0n && !(byte & 64)) || (rest === -1n && byte & 64)) return [...bytes, byte];
        bytes.push(byte | 128);
    }
}

/** @param {number[][]} items */
const list = (items) => [...u32(items.length), ...items.flat()];
/** @param {number} id @param {number[]} content */
const section = (id, content) => [id, ...u32(content.length), ...content];
/** @param {string} text */
const name = (text) => list([...text].map((letter) => [letter.charCodeAt(0)]));

/** Numbers of 32 bits from a seed. @param {number} seed */
export function randomOf(seed) {
    let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
    const next = () => {
        state ^= state << 13; state >>>= 0;
        state ^= state >>> 17;
        state ^= state << 5; state >>>= 0;
        return state;
    };
    return { next, /** @param {number} count */ below: (count) => next() % count, /** @param {number} percent */ chance: (percent) => next() % 100 < percent };
}

class FunctionWriter {
    /** @param {ReturnType<typeof randomOf>} random @param {number} type @param {number[]} typesOfFunctions */
    constructor(random, type, typesOfFunctions) {
        this.random = random;
        this.type = type;
        this.callees = typesOfFunctions;
        /** @type {number[]} */
        this.code = [];
        /** Label types, the innermost last. @type {number[]} */
        this.labels = [];
        this.parameters = PARAMETER_TYPES[type];
        this.base = this.parameters.length;
        this.counters = 0;
        this.left = 10 + random.below(110); // statements
    }

    /** @param {number[]} bytes */
    emit(...bytes) { this.code.push(...bytes); }
    /** @param {number} type */
    local(type) {
        const { below } = this.random;
        const fitting = this.parameters.flatMap((own, index) => (own === type ? [index] : []));
        if (fitting.length > 0 && below(3) === 0) return fitting[below(fitting.length)];
        if (type === I32) return this.base + below(LOCALS.i32);
        if (type === I64) return this.base + LOCALS.i32 + below(LOCALS.i64);
        return this.base + LOCALS.i32 + LOCALS.i64 + below(LOCALS.f64);
    }

    /** A value of the type, on the stack. @param {number} type @param {number} depth */
    value(type, depth) {
        const { random } = this;
        if (depth >= DEPTH_MAX || this.left <= 0 || random.chance(25)) {
            if (random.chance(60)) this.emit(0x20, ...u32(this.local(type)));
            else this.constant(type);
            return;
        }
        if (random.chance(12)) this.statement(depth + 2); // with nothing of ours on the stack yet
        if (type === I32) this.i32(depth + 1);
        else if (type === I64) this.i64(depth + 1);
        else this.f64(depth + 1);
        if (random.chance(8)) this.statement(depth + 2); // with the value waiting on the stack
    }

    /** @param {number} type */
    constant(type) {
        const { random } = this;
        if (type === I32) this.emit(0x41, ...s64(random.chance(70) ? random.below(64) - 16 : random.next() | 0));
        else if (type === I64) this.emit(0x42, ...s64(BigInt(random.below(1000)) * (random.chance(20) ? 123456789123n : 1n) - 99n));
        else this.emit(0x44, ...new Uint8Array(new Float64Array([random.below(1000) / 8 - 20]).buffer));
    }

    /** @param {number} depth */
    i32(depth) {
        const { random } = this;
        const op = (/** @type {number[]} */ ops) => this.emit(ops[random.below(ops.length)]);
        switch (random.below(16)) {
        case 0: case 1: case 2: case 3:
            this.value(I32, depth); this.value(I32, depth);
            op([0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f]);
            return;
        case 4: this.value(I32, depth); op([0x45, 0x67, 0x68, 0x69, 0xc0, 0xc1]); return;
        case 5: this.value(I64, depth); op([0x50, 0xa7]); return;
        case 6: this.value(I64, depth); this.value(I64, depth); op([0x51, 0x52, 0x53, 0x54, 0x55]); return;
        case 7: this.value(F64, depth); this.value(F64, depth); op([0x63, 0x64]); return;
        case 8: this.value(F64, depth); this.emit(0xfc, 0x02); return;
        case 9: this.address(depth); op([0x28, 0x2c, 0x2d, 0x2f]); this.emit(0, ...u32(random.below(64))); return;
        case 10: this.value(I32, depth); this.value(I32, depth); this.value(I32, depth); this.emit(0x1b); return;
        case 11: this.value(I32, depth); this.emit(0x22, ...u32(this.local(I32))); return;
        case 12: this.branchValue(depth); return;
        case 13: this.call(0, depth); return;
        case 14:
            if (random.below(80) === 0) { // may divide by zero
                this.value(I32, depth); this.value(I32, depth); op([0x6d, 0x70]);
            } else { this.value(I32, depth); this.emit(0x41, ...s64(1 + random.below(9))); op([0x6d, 0x70]); }
            return;
        default: this.pair(depth); return;
        }
    }

    /** @param {number} depth */
    i64(depth) {
        const { random } = this;
        switch (random.below(6)) {
        case 0: case 1: {
            this.value(I64, depth); this.value(I64, depth);
            const ops = [0x7c, 0x7d, 0x7e, 0x83, 0x84, 0x85, 0x86, 0x88];
            this.emit(ops[random.below(ops.length)]);
            return;
        }
        case 2: this.value(I32, depth); this.emit(random.chance(50) ? 0xac : 0xad); return;
        case 3: this.address(depth); this.emit(random.chance(50) ? 0x29 : 0x35, 0, ...u32(random.below(64))); return;
        case 4: this.call(3, depth); return;
        default: this.value(I64, depth); this.emit(0x22, ...u32(this.local(I64))); return;
        }
    }

    /** @param {number} depth */
    f64(depth) {
        const { random } = this;
        switch (random.below(4)) {
        case 0: this.value(I32, depth); this.emit(random.chance(50) ? 0xb7 : 0xb8); return;
        case 1: this.value(F64, depth); this.emit([0x99, 0x9a][random.below(2)]); return;
        default: this.value(F64, depth); this.value(F64, depth); this.emit([0xa0, 0xa1, 0xa2][random.below(3)]); return;
        }
    }

    /** An address with room for any offset that is used. @param {number} depth */
    address(depth) {
        this.value(I32, depth);
        if (this.random.below(250) > 0) this.emit(0x41, ...s64(0x7fff), 0x71);
    }

    /** @param {number} type @param {() => void} body */
    labelled(type, body) {
        this.labels.push(type);
        body();
        this.labels.pop();
        this.emit(0x0b);
    }

    /** An i32 out of a block, an if or a loop. @param {number} depth */
    branchValue(depth) {
        const { random } = this;
        switch (random.below(3)) {
        case 0:
            this.emit(0x02, I32);
            this.labelled(I32, () => {
                this.statements(depth);
                this.value(I32, depth);
                this.value(I32, depth);
                this.emit(0x0d, 0); // br_if with the value
            });
            return;
        case 1:
            this.value(I32, depth);
            this.emit(0x04, I32);
            this.labelled(I32, () => {
                this.value(I32, depth);
                this.emit(0x05);
                this.statements(depth);
                this.value(I32, depth);
            });
            return;
        default:
            this.emit(0x03, I32);
            this.labels.push(-1); // nothing branches to it
            this.value(I32, depth);
            this.labels.pop();
            this.emit(0x0b);
        }
    }

    /** Two results of one block, added. @param {number} depth */
    pair(depth) {
        this.emit(0x02, PAIR_TYPE);
        this.labelled(-1, () => { this.value(I32, depth); this.value(I32, depth); });
        this.emit(0x6a);
    }

    /** A call of a function with the results of a type (not of `run`, which fills up the calls that are left). @param {number} type @param {number} depth */
    call(type, depth) {
        const { random } = this;
        const callees = this.callees.flatMap((own, index) => (index > 0 && RESULT_TYPES[own][0] === RESULT_TYPES[type][0] ? [index] : []));
        if (callees.length === 0) {
            for (const result of RESULT_TYPES[type]) this.constant(result);
            return;
        }
        const callee = callees[random.below(callees.length)];
        for (const parameter of PARAMETER_TYPES[this.callees[callee]]) this.value(parameter, depth + 1);
        if (random.chance(30)) {
            // Mostly the right entry of the table; else a trap.
            this.emit(0x41, ...s64(random.below(60) > 0 ? callee : random.below(12)), 0x11, ...u32(this.callees[callee]), 0);
        } else this.emit(0x10, ...u32(callee));
    }

    /** @param {number} depth */
    statements(depth) {
        for (let count = this.random.below(4); count > 0; count--) this.statement(depth + 1);
    }

    /** Leaves the stack as it was. @param {number} depth */
    statement(depth) {
        const { random } = this;
        this.left--;
        if (depth >= DEPTH_MAX || this.left <= 0) { this.trace(); return; }
        switch (random.below(17)) {
        case 0: case 1: { const type = [I32, I32, I64, F64][random.below(4)]; this.value(type, depth); this.emit(0x21, ...u32(this.local(type))); return; }
        case 2: case 3: this.trace(); return;
        case 4: case 5: this.store(depth); return;
        case 6: this.value(I32, depth); this.emit(0x04, VOID); this.labelled(VOID, () => this.statements(depth)); return;
        case 7:
            this.value(I32, depth);
            this.emit(0x04, VOID);
            this.labelled(VOID, () => { this.statements(depth); this.emit(0x05); this.statements(depth); });
            return;
        case 8: this.emit(0x02, VOID); this.labelled(VOID, () => { this.statements(depth); this.branchIf(depth); this.statements(depth); }); return;
        case 9: case 10: this.loop(depth); return;
        case 11: this.table(depth); return;
        case 12: this.branchIf(depth); return;
        case 13: this.leave(depth); return;
        case 14: this.value(I32, depth); this.emit(0x1a); if (random.chance(30)) this.emit(0x01); return;
        case 15: this.call(2, depth); return;
        default: this.bulk(depth); return;
        }
    }

    /** `g0 = g0 * 31 + n`: where we were. */
    trace() {
        this.emit(0x23, 0, 0x41, ...s64(31), 0x6c, 0x41, ...s64(this.random.below(8192)), 0x6a, 0x24, 0);
    }

    /** @param {number} depth */
    store(depth) {
        const { random } = this;
        const [type, op] = [[I32, 0x36], [I32, 0x3a], [I32, 0x3b], [I64, 0x37]][random.below(4)];
        this.address(depth);
        this.value(type, depth);
        this.emit(op, 0, ...u32(random.below(64)));
        if (random.chance(20)) { this.value(I64, depth); this.emit(0x24, 1); }
    }

    /** A loop that its own local ends. @param {number} depth */
    loop(depth) {
        if (this.counters >= LOCALS.counters) { this.trace(); return; }
        const counter = this.base + LOCALS.i32 + LOCALS.i64 + LOCALS.f64 + this.counters++;
        this.emit(0x41, ...s64(1 + this.random.below(7)), 0x21, ...u32(counter), 0x02, VOID);
        this.labelled(VOID, () => {
            this.emit(0x03, VOID);
            this.labelled(VOID, () => {
                this.emit(0x20, ...u32(counter), 0x41, 1, 0x6b, 0x22, ...u32(counter), 0x45, 0x0d, 1);
                this.statements(depth);
                this.trace();
                this.statements(depth);
                if (this.random.chance(50)) this.emit(0x0c, 0);
                else { this.value(I32, depth); this.emit(0x0d, 0); }
            });
        });
    }

    /** Labels that take no value, counted from the innermost. @returns {number[]} */
    reachable() {
        return this.labels.flatMap((type, index) => (type === VOID ? [this.labels.length - 1 - index] : []));
    }

    /** @param {number} depth */
    branchIf(depth) {
        const labels = this.reachable();
        if (labels.length === 0) return;
        this.value(I32, depth + 1);
        this.emit(0x0d, ...u32(labels[this.random.below(labels.length)]));
    }

    /** A switch over blocks, as C compilers make it. @param {number} depth */
    table(depth) {
        const { random } = this;
        const arms = 1 + random.below(4);
        for (let i = 0; i < arms; i++) { this.emit(0x02, VOID); this.labels.push(VOID); }
        this.value(I32, depth + 1);
        this.emit(0x41, ...s64(7), 0x71, 0x0e);
        const labels = this.reachable();
        this.emit(...list(Array.from({ length: arms + random.below(3) }, (_, i) => u32(i < arms ? i : labels[random.below(labels.length)]))), ...u32(labels[random.below(labels.length)]));
        for (let i = 0; i < arms; i++) {
            this.labels.pop();
            this.emit(0x0b);
            this.statements(depth + 1);
            const open = this.reachable();
            if (open.length > 0 && random.chance(40) && i + 1 < arms) this.emit(0x0c, ...u32(open[0]));
        }
    }

    /** Leaves for certain, if a condition holds; dead code after it. @param {number} depth */
    leave(depth) {
        const { random } = this;
        this.value(I32, depth + 1);
        this.emit(0x41, ...s64(3), 0x71, 0x45, 0x04, VOID);
        this.labelled(VOID, () => {
            this.statements(depth + 1);
            const labels = this.reachable();
            const kind = random.below(60);
            if (kind === 0) this.emit(0x00);
            else if (kind < 20) { for (const result of RESULT_TYPES[this.type]) this.value(result, depth + 1); this.emit(0x0f); }
            else this.emit(0x0c, ...u32(labels[random.below(labels.length)]));
            if (random.chance(30)) this.statements(depth + 1);
        });
    }

    /** @param {number} depth */
    bulk(depth) {
        const { random } = this;
        const masked = (/** @type {number} */ mask) => { this.value(I32, depth + 1); this.emit(0x41, ...s64(mask), 0x71); };
        switch (random.below(5)) {
        case 0: masked(0x3fff); this.value(I32, depth + 1); masked(0x1ff); this.emit(0xfc, 11, 0); return;
        case 1: masked(0x3fff); masked(0x3fff); masked(0x3ff); this.emit(0xfc, 10, 0, 0); return;
        case 2: masked(0x3fff); masked(0xf); masked(0x3f); this.emit(0xfc, 8, 0, 0); return;
        case 3: masked(1); this.emit(0x40, 0, 0x21, ...u32(this.local(I32))); return;
        default: this.emit(0x3f, 0, 0x21, ...u32(this.local(I32))); return;
        }
    }

    /** @param {boolean} isFirst */
    body(isFirst) {
        const results = RESULT_TYPES[this.type];
        if (isFirst) this.emit(0x41, ...s64(CALLS), 0x24, 2);
        // No calls left: return at once.
        this.emit(0x23, 2, 0x45, 0x04, VOID);
        for (const result of results) this.constant(result);
        this.emit(0x0f, 0x0b, 0x23, 2, 0x41, 1, 0x6b, 0x24, 2);
        while (this.left > 0) this.statement(0);
        this.left = 12;
        for (const result of results) this.value(result, 0);
        this.emit(0x0b);
        const groups = [[LOCALS.i32, I32], [LOCALS.i64, I64], [LOCALS.f64, F64], [LOCALS.counters, I32]];
        const code = [...list(groups), ...this.code];
        return [...u32(code.length), ...code];
    }
}

/** A module of the seed. @param {number} seed */
export function generate(seed) {
    const random = randomOf(seed);
    const types = [0, ...Array.from({ length: 2 + random.below(4) }, () => random.below(4))];
    const functions = types.map((type, index) => new FunctionWriter(random, type, types).body(index === 0));
    const table = types.map((_, index) => u32(Math.max(1, index))); // `run` is not called again
    const bytes = [
        0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
        ...section(1, list([
            ...PARAMETER_TYPES.map((parameters, index) => [0x60, ...list(parameters.map((type) => [type])), ...list(RESULT_TYPES[index].map((type) => [type]))]),
            [0x60, 0, 2, I32, I32],
        ])),
        ...section(3, list(types.map((type) => [type]))),
        ...section(4, list([[0x70, 0, ...u32(10)]])),
        ...section(5, list([[1, 1, 3]])),
        ...section(6, list([[I32, 1, 0x41, 0, 0x0b], [I64, 1, 0x42, 0, 0x0b], [I32, 1, 0x41, 0, 0x0b]])),
        ...section(7, list([[...name('run'), 0, 0], [...name('memory'), 2, 0], ...[0, 1, 2].map((index) => [...name(`g${index}`), 3, index])])),
        ...section(9, list([[0, 0x41, 0, 0x0b, ...list(table)]])),
        ...section(12, [1]),
        ...section(10, list(functions)),
        ...section(11, list([[1, ...list(Array.from({ length: 48 }, (_, i) => [i * 5 & 255]))]])),
    ];
    return Uint8Array.from(bytes);
}
