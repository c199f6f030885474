/**
 * A design as a still picture: small in the list of designs, with names in the report.
 */

import { buildScene } from '../canvas/scene.js';
import { svg } from '../dom.js';

const MARGIN = 16;
const NAME_MAX = 20; // characters that a card holds
const FACT_MAX = 23; // in a smaller type
const NOTE_LINE_MAX = 28;
const NOTE_LINE_HEIGHT = 18; // as on the canvas
const NO_DIAGNOSTICS = /** @type {any} */ ({ all: [], generation: [], errors: 0, warnings: 0, at: () => [], under: () => [] });

/** @param {string} text */
const short = (text, most = NAME_MAX) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** @param {number[]} curves x0 y0, then six numbers a segment */
function pathOf(curves) {
  const rounded = curves.map((value) => Math.round(value * 10) / 10);
  const parts = [`M${rounded[0]} ${rounded[1]}`];
  for (let at = 2; at + 5 < rounded.length; at += 6) parts.push(`C${rounded.slice(at, at + 6).join(' ')}`);
  return parts.join('');
}

/** An arrow's head where a curve ends. @param {number[]} curves */
function headOf(curves) {
  const [fromX = 0, fromY = 0, x = 0, y = 0] = curves.slice(-4);
  const angle = Math.atan2(y - fromY, x - fromX);
  const corner = (/** @type {number} */ turn) => `${(x - 9 * Math.cos(angle + turn)).toFixed(1)} ${(y - 9 * Math.sin(angle + turn)).toFixed(1)}`;
  return `M${x} ${y}L${corner(0.45)}L${corner(-0.45)}Z`;
}

/**
 * @param {import('../types.js').App} app
 * @param {import('../types.js').Design} design
 * @param {{ isNamed: boolean }} options
 * @returns {SVGSVGElement}
 */
export function drawingOf({ catalog, t }, design, { isNamed }) {
  const scene = buildScene(design, catalog, NO_DIAGNOSTICS, t);
  const { x, y, width, height } = scene.bounds;
  const isEmpty = scene.nodes.length === 0;
  const box = isEmpty ? '0 0 100 60' : `${x - MARGIN} ${y - MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`;
  return svg('svg', { class: `drawing${isNamed ? '' : ' small'}`, viewBox: box, 'aria-hidden': isNamed ? null : 'true', role: isNamed ? 'img' : null, 'aria-label': isNamed ? t('designs.picture') : null },
    scene.containers.map(({ name, rect }) => svg('g', { class: 'drawing-zone' }, svg('rect', { ...rect, rx: 10 }), isNamed && svg('text', { translate: 'no', x: rect.x + 10, y: rect.y + 16 }, name))),
    scene.edges.map(({ route, kind, label }) => (route ? svg('g', { class: `drawing-edge ${kind}` }, svg('path', { d: pathOf(route.curves) }),
      isNamed && svg('path', { class: 'drawing-head', d: headOf(route.curves) }), isNamed && label !== '' && labelOf(route, label)) : null)),
    scene.nodes.map((node) => cardOf(node, isNamed)), scene.notes.map((note) => noteOf(note, isNamed)));
}

/**
 * A note's words in lines that fit.
 * @param {string} text
 * @returns {string[]}
 */
export function noteLines(text) {
  return text.split('\n').flatMap((paragraph) => {
    const lines = [''];
    for (const word of paragraph.split(/\s+/)) {
      const line = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
      if (line.length <= NOTE_LINE_MAX || lines.at(-1) === '') lines[lines.length - 1] = line;
      else lines.push(word);
    }
    return lines;
  });
}

/** @param {import('../canvas/notes.js').Note} note @param {boolean} isNamed */
function noteOf({ rect, text }, isNamed) {
  return svg('g', { class: 'drawing-note' }, svg('rect', { ...rect, rx: 4 }),
    isNamed && noteLines(text).map((line, index) => svg('text', { translate: 'no', x: rect.x + 10, y: rect.y + 24 + NOTE_LINE_HEIGHT * index }, line)));
}

/** @param {import('../canvas/geometry.js').Route} route @param {string} label */
function labelOf({ bounds }, label) {
  return svg('text', { class: 'drawing-label', x: bounds.x + bounds.width / 2, y: bounds.y + bounds.height / 2 - 5, 'text-anchor': 'middle' }, label);
}

/** @param {import('../canvas/scene.js').SceneNode} node @param {boolean} isNamed */
function cardOf({ rect, name, facts, icon, replicas }, isNamed) {
  const { x, y, width } = rect;
  if (!isNamed) return svg('rect', { class: 'drawing-card', ...rect, rx: 14 });
  return svg('g', {}, svg('rect', { class: 'drawing-card', ...rect, rx: 10 }),
    svg('g', { class: 'drawing-icon', transform: `translate(${x + 10} ${y + 9}) scale(0.75)` }, icon.map((d) => svg('path', { d }))),
    svg('text', { class: 'drawing-name', x: x + 34, y: y + 23 }, short(name)),
    replicas !== 1 && svg('text', { class: 'drawing-count', x: x + width - 10, y: y + 23, 'text-anchor': 'end' }, `×${replicas}`),
    facts.map((fact, line) => svg('text', { class: 'drawing-fact', translate: 'no', x: x + 12, y: y + 45 + 17 * line }, short(fact, FACT_MAX))));
}
