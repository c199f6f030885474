import { el, fill } from '../dom.js';
import { library } from '../libraries/libraries.js';

/** @typedef {import('uplot')} Plot */

/** @typedef {import('./series.js').Line} Line */
/** @typedef {import('../canvas/theme.js').Theme} Theme */

const FEW_ROWS = 4; // two points make a line that is hard to see

/** @param {Theme} theme colours that can be told apart side by side; past the sixth they begin again */
const tones = (theme) => [theme.accent, theme.cool, theme.warm, theme.error, theme.hot, theme.muted];

/** @param {Float64Array} values uPlot's gaps are nulls */
function withGaps(values) {
  const out = new Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const value = /** @type {number} */ (values[i]);
    out[i] = Number.isFinite(value) ? value : null;
  }
  return out;
}

/**
 * One chart with a legend of its own that shows the values under the cursor, or the latest.
 * @param {{ title: string, format: (value: number) => string, top?: number, warmup_s: () => number, end_s: () => number,
 *   onCursor: (row: number | null) => void }} options `onCursor`: the row under the pointer, if any
 */
export function createPlot(options) {
  const legend = el('ul', { class: 'chart-legend' });
  const canvas = el('div', { class: 'chart-plot' });
  const element = el('figure', { class: 'chart' },
    el('figcaption', { class: 'chart-head' }, el('span', { class: 'chart-title' }, options.title), legend), canvas);
  /** @type {Plot | null} */
  let plot = null;
  /** @type {Line[]} */
  let lines = [];
  /** @type {HTMLElement[]} */
  let values = [];
  let key = '';

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

  /** @param {Theme} theme @returns {import('uplot').Options} */
  function optionsFor(theme) {
    shade = theme.line;
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
      }))],
      hooks: { drawClear: [drawWarmup], setCursor: [() => { showValues(); options.onCursor(plot?.cursor.idx ?? null); }] },
    };
  }

  function makeLegend(/** @type {Theme} */ theme) {
    const colours = tones(theme);
    values = lines.map(() => el('span', { class: 'number' }));
    fill(legend, ...lines.map(({ label, tone, isDashed }, index) => el('li', {},
      el('span', { class: `chart-key${isDashed ? ' dashed' : ''}`, style: { color: colours[tone % colours.length] ?? theme.ink } }),
      label, ' ', values[index])));
  }

  function showValues() {
    if (!plot) return;
    const at = plot.cursor.idx;
    lines.forEach((_, index) => {
      const data = /** @type {any} */ (plot).data[index + 1];
      const value = at === null || at === undefined ? lastOf(data) : data[at];
      const cell = values[index];
      if (cell) cell.textContent = value === null || value === undefined ? '–' : options.format(value);
    });
  }

  // The legend's lines change the room for the plot, as the window does.
  const observer = new ResizeObserver(() => {
    if (plot && canvas.clientWidth > 0) plot.setSize({ width: canvas.clientWidth, height: Math.max(60, canvas.clientHeight) });
  });
  observer.observe(canvas);

  return {
    element,
    dispose: () => observer.disconnect(),
    /**
     * @param {Line[]} next
     * @param {import('../types.js').Timeline} timeline
     * @param {Theme} theme
     */
    show(next, timeline, theme) {
      const nextKey = `${theme.key} ${next.map(({ column, tone }) => `${column}/${tone}`).join(' ')}`;
      if (nextKey !== key || !plot) {
        key = nextKey;
        lines = next;
        plot?.destroy();
        const uPlot = /** @type {typeof import('uplot')} */ (library('uplot'));
        plot = new uPlot(optionsFor(theme), /** @type {any} */ ([[], ...lines.map(() => [])]), canvas);
        makeLegend(theme);
      }
      plot.setData(/** @type {any} */ ([timeline.column('time_s'), ...lines.map(({ column }) => withGaps(timeline.column(column)))]));
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

/** @param {ArrayLike<number | null>} data */
function lastOf(data) {
  for (let i = data.length - 1; i >= 0; i -= 1) if (data[i] !== null) return data[i];
  return null;
}
