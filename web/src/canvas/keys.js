/// The canvas by keyboard. Keys that make sense anywhere are actions (listed under `?`); arrows and the
/// like belong to the item that has the focus.

import { pan, toWorld, zoomAt } from './camera.js';
import { acceptConnect, connectSelected, stepConnect } from './connecting.js';
import { openContextAtFocus } from './context.js';
import { freePlace, neighbour } from './geometry.js';
import { ALIGNMENTS, align, isSpread } from './edit.js';
import { duplicate, nudge, remove, renameSelected, tidy } from './items.js';
import { leave, makeGroup, makeZone } from './zoning.js';

/** @typedef {import('./board.js').Board} Board */

const STEP = 8;
const LEAP = 40;
const PAN_PX = 80;

/** @type {Record<string, [import('./geometry.js').Side, number, number]>} */
const ARROWS = {
  ArrowLeft: ['left', -1, 0],
  ArrowRight: ['right', 1, 0],
  ArrowUp: ['top', 0, -1],
  ArrowDown: ['bottom', 0, 1],
};

/** @param {Board} board */
export function addActions(board) {
  const { app } = board;
  const some = () => app.selection.nodes.size + app.selection.edges.size + app.selection.notes.size > 0 || board.access.focused !== null;
  const placed = () => nodes() || app.selection.notes.size > 0 || board.access.focused?.note !== undefined;
  const nodes = () => app.selection.nodes.size > 0 || board.access.focused?.node !== undefined;
  const zoom = (/** @type {number} */ factor) => () =>
    board.setCamera(zoomAt(board.camera, factor, board.width / 2, board.height / 2));
  /** @type {import('../types.js').Action[]} */
  const actions = [
    { name: 'fit', key: '0', title: 'canvas.fit', run: () => board.fit() },
    { name: 'zoom-in', key: '+', title: 'canvas.zoom_in', run: zoom(1.25) },
    { name: 'zoom-out', key: '-', title: 'canvas.zoom_out', run: zoom(0.8) },
    { name: 'tidy', key: 'l', title: 'canvas.tidy', run: () => tidy(board) },
    { name: 'focus-canvas', key: 'g', title: 'canvas.focus', run: () => board.access.focus() },
    { name: 'select-all', key: 'Ctrl+a', title: 'canvas.select_all', run: () => board.selectAll() },
    { name: 'duplicate', key: 'Ctrl+d', title: 'canvas.duplicate', run: () => duplicate(board), enabled: placed },
    { name: 'remove', key: 'Delete', title: 'canvas.remove', run: () => remove(board), enabled: some },
    { name: 'rename', key: 'F2', title: 'canvas.rename', run: () => renameSelected(board), enabled: placed },
    { name: 'connect', key: 'c', title: 'canvas.connect', run: () => connectSelected(board), enabled: nodes },
    { name: 'zone', key: 'z', title: 'zone.new', run: () => makeZone(board), enabled: nodes },
    { name: 'group', key: 'Ctrl+g', title: 'group.new', run: () => makeGroup(board), enabled: nodes },
    { name: 'ungroup', key: 'Ctrl+Shift+g', title: 'group.leave', run: () => leave(board, 'group'), enabled: nodes },
    { name: 'add-note', key: 'n', title: 'note.add', run: () => board.addNote(...freePlace([...board.scene.rects.values(), ...board.scene.notes.map(({ rect }) => rect)], ...toWorld(board.camera, board.width / 2 - 104, board.height / 2 - 28))) },
    ...ALIGNMENTS.map(({ how, key, title }) => ({
      name: `align-${how}`, key, title, run: () => align(app, board.scene, how), enabled: () => app.selection.nodes.size > (isSpread(how) ? 2 : 1),
    })),
  ];
  for (const action of actions) app.actions.add(action);
}

/**
 * Keys while the canvas or one of its items has the focus.
 * @param {Board} board @param {KeyboardEvent} event
 */
