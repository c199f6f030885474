import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { Problem } from './problem.js';

const BUDGET_RESERVE = 10; // retries allowed before the share of first attempts means anything
const SLOTS = 10; // the breaker's window moves in tenths

/** Counts calls and failures over a moving window. */
function createWindow(seconds, now) {
  const slotMs = (seconds * 1000) / SLOTS;
  let slots = [];
  const drop = () => {
    const oldest = now() - seconds * 1000;
    slots = slots.filter((slot) => slot.at > oldest);
  };
  return {
    add(isFailure) {
      drop();
      if (slots.length === 0 || now() - slots.at(-1).at >= slotMs) {
        slots.push({ at: now(), calls: 0, failures: 0 });
      }
      slots.at(-1).calls += 1;
      if (isFailure) slots.at(-1).failures += 1;
    },
    sum() {
      drop();
      return slots.reduce(
        (sum, slot) => ({
          calls: sum.calls + slot.calls,
          failures: sum.failures + slot.failures,
        }),
        { calls: 0, failures: 0 },
      );
    },
    clear() {
      slots = [];
    },
  };
}

/** A circuit breaker: closed, open for a while, then one call is tried. */
export function createBreaker(
  { errors, window, minCalls, openFor },
  { now = () => performance.now(), changed = () => {} } = {},
) {
  const counts = createWindow(window, now);
  let openUntil = 0;
  let isTrying = false;
  return {
    /** Whether a call may be made now. Once the pause is over, one may. */
    admits() {
      if (openUntil === 0) return true;
      if (now() < openUntil || isTrying) return false;
      isTrying = true;
      return true;
    },
    report(isFailure) {
      if (isTrying) {
        isTrying = false;
        openUntil = isFailure ? now() + openFor * 1000 : 0;
        counts.clear();
        changed(isFailure);
        return;
      }
      if (openUntil !== 0) return; // the answer of a call made before it opened
      counts.add(isFailure);
      const { calls, failures } = counts.sum();
      if (calls >= minCalls && failures / calls >= errors) {
        openUntil = now() + openFor * 1000;
        changed(true);
      }
    },
    get isOpen() {
      return openUntil !== 0;
    },
  };
}

/** Pause before retry number `attempt` (from 1), in milliseconds. */
export function backoffMs({ backoff = 0, multiplier = 2, jitter = 0 }, attempt, random = Math.random) {
  const pause = backoff * 1000 * multiplier ** (attempt - 1);
  return pause * (1 - jitter * random());
}

/** Retries as a share of first attempts, so that they cannot multiply an overload. */
export function createBudget(share) {
  let firsts = 0;
  let retries = 0;
  return {
    first() {
      firsts += 1;
      if (firsts > 10_000) {
        firsts /= 2;
        retries /= 2;
      }
    },
    admits() {
      if (share === undefined) return true;
      if (retries >= firsts * share + BUDGET_RESERVE * share) return false;
      retries += 1;
      return true;
    },
  };
}

function isRetriable(error) {
  return !(error instanceof Problem) || error.status >= 500 || error.status === 429;
}

function outcomeOf(error) {
  if (!error) return 'ok';
  if (error instanceof Problem && error.kind === 'timeout') return 'timeout';
  return error instanceof Problem && error.status < 500 ? 'rejected' : 'failed';
}

/**
 * What an edge of the model says about its calls: timeout per attempt, retries, circuit breaker,
 * hedging.
 * @param {string} edge as the model names it, "gateway->orders"
 */
export function createPolicy(edge, { timeout, retry, breaker, hedge } = {}, metrics = undefined) {
  const circuit = breaker
    ? createBreaker(breaker, {
        changed: (isOpen) => metrics?.breakerOpen.set({ edge }, isOpen ? 1 : 0),
      })
    : undefined;
  const budget = createBudget(retry?.budget);
  if (circuit) metrics?.breakerOpen.set({ edge }, 0);

  async function attempt(call, cancel) {
    if (circuit && !circuit.admits()) {
      throw new Problem(503, 'breaker-open', `Calls along ${edge} are paused after failures.`, {
        headers: { 'Retry-After': '1' },
      });
    }
    const started = performance.now();
    const limit = timeout ? AbortSignal.timeout(timeout * 1000) : undefined;
    const signals = [limit, cancel].filter(Boolean);
    const signal = signals.length > 0 ? AbortSignal.any(signals) : undefined;
    let failure;
    try {
      const work = call({ signal, timeoutMs: timeout ? timeout * 1000 : undefined });
      return await (signal ? Promise.race([work, aborted(signal, work)]) : work);
    } catch (error) {
      failure = limit?.aborted
        ? new Problem(504, 'timeout', `No answer along ${edge} within ${timeout} s.`, { cause: error })
        : error;
      throw failure;
    } finally {
      if (!cancel?.aborted) {
        circuit?.report(failure !== undefined && isRetriable(failure));
        const seconds = (performance.now() - started) / 1000;
        metrics?.edge.observe({ edge, outcome: outcomeOf(failure) }, seconds);
      } else {
        circuit?.report(false); // the other copy answered
      }
    }
  }

  /** Sends another copy when the answer is late, and takes whichever comes first. */
  async function hedged(call) {
    if (!hedge) return attempt(call);
    const cancel = new AbortController();
    const done = new AbortController();
    const copies = [attempt(call, cancel.signal)];
    const later = (async () => {
      for (let copy = 0; copy < hedge.max; copy += 1) {
        await sleep(hedge.after * 1000, undefined, { signal: done.signal });
        copies.push(attempt(call, cancel.signal));
      }
      return Promise.any(copies);
    })();
    try {
      return await Promise.any([copies[0], later]);
    } catch (error) {
      throw error.errors?.[0] ?? error;
    } finally {
      done.abort();
      cancel.abort();
      later.catch(() => {});
      for (const copy of copies) copy.catch(() => {});
    }
  }

  return {
    edge,
    async execute(call) {
      budget.first();
      for (let retries = 0; ; retries += 1) {
        try {
          return await hedged(call);
        } catch (error) {
          const mayRetry = retry && retries < retry.max && isRetriable(error);
          if (!mayRetry || !budget.admits()) throw error;
          metrics?.retries.inc({ edge });
          await sleep(backoffMs(retry, retries + 1));
        }
      }
    },
  };
}

function aborted(signal, work) {
  work.catch(() => {}); // when the signal wins, the work's own failure is of no interest
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
