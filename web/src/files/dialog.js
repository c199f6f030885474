import { el } from '../dom.js';
import { icon } from '../icons/icon.js';

/**
 * A dialog with a title and a close button, shown at once and gone when closed.
 * @param {import('../types.js').App} app
 * @param {{ title: string, isWide?: boolean, body: (import('../dom.js').Child)[], foot?: (close: () => void) => (import('../dom.js').Child)[] }} options
 */
export function showDialog(app, { title, isWide = false, body, foot }) {
  const close = () => element.close();
  const element = el('dialog', { class: isWide ? 'dialog wide' : 'dialog', 'aria-label': title, onclose: () => element.remove(), onclick: onClick },
    el('div', { class: 'dialog-head' }, el('h2', {}, title),
      el('button', { class: 'button quiet icon-only', type: 'button', 'aria-label': app.t('dialog.close'), title: app.t('dialog.close'), onclick: close }, icon('close'))),
    el('div', { class: 'dialog-body' }, body),
    foot && el('div', { class: 'dialog-foot' }, foot(close)));

  /** @param {MouseEvent} event */
  function onClick(event) {
    if (event.target === element) close(); // the backdrop
  }
  document.body.append(element);
  element.showModal();
  return { element, close };
}
