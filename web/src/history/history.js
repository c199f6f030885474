import './history.css';
import { duration, percent } from '../canvas/format.js';
import { el, fill } from '../dom.js';
import { download, fileName } from '../files/transfer.js';
import { icon } from '../icons/icon.js';
import { historyCsv, historyJson } from './export.js';
import { UNNAMED_RUNS_MAX } from './kept.js';
import { showReport } from './report.js';
import { deleteRun, listRuns, nameRun, pastOf, putBack, readRun } from './store.js';
import { dateText, whenText } from './when.js';

const TEXT_MAX = 200; // of a name or a note

/** @typedef {import('../types.js').RunFacts} RunFacts */
/** @typedef {import('./store.js').Whole} Whole */

/**
 * The past runs of the open document: named, noted, filtered, compared, gone back to, exported, deleted and brought back.
 * @param {import('../types.js').App} app
 * @returns {import('../types.js').Panel}
 */
export function createHistory(app) {
  const { t } = app;
  /** @type {RunFacts[]} */
  let all = [];
  /** @type {Map<string, Whole>} */
  const deleted = new Map();
  /** @type {string | null} whose runs these are */
  let listed = null;
  /** @type {string[]} ids of those to compare, in the order in which they were chosen */
  let chosen = [];
  const filter = el('input', { class: 'input history-filter', type: 'search', placeholder: t('history.filter'), 'aria-label': t('history.filter'), oninput: update });
  const compare = el('button', { class: 'button', type: 'button', onclick: () => void comparePair() }, icon('table'), t('history.compare'));
  const caption = el('span', { class: 'muted small truncate' });
  const exports = el('span', { class: 'button-group' },
    el('button', { class: 'button quiet', type: 'button', title: t('history.csv_tip'), onclick: () => void save('csv') }, icon('download'), t('results.copy_csv')),
    el('button', { class: 'button quiet', type: 'button', title: t('history.json_tip'), onclick: () => void save('json') }, icon('download'), t('results.copy_json')));
  const body = el('tbody');
  const columns = /** @type {const} */ (['run', 'name', 'made', 'seed', 'changes', 'mean', 'p99', 'errors', 'targets', 'note']);
  const table = el('table', { class: 'table history-table' }, el('thead', {}, el('tr', {},
    el('th', { scope: 'col' }, el('span', { class: 'visually-hidden' }, t('history.choose'))),
    columns.map((key) => el('th', { scope: 'col', class: ['mean', 'p99', 'errors', 'seed'].includes(key) ? 'num' : null }, t(`history.${key}`))),
    el('th', { scope: 'col' }, el('span', { class: 'visually-hidden' }, t('history.actions'))))), body);
  const wrap = el('div', { class: 'table-wrap', tabindex: '0', role: 'region', 'aria-label': t('history.title') }, table);
  const empty = el('p', { class: 'empty' });
  const element = el('div', { class: 'results history' },
    el('div', { class: 'toolbar results-head' }, filter, compare, caption, el('span', { class: 'toolbar-spacer' }), exports), wrap, empty);

  const shownRuns = () => {
    const words = filter.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    return all.filter((run) => {
      const text = [run.number, run.name, run.note, run.title, run.changes, t('history.seed_is', { seed: run.seed })].join(' ').toLowerCase();
      return words.every((word) => text.includes(word));
    });
  };

  async function reload() {
    const { id } = app.shelf;
    listed = id;
    try {
      const kept = id === null ? [] : await listRuns(id);
      if (id !== app.shelf.id) return;
      all = [...kept, ...[...deleted.values()].map(({ facts }) => facts).filter(({ design }) => design === id)].sort((a, b) => b.number - a.number);
      app.run.recall([], Math.max(0, ...all.map(({ number }) => number))); // numbers go on
      chosen = chosen.filter((one) => all.some((run) => run.id === one));
    } catch {
      all = [];
    }
    update();
  }

  /** @param {RunFacts[]} runs @returns {Promise<Whole[]>} */
  const wholeOf = async (runs) => (await Promise.all(runs.map(({ id }) => readRun(id)))).filter((whole) => whole !== null);

  async function comparePair() {
    const pair = (await wholeOf(all.filter(({ id }) => chosen.includes(id)).sort((a, b) => a.number - b.number))).map((whole) => pastOf(whole)).filter((past) => past !== null);
    if (pair.length !== 2) return;
    app.run.recall(pair, 0);
    app.settings.set('results.view', 'compare');
    app.settings.set('dock', 'results');
    app.signals.emit('compare', pair.map(({ number }) => number));
  }

  /** @param {'csv' | 'json'} form of those that are shown */
  async function save(form) {
    const runs = await wholeOf(shownRuns().filter(({ id }) => !deleted.has(id)));
    const name = `${fileName(String(app.document.get().name ?? app.document.name))}.history.${form}`;
    if (form === 'csv') download(name, historyCsv(runs), 'text/csv');
    else download(name, historyJson(runs), 'application/json');
  }

  /** @param {RunFacts} run the document becomes what it was; undo brings it back */
  async function reopen({ id, number, seed }) {
    const whole = await readRun(id);
    if (!whole) return;
    app.document.load(whole.data.text, app.document.name, { undoable: true });
    if (app.run.seed !== seed) app.run.setSeed(seed);
    app.notify(t('history.reopened', { number }), { action: { title: t('edit.undo'), run: () => app.document.undo() } });
  }

  /** @param {RunFacts} run */
  async function report({ id }) {
    const whole = await readRun(id);
    const past = whole && pastOf(whole);
    if (past) showReport(app, { past, facts: whole.facts, timeline: whole.data.timeline });
  }

  /** @param {RunFacts} run */
  async function remove({ id, number }) {
    const whole = await deleteRun(id);
    if (whole) deleted.set(id, whole);
    chosen = chosen.filter((one) => one !== id);
    app.announce(t('history.deleted', { number }));
    update();
    focusOn(id);
  }

  /** @param {string} id */
  async function bringBack(id) {
    const whole = deleted.get(id);
    if (!whole) return;
    await putBack(whole);
    deleted.delete(id);
    await reload();
    focusOn(id);
  }

  /** @param {string} id @param {string} [selector] */
  const focusOn = (id, selector = '.history-delete, .history-undo') => /** @type {HTMLElement | null} */ (body.querySelector(`[data-run="${id}"]`)?.querySelector(selector))?.focus();

  /** @param {RunFacts} run @param {'name' | 'note'} key */
  function field(run, key) {
    const input = el('input', {
      class: 'input bare', value: run[key], placeholder: t(`history.${key}_none`), 'aria-label': t(`history.${key}_of`, { number: run.number }), maxlength: TEXT_MAX,
      onblur: () => {
        const text = input.value.trim();
        if (text === run[key]) return;
        run[key] = text;
        nameRun(run.id, { [key]: text }).then(update, () => app.notify(t('history.not_kept'), { kind: 'error' }));
      },
      onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === 'Enter') input.blur(); },
    });
    return input;
  }

  /** @param {'reset' | 'text' | 'trash'} shape @param {string} name @param {RunFacts} run @param {(run: RunFacts) => Promise<void>} work */
  function tool(shape, name, run, work) {
    const title = t(`history.${name}`, { number: run.number });
    return el('button', { class: `button quiet icon-only history-${name}`, type: 'button', title, 'aria-label': title, onclick: () => void work(run) }, icon(shape));
  }

  /** @param {RunFacts} run */
  function row(run) {
    const { id, number, made_ms, seed, targets, targets_met } = run;
    if (deleted.has(id)) {
      return el('tr', { dataset: { run: id } }, el('td', {}), el('td', { colspan: columns.length + 1 }, el('span', { class: 'muted' }, t('history.deleted', { number })), ' ',
        el('button', { class: 'button history-undo', type: 'button', onclick: () => void bringBack(id) }, icon('undo'), t('edit.undo'))));
    }
    const check = el('input', {
      class: 'checkbox', type: 'checkbox', checked: chosen.includes(id), 'aria-label': t('history.choose_one', { number }),
      onchange: () => { chosen = check.checked ? [...chosen, id].slice(-2) : chosen.filter((one) => one !== id); update(); focusOn(id, 'input'); },
    });
    const what = [run.stopped_s !== null && t('history.stopped', { time: duration(run.stopped_s) }), run.fork_s !== null && t('compare.fork', { time: run.fork_s.toFixed(0) }), run.changes]
      .filter(Boolean).join(' · ');
    return el('tr', { dataset: { run: id } }, el('td', {}, el('label', { class: 'history-choose' }, check)), el('th', { scope: 'row', class: 'num' }, String(number)), el('td', {}, field(run, 'name')),
      el('td', {}, el('time', { datetime: new Date(made_ms).toISOString(), title: dateText(made_ms) }, whenText(made_ms))), el('td', { class: 'num' }, String(seed)), el('td', { class: 'history-changes', title: what }, what || '–'),
      el('td', { class: 'num' }, duration(run.mean_s)), el('td', { class: 'num' }, duration(run.p99_s)), el('td', { class: 'num' }, percent(run.error_ratio)),
      el('td', { class: targets_met < targets ? 'bad' : targets > 0 ? 'cool' : 'muted' },
        targets === 0 ? '–' : [icon(targets_met < targets ? 'cross' : 'check'), ' ', t('history.targets_met', { met: targets_met, n: targets })]),
      el('td', {}, field(run, 'note')),
      el('td', { class: 'history-tools' }, tool('reset', 'reopen', run, reopen), tool('text', 'report', run, report), tool('trash', 'delete', run, remove)));
  }

  /** Who is writing a name or a note goes on when a run ends meanwhile. @returns {() => void} */
  function typing() {
    const active = document.activeElement;
    const label = active instanceof HTMLInputElement && body.contains(active) ? active.getAttribute('aria-label') : null;
    if (label === null) return () => {};
    const { value, selectionStart, selectionEnd, type } = /** @type {HTMLInputElement} */ (active);
    return () => {
      const again = [...body.querySelectorAll('input')].find((one) => one.getAttribute('aria-label') === label);
      if (!again) return;
      if (type === 'text') {
        again.value = value;
        again.setSelectionRange(selectionStart, selectionEnd);
      }
      again.focus();
    };
  }

  function update() {
    const shown = shownRuns();
    const restore = typing();
    fill(body, ...shown.map(row));
    restore();
    wrap.hidden = shown.length === 0;
    empty.hidden = shown.length > 0;
    empty.textContent = t(all.length === 0 ? 'history.none' : 'history.no_match');
    compare.disabled = chosen.length !== 2;
    compare.title = t(chosen.length === 2 ? 'history.compare_tip' : 'history.compare_how');
    exports.hidden = shown.length === 0;
    caption.textContent = all.length === 0 ? '' : t('history.caption', { n: all.filter(({ id }) => !deleted.has(id)).length, most: UNNAMED_RUNS_MAX });
    caption.title = caption.textContent;
  }

  const stops = ['runs-kept', 'document-open', 'shelf'].map((name) => app.signals.on(name, () => { if (name !== 'shelf' || listed !== app.shelf.id) void reload(); }));
  void reload();
  return { element, update, dispose: () => stops.forEach((stop) => stop()) };
}
