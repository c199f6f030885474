/// Automatic layout: layers from left to right, as flows are read.

import { library } from '../libraries/library.js';
import { CARD_HEIGHT, CARD_WIDTH, snap } from './geometry.js';

/** @typedef {Record<string, [number, number]>} Layout */

/**
 * Places the nodes in layers. Nodes without any connection go in a row below.
 * @param {string[]} ids
 * @param {{ from: string, to: string }[]} links
 * @param {{ direction?: 'LR' | 'TB', zones?: ReadonlyMap<string, string> }} [options] `zones`: nodes of one stay together
 * @returns {Layout}
 */
export function layoutOf(ids, links, options = {}) {
  const dagre = library('dagre');
  if (!dagre) return gridOf(ids);
  const graph = new dagre.graphlib.Graph({ multigraph: true, compound: true });
  graph.setGraph({
    rankdir: options.direction ?? 'LR',
    nodesep: 32,
    ranksep: 80,
    edgesep: 24,
    marginx: 0,
    marginy: 0,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(ids);
  /** @type {Set<string>} */
  const linked = new Set();
  links.forEach((link, i) => {
    if (link.from === link.to || !known.has(link.from) || !known.has(link.to)) return;
    linked.add(link.from);
    linked.add(link.to);
    graph.setEdge(link.from, link.to, {}, String(i));
  });
  for (const id of ids) {
    if (linked.has(id)) graph.setNode(id, { width: CARD_WIDTH, height: CARD_HEIGHT });
  }
  for (const [id, zone] of options.zones ?? []) {
    if (!linked.has(id)) continue;
    const key = `zone ${zone}`; // no id has a space
    if (!graph.hasNode(key)) graph.setNode(key, {});
    graph.setParent(id, key);
  }
  dagre.layout(graph);
  /** @type {Layout} */
  const layout = {};
  let bottom = 0;
  for (const id of ids) {
    if (!linked.has(id)) continue;
    const node = graph.node(id);
    const y = snap(node.y - CARD_HEIGHT / 2);
    layout[id] = [snap(node.x - CARD_WIDTH / 2), y];
    bottom = Math.max(bottom, y + CARD_HEIGHT + 40);
  }
  let x = 0;
  for (const id of ids) {
    if (linked.has(id)) continue;
    layout[id] = [snap(x), snap(bottom)];
    x += CARD_WIDTH + 40;
  }
  return layout;
}

/**
 * Rows and columns, for when the layout library could not be loaded.
 * @param {string[]} ids
 * @returns {Layout}
 */
function gridOf(ids) {
  const columns = Math.max(1, Math.ceil(Math.sqrt(ids.length)));
  return Object.fromEntries(ids.map((id, i) => [id, /** @type {[number, number]} */ ([
    snap((i % columns) * (CARD_WIDTH + 96)), snap(Math.floor(i / columns) * (CARD_HEIGHT + 40))])]));
}

/**
 * A position for every node: the document's own where it has one; if it has none at all, the
 * automatic layout; a few missing ones go below what is there.
 * @param {string[]} ids
 * @param {{ from: string, to: string }[]} links
 * @param {Record<string, unknown> | undefined} written `layout` of the document
 * @returns {Layout}
 */
export function completeLayout(ids, links, written) {
  /** @type {Layout} */
  const layout = {};
  /** @type {string[]} */
  const missing = [];
  for (const id of ids) {
    const place = written?.[id];
    if (Array.isArray(place) && Number.isFinite(place[0]) && Number.isFinite(place[1])) {
      layout[id] = [place[0], place[1]];
    } else {
      missing.push(id);
    }
  }
  if (missing.length === 0) return layout;
  const placed = Object.values(layout);
  if (placed.length === 0) return layoutOf(ids, links);
  const left = Math.min(...placed.map(([x]) => x));
  const bottom = Math.max(...placed.map(([, y]) => y)) + CARD_HEIGHT + 40;
  const automatic = layoutOf(missing, links);
  for (const id of missing) {
    const [x, y] = /** @type {[number, number]} */ (automatic[id]);
    layout[id] = [snap(left + x), snap(bottom + y)];
  }
  return layout;
}
