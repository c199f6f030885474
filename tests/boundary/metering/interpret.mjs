/**
 * A reference interpreter of WebAssembly that counts: slow, plain, and with nothing in common with
 * the meter but the specification and the table of costs in core/meter/meter.h.
 *
 * It reads the binary format and executes integers, floating point of 64 bits, memory, tables and
 * all of structured control: what tests/boundary/metering/generate.mjs makes.
 */

const FREE = new Set([0x01, 0x02, 0x03, 0x05, 0x0b, 0x1a]); // nop, block, loop, else, end, drop
const BYTES_PER_FUEL = 16;
const FUEL_PER_PAGE = 4096;
const PAGE = 65536;
const STEPS_MAX = 2_000_000;

export class Trap extends Error {}

/** Reads a module's bytes. */
class Reader {
    /** @param {Uint8Array} bytes @param {number} at */
    constructor(bytes, at = 0) {
        this.bytes = bytes;
        this.at = at;
        this.view = new DataView(bytes.buffer, bytes.byteOffset);
    }
    byte() { return this.bytes[this.at++]; }
    u32() {
        let value = 0;
        for (let shift = 0; ; shift += 7) {
            const byte = this.byte();
            value |= (byte & 0x7f) << shift;
            if (byte < 0x80) return value >>> 0;
        }
    }
    signed() {
        let value = 0n;
        let shift = 0n;
        for (;;) {
            const byte = this.byte();
            value |= BigInt(byte & 0x7f) << shift;
            shift += 7n;
            if (byte < 0x80) return byte & 0x40 ? value - (1n << shift) : value;
        }
    }
    f64() { this.at += 8; return this.view.getFloat64(this.at - 8, true); }
    name() { const length = this.u32(); this.at += length; return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at)); }
    /** @template T @param {() => T} item @returns {T[]} */
    list(item) { return Array.from({ length: this.u32() }, item); }
}

/** One function's instructions, with where its blocks end. @param {Reader} r @param {number} end */
function readCode(r, end) {
    const code = [];
    const open = [];
    while (r.at < end) {
        const op = r.byte();
        /** @type {any} */
        const one = { op };
        if (op === 0x02 || op === 0x03 || op === 0x04) {
            const type = Number(r.signed());
            one.type = type;
            open.push(code.length);
        } else if (op === 0x05) {
            code[open[open.length - 1]].else = code.length;
        } else if (op === 0x0b) {
            const begin = open.pop();
            if (begin !== undefined) code[begin].end = code.length;
        } else if (op === 0x0c || op === 0x0d || op === 0x10 || (op >= 0x20 && op <= 0x26)) {
            one.index = r.u32();
        } else if (op === 0x0e) {
            one.labels = r.list(() => r.u32());
            one.labels.push(r.u32());
        } else if (op === 0x11) {
            one.type = r.u32();
            r.u32();
        } else if (op === 0x1c) {
            r.list(() => r.byte());
        } else if (op >= 0x28 && op <= 0x3e) {
            r.u32();
            one.offset = r.u32();
        } else if (op === 0x3f || op === 0x40) {
            r.byte();
        } else if (op === 0x41) {
            one.value = Number(r.signed());
        } else if (op === 0x42) {
            one.value = r.signed();
        } else if (op === 0x44) {
            one.value = r.f64();
        } else if (op === 0xfc) {
            one.op = 0xfc00 + r.u32();
            if (one.op === 0xfc08) { one.index = r.u32(); r.byte(); }
            if (one.op === 0xfc0a) { r.byte(); r.byte(); }
            if (one.op === 0xfc0b) r.byte();
        }
        code.push(one);
    }
    return code;
}

