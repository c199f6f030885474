import './source.css';
import { goTo, problemLine } from '../diagnostics/problems.js';
import { parseDesign } from '../document/document.js';
import { makePointer, parsePointer } from '../document/pointer.js';
import { el, fill } from '../dom.js';
import { createEditor, ENGINES } from '../editor/editor.js';
import { offsetOf, placeOf } from '../editor/places.js';
import { said } from '../i18n/index.js';
import { icon } from '../icons/icon.js';
import { createHelp } from './help.js';
import { mapJson, pointerAt, rangeOf } from './map.js';
import { columnOf, merge, reconcile } from './sync.js';

const QUIET_MS = 250; // the drawing follows a pause in typing, not each letter
const FOLLOW_MS = 80;
const PROBLEMS_SHOWN = 3;

/** @param {string} pointer of an item @returns {{ nodes?: string[], edges?: number[], notes?: number[] } | null} what is selected with it */
function selectionOf(pointer) {
  const [group, name] = parsePointer(pointer);
  if (name === undefined) return null;
  if (group === 'nodes' || group === 'layout') return { nodes: [name] };
  if (group === 'notes') return { notes: [Number(name)] };
  return group === 'edges' ? { edges: [Number(name)] } : null;
}

/**
 * The document as text beside the drawing, both ways live: what is typed is taken as soon as it is a document, what is drawn is written; the cursor
 * stays where it was, and what is no document yet changes nothing.
 * @param {import('../types.js').App} app
 * @param {{ onClose: () => void }} options
 * @returns {import('../types.js').Panel & { focus: () => void }}
 */
