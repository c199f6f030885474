// The handler interface: what code says to its node becomes the messages of core/handlers/protocol.h.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Sandbox } from '../../wasm/sandbox.mjs';
import { OUTCOMES, abandon, load, message, outputsOf, reload, request, settle, start, timer } from './sandbox/inputs.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const bytes = readFileSync(process.env.SCALESIM_HANDLERS ?? join(root, 'build/handlers.wasm'));
const module = new WebAssembly.Module(bytes);
const FUEL = 100_000_000;

/** A sandbox with code; a function gives it an input and takes the outputs. @param {string} source */
function sandboxWith(source) {
    const sandbox = new Sandbox(module, 32 << 20);
    /** @param {Uint8Array} input */
    const give = (input) => {
        assert.equal(OUTCOMES[sandbox.invoke(input, FUEL)], 'ok');
        return outputsOf(sandbox.output());
    };
    const loaded = give(load(source));
    assert.equal(loaded[0]?.kind, 'loaded', JSON.stringify(loaded));
    return Object.assign(give, { loaded, sandbox });
}

/** @param {Record<string, any>[]} outputs @param {string} kind */
const the = (outputs, kind) => /** @type {Record<string, any>} */ (outputs.find((output) => output.kind === kind) ?? assert.fail(`no ${kind} in ${JSON.stringify(outputs)}`));

test('the module imports nothing, and is small enough to be loaded with a design', () => {
    assert.deepEqual(WebAssembly.Module.imports(module), []);
    assert.ok(gzipSync(bytes, { level: 9 }).length <= 400_000);
});

test('loading says which handlers there are, exported or not', () => {
    assert.equal(sandboxWith('export async function onRequest() {}').loaded[0]?.bits, 2);
    assert.equal(sandboxWith('const onStart = () => {}, onTimer = () => {}; export { onStart }; function onMessage() {}').loaded[0]?.bits, 13);
    assert.equal(sandboxWith('let onRequest = 5;').loaded[0]?.bits, 0);
});

test('a request, its answer and what it was told', () => {
    const give = sandboxWith('export const onRequest = (request, node) => ({ ...request, node: [node.id, node.replica, node.replicas, node.peers, Object.keys(node.targets)] });');
    assert.deepEqual(give(request(5, 'buy', { a: [1, 'ä', null] })), [
        { kind: 'reply', activity: 5, body: { id: 1005, op: 'buy', from: 'client', body: { a: [1, 'ä', null] }, node: ['orders', 0, 1, ['db'], ['db']] } },
        { kind: 'settled', activity: 5 },
    ]);
});

test('a message and a timer have their fields', () => {
    const give = sandboxWith('export function onMessage(m, node) { node.log(m); node.setTimer("2s", { again: m.body }); }\nfunction onTimer(t, node) { node.log(t); }');
    const outputs = give(message(3, [7]));
    assert.deepEqual(JSON.parse(the(outputs, 'log').message), { id: 7, topic: 'paid', from: 'client', key: 'key', partition: 2, offset: 40, deliveries: 1, body: [7] });
    const set = the(outputs, 'timer');
    assert.equal(set.delay_ns, 2e9);
    assert.deepEqual(JSON.parse(the(give(timer(4, set.timer)), 'log').message), { id: set.timer, data: { again: [7] } });
    assert.deepEqual(give(timer(5, set.timer)), [{ kind: 'settled', activity: 5 }], 'a timer fires once');
});

test('a call is awaited, and its failure says how', () => {
    const give = sandboxWith('export async function onRequest(r, node) { try { return await node.call("db", r.body, { op: "get", timeout: "5ms" }); } catch (e) { return [e.outcome, e.target, e.op, e.name, e.message, e instanceof CallError, e.body]; } }');
    const call = the(give(request(1, '', { k: 1 })), 'call');
    assert.deepEqual([call.target, call.op, call.timeout_ns, call.body], ['db', 'get', 5e6, { k: 1 }]);
    assert.deepEqual(the(give(settle(call.token, 0, 'there')), 'reply').body, 'there');
    for (const [outcome, name] of [[1, 'timeout'], [2, 'rejected'], [3, 'failed'], [4, 'breaker_open']]) {
        const { token } = the(give(request(2, '', 1)), 'call');
        const { body } = the(give(settle(token, /** @type {number} */ (outcome), { why: 1 })), 'reply');
        assert.deepEqual([body[0], body[1], body[2], body[3], body[5], body[6]], [name, 'db', 'get', 'CallError', true, { why: 1 }]);
    }
});

