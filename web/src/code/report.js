import { duration } from '../canvas/format.js';
import { el, fill } from '../dom.js';
import { quantity } from '../i18n/index.js';
import { icon } from '../icons/icon.js';

const LINES_SHOWN = 8;

/** @param {number} value */
const number = (value) => value.toLocaleString('en', { maximumSignificantDigits: 4 });

/**
 * What a run says of a node's code: how often it ran and what that took, what it measured, and the end of its log.
 * @param {import('../types.js').App} app
 */
export function createReport(app) {
  const { t } = app;
  const sum = el('div', { class: 'code-sums' });
  const said = el('div', { class: 'code-said' });
  let key = '';

  /** @param {any} handlers */
  function showSum(handlers) {
    const breaches = Object.entries(handlers.breaches).filter(([, count]) => Number(count) > 0);
    const each_s = handlers.invocations > 0 ? handlers.cpu_s / handlers.invocations : 0;
    fill(sum,
      el('p', { class: 'code-sum' }, t('code.sum', { n: handlers.invocations, cpu: duration(handlers.cpu_s), each: duration(each_s), errors: handlers.errors })),
      handlers.memory_bytes > 0 && el('p', { class: 'code-memory' }, t('code.memory', { memory: quantity(`${number(handlers.memory_bytes / 2 ** 20)} MiB`) })),
      breaches.map(([name, count]) => el('p', { class: 'code-breach' }, t('code.breach', { name, n: Number(count) }))));
  }

  /** @param {any[]} metrics */
  const metricsOf = (metrics) => (metrics.length === 0 ? null : el('table', { class: 'table small code-metrics' },
    el('thead', {}, el('tr', {}, ['code.metric', 'code.count', 'code.mean', 'code.max'].map((key) => el('th', { scope: 'col' }, t(key))))),
    el('tbody', {}, metrics.map((metric) => el('tr', {}, el('th', { scope: 'row', translate: 'no' }, metric.name),
      [metric.count, metric.sum / metric.count, metric.max].map((value) => el('td', {}, number(value))))))));

  /** @param {any[]} log */
  const logOf = (log) => (log.length === 0 ? null : el('ol', { class: 'code-log', 'aria-label': t('code.log') }, log.slice(-LINES_SHOWN).map((line) => (
    el('li', { class: `code-line ${line.level}`, translate: 'no' },
      el('button', { type: 'button', class: 'link', title: t('code.to_moment'), onclick: () => void app.run.seek(line.time_s) }, `${line.time_s.toFixed(3)} s`),
      line.n > 0 && el('button', { type: 'button', class: 'link code-debug', 'aria-label': t('debugger.of_log'), title: t('debugger.of_log'), onclick: () => app.signals.emit('debug', { n: line.n, line: line.line, time_s: line.time_s }) }, icon('debug')),
      el('span', {}, ` ${line.text}`))))));

  return {
    sum,
    said,
    /** @param {any} handlers of the results; nothing while there are none */
    show(handlers) {
      if (handlers) showSum(handlers);
      else fill(sum);
      const next = JSON.stringify([handlers?.metrics, handlers?.log]);
      if (next === key) return; // what is read, or has the focus, stays
      key = next;
      fill(said, handlers && [metricsOf(handlers.metrics), logOf(handlers.log)]);
    },
  };
}
