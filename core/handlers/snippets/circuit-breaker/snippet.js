// Circuit breaker: after FAILURES failures in a row the backend is left alone, and requests fail at once instead of
// waiting for it. After OPEN_MS one request is let through as a probe: its outcome decides for the others.
const FAILURES = 5;
const OPEN_MS = 1000;
let failures = 0;
let openUntil_ms = 0; // while it is later than now, nothing passes
let isProbing = false;

export async function onRequest(request, node) {
  const isProbe = failures >= FAILURES;
  if (isProbe && (isProbing || node.now() < openUntil_ms)) {
    node.metric('refused');
    throw new Error('the backend is left alone'); // or answer with what is known from before
  }
  isProbing = isProbe;
  try {
    const answer = await node.call('backend', request.body, { op: request.op, timeout: '500ms' });
    failures = 0;
    return answer;
  } catch (error) {
    if (!isFault(error)) throw error;
    failures += 1;
    if (failures >= FAILURES) openUntil_ms = node.now() + OPEN_MS;
    throw error;
  } finally {
    if (isProbe) isProbing = false;
  }
}

/** An answer that says no is an answer: the backend is well. */
function isFault(error) {
  return error instanceof CallError && error.body === undefined;
}
