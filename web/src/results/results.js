import './results.css';
import { afterFrame, notAfterFrame } from '../app/pace.js';
import { count, percent, rate } from '../canvas/format.js';
import { loadOf } from '../canvas/load.js';
import { el, fill } from '../dom.js';
import { copyText } from '../files/transfer.js';
import { icon } from '../icons/icon.js';
import { compareTable, pairText, pairedTable, pairedText, runText, theoryTable } from './beside.js';
import { PAIRS, createPaired } from './paired.js';
import { durationParts } from './precision.js';
import { COLUMNS, csvOf, rowsOf } from './rows.js';

const ROWS_AT_FIRST = 100;
const VIEWS = /** @type {const} */ (['run', 'theory', 'compare']);

/**
 * The table of results: clients first, then every node, operations folded under each; beside the closed-form answer; or two runs.
 * @param {import('../types.js').App} app
 * @returns {import('../types.js').Panel}
 */
export function createResults(app) {
  const { t } = app;
  /** @type {Set<string>} */
  const open = new Set();
  const caption = el('span', { class: 'muted small' });
  const body = el('tbody');
  const head = el('thead');
  const view = el('select', {
    class: 'input results-view', 'aria-label': t('results.view'), onchange: () => { app.settings.set('results.view', view.value); update(); },
  }, VIEWS.map((one) => el('option', { value: one }, t(`results.view_${one}`))));
  const picks = [0, 1].map((at) => el('select', {
    class: 'input results-pick', 'aria-label': t(at === 0 ? 'compare.first' : 'compare.second'), onchange: () => { chosen[at] = Number(picks[at]?.value); update(); },
  }));
  let isAll = false;
  /** @type {(number | null)[]} numbers of runs; null follows the newest */
  const chosen = [null, null];
  const paired = createPaired(app, () => update());
  let wantsPairs = false;
  const pairs = el('button', { class: 'button results-pairs', type: 'button', title: t('compare.pairs_tip', { n: PAIRS }), onclick: togglePairs });
  const copies = el('span', { class: 'button-group' },
    el('button', { class: 'button quiet', type: 'button', onclick: () => copy('csv') }, icon('copy'), t('results.copy_csv')),
    el('button', { class: 'button quiet', type: 'button', onclick: () => copy('json') }, icon('copy'), t('results.copy_json')));
  const table = el('table', { class: 'table results-table' },
    head, body);
  const runHead = el('tr', {}, el('th', { scope: 'col' }, t('results.node')),
    COLUMNS.map(({ key }) => el('th', { scope: 'col', class: 'num', title: t(`results.${key}_tip`) }, t(`results.${key}`))));
  const wrap = el('div', { class: 'table-wrap', tabindex: '0', role: 'region', 'aria-label': t('results.title') }, table);
  const empty = el('p', { class: 'empty' }, t('results.none'));
  const element = el('div', { class: 'results' },
    el('div', { class: 'toolbar results-head' }, view, picks, pairs, caption, el('span', { class: 'toolbar-spacer' }), copies), wrap, empty);

  /** @param {'csv' | 'json'} form */
  async function copy(form) {
    const results = await app.run.readAll();
    if (!results) return;
    const text = form === 'json' ? results.text : csvOf(results.value, app.document.get());
    app.notify(t(await copyText(text) ? 'results.copied' : 'results.not_copied'));
  }

  /** @type {Map<string, HTMLElement>} lines by what their heads say: while a run goes on only the cells change, and the focus stays */
  const lines = new Map();

  /** @param {import('./rows.js').Row} row */
  function line(row) {
    const isOpen = open.has(row.id);
    const key = JSON.stringify([row.id, row.operation, isOpen, row.hasOperations, debug(row) !== null]);
    let made = lines.get(key);
    if (!made) {
      const toggle = () => { if (!row.hasOperations) return; if (isOpen) open.delete(row.id); else open.add(row.id); update(); };
      const head = el('button', {
        class: `results-name${row.operation ? ' results-operation' : ''}`, type: 'button',
        'aria-expanded': row.hasOperations ? String(isOpen) : null, onclick: toggle,
      }, row.hasOperations && icon(isOpen ? 'down' : 'chevron'), row.operation || row.id);
      made = el('tr', { onclick: () => app.selection.set({ nodes: [row.id] }) }, el('th', { scope: 'row' }, head, debug(row)));
      lines.set(key, made);
    }
    made.setAttribute('aria-selected', String(!row.operation && app.selection.nodes.has(row.id)));
    while (made.lastElementChild && made.lastElementChild !== made.firstElementChild) made.lastElementChild.remove();
    made.append(...COLUMNS.map((column) => cell(column, row)));
    return made;
  }

  /** @param {(HTMLElement | null)[]} rows */
  function showRows(rows) {
    const next = rows.filter((one) => one !== null);
    if (next.length !== body.children.length || next.some((one, at) => one !== body.children[at])) fill(body, next);
  }

  /** The way to what the code of a node did. @param {import('./rows.js').Row} row */
  function debug({ id, operation }) {
    const node = app.document.get().nodes[id];
    if (operation || !node?.['code']) return null;
    const title = t('debugger.of_node', { node: node.name ?? id });
    return el('button', { class: 'button quiet icon-only results-debug', type: 'button', title, 'aria-label': title, onclick: (/** @type {Event} */ event) => {
      event.stopPropagation();
      app.signals.emit('debug', { node: id });
    } }, icon('debug'));
  }

  /** The two runs that are compared, if there are two. */
  function pair() {
    const { history } = app.run;
    const of = (/** @type {number | null} */ number, /** @type {number} */ otherwise) => history.find((one) => one.number === number) ?? history.at(otherwise);
    return [of(chosen[0] ?? null, -2), of(chosen[1] ?? null, -1)];
  }

  let pickKey = '';
  function showPicks() {
    const runs = pair();
    picks.forEach((pick) => { pick.hidden = kind() !== 'compare' || !runs[0]; });
    const key = app.run.history.map(({ number, name }) => `${number} ${name}`).join('|');
    picks.forEach((pick, at) => {
      if (key !== pickKey) fill(pick, ...app.run.history.map((one) => el('option', { value: String(one.number) }, runText(one, t))));
      pick.value = String(runs[at]?.number ?? '');
    });
    pickKey = key;
  }

  /** @returns {typeof VIEWS[number]} */
  const kind = () => (VIEWS.includes(app.settings.get('results.view')) ? app.settings.get('results.view') : 'run');

  /** @param {import('./beside.js').Table | null} table @param {string} words @param {string} none */
  function showBeside(table, words, none) {
    caption.textContent = table ? words : '';
    empty.textContent = none;
    empty.hidden = table !== null;
    wrap.hidden = table === null;
    copies.hidden = true;
    if (!table) return;
    fill(head, el('tr', {}, table.head));
    fill(body, table.lines.slice(0, most()), allOf(table.count ?? table.lines.length));
  }

  /** @param {any} answer */
  function captionOf(answer) {
    if ((app.document.get().faults ?? []).length > 0) return 'beside.caption_faults';
    return answer?.exact ? 'beside.caption_exact' : 'beside.caption';
  }

  function showTheory() {
    const { run, solution } = app;
    const answer = run.isStale ? solution.base : solution.value;
    const words = run.fork_s > 0 ? t('beside.caption_fork', { time: run.fork_s.toFixed(0) }) : t(captionOf(answer));
    showBeside(run.results && answer?.nodes ? theoryTable(app, answer, most()) : null, words, t(run.results ? 'beside.none' : 'results.none'));
  }

  /** Shows what pairs of runs say, once they have run; again: what the two runs say; meanwhile: gives it up. */
  function togglePairs() {
    const [a, b] = pair();
    if (!a || !b) return;
    wantsPairs = !paired.isUnderWay && !wantsPairs;
    if (paired.isUnderWay) paired.stop();
    else if (wantsPairs && !paired.of(a, b)) void paired.start(a, b);
    update();
  }

  /** @param {boolean} canPair */
  function showPairs(canPair) {
    pairs.hidden = !canPair;
    pairs.setAttribute('aria-pressed', String(wantsPairs));
    pairs.textContent = paired.isUnderWay ? t('compare.pairs_stop', { percent: percent(paired.progress) }) : t('compare.pairs', { n: PAIRS });
  }

  function showCompare() {
    const [a, b] = pair();
    const contrasts = wantsPairs && a && b ? paired.of(a, b) : null;
    if (wantsPairs && !contrasts && !paired.isUnderWay) wantsPairs = false; // other runs were chosen, or it was given up
    showPairs(Boolean(a && b && a !== b));
    if (a && b && contrasts) showBeside(pairedTable(a, b, contrasts, t), pairedText(a, b, t), '');
    else showBeside(a && b && a !== b ? compareTable(a, b, t) : null, a && b ? pairText(a, b, t) : '', t('compare.none'));
  }

  const isShown = () => element.isConnected && !element.closest('[hidden]');
  const soon = () => afterFrame('results', () => { if (isShown()) update(); });

  /** How many rows there are room for: a table of thousands, made anew with every result, would hold up the drawing. */
  const most = () => (isAll ? Infinity : ROWS_AT_FIRST);
  /** @param {number} count of rows that there are */
  function allOf(count) {
    if (count <= most()) return null;
    rest.textContent = t('results.all', { n: count });
    return restRow;
  }
  const rest = el('button', { class: 'button', type: 'button', onclick: () => { isAll = true; update(); } });
  const restRow = el('tr', {}, el('td', { class: 'results-all', colspan: '99' }, rest));

  function update() {
    if (app.run.results?.isPart) { // the whole comes as a signal
      if (isShown()) void app.run.readAll();
      return;
    }
    const chosenView = kind();
    view.value = chosenView;
    showPicks();
    pairs.hidden = true;
    if (chosenView === 'theory') {
      showTheory();
      return;
    }
    if (chosenView === 'compare') {
      showCompare();
      return;
    }
    const results = app.run.results;
    empty.textContent = t('results.none');
    empty.hidden = results !== null;
    wrap.hidden = results === null;
    copies.hidden = results === null;
    if (!results) {
      caption.textContent = '';
      lines.clear();
      return;
    }
    fill(head, runHead);
    const { value, isFinal } = results;
    caption.textContent = t(isFinal ? 'results.caption' : 'results.caption_so_far', {
      simulated: value.simulated_s.toFixed(0), warmup: value.warmup_s.toFixed(1), events: count(value.events), seed: value.seed });
    const rows = rowsOf(value, app.document.get()).filter((row) => row.operation === '' || open.has(row.id));
    showRows([...rows.slice(0, most()).map(line), allOf(rows.length)]);
  }

  const stopCompare = app.signals.on('compare', (numbers) => {
    [chosen[0], chosen[1]] = numbers;
    pickKey = '';
    update();
  });
  const stops = ['results', 'selection', 'solution', 'run-history', 'run-state'].map((name) => app.signals.on(name, soon));
  const stopShowing = app.run.showsAll(isShown);
  update();
  return { element, update, dispose: () => [stopCompare, stopShowing, paired.stop, () => notAfterFrame('results'), ...stops].forEach((stop) => stop()) };
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
