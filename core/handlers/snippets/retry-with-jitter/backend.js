// It counts who comes within the same 10 ms after the outage: a herd would knock it over again.
const WINDOW_MS = 10;
const HERD = 40;
const came = [];

export function onRequest(request, node) {
  const now = node.now();
  came.push(now);
  while (came[0] < now - WINDOW_MS) came.shift();
  node.metric('came together', came.length);
  if (came.length === HERD) {
    node.metric('violation');
    node.error(`${HERD} requests within ${WINDOW_MS} ms`);
  }
  return { n: request.body.n };
}
