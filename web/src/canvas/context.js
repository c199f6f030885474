/// What the context menu offers, by what it was opened on.

import { reverseEdge } from './edit.js';

/** @typedef {import('./canvas.js').Board} Board */
/** @typedef {import('./menu.js').MenuEntry} MenuEntry */

/**
 * @param {Board} board @param {import('./canvas.js').Item} item
 * @param {{ x: number, y: number } | null} world where it was opened
 * @returns {MenuEntry[]}
 */
export function contextEntries(board, item, world) {
  if (item.node !== undefined) return nodeEntries(board, item.node);
  if (item.edge !== undefined) return edgeEntries(board, item.edge);
  return groundEntries(board, world);
}

/** @param {Board} board @param {string} id @returns {MenuEntry[]} */
function nodeEntries(board, id) {
  const { app } = board;
  const { t } = app;
  const many = app.selection.nodes.size > 1;
  const isSource = board.scene.byId.get(id)?.isSource ?? false;
  /** @type {MenuEntry[]} */
  const entries = [
    { title: t('canvas.inspect'), icon: 'sidebar', key: '↵', run: () => app.signals.emit('inspect') },
    { title: t('canvas.rename'), icon: 'edit', key: 'F2', isDisabled: many, run: () => board.renameSelected() },
    { title: t('canvas.connect'), icon: 'link', key: 'C', isDisabled: many, run: () => board.connectSelected() },
    { title: t('canvas.duplicate'), icon: 'duplicate', key: 'Ctrl+D', run: () => board.duplicate() },
    'line',
  ];
  if (many) {
    entries.push(
      { heading: t('canvas.arrange') },
      { title: t('canvas.align_left'), run: () => board.align('left') },
      { title: t('canvas.align_center'), run: () => board.align('center') },
      { title: t('canvas.align_top'), run: () => board.align('top') },
      { title: t('canvas.align_middle'), run: () => board.align('middle') },
      { title: t('canvas.spread_across'), isDisabled: app.selection.nodes.size < 3, run: () => board.align('across') },
      { title: t('canvas.spread_down'), isDisabled: app.selection.nodes.size < 3, run: () => board.align('down') },
      'line',
    );
  } else if (isSource) {
    entries.push(
      { heading: t('canvas.inject') },
      { title: t('canvas.fault_spike'), icon: 'fault', run: () => board.addFault(id, { kind: 'spike', factor: 3 }) },
      'line',
    );
  } else {
    entries.push(
      { heading: t('canvas.inject') },
      { title: t('canvas.fault_slow'), icon: 'fault', run: () => board.addFault(id, { kind: 'slow', factor: 8 }) },
      { title: t('canvas.fault_crash'), icon: 'fault', run: () => board.addFault(id, { kind: 'crash' }) },
      { title: t('canvas.fault_errors'), icon: 'fault', run: () => board.addFault(id, { kind: 'errors', rate: 0.2 }) },
      'line',
    );
  }
  entries.push({ title: t('canvas.remove'), icon: 'trash', key: 'Del', isDanger: true, run: () => board.remove() });
  return entries;
}

/** @param {Board} board @param {number} index @returns {MenuEntry[]} */
function edgeEntries(board, index) {
  const { app } = board;
  const { t } = app;
  const kind = board.scene.edges[index]?.kind;
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
    choice('call'),
    choice('forward'),
    choice('publish'),
    { title: t('canvas.reverse'), icon: 'repeat', run: () => reverseEdge(app, index) },
    'line',
    { title: t('canvas.remove'), icon: 'trash', key: 'Del', isDanger: true, run: () => board.remove() },
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
    { title: t('canvas.tidy'), icon: 'tidy', key: 'L', run: () => board.tidy() },
  ];
}
