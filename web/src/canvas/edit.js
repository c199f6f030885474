/// What editing on the canvas does to the document: each is a command, or a few as one.

import { makePointer } from '../document/pointer.js';
import { isBroker, isSource, typeOf } from '../palette/catalog.js';
import { snap, union } from './geometry.js';

/** @typedef {import('../types.js').App} App */
/** @typedef {import('./scene.js').Scene} Scene */

const ID = /^[a-z][a-z0-9_-]{0,63}$/;

/**
 * Connects two nodes with the kind that fits them; says why not, if it cannot be.
 * @param {App} app @param {string} from @param {string} to
 * @returns {string | null} why it cannot be, or null
 */
export function connectNodes(app, from, to) {
  const design = app.document.get();
  const source = design.nodes[from];
  const target = design.nodes[to];
  if (!source || !target) return null;
  const name = target.name ?? to;
  const type = typeOf(app.catalog, target.type);
  if (isSource(type)) return app.t('canvas.cannot_call_source', { name });
  if (design.edges.some((edge) => edge.from === from && edge.to === to)) {
    return app.t('canvas.already_connected', { from: source.name ?? from, to: name });
  }
  const kind = kindFor(app, from, to);
  app.document.execute(app.commands.connect(from, to, kind === 'call' ? {} : { kind }));
  return null;
}

/**
 * Brokers take messages; stations pass requests on, as in a textbook network; the rest is called.
 * @param {App} app @param {string} from @param {string} to
 */
function kindFor(app, from, to) {
  const design = app.document.get();
  const source = typeOf(app.catalog, design.nodes[from]?.type ?? '');
  const target = typeOf(app.catalog, design.nodes[to]?.type ?? '');
  if (isBroker(target) && !isSource(source)) return 'publish';
  const written = design.edges.find((edge) => edge.from === from && edge.kind === 'forward');
  if (written || source?.behaviour === 'station') return 'forward';
  return 'call';
}

/**
 * Gives a node another name: its id where that is what people see and the text can be one; otherwise
 * its display name.
 * @param {App} app @param {string} id @param {string} name
 * @returns {string} the id it has then
 */
export function rename(app, id, name) {
  const design = app.document.get();
  const node = design.nodes[id];
  if (!node) return id;
  if (node.name === undefined && ID.test(name) && !Object.hasOwn(design.nodes, name)) {
    app.document.execute(app.commands.renameNode(id, name));
    return name;
  }
  const value = name === id ? undefined : name;
  app.document.execute(app.commands.setValue(makePointer('nodes', id, 'name'), value));
  return id;
}

/** @typedef {'left' | 'center' | 'right' | 'top' | 'middle' | 'bottom' | 'across' | 'down'} Alignment */

/** @type {readonly { how: Alignment, key: string, title: string }[]} */
export const ALIGNMENTS = [
  { how: 'left', key: 'Ctrl+Shift+ArrowLeft', title: 'canvas.align_left' },
  { how: 'center', key: 'Shift+c', title: 'canvas.align_center' },
  { how: 'right', key: 'Ctrl+Shift+ArrowRight', title: 'align.right' },
  { how: 'top', key: 'Ctrl+Shift+ArrowUp', title: 'canvas.align_top' },
  { how: 'middle', key: 'Shift+m', title: 'canvas.align_middle' },
  { how: 'bottom', key: 'Ctrl+Shift+ArrowDown', title: 'align.bottom' },
  { how: 'across', key: 'Shift+h', title: 'canvas.spread_across' },
  { how: 'down', key: 'Shift+v', title: 'canvas.spread_down' },
];

/** @param {Alignment} how */
export const isSpread = (how) => how === 'across' || how === 'down';

/**
 * Lines up or spreads evenly the selected cards.
 * @param {App} app @param {Scene} scene @param {Alignment} how
 */
export function align(app, scene, how) {
  const nodes = [...app.selection.nodes].map((id) => scene.byId.get(id)).filter((node) => node !== undefined);
  if (nodes.length < 2) return;
  const box = union(nodes.map((node) => node.rect));
  /** @type {Record<string, [number, number]>} */
  const places = {};
  if (how === 'across' || how === 'down') {
    const axis = how === 'across' ? 'x' : 'y';
    const size = how === 'across' ? 'width' : 'height';
    const sorted = [...nodes].sort((a, b) => a.rect[axis] - b.rect[axis]);
    const taken = sorted.reduce((sum, node) => sum + node.rect[size], 0);
    const gap = (box[size] - taken) / (sorted.length - 1);
    let at = box[axis];
    for (const node of sorted) {
      places[node.id] = how === 'across' ? [Math.round(at), node.rect.y] : [node.rect.x, Math.round(at)];
      at += node.rect[size] + gap;
    }
  } else {
    for (const { id, rect } of nodes) {
      const x = how === 'left' ? box.x : how === 'right' ? box.x + box.width - rect.width : how === 'center' ? snap(box.x + (box.width - rect.width) / 2) : rect.x;
      const y = how === 'top' ? box.y : how === 'bottom' ? box.y + box.height - rect.height : how === 'middle' ? snap(box.y + (box.height - rect.height) / 2) : rect.y;
      places[id] = [x, y];
    }
  }
  app.document.execute(app.commands.moveNodes(places));
}

/**
 * Turns a connection around.
 * @param {App} app @param {number} index
 */
export function reverseEdge(app, index) {
  const edge = app.document.get().edges[index];
  if (!edge) return;
  app.document.execute(app.commands.change('command.reverse', [
    [`/edges/${index}/from`, edge.to],
    [`/edges/${index}/to`, edge.from],
  ]));
}
