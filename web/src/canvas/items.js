/// What is done to the selected items, and how new ones come: each is a command on the document, then
/// the selection and the focus follow.

import { freeId } from '../commands/duplicate_nodes.js';
import { loadLibrary } from '../libraries/libraries.js';
import { addNodeOfType } from '../palette/add.js';
import { toWorld } from './camera.js';
import { adapted, fragmentText, parseFragment } from './clipboard.js';
import { rename } from './edit.js';
import { CARD_HEIGHT, CARD_WIDTH, freePlace, snap } from './geometry.js';
import { layoutOf } from './layout.js';
import { openRename } from './rename.js';
import { joinsAt } from './zoning.js';

/** @typedef {import('./board.js').Board} Board */
/** @typedef {Record<string, [number, number]>} Places */

/** Where a copy lies, seen from its original. */
const BESIDE = /** @type {[number, number]} */ ([32, CARD_HEIGHT + 32]);

/**
 * Writes places; the automatic ones of the other nodes too, so that nothing jumps.
 * @param {Board} board @param {Places} places
 */
export function commitPlaces({ app, scene }, places) {
  /** @type {Places} */
  const all = {};
  const written = app.document.get().layout ?? {};
  for (const node of scene.nodes) if (!(node.id in written)) all[node.id] = [node.rect.x, node.rect.y];
  app.document.execute(app.commands.moveNodes({ ...all, ...places }));
}

/** Gives every node a written place, before some come or go. @param {Board} board */
function writePlaces(board) {
  const layout = board.app.document.get().layout ?? {};
  if (board.scene.nodes.some((node) => !(node.id in layout))) commitPlaces(board, {});
}

/** @param {Board} board @param {string[]} ids */
function take(board, ids) {
  board.app.selection.set({ nodes: ids });
  if (ids[0] !== undefined) board.access.focusNode(ids[0]);
}

/**
 * Adds a part from the palette: where it was dropped, where it was asked for, or beside the selected
 * card.
 * @param {Board} board
 * @param {{ type: string, x?: number, y?: number, clientX?: number, clientY?: number, from?: string }} wish
 */
export function placeNode(board, wish) {
  let world = wish.x === undefined || wish.y === undefined ? null : { x: wish.x, y: wish.y };
  if (wish.clientX !== undefined && wish.clientY !== undefined) {
    const drop = board.worldAt(wish.clientX, wish.clientY);
    if (!drop) return; // let go beside the drawing: changed one's mind
    world = { x: drop.x - CARD_WIDTH / 2, y: drop.y - CARD_HEIGHT / 2 };
  }
  const place = placeFor(board, world);
  writePlaces(board);
  const id = addNodeOfType(board.app, wish.type, place, wish.from, (fresh) => joinsAt(board, fresh, place));
  if (id === null) return;
  take(board, [id]);
  board.access.say(board.app.t('palette.added', { name: board.scene.byId.get(id)?.name ?? id }));
}

/**
 * Where a new card goes: at a place, beside the selected one, or in the middle of the view.
 * @param {Board} board @param {{ x: number, y: number } | null} wanted world
 * @returns {[number, number]}
 */
function placeFor({ app, camera, height, scene, width }, wanted) {
  const rects = [...scene.rects.values()];
  if (wanted) return freePlace(rects, wanted.x, wanted.y);
  const [id] = app.selection.nodes;
  const rect = app.selection.nodes.size === 1 && id !== undefined ? scene.byId.get(id)?.rect : undefined;
  if (rect) return freePlace(rects, rect.x + rect.width + 96, rect.y);
  const [x, y] = toWorld(camera, width / 2, height / 2);
  return freePlace(rects, x - CARD_WIDTH / 2, y - CARD_HEIGHT / 2);
}

