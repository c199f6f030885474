import './report.css';
import { count, duration, percent, rate } from '../canvas/format.js';
import { faultMarks } from '../charts/marks.js';
import { el } from '../dom.js';
import { said as engineSaid } from '../i18n/index.js';
import { icon } from '../icons/icon.js';
import { durationParts } from '../results/precision.js';
import { COLUMNS, rowsOf } from '../results/rows.js';
import { valueText } from '../results/verdicts.js';
import { fileName } from '../files/transfer.js';
import { drawingOf } from './drawing.js';
import { TONES, figureOf } from './figure.js';
import { factsOfRun, keptTimeline } from './kept.js';
import { listRuns, pastOf, readRun } from './store.js';
import { dateText } from './when.js';

const CLIENTS_DRAWN = 6; // more lines cannot be told apart
const NODES_DRAWN = TONES; // more lines than this cannot be told apart

/** @typedef {import('../types.js').KeptTimeline} KeptTimeline */
/** @typedef {{ past: import('../types.js').PastRun, facts: import('../types.js').RunFacts, timeline: KeptTimeline }} Reported */

/**
 * A run on paper: what was simulated, what came of it, in pictures and numbers, and how to get the same again. Shown over the page, to be read or printed.
 * @param {import('../types.js').App} app
 * @param {Reported} reported
 */
