/**
 * Puts nodes at places. Moves of the same nodes that follow each other are one undo step.
 * @param {{ [id: string]: [number, number] }} places
 * @returns {import('../types.js').Command}
 */
export function moveNodes(places) {
  return {
    name: 'command.move',
    merge: `move ${Object.keys(places).sort().join(' ')}`,
    apply(design) {
      const same = Object.entries(places).every(([id, [x, y]]) => {
        const at = design.layout?.[id];
        return at && at[0] === x && at[1] === y;
      });
      return same ? design : { ...design, layout: { ...design.layout, ...places } };
    },
  };
}
