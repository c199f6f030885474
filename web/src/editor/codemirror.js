/**
 * CodeMirror 6 behind the editor's interface. It lives in a shadow root: there its style sheets are constructed ones, which the page's content
 * security policy allows, and the page's tokens still reach it.
 */

import { autocompletion, startCompletion } from '@codemirror/autocomplete';
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, Prec, RangeSet, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, GutterMarker, gutter, hoverTooltip, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import { el } from '../dom.js';
import { changesOf, markOf, notesOf, wordAround } from './places.js';

/** @typedef {import('./types.js').Place} Place */
/** @typedef {import('./types.js').LineMark} LineMark */

const ROW = '1.45';

const highlight = syntaxHighlighting(HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--accent)' },
  { tag: [tags.propertyName, tags.definition(tags.variableName), tags.function(tags.variableName)], color: 'var(--ink)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--cool)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--warm)' },
  { tag: [tags.comment], color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.invalid], color: 'var(--error)' },
]));

const look = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--ink)', fontSize: 'inherit', height: '100%' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: ROW, overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '4px 0' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--muted)', border: 'none', borderRight: '1px solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'var(--hover)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--hover)', color: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--pressed)' },
  '&.cm-focused .cm-matchingBracket, .cm-matchingBracket': { backgroundColor: 'var(--accent-wash)', outline: '1px solid var(--line-strong)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--error-wash)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-wash)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warm-wash)', outline: '1px solid var(--line-strong)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--accent-wash)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--sunken)', border: '1px solid var(--line)', color: 'var(--muted)', padding: '0 4px' },
  '.cm-foldGutter .cm-gutterElement': { cursor: 'pointer' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--ink)', fontFamily: 'var(--font)' },
  '.cm-panels-top, .cm-panels-bottom': { borderColor: 'var(--line)' },
  '.cm-textfield': { backgroundColor: 'var(--surface)', color: 'var(--ink)', border: '1px solid var(--line-strong)', borderRadius: '4px' },
  '.cm-button': { background: 'var(--surface)', color: 'var(--ink)', border: '1px solid var(--line-strong)', borderRadius: '4px' },
  '.cm-panel.cm-search [name=close]': { color: 'var(--ink)', minWidth: '24px', minHeight: '24px' },
  '.cm-tooltip': { backgroundColor: 'var(--surface)', color: 'var(--ink)', border: '1px solid var(--line-strong)', borderRadius: '4px', boxShadow: 'var(--shadow-2)', maxWidth: 'min(32rem, 90vw)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-completionDetail': { fontStyle: 'normal', opacity: '0.8' },
  '.cm-hover-text': { padding: '4px 8px', whiteSpace: 'pre-wrap', fontFamily: 'var(--font)' },
  '.cm-diagnostic': { fontFamily: 'var(--font)', whiteSpace: 'pre-wrap' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--error)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--warm)' },
  '.cm-diagnosticAction': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)', padding: '4px 8px' },
  // Wavy lines of the page's own colours: the ones that come with it are pictures in two fixed ones.
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--error)', textUnderlineOffset: '3px', textDecorationSkipInk: 'none' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--warm)', textUnderlineOffset: '3px', textDecorationSkipInk: 'none' },
  '.cm-lintRange-info': { backgroundImage: 'none', textDecoration: 'underline dotted var(--muted)', textUnderlineOffset: '3px' },
  '.cm-mark': { display: 'block', textAlign: 'right', padding: '0 4px', fontVariantNumeric: 'tabular-nums', minWidth: '44px', boxSizing: 'border-box', backgroundRepeat: 'no-repeat' },
  '.cm-mark-cool': { color: 'var(--cool)', '--bar': 'color-mix(in srgb, transparent, var(--cool) 32%)' },
  '.cm-mark-warm': { color: 'var(--warm)', '--bar': 'color-mix(in srgb, transparent, var(--warm) 32%)' },
  '.cm-mark-hot': { color: 'var(--hot)', fontWeight: '600', '--bar': 'color-mix(in srgb, transparent, var(--hot) 32%)' },
  '.cm-mark-share': { color: 'var(--ink)' }, // on its bar it can be read in every tone
  '.cm-stops': { width: '20px' },
  '.cm-stops:not(.cm-stops-seen) .cm-gutterElement': { cursor: 'pointer' },
  '.cm-stops .cm-gutterElement': { display: 'grid', placeItems: 'center' },
  '.cm-stops:not(.cm-stops-seen) .cm-gutterElement:hover::before': { content: '""', gridArea: '1 / 1', width: '9px', height: '9px', borderRadius: '50%', border: '1px solid var(--error)' },
  '.cm-stop': { gridArea: '1 / 1', display: 'grid', placeItems: 'center', width: '16px', height: '100%' },
  '.cm-breakpoint': { gridArea: '1 / 1', width: '9px', height: '9px', borderRadius: '50%', background: 'var(--error)' },
  '.cm-breakpoint-when': { borderRadius: '1px', transform: 'rotate(45deg)', width: '8px', height: '8px' },
  '.cm-current-arrow': { gridArea: '1 / 1', width: '0', height: '0', borderBlock: '5px solid transparent', borderInlineStart: '8px solid var(--accent)' },
  '.cm-breakpoint + .cm-current-arrow': { opacity: '0.85', marginInlineStart: '10px' },
  '.cm-current-line, .cm-activeLine.cm-current-line': { backgroundColor: 'var(--accent-wash)', boxShadow: 'inset 0 1px var(--accent), inset 0 -1px var(--accent)' },
});

