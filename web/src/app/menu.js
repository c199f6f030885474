import { el } from '../dom.js';
import { icon } from '../icons/icon.js';
import { keyText } from './actions.js';

/**
 * One of several things of which one holds, or a heading over them.
 * @typedef {{ title: string, lang?: string, isChosen: boolean, run: () => void }} Choice
 * @typedef {string | null | { heading: string } | Choice} Item the name of an action, null for a line
 */

/**
 * A button that opens a menu; arrow keys walk it, Escape closes it.
 * @param {import('../types.js').App} app
 * @param {{ label: import('../dom.js').Child[], title: string, className?: string, items: () => Item[] }} options
 */
export function createMenuButton(app, { label, title, className = 'button quiet', items }) {
  /** @type {HTMLElement | null} */
  let menu = null;
  const button = el('button', { class: className, type: 'button', title, 'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: toggle }, label);

  function close() {
    menu?.remove();
    menu = null;
    button.setAttribute('aria-expanded', 'false');
    removeEventListener('pointerdown', onOutside, true);
  }

  /** @param {PointerEvent} event */
  function onOutside(event) {
    const target = /** @type {Node} */ (event.target);
    if (!menu?.contains(target) && !button.contains(target)) close();
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const all = [...(menu?.querySelectorAll('button') ?? [])];
    const at = all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    if (event.key === 'Escape') { close(); button.focus(); }
    else if (event.key === 'ArrowDown') all[(at + 1) % all.length]?.focus();
    else if (event.key === 'ArrowUp') all[(at - 1 + all.length) % all.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Item} item */
  function itemOf(item) {
    if (item !== null && typeof item === 'object') return 'heading' in item ? el('div', { class: 'menu-title', role: 'presentation' }, item.heading) : choiceOf(item);
    const action = app.actions.all.find((one) => one.name === item);
    if (!action) return el('hr', { class: 'menu-line' });
    return el('button', {
      class: 'menu-item', type: 'button', role: 'menuitem', dataset: { action: action.name }, disabled: !(action.enabled?.() ?? true),
      onclick: () => { close(); app.actions.perform(action.name); },
    }, app.t(action.title), action.key && el('kbd', {}, keyText(action.key)));
  }

  /** @param {Choice} choice */
  function choiceOf({ title, lang, isChosen, run }) {
    return el('button', {
      class: 'menu-item', type: 'button', role: 'menuitemradio', 'aria-checked': String(isChosen), lang,
      onclick: () => { close(); button.focus(); run(); },
    }, el('span', { class: 'menu-mark' }, isChosen && icon('check')), title);
  }

  function toggle() {
    if (menu) return close();
    menu = el('div', { class: 'menu', role: 'menu', onkeydown: onKey }, items().map(itemOf));
    (button.closest('header, main, aside') ?? document.body).append(menu); // within its part of the page
    const { left, right, bottom } = button.getBoundingClientRect();
    const start = document.documentElement.dir === 'rtl' ? right - menu.offsetWidth : left;
    menu.style.left = `${Math.max(8, Math.min(start, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${bottom + 4}px`;
    button.setAttribute('aria-expanded', 'true');
    addEventListener('pointerdown', onOutside, true);
    menu.querySelector('button')?.focus();
  }
  return { element: button, close };
}
