/// A past moment of the run, read from the timeline, in the shape of a frame: what the playhead shows.

/** @typedef {import('../types.js').NumberView} NumberView */

/**
 * @param {import('../types.js').Run} run @param {number} row of the timeline
 * @returns {import('../types.js').Frame | null} null where there is no such row
 */
export function momentOf(run, row) {
  const { frame, timeline } = run;
  if (!frame || row < 0 || row >= timeline.rows) return null;
  const at = (/** @type {string} */ column) => timeline.at(column, row);
  /** @type {Map<string, NumberView>} */
  const views = new Map();
  return {
    header: { time_s: at('time_s') },
    node(id) {
      const now = frame.node(id);
      if (!now) return null;
      let view = views.get(id);
      if (!view) {
        view = {
          places: now['places'] ?? NaN,
          utilization: at(`nodes.${id}.utilization`),
          in_queue: at(`nodes.${id}.in_queue`),
          throughput: at(`nodes.${id}.throughput`),
          p99: at(`nodes.${id}.p99`),
          // The timeline has errors a second; a share needs what was completed, too.
          errors: at(`nodes.${id}.errors`),
          completions: at(`nodes.${id}.throughput`),
        };
        views.set(id, view);
      }
      return view;
    },
    edge: () => null,
  };
}
