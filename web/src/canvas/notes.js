/// Notes: free text on the drawing, kept in the document's `notes`. They are elements over the drawing, so
/// that they are read, walked and typed into as any text is.

import { el, fill } from '../dom.js';
import { snap } from './geometry.js';

/** @typedef {import('./camera.js').Rect} Rect */
/** @typedef {{ index: number, text: string, rect: Rect }} Note `index` in the document */

export const NOTE_WIDTH = 208;
const LINE_HEIGHT = 18;
const LINE_LETTERS = 30; // about so many fit into a line
const STEP = 8;
const SLOP_PX = 4;

/** About so many lines a text takes. @param {string} text */
const linesOf = (text) => text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / LINE_LETTERS)), 0);

/** The notes of a document, as far as they are some. @param {import('../types.js').Design} design @returns {Note[]} */
export function notesOf(design) {
  const written = Array.isArray(design['notes']) ? design['notes'] : [];
  return written.flatMap((/** @type {any} */ note, /** @type {number} */ index) => {
    const [x, y] = Array.isArray(note?.at) ? note.at : [];
    if (typeof note?.text !== 'string' || !Number.isFinite(x) || !Number.isFinite(y)) return [];
    return [{ index, text: note.text, rect: { x, y, width: NOTE_WIDTH, height: 20 + linesOf(note.text) * LINE_HEIGHT } }];
  });
}

/**
 * The notes of a board as elements; made anew only where they changed.
 * @param {import('./board.js').Board} board
 */
export function createNotes(board) {
  const { app, canvas } = board;
  const { t } = app;
  const element = el('div', { class: 'canvas-notes', role: 'group', 'aria-label': t('note.all'), hidden: true });
  /** @type {HTMLElement[]} */
  let cards = [];
  /** @type {string | null} */
  let shown = null;

  const list = () => /** @type {any[]} */ (app.document.get()['notes'] ?? []);
  /** @param {any[]} next */
  const write = (next) => app.document.execute(app.commands.change('command.note', [['/notes', next.length > 0 ? next : undefined]]));

  /** @param {Note} note @param {number} x @param {number} y */
  const move = (note, x, y) => write(list().with(note.index, { ...list()[note.index], at: [x, y] }));

  /** @param {Note} note */
  function remove(note) {
    write(list().toSpliced(note.index, 1));
    app.notify(t('note.removed'), { action: { title: t('edit.undo'), run: () => app.document.undo() } });
    board.access.focus();
  }

  /** @param {HTMLElement} card @param {Note} note @param {boolean} [isNew] not yet in the document */
  function edit(card, note, isNew = false) {
    const area = el('textarea', { class: 'note-area', 'aria-label': t('note.text'), value: note.text, rows: '2', maxlength: '2000' });
    const grow = () => { area.rows = Math.max(2, linesOf(area.value)); };
    let isOpen = true;
    const close = () => {
      if (!isOpen) return;
      isOpen = false;
      const text = area.value.trim();
      if (isNew) card.remove();
      else fill(card, note.text);
      if (isNew && text !== '') write([...list(), { text, at: [note.rect.x, note.rect.y] }]);
      else if (!isNew && text === '') remove(note);
      else if (!isNew && text !== note.text) write(list().with(note.index, { ...list()[note.index], text }));
      element.hidden = cards.length === 0;
      if (document.activeElement === document.body) (cards[note.index] ?? board.canvas).focus();
    };
    area.addEventListener('input', grow);
    area.addEventListener('blur', close);
    area.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))) close();
    });
    fill(card, area);
    grow();
    area.focus();
    area.select();
  }

  /** @param {HTMLElement} card @param {Note} note */
  function listen(card, note) {
    card.addEventListener('dblclick', () => edit(card, note));
    card.addEventListener('keydown', (event) => onKey(event, card, note));
    card.addEventListener('pointerdown', (start) => {
      if (start.button !== 0 || start.target !== card) return;
      let moved = false;
      const { x, y } = note.rect;
      const at = (/** @type {PointerEvent} */ event) => /** @type {[number, number]} */ ([
        snap(x + (event.clientX - start.clientX) / board.camera.zoom), snap(y + (event.clientY - start.clientY) / board.camera.zoom)]);
      const onMove = (/** @type {PointerEvent} */ event) => {
        moved ||= Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > SLOP_PX;
        if (!moved) return;
        const [nx, ny] = at(event);
        card.style.translate = `${nx}px ${ny}px`;
      };
      const onUp = (/** @type {PointerEvent} */ event) => {
        stop();
        if (moved) move(note, ...at(event));
      };
      const stop = () => {
        card.removeEventListener('pointermove', onMove);
        card.removeEventListener('pointerup', onUp);
        card.removeEventListener('pointercancel', onCancel);
      };
      const onCancel = () => {
        stop();
        card.style.translate = `${x}px ${y}px`;
      };
      card.setPointerCapture(start.pointerId);
      card.addEventListener('pointermove', onMove);
      card.addEventListener('pointerup', onUp);
      card.addEventListener('pointercancel', onCancel);
    });
  }

  /** @param {KeyboardEvent} event @param {HTMLElement} card @param {Note} note */
  function onKey(event, card, note) {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (event.target !== card || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === 'F2') edit(card, note);
    else if (event.key === 'Delete' || event.key === 'Backspace') remove(note);
    else if (event.key === 'Escape') board.access.focus();
    else if (dx !== 0 || dy !== 0) move(note, snap(note.rect.x) + dx * STEP, snap(note.rect.y) + dy * STEP);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // The wheel and the context menu mean the drawing under the note.
  element.addEventListener('wheel', (event) => {
    event.preventDefault();
    canvas.dispatchEvent(new WheelEvent(event.type, event));
  }, { passive: false });

  return {
    element,
    /** @param {readonly Note[]} notes */
    update(notes) {
      const key = JSON.stringify(notes);
      if (key === shown) return;
      shown = key;
      const focused = cards.findIndex((card) => card === document.activeElement);
      element.hidden = notes.length === 0;
      cards = notes.map((note) => {
        const card = el('div', {
          class: 'note', role: 'note', tabindex: '0', 'aria-label': t('note.label', { text: note.text }), title: t('note.tip'),
          style: { translate: `${note.rect.x}px ${note.rect.y}px`, width: `${NOTE_WIDTH}px` },
        }, note.text);
        listen(card, note);
        return card;
      });
      fill(element, cards);
      if (focused >= 0) cards[focused]?.focus();
    },
    /** @param {import('./camera.js').Camera} camera */
    move({ x, y, zoom }) {
      element.style.transform = `scale(${zoom}) translate(${-x}px, ${-y}px)`;
    },
    /** Puts a new one at a place, and lets it be written. @param {number} x @param {number} y world */
    add(x, y) {
      const note = { index: list().length, text: '', rect: { x: snap(x), y: snap(y), width: NOTE_WIDTH, height: 56 } };
      const card = el('div', { class: 'note', style: { translate: `${note.rect.x}px ${note.rect.y}px`, width: `${NOTE_WIDTH}px` } });
      element.append(card);
      element.hidden = false;
      board.reveal(note.rect);
      edit(card, note, true);
    },
  };
}
