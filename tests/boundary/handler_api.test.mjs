// The description of the handler interface, its types and its page say what the interpreter really has.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Sandbox } from '../../wasm/sandbox.mjs';
import { load, outputsOf, request } from './sandbox/inputs.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');
const api = JSON.parse(read('core/handlers/api.json'));
const types = read('wasm/handlers.d.ts');
const page = read('core/handlers/API.md');
const module = new WebAssembly.Module(readFileSync(process.env.SCALESIM_HANDLERS ?? join(root, 'build/handlers.wasm')));

/** What an expression about the node is. @param {string} expression */
function ask(expression) {
    const sandbox = new Sandbox(module, 32 << 20);
    sandbox.invoke(load(`export const onRequest = (request, node) => (${expression});`), 1e9);
    sandbox.invoke(request(1, '', null), 1e9);
    const [answer] = outputsOf(sandbox.output());
    assert.equal(answer?.kind, 'reply', JSON.stringify(answer));
    return answer?.body;
}

test('every member of the node is described, and nothing else', () => {
    const real = ask('Object.getOwnPropertyNames(Object.getPrototypeOf(node)).map((name) => [name, typeof node[name] === "function" ? "method" : "property"])');
    const described = api.node.map((/** @type {any} */ { name, kind }) => [name, kind]);
    assert.deepEqual(described.sort(), real.sort());
});

test('every member of what the node gives is described, and nothing else', () => {
    const made = { Cache: 'node.cache("db")', Table: 'node.table("db", "t")', Disk: 'node.disk', Request: 'request' };
    for (const [type, expression] of Object.entries(made)) {
        const described = api.types.find((/** @type {any} */ { name }) => name === type).members.map((/** @type {any} */ { name }) => name);
        assert.deepEqual(described.sort(), ask(`Object.keys(${expression})`).sort(), type);
    }
});

test('what is said to be absent is absent', () => {
    for (const { name } of api.absent) assert.equal(ask(`typeof ${name}`), 'undefined', name);
});

test('the types and the page have all of it', () => {
    for (const { name, signature } of [...api.node, ...api.types.flatMap((/** @type {any} */ { members }) => members)]) {
        assert.ok(types.includes(`  ${signature};`), `wasm/handlers.d.ts lacks: ${signature}`);
        assert.ok(page.includes(name), `core/handlers/API.md lacks ${name}`);
    }
    for (const { name, signature } of api.handlers) assert.ok(page.includes(name) && signature.startsWith(name), name);
});

test('the examples of the description are JavaScript', () => {
    for (const { name, example } of [...api.handlers, ...api.node]) {
        if (example.includes('…')) continue;
        assert.doesNotThrow(() => new Function('node', 'request', 'order', 'total', 'key', 'error', 'url', `return (async () => { ${example.replaceAll('export ', '')}\n})`), `${name}: ${example}`);
    }
});
