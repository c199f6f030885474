import { el } from '../dom.js';
import { showDialog } from '../files/dialog.js';
import { keyText } from './actions.js';

/**
 * The list of keys, from the actions themselves.
 * @param {import('../types.js').App} app
 */
export function showKeys(app) {
  const rows = app.actions.all.filter(({ key }) => key).flatMap(({ key = '', title }) => [
    el('kbd', {}, keyText(key)), el('span', {}, app.t(title))]);
  showDialog(app, { title: app.t('keys.title'), body: [el('div', { class: 'keys', tabindex: '0', role: 'group', 'aria-label': app.t('keys.title') }, rows)] });
}
