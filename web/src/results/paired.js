/**
 * Two runs' designs simulated again in pairs with the same random numbers: what chance does to one it does to the other, so that
 * smaller differences show than between two runs. In an engine of its own: the open run goes on undisturbed.
 */

/**
 * @typedef {object} Contrast one metric of both designs, as `scalesim compare --json` has it
 * @property {string} metric its path
 * @property {number | null} a
 * @property {number | null} b
 * @property {number | null} difference
 * @property {number | null} ci95
 * @property {'lower' | 'higher' | 'no difference' | 'same' | 'unknown'} verdict
 */

/** @typedef {import('./compare.js').Measured} Measured */
/** @typedef {import('./compare.js').Difference} Difference */
/** @typedef {{ a: Measured, b: Measured, difference: Difference | null }} Both */

export const PAIRS = 10;
const SLICE_EVENTS = 20_000;
const SLICE_MS = 200; // code may make events slow, and an engine without a sign is replaced
const VERDICTS = /** @type {const} */ ({ lower: 'less', higher: 'more', 'no difference': 'same', same: 'same', unknown: 'unknown' });

/**
 * @param {import('../types.js').App} app
 * @param {() => void} changed how far it is, or what came of it
 */
export function createPaired(app, changed) {
  /** @type {Map<string, ReturnType<typeof contrastsOf>>} what was found, by the designs and the seed */
  const found = new Map();
  /** @type {{ key: string, engine: import('../types.js').Engine } | null} */
  let under_way = null;
  let progress = 0;

  const keyOf = (/** @type {import('../types.js').PastRun} */ a, /** @type {import('../types.js').PastRun} */ b) =>
    JSON.stringify([a.design, b.design, a.results.value.seed]);

  function stop() {
    under_way?.engine.end();
    under_way = null;
  }

  return {
    stop,
    get isUnderWay() { return under_way !== null; },
    get progress() { return progress; },
    /** What is known of a pair, or null. @param {import('../types.js').PastRun} a @param {import('../types.js').PastRun} b */
    of: (a, b) => found.get(keyOf(a, b)) ?? null,
    /** @param {import('../types.js').PastRun} a @param {import('../types.js').PastRun} b */
    async start(a, b) {
      stop();
      const key = keyOf(a, b);
      const engine = app.openEngine();
      const mine = { key, engine };
      under_way = mine;
      progress = 0;
      changed();
      const designs = [JSON.stringify(a.design), JSON.stringify(b.design)];
      try {
        // What the designs' code needs is loaded by the way.
        for (const design of designs) await engine.call('check', { design });
        await engine.call('compare.open', { a: designs[0], b: designs[1], replications: PAIRS, seed: a.results.value.seed });
        for (let done = false, events = 100; !done;) {
          const begun_ms = performance.now();
          const { result } = await engine.call('compare.advance', { events });
          events = performance.now() - begun_ms > SLICE_MS ? Math.max(1, events >> 1) : Math.min(SLICE_EVENTS, events * 2);
          if (under_way !== mine) return;
          ({ progress, done } = result);
          changed();
        }
        const { result } = await engine.call('compare.results');
        found.set(key, contrastsOf(result));
        app.announce(app.t('compare.pairs_done', { n: PAIRS }));
      } catch (error) {
        if (under_way === mine) app.notify(app.t('compare.pairs_failed', { message: /** @type {Error} */ (error).message }));
      } finally {
        engine.end();
        if (under_way === mine) {
          under_way = null;
          changed();
        }
      }
    },
  };
}

/**
 * Finds what a comparison says of a row of the results.
 * @param {{ metrics: Contrast[] }} comparison
 */
export function contrastsOf({ metrics }) {
  const by_path = new Map(metrics.map((each) => [each.metric, each]));
  /** @param {import('./rows.js').Row} row @param {string} name @returns {Both} */
  return ({ id, operation }, name) => {
    // A node's only operation is the node itself, which is told once.
    const isWhole = operation === '' || !by_path.has(`nodes.${id}.operations.${operation}.throughput`);
    const found = by_path.get(isWhole ? `nodes.${id}.${name}` : `nodes.${id}.operations.${operation}.${name}`);
    if (!found) return { a: { value: null }, b: { value: null }, difference: null };
    const { a, b, difference, ci95, verdict } = found;
    return { a: { value: a }, b: { value: b }, difference: difference === null ? null : { by: difference, half: ci95, verdict: VERDICTS[verdict] } };
  };
}
