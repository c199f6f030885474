/// Zones and groups: what lies around nodes. A zone is a property of its nodes and is simulated (a fault
/// can strike it); a group is a frame of the drawing's own, kept in the document's `groups`. Which of them
/// a dragged node ends in is decided here.

import { CARD_HEIGHT, CARD_WIDTH, union } from './geometry.js';
import { overlaps } from './camera.js';

/** @typedef {import('./camera.js').Rect} Rect */
/** @typedef {{ id: string, rect: Rect, zone: string }} Member */
/** @typedef {{ name: string, ids: ReadonlySet<string>, written: any }} Group `written`: as in the document */
/**
 * @typedef {object} Container
 * @property {'zone' | 'group'} kind
 * @property {string} key names it among all: "zone eu-1", "group 0"
 * @property {number} index of a group in the document; -1 for a zone
 * @property {string} name
 * @property {Rect} rect
 * @property {string[]} ids of its nodes
 */
/** @typedef {{ zone?: string | undefined, group?: number }} Change where a node goes: `''` and -1 are nowhere */

const PADDING = { group: 12, zone: 20 };
const HEAD = 22; // the strip with the name: by it a container is taken

/** What a document may hold as groups. @param {any} written @returns {Group[]} */
export function groupsOf(written) {
  if (!Array.isArray(written)) return [];
  return written.map((group) => ({
    name: typeof group?.name === 'string' ? group.name : '',
    written: group,
    ids: new Set((Array.isArray(group?.nodes) ? group.nodes : []).filter((/** @type {any} */ id) => typeof id === 'string')),
  }));
}

/**
 * @param {readonly Member[]} nodes @param {readonly Group[]} groups
 * @returns {Container[]} those that lie under others first
 */
export function containersOf(nodes, groups) {
  /** @type {Container[]} */
  const framed = [];
  groups.forEach((group, index) => {
    const inside = group.ids.size === 0 ? [] : nodes.filter(({ id }) => group.ids.has(id));
    if (inside.length === 0) return;
    framed.push(around('group', index, group.name, inside, inside.map(({ rect }) => rect)));
  });
  /** @type {Map<string, Member[]>} */
  const zones = new Map();
  for (const node of nodes) {
    if (node.zone === '') continue;
    const list = zones.get(node.zone);
    if (list) list.push(node);
    else zones.set(node.zone, [node]);
  }
  return [...[...zones].map(([name, inside]) => {
    const ids = new Set(inside.map(({ id }) => id));
    const whole = framed.filter((frame) => frame.ids.every((id) => ids.has(id))).map(({ rect }) => rect);
    return around('zone', -1, name, inside, [...inside.map(({ rect }) => rect), ...whole]);
  }), ...framed];
}

/**
 * @param {'zone' | 'group'} kind @param {number} index @param {string} name
 * @param {Member[]} inside @param {Rect[]} rects
 * @returns {Container}
 */
function around(kind, index, name, inside, rects) {
  const box = union(rects);
  const padding = PADDING[kind];
  return {
    kind, index, name, key: kind === 'zone' ? `zone ${name}` : `group ${index}`, ids: inside.map(({ id }) => id),
    rect: { x: box.x - padding, y: box.y - padding - HEAD + 6, width: box.width + 2 * padding, height: box.height + 2 * padding + HEAD - 6 },
  };
}

/**
 * The container by whose head a point lies; the uppermost.
 * @param {readonly Container[]} containers @param {number} x @param {number} y @param {number} zoom
 */
export function headAt(containers, x, y, zoom) {
  if (!hasHeads(zoom)) return null;
  return containers.findLast(({ rect }) => x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + HEAD) ?? null;
}

/** Whether names can be read, and so pressed. @param {number} zoom */
export const hasHeads = (zoom) => zoom >= 0.4;

/**
 * Where dragged nodes end: in the container that has a node's middle; out of its own once it no longer
 * touches that. Nodes that are all that a container has take it along.
 * @param {readonly Container[]} containers as they were before the drag
 * @param {ReadonlyMap<string, readonly [number, number]>} places
 * @returns {Map<string, Change>}
 */
export function changesBy(containers, places) {
  /** @type {Map<string, Change>} */
  const changes = new Map();
  const still = containers.filter(({ ids }) => ids.some((id) => !places.has(id)));
  for (const [id, [x, y]] of places) {
    const rect = { x, y, width: CARD_WIDTH, height: CARD_HEIGHT };
    const change = { ...moveOf('zone', id, rect, containers, still), ...moveOf('group', id, rect, containers, still) };
    if (Object.keys(change).length > 0) changes.set(id, change);
  }
  return changes;
}

/**
 * @param {'zone' | 'group'} kind @param {string} id @param {Rect} rect
 * @param {readonly Container[]} all @param {readonly Container[]} still those that do not move along
 * @returns {Change}
 */
function moveOf(kind, id, rect, all, still) {
  const own = all.find((one) => one.kind === kind && one.ids.includes(id));
  const [x, y] = [rect.x + rect.width / 2, rect.y + rect.height / 2];
  const into = still.findLast((one) => one.kind === kind && one !== own &&
    x >= one.rect.x && x <= one.rect.x + one.rect.width && y >= one.rect.y && y <= one.rect.y + one.rect.height);
  if (into) return kind === 'zone' ? { zone: into.name } : { group: into.index };
  if (!own || !still.includes(own) || overlaps(own.rect, rect)) return {};
  return kind === 'zone' ? { zone: '' } : { group: -1 };
}

/**
 * The groups after nodes went in and out of them; those that have become empty are gone.
 * @param {readonly Group[]} groups @param {ReadonlyMap<string, Change>} changes
 * @returns {Group[]} as many as before: an empty one is still there, without nodes
 */
export function regrouped(groups, changes) {
  const moved = [...changes].filter(([, { group }]) => group !== undefined);
  if (moved.length === 0) return [...groups];
  return groups.map((one, index) => {
    const ids = new Set(one.ids);
    for (const [id, { group }] of moved) group === index ? ids.add(id) : ids.delete(id);
    return { ...one, ids };
  });
}

/** What the document keeps of groups. @param {readonly Group[]} groups */
export function writtenGroups(groups) {
  const list = groups.filter(({ ids }) => ids.size > 0).map(({ name, ids, written }) => ({ ...written, name, nodes: [...ids] }));
  return list.length > 0 ? list : undefined;
}
