import uPlot from 'uplot';
import { el, fill } from '../dom.js';
import { ghostsOf } from './series.js';

/** @typedef {import('uplot')} Plot */

/** @typedef {import('./series.js').Line} Line */
/** @typedef {import('../canvas/theme.js').Theme} Theme */

const FEW_ROWS = 4; // two points make a line that is hard to see
const GHOST_ALPHA = 0.4;

/** @param {Theme} theme colours that can be told apart side by side; past the sixth they begin again */
export const tones = (theme) => [theme.accent, theme.cool, theme.warm, theme.error, theme.hot, theme.muted];

/**
 * uPlot's gaps are nulls.
 * @param {Float64Array} values
 * @param {number} rows
 * @param {number} [first] row that is not a gap
 */
function withGaps(values, rows, first = 0) {
  const out = new Array(rows);
  for (let i = 0; i < rows; i += 1) {
    const value = values[i];
    out[i] = i >= first && value !== undefined && Number.isFinite(value) ? value : null;
  }
  return out;
}

/**
 * One chart with a legend of its own that shows the values under the cursor, or the latest.
 * @param {{ title: string, format: (value: number) => string, top?: number, ghostName: string, more: (n: number) => string, moreTip: string, warmup_s: () => number, end_s: () => number, present_s: () => number | null, changes_s: () => number[],
 *   onCursor: (row: number | null) => void, onPick?: (row: number) => void, take?: import('../dom.js').Child }} options `onCursor`: the row under the pointer, if any; `onPick`: a press on one
 */
