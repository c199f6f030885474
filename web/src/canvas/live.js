/// What a run says about a node or connection right now, as the canvas shows it.

import { count, duration, percent, rate } from './format.js';
import { loadOf } from './load.js';

/** @typedef {import('../types.js').NumberView} NumberView */

/**
 * @typedef {object} Live
 * @property {number | null} utilization null: an infinite server, or a source
 * @property {'cool' | 'warm' | 'hot' | null} load
 * @property {number} queue
 * @property {string} gauge text beside the gauge
 * @property {string} left text of the last line
 * @property {string} right its other end: p99
 * @property {string} errors share of failures, or how many replicas are down; empty when all is well
 * @property {string} key equal keys look equal
 */

/** @param {NumberView} view @param {string} column @returns {number | null} */
export function numberOf(view, column) {
  const value = view[column];
  return value === undefined || !Number.isFinite(value) ? null : value;
}

/**
 * @param {NumberView | null | undefined} view
 * @param {{ isSource: boolean, isBroker: boolean }} node
 * @param {number} [error_ratio] of late
 * @returns {Live | null}
 */
export function liveOf(view, node, error_ratio = 0) {
  if (!view) return null;
  const p99 = numberOf(view, 'p99');
  const right = p99 === null || p99 === 0 ? '' : duration(p99);
  const down = numberOf(view, 'replicas_down') ?? 0;
  const errors = down > 0 ? `${down} ↓` : error_ratio > 0 ? percent(error_ratio) : '';
  if (node.isSource) {
    const throughput = numberOf(view, 'throughput');
    const gauge = rate(throughput === 0 ? null : throughput); // nothing was measured yet
    const inside = numberOf(view, 'in_system');
    const left = inside === null ? '' : count(inside);
    return { utilization: null, load: null, queue: 0, gauge, left, right, errors, key: `s|${gauge}|${left}|${right}|${errors}` };
  }
  // Places without end have no utilisation.
  const utilization = (numberOf(view, 'places') ?? 0) > 0 ? numberOf(view, 'utilization') : null;
  const queue = Math.round(numberOf(view, 'in_queue') ?? 0);
  const load = utilization === null ? null : loadOf(utilization);
  const held = node.isBroker ? queue : numberOf(view, 'busy');
  const gauge = utilization !== null ? percent(utilization) : held === null ? '' : count(held);
  const left = queue > 0 ? count(queue) : '';
  return { utilization, load, queue, gauge, left, right, errors, key: `n|${load}|${gauge}|${left}|${right}|${errors}` };
}

const MEMORY = 0.7; // of the share before, at each look: a burst fades within a second

/**
 * The share of requests that failed of late, by node, from the run's counts.
 */
export function createErrorRates() {
  /** @type {Map<string, { errors: number, completions: number, share: number }>} */
  const seen = new Map();
  return {
    clear() {
      seen.clear();
    },
    /** @param {string} id */
    get(id) {
      const share = seen.get(id)?.share ?? 0;
      return share < 0.0005 ? 0 : share;
    },
    /** Looks at the counts. @param {string} id @param {NumberView | null} view */
    look(id, view) {
      const errors = view ? (numberOf(view, 'errors') ?? 0) : 0;
      const completions = view ? (numberOf(view, 'completions') ?? 0) : 0;
      const last = seen.get(id);
      if (!last || errors < last.errors || completions < last.completions) {
        seen.set(id, { errors, completions, share: errors > 0 ? errors / (errors + completions) : 0 });
        return;
      }
      const failed = errors - last.errors;
      const all = failed + completions - last.completions;
      if (all === 0) return;
      const share = MEMORY * last.share + (1 - MEMORY) * (failed / all);
      seen.set(id, { errors, completions, share: failed === 0 && share < 0.002 ? 0 : share });
    },
  };
}

/**
 * The p99 of a connection's calls, of what was measured so far.
 * @param {import('../types.js').Results | null} results @param {string} name of the connection
 * @returns {number | null}
 */
export function edgeP99(results, name) {
  const p99 = results?.p99Of ? results.p99Of(name) : results?.value?.edges?.[name]?.latency?.p99;
  return Number.isFinite(p99) ? p99 : null;
}

/**
 * The label of a connection during a run.
 * @param {NumberView | null | undefined} view
 * @param {number | null} [p99] of the calls so far, in seconds
 * @returns {{ rate: number, text: string, isOpen: boolean }} `isOpen`: the circuit breaker lets nothing through
 */
export function edgeLive(view, p99 = null) {
  const per_second = view ? numberOf(view, 'rate') : null;
  if (!view || per_second === null) return { rate: 0, text: '', isOpen: false };
  const isOpen = numberOf(view, 'breaker_state') === 1;
  const measured = per_second > 0 ? rate(per_second) : '';
  const text = p99 !== null && p99 > 0 && measured !== '' ? `${measured} · ${duration(p99)}` : measured;
  return { rate: per_second, text, isOpen };
}
