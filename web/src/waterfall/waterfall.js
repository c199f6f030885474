import './waterfall.css';
import { duration } from '../canvas/format.js';
import { el, fill } from '../dom.js';
import { showDialog } from '../files/dialog.js';
import { icon } from '../icons/icon.js';
import { endOf, partsOf, picksOf, responseOf, rowsOf, ticksOf, timesOf } from './spans.js';

/** @typedef {import('./spans.js').Request} Request */
/** @typedef {import('./spans.js').Span} Span */

const TICKS = 6;
const TICKS_NARROW = 2;
const REQUESTS = 200;
const KINDS = /** @type {const} */ (['travel', 'wait', 'serve', 'call', 'backoff', 'reply', 'hold', 'setup', 'block']);

/** @param {number} ns */
const time = (ns) => duration(ns / 1e9);

/**
 * The requests of a moment, one by one: simulated again from the nearest snapshot, each as a waterfall of its visits.
 * @param {import('../types.js').App} app
 * @param {number} time_s the end of the interval that was chosen
 */
export async function showWaterfalls(app, time_s) {
  const { t, run } = app;
  const interval_s = run.timeline.interval_s;
  const to_s = Math.min(Math.max(time_s, interval_s), Math.max(run.known_s, interval_s));
  const from_s = Math.max(0, to_s - interval_s);
  const words = el('p', { class: 'muted waterfall-words', role: 'status' }, t('waterfall.looking'));
  const body = el('div', { class: 'waterfall' });
  const { close } = showDialog(app, { title: t('waterfall.title', { from: duration(from_s), to: duration(to_s) }), isWide: true, body: [words, body, el('button', {
    class: 'button waterfall-debug', type: 'button', hidden: !Object.values(app.document.get().nodes).some((node) => node['code']),
    onclick: () => { close(); app.signals.emit('debug', { time_s: to_s - interval_s / 2 }); },
  }, icon('debug'), t('debugger.open'))] });
  try {
    const { result } = await app.engine.call('run.spans', { from_s, to_s, limit: REQUESTS });
    show(app, result, words, body);
  } catch (error) {
    words.textContent = /** @type {Error} */ (error).message;
  }
}

/**
 * @param {import('../types.js').App} app
 * @param {{ requests: Request[], begun: number, cut: boolean }} found
 * @param {HTMLElement} words @param {HTMLElement} body
 */
function show(app, { requests, begun, cut }, words, body) {
  const { t } = app;
  words.textContent = requests.length === 0 ? t('waterfall.none')
    : [t('waterfall.sampled', { shown: requests.length, n: begun }), cut && t('waterfall.cut')].filter(Boolean).join(' ');
  if (requests.length === 0) return;
  const picks = picksOf(requests);
  const view = el('div', { class: 'waterfall-view' });
  const list = el('ul', { class: 'waterfall-list', 'aria-label': t('waterfall.list') });
  const buttons = requests.map((request, index) => el('button', {
    class: 'waterfall-request', type: 'button', 'aria-pressed': 'false', onclick: () => choose(index),
  }, el('span', { class: 'number' }, time(responseOf(request))), el('span', { class: 'truncate' }, request.spans[0]?.operation ?? ''),
  endOf(request) === 'ok' ? null : el('span', { class: 'bad waterfall-end' }, icon('cross'), t(`waterfall.end_${endOf(request)}`))));
  // The slowest are what one looks for: they stand first.
  const order = requests.map((_, index) => index).sort((a, b) => responseOf(/** @type {Request} */ (requests[b])) - responseOf(/** @type {Request} */ (requests[a])) || a - b);
  fill(list, ...order.map((index) => el('li', {}, buttons[index])));
  const pick = (/** @type {'slowest' | 'median' | 'failed'} */ name) => el('button', {
    class: 'button', type: 'button', disabled: picks[name] < 0, onclick: () => { choose(picks[name]); buttons[picks[name]]?.scrollIntoView({ block: 'nearest' }); },
  }, t(`waterfall.${name}`));

  /** @param {number} index */
  function choose(index) {
    buttons.forEach((button, at) => button.setAttribute('aria-pressed', String(at === index)));
    fill(view, waterfallOf(app, /** @type {Request} */ (requests[index])));
  }
  fill(body, el('div', { class: 'waterfall-side' }, el('div', { class: 'button-group', role: 'group', 'aria-label': t('waterfall.picks') }, pick('slowest'), pick('median'), pick('failed')), list), view);
  choose(picks.slowest >= 0 ? picks.slowest : 0);
}

