// Write-behind: a write is answered when it is on this node's disk.
// The database has it a little later, in one go with others.
const EVERY = '100ms';
const MOST = 100; // rows in one go

export function onStart(node) {
  node.setTimer(EVERY, flush); // what a crash left on the disk is written now
}

export async function onRequest(request, node) {
  const { key, value } = request.body;
  if (request.op === 'read') return (node.disk.get(key) ?? (await node.table('db', 'items').get(key))) ?? null;
  node.disk.set(key, value);
  return { stored: true };
}

async function flush(node) {
  const keys = node.disk.keys().slice(0, MOST); // the oldest first
  const rows = keys.map((key) => ({ op: 'put', table: 'items', key, value: node.disk.get(key) }));
  try {
    // One that was given up may still arrive, and bring old values: this row lets it through only if none came since.
    const last = { table: 'flushes', key: node.id };
    const { version = 'absent' } = await node.call('db', last, { op: 'get', timeout: '1s' });
    const guard = { op: 'put', ...last, value: node.now(), if: version };
    const { committed } = await node.transaction('db', [guard, ...rows], { timeout: '1s' });
    if (!committed) throw new Error('an older one came between');
    // What was written again in between is still to be stored.
    for (const { key, value } of rows) if (node.disk.get(key) === value) node.disk.delete(key);
    node.metric('rows written', rows.length);
  } catch {
    node.metric('flush failed'); // they stay where they are, until the next time
  }
  node.setTimer(EVERY, flush);
}
