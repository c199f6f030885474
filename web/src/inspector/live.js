/// The numbers of the selected node or connection while a run goes on.

import { count, duration, percent, rate } from '../canvas/format.js';
import { edgeP99, numberOf } from '../canvas/live.js';
import { loadOf } from '../canvas/load.js';
import { momentOf } from '../canvas/moment.js';
import { edgeNames } from '../canvas/scene.js';
import { el } from '../dom.js';
import { isSource, typeOf } from '../palette/catalog.js';

/** @typedef {import('../types.js').App} App */

/**
 * A connection's numbers; the run may be of an older document, so they are found by its name.
 * @param {App} app @param {number} index in the document
 */
function edgeView(app, index) {
  return app.run.frame?.edge(app.run.layout?.edges.indexOf(nameOf(app, index)) ?? -1) ?? null;
}

/** @param {App} app @param {number} index in the document */
const nameOf = (app, index) => edgeNames(app.document.get().edges.map(({ from, to }) => ({ from, to })))[index] ?? '';

/**
 * @param {App} app
 */
export function createLive(app) {
  const { t } = app;
  const meter = el('span', { class: 'meter' });
  const list = el('dl', { class: 'stats' });
  const element = el('div', { class: 'section live', hidden: true }, meter, list);
  /** @type {Map<string, HTMLElement>} */
  const cells = new Map();

  /** @param {string} key @param {string} text @param {string} [small] @param {string} [tone] */
  function put(key, text, small = '', tone = '') {
    let dd = cells.get(key);
    if (!dd) {
      dd = el('dd', {}, el('span', {}), el('small', {}));
      cells.set(key, dd);
      list.append(el('div', { class: 'stat' }, el('dt', {}, t(`live.${key}`)), dd));
    }
    const [value, unit] = /** @type {[HTMLElement, HTMLElement]} */ ([...dd.children]);
    if (value.textContent !== text) value.textContent = text;
    if (unit.textContent !== small) unit.textContent = small;
    dd.className = tone;
  }

  /** @type {import('../types.js').Frame | null} a past moment, shown instead of the latest */
  let moment = null;

  return {
    element,
    /** @param {number | null} row of the timeline, or null for the latest */
    setPlayhead(row) {
      moment = row === null ? null : momentOf(app.run, row);
      list.replaceChildren();
      cells.clear();
      this.update();
    },
    /** Forgets whose numbers these were. */
    clear() {
      cells.clear();
      list.replaceChildren();
    },
    update() {
      const frame = moment ?? app.run.frame;
      const [node] = app.selection.nodes;
      const [edge] = app.selection.edges;
      const one = app.selection.nodes.size + app.selection.edges.size === 1 && app.selection.notes.size === 0;
      const view = !frame || !one ? null : node !== undefined ? frame.node(node) : moment ? null : edgeView(app, edge ?? -1);
      element.hidden = !view;
      if (!view) return;
      meter.hidden = true;
      if (node === undefined) {
        put('rate', rate(numberOf(view, 'rate')));
        const p99 = moment ? null : edgeP99(app.run.results, nameOf(app, edge ?? -1));
        if (p99 !== null) put('p99', duration(p99));
        return;
      }
      const utilization = numberOf(view, 'utilization');
      const places = numberOf(view, 'places');
      if (utilization !== null && places !== null && places > 0 && !isSource(typeOf(app.catalog, app.document.get().nodes[node]?.type ?? ''))) {
        const load = loadOf(utilization);
        meter.hidden = false;
        meter.dataset['load'] = load;
        meter.style.setProperty('--value', String(Math.min(1, utilization)));
        put('utilization', percent(utilization), '', load);
        put('queue', count(numberOf(view, 'in_queue')));
        if (numberOf(view, 'busy') !== null) put('busy', count(numberOf(view, 'busy')), ` ${t('live.of_places', { n: count(places) })}`);
      } else if (numberOf(view, 'in_system') !== null) {
        put('in_system', count(numberOf(view, 'in_system')));
      }
      // In the first interval nothing was measured yet: that is not 0.
      const isMeasured = moment !== null || app.run.timeline.rows > 0;
      put('throughput', rate(isMeasured ? numberOf(view, 'throughput') : null));
      const p99 = numberOf(view, 'p99');
      if (p99 !== null) put('p99', duration(isMeasured && p99 > 0 ? p99 : null));
    },
  };
}
