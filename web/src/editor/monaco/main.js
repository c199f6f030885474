/**
 * What runs in Monaco's frame: the editor's core with the parts a field for code needs, and JSON and JavaScript as they are written. It has no language
 * service (that of TypeScript is ten times its size): completions, texts on hover and diagnostics come from the page, as for every engine.
 */

import './frame.css';
import * as monaco from 'monaco-editor/editor/editor.api.js';
import 'monaco-editor/features/codeEditor/register.js';
import 'monaco-editor/features/bracketMatching/register.js';
import 'monaco-editor/features/caretOperations/register.js';
import 'monaco-editor/features/clipboard/register.js';
import 'monaco-editor/features/codeAction/register.js';
import 'monaco-editor/features/comment/register.js';
import 'monaco-editor/features/find/register.js';
import 'monaco-editor/features/folding/register.js';
import 'monaco-editor/features/gotoError/register.js';
import 'monaco-editor/features/hover/register.js';
import 'monaco-editor/features/indentation/register.js';
import 'monaco-editor/features/linesOperations/register.js';
import 'monaco-editor/features/multicursor/register.js';
import 'monaco-editor/features/smartSelect/register.js';
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js'; // features/suggest registers only what is typed ahead
import 'monaco-editor/features/wordHighlighter/register.js';
import 'monaco-editor/features/wordOperations/register.js';
import 'monaco-editor/languages/definitions/javascript/register.js';
import { el } from '../../dom.js';
import { changesOf, markOf, notesOf, placeOf } from '../places.js';

/** @typedef {import('../types.js').EngineHost & { passKey(event: KeyboardEvent): void }} Host */
/** @typedef {import('../types.js').LineMark} LineMark */
/** @typedef {import('../types.js').EditorDiagnostic} EditorDiagnostic */

const THEME = 'scalesim';
const OWNER = 'scalesim';
const FIX = 'scalesim.fix';
const ROW = 1.45;
const SHARES = 20; // widths of a bar, each a class of frame.css: the frame's policy lets Monaco write styles, and us none

/** @type {string} the worker's file, beside this one */
// @ts-ignore: put in place of the name by build.mjs
const workerName = __WORKER__;
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('scalesim', {
  createScriptURL(/** @type {string} */ url) {
    if (url === workerName) return url;
    throw new TypeError(`Not a script of this page: ${url}`);
  },
});
/** @type {any} */ (globalThis).MonacoEnvironment = {
  getWorker: () => new Worker(policy ? policy.createScriptURL(workerName) : workerName),
};

monaco.languages.register({ id: 'json', extensions: ['.json'] });
monaco.languages.setLanguageConfiguration('json', {
  brackets: [['{', '}'], ['[', ']']],
  autoClosingPairs: [{ open: '{', close: '}' }, { open: '[', close: ']' }, { open: '"', close: '"', notIn: ['string'] }],
  indentationRules: { increaseIndentPattern: /[{[][^}\]]*$/, decreaseIndentPattern: /^\s*[}\]]/ },
});
monaco.languages.setMonarchTokensProvider('json', {
  tokenizer: {
    root: [
      [/"(?:[^"\\]|\\.)*"(?=\s*:)/, 'key'],
      [/"(?:[^"\\]|\\.)*"/, 'string'],
      [/"(?:[^"\\]|\\.)*$/, 'invalid'],
      [/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/, 'number'],
      [/\b(?:true|false|null)\b/, 'number'],
      [/[{}[\]]/, '@brackets'],
      [/[,:]/, 'delimiter'],
    ],
  },
});

