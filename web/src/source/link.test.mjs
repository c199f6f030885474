import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LINK_BYTES_MAX, linkOf, readLink } from './link.js';

const SHOP = readFileSync(new URL('../../../examples/ecommerce/ecommerce.scalesim.json', import.meta.url), 'utf8');

test('a link holds the design', async () => {
  const link = await linkOf(SHOP, 'https://example.org/studio/?example=mm1#design=old');
  assert.ok(link.startsWith('https://example.org/studio/#design='));
  assert.ok(link.length < 4000, `the shop takes ${link.length} characters`);
  assert.match(link.split('#')[1], /^design=[\w-]+$/, 'nothing in it needs escaping');
  assert.deepEqual(JSON.parse(await readLink(new URL(link).hash)), JSON.parse(SHOP));
});

test('what is no design, or too long, is refused', async () => {
  assert.equal(await readLink(''), null);
  assert.equal(await readLink('#other'), null);
  await assert.rejects(readLink('#design=AAAA'));
  await assert.rejects(readLink('#design=@@'));
  const list = (await linkOf('{"nodes": {}}', 'https://a/')).replace(/.*#/, '#');
  assert.equal(await readLink(list), '{"nodes":{}}');
  await assert.rejects(readLink((await linkOf('[1]', 'https://a/')).replace(/.*#/, '#')), TypeError);
  let state = 1;
  const noise = Array.from({ length: 60_000 }, () => { state = (state * 48271) % 2147483647; return String.fromCharCode(33 + (state % 90)); }).join('');
  assert.equal(await linkOf(JSON.stringify({ name: noise }), 'https://a/'), null);
  assert.ok(LINK_BYTES_MAX <= 64_000);
});
