/// The numbers of the selected card, at the lower edge of the drawing, where they hide no other card: dragged
/// sideways they change, and the closed-form answer follows; arrow keys do the same, a press goes to the field.

import { makePointer } from '../document/pointer.js';
import { el, fill } from '../dom.js';
import { dragToChange, read, write } from '../inspector/change.js';
import { placeholderOf, splitNumber, stepped, textOf, valueOf } from '../inspector/values.js';
import { objectProperties, typeOf } from '../palette/catalog.js';

/** @typedef {import('../palette/catalog.js').Property} Property */
/** @typedef {{ property: Property, pointer: string }} Tweak */

const SHOWN_MAX = 3;
const KINDS = new Set(['count', 'number', 'distribution', 'distributions']);

/**
 * The numbers of a node that people turn first: those that are always shown, as far as they are numbers.
 * @param {import('../types.js').App} app @param {string} id
 * @returns {Tweak[]}
 */
export function tweaksOf(app, id) {
  const node = app.document.get().nodes[id];
  const type = typeOf(app.catalog, node?.type ?? '');
  if (!node || !type) return [];
  /** @type {Tweak[]} */
  const found = [];
  const take = (/** @type {Property} */ property, /** @type {string} */ pointer) => {
    const text = textOf(read(app, pointer)) || placeholderOf(property);
    if (KINDS.has(property.kind) && typeof read(app, pointer) !== 'object' && splitNumber(text) !== null) found.push({ property, pointer });
  };
  for (const property of type.properties) {
    if (property.advanced) continue;
    const pointer = makePointer('nodes', id, property.name);
    if (property.kind !== 'object') take(property, pointer);
    else if (property.required && read(app, pointer) !== undefined) {
      const parts = property.properties ?? (property.of ? objectProperties(app.catalog, property.of) : []);
      for (const part of parts) if (read(app, pointer + makePointer(part.name)) !== undefined) take(part, pointer + makePointer(part.name));
    }
  }
  return found.slice(0, SHOWN_MAX);
}

/** @param {import('./board.js').Board} board */
export function createTweaks(board) {
  const { app } = board;
  const element = el('div', { class: 'canvas-tweaks', role: 'group', 'aria-label': app.t('tweak.all'), hidden: true });
  /** @type {{ update: () => void }[]} */
  let chips = [];
  let shown = '';
  const name = el('span', { class: 'tweak-name truncate' });

  /** @param {Tweak} tweak */
  function chipOf({ property, pointer }) {
    const title = property.title ?? property.name;
    const value = el('b', { translate: 'no', dir: 'ltr' });
    const chip = el('div', { class: 'tweak', role: 'spinbutton', tabindex: '0', 'aria-label': title }, el('span', {}, title), value);
    const get = () => textOf(read(app, pointer)) || placeholderOf(property);
    const set = (/** @type {string} */ text) => write(app, pointer, valueOf(property, text));
    dragToChange(chip, app.t('tweak.tip'), get, property, set);
    // The end of a drag is a click too, which the drag takes back in a listener of its own.
    chip.addEventListener('click', (event) => requestAnimationFrame(() => { if (!event.defaultPrevented) app.signals.emit('inspect', pointer); }));
    chip.addEventListener('keydown', (event) => {
      const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
      if (event.key === 'Enter') app.signals.emit('inspect', pointer);
      else if (event.key === 'Escape') board.focusNode(/** @type {string} */ ([...app.selection.nodes][0]));
      else if (step === undefined) return;
      const next = step === undefined ? null : stepped(get(), step * (event.shiftKey ? 10 : 1), property);
      if (next !== null) set(next);
      event.preventDefault();
      event.stopPropagation();
    });
    return {
      element: chip,
      update() {
        const text = get();
        if (value.textContent === text) return;
        value.textContent = text;
        chip.setAttribute('aria-valuetext', text);
        chip.setAttribute('aria-valuenow', String(splitNumber(text)?.number ?? 0));
      },
    };
  }

  return {
    element,
    /** Follows the selection and the document. @param {boolean} isBusy something else is done to the card */
    update(isBusy) {
      const [id] = app.selection.nodes;
      const node = app.selection.nodes.size === 1 && app.selection.edges.size + app.selection.notes.size === 0 && id !== undefined ? board.scene.byId.get(id) : undefined;
      const list = node && !isBusy ? tweaksOf(app, node.id) : [];
      element.hidden = list.length === 0;
      if (!node || list.length === 0) return;
      const key = list.map(({ pointer }) => pointer).join(' ');
      if (key !== shown) {
        shown = key;
        const made = list.map(chipOf);
        chips = made;
        fill(element, name, made.map((chip) => chip.element));
      }
      for (const chip of chips) chip.update();
      if (name.textContent !== node.name) name.textContent = node.name;
    },
  };
}