test('calls in parallel are settled in any order', () => {
    const give = sandboxWith('export const onRequest = async (r, node) => Promise.all([1, 2, 3].map((n) => node.call("db", n)));');
    const tokens = give(request(1, '')).map(({ token }) => token);
    assert.equal(new Set(tokens).size, 3);
    assert.deepEqual(give(settle(tokens[2], 0, 'c')), []);
    assert.deepEqual(give(settle(tokens[0], 0, 'a')), []);
    assert.deepEqual(the(give(settle(tokens[1], 0, 'b')), 'reply').body, ['a', 'b', 'c']);
    assert.deepEqual(give(settle(tokens[1], 0, 'b')), [], 'a token is settled once');
});

test('an activity is settled when nothing of it is left', () => {
    const give = sandboxWith('export function onRequest(r, node) { node.publish("db", 1, { key: "k", topic: "t" }); node.send("db", 2, { op: "x" }); node.sleep(5).then(() => node.metric("late")); return 9; }');
    const outputs = give(request(1, ''));
    assert.deepEqual(outputs.map(({ kind }) => kind), ['publish', 'send', 'sleep', 'reply']);
    assert.deepEqual([outputs[0]?.key, outputs[0]?.topic, outputs[1]?.op, outputs[2]?.duration_ns], ['k', 't', 'x', 5e6]);
    assert.deepEqual(give(settle(outputs[0]?.token, 0)), []);
    assert.deepEqual(give(settle(outputs[2]?.token, 0)).map(({ kind }) => kind), ['metric', 'settled']);
});

test('an early reply is the only one', () => {
    const give = sandboxWith('export async function onRequest(r, node) { node.reply("early"); await node.sleep(1); if (r.body) node.reply("late"); return "end"; }');
    const outputs = give(request(1, ''));
    assert.equal(the(outputs, 'reply').body, 'early');
    assert.deepEqual(give(settle(the(outputs, 'sleep').token, 0)), [{ kind: 'settled', activity: 1 }]);
    const twice = give(settle(the(give(request(2, '', true)), 'sleep').token, 0));
    assert.match(the(twice, 'error').message, /has its answer already/);
});

