import { parseDesign } from '../document/document.js';
import { el, fill } from '../dom.js';
import { drawingOf } from '../history/drawing.js';
import { showDialog } from './dialog.js';
import { listExamples, readExample } from './examples.js';

/**
 * The examples as cards with pictures; pressing one opens it.
 * @param {import('../types.js').App} app
 * @param {(text: string, name: string) => Promise<void>} open
 */
export async function showGallery(app, open) {
  const { t } = app;
  const grid = el('div', { class: 'gallery' });
  const { close } = showDialog(app, { title: t('gallery.title'), isWide: true, body: [grid] });
  try {
    for (const example of await listExamples()) {
      const picture = el('span', { class: 'gallery-picture' });
      const reading = readExample(example);
      grid.append(el('button', { class: 'gallery-card', type: 'button', onclick: async () => { close(); await open(await reading, example.name); } },
        picture, el('strong', { lang: 'en', dir: 'ltr' }, example.title), el('span', { class: 'muted small', lang: 'en', dir: 'ltr' }, example.description),
        el('span', { class: 'muted small' }, t('gallery.nodes', { n: example.nodes }))));
      reading.then((text) => {
        const design = parseDesign(text);
        if (design) fill(picture, drawingOf(app, design, { isNamed: false }));
      }, () => {}); // opening it says what is wrong
    }
  } catch {
    grid.append(el('p', { class: 'notice error' }, t('gallery.failed')));
  }
}
