import { followNotes, notesIn } from './notes.js';

/**
 * What is selected: node ids, and indices of edges and notes. Items that leave the document leave the selection.
 * @param {import('../types.js').Signals} signals
 * @param {import('../types.js').DocumentStore} document
 * @returns {import('../types.js').Selection}
 */
export function createSelection(signals, document) {
  /** @type {ReadonlySet<string>} */
  let nodes = new Set();
  /** @type {ReadonlySet<number>} */
  let edges = new Set();
  /** @type {ReadonlySet<number>} */
  let notes = new Set();
  let written = notesIn(document.get());

  /** @param {Iterable<string>} nextNodes @param {Iterable<number>} nextEdges @param {Iterable<number>} nextNotes */
  function change(nextNodes, nextEdges, nextNotes) {
    const design = document.get();
    const n = new Set([...nextNodes].filter((id) => Object.hasOwn(design.nodes, id)));
    const e = new Set([...nextEdges].filter((index) => index < design.edges.length));
    const o = new Set([...nextNotes].filter((index) => index < written.length));
    if (same(n, nodes) && same(e, edges) && same(o, notes)) return;
    nodes = n;
    edges = e;
    notes = o;
    signals.emit('selection');
  }
  signals.on('document', () => {
    const before = written;
    written = notesIn(document.get());
    change(nodes, edges, notes.size === 0 ? notes : followNotes(before, written, notes));
  });

  return {
    get nodes() { return nodes; },
    get edges() { return edges; },
    get notes() { return notes; },
    set: (selection) => change(selection.nodes ?? [], selection.edges ?? [], selection.notes ?? []),
    clear: () => change([], [], []),
  };
}

/** @param {ReadonlySet<any>} a @param {ReadonlySet<any>} b */
const same = (a, b) => a.size === b.size && [...a].every((item) => b.has(item));