test('errors carry their place in the source', () => {
    const give = sandboxWith('function deep() {\n  null.x;\n}\nexport async function onRequest(r, node) {\n  if (r.op === "call")\n    await node.call("db");\n  deep();\n}');
    const error = the(give(request(1, '')), 'error');
    assert.match(error.message, /^TypeError/);
    assert.match(error.stack, /deep \(handler\.js:2:/);
    assert.match(error.stack, /onRequest \(handler\.js:7:/);
    const failed = the(give(settle(the(give(request(2, 'call')), 'call').token, 1)), 'error');
    assert.match(failed.message, /timed out/);
    assert.match(failed.stack, /handler\.js:6/);
});

test('wrong use is told in words', () => {
    const give = sandboxWith(`let kept;
        export const onStart = (node) => { kept = node; };
        const uses = { target: (n) => n.call('cache'), none: (n) => n.call(), duration: (n) => n.sleep('soon'), negative: (n) => n.sleep(-1), metric: (n) => n.metric('x', NaN), options: (n) => n.call('db', 1, 'get'), old: () => kept.log('x'), zero: (n) => n.call('db', 1, { timeout: 0 }) };
        export const onRequest = (r, node) => uses[r.op](node);`);
    give(start(1));
    for (const [op, words] of Object.entries({ target: /no edge to "cache"/, none: /the id of a node/, duration: /"50ms"/, negative: /not negative/, metric: /finite number/, options: /\{op: "get"\}/, old: /has ended/, zero: /more than 0/ })) {
        assert.match(the(give(request(2, op)), 'error').message, words);
    }
});

test('durations have units', () => {
    const give = sandboxWith('export function onRequest(r, node) { for (const d of r.body) node.cpu(d); }');
    const durations = [1, 0.5, '3ms', '2s', '1.5m', '1h', '1d', '7us', '9ns', '1e3ms', '2 s'];
    assert.deepEqual(give(request(1, '', durations)).filter(({ kind }) => kind === 'cpu').map(({ duration_ns }) => duration_ns),
        [1e6, 5e5, 3e6, 2e9, 9e10, 36e11, 864e11, 7000, 9, 1e9, 2e9]);
});

test('an abandoned activity does nothing more', () => {
    const give = sandboxWith('export async function onRequest(r, node) { await node.call("db"); node.log("never"); return 1; }');
    const { token } = the(give(request(1, '')), 'call');
    assert.deepEqual(give(abandon(1)), []);
    assert.deepEqual(give(settle(token, 0)), []);
});

test('new code keeps state, timers and what is awaited; code that does not load changes nothing', () => {
    const give = sandboxWith('export async function onRequest(r, node) { node.state.n = (node.state.n ?? 0) + 1; await node.call("db"); return "old"; }');
    const { token } = the(give(request(1, '')), 'call');
    assert.equal(the(give(reload('export const onRequest = (r, node) => ["new", node.state.n];')), 'loaded').bits, 2);
    assert.deepEqual(the(give(request(2, '')), 'reply').body, ['new', 1]);
    assert.equal(the(give(settle(token, 0)), 'reply').body, 'old');
    assert.match(the(give(reload('export const onRequest = ')), 'error').message, /^SyntaxError/);
    assert.deepEqual(the(give(request(3, '')), 'reply').body, ['new', 1]);
});

test('a rejection that nobody handles is logged', () => {
    const give = sandboxWith('export function onRequest(r, node) { Promise.reject(new Error("lost")); return 1; }');
    const outputs = give(request(1, ''));
    assert.equal(the(outputs, 'reply').body, 1);
    assert.match(the(outputs, 'log').message, /nobody awaits: Error: lost/);
    assert.equal(the(outputs, 'log').level, 3);
});

test('a log says its line and its level, and is cut', () => {
    const give = sandboxWith('export function onRequest(r, node) {\n  node.warn("a", 1, { b: 2 }, [3]);\n  console.log("ä".repeat(5000));\n}');
    const [warned, long] = give(request(1, '')).filter(({ kind }) => kind === 'log');
    assert.deepEqual([warned?.message, warned?.level, warned?.line], ['a 1 {"b":2} [3]', 2, 2]);
    assert.equal(long?.message, 'ä'.repeat(2048));
});

test('the helpers for data speak the bodies that API.md documents', () => {
    const give = sandboxWith(`export async function onRequest(r, node) { return (0, uses[r.op])(node); }
        const uses = {
            get: (n) => n.cache('db').get('k'), set: (n) => n.cache('db').set('k', 1, { ttl: '5s' }), add: (n) => n.cache('db').add('k', 1), increment: (n) => n.cache('db').increment('k', 2), drop: (n) => n.cache('db').delete('k'),
            row: (n) => n.table('db', 't').get(5), put: (n) => n.table('db', 't').put('k', { a: 1 }, { if: 'absent' }), query: (n) => n.table('db', 't').query({ where: { a: 1 }, limit: 3 }),
            both: (n) => n.transaction('db', [{ op: 'put', table: 't', key: 1, value: 2 }]),
        };`);
    /** @type {[string, string, any, any, any][]} */
    const cases = [
        ['get', 'get', { key: 'k' }, { hit: true, value: 3 }, 3], ['get', 'get', { key: 'k' }, { hit: false }, undefined],
        ['set', 'set', { key: 'k', value: 1, ttl: '5s' }, {}, undefined], ['add', 'add', { key: 'k', value: 1 }, { stored: true }, true],
        ['increment', 'increment', { key: 'k', by: 2 }, { value: 7 }, 7], ['drop', 'delete', { key: 'k' }, { existed: false }, false],
        ['row', 'get', { table: 't', key: 5 }, { found: true, value: 1, version: 2 }, 1],
        ['put', 'put', { table: 't', key: 'k', value: { a: 1 }, if: 'absent' }, { stored: false }, false],
        ['query', 'query', { table: 't', where: { a: 1 }, limit: 3 }, { rows: [{ key: 'x', value: 1 }] }, [{ key: 'x', value: 1 }]],
        ['both', 'transaction', { ops: [{ op: 'put', table: 't', key: 1, value: 2 }] }, { committed: true, results: [1] }, { committed: true, results: [1] }],
    ];
    for (const [use, op, body, answer, result] of cases) {
        const call = the(give(request(1, use)), 'call');
        assert.deepEqual([call.target, call.op, call.body], ['db', op, body]);
        assert.deepEqual(the(give(settle(call.token, 0, answer)), 'reply').body, result);
    }
});

test('JSON is read and written as JSON.parse and JSON.stringify do', () => {
    let seed = 1;
    const random = (/** @type {number} */ below) => {
        seed = (seed * 48271) % 2147483647;
        return seed % below;
    };
    const texts = ['', 'a', 'plain text', 'quo"te', 'back\\slash', 'line\nbreak', 'ä', '€', '🙂', '\u0000', '\ud800', '__proto__', 'toJSON', '12', 'constructor', '\u007f', '\u2028'];
    const numbers = [0, -0, 1, -1, 2147483647, -2147483648, 2147483648, 0.1, -0.5, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 123456789012345, 1234567890123456, 0.1 + 0.2, 100.25, 12345.678901];
    const valueOf = (/** @type {number} */ depth) => {
        const kind = random(depth > 0 ? 9 : 7);
        if (kind < 2) return numbers[random(numbers.length)];
        if (kind < 4) return texts[random(texts.length)];
        if (kind < 7) return [null, true, false][kind - 4];
        const count = random(4);
        if (kind === 7) return Array.from({ length: count }, () => valueOf(depth - 1));
        return Object.fromEntries(Array.from({ length: count }, () => [texts[random(texts.length)], valueOf(depth - 1)]));
    };
    const give = sandboxWith('export const onRequest = (r) => { delete Object.prototype.toJSON; return { same: r.body, text: JSON.stringify(r.body) }; };');
    for (let i = 0; i < 2000; i++) {
        const value = JSON.parse(JSON.stringify(valueOf(4)));
        const { same, text } = the(give(request(1, '', value)), 'reply').body;
        assert.equal(text, JSON.stringify(value));
        assert.equal(JSON.stringify(same), JSON.stringify(value));
    }
});

test('JSON that is not plain goes the long way', () => {
    const give = sandboxWith(`class Money { constructor(n) { this.n = n; } toJSON() { return \`$\${this.n}\`; } }
        const values = {
            date: () => new Date(0), json: () => ({ a: new Money(5), [Symbol('s')]: 1, f() {}, u: undefined }), holes: () => [1, , undefined, () => 1], numbers: () => [NaN, Infinity, -0, 1n === 1n],
            inherited: () => Object.create({ up: 1 }, { own: { value: 2, enumerable: true }, hidden: { value: 3 } }), getter: () => ({ get x() { return 4; } }), keys: () => ({ b: 1, 2: 2, a: 3, 1: 4 }),
            boxed: () => [new Number(1), new String('s'), new Boolean(false)], typed: () => new Uint8Array([1, 2]), map: () => new Map([[1, 2]]), extra: () => Object.assign([1, 2], { more: 3 }),
            shared: () => { const o = { n: 1 }; return [o, o]; }, long: () => { const a = [1, 2]; a.length = 4; return a; }, rope: () => 'a'.repeat(500) + 'b'.repeat(9000), nothing: () => undefined, fn: () => () => 1,
            deep: () => { let o = 1; for (let i = 0; i < 100; i++) o = [o]; return o; }, deleted: () => { const o = { a: 1, b: 2, c: 3 }; delete o.b; return o; }, proxy: () => new Proxy({ p: 1 }, {}), frozen: () => Object.freeze({ z: 'ü' }),
            array: () => { Array.prototype.toJSON = () => 'mine'; try { return { list: JSON.parse(JSON.stringify([1])) }; } finally { delete Array.prototype.toJSON; } },
        };
        export const onRequest = (r) => values[r.op]();`);
    const expected = {
        date: '1970-01-01T00:00:00.000Z', json: { a: '$5' }, holes: [1, null, null, null], numbers: [null, null, 0, true], inherited: { own: 2 }, getter: { x: 4 }, boxed: [1, 's', false],
        typed: { 0: 1, 1: 2 }, map: {}, extra: [1, 2], shared: [{ n: 1 }, { n: 1 }], long: [1, 2, null, null], rope: 'a'.repeat(500) + 'b'.repeat(9000), nothing: undefined, fn: undefined,
        deleted: { a: 1, c: 3 }, proxy: { p: 1 }, frozen: { z: 'ü' }, array: { list: 'mine' }, keys: { 1: 4, 2: 2, b: 1, a: 3 },
    };
    for (const [op, value] of Object.entries(expected)) assert.equal(JSON.stringify(the(give(request(1, op)), 'reply').body), JSON.stringify(value), op);
    assert.equal(JSON.stringify(the(give(request(1, 'deep')), 'reply').body).length, 201);
});

test('the clock, chance and dates are simulated', () => {
    const source = 'export const onRequest = (r, node) => [node.now(), Date.now(), new Date().toISOString(), Math.random(), node.random()];';
    const [first, second] = [sandboxWith(source), sandboxWith(source)].map((give) => the(give(request(1, '')), 'reply').body);
    assert.deepEqual(first, second);
    assert.deepEqual(first.slice(0, 3), [0, Date.UTC(2026, 0, 1), '2026-01-01T00:00:00.000Z']);
});
