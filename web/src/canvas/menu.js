/// A menu at a place: for the context menu. Keys: arrows, Home, End, Enter, Escape.

import { icon } from '../icons/icon.js';
import { el } from '../dom.js';

/**
 * @typedef {{ title: string, icon?: import('../icons/icon.js').IconName, key?: string,
 *   isDanger?: boolean, isDisabled?: boolean, run: () => void } | 'line' | { heading: string }} MenuEntry
 */

/**
 * Opens a menu; it closes itself. Returns the function that closes it.
 * @param {string} label @param {MenuEntry[]} entries @param {number} x @param {number} y client pixels
 * @returns {() => void}
 */
export function openMenu(label, entries, x, y) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const items = entries.map((entry) => {
    if (entry === 'line') return el('div', { class: 'menu-line', role: 'separator' });
    if ('heading' in entry) return el('div', { class: 'menu-title', role: 'presentation' }, entry.heading);
    return el(
      'button',
      {
        type: 'button', role: 'menuitem', tabindex: '-1', disabled: entry.isDisabled,
        class: entry.isDanger ? 'menu-item danger' : 'menu-item',
        onclick: () => {
          close(true);
          entry.run();
        },
      },
      entry.icon ? icon(entry.icon) : null,
      entry.title,
      entry.key ? el('kbd', {}, entry.key) : null,
    );
  });
  const menu = el('div', { class: 'menu', role: 'menu', 'aria-label': label, tabindex: '-1', popover: 'manual' }, items);

  /** @param {boolean} restore */
  function close(restore) {
    if (!menu.isConnected) return;
    document.removeEventListener('pointerdown', onOutside, true);
    window.removeEventListener('blur', onBlur);
    const inside = menu.contains(document.activeElement);
    menu.remove();
    if (restore && inside) before?.focus({ preventScroll: true });
  }
  const onBlur = () => close(false);
  /** @param {Event} event */
  function onOutside(event) {
    if (!menu.contains(/** @type {Node} */ (event.target))) close(false);
  }
  menu.addEventListener('keydown', (event) => {
    const buttons = /** @type {HTMLButtonElement[]} */ ([...menu.querySelectorAll('button:not(:disabled)')]);
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const last = buttons.length - 1;
    let next = -1;
    if (event.key === 'ArrowDown') next = at >= last ? 0 : at + 1;
    else if (event.key === 'ArrowUp') next = at <= 0 ? last : at - 1;
    else if (event.key === 'Home') next = 0;
    else if (event.key === 'End') next = last;
    else if (event.key === 'Escape' || event.key === 'Tab') close(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
    buttons[next]?.focus();
  });
  // In the top layer, above everything and cut off by nothing, but within the page's main part.
  (document.querySelector('main') ?? document.body).append(menu);
  menu.showPopover();
  const box = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - box.width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - box.height - 8))}px`;
  document.addEventListener('pointerdown', onOutside, true);
  window.addEventListener('blur', onBlur);
  /** @type {HTMLElement} */ (menu.querySelector('button:not(:disabled)') ?? menu).focus();
  return () => close(true);
}
