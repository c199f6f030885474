// Cache-aside: the cache is asked first, the database has the truth.
// A cache that is down, slow or emptied costs time, and nothing else.
const TTL = '2s'; // no read is staler than this, whatever goes wrong with the cache

export async function onRequest(request, node) {
  const { key, value } = request.body;
  return request.op === 'write' ? write(key, value, node) : read(key, node);
}

async function read(key, node) {
  const cache = node.cache('cache');
  const cached = await cache.get(key, { timeout: '50ms' }).catch(() => undefined);
  if (cached !== undefined) return cached;
  const value = await node.table('db', 'items').get(key);
  // Kept for the next reader, who need not wait for that.
  if (value === undefined) return undefined;
  cache.set(key, value, { ttl: TTL, timeout: '50ms' }).catch(() => node.metric('cache down'));
  return value;
}

async function write(key, value, node) {
  await node.table('db', 'items').put(key, value);
  // Removed, not replaced: of two writers at once, the slower would leave the older value.
  // Where this is lost, the TTL ends it.
  await node.cache('cache').delete(key, { timeout: '50ms' }).catch(() => node.metric('cache down'));
  return { stored: true };
}
