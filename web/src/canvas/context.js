/// What the context menu offers, by what it was opened on.

import { toWorld } from './camera.js';
import { connectSelected } from './connecting.js';
import { align, reverseEdge } from './edit.js';
import { duplicate, remove, renameSelected, setZone, tidy } from './items.js';
import { faultsOfEdge, faultsOfNode, injectFault } from '../run/faults.js';
import { openMenu } from './menu.js';
import { savePicture } from './picture.js';
import { edgeAt, nodeAt } from './scene.js';

/** @typedef {import('./board.js').Board} Board */
/** @typedef {import('./menu.js').MenuEntry} MenuEntry */

const SLACK_PX = 9; // how near to a connection is on it

/**
 * Opens the menu of what lies at a place.
 * @param {Board} board @param {number} x @param {number} y client
 */
export function openContext(board, x, y) {
  const [wx, wy] = toWorld(board.camera, ...board.local(x, y));
  const node = nodeAt(board.scene, wx, wy);
  const edge = node ? null : edgeAt(board.scene, wx, wy, SLACK_PX / board.camera.zoom);
  const item = { node: node?.id, edge: edge?.index };
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
  return groundEntries(board, world);
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
      { title: t('canvas.align_left'), run: () => align(app, board.scene, 'left') },
      { title: t('canvas.align_center'), run: () => align(app, board.scene, 'center') },
      { title: t('canvas.align_top'), run: () => align(app, board.scene, 'top') },
      { title: t('canvas.align_middle'), run: () => align(app, board.scene, 'middle') },
      { title: t('canvas.spread_across'), isDisabled: app.selection.nodes.size < 3, run: () => align(app, board.scene, 'across') },
      { title: t('canvas.spread_down'), isDisabled: app.selection.nodes.size < 3, run: () => align(app, board.scene, 'down') },
      'line',
    );
  } else {
    entries.push(...faultEntries(app, faultsOfNode(app, id), id, board.scene.byId.get(id)?.name ?? id));
  }
  const zone = board.scene.byId.get(id)?.zone ?? '';
  entries.push(
    zone === ''
      ? { title: t('canvas.zone_new'), run: () => setZone(board, true) }
      : { title: t('canvas.zone_leave', { zone }), run: () => setZone(board, false) },
    'line',
  );
  entries.push({ title: t('canvas.remove'), icon: 'trash', key: 'Del', isDanger: true, run: () => remove(board) });
  return entries;
}

/**
 * @param {import('../types.js').App} app @param {import('../run/faults.js').FaultChoice[]} choices
 * @param {string} target @param {string} name
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

/** @param {Board} board @param {{ x: number, y: number } | null} world @returns {MenuEntry[]} */
function groundEntries(board, world) {
  const { app } = board;
  const { t } = app;
  return [
    { title: t('canvas.add'), icon: 'plus', key: 'A', run: () => app.signals.emit('add-node', world ?? undefined) },
    { title: t('canvas.select_all'), key: 'Ctrl+A', run: () => board.selectAll() },
    'line',
    { title: t('canvas.fit'), icon: 'fit', key: '0', run: () => board.fit() },
    { title: t('canvas.tidy'), icon: 'tidy', key: 'L', run: () => void tidy(board) },
    { title: t('canvas.save_picture'), icon: 'download', run: () => void savePicture(board) },
  ];
}
