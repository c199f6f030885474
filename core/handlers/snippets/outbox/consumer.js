// It sees every message, and at the end every order: each has the other.
const told = new Set();

export function onStart(node) {
  node.setTimer('18s', audit);
}

export function onMessage(message) {
  told.add(message.body.id);
}

async function audit(node) {
  const orders = await node.table('db', 'orders').query({ limit: 1e6 });
  for (const { key } of orders) if (!told.has(key)) violated(node, `nobody was told of ${key}`);
  const there = new Set(orders.map(({ key }) => key));
  for (const id of told) if (!there.has(id)) violated(node, `${id} was told of, and there is no such order`);
  node.metric('checked', there.size);
}

function violated(node, what) {
  node.metric('violation');
  node.error(what);
}
