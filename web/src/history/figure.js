/**
 * A chart on paper: lines over simulated time as SVG, with ticks at round numbers.
 */

import { svg } from '../dom.js';

const WIDTH = 720;
const HEIGHT = 190;
const INSET = { start: 62, end: 12, top: 10, bottom: 24 };
const POINTS_MAX = 700; // finer than a printer's dots at this width
const TICKS = 4;
export const TONES = 6;

/** @typedef {{ label: string, values: ArrayLike<number>, tone: number, isDashed?: boolean }} Line */

/**
 * Round numbers from 0 to at least the given one.
 * @param {number} top
 * @param {number} [wanted] about how many
 * @returns {number[]}
 */
export function ticksTo(top, wanted = TICKS) {
  if (!(top > 0) || !Number.isFinite(top)) return [0, 1];
  const rough = top / wanted;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((one) => one >= rough * (1 - 1e-9)) ?? 10 * size;
  return Array.from({ length: Math.ceil(top / step - 1e-9) + 1 }, (_, n) => Number((n * step).toPrecision(12)));
}

/**
 * The points of a line, few enough to draw: of each stretch the lowest and the highest, in their order, so that no peak is lost.
 * @param {ArrayLike<number>} times @param {ArrayLike<number>} values
 * @returns {([number, number] | null)[]} null where there is a gap
 */
export function pointsOf(times, values, most = POINTS_MAX) {
  const length = Math.min(times.length, values.length);
  const step = Math.max(1, Math.ceil((2 * length) / most));
  /** @type {([number, number] | null)[]} */
  const points = [];
  for (let from = 0; from < length; from += step) {
    let [low, high] = [-1, -1];
    for (let at = from; at < Math.min(length, from + step); at += 1) {
      const value = /** @type {number} */ (values[at]);
      if (!Number.isFinite(value)) continue;
      if (low < 0 || value < /** @type {number} */ (values[low])) low = at;
      if (high < 0 || value > /** @type {number} */ (values[high])) high = at;
    }
    const picked = low < 0 ? [] : low === high ? [low] : [Math.min(low, high), Math.max(low, high)];
    for (const at of picked) points.push([/** @type {number} */ (times[at]), /** @type {number} */ (values[at])]);
    if (picked.length === 0 && points.at(-1)) points.push(null);
  }
  return points;
}

/**
 * @param {{ title: string, times: ArrayLike<number>, lines: Line[], end_s: number, top?: number, format: (value: number) => string, timeFormat: (value: number) => string,
 *   spans?: { from_s: number, to_s: number, kind: 'warmup' | 'fault' }[] }} options
 * @returns {SVGSVGElement}
 */
export function figureOf({ title, times, lines, end_s, top, format, timeFormat, spans = [] }) {
  const drawn = lines.map(({ values }) => pointsOf(times, values));
  const highest = Math.max(0, ...drawn.flat().map((point) => point?.[1] ?? 0));
  const rows = ticksTo(top ?? (highest || 1));
  const most = /** @type {number} */ (rows.at(-1));
  const columns = ticksTo(end_s, 6).filter((at_s) => at_s <= end_s * (1 + 1e-9));
  const inner = { width: WIDTH - INSET.start - INSET.end, height: HEIGHT - INSET.top - INSET.bottom };
  const x = (/** @type {number} */ at_s) => Number((INSET.start + (inner.width * Math.min(at_s, end_s)) / end_s).toFixed(1));
  const y = (/** @type {number} */ value) => Number((INSET.top + inner.height * (1 - Math.min(value, most) / most)).toFixed(1));
  const pathOf = (/** @type {([number, number] | null)[]} */ points) => points
    .map((point, at) => (point ? `${at === 0 || points[at - 1] === null ? 'M' : 'L'}${x(point[0])} ${y(point[1])}` : '')).join('');
  return svg('svg', { class: 'figure', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': title },
    spans.map(({ from_s, to_s, kind }) => svg('rect', {
      class: `figure-${kind}`, x: x(from_s), y: INSET.top, width: Math.max(0.5, x(to_s) - x(from_s)), height: inner.height })),
    rows.map((value) => svg('g', {}, svg('path', { class: 'figure-grid', d: `M${INSET.start} ${y(value)}H${WIDTH - INSET.end}` }),
      svg('text', { class: 'figure-tick', x: INSET.start - 6, y: y(value) + 4, 'text-anchor': 'end' }, format(value)))),
    columns.map((at_s, index) => svg('text', {
      class: 'figure-tick', x: x(at_s), y: HEIGHT - 6, 'text-anchor': index === columns.length - 1 && x(at_s) > WIDTH - INSET.end - 20 ? 'end' : 'middle' }, timeFormat(at_s))),
    lines.map(({ tone, isDashed }, index) => svg('path', { class: `figure-line tone-${tone % TONES}${isDashed ? ' dashed' : ''}`, d: pathOf(drawn[index] ?? []) })));
}
