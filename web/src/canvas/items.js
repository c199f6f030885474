/// What is done to the selected items, and how new ones come: each is a command on the document, then
/// the selection and the focus follow.

import { freeId } from '../commands/duplicate_nodes.js';
import { notesIn } from '../document/notes.js';
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

/** @typedef {{ nodes?: string[], notes?: number[] }} Taken */

const PASTES_MAX = 100; // of the same, beside each other; then they lie on each other

/** Where a copy lies, seen from its original. */
const BESIDE = /** @type {[number, number]} */ ([32, CARD_HEIGHT + 32]);

/** The automatic places of nodes that have none written. @param {Board} board @returns {Places} */
function automatic({ app, scene }) {
  const written = app.document.get().layout ?? {};
  return Object.fromEntries(scene.nodes.filter(({ id }) => !(id in written)).map(({ id, rect }) => [id, /** @type {[number, number]} */ ([rect.x, rect.y])]));
}

/**
 * Writes places; the automatic ones of the other nodes too, so that nothing jumps.
 * @param {Board} board @param {Places} places @param {import('./notes.js').NotePlaces} [notes]
 */
export function commitPlaces(board, places, notes) {
  const { app } = board;
  const all = Object.keys(places).length > 0 ? { ...automatic(board), ...places } : {};
  app.document.execute(app.commands.moveNodes(all, notes));
}

/** Gives every node a written place, before some come or go. @param {Board} board */
function writePlaces(board) {
  const places = automatic(board);
  if (Object.keys(places).length > 0) board.app.document.execute(board.app.commands.moveNodes(places));
}

/**
 * Does something to nodes after which every node has a written place, as one step.
 * @param {Board} board @param {import('../types.js').Command} command @param {boolean} isOfNodes or else of notes alone
 */
function executePlaced(board, command, isOfNodes) {
  const { app } = board;
  const places = isOfNodes ? automatic(board) : {};
  const isPlaced = Object.keys(places).length === 0;
  app.document.execute(isPlaced ? command : {
    ...command,
    apply(design) {
      const placed = app.commands.moveNodes(places).apply(design);
      const next = command.apply(placed);
      return next === placed ? design : next;
    },
  });
}

/** @param {Board} board @param {Taken} taken */
function take(board, { nodes = [], notes = [] }) {
  board.app.selection.set({ nodes, notes });
  if (nodes[0] !== undefined) board.access.focusNode(nodes[0]);
  else if (notes[0] !== undefined) board.access.focusNote(notes[0]);
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
  take(board, { nodes: [id] });
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
  /** @type {Map<number, [number, number]>} */
  const notes = new Map();
  for (const { index, rect } of board.scene.notes) {
    if (board.app.selection.notes.has(index)) notes.set(index, [snap(rect.x) + dx, snap(rect.y) + dy]);
  }
  if (Object.keys(places).length + notes.size > 0) commitPlaces(board, places, notes);
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
  const { nodes, notes } = app.selection;
  const before = new Set(Object.keys(app.document.get().nodes));
  const count = notesIn(app.document.get()).length;
  // A copy goes beside what it was made from, so everything needs a written place.
  executePlaced(board, app.commands.duplicateNodes(nodes, BESIDE, notes), nodes.size > 0);
  const now = app.document.get();
  take(board, { nodes: Object.keys(now.nodes).filter((id) => !before.has(id)), notes: [...notesIn(now).keys()].slice(count) });
}

/** @param {Board} board */
export function remove(board) {
  const { app, access } = board;
  board.selectFocused();
  const { nodes, edges, notes } = app.selection;
  const n = nodes.size + edges.size + notes.size;
  if (n === 0) return;
  const hadFocus = access.focused !== null;
  const [first] = nodes;
  const [note] = notes;
  const from = first !== undefined ? board.scene.byId.get(first)?.rect : board.scene.notes.find(({ index }) => index === note)?.rect;
  const next = nearestOther(board.scene, from, nodes);
  const command = app.commands.removeItems({ nodes: [...nodes], edges: [...edges], notes: [...notes] });
  app.selection.clear(); // or an index would mean another one
  executePlaced(board, command, nodes.size > 0);
  access.say(app.t('canvas.removed', { n }));
  if (!hadFocus) return;
  if (next !== null) access.focusNode(next);
  else access.focus();
}

/** @param {import('./scene.js').Scene} scene @param {import('./camera.js').Rect | undefined} from @param {ReadonlySet<string>} without */
function nearestOther(scene, from, without) {
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

/** Opens the field over the name of the focused or selected card; a note is written anew. @param {Board} board */
export function renameSelected(board) {
  const { app, access, camera, element, scene } = board;
  const note = access.focused === null && app.selection.nodes.size === 0 ? [...app.selection.notes][0] : access.focused?.note;
  if (note !== undefined) {
    board.editNote(note);
    return;
  }
  const id = access.focused?.node ?? [...app.selection.nodes][0];
  const node = id === undefined ? undefined : scene.byId.get(id);
  if (!node) return;
  board.openEditor(openRename(app, element, { name: node.name, x: node.rect.x + 32, y: node.rect.y + 5, width: node.rect.width - 40 }, camera, (name) => {
    take(board, { nodes: [rename(app, node.id, name)] });
  }, () => {
    if (document.activeElement === document.body) access.focusNode(node.id);
  }));
}

/** What is selected as text, or null. @param {Board} board */
export function copyText({ app, scene }) {
  const { nodes, notes } = app.selection;
  return nodes.size + notes.size === 0 ? null : fragmentText(app.document.get(), nodes, scene.rects, notes);
}

/** @param {Board} board @param {string} text @returns {boolean} whether it was a design or a piece of one */
export function pasteText(board, text) {
  const { app, scene } = board;
  const fragment = parseFragment(text);
  if (!fragment) return false;
  const taken = new Set([...scene.nodes, ...scene.notes].map(({ rect }) => `${rect.x} ${rect.y}`));
  const places = [...Object.values(fragment.layout).filter((at) => Array.isArray(at)), ...fragment.notes.map(({ at }) => at)];
  // What is pasted again lies beside what was pasted before.
  const [dx, dy] = BESIDE;
  let steps = 0;
  while (steps < PASTES_MAX && places.some(([x, y]) => taken.has(`${x + steps * dx} ${y + steps * dy}`))) steps += 1;
  const fresh = adapted(fragment, app.document.get(), [steps * dx, steps * dy], freeId);
  const count = notesIn(app.document.get()).length;
  executePlaced(board, app.commands.pasteItems(fresh), Object.keys(fresh.nodes).length > 0);
  take(board, { nodes: Object.keys(fresh.nodes), notes: fresh.notes.map((_, i) => count + i) });
  return true;
}