/** What a line cost: a short text over a bar. */
class Cost extends GutterMarker {
  /** @param {import('./places.js').LineNote} note */
  constructor({ texts, titles, share, tone }) {
    super();
    this.text = texts.join(' ');
    this.title = titles.join('\n');
    this.tone = tone;
    this.share = share;
  }

  /** @param {any} other */
  eq(other) { return other.text === this.text && other.title === this.title && other.tone === this.tone && other.share === this.share; }

  toDOM() {
    const { text, title, tone, share } = this;
    const percent = `${Math.max(share * 100, share > 0 ? 4 : 0).toFixed(0)}%`;
    const bar = share > 0 ? { 'background-image': 'linear-gradient(var(--bar), var(--bar))', 'background-size': `${percent} 100%` } : {};
    return el('span', { class: `cm-mark${tone ? ` cm-mark-${tone}` : ''}${share > 0 ? ' cm-mark-share' : ''}`, title: title || null, style: bar }, text);
  }
}

/** Where the program is to stop, and where it stands. */
class Stop extends GutterMarker {
  /** @param {{ isBreakpoint: boolean, condition: string | undefined, isCurrent: boolean }} stop */
  constructor(stop) {
    super();
    this.stop = stop;
  }

  /** @param {any} other */
  eq({ stop }) {
    const { isBreakpoint, condition, isCurrent } = this.stop;
    return stop.isBreakpoint === isBreakpoint && stop.condition === condition && stop.isCurrent === isCurrent;
  }

  toDOM() {
    const { isBreakpoint, condition, isCurrent } = this.stop;
    return el('span', { class: 'cm-stop', title: condition ?? null },
      isBreakpoint && el('span', { class: `cm-breakpoint${condition ? ' cm-breakpoint-when' : ''}` }),
      isCurrent && el('span', { class: 'cm-current-arrow' }));
  }
}

/** @type {import('@codemirror/state').StateEffectType<readonly LineMark[]>} */
const setMarks = StateEffect.define();
/** @type {import('@codemirror/state').StateEffectType<number | null>} */
const setCurrent = StateEffect.define();

/** @typedef {{ costs: RangeSet<GutterMarker>, stops: RangeSet<GutterMarker>, lines: import('@codemirror/view').DecorationSet }} Shown */

