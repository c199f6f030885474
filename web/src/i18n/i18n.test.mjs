import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import canvas from './en/canvas.js';
import shell from './en/shell.js';
import { t } from './index.js';

const src = fileURLToPath(new URL('..', import.meta.url));
const sources = readdirSync(src, { recursive: true }).filter((file) => /\.js$/.test(file) && !file.startsWith('i18n'))
  .map((file) => [file, readFileSync(join(src, file), 'utf8')]);
const table = { ...canvas, ...shell };

test('every key that is used is in a table, once', () => {
  for (const [file, text] of sources) {
    for (const [, key] of text.matchAll(/\bt\(\s*'([a-z][\w.-]*)'/g)) assert.ok(key in table, `${file}: ${key}`);
    for (const [, key] of text.matchAll(/\btitle: '([a-z]+\.[\w.]+)'/g)) assert.ok(key in table, `${file}: ${key}`);
  }
  assert.deepEqual(Object.keys(canvas).filter((key) => key in shell), []);
});

test('every key in a table is used', () => {
  const all = sources.map(([, text]) => text).join('\n');
  const isMade = (key) => [...all.matchAll(/`([a-z]+[\w.]*)\$\{/g)].some(([, start]) => key.startsWith(start));
  const unused = Object.keys(table).filter((key) => !all.includes(`'${key}'`) && !isMade(key));
  assert.deepEqual(unused, []);
});

test('parameters are put in, and a number chooses its word', () => {
  assert.equal(t('gallery.nodes', { n: 1 }), '1 node');
  assert.equal(t('gallery.nodes', { n: 3 }), '3 nodes');
  assert.equal(t('welcome', { name: 'Shop' }), 'Shop is missing its target. Press Run.');
  assert.equal(t('no.such.key'), 'no.such.key');
});
