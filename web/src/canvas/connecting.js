/// Drawing a connection: armed at a card, aimed at another one by pointer or arrow keys, then accepted.

import { CARD_HEIGHT, CARD_WIDTH, neighbour } from './geometry.js';
import { connectNodes } from './edit.js';
import { nodeAt } from './scene.js';

/** @typedef {import('./board.js').Board} Board */

/** @param {Board} board @param {string} from @param {number} x @param {number} y world */
export function armConnect(board, from, x, y) {
  board.overlay.connect = { from, x, y, to: null };
  board.redraw('overlay');
}

/** @param {Board} board @param {number} x @param {number} y world */
export function aimConnect(board, x, y) {
  const connect = board.overlay.connect;
  if (!connect) return;
  const node = nodeAt(board.scene, x, y, 10);
  const to = node && node.id !== connect.from ? node.id : null;
  board.overlay.connect = { ...connect, x, y, to };
  board.redraw('overlay');
}

/**
 * Lets go: over a card that is connected, over empty ground the palette is asked what should be there.
 * @param {Board} board @param {number} x @param {number} y world
 */
export function finishConnect(board, x, y) {
  aimConnect(board, x, y);
  const connect = board.overlay.connect;
  if (!connect) return;
  if (connect.to !== null) {
    acceptConnect(board);
    return;
  }
  cancelConnect(board);
  if (nodeAt(board.scene, x, y, 16)?.id === connect.from) return;
  board.app.signals.emit('add-node', { x: x - CARD_WIDTH / 2, y: y - CARD_HEIGHT / 2, from: connect.from });
}

/** @param {Board} board */
export function acceptConnect(board) {
  const { app, access } = board;
  const connect = board.overlay.connect;
  board.overlay.connect = null;
  board.redraw('overlay');
  if (!connect || connect.to === null) return;
  const problem = connectNodes(app, connect.from, connect.to);
  if (problem) {
    app.notify(problem, { kind: 'error' });
    return;
  }
  const index = app.document.get().edges.length - 1;
  app.selection.set({ edges: [index] });
  access.focusEdge(index);
  const { byId } = board.scene;
  access.say(app.t('canvas.connected', {
    from: byId.get(connect.from)?.name ?? connect.from,
    to: byId.get(connect.to)?.name ?? connect.to,
  }));
}

/** @param {Board} board */
export function cancelConnect(board) {
  if (board.overlay.connect) board.access.focusNode(board.overlay.connect.from);
  board.overlay.connect = null;
  board.redraw('overlay');
}

/**
 * From the keyboard: the target is chosen with arrows, taken with Enter.
 * @param {Board} board
 */
export function connectSelected(board) {
  const { app, access, scene } = board;
  const from = access.focused?.node ?? [...app.selection.nodes][0];
  const rect = from === undefined ? undefined : scene.byId.get(from)?.rect;
  if (from === undefined || !rect) return;
  access.focusNode(from);
  armConnect(board, from, rect.x + rect.width + 60, rect.y + rect.height / 2);
  access.say(app.t('canvas.connect_help'));
  const guess = neighbour(scene.rects, from, 'right') ?? neighbour(scene.rects, from, 'bottom');
  if (guess !== null) aimAt(board, guess);
}

/** @param {Board} board @param {string} id */
function aimAt(board, id) {
  const node = board.scene.byId.get(id);
  const connect = board.overlay.connect;
  if (!node || !connect) return;
  const { rect } = node;
  board.reveal(rect);
  board.overlay.connect = { ...connect, x: rect.x + rect.width / 2, y: rect.y + rect.height / 2, to: id };
  board.access.say(board.app.t('canvas.connect_to', { name: node.name }));
  board.redraw('overlay');
}

/**
 * Aims at the next card in a direction, past the one the connection comes from.
 * @param {Board} board @param {import('./geometry.js').Side} side
 */
export function stepConnect(board, side) {
  const connect = board.overlay.connect;
  if (!connect) return;
  const { rects } = board.scene;
  let next = neighbour(rects, connect.to ?? connect.from, side);
  if (next === connect.from) next = neighbour(rects, next, side);
  if (next !== null) aimAt(board, next);
}
