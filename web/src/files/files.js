/**
 * New, open, save, drop, examples and the project to take home.
 */

import './files.css';
import { el } from '../dom.js';
import { parseDesign, textOf } from '../document/document.js';
import { loadLibrary } from '../libraries/libraries.js';
import { ask, transact } from './database.js';
import { download, fileName } from './transfer.js';

const SUFFIX = '.scalesim.json';
const BYTES_MAX = 32 * 2 ** 20; // a design of this size would hold a hundred thousand nodes: it is some other file
const PICKER_TYPES = [{ description: 'ScaleSim', accept: { 'application/json': [/** @type {`.${string}`} */ (SUFFIX), '.json'] } }];

/** @param {import('../types.js').App} app */
const newDesign = ({ t }) => JSON.stringify({
  format: 'scalesim/1', name: t('files.untitled'), nodes: {}, edges: [], run: { duration: '5m', warmup: 'auto', seed: 1 },
});

/** @param {string} name */
const stem = (name) => name.replace(/(\.scalesim)?\.json$/i, '');

/** @param {string} text whether some of its nodes have no place */
function needsLayout(text) {
  const design = parseDesign(text);
  return design !== null && Object.keys(design.nodes).some((id) => design.layout?.[id] === undefined);
}

/** @typedef {{ handle: any, modified_ms: number }} FileOf a FileSystemFileHandle, and when the file was changed as far as we know */

