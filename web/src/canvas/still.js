/// The drawing as it was a moment ago, shown moved and scaled while a view with much in it travels, or under the
/// cards that are dragged: a frame then costs a picture, not thousands of lines. It is drawn again when the view
/// rests, and in between so often that numbers stay live and edges do not stay empty.

import { drawParts, drawScene } from './render.js';

/** @typedef {import('./render.js').Picture} Picture */

export const REFRESH_MS = 400;
const STEP_MS = 3; // of a frame, for drawing it anew bit by bit
const ZOOM_MOST = 2; // further scaled it would be porridge
const SHARE_LEAST = 0.5; // of the view that it must still fill

export function createStill() {
  /** @type {OffscreenCanvas | null} */
  let canvas = null;
  /** @type {import('./camera.js').Camera | null} from where it was drawn; null: it is of no use any more */
  let from = null;
  let drawn = 0;
  /** @type {unknown} */
  let without = null;
  /** @type {{ canvas: OffscreenCanvas, parts: Generator<void, number>, from: import('./camera.js').Camera, left: unknown, begun: number } | null} the next one */
  let next = null;
  /** @type {OffscreenCanvas | null} the one before, to draw the next one on */
  let spare = null;

  /** @param {Picture} picture @param {OffscreenCanvas | null} old */
  function sized({ width, height, ratio }, old) {
    const size = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
    return old?.width === size[0] && old?.height === size[1] ? old : new OffscreenCanvas(/** @type {number} */ (size[0]), /** @type {number} */ (size[1]));
  }
  const contextOf = (/** @type {OffscreenCanvas} */ of) => /** @type {OffscreenCanvasRenderingContext2D} */ (of.getContext('2d', { alpha: false }));

  return {
    forget() {
      from = null;
      next = null;
    },
    /** From where it was drawn. */
    get from() {
      return from;
    },
    get isBeingMade() {
      return next !== null;
    },
    /** Begins to draw it anew, bit by bit. @param {Picture} picture @param {unknown} left what is left out of it */
    begin(picture, left) {
      const on = sized(picture, spare);
      next = { canvas: on, parts: drawParts(contextOf(on), { ...picture, isByPart: true }), from: picture.camera, left, begun: performance.now() };
    },
    /** Draws the next bit of it. @returns {number | null} how much there was to draw, once it is done */
    step() {
      if (!next) return null;
      const begun = performance.now();
      for (;;) {
        const { done, value } = next.parts.next();
        // What is only noted is drawn now: otherwise all of it would be with the last bit.
        createImageBitmap(next.canvas, 0, 0, 1, 1).then((bit) => bit.close(), () => {});
        if (done) {
          spare = canvas;
          ({ canvas, from, left: without, begun: drawn } = next);
          next = null;
          return value;
        }
        if (performance.now() - begun >= STEP_MS) return null;
      }
    },
    /**
     * Whether it can be shown for a view.
     * @param {Picture} picture @param {boolean} isChanged what it shows is no longer so
     * @param {unknown} left what is left out of it
     */
    serves({ camera, width, height }, isChanged, left) {
      if (!from || left !== without || (isChanged && next === null && performance.now() - drawn >= REFRESH_MS)) return false;
      const scale = camera.zoom / from.zoom;
      if (scale > ZOOM_MOST || scale < 1 / ZOOM_MOST) return false;
      const x = (from.x - camera.x) * camera.zoom;
      const y = (from.y - camera.y) * camera.zoom;
      const seen_x = Math.min(width, x + width * scale) - Math.max(0, x);
      const seen_y = Math.min(height, y + height * scale) - Math.max(0, y);
      return seen_x > 0 && seen_y > 0 && seen_x * seen_y >= SHARE_LEAST * width * height;
    },
    /** Draws it anew. @param {Picture} picture @param {unknown} left @returns {number} how much was drawn */
    draw(picture, left) {
      canvas = sized(picture, canvas);
      next = null;
      const weight = drawScene(contextOf(canvas), picture);
      from = picture.camera;
      drawn = performance.now();
      without = left;
      return weight;
    },
    /** @param {CanvasRenderingContext2D} context @param {Picture} picture */
    show(context, { camera, width, height, ratio, theme }) {
      if (!canvas || !from) return;
      const scale = camera.zoom / from.zoom;
      const moved = ratio * camera.zoom;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = theme.ground;
      context.fillRect(0, 0, Math.ceil(width * ratio), Math.ceil(height * ratio));
      const [x, y] = [(from.x - camera.x) * moved, (from.y - camera.y) * moved];
      context.imageSmoothingQuality = 'low';
      if (scale === 1) context.drawImage(canvas, Math.round(x), Math.round(y));
      else context.drawImage(canvas, x, y, canvas.width * scale, canvas.height * scale);
    },
  };
}
