/** A snippet for the node that it is put on: what it calls gets the ids of the node's own neighbours. */

import { hasTrait, typeOf } from '../palette/catalog.js';

/**
 * @typedef {{ name: string, source: string, targets: Record<string, string> }} Snippet `targets`: types by the ids that its code calls
 * @typedef {{ id: string, to: string | null, title: string }} Match of what the snippet calls with a neighbour; `title`: of a component that serves
 */

/** @param {any} catalog @param {string} type */
function kindOf(catalog, type) {
  const found = typeOf(catalog, type);
  return ['cache', 'store', 'broker', 'code'].find((trait) => hasTrait(found, trait)) ?? '';
}

/**
 * @param {Snippet} snippet
 * @param {import('../types.js').Design} design
 * @param {string} node
 * @param {any} catalog
 * @returns {{ source: string, matches: Match[] }}
 */
export function adapted({ source, targets }, design, node, catalog) {
  const free = [...new Set(design.edges.filter(({ from }) => from === node).map(({ to }) => to))]
    .map((id) => ({ id, type: design.nodes[id]?.type ?? '' }));
  const matches = Object.entries(targets).map(([id, type]) => {
    const kind = kindOf(catalog, type);
    // The one of the same name or of the same type, else one that can do the same.
    const order = [(/** @type {typeof free[0]} */ one) => one.id === id, (/** @type {typeof free[0]} */ one) => one.type === type, () => true];
    const candidates = free.filter((one) => kindOf(catalog, one.type) === kind);
    const found = order.flatMap((fits) => candidates.filter(fits))[0];
    if (found) free.splice(free.indexOf(found), 1);
    return { id, to: found?.id ?? null, title: typeOf(catalog, found?.type ?? type)?.title ?? type };
  });
  const ids = new Map(matches.flatMap(({ id, to }) => (to === null ? [] : [[id, to]])));
  return { source: source.replace(/'([a-z][a-z0-9_-]*)'/g, (whole, id) => (ids.has(id) ? `'${ids.get(id)}'` : whole)), matches };
}
