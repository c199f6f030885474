/// Between what is written in a document and what stands in a field.

/** @typedef {import('../palette/catalog.js').Property} Property */

/** @param {any} value @returns {string} */
export function textOf(value) {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const PLAIN_NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * What to write into the document for a typed text: a number where it is one, otherwise the text as
 * it is (the engine judges it); nothing for nothing.
 * @param {Property} property @param {string} text
 * @returns {any}
 */
export function valueOf(property, text) {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (property.kind === 'text' || property.kind === 'node' || property.kind === 'choice') return trimmed;
  if (PLAIN_NUMBER.test(trimmed)) return Number(trimmed);
  if (property.infinite && /^(∞|inf|infinite|unlimited)$/i.test(trimmed)) return 'inf';
  return trimmed;
}

/**
 * The default as a placeholder, or an example where there is no default.
 * @param {Property} property
 */
export function placeholderOf(property) {
  if (property.default !== undefined && typeof property.default !== 'object') {
    return property.default === 'inf' ? '∞' : String(property.default);
  }
  return '';
}

/**
 * The first number in a text, and what stands around it.
 * @param {string} text
 * @returns {{ before: string, number: number, digits: number, after: string } | null}
 */
export function splitNumber(text) {
  const match = /^(.*?[(=\s,:]|)(\d+\.?\d*|\.\d+)(.*)$/.exec(text);
  if (!match) return null;
  const [, before = '', number = '', after = ''] = match;
  const point = number.indexOf('.');
  return { before, number: Number(number), digits: point < 0 ? 0 : number.length - point - 1, after };
}

/**
 * A text with its first number some steps larger or smaller; a step is about a fiftieth of it, but a
 * round figure.
 * @param {string} text @param {number} steps @param {Property} property
 * @returns {string | null} null where there is no number
 */
export function stepped(text, steps, property) {
  const parts = splitNumber(text);
  if (!parts) return null;
  const whole = property.kind === 'count';
  const size = whole ? Math.max(1, nice(parts.number / 50)) : nice(Math.max(parts.number, 1e-3) / 50);
  let value = Math.round((parts.number + steps * size) / size) * size;
  const bare = /^\s*$/.test(parts.before) && !/[a-z%$(]/i.test(parts.after);
  const least = property.above !== undefined ? size : (property.min ?? 0);
  if (bare && property.max !== undefined) value = Math.min(property.max, value);
  value = Math.max(bare ? least : property.above !== undefined ? size : 0, value);
  const digits = whole ? 0 : Math.max(0, -Math.floor(Math.log10(size)));
  return `${parts.before}${Number(value.toFixed(Math.min(12, digits)))}${parts.after}`;
}

/** The nearest of 1, 2, 5 times a power of ten below. @param {number} value */
function nice(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const lead = value / power;
  return power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
}

/**
 * A new object for a property: its example, or the examples of what must be written in it.
 * @param {{ example?: any, properties?: Property[] | undefined }} property
 * @returns {Record<string, any>}
 */
export function newObject(property) {
  const { example } = property;
  if (example && typeof example === 'object' && !Array.isArray(example)) return structuredClone(example);
  /** @type {Record<string, any>} */
  const made = {};
  for (const part of property.properties ?? []) {
    if (!part.required || part.default !== undefined) continue;
    if (part.example !== undefined) made[part.name] = structuredClone(part.example);
    else if (part.choices) made[part.name] = part.choices[0];
    else if (part.kind === 'number' || part.kind === 'count') made[part.name] = Math.max(part.min ?? 0, part.above !== undefined ? 1 : 0);
    else if (part.kind === 'distribution') made[part.name] = part.unit === 'seconds' ? '10ms' : 1;
  }
  return made;
}

/**
 * Whether a property has a place under the rules of its object: one of several that exclude each other
 * is shown where it is written; what belongs to a choice, only with that choice.
 * @param {Property} property @param {any[]} rules @param {Record<string, any>} value as written
 * @param {Record<string, any>} [defaults] of the properties
 */
export function isVisible(property, rules, value, defaults = {}) {
  const { name } = property;
  if (value[name] !== undefined) return true;
  /** @type {boolean | null} */
  let named = null;
  for (const rule of rules) {
    if (rule.rule === 'one_of' && rule.properties.includes(name)) return false;
    if (rule.rule === 'needs' && rule.property === name && !rule.needs.some((/** @type {string} */ need) => value[need] !== undefined)) return false;
    if (rule.rule !== 'when') continue;
    const mentions = [...(rule.require ?? []), ...(rule.allow ?? [])].includes(name);
    if (!mentions) continue;
    named = (named ?? false) || rule.is.includes(value[rule.property] ?? defaults[rule.property]);
  }
  return named ?? true;
}
