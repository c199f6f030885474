import { el, fill } from '../dom.js';
import { listExamples, readExample } from '../files/examples.js';
import { icon } from '../icons/icon.js';
import { keyText } from './actions.js';

const SHOWN_MAX = 12;

/** @typedef {{ title: string, kind: string, key?: string | undefined, lang?: string, run: () => void }} Entry `lang`: of a title that is not the page's */

/**
 * How well words fit a title: all of them must be in it; beginnings of words count more. 0 is no fit.
 * @param {string} title
 * @param {string} wanted
 */
export function fitOf(title, wanted) {
  const text = title.toLowerCase();
  let fit = 1;
  for (const word of wanted.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    fit += at === 0 ? 3 : /\W/.test(text[at - 1] ?? '') ? 2 : 1;
  }
  return fit - text.length / 1000;
}

/**
 * Finds any action, node or example by a few letters.
 * @param {import('../types.js').App} app
 * @param {(text: string, name: string) => Promise<void>} open
 */
export function showFinder(app, open) {
  const { t } = app;
  /** @type {Entry[]} */
  const entries = [
    ...app.actions.all.filter(({ name, enabled }) => name !== 'find' && (enabled?.() ?? true)).map(({ name, title, key }) => (
      { title: t(title), kind: '', key, run: () => app.actions.perform(name) })),
    ...Object.entries(app.document.get().nodes).map(([id, node]) => (
      { title: node.name ? `${node.name} (${id})` : id, kind: t('finder.node'), run: () => app.selection.set({ nodes: [id] }) })),
  ];
  let at = 0;
  /** @type {Entry[]} */
  let shown = [];
  const list = el('div', { class: 'finder-list', role: 'listbox', id: 'finder-list' });
  const none = el('p', { class: 'muted small finder-none', role: 'status', hidden: true }, t('finder.none'));
  const input = el('input', {
    class: 'input', type: 'text', role: 'combobox', 'aria-controls': 'finder-list', 'aria-expanded': 'true', 'aria-label': t('finder.title'),
    placeholder: t('finder.placeholder'), oninput: () => { at = 0; update(); }, onkeydown: onKey,
  });
  const dialog = el('dialog', { class: 'dialog finder', 'aria-label': t('finder.title'), onclose: () => dialog.remove(), onclick: onClick },
    el('div', { class: 'finder-head' }, icon('search'), input), list, none);

  /** @param {MouseEvent} event */
  function onClick(event) {
    if (event.target === dialog) dialog.close();
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === 'ArrowDown') at = (at + 1) % Math.max(1, shown.length);
    else if (event.key === 'ArrowUp') at = (at - 1 + shown.length) % Math.max(1, shown.length);
    else if (event.key === 'Enter') choose(shown[at]);
    else return;
    event.preventDefault();
    update();
  }

  /** @param {Entry | undefined} entry */
  function choose(entry) {
    if (!entry) return;
    dialog.close();
    entry.run();
  }

  function update() {
    shown = entries.map((entry) => ({ entry, fit: fitOf(entry.title, input.value) })).filter(({ fit }) => fit > 0)
      .sort((a, b) => b.fit - a.fit).slice(0, SHOWN_MAX).map(({ entry }) => entry);
    fill(list, ...shown.map((entry, index) => el('button', {
      class: 'menu-item', type: 'button', role: 'option', tabindex: '-1', id: `finder-${index}`, 'aria-selected': String(index === at), onclick: () => choose(entry),
    }, el('span', { dir: 'auto', lang: entry.lang }, entry.title), entry.key ? el('kbd', {}, keyText(entry.key)) : el('span', { class: 'muted small finder-kind' }, entry.kind))));
    none.hidden = shown.length > 0;
    list.hidden = shown.length === 0;
    input.setAttribute('aria-expanded', String(shown.length > 0));
    input.setAttribute('aria-activedescendant', shown.length > 0 ? `finder-${at}` : '');
  }

  document.body.append(dialog);
  dialog.showModal();
  input.focus();
  update();
  listExamples().then((examples) => {
    for (const example of examples) {
      entries.push({ title: example.title, kind: t('finder.example'), lang: 'en', run: async () => open(await readExample(example), example.name) });
    }
    update();
  }, () => {}); // without them the rest is still found
}
