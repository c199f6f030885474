// Search becomes slow; orders must not notice.
export async function onRequest(request, node) {
  const begun = node.now();
  const isServed = await node.call('api', {}, { op: request.op, timeout: '3s' }).then(() => true, () => false);
  const isSlow = begun > 4000 && begun < 10_000;
  if (request.op === 'search' && isSlow) return;
  if (request.op === 'search' && begun > 3900 && begun < 12_000) return; // what was under way
  node.metric('checked');
  const took_ms = node.now() - begun;
  if (isServed && took_ms < 300) return;
  node.metric('violation');
  node.error(`${request.op} ${isServed ? 'took' : 'failed after'} ${took_ms} ms`);
}
