// Bulkhead: each backend may take so many places of this node and no more. When one of them is slow, requests for it
// are turned away early, and those for the others find room as before.
const pools = {
  search: { places: 10, taken: 0 },
  orders: { places: 10, taken: 0 },
};

export async function onRequest(request, node) {
  return within(request.op, () => node.call(request.op, request.body, { timeout: '2s' }));
}

async function within(name, work) {
  const pool = pools[name];
  if (pool.taken >= pool.places) throw new Error(`${name} is busy`);
  pool.taken += 1;
  try {
    return await work();
  } finally {
    pool.taken -= 1; // however it ended
  }
}
