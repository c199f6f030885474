import { createPolicy } from './policy.js';
import { Problem } from './problem.js';
import { traceparent } from './trace.js';

/**
 * Calls another service's operations along an edge of the model.
 * @param {{ edge: string, url: string, policy?: object }} options
 */
export function createHttpClient({ edge, url, policy }, { metrics }) {
  const calls = createPolicy(edge, policy, metrics);

  async function request(operation, input, signal) {
    let response;
    try {
      response = await fetch(new URL(`/operations/${encodeURIComponent(operation)}`, url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', traceparent: traceparent() },
        body: JSON.stringify(input),
        signal,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Problem(502, 'unreachable', `There is no connection along ${edge}.`, { cause: error });
    }
    const body = await response.text();
    if (response.ok) return JSON.parse(body).result;
    const status = response.status === 429 || response.status === 503 ? 503 : 502;
    throw new Problem(status, 'downstream', `The call along ${edge} was answered ${response.status}.`, {
      cause: new Error(body.slice(0, 500)),
    });
  }

  return {
    call(operation, input) {
      return calls.execute(({ signal }) => request(operation, input, signal));
    },
  };
}
