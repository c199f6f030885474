// What was said to be stored is there in the end, and nobody waits long while nothing is broken.
const stored = [];
let tried = 0;

export function onStart(node) {
  node.setTimer('11s', audit);
}

export async function onRequest(request, node) {
  const key = `k${++tried}`;
  const begun = node.now();
  const isCalm = begun < 5000;
  try {
    await node.call('writer', { key, value: tried }, { timeout: '3s' });
    stored.push(key);
  } catch (error) {
    if (isCalm) violated(node, `${key} was not stored: ${error.message}`);
    throw error;
  }
  if (isCalm && node.now() - begun > 400) violated(node, `${key} took ${node.now() - begun} ms`);
}

async function audit(node) {
  const rows = await node.table('db', 'items').query({ limit: 1e6 });
  const there = new Set(rows.map(({ key }) => key));
  for (const key of stored) if (!there.has(key)) violated(node, `${key} was said to be stored, and is not`);
  node.metric('checked', stored.length);
}

function violated(node, what) {
  node.metric('violation');
  node.error(what);
}
