// A page that holds one code editor and nothing else, for editor.test.mjs: the page's own interface and both engines.
import '../../web/src/style/index.css';
import { createSettings } from '../../web/src/app/settings.js';
import { createEditor } from '../../web/src/editor/editor.js';
import { el } from '../../web/src/dom.js';
import words from '../../web/src/i18n/en/editor.js';
import { learn, t } from '../../web/src/i18n/index.js';
import '../../web/src/shared.js';
import { createSignals } from '../../web/src/signals.js';

learn(words);
const signals = createSignals();
const app = /** @type {any} */ ({ signals, settings: createSettings(signals), t });
const seen = { changes: /** @type {string[]} */ ([]), moves: /** @type {any[]} */ ([]), toggled: /** @type {number[]} */ ([]), asked: /** @type {number[]} */ ([]), fixes: 0, submitted: 0, pageKeys: /** @type {string[]} */ ([]) };
const box = el('div', { style: { display: 'flex', 'block-size': '70vh', 'inline-size': '90vw' } });
document.body.replaceChildren(el('main', {}, el('h1', {}, 'h'), el('button', { type: 'button', class: 'button', id: 'before' }, 'before'), box, el('button', { type: 'button', class: 'button', id: 'after' }, 'after')));
document.addEventListener('keydown', ({ key, ctrlKey }) => seen.pageKeys.push((ctrlKey ? 'Ctrl+' : '') + key));

Object.assign(globalThis, {
  seen,
  /** @param {string} engine @param {any} options */
  async open(engine, options) {
    app.settings.set('editor', engine);
    const editor = createEditor(app, box, {
      label: 'Program', onChange: (text) => seen.changes.push(text), onMove: (place) => seen.moves.push(place), onToggleLine: (line) => seen.toggled.push(line), onAskCondition: (line) => seen.asked.push(line), onSubmit: () => { seen.submitted += 1; }, ...options });
    globalThis.editor = editor;
    await editor.ready;
    return editor.engine;
  },
  /** @param {'light' | 'dark'} theme */
  setTheme(theme) {
    document.documentElement.dataset['theme'] = theme;
    signals.emit('theme', theme);
  },
});
document.body.dataset['state'] = 'ready';
