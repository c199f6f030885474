/// Copy and paste as text, so that it works between windows and is readable in a mail: a fragment is
/// a design with nothing but nodes, edges, places and notes.

import { isNote, notesIn } from '../document/notes.js';
import { makePointer } from '../document/pointer.js';

/** @typedef {import('../types.js').Design} Design */
/** @typedef {{ nodes: Record<string, any>, edges: any[], layout: Record<string, [number, number]>, notes: any[] }} Fragment */

/**
 * @param {Design} design @param {ReadonlySet<string>} ids
 * @param {ReadonlyMap<string, import('./camera.js').Rect>} rects
 * @param {ReadonlySet<number>} notes
 * @returns {string}
 */
export function fragmentText(design, ids, rects, notes) {
  /** @type {Fragment} */
  const fragment = { nodes: {}, edges: [], layout: {}, notes: notesIn(design).filter((_, index) => notes.has(index)) };
  for (const id of Object.keys(design.nodes)) {
    if (!ids.has(id)) continue;
    fragment.nodes[id] = design.nodes[id];
    const rect = rects.get(id);
    if (rect) fragment.layout[id] = [rect.x, rect.y];
  }
  fragment.edges = design.edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to));
  return JSON.stringify({ format: 'scalesim/1', ...fragment, ...(fragment.notes.length > 0 ? {} : { notes: undefined }) }, null, 2);
}

/**
 * Reads a fragment, or a whole design; null for any other text.
 * @param {string} text
 * @returns {Fragment | null}
 */
export function parseFragment(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!value || value.format !== 'scalesim/1' || typeof value.nodes !== 'object' || !value.nodes) return null;
  const nodes = Object.fromEntries(
    Object.entries(value.nodes).filter(([, node]) => node && typeof node === 'object' && 'type' in node),
  );
  const notes = notesIn(value).filter(isNote);
  if (Object.keys(nodes).length + notes.length === 0) return null;
  const edges = (Array.isArray(value.edges) ? value.edges : []).filter(
    (/** @type {any} */ edge) => edge && edge.from in nodes && edge.to in nodes,
  );
  return { nodes, edges, layout: value.layout && typeof value.layout === 'object' ? value.layout : {}, notes };
}

/**
 * The same with ids that are free in a design, and moved.
 * @param {Fragment} fragment @param {Design} design @param {[number, number]} offset
 * @param {(id: string, taken: ReadonlySet<string>) => string} freeId
 * @returns {Fragment}
 */
export function adapted(fragment, design, offset, freeId) {
  const taken = new Set(Object.keys(design.nodes));
  /** @type {Map<string, string>} */
  const ids = new Map();
  for (const id of Object.keys(fragment.nodes)) {
    const free = freeId(id, taken);
    taken.add(free);
    ids.set(id, free);
  }
  const to = (/** @type {string} */ id) => ids.get(id) ?? id;
  /** @type {Fragment} */
  const result = { nodes: {}, edges: [], layout: {}, notes: fragment.notes.map((note) => ({ ...note, at: [note.at[0] + offset[0], note.at[1] + offset[1]] })) };
  for (const [id, node] of Object.entries(fragment.nodes)) {
    result.nodes[to(id)] = withCallees(node, ids);
    const place = fragment.layout[id];
    if (Array.isArray(place)) result.layout[to(id)] = [place[0] + offset[0], place[1] + offset[1]];
  }
  result.edges = fragment.edges.map((edge) => ({ ...edge, from: to(edge.from), to: to(edge.to) }));
  return result;
}

/** Flows name the nodes they call. @param {any} value @param {Map<string, string>} ids @returns {any} */
function withCallees(value, ids) {
  if (Array.isArray(value)) return value.map((item) => withCallees(item, ids));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      (key === 'call' || key === 'publish') && typeof part === 'string' ? (ids.get(part) ?? part) : withCallees(part, ids),
    ]),
  );
}

/** @param {string} id */
export function nodePointer(id) {
  return makePointer('nodes', id);
}
