/// Icons are lists of stroked paths on a 24 × 24 field: drawn as SVG in panels, as Path2D on the
/// canvas, from the same data.

import { svg } from '../dom.js';
import { SHAPES } from './shapes.js';

/** @typedef {keyof typeof SHAPES} IconName */

/** These point along the line of reading: they turn round where that runs from right to left. Time, as in run and step, does not. */
const DIRECTED = /** @type {ReadonlySet<IconName>} */ (new Set(['undo', 'redo', 'reset', 'chevron', 'sidebar', 'text', 'publish', 'link', 'leave']));

/**
 * An interface icon. It is decoration: the control around it carries the name.
 * @param {IconName} name
 * @param {{ large?: boolean }} [options]
 */
export function icon(name, options = {}) {
  const shape = iconOf(SHAPES[name], options);
  if (DIRECTED.has(name)) shape.classList.add('directed');
  return shape;
}

/**
 * @param {readonly string[]} paths
 * @param {{ large?: boolean }} [options]
 */
export function iconOf(paths, options = {}) {
  return svg(
    'svg',
    { class: options.large ? 'icon large' : 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    paths.map((d) => svg('path', { d })),
  );
}

/** What a type without an icon of its own is drawn with. */
const UNKNOWN = ['M5 5h14v14H5z', 'M10 10a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1.1', 'M12 15.5h.01'];

/** @param {readonly string[] | undefined | null} paths as the catalog holds them @returns {readonly string[]} */
export function pathsOf(paths) {
  return paths && paths.length > 0 ? paths : UNKNOWN;
}
