import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { createCache } from '../src/cache.js';
import { createLogger } from '../src/logger.js';
import { createMetrics } from '../src/metrics.js';
import { createStore } from '../src/postgres.js';
import { createConsumer, createPublisher } from '../src/queue.js';
import { connectRedis } from '../src/redis.js';

const { DATABASE_URL, REDIS_URL } = process.env;
const tools = () => ({
  log: createLogger({ service: 'test', level: 'silent' }),
  metrics: createMetrics('test'),
  config: { cacheTtlSeconds: 60 },
});

async function until(condition, what) {
  for (let turn = 0; turn < 1200; turn += 1) {
    if (await condition()) return;
    await sleep(25);
  }
  assert.fail(`waited in vain: ${what}`);
}

test('a store makes its tables once and answers queries', { skip: !DATABASE_URL && 'set DATABASE_URL' }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  t.after(() => rm(folder, { recursive: true }));
  const table = `test_${randomUUID().replaceAll('-', '')}`;
  const file = join(folder, 'one.sql');
  await writeFile(file, `CREATE TABLE IF NOT EXISTS ${table} (key text)`);
  const options = {
    edge: 'test->db',
    url: DATABASE_URL,
    poolSize: 2,
    policy: { timeout: 20 },
    migration: pathToFileURL(file),
    queries: {
      add: { sql: `INSERT INTO ${table} VALUES ($1)`, values: (input) => [input.key] },
      all: { sql: `SELECT key FROM ${table}`, values: () => [] },
      slow: { sql: 'SELECT pg_sleep(0.4)', values: () => [] },
      drop: { sql: `DROP TABLE ${table}`, values: () => [] },
    },
  };
  const stores = [createStore(options, tools()), createStore(options, tools())];
  t.after(() => Promise.all(stores.map((store) => store.close())));
  await Promise.all(stores.map((store) => store.ready));
  await stores[0].check();
  await stores[0].run('add', { key: `it's; DROP TABLE ${table}` });
  const { count, rows } = await stores[1].run('all', {});
  assert.equal(count, 1);
  assert.equal(rows[0].key, `it's; DROP TABLE ${table}`);

  const started = Date.now();
  await Promise.all([1, 2, 3].map(() => stores[0].run('slow', {})));
  assert.ok(Date.now() - started >= 750, 'a pool of two runs the third query after the first');
  await stores[0].run('drop', {});
});

test('a query that takes too long is ended by the server, and its place is free again', { skip: !DATABASE_URL && 'set DATABASE_URL' }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'one.sql');
  await writeFile(file, 'SELECT pg_sleep(0.3)'); // a migration may take longer than a query
  const store = createStore(
    {
      edge: 'test->db',
      url: DATABASE_URL,
      poolSize: 1,
      policy: { timeout: 0.2 },
      migration: pathToFileURL(file),
      queries: {
        slow: { sql: 'SELECT pg_sleep(20)', values: () => [] },
        quick: { sql: 'SELECT 1 AS one', values: () => [] },
      },
    },
    tools(),
  );
  t.after(() => store.close());
  await store.ready;
  const started = Date.now();
  await assert.rejects(store.run('slow', {}), { status: 504, kind: 'timeout' });
  await until(async () => (await store.run('quick', {}).catch(() => ({}))).count === 1, 'a free place');
  assert.ok(Date.now() - started < 15_000, 'before the slow query would have ended');
});

test('a database that is away is a 503', async (t) => {
  const store = createStore(
    {
      edge: 'test->db',
      url: 'postgres://127.0.0.1:9/none',
      poolSize: 1,
      migration: new URL('file:///nowhere.sql'),
      queries: { all: { sql: 'SELECT 1', values: () => [] } },
    },
    tools(),
  );
  t.after(() => store.close());
  await assert.rejects(store.run('all', {}), { status: 503, kind: 'database' });
  await assert.rejects(store.check());
});

