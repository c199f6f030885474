/// The canvas panel: the design, drawn, and edited where it stands. The board draws; pointer, keys and
/// the context menu work on it.

import { createBoard } from './board.js';
import { copyText, pasteText, placeNode, remove } from './items.js';
import { addActions, onCanvasKey } from './keys.js';
import { listenToPointer } from './pointer.js';

/** @typedef {import('../types.js').App} App */
/** @typedef {import('./board.js').Board} Board */

/**
 * @param {App} app
 * @returns {import('../types.js').Panel & { board: Board }}
 */
export function createCanvas(app) {
  const board = createBoard(app);
  const stop = [
    listenToPointer(board),
    app.signals.on('document', () => board.rebuild()),
    app.signals.on('catalog', () => board.rebuild()),
    app.signals.on('diagnostics', () => board.onDiagnostics()),
    app.signals.on('selection', () => board.onSelection()),
    app.signals.on('frame', () => board.onFrame()),
    app.signals.on('moves', () => board.onMoves()),
    app.signals.on('run-state', () => board.onRunState()),
    app.signals.on('theme', () => board.retheme()),
    app.signals.on('playhead', (row) => board.onPlayhead(typeof row === 'number' ? row : null)),
    app.signals.on('place-node', (wish) => placeNode(board, wish)),
    app.signals.on('reveal', (pointer) => board.revealPointer(String(pointer))),
    listenToClipboard(board),
    listenToSize(board),
  ];
  addActions(board);
  board.element.addEventListener('keydown', (event) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLButtonElement) return;
    onCanvasKey(board, event);
  });
  return {
    element: board.element,
    update: () => board.rebuild(),
    dispose() {
      for (const end of stop) end();
      board.dispose();
    },
    board,
  };
}

/** @param {Board} board @returns {() => void} */
function listenToSize(board) {
  const observer = new ResizeObserver(([entry]) => {
    if (entry) board.resize(entry.contentRect.width, entry.contentRect.height);
  });
  observer.observe(board.element);
  const wishes = ['(prefers-reduced-motion: reduce)', '(forced-colors: active)'].map((query) => matchMedia(query));
  const retheme = () => board.retheme();
  for (const wish of wishes) wish.addEventListener('change', retheme);
  return () => {
    observer.disconnect();
    for (const wish of wishes) wish.removeEventListener('change', retheme);
  };
}

/** @param {Board} board @returns {() => void} */
function listenToClipboard(board) {
  const isOurs = () => {
    const active = document.activeElement;
    return active === null || active === document.body || board.element.contains(active) && !(active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement);
  };
  /** @param {ClipboardEvent} event */
  function onCopy(event) {
    const text = isOurs() && String(document.getSelection() ?? '') === '' ? copyText(board) : null;
    if (text === null || !event.clipboardData) return;
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
    if (event.type === 'cut') remove(board);
  }
  /** @param {ClipboardEvent} event */
  function onPaste(event) {
    if (!isOurs() || !event.clipboardData) return;
    if (pasteText(board, event.clipboardData.getData('text/plain'))) event.preventDefault();
  }
  document.addEventListener('copy', onCopy);
  document.addEventListener('cut', onCopy);
  document.addEventListener('paste', onPaste);
  return () => {
    document.removeEventListener('copy', onCopy);
    document.removeEventListener('cut', onCopy);
    document.removeEventListener('paste', onPaste);
  };
}
