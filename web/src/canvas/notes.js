/// Notes: free text on the drawing, kept in the document's `notes`. They are seen as elements over the drawing; the
/// pointer goes through them to it, and the keyboard and screen readers know them as items among the others (access.js).

import { isNote, notesIn, withNotes, writeNote } from '../document/notes.js';
import { el, fill } from '../dom.js';
import { overlaps } from './camera.js';
import { snap } from './geometry.js';

/** @typedef {import('./camera.js').Rect} Rect */
/** @typedef {{ index: number, text: string, rect: Rect }} Note `index` in the document */
/** @typedef {ReadonlyMap<number, readonly [number, number]>} NotePlaces */

export const NOTE_WIDTH = 208;
const LINE_HEIGHT = 18;
const LINE_LETTERS = 30; // about so many fit into a line

/** About so many lines a text takes. @param {string} text */
const linesOf = (text) => text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / LINE_LETTERS)), 0);

/** The notes of a document, as far as they are some. @param {import('../types.js').Design} design @returns {Note[]} */
export function notesOf(design) {
  return notesIn(design).flatMap((note, index) => {
    if (!isNote(note)) return [];
    const [x, y] = note.at;
    return [{ index, text: note.text, rect: { x, y, width: NOTE_WIDTH, height: 20 + linesOf(note.text) * LINE_HEIGHT } }];
  });
}

/** The uppermost note under a point. @param {{ notes: readonly Note[] }} scene @param {number} x @param {number} y */
export const noteAt = ({ notes }, x, y) =>
  notes.findLast(({ rect }) => x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height) ?? null;

/** @param {{ notes: readonly Note[] }} scene @param {Rect} box @returns {number[]} notes that a frame touches */
export const notesAcross = ({ notes }, box) => notes.filter(({ rect }) => overlaps(rect, box)).map(({ index }) => index);

/** @param {{ notes: readonly Note[] }} scene @param {Rect} box @returns {number[]} notes that lie wholly in a frame */
export const notesInside = ({ notes }, box) => notes.filter(({ rect }) =>
  rect.x >= box.x && rect.y >= box.y && rect.x + rect.width <= box.x + box.width && rect.y + rect.height <= box.y + box.height).map(({ index }) => index);

/** The same notes, some of them elsewhere. @param {readonly Note[]} notes @param {NotePlaces} places @returns {Note[]} */
export const notesMoved = (notes, places) => notes.map((note) => {
  const [x, y] = places.get(note.index) ?? [note.rect.x, note.rect.y];
  return { ...note, rect: { ...note.rect, x, y } };
});

/**
 * The notes of a board as elements; made anew only where they changed.
 * @param {import('./board.js').Board} board
 */
export function createNotes(board) {
  const { app } = board;
  const { t } = app;
  const element = el('div', { class: 'canvas-notes', hidden: true });
  /** @type {HTMLElement[]} */
  let cards = [];
  /** @type {readonly Note[]} */
  let shown = [];

  /** @param {Rect} rect */
  const cardAt = ({ x, y }) => el('div', { class: 'note', 'aria-hidden': 'true', style: { translate: `${x}px ${y}px`, width: `${NOTE_WIDTH}px` } });

  /** Lets a text be written in a card. @param {HTMLElement} card @param {string} before @param {(text: string) => void} done */
  function write(card, before, done) {
    const area = el('textarea', { class: 'note-area', 'aria-label': t('note.text'), value: before, rows: '2', maxlength: '2000' });
    const grow = () => { area.rows = Math.max(2, linesOf(area.value)); };
    let isOpen = true;
    const close = () => {
      if (!isOpen) return;
      isOpen = false;
      card.setAttribute('aria-hidden', 'true');
      fill(card, before);
      done(area.value.trim());
    };
    area.addEventListener('input', grow);
    area.addEventListener('blur', close);
    area.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))) close();
    });
    card.removeAttribute('aria-hidden');
    fill(card, area);
    grow();
    area.focus();
    area.select();
  }

  /** Who wrote by keyboard goes on where the note is. @param {number} index */
  function focus(index) {
    if (document.activeElement !== document.body) return;
    if (shown.some((note) => note.index === index)) board.access.focusNote(index);
    else board.access.focus();
  }

  function select() {
    for (const [i, { index }] of shown.entries()) cards[i]?.toggleAttribute('data-selected', app.selection.notes.has(index));
  }

  /** How high a text is, is known once it is shown. */
  function measure() {
    for (const [i, { rect }] of shown.entries()) rect.height = cards[i]?.offsetHeight || rect.height;
  }

  /** @param {readonly Note[]} notes the same ones, or the same elsewhere */
  function place(notes) {
    for (const [i, { rect }] of notes.entries()) {
      const card = cards[i];
      if (card) card.style.translate = `${rect.x}px ${rect.y}px`;
    }
  }

  return {
    element, measure, place, select,
    /** @param {readonly Note[]} notes */
    update(notes) {
      if (notes === shown) return;
      element.hidden = notes.length === 0;
      for (const card of cards.splice(notes.length)) card.remove();
      for (const [i, { text, rect }] of notes.entries()) {
        const card = cards[i] ?? cardAt(rect);
        if (card !== cards[i]) element.append(card);
        cards[i] = card;
        if (text !== shown[i]?.text) fill(card, text);
      }
      shown = notes;
      place(notes);
      measure();
      select();
    },
    /** @param {import('./camera.js').Camera} camera */
    move({ x, y, zoom }) {
      element.style.transform = `scale(${zoom}) translate(${-x}px, ${-y}px)`;
    },
    /** Lets one be written anew. @param {number} index */
    edit(index) {
      const at = shown.findIndex((note) => note.index === index);
      const [note, card] = [shown[at], cards[at]];
      if (!note || !card) return;
      write(card, note.text, (text) => {
        writeNote(app, index, text);
        focus(index);
      });
    },
    /** Puts a new one at a place, and lets it be written. @param {number} x @param {number} y world */
    add(x, y) {
      const rect = { x: snap(x), y: snap(y), width: NOTE_WIDTH, height: 56 };
      const card = cardAt(rect);
      element.append(card);
      element.hidden = false;
      board.reveal(rect);
      write(card, '', (text) => {
        card.remove();
        element.hidden = shown.length === 0;
        const index = notesIn(app.document.get()).length;
        if (text !== '') {
          app.document.execute({ name: 'command.note', apply: (design) => withNotes(design, [...notesIn(design), { text, at: [rect.x, rect.y] }]) });
          app.selection.set({ notes: [index] });
        }
        focus(index);
      });
    },
  };
}
