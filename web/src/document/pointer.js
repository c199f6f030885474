/** JSON pointers (RFC 6901) into documents that are never changed in place. */

/** @param {string} pointer @returns {string[]} */
export function parsePointer(pointer) {
  if (pointer === '') return [];
  return pointer.slice(1).split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** @param {(string | number)[]} parts */
export function makePointer(...parts) {
  return parts.map((part) => '/' + String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('');
}

/**
 * The value at a pointer, or undefined.
 * @param {any} value
 * @param {string} pointer
 */
export function getAt(value, pointer) {
  let at = value;
  for (const part of parsePointer(pointer)) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, part)) return undefined;
    at = at[part];
  }
  return at;
}

/**
 * A copy with another value at the pointer, sharing everything that did not change. Missing objects are made on
 * the way; `undefined` removes the member (of a list: the item), and objects that became empty by it stay.
 * @param {any} value
 * @param {string} pointer
 * @param {any} next
 * @returns {any}
 */
export function setAt(value, pointer, next) {
  const [part, ...rest] = parsePointer(pointer);
  return part === undefined ? next : setPart(value, part, rest, next);
}

/** @type {WeakMap<object, { from: object, key: string }>} of a copy: what it was made from, and the member that differs */
const copies = new WeakMap();

/**
 * The members that differ between two objects; at once where one is a copy of the other.
 * @param {Record<string, any>} before @param {Record<string, any>} after
 * @returns {string[] | null} null where they have not the same members in the same order
 */
export function changedKeys(before, after) {
  if (before === after) return [];
  const copy = copies.get(after);
  if (copy?.from === before) return [copy.key];
  const [old, keys] = [Object.keys(before), Object.keys(after)];
  if (old.length !== keys.length || old.some((key, i) => key !== keys[i])) return null;
  return keys.filter((key) => before[key] !== after[key]);
}

/** @param {any} value @param {string} part @param {string[]} rest @param {any} next @returns {any} */
function setPart(value, part, rest, next) {
  const isList = Array.isArray(value);
  const base = value !== null && typeof value === 'object' ? value : {};
  const child = Object.hasOwn(base, part) ? base[part] : undefined;
  const made = rest.length === 0 ? next : setPart(child, rest[0] ?? '', rest.slice(1), next);
  if (made === child && (made !== undefined || !Object.hasOwn(base, part))) return value;
  if (isList) {
    const copy = value.slice();
    const index = part === '-' ? copy.length : Number(part);
    if (!Number.isInteger(index) || index < 0) return value;
    while (copy.length < index) copy.push(null); // a hole would be no JSON
    if (made === undefined) copy.splice(index, 1);
    else copy[index] = made;
    return copy;
  }
  if (made === undefined) {
    const { [part]: removed, ...others } = base;
    return others;
  }
  const copy = { ...base, [part]: made };
  if (Object.hasOwn(base, part)) {
    copies.delete(base); // one step back is remembered: what is older need not stay in memory
    copies.set(copy, { from: base, key: part });
  }
  return copy;
}
