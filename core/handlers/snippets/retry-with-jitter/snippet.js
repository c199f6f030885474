// Retry with jitter: what failed for a moment is tried again, each time later, and never by all callers at once.
const ATTEMPTS = 8;
const BASE_MS = 50; // the first pause is at most so long; each further one twice as long
const CAP_MS = 2000;

export async function onRequest(request, node) {
  // Only what may be done twice may be tried again: the first try may have worked, and only its answer been lost.
  return withRetry(node, () => node.call('backend', request.body, { op: request.op, timeout: '300ms' }));
}

async function withRetry(node, work) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isPassing(error)) throw error;
      node.metric('retries');
      // "Full jitter": anywhere between nothing and the whole pause. Who failed together does not come back together.
      await node.sleep(node.random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt));
    }
  }
}

/** What another try may mend: not an answer that says no, which has a body. */
function isPassing(error) {
  return error instanceof CallError && error.body === undefined;
}
