import './debugger.css';
import { keyText } from '../app/actions.js';
import { el, fill } from '../dom.js';
import { showDialog } from '../files/dialog.js';
import { icon } from '../icons/icon.js';
import { createDiagram } from './diagram.js';
import { createFacts } from './facts.js';
import { createList } from './list.js';
import { LENGTHS_S, createSession } from './session.js';
import { createStepper } from './stepper.js';
import { createWords } from './words.js';
import { duration } from '../canvas/format.js';

/** @typedef {{ time_s?: number, node?: string, n?: number, line?: number }} Where a moment, the last input of a node up to it, or an input by its number, and a line that it ran through */

const NARROW = '(max-width: 1023px)';
const NEAR_S = [1, 10]; // how far before a moment an input of a node is looked for

/**
 * The debugger over the page: what happened in a stretch of the past, message by message, line by line. The run is not touched.
 * @param {import('../types.js').App} app @param {Where} [where]
 */
export async function showDebugger(app, where = {}) {
  const { t, run } = app;
  document.querySelector('.debugger')?.dispatchEvent(new Event('close'));
  if (run.state === 'running') {
    await run.pause();
    app.notify(t('debugger.paused'));
  }
  const session = createSession(app);
  const words = createWords(app, session);
  const diagram = createDiagram(app, session, words, tools);
  const list = createList(app, session, words);
  const stepper = createStepper(app, session, keyText);
  const facts = createFacts(app, session, words);
  const frame = document.querySelector('.frame');
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const told = el('p', { class: 'debugger-told' });
  const element = el('div', { class: 'debugger', role: 'dialog', 'aria-modal': 'true', 'aria-label': t('debugger.title'), onclose: close },
    bar(), diagram.element, el('div', { class: 'debugger-lower' }, list.element, stepper.element, facts.element));
  document.addEventListener('keydown', onKey, true); // before the source, which has keys of its own

  function close() {
    document.removeEventListener('keydown', onKey, true);
    element.remove();
    stops.forEach((stop) => stop());
    for (const part of [diagram, list, stepper, facts, session]) part.dispose();
    frame?.removeAttribute('inert');
    if (before?.isConnected) before.focus();
  }

  /** @param {string} name @param {import('../icons/icon.js').IconName} shape @param {() => void} press @param {string} [className] */
  function iconButton(name, shape, press, className = '') {
    return el('button', { class: `button icon-only ${className}`, type: 'button', title: t(`debugger.${name}`), 'aria-label': t(`debugger.${name}`), dataset: { action: name }, onclick: press }, icon(shape));
  }

  function bar() {
    return el('div', { class: 'debugger-bar' }, el('h2', { class: 'truncate', title: t('debugger.title') }, t('debugger.title')), told,
      iconButton('take', 'download', diagram.take, 'quiet'), iconButton('keys', 'help', showKeys, 'quiet'),
      el('button', { class: 'button debugger-close', type: 'button', onclick: close }, icon('close'), t('dialog.close')));
  }

  /** Which stretch is seen. */
  function tools() {
    const start_s = Math.min(where.time_s ?? run.time_s, run.known_s);
    const moment = el('input', { class: 'input number', type: 'number', inputmode: 'decimal', min: '0', max: String(run.known_s), step: 'any', value: String(+start_s.toFixed(6)), 'aria-label': t('debugger.moment'), title: t('debugger.moment'), onchange: look });
    const length = el('select', { class: 'input', 'aria-label': t('debugger.length'), title: t('debugger.length'), onchange: look }, LENGTHS_S.map((one) => el('option', { value: String(one), selected: one === 1 }, duration(one))));
    function look() {
      const time_s = Number(moment.value);
      if (Number.isFinite(time_s)) void session.look(Math.min(Math.max(0, time_s), run.known_s), Number(length.value));
    }
    // It says where one is, too.
    const follow = () => {
      const { from_ns, to_ns } = session.view;
      const digits = Math.min(9, Math.max(0, Math.ceil(11 - Math.log10(to_ns - from_ns || 1))));
      if (document.activeElement !== moment) moment.value = String(+((from_ns + to_ns) / 2e9).toFixed(digits));
    };
    for (const name of ['view', 'journal']) session.on(name, follow);
    return el('div', { class: 'debugger-tools' },
      el('label', { class: 'debugger-field' }, el('span', {}, t('debugger.around')), moment, el('span', { 'aria-hidden': 'true' }, 's')), length,
      el('div', { class: 'button-group', role: 'group', dir: 'ltr', 'aria-label': t('debugger.stretch') },
        iconButton('earlier', 'rewind', () => diagram.pan(-1)), iconButton('zoom_out', 'minus', () => diagram.zoomOut()), iconButton('zoom_in', 'plus', () => diagram.zoomIn()), iconButton('whole', 'fit', session.showAll), iconButton('later', 'step', () => diagram.pan(1))));
  }

  function showKeys() {
    const rows = [...stepper.keys, { name: 'cause', key: 'c' }, { name: 'before_it', key: 'Shift+a' }, { name: 'after_it', key: 'a' }, { name: 'key_diagram', key: 'd' }, { name: 'key_walk', key: '← →' }, { name: 'key_lanes', key: '↑ ↓' },
      { name: 'key_pan', key: 'Shift+← →' }, { name: 'key_zoom', key: '+ -' }];
    showDialog(app, { title: t('debugger.keys'), body: [el('dl', { class: 'debugger-keys', tabindex: '0' }, rows.map(({ name, key }) => el('div', {}, el('dt', {}, el('kbd', {}, keyText(key))), el('dd', {}, t(`debugger.${name}`)))))] });
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (document.querySelector('dialog[open]') || !(target === document.body || event.composedPath().includes(element))) return;
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches('input, select, textarea')) {
      if (event.key === 'Escape' && target.matches('select, input[type="checkbox"]')) close();
      return;
    }
    const key = event.shiftKey ? `Shift+${event.key.toLowerCase()}` : event.key;
    if (key === 'Escape' && !target.closest('.cm-editor, .cm-panel')) close();
    else if (!stepper.press(key) && !jump(key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} key @returns {boolean} */
  function jump(key) {
    const { picked } = session;
    if (key === 'd') diagram.focus();
    else if (key === 'c' && typeof picked?.cause === 'number') void session.go(picked.cause);
    else if (key === 'a' || key === 'Shift+a') {
      const next = session.ofActivity(key === 'a' ? 1 : -1);
      if (next) void session.pick(next);
    } else return false;
    return true;
  }

  let wasTold = '';
  function tell() {
    element.setAttribute('aria-busy', String(session.isBusy));
    const { problems } = session;
    fill(told, problems.length === 0 ? session.isBusy && t('debugger.looking') : [icon('info'), ...problems.flatMap(({ text, mark }) => [' ', el('span', mark, text)])]);
    told.classList.toggle('waiting', problems.length === 0);
    const all = problems.map(({ text }) => text).join(' ');
    if (all !== wasTold && all !== '') app.announce(all);
    wasTold = all;
  }

  /** Begins where it was asked for. */
  async function begin() {
    if (where.n !== undefined) {
      if (where.time_s !== undefined) await session.look(where.time_s);
      await session.go(where.n);
      if (where.line) session.goToLine(where.line);
      return undefined;
    }
    const at_s = where.time_s ?? run.time_s;
    if (where.node === undefined) return session.look(at_s);
    for (const reach_s of NEAR_S) {
      await session.look(at_s, reach_s);
      const last = session.journal.inputs.filter(({ node, at_ns }) => node === where.node && at_ns <= at_s * 1e9).at(-1) ?? session.journal.inputs.find(({ node }) => node === where.node);
      if (last || session.problems.length > 0) return last && session.pick(last);
    }
    app.notify(t('debugger.none_of_node', { node: where.node }));
  }

  let isPointing = false; // or is it by keys that things are picked?
  element.addEventListener('pointerdown', () => { isPointing = true; }, true);
  element.addEventListener('keydown', () => { isPointing = false; }, true);

  function onPick() {
    if (!session.picked) return;
    app.announce(words.input(session.picked));
    // What was asked for is further down there.
    if (isPointing && matchMedia(NARROW).matches) stepper.element.scrollIntoView({ block: 'start' });
  }
  const stops = ['document-open', 'run-open'].map((name) => app.signals.on(name, close)); // that was another run
  session.on('told', tell);
  session.on('pick', onPick);
  if ('popover' in HTMLElement.prototype) for (const one of document.querySelectorAll(':popover-open')) /** @type {HTMLElement} */ (one).hidePopover(); // they would lie over it
  frame?.setAttribute('inert', '');
  document.body.append(element);
  diagram.focus();
  await begin();
}
