import { notesIn, withNotes } from '../document/notes.js';

/**
 * Removes nodes with their edges and places, edges, and notes.
 * @param {{ nodes?: Iterable<string>, edges?: Iterable<number>, notes?: Iterable<number> }} items
 * @returns {import('../types.js').Command}
 */
export function removeItems({ nodes = [], edges = [], notes = [] }) {
  const ids = new Set(nodes);
  const indices = new Set(edges);
  const torn = new Set(notes);
  return {
    name: 'command.remove',
    apply(given) {
      const notesLeft = notesIn(given).filter((_, index) => !torn.has(index));
      const design = notesLeft.length === notesIn(given).length ? given : withNotes(given, notesLeft);
      if (ids.size === 0 && indices.size === 0) return design;
      const next = {
        ...design,
        ...(Array.isArray(design['groups']) ? { groups: inGroups(design['groups'], (id) => (ids.has(id) ? null : id)) } : {}),
        nodes: without(design.nodes, ids),
        edges: design.edges.filter((edge, index) => !indices.has(index) && !ids.has(edge.from) && !ids.has(edge.to)),
      };
      if (design.layout) next.layout = without(design.layout, ids);
      return next;
    },
  };
}

/**
 * Frames of the drawing with other members; those that lose all of them are gone.
 * @param {any[]} groups as written
 * @param {(id: string) => string | null} rename null: it is gone
 */
export function inGroups(groups, rename) {
  const next = groups.map((group) => {
    if (!Array.isArray(group?.nodes)) return group;
    const nodes = group.nodes.map(rename).filter((/** @type {string | null} */ id) => id !== null);
    return nodes.length === group.nodes.length && nodes.every((/** @type {string} */ id, /** @type {number} */ i) => id === group.nodes[i]) ? group : { ...group, nodes };
  }).filter((group, i) => group === groups[i] || group.nodes.length > 0);
  return next.length === groups.length && next.every((group, i) => group === groups[i]) ? groups : next;
}

/**
 * @template T
 * @param {{ readonly [id: string]: T }} object
 * @param {Set<string>} ids
 * @returns {{ [id: string]: T }}
 */
const without = (object, ids) => Object.fromEntries(Object.entries(object).filter(([id]) => !ids.has(id)));
