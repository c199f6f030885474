// Three users: one who asks for far too much, one who comes in bursts after long pauses, and one who is modest and must get through.
export function onStart(node) {
  for (const at of ['3s', '7.5s', '7.9s', '12s']) node.setTimer(at, burst); // the limiter is down in between
}

export async function onRequest(request, node) {
  const user = node.random() < 0.03 ? 'modest' : 'greedy';
  const isDown = node.now() > 7000 && node.now() < 10_000 || node.now() < 1000; // a start, and a moment after it
  const isLet = await node.call('limiter', { user }, { timeout: '2s' }).then(() => true, () => false);
  if (user !== 'modest' || isDown) return;
  node.metric('checked');
  if (isLet) return;
  node.metric('violation');
  node.error('the modest user was turned away');
}

function burst(node) {
  for (let i = 0; i < 40; i++) node.call('limiter', { user: 'bursty' }, { timeout: '2s' }).catch(() => {});
}
