import { count } from '../canvas/format.js';
import { el, fill } from '../dom.js';
import { createEditor } from '../editor/editor.js';
import { icon, iconOf } from '../icons/icon.js';
import { sourceOf } from './breakpoints.js';
import { SHAPES } from './shapes.js';
import { framesAt, linesRun } from './steps.js';

/** @typedef {import('./steps.js').Move} Move */

/** What can be done with a key, in the order of the buttons; `move` with its direction. @type {readonly { name: keyof typeof SHAPES, key: string, move: Move, direction: 1 | -1 }[]} */
const MOVES = [
  { name: 'to_start', key: 'Shift+e', move: 'end', direction: -1 },
  { name: 'out_back', key: 'Shift+u', move: 'out', direction: -1 },
  { name: 'over_back', key: 'Shift+o', move: 'over', direction: -1 },
  { name: 'line_back', key: 'Shift+s', move: 'line', direction: -1 },
  { name: 'line', key: 's', move: 'line', direction: 1 },
  { name: 'over', key: 'o', move: 'over', direction: 1 },
  { name: 'out', key: 'u', move: 'out', direction: 1 },
  { name: 'to_end', key: 'e', move: 'end', direction: 1 },
];

/**
 * The code of the picked input: where it stands, steps in both directions, breakpoints, and the values of variables.
 * @param {import('../types.js').App} app @param {import('./session.js').Session} session @param {(key: string) => string} keyText
 */
