import { count, duration } from '../canvas/format.js';
import { el, fill } from '../dom.js';
import { icon } from '../icons/icon.js';
import { isFailed } from './journal.js';
import { framesAt } from './steps.js';
import { moment } from './words.js';

/** @typedef {import('./journal.js').Input} Input */
/** @typedef {import('./journal.js').Said} Said */

const SHOWN_MAX = 100; // of what an input said, or led to

/**
 * What is known of the picked input: the values of its variables, what led to it and where it led, and what it said.
 * @param {import('../types.js').App} app @param {import('./session.js').Session} session @param {ReturnType<typeof import('./words.js').createWords>} words
 */
export function createFacts(app, session, words) {
  const { t } = app;
  const variables = el('div', { class: 'debugger-variables' });
  const around = el('div', { class: 'debugger-around' });
  const about = el('div', { class: 'debugger-about' });
  const said = el('div', { class: 'debugger-said' });
  const element = el('section', { class: 'debugger-facts', 'aria-label': t('debugger.facts'), tabindex: '-1', hidden: true }, variables, about, around, said);

  const code = (/** @type {string} */ text, more = {}) => el('code', { translate: 'no', dir: 'ltr', ...more }, text);

  function showVariables() {
    const { trace, at } = session;
    const frames = trace ? framesAt(trace.steps, at) : [];
    const parts = frames.map(({ name, line, variables: list }, index) => el('details', { class: 'fold', open: index === 0 },
      el('summary', {}, code(name || '(module)'), ' ', el('span', { class: 'muted small' }, t('debugger.at_line', { line }))),
      list.length === 0 ? el('p', { class: 'muted small' }, t('debugger.no_variables')) : el('table', { class: 'debugger-values' },
        el('tbody', {}, list.map(({ name: variable, value, before, isNew }) => el('tr', { class: before !== undefined || isNew ? 'changed' : '' },
          el('th', { scope: 'row', translate: 'no' }, variable),
          el('td', {}, code(value), (before !== undefined || isNew) && el('span', { class: 'debugger-changed small' }, icon('edit'), isNew ? t('debugger.new') : [t('debugger.before'), ' ', code(before ?? '')]))))))));
    fill(variables, el('h3', {}, t('debugger.variables')), ...(frames.length > 0 ? parts : [el('p', { class: 'muted small' }, t('debugger.no_variables'))]));
  }

  /** @param {string} name @param {import('../dom.js').Child | import('../dom.js').Child[]} value */
  const fact = (name, value) => el('div', {}, el('dt', {}, t(`debugger.${name}`)), el('dd', {}, value));

  /** @param {Input} input */
  function showAbout(input) {
    fill(about, el('h3', {}, words.kind(input), ' ', el('span', { class: 'muted', dir: 'ltr' }, `#${input.n}`)),
      el('dl', {},
        fact('node', words.place(input.node, input.replica)), fact('at', moment(input.at_ns)), fact('took', duration((input.done_ns - input.at_ns) / 1e9)), fact('fuel', count(input.fuel)),
        input.from && fact('came_from', session.designAt(input.at_ns).nodes[input.from]?.name ?? input.from),
        isFailed(input) && fact('outcome', el('span', { class: 'bad' }, icon('cross'), ' ', code(input.error ?? input.outcome)))),
      input.body && el('pre', { class: 'debugger-body', translate: 'no', dir: 'ltr', tabindex: '0', role: 'region', 'aria-label': t('debugger.body') }, input.body));
  }

  /** @param {Input} input @param {string} [before] @param {Record<string, any>} [more] */
  const goTo = (input, before, more = {}) => el('button', { class: 'debugger-jump', type: 'button', title: words.input(input), onclick: () => void session.pick(input), ...more },
    before && el('span', { class: 'muted' }, before), el('strong', {}, words.place(input.node, input.replica)), el('span', { class: 'truncate' }, words.kind(input)), el('span', { class: 'number small' }, moment(input.at_ns)));

  /** @param {Input} input */
  function showAround(input) {
    const cause = session.inputOf(input.cause);
    const effects = session.effects();
    const [before, after] = [session.ofActivity(-1), session.ofActivity(1)];
    const causeButton = cause ? goTo(cause, '', { dataset: { jump: 'cause' } })
      : typeof input.cause === 'number' ? el('button', { class: 'debugger-jump', type: 'button', dataset: { jump: 'cause' }, onclick: () => void session.go(/** @type {number} */ (input.cause)) }, t('debugger.cause_far', { n: `#${input.cause}` }))
        : el('p', { class: 'muted small' }, t('debugger.no_cause'));
    fill(around,
      el('h3', {}, t('debugger.cause')), causeButton,
      (before || after) && el('h3', {}, t('debugger.activity')), before && goTo(before, t('debugger.before_it'), { dataset: { jump: 'before' } }), after && goTo(after, t('debugger.after_it'), { dataset: { jump: 'after' } }),
      el('h3', {}, t('debugger.effects')),
      effects.inputs.length + effects.messages.length === 0 ? el('p', { class: 'muted small' }, t('debugger.no_effects')) : el('ul', { dataset: { jump: 'effects' } },
        effects.inputs.slice(0, SHOWN_MAX).map((one) => el('li', {}, goTo(one))),
        effects.messages.slice(0, SHOWN_MAX).map((one) => el('li', { class: 'small debugger-lost' }, one.arrived_ns === null || one.arrived_ns === undefined ? icon('cross') : null, words.message(one)))));
  }

  /** @param {Said} one */
  const saidWords = ({ kind, target, operation, key, body, text, value, delay_ns }) => [
    target && el('strong', {}, session.designAt(session.view.from_ns).nodes[target]?.name ?? target), operation && code(operation), key && code(key),
    value !== undefined && code(String(value)), delay_ns !== undefined && duration(delay_ns / 1e9), text && code(text), body && code(body, { class: 'debugger-said-body' }), kind === 'error' && icon('cross'),
  ].flatMap((part) => (part ? [' ', part] : []));

  /** @param {Input} input */
  function showSaid(input) {
    const list = input.said ?? [];
    fill(said, el('h3', {}, t('debugger.said')), list.length === 0 ? el('p', { class: 'muted small' }, t('debugger.said_nothing')) : el('ol', {}, list.slice(0, SHOWN_MAX).map((one) => el('li', {},
      one.line ? el('button', { class: 'link number debugger-line', type: 'button', title: t('debugger.to_line', { line: one.line }), 'aria-label': t('debugger.to_line', { line: one.line }), onclick: () => session.goToLine(/** @type {number} */ (one.line)) }, String(one.line)) : el('span', { class: 'debugger-line' }),
      el('span', {}, t(`debugger.said_${one.kind}`), saidWords(one))))));
  }

  function onPick() {
    const { picked } = session;
    element.hidden = picked === null;
    if (!picked) return;
    const focused = document.activeElement;
    const hadFocus = element.contains(focused);
    const jump = focused instanceof HTMLElement ? focused.dataset['jump'] : undefined;
    showVariables();
    showAbout(picked);
    showAround(picked);
    showSaid(picked);
    // Who walks from cause to cause goes on where they are.
    if (hadFocus && !element.contains(document.activeElement)) (/** @type {HTMLElement | null} */ (jump ? around.querySelector(`button[data-jump="${jump}"]`) : null) ?? element).focus({ preventScroll: true });
  }

  const stops = [...['pick', 'trace', 'journal'].map((name) => session.on(name, onPick)), session.on('step', showVariables)];
  return { element, dispose: () => stops.forEach((stop) => stop()) };
}
