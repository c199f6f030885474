// Whatever comes, who is let in is served soon; who is not knows at once. And most of what the backend can do is done.
let served = 0;

export function onStart(node) {
  node.setTimer('14s', (later) => {
    later.metric('checked', served);
    if (served < 1200) violated(later, `only ${served} were served`);
  });
}

export async function onRequest(request, node) {
  const begun = node.now();
  const isServed = await node.call('api', {}, { timeout: '20s' }).then(() => true, () => false);
  const took_ms = node.now() - begun;
  if (isServed) served++;
  if (took_ms > 1500) violated(node, `a request took ${took_ms} ms, and was ${isServed ? '' : 'not '}served`);
}

function violated(node, what) {
  node.metric('violation');
  node.error(what);
}
