import { isNote, notesIn, withNotes } from '../document/notes.js';

/**
 * Puts nodes and notes at places. Moves of the same ones that follow each other are one undo step.
 * @param {{ [id: string]: [number, number] }} places
 * @param {ReadonlyMap<number, readonly [number, number]>} [notes] by their index
 * @returns {import('../types.js').Command}
 */
export function moveNodes(places, notes = new Map()) {
  return {
    name: 'command.move',
    merge: `move ${[...Object.keys(places).sort(), '|', ...[...notes.keys()].sort((a, b) => a - b)].join(' ')}`,
    apply(design) {
      const same = Object.entries(places).every(([id, place]) => isAt(design.layout?.[id], place));
      const next = same ? design : { ...design, layout: { ...design.layout, ...places } };
      return movedNotes(next, notes);
    },
  };
}

/** @param {any} at @param {readonly [number, number]} place */
const isAt = (at, [x, y]) => Array.isArray(at) && at[0] === x && at[1] === y;

/**
 * @param {import('../types.js').Design} design @param {ReadonlyMap<number, readonly [number, number]>} places
 * @returns {import('../types.js').Design} the same one if all lie there already
 */
export function movedNotes(design, places) {
  const notes = notesIn(design);
  const next = notes.map((note, index) => {
    const place = places.get(index);
    return place && isNote(note) && !isAt(note.at, place) ? { ...note, at: [...place] } : note;
  });
  return next.some((note, index) => note !== notes[index]) ? withNotes(design, next) : design;
}