export function createPlot(options) {
  const legend = el('ul', { class: 'chart-legend' });
  const canvas = el('div', { class: 'chart-plot' });
  const element = el('figure', { class: 'chart' },
    el('figcaption', { class: 'chart-head' }, el('span', { class: 'chart-title' }, options.title), legend, options.take), canvas);
  /** @type {Plot | null} */
  let plot = null;
  /** @type {Line[]} */
  let lines = [];
  /** @type {Line[]} of the future that was left */
  let ghosts = [];
  /** @type {HTMLElement[]} */
  let values = [];
  let key = '';
  let present = 0; // rows up to the present

  /** @param {Plot} self */
  function drawWarmup(self) {
    const warmup_s = options.warmup_s();
    if (!(warmup_s > 0)) return;
    const { left, top, height } = self.bbox;
    const to = Math.min(self.valToPos(warmup_s, 'x', true), left + self.bbox.width);
    self.ctx.save();
    self.ctx.globalAlpha = 0.4;
    self.ctx.fillStyle = shade;
    self.ctx.fillRect(left, top, to - left, height);
    self.ctx.restore();
  }
  let shade = 'transparent';
  let ink = 'transparent';

  /** The present, where it is not the end of what is known. @param {Plot} self */
  function drawPresent(self) {
    const now_s = options.present_s();
    if (now_s === null) return;
    const { left, top, width, height } = self.bbox;
    const at = Math.round(self.valToPos(now_s, 'x', true)) + 0.5;
    if (at < left || at > left + width) return;
    self.ctx.save();
    self.ctx.strokeStyle = ink;
    self.ctx.lineWidth = devicePixelRatio;
    self.ctx.beginPath();
    self.ctx.moveTo(at, top);
    self.ctx.lineTo(at, top + height);
    self.ctx.stroke();
    self.ctx.restore();
  }

  /** Where the run went on under a change. @param {Plot} self */
  function drawChanges(self) {
    const { left, top, width, height } = self.bbox;
    self.ctx.save();
    self.ctx.strokeStyle = accent;
    self.ctx.lineWidth = devicePixelRatio;
    self.ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    self.ctx.beginPath();
    for (const at_s of options.changes_s()) {
      const at = Math.round(self.valToPos(at_s, 'x', true)) + 0.5;
      if (at < left || at > left + width) continue;
      self.ctx.moveTo(at, top);
      self.ctx.lineTo(at, top + height);
    }
    self.ctx.stroke();
    self.ctx.restore();
  }
  let accent = 'transparent';

  /** @param {Theme} theme @returns {import('uplot').Options} */
  function optionsFor(theme) {
    shade = theme.line;
    ink = theme.ink;
    accent = theme.accent;
    const axis = { stroke: theme.muted, font: `11px ${theme.font}`, grid: { stroke: theme.line, width: 1 }, ticks: { show: false } };
    const colours = tones(theme);
    return {
      width: Math.max(80, canvas.clientWidth),
      height: Math.max(60, canvas.clientHeight),
      padding: [6, 16, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: 'timeline' }, points: { size: 5 }, drag: { x: false, y: false }, y: false },
      scales: {
        x: { time: false, range: () => [0, options.end_s()] },
        y: { range: (_, min, max) => [0, options.top ?? Math.max(max || 0, 1e-9) * 1.1] },
      },
      axes: [
        { ...axis, size: 24, gap: 3, space: 56, values: (_, splits) => splits.map((s) => (s === 0 ? '' : `${+s.toPrecision(6)} s`)) },
        { ...axis, size: 58, gap: 4, space: 28, values: (_, splits) => splits.map((v) => (v === null ? '' : options.format(v))) },
      ],
      series: [{}, ...lines.map(({ label, tone, isDashed }) => ({
        label, stroke: colours[tone % colours.length] ?? theme.ink, width: isDashed ? 1.25 : 1.75,
        ...(isDashed ? { dash: [4, 3] } : {}), points: { show: (/** @type {Plot} */ self) => self.data[0].length < FEW_ROWS, size: 4 }, spanGaps: false,
      })), ...ghosts.map(({ label, tone }) => ({
        label, stroke: colours[tone % colours.length] ?? theme.ink, width: 1.5, alpha: GHOST_ALPHA, points: { show: false }, spanGaps: false,
      }))],
      hooks: { draw: [drawChanges, drawPresent], drawClear: [drawWarmup], setCursor: [() => { showValues(); options.onCursor(plot?.cursor.idx ?? null); }] },
    };
  }

  /** @param {Theme} theme @param {number} left lines that are not drawn */
  function makeLegend(theme, left) {
    const colours = tones(theme);
    values = lines.map(() => el('span', { class: 'number' }));
    fill(legend, ...lines.map(({ label, tone, isDashed }, index) => el('li', {},
      el('span', { class: `chart-key${isDashed ? ' dashed' : ''}`, style: { color: colours[tone % colours.length] ?? theme.ink } }),
      label, ' ', values[index])), ghosts.length > 0 && el('li', { class: 'chart-ghost' },
      el('span', { class: 'chart-key', style: { color: colours[(ghosts[0]?.tone ?? 0) % colours.length] ?? theme.ink } }), options.ghostName), left > 0 && el('li', { class: 'chart-more', title: options.moreTip }, options.more(left)));
  }

  function showValues() {
    if (!plot) return;
    const at = plot.cursor.idx;
    lines.forEach((_, index) => {
      const data = /** @type {any} */ (plot).data[index + 1];
      const value = at === null || at === undefined ? lastOf(data, present) : data[at];
      const cell = values[index];
      const text = value === null || value === undefined ? '–' : options.format(value);
      if (cell && cell.textContent !== text) cell.textContent = text; // a layout each
    });
  }

  // The legend's lines change the room for the plot, as the window does.
  const observer = new ResizeObserver(() => {
    if (plot && canvas.clientWidth > 0) plot.setSize({ width: canvas.clientWidth, height: Math.max(60, canvas.clientHeight) });
  });
  observer.observe(canvas);

  return {
    element,
    get lines() { return lines; },
    dispose: () => observer.disconnect(),
    /**
     * @param {Line[]} next
     * @param {import('../types.js').Run} run
     * @param {Theme} theme
     * @param {number} more how many there are that have no line
     */
    show(next, { timeline, ghost, time_s }, theme, more) {
      const left = ghost ? ghostsOf(next) : [];
      const nextKey = `${theme.key} ${next.map(({ column, tone }) => `${column}/${tone}`).join(' ')} ${left.length} ${more}`;
      present = timeline.rowsAt(time_s);
      if (nextKey !== key || !plot) {
        key = nextKey;
        lines = next;
        ghosts = left;
        plot?.destroy();
        plot = new uPlot(optionsFor(theme), /** @type {any} */ ([[], ...lines.map(() => []), ...ghosts.map(() => [])]), canvas);
        makeLegend(theme, more);
        const { onPick } = options;
        const { over } = plot;
        if (onPick) {
          over.classList.add('chart-picks');
          over.addEventListener('click', () => { const at = plot?.cursor.idx; if (typeof at === 'number') onPick(at); });
        }
      }
      // Both futures have their rows at the same times.
      const longer = ghost && ghost.timeline.rows > timeline.rows ? ghost.timeline : timeline;
      const first = ghost ? Math.max(0, ghost.timeline.rowsAt(ghost.from_s) - 1) : 0;
      plot.setData(/** @type {any} */ ([longer.column('time_s'), ...lines.map(({ column }) => withGaps(timeline.column(column), longer.rows)),
        ...ghosts.map(({ column }) => withGaps(/** @type {any} */ (ghost).timeline.column(column), longer.rows, first))]));
      showValues();
    },
    clear() {
      plot?.destroy();
      plot = null;
      key = '';
      fill(legend);
    },
  };
}

/** @param {ArrayLike<number | null>} data @param {number} rows */
function lastOf(data, rows) {
  for (let i = Math.min(rows, data.length) - 1; i >= 0; i -= 1) if (data[i] !== null) return data[i];
  return null;
}
