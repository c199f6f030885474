import assert from 'node:assert/strict';
import test from 'node:test';

import { startForTest, startStandIn } from '@capsule/runtime/testing';

import { define } from '../src/service.js';

const OPERATIONS = [
  {{#operations}}
  {
    name: '{{id}}',
    uses: { stores: {{uses_stores}}, caches: {{uses_caches}}, queues: {{uses_queues}} },
  },
  {{/operations}}
];

const NEEDS = { stores: 'DATABASE_URL', caches: 'REDIS_URL', queues: 'REDIS_URL' };

/** The neighbours are stand-ins; PostgreSQL and Redis are the real ones that the environment names. */
async function startAll(t) {
  const standIn = await startStandIn();
  t.after(standIn.close);
  const env = {
    ...process.env,
    WORK_SCALE: '0.01',
    {{#neighbours}}
    {{#is_service}}
    {{upper}}_URL: standIn.url,
    {{/is_service}}
    {{/neighbours}}
  };
  const service = await startForTest(define({{#has_neighbours}}env{{/has_neighbours}}), env);
  t.after(service.close);
  return { service, standIn };
}

for (const { name, uses } of OPERATIONS) {
  const parts = Object.keys(uses).filter((part) => uses[part]);
  const missing = parts.map((part) => NEEDS[part]).filter((variable) => !process.env[variable]);
  const skip = missing.length > 0 ? `set ${missing.join(' and ')} to run it` : false;
  test(`${name} answers with a result and measures itself`, { skip }, async (t) => {
    const { service } = await startAll(t);
    await service.service.ready(parts);
    const body = { key: `test-${name}`, data: { from: 'a test' } };
    const response = await service.post(`/operations/${name}`, body);
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    assert.equal(answer.service, '{{id}}');
    assert.equal(answer.operation, name);
    assert.equal(typeof answer.result, 'object');
    const metrics = await (await service.get('/metrics')).text();
    assert.match(metrics, new RegExp(`scalesim_node_response_seconds_count\\{[^}]*operation="${name}"`));
  });

  test(`${name} refuses a body of another form`, async (t) => {
    const { service } = await startAll(t);
    for (const body of [{}, { key: '' }, { key: 'k', surprise: true }, [], 'not json']) {
      const response = await service.post(`/operations/${name}`, body);
      assert.equal(response.status, 400);
      assert.match(response.headers.get('content-type'), /^application\/problem\+json/);
      await response.arrayBuffer();
    }
  });
}

test('the process is healthy and the contract lists every operation', async (t) => {
  const { service } = await startAll(t);
  assert.deepEqual(await (await service.get('/healthz')).json(), { status: 'ok' });
  const contract = await (await service.get('/openapi.json')).json();
  assert.match(contract.openapi, /^3\.1\./);
  for (const { name } of OPERATIONS) assert.ok(contract.paths[`/operations/${name}`]?.post, name);
  const page = await (await service.get('/docs')).text();
  assert.match(page, /swagger-ui/);
});

test('what does not exist is a problem document', async (t) => {
  const { service } = await startAll(t);
  const response = await service.get('/nowhere');
  assert.equal(response.status, 404);
  assert.equal((await response.json()).type, 'urn:problem:not-found');
});