/** Reads a module. @param {Uint8Array} bytes */
export function readModule(bytes) {
    const module = { types: /** @type {any[]} */ ([]), functions: /** @type {any[]} */ ([]), pages: 0, pagesMax: 65536, table: /** @type {number[]} */ ([]), globals: /** @type {any[]} */ ([]), exports: /** @type {Map<string, number>} */ (new Map()), data: /** @type {any[]} */ ([]) };
    const r = new Reader(bytes, 8);
    while (r.at < bytes.length) {
        const id = r.byte();
        const end = r.u32() + r.at;
        if (id === 1) {
            module.types = r.list(() => { r.byte(); return { params: r.list(() => r.byte()), results: r.list(() => r.byte()) }; });
        } else if (id === 3) {
            module.functions = r.list(() => ({ type: module.types[r.u32()] }));
        } else if (id === 4) {
            r.list(() => { r.byte(); const flags = r.byte(); module.table = Array(r.u32()).fill(-1); if (flags & 1) r.u32(); });
        } else if (id === 5) {
            r.list(() => { const flags = r.byte(); module.pages = r.u32(); if (flags & 1) module.pagesMax = r.u32(); });
        } else if (id === 6) {
            module.globals = r.list(() => { const type = r.byte(); r.byte(); r.byte(); const value = type === 0x7f ? Number(r.signed()) : r.signed(); r.byte(); return value; });
        } else if (id === 7) {
            r.list(() => { const name = r.name(); const kind = r.byte(); const index = r.u32(); if (kind === 0) module.exports.set(name, index); });
        } else if (id === 9) {
            r.list(() => { r.u32(); r.byte(); const at = Number(r.signed()); r.byte(); r.list(() => r.u32()).forEach((index, i) => { module.table[at + i] = index; }); });
        } else if (id === 10) {
            let index = 0;
            r.list(() => {
                const finish = r.u32() + r.at;
                const locals = r.list(() => ({ count: r.u32(), type: r.byte() })).flatMap(({ count, type }) => Array(count).fill(type));
                const own = module.functions[index++];
                own.locals = locals.map((type) => (type === 0x7e ? 0n : 0));
                own.code = readCode(r, finish);
            });
        } else if (id === 11) {
            module.data = r.list(() => {
                const flags = r.u32();
                let at = -1;
                if (flags === 0) { r.byte(); at = Number(r.signed()); r.byte(); }
                const length = r.u32();
                r.at += length;
                return { at, bytes: bytes.slice(r.at - length, r.at) };
            });
        }
        r.at = end;
    }
    return module;
}

const wide = (/** @type {bigint} */ value) => BigInt.asIntN(64, value);
const unsigned = (/** @type {bigint} */ value) => BigInt.asUintN(64, value);
const truth = (/** @type {boolean} */ value) => (value ? 1 : 0);

/** Operations of two operands, by opcode. @type {Map<number, (a: any, b: any) => any>} */
const BINARY = new Map(Object.entries({
    0x46: (a, b) => truth(a === b), 0x47: (a, b) => truth(a !== b),
    0x48: (a, b) => truth(a < b), 0x49: (a, b) => truth(a >>> 0 < b >>> 0),
    0x4a: (a, b) => truth(a > b), 0x4b: (a, b) => truth(a >>> 0 > b >>> 0),
    0x4c: (a, b) => truth(a <= b), 0x4d: (a, b) => truth(a >>> 0 <= b >>> 0),
    0x4e: (a, b) => truth(a >= b), 0x4f: (a, b) => truth(a >>> 0 >= b >>> 0),
    0x51: (a, b) => truth(a === b), 0x52: (a, b) => truth(a !== b), 0x53: (a, b) => truth(a < b),
    0x54: (a, b) => truth(unsigned(a) < unsigned(b)), 0x55: (a, b) => truth(a > b),
    0x63: (a, b) => truth(a < b), 0x64: (a, b) => truth(a > b),
    0x6a: (a, b) => (a + b) | 0, 0x6b: (a, b) => (a - b) | 0, 0x6c: (a, b) => Math.imul(a, b),
    0x6d: (a, b) => {
        if (b === 0) throw new Trap('divide by zero');
        if (a === -0x80000000 && b === -1) throw new Trap('overflow');
        return (a / b) | 0;
    },
    0x70: (a, b) => { if (b === 0) throw new Trap('divide by zero'); return ((a >>> 0) % (b >>> 0)) | 0; },
    0x71: (a, b) => a & b, 0x72: (a, b) => a | b, 0x73: (a, b) => a ^ b,
    0x74: (a, b) => a << b, 0x75: (a, b) => a >> b, 0x76: (a, b) => (a >>> b) | 0,
    0x77: (a, b) => (a << (b & 31)) | (a >>> ((32 - (b & 31)) & 31)) * (b & 31 ? 1 : 0),
    0x7c: (a, b) => wide(a + b), 0x7d: (a, b) => wide(a - b), 0x7e: (a, b) => wide(a * b),
    0x80: (a, b) => { if (b === 0n) throw new Trap('divide by zero'); return wide(unsigned(a) / unsigned(b)); },
    0x83: (a, b) => wide(a & b), 0x84: (a, b) => wide(a | b), 0x85: (a, b) => wide(a ^ b),
    0x86: (a, b) => wide(a << (b & 63n)), 0x88: (a, b) => wide(unsigned(a) >> (b & 63n)),
    0xa0: (a, b) => a + b, 0xa1: (a, b) => a - b, 0xa2: (a, b) => a * b, 0xa3: (a, b) => a / b,
}).map(([op, run]) => [Number(op), run]));

