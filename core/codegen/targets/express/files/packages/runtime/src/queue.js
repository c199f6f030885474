import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { createPolicy } from './policy.js';
import { Problem } from './problem.js';
import { connectRedis } from './redis.js';
import { continueTrace, traceparent, withTrace } from './trace.js';

const BLOCK_MS = 1000;
const RECLAIM_IDLE_MS = 30_000; // a message held longer than this was left by a dead consumer
const RECLAIM_EVERY_MS = 10_000;
const RETRY_PAUSE_MS = 200;
const STREAM_LENGTH_MAX = 1_000_000; // of a broadcast stream without a modelled capacity

const streamOf = (queue) => `queue:${queue}`;
const deadLettersOf = (queue) => `queue:${queue}:dead`;

/**
 * Publishes to a queue kept as a Redis stream. With delivery "compete" a message is removed when it
 * has been consumed; with "broadcast" every group reads all of them, and the oldest are dropped.
 * @param {{ id: string, edge: string, url: string, delivery: 'compete' | 'broadcast',
 *           capacity?: number, policy?: object }} options
 */
export function createPublisher({ id, edge, url, delivery, capacity, policy }, { log, metrics }) {
  const redis = connectRedis(url, { log, name: id });
  const calls = createPolicy(edge, policy, metrics);

  async function append(operation, input) {
    const isShared = delivery === 'compete';
    if (isShared && capacity && (await redis.client.xLen(streamOf(id))) >= capacity) {
      throw new Problem(503, 'queue-full', `The queue ${id} is full.`);
    }
    const fields = { operation, input: JSON.stringify(input), traceparent: traceparent() };
    const threshold = capacity ?? STREAM_LENGTH_MAX;
    return redis.client.xAdd(
      streamOf(id),
      '*',
      fields,
      isShared ? {} : { TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold } },
    );
  }

  return {
    ready: redis.ready,
    check: redis.check,
    close: redis.close,
    async publish(operation, input) {
      const message = await calls.execute(async () => {
        try {
          return await append(operation, input);
        } catch (error) {
          if (error instanceof Problem) throw error;
          throw new Problem(503, 'queue', `The queue along ${edge} cannot be reached.`, {
            cause: error,
          });
        }
      });
      metrics.messages.inc({ queue: id, outcome: 'published' });
      return { message };
    },
  };
}

/**
 * Takes messages of a queue, `prefetch` at the same time, and hands each to `handle`. A message is
 * acknowledged when that succeeds, tried again when it fails, and after `maxDeliveries` moved to the
 * stream of dead letters.
 */
export function createConsumer(
  { queue, group, url, delivery, prefetch, maxDeliveries, operation },
  { log, metrics, handle },
) {
  const redis = connectRedis(url, { log, name: queue });
  const stream = streamOf(queue);
  const consumer = randomUUID();
  const underWay = new Set();
  let isStopping = false;
  let hasGroup = false;
  let reclaimedAt = 0;

  async function createGroup() {
    try {
      await redis.client.xGroupCreate(stream, group, '0', { MKSTREAM: true });
    } catch (error) {
      if (!String(error.message).startsWith('BUSYGROUP')) throw error;
    }
    hasGroup = true;
  }

  async function settle(id) {
    await redis.client.xAck(stream, group, id);
    if (delivery === 'compete') await redis.client.xDel(stream, id);
  }

  async function bury(id, fields, error) {
    await redis.client.xAdd(deadLettersOf(queue), '*', { ...fields, group, error: error.message });
    await settle(id);
    metrics.messages.inc({ queue, outcome: 'dead' });
    log.error({ err: error, queue, message: id }, 'a message was given up');
  }

  async function deliver(id, fields) {
    const trace = continueTrace(fields.traceparent);
    await withTrace(trace, async () => {
      for (let deliveries = 1; ; deliveries += 1) {
        try {
          await handle(operation ?? fields.operation, JSON.parse(fields.input));
          await settle(id);
          metrics.messages.inc({ queue, outcome: 'consumed' });
          return;
        } catch (error) {
          if (!redis.client.isReady || isStopping) return; // it is claimed again later
          metrics.messages.inc({ queue, outcome: 'failed' });
          if (deliveries >= maxDeliveries) return bury(id, fields, error);
          await sleep(RETRY_PAUSE_MS * deliveries);
        }
      }
    });
  }

  function accept({ id, message }) {
    const delivery = deliver(id, message)
      .catch((error) => log.error({ err: error, queue, message: id }, 'a message could not be settled'))
      .finally(() => underWay.delete(delivery));
    underWay.add(delivery);
  }

  async function reclaim() {
    if (Date.now() - reclaimedAt < RECLAIM_EVERY_MS) return;
    reclaimedAt = Date.now();
    const count = prefetch - underWay.size;
    const left = await redis.client.xAutoClaim(stream, group, consumer, RECLAIM_IDLE_MS, '0-0', {
      COUNT: count,
    });
    left.messages.filter(Boolean).forEach(accept);
  }

  async function turn() {
    if (!hasGroup) await createGroup();
    if (underWay.size >= prefetch) return Promise.race(underWay);
    await reclaim();
    const count = prefetch - underWay.size;
    if (count <= 0) return undefined;
    const read = await redis.client.xReadGroup(group, consumer, [{ key: stream, id: '>' }], {
      COUNT: count,
      BLOCK: BLOCK_MS,
    });
    if (isStopping) return undefined; // what was read now is claimed by another consumer later
    for (const { messages } of read ?? []) messages.forEach(accept);
    return undefined;
  }

  async function loop() {
    await redis.ready;
    while (!isStopping) {
      try {
        await turn();
      } catch (error) {
        if (isStopping) return;
        hasGroup = false; // a Redis that lost its data has no groups either
        log.warn({ err: error, queue }, 'messages cannot be taken; trying again');
        await sleep(500);
      }
    }
  }

  const running = loop();
  return {
    ready: redis.ready,
    check: redis.check,
    /** Takes no more messages and waits for those under way. */
    async close() {
      isStopping = true;
      await Promise.allSettled([...underWay]);
      await redis.close();
      await running;
    },
  };
}
