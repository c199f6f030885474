// Rate limiter: a token bucket for each user, which lets BURST at once through, and RATE a second in the long run.
const RATE = 5;
const BURST = 10;
const buckets = new Map(); // user → { tokens, at_ms }; a user who is not in it has a full one
let started_ms = 0;

export function onStart(node) {
  started_ms = node.now();
  node.setTimer('10s', forgetFull);
}

export async function onRequest(request, node) {
  if (!takes(request.body.user, node.now())) throw new Error('too many requests');
  return node.call('backend', request.body, { op: request.op, timeout: '1s' });
}

function takes(user, now_ms) {
  // After a restart nobody knows who has just had a burst: new buckets begin as full as they can be by now.
  const { tokens, at_ms } = buckets.get(user) ?? { tokens: 0, at_ms: started_ms };
  const left = Math.min(BURST, tokens + ((now_ms - at_ms) / 1000) * RATE);
  const isLet = left >= 1;
  buckets.set(user, { tokens: left - (isLet ? 1 : 0), at_ms: now_ms });
  return isLet;
}

/** A full bucket is as good as none, so that the list of users does not grow for ever. */
function forgetFull(node) {
  for (const [user, { tokens, at_ms }] of buckets) {
    if (tokens + ((node.now() - at_ms) / 1000) * RATE >= BURST) buckets.delete(user);
  }
  node.setTimer('10s', forgetFull);
}
