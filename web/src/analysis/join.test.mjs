import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { analyse } from './analyse.js';
import { joined } from './join.js';

const api = JSON.parse(readFileSync(new URL('../../../core/handlers/api.json', import.meta.url), 'utf8'));
const folder = new URL('../../../core/handlers/snippets/', import.meta.url);
const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
const snippet = (/** @type {string} */ name) => readFileSync(new URL(`${name}/snippet.js`, folder), 'utf8');

test('where there is nothing, the added stands alone', () => {
  assert.deepEqual(joined('\n', 'const a = 1;\n', 'x'), { text: 'const a = 1;\n', at: 0, renamed: [] });
});

test('what both declare is renamed in the second, wherever it is meant', () => {
  const above = 'const most = 1;\nexport function onRequest(request, node) {\n  return most;\n}\n';
  const added = 'let most = 5;\nlet list = [];\nexport async function onRequest({ body }, node) {\n  list.push({ most, a: most, b: body.most });\n  most += 1;\n  return list;\n}\n';
  const { text, at, renamed } = joined(above, added, 'batch');
  assert.equal(text.slice(at), 'let most2 = 5;\nlet list = [];\nexport async function batchOnRequest({ body }, node) {\n  list.push({ most: most2, a: most2, b: body.most });\n  most2 += 1;\n  return list;\n}\n');
  assert.ok(text.startsWith(above));
  assert.deepEqual(renamed, [['most', 'most2'], ['onRequest', 'batchOnRequest']]);
});

test('handlers that are not there yet keep their names', () => {
  const { renamed } = joined('export function onMessage(message, node) {}\n', 'export function onRequest(request, node) {}\n', 'x');
  assert.deepEqual(renamed, []);
});

test('a text that cannot be read is joined by what its lines declare', () => {
  const { text, renamed } = joined('const most = ;\nasync function work() {}\nexport function onTimer() {\n', 'const most = 1;\nfunction work() { return most; }\n', 'x');
  assert.deepEqual(renamed, [['most', 'most2'], ['work', 'work2']]);
  assert.match(text, /function work2\(\) \{ return most2; \}/);
});

for (const name of names) {
  test(`${name} can be put below another, and below itself, with nothing lost`, () => {
    const source = snippet(name);
    for (const above of [source, snippet('saga')]) {
      const { text } = joined(above, source, 'more');
      const { findings } = analyse(text, api);
      assert.deepEqual(findings.filter(({ severity }) => severity === 'error'), [], text);
    }
    assert.deepEqual(analyse(joined(source, source, 'more').text, api).findings.filter(({ code }) => code !== 'growing_state'), []);
  });
}
