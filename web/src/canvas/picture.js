/// The whole drawing as a picture to take along.

import { el } from '../dom.js';
import { download, fileName } from '../files/transfer.js';
import { fit } from './camera.js';
import { createCards } from './card.js';
import { drawScene } from './render.js';

const RATIO = 2; // sharp on paper and on dense screens
const MARGIN = 32;
const SIDE_MAX = 8000; // pixels: more than browsers make

/** @param {import('./board.js').Board} board */
export async function savePicture(board) {
  const { bounds } = board.scene;
  const shrink = Math.min(1, SIDE_MAX / RATIO / (Math.max(bounds.width, bounds.height) + 2 * MARGIN));
  const width = Math.ceil((bounds.width + 2 * MARGIN) * shrink);
  const height = Math.ceil((bounds.height + 2 * MARGIN) * shrink);
  const canvas = el('canvas', { width: width * RATIO, height: height * RATIO });
  const context = canvas.getContext('2d');
  if (!context) return;
  const camera = fit(bounds, width, height, { x: MARGIN * shrink, top: MARGIN * shrink, bottom: MARGIN * shrink });
  drawScene(context, {
    ...board.picture(), camera, width, height, ratio: RATIO, cards: createCards(), isMoving: false,
    selectedNodes: new Set(), selectedEdges: new Set(), hoverEdge: -1,
  });
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  if (blob) download(`${fileName(board.app.document.name)}.png`, /** @type {Blob} */ (blob), 'image/png');
}