export function createStepper(app, session, keyText) {
  const { t } = app;
  const tipOf = (/** @type {string} */ name, /** @type {string} */ key) => `${t(`debugger.${name}`)} (${keyText(key)})`;
  const buttons = MOVES.map(({ name, key, move, direction }) => el('button', {
    class: 'button icon-only', type: 'button', title: tipOf(name, key), 'aria-label': t(`debugger.${name}`), 'aria-keyshortcuts': key, dataset: { move: name },
    onclick: () => session.step(move, direction),
  }, iconOf(SHAPES[name])));
  const everywhere = el('input', { class: 'checkbox', type: 'checkbox', checked: true });
  /** @param {1 | -1} direction */
  const find = (direction) => void session.find(direction, everywhere.checked);
  /** @param {'stop_back' | 'stop_next'} name @param {1 | -1} direction @param {string} key */
  const finder = (name, direction, key) => el('button', {
    class: 'button', type: 'button', title: tipOf(name, key), 'aria-keyshortcuts': key, dataset: { move: name }, onclick: () => find(direction),
  }, iconOf(SHAPES[name]), el('span', {}, t(`debugger.${name}`)));
  const finders = [finder('stop_back', -1, 'Shift+b'), finder('stop_next', 1, 'b')];
  const where = el('p', { class: 'debugger-where', role: 'status' });
  const box = el('div', { class: 'debugger-source' });
  const marks = el('details', { class: 'fold debugger-breakpoints', open: true }, el('summary', {}, t('debugger.breakpoints')));
  const list = el('ul', {});
  const noMarks = el('p', { class: 'muted small' }, t('debugger.breakpoints_hint'));
  marks.append(noMarks, list, el('label', { class: 'debugger-check' }, everywhere, t('debugger.everywhere')));
  const none = el('p', { class: 'empty' }, t('debugger.pick_one'));
  const inner = el('div', { class: 'debugger-stepper-body', hidden: true },
    el('div', { class: 'debugger-moves', role: 'toolbar', 'aria-label': t('debugger.steps') }, el('div', { class: 'button-group', dir: 'ltr' }, buttons), el('div', { class: 'button-group', dir: 'ltr' }, finders)),
    where, box, marks);
  const element = el('section', { class: 'debugger-stepper', 'aria-label': t('debugger.code') }, none, inner);

  /** @type {import('../editor/types.js').CodeEditor | null} */
  let editor = null;
  let shownNode = '';
  let source = '';

  function showSource() {
    const { picked } = session;
    if (!picked) return;
    const text = sourceOf(session.designAt(picked.at_ns), picked.node);
    box.hidden = text === null;
    if (text === null) return;
    source = text;
    if (!editor) {
      editor = createEditor(app, box, { text, language: 'javascript', readOnly: true, label: t('debugger.source'), onToggleLine: toggle, onAskCondition: askCondition });
      editor.setHover(({ word }) => valueOf(word));
    } else if (text !== editor.text) editor.text = text;
    shownNode = picked.node;
    showMarks();
  }

  /** The value of a variable where the code stands, in the innermost call that has it. @param {string} name */
  function valueOf(name) {
    const { trace, at } = session;
    const found = trace ? framesAt(trace.steps, at).flatMap(({ variables }) => variables).find((one) => one.name === name) : undefined;
    return found ? `${name} = ${found.value}` : null;
  }

  const own = () => (shownNode === '' ? [] : session.breakpoints.of(shownNode, source));

  /** @param {number} line */
  function toggle(line) {
    const isThere = own().some((one) => one.line === line);
    session.breakpoints.put(session.siblings(), source, line, isThere ? null : '');
    app.announce(t(isThere ? 'debugger.breakpoint_gone' : 'debugger.breakpoint_set', { line }));
  }

  /** @param {number} line */
  function askCondition(line) {
    if (!own().some((one) => one.line === line)) session.breakpoints.put(session.siblings(), source, line, '');
    marks.open = true;
    /** @type {HTMLInputElement | null} */ (list.querySelector(`input[data-line="${line}"]`))?.focus();
  }

  function showMarks() {
    const { trace, at } = session;
    const stops = own();
    const runs = trace ? linesRun(trace.steps, at) : new Map();
    editor?.setLineMarks([
      ...stops.map(({ line, condition }) => ({ line, isBreakpoint: true, ...(condition ? { condition } : {}) })),
      ...[...runs].filter(([, times]) => times > 1).map(([line, times]) => ({ line, text: `${times}×`, title: t('debugger.times', { n: times }) })),
    ]);
    noMarks.hidden = stops.length > 0;
    if (list.contains(document.activeElement) && /** @type {HTMLElement} */ (document.activeElement).matches('input')) return; // it is being written
    fill(list, ...stops.map(({ line, text, condition = '' }) => el('li', { class: 'debugger-breakpoint' },
      el('button', { class: 'link number', type: 'button', title: t('debugger.to_line', { line }), 'aria-label': t('debugger.to_line', { line }), onclick: () => editor?.reveal({ line, column: 1 }) }, String(line)),
      el('code', { class: 'truncate', translate: 'no', dir: 'ltr', title: text }, text),
      el('input', { class: 'input mono', type: 'text', dir: 'ltr', value: condition, spellcheck: 'false', autocapitalize: 'off', dataset: { line },
        placeholder: t('debugger.condition'), 'aria-label': t('debugger.condition_of', { line }), onchange: (/** @type {Event} */ event) => setCondition(line, event) }),
      el('button', { class: 'button quiet icon-only', type: 'button', title: t('debugger.remove_breakpoint', { line }), 'aria-label': t('debugger.remove_breakpoint', { line }), onclick: () => toggle(line) }, icon('close')))));
  }

  /** @param {number} line @param {Event} event */
  const setCondition = (line, event) => session.breakpoints.put(session.siblings(), source, line, /** @type {HTMLInputElement} */ (event.target).value.trim());

  function showStep() {
    const { trace, at } = session;
    const step = trace?.steps[at];
    for (const button of buttons) button.disabled = !step;
    editor?.setCurrentLine(step?.line ?? null);
    showMarks();
    const [frame] = trace ? framesAt(trace.steps, at) : [];
    const words = !trace ? t('debugger.tracing') : !step ? t('debugger.no_steps')
      : [t('debugger.where', { at: at + 1, of: trace.steps.length, line: step.line, fuel: count(step.fuel) }), trace.cut && at === trace.steps.length - 1 ? t('debugger.steps_cut') : ''].filter(Boolean).join(' ');
    fill(where, words, step && [' ', el('code', { translate: 'no', dir: 'ltr' }, `${frame?.name || '(module)'}`)],
      step?.leave !== undefined && [' ', t('debugger.leaves'), ' ', el('code', { translate: 'no', dir: 'ltr' }, step.leave)],
      step?.throws !== undefined && [' ', el('span', { class: 'bad' }, icon('cross'), ' ', t('debugger.throws')), ' ', el('code', { translate: 'no', dir: 'ltr' }, step.throws)]);
  }

  function onPick() {
    none.hidden = session.picked !== null;
    inner.hidden = session.picked === null;
    showSource();
    showStep();
  }

  const stops = [session.on('pick', onPick), session.on('trace', onPick), session.on('step', showStep), session.on('breakpoints', showMarks)];
  return {
    element,
    /** @param {string} key @returns {boolean} whether it means something here */
    press(key) {
      const move = MOVES.find((one) => one.key === key);
      if (move) session.step(move.move, move.direction);
      else if (key === 'b' || key === 'Shift+b') find(key === 'b' ? 1 : -1);
      else return false;
      return true;
    },
    /** @returns {readonly { name: string, key: string }[]} */
    keys: [...MOVES, { name: 'stop_back', key: 'Shift+b' }, { name: 'stop_next', key: 'b' }],
    dispose() {
      stops.forEach((stop) => stop());
      editor?.dispose();
    },
  };
}
