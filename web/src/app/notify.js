import { el } from '../dom.js';

const SHOWN_MS = 6000;
const SHOWN_AT_ONCE = 3;
const SMALL = '(max-width: 479px)'; // where there is room for one

/**
 * One calm line at the bottom that goes away by itself, later where it has something to press or the pointer rests on it, and at once when it is pressed.
 * @param {import('../types.js').App['t']} t
 * @param {import('../types.js').App['announce']} announce
 */
export function createNotify(t, announce) {
  const element = el('section', { class: 'toasts' });

  /** @type {import('../types.js').App['notify']} */
  function notify(text, options = {}) {
    for (const one of [...element.children]) if (one.firstElementChild?.textContent === text) one.remove(); // it is said anew
    const toast = el('div', { class: `toast ${options.kind ?? 'info'}`, onclick: () => toast.remove() }, el('span', {}, text));
    if (options.action) {
      const { title, run } = options.action;
      toast.append(el('button', { class: 'button', type: 'button', onclick: () => { toast.remove(); run(); } }, title));
    }
    element.setAttribute('aria-label', t('announce.messages')); // the language is known by now
    element.append(toast);
    announce([text, options.action?.title].filter(Boolean).join(' '));
    while (element.childElementCount > (matchMedia(SMALL).matches ? 1 : SHOWN_AT_ONCE)) element.firstElementChild?.remove();
    const end = () => (toast.matches(':hover, :focus-within') ? setTimeout(end, SHOWN_MS) : toast.remove());
    setTimeout(end, SHOWN_MS * (options.action ? 2 : 1));
  }
  return { element, notify };
}