/** Any CSS colour as Monaco wants it. @param {string} colour */
function hex(colour) {
  const context = el('canvas', { width: '1', height: '1' }).getContext('2d');
  if (!context) return '#808080';
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return `#${[...context.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** @param {import('../types.js').EditorTheme} theme */
function applyTheme(theme) {
  const tone = /** @type {Record<string, string>} */ ({});
  for (const name of /** @type {const} */ (['ground', 'ink', 'muted', 'line', 'accent', 'accentWash', 'cool', 'warm', 'hot', 'error'])) {
    tone[name] = hex(theme[name]);
    document.documentElement.style.setProperty(`--editor-${name}`, tone[name] ?? '');
  }
  document.documentElement.style.colorScheme = theme.isDark ? 'dark' : 'light';
  const plain = (/** @type {string} */ name) => (tone[name] ?? '').slice(1);
  const see = (/** @type {string} */ name, /** @type {string} */ alpha) => `${tone[name]}${alpha}`;
  monaco.editor.defineTheme(THEME, {
    base: theme.isDark ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      { token: '', foreground: plain('ink') },
      { token: 'key', foreground: plain('ink') }, { token: 'identifier', foreground: plain('ink') }, { token: 'type', foreground: plain('ink') },
      { token: 'keyword', foreground: plain('accent') }, { token: 'delimiter', foreground: plain('ink') },
      { token: 'string', foreground: plain('cool') }, { token: 'regexp', foreground: plain('cool') },
      { token: 'number', foreground: plain('warm') }, { token: 'comment', foreground: plain('muted'), fontStyle: 'italic' },
      { token: 'invalid', foreground: plain('error') },
    ],
    colors: /** @type {any} */ ({
      'editor.background': tone['ground'], 'editor.foreground': tone['ink'], 'editorGutter.background': tone['ground'],
      'editorLineNumber.foreground': tone['muted'], 'editorLineNumber.activeForeground': tone['ink'], 'editorCursor.foreground': tone['ink'],
      'editor.selectionBackground': see('ink', '2b'), 'editor.inactiveSelectionBackground': see('ink', '1c'),
      'editor.lineHighlightBackground': see('ink', '0d'), 'editor.lineHighlightBorder': see('ink', '00'),
      'editorBracketMatch.background': tone['accentWash'], 'editorBracketMatch.border': tone['muted'],
      'editorError.foreground': tone['error'], 'editorWarning.foreground': tone['warm'], 'editorInfo.foreground': tone['muted'],
      'editorWidget.background': tone['ground'], 'editorWidget.foreground': tone['ink'], 'editorWidget.border': tone['line'],
      'editorHoverWidget.background': tone['ground'], 'editorHoverWidget.foreground': tone['ink'], 'editorHoverWidget.border': tone['line'],
      'editorSuggestWidget.background': tone['ground'], 'editorSuggestWidget.foreground': tone['ink'], 'editorSuggestWidget.border': tone['line'],
      'editorSuggestWidget.selectedBackground': tone['accentWash'], 'editorSuggestWidget.selectedForeground': tone['ink'],
      'editorSuggestWidget.highlightForeground': tone['accent'], 'editorSuggestWidget.focusHighlightForeground': tone['accent'],
      focusBorder: tone['accent'], 'input.background': tone['ground'], 'input.foreground': tone['ink'], 'input.border': tone['muted'],
      'editorIndentGuide.background1': tone['line'], 'editorIndentGuide.activeBackground1': tone['muted'],
      'scrollbarSlider.background': see('ink', '2b'), 'scrollbarSlider.hoverBackground': see('ink', '40'), 'scrollbar.shadow': see('ink', '00'),
      ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((level) => [`editorBracketHighlight.foreground${level}`, tone['ink']])),
    }),
  });
  monaco.editor.setTheme(THEME);
}

/** @param {import('../types.js').EngineHost} host @param {any} editor */
function askedAt(host, editor, /** @type {{ lineNumber: number, column: number }} */ { lineNumber, column }, /** @type {string} */ word) {
  const model = editor.getModel();
  return { text: model.getValue(), line: lineNumber, column, offset: model.getOffsetAt({ lineNumber, column }), word };
}

/** What the page knows of the language. @param {Host} host @param {any} editor */
function provide(host, editor) {
  const kinds = /** @type {Record<string, number>} */ ({
    function: monaco.languages.CompletionItemKind.Function, variable: monaco.languages.CompletionItemKind.Variable,
    property: monaco.languages.CompletionItemKind.Property, constant: monaco.languages.CompletionItemKind.Constant,
    keyword: monaco.languages.CompletionItemKind.Keyword, text: monaco.languages.CompletionItemKind.Text,
  });
  return [
    monaco.languages.registerCompletionItemProvider(host.language, {
      triggerCharacters: ['.', '"', '/'],
      async provideCompletionItems(/** @type {any} */ model, /** @type {any} */ position) {
        const word = model.getWordUntilPosition(position);
        const found = await host.completions()?.(askedAt(host, editor, position, word.word)) ?? [];
        const range = new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn);
        return { suggestions: found.map(({ label, insert, kind = 'text', detail, info }) => ({
          label, insertText: insert ?? label, kind: kinds[kind] ?? 0, detail, documentation: info, range })) };
      },
    }),
    monaco.languages.registerHoverProvider(host.language, {
      async provideHover(/** @type {any} */ model, /** @type {any} */ position) {
        const said = await host.hover()?.(askedAt(host, editor, position, model.getWordAtPosition(position)?.word ?? '')) ?? null;
        // As code, so that nothing in it is taken for markup.
        return said === null ? null : { contents: [{ value: `\`\`\`text\n${said.replaceAll('```', "'''")}\n\`\`\`` }] };
      },
    }),
  ];
}

