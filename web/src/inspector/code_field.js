/// The code of a node: an editor, loaded when a node with code is first looked at.

import { el, fill } from '../dom.js';
import { parsePointer } from '../document/pointer.js';
import { loadLibrary } from '../libraries/libraries.js';
import { read, write } from './change.js';
import { frameOf, freshId } from './field.js';

/**
 * Code for a node that has none: what it is likely to want, by what it is connected to.
 * @param {import('../types.js').App} app @param {string} id
 */
export function starterOf(app, id) {
  const { edges, nodes } = app.document.get();
  const isBroker = (/** @type {string} */ node) => ['queue', 'kafka', 'rabbitmq'].includes(nodes[node]?.type ?? '');
  const isFed = edges.some(({ from, to }) => to === id && isBroker(from));
  const lines = [...new Set(edges.filter(({ from }) => from === id).map(({ to }) => to))].map((to) => {
    const type = nodes[to]?.type ?? '';
    if (isBroker(to)) return `  await node.publish('${to}', request.body);`;
    if (['cache', 'redis', 'memcached'].includes(type)) return `  const cached = await node.cache('${to}').get(request.id);`;
    if (['database', 'postgres', 'mysql', 'mongodb'].includes(type)) return `  const row = await node.table('${to}', 'items').get(request.id);`;
    return `  await node.call('${to}', request.body);`;
  });
  const body = lines.length > 0 ? `${lines.join('\n')}\n` : '';
  return isFed
    ? `export async function onMessage(message, node) {\n${body.replaceAll('request.', 'message.')}}\n`
    : `export async function onRequest(request, node) {\n${body}  return { ok: true };\n}\n`;
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
