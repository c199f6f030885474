/**
 * The engine speaks English. What its catalog calls things is put into the language of the page here, once, so that no panel
 * has to know; a name that the table lacks stays English, and `langOf` says so to whoever shows it.
 */

/** Members of the catalog that hold words. A group keeps its name, which orders the palette, beside its title. */
const WORDS = ['title', 'text'];

/**
 * @param {any} part of the catalog
 * @param {Record<string, string>} words by their English
 * @returns {any} a copy
 */
export function translated(part, words) {
  if (Array.isArray(part)) return part.map((one) => translated(one, words));
  if (part === null || typeof part !== 'object') return part;
  const copy = /** @type {Record<string, any>} */ ({});
  for (const [key, value] of Object.entries(part)) {
    // What stands in a document is nobody's to translate.
    if (key === 'default' || key === 'example' || key === 'choices') copy[key] = value;
    else if (WORDS.includes(key) && typeof value === 'string') copy[key] = words[value] ?? value;
    else copy[key] = translated(value, words);
  }
  if (typeof part.group === 'string') copy['groupTitle'] = words[part.group] ?? part.group;
  return copy;
}
