import { duration, percent } from '../canvas/format.js';
import { el } from '../dom.js';
import { said } from '../i18n/index.js';
import { icon } from '../icons/icon.js';
import { changesBetween, changeText } from '../run/changes.js';
import { differenceOf, measuresOf } from './compare.js';
import { PAIRS } from './paired.js';
import { durationParts } from './precision.js';
import { rowsOf } from './rows.js';

/** @typedef {import('./compare.js').Measured} Measured */
/** @typedef {import('./compare.js').Difference} Difference */
/** @typedef {import('../types.js').App['t']} T */
/** @typedef {{ head: HTMLElement[], lines: HTMLElement[], count?: number }} Table `count`: of lines there would be, where they are not all made */

const CHANGES_SHOWN = 3;

/** @param {string} text @param {string} [tip] */
const th = (text, tip) => el('th', { scope: 'col', class: 'num', title: tip ?? null }, text);

/** @param {Measured} measured a duration */
function durationCell({ value, half }) {
  const parts = durationParts(value, half);
  if (!parts) return el('td', { class: 'num muted' }, '–');
  return el('td', { class: 'num' }, parts.value, parts.half && el('span', { class: 'ci' }, ` ± ${parts.half}`), ` ${parts.unit}`);
}

/** @param {Measured} measured a share */
const shareCell = ({ value }) => el('td', { class: 'num' }, percent(value));

/**
 * A difference between durations: less is better.
 * @param {Difference | null} difference
 * @param {T} t
 */
function differenceCell(difference, t) {
  if (!difference) return el('td', { class: 'num muted' }, '–');
  const { by, half, verdict } = difference;
  const parts = durationParts(Math.abs(by), half, Math.max(Math.abs(by), half ?? 0));
  const sign = by < 0 ? '−' : '+';
  const tone = verdict === 'less' ? 'cool' : verdict === 'more' ? 'hot' : 'muted';
  return el('td', { class: `num ${tone}`, title: t(`difference.${verdict}`) },
    verdict === 'less' ? icon('down') : verdict === 'more' ? icon('up') : verdict === 'same' ? '≈ ' : null,
    parts && parts.value !== '0' ? [sign, parts.value, parts.half && el('span', { class: 'ci' }, ` ± ${parts.half}`), ` ${parts.unit}`] : '0',
    el('span', { class: 'visually-hidden' }, ` ${t(`difference.${verdict}`)}`));
}

/**
 * The run and the closed-form answer side by side, with what explains the difference.
 * @param {import('../types.js').App} app
 * @param {any} solution
 * @param {number} most lines
 * @returns {Table}
 */
export function theoryTable({ t, run, document }, solution, most) {
  const head = [el('th', { scope: 'col' }, t('results.node')), th(t('beside.busy_run')), th(t('beside.busy_theory')), th(t('beside.mean_run')),
    th(t('beside.mean_theory')), th(t('beside.difference')), th(t('beside.p99_run')), th(t('beside.p99_theory')),
    el('th', { scope: 'col' }, t('beside.why'))];
  const rows = rowsOf(run.results?.value, document.get()).filter(({ operation }) => operation === '');
  const lines = rows.slice(0, most).map(({ id, values }) => {
    const theory = solution.nodes[id];
    const measured = measuresOf(values);
    const known = measuresOf(theory);
    const difference = differenceOf(measured.mean, { ...known.mean, half: 0 });
    return el('tr', {}, el('th', { scope: 'row' }, id), shareCell(measured.utilization), shareCell(known.utilization),
      durationCell(measured.mean), durationCell(known.mean), differenceCell(difference, t), durationCell(measured.p99), durationCell(known.p99),
      el('td', { class: 'results-why' }, theory ? reason(theory, difference, t) : '–'));
  });
  return { head, lines, count: rows.length };
}

/**
 * @param {any} theory of a node
 * @param {Difference | null} difference
 * @param {T} t
 */
function reason(theory, difference, t) {
  const why = explanation(theory, difference, t);
  const { text, mark } = said(theory.method);
  return [el('span', mark, text), why && `. ${why}`];
}

/**
 * @param {any} theory of a node
 * @param {Difference | null} difference
 * @param {T} t
 */
function explanation(theory, difference, t) {
  if (theory.saturated) return t('beside.saturated');
  if (!difference) return '';
  if (difference.verdict === 'same') return t('beside.agrees');
  const assumptions = /** @type {string[]} */ (theory.assumptions ?? []);
  if (assumptions.length > 0) return t('beside.assumes', { assumptions: assumptions.map((one) => said(one).text).join('; ') });
  return t(theory.exact ? 'beside.exact_differs' : 'beside.approximation');
}

/**
 * @param {import('../types.js').PastRun} a
 * @param {import('../types.js').PastRun} b
 * @param {T} t
 * @param {string} tip on the differences
 */
