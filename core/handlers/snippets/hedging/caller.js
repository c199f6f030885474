// Five of a hundred answers of a replica are very late, and one replica is down for a while. Nearly nobody notices, and the replicas
// have little more to do.
let asked = 0;
let slow = 0;

export function onStart(node) {
  node.setTimer('14.5s', (later) => {
    later.metric('checked', slow / asked);
    if (slow <= asked * 0.02) return;
    later.metric('violation');
    later.error(`${slow} of ${asked} were slow or failed`);
  });
}

export async function onRequest(request, node) {
  const begun = node.now();
  const isServed = await node.call('api', {}, { op: 'read', timeout: '2s' }).then(() => true, () => false);
  asked++;
  if (!isServed || node.now() - begun > 150) slow++;
}
