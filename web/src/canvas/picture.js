/// The whole drawing as a picture to take along.

import { el } from '../dom.js';
import { download, fileName } from '../files/transfer.js';
import { fit } from './camera.js';
import { createCards } from './card.js';
import { drawScene } from './render.js';

const RATIO = 2; // sharp on paper and on dense screens
const MARGIN = 32;
const SIDE_MAX = 8000; // pixels: more than browsers make

/**
 * Notes are elements on the page; in a picture they are drawn. The context is in world units.
 * @param {CanvasRenderingContext2D} context @param {readonly import('./notes.js').Note[]} notes
 * @param {import('./theme.js').Theme} theme
 */
function drawNotes(context, notes, theme) {
  context.font = `13px ${theme.font}`;
  context.textAlign = 'left';
  for (const { text, rect } of notes) {
    const lines = text.split('\n').flatMap((line) => wrapped(context, line, rect.width - 24));
    context.fillStyle = theme.surface;
    context.strokeStyle = theme.warm;
    context.lineWidth = 1;
    context.beginPath();
    context.roundRect(rect.x, rect.y, rect.width, 20 + lines.length * 18, 4);
    context.fill();
    context.stroke();
    context.fillStyle = theme.ink;
    lines.forEach((line, i) => context.fillText(line, rect.x + 12, rect.y + 23 + i * 18));
  }
}

/** @param {CanvasRenderingContext2D} context @param {string} text @param {number} width @returns {string[]} */
function wrapped(context, text, width) {
  /** @type {string[]} */
  const lines = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && context.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

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
  drawNotes(context, board.scene.notes, board.picture().theme);
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  if (blob) download(`${fileName(board.app.document.name)}.png`, /** @type {Blob} */ (blob), 'image/png');
}
