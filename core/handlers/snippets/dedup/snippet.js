// Deduplication: of equal messages, the first to put its id into a shared cache is let through,
// at whichever replica it came. A crash in the middle loses a message, but nothing is done twice.
const TTL = '10m'; // longer than the last copy can be late

export async function onMessage(message, node) {
  const { id } = message.body;
  // One step, not a look and then a write: two copies that come together cannot both find nothing.
  const isFirst = await node.cache('cache').add(`seen:${id}`, node.now(), { ttl: TTL, timeout: '300ms' });
  if (!isFirst) return node.metric('dropped');
  try {
    await node.call('backend', message.body, { timeout: '500ms' });
  } catch (error) {
    // Only where it is certain that nothing was done is the next copy let through. After a time-out it is not.
    const isUntouched = error.outcome === 'rejected' || error.outcome === 'breaker_open';
    if (isUntouched) await node.cache('cache').delete(`seen:${id}`, { timeout: '300ms' });
    throw error;
  }
}
