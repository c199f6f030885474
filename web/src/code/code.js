import './code.css';
import { createEditor } from '../editor/editor.js';
import { placeOf } from '../editor/places.js';
import { getAt } from '../document/pointer.js';
import { el } from '../dom.js';
import { icon } from '../icons/icon.js';
import { loadLibrary } from '../libraries/libraries.js';
import { createFindings } from './findings.js';
import { createHandlerHelp } from './help.js';
import { createMarks } from './marks.js';
import { createProfile, secondsPerFuel } from './profile.js';
import { createReload } from './reload.js';
import { createReport } from './report.js';

/** @typedef {import('../types.js').App} App */

const QUIET_MS = 600; // a burst of typing is one step to undo

/**
 * The editor of a node's code, with what the last run says of it below.
 * @param {App} app
 * @param {{ node: string, pointer: string, text: string, onText: (text: string) => void }} options
 */
export function createCode(app, { node, pointer, text, onText }) {
  const { t } = app;
  const box = el('div', { class: 'code-editor' });
  const large = el('button', { type: 'button', class: 'button quiet icon-only code-large', 'aria-pressed': 'false', 'aria-label': t('code.large'), title: t('code.large'), onclick: enlarge }, icon('fit'));
  const stepping = el('button', { type: 'button', class: 'button quiet icon-only', hidden: true, 'aria-label': t('debugger.of_node', { node }), title: t('debugger.of_node', { node }), onclick: () => app.signals.emit('debug', { node }) }, icon('debug'));
  const inserting = el('button', { type: 'button', class: 'button quiet icon-only', 'aria-label': t('code.insert'), title: t('code.insert'), onclick: () => void insertCode() }, icon('plus'));
  const element = el('div', { class: 'code', role: 'group', 'aria-label': t('code.label', { node }) },
    el('div', { class: 'code-head' }, el('span', { class: 'code-title truncate', 'aria-hidden': 'true' }, t('code.label', { node })), inserting, stepping, 'popover' in HTMLElement.prototype && large), box);
  let written = text;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const editor = createEditor(app, box, { text, language: 'javascript', label: t('code.label', { node }), onSubmit: () => reload.apply(), onToggleLine: (line) => marks.toggle(line), onChange() {
    clearTimeout(timer);
    timer = setTimeout(flush, QUIET_MS);
  } });
  const reload = createReload(app, { isChanged: () => editor.text !== getAt(app.run.design, pointer), flush });
  const marks = createMarks(app, { node, pointer, editor, flush });
  const findings = createFindings(app, { node, pointer, editor, flush });
  const profile = createProfile(app, { goTo: (line) => editor.reveal({ line, column: 1 }), lineOf: marks.whereNow });
  const report = createReport(app);
  element.append(el('div', { class: 'code-side' }, reload.element, report.sum, profile.element, report.said));
  const help = createHandlerHelp(app, node);
  editor.setCompletions(help.complete);
  editor.setHover(help.explain);
  // Who leaves the field, or the page, has written what stands there.
  element.addEventListener('focusout', flush);
  // Saving the design gives its code to the run, too.
  element.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') reload.apply();
    if (event.key !== 'Escape' || !element.hasAttribute('popover')) return; // in the editor it has a meaning of its own
    event.stopPropagation();
    enlarge();
  });

  /** Over the page, under its bar, and back: nothing is moved in the document, so that the editor keeps what it has. */
  function enlarge() {
    const isLarge = element.hasAttribute('popover');
    if (isLarge) element.hidePopover();
    if (isLarge) element.removeAttribute('popover');
    else element.setAttribute('popover', 'manual');
    if (!isLarge) element.showPopover();
    large.setAttribute('aria-pressed', String(!isLarge));
    large.focus();
  }
  const shrink = () => { if (element.hasAttribute('popover')) enlarge(); };

  /** A module in base64 has no lines to put anything below. */
  const isWasm = () => /** @type {any} */ (app.document.get().nodes[node])?.code?.language === 'wasm';

  /** Starter code and patterns; what is chosen is one step to undo. */
  async function insertCode() {
    if (isWasm()) return;
    flush();
    try {
      const { showSnippets } = await loadLibrary('snippets');
      if (isDisposed) return;
      showSnippets(app, { node, text: editor.text, put(/** @type {string} */ next, /** @type {number} */ at) {
        editor.text = next;
        written = next;
        app.document.execute(app.commands.change('command.insert_code', [[pointer, next]])); // a step of its own, however soon after another
        findings.look();
        editor.reveal(placeOf(next, at));
        editor.focus();
      } });
    } catch (error) {
      app.notify(t('app.later_failed'), { kind: 'error' });
      reportError(error);
    }
  }

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    if (editor.text === written) return;
    written = editor.text;
    onText(written);
    findings.look();
  }

  let isDisposed = false;

  const handlersOf = () => app.run.results?.value?.nodes?.[node]?.handlers;

  function showRun() {
    const handlers = handlersOf();
    const source = marks.runSource();
    const lines = source.split('\n');
    marks.show(handlers?.profile ?? null);
    profile.show(handlers?.profile ?? null, {
      textOf: (line) => lines[line - 1] ?? '', seconds_per_fuel: secondsPerFuel(app, node), fuel: handlers?.fuel ?? 0, version: source === editor.text ? '' : editor.text });
    stepping.hidden = !handlers;
    inserting.hidden = isWasm();
    report.show(handlers);
  }

  const stops = [...['results', 'run-state', 'document'].map((name) => app.signals.on(name, showRun)), marks.onChange(showRun), app.signals.on('debug', shrink), app.signals.on('insert-code', () => void insertCode()), app.signals.on('use-code', () => reload.apply()), app.signals.on('large-code', enlarge)];
  findings.show();
  showRun();
  findings.look();
  return {
    element,
    /** @param {string} next the document's */
    take(next) {
      if (next === written) return;
      written = next;
      editor.text = next;
      findings.look();
    },
    update: findings.show,
    focus: () => editor.focus(),
    dispose() {
      isDisposed = true;
      flush();
      findings.dispose();
      for (const stop of stops) stop();
      reload.dispose();
      profile.dispose();
      editor.dispose();
    },
  };
}
