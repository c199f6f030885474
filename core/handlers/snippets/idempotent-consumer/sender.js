// Each payment has an id of its own; one in ten is sent twice.
let count = 0;

export async function onRequest(request, node) {
  const payment = { id: `p${++count}`, account: `a${Math.floor(node.random() * 5)}`, amount: 1 + Math.floor(node.random() * 50) };
  await node.publish('payments', payment, { key: payment.account });
  if (node.random() < 0.1) await node.publish('payments', payment, { key: payment.account });
}
