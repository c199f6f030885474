import './editor.css';
import { readTheme } from '../canvas/theme.js';
import { el } from '../dom.js';
import { loadLibrary } from '../libraries/libraries.js';
import { createMonaco } from './monaco_frame.js';
import { createPlain } from './plain.js';
import { placeOf } from './places.js';

/** @typedef {import('./types.js').CodeEditor} CodeEditor */

const DESKTOP = '(pointer: fine) and (min-width: 1100px)';

/** Engines by the value of the setting `editor`. */
export const ENGINES = /** @type {const} */ (['auto', 'codemirror', 'monaco']);

/**
 * Which engine an editor that is made now would have. Monaco lives in a frame of the page's own origin, which a sandboxed page has not.
 * @param {import('../types.js').App} app
 * @returns {'codemirror' | 'monaco'}
 */
export function engineChosen(app) {
  const canFrame = self.origin !== 'null' && self.origin !== undefined && location.protocol.startsWith('http');
  const wanted = app.settings.get('editor') ?? 'auto';
  if (!canFrame || wanted === 'codemirror') return 'codemirror';
  return wanted === 'monaco' || matchMedia(DESKTOP).matches ? 'monaco' : 'codemirror';
}

/** @param {HTMLElement} element @returns {import('./types.js').EditorTheme} */
function themeOf(element) {
  const { ground, surface, ink, muted, line, accent, accentWash, cool, warm, hot, error } = readTheme(element);
  const style = getComputedStyle(element);
  return {
    isDark: style.colorScheme === 'dark' || (style.colorScheme.includes('dark') && matchMedia('(prefers-color-scheme: dark)').matches),
    ground: surface || ground, ink, muted, line, accent, accentWash, cool, warm, hot, error,
    mono: style.getPropertyValue('--mono').trim() || 'monospace',
    size: parseFloat(style.fontSize) || 13,
  };
}

/**
 * A code editor: a plain field at once, and a proper engine in its place as soon as that is loaded. What was typed in between stays. The README
 * beside this file is the whole interface.
 * @param {import('../types.js').App} app
 * @param {HTMLElement} parent
 * @param {import('./types.js').EditorOptions} options
 * @returns {CodeEditor}
 */
export function createEditor(app, parent, options) {
  const { t } = app;
  const element = el('div', { class: 'editor', dir: 'ltr' });
  parent.append(element);
  let { text, readOnly = false } = options;
  let place = { line: 1, column: 1 };
  /** @type {import('./types.js').EditorDiagnostic[]} */
  let diagnostics = [];
  /** @type {import('./types.js').LineMark[]} */
  let marks = [];
  /** @type {number | null} */
  let current = null;
  /** @type {import('./types.js').CompletionProvider | null} */
  let completions = null;
  /** @type {import('./types.js').HoverProvider | null} */
  let hover = null;
  let isDisposed = false;
  /** @type {CodeEditor['engine']} */
  let kind = 'plain';

  /** @returns {import('./types.js').EngineHost} */
  const host = () => ({
    text, language: options.language, readOnly, theme: themeOf(element), t,
    label: t('editor.label', { label: options.label }),
    onChange(next) {
      if (next === text) return;
      text = next;
      options.onChange?.(text);
    },
    onMove(next) {
      if (next.line === place.line && next.column === place.column) return;
      place = next;
      options.onMove?.(place);
    },
    onToggleLine: options.onToggleLine ?? null,
    onAskCondition: options.onAskCondition ?? null,
    onSubmit: options.onSubmit ?? null,
    completions: () => completions,
    hover: () => hover,
  });

  const plain = createPlain(element, host());
  /** @type {import('./types.js').EditorEngine} */
  let engine = plain;

  async function begin() {
    const wanted = engineChosen(app);
    for (const name of wanted === 'monaco' ? /** @type {const} */ (['monaco', 'codemirror']) : /** @type {const} */ (['codemirror'])) {
      const box = el('div', { class: 'editor-engine' });
      element.append(box);
      try {
        const create = name === 'monaco' ? createMonaco : (await loadLibrary('codemirror')).createCodeMirror;
        if (isDisposed) return;
        const made = await create(box, host());
        if (isDisposed) return made.dispose();
        take(name, made);
        return;
      } catch (error) {
        box.remove();
        reportError(error); // the next one, or the plain field, serves
      }
    }
  }

  /** @param {'codemirror' | 'monaco'} name @param {import('./types.js').EditorEngine} next */
  function take(name, next) {
    const hadFocus = element.contains(document.activeElement);
    const [from, to] = plain.selection;
    plain.dispose();
    engine = next;
    kind = name;
    element.dataset['engine'] = name;
    engine.setText(text); // it may have been typed into while the engine came
    engine.setReadOnly(readOnly);
    engine.setDiagnostics(diagnostics);
    engine.setLineMarks(marks);
    engine.setTheme(themeOf(element));
    if (current !== null) engine.setCurrentLine(current);
    if (from > 0 || to > 0) engine.reveal(placeOf(text, from), placeOf(text, to));
    if (hadFocus) engine.focus();
  }

  // The page's own keys are not for who types; those with Ctrl that an editor has no use for still are.
  element.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || !PAGE_KEYS.has(event.key.toLowerCase())) event.stopPropagation();
  });
  const stop = app.signals.on('theme', () => requestAnimationFrame(() => { if (!isDisposed) engine.setTheme(themeOf(element)); }));
  const ready = begin();

  return {
    element,
    ready,
    get engine() { return kind; },
    get text() { return text; },
    set text(next) {
      if (next === text) return;
      text = next;
      engine.setText(text);
    },
    get readOnly() { return readOnly; },
    set readOnly(next) {
      readOnly = next;
      engine.setReadOnly(next);
    },
    get place() { return place; },
    get hasFocus() { return element.contains(document.activeElement); },
    setDiagnostics(next) { engine.setDiagnostics(diagnostics = [...next]); },
    setLineMarks(next) { engine.setLineMarks(marks = [...next]); },
    setCurrentLine(line) { engine.setCurrentLine(current = line); },
    setCompletions(provider) { completions = provider; },
    setHover(provider) { hover = provider; },
    reveal(from, to) {
      place = from;
      engine.reveal(from, to);
    },
    focus: () => engine.focus(),
    dispose() {
      isDisposed = true;
      stop();
      engine.dispose();
      element.remove();
    },
  };
}

/** With Ctrl: save, open, the finder. */
const PAGE_KEYS = new Set(['s', 'o', 'k']);
