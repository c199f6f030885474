/**
 * What is selected: node ids and edge indices. Items that leave the document leave the selection.
 * @param {import('../types.js').Signals} signals
 * @param {import('../types.js').DocumentStore} document
 * @returns {import('../types.js').Selection}
 */
export function createSelection(signals, document) {
  /** @type {ReadonlySet<string>} */
  let nodes = new Set();
  /** @type {ReadonlySet<number>} */
  let edges = new Set();

  /** @param {Iterable<string>} nextNodes @param {Iterable<number>} nextEdges */
  function change(nextNodes, nextEdges) {
    const design = document.get();
    const n = new Set([...nextNodes].filter((id) => Object.hasOwn(design.nodes, id)));
    const e = new Set([...nextEdges].filter((index) => index < design.edges.length));
    if (same(n, nodes) && same(e, edges)) return;
    nodes = n;
    edges = e;
    signals.emit('selection');
  }
  signals.on('document', () => change(nodes, edges));

  return {
    get nodes() { return nodes; },
    get edges() { return edges; },
    set: (selection) => change(selection.nodes ?? [], selection.edges ?? []),
    clear: () => change([], []),
  };
}

/** @param {ReadonlySet<any>} a @param {ReadonlySet<any>} b */
const same = (a, b) => a.size === b.size && [...a].every((item) => b.has(item));
