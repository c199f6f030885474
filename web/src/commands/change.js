import { setAt } from '../document/pointer.js';

/**
 * Writes several values at once, as one step: a changed node with a new edge, an edge turned around.
 * @param {string} name i18n key of what it does
 * @param {[pointer: string, value: any][]} changes
 * @returns {import('../types.js').Command}
 */
export function change(name, changes) {
  return {
    name,
    apply: (design) => changes.reduce((at, [pointer, value]) => setAt(at, pointer, value), design),
  };
}
