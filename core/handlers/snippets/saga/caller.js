// Orders, and at the end a look into both books: an order is in both of them, or in none.
let count = 0;
let cancelled = 0;

export function onStart(node) {
  node.setTimer('28s', audit);
}

export async function onRequest(request, node) {
  await node.call('orders', { id: `order${++count}` }, { timeout: '20s' }).catch(() => { cancelled++; });
}

async function audit(node) {
  const ask = (name) => node.table('db', name).query({ where: { state: 'done' }, limit: 1e6 });
  const [stock, payments] = (await Promise.all(['stock', 'payments'].map(ask))).map((rows) => new Set(rows.map((row) => row.key)));
  for (const id of new Set([...stock, ...payments])) {
    if (stock.has(id) && payments.has(id)) continue;
    node.metric('violation');
    node.error(`${id} is half done`);
  }
  if (cancelled > 0 && stock.size > 0) node.metric('checked', stock.size);
}
