import { duration, percent, rate } from '../canvas/format.js';
import { el, fill } from '../dom.js';
import { said } from '../i18n/index.js';
import { icon } from '../icons/icon.js';
import { significant } from './precision.js';

/**
 * The verdicts above the drawing: one chip a target, and one sentence that says what holds the system up.
 * @param {import('../types.js').App} app
 * @returns {import('../types.js').Panel & { welcome: (text: string | null) => void }}
 */
export function createVerdicts(app) {
  const { t, run } = app;
  /** @type {string | null} */
  let welcome = null;
  const status = el('div', { class: 'verdict-status' });
  const offer = el('div', { class: 'verdict-offer', role: 'group', 'aria-label': t('verdict.offer') });
  const element = el('div', { class: 'verdicts' }, status, offer);

  // A run that has begun can go on under the change, or be made again.
  const goOn = () => void (run.state === 'running' ? run.fork() : run.start());
  const choice = (/** @type {string} */ key, /** @type {() => void} */ onclick) => el('button', { class: 'button', type: 'button', onclick }, t(key));
  let offered = '';
  function showOffer() {
    const isBegun = run.isStale && (run.state === 'running' || run.state === 'paused');
    const next = !isBegun ? '' : run.refusal ?? (run.canContinue ? 'continue' : '');
    if (next === offered) return;
    offered = next;
    offer.hidden = next === '';
    fill(offer, ...(next === '' ? [] : [
      el('span', { class: `chip warn ${run.refusal ? '' : 'verdict-changed'}` }, icon('alert'), run.refusal ? t('run.cannot_continue', { why: run.refusal }) : t('verdict.changed')),
      !run.refusal && choice('run.continue_here', goOn), choice('run.from_start', () => void run.again())]));
  }

  /**
   * A target before the run, its verdict after it. The colour comes with the end of the run: before, it is not to be trusted.
   * @param {any} target as the document has it
   * @param {any} slo as the results have it, if they do
   * @param {boolean} isFinal
   */
  function chip(target, slo, isFinal) {
    const metric = String(target.metric ?? '');
    const name = target.name ?? slo?.name ?? metric;
    const isMost = target.max !== undefined;
    if (!slo) {
      return el('span', { class: 'chip', title: metric }, icon('target'),
        t(isMost ? 'verdict.target_most' : 'verdict.target_least', { name, limit: target.max ?? target.min ?? '' }));
    }
    const state = slo.value === null ? 'warn' : slo.pass ? 'pass' : 'fail';
    const text = t(isMost ? 'verdict.at_most' : 'verdict.at_least',
      { name, value: valueText(metric, slo.value), limit: valueText(metric, slo.max ?? slo.min) });
    return el('span', { class: isFinal ? `chip ${state}` : 'chip', title: metric },
      icon(state === 'pass' ? 'check' : state === 'fail' ? 'cross' : 'alert'), text);
  }

  /** @param {any} bottleneck */
  function sentence({ node, why: whole }) {
    const why = said(whole.startsWith(`${node} `) ? whole.slice(node.length + 1) : whole);
    return el('p', { class: 'verdict-sentence' },
      el('button', { class: 'verdict-node', type: 'button', onclick: () => app.selection.set({ nodes: [node] }) }, node), ' ', el('span', why.mark, why.text));
  }

  /** @returns {(HTMLElement | string | false | null)[]} */
  function parts() {
    if (run.state === 'failed') {
      return [el('p', { class: 'verdict-sentence verdict-failed' }, icon('error'), ' ', t('verdict.failed', { message: run.error?.message ?? '' }))];
    }
    const targets = app.document.get().slos ?? [];
    const results = run.results;
    const chips = targets.map((target, index) => chip(target, run.isStale && !results?.value.slos[index] ? null : results?.value.slos[index], results?.isFinal ?? false));
    if (results && !results.isFinal) chips.push(el('span', { class: 'chip warn' }, icon('info'), t('verdict.so_far')));
    if (results && run.isStale && offered === '') chips.push(el('span', { class: 'chip warn' }, icon('alert'), t('verdict.stale')));
    if (results && run.fork_s > 0 && !run.isStale) chips.push(el('span', { class: 'chip warn' }, icon('info'), t('verdict.forked', { time: duration(run.fork_s) })));
    const bottleneck = results?.value.bottleneck;
    return [
      chips.length > 0 && el('div', { class: 'verdict-chips', role: 'group', tabindex: '0', 'aria-label': t('verdict.targets') }, chips),
      bottleneck?.why ? sentence(bottleneck) : !results && welcome && el('p', { class: 'verdict-sentence' }, welcome, ' ',
        app.settings.get('tour') !== 'done' && el('button', { class: 'button welcome-tour', type: 'button', onclick: () => app.actions.perform('tour') }, t('tour.begin'))),
    ];
  }

  let shown = '';
  function update() {
    showOffer();
    const next = parts().filter(Boolean);
    const text = next.map((part) => (part instanceof HTMLElement ? `${part.className} ${part.textContent}` : part)).join('|');
    element.hidden = next.length === 0 && offered === '';
    if (text === shown) return;
    status.hidden = next.length === 0;
    shown = text;
    fill(status, ...next);
    if (run.state === 'done' || run.state === 'failed') app.announce(next.flatMap(heard).join('. '));
  }

  element.hidden = true;
  offer.hidden = true;
  const stops = ['results', 'run-state', 'document'].map((name) => app.signals.on(name, update));
  return {
    element,
    update,
    welcome(text) { welcome = text; update(); },
    dispose: () => stops.forEach((stop) => stop()),
  };
}

/** The words of a part, chip by chip. @param {HTMLElement | string | false | null} part @returns {string[]} */
function heard(part) {
  if (!(part instanceof HTMLElement)) return part ? [part] : [];
  return (part.matches('.verdict-chips') ? [...part.children] : [part]).map((one) => one.textContent ?? '');
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
