// While the backend hangs, hardly anybody waits for it; before and soon after, everybody is served.
const DOWN_MS = [4000, 10_000];
let waited = 0;

export function onStart(node) {
  node.setTimer('14s', (later) => {
    later.metric('waited in vain', waited);
    // Those under way when it began, the first five, and one probe a second.
    if (waited > 60) violated(later, `${waited} requests waited in vain`);
  });
}

export async function onRequest(request, node) {
  const begun = node.now();
  const isServed = await node.call('api', {}, { timeout: '2s' }).then(() => true, () => false);
  const isRestarting = begun > 1900 && begun < 2020;
  const isWell = !isRestarting && (begun < DOWN_MS[0] - 600 || begun > DOWN_MS[1] + 2000);
  if (isWell) node.metric('checked');
  if (isWell && !isServed) violated(node, 'a request failed, and the backend is well');
  if (!isServed && node.now() - begun > 400) waited++;
}

function violated(node, what) {
  node.metric('violation');
  node.error(what);
}