/** Operations of one operand. @type {Map<number, (a: any) => any>} */
const UNARY = new Map(Object.entries({
    0x45: (a) => truth(a === 0), 0x50: (a) => truth(a === 0n),
    0x67: (a) => Math.clz32(a), 0x68: (a) => (a === 0 ? 32 : 31 - Math.clz32(a & -a)),
    0x69: (a) => { let count = 0; for (let bits = a >>> 0; bits; bits = (bits & (bits - 1)) >>> 0) count++; return count; },
    0xa7: (a) => Number(BigInt.asIntN(32, a)), 0xac: (a) => BigInt(a), 0xad: (a) => BigInt(a >>> 0),
    0xb7: (a) => a, 0xb8: (a) => a >>> 0, 0x9f: (a) => Math.sqrt(a), 0x9a: (a) => -a, 0x99: (a) => Math.abs(a),
    0xc0: (a) => (a << 24) >> 24, 0xc1: (a) => (a << 16) >> 16,
    0xfc02: (a) => (Number.isNaN(a) ? 0 : Math.max(-0x80000000, Math.min(0x7fffffff, Math.trunc(a))) | 0),
}).map(([op, run]) => [Number(op), run]));

/** Loads: bytes, and how they become a value. @type {Map<number, [number, (view: DataView, at: number) => any]>} */
const LOADS = new Map(Object.entries({
    0x28: [4, (v, at) => v.getInt32(at, true)], 0x29: [8, (v, at) => v.getBigInt64(at, true)],
    0x2b: [8, (v, at) => v.getFloat64(at, true)], 0x2c: [1, (v, at) => v.getInt8(at)],
    0x2d: [1, (v, at) => v.getUint8(at)], 0x2f: [2, (v, at) => v.getUint16(at, true)],
    0x35: [4, (v, at) => BigInt(v.getUint32(at, true))],
}).map(([op, how]) => [Number(op), /** @type {any} */ (how)]));
/** @type {Map<number, [number, (view: DataView, at: number, value: any) => void]>} */
const STORES = new Map(Object.entries({
    0x36: [4, (v, at, x) => v.setInt32(at, x, true)], 0x37: [8, (v, at, x) => v.setBigInt64(at, x, true)],
    0x39: [8, (v, at, x) => v.setFloat64(at, x, true)], 0x3a: [1, (v, at, x) => v.setInt8(at, x)],
    0x3b: [2, (v, at, x) => v.setInt16(at, x, true)],
}).map(([op, how]) => [Number(op), /** @type {any} */ (how)]));

/** An instance that runs and counts. */
export class Counter {
    /** @param {ReturnType<typeof readModule>} module */
    constructor(module) {
        this.module = module;
        this.globals = [...module.globals];
        this.memory = new Uint8Array(module.pages * PAGE);
        for (const { at, bytes } of module.data) if (at >= 0) this.memory.set(bytes, at);
        this.fuel = 0; // burnt
        this.steps = 0;
        this.stack = /** @type {any[]} */ ([]);
    }

    /** @param {string} name @param {any[]} args */
    call(name, args) {
        this.stack = [...args];
        this.enter(this.module.functions[/** @type {number} */ (this.module.exports.get(name))], 0);
        return this.stack.pop();
    }

    /** The block type's results: none, one, or those of a type. @param {number} type */
    arityOf(type) {
        if (type === -64) return 0;
        return type < 0 ? 1 : this.module.types[type].results.length;
    }

    /** @param {number} at @param {number} bytes @param {number} offset */
    address(at, bytes, offset) {
        const place = (at >>> 0) + offset;
        if (place + bytes > this.memory.length) throw new Trap('out of bounds');
        return place;
    }

    view() { return new DataView(this.memory.buffer); }

