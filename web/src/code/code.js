import './code.css';
import { createEditor } from '../editor/editor.js';
import { placeOf } from '../editor/places.js';
import { getAt } from '../document/pointer.js';
import { el, fill } from '../dom.js';
import { loadLibrary } from '../libraries/libraries.js';
import { createHandlerHelp, neighboursOf } from './help.js';
import { createReload } from './reload.js';

/** @typedef {import('../types.js').App} App */

const QUIET_MS = 600; // a burst of typing is one step to undo
const LINES_SHOWN = 8;

/**
 * The editor of a node's code, with what the last run says of it below.
 * @param {App} app
 * @param {{ node: string, pointer: string, text: string, onText: (text: string) => void }} options
 */
export function createCode(app, { node, pointer, text, onText }) {
  const { t } = app;
  const box = el('div', { class: 'code-editor' });
  const told = el('div', { class: 'code-told' });
  const element = el('div', { class: 'code' }, box);
  let written = text;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const editor = createEditor(app, box, { text, language: 'javascript', label: t('code.label', { node }), onSubmit: () => reload.apply(), onChange() {
    clearTimeout(timer);
    timer = setTimeout(flush, QUIET_MS);
  } });
  const reload = createReload(app, { isChanged: () => editor.text !== getAt(app.run.design, pointer), flush });
  element.append(reload.element, told);
  const help = createHandlerHelp(app, node);
  editor.setCompletions(help.complete);
  editor.setHover(help.explain);
  // Who leaves the field, or the page, has written what stands there.
  element.addEventListener('focusout', flush);
  // Saving the design gives its code to the run, too.
  element.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') reload.apply();
  });

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
    editor.setDiagnostics([...loading, ...found]);
  }

  function showRun() {
    const handlers = app.run.results?.value?.nodes?.[node]?.handlers;
    if (!handlers) return fill(told);
    const number = (/** @type {number} */ value) => value.toLocaleString('en', { maximumSignificantDigits: 4 });
    const breaches = Object.entries(handlers.breaches).filter(([, count]) => Number(count) > 0);
    const each_us = handlers.invocations > 0 ? (handlers.cpu_s / handlers.invocations) * 1e6 : 0;
    return fill(told,
      el('p', { class: 'code-sum' }, t('code.sum', { n: handlers.invocations, cpu: number(handlers.cpu_s), each: number(each_us), errors: handlers.errors })),
      breaches.map(([name, count]) => el('p', { class: 'code-breach' }, t('code.breach', { name, n: Number(count) }))),
      handlers.metrics.length === 0 ? null : el('table', { class: 'table small code-metrics' },
        el('thead', {}, el('tr', {}, ['code.metric', 'code.count', 'code.mean', 'code.max'].map((key) => el('th', { scope: 'col' }, t(key))))),
        el('tbody', {}, handlers.metrics.map((/** @type {any} */ metric) => el('tr', {}, el('th', { scope: 'row', translate: 'no' }, metric.name),
          [metric.count, metric.sum / metric.count, metric.max].map((value) => el('td', {}, number(value))))))),
      handlers.log.length === 0 ? null : el('ol', { class: 'code-log', 'aria-label': t('code.log') }, handlers.log.slice(-LINES_SHOWN).map((/** @type {any} */ line) => (
        el('li', { class: `code-line ${line.level}`, translate: 'no' },
          el('button', { type: 'button', class: 'link', title: t('code.to_moment'), onclick: () => void app.run.seek(line.time_s) }, `${line.time_s.toFixed(3)} s`),
          el('span', {}, ` ${line.text}`))))));
  }

  const stops = ['results', 'run-state'].map((name) => app.signals.on(name, showRun));
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
      editor.dispose();
    },
  };
}
