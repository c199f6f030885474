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
const SHOWN = 6; // nodes or clients in a chart: more lines cannot be told apart

/** @type {WeakMap<readonly string[], Map<string, string[]>>} */
const byNode = new WeakMap();

/**
 * The columns of each node, in their order. C names them `nodes.ID.QUANTITY`, where the quantity may itself have parts. A large design has
 * tens of thousands, so they are gone through once a run.
 * @param {readonly string[]} columns
 * @returns {Map<string, string[]>}
 */
function columnsByNode(columns) {
  const known = byNode.get(columns);
  if (known) return known;
  /** @type {Map<string, string[]>} */
  const found = new Map();
  byNode.set(columns, found);
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
 * The lines of each chart: of the selected clients and nodes, or of the first clients and the busiest nodes.
 * @param {import('../types.js').App} app
 * @returns {{ throughput: Line[], latency: Line[], utilization: Line[], clients_left: number }} `clients_left`: how many clients have no line
 */
export function linesOf(app) {
  const { timeline, layout, results } = app.run;
  const columns = columnsByNode(timeline.columns);
  const design = app.document.get();
  const ids = layout?.nodes ?? [];
  const allClients = ids.filter((id) => design.nodes[id]?.load !== undefined || design.nodes[id]?.type === 'client');
  const chosen = allClients.filter((id) => app.selection.nodes.has(id));
  const clients = (chosen.length > 0 ? chosen : allClients).slice(0, SHOWN);

  /** @type {(id: string, quantity: RegExp, label: string, tone: number, isDashed?: boolean) => Line[]} */
  const line = (id, quantity, label, tone, isDashed = false) => {
    const column = columnOf(columns, id, quantity);
    return column ? [{ column, label, tone, isDashed }] : [];
  };
  const many = allClients.length > 1;
  const named = (/** @type {string} */ id, /** @type {string} */ what) => (many ? `${id} ${what}` : what);
  return {
    throughput: clients.flatMap((id, index) => line(id, /^throughput$/, id, index)),
    latency: clients.flatMap((id, index) => [
      ...line(id, /(^|\.)p50$/, named(id, 'p50'), index, true),
      ...line(id, /(^|\.)p99$/, named(id, 'p99'), index),
    ]),
    utilization: busiest(app, ids, columns, results?.value).flatMap((id, index) => line(id, /^utilization$/, id, index)),
    clients_left: allClients.length - clients.length,
  };
}

/**
 * The selected nodes, or the busiest ones: by the results so far, which move less than the moment. Of a large design only the busiest are in them.
 * @param {import('../types.js').App} app
 * @param {string[]} ids
 * @param {Map<string, string[]>} columns by node
 * @param {any} results
 */
function busiest(app, ids, columns, results) {
  const { frame } = app.run;
  const isServed = (/** @type {string} */ id) => columnOf(columns, id, /^utilization$/) !== undefined;
  const selected = ids.filter((id) => app.selection.nodes.has(id) && isServed(id));
  if (selected.length > 0) return selected.slice(0, SHOWN);
  const load = (/** @type {string} */ id) => {
    const known = results?.nodes[id];
    const value = known ? known.utilization : frame?.node(id)?.['utilization'];
    return typeof value === 'number' && Number.isFinite(value) ? value : -1;
  };
  // Infinite servers have no utilisation to draw.
  return (app.run.results?.isPart ? Object.keys(results.nodes) : ids).map((id) => ({ id, load: load(id) })).filter((one) => one.load >= 0 && isServed(one.id))
    .sort((a, b) => b.load - a.load).slice(0, SHOWN).map(({ id }) => id);
}
