/// The palette: what a design is made of, in groups, with a search. A part is added by dragging, by a
/// click, or by Enter.

import { el, fill } from '../dom.js';
import { icon, iconOf, pathsOf } from '../icons/icon.js';
import { typesOf } from './catalog.js';

/** @typedef {import('../types.js').App} App */
/** @typedef {import('./catalog.js').NodeType} NodeType */

const DRAG_PX = 6;
/** Groups are shown in the order in which a design is built; others follow as the catalog has them. */
const GROUPS = ['Traffic', 'Compute', 'Data', 'Messaging'];

/**
 * Signals: listens to `add-node` ({x, y, from}: where and from which node the next part goes), sends
 * `place-node` ({type, x, y, clientX, clientY, from}) to the canvas.
 * @param {App} app
 * @returns {import('../types.js').Panel}
 */
export function createPalette(app) {
  const { t } = app;
  /** @type {{ x: number, y: number, from?: string } | null} where the next part goes */
  let wanted = null;
  /** @type {{ type: NodeType, item: HTMLElement }[]} */
  let shown = [];
  let active = 0;

  const input = el('input', {
    class: 'input', type: 'search', role: 'combobox', autocomplete: 'off', spellcheck: 'false',
    'aria-expanded': 'true', 'aria-controls': 'palette-list', 'aria-autocomplete': 'list',
    'aria-label': t('palette.search'), placeholder: t('palette.search'), title: t('palette.search_tip'),
    oninput: () => {
      active = 0;
      draw();
    },
    onkeydown: onKey,
    onblur: () => mark(),
    onfocus: () => mark(),
  });
  const list = el('div', { id: 'palette-list', class: 'palette-list', role: 'listbox', 'aria-label': t('palette.title') });
  const none = el('p', { class: 'palette-none', hidden: true });
  const element = el('div', { class: 'panel palette' },
    el('div', { class: 'palette-search' }, icon('search'), input, el('kbd', { 'aria-hidden': 'true' }, '/')),
    el('div', { class: 'panel-body flush palette-body', tabindex: '0', role: 'region', 'aria-label': t('palette.title') }, list, none));

  app.actions.add({ name: 'add-node', key: 'a', title: 'palette.search', run: () => open() });
  app.actions.add({ name: 'find-part', key: '/', title: 'palette.search', run: () => open() });
  const stop = [
    app.signals.on('catalog', draw),
    app.signals.on('add-node', (place) => {
      wanted = place && typeof place.x === 'number' ? place : null;
      requestAnimationFrame(() => input.focus());
    }),
  ];

  function open() {
    app.signals.emit('add-node');
  }

  function draw() {
    const found = search(typesOf(app.catalog), input.value);
    /** @type {Map<string, HTMLElement[]>} */
    const groups = new Map();
    shown = found.map((type, i) => {
      const item = itemOf(type, i);
      const group = groups.get(type.group);
      if (group) group.push(item);
      else groups.set(type.group, [item]);
      return { type, item };
    });
    const titleOfGroup = (/** @type {string} */ name) => found.find(({ group }) => group === name)?.groupTitle ?? name;
    const rank = (/** @type {string} */ name) => (GROUPS.includes(name) ? GROUPS.indexOf(name) : GROUPS.length);
    const sorted = input.value === '' ? [...groups].sort(([a], [b]) => rank(a) - rank(b)) : [...groups];
    fill(list, sorted.map(([name, items]) =>
      el('div', { role: 'group', 'aria-label': titleOfGroup(name), class: 'palette-group' },
        el('div', { class: 'palette-heading', role: 'presentation' }, titleOfGroup(name)), items)));
    shown = sorted.flatMap(([, items]) => items).map((item) => ({ type: /** @type {NodeType} */ (found.find((type) => type.name === item.dataset['type'])), item }));
    list.hidden = shown.length === 0;
    none.hidden = shown.length > 0;
    none.textContent = app.catalog === null ? t('palette.waiting') : t('palette.none', { text: input.value });
    active = Math.min(active, Math.max(0, shown.length - 1));
    mark();
  }

  /** @param {NodeType} type @param {number} index */
  function itemOf(type, index) {
    return el('div', {
      class: 'palette-item', role: 'option', id: `palette-${type.name}`, 'aria-selected': 'false',
      title: type.text, dataset: { type: type.name, index: String(index) },
      onpointerdown: (/** @type {PointerEvent} */ event) => press(event, type),
    }, iconOf(pathsOf(type.icon), { large: true }), el('span', { class: 'truncate' }, type.title));
  }

  /** Shows which part Enter would add, while the search has the focus. */
  function mark() {
    const has_focus = document.activeElement === input;
    shown.forEach(({ item }, i) => item.setAttribute('aria-selected', String(has_focus && i === active)));
    const item = shown[active]?.item;
    if (has_focus && item) {
      input.setAttribute('aria-activedescendant', item.id);
      item.scrollIntoView({ block: 'nearest' });
    } else {
      input.removeAttribute('aria-activedescendant');
    }
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (shown.length > 0) active = (active + step + shown.length) % shown.length;
      mark();
    } else if (event.key === 'Enter') {
      const chosen = shown[active];
      if (chosen) add(chosen.type, {});
    } else if (event.key === 'Escape') {
      if (input.value !== '') {
        input.value = '';
        draw();
      } else {
        wanted = null;
        app.actions.perform('focus-canvas');
      }
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {NodeType} type @param {{ clientX?: number, clientY?: number }} at */
  function add(type, at) {
    app.signals.emit('place-node', { type: type.name, ...(at.clientX === undefined ? wanted : {}), ...at });
    wanted = null;
    if (input.value !== '') {
      input.value = '';
      active = 0;
      draw();
    }
  }

  /**
   * A press on a part: a click adds it, a drag takes it to the drawing. On glass the list scrolls up
   * and down, so only a drag sideways, or a long one, takes the part along.
   * @param {PointerEvent} start @param {NodeType} type
   */
  function press(start, type) {
    if (start.button !== 0) return;
    const item = /** @type {HTMLElement} */ (start.currentTarget);
    /** @type {HTMLElement | null} */
    let ghost = null;
    /** @param {PointerEvent} event */
    function move(event) {
      if (!ghost && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < DRAG_PX) return;
      if (!ghost) {
        ghost = el('div', { class: 'palette-ghost' }, iconOf(pathsOf(type.icon), { large: true }), type.title);
        document.body.append(ghost);
      }
      ghost.style.transform = `translate(${event.clientX - 92}px, ${event.clientY - 24}px)`;
    }
    /** @param {PointerEvent} event */
    function up(event) {
      end();
      if (!ghost) add(type, {});
      else add(type, { clientX: event.clientX, clientY: event.clientY });
    }
    function end() {
      ghost?.remove();
      item.removeEventListener('pointermove', move);
      item.removeEventListener('pointerup', up);
      item.removeEventListener('pointercancel', end);
    }
    item.addEventListener('pointermove', move);
    item.addEventListener('pointerup', up);
    item.addEventListener('pointercancel', end);
    if (start.pointerType === 'touch') return;
    item.setPointerCapture(start.pointerId);
    start.preventDefault();
  }

  draw();
  return {
    element,
    update: draw,
    dispose() {
      for (const end of stop) end();
    },
  };
}

/**
 * Types whose title, name, group or behaviour has every word; names that begin with the text first.
 * @param {NodeType[]} types @param {string} text
 * @returns {NodeType[]}
 */
export function search(types, text) {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return types;
  /** @param {NodeType} type */
  const rank = (type) => {
    const title = type.title.toLowerCase();
    const all = `${title} ${type.name} ${type.group} ${type.behaviour}`.toLowerCase();
    if (!words.every((word) => all.includes(word))) return -1;
    const first = words[0] ?? '';
    return title.startsWith(first) || type.name.startsWith(first) ? 2 : title.includes(first) ? 1 : 0;
  };
  return types
    .map((type, i) => ({ type, i, rank: rank(type) }))
    .filter((entry) => entry.rank >= 0)
    .sort((a, b) => b.rank - a.rank || a.i - b.i)
    .map((entry) => entry.type);
}
