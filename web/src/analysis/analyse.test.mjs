import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { analyse, applied } from './analyse.js';

const api = JSON.parse(readFileSync(new URL('../../../core/handlers/api.json', import.meta.url), 'utf8'));
const targets = { db: { hasTimeout: true }, slow: { hasTimeout: false }, cache: { hasTimeout: true } };
const codes = (/** @type {string} */ source) => analyse(source, api, { targets }).findings.map(({ code }) => code);
const inHandler = (/** @type {string} */ body, top = '') => `${top}\nexport async function onRequest(request, node) {\n${body}\n}\n`;

/** What is found, in code within a handler. @type {[name: string, body: string, found: string[], top?: string][]} */
const CASES = [
  ['nothing in good code', 'const user = await node.call("db", { id: 1 }, { op: "get" });\nreturn user;', []],
  ['a syntax error', 'return 1 +;', ['syntax']],
  ['an open string', 'return "abc', ['syntax']],
  ['a member that there is not', 'return node.cal("db");', ['unknown_member']],
  ['a member far from any', 'return node.broadcastEverything();', ['unknown_member_far']],
  ['every member that there is', 'node.log(node.id, node.replica, node.replicas, node.peers, node.targets, node.now(), node.random()); node.metric("a"); node.cpu(1); node.reply(1); node.clearTimer(1);', []],
  ['a node by another name is a node too', 'return 1;', ['unknown_member'], 'export function onMessage(message, self) { self.lgo("x"); }'],
  ['what another object has is its own affair', 'const other = { cal() {} }; return other.cal();', []],
  ['setTimeout', 'setTimeout(() => 1, 5);', ['absent']],
  ['fetch', 'return fetch("https://example.org");', ['absent']],
  ['typeof of what there is not', 'return typeof process;', []],
  ['a setTimeout of its own', 'return setTimeout();', [], 'function setTimeout() { return 1; }'],
  ['a name that nobody declared', 'return usres.length;', ['undefined_name']],
  ['names of properties are no variables', 'const a = { whatever: 1 }; return a.anything + a["x"];', []],
  ['names from patterns and catch', 'const { a: b, ...rest } = request.body; try { b(); } catch (problem) { return [problem, rest]; } for (const [k, v] of Object.entries(rest)) node.log(k, v);', []],
  ['labels are no variables', 'outer: for (const x of [1]) { if (x) break outer; }', []],
  ['what the language defines', 'return [new Map(), Math.max(1, 2), JSON.stringify(NaN), structuredCloneOf(1), new Uint8Array(2), CallError];', [], 'const structuredCloneOf = (x) => x;'],
  ['an import', 'return 1;', ['import'], 'import x from "y"; x;'],
  ['a call that nobody awaits', 'node.call("db", 1);', ['missing_await']],
  ['a publication that nobody awaits', 'node.publish("db", 1);', ['missing_await']],
  ['a sleep that nobody awaits', 'node.sleep(5);', ['missing_await']],
  ['a helper that nobody awaits', 'node.cache("cache").set("a", 1);', ['missing_await']],
  ['a helper kept in a variable', 'const rows = node.table("db", "t"); rows.put("a", 1);', ['missing_await']],
  ['a value asked of a promise', 'return node.call("db", 1).value;', ['missing_await_value']],
  ['a send has no promise', 'node.send("db", 1);', []],
  ['then and catch are an answer to it', 'node.call("db", 1).catch((e) => node.log(e));', []],
  ['void says that it is meant', 'void node.call("db", 1);', []],
  ['promises kept for later', 'const both = [node.call("db", 1), node.call("cache", 2)]; return Promise.all(both);', []],
  ['a call in a loop', 'for (const id of request.body) await node.call("db", id);', ['call_in_loop']],
  ['a helper in a while loop', 'let i = 0; while (i < request.body) { await node.cache("cache").get(i); i += 1; }', ['call_in_loop']],
  ['a sleep in a loop', 'for (let i = 0; i < 3; i++) await node.sleep(5);', []],
  ['a loop that tries again', 'for (let i = 0; i < 3; i++) { try { return await node.call("db", 1); } catch (e) { await node.sleep(i * 10); } }', []],
  ['a loop that tries again until a change is taken', 'for (;;) { const { version } = await node.call("db", 1, { op: "get" }); if (await node.table("db", "t").put("a", 1, { if: version })) return; }', []],
  ['a loop that tries again, by while', 'while (true) { if (await node.table("db", "t").put("a", 1)) break; }', []],
  ['what is looped over is asked once', 'for (const row of await node.table("db", "t").query()) node.log(row);', []],
  ['parallel calls over a list', 'return Promise.all(request.body.map((id) => node.call("db", id)));', []],
  ['two reads one after another', 'const a = await node.cache("cache").get(1);\nconst b = await node.table("db", "t").get(2);\nreturn [a, b];', ['sequential_calls']],
  ['two reads by op', 'const a = await node.call("db", 1, { op: "get" });\nconst b = await node.call("cache", 2, { op: "get" });\nreturn [a, b];', ['sequential_calls']],
  ['the second needs the first', 'const a = await node.cache("cache").get(1);\nconst b = await node.table("db", "t").get(a.id);\nreturn b;', []],
  ['writes keep their order', 'const a = await node.call("db", 1, { op: "put" });\nconst b = await node.call("db", 2, { op: "put" });\nreturn [a, b];', []],
  ['a target without an edge', 'await node.call("bd", 1);', ['unknown_target']],
  ['a target that is not written out', 'await node.call(request.body.to, 1, { timeout: 5 });', []],
  ['no time-out anywhere', 'await node.call("slow", 1);', ['missing_timeout']],
  ['a time-out of its own', 'await node.call("slow", 1, { timeout: "1s" });', []],
  ['options that come from elsewhere', 'await node.call("slow", 1, request.body);', []],
  ['a list of the module that only grows', 'seen.push(request.id);', ['growing_state'], 'const seen = [];'],
  ['a map of the module that only grows', 'seen.set(request.id, 1);', ['growing_state'], 'const seen = new Map();'],
  ['a map that is cleaned', 'seen.set(request.id, 1); if (seen.size > 100) seen.clear();', [], 'const seen = new Map();'],
  ['a list in the state that only grows', 'node.state.all.push(request.id);', ['growing_state']],
  ['a list in the state that is made if need be', 'node.state.all = node.state.all ?? []; node.state.all.push(request.id);', ['growing_state']],
  ['a list in the state that begins again', 'node.state.all.push(request.id); if (node.state.all.length > 9) node.state.all = [];', []],
  ['a state by key', 'node.state[request.body.user] = 1;', ['growing_state']],
  ['a state by key, forgotten again', 'node.state[request.id] = 1; await node.sleep(1); delete node.state[request.id];', []],
  ['what a parameter names is not the module\'s', 'keep(request.id, node);', [], 'function keep(id, node) { node.disk.set("last", id); }'],
  ['a counter does not grow', 'node.state.n = (node.state.n ?? 0) + 1;', []],
  ['a list of the handler itself', 'const list = []; list.push(1); return list;', []],
  ['filling at the start', 'return table.length;', [], 'const table = []; export function onStart(node) { for (let i = 0; i < 9; i++) table.push(i); }'],
  ['a loop in a loop', 'let n = 0; for (const a of request.body) for (const b of request.body) if (a === b) n += 1; return n;', ['steep']],
  ['a search in a loop', 'return request.body.filter((a) => request.body.includes(a));', ['steep']],
  ['a loop in a function called in a loop', 'for (const a of request.body) count(a, request.body);', ['steep'], 'function count(a, all) { let n = 0; for (const b of all) n += b === a; return n; }'],
  ['loops one after another', 'for (const a of request.body) node.log(a); for (const b of request.body) node.log(b);', []],
  ['one walk after another, in a chain', 'for (const a of request.body.filter((b) => b.x).sort()) node.log(a); return request.body.map((a) => a.x).sort().join();', []],
  ['a list that stands in the code, in a loop', 'for (const a of request.body) for (const b of [1, 2]) node.log(a, b, PEERS.map((one) => one.id));', [], 'const PEERS = [{ id: 1 }];'],
  ['trying again, in a loop', 'return request.body.map(async (a) => { for (;;) if (await node.table("db", "t").put("a", a)) return; });', []],
  ['a loop of eight in a loop', 'for (const a of request.body) for (let i = 0; i < 8; i++) node.log(a, i);', []],
];

