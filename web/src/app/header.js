import { el, fill } from '../dom.js';
import { icon } from '../icons/icon.js';
import { LANGUAGES } from './language.js';
import { createMenuButton } from './menu.js';
import { createTheme } from './theme.js';

const THEME_ICONS = { system: 'system', light: 'sun', dark: 'moon' };

/**
 * Who and what: the document's name and menu, whether it is saved, and what can be done with the whole.
 * @param {import('../types.js').App} app
 * @param {{ toggle: (side: 'palette' | 'inspector') => void }} frame
 * @param {ReturnType<typeof import('./language.js').createLanguage>} language
 */
export function createHeader(app, frame, language) {
  const { t, actions } = app;
  const theme = createTheme(app);
  const name = el('span', { class: 'truncate header-name' });
  const saved = el('span', { class: 'muted small header-saved' });
  const menu = createMenuButton(app, {
    label: [name, icon('down')], title: t('frame.menu'), className: 'button quiet header-menu',
    items: () => ['new', 'open', 'designs', 'examples', null, 'save', 'save-as', 'copy-link', 'take-drawing', 'edit-text', 'save-results', 'save-timeline', 'report', 'generate', null, 'undo', 'redo', 'find', 'keys', 'tour'],
  });

  /** @param {string} action @param {any} shape @param {string} [className] */
  const iconButton = (action, shape, className = '') => el('button', {
    class: `button quiet icon-only ${className}`, type: 'button', title: actions.tip(action), 'aria-label': actions.tip(action),
    onclick: () => actions.perform(action),
  }, icon(shape));
  const undo = iconButton('undo', 'undo', 'header-edit');
  const redo = iconButton('redo', 'redo', 'header-edit');
  const look = createMenuButton(app, {
    label: [], title: t('frame.look'), className: 'button quiet icon-only header-look',
    items: () => [
      { heading: t('frame.theme') },
      ...theme.choices.map((choice) => ({ title: t(`frame.theme_${choice}`), isChosen: choice === theme.choice, run: () => theme.choose(choice) })),
      { heading: t('language.title') },
      ...LANGUAGES.map((choice) => ({
        title: t(`language.${choice}`), ...(choice === 'system' ? {} : { lang: choice }), isChosen: choice === language.choice, run: () => void language.choose(choice),
      })),
    ],
  });
  const generate = el('button', { class: 'button header-generate', type: 'button', title: t('generate.title'), onclick: () => actions.perform('generate') },
    icon('package'), el('span', {}, t('generate.title')));
  /** @param {'palette' | 'inspector'} side @param {any} shape @param {string} title */
  const sideButton = (side, shape, title) => el('button', {
    class: 'button quiet icon-only', type: 'button', title: t(title), 'aria-label': t(title), dataset: { side }, onclick: () => frame.toggle(side),
  }, icon(shape));

  function update() {
    const { document } = app;
    name.textContent = document.get().name ?? document.name;
    showSaved();
    window.document.title = `${name.textContent} · ${t('app.name')}`;
    for (const [button, action, step] of /** @type {const} */ ([[undo, 'undo', document.undoName], [redo, 'redo', document.redoName]])) {
      button.disabled = step === null;
      button.title = step === null ? actions.tip(action) : `${actions.tip(action)}: ${t(step)}`;
    }
  }

  function showSaved() {
    const word = app.shelf.state === 'failed' && !app.document.isSaved ? 'unkept' : app.document.isSaved ? 'saved' : 'unsaved';
    if (saved.dataset['state'] === word) return;
    saved.dataset['state'] = word;
    saved.title = t(word === 'unkept' ? 'frame.unkept_tip' : 'frame.save_tip');
    fill(saved, el('span', {}, t(`frame.${word}`)));
  }

  function showTheme() {
    fill(look.element, icon(/** @type {any} */ (THEME_ICONS)[theme.choice]));
  }
  app.signals.on('document', update);
  app.signals.on('saved', update);
  app.signals.on('shelf', showSaved);
  app.signals.on('theme', showTheme);
  app.signals.on('generating', (isBusy) => { generate.disabled = isBusy; });
  update();
  showTheme();

  return {
    /** @param {HTMLElement} runHome */
    bar: (runHome) => el('header', { class: 'frame-bar' },
      el('span', { class: 'header-brand' }, t('app.name')), menu.element, saved, runHome, el('span', { class: 'toolbar-spacer' }),
      undo, redo, look.element,
      sideButton('palette', 'plus', 'frame.parts'), sideButton('inspector', 'sidebar', 'frame.settings'), generate),
  };
}
