/// Adding a node of a type: its id, what it must have, its place, and perhaps its connection.

import { freeId } from '../commands/duplicate_nodes.js';
import { isBroker, isSource, typeOf } from './catalog.js';

/** @typedef {import('../types.js').App} App */

/**
 * A node as small as it can be: the type, and examples of what must be written.
 * @param {import('./catalog.js').NodeType} type
 * @returns {import('../types.js').DesignNode}
 */
export function newNode(type) {
  /** @type {import('../types.js').DesignNode} */
  const node = { type: type.name };
  for (const property of type.properties) {
    if (property.required && property.default === undefined && property.example !== undefined) {
      node[property.name] = structuredClone(property.example);
    }
  }
  return node;
}

/**
 * Adds a node, with a connection from another one if asked: both are one step.
 * @param {App} app @param {string} name of the type @param {[number, number]} place
 * @param {string} [from] node to connect from
 * @param {(id: string) => [pointer: string, value: any][]} [also] what else is written, once it has its id
 * @returns {string | null} its id
 */
export function addNodeOfType(app, name, place, from, also = () => []) {
  const type = typeOf(app.catalog, name);
  if (!type) return null;
  const design = app.document.get();
  const stem = /^[a-z][a-z0-9_-]*$/.test(name) ? name : 'node';
  const id = freeId(stem, new Set(Object.keys(design.nodes)));
  const source = from === undefined ? undefined : design.nodes[from];
  /** @type {any[]} */
  const edges = [];
  if (from !== undefined && source && !isSource(type)) {
    const isPublish = isBroker(type) && !isSource(typeOf(app.catalog, source.type));
    const isForward = typeOf(app.catalog, source.type)?.behaviour === 'station';
    edges.push({ from, to: id, ...(isPublish ? { kind: 'publish' } : isForward ? { kind: 'forward' } : {}) });
  }
  const paste = app.commands.pasteItems({ nodes: { [id]: newNode(type) }, edges, layout: { [id]: place } });
  const rest = app.commands.change('command.add_node', also(id));
  app.document.execute({ name: 'command.add_node', apply: (before) => rest.apply(paste.apply(before)) });
  return id;
}