/** Marks of lines: short texts over bars before the number, a dot where the program stops, the line where it stands. @param {any} editor */
function createMarks(editor) {
  const decorations = editor.createDecorationsCollection([]);
  const where = editor.createDecorationsCollection([]);
  const whole = (/** @type {number} */ line) => new monaco.Range(line, 1, line, 1);
  return {
    setLineMarks(/** @type {readonly LineMark[]} */ marks) {
      const notes = notesOf(marks);
      const texts = new Map([...notes].map(([line, note]) => [line, note.texts.join(' ').replace(/[<&>]/g, '')])); // it goes into markup
      const widest = Math.max(0, ...[...texts.values()].map(({ length }) => length));
      editor.updateOptions({
        lineNumbers: widest === 0 ? 'on' : (/** @type {number} */ line) => `${texts.get(line) ?? ''}\u2002${String(line).padStart(2, '\u2007')}`,
        lineNumbersMinChars: widest === 0 ? 4 : widest + 4,
      });
      decorations.set([...notes].map(([line, { titles, share, tone, isBreakpoint, condition }]) => {
        const hover = titles.length > 0 ? { value: titles.map(plainText).join('\n\n') } : null;
        const bar = share > 0 ? ` editor-share editor-share-${Math.max(1, Math.round(share * SHARES))}` : '';
        return {
          range: whole(line),
          options: {
            glyphMarginClassName: isBreakpoint ? `editor-breakpoint${condition ? ' editor-breakpoint-when' : ''}` : null,
            glyphMarginHoverMessage: hover,
            lineNumberClassName: tone ? `editor-mark-${tone}${bar}` : null,
            lineNumberHoverMessage: hover,
          },
        };
      }));
    },
    setCurrentLine(/** @type {number | null} */ line) {
      const isHere = line !== null && line >= 1 && line <= editor.getModel().getLineCount();
      where.set(isHere ? [{ range: whole(line), options: { isWholeLine: true, className: 'editor-current-line', marginClassName: 'editor-current-arrow' } }] : []);
      if (isHere) editor.revealLineInCenterIfOutsideViewport(line, monaco.editor.ScrollType.Immediate);
    },
  };
}

