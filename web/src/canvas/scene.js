/// The scene: the document as things with a place. Built anew when the document changes (it is the
/// only truth); a drag in progress is laid over it without touching the document.

import { changedKeys, makePointer } from '../document/pointer.js';
import { pathsOf } from '../icons/icon.js';
import { isBroker, isSource, typeOf } from '../palette/catalog.js';
import { CARD_HEIGHT, CARD_WIDTH, distanceTo, routeAll, union } from './geometry.js';
import { completeLayout } from './layout.js';
import { overlaps } from './camera.js';
import { changesBy, containersOf, groupsOf, regrouped } from './containers.js';
import { notesAcross, notesOf } from './notes.js';

/** @typedef {import('../types.js').Design} Design */
/** @typedef {import('./camera.js').Rect} Rect */
/** @typedef {import('./geometry.js').Route} Route */
/** @typedef {'error' | 'warning' | null} Severity */

/**
 * @typedef {object} SceneNode
 * @property {string} id
 * @property {number} index in document order
 * @property {Rect} rect
 * @property {string} name
 * @property {[string, string]} facts what it is, and the most telling of its own numbers
 * @property {readonly string[]} icon
 * @property {number} replicas
 * @property {string} zone
 * @property {boolean} isSource
 * @property {boolean} isBroker
 * @property {Severity} severity
 * @property {string} problem
 */

/**
 * @typedef {object} SceneEdge
 * @property {number} index in document order
 * @property {string} name as the engine gives it: "gateway->orders", a second one "gateway->orders#2"
 * @property {string} from @property {string} to
 * @property {'call' | 'forward' | 'publish'} kind
 * @property {string} label
 * @property {Route | null} route
 * @property {Severity} severity
 * @property {string} problem
 */

/**
 * @typedef {object} Scene
 * @property {Design} design it shows @property {any} catalog
 * @property {Record<string, [number, number]>} layout places of all nodes, also of those that have none written
 * @property {SceneNode[]} nodes
 * @property {SceneEdge[]} edges
 * @property {Map<string, SceneNode>} byId
 * @property {Map<string, Rect>} rects
 * @property {Rect} bounds
 * @property {import('./containers.js').Container[]} containers zones and groups
 * @property {import('./containers.js').Group[]} groups as the document has them
 * @property {import('./notes.js').Note[]} notes
 * @property {ReadonlySet<string>} into keys of the containers that a drag puts something into
 * @property {boolean} isPlaced every node has its place written
 * @property {object} outline the same as long as places and severities are
 * @property {readonly string[] | null} changed nodes by which alone it differs from the scene that it was built from
 */

/** @type {ReadonlySet<string>} */
const NOWHERE = new Set();

/**
 * @param {Design} design
 * @param {any} catalog
 * @param {import('../types.js').Diagnostics} diagnostics
 * @param {import('../types.js').App['t']} t
 * @param {Scene} [before] what has not changed since is taken over as it is: designs share what a change leaves alone
 * @returns {Scene}
 */
export function buildScene(design, catalog, diagnostics, t, before) {
  const patched = before && patchScene(before, design, catalog, diagnostics, t);
  if (patched) return patched;
  const ids = Object.keys(design.nodes ?? {});
  const links = linksOf(design);
  const isSame = before !== undefined && isSamePlan(before.design, design, ids);
  const layout = isSame ? before.layout : completeLayout(ids, links, /** @type {any} */ (design.layout));
  /** @type {Map<string, Rect>} */
  const rects = new Map();
  const nodes = ids.map((id, index) => {
    const known = isSame && before.catalog === catalog ? before.nodes[index] : undefined;
    const [x, y] = /** @type {[number, number]} */ (layout[id]);
    const rect = known?.rect ?? { x, y, width: CARD_WIDTH, height: CARD_HEIGHT };
    rects.set(id, rect);
    if (known && before?.design.nodes[id] === design.nodes[id]) return known;
    return nodeOf(id, index, rect, design, catalog, diagnostics, t);
  });
  const notes = before && before.design['notes'] === design['notes'] ? before.notes : notesOf(design);
  const groups = groupsOf(design['groups']);
  const containers = containersOf(nodes, groups);
  const routes = isSame ? before.edges.map(({ route }) => route) : routeAll(rects, links);
  const names = isSame ? before.edges.map(({ name }) => name) : edgeNames(links);
  const edges = links.map((link, index) => {
    const known = isSame ? before.edges[index] : undefined;
    if (known && before?.design.edges[index] === design.edges[index]) return known;
    return { ...edgeOf(design, link, index, routes[index] ?? null, diagnostics), name: /** @type {string} */ (names[index]) };
  });
  return {
    design,
    catalog,
    layout,
    nodes,
    edges,
    rects,
    byId: new Map(nodes.map((node) => [node.id, node])),
    containers,
    groups,
    into: NOWHERE,
    bounds: isSame && containers.length === 0 && before.containers.length === 0 && before.design['notes'] === design['notes']
      ? before.bounds : boundsOf(nodes, edges, containers, notes),
    notes,
    isPlaced: ids.every((id) => design.layout?.[id] !== undefined),
    outline: {},
    changed: null,
  };
}

