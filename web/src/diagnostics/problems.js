import './problems.css';
import { el, fill } from '../dom.js';
import { said } from '../i18n/index.js';
import { icon } from '../icons/icon.js';
import { parsePointer } from '../document/pointer.js';

/**
 * Selects what a pointer is about.
 * @param {import('../types.js').App} app
 * @param {string} pointer
 */
export function goTo(app, pointer) {
  const [group, name = ''] = parsePointer(pointer);
  if (group === 'nodes') app.selection.set({ nodes: [name] });
  else if (group === 'edges' && name !== '') app.selection.set({ edges: [Number(name)] });
  else app.selection.clear();
  // The canvas brings it into view, the inspector the field.
  app.signals.emit('reveal', pointer);
}

/**
 * One line of a finding: its severity as a shape, where, and what to write instead.
 * @param {import('../types.js').Diagnostic} one
 * @param {() => void} [onGo]
 */
export function problemLine(one, onGo) {
  const isError = one.severity === 'error';
  const where = one.pointer || (one.line ? `${one.line}:${one.column}` : '');
  const message = said(one.message);
  const content = [
    icon(isError ? 'error' : 'alert'),
    el('span', { class: 'mono small problem-where', translate: 'no', dir: 'ltr' }, where),
    el('span', { class: 'problem-text', ...message.mark }, message.text),
    el('span', { class: 'muted small mono', translate: 'no' }, one.code)];
  const kind = isError ? 'bad' : 'warm';
  return onGo
    ? el('li', {}, el('button', { class: `problem ${kind}`, type: 'button', onclick: onGo }, content))
    : el('li', { class: `problem ${kind}` }, content);
}

/**
 * Everything the engine found in the document, and what the run warned of.
 * @param {import('../types.js').App} app
 * @returns {import('../types.js').Panel}
 */
export function createProblems(app) {
  const list = el('ul', { class: 'problems' });
  const empty = el('p', { class: 'empty' }, app.t('problems.none'));
  const element = el('div', { class: 'panel-body flush' }, list, empty);

  function update() {
    const found = problemsOf(app);
    fill(list, ...found.map((one) => problemLine(one, one.pointer ? () => goTo(app, one.pointer) : undefined)));
    empty.hidden = found.length > 0;
  }
  const stops = ['diagnostics', 'results', 'run-state'].map((name) => app.signals.on(name, update));
  update();
  return { element, update, dispose: () => stops.forEach((stop) => stop()) };
}

/**
 * The document's findings and the run's own, each once.
 * @param {import('../types.js').App} app
 * @returns {import('../types.js').Diagnostic[]}
 */
export function problemsOf(app) {
  const own = app.run.isStale ? [] : [...(app.run.error?.diagnostics ?? []), ...(app.run.results?.value.diagnostics ?? [])];
  const all = [...app.diagnostics.all, ...app.diagnostics.generation, ...own];
  const seen = new Set();
  return all.filter(({ code, pointer, message }) => {
    const key = `${code} ${pointer} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}
