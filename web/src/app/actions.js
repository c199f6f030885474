/**
 * Everything a person can do by name: buttons, keys and the list of keys all come from here.
 */

import { quantity, t } from '../i18n/index.js';

/** @typedef {import('../types.js').Action} Action */

const isMac = /mac|iphone|ipad/i.test(navigator.platform);

/**
 * A key for people: `Ctrl+Z` is `⌘Z` on a Mac.
 * @param {string} key
 */
export function keyText(key) {
  const names = { ' ': t('key.space'), ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };
  const parts = key === '+' ? ['+'] : key.split('+');
  const text = parts.map((part) => /** @type {any} */ (names)[part] ?? (part.length === 1 ? part.toUpperCase() : part));
  return isMac ? text.join('').replace('Ctrl', '⌘').replace('Shift', '⇧') : text.join('+');
}

/** @param {KeyboardEvent} event */
function keyOf(event) {
  const ctrl = event.ctrlKey || event.metaKey ? 'Ctrl+' : '';
  const isLetter = event.key.length === 1 && event.key.toLowerCase() !== event.key.toUpperCase();
  const isNamed = event.key.length > 1;
  // Shift is part of a character like "?"; of a letter or a named key it is said.
  const shift = event.shiftKey && (isLetter || isNamed) ? 'Shift+' : '';
  return ctrl + shift + (isLetter ? event.key.toLowerCase() : event.key);
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable
    || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
    || (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type)));
}

/** @returns {import('../types.js').Actions & { dispose: () => void }} */
export function createActions() {
  /** @type {Map<string, Action>} */
  const actions = new Map();
  /** @param {string} name */
  function perform(name) {
    const action = actions.get(name);
    if (action && (action.enabled?.() ?? true)) action.run();
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.defaultPrevented || event.altKey || document.querySelector('dialog[open], .report, .debugger')) return;
    const key = keyOf(event);
    if (isTyping(event.target) && !key.startsWith('Ctrl+')) return;
    // In a text field these mean its own undo and selection.
    if (isTyping(event.target) && ['Ctrl+z', 'Ctrl+Shift+z', 'Ctrl+y', 'Ctrl+a', 'Ctrl+c', 'Ctrl+v', 'Ctrl+x', 'Ctrl+d'].includes(key)) return;
    // A focused button takes the space bar as its own press.
    if (key === ' ' && event.target instanceof HTMLElement && event.target.closest('button, summary, a, input, [role="tab"]')) return;
    for (const action of actions.values()) {
      if (action.key !== key && !(action.key === 'Ctrl+Shift+z' && key === 'Ctrl+y')) continue;
      event.preventDefault();
      perform(action.name);
      return;
    }
  }
  document.addEventListener('keydown', onKey);

  return {
    add: (action) => void actions.set(action.name, action),
    perform,
    get all() { return [...actions.values()]; },
    tip(name) {
      const action = actions.get(name);
      if (!action) return '';
      return action.key ? `${t(action.title)} (${quantity(keyText(action.key))})` : t(action.title);
    },
    dispose: () => document.removeEventListener('keydown', onKey),
  };
}
