// The third shard is down for a while: no key of the others may move then, no request may fail, and the shares must be about even.
const DOWN = 's3';
const KEYS = 500;
const home = {}; // by key: where it was first
const load = {}; // by shard, before anything is down

export function onStart(node) {
  node.setTimer('4.9s', (later) => {
    const shares = Object.values(load);
    const fair = shares.reduce((sum, n) => sum + n, 0) / Object.keys(load).length;
    if (shares.length < 5 || Math.min(...shares) < fair / 2 || Math.max(...shares) > fair * 2) violated(later, `the shares are ${JSON.stringify(load)}`);
  });
}

export async function onRequest(request, node) {
  const key = `key${Math.floor(node.random() * KEYS)}`;
  const answer = await node.call('router', { key }, { timeout: '1s' }).catch((error) => error);
  if (answer instanceof Error) return violated(node, `${key}: ${answer.message}`);
  home[key] ??= answer.shard;
  if (node.now() < 4900) load[answer.shard] = (load[answer.shard] ?? 0) + 1;
  else node.metric('checked');
  if (home[key] !== DOWN && answer.shard !== home[key] && answer.shard !== DOWN) violated(node, `${key} moved from ${home[key]} to ${answer.shard}`);
}

function violated(node, what) {
  node.metric('violation');
  node.error(what);
}
