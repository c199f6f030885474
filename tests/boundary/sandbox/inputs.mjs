// Inputs of core/handlers/protocol.h, and its outputs as objects. No Node here: it runs in browsers too.

export const OUTCOMES = ['ok', 'fuel', 'memory', 'stack', 'fault'];

class Writer {
    /** @type {number[]} */
    bytes = [];
    /** @param {number} value @param {number} count */
    number(value, count) {
        for (let i = 0, rest = BigInt(value); i < count; i++, rest >>= 8n) this.bytes.push(Number(rest & 255n));
        return this;
    }
    /** @param {string} text */
    text(text) {
        const encoded = new TextEncoder().encode(text);
        this.number(encoded.length, 4);
        for (const byte of encoded) this.bytes.push(byte);
        return this;
    }
    /** @param {unknown} value */
    value(value) {
        return this.text(value === undefined ? '' : JSON.stringify(value));
    }
    done() {
        return Uint8Array.from(this.bytes);
    }
}

/** @param {number} kind @param {number} [now_ns] */
const begin = (kind, now_ns = 0) => new Writer().number(kind, 1).number(now_ns, 8);

export const ABOUT = { replica: 0, replicas: 1, peers: ['db'], targets: { db: { type: 'postgres', operations: ['get', 'put'] } } };
export const load = (/** @type {string} */ source, seed = 1) => begin(1).text(source).text('orders').number(seed, 8).value(ABOUT).done();
export const start = (/** @type {number} */ activity) => begin(2).number(activity, 4).done();
export const request = (/** @type {number} */ activity, /** @type {string} */ op, /** @type {unknown} */ body = undefined) => begin(3)
    .number(activity, 4).number(1000 + activity, 8).text(op).text('client').value(body).done();
export const message = (/** @type {number} */ activity, /** @type {unknown} */ body) => begin(4)
    .number(activity, 4).number(7, 8).text('paid').text('client').value('key').number(2, 4).number(40, 8).number(1, 4).value(body).done();
export const timer = (/** @type {number} */ activity, /** @type {number} */ number) => begin(5).number(activity, 4).number(number, 4).done();
export const settle = (/** @type {number} */ token, /** @type {number} */ outcome, /** @type {unknown} */ body = undefined) => begin(6)
    .number(token, 4).number(outcome, 1).value(body).done();
export const abandon = (/** @type {number} */ activity) => begin(7).number(activity, 4).done();
export const reload = (/** @type {string} */ source) => begin(8).text(source).done();

/** The fields of each output, by its kind. */
const OUTPUTS = /** @type {const} */ ([
    null, ['loaded', ['bits', 'u32']], ['call', ['activity', 'u32'], ['token', 'u32'], ['target', 'text'], ['op', 'text'], ['timeout_ns', 'i64'], ['body', 'value']],
    ['send', ['activity', 'u32'], ['target', 'text'], ['op', 'text'], ['body', 'value']],
    ['publish', ['activity', 'u32'], ['token', 'u32'], ['target', 'text'], ['topic', 'text'], ['key', 'value'], ['body', 'value']],
    ['sleep', ['activity', 'u32'], ['token', 'u32'], ['duration_ns', 'i64']], ['timer', ['timer', 'u32'], ['delay_ns', 'i64']], ['cancel', ['timer', 'u32']],
    ['cpu', ['activity', 'u32'], ['duration_ns', 'i64']], ['reply', ['activity', 'u32'], ['body', 'value']], ['settled', ['activity', 'u32']],
    ['error', ['activity', 'u32'], ['message', 'text'], ['stack', 'text']], ['log', ['activity', 'u32'], ['level', 'u8'], ['line', 'u32'], ['message', 'text']],
    ['metric', ['activity', 'u32'], ['name', 'text'], ['value', 'f64']],
]);

/** @param {Uint8Array} bytes @returns {Record<string, any>[]} */
export function outputsOf(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    const text = () => {
        const length = view.getUint32(at, true);
        at += 4 + length;
        return new TextDecoder().decode(bytes.subarray(at - length, at));
    };
    /** @type {Record<string, () => any>} */
    const read = {
        u8: () => view.getUint8((at += 1) - 1),
        u32: () => view.getUint32((at += 4) - 4, true),
        i64: () => Number(view.getBigInt64((at += 8) - 8, true)),
        f64: () => view.getFloat64((at += 8) - 8, true),
        text,
        value: () => {
            const json = text();
            return json === '' ? undefined : JSON.parse(json);
        },
    };
    const outputs = [];
    while (at < bytes.length) {
        const layout = OUTPUTS[view.getUint8(at++)];
        if (!layout) throw new Error(`no output has the kind ${view.getUint8(at - 1)}`);
        const [kind, ...fields] = /** @type {any} */ (layout);
        /** @type {Record<string, any>} */
        const output = { kind };
        for (const [name, type] of fields) output[name] = read[type]?.();
        outputs.push(output);
    }
    return outputs;
}

const hex = (/** @type {Uint8Array} */ bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** @param {Uint8Array} bytes */
function hashOf(bytes) {
    let hash = 14695981039346656037n;
    for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 1099511628211n);
    return hash.toString(16).padStart(16, '0');
}

/** What sandbox.c writes for core/handlers/quickjs/trace.c. @param {number} mode @param {number} fuel @param {{ line: number, condition?: string }[]} [stops] */
export function traceRequest(mode, fuel, stops = []) {
    const writer = new Writer().number(mode, 1).number(20_000, 4).number(fuel, 8).number(stops.length, 4);
    for (const { line, condition = '' } of stops) writer.number(line, 4).text(condition);
    return writer.done();
}

/** @param {import('../../../wasm/sandbox.mjs').Sandbox} sandbox @param {Uint8Array} input @param {number} fuel @param {number} mode */
function traceLineOf(sandbox, input, fuel, mode) {
    sandbox.keep();
    if (input[0] === 1) sandbox.renew();
    const outcome = sandbox.trace(traceRequest(mode, fuel, [{ line: 2, condition: "request.op === 'attack'" }]), input, fuel);
    const trace = sandbox.output();
    sandbox.putBack();
    return `${outcome} ${sandbox.fuel} ${trace.length} ${hashOf(trace)}`;
}

/**
 * Gives inputs to a Sandbox of wasm/sandbox.mjs, going back after each that fails, and says what tests/compat/sandbox_inputs.c says.
 * @param {import('../../../wasm/sandbox.mjs').Sandbox} sandbox
 * @param {Uint8Array[]} inputs
 * @param {number} fuel
 * @param {number} [mode] an ss_trace_mode: each is traced before
 */
export function linesOf(sandbox, inputs, fuel, mode) {
    const lines = inputs.flatMap((input) => {
        const traced = mode ? [traceLineOf(sandbox, input, fuel, mode)] : [];
        sandbox.keep();
        if (input[0] === 1) sandbox.renew();
        const outcome = sandbox.invoke(input, fuel);
        const line = `${outcome} ${sandbox.fuel} ${outcome === 0 ? hex(sandbox.output()) : ''}`;
        if (outcome !== 0) sandbox.putBack();
        return [...traced, line];
    });
    const state = sandbox.state();
    return [...lines, `${state.length} ${hashOf(state)}`];
}

/** @param {string} line of an input that went well */
export const outputsOfLine = (line) => outputsOf(Uint8Array.from((line.split(' ')[2] ?? '').match(/../g) ?? [], (pair) => parseInt(pair, 16)));
