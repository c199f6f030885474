/// The camera: which part of the plane is seen, and how large. Pure arithmetic.

/** @typedef {{ x: number, y: number, zoom: number }} Camera the world point at the top left corner */
/** @typedef {{ x: number, y: number, width: number, height: number }} Rect */

export const ZOOM_MIN = 0.03;
export const ZOOM_MAX = 4;
/** A small design is not blown up beyond this when it is fitted. */
export const ZOOM_FIT_MAX = 1.25;

/**
 * @param {Camera} camera @param {number} x @param {number} y screen point, CSS pixels
 * @returns {[number, number]}
 */
export function toWorld(camera, x, y) {
  return [camera.x + x / camera.zoom, camera.y + y / camera.zoom];
}

/**
 * @param {Camera} camera @param {number} x @param {number} y world point
 * @returns {[number, number]}
 */
export function toScreen(camera, x, y) {
  return [(x - camera.x) * camera.zoom, (y - camera.y) * camera.zoom];
}

/** @param {number} zoom */
export function clampZoom(zoom) {
  return Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, zoom));
}

/**
 * Zooms so that the world point under (x, y) stays where it is.
 * @param {Camera} camera @param {number} factor @param {number} x @param {number} y
 * @returns {Camera}
 */
export function zoomAt(camera, factor, x, y) {
  const zoom = clampZoom(camera.zoom * factor);
  const [wx, wy] = toWorld(camera, x, y);
  return { x: wx - x / zoom, y: wy - y / zoom, zoom };
}

/**
 * Moves the view by screen pixels.
 * @param {Camera} camera @param {number} dx @param {number} dy
 * @returns {Camera}
 */
export function pan(camera, dx, dy) {
  return { x: camera.x - dx / camera.zoom, y: camera.y - dy / camera.zoom, zoom: camera.zoom };
}

/**
 * Shows the whole of `bounds`, centred in what the insets leave.
 * @param {Rect} bounds @param {number} width @param {number} height
 * @param {{ x: number, top: number, bottom: number }} [insets] screen pixels
 * @returns {Camera}
 */
export function fit(bounds, width, height, insets = { x: 40, top: 40, bottom: 40 }) {
  const room_w = Math.max(40, width - 2 * insets.x);
  const room_h = Math.max(40, height - insets.top - insets.bottom);
  const zoom = Math.min(
    ZOOM_FIT_MAX,
    clampZoom(Math.min(room_w / Math.max(1, bounds.width), room_h / Math.max(1, bounds.height))),
  );
  return {
    x: bounds.x + bounds.width / 2 - width / 2 / zoom,
    y: bounds.y + bounds.height / 2 - (insets.top + room_h / 2) / zoom,
    zoom,
  };
}

/**
 * The smallest move of the camera after which `rect` is in view (as far as it can be).
 * @param {Camera} camera @param {Rect} rect world @param {number} width @param {number} height
 * @param {number} [margin] screen pixels
 * @returns {Camera}
 */
export function reveal(camera, rect, width, height, margin = 24) {
  const left = (rect.x - camera.x) * camera.zoom - margin;
  const top = (rect.y - camera.y) * camera.zoom - margin;
  const right = left + rect.width * camera.zoom + 2 * margin;
  const bottom = top + rect.height * camera.zoom + 2 * margin;
  const dx = left < 0 ? -left : Math.min(0, width - right);
  const dy = top < 0 ? -top : Math.min(0, height - bottom);
  return dx === 0 && dy === 0 ? camera : pan(camera, dx, dy);
}

/**
 * @param {Rect} a @param {Rect} b
 */
export function overlaps(a, b) {
  return (
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
  );
}
