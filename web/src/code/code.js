import './code.css';
import { createEditor } from '../editor/editor.js';
import { movedLines, placeOf } from '../editor/places.js';
import { createBreakpoints, sameCode } from '../debugger/breakpoints.js';
import { getAt } from '../document/pointer.js';
import { el, fill } from '../dom.js';
import { loadLibrary } from '../libraries/libraries.js';
import { typeOf } from '../palette/catalog.js';
import { duration, percent } from '../canvas/format.js';
import { icon } from '../icons/icon.js';
import { toneOf } from './flame.js';
import { createHandlerHelp, neighboursOf } from './help.js';
import { createProfile } from './profile.js';
import { createReload } from './reload.js';

/** @typedef {import('../types.js').App} App */

const QUIET_MS = 600; // a burst of typing is one step to undo
const LINES_SHOWN = 8;
const MARKED = 0.005; // lines that take less have no mark

/**
 * The editor of a node's code, with what the last run says of it below.
 * @param {App} app
 * @param {{ node: string, pointer: string, text: string, onText: (text: string) => void }} options
 */
export function createCode(app, { node, pointer, text, onText }) {
  const { t } = app;
  const box = el('div', { class: 'code-editor' });
  const sum = el('div', { class: 'code-sums' });
  const said = el('div', { class: 'code-said' });
  const large = el('button', { type: 'button', class: 'button quiet icon-only code-large', 'aria-pressed': 'false', 'aria-label': t('code.large'), title: t('code.large'), onclick: enlarge }, icon('fit'));
  const stepping = el('button', { type: 'button', class: 'button quiet icon-only', hidden: true, 'aria-label': t('debugger.of_node', { node }), title: t('debugger.of_node', { node }), onclick: () => app.signals.emit('debug', { node }) }, icon('debug'));
  const inserting = el('button', { type: 'button', class: 'button quiet icon-only', 'aria-label': t('code.insert'), title: t('code.insert'), onclick: () => void insertCode() }, icon('plus'));
  const element = el('div', { class: 'code', role: 'group', 'aria-label': t('code.label', { node }) },
    el('div', { class: 'code-head' }, el('span', { class: 'code-title truncate', 'aria-hidden': 'true' }, t('code.label', { node })), inserting, stepping, 'popover' in HTMLElement.prototype && large), box);
  let written = text;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const editor = createEditor(app, box, { text, language: 'javascript', label: t('code.label', { node }), onSubmit: () => reload.apply(), onToggleLine: toggleStop, onChange() {
    clearTimeout(timer);
    timer = setTimeout(flush, QUIET_MS);
  } });
  const reload = createReload(app, { isChanged: () => editor.text !== getAt(app.run.design, pointer), flush });
  const profile = createProfile(app, { goTo: (line) => editor.reveal({ line, column: 1 }), lineOf: (line) => whereNow(line) });
  element.append(el('div', { class: 'code-side' }, reload.element, sum, profile.element, said));
  const breakpoints = createBreakpoints(app);
  const help = createHandlerHelp(app, node);
  editor.setCompletions(help.complete);
  editor.setHover(help.explain);
  // Who leaves the field, or the page, has written what stands there.
  element.addEventListener('focusout', flush);
  // Saving the design gives its code to the run, too.
  element.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') reload.apply();
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

  /** Starter code and patterns; what is chosen is one step to undo. */
  async function insertCode() {
    if (/** @type {any} */ (app.document.get().nodes[node])?.code?.language === 'wasm') return;
    flush();
    try {
      const { showSnippets } = await loadLibrary('snippets');
      if (isDisposed) return;
      showSnippets(app, { node, text: editor.text, put(/** @type {string} */ next, /** @type {number} */ at) {
        editor.text = next;
        flush();
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
    look().catch(() => {}); // not loaded now: with the next change
  }

  /** @type {import('../editor/types.js').EditorDiagnostic[]} */
  let found = [];
  let isDisposed = false;

  /** Reads the code for what is wrong with it before it runs. */
  async function look() {
    const { nodes, edges } = app.document.get();
    const { analyse, applied } = await loadLibrary('analysis');
    const source = editor.text;
    if (isDisposed || /** @type {any} */ (nodes[node])?.code?.language === 'wasm') return;
    const targets = Object.fromEntries(neighboursOf(app, node).map(({ id }) => [id, {
      hasTimeout: edges.some((edge) => edge.from === node && edge.to === id && edge['timeout'] !== undefined),
    }]));
    /** @type {{ findings: import('../analysis/analyse.js').Finding[] }} */
    const { findings } = analyse(source, { targets });
    found = findings.map(({ code, severity, values, from, to, fix }) => {
      const said = t(`analysis.${code}`, values);
      const why = t(`analysis.${code}.why`, values);
      return {
        from: placeOf(source, from), to: placeOf(source, to), severity, message: `${said} ${why}`,
        ...(fix ? { fix: { title: t('analysis.fix'), apply: () => mend(source, applied(source, fix)) } } : {}),
      };
    });
    showProblems();
  }

  /** @param {string} before @param {string} next */
  function mend(before, next) {
    if (editor.text !== before) return; // it was for another text
    editor.text = next;
    flush();
  }

  /** What does not load is said at its line, as far as the interpreter names one. */
  function showProblems() {
    const loading = app.diagnostics.at(pointer).map(({ severity, message }) => {
      const line = Number(/handler\.js:(\d+)/.exec(message)?.[1] ?? 1);
      return /** @type {import('../editor/types.js').EditorDiagnostic} */ ({ from: { line, column: 1 }, severity: severity === 'error' ? 'error' : 'warning', message });
    });
    // An interpreter that names no line says less than the place where reading stopped.
    const isPlaced = found.some(({ severity }) => severity === 'error');
    editor.setDiagnostics([...loading.filter(({ message }) => !isPlaced || /handler\.js:\d/.test(message)), ...found]);
  }

  const runSource = () => String(getAt(app.run.design, pointer) ?? '');

  /** Where a line of the run's code stands in the editor, if it is there as it was. @param {number} line */
  function whereNow(line) {
    const source = runSource();
    if (source === editor.text) return line;
    const [now = 0] = movedLines([line], source, editor.text);
    return editor.text.split('\n')[now - 1] === source.split('\n')[line - 1] ? now : null;
  }

  /** @param {number} line */
  function toggleStop(line) {
    const isThere = breakpoints.of(node, editor.text).some((one) => one.line === line);
    flush();
    breakpoints.put(sameCode(app.document.get(), node), editor.text, line, isThere ? null : '');
    app.announce(t(isThere ? 'code.stop_gone' : 'code.stop_set', { line }));
  }

  let marked = '';
  /** What the lines cost, and where they stop. */
  function showMarks() {
    /** @type {import('./flame.js').Profile | undefined} */
    const found = handlersOf()?.profile;
    const costs = (found?.lines ?? []).filter(({ share }) => share >= MARKED).flatMap(({ line, share, hits }) => {
      const now = whereNow(line);
      return now === null ? [] : [{ line: now, text: percent(share), share, tone: toneOf(share), title: t('code.line_cost', { share: percent(share), n: hits }) }];
    });
    const stops = breakpoints.of(node, editor.text).map(({ line, condition }) => ({ line, isBreakpoint: true, ...(condition ? { condition } : {}) }));
    const marks = [...costs, ...stops];
    const key = JSON.stringify(marks);
    if (key === marked) return;
    marked = key;
    editor.setLineMarks(marks);
  }

  const handlersOf = () => app.run.results?.value?.nodes?.[node]?.handlers;

  function showProfile() {
    const handlers = handlersOf();
    const source = runSource();
    const lines = source.split('\n');
    profile.show(handlers?.profile ?? null, {
      textOf: (line) => lines[line - 1] ?? '', seconds_per_fuel: secondsPerFuel(app, node), fuel: handlers?.fuel ?? 0, version: source === editor.text ? '' : editor.text });
  }

  function showRun() {
    showMarks();
    showProfile();
    const handlers = handlersOf();
    const number = (/** @type {number} */ value) => value.toLocaleString('en', { maximumSignificantDigits: 4 });
    const breaches = Object.entries(handlers?.breaches ?? {}).filter(([, count]) => Number(count) > 0);
    const each_s = handlers?.invocations > 0 ? handlers.cpu_s / handlers.invocations : 0;
    stepping.hidden = !handlers;
    fill(sum, handlers && [
      el('p', { class: 'code-sum' }, t('code.sum', { n: handlers.invocations, cpu: duration(handlers.cpu_s), each: duration(each_s), errors: handlers.errors })),
      ...breaches.map(([name, count]) => el('p', { class: 'code-breach' }, t('code.breach', { name, n: Number(count) })))]);
    showSaid(handlers, number);
  }

  let saidKey = '';
  /** What the code measured and wrote. @param {any} handlers @param {(value: number) => string} number */
  function showSaid(handlers, number) {
    const key = JSON.stringify([handlers?.metrics, handlers?.log]);
    if (key === saidKey) return; // what is read, or has the focus, stays
    saidKey = key;
    if (!handlers) return fill(said);
    return fill(said,
      handlers.metrics.length === 0 ? null : el('table', { class: 'table small code-metrics' },
        el('thead', {}, el('tr', {}, ['code.metric', 'code.count', 'code.mean', 'code.max'].map((key) => el('th', { scope: 'col' }, t(key))))),
        el('tbody', {}, handlers.metrics.map((/** @type {any} */ metric) => el('tr', {}, el('th', { scope: 'row', translate: 'no' }, metric.name),
          [metric.count, metric.sum / metric.count, metric.max].map((value) => el('td', {}, number(value))))))),
      handlers.log.length === 0 ? null : el('ol', { class: 'code-log', 'aria-label': t('code.log') }, handlers.log.slice(-LINES_SHOWN).map((/** @type {any} */ line) => (
        el('li', { class: `code-line ${line.level}`, translate: 'no' },
          el('button', { type: 'button', class: 'link', title: t('code.to_moment'), onclick: () => void app.run.seek(line.time_s) }, `${line.time_s.toFixed(3)} s`),
          line.n > 0 && el('button', { type: 'button', class: 'link code-debug', 'aria-label': t('debugger.of_log'), title: t('debugger.of_log'), onclick: () => app.signals.emit('debug', { n: line.n, line: line.line, time_s: line.time_s }) }, icon('debug')),
          el('span', {}, ` ${line.text}`))))));
  }

  const stops = [...['results', 'run-state', 'document'].map((name) => app.signals.on(name, showRun)), breakpoints.onChange(showMarks), app.signals.on('insert-code', () => void insertCode())];
  showProblems();
  showRun();
  look().catch(() => {});
  return {
    element,
    /** @param {string} next the document's */
    take(next) {
      if (next === written) return;
      written = next;
      editor.text = next;
      look().catch(() => {});
    },
    update: showProblems,
    focus: () => editor.focus(),
    dispose() {
      isDisposed = true;
      flush();
      for (const stop of stops) stop();
      reload.dispose();
      profile.dispose();
      editor.dispose();
    },
  };
}

const UNITS = /** @type {Record<string, number>} */ ({ '': 1, ns: 1e-9, us: 1e-6, 'µs': 1e-6, ms: 1e-3, s: 1 });

/** What a unit of fuel costs in the run. @param {App} app @param {string} node @returns {number | null} */
function secondsPerFuel(app, node) {
  const { type = '', code } = /** @type {any} */ (app.run.design?.nodes[node] ?? {});
  const properties = typeOf(app.catalog, type)?.properties.find(({ name }) => name === 'code')?.properties;
  const text = String(code?.cpu_per_fuel ?? properties?.find((/** @type {any} */ one) => one.name === 'cpu_per_fuel')?.default ?? '');
  const [, number, unit = ''] = /^\s*([\d.eE+-]+?)\s*([a-zµ]*)\s*$/.exec(text) ?? [];
  const seconds = Number(number) * (UNITS[unit] ?? NaN);
  return Number.isFinite(seconds) ? seconds : null;
}