export function onCanvasKey(board, event) {
  const arrow = ARROWS[event.key];
  const isCtrl = event.ctrlKey || event.metaKey;
  // Space alone runs the design; with Ctrl it adds the item to the selection or takes it out.
  if (isCtrl ? event.shiftKey || (!arrow && event.key !== ' ') : event.key === ' ') return;
  if (arrow) onArrow(board, event, arrow);
  else if (event.key === 'Escape') board.escape();
  else if (event.key === 'Enter') onEnter(board);
  else if (event.key === ' ') onSpace(board);
  else if (event.key === 'Backspace') remove(board);
  else if (event.key === '=') board.app.actions.perform('zoom-in');
  else if (event.key === ']' || event.key === '[') walkEdges(board, event.key === ']' ? 1 : -1);
  else if (event.key === 'Home' || event.key === 'End') {
    const { nodes } = board.scene;
    const node = event.key === 'Home' ? nodes[0] : nodes[nodes.length - 1];
    if (node) go(board, { node: node.id }, true);
  } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    openContextAtFocus(board);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Arrows go to the neighbour in that direction and select it; with Ctrl they leave the selection alone
 * (Ctrl+Space then adds to it), with Shift they move the selected cards, with Alt the view; without a
 * focused item, the view.
 * @param {Board} board @param {KeyboardEvent} event
 * @param {[import('./geometry.js').Side, number, number]} arrow
 */
function onArrow(board, event, [side, dx, dy]) {
  const item = board.access.focused;
  if (board.overlay.connect) {
    stepConnect(board, side);
  } else if (event.altKey || !item) {
    board.setCamera(pan(board.camera, -dx * PAN_PX, -dy * PAN_PX));
  } else if (event.shiftKey) {
    const step = event.repeat ? LEAP : STEP;
    nudge(board, dx * step, dy * step);
  } else if (item.node !== undefined || item.note !== undefined) {
    const next = neighbour(placesOf(board.scene), item.node ?? noteKey(item.note ?? -1), side);
    const note = board.scene.notes.find(({ index }) => noteKey(index) === next);
    if (next !== null) go(board, note ? { note: note.index } : { node: next }, !event.ctrlKey);
  } else if (item.edge !== undefined) {
    const edge = board.scene.edges[item.edge];
    if (edge) go(board, { node: side === 'left' || side === 'top' ? edge.from : edge.to }, !event.ctrlKey);
  }
}

/** What a note is called among the nodes: no node can be called so. @param {number} index */
const noteKey = (index) => `/notes/${index}`;

/** Where nodes and notes lie. @param {import('./scene.js').Scene} scene */
function placesOf({ rects, notes }) {
  if (notes.length === 0) return rects;
  return new Map([...rects, .../** @type {[string, import('./camera.js').Rect][]} */ (notes.map(({ index, rect }) => [noteKey(index), rect]))]);
}

/** @param {Board} board @param {import('./board.js').Item} item @param {boolean} select */
function go(board, item, select) {
  if (select) board.select(item, false);
  board.focusItem(item);
}

/** @param {Board} board */
function onEnter(board) {
  if (board.overlay.connect) {
    acceptConnect(board);
    return;
  }
  const item = board.access.focused;
  if (!item) return;
  board.select(item, false);
  if (item.note !== undefined) board.editNote(item.note);
  else board.app.signals.emit('inspect');
}

/** @param {Board} board */
function onSpace(board) {
  const item = board.access.focused;
  if (item) board.select(item, true);
}

/**
 * The connections of the focused node, one after the other.
 * @param {Board} board @param {1 | -1} step
 */
function walkEdges(board, step) {
  const item = board.access.focused;
  if (!item) return;
  const here = item.edge !== undefined ? board.scene.edges[item.edge] : undefined;
  const node = item.node ?? board.walked ?? here?.from;
  if (node === undefined) return;
  board.walked = node;
  const list = board.scene.edges.filter((edge) => edge.from === node || edge.to === node);
  if (list.length === 0) return;
  const at = list.findIndex((edge) => edge.index === item.edge);
  const next = at < 0 ? (step > 0 ? 0 : list.length - 1) : (at + step + list.length) % list.length;
  go(board, { edge: /** @type {import('./scene.js').SceneEdge} */ (list[next]).index }, true);
}
