/// How large, and the buttons that change it.

import { el } from '../dom.js';
import { icon } from '../icons/icon.js';

/** @param {import('../types.js').App} app */
export function createZoomTools(app) {
  const share = el('button', { type: 'button', class: 'button quiet canvas-zoom', onclick: () => app.actions.perform('fit') }, '100 %');
  /** @param {'zoom-out' | 'zoom-in' | 'tidy'} name @param {import('../icons/icon.js').IconName} shape @param {string} title */
  const tool = (name, shape, title) =>
    el('button', {
      type: 'button', class: 'button quiet icon-only', 'aria-label': app.t(title),
      onmouseenter: (/** @type {MouseEvent} */ event) => {
        /** @type {HTMLElement} */ (event.currentTarget).title = app.actions.tip(name);
      },
      onclick: () => app.actions.perform(name),
    }, icon(shape));
  const element = el('div', { class: 'canvas-tools', role: 'group', 'aria-label': app.t('canvas.view') },
    tool('zoom-out', 'minus', 'canvas.zoom_out'), share, tool('zoom-in', 'plus', 'canvas.zoom_in'),
    tool('tidy', 'tidy', 'canvas.tidy'));
  return {
    element,
    /** @param {number} zoom */
    show(zoom) {
      const text = `${Math.round(zoom * 100)}\u202f%`;
      if (share.textContent !== text) {
        share.textContent = text;
        share.setAttribute('aria-label', app.t('canvas.fit_now', { zoom: text }));
        share.title = app.actions.tip('fit');
      }
    },
  };
}