/**
 * The scene before, with the nodes that are written otherwise now, where nothing else is: most changes are of one
 * value, with every frame while a number is turned, and a large design is not gone through for that.
 * @param {Scene} before @param {Design} design @param {any} catalog
 * @param {import('../types.js').Diagnostics} diagnostics @param {import('../types.js').App['t']} t
 * @returns {Scene | null} null where there is more to do
 */
function patchScene(before, design, catalog, diagnostics, t) {
  const old = before.design;
  const isSame = before.isPlaced && before.catalog === catalog && old.layout === design.layout && old.edges === design.edges
    && old['groups'] === design['groups'] && old['notes'] === design['notes'];
  const changed = isSame ? changedKeys(old.nodes, design.nodes) : null;
  if (!changed) return null;
  const nodes = [...before.nodes];
  const byId = new Map(before.byId);
  let { outline } = before;
  for (const id of changed) {
    const known = before.byId.get(id);
    if (!known) return null;
    const node = nodeOf(id, known.index, known.rect, design, catalog, diagnostics, t);
    if (node.zone !== known.zone) return null;
    if (node.severity !== known.severity) outline = {};
    nodes[known.index] = node;
    byId.set(id, node);
  }
  return { ...before, design, nodes, byId, outline, changed };
}

/**
 * Whether two designs have the same nodes in the same places, joined alike: then nothing is routed again.
 * @param {Design} before @param {Design} design @param {string[]} ids of the second
 */
function isSamePlan(before, design, ids) {
  const { layout } = design;
  // Where places are not written they are made, by what may be loaded only later.
  if (before.layout !== layout || !layout || ids.some((id) => layout[id] === undefined)) return false;
  if (before.nodes !== design.nodes) {
    const old = Object.keys(before.nodes ?? {});
    if (old.length !== ids.length || old.some((id, i) => id !== ids[i])) return false;
  }
  const [a, b] = [before.edges, design.edges];
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length &&
    a.every((edge, i) => edge === b[i] || (edge?.from === b[i]?.from && edge?.to === b[i]?.to)));
}

/** @param {Design} design @returns {{ from: string, to: string }[]} */
function linksOf(design) {
  const edges = Array.isArray(design.edges) ? design.edges : [];
  return edges.map((edge) => ({ from: String(edge?.from ?? ''), to: String(edge?.to ?? '') }));
}

/**
 * @param {string} id @param {number} index @param {Rect} rect @param {Design} design
 * @param {any} catalog @param {import('../types.js').Diagnostics} diagnostics
 * @param {import('../types.js').App['t']} t
 * @returns {SceneNode}
 */
function nodeOf(id, index, rect, design, catalog, diagnostics, t) {
  const node = design.nodes[id] ?? { type: '' };
  const type = typeOf(catalog, node.type);
  const [severity, problem] = worst(diagnostics.under(makePointer('nodes', id)));
  return {
    id,
    index,
    rect,
    name: typeof node.name === 'string' && node.name !== '' ? node.name : id,
    facts: factsOf(node, type, t),
    icon: pathsOf(type?.icon),
    replicas: typeof node.replicas === 'number' ? node.replicas : 1,
    zone: typeof node.zone === 'string' ? node.zone : '',
    isSource: isSource(type),
    isBroker: isBroker(type),
    severity,
    problem,
  };
}

/**
 * What a card says while nothing runs.
 * @param {import('../types.js').DesignNode} node
 * @param {import('../palette/catalog.js').NodeType | null} type
 * @param {import('../types.js').App['t']} t
 * @returns {[string, string]}
 */
