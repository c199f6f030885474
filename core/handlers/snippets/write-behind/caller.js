// What was acknowledged is in the database in the end, and is read at once.
const KEYS = 50;
const stored = {}; // by key: the largest value that was acknowledged
let tried = 0;

export function onStart(node) {
  node.setTimer('20s', audit);
}

export async function onRequest(request, node) {
  const key = `k${Math.floor(node.random() * KEYS)}`;
  const floor = stored[key] ?? 0;
  if (request.op === 'read') {
    const value = await node.call('store', { key }, { op: 'read', timeout: '1s' });
    if ((value ?? 0) < floor) violated(node, `${key} reads ${value}, and ${floor} was acknowledged`);
    return;
  }
  const value = ++tried;
  await node.call('store', { key, value }, { op: 'write', timeout: '1s' });
  stored[key] = Math.max(stored[key] ?? 0, value);
}

async function audit(node) {
  const rows = await node.table('db', 'items').query({ limit: 1e6 });
  const there = Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  for (const [key, value] of Object.entries(stored)) {
    if (!(there[key] >= value)) violated(node, `${key} is ${there[key]} in the database, and ${value} was acknowledged`);
  }
  node.metric('checked', Object.keys(stored).length);
}

function violated(node, what) {
  node.metric('violation');
  node.error(what);
}
