import { isNote, notesIn, withNotes } from '../document/notes.js';
import { renameInFlows } from './rename_node.js';

/**
 * Copies nodes, with the edges among them and those to what they call, and notes, to places beside them. New ids end in a number.
 * @param {Iterable<string>} nodes
 * @param {[number, number]} [offset]
 * @param {Iterable<number>} [notes] their copies come last, in this order
 * @returns {import('../types.js').Command}
 */
export function duplicateNodes(nodes, offset = [40, 40], notes = []) {
  const ids = [...nodes];
  const indices = [...notes];
  return {
    name: 'command.duplicate',
    apply(given) {
      const written = notesIn(given);
      const twins = indices.map((index) => written[index]).filter(isNote).map((note) => ({ ...note, at: [note.at[0] + offset[0], note.at[1] + offset[1]] }));
      const design = twins.length > 0 ? withNotes(given, [...written, ...twins]) : given;
      /** @type {Map<string, string>} */
      const copies = new Map();
      const taken = new Set(Object.keys(design.nodes));
      for (const id of ids.filter((one) => taken.has(one))) {
        const copy = freeId(id, taken);
        taken.add(copy);
        copies.set(id, copy);
      }
      if (copies.size === 0) return design;
      const next = { ...design, nodes: { ...design.nodes }, layout: { ...design.layout } };
      for (const [id, copy] of copies) {
        next.nodes[copy] = renameInFlows(design.nodes[id], copies);
        const at = design.layout?.[id];
        if (at) next.layout[copy] = [at[0] + offset[0], at[1] + offset[1]];
      }
      // A copy calls what its original calls, or the copy of that.
      const theirs = design.edges.filter((edge) => copies.has(edge.from));
      next.edges = [...design.edges, ...theirs.map((edge) => (
        { ...edge, from: copies.get(edge.from) ?? edge.from, to: copies.get(edge.to) ?? edge.to }))];
      return next;
    },
  };
}

const ID_LENGTH_MAX = 64; // FORMAT §1

/**
 * An id like the given one that is not taken.
 * @param {string} id
 * @param {ReadonlySet<string>} taken
 */
export function freeId(id, taken) {
  if (!taken.has(id)) return id;
  const stem = id.replace(/[-_]?\d+$/, '').slice(0, ID_LENGTH_MAX - 6) || id;
  for (let n = 2; ; n += 1) {
    if (!taken.has(`${stem}-${n}`)) return `${stem}-${n}`;
  }
}
