// In no stretch of time does a user come more often than a burst and the rate allow.
const RATE = 5;
const BURST = 10;
const STRETCHES_MS = [500, 2000, 5000];
const came = {}; // by user: when

export function onRequest(request, node) {
  const list = came[request.body.user] ??= [];
  list.push(node.now());
  node.metric('came');
  for (const stretch_ms of STRETCHES_MS) {
    const n = list.filter((at) => at > node.now() - stretch_ms).length;
    if (n <= BURST + (stretch_ms / 1000) * RATE + 1) continue;
    node.metric('violation');
    node.error(`${request.body.user} came ${n} times in ${stretch_ms} ms`);
  }
  if (list[0] < node.now() - 10_000) list.shift();
}