    /** @param {any} fn @param {number} depth */
    enter(fn, depth) {
        if (depth > 2000) throw new Trap('stack');
        const { stack } = this;
        const locals = [...stack.splice(stack.length - fn.type.params.length), ...fn.locals];
        const labels = [{ to: fn.code.length, height: stack.length, arity: fn.type.results.length, isLoop: false }];
        let pc = 0;
        /** @param {number} index */
        const branch = (index) => {
            labels.length -= index;
            const label = labels[labels.length - 1];
            const kept = label.arity > 0 ? stack.splice(stack.length - label.arity) : [];
            stack.length = label.height;
            stack.push(...kept);
            if (!label.isLoop) labels.pop();
            pc = label.to;
        };
        while (pc < fn.code.length) {
            const one = fn.code[pc++];
            const { op } = one;
            if (++this.steps > STEPS_MAX) throw new Error('too long for a test');
            if (!FREE.has(op)) this.fuel++;
            if (op === 0x00) throw new Trap('unreachable');
            else if (op === 0x01) continue;
            else if (op === 0x02) labels.push({ to: one.end + 1, height: stack.length, arity: this.arityOf(one.type), isLoop: false });
            else if (op === 0x03) labels.push({ to: pc, height: stack.length, arity: 0, isLoop: true });
            else if (op === 0x04) {
                const taken = stack.pop() !== 0;
                if (!taken && one.else === undefined) { pc = one.end + 1; continue; }
                labels.push({ to: one.end + 1, height: stack.length, arity: this.arityOf(one.type), isLoop: false });
                if (!taken) pc = one.else + 1;
            } else if (op === 0x05) { // the end of the first arm
                pc = /** @type {any} */ (labels.pop()).to;
            } else if (op === 0x0b) labels.pop();
            else if (op === 0x0c) branch(one.index);
            else if (op === 0x0d) { if (stack.pop() !== 0) branch(one.index); }
            else if (op === 0x0e) branch(one.labels[Math.min(stack.pop() >>> 0, one.labels.length - 1)]);
            else if (op === 0x0f) branch(labels.length - 1);
            else if (op === 0x10) this.enter(this.module.functions[one.index], depth + 1);
            else if (op === 0x11) {
                const index = this.module.table[stack.pop() >>> 0];
                if (index === undefined || index < 0) throw new Trap('no such entry');
                const callee = this.module.functions[index];
                if (callee.type !== this.module.types[one.type] && JSON.stringify(callee.type) !== JSON.stringify(this.module.types[one.type])) throw new Trap('signature');
                this.enter(callee, depth + 1);
            } else if (op === 0x20) stack.push(locals[one.index]);
            else if (op === 0x21) locals[one.index] = stack.pop();
            else if (op === 0x22) locals[one.index] = stack[stack.length - 1];
            else this.plain(one);
        }
    }

    /** What is not control and knows no locals. @param {any} one */
    plain(one) {
        const { op } = one;
        const { stack } = this;
        const binary = BINARY.get(op);
        if (binary) {
            const b = stack.pop();
            stack.push(binary(stack.pop(), b));
            return;
        }
        const unary = UNARY.get(op);
        if (unary) { stack.push(unary(stack.pop())); return; }
        const load = LOADS.get(op);
        if (load) { stack.push(load[1](this.view(), this.address(stack.pop(), load[0], one.offset))); return; }
        const store = STORES.get(op);
        if (store) {
            const value = stack.pop();
            store[1](this.view(), this.address(stack.pop(), store[0], one.offset), value);
            return;
        }
        if (op === 0x1a) stack.pop();
        else if (op === 0x1b || op === 0x1c) {
            const [a, b, which] = stack.splice(stack.length - 3);
            stack.push(which !== 0 ? a : b);
        } else if (op === 0x23) stack.push(this.globals[one.index]);
        else if (op === 0x24) this.globals[one.index] = stack.pop();
        else if (op === 0x3f) stack.push(this.memory.length / PAGE);
        else if (op === 0x40) stack.push(this.grow(stack.pop() >>> 0));
        else if (op === 0x41 || op === 0x42 || op === 0x44) stack.push(one.value);
        else this.bulk(one);
    }

    /** @param {number} pages */
    grow(pages) {
        const before = this.memory.length / PAGE;
        if (before + pages > this.module.pagesMax) return -1;
        this.fuel += pages * FUEL_PER_PAGE;
        const grown = new Uint8Array((before + pages) * PAGE);
        grown.set(this.memory);
        this.memory = grown;
        return before;
    }

    /** @param {any} one */
    bulk({ op, index }) {
        const [to, from, length] = this.stack.splice(this.stack.length - 3).map((value) => value >>> 0);
        this.fuel += Math.floor(length / BYTES_PER_FUEL);
        if (op === 0xfc08) {
            const { bytes } = this.module.data[index];
            if (from + length > bytes.length) throw new Trap('out of bounds');
            this.memory.set(bytes.subarray(from, from + length), this.address(to, length, 0));
        } else if (op === 0xfc0a) {
            this.address(from, length, 0);
            this.memory.copyWithin(this.address(to, length, 0), from, from + length);
        } else if (op === 0xfc0b) {
            this.memory.fill(from & 255, this.address(to, length, 0), to + length);
        } else throw new Error(`the reference interpreter does not know opcode ${op.toString(16)}`);
    }
}
