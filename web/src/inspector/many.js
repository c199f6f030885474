/// Several nodes, or several connections, edited as one: the fields see a design in which the first of them
/// has only what all of them have alike, and what is written there is written to all, as one step.

import { makePointer } from '../document/pointer.js';
import { objectProperties, objectRules, typeOf } from '../palette/catalog.js';

/** @typedef {import('../types.js').App} App */
/** @typedef {import('../palette/catalog.js').Property} Property */

const OWN = new Set(['name', 'from', 'to', 'type']);

/**
 * @param {App} app @param {readonly (string | number)[]} keys ids of nodes, or indices of edges: at least two
 * @param {'nodes' | 'edges'} where
 */
export function manyOf(app, keys, where) {
  const [lead] = keys;
  const items = () => keys.map((key) => /** @type {Record<string, any>} */ (/** @type {any} */ (app.document.get()[where])[key] ?? {}));
  /** Names of what they do not have alike. */
  function mixed() {
    const all = items();
    const names = new Set(all.flatMap((item) => Object.keys(item)));
    return new Set([...names].filter((name) => !OWN.has(name) && all.some((item) => JSON.stringify(item[name]) !== JSON.stringify(all[0]?.[name]))));
  }
  /** @type {{ from: any, design: any } | null} */
  let kept = null;
  /** The design as the fields see it. */
  function common() {
    const from = app.document.get();
    if (kept?.from === from) return kept.design;
    const different = mixed();
    const first = Object.fromEntries(Object.entries(items()[0] ?? {}).filter(([name]) => !different.has(name)));
    const list = from[where];
    const design = { ...from, [where]: Array.isArray(list) ? list.with(Number(lead), first) : { ...list, [String(lead)]: first } };
    kept = { from, design };
    return design;
  }

  const document = Object.create(app.document, {
    get: { value: common },
    execute: {
      /** @param {import('../types.js').Command} command */
      value(command) {
        const before = common()[where][/** @type {any} */ (lead)] ?? {};
        const after = /** @type {any} */ (command.apply(common()))[where][/** @type {any} */ (lead)] ?? {};
        const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => before[name] !== after[name]);
        if (changed.length === 0) return;
        const made = app.commands.change(command.name, keys.flatMap((key) => changed.map((name) =>
          /** @type {[string, any]} */ ([makePointer(where, key, name), after[name]]))));
        app.document.execute(command.merge === undefined ? made : { ...made, merge: `${command.merge} ${keys.join(' ')}` });
      },
    },
  });
  const at = (/** @type {string} */ pointer, /** @type {string | number} */ key) => pointer.replace(makePointer(where, lead ?? ''), makePointer(where, key));
  /** @param {(pointer: string) => import('../types.js').Diagnostic[]} find */
  const ofAll = (find) => (/** @type {string} */ pointer) => {
    const found = keys.flatMap((key) => find(at(pointer, key)));
    return found.filter((one, index) => found.findIndex(({ message }) => message === one.message) === index);
  };
  const diagnostics = Object.create(app.diagnostics, {
    at: { value: ofAll((pointer) => app.diagnostics.at(pointer)) },
    under: { value: ofAll((pointer) => app.diagnostics.under(pointer)) },
  });
  return {
    app: /** @type {App} */ (Object.create(app, { document: { value: document }, diagnostics: { value: diagnostics } })),
    pointer: makePointer(where, lead ?? ''),
    mixed,
  };
}

/**
 * What can be set on all of some nodes: properties of the same name and kind; without what is about one alone.
 * @param {App} app @param {readonly string[]} ids
 * @returns {{ properties: Property[], rules: any[] }}
 */
export function commonProperties(app, ids) {
  const types = ids.map((id) => typeOf(app.catalog, app.document.get().nodes[id]?.type ?? ''));
  const [first, ...others] = types;
  if (!first || others.some((type) => type === null)) return { properties: [], rules: [] };
  const properties = first.properties.filter(({ name, kind }) => !OWN.has(name) &&
    others.every((type) => type?.properties.some((property) => property.name === name && property.kind === kind)));
  const names = new Set(properties.map(({ name }) => name));
  const rules = (first.rules ?? []).filter((rule) => (rule.properties ?? [rule.property]).every((/** @type {string} */ name) => names.has(name)));
  return { properties, rules };
}

/** @param {App} app */
export function edgeProperties(app) {
  return { properties: objectProperties(app.catalog, 'edge').filter(({ name }) => !OWN.has(name)), rules: objectRules(app.catalog, 'edge') };
}
