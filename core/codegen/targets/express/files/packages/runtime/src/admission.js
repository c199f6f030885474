import { performance } from 'node:perf_hooks';

import { Problem } from './problem.js';

/** A token bucket. */
export function createTokenBucket({ rate, burst = Math.max(1, rate) }, now = () => performance.now()) {
  let tokens = burst;
  let last = now();
  return {
    /** Takes a token; returns 0, or the seconds until there is one. */
    take() {
      const time = now();
      tokens = Math.min(burst, tokens + ((time - last) / 1000) * rate);
      last = time;
      if (tokens >= 1) {
        tokens -= 1;
        return 0;
      }
      return (1 - tokens) / rate;
    },
  };
}

/**
 * The door of a replica: `concurrency` places, `queue` waiting places, and the limits before them.
 * A null is "without limit".
 */
export function createAdmission({ concurrency = null, queue = null, limits = {} }, metrics) {
  const places = concurrency ?? Infinity;
  const waitingPlaces = queue ?? Infinity;
  const bucket = limits.rate ? createTokenBucket(limits) : undefined;
  const waiting = [];
  let busy = 0;
  metrics.places.set(concurrency ?? 0);
  const report = () => {
    metrics.inService.set(busy);
    metrics.inQueue.set(waiting.length);
  };

  const release = () => {
    const next = waiting.shift();
    if (next) next(); // the place passes on, so `busy` stays
    else busy -= 1;
    report();
  };

  const onceReleased = () => {
    let isHeld = true;
    return () => {
      if (isHeld) release();
      isHeld = false;
    };
  };

  const check = () => {
    if (limits.maxInFlight && busy + waiting.length >= limits.maxInFlight) {
      throw new Problem(503, 'overloaded', 'Too many requests are under way here.', {
        headers: { 'Retry-After': '1' },
      });
    }
    const seconds = bucket?.take() ?? 0;
    if (seconds > 0) {
      throw new Problem(429, 'rate-limited', 'Requests come faster than this service admits.', {
        headers: { 'Retry-After': String(Math.ceil(seconds)) },
      });
    }
    if (busy >= places && waiting.length >= waitingPlaces) {
      throw new Problem(503, 'queue-full', 'All places are busy and the queue is full.', {
        headers: { 'Retry-After': '1' },
      });
    }
  };

  return {
    /** Waits for a place and returns the function that gives it back (calling it twice is fine). */
    async enter() {
      check();
      if (busy < places) {
        busy += 1;
        report();
        return onceReleased();
      }
      await new Promise((resolve) => {
        waiting.push(resolve);
        report();
      });
      return onceReleased();
    },
    get busy() {
      return busy;
    },
    get waiting() {
      return waiting.length;
    },
  };
}
