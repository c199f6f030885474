import { notesIn, withNotes } from '../document/notes.js';

/**
 * Adds nodes, edges, places and notes, all at once. Nodes whose ids are taken are left out.
 * @param {{ nodes: Record<string, any>, edges: any[], layout: Record<string, [number, number]>, notes?: any[] }} fragment
 * @returns {import('../types.js').Command}
 */
export function pasteItems(fragment) {
  return {
    name: 'command.paste',
    apply(given) {
      const design = fragment.notes && fragment.notes.length > 0 ? withNotes(given, [...notesIn(given), ...fragment.notes]) : given;
      const fresh = Object.entries(fragment.nodes).filter(([id]) => !Object.hasOwn(design.nodes, id));
      if (fresh.length === 0) return design;
      const next = {
        ...design,
        nodes: { ...design.nodes, ...Object.fromEntries(fresh) },
        edges: [...design.edges, ...fragment.edges],
      };
      const places = Object.entries(fragment.layout).filter(([id]) => Object.hasOwn(next.nodes, id));
      return places.length === 0 ? next : { ...next, layout: { ...design.layout, ...Object.fromEntries(places) } };
    },
  };
}
