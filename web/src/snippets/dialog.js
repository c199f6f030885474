import './snippets.css';
import { el, fill } from '../dom.js';
import { showDialog } from '../files/dialog.js';
import { loadLibrary } from '../libraries/libraries.js';
import { adapted } from './adapt.js';
import { starterOf } from './starter.js';

/** @typedef {import('../types.js').App} App @typedef {import('./adapt.js').Snippet} Snippet @typedef {import('./adapt.js').Match} Match */
/** @typedef {{ name: string, title: string, use: string, not: string, words: string, source: string, matches: Match[] }} Entry */

const STARTER = 'starter';

/** @param {string} name */
const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** Whether each word is in the text, and how well: in the title, at its beginning. @param {Entry} entry @param {string} wanted */
function fitOf({ title, words }, wanted) {
  let fit = 1;
  for (const word of wanted.toLowerCase().split(/\s+/).filter(Boolean)) {
    if (!words.includes(word)) return 0;
    const at = title.toLowerCase().indexOf(word);
    fit += at === 0 ? 3 : at > 0 ? 2 : 0;
  }
  return fit;
}

/**
 * Code to put into a node's editor: starter code for the node, and patterns. Each says what it is for and when not to use it, and shows its code,
 * with the node's own neighbours in it.
 * @param {App} app
 * @param {Snippet[]} snippets
 * @param {{ node: string, text: string, put: (text: string, at: number) => void }} editor `put`: its text from now on, and where what is new begins
 */