test('a cache loads on a miss and answers the next time', { skip: !REDIS_URL && 'set REDIS_URL' }, async (t) => {
  const { metrics, ...rest } = tools();
  const options = { id: `test-${randomUUID()}`, edge: 'test->cache', url: REDIS_URL, ttlSeconds: 2 };
  const cache = createCache(options, { metrics, ...rest });
  t.after(() => cache.close());
  await cache.ready;
  await cache.check();
  let loads = 0;
  const load = async () => ({ loaded: (loads += 1) });
  const fetchIt = () => cache.fetch('read', { key: 'k' }, load);
  assert.deepEqual(await fetchIt(), { hit: false, value: { loaded: 1 } });
  assert.deepEqual(await fetchIt(), { hit: true, value: { loaded: 1 } });
  await sleep(2200);
  assert.deepEqual(await fetchIt(), { hit: false, value: { loaded: 2 } });
  assert.match(await metrics.registry.metrics(), /scalesim_cache_requests_total\{[^}]*outcome="miss"[^}]*\} 2/);
});

test('each message is handled once, failures again, and the hopeless are buried', { skip: !REDIS_URL && 'set REDIS_URL' }, async (t) => {
  const queue = `test-${randomUUID()}`;
  const options = { id: queue, edge: 'test->queue', url: REDIS_URL, delivery: 'compete', capacity: 50 };
  const publisher = createPublisher(options, tools());
  const redis = connectRedis(REDIS_URL, { ...tools(), name: 'test' });
  await Promise.all([publisher.ready, redis.ready]);
  const handled = [];
  const failures = new Map();
  const handle = async (operation, input) => {
    const count = (failures.get(input.key) ?? 0) + 1;
    failures.set(input.key, count);
    if (input.key === 'hopeless' || (input.key === 'second-try' && count === 1)) throw new Error('no');
    handled.push(`${operation}:${input.key}`);
  };
  const consumers = [1, 2].map(() =>
    createConsumer(
      { queue, group: 'workers', url: REDIS_URL, delivery: 'compete', prefetch: 4, maxDeliveries: 2 },
      { ...tools(), handle },
    ),
  );
  t.after(async () => {
    await Promise.all(consumers.map((consumer) => consumer.close()));
    await redis.client.del([`queue:${queue}`, `queue:${queue}:dead`]);
    await Promise.all([publisher.close(), redis.close()]);
  });
  for (let i = 0; i < 20; i += 1) await publisher.publish('work', { key: `k${i}` });
  await publisher.publish('work', { key: 'second-try' });
  await publisher.publish('work', { key: 'hopeless' });
  const dead = () => redis.client.xLen(`queue:${queue}:dead`);
  await until(async () => handled.length === 21 && (await dead()) === 1, '21 messages and a dead one');
  assert.equal(new Set(handled).size, 21);
  assert.equal(failures.get('hopeless'), 2);
  await until(async () => (await redis.client.xLen(`queue:${queue}`)) === 0, 'an empty queue');
});

test('a full queue refuses, and every group of a broadcast reads all', { skip: !REDIS_URL && 'set REDIS_URL' }, async (t) => {
  const queue = `test-${randomUUID()}`;
  const full = createPublisher(
    { id: queue, edge: 'test->queue', url: REDIS_URL, delivery: 'compete', capacity: 1 },
    tools(),
  );
  await full.ready;
  await full.publish('work', { key: 'a' });
  await assert.rejects(full.publish('work', { key: 'b' }), { status: 503, kind: 'queue-full' });
  const seen = { one: 0, two: 0 };
  const consumers = Object.keys(seen).map((group) =>
    createConsumer(
      { queue, group, url: REDIS_URL, delivery: 'broadcast', prefetch: 2, maxDeliveries: 1 },
      {
        ...tools(),
        handle: async () => {
          seen[group] += 1;
        },
      },
    ),
  );
  t.after(() => Promise.all([...consumers.map((consumer) => consumer.close()), full.close()]));
  await until(() => seen.one === 1 && seen.two === 1, 'both groups');
});
