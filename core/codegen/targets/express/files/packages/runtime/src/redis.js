import { createClient } from 'redis';

const RECONNECT_MS_MAX = 2000;

/** One connection to Redis, which comes back by itself; commands fail at once while it is away. */
export function connectRedis(url, { log, name }) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: 2000,
      reconnectStrategy: (attempts) => Math.min(50 * 2 ** Math.min(attempts, 6), RECONNECT_MS_MAX),
    },
  });
  let wasReported = false;
  let settle;
  const ready = new Promise((resolve) => {
    settle = resolve;
  });
  client.on('error', (error) => {
    if (!wasReported) log.warn({ err: error, redis: name }, 'Redis cannot be reached; trying again');
    wasReported = true;
  });
  client.on('ready', () => {
    wasReported = false;
    settle();
  });
  client.connect().catch(() => {}); // reported above, and tried again
  return {
    client,
    /** Resolves with the first connection, or when it is closed. */
    ready,
    async check() {
      if (!client.isReady) throw new Error('not connected');
      await client.ping();
    },
    async close() {
      settle();
      if (client.isOpen) client.destroy();
    },
  };
}
