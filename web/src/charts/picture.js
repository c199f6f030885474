/**
 * Pictures that leave the page: a chart as SVG, any SVG by itself, and as PNG.
 */

import { el, svg } from '../dom.js';
import { showDialog } from '../files/dialog.js';
import { copyText, download, fileName } from '../files/transfer.js';
import { ticksOf } from '../waterfall/spans.js';

/** @typedef {import('./series.js').Line} Line */

const WIDTH = 720;
const HEIGHT = 320;
const PAD = { left: 72, right: 20, top: 44, bottom: 34 };
const POINTS_MAX = 2000; // of a line; a picture is not wider
const RATIO = 2; // of PNG: sharp on dense screens
const STYLE = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor'];

/**
 * @param {{ title: string, lines: Line[], format: (value: number) => string, top?: number }} chart
 * @param {import('../types.js').Timeline} timeline
 * @param {number} end_s
 * @param {import('../canvas/theme.js').Theme} theme
 * @param {string[]} colours
 */
export function chartPicture({ title, lines, format, top }, timeline, end_s, theme, colours) {
  const times = timeline.column('time_s');
  const columns = lines.map(({ column }) => timeline.column(column));
  const most = top ?? Math.max(1e-9, ...columns.map((values) => values.reduce((a, b) => (b > a ? b : a), 0))) * 1.1;
  const x = (/** @type {number} */ time_s) => PAD.left + ((WIDTH - PAD.left - PAD.right) * time_s) / end_s;
  const y = (/** @type {number} */ value) => HEIGHT - PAD.bottom - ((HEIGHT - PAD.top - PAD.bottom) * value) / most;
  const text = { 'font-family': theme.font, 'font-size': 12, fill: theme.muted };
  const step = Math.max(1, Math.ceil(times.length / POINTS_MAX));
  const path = (/** @type {Float64Array} */ values) => {
    let d = '';
    let isDown = false;
    for (let row = 0; row < times.length; row += step) {
      const value = values[row];
      const isThere = value !== undefined && Number.isFinite(value);
      if (isThere) d += `${isDown ? 'L' : 'M'}${x(/** @type {number} */ (times[row])).toFixed(1)} ${y(value).toFixed(1)}`;
      isDown = isThere;
    }
    return d;
  };
  const colour = (/** @type {Line} */ { tone }) => colours[tone % colours.length] ?? theme.ink;
  let at = PAD.left;
  const key = lines.map((line) => {
    const begin = at;
    at += 34 + line.label.length * 7;
    const dash = line.isDashed ? '4 3' : null;
    return [svg('line', { x1: begin, x2: begin + 16, y1: 32, y2: 32, stroke: colour(line), 'stroke-width': 2, 'stroke-dasharray': dash }), svg('text', { ...text, x: begin + 20, y: 36 }, line.label)];
  });
  return svg('svg', { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT },
    svg('rect', { width: WIDTH, height: HEIGHT, fill: theme.surface }),
    svg('text', { ...text, x: PAD.left, y: 18, fill: theme.ink, 'font-size': 14, 'font-weight': 600 }, title), key.flat(),
    ticksOf(most, 5).map((value) => [svg('line', { x1: PAD.left, x2: WIDTH - PAD.right, y1: y(value), y2: y(value), stroke: theme.line }),
      svg('text', { ...text, x: PAD.left - 6, y: y(value) + 4, 'text-anchor': 'end' }, format(value))]).flat(),
    ticksOf(end_s, 8).map((time_s) => svg('text', { ...text, x: x(time_s), y: HEIGHT - 12, 'text-anchor': 'middle' }, `${+time_s.toPrecision(6)} s`)),
    columns.map((values, index) => svg('path', { d: path(values), fill: 'none', stroke: colour(/** @type {Line} */ (lines[index])), 'stroke-width': 1.75,
      'stroke-dasharray': lines[index]?.isDashed ? '4 3' : null })));
}

/**
 * The text of an SVG that needs nothing of the page: what the style sheets say of it is written into it.
 * @param {SVGSVGElement} picture not in the page
 * @param {string} ground
 */
export function standalone(picture, ground) {
  const [left = 0, top = 0, width = 100, height = 100] = (picture.getAttribute('viewBox') ?? '').split(' ').map(Number);
  picture.setAttribute('width', String(Math.ceil(width)));
  picture.setAttribute('height', String(Math.ceil(height)));
  const holder = el('div', { class: 'visually-hidden' }, picture);
  document.body.append(holder);
  for (const one of picture.querySelectorAll('*')) {
    const style = getComputedStyle(one);
    for (const name of STYLE) if (!one.hasAttribute(name)) one.setAttribute(name, style.getPropertyValue(name));
  }
  picture.prepend(svg('rect', { x: left, y: top, width, height, fill: ground }));
  holder.remove();
  for (const one of [picture, ...picture.querySelectorAll('[class]')]) one.removeAttribute('class');
  picture.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return new XMLSerializer().serializeToString(picture);
}

/** @param {string} text of an SVG with its width and height @returns {Promise<Blob>} */
export async function pngOf(text) {
  const image = el('img', { src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}` });
  await image.decode();
  const canvas = el('canvas', { width: String(image.naturalWidth * RATIO), height: String(image.naturalHeight * RATIO) });
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('png'))), 'image/png'));
}

/**
 * Lets a picture leave: as a file of either kind, or onto the clipboard; a chart's numbers, too.
 * @param {import('../types.js').App} app
 * @param {{ title: string, svg: string, csv?: string }} what
 */
export function takeAway(app, { title, svg: text, csv }) {
  const { t } = app;
  const name = `${fileName(String(app.document.get().name ?? app.document.name))}-${fileName(title)}`;
  const said = (/** @type {boolean} */ isDone) => app.notify(t(isDone ? 'results.copied' : 'results.not_copied'));
  const copyPicture = async () => {
    try {
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': pngOf(text) })]);
      said(true);
    } catch {
      said(false);
    }
  };
  const button = (/** @type {string} */ key, /** @type {() => void} */ run) => el('button', { class: 'button', type: 'button', onclick: () => { run(); close(); } }, t(key));
  const picture = el('img', { class: 'take-away-picture', alt: title, src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}` });
  const { close } = showDialog(app, {
    title: t('picture.title', { name: title }), body: [picture], foot: () => [
      csv !== undefined && button('picture.copy_csv', () => void copyText(csv).then(said)),
      button('picture.copy_png', () => void copyPicture()),
      button('picture.save_svg', () => download(`${name}.svg`, text, 'image/svg+xml')),
      button('picture.save_png', () => void pngOf(text).then((blob) => download(`${name}.png`, blob, 'image/png')))],
  });
}

/**
 * The numbers of a chart, as a table of its own.
 * @param {import('../types.js').Timeline} timeline
 * @param {Line[]} lines
 */
export function csvOfLines(timeline, lines) {
  const columns = ['time_s', ...lines.map(({ column }) => column)];
  const values = columns.map((name) => timeline.column(name));
  const quoted = (/** @type {string} */ name) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);
  const rows = Array.from({ length: timeline.rows }, (_, row) => values.map((column) => (Number.isFinite(column[row]) ? String(column[row]) : '')).join(','));
  return `${[columns.map(quoted).join(','), ...rows].join('\n')}\n`;
}