for (const [name, body, found, top] of CASES) {
  test(name, () => assert.deepEqual(codes(inHandler(body, top)), found));
}

test('no handler, or one that is spelt wrongly', () => {
  assert.deepEqual(codes('const x = 1; export default x;'), ['no_handler']);
  assert.deepEqual(codes('export function onrequest(request, node) { return 1; }'), ['misspelt_handler']);
  assert.deepEqual(codes('const onTimer = (timer, node) => 1; export { onTimer };'), []);
});

test('places and values', () => {
  const source = inHandler('return node.cal("db");');
  const [finding] = analyse(source, api).findings;
  assert.equal(source.slice(finding?.from, finding?.to), 'cal');
  assert.deepEqual(finding?.values, { name: 'cal', meant: 'call' });
  const wrong = 'function onRequest() {\n  return 1 +;\n}';
  const [syntax] = analyse(wrong, api).findings;
  assert.equal(syntax?.from, wrong.indexOf(';'));
  assert.equal(syntax?.values.message, 'Unexpected token');
});

test('a fix mends what was found, and nothing else', () => {
  /** @type {[string, string][]} */
  const fixes = [
    ['return node.cal("db");', 'return node.call("db");'],
    ['node.call("db", 1);', 'await node.call("db", 1);'],
    ['return node.call("db", 1).value;', 'return (await node.call("db", 1)).value;'],
    ['await node.call("slow");', 'await node.call("slow", undefined, { timeout: \'1s\' });'],
    ['await node.call("slow", 1);', 'await node.call("slow", 1, { timeout: \'1s\' });'],
    ['await node.call("slow", 1, { op: "get" });', 'await node.call("slow", 1, { op: "get", timeout: \'1s\' });'],
    ['await node.call("bd", 1);', 'await node.call(\'db\', 1);'],
    ['const a = await node.cache("cache").get(1);\nconst b = await node.table("db", "t").get(2);\nreturn [a, b];', 'const [a, b] = await Promise.all([node.cache("cache").get(1), node.table("db", "t").get(2)]);\nreturn [a, b];'],
  ];
  for (const [before, after] of fixes) {
    const source = inHandler(before);
    const [finding, ...more] = analyse(source, api, { targets }).findings;
    assert.equal(more.length, 0, before);
    assert.equal(applied(source, finding?.fix ?? assert.fail(`no fix for ${before}`)), inHandler(after));
    assert.deepEqual(codes(inHandler(after)), [], after);
  }
});

test('where a fix is not safe there is none', () => {
  const [sync] = analyse('export function onRequest(request, node) { node.call("db", 1); }', api).findings;
  assert.equal(sync?.code, 'missing_await');
  assert.equal(sync?.fix, undefined, 'await is for async functions');
  const [kept] = analyse(inHandler('let a = await node.cache("cache").get(1);\nlet b = await node.cache("cache").get(2);\na = b;'), api).findings;
  assert.equal(kept?.code, 'sequential_calls');
  assert.equal(kept?.fix, undefined, 'let may be set again');
});

test('complexity is told for each handler', () => {
  const source = `${inHandler('for (const a of request.body) for (const b of a) node.log(b);')}export function onTimer(timer, node) { return 1; }`;
  assert.deepEqual(analyse(source, api).complexity.map(({ handler, order }) => [handler, order]), [['onRequest', 2], ['onTimer', 0]]);
});
