/// The notes of a document, as commands change them. They have no names: each is known by its index.

/** @typedef {import('../types.js').Design} Design */

/** What a document holds as notes, be it right or not. @param {Design} design @returns {any[]} */
export const notesIn = (design) => (Array.isArray(design['notes']) ? design['notes'] : []);

/** The same with other notes; where none are left, without the member. @param {Design} design @param {any[]} notes @returns {Design} */
export function withNotes(design, notes) {
  if (notes.length > 0) return { ...design, notes };
  const { notes: gone, ...rest } = /** @type {any} */ (design);
  return rest;
}

/** @param {any} note @returns {boolean} whether it can be shown: a text at a place */
export const isNote = (note) => typeof note?.text === 'string' && Array.isArray(note.at) && Number.isFinite(note.at[0]) && Number.isFinite(note.at[1]);

/**
 * Where notes are after a change: the same ones, wherever they stand in the list now.
 * @param {any[]} before @param {any[]} after @param {Iterable<number>} indices
 * @returns {number[]}
 */
export function followNotes(before, after, indices) {
  if (before === after) return [...indices];
  return [...indices].flatMap((index) => {
    if (after[index] === before[index]) return index < after.length ? [index] : [];
    const now = after.indexOf(before[index]);
    if (now >= 0) return [now];
    // Written otherwise, in its place.
    return after.length === before.length ? [index] : [];
  });
}

/** Gives a note another text; without one it is gone. @param {import('../types.js').App} app @param {number} index @param {string} text */
export function writeNote(app, index, text) {
  const notes = notesIn(app.document.get());
  if (notes[index]?.text === text) return;
  const next = text === '' ? notes.toSpliced(index, 1) : notes.with(index, { ...notes[index], text });
  app.document.execute({ name: 'command.note', apply: (design) => withNotes(design, next) });
  if (text === '') app.notify(app.t('note.removed'), { action: { title: app.t('edit.undo'), run: () => app.document.undo() } });
}