/** As Monaco's markup that says just this. @param {string} text */
const plainText = (text) => text.replace(/[\\`*_{}[\]()#+\-.!<>&|~]/g, '\\$&');

/** Diagnostics with their fixes. @param {Host} host @param {any} editor */
function createDiagnostics(host, editor) {
  /** @type {readonly EditorDiagnostic[]} */
  let shown = [];
  const severities = { error: monaco.MarkerSeverity.Error, warning: monaco.MarkerSeverity.Warning, info: monaco.MarkerSeverity.Info };
  const model = editor.getModel();
  const command = monaco.editor.registerCommand(FIX, (/** @type {any} */ _, /** @type {number} */ index) => shown[index]?.fix?.apply());
  const actions = monaco.languages.registerCodeActionProvider(host.language, {
    provideCodeActions(/** @type {any} */ asked, /** @type {any} */ __, /** @type {any} */ context) {
      if (asked !== model) return { actions: [], dispose() {} };
      const list = context.markers.flatMap((/** @type {any} */ marker) => {
        const index = Number(marker.code);
        const fix = shown[index]?.fix;
        return fix ? [{ title: fix.title, kind: 'quickfix', diagnostics: [marker], isPreferred: true, command: { id: FIX, title: fix.title, arguments: [index] } }] : [];
      });
      return { actions: list, dispose() {} };
    },
  });
  return {
    parts: [command, actions],
    /** @param {readonly EditorDiagnostic[]} diagnostics */
    set(diagnostics) {
      shown = diagnostics;
      const text = model.getValue();
      monaco.editor.setModelMarkers(model, OWNER, diagnostics.map((one, index) => {
        const { severity, message, fix } = one;
        const [from, end] = markOf(text, one).map((offset) => placeOf(text, offset));
        return {
          severity: severities[severity], message, ...(fix ? { code: String(index) } : {}),
          startLineNumber: from?.line ?? 1, startColumn: from?.column ?? 1, endLineNumber: end?.line ?? 1, endColumn: end?.column ?? 1,
        };
      }));
    },
  };
}

/** Escape, then Tab, leaves; keys that are the page's go there. @param {Host} host @param {any} editor */
function listenKeys(host, editor) {
  let leaves = false;
  const set = (/** @type {boolean} */ next) => {
    if (leaves === next) return;
    leaves = next;
    editor.updateOptions({ tabFocusMode: next || editor.getOption(monaco.editor.EditorOption.readOnly) });
  };
  editor.onKeyDown((/** @type {any} */ { browserEvent: event }) => {
    if (event.key === 'Escape') set(true);
    else if (event.key !== 'Tab' && event.key !== 'Shift') set(false);
    if ((event.ctrlKey || event.metaKey) && ['s', 'o', 'k'].includes(event.key.toLowerCase())) {
      event.preventDefault();
      event.stopPropagation(); // Ctrl+K would begin a chord of Monaco's, which takes the focus back half a second later
      host.passKey(event);
    }
  });
  editor.onDidBlurEditorText(() => set(false));
}

/** What a click or a key beside a line asks for. @param {Host} host @param {any} editor */
function listenStops({ onToggleLine: toggle, onAskCondition: ask }, editor) {
  if (!toggle) return;
  const { MouseTargetType } = monaco.editor;
  const beside = [MouseTargetType.GUTTER_GLYPH_MARGIN, MouseTargetType.GUTTER_LINE_NUMBERS];
  const here = () => editor.getPosition()?.lineNumber ?? 1;
  editor.onMouseDown((/** @type {any} */ { target, event }) => {
    if (target.position && beside.includes(target.type) && event.leftButton) toggle(target.position.lineNumber);
  });
  editor.addCommand(monaco.KeyCode.F9, () => toggle(here()));
  if (!ask) return;
  editor.onContextMenu((/** @type {any} */ { target, event }) => {
    if (!target.position || !beside.includes(target.type)) return;
    event.preventDefault();
    ask(target.position.lineNumber);
  });
  editor.addCommand(monaco.KeyMod.Shift | monaco.KeyCode.F9, () => ask(here()));
}

/** @param {Host} host @returns {import('../types.js').EditorEngine} */
function create(host) {
  const box = el('div', { class: 'editor-box' });
  document.body.classList.add('editor-body');
  document.body.replaceChildren(box);
  applyTheme(host.theme);
  const editor = monaco.editor.create(box, {
    value: host.text, language: host.language, theme: THEME, readOnly: host.readOnly, ariaLabel: host.label,
    automaticLayout: true, minimap: { enabled: false }, glyphMargin: host.onToggleLine !== null, selectOnLineNumbers: host.onToggleLine === null, folding: true, contextmenu: false,
    fontFamily: host.theme.mono, fontSize: host.theme.size, lineHeight: Math.round(host.theme.size * ROW), tabSize: 2, insertSpaces: true,
    scrollBeyondLastLine: false, renderLineHighlight: 'all', fixedOverflowWidgets: true, lineNumbersMinChars: 4, padding: { top: 4, bottom: 4 },
    unicodeHighlight: { ambiguousCharacters: false }, stickyScroll: { enabled: false }, bracketPairColorization: { enabled: false },
    lightbulb: { enabled: /** @type {any} */ ('on') }, tabFocusMode: host.readOnly, 'semanticHighlighting.enabled': false,
    wordBasedSuggestions: 'currentDocument', scrollbar: { useShadows: false }, overviewRulerBorder: false, renderFinalNewline: 'on', hideCursorInOverviewRuler: true,
  });
  const model = /** @type {any} */ (editor.getModel());
  model.setEOL(monaco.editor.EndOfLineSequence.LF);
  const diagnostics = createDiagnostics(host, editor);
  const parts = [...provide(host, editor), ...diagnostics.parts];
  let isOurs = false;
  listenKeys(host, editor);
  editor.onDidChangeModelContent(() => { if (!isOurs) host.onChange(model.getValue()); });
  editor.onDidChangeCursorPosition(({ position }) => { if (!isOurs) host.onMove({ line: position.lineNumber, column: position.column }); });
  listenStops(host, editor);
  const { onSubmit } = host;
  if (onSubmit) editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, () => onSubmit());
  const { setLineMarks, setCurrentLine } = createMarks(editor);
  return {
    setText(text) {
      const changes = changesOf(model.getValue(), text);
      if (changes.length === 0) return;
      isOurs = true;
      const edits = changes.map(({ from, to, insert }) => ({ range: monaco.Range.fromPositions(model.getPositionAt(from), model.getPositionAt(to)), text: insert }));
      model.pushEditOperations(editor.getSelections(), edits, () => null);
      isOurs = false;
    },
    setReadOnly: (readOnly) => editor.updateOptions({ readOnly, tabFocusMode: readOnly }),
    setDiagnostics: diagnostics.set,
    setLineMarks,
    setCurrentLine,
    setTheme: applyTheme,
    reveal(from, to) {
      const start = { lineNumber: from.line, column: from.column };
      isOurs = true;
      editor.setSelection(monaco.Range.fromPositions(start, to ? { lineNumber: to.line, column: to.column } : start));
      editor.revealPositionInCenterIfOutsideViewport(start);
      isOurs = false;
    },
    focus: () => editor.focus(),
    dispose() {
      parts.forEach((part) => part.dispose());
      editor.dispose();
      model.dispose();
    },
  };
}

/** @type {any} */ (globalThis).scalesimEditor = { create };
