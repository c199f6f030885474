/**
 * Adds a node at a place.
 * @param {string} id
 * @param {import('../types.js').DesignNode} node
 * @param {[number, number]} [place]
 * @returns {import('../types.js').Command}
 */
export function addNode(id, node, place) {
  return {
    name: 'command.add_node',
    apply(design) {
      if (Object.hasOwn(design.nodes, id)) return design;
      const next = { ...design, nodes: { ...design.nodes, [id]: node } };
      return place ? { ...next, layout: { ...design.layout, [id]: place } } : next;
    },
  };
}
