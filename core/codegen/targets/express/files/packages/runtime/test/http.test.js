import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { startForTest, startStandIn } from '../src/testing.js';

const openapi = {
  openapi: '3.1.0',
  info: { title: 'Test <service>', version: '1.0.0' },
  paths: {},
  components: {
    schemas: {
      OperationRequest: {
        type: 'object',
        required: ['key'],
        additionalProperties: false,
        properties: { key: { type: 'string', maxLength: 10 }, data: { type: 'object' } },
      },
    },
  },
};

const definition = (more = {}) => ({
  id: 'test',
  port: 0,
  openapi,
  concurrency: 4,
  queue: null,
  operations: {
    echo: { run: async (context) => ({ echoed: context.input.key }) },
    slow: { run: async () => sleep(300) },
    broken: {
      run: async () => {
        throw new Error('a secret detail');
      },
    },
  },
  ...more,
});

test('operations answer, and the answer carries the trace', async (t) => {
  const service = await startForTest(definition());
  t.after(service.close);
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const response = await service.post(
    '/operations/echo',
    { key: 'k1' },
    { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  );
  assert.equal(response.status, 200);
  const body = await response.json();
  assert.deepEqual(body.result, { echoed: 'k1' });
  assert.equal(body.trace_id, traceId);
  assert.equal(response.headers.get('x-request-id'), traceId);
  assert.equal(response.headers.get('x-powered-by'), null);
  assert.match(response.headers.get('content-security-policy'), /default-src 'self'/);
});

test('errors are problem documents and tell nothing internal', async (t) => {
  const service = await startForTest(definition());
  t.after(service.close);
  const cases = [
    [await service.post('/operations/echo', { key: 1, other: 2 }), 400, 'urn:problem:validation'],
    [await service.post('/operations/echo', '{"key":'), 400, 'urn:problem:malformed-json'],
    [await service.post('/operations/echo', { key: 'k', data: { x: 'x'.repeat(200_000) } }), 413],
    [await service.post('/operations/none', { key: 'k' }), 404, 'urn:problem:not-found'],
    [await service.post('/operations/broken', { key: 'k' }), 500, 'urn:problem:internal'],
  ];
  for (const [response, status, type] of cases) {
    assert.equal(response.status, status);
    assert.match(response.headers.get('content-type'), /^application\/problem\+json/);
    const problem = await response.json();
    assert.equal(problem.status, status);
    if (type) assert.equal(problem.type, type);
    assert.doesNotMatch(JSON.stringify(problem), /secret/);
  }
});

test('a call along an edge passes the trace on and gives back the result', async (t) => {
  const standIn = await startStandIn();
  const service = await startForTest(
    definition({
      services: { other: { edge: 'test->other', url: standIn.url, policy: { timeout: 1 } } },
      operations: {
        ask: { run: async (context) => context.services.other.call('echo', context.input) },
      },
    }),
  );
  t.after(standIn.close);
  t.after(service.close);
  const body = await (await service.post('/operations/ask', { key: 'k1' })).json();
  assert.deepEqual(body.result, { standIn: true });
  assert.equal(standIn.requests[0].path, '/operations/echo');
  assert.ok(standIn.requests[0].headers.traceparent.includes(body.trace_id));
  const metrics = await (await service.get('/metrics')).text();
  assert.match(metrics, /scalesim_edge_latency_seconds_count\{[^}]*edge="test->other"[^}]*\} 1/);
  assert.match(metrics, /scalesim_node_response_seconds_count\{[^}]*operation="ask"[^}]*\} 1/);
});

test('a service that cannot be reached is a 502', async (t) => {
  const service = await startForTest(
    definition({
      services: { other: { edge: 'test->other', url: 'http://127.0.0.1:9' } },
      operations: {
        ask: { run: async (context) => context.services.other.call('echo', context.input) },
      },
    }),
  );
  t.after(service.close);
  const response = await service.post('/operations/ask', { key: 'k1' });
  assert.equal(response.status, 502);
  assert.equal((await response.json()).type, 'urn:problem:unreachable');
});

test('documentation is served without any other host', async (t) => {
  const service = await startForTest(definition());
  t.after(service.close);
  const page = await (await service.get('/docs')).text();
  assert.match(page, /Test &#60;service&#62;/);
  assert.doesNotMatch(page, /https?:\/\//);
  for (const path of [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1])) {
    const asset = await service.get(path);
    await asset.arrayBuffer();
    assert.equal(asset.status, 200, path);
  }
  assert.equal((await (await service.get('/openapi.json')).json()).openapi, '3.1.0');
});

test('draining lets requests under way end and says not ready', async () => {
  const service = await startForTest(definition());
  const readiness = await service.get('/readyz');
  assert.deepEqual(await readiness.json(), { status: 'ready', checks: {} });
  const slow = service.post('/operations/slow', { key: 'k' });
  while (service.service.admission.busy === 0) await sleep(5);
  const closing = service.close();
  assert.equal((await slow).status, 200);
  assert.equal(await closing, true);
  await assert.rejects(service.get('/healthz'));
});
