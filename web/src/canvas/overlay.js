/// What lies over the scene while something is done to it: handles, the marquee, a connection being
/// drawn, and where it would end.

import { handlesOf, hasHandles } from './ports.js';

/**
 * @typedef {object} Overlay
 * @property {import('./camera.js').Rect | null} marquee world
 * @property {{ from: string, x: number, y: number, to: string | null } | null} connect
 * @property {import('./camera.js').Rect | null} [ring] around the item with the focus
 * @property {string | null} ports the node whose handles are shown
 */

/** @returns {Overlay} */
export function createOverlay() {
  return { marquee: null, connect: null, ports: null };
}

/**
 * @param {CanvasRenderingContext2D} context in world units @param {Overlay} overlay
 * @param {import('./scene.js').Scene} scene @param {import('./theme.js').Theme} theme
 * @param {number} zoom
 */
export function drawOverlay(context, overlay, scene, theme, zoom) {
  const unit = 1 / zoom;
  const owner = overlay.ports === null ? undefined : scene.byId.get(overlay.ports);
  if (owner && hasHandles(zoom)) {
    context.fillStyle = theme.surface;
    context.strokeStyle = theme.accent;
    context.lineWidth = 1.5;
    for (const [x, y] of handlesOf(owner.rect)) {
      context.beginPath();
      context.arc(x, y, 4.5, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }
  const connect = overlay.connect;
  const from = connect ? scene.byId.get(connect.from) : undefined;
  if (connect && from) drawConnect(context, connect, from, scene, theme);
  if (overlay.ring) {
    const { x, y, width, height } = overlay.ring;
    const gap = 3.5 * unit;
    context.strokeStyle = theme.accent;
    context.lineWidth = 2 * unit;
    context.beginPath();
    context.roundRect(x - gap, y - gap, width + 2 * gap, height + 2 * gap, 10 + gap);
    context.stroke();
  }
  const box = overlay.marquee;
  if (!box) return;
  context.strokeStyle = theme.accent;
  context.lineWidth = unit;
  context.setLineDash([4 * unit, 3 * unit]);
  context.strokeRect(box.x, box.y, box.width, box.height);
  context.setLineDash([]);
  context.fillStyle = theme.accent;
  context.globalAlpha = 0.07;
  context.fillRect(box.x, box.y, box.width, box.height);
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ x: number, y: number, to: string | null }} connect
 * @param {import('./scene.js').SceneNode} from @param {import('./scene.js').Scene} scene
 * @param {import('./theme.js').Theme} theme
 */
function drawConnect(context, connect, from, scene, theme) {
  const handles = handlesOf(from.rect);
  const nearest = handles.reduce((best, handle) =>
    Math.hypot(handle[0] - connect.x, handle[1] - connect.y) <
    Math.hypot(best[0] - connect.x, best[1] - connect.y) ? handle : best);
  const target = connect.to === null ? undefined : scene.byId.get(connect.to);
  context.strokeStyle = theme.accent;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(nearest[0], nearest[1]);
  const reach = Math.max(20, Math.abs(connect.x - nearest[0]) / 2);
  const sideways = Math.abs(nearest[1] - from.rect.y - from.rect.height / 2) < 1;
  const sign = nearest[0] > from.rect.x + from.rect.width / 2 ? 1 : -1;
  const down = nearest[1] > from.rect.y ? 1 : -1;
  if (sideways) context.bezierCurveTo(nearest[0] + sign * reach, nearest[1], connect.x, connect.y, connect.x, connect.y);
  else context.bezierCurveTo(nearest[0], nearest[1] + down * reach, connect.x, connect.y, connect.x, connect.y);
  context.stroke();
  context.fillStyle = theme.accent;
  context.beginPath();
  context.arc(connect.x, connect.y, 4, 0, 2 * Math.PI);
  context.fill();
  if (!target) return;
  const { x, y, width, height } = target.rect;
  context.beginPath();
  context.roundRect(x - 3, y - 3, width + 6, height + 6, 13);
  context.stroke();
}
