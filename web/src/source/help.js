/**
 * What the catalog knows of a design's text: the members that can be written somewhere, their choices, and what they mean.
 */

import { parsePointer } from '../document/pointer.js';
import { objectProperties, typeOf, typesOf } from '../palette/catalog.js';
import { pointerAt } from './map.js';

/** @typedef {import('../palette/catalog.js').Property} Property */

const LISTS = /** @type {Record<string, string>} */ ({ edges: 'edge', faults: 'fault', slos: 'slo' });

/**
 * The properties of the object at a path, as far as the catalog says.
 * @param {import('../types.js').App} app
 * @param {string[]} path
 * @returns {Property[]}
 */
export function propertiesAt({ catalog, document }, path) {
  const [group, name, ...rest] = path;
  if (group === undefined) return objectProperties(catalog, 'design');
  /** @type {Property[]} */
  let properties = [];
  if (group === 'nodes' && name !== undefined) properties = typeOf(catalog, document.get().nodes[name]?.type ?? '')?.properties ?? [];
  else if (LISTS[group] && name !== undefined) properties = objectProperties(catalog, LISTS[group]);
  else if (group === 'run') return objectProperties(catalog, 'run');
  for (const part of rest) {
    if (/^\d+$/.test(part)) continue; // of a list: what each item has
    properties = properties.find((one) => one.name === part)?.properties ?? [];
  }
  return properties;
}

/**
 * @param {import('../types.js').App} app
 * @param {() => ReturnType<typeof import('./map.js').mapJson>} map
 */
export function createHelp(app, map) {
  /** @param {Property} one */
  const detailOf = ({ kind, unit }) => [kind, unit].filter(Boolean).join(', ');

  /** @type {import('../editor/types.js').HoverProvider} */
  function explain({ offset }) {
    const path = parsePointer(pointerAt(map(), offset));
    const name = path.at(-1) ?? '';
    const type = path[0] === 'nodes' && path.length === 2 ? typeOf(app.catalog, app.document.get().nodes[name]?.type ?? '') : null;
    if (type) return `${type.title}\n${type.text}`;
    const found = propertiesAt(app, path.slice(0, -1)).find((one) => one.name === name);
    return found ? [found.title ?? name, found.text].filter(Boolean).join('\n') : null;
  }

  /** @type {import('../editor/types.js').CompletionProvider} */
  function complete({ text, offset }) {
    const before = text.slice(0, offset);
    const value = /"(\w+)"\s*:\s*"[^"\n]*$/.exec(before);
    if (value) return values(value[1] ?? '', offset);
    if (!/[{,]\s*"[^"\n]*$/.test(before)) return [];
    // Inside an object: its pointer is that of what the quotation mark stands in.
    const path = parsePointer(pointerAt(map(), before.lastIndexOf('"') - 1));
    const known = propertiesAt(app, path);
    const properties = known.length > 0 ? known : propertiesAt(app, path.slice(0, -1));
    return properties.map((one) => ({ label: one.name, kind: 'property', detail: detailOf(one), info: one.text ?? '' }));
  }

  /** @param {string} name of the member @param {number} offset @returns {import('../editor/types.js').Completion[]} */
  function values(name, offset) {
    const path = parsePointer(pointerAt(map(), offset));
    if (name === 'type' && path[0] === 'nodes') return typesOf(app.catalog).map((type) => ({ label: type.name, kind: 'constant', detail: type.title, info: type.text }));
    if (['from', 'to', 'target', 'call'].includes(name)) return Object.keys(app.document.get().nodes).map((id) => ({ label: id, kind: 'variable' }));
    const found = propertiesAt(app, path.slice(0, -1)).find((one) => one.name === name);
    return (found?.choices ?? []).map((choice) => ({ label: choice, kind: 'constant' }));
  }
  return { explain, complete };
}
