// Outbox: a row and the message about it are stored in one transaction. A relay publishes what is in the outbox,
// and then removes it. No row is without its message, no message without its row; one may come twice after a crash.
const EVERY = '100ms';

export function onStart(node) {
  node.setTimer(EVERY, relay);
}

export async function onRequest(request, node) {
  const { id, order } = request.body;
  const { committed } = await node.transaction('db', [
    { op: 'put', table: 'orders', key: id, value: order, if: 'absent' },
    { op: 'put', table: 'outbox', key: id, value: { id } },
  ], { timeout: '500ms' });
  return { isNew: committed };
}

async function relay(node) {
  try {
    const rows = await node.table('db', 'outbox').query({ limit: 50 }, { timeout: '500ms' });
    await Promise.all(rows.map(({ key, value }) => node.publish('broker', value, { topic: 'orders', key })));
    const sent = rows.map(({ key }) => ({ op: 'delete', table: 'outbox', key }));
    if (sent.length > 0) await node.transaction('db', sent, { timeout: '500ms' });
    node.metric('relayed', sent.length);
  } catch {
    node.metric('relay failed'); // all of it is still there
  }
  node.setTimer(EVERY, relay);
}
