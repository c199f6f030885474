// No read shows less than what was written and answered, or read, before it began.
const REPLICAS = ['s1', 's2', 's3', 's4', 's5'];
let floor = { version: 0, by: '' };
let count = 0;

export async function onRequest(request, node) {
  const before = floor;
  const at = REPLICAS[Math.floor(node.random() * REPLICAS.length)];
  const got = await node.call(at, { value: ++count }, { op: request.op, timeout: '500ms' });
  if (request.op === 'read') {
    node.metric('checked');
    if (isNewer(before, got)) {
      node.metric('violation');
      node.error(`read ${got.version} ${got.by}, and ${before.version} ${before.by} was there`);
    }
  }
  if (isNewer(got, floor)) floor = { version: got.version, by: got.by };
}

function isNewer(one, than) {
  return one.version > than.version || (one.version === than.version && one.by > than.by);
}
