/// What is done with zones and groups: made, renamed, dissolved, and filled by dragging. Each is one step.

import { freeId } from '../commands/duplicate_nodes.js';
import { makePointer } from '../document/pointer.js';
import { movedNotes } from '../commands/move_nodes.js';
import { changesBy, regrouped, writtenGroups } from './containers.js';
import { openRename } from './rename.js';

/** @typedef {import('./board.js').Board} Board */
/** @typedef {import('./containers.js').Container} Container */
/** @typedef {[pointer: string, value: any]} Write */

/** @param {Board} board @param {ReadonlyMap<string, import('./containers.js').Change>} changes @returns {Write[]} */
function writesOf({ scene }, changes) {
  /** @type {Write[]} */
  const writes = [];
  for (const [id, { zone }] of changes) if (zone !== undefined) writes.push([makePointer('nodes', id, 'zone'), zone === '' ? undefined : zone]);
  if ([...changes.values()].some(({ group }) => group !== undefined)) writes.push(['/groups', writtenGroups(regrouped(scene.groups, changes))]);
  return writes;
}

/**
 * Puts dragged nodes where they were let go: into the containers that lie there, out of those that do not.
 * @param {Board} board with the scene as it was before the drag
 * @param {ReadonlyMap<string, readonly [number, number]>} places
 * @param {import('./notes.js').NotePlaces} notes that go along
 * @returns {boolean} false where nothing goes in or out: then it is a plain move
 */
export function dropInto(board, places, notes) {
  const changes = changesBy(board.scene.containers, places);
  if (changes.size === 0) return false;
  const written = board.app.document.get().layout ?? {};
  /** @type {Record<string, readonly [number, number]>} */
  const layout = { ...written };
  for (const { id, rect } of board.scene.nodes) layout[id] ??= [rect.x, rect.y];
  for (const [id, place] of places) layout[id] = place;
  const move = board.app.commands.change('command.move', [['/layout', layout], ...writesOf(board, changes)]);
  board.app.document.execute({ ...move, apply: (design) => movedNotes(move.apply(design), notes) });
  return true;
}

/**
 * What makes a new node one of the containers at its place.
 * @param {Board} board @param {string} id @param {[number, number]} place
 */
export const joinsAt = (board, id, place) => writesOf(board, changesBy(board.scene.containers, new Map([[id, place]])));

/** @param {Board} board @returns {string[]} */
function chosen(board) {
  board.selectFocused();
  return [...board.app.selection.nodes];
}

/** Puts the selected nodes into a zone of their own, and asks for its name. @param {Board} board */
export function makeZone(board) {
  const { app, scene } = board;
  const ids = chosen(board);
  if (ids.length === 0) return;
  const zone = freeId('zone-1', new Set(scene.containers.filter(({ kind }) => kind === 'zone').map(({ name }) => name)));
  app.document.execute(app.commands.change('command.zone', writesOf(board, new Map(ids.map((id) => [id, { zone }])))));
  renameContainer(board, `zone ${zone}`);
}

/** Frames the selected nodes as a group, and asks for its name. @param {Board} board */
export function makeGroup(board) {
  const { app, scene } = board;
  const ids = chosen(board);
  if (ids.length === 0) return;
  const name = app.t('group.name', { n: scene.groups.length + 1 });
  const others = regrouped(scene.groups, new Map(ids.map((id) => [id, { group: -1 }])));
  const groups = writtenGroups([...others, { name, ids: new Set(ids), written: {} }]);
  app.document.execute(app.commands.change('command.group', [['/groups', groups]]));
  renameContainer(board, `group ${(groups?.length ?? 1) - 1}`);
}

/** Takes the selected nodes out of what they are in. @param {Board} board @param {'zone' | 'group'} kind */
export function leave(board, kind) {
  const { app, scene } = board;
  const inside = new Set(scene.containers.filter((one) => one.kind === kind).flatMap(({ ids }) => ids));
  const ids = chosen(board).filter((id) => inside.has(id));
  if (ids.length === 0) return;
  const change = kind === 'zone' ? { zone: '' } : { group: -1 };
  app.document.execute(app.commands.change(`command.${kind}`, writesOf(board, new Map(ids.map((id) => [id, change])))));
}

/** Takes a container away; its nodes stay. @param {Board} board @param {Container} container */
export function dissolve(board, { kind, ids }) {
  const { app } = board;
  const change = kind === 'zone' ? { zone: '' } : { group: -1 };
  app.document.execute(app.commands.change(`command.${kind}`, writesOf(board, new Map(ids.map((id) => [id, change])))));
}

/** @param {Board} board @param {string} id of a node @param {'zone' | 'group'} kind */
export const containerOf = (board, id, kind) => board.scene.containers.find((one) => one.kind === kind && one.ids.includes(id));

/** Opens the field over a container's name. @param {Board} board @param {string} key */
export function renameContainer(board, key) {
  const { app, scene, element, access } = board;
  const container = scene.containers.find((one) => one.key === key);
  if (!container) return;
  board.reveal({ ...container.rect, height: 24 });
  const back = access.focused;
  board.openEditor(openRename(app, element, { name: container.name, x: container.kind === 'zone' ? container.rect.x + 4 : container.rect.x + container.rect.width - 180, y: container.rect.y - 4, width: 176 }, board.camera,
    (name) => writeName(board, container, name),
    () => { if (document.activeElement === document.body) back?.node === undefined ? access.focus() : access.focusNode(back.node); }));
}

/** @param {Board} board @param {Container} container @param {string} name */
function writeName({ app }, { kind, name: old, index, ids }, name) {
  if (kind === 'group') {
    app.document.execute(app.commands.change('command.group', [[`/groups/${index}/name`, name]]));
    return;
  }
  /** @type {Write[]} */
  const writes = ids.map((id) => [makePointer('nodes', id, 'zone'), name]);
  // A fault that strikes the zone keeps striking it.
  (app.document.get().faults ?? []).forEach((fault, i) => {
    if (fault?.['zone'] === old) writes.push([`/faults/${i}/zone`, name]);
  });
  app.document.execute(app.commands.change('command.zone', writes));
}
