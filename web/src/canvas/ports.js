/// The handles from which connections are drawn: one on each side of a card.

import { portAt } from './geometry.js';

/** @typedef {import('./camera.js').Rect} Rect */
/** @typedef {import('./geometry.js').Side} Side */

const OUT = 11; // handles lie outside the card, so that they hide nothing

/** @type {readonly [Side, number, number][]} */
const SIDES = [['right', OUT, 0], ['left', -OUT, 0], ['top', 0, -OUT], ['bottom', 0, OUT]];

/** Whether cards are large enough for handles, which would else be in the way of the cards. @param {number} zoom */
export const hasHandles = (zoom) => zoom > 0.3;

const FINGER_PX = 44;
const SLACK_PX = 10;

/**
 * Whether a press means the card itself: on a small card a finger would else always be near a handle.
 * @param {Rect} rect @param {number} x @param {number} y world @param {number} zoom
 */
export function isWellInside(rect, x, y, zoom) {
  const slack = Math.min(SLACK_PX, Math.max(0, (rect.height * zoom - FINGER_PX) / 2)) / zoom;
  return x > rect.x + slack && x < rect.x + rect.width - slack && y > rect.y + slack && y < rect.y + rect.height - slack;
}

/** @param {Rect} rect @returns {[number, number][]} */
export function handlesOf(rect) {
  return SIDES.map(([side, dx, dy]) => {
    const [x, y] = portAt(rect, side, 0);
    return [x + dx, y + dy];
  });
}

/**
 * The handle under a point, or null.
 * @param {Rect} rect @param {number} x @param {number} y @param {number} radius world units
 * @returns {[number, number] | null}
 */
export function handleAt(rect, x, y, radius) {
  let best = null;
  let nearest = radius;
  for (const handle of handlesOf(rect)) {
    const distance = Math.hypot(handle[0] - x, handle[1] - y);
    if (distance <= nearest) {
      nearest = distance;
      best = handle;
    }
  }
  return best;
}
