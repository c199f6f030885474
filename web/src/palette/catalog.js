/// Reading the catalog: what the panels ask of it, in one place.

/**
 * @typedef {object} Property
 * @property {string} name
 * @property {string} [title]
 * @property {string} [text]
 * @property {string} kind
 * @property {string} [unit]
 * @property {number} [min]
 * @property {number} [max]
 * @property {number} [above]
 * @property {boolean} [infinite]
 * @property {string[]} [choices]
 * @property {any} [default]
 * @property {boolean} [required]
 * @property {boolean} [advanced]
 * @property {boolean} [not_simulated]
 * @property {any} [example]
 * @property {Property[]} [properties]
 * @property {any[]} [rules]
 * @property {string} [of]
 */

/**
 * @typedef {object} NodeType
 * @property {string} name
 * @property {string} behaviour
 * @property {string} title
 * @property {string} group English, as the catalog has it
 * @property {string} [groupTitle] in the language of the page
 * @property {string} text
 * @property {string[]} [icon] paths, see icons/icon.js
 * @property {string[]} [traits]
 * @property {Property[]} properties
 * @property {any[]} [rules]
 */

/** @param {any} catalog @returns {NodeType[]} */
export function typesOf(catalog) {
  return catalog?.types ?? [];
}

/** @param {any} catalog @param {string} name @returns {NodeType | null} */
export function typeOf(catalog, name) {
  return typesOf(catalog).find((type) => type.name === name) ?? null;
}

/** @param {any} catalog @param {string} name */
function objectOf(catalog, name) {
  const objects = catalog?.objects;
  return Array.isArray(objects)
    ? objects.find((/** @type {any} */ entry) => (entry.object ?? entry.name) === name)
    : objects?.[name];
}

/**
 * The properties of an object of the document: "edge", "fault", "slo", "run", "design".
 * @param {any} catalog @param {string} object @returns {Property[]}
 */
export function objectProperties(catalog, object) {
  const found = objectOf(catalog, object);
  return (Array.isArray(found) ? found : found?.properties) ?? [];
}

/**
 * The rules between them.
 * @param {any} catalog @param {string} object @returns {any[]}
 */
export function objectRules(catalog, object) {
  return objectOf(catalog, object)?.rules ?? [];
}

/** @param {NodeType | null} type @param {string} trait */
export function hasTrait(type, trait) {
  return type?.traits?.includes(trait) ?? false;
}

/** @param {NodeType | null} type */
export function isSource(type) {
  return hasTrait(type, 'source') || type?.behaviour === 'client';
}

/** @param {NodeType | null} type */
export function isBroker(type) {
  return hasTrait(type, 'broker') || type?.behaviour === 'queue';
}
