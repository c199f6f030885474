// Leader lease: one of several nodes does the work. It holds a row of the database, and renews it before it runs out.
// No clocks are compared: each waits, by its own, for a whole lease without a change of the row.
// The row's version is a fencing token: who is told what to do refuses a lower one than it has seen.
const LEASE_MS = 1000;
const RENEW_MS = 250;
const WORK_MS = 50;
let seen = { version: -1, since: 0 }; // the row as last seen, and when it was first seen so
let mine = { version: 0, until: 0 };

export function onStart(node) {
  seen = { version: -1, since: node.now() };
  node.setTimer(RENEW_MS * node.random(), campaign);
  node.setTimer(WORK_MS, work);
}

async function campaign(node) {
  node.setTimer(RENEW_MS, campaign);
  const asked = node.now(); // the lease counts from before the write, the patience of others from after it
  const lease = { table: 'leases', key: 'leader' };
  const row = await node.call('db', lease, { op: 'get', timeout: '200ms' }).catch(() => null);
  if (row === null) return;
  const version = row.version ?? 0;
  if (version !== seen.version) seen = { version, since: node.now() };
  const isMine = version > 0 && version === mine.version;
  if (!isMine && version > 0 && node.now() - seen.since < LEASE_MS) return; // somebody leads
  const put = { ...lease, value: { holder: node.id }, if: version || 'absent' };
  const answer = await node.call('db', put, { op: 'put', timeout: '200ms' }).catch(() => null);
  if (answer?.stored) mine = { version: answer.version, until: asked + LEASE_MS };
}

async function work(node) {
  node.setTimer(WORK_MS, work);
  if (node.now() >= mine.until) return; // not the leader, or not for certain
  node.send('worker', { token: mine.version, leader: node.id });
}
