let count = 0;

export async function onRequest(request, node) {
  await node.call('orders', { id: `order${++count}`, order: { amount: count } }, { timeout: '2s' });
}
