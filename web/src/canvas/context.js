/// What the context menu offers, by what it was opened on.

import { keyText } from '../app/actions.js';
import { toWorld } from './camera.js';
import { connectSelected } from './connecting.js';
import { ALIGNMENTS, align, isSpread, reverseEdge } from './edit.js';
import { headAt } from './containers.js';
import { duplicate, remove, renameSelected, tidy } from './items.js';
import { faultsOfEdge, faultsOfNode, faultsOfZone, injectFault } from '../run/faults.js';
import { openMenu } from './menu.js';
import { noteAt } from './notes.js';
import { savePicture } from './picture.js';
import { edgeAt, nodeAt } from './scene.js';
import { containerOf, dissolve, leave, makeGroup, makeZone, renameContainer } from './zoning.js';

/** @typedef {import('./board.js').Board} Board */
/** @typedef {import('./menu.js').MenuEntry} MenuEntry */

const SLACK_PX = 9; // how near to a connection is on it

/**
 * Opens the menu of what lies at a place.
 * @param {Board} board @param {number} x @param {number} y client
 */
export function openContext(board, x, y) {
  const [wx, wy] = toWorld(board.camera, ...board.local(x, y));
  const note = noteAt(board.scene, wx, wy);
  const node = note ? null : nodeAt(board.scene, wx, wy);
  const edge = note || node ? null : edgeAt(board.scene, wx, wy, SLACK_PX / board.camera.zoom);
  const item = { node: node?.id, edge: edge?.index, note: note?.index };
  const container = note || node || edge ? null : headAt(board.scene.containers, wx, wy, board.camera.zoom);
  if (container) {
    board.closeEditors();
    board.openEditor(openMenu(board.app.t('canvas.menu'), containerEntries(board, container), x, y), false);
    return;
  }
  if (!board.isSelected(item)) board.press(item, false);
  openFor(board, item, x, y, { x: wx, y: wy });
}

/** Opens the menu of the item that has the focus. @param {Board} board */
export function openContextAtFocus(board) {
  const item = board.access.focused;
  const box = document.activeElement?.getBoundingClientRect();
  if (!item || !box) return;
  board.selectFocused();
  openFor(board, item, box.left + box.width / 2, box.top + box.height / 2, null);
}

/**
 * @param {Board} board @param {import('./board.js').Item} item @param {number} x @param {number} y client
 * @param {{ x: number, y: number } | null} world
 */
function openFor(board, item, x, y, world) {
  board.closeEditors();
  board.openEditor(openMenu(board.app.t('canvas.menu'), contextEntries(board, item, world), x, y), false);
}

/**
 * @param {Board} board @param {import('./board.js').Item} item
 * @param {{ x: number, y: number } | null} world where it was opened
 * @returns {MenuEntry[]}
 */
function contextEntries(board, item, world) {
  if (item.node !== undefined) return nodeEntries(board, item.node);
  if (item.edge !== undefined) return edgeEntries(board, item.edge);
  if (item.note !== undefined) return noteEntries(board, item.note);
  return groundEntries(board, world);
}

/** @param {Board} board @param {number} index @returns {MenuEntry[]} */
function noteEntries(board, index) {
  const { t } = board.app;
  return [
    { title: t('note.write'), icon: 'edit', key: '↵', run: () => board.editNote(index) },
    { title: t('canvas.duplicate'), icon: 'duplicate', key: 'Ctrl+D', run: () => duplicate(board) },
    'line',
    { title: t('canvas.remove'), icon: 'trash', key: 'Del', isDanger: true, run: () => remove(board) },
  ];
}

