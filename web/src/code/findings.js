import { placeOf } from '../editor/places.js';
import { sentence } from '../i18n/index.js';
import { loadLibrary } from '../libraries/libraries.js';
import { neighboursOf } from './help.js';

/**
 * What is found in a node's code before it runs, and what the engine could not load of it, shown in its editor.
 * @param {import('../types.js').App} app
 * @param {{ node: string, pointer: string, editor: import('../editor/types.js').CodeEditor, flush: () => void }} code writes what stands in the editor
 */
export function createFindings(app, { node, pointer, editor, flush }) {
  const { t } = app;
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
    found = findings.map(({ code, severity, values: named, from, to, fix }) => {
      const { instead } = named; // of the interface's own words
      const values = instead === undefined ? named : { ...named, instead: app.words?.[instead] ?? instead };
      const said = t(`analysis.${code}`, values);
      const why = t(`analysis.${code}.why`, values);
      return {
        from: placeOf(source, from), to: placeOf(source, to), severity, message: sentence(`${said} ${why}`),
        ...(fix ? { fix: { title: t('analysis.fix'), apply: () => mend(source, applied(source, fix)) } } : {}),
      };
    });
    show();
  }

  /** @param {string} before @param {string} next */
  function mend(before, next) {
    if (editor.text !== before) return; // it was for another text
    editor.text = next;
    flush();
  }

  /** What does not load is said at its line, as far as the interpreter names one. */
  function show() {
    const loading = app.diagnostics.at(pointer).map(({ severity, message }) => {
      const line = Number(/handler\.js:(\d+)/.exec(message)?.[1] ?? 1);
      return /** @type {import('../editor/types.js').EditorDiagnostic} */ ({ from: { line, column: 1 }, severity: severity === 'error' ? 'error' : 'warning', message });
    });
    // An interpreter that names no line says less than the place where reading stopped.
    const isPlaced = found.some(({ severity }) => severity === 'error');
    editor.setDiagnostics([...loading.filter(({ message }) => !isPlaced || /handler\.js:\d/.test(message)), ...found]);
  }

  return {
    look: () => void look().catch(() => {}), // not loaded now: with the next change
    show,
    dispose() { isDisposed = true; },
  };
}