/** @param {import('@codemirror/state').Text} doc @param {readonly LineMark[]} marks @param {number | null} current @returns {Shown} */
function shownOf(doc, marks, current) {
  const notes = notesOf(marks);
  if (current !== null && !notes.has(current)) notes.set(current, { texts: [], titles: [], share: 0, tone: undefined, isBreakpoint: false, condition: undefined });
  const here = [...notes].filter(([line]) => line >= 1 && line <= doc.lines).map(([line, note]) => ({ from: doc.line(line).from, note, isCurrent: line === current }));
  const costs = here.filter(({ note }) => note.texts.length > 0 || note.share > 0).map(({ from, note }) => new Cost(note).range(from));
  const stops = here.filter(({ note, isCurrent }) => note.isBreakpoint || isCurrent).map(({ from, note, isCurrent }) => new Stop({ ...note, isCurrent }).range(from));
  const lines = here.filter(({ isCurrent }) => isCurrent).map(({ from }) => Decoration.line({ class: 'cm-current-line' }).range(from));
  return { costs: RangeSet.of(costs, true), stops: RangeSet.of(stops, true), lines: Decoration.set(lines) };
}

/** @typedef {Shown & { marks: readonly LineMark[], current: number | null }} Marks */

/** @type {StateField<Marks>} */
const marksField = StateField.define({
  create: () => /** @type {Marks} */ ({ marks: [], current: null, costs: RangeSet.empty, stops: RangeSet.empty, lines: Decoration.none }),
  update(value, { changes, state, effects }) {
    let { marks, current } = value;
    for (const effect of effects) {
      if (effect.is(setMarks)) marks = effect.value;
      else if (effect.is(setCurrent)) current = effect.value;
    }
    if (marks !== value.marks || current !== value.current) return { marks, current, ...shownOf(state.doc, marks, current) };
    if (changes.empty) return value;
    return { marks, current, costs: value.costs.map(changes), stops: value.stops.map(changes), lines: value.lines.map(changes) };
  },
  provide: (field) => EditorView.decorations.from(field, ({ lines }) => lines),
});

/** @param {import('@codemirror/state').Text} doc @param {Place} place */
function at(doc, { line, column }) {
  if (line > doc.lines) return doc.length;
  const { from, to } = doc.line(Math.max(1, line));
  return Math.min(to, from + Math.max(0, column - 1));
}

/** @param {import('@codemirror/state').Text} doc @param {number} offset @returns {Place} */
function placeAt(doc, offset) {
  const { number, from } = doc.lineAt(offset);
  return { line: number, column: offset - from + 1 };
}

const KINDS = { function: 'function', variable: 'variable', property: 'property', constant: 'constant', keyword: 'keyword', text: 'text' };

