/**
 * Adds an edge.
 * @param {string} from
 * @param {string} to
 * @param {import('../types.js').JsonObject} [properties]
 * @returns {import('../types.js').Command}
 */
export function connect(from, to, properties = {}) {
  return {
    name: 'command.connect',
    apply: (design) => ({ ...design, edges: [...design.edges, { from, to, ...properties }] }),
  };
}
