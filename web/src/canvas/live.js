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
 * @property {string} key equal keys look equal
 */

/** @param {NumberView} view @param {string} column @returns {number | null} */
export function numberOf(view, column) {
  const value = view[column];
  return value === undefined || !Number.isFinite(value) ? null : value;
}

/**
 * @param {NumberView | null | undefined} view
 * @param {{ isSource: boolean }} node
 * @returns {Live | null}
 */
export function liveOf(view, node) {
  if (!view) return null;
  const p99 = numberOf(view, 'p99');
  const right = p99 === null || p99 === 0 ? '' : duration(p99);
  if (node.isSource) {
    const gauge = rate(numberOf(view, 'throughput'));
    const left = count(numberOf(view, 'in_system'));
    return { utilization: null, load: null, queue: 0, gauge, left, right, key: `s|${gauge}|${left}|${right}` };
  }
  const utilization = numberOf(view, 'utilization');
  const queue = Math.round(numberOf(view, 'in_queue') ?? 0);
  const load = utilization === null ? null : loadOf(utilization);
  const gauge = utilization === null ? count(numberOf(view, 'busy')) : percent(utilization);
  const left = queue > 0 ? count(queue) : '';
  const filled = utilization === null ? 0 : Math.round(utilization * 100);
  return { utilization, load, queue, gauge, left, right, key: `n|${filled}|${load}|${gauge}|${left}|${right}` };
}

/**
 * The label of a connection during a run.
 * @param {NumberView | null | undefined} view
 * @returns {{ rate: number, text: string }}
 */
export function edgeLive(view) {
  const per_second = view ? numberOf(view, 'rate') : null;
  if (!view || per_second === null) return { rate: 0, text: '' };
  const p99 = numberOf(view, 'p99');
  const text = p99 !== null && p99 > 0 ? `${rate(per_second)} · ${duration(p99)}` : rate(per_second);
  return { rate: per_second, text };
}
