// Batching: writes that come close together go to the database as one.
// Each caller is answered when its own write is safe.
const MOST = 20; // writes in one batch
const WAIT = '5ms'; // the longest that the first of a batch waits for company
let waiting = [];

export function onRequest(request, node) {
  const { key, value } = request.body;
  return new Promise((resolve, reject) => {
    waiting.push({ write: { op: 'put', table: 'items', key, value }, resolve, reject });
    if (waiting.length === 1) node.setTimer(WAIT, flush);
    if (waiting.length >= MOST) flush(node);
  });
}

async function flush(node) {
  const batch = waiting;
  waiting = [];
  if (batch.length === 0) return; // it was full before its time
  node.metric('batch', batch.length);
  try {
    await node.transaction('db', batch.map(({ write }) => write), { timeout: '1s' });
    for (const { resolve } of batch) resolve({ stored: true });
  } catch (error) {
    for (const { reject } of batch) reject(error); // all of them: it was one write
  }
}
