/**
 * New, open, save, drop, examples and the project to take home.
 */

import { el } from '../dom.js';
import { parseDesign } from '../document/document.js';
import { loadLibrary } from '../libraries/libraries.js';
import { showGallery } from './gallery.js';
import { showTextPanel } from './text_panel.js';
import { download, fileName } from './transfer.js';

const SUFFIX = '.scalesim.json';
const BYTES_MAX = 32 * 2 ** 20; // a design of this size would hold a hundred thousand nodes: it is some other file
const PICKER_TYPES = [{ description: 'ScaleSim', accept: { 'application/json': [/** @type {`.${string}`} */ (SUFFIX), '.json'] } }];

const NEW_DESIGN = JSON.stringify({
  format: 'scalesim/1', name: 'Untitled', nodes: {}, edges: [], run: { duration: '5m', warmup: 'auto', seed: 1 },
});

/** @param {string} name */
const stem = (name) => name.replace(/(\.scalesim)?\.json$/i, '');

/** @param {string} text whether some of its nodes have no place */
function needsLayout(text) {
  const design = parseDesign(text);
  return design !== null && Object.keys(design.nodes).some((id) => design.layout?.[id] === undefined);
}

/** @param {import('../types.js').App} app */
export function createFiles(app) {
  const { t, actions } = app;
  const picker = /** @type {any} */ (globalThis);
  /** @type {any} a FileSystemFileHandle where the browser has them */
  let handle = null;
  let isGenerating = false;

  /** @param {string} text @param {string} name @param {{ saved?: boolean }} [options] */
  async function open(text, name, options) {
    if (needsLayout(text)) await loadLibrary('dagre').catch(() => {}); // without it the nodes lie in rows
    app.run.close();
    handle = null;
    if (!app.document.load(text, name, options)) showTextPanel(app, { text, name, isCurrent: false });
  }

  /**
   * Opens something else, offering the way back to what was there.
   * @param {string} text @param {string} name
   */
  async function replace(text, name) {
    const { isSaved, name: oldName } = app.document;
    const oldText = app.document.text();
    const wasEmpty = Object.keys(app.document.get().nodes).length === 0;
    await open(text, name);
    if (!isSaved && !wasEmpty) {
      app.notify(t('files.replaced', { name: oldName }), { action: { title: t('files.back'), run: () => void open(oldText, oldName, { saved: false }) } });
    }
  }

  /** @param {File} file */
  async function take(file) {
    if (file.size > BYTES_MAX) app.notify(t('files.too_large', { name: file.name }), { kind: 'error' });
    else await replace(await file.text(), stem(file.name));
  }

  async function pick() {
    if (picker.showOpenFilePicker) {
      try {
        const [chosen] = await picker.showOpenFilePicker({ types: PICKER_TYPES });
        await take(await chosen.getFile());
        handle = chosen;
        return;
      } catch (error) {
        if (/** @type {Error} */ (error).name === 'AbortError') return;
        // Frames of another origin may not show pickers: the plain way below.
      }
    }
    const input = el('input', { type: 'file', accept: `${SUFFIX},.json`, onchange: () => { if (input.files?.[0]) void take(input.files[0]); } });
    input.click();
  }

  async function save() {
    const text = app.document.text();
    const name = fileName(app.document.name === 'untitled' ? app.document.get().name ?? 'design' : app.document.name);
    try {
      if (!handle && picker.showSaveFilePicker) {
        handle = await picker.showSaveFilePicker({ suggestedName: name + SUFFIX, types: PICKER_TYPES });
      }
      if (handle) {
        const stream = await handle.createWritable();
        await stream.write(text);
        await stream.close();
        app.document.markSaved(stem(handle.name));
        return;
      }
    } catch (error) {
      handle = null;
      if (/** @type {Error} */ (error).name === 'AbortError') return;
    }
    download(name + SUFFIX, text, 'application/json');
    app.document.markSaved(name);
  }

  async function generate() {
    if (isGenerating) return;
    isGenerating = true;
    app.signals.emit('generating', true);
    try {
      const { binary, result } = await app.engine.call('generate', { design: app.document.text() });
      app.signals.emit('generated', result.diagnostics ?? []);
      const name = `${fileName(app.document.get().name ?? app.document.name)}.zip`;
      download(name, /** @type {any} */ (binary), 'application/zip');
      app.notify(t('generate.done', { name }), { kind: 'success' });
    } catch (error) {
      const { message, diagnostics = [] } = /** @type {any} */ (error);
      app.signals.emit('generated', diagnostics);
      app.notify(t('generate.failed', { message: diagnostics[0]?.message ?? message }), {
        kind: 'error', action: { title: t('generate.show'), run: () => { app.settings.set('fold.dock', false); app.settings.set('dock', 'problems'); } },
      });
    } finally {
      isGenerating = false;
      app.signals.emit('generating', false);
    }
  }

  async function saveTimeline() {
    try {
      const { result } = await app.engine.call('run.timeline_csv');
      download(`${fileName(app.document.get().name ?? app.document.name)}.timeline.csv`, result.csv, 'text/csv');
    } catch (error) {
      app.notify(/** @type {Error} */ (error).message, { kind: 'error' });
    }
  }

  acceptDrops(t('files.drop'), (file) => void take(file));
  actions.add({ name: 'new', title: 'files.new', run: () => void replace(NEW_DESIGN, 'untitled') });
  actions.add({ name: 'open', title: 'files.open', key: 'Ctrl+o', run: () => void pick() });
  actions.add({ name: 'save', title: 'files.save', key: 'Ctrl+s', run: () => void save() });
  actions.add({
    name: 'save-results', title: 'files.results', enabled: () => app.run.results !== null,
    run: () => download(`${fileName(app.document.get().name ?? app.document.name)}.results.json`, app.run.results?.text ?? '', 'application/json'),
  });
  actions.add({ name: 'save-timeline', title: 'files.timeline', enabled: () => app.run.timeline.rows > 0, run: () => void saveTimeline() });
  actions.add({ name: 'examples', title: 'files.examples', run: () => void showGallery(app, replace) });
  actions.add({ name: 'edit-text', title: 'files.text', run: () => showTextPanel(app, { text: app.document.text(), name: app.document.get().name ?? app.document.name, isCurrent: true }) });
  actions.add({ name: 'generate', title: 'generate.title', run: () => void generate() });
  actions.add({ name: 'undo', title: 'edit.undo', key: 'Ctrl+z', run: () => app.document.undo(), enabled: () => app.document.canUndo });
  actions.add({ name: 'redo', title: 'edit.redo', key: 'Ctrl+Shift+z', run: () => app.document.redo(), enabled: () => app.document.canRedo });
  return { open, replace };
}

/**
 * Files dropped anywhere on the page.
 * @param {string} text shown while a file is over the page
 * @param {(file: File) => void} take
 */
function acceptDrops(text, take) {
  const hint = el('div', { class: 'drop-hint', hidden: true }, text);
  document.body.append(hint);
  const hasFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') ?? false;
  addEventListener('dragover', (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    hint.hidden = false;
  });
  addEventListener('dragleave', (event) => { if (event.relatedTarget === null) hint.hidden = true; });
  addEventListener('drop', (event) => {
    hint.hidden = true;
    if (!hasFile(event)) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) take(file);
  });
}
