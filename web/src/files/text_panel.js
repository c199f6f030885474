import { problemLine } from '../diagnostics/problems.js';
import { parseDesign } from '../document/document.js';
import { el, fill } from '../dom.js';
import { showDialog } from './dialog.js';
import { download, fileName } from './transfer.js';

const QUIET_MS = 200;

/**
 * Shows a document as text, with what the engine says about it: for files that are no design yet, and for anyone who would rather type. Nothing of
 * what was typed or dropped is lost: it can be mended here, taken, or saved as it is.
 * @param {import('../types.js').App} app
 * @param {{ text: string, name: string, isCurrent: boolean }} source
 */
export function showTextPanel(app, { text, name, isCurrent }) {
  const { t } = app;
  const area = el('textarea', { class: 'input mono text-panel-area', spellcheck: 'false', 'aria-label': t('text.label'), value: text });
  const problems = el('ul', { class: 'problems text-panel-problems', 'aria-live': 'polite' });
  const use = el('button', { class: 'button primary', type: 'button' }, t(isCurrent ? 'text.apply' : 'text.open'));
  const keep = el('button', { class: 'button', type: 'button', onclick: () => download(`${fileName(name)}.scalesim.json`, area.value, 'application/json') }, t('text.download'));
  const { close } = showDialog(app, {
    title: t(isCurrent ? 'text.title' : 'text.title_bad', { name }),
    isWide: true,
    body: [!isCurrent && el('p', { class: 'muted text-panel-why' }, t('text.why')), area, problems],
    foot: () => [keep, use],
  });
  let asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function check() {
    const mine = ++asked;
    use.disabled = parseDesign(area.value) === null;
    const { result } = await app.engine.call('check', { design: area.value });
    if (mine !== asked) return;
    fill(problems, ...result.diagnostics.map((/** @type {import('../types.js').Diagnostic} */ one) => problemLine(
      { ...one, pointer: one.line ? `${one.line}:${one.column}` : one.pointer }, one.line ? () => showPlace(one) : undefined)));
  }

  /** @param {import('../types.js').Diagnostic} one */
  function showPlace(one) {
    const before = area.value.split('\n').slice(0, one.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    const at = before + Math.max(0, one.column - 1);
    area.focus();
    area.setSelectionRange(at, at + 1);
  }

  area.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void check().catch(onFailure), QUIET_MS);
  });
  use.addEventListener('click', () => {
    if (app.document.load(area.value, name, isCurrent ? { undoable: true } : { saved: false })) close();
  });
  const onFailure = (/** @type {Error} */ error) => fill(problems, el('li', {}, error.message));
  void check().catch(onFailure);
}