function factsOf(node, type, t) {
  const title = type?.title ?? String(node.type ?? '');
  const load = node['load'];
  if (load && typeof load === 'object') return [title, loadFact(load, t)];
  const parts = [];
  const places = node['concurrency'] ?? node['connections'];
  if (typeof places === 'number') parts.push(t('canvas.places', { n: places }));
  const time = node['service_time'] ?? type?.properties.find((p) => p.name === 'service_time')?.default;
  if (typeof time === 'string' || typeof time === 'number') parts.push(String(time));
  return [title, parts.join(' · ')];
}

/** @param {Record<string, any>} load @param {import('../types.js').App['t']} t */
function loadFact(load, t) {
  if (load['rate'] !== undefined) return String(load['rate']);
  if (load['users'] !== undefined) {
    const users = t('canvas.users', { n: load['users'] });
    return load['think'] === undefined ? users : `${users} · ${load['think']}`;
  }
  const first = Object.keys(load)[0];
  return first ?? '';
}

/**
 * @param {Design} design @param {{ from: string, to: string }} link @param {number} index
 * @param {Route | null} route @param {import('../types.js').Diagnostics} diagnostics
 * @returns {Omit<SceneEdge, 'name'>}
 */
function edgeOf(design, link, index, route, diagnostics) {
  const edge = design.edges[index] ?? link;
  const [severity, problem] = worst(diagnostics.under(`/edges/${index}`));
  const written = /** @type {Record<string, unknown>} */ (edge);
  const parts = [];
  if (typeof written['op'] === 'string') parts.push(written['op']);
  const probability = written['probability'];
  if (probability !== undefined && probability !== 1) parts.push(`p ${probability}`);
  const kind = written['kind'];
  return {
    index,
    from: link.from,
    to: link.to,
    kind: kind === 'forward' || kind === 'publish' ? kind : 'call',
    label: parts.join(' · '),
    route,
    severity,
    problem,
  };
}

/** @param {{ from: string, to: string }[]} links @returns {string[]} */
export function edgeNames(links) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return links.map(({ from, to }) => {
    const name = `${from}->${to}`;
    const n = (seen.get(name) ?? 0) + 1;
    seen.set(name, n);
    return n === 1 ? name : `${name}#${n}`;
  });
}

/**
 * The same scene with what the engine says of it now: nothing moved, so nothing is routed again.
 * @param {Scene} scene @param {import('../types.js').Diagnostics} diagnostics
 * @returns {Scene}
 */
export function withDiagnostics(scene, diagnostics) {
  const nodes = scene.nodes.map((node) => {
    const [severity, problem] = worst(diagnostics.under(makePointer('nodes', node.id)));
    return severity === node.severity && problem === node.problem ? node : { ...node, severity, problem };
  });
  const edges = scene.edges.map((edge) => {
    const [severity, problem] = worst(diagnostics.under(makePointer('edges', edge.index)));
    return severity === edge.severity && problem === edge.problem ? edge : { ...edge, severity, problem };
  });
  return { ...scene, nodes, edges, byId: new Map(nodes.map((node) => [node.id, node])), outline: {}, changed: null };
}

/** @param {import('../types.js').Diagnostic[]} list @returns {[Severity, string]} */
function worst(list) {
  const found = list.find((item) => item.severity === 'error') ?? list[0];
  return found ? [found.severity, found.message] : [null, ''];
}

/**
 * @param {SceneNode[]} nodes @param {SceneEdge[]} edges @param {import('./containers.js').Container[]} containers
 * @param {readonly { rect: Rect }[]} notes
 * @returns {Rect}
 */
function boundsOf(nodes, edges, containers, notes) {
  const rects = [...nodes, ...containers, ...notes].map(({ rect }) => rect);
  for (const edge of edges) if (edge.route) rects.push(edge.route.bounds);
  return union(rects);
}

/**
 * A scene in which some nodes are being dragged: only what touches them is routed again, and nothing is made
 * anew but what moves, so that a drag stays quick in a large design.
 * @param {Scene} base @param {ReadonlySet<string>} ids
 */
