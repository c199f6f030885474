/**
 * Which columns of the timeline are drawn in which chart.
 */

/**
 * @typedef {object} Line
 * @property {string} column of the timeline
 * @property {string} label
 * @property {number} tone index of its colour
 * @property {boolean} isDashed
 */

const PREFIX = 'nodes.';
const NODES_SHOWN = 6; // more lines than this cannot be told apart

/**
 * The columns of each node, in their order. C names them `nodes.ID.QUANTITY`, where the quantity may itself have parts. A large design has
 * thousands, so they are gone through once.
 * @param {readonly string[]} columns
 * @returns {Map<string, string[]>}
 */
function columnsByNode(columns) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const name of columns) {
    if (!name.startsWith(PREFIX)) continue;
    const id = name.slice(PREFIX.length, name.indexOf('.', PREFIX.length));
    const own = found.get(id);
    if (own) own.push(name);
    else found.set(id, [name]);
  }
  return found;
}

/**
 * The column of a node's quantity.
 * @param {Map<string, string[]>} columns by node
 * @param {string} id
 * @param {RegExp} quantity
 */
const columnOf = (columns, id, quantity) => columns.get(id)?.find((name) => quantity.test(name.slice(PREFIX.length + id.length + 1)));

/**
 * The lines of the future that was left, as far as they can be told from those of this one.
 * @param {Line[]} lines
 * @returns {Line[]}
 */
export const ghostsOf = (lines) => lines.filter(({ isDashed }) => !isDashed);

/**
 * @param {import('../types.js').App} app
 * @returns {{ throughput: Line[], latency: Line[], utilization: Line[] }}
 */
export function linesOf(app) {
  const { timeline, layout, results } = app.run;
  const columns = columnsByNode(timeline.columns);
  const design = app.document.get();
  const ids = layout?.nodes ?? [];
  const clients = ids.filter((id) => design.nodes[id]?.load !== undefined || design.nodes[id]?.type === 'client');

  /** @type {(id: string, quantity: RegExp, label: string, tone: number, isDashed?: boolean) => Line[]} */
  const line = (id, quantity, label, tone, isDashed = false) => {
    const column = columnOf(columns, id, quantity);
    return column ? [{ column, label, tone, isDashed }] : [];
  };
  const many = clients.length > 1;
  const named = (/** @type {string} */ id, /** @type {string} */ what) => (many ? `${id} ${what}` : what);
  return {
    throughput: clients.flatMap((id, index) => line(id, /^throughput$/, id, index)),
    latency: clients.flatMap((id, index) => [
      ...line(id, /(^|\.)p50$/, named(id, 'p50'), index, true),
      ...line(id, /(^|\.)p99$/, named(id, 'p99'), index),
    ]),
    utilization: busiest(app, ids, columns, results?.value).flatMap((id, index) => line(id, /^utilization$/, id, index)),
  };
}

/**
 * The selected nodes, or the busiest ones.
 * @param {import('../types.js').App} app
 * @param {string[]} ids
 * @param {Map<string, string[]>} columns by node
 * @param {any} results
 */
function busiest(app, ids, columns, results) {
  const { frame } = app.run;
  const served = ids.filter((id) => columnOf(columns, id, /^utilization$/));
  const selected = served.filter((id) => app.selection.nodes.has(id));
  if (selected.length > 0) return selected.slice(0, NODES_SHOWN);
  const load = (/** @type {string} */ id) => {
    const known = results?.nodes[id];
    const value = known ? known.utilization : frame?.node(id)?.['utilization'];
    return typeof value === 'number' && Number.isFinite(value) ? value : -1;
  };
  // Infinite servers have no utilisation to draw.
  return served.filter((id) => load(id) >= 0).sort((a, b) => load(b) - load(a)).slice(0, NODES_SHOWN);
}