function compareHead(a, b, t, tip) {
  const named = (/** @type {string} */ key, /** @type {number} */ number) => th(t(`compare.${key}`, { run: number }));
  return [el('th', { scope: 'col' }, t('results.node')),
    named('mean', a.number), named('mean', b.number), th(t('beside.difference'), tip),
    named('p99', a.number), named('p99', b.number), th(t('beside.difference'), tip),
    named('busy', a.number), named('busy', b.number), named('errors', a.number), named('errors', b.number)];
}

/**
 * Two finished runs side by side.
 * @param {import('../types.js').PastRun} a
 * @param {import('../types.js').PastRun} b
 * @param {T} t
 * @returns {Table}
 */
export function compareTable(a, b, t) {
  const others = new Map(rowsOf(a.results.value, a.design).map((row) => [`${row.id}/${row.operation}`, row]));
  const lines = rowsOf(b.results.value, b.design).filter(({ operation, isClient }) => operation === '' || isClient).map(({ id, operation, values }) => {
    const before = measuresOf(others.get(`${id}/${operation}`)?.values);
    const after = measuresOf(values);
    return el('tr', {}, el('th', { scope: 'row', class: operation ? 'results-operation' : '' }, operation || id),
      durationCell(before.mean), durationCell(after.mean), differenceCell(differenceOf(before.mean, after.mean), t),
      durationCell(before.p99), durationCell(after.p99), differenceCell(differenceOf(before.p99, after.p99), t),
      shareCell(before.utilization), shareCell(after.utilization), shareCell(before.errors), shareCell(after.errors));
  });
  return { head: compareHead(a, b, t, t('compare.difference_tip')), lines };
}

/**
 * Two designs in pairs of runs with the same random numbers: the same table, of means over the pairs.
 * @param {import('../types.js').PastRun} a
 * @param {import('../types.js').PastRun} b
 * @param {ReturnType<typeof import('./paired.js').contrastsOf>} of
 * @param {T} t
 * @returns {Table}
 */
export function pairedTable(a, b, of, t) {
  const lines = rowsOf(b.results.value, b.design).filter(({ operation, isClient }) => operation === '' || isClient).map((row) => {
    const [mean, p99, busy, errors] = ['response.mean', 'response.p99', 'utilization', 'error_ratio'].map((name) => of(row, name));
    if (!mean || !p99 || !busy || !errors) throw new RangeError('four names');
    return el('tr', {}, el('th', { scope: 'row', class: row.operation ? 'results-operation' : '' }, row.operation || row.id),
      durationCell(mean.a), durationCell(mean.b), differenceCell(mean.difference, t),
      durationCell(p99.a), durationCell(p99.b), differenceCell(p99.difference, t),
      shareCell(busy.a), shareCell(busy.b), shareCell(errors.a), shareCell(errors.b));
  });
  return { head: compareHead(a, b, t, t('compare.pairs_tip', { n: PAIRS })), lines };
}

/**
 * What a run is, in a line: its number, seed, and what its design changed.
 * @param {import('../types.js').PastRun} run
 * @param {T} t
 */
export function runText({ number, name, results, changes, fork_s, stopped_s }, t) {
  return [
    t('compare.run', { number, seed: results.value.seed }),
    ...(name === '' ? [] : [name]),
    ...(stopped_s === null ? [] : [t('history.stopped', { time: duration(stopped_s) })]),
    ...(fork_s === null ? [] : [t('compare.fork', { time: fork_s.toFixed(0) })]),
    ...changes.slice(0, 1).map(changeText),
  ].join(' · ');
}

/**
 * What the design of one run has that the other's has not.
 * @param {import('../types.js').PastRun} a
 * @param {import('../types.js').PastRun} b
 * @param {T} t
 */
function changesText(a, b, t) {
  const changes = changesBetween(a.design, b.design);
  if (changes.length === 0) return t('compare.same_design');
  const shown = changes.slice(0, CHANGES_SHOWN).map(changeText).join(', ');
  return changes.length > CHANGES_SHOWN ? t('compare.and_more', { changes: shown, n: changes.length - CHANGES_SHOWN }) : shown;
}

/**
 * What two runs are to each other: the change of the design, and whether the same random numbers were drawn.
 * @param {import('../types.js').PastRun} a
 * @param {import('../types.js').PastRun} b
 * @param {T} t
 */
export function pairText(a, b, t) {
  const seed = a.results.value.seed;
  return [
    changesText(a, b, t),
    ...(seed === b.results.value.seed ? [t('compare.same_seed', { seed })] : []),
    ...([a, b].some(({ stopped_s }) => stopped_s !== null) ? [t('compare.stopped')] : []),
  ].join(' · ');
}

/**
 * What pairs of runs of two designs say.
 * @param {import('../types.js').PastRun} a
 * @param {import('../types.js').PastRun} b
 * @param {T} t
 */
export function pairedText(a, b, t) {
  const isWhole = [a, b].every(({ stopped_s, fork_s }) => stopped_s === null && fork_s === null);
  return [changesText(a, b, t), t('compare.pairs_caption', { n: PAIRS }), ...(isWhole ? [] : [t('compare.pairs_anew')])].join(' · ');
}
