// A hundred requests at once, in the middle of an outage: all of them succeed in the end.
export function onStart(node) {
  node.setTimer('1s', burst);
}

async function burst(node) {
  const asked = Array.from({ length: 100 }, (_, n) => node.call('api', { n }, { timeout: '20s' }));
  for (const { status, reason } of await Promise.allSettled(asked)) {
    node.metric('asked');
    if (status === 'fulfilled') continue;
    node.metric('violation');
    node.error(`a request was given up: ${reason.message}`);
  }
}