/** @param {Board} board @param {string} id @returns {MenuEntry[]} */
function nodeEntries(board, id) {
  const { app } = board;
  const { t } = app;
  const many = app.selection.nodes.size > 1;
  /** @type {MenuEntry[]} */
  const entries = [
    { title: t('canvas.inspect'), icon: 'sidebar', key: '↵', run: () => app.signals.emit('inspect') },
    { title: t('canvas.rename'), icon: 'edit', key: 'F2', isDisabled: many, run: () => renameSelected(board) },
    { title: t('canvas.connect'), icon: 'link', key: 'C', isDisabled: many, run: () => connectSelected(board) },
    { title: t('canvas.duplicate'), icon: 'duplicate', key: 'Ctrl+D', run: () => duplicate(board) },
    'line',
  ];
  if (many) {
    entries.push(
      { heading: t('canvas.arrange') },
      ...ALIGNMENTS.map(({ how, key, title }) => /** @type {MenuEntry} */ (
        { title: t(title), icon: `align_${how}`, key: keyText(key), isDisabled: isSpread(how) && app.selection.nodes.size < 3, run: () => align(app, board.scene, how) })),
      'line',
    );
  } else {
    entries.push(...faultEntries(app, faultsOfNode(app, id), id, board.scene.byId.get(id)?.name ?? id));
  }
  for (const kind of /** @type {const} */ (['zone', 'group'])) {
    const container = containerOf(board, id, kind);
    entries.push({ title: t(`${kind}.new`), icon: kind, key: kind === 'zone' ? 'Z' : 'Ctrl+G', run: () => (kind === 'zone' ? makeZone : makeGroup)(board) });
    if (!container) continue;
    entries.push(
      { title: t('container.rename', { name: container.name }), icon: 'edit', run: () => renameContainer(board, container.key) },
      { title: t('container.leave', { name: container.name }), icon: 'leave', run: () => leave(board, kind) },
    );
  }
  entries.push('line');
  entries.push({ title: t('canvas.remove'), icon: 'trash', key: 'Del', isDanger: true, run: () => remove(board) });
  return entries;
}

/**
 * @param {import('../types.js').App} app @param {import('../run/faults.js').FaultChoice[]} choices
 * @param {string | { zone: string }} target @param {string} name
 * @returns {MenuEntry[]}
 */
function faultEntries(app, choices, target, name) {
  const { t } = app;
  return [
    { heading: t('fault.inject') },
    ...choices.map(({ key, fault }) => /** @type {MenuEntry} */ (
      { title: t(`fault.${key}`), icon: 'fault', run: () => void injectFault(app, target, name, fault) })),
    'line',
  ];
}

/** @param {Board} board @param {number} index @returns {MenuEntry[]} */
function edgeEntries(board, index) {
  const { app } = board;
  const { t } = app;
  const kind = board.scene.edges[index]?.kind;
  const name = board.scene.edges[index]?.name ?? '';
  /** @type {(value: 'call' | 'forward' | 'publish') => MenuEntry} */
  const choice = (value) => ({
    title: t(`canvas.kind.${value}`),
    icon: kind === value ? 'check' : 'chevron',
    isDisabled: kind === value,
    run: () => app.document.execute(app.commands.setValue(`/edges/${index}/kind`, value === 'call' ? undefined : value)),
  });
  return [
    { title: t('canvas.inspect'), icon: 'sidebar', key: '↵', run: () => app.signals.emit('inspect') },
    'line',
    ...faultEntries(app, faultsOfEdge(app), name, name.replace('->', ' → ')),
    choice('call'),
    choice('forward'),
    choice('publish'),
    { title: t('canvas.reverse'), icon: 'repeat', run: () => reverseEdge(app, index) },
    'line',
    { title: t('canvas.remove'), icon: 'trash', key: 'Del', isDanger: true, run: () => remove(board) },
  ];
}

/** @param {Board} board @param {import('./containers.js').Container} container @returns {MenuEntry[]} */
function containerEntries(board, container) {
  const { app } = board;
  const { t } = app;
  const strikes = container.kind === 'zone' ? faultEntries(app, faultsOfZone(app), { zone: container.name }, container.name) : ['line'];
  return [
    { title: t('container.select', { n: container.ids.length }), icon: 'select', run: () => app.selection.set({ nodes: container.ids }) },
    { title: t('container.rename', { name: container.name }), icon: 'edit', run: () => renameContainer(board, container.key) },
    ...(/** @type {MenuEntry[]} */ (strikes)),
    { title: t('container.dissolve'), icon: 'trash', isDanger: true, run: () => dissolve(board, container) },
  ];
}

/** @param {Board} board @param {{ x: number, y: number } | null} world @returns {MenuEntry[]} */
function groundEntries(board, world) {
  const { app } = board;
  const { t } = app;
  return [
    { title: t('canvas.add'), icon: 'plus', key: 'A', run: () => app.signals.emit('add-node', world ?? undefined) },
    { title: t('note.add'), icon: 'edit', key: 'N', run: () => (world ? board.addNote(world.x, world.y) : app.actions.perform('add-note')) },
    { title: t('canvas.select_all'), icon: 'select', key: 'Ctrl+A', run: () => board.selectAll() },
    'line',
    { title: t('canvas.fit'), icon: 'fit', key: '0', run: () => board.fit() },
    { title: t('canvas.tidy'), icon: 'tidy', key: 'L', run: () => void tidy(board) },
    { title: t('canvas.save_picture'), icon: 'download', run: () => void savePicture(board) },
  ];
}
