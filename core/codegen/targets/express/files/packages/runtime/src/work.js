import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import { distribution } from './distributions.js';
import { Problem } from './problem.js';

const SLICE_MS = 4; // a core kept busy lets other requests in this often
const OWED_MS_MAX = 5; // a process that was stopped for long does not make up for it

/**
 * Timers count whole milliseconds and are late. What one sleep had too much or too little is settled
 * by the next, so that times are right on average and no core is kept busy with waiting.
 */
function createSleeper() {
  let owedMs = 0;
  return async (milliseconds) => {
    const wanted = milliseconds + owedMs;
    const started = performance.now();
    if (wanted >= 0.5) await sleep(Math.round(wanted));
    else await nextTurn();
    const owed = wanted - (performance.now() - started);
    owedMs = Math.max(-OWED_MS_MAX, Math.min(OWED_MS_MAX, owed));
  };
}

async function burn(milliseconds) {
  const end = performance.now() + milliseconds;
  let block = Buffer.alloc(1024, 7);
  while (performance.now() < end) {
    const pause = Math.min(end, performance.now() + SLICE_MS);
    while (performance.now() < pause) {
      block = Buffer.concat([createHash('sha256').update(block).digest(), block.subarray(0, 992)]);
    }
    await nextTurn();
  }
}

/** The steps of a flow that are not calls: work, chance, branches. */
export function createWork({ workScale, workMode, errorScale }, log) {
  const known = new Map();
  const pass = createSleeper();
  const chance = (probability) => Math.random() < probability;
  return {
    chance,

    /** Does work for a time drawn from the modelled distribution, in seconds. */
    async compute(written) {
      if (!known.has(written)) known.set(written, distribution(written));
      const milliseconds = known.get(written)() * 1000 * workScale;
      await (workMode === 'cpu' ? burn(milliseconds) : pass(milliseconds));
    },

    /** Runs all branches at once, waits for all of them, then passes on the first failure. */
    async parallel(...branches) {
      const outcomes = await Promise.allSettled(branches.map((branch) => branch()));
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed) throw failed.reason;
    },

    /** Runs one branch by probability; what is left of the probability does nothing. */
    async choose(...branches) {
      let left = Math.random();
      for (const [probability, branch] of branches) {
        left -= probability;
        if (left < 0) return branch();
      }
      return undefined;
    },

    async repeat(times, branch) {
      for (let turn = 0; turn < times; turn += 1) await branch();
    },

    /** Starts something nobody waits for. */
    background(run) {
      run().catch((error) => log.warn({ err: error }, 'a call that nobody waits for failed'));
    },

    /** Fails with the modelled error rate. */
    injectError(rate) {
      if (chance(rate * errorScale)) {
        throw new Problem(500, 'injected', 'This failure is part of the model (ERROR_SCALE=0 ends it).');
      }
    },
  };
}
