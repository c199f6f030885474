/// The whole design in a corner, while only a part of it is in view; a press goes there.

import { el } from '../dom.js';

const WIDTH = 144;
const HEIGHT = 96;
const MARGIN = 6;

/** @typedef {{ camera: import('./camera.js').Camera, width: number, height: number }} View */

/**
 * @param {import('../types.js').App} app
 * @param {(x: number, y: number) => void} go shows a world point in the middle
 */
export function createMinimap(app, go) {
  const element = el('canvas', { class: 'canvas-minimap', hidden: true, role: 'img', 'aria-label': app.t('canvas.minimap') });
  const context = /** @type {CanvasRenderingContext2D} */ (element.getContext('2d'));
  /** @type {object | null} the outline of the scene that the cards are of */
  let drawn = null;
  let shown = ''; // the part in view
  /** @type {OffscreenCanvas | null} the cards alone: they change less often than the view */
  let cards = null;
  let origin = { x: 0, y: 0, scale: 1 };

  /** @param {PointerEvent} event */
  function press(event) {
    if (event.buttons === 0) return;
    const box = element.getBoundingClientRect();
    go(origin.x + (event.clientX - box.left) / origin.scale, origin.y + (event.clientY - box.top) / origin.scale);
  }
  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    press(event);
  });
  element.addEventListener('pointermove', press);

  /** @param {import('./scene.js').Scene} scene @param {import('./theme.js').Theme} theme @param {number} ratio */
  function drawCards(scene, theme, ratio) {
    const { bounds } = scene;
    const scale = Math.min((WIDTH - 2 * MARGIN) / Math.max(1, bounds.width), (HEIGHT - 2 * MARGIN) / Math.max(1, bounds.height));
    origin = {
      x: bounds.x + bounds.width / 2 - WIDTH / 2 / scale,
      y: bounds.y + bounds.height / 2 - HEIGHT / 2 / scale,
      scale,
    };
    cards = new OffscreenCanvas(WIDTH * ratio, HEIGHT * ratio);
    const plane = /** @type {OffscreenCanvasRenderingContext2D} */ (cards.getContext('2d'));
    plane.scale(ratio, ratio);
    for (const { rect, severity } of scene.nodes) {
      plane.fillStyle = severity === 'error' ? theme.error : theme.lineStrong;
      plane.fillRect((rect.x - origin.x) * scale, (rect.y - origin.y) * scale, Math.max(1.5, rect.width * scale), Math.max(1, rect.height * scale));
    }
    drawn = scene.outline;
    shown = '';
  }

  return {
    element,
    /** The colours changed. */
    forget() {
      drawn = null;
    },
    /** @param {import('./scene.js').Scene} scene @param {View} view @param {import('./theme.js').Theme} theme */
    draw(scene, view, theme) {
      const { camera } = view;
      const { bounds } = scene;
      const right = camera.x + view.width / camera.zoom;
      const bottom = camera.y + view.height / camera.zoom;
      const all = bounds.x >= camera.x && bounds.y >= camera.y && bounds.x + bounds.width <= right && bounds.y + bounds.height <= bottom;
      element.hidden = all || scene.nodes.length < 2 || view.width < 480;
      if (element.hidden) return;
      const ratio = Math.min(2, devicePixelRatio || 1);
      if (element.width !== WIDTH * ratio) {
        element.width = WIDTH * ratio;
        element.height = HEIGHT * ratio;
      }
      if (drawn !== scene.outline || !cards) drawCards(scene, theme, ratio);
      const part = [camera.x, camera.y, right, bottom, theme.key, ratio].join(' ');
      if (shown === part) return;
      shown = part;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, element.width, element.height);
      context.drawImage(/** @type {OffscreenCanvas} */ (cards), 0, 0);
      context.scale(ratio, ratio);
      context.strokeStyle = theme.accent;
      context.lineWidth = 1.5;
      const { x, y, scale } = origin;
      context.strokeRect((camera.x - x) * scale, (camera.y - y) * scale, (right - camera.x) * scale, (bottom - camera.y) * scale);
    },
  };
}