export function createSource(app, { onClose }) {
  const { t } = app;
  const engines = el('select', {
    class: 'input source-engine', 'aria-label': t('editor.engine'), title: t('editor.engine'), onchange: () => { app.settings.set('editor', engines.value); reopen(); },
  }, ENGINES.map((one) => el('option', { value: one }, t(`editor.engine_${one}`))));
  engines.value = app.settings.get('editor') ?? 'auto';
  const state = el('span', { class: 'source-state small muted truncate' });
  const box = el('div', { class: 'source-editor' });
  const list = el('ul', { class: 'problems source-problems' });
  const conflict = el('div', { class: 'notice warning source-conflict', hidden: true }, t('source.conflict'), ' ',
    el('button', { class: 'button', type: 'button', onclick: () => { take(base); conflict.hidden = true; } }, t('source.take_drawing')));
  const element = el('section', { class: 'source', 'aria-label': t('source.title') },
    el('div', { class: 'toolbar source-head' }, el('h2', { class: 'panel-title' }, t('source.title')), el('span', { class: 'toolbar-spacer' }), engines,
      el('button', { class: 'button quiet icon-only', type: 'button', title: t('source.close'), 'aria-label': t('source.close'), onclick: onClose }, icon('close'))),
    conflict, box, list, state);

  let base = app.document.text(); // the document's own text when the field was last in step with it
  let design = app.document.get();
  let map = mapJson(base);
  let isOurs = false; // the change, or the selection, that is being made
  let asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let following;

  const help = createHelp(app, () => map);
  let editor = open();

  function open() {
    const made = createEditor(app, box, { text: app.document.text(), language: 'json', label: t('source.title'), onChange, onMove });
    made.setCompletions(help.complete);
    made.setHover(help.explain);
    return made;
  }

  /** With the engine that is chosen now. */
  function reopen() {
    const { text, place } = editor;
    editor.dispose();
    editor = open();
    editor.text = text;
    editor.reveal(place);
    void check();
  }

  /** Shows a text that the person did not write. @param {string} text */
  function take(text) {
    clearTimeout(timer);
    timer = undefined;
    base = app.document.text();
    design = app.document.get();
    editor.text = text;
    map = mapJson(text);
    void check();
  }

  function onChange() {
    clearTimeout(timer);
    timer = setTimeout(write, QUIET_MS);
  }

  /** What was typed becomes the document, if it is one. */
  function write() {
    clearTimeout(timer);
    timer = undefined;
    const { text } = editor;
    map = mapJson(text);
    const parsed = map.isWhole ? parseDesign(text) : null;
    if (parsed) {
      isOurs = true;
      app.document.execute({ name: 'command.edit_text', merge: 'source', apply: (last) => reconcile(last, parsed) });
      isOurs = false;
      base = app.document.text();
      design = app.document.get();
      conflict.hidden = true;
    }
    void check();
  }

  /** The drawing, or whatever else, changed the document. */
  function onDocument() {
    if (isOurs || app.document.get() === design) return;
    const next = app.document.text();
    const { text } = editor;
    const last = base;
    if (timer === undefined && map.isWhole) {
      take(next);
      return;
    }
    // What is being typed is not lost to a change elsewhere; only where both changed the same lines the person has to say.
    const merged = merge(last, text, next);
    base = next;
    design = app.document.get();
    if (merged === null) {
      conflict.hidden = false;
      return;
    }
    editor.text = merged;
    map = mapJson(merged);
    onChange();
  }

  /** What the engine says of the text as it stands. */
  async function check() {
    const mine = ++asked;
    const { text } = editor;
    showState();
    const found = await app.engine.call('check', { design: text }).then(({ result }) => result.diagnostics, () => null);
    if (mine !== asked || found === null || text !== editor.text) return;
    const lines = text.split('\n');
    const places = found.map((/** @type {import('../types.js').Diagnostic} */ one) => {
      if (one.line > 0) return { line: one.line, column: columnOf(lines[one.line - 1] ?? '', one.column) };
      const range = rangeOf(map, one.pointer);
      return range ? placeOf(text, range.keyFrom) : { line: 1, column: 1 };
    });
    editor.setDiagnostics(found.map((/** @type {import('../types.js').Diagnostic} */ one, /** @type {number} */ index) => ({
      from: places[index], severity: one.severity, message: said(one.message).text })));
    fill(list, ...found.slice(0, PROBLEMS_SHOWN).map((/** @type {import('../types.js').Diagnostic} */ one, /** @type {number} */ index) => problemLine(
      { ...one, pointer: `${places[index].line}:${places[index].column}` }, () => {
        editor.reveal(places[index]);
        editor.focus();
        if (one.pointer && map.isWhole) goTo(app, one.pointer);
      })));
    list.hidden = found.length === 0;
  }

  function showState() {
    const isTaken = map.isWhole && parseDesign(editor.text) !== null;
    const text = t(isTaken ? 'source.in_step' : 'source.not_taken');
    if (state.textContent !== '' && state.textContent !== text) app.announce(text);
    state.textContent = text;
    state.title = text;
    element.dataset['state'] = isTaken ? 'in-step' : 'not-taken';
  }

  /** The cursor stands in a node's part: that node is selected. @param {import('../editor/types.js').Place} place */
  function onMove(place) {
    clearTimeout(following);
    following = setTimeout(() => {
      if (!map.isWhole || timer !== undefined) return;
      const selected = selectionOf(pointerAt(map, offsetOf(editor.text, place)));
      if (!selected) return;
      isOurs = true;
      app.selection.set(selected);
      isOurs = false;
    }, FOLLOW_MS);
  }

  /** @param {string} pointer */
  function show(pointer) {
    const range = rangeOf(map, pointer);
    if (range) editor.reveal(placeOf(editor.text, range.keyFrom));
  }

  function onSelection() {
    if (isOurs || editor.hasFocus) return;
    const [node] = app.selection.nodes;
    const [edge] = app.selection.edges;
    const [note] = app.selection.notes;
    if (node !== undefined) show(makePointer('nodes', node));
    else if (edge !== undefined) show(makePointer('edges', edge));
    else if (note !== undefined) show(makePointer('notes', note));
  }

  const stops = [
    app.signals.on('document', onDocument),
    app.signals.on('selection', onSelection),
    app.signals.on('reveal', (pointer) => { if (!editor.hasFocus) show(pointer); }),
  ];
  void check();
  onSelection();
  return {
    element,
    update: onSelection,
    focus: () => editor.focus(),
    dispose() {
      if (timer !== undefined) write(); // what was typed last
      clearTimeout(following);
      stops.forEach((stop) => stop());
      asked += 1;
      editor.dispose();
      element.remove();
    },
  };
}
