/**
 * Removes nodes with their edges and places, and edges.
 * @param {{ nodes?: Iterable<string>, edges?: Iterable<number> }} items
 * @returns {import('../types.js').Command}
 */
export function removeItems({ nodes = [], edges = [] }) {
  const ids = new Set(nodes);
  const indices = new Set(edges);
  return {
    name: 'command.remove',
    apply(design) {
      if (ids.size === 0 && indices.size === 0) return design;
      const next = {
        ...design,
        nodes: without(design.nodes, ids),
        edges: design.edges.filter((edge, index) => !indices.has(index) && !ids.has(edge.from) && !ids.has(edge.to)),
      };
      if (design.layout) next.layout = without(design.layout, ids);
      return next;
    },
  };
}

/**
 * @template T
 * @param {{ readonly [id: string]: T }} object
 * @param {Set<string>} ids
 * @returns {{ [id: string]: T }}
 */
const without = (object, ids) => Object.fromEntries(Object.entries(object).filter(([id]) => !ids.has(id)));
