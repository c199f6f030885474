import { el } from '../dom.js';
import { keyText } from './actions.js';

/**
 * A button that opens a menu of actions; arrow keys walk it, Escape closes it.
 * @param {import('../types.js').App} app
 * @param {{ label: import('../dom.js').Child[], title: string, className?: string, items: () => (string | null)[] }} options names of actions, null for a line
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

  function toggle() {
    if (menu) return close();
    menu = el('div', { class: 'menu', role: 'menu', onkeydown: onKey }, items().map((name) => {
      const action = app.actions.all.find((one) => one.name === name);
      if (!action) return el('hr', { class: 'menu-line' });
      return el('button', {
        class: 'menu-item', type: 'button', role: 'menuitem', disabled: !(action.enabled?.() ?? true),
        onclick: () => { close(); app.actions.perform(action.name); },
      }, app.t(action.title), action.key && el('kbd', {}, keyText(action.key)));
    }));
    document.body.append(menu);
    const { left, bottom } = button.getBoundingClientRect();
    menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${bottom + 4}px`;
    button.setAttribute('aria-expanded', 'true');
    addEventListener('pointerdown', onOutside, true);
    menu.querySelector('button')?.focus();
  }
  return { element: button, close };
}
