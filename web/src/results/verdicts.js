import { duration, percent, rate } from '../canvas/format.js';
import { el, fill } from '../dom.js';
import { icon } from '../icons/icon.js';
import { significant } from './precision.js';

/**
 * The verdicts over the canvas: one chip a target, and one sentence that says what holds the system up.
 * @param {import('../types.js').App} app
 * @returns {import('../types.js').Panel & { welcome: (text: string | null) => void }}
 */
export function createVerdicts(app) {
  const { t, run } = app;
  /** @type {string | null} */
  let welcome = null;
  const element = el('div', { class: 'canvas-overlay top start verdicts', role: 'status', 'aria-live': 'polite' });

  /** @param {any} slo @param {number} index */
  function chip(slo, index) {
    const written = app.document.get().slos?.[index];
    const metric = String(written?.['metric'] ?? '');
    const name = slo.name ?? metric;
    const limit = slo.max ?? slo.min;
    const text = t(slo.max === undefined || slo.max === null ? 'verdict.at_least' : 'verdict.at_most',
      { name, value: valueText(metric, slo.value), limit: valueText(metric, limit) });
    const state = slo.value === null ? 'warn' : slo.pass ? 'pass' : 'fail';
    return el('span', { class: `chip ${state}`, title: metric },
      icon(state === 'pass' ? 'check' : state === 'fail' ? 'cross' : 'alert'), text);
  }

  /** @returns {(HTMLElement | string | false | null)[]} */
  function parts() {
    if (run.state === 'failed') {
      return [el('span', { class: 'notice error' }, icon('error'), t('verdict.failed', { message: run.error?.message ?? '' }))];
    }
    if (!run.results) return welcome && run.state === 'idle' ? [el('span', { class: 'verdict-sentence' }, welcome)] : [];
    const { value, isFinal } = run.results;
    const { bottleneck } = value;
    return [
      ...value.slos.map(chip),
      bottleneck?.why && el('span', { class: 'verdict-sentence' }, icon('target'),
        el('button', { class: 'button quiet verdict-node', type: 'button', onclick: () => app.selection.set({ nodes: [bottleneck.node] }) }, bottleneck.node),
        bottleneck.why),
      run.isStale && el('span', { class: 'chip warn' }, icon('alert'), t('verdict.stale')),
      !isFinal && run.state !== 'running' && el('span', { class: 'chip' }, t('verdict.so_far')),
    ];
  }

  let shown = '';
  function update() {
    const next = parts().filter(Boolean);
    // A live region that is filled with the same words again would be read out again.
    const text = next.map((part) => (part instanceof HTMLElement ? `${part.className} ${part.textContent}` : part)).join('|');
    if (text === shown) return;
    shown = text;
    fill(element, ...next);
  }

  const stops = ['results', 'run-state', 'document'].map((name) => app.signals.on(name, update));
  return {
    element,
    update,
    welcome(text) { welcome = text; update(); },
    dispose: () => stops.forEach((stop) => stop()),
  };
}

const TIMES = /\.(response|wait|service|latency)(\.|$)/;
const RATIOS = /(ratio|utilization)$/;

/**
 * A metric's value in its unit, which its path tells.
 * @param {string} metric
 * @param {number | null | undefined} value
 */
export function valueText(metric, value) {
  if (value === null || value === undefined) return '–';
  if (TIMES.test(metric) && !metric.endsWith('.count')) return duration(value);
  if (RATIOS.test(metric)) return percent(value);
  if (metric.endsWith('throughput')) return rate(value);
  return significant(value);
}
