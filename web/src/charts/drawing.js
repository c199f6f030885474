import { readTheme } from '../canvas/theme.js';
import { drawingOf } from '../history/drawing.js';
import { standalone, takeAway } from './picture.js';

/**
 * Lets the whole drawing leave, as SVG or PNG.
 * @param {import('../types.js').App} app
 */
export function takeDrawing(app) {
  const drawing = drawingOf(app, app.document.get(), { isNamed: true });
  takeAway(app, { title: app.t('picture.drawing'), svg: standalone(drawing, readTheme(document.body).ground) });
}
