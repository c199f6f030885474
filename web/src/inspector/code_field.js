/// The code of a node: an editor, loaded when a node with code is first looked at.

import { el, fill } from '../dom.js';
import { parsePointer } from '../document/pointer.js';
import { loadLibrary } from '../libraries/libraries.js';
import { read, write } from './change.js';
import { frameOf, freshId } from './field.js';

/**
 * Code for a node that has none: what it does without, written as code.
 * @param {import('../types.js').App} app @param {string} id
 * @returns {Promise<string>}
 */
export async function starterFor(app, id) {
  try {
    const { starterOf } = await loadLibrary('snippets');
    return starterOf(app, id);
  } catch (error) {
    reportError(error); // offline, and never asked before: what runs at least
    return 'export async function onRequest(request, node) {\n  return { ok: true };\n}\n';
  }
}

/**
 * @param {import('../types.js').App} app
 * @param {import('../palette/catalog.js').Property} property @param {string} pointer of the source
 * @returns {import('./field.js').Field}
 */
export function codeField(app, property, pointer) {
  const id = freshId();
  const node = parsePointer(pointer)[1] ?? '';
  const control = el('div', { class: 'property-control code-field', id });
  const frame = frameOf(app, property, pointer, control, id, { isWide: true });
  /** @type {ReturnType<typeof import('../code/code.js').createCode> | null} */
  let code = null;
  let isAsked = false;
  const wasThere = typeof read(app, pointer) === 'string';

  // The inspector shows something else: the editor goes with its field.
  const stop = app.signals.on('selection', () => queueMicrotask(() => {
    if (control.isConnected) return;
    stop();
    code?.dispose();
    code = null;
  }));

  async function open() {
    isAsked = true;
    const { createCode } = await loadLibrary('insight');
    if (!control.isConnected) return;
    code = createCode(app, { node, pointer, text: String(read(app, pointer) ?? ''), onText: (/** @type {string} */ text) => write(app, pointer, text) });
    fill(control, code?.element ?? null);
    if (wasThere) return;
    // It was just asked for: nothing hides it.
    for (let fold = control.closest('details'); fold; fold = fold.parentElement?.closest('details') ?? null) fold.open = true;
    control.scrollIntoView({ block: 'nearest' });
  }

  return {
    element: frame.element,
    update() {
      frame.update();
      const text = read(app, pointer);
      if (typeof text !== 'string') return;
      if (!isAsked) void open();
      code?.take(text);
      code?.update();
    },
  };
}