export function showSnippets(app, snippets, { node, text, put }) {
  const { t } = app;
  const design = app.document.get();
  const starter = starterOf(design, node, app.catalog);
  const isFresh = text.trim() === '' || text === starter;
  /** @type {Entry[]} */
  const entries = snippets.map((snippet) => {
    const title = t(`snippets.${snippet.name}.title`);
    const use = t(`snippets.${snippet.name}.use`);
    return { name: snippet.name, title, use, not: t(`snippets.${snippet.name}.not`), words: `${title} ${use} ${snippet.name.replaceAll('-', ' ')} ${snippet.name}`.toLowerCase(), ...adapted(snippet, design, node, app.catalog) };
  }).sort((a, b) => a.title.localeCompare(b.title));
  const title = t('snippets.starter.title', { node });
  entries.unshift({ name: STARTER, title, use: t('snippets.starter.use'), not: t('snippets.starter.not'), words: `${title} ${t('snippets.starter.use')} starter`.toLowerCase(), source: starter, matches: [] });

  let at = isFresh ? 1 : 0; // who has starter code comes for something else
  /** @type {Entry[]} */
  let shown = [];
  const list = el('div', { class: 'snippets-list', role: 'listbox', id: 'snippets-list', 'aria-label': t('snippets.list') });
  const none = el('p', { class: 'muted small', role: 'status', hidden: true }, t('snippets.none'));
  const about = el('div', { class: 'snippets-about', role: 'region', 'aria-live': 'polite', 'aria-label': t('snippets.about') });
  const input = el('input', {
    class: 'input', type: 'search', role: 'combobox', 'aria-controls': 'snippets-list', 'aria-expanded': 'true', 'aria-autocomplete': 'list', 'aria-label': t('snippets.search'),
    placeholder: t('snippets.search'), autocomplete: 'off', oninput: () => { at = 0; update(); }, onkeydown: onKey,
  });
  const below = el('button', { class: 'button', type: 'button', onclick: () => void insert(false) }, t('snippets.below'));
  const instead = el('button', { class: 'button', type: 'button', onclick: () => void insert(true) }, t('snippets.replace'));
  const { element, close } = showDialog(app, {
    title: t('snippets.title'), isWide: true,
    body: [el('div', { class: 'snippets' }, el('div', { class: 'snippets-find' }, input, list, none), about)],
    foot: () => [el('span', { class: 'muted small snippets-undo' }, t('snippets.undo')), below, instead],
  });
  element.classList.add('snippets-dialog');

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const last = Math.max(0, shown.length - 1);
    if (event.key === 'ArrowDown') at = at >= last ? 0 : at + 1;
    else if (event.key === 'ArrowUp') at = at <= 0 ? last : at - 1;
    else if (event.key === 'Home' && input.value === '') at = 0;
    else if (event.key === 'End' && input.value === '') at = last;
    else if (event.key === 'Enter') void insert(prefersReplacing()); // the editor has the focus then, and must not get the key
    else return;
    event.preventDefault();
    if (event.key !== 'Enter') update();
  }

  const chosen = () => shown[at];
  /** Starter code stands in the place of what there is; a pattern does where there is nothing of the person's own. */
  const prefersReplacing = () => isFresh || chosen()?.name === STARTER;

  /** @param {boolean} replaces */
  async function insert(replaces) {
    const entry = chosen();
    if (!entry) return;
    if (replaces) {
      close();
      put(entry.source, 0);
      return app.announce(t('snippets.put', { title: entry.title }));
    }
    try {
      const { joined } = await loadLibrary('analysis');
      const { text: next, at: begins, renamed } = joined(text, entry.source, camel(entry.name));
      close();
      put(next, begins);
      const handlers = renamed.filter((/** @type {[string, string]} */ [from]) => /^on[A-Z]/.test(from));
      const [first] = handlers;
      if (first) app.notify(t('snippets.renamed', { from: first[0], to: first[1] }));
      else app.announce(t('snippets.put', { title: entry.title }));
    } catch (error) {
      app.notify(t('app.later_failed'), { kind: 'error' });
      reportError(error);
    }
  }

  /** @param {Match} match */
  const matchLine = ({ id, to, title: kind }) => el('li', { class: to === null ? 'warm' : '' }, to === null ? t('snippets.unmatched', { id, kind }) : t('snippets.matched', { id, to, kind }));

  function showAbout() {
    const entry = chosen();
    fill(about, ...(!entry ? [] : [
      el('h3', {}, entry.title),
      el('p', {}, entry.use),
      entry.not === '' ? null : el('p', {}, el('strong', {}, t('snippets.not')), ' ', entry.not),
      entry.matches.length === 0 ? null : el('ul', { class: 'snippets-matches small' }, entry.matches.map(matchLine)),
      el('pre', { class: 'snippets-code mono', dir: 'ltr', lang: 'en', translate: 'no', tabindex: '0', 'aria-label': t('snippets.code') }, el('code', {}, entry.source)),
    ]));
    for (const button of [below, instead]) button.disabled = !entry;
    below.classList.toggle('primary', !prefersReplacing());
    instead.classList.toggle('primary', prefersReplacing());
    below.hidden = entry?.name === STARTER || text.trim() === '';
  }

  function update() {
    shown = entries.map((entry) => ({ entry, fit: fitOf(entry, input.value) })).filter(({ fit }) => fit > 0)
      .sort((a, b) => b.fit - a.fit).map(({ entry }) => entry);
    at = Math.min(at, Math.max(0, shown.length - 1));
    fill(list, ...shown.map((entry, index) => el('button', {
      class: 'menu-item snippets-item', type: 'button', role: 'option', tabindex: '-1', id: `snippet-${index}`, 'aria-selected': String(index === at), dataset: { name: entry.name },
      onclick: () => { at = index; update(); input.focus(); }, ondblclick: () => void insert(prefersReplacing()),
    }, entry.title)));
    none.hidden = shown.length > 0;
    list.hidden = shown.length === 0;
    input.setAttribute('aria-expanded', String(shown.length > 0));
    input.setAttribute('aria-activedescendant', shown.length > 0 ? `snippet-${at}` : '');
    list.children[at]?.scrollIntoView({ block: 'nearest' });
    showAbout();
  }

  update();
  input.focus();
}