export function createDragged(base, ids) {
  const rects = new Map(base.rects);
  const nodes = [...base.nodes];
  const edges = [...base.edges];
  const byId = new Map(base.byId);
  // A neighbour's ports shift too, so connections of neighbours take part.
  const near = new Set(ids);
  for (const { from, to } of base.edges) {
    if (ids.has(from)) near.add(to);
    if (ids.has(to)) near.add(from);
  }
  const beside = base.edges.filter((edge) => near.has(edge.from) || near.has(edge.to));
  const touched = beside.map((edge) => ids.has(edge.from) || ids.has(edge.to));
  const moved = new Set(beside.filter((_, i) => touched[i]).map(({ index }) => index));
  /** @type {Scene} */
  const scene = { ...base, rects, nodes, edges, byId, outline: {}, changed: null };
  return {
    scene,
    /** Everything that stays where it is, as a scene of its own; the same one until a container changes. */
    rest: {
      ...base, nodes: base.nodes.filter(({ id }) => !ids.has(id)), edges: base.edges.filter(({ index }) => !moved.has(index)),
    },
    /** What moves, over the rest. @returns {Scene} */
    moving: () => ({ ...scene, containers: [], nodes: [...ids].flatMap((id) => byId.get(id) ?? []), edges: [...moved].map((index) => /** @type {SceneEdge} */ (edges[index])) }),
    /** @param {ReadonlyMap<string, readonly [number, number]>} places @returns {boolean} whether containers changed, too */
    move(places) {
      for (const [id, [x, y]] of places) {
        const node = byId.get(id);
        if (!node) continue;
        const now = { ...node, rect: { ...node.rect, x, y } };
        rects.set(id, now.rect);
        byId.set(id, now);
        nodes[node.index] = now;
      }
      const routes = routeAll(rects, beside);
      beside.forEach((edge, i) => {
        if (touched[i]) edges[edge.index] = { ...edge, route: routes[i] ?? null };
      });
      if (base.containers.length === 0) return false;
      const changes = changesBy(base.containers, places);
      const members = changes.size === 0 ? nodes : nodes.map((node) => ({ ...node, zone: changes.get(node.id)?.zone ?? node.zone }));
      scene.containers = containersOf(members, regrouped(base.groups, changes));
      scene.into = new Set([...changes.values()].flatMap(({ zone, group }) => [
        ...(zone ? [`zone ${zone}`] : []), ...(group !== undefined && group >= 0 ? [`group ${group}`] : [])]));
      return true;
    },
  };
}

/**
 * The topmost node under a point.
 * @param {Scene} scene @param {number} x @param {number} y @param {number} [slack]
 * @returns {SceneNode | null}
 */
export function nodeAt(scene, x, y, slack = 0) {
  for (let i = scene.nodes.length - 1; i >= 0; i--) {
    const node = /** @type {SceneNode} */ (scene.nodes[i]);
    const r = node.rect;
    if (
      x >= r.x - slack && x <= r.x + r.width + slack &&
      y >= r.y - slack && y <= r.y + r.height + slack
    ) {
      return node;
    }
  }
  return null;
}

/**
 * The connection nearest to a point, within `slack` world units.
 * @param {Scene} scene @param {number} x @param {number} y @param {number} slack
 * @returns {SceneEdge | null}
 */
export function edgeAt(scene, x, y, slack) {
  let best = null;
  let best_distance = slack;
  const spot = { x: x - slack, y: y - slack, width: 2 * slack, height: 2 * slack };
  for (const edge of scene.edges) {
    if (!edge.route || !overlaps(grown(edge.route.bounds), spot)) continue;
    const distance = distanceTo(edge.route, x, y);
    if (distance <= best_distance) {
      best_distance = distance;
      best = edge;
    }
  }
  return best;
}

/** A straight line has no area, and must still be found. @param {Rect} r @returns {Rect} */
function grown(r) {
  return { x: r.x - 1, y: r.y - 1, width: r.width + 2, height: r.height + 2 };
}

/** @param {Scene} scene @param {Rect} box @returns {{ nodes: string[], edges: number[], notes: number[] }} */
export function within(scene, box) {
  const nodes = scene.nodes.filter((node) => overlaps(node.rect, box)).map((node) => node.id);
  const picked = new Set(nodes);
  const edges = scene.edges
    .filter((edge) => picked.has(edge.from) && picked.has(edge.to))
    .map((edge) => edge.index);
  return { nodes, edges, notes: notesAcross(scene, box) };
}
