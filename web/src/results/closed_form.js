import './closed_form.css';
import { afterFrame, notAfterFrame } from '../app/pace.js';
import { duration, percent } from '../canvas/format.js';
import { el, fill } from '../dom.js';
import { icon } from '../icons/icon.js';

const SAME = 0.005; // a smaller difference is not worth its words

/**
 * The closed-form answer in a few numbers, beside the settings: it moves with a number that is dragged.
 * @param {import('../types.js').App} app
 * @returns {import('../types.js').Panel}
 */
export function createClosedForm(app) {
  const { t, solution } = app;
  const list = el('dl', { class: 'stats' });
  const note = el('p', { class: 'muted small closed-form-note' });
  const element = el('section', { class: 'section closed-form', 'aria-label': t('solve.title'), hidden: true },
    el('h3', { class: 'section-title', title: t('solve.tip') }, t('solve.title')), list, note);

  const nameOf = (/** @type {string} */ id) => app.document.get().nodes[id]?.name ?? id;

  /**
   * @param {string} key @param {string} title
   * @param {(node: any) => number | null | undefined} of
   * @param {string} id
   * @param {(value: number | null | undefined) => string} format
   */
  function stat(key, title, of, id, format) {
    const node = solution.value.nodes[id];
    const value = of(node);
    const was = solution.base?.nodes[id] ? of(solution.base.nodes[id]) : null;
    const isChanged = typeof value === 'number' && typeof was === 'number' && Math.abs(value - was) > SAME * Math.abs(was);
    return el('div', { class: 'stat', dataset: { stat: key } }, el('dt', { class: 'truncate', title }, title),
      el('dd', { class: node.saturated ? 'hot' : '' }, el('span', {}, node.saturated && key !== 'busy' ? '∞' : format(value)),
        isChanged && el('small', {}, ' ', t('solve.was', { value: format(was) }))));
  }

  /** @returns {HTMLElement[]} */
  function stats() {
    const { nodes, bottleneck } = solution.value;
    const design = app.document.get();
    const ids = Object.keys(nodes);
    const client = ids.find((id) => app.selection.nodes.has(id) && design.nodes[id]?.type === 'client') ?? ids.find((id) => design.nodes[id]?.type === 'client');
    const selected = ids.filter((id) => app.selection.nodes.has(id) && nodes[id].utilization !== null).slice(0, 1);
    const busy = [...new Set([...selected, ...(bottleneck?.node && nodes[bottleneck.node] ? [bottleneck.node] : [])])];
    return [
      ...(client ? [
        stat('mean', t('solve.mean', { name: nameOf(client) }), (node) => node.response?.mean, client, duration),
        stat('p99', t('solve.p99'), (node) => node.response?.p99, client, duration),
      ] : []),
      ...busy.map((id) => stat('busy', t(id === bottleneck?.node ? 'solve.bottleneck' : 'solve.busy', { name: nameOf(id) }), (node) => node.utilization, id, percent)),
    ];
  }

  function update() {
    element.hidden = !solution.value?.nodes || Object.keys(solution.value.nodes).length === 0;
    if (element.hidden) return;
    fill(list, ...stats());
    const { nodes } = solution.value;
    const saturated = (solution.value.saturated ?? Object.keys(nodes).filter((id) => nodes[id].saturated)).map(nameOf);
    element.dataset['saturated'] = String(saturated.length > 0);
    fill(note, ...(saturated.length > 0
      ? [icon('alert'), ' ', t('solve.saturated', { names: saturated.slice(0, 2).join(', ') })] : [t(solution.value.exact ? 'solve.exact' : 'solve.approximate')]));
  }

  const stops = ['solution', 'selection'].map((name) => app.signals.on(name, () => afterFrame('closed form', update)));
  update();
  return { element, update, dispose: () => [() => notAfterFrame('closed form'), ...stops].forEach((stop) => stop()) };
}
