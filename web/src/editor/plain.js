/**
 * A plain text field behind the editor's interface: there at once, while an engine is still loading, and where none can be loaded.
 */

import { el } from '../dom.js';
import { changeOf, offsetOf, placeOf } from './places.js';

/** @type {(parent: HTMLElement, host: import('./types.js').EngineHost) => import('./types.js').EditorEngine & { readonly selection: [number, number] }} */
export function createPlain(parent, host) {
  const area = el('textarea', {
    class: 'editor-plain mono', spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', dir: 'ltr',
    'aria-label': host.label, readonly: host.readOnly, value: host.text,
  });
  area.addEventListener('input', () => host.onChange(area.value));
  area.addEventListener('selectionchange', () => host.onMove(placeOf(area.value, area.selectionStart)));
  area.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !host.onSubmit) return;
    event.preventDefault();
    host.onSubmit();
  });
  parent.append(area);
  area.setSelectionRange(0, 0);
  /** @param {number} line */
  function scrollTo(line) {
    const lines = area.value.split('\n').length;
    area.scrollTop = (area.scrollHeight * (line - 1)) / lines - area.clientHeight / 2;
  }
  return {
    get selection() { return /** @type {[number, number]} */ ([area.selectionStart, area.selectionEnd]); },
    setText(text) {
      const change = changeOf(area.value, text);
      if (change) area.setRangeText(change.insert, change.from, change.to, 'preserve');
    },
    setReadOnly: (readOnly) => { area.readOnly = readOnly; },
    setDiagnostics: () => {},
    setLineMarks: () => {},
    setCurrentLine: (line) => { if (line !== null) scrollTo(line); },
    setTheme: () => {},
    reveal(from, to) {
      const start = offsetOf(area.value, from);
      area.setSelectionRange(start, to ? offsetOf(area.value, to) : start);
      scrollTo(from.line);
    },
    focus: () => area.focus(),
    dispose: () => area.remove(),
  };
}
