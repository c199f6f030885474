import { el, fill } from '../dom.js';
import { loadLibrary } from '../libraries/libraries.js';

/**
 * A panel that comes with a script of its own: an empty one until it is first looked at and that is here.
 * @param {import('../types.js').App} app
 * @param {import('../libraries/library.js').Library} library
 * @param {string} name of the function that makes it, in the library
 * @param {string} [className]
 * @returns {import('../types.js').Panel}
 */
export function createLater(app, library, name, className = 'dock-lazy') {
  const element = el('div', { class: className });
  /** @type {import('../types.js').Panel | null} */
  let panel = null;
  let isLoading = false;

  async function load() {
    isLoading = true;
    try {
      const makers = await loadLibrary(library);
      /** @type {import('../types.js').Panel} */
      const made = makers[name](app);
      panel = made;
      fill(element, made.element);
      made.update();
    } catch (error) {
      fill(element, el('p', { class: 'empty' }, app.t('app.later_failed'), ' ',
        el('button', { class: 'button', type: 'button', onclick: () => void load() }, app.t('app.again'))));
      if (panel) reportError(error);
    } finally {
      isLoading = false;
    }
  }
  return {
    element,
    update() {
      if (panel) panel.update();
      else if (!isLoading) void load();
    },
    dispose: () => panel?.dispose(),
  };
}