/** @param {import('../types.js').App} app */
export function createFiles(app) {
  const { t, actions, shelf } = app;
  const picker = /** @type {any} */ (globalThis);
  /** @type {FileOf | null} the file of the open document, where the browser has handles */
  let file = null;
  app.signals.on('document-open', () => { file = null; });

  /**
   * @param {string} text @param {string} name
   * @param {{ saved?: boolean, isExample?: boolean, from?: FileOf | null }} [options] `from`: the file it was read from
   */
  async function open(text, name, { from = null, ...options } = {}) {
    if (needsLayout(text)) await loadLibrary('dagre').catch(() => {}); // without it the nodes lie in rows
    if (parseDesign(text) === null) {
      await desk('showTextPanel', { text, name, isCurrent: false });
      return;
    }
    app.run.close();
    app.document.load(text, name, options);
    file = from;
    keepFile(shelf.id, from);
  }

  /** @param {string} id of a document that is kept @returns {Promise<boolean>} */
  const openKept = (id) => shelf.openKept(id, async ({ text, name, isSaved }) => {
    const from = await transact(['files'], 'readonly', (store) => ask(store('files').get(id))).catch(() => null);
    await open(text, name, { saved: isSaved, from: from ?? null });
  });

  /** @param {string | null} id @param {FileOf | null} of */
  function keepFile(id, of) {
    if (id === null || of === null) return;
    transact(['files'], 'readwrite', (store) => void store('files').put(of, id)).catch(() => {}); // then it is asked for again
  }

  /**
   * Opens something else, offering the way back to what was there.
   * @param {() => Promise<unknown>} show
   */
  async function leaveFor(show) {
    const { isSaved, name: oldName } = app.document;
    const { id } = shelf;
    const title = String(app.document.get().name ?? oldName);
    const oldText = app.document.text();
    const wasEmpty = Object.keys(app.document.get().nodes).length === 0;
    const isKept = await shelf.keep();
    await show();
    if (isSaved || wasEmpty) return;
    const back = () => void (isKept && id ? openKept(id) : open(oldText, oldName, { saved: false }));
    app.notify(t(isKept ? 'files.left' : 'files.replaced', { name: title }), { action: { title: t('files.back'), run: back } });
  }

  /**
   * @param {string} text @param {string} name
   * @param {{ saved?: boolean, isExample?: boolean, from?: FileOf | null }} [options]
   */
  const replace = (text, name, options) => leaveFor(() => open(text, name, options));

  /** Opens an example, or, where it was opened before and is as it was, that one with its runs. @param {string} text @param {string} name */
  async function openExample(text, name) {
    const design = parseDesign(text);
    const written = design && textOf(design);
    const kept = await shelf.list().catch(() => []);
    for (const { id } of kept.filter((one) => one.file === name && one.isSaved && one.id !== shelf.id)) {
      if ((await shelf.read(id))?.text === written) return leaveFor(() => openKept(id));
    }
    return replace(text, name, { isExample: true });
  }

  /** @param {{ file: File, handle: any }[]} all files that were chosen or dropped */
  async function take(all) {
    /** @type {{ text: string, name: string, from: FileOf | null }[]} */
    const read = [];
    for (const { file: one, handle } of all) {
      if (one.size > BYTES_MAX) app.notify(t('files.too_large', { name: one.name }), { kind: 'error' });
      else read.push({ text: await one.text(), name: stem(one.name), from: handle ? { handle, modified_ms: one.lastModified } : null });
    }
    const [first, ...others] = read;
    if (!first) return;
    let added = 0;
    for (const { text, name, from } of others) {
      const id = await shelf.add(text, name).catch(() => null);
      if (id === null) app.notify(t('files.not_added', { name }), { kind: 'error' });
      else added += 1;
      keepFile(id, from);
    }
    await replace(first.text, first.name, { from: first.from });
    if (added > 0) app.notify(t('files.added', { n: added }), { kind: 'success', action: { title: t('designs.title'), run: () => actions.perform('designs') } });
  }

  async function pick() {
    if (picker.showOpenFilePicker) {
      try {
        const handles = await picker.showOpenFilePicker({ types: PICKER_TYPES, multiple: true });
        await takeHandles(handles);
        return;
      } catch (error) {
        if (/** @type {Error} */ (error).name === 'AbortError') return;
        // Frames of another origin may not show pickers: the plain way below.
      }
    }
    const input = el('input', { type: 'file', multiple: true, accept: `${SUFFIX},.json`, onchange: () => void take([...(input.files ?? [])].map((one) => ({ file: one, handle: null }))) });
    input.click();
  }

  /** @param {readonly any[]} handles of files */
  async function takeHandles(handles) {
    await take(await Promise.all(handles.map(async (handle) => ({ file: await handle.getFile(), handle }))));
  }

  /** Writes back to the document's file, or to one that is chosen; where there are no such files, as a download. @param {{ isAs?: boolean, isForced?: boolean }} [how] */
  async function save({ isAs = false, isForced = false } = {}) {
    const text = app.document.text();
    const name = fileName(app.document.name === 'untitled' ? app.document.get().name ?? 'design' : app.document.name);
    const target = isAs ? null : file;
    try {
      const handle = target?.handle ?? await picker.showSaveFilePicker?.({ suggestedName: name + SUFFIX, types: PICKER_TYPES });
      if (handle) {
        await saveTo(handle, text, isForced || !target ? Infinity : target.modified_ms);
        return;
      }
    } catch (error) {
      const { name: kind } = /** @type {Error} */ (error);
      if (kind === 'AbortError') return;
      if (target) { // it was moved or deleted, or may not be written
        app.notify(t('files.not_written', { name: target.handle.name }), { kind: 'error', action: { title: t('files.save_as'), run: () => void save({ isAs: true }) } });
        return;
      }
    }
    download(name + SUFFIX, text, 'application/json');
    app.document.markSaved(name);
  }

  /** @param {any} handle @param {string} text @param {number} known_ms when we knew it to be changed last */
  async function saveTo(handle, text, known_ms) {
    if (await handle.queryPermission?.({ mode: 'readwrite' }) === 'prompt' && await handle.requestPermission({ mode: 'readwrite' }) !== 'granted') {
      throw new DOMException(handle.name, 'NotAllowedError');
    }
    const { id } = shelf;
    const design = app.document.get();
    if ((await handle.getFile()).lastModified > known_ms) {
      app.notify(t('files.changed_outside', { name: handle.name }), { kind: 'error', action: { title: t('files.save_anyway'), run: () => void save({ isForced: true }) } });
      return;
    }
    const stream = await handle.createWritable();
    await stream.write(text);
    await stream.close();
    const of = { handle, modified_ms: (await handle.getFile()).lastModified };
    keepFile(id, of);
    if (shelf.id !== id) return; // something else was opened meanwhile
    file = of;
    if (app.document.get() === design) app.document.markSaved(stem(handle.name));
  }

  /** Shows something that is not in the page's own script. @param {string} name @param {...any} args */
  async function desk(name, ...args) {
    try {
      await (await loadLibrary('desk'))[name](app, ...args);
    } catch {
      app.notify(t('files.desk_failed'), { kind: 'error' });
    }
  }

  acceptDrops(t('files.drop'), (dropped) => void dropped.then(take));
  actions.add({ name: 'new', title: 'files.new', run: () => void replace(newDesign(app), 'untitled') });
  actions.add({ name: 'open', title: 'files.open', key: 'Ctrl+o', run: () => void pick() });
  actions.add({ name: 'save', title: 'files.save', key: 'Ctrl+s', run: () => void save() });
  actions.add({ name: 'save-as', title: 'files.save_as', key: 'Ctrl+Shift+s', run: () => void save({ isAs: true }) });
  actions.add({ name: 'designs', title: 'designs.title', key: 'Ctrl+Shift+o', run: () => void desk('showDesigns', { openKept, create: () => open(newDesign(app), 'untitled') }) });
  actions.add({
    name: 'save-results', title: 'files.results', enabled: () => app.run.results !== null,
    run: async () => download(`${fileName(app.document.get().name ?? app.document.name)}.results.json`, (await app.run.readAll())?.text ?? '', 'application/json'),
  });
  actions.add({ name: 'report', title: 'files.report', run: () => void desk('showNewestReport') });
  actions.add({ name: 'save-timeline', title: 'files.timeline', enabled: () => app.run.timeline.rows > 0, run: () => void desk('saveTimeline') });
  actions.add({ name: 'examples', title: 'files.examples', run: () => void desk('showGallery', openExample) });
  actions.add({ name: 'edit-text', title: 'files.text', run: () => void desk('showTextPanel', { text: app.document.text(), name: app.document.get().name ?? app.document.name, isCurrent: true }) });
  actions.add({ name: 'generate', title: 'generate.title', run: () => void desk('generate') });
  actions.add({ name: 'undo', title: 'edit.undo', key: 'Ctrl+z', run: () => app.document.undo(), enabled: () => app.document.canUndo });
  actions.add({ name: 'redo', title: 'edit.redo', key: 'Ctrl+Shift+z', run: () => app.document.redo(), enabled: () => app.document.canRedo });
  return {
    open, openExample, openKept, replace, desk,
    /** Files that the system opens with this page. */
    acceptLaunches() {
      picker.launchQueue?.setConsumer((/** @type {any} */ launch) => { if (launch.files?.length > 0) void takeHandles(launch.files); });
    },
  };
}

/**
 * Files dropped anywhere on the page.
 * @param {string} text shown while a file is over the page
 * @param {(files: Promise<{ file: File, handle: any }[]>) => void} take
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
    const items = [...(event.dataTransfer?.items ?? [])].filter(({ kind }) => kind === 'file');
    // Handles are to be had during the event only.
    take(Promise.all(items.map(async (item) => ({ file: item.getAsFile(), handle: await handleOf(item) }))).then((all) => /** @type {{ file: File, handle: any }[]} */ (all.filter((one) => one.file !== null))));
  });
}

/** @param {any} item of a drop @returns {Promise<any>} the handle of its file, where the browser has them */
async function handleOf(item) {
  try {
    const handle = await item.getAsFileSystemHandle?.();
    return handle?.kind === 'file' ? handle : null;
  } catch {
    return null;
  }
}