export function showReport(app, reported) {
  const { t } = app;
  const { past, facts } = reported;
  const frame = document.querySelector('.frame');
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const title = document.title;
  const name = t('report.title', { name: facts.title, number: past.number });
  const heading = el('h1', { tabindex: '-1' }, facts.title || t('report.untitled'));
  const element = el('div', { class: 'report', role: 'dialog', 'aria-label': name, onkeydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === 'Escape') close(); } },
    el('div', { class: 'report-bar' }, el('span', { class: 'truncate', title: name }, name), el('span', { class: 'toolbar-spacer' }),
      el('button', { class: 'button primary', type: 'button', onclick: () => print() }, icon('text'), t('report.print')),
      el('button', { class: 'button', type: 'button', onclick: close }, icon('close'), t('dialog.close'))),
    el('article', { class: 'report-page' }, head(), targets(), drawing(), figures(), table(), said(), again()));

  function close() {
    element.remove();
    frame?.removeAttribute('inert');
    document.title = title;
    before?.focus();
  }

  /** @param {string} key @param {import('../dom.js').Child} value */
  function fact(key, value) {
    return el('div', {}, el('dt', {}, t(`report.${key}`)), el('dd', {}, value));
  }

  function head() {
    const { value } = past.results;
    return el('header', {}, heading, past.design.description && el('p', { class: 'report-lead', dir: 'auto' }, past.design.description),
      facts.note !== '' && el('p', { dir: 'auto' }, facts.note),
      el('dl', { class: 'report-facts' },
        fact('run', past.name === '' ? past.number : `${past.number} · ${past.name}`), fact('made', el('time', { datetime: new Date(facts.made_ms).toISOString() }, dateText(facts.made_ms))), fact('seed', value.seed), fact('engine', code(value.engine)),
        fact('simulated', duration(value.simulated_s)), fact('warmup', duration(value.warmup_s)), fact('events', count(value.events)), fact('trace', code(value.trace_hash))),
      past.stopped_s !== null && el('p', { class: 'report-warning' }, icon('alert'), ' ', t('report.stopped', { time: duration(past.stopped_s) })),
      past.fork_s !== null && el('p', { class: 'report-warning' }, icon('alert'), ' ', t('report.forked', { time: duration(past.fork_s) })));
  }

  function targets() {
    const { slos, bottleneck } = past.results.value;
    return el('section', {}, slos.length > 0 && [el('h2', {}, t('verdict.targets')),
      el('ul', { class: 'report-targets' }, slos.map((/** @type {any} */ slo) => {
        const state = slo.value === null ? 'unknown' : slo.pass ? 'met' : 'missed';
        const words = t(slo.max !== undefined ? 'verdict.at_most' : 'verdict.at_least',
          { name: slo.name ?? slo.metric, value: valueText(slo.metric, slo.value), limit: valueText(slo.metric, slo.max ?? slo.min) });
        return el('li', { class: state }, icon(state === 'met' ? 'check' : state === 'missed' ? 'cross' : 'alert'), ' ', el('strong', {}, t(`report.${state}`)), ' ', words);
      }))], bottleneck?.why && el('p', {}, engineSentence(bottleneck.why, bottleneck.node)));
  }

  function drawing() {
    return el('section', { class: 'report-whole' }, el('h2', {}, t('report.design')), el('figure', { class: 'report-drawing' }, drawingOf(app, past.design, { isNamed: true })));
  }

  function figures() {
    const { columns, data } = reported.timeline;
    const column = (/** @type {string} */ key) => data[columns.indexOf(key)] ?? new Float64Array();
    const has = (/** @type {string} */ key) => columns.includes(key);
    const times = column('time_s');
    if (times.length < 2) return null;
    const clients = Object.keys(past.design.nodes).filter((id) => past.design.nodes[id]?.type === 'client' || past.design.nodes[id]?.['load'] !== undefined).slice(0, CLIENTS_DRAWN);
    const end_s = /** @type {number} */ (times.at(-1));
    const spans = [
      { from_s: 0, to_s: past.results.value.warmup_s, kind: /** @type {const} */ ('warmup') },
      ...faultMarks(past.design, end_s).map(({ from_s, to_s }) => ({ from_s, to_s, kind: /** @type {const} */ ('fault') }))];
    const named = (/** @type {string} */ id, /** @type {string} */ what) => (clients.length > 1 ? `${id} ${what}` : what);
    /** @type {Record<'throughput' | 'latency' | 'utilization', import('./figure.js').Line[]>} */
    const lines = {
      throughput: clients.filter((id) => has(`nodes.${id}.throughput`)).map((id, tone) => ({ label: id, values: column(`nodes.${id}.throughput`), tone })),
      latency: clients.flatMap((id, tone) => ['p50', 'p99'].filter((key) => has(`nodes.${id}.${key}`)).map((key) => (
        { label: named(id, key), values: column(`nodes.${id}.${key}`), tone, isDashed: key === 'p50' }))),
      utilization: busiest().filter((id) => has(`nodes.${id}.utilization`)).map((id, tone) => ({ label: id, values: column(`nodes.${id}.utilization`), tone })),
    };
    const formats = { throughput: rate, latency: duration, utilization: percent };
    return el('section', {}, el('h2', {}, t('tab.charts')), /** @type {(keyof typeof lines)[]} */ (Object.keys(lines)).filter((key) => lines[key].length > 0).map((key) => (
      el('figure', { class: 'report-figure' },
        el('figcaption', {}, el('strong', {}, t(`charts.${key}`)), lines[key].map(({ label, tone, isDashed }) => el('span', { class: 'report-key' },
          el('span', { class: `report-stroke tone-${tone % TONES}${isDashed ? ' dashed' : ''}` }), label))),
        figureOf({ title: t(`charts.${key}`), times, lines: lines[key], end_s, format: formats[key], timeFormat: (at_s) => (at_s === 0 ? '0' : duration(at_s)), spans, ...(key === 'utilization' ? { top: 1 } : {}) })))),
    el('p', { class: 'muted small' }, [t('report.warmup_is'), ...(spans.length > 1 ? [t('report.faults_are')] : []), ...(reported.timeline.isThinned ? [t('report.thinned')] : [])].join(' ')));
  }

  /** Ids of the nodes with the busiest places. */
  function busiest() {
    const all = /** @type {[string, any][]} */ (Object.entries(past.results.value.nodes)).filter(([, { utilization }]) => typeof utilization === 'number' && utilization > 0);
    return all.sort(([, a], [, b]) => b.utilization - a.utilization).slice(0, NODES_DRAWN).map(([id]) => id);
  }

  function table() {
    const rows = rowsOf(past.results.value, past.design).filter(({ operation, isClient }) => operation === '' || isClient);
    return el('section', {}, el('h2', {}, t('tab.results')), el('div', { class: 'table-wrap', tabindex: '0', role: 'region', 'aria-label': t('tab.results') }, el('table', { class: 'table' },
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('results.node')), COLUMNS.map(({ key }) => el('th', { scope: 'col', class: 'num' }, t(`results.${key}`))))),
      el('tbody', {}, rows.map(({ id, operation, values }) => el('tr', {}, el('th', { scope: 'row', class: operation ? 'results-operation' : '' }, operation || id),
        COLUMNS.map((column) => el('td', { class: 'num' }, cellText(column, values)))))))), el('p', { class: 'muted small' }, t('report.interval_is')));
  }

  function said() {
    const { diagnostics } = past.results.value;
    const faults = past.design.faults ?? [];
    return [
      faults.length > 0 && el('section', {}, el('h2', {}, t('report.faults')), el('ul', {}, faults.map((fault) => el('li', {}, code(faultText(fault)))))),
      diagnostics.length > 0 && el('section', {}, el('h2', {}, t('report.said')), el('ul', {}, diagnostics.map((/** @type {any} */ one) => el('li', {}, code(`${one.code} ${one.pointer}:`), ' ', engineSentence(one.message))))),
    ];
  }

  function again() {
    const command = `scalesim run ${fileName(facts.title)}.scalesim.json --seed ${past.results.value.seed} --json`;
    return el('section', { class: 'report-whole' }, el('h2', {}, t('report.again')), el('p', {}, t('report.again_how')), el('pre', { translate: 'no', dir: 'ltr' }, command));
  }

  frame?.setAttribute('inert', '');
  document.title = name;
  document.body.append(element);
  heading.focus({ preventScroll: true });
}

