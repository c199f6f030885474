import assert from 'node:assert/strict';
import { test } from 'node:test';
import { t } from './index.js';

test('parameters are put in, and a number chooses its word', () => {
  assert.equal(t('gallery.nodes', { n: 1 }), '1 node');
  assert.equal(t('gallery.nodes', { n: 3 }), '3 nodes');
  assert.equal(t('welcome', { name: 'Shop' }), 'Shop is missing its target. Press Run.');
  assert.equal(t('no.such.key'), 'no.such.key');
});
