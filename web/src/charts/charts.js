import 'uplot/dist/uPlot.min.css';
import './charts.css';
import { afterFrame, notAfterFrame } from '../app/pace.js';
import { duration, percent, rate } from '../canvas/format.js';
import { readTheme } from '../canvas/theme.js';
import { el } from '../dom.js';
import { icon } from '../icons/icon.js';
import { changeMarks } from './marks.js';
import { chartPicture, csvOfLines, standalone, takeAway } from './picture.js';
import { createPlot, tones } from './plot.js';
import { linesOf } from './series.js';

const REDRAW_MS = 80; // twelve times a second is live to the eye; the canvas needs the rest of the frame
const END_AT_LEAST_ROWS = 20;

const CHARTS = { throughput: { format: rate }, latency: { format: duration }, utilization: { format: percent, top: 1.02 } };
const NAMES = /** @type {(keyof typeof CHARTS)[]} */ (Object.keys(CHARTS));

/**
 * Throughput, latency and utilisation over simulated time, live.
 * @param {import('../types.js').App} app
 * @returns {import('../types.js').Panel}
 */
export function createCharts(app) {
  const { t, run } = app;
  // Over a finished or paused run the pointer is a playhead: the drawing shows that moment.
  const onCursor = (/** @type {number | null} */ row) => {
    const shown = run.state === 'running' ? null : row;
    if (shown === playhead) return;
    playhead = shown;
    app.signals.emit('playhead', shown);
  };
  /** @type {number | null} */
  let playhead = null;
  const shared = { warmup_s: () => run.frame?.header['warmup_s'] ?? 0, end_s, present_s, changes_s: () => changeMarks(run.forks).map(({ at_s }) => at_s), onCursor,
    ghostName: t('charts.ghost'), more: (/** @type {number} */ n) => t('charts.more', { n }), moreTip: t('charts.more_tip') };
  /** A button that lets a chart leave. @param {keyof typeof CHARTS} name */
  const take = (name) => el('button', {
    class: 'button quiet icon-only chart-take', type: 'button', title: t('picture.take', { name: t(`charts.${name}`) }), 'aria-label': t('picture.take', { name: t(`charts.${name}`) }),
    onclick: () => {
      const { lines } = plots[name];
      const theme = readTheme(element);
      const title = t(`charts.${name}`);
      const picture = chartPicture({ title, lines, ...CHARTS[name] }, run.timeline, run.duration_s || 1, theme, tones(theme));
      takeAway(app, { title, svg: standalone(picture, theme.surface), csv: csvOfLines(run.timeline, lines) });
    },
  }, icon('download'));
  const plots = {
    throughput: createPlot({ ...shared, title: t('charts.throughput'), format: rate, take: take('throughput') }),
    latency: createPlot({
      ...shared, title: t('charts.latency'), format: duration, take: take('latency'),
      onPick: (at) => app.signals.emit('look-at-requests', run.timeline.column('time_s')[at]),
    }),
    utilization: createPlot({ ...shared, title: t('charts.utilization'), format: percent, top: 1.02, take: take('utilization') }),
  };
  const empty = el('p', { class: 'empty charts-empty' }, t('charts.none'));
  const row = el('div', { class: 'charts-row', role: 'group', 'aria-label': t('tab.charts') }, Object.values(plots).map((plot) => plot.element));
  const element = el('div', { class: 'charts' }, row, empty);

  // At full speed the whole run is in view from the start; in slow motion the view grows with the run.
  function end_s() {
    if (run.speed === 'max' || run.state === 'done' || run.known_s > run.time_s || run.ghost) return run.duration_s || 1;
    const least_s = END_AT_LEAST_ROWS * run.timeline.interval_s;
    return Math.min(run.duration_s || 1, Math.max(least_s, run.time_s * 1.25));
  }

  function present_s() {
    return run.known_s > run.time_s ? run.time_s : null;
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let drawn_ms = 0;

  function update() {
    clearTimeout(timer);
    timer = undefined;
    drawn_ms = performance.now();
    const has = run.timeline.rows > 0;
    empty.hidden = has;
    const none = run.layout && run.state !== 'idle' ? t('charts.none_yet', { time: duration(run.timeline.interval_s) }) : t('charts.none');
    if (empty.textContent !== none) empty.textContent = none;
    row.style.visibility = has ? 'visible' : 'hidden';
    if (!has) {
      for (const name of NAMES) notAfterFrame(`charts ${name}`);
      Object.values(plots).forEach((plot) => plot.clear());
      return;
    }
    if (!element.isConnected || element.clientWidth === 0) return;
    // Where the charts are swiped through, keys can scroll them too.
    if (row.scrollWidth > row.clientWidth) row.setAttribute('tabindex', '0');
    else row.removeAttribute('tabindex');
    const theme = readTheme(element);
    const lines = linesOf(app);
    // One after the other: three at once are most of a frame.
    for (const name of NAMES) afterFrame(`charts ${name}`, () => {
      plots[name].show(lines[name], run, theme, name === 'utilization' ? 0 : lines.clients_left);
    });
  }

  function soon() {
    timer ??= setTimeout(() => afterFrame('charts', update), Math.max(0, REDRAW_MS - (performance.now() - drawn_ms)));
  }

  const observer = new ResizeObserver(soon); // it may have been folded away when there was something to draw
  observer.observe(element);
  const stops = ['timeline', 'selection', 'theme', 'results', 'run-state'].map((name) => app.signals.on(name, soon));
  update();
  return {
    element,
    update,
    dispose() {
      clearTimeout(timer);
      for (const name of ['charts', ...NAMES.map((one) => `charts ${one}`)]) notAfterFrame(name);
      observer.disconnect();
      Object.values(plots).forEach((plot) => plot.dispose());
      stops.forEach((stop) => stop());
    },
  };
}
