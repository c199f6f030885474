/**
 * Monaco behind the editor's interface. It writes styles and markup of its own as text, which the page's content security policy forbids, so it has
 * a document of its own: a frame of the same origin whose policy allows that and little else.
 */

import { el } from '../dom.js';
import { assetUrl } from '../engine/assets.js';

const LOAD_MS_MAX = 20_000; // then the other engine serves

/** @type {(parent: HTMLElement, host: import('./types.js').EngineHost) => Promise<import('./types.js').EditorEngine>} */
export async function createMonaco(parent, host) {
  const frame = el('iframe', { class: 'editor-frame', title: host.label });
  const loaded = new Promise((resolve, reject) => {
    frame.onload = resolve;
    setTimeout(() => reject(new Error('monaco')), LOAD_MS_MAX);
  });
  frame.src = assetUrl('monacoFrame');
  parent.append(frame);
  await loaded;
  const { scalesimEditor } = /** @type {any} */ (frame.contentWindow ?? {});
  if (!scalesimEditor) throw new Error('monaco');
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
