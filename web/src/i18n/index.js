import canvas from './en/canvas.js';
import shell from './en/shell.js';

/** @type {Record<string, string>} */
const table = { ...canvas, ...shell };

/**
 * The text of a key, with `{name}` replaced by the parameter of that name. `{n|one|many}` chooses by number.
 * @param {string} key
 * @param {{ [name: string]: string | number }} [params]
 */
export function t(key, params = {}) {
  const text = table[key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name, one, many) => {
    const value = params[name];
    if (value === undefined) return whole;
    return one === undefined ? String(value) : Number(value) === 1 ? one : many;
  });
}