/** What stands in documents and files, the same in every language. @param {string} text */
const code = (text) => el('span', { translate: 'no', dir: 'ltr' }, text);

/** @param {string} text of the engine @param {string} [node] that it begins with */
function engineSentence(text, node = '') {
  const hasNode = node !== '' && text.startsWith(`${node} `);
  const { text: meaning, mark } = engineSaid(hasNode ? text.slice(node.length + 1) : text);
  return el('span', mark, hasNode ? `${node} ${meaning}` : meaning);
}

/**
 * The report of the newest run of the open document: as it is kept, or, where nothing is, as it is at hand.
 * @param {import('../types.js').App} app
 */
export async function showNewestReport(app) {
  const { id } = app.shelf;
  const [newest] = id === null ? [] : await listRuns(id).catch(() => []);
  const whole = newest && await readRun(newest.id);
  const kept = whole && pastOf(whole);
  const last = app.run.history.at(-1);
  if (kept) showReport(app, { past: kept, facts: whole.facts, timeline: whole.data.timeline });
  else if (last) showReport(app, { past: last, facts: factsOfRun(last, { id: '', design: '' }), timeline: keptTimeline(app.run.timeline) });
  else app.notify(app.t('history.none'));
}

/** @param {import('../types.js').JsonObject} fault its members as they are written */
const faultText = ({ kind, ...more }) => `${kind}: ${Object.entries(more).map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`).join(', ')}`;

/** @param {typeof COLUMNS[number]} column @param {any} values */
function cellText(column, values) {
  const value = column.of(values);
  if (column.kind === 'duration') {
    const parts = durationParts(value, column.half?.(values));
    return parts ? `${parts.value}${parts.half ? ` ± ${parts.half}` : ''} ${parts.unit}` : '–';
  }
  return column.kind === 'rate' ? rate(value) : column.kind === 'percent' ? percent(value) : count(value);
}
