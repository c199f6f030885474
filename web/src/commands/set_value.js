import { setAt } from '../document/pointer.js';

/**
 * Writes a value at a JSON pointer, making missing objects on the way; `undefined` removes it.
 * @param {string} pointer
 * @param {any} value
 * @returns {import('../types.js').Command}
 */
export function setValue(pointer, value) {
  return { name: 'command.set_value', merge: `set ${pointer}`, apply: (design) => setAt(design, pointer, value) };
}
