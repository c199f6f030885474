/**
 * Monaco behind the editor's interface. It writes styles and markup of its own as text, which the page's content security policy forbids, so it has
 * a document of its own: a frame of the same origin whose policy allows that and little else.
 */

import { el } from '../dom.js';
import { assetUrl } from '../engine/assets.js';
import english from '../i18n/en/editor.js';

const LOAD_MS_MAX = 20_000; // then the other engine serves

const OWN = 'monaco.';
const PLACES = { 0: '{0}', 1: '{1}', 2: '{2}' }; // Monaco fills them

/** Monaco's own words in the page's language, by its English. @param {import('./types.js').EngineHost['t']} t */
const wordsOf = (t) => JSON.stringify(Object.fromEntries(Object.entries(english).filter(([key]) => key.startsWith(OWN))
  .map(([key, own]) => [own, t(`monaco.${key.slice(OWN.length)}`, PLACES)])));

/** @type {(parent: HTMLElement, host: import('./types.js').EngineHost) => Promise<import('./types.js').EditorEngine>} */
export async function createMonaco(parent, host) {
  const frame = el('iframe', { class: 'editor-frame', title: host.label, name: wordsOf(host.t) });
  const loaded = new Promise((resolve, reject) => {
    frame.onload = resolve;
    setTimeout(() => reject(new Error('monaco')), LOAD_MS_MAX);
  });
  frame.src = assetUrl('monacoFrame');
  parent.append(frame);
  await loaded;
  const { scalesimEditor } = /** @type {any} */ (frame.contentWindow ?? {});
  if (!scalesimEditor) throw new Error('monaco');
  if (frame.contentDocument) frame.contentDocument.documentElement.lang = document.documentElement.lang;
  /** @type {import('./types.js').EditorEngine} */
  const engine = scalesimEditor.create({
    ...host,
    /** Keys that the editor has no use for. @param {KeyboardEvent} event */
    passKey({ key, ctrlKey, metaKey, shiftKey }) {
      frame.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, metaKey, shiftKey, bubbles: true, cancelable: true }));
    },
  });
  return {
    ...engine,
    focus() {
      frame.focus();
      engine.focus();
    },
    dispose() {
      engine.dispose();
      frame.remove();
    },
  };
}
