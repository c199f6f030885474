/**
 * What is marked on the timeline: faults, what was scaled or changed while the run went on, and the intervals in which a target was missed.
 */

import { parsePointer } from '../document/pointer.js';
import { quantity } from '../inspector/density.js';

/** @typedef {{ from_s: number, to_s: number }} Span */
/** @typedef {Span & { kind: string, target: string }} FaultMark */
/** @typedef {{ at_s: number, kind: 'up' | 'down' | 'change', changes: { path: string[], from: string, to: string }[] }} ChangeMark */

const SPANS_MAX = 200; // more could not be told apart on a screen

/** @param {any} value of a quantity as the document has it */
const number = (value) => (typeof value === 'number' ? value : typeof value === 'string' ? quantity(value) : NaN);

/**
 * Faults at a time; random ones are not known beforehand.
 * @param {import('../types.js').Design} design
 * @param {number} duration_s
 * @returns {FaultMark[]}
 */
export function faultMarks(design, duration_s) {
  const marks = [];
  for (const fault of design.faults ?? []) {
    const from_s = number(fault['at']);
    if (!(from_s < duration_s)) continue;
    const for_s = number(fault['for']);
    const to_s = Math.min(duration_s, Number.isFinite(for_s) ? from_s + for_s : duration_s);
    marks.push({ from_s, to_s, kind: String(fault['kind']), target: String(fault['target'] ?? fault['zone'] ?? '') });
  }
  return marks;
}

/** What makes a node do more or less at a time, and how many of it there are. */
const SCALE = new Set(['replicas', 'concurrency', 'connections', 'cores', 'capacity', 'partitions', 'prefetch', 'queue']);

/** @param {unknown} value of a setting, in a few letters */
const short = (value) => (value === undefined ? '–' : typeof value === 'object' ? '…' : String(value));

/**
 * What was scaled or changed under a run that then went on. Faults have marks of their own.
 * @param {import('../types.js').Run['forks']} forks
 * @returns {ChangeMark[]}
 */
export function changeMarks(forks) {
  return forks.flatMap(({ time_s, changes }) => {
    const own = changes.map((change) => ({ ...change, path: parsePointer(change.pointer) })).filter(({ path }) => path[0] !== 'faults');
    if (own.length === 0) return [];
    const ways = new Set(own.map(({ path, from, to }) => {
      const [object, , property = ''] = path;
      const by = object === 'nodes' && SCALE.has(property) ? Number(to ?? NaN) - Number(from ?? (property === 'replicas' ? 1 : NaN)) : NaN;
      return by > 0 ? 'up' : by < 0 ? 'down' : 'change';
    }));
    const [way = 'change'] = ways;
    return [{
      at_s: time_s, kind: ways.size === 1 ? /** @type {'up' | 'down' | 'change'} */ (way) : 'change',
      changes: own.map(({ path, from, to }) => ({ path, from: short(from), to: short(to) })),
    }];
  });
}

/**
 * The value of a target's metric in each interval, where the timeline has it.
 * @param {string} metric
 * @param {import('../types.js').Timeline} timeline
 * @returns {((row: number) => number) | null}
 */
function measured(metric, timeline) {
  const match = /^(nodes\.[^.]+)\.(?:response\.(p\d+)|(error_ratio)|(utilization|throughput|in_queue))$/.exec(metric);
  if (!match) return null;
  const [, node, quantile, ratio, plain] = match;
  if (ratio) {
    if (!timeline.has(`${node}.errors`) || !timeline.has(`${node}.throughput`)) return null;
    const errors = timeline.column(`${node}.errors`);
    const completions = timeline.column(`${node}.throughput`);
    return (row) => {
      const failed = errors[row] ?? 0;
      return failed > 0 ? failed / (failed + (completions[row] ?? 0)) : 0;
    };
  }
  const name = `${node}.${quantile ?? plain}`;
  if (!timeline.has(name)) return null;
  const column = timeline.column(name);
  return (row) => column[row] ?? NaN;
}

/**
 * Stretches of the timeline in which some target was missed.
 * @param {import('../types.js').Design} design
 * @param {import('../types.js').Timeline} timeline
 * @returns {Span[]}
 */
export function missedSpans(design, timeline) {
  const tests = (design.slos ?? []).flatMap((slo) => {
    const value = measured(String(slo['metric'] ?? ''), timeline);
    const most = number(slo['max']);
    const least = number(slo['min']);
    return value ? [(/** @type {number} */ row) => value(row) > most || value(row) < least] : [];
  });
  const times = timeline.column('time_s');
  /** @type {Span[]} */
  const spans = [];
  for (let row = 0; row < times.length && tests.length > 0; row += 1) {
    if (!tests.some((misses) => misses(row))) continue;
    const to_s = /** @type {number} */ (times[row]);
    const from_s = to_s - timeline.interval_s;
    const last = spans.at(-1);
    if (last && from_s - last.to_s < timeline.interval_s / 2) last.to_s = to_s;
    else if (spans.length < SPANS_MAX) spans.push({ from_s: Math.max(0, from_s), to_s });
  }
  return spans;
}
