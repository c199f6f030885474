import { createPolicy } from './policy.js';
import { Problem } from './problem.js';
import { connectRedis } from './redis.js';

/**
 * A cache in Redis, used cache-aside: look, and on a miss load and store.
 * @param {{ id: string, edge: string, url: string, ttlSeconds?: number, policy?: object }} options
 */
export function createCache({ id, edge, url, ttlSeconds, policy }, { log, metrics, config }) {
  const redis = connectRedis(url, { log, name: id });
  const calls = createPolicy(edge, policy, metrics);
  const lifetime = ttlSeconds ?? config.cacheTtlSeconds;
  const command = (run) =>
    calls.execute(async () => {
      try {
        return await run();
      } catch (error) {
        throw new Problem(503, 'cache', `The cache along ${edge} cannot be reached.`, { cause: error });
      }
    });
  return {
    ready: redis.ready,
    check: redis.check,
    close: redis.close,

    /** Gets what is stored for an operation and key; on a miss loads it and stores that. */
    async fetch(operation, input, load = () => ({ key: input.key })) {
      const key = `${id}:${operation}:${input.key}`;
      const found = await command(() => redis.client.get(key));
      metrics.cache.inc({ cache: id, outcome: found === null ? 'miss' : 'hit' });
      if (found !== null) return { hit: true, value: JSON.parse(found) };
      const value = await load();
      const expiration = { type: 'PX', value: Math.max(1, Math.round(lifetime * 1000)) };
      await command(() => redis.client.set(key, JSON.stringify(value ?? null), { expiration }));
      return { hit: false, value };
    },
  };
}