/** @param {import('./types.js').EngineHost} host */
function completionSource(host) {
  return async (/** @type {import('@codemirror/autocomplete').CompletionContext} */ context) => {
    const provider = host.completions();
    if (!provider) return null;
    const before = context.matchBefore(/[\p{L}\p{N}_$]+/u);
    if (!before && !context.explicit && !/[.'"/]$/.test(context.state.sliceDoc(Math.max(0, context.pos - 1), context.pos))) return null;
    const doc = context.state.doc;
    const found = await provider({ ...placeAt(doc, context.pos), text: doc.toString(), offset: context.pos, word: before?.text ?? '' });
    if (found.length === 0) return null;
    return {
      from: before?.from ?? context.pos,
      validFor: /^[\p{L}\p{N}_$]*$/u,
      options: found.map(({ label, insert, kind, detail, info }) => ({ label, apply: insert ?? label, type: KINDS[kind ?? 'text'], detail, info })),
    };
  };
}

/** @param {import('./types.js').EngineHost} host */
const hoverSource = (host) => hoverTooltip(async (view, pos) => {
  const provider = host.hover();
  if (!provider) return null;
  const text = view.state.doc.toString();
  const { word, from, to } = wordAround(text, pos);
  const said = await provider({ ...placeAt(view.state.doc, pos), text, offset: pos, word });
  return said === null ? null : { pos: from, end: to, above: true, create: () => ({ dom: el('div', { class: 'cm-hover-text' }, said) }) };
});

/** What a click or a key beside a line asks for. @param {import('./types.js').EngineHost} host */
function lineMarks(host) {
  const { onToggleLine: toggle, onAskCondition: ask } = host;
  const costs = gutter({ class: 'cm-marks', markers: (view) => view.state.field(marksField).costs });
  if (!toggle) return [marksField, Prec.high([gutter({ class: 'cm-stops cm-stops-seen', markers: (view) => view.state.field(marksField).stops }), costs])];
  const lineOf = (/** @type {EditorView} */ view, /** @type {{ from: number }} */ { from }) => view.state.doc.lineAt(from).number;
  const here = (/** @type {EditorView} */ view) => placeAt(view.state.doc, view.state.selection.main.head).line;
  const domEventHandlers = {
    mousedown(/** @type {EditorView} */ view, /** @type {{ from: number }} */ line, /** @type {Event} */ event) {
      if (/** @type {MouseEvent} */ (event).button !== 0) return false;
      toggle(lineOf(view, line));
      return true;
    },
    contextmenu(/** @type {EditorView} */ view, /** @type {{ from: number }} */ line, /** @type {Event} */ event) {
      if (!ask) return false;
      event.preventDefault();
      ask(lineOf(view, line));
      return true;
    },
  };
  return [
    marksField, Prec.high([gutter({ class: 'cm-stops', markers: (view) => view.state.field(marksField).stops, domEventHandlers }), costs]),
    lineNumbers({ domEventHandlers }),
    keymap.of([
      { key: 'F9', run: (view) => { toggle(here(view)); return true; } },
      ...(ask ? [{ key: 'Shift-F9', run: (/** @type {EditorView} */ view) => { ask(here(view)); return true; } }] : []),
    ]),
  ];
}

/** Before the engine's own meaning of it: a new line below. @param {import('./types.js').EngineHost} host */
const submitKey = ({ onSubmit }) => (onSubmit ? Prec.high(keymap.of([{ key: 'Mod-Enter', run: () => { onSubmit(); return true; } }])) : []);

/** Tab indents, except after Escape, when it leaves the field. */
function tabKeys() {
  let leaves = false;
  return EditorView.domEventHandlers({
    keydown(event, view) {
      if (event.key === 'Escape') {
        leaves = true;
        return false;
      }
      if (event.key !== 'Tab' || event.ctrlKey || event.altKey || event.metaKey) {
        if (event.key !== 'Shift') leaves = false;
        return false;
      }
      if (leaves || view.state.readOnly) return false; // nothing else takes it: the browser goes on to the next field
      event.preventDefault();
      const { state } = view;
      if (event.shiftKey) outdent(view);
      else if (state.selection.main.empty) view.dispatch(state.update(state.replaceSelection('  '), { userEvent: 'input', scrollIntoView: true }));
      else indent(view);
      return true;
    },
    focus() { leaves = false; },
  });
}

/** Lines that the selection touches. @param {EditorState} state */
function selectedLines(state) {
  const { from, to } = state.selection.main;
  const lines = [];
  for (let number = state.doc.lineAt(from).number; number <= state.doc.lineAt(to).number; number += 1) lines.push(state.doc.line(number));
  return lines;
}

/** @param {EditorView} view */
function indent(view) {
  view.dispatch({ changes: selectedLines(view.state).map(({ from }) => ({ from, insert: '  ' })), userEvent: 'input.indent' });
}

/** @param {EditorView} view */
function outdent(view) {
  const changes = selectedLines(view.state).flatMap(({ from, text }) => {
    const spaces = /^(?: {1,2}|\t)/.exec(text)?.[0].length ?? 0;
    return spaces > 0 ? [{ from, to: from + spaces }] : [];
  });
  view.dispatch({ changes, userEvent: 'delete.dedent' });
}

/** What the editor itself says, from the page's table. @param {import('./types.js').EngineHost} host */
function phrases({ t }) {
  return EditorState.phrases.of({
    Find: t('editor.find'), Replace: t('editor.replace'), next: t('editor.next'), previous: t('editor.previous'), all: t('editor.all'),
    'match case': t('editor.match_case'), 'by word': t('editor.by_word'), regexp: t('editor.regexp'), replace: t('editor.replace_one'),
    'replace all': t('editor.replace_all'), close: t('dialog.close'), 'folded code': t('editor.folded'), unfold: t('editor.unfold'),
    'Fold line': t('editor.fold'), 'Unfold line': t('editor.unfold'), Diagnostics: t('editor.diagnostics'), 'No diagnostics': t('editor.no_diagnostics'),
    Completions: t('editor.completions'), 'Go to line': t('editor.go_to_line'), go: t('editor.go'),
  });
}

/** @type {import('./types.js').EngineFactory} */
export function createCodeMirror(parent, host) {
  const box = el('div', { class: 'editor-shadow' });
  parent.append(box);
  const root = box.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(':host { display: block; font-size: inherit } .cm-editor { position: absolute; inset: 0 } @media (pointer: coarse) { .cm-editor .cm-stops { inline-size: 32px } }');
  root.adoptedStyleSheets.push(sheet);
  const editable = new Compartment();
  const readOnlyIs = (/** @type {boolean} */ isReadOnly) => [EditorState.readOnly.of(isReadOnly)];
  let isOurs = false; // the change that is being made
  const view = new EditorView({
    parent: /** @type {any} */ (root),
    root,
    doc: host.text,
    extensions: [
      tabKeys(), submitKey(host), basicSetup, lineMarks(host), look, highlight, phrases(host),
      host.language === 'json' ? json() : javascript(),
      autocompletion({ override: [completionSource(host)], icons: false }), hoverSource(host),
      keymap.of([{ key: 'Ctrl-i', run: startCompletion }]),
      editable.of(readOnlyIs(host.readOnly)),
      EditorView.contentAttributes.of({ 'aria-label': host.label, tabindex: '0', dir: 'ltr', spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !isOurs) host.onChange(update.state.doc.toString());
        if ((update.selectionSet || update.docChanged) && !isOurs) host.onMove(placeAt(update.state.doc, update.state.selection.main.head));
      }),
    ],
  });

  return {
    setText(text) {
      const changes = changesOf(view.state.doc.toString(), text);
      if (changes.length === 0) return;
      isOurs = true;
      view.dispatch({ changes });
      isOurs = false;
    },
    setReadOnly: (isReadOnly) => view.dispatch({ effects: editable.reconfigure(readOnlyIs(isReadOnly)) }),
    setDiagnostics(diagnostics) {
      const text = view.state.doc.toString();
      const list = diagnostics.map((one) => {
        const { severity, message, fix } = one;
        const [from, to] = markOf(text, one);
        return { from, to, severity, message, actions: fix ? [{ name: fix.title, apply: () => fix.apply() }] : [] };
      });
      view.dispatch(setDiagnostics(view.state, list.sort((a, b) => a.from - b.from)));
    },
    setLineMarks: (marks) => view.dispatch({ effects: setMarks.of(marks) }),
    setCurrentLine(line) {
      const { doc } = view.state;
      const isHere = line !== null && line >= 1 && line <= doc.lines;
      view.dispatch({ effects: [setCurrent.of(line), ...(isHere ? [EditorView.scrollIntoView(doc.line(line).from, { y: 'nearest', yMargin: 40 })] : [])] });
    },
    setTheme: () => {}, // it follows the page's tokens
    reveal(from, to) {
      const { doc } = view.state;
      const anchor = at(doc, from);
      isOurs = true;
      view.dispatch({
        selection: to ? { anchor, head: at(doc, to) } : { anchor },
        effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
      });
      isOurs = false;
    },
    focus: () => view.focus(),
    dispose() {
      view.destroy();
      box.remove();
    },
  };
}
