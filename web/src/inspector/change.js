/// Values of the document as a field or a number on the canvas reads, writes and drags them.

import { getAt } from '../document/pointer.js';
import { stepped } from './values.js';

/** @typedef {import('../types.js').App} App */
/** @typedef {import('../palette/catalog.js').Property} Property */

const DRAG_PX = 4; // a step every so many pixels

/** @param {App} app @param {string} pointer */
export function read(app, pointer) {
  return getAt(app.document.get(), pointer);
}

/** @param {App} app @param {string} pointer @param {any} value */
export function write(app, pointer, value) {
  if (JSON.stringify(read(app, pointer)) === JSON.stringify(value)) return;
  app.document.execute(app.commands.setValue(pointer, value));
}

/**
 * Dragging something sideways changes a number: its label, or the number itself.
 * @param {HTMLElement} label @param {string} tip @param {() => string} get @param {Property} property
 * @param {(text: string) => void} set
 */
export function dragToChange(label, tip, get, property, set) {
  label.classList.add('draggable');
  label.title = tip;
  label.addEventListener('pointerdown', (start) => {
    if (start.button !== 0) return;
    const base = get();
    let steps = 0;
    let moved = false;
    label.setPointerCapture(start.pointerId);
    /** @param {PointerEvent} event */
    const move = (event) => {
      const now = Math.round((event.clientX - start.clientX) / DRAG_PX);
      if (now === steps) return;
      steps = now;
      moved = true;
      const text = stepped(base === '∞' ? '0' : base, steps * (event.shiftKey ? 10 : 1), property);
      if (text !== null) set(text);
    };
    const end = () => {
      label.removeEventListener('pointermove', move);
      label.removeEventListener('pointerup', end);
      label.removeEventListener('pointercancel', end);
      // A label's click would put the focus into the field: not after a drag.
      if (moved) label.addEventListener('click', (event) => event.preventDefault(), { once: true });
    };
    label.addEventListener('pointermove', move);
    label.addEventListener('pointerup', end);
    label.addEventListener('pointercancel', end);
  });
}
