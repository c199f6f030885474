// One number a key, that only grows. No read may fail while the database is there, and none may show what was replaced long ago.
const STALE_MS = 2500; // the TTL, and what is under way
const KEYS = 40;
const last = {}; // by key: values that were written, with when that was known
let tried = 0;

export async function onRequest(request, node) {
  const key = `k${Math.floor(node.random() * KEYS)}`;
  last[key] ??= [];
  if (request.op === 'write') {
    const value = ++tried;
    await node.call('api', { key, value }, { op: 'write', timeout: '2s' });
    last[key].push({ value, at: node.now() });
    return;
  }
  const begun = node.now();
  const value = await node.call('api', { key }, { op: 'read', timeout: '2s' }).catch((error) => error);
  node.metric('read');
  if (value instanceof Error) violated(node, `a read failed: ${value.message}`);
  const old = last[key].findLast(({ at }) => at < begun - STALE_MS);
  if (old && !(value >= old.value)) violated(node, `${key} is ${value}, and was ${old.value} ${begun - old.at} ms ago`);
}

function violated(node, what) {
  node.metric('violation');
  node.error(what);
}