/** @param {Board} board @param {number} dx @param {number} dy */
export function nudge(board, dx, dy) {
  board.selectFocused();
  /** @type {Places} */
  const places = {};
  for (const id of board.app.selection.nodes) {
    const rect = board.scene.byId.get(id)?.rect;
    if (rect) places[id] = [snap(rect.x) + dx, snap(rect.y) + dy];
  }
  if (Object.keys(places).length > 0) commitPlaces(board, places);
}

/** Arranges everything automatically. @param {Board} board */
export async function tidy(board) {
  await loadLibrary('dagre').catch(() => {}); // without it the nodes lie in rows
  const { app } = board;
  const design = app.document.get();
  const links = design.edges.map(({ from, to }) => ({ from, to }));
  const zones = new Map(board.scene.nodes.filter(({ zone }) => zone !== '').map(({ id, zone }) => [id, zone]));
  app.document.execute(app.commands.moveNodes(layoutOf(Object.keys(design.nodes), links, { zones })));
  board.fit();
}

/** @param {Board} board */
export function duplicate(board) {
  const { app } = board;
  board.selectFocused();
  const before = new Set(Object.keys(app.document.get().nodes));
  // A copy goes beside what it was made from, so everything needs a written place.
  writePlaces(board);
  app.document.execute(app.commands.duplicateNodes(app.selection.nodes, BESIDE));
  take(board, Object.keys(app.document.get().nodes).filter((id) => !before.has(id)));
}

/** @param {Board} board */
export function remove(board) {
  const { app, access } = board;
  board.selectFocused();
  const { nodes, edges } = app.selection;
  const n = nodes.size + edges.size;
  if (n === 0) return;
  const hadFocus = access.focused !== null;
  const [first] = nodes;
  const next = first === undefined ? null : nearestOther(board.scene, first, nodes);
  writePlaces(board);
  app.document.execute(app.commands.removeItems({ nodes: [...nodes], edges: [...edges] }));
  access.say(app.t('canvas.removed', { n }));
  if (!hadFocus) return;
  if (next !== null) access.focusNode(next);
  else access.focus();
}

/** @param {import('./scene.js').Scene} scene @param {string} id @param {ReadonlySet<string>} without */
function nearestOther(scene, id, without) {
  const from = scene.byId.get(id)?.rect;
  let best = null;
  let nearest = Infinity;
  for (const node of scene.nodes) {
    if (!from || without.has(node.id)) continue;
    const distance = Math.hypot(node.rect.x - from.x, node.rect.y - from.y);
    if (distance < nearest) {
      nearest = distance;
      best = node.id;
    }
  }
  return best;
}

/** Opens the field over the name of the focused or selected card. @param {Board} board */
export function renameSelected(board) {
  const { app, access, camera, element, scene } = board;
  const id = access.focused?.node ?? [...app.selection.nodes][0];
  const node = id === undefined ? undefined : scene.byId.get(id);
  if (!node) return;
  board.openEditor(openRename(app, element, { name: node.name, x: node.rect.x + 32, y: node.rect.y + 5, width: node.rect.width - 40 }, camera, (name) => {
    take(board, [rename(app, node.id, name)]);
  }, () => {
    if (document.activeElement === document.body) access.focusNode(node.id);
  }));
}

/** The selected nodes as text, or null. @param {Board} board */
export function copyText({ app, scene }) {
  if (app.selection.nodes.size === 0) return null;
  return fragmentText(app.document.get(), app.selection.nodes, scene.rects);
}

/** @param {Board} board @param {string} text @returns {boolean} whether it was a design or a piece of one */
export function pasteText(board, text) {
  const { app, scene } = board;
  const fragment = parseFragment(text);
  if (!fragment) return false;
  writePlaces(board);
  const rects = [...scene.rects.values()];
  const isOccupied = Object.values(fragment.layout).some(([x, y]) => rects.some((rect) => rect.x === x && rect.y === y));
  const fresh = adapted(fragment, app.document.get(), isOccupied ? BESIDE : [0, 0], freeId);
  app.document.execute(app.commands.pasteItems(fresh));
  take(board, Object.keys(fresh.nodes));
  return true;
}
