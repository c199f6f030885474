import './results.css';
import { count, percent, rate } from '../canvas/format.js';
import { loadOf } from '../canvas/load.js';
import { el, fill } from '../dom.js';
import { copyText } from '../files/transfer.js';
import { icon } from '../icons/icon.js';
import { durationParts } from './precision.js';
import { COLUMNS, csvOf, rowsOf } from './rows.js';

/**
 * The table of results: clients first, then every node, operations folded under each.
 * @param {import('../types.js').App} app
 * @returns {import('../types.js').Panel}
 */
export function createResults(app) {
  const { t } = app;
  /** @type {Set<string>} */
  const open = new Set();
  const caption = el('span', { class: 'muted small' });
  const body = el('tbody');
  const copies = el('span', { class: 'button-group' },
    el('button', { class: 'button quiet', type: 'button', onclick: () => copy('csv') }, icon('copy'), t('results.copy_csv')),
    el('button', { class: 'button quiet', type: 'button', onclick: () => copy('json') }, icon('copy'), t('results.copy_json')));
  const table = el('table', { class: 'table results-table' },
    el('thead', {}, el('tr', {},
      el('th', { scope: 'col' }, t('results.node')),
      COLUMNS.map(({ key }) => el('th', { scope: 'col', class: 'num', title: t(`results.${key}_tip`) }, t(`results.${key}`))))),
    body);
  const wrap = el('div', { class: 'table-wrap', tabindex: '0', role: 'region', 'aria-label': t('results.title') }, table);
  const empty = el('p', { class: 'empty' }, t('results.none'));
  const element = el('div', { class: 'results' },
    el('div', { class: 'toolbar results-head' }, caption, el('span', { class: 'toolbar-spacer' }), copies), wrap, empty);

  /** @param {'csv' | 'json'} form */
  async function copy(form) {
    const results = app.run.results;
    if (!results) return;
    const text = form === 'json' ? results.text : csvOf(results.value, app.document.get());
    app.notify(t(await copyText(text) ? 'results.copied' : 'results.not_copied'));
  }

  /** @param {import('./rows.js').Row} row */
  function line(row) {
    const name = row.operation || row.id;
    const isOpen = open.has(row.id);
    const toggle = () => { if (!row.hasOperations) return; if (isOpen) open.delete(row.id); else open.add(row.id); update(); };
    const head = el('button', {
      class: `results-name${row.operation ? ' results-operation' : ''}`, type: 'button',
      'aria-expanded': row.hasOperations ? String(isOpen) : null, onclick: toggle,
    }, row.hasOperations && icon(isOpen ? 'down' : 'chevron'), name);
    return el('tr', {
      'aria-selected': String(!row.operation && app.selection.nodes.has(row.id)),
      onclick: () => app.selection.set({ nodes: [row.id] }),
    }, el('th', { scope: 'row' }, head), COLUMNS.map((column) => cell(column, row)));
  }

  function update() {
    const results = app.run.results;
    empty.hidden = results !== null;
    wrap.hidden = results === null;
    copies.hidden = results === null;
    if (!results) {
      caption.textContent = '';
      return;
    }
    const { value, isFinal } = results;
    caption.textContent = t(isFinal ? 'results.caption' : 'results.caption_so_far', {
      simulated: value.simulated_s.toFixed(0), warmup: value.warmup_s.toFixed(1), events: count(value.events), seed: value.seed });
    fill(body, ...rowsOf(value, app.document.get()).filter((row) => row.operation === '' || open.has(row.id)).map(line));
  }

  const stops = ['results', 'selection'].map((name) => app.signals.on(name, () => { if (element.isConnected && !element.closest('[hidden]')) update(); }));
  update();
  return { element, update, dispose: () => stops.forEach((stop) => stop()) };
}

/**
 * @param {typeof COLUMNS[number]} column
 * @param {import('./rows.js').Row} row
 */
function cell(column, row) {
  const value = column.of(row.values);
  if (column.kind === 'duration') {
    const parts = durationParts(value, column.half?.(row.values));
    if (!parts) return el('td', { class: 'num muted' }, '–');
    return el('td', { class: 'num' }, parts.value, parts.half && el('span', { class: 'ci' }, ` ± ${parts.half}`), ` ${parts.unit}`);
  }
  const text = column.kind === 'rate' ? rate(value) : column.kind === 'percent' ? percent(value) : count(value);
  const load = column.key === 'utilization' && typeof value === 'number' ? loadOf(value) : '';
  const isBad = column.key === 'errors' && value > 0;
  return el('td', { class: `num ${load === 'cool' ? '' : load} ${isBad ? 'bad' : ''}` }, isBad && icon('cross'), text);
}