/** @param {import('../types.js').App} app @param {Request} request */
function waterfallOf(app, request) {
  const { t } = app;
  const whole_ns = responseOf(request) || 1;
  const share = (/** @type {number} */ ns) => `${(100 * ns) / whole_ns}%`;
  const ticks = ticksOf(whole_ns, matchMedia('(max-width: 719px)').matches ? TICKS_NARROW : TICKS);
  const axis = el('div', { class: 'waterfall-axis', 'aria-hidden': 'true', dir: 'ltr' },
    ticks.map((at) => el('span', { class: 'number small', style: { '--at': share(at) } }, at === 0 ? '0' : time(at))));
  const rows = rowsOf(request).map(({ span, depth }) => row(app, span, depth, share));
  const used = new Set(request.spans.flatMap((span) => partsOf(span).map(({ kind }) => kind)));
  const legend = el('ul', { class: 'waterfall-legend' }, KINDS.filter((kind) => used.has(kind)).map((kind) => el('li', {},
    el('span', { class: 'waterfall-key', dataset: { kind } }), t(`waterfall.part_${kind}`))));
  return [
    el('p', { class: 'waterfall-head' }, t('waterfall.request', {
      operation: request.spans[0]?.operation ?? '', start: `${request.start_s.toFixed(3)} s`, response: time(responseOf(request)), end: t(`waterfall.end_${endOf(request)}`) })),
    legend,
    el('div', { class: 'waterfall-scroll', tabindex: '0', role: 'region', 'aria-label': t('waterfall.visits') },
      el('div', { class: 'waterfall-row waterfall-top' }, el('span'), axis, el('span')), el('ol', { class: 'waterfall-rows' }, rows)),
  ];
}

/**
 * @param {import('../types.js').App} app
 * @param {Span} span @param {number} depth
 * @param {(ns: number) => string} share
 */
function row(app, span, depth, share) {
  const { t } = app;
  const name = app.document.get().nodes[span.node]?.name ?? span.node;
  const isBad = !['ok', 'open', 'abandoned'].includes(span.end);
  const said = [...timesOf(span)].map(([kind, ns]) => `${t(`waterfall.part_${kind}`)} ${time(ns)}`).join(', ');
  const notes = [span.attempt ? t('waterfall.retry', { n: span.attempt }) : '', span.branch ? t('waterfall.branch') : '', span.end === 'ok' ? '' : t(`waterfall.end_${span.end}`)].filter(Boolean);
  const facts = [span.operation, ...notes].join(' · ');
  const label = `${name} ${facts}, ${t('waterfall.from_to', { from: time(span.start_ns), to: time(span.end_ns) })}${said ? `: ${said}` : ''}`;
  return el('li', { class: 'waterfall-row', title: label },
    el('button', { class: 'waterfall-name', type: 'button', style: { '--depth': depth }, 'aria-label': label, onclick: () => app.selection.set({ nodes: [span.node] }) },
      isBad && icon('cross'), el('span', { class: 'truncate' }, name), ' ', el('span', { class: 'muted small truncate' }, facts)),
    el('span', { class: 'waterfall-track', dir: 'ltr', 'aria-hidden': 'true' },
      el('span', { class: `waterfall-bar${isBad ? ' bad' : ''}`, style: { '--from': share(span.start_ns), '--to': share(span.end_ns) } }),
      partsOf(span).map(({ kind, from_ns, to_ns }) => el('span', { class: 'waterfall-part', dataset: { kind }, style: { '--from': share(from_ns), '--to': share(to_ns) } }))),
    el('span', { class: 'number small waterfall-time', 'aria-hidden': 'true' }, time(span.end_ns - span.start_ns)));
}
