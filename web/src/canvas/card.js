/// A node as a card: drawn once into a bitmap, and again only when what it says changes.

import { el } from '../dom.js';
import { CARD_HEIGHT, CARD_WIDTH } from './geometry.js';

/** @typedef {import('./scene.js').SceneNode} SceneNode */
/** @typedef {import('./live.js').Live} Live */
/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */
/** @typedef {{ p99: string, inFlight: string, inService: string, waiting: string }} Words what stands beside numbers */
/** near: everything; mid: name, load and queue, larger; far: a large name and the gauge; dot: only a plate in
 * the colour of its load.
 * @typedef {'near' | 'mid' | 'far' | 'dot'} Detail */

/** Room around the card in its bitmap: for the border, the pile of replicas and the badge. */
export const CARD_MARGIN = 8;

const PADDING = 12;
const RADIUS = 10;
const TICKS_MAX = 14;
const TICK_PITCH = 3;

/** @param {number} zoom @returns {Detail} */
export function detailOf(zoom) {
  if (zoom >= 0.76) return 'near';
  if (zoom >= 0.42) return 'mid';
  return zoom >= 0.2 ? 'far' : 'dot';
}

/**
 * Draws a card with its upper left corner at the origin, in world units.
 * @param {Context} context
 * @param {SceneNode} node
 * @param {Live | null} live
 * @param {Theme} theme
 * @param {Detail} detail
 * @param {{ isSelected: boolean, words: Words }} options
 */
export function drawCard(context, node, live, theme, detail, options) {
  drawPlate(context, node, theme, options.isSelected);
  if (detail === 'far') {
    drawFar(context, node, live, theme);
  } else if (detail === 'mid') {
    drawMid(context, node, live, theme, options.words);
  } else {
    drawHead(context, node, live, theme);
    if (live) drawTruth(context, node, live, theme, options.words);
    else drawFacts(context, node, theme);
  }
  if (node.severity) drawSeverity(context, node.severity, theme);
}

/** @param {Context} context @param {SceneNode} node @param {Theme} theme @param {boolean} isSelected */
function drawPlate(context, node, theme, isSelected) {
  const border = isSelected ? theme.accent : node.severity === 'error' ? theme.error : theme.line;
  context.lineWidth = 1;
  if (node.replicas > 1) {
    context.fillStyle = theme.sunken;
    context.strokeStyle = theme.line;
    context.beginPath();
    context.roundRect(4.5, 4.5, CARD_WIDTH - 1, CARD_HEIGHT - 1, RADIUS);
    context.fill();
    context.stroke();
  }
  context.fillStyle = theme.surface;
  context.strokeStyle = border;
  context.lineWidth = isSelected ? 2 : 1;
  context.beginPath();
  context.roundRect(0.5, 0.5, CARD_WIDTH - 1, CARD_HEIGHT - 1, RADIUS);
  context.fill();
  context.stroke();
}

/** @param {Context} context @param {SceneNode} node @param {Live | null} live @param {Theme} theme */
function drawHead(context, node, live, theme) {
  drawIcon(context, node.icon, PADDING - 1, 10, 20, theme.muted);
  let room = CARD_WIDTH - 38 - PADDING;
  if (node.replicas > 1) {
    const text = `×${node.replicas}`;
    context.font = `600 11px ${theme.font}`;
    const width = context.measureText(text).width + 10;
    context.fillStyle = theme.sunken;
    context.beginPath();
    context.roundRect(CARD_WIDTH - PADDING - width + 2, 11, width, 18, 9);
    context.fill();
    context.fillStyle = theme.muted;
    context.textAlign = 'center';
    context.fillText(text, CARD_WIDTH - PADDING - width / 2 + 2, 24);
    room -= width + 4;
  }
  // A name is cut short for failures only where the last line has no room for them.
  if (live && live.errors !== '' && live.queue > 0) room -= drawErrors(context, live.errors, 38 + room, 24, 11, theme) + 8;
  context.font = `600 13px ${theme.font}`;
  context.fillStyle = theme.ink;
  context.textAlign = 'left';
  context.fillText(fitted(context, node.name, room), 38, 24.5);
}

/**
 * Failures: a cross, and how many; ending at x, or at the left edge.
 * @param {Context} context @param {string} text @param {number | null} x @param {number} y base line
 * @param {number} size of the letters @param {Theme} theme
 * @returns {number} how wide it is
 */
function drawErrors(context, text, x, y, size, theme) {
  context.font = `600 ${size}px ${theme.font}`;
  context.textAlign = 'left';
  context.fillStyle = theme.error;
  const r = size * 0.28;
  const width = context.measureText(text).width + 2 * r + 5;
  const start = x === null ? PADDING : x - width;
  context.fillText(text, start + 2 * r + 5, y);
  const cx = start + r;
  const cy = y - size * 0.36;
  context.strokeStyle = theme.error;
  context.lineWidth = size / 6;
  context.lineCap = 'round';
  context.beginPath();
  context.moveTo(cx - r, cy - r);
  context.lineTo(cx + r, cy + r);
  context.moveTo(cx + r, cy - r);
  context.lineTo(cx - r, cy + r);
  context.stroke();
  return width;
}

/** What the design says, while nothing runs. @param {Context} context @param {SceneNode} node @param {Theme} theme */
function drawFacts(context, node, theme) {
  context.font = `11px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.textAlign = 'left';
  const [title, fact] = node.facts;
  context.fillText(fitted(context, title, CARD_WIDTH - 2 * PADDING), PADDING, 49);
  if (fact) context.fillText(fitted(context, fact, CARD_WIDTH - 2 * PADDING), PADDING, 66);
}

/**
 * @param {Context} context @param {SceneNode} node @param {Live} live @param {Theme} theme
 * @param {Words} words
 */
function drawTruth(context, node, live, theme, words) {
  const right = CARD_WIDTH - PADDING;
  const colour = live.load ? theme[live.load] : theme.ink;
  context.font = `600 11px ${theme.font}`;
  context.fillStyle = colour;
  if (live.utilization === null) {
    context.textAlign = 'left';
    context.fillText(live.gauge, PADDING, 49);
    if (!node.isSource && live.gauge !== '') {
      const width = context.measureText(live.gauge).width;
      context.font = `11px ${theme.font}`;
      context.fillStyle = theme.muted;
      context.fillText(node.isBroker ? words.waiting : words.inService, PADDING + width + 4, 49);
    }
  } else {
    context.textAlign = 'right';
    context.fillText(live.gauge, right, 49);
    drawGauge(context, PADDING, 43, CARD_WIDTH - 2 * PADDING - 48, 5, live.utilization, colour, theme);
  }
  if (live.errors !== '' && node.isSource) drawErrors(context, live.errors, right, 49, 11, theme);
  else if (live.errors !== '' && live.queue === 0) drawErrors(context, live.errors, null, 66, 11, theme);
  context.font = `11px ${theme.font}`;
  context.textAlign = 'left';
  if (node.isSource) {
    if (live.left !== '') drawCount(context, live.left, words.inFlight, theme);
  } else if (live.queue > 0) {
    const ticks = Math.min(TICKS_MAX, live.queue);
    context.fillStyle = live.queue > TICKS_MAX ? theme.hot : theme.ink;
    for (let i = 0; i < ticks; i++) {
      // Every fifth stands off, as on a tally.
      context.fillRect(PADDING + i * TICK_PITCH + Math.floor(i / 5) * 2, 57, 1.75, 10);
    }
    const x = PADDING + ticks * TICK_PITCH + Math.floor((ticks - 1) / 5) * 2 + 5;
    context.fillText(live.left, x, 66);
  }
  if (live.right === '') return;
  context.textAlign = 'right';
  context.fillStyle = theme.ink;
  context.fillText(live.right, right, 66);
  const width = context.measureText(live.right).width;
  context.fillStyle = theme.muted;
  context.fillText(words.p99, right - width - 4, 66);
}

/** @param {Context} context @param {string} text @param {string} word @param {Theme} theme */
function drawCount(context, text, word, theme) {
  context.fillStyle = theme.ink;
  context.fillText(text, PADDING, 66);
  const width = context.measureText(text).width;
  context.fillStyle = theme.muted;
  context.fillText(word, PADDING + width + 4, 66);
}

/**
 * @param {Context} context @param {number} x @param {number} y @param {number} width
 * @param {number} height @param {number} value @param {string} colour @param {Theme} theme
 */
function drawGauge(context, x, y, width, height, value, colour, theme) {
  context.fillStyle = theme.line;
  context.beginPath();
  context.roundRect(x, y, width, height, height / 2);
  context.fill();
  if (value <= 0) return;
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(x, y, Math.max(height, width * Math.min(1, value)), height, height / 2);
  context.fill();
}

/**
 * From the middle distance the card says less, in larger letters.
 * @param {Context} context @param {SceneNode} node @param {Live | null} live @param {Theme} theme @param {Words} words
 */
function drawMid(context, node, live, theme, words) {
  const right = CARD_WIDTH - PADDING;
  drawIcon(context, node.icon, 8, 11, 22, theme.muted);
  context.font = `600 18px ${theme.font}`;
  context.fillStyle = theme.ink;
  context.textAlign = 'left';
  context.fillText(fitted(context, node.name, CARD_WIDTH - 36 - 6), 36, 29);
  if (live && live.errors !== '') drawErrors(context, live.errors, right, 72, 14, theme);
  context.textAlign = 'left';
  context.font = `16px ${theme.font}`;
  if (!live) {
    context.fillStyle = theme.muted;
    const replicas = node.replicas > 1 ? ` ×${node.replicas}` : '';
    context.fillText(fitted(context, `${node.facts[0]}${replicas}`, CARD_WIDTH - 2 * PADDING), PADDING, 61);
    return;
  }
  context.font = `600 16px ${theme.font}`;
  context.fillStyle = live.load ? theme[live.load] : theme.ink;
  if (live.utilization === null) {
    context.fillText(live.gauge, PADDING, 61);
    if (node.isSource || live.gauge === '') return;
    const width = context.measureText(live.gauge).width + 6;
    context.font = `14px ${theme.font}`;
    context.fillStyle = theme.muted;
    context.fillText(fitted(context, node.isBroker ? words.waiting : words.inService, CARD_WIDTH - 2 * PADDING - width), PADDING + width, 61);
    return;
  }
  context.textAlign = 'right';
  context.fillText(live.gauge, right, 54);
  const colour = /** @type {string} */ (context.fillStyle);
  drawGauge(context, PADDING, 44, CARD_WIDTH - 2 * PADDING - 62, 8, live.utilization, colour, theme);
  if (live.queue === 0) return;
  const ticks = Math.min(TICKS_MAX, live.queue);
  context.fillStyle = live.queue > TICKS_MAX ? theme.hot : theme.ink;
  for (let i = 0; i < ticks; i++) context.fillRect(PADDING + i * 5 + Math.floor(i / 5) * 3, 60, 3, 12);
  context.font = `14px ${theme.font}`;
  context.textAlign = 'left';
  context.fillText(live.left, PADDING + ticks * 5 + 12, 71);
}

/** @param {Context} context @param {SceneNode} node @param {Live | null} live @param {Theme} theme */
function drawFar(context, node, live, theme) {
  context.font = `600 24px ${theme.font}`;
  context.fillStyle = theme.ink;
  context.textAlign = 'left';
  context.fillText(fitted(context, node.name, CARD_WIDTH - 2 * PADDING), PADDING, 42);
  if (live && live.utilization !== null) {
    const colour = live.load ? theme[live.load] : theme.muted;
    drawGauge(context, PADDING, 56, CARD_WIDTH - 2 * PADDING, 12, live.utilization, colour, theme);
  }
  if (live && live.errors !== '') drawErrors(context, '', CARD_WIDTH - 8, 26, 26, theme);
}

/** The badge of a diagnostic: a disc for errors, a triangle for warnings, a mark in both.
 * @param {Context} context @param {'error' | 'warning'} severity @param {Theme} theme */
function drawSeverity(context, severity, theme) {
  const x = CARD_WIDTH - 6;
  const y = 4;
  context.fillStyle = severity === 'error' ? theme.error : theme.warm;
  context.strokeStyle = theme.ground;
  context.lineWidth = 2;
  context.beginPath();
  if (severity === 'error') {
    context.arc(x, y, 9, 0, 2 * Math.PI);
  } else {
    context.moveTo(x, y - 10);
    context.lineTo(x + 11, y + 9);
    context.lineTo(x - 11, y + 9);
    context.closePath();
  }
  context.stroke();
  context.fill();
  context.fillStyle = theme.onAccent;
  context.font = `700 12px ${theme.font}`;
  context.textAlign = 'center';
  context.fillText('!', x, severity === 'error' ? y + 4.5 : y + 6.5);
}

/** @type {Map<readonly string[], Path2D>} */
const icons = new Map();

/**
 * @param {Context} context @param {readonly string[]} paths @param {number} x @param {number} y
 * @param {number} size @param {string} colour
 */
function drawIcon(context, paths, x, y, size, colour) {
  let path = icons.get(paths);
  if (!path) {
    path = new Path2D();
    for (const d of paths) path.addPath(new Path2D(d));
    icons.set(paths, path);
  }
  context.save();
  context.translate(x, y);
  context.scale(size / 24, size / 24);
  context.lineWidth = 1.6;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.strokeStyle = colour;
  context.stroke(path);
  context.restore();
}

/** @type {Map<string, string>} */
const fits = new Map();
const FITS_MAX = 5000;

/**
 * A text cut to a width, with an ellipsis. Measuring is dear, so results are kept.
 * @param {Context} context @param {string} text @param {number} width
 */
export function fitted(context, text, width) {
  const key = `${context.font}|${Math.round(width)}|${text}`;
  const known = fits.get(key);
  if (known !== undefined) return known;
  let result = text;
  if (context.measureText(text).width > width) {
    let low = 0;
    let high = text.length;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (context.measureText(`${text.slice(0, mid).trimEnd()}…`).width <= width) low = mid;
      else high = mid - 1;
    }
    result = `${text.slice(0, low).trimEnd()}…`;
  }
  if (fits.size > FITS_MAX) fits.clear();
  fits.set(key, result);
  return result;
}

// --- Bitmaps ------------------------------------------------------------------------------------------

/** @typedef {{ bitmap: OffscreenCanvas | HTMLCanvasElement, key: string }} Entry */

/** @param {number} width @param {number} height @returns {OffscreenCanvas | HTMLCanvasElement} */
function createBitmap(width, height) {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(width, height);
  return el('canvas', { width, height });
}

/**
 * Bitmaps of cards. `get` redraws at most for a few milliseconds a frame; a card that has to wait is
 * shown as it was, and `isBehind` says that another frame is wanted.
 */
export function createCards() {
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  let deadline = 0;
  let behind = false;

  return {
    /** Device pixels a world unit of the bitmaps; stays while the view moves. 0 before the first. */
    scale: 0,
    get isBehind() {
      return behind;
    },
    clear() {
      entries.clear();
    },
    /** @param {ReadonlyMap<string, unknown>} ids nodes that are still there */
    keep(ids) {
      for (const id of entries.keys()) if (!ids.has(id)) entries.delete(id);
    },
    /** @param {number} budget_ms */
    begin(budget_ms) {
      deadline = performance.now() + budget_ms;
      behind = false;
    },
    /** The same drawing, a frame later. @param {number} budget_ms */
    goOn(budget_ms) {
      deadline = performance.now() + budget_ms;
    },
    /**
     * @param {SceneNode} node @param {Live | null} live @param {Theme} theme @param {Detail} detail
     * @param {number} scale device pixels a world unit
     * @param {{ isSelected: boolean, words: Words }} options
     * @returns {OffscreenCanvas | HTMLCanvasElement}
     */
    get(node, live, theme, detail, scale, options) {
      const key = [
        theme.key, detail, scale, node.name, node.facts[0], node.facts[1], node.replicas,
        node.severity, options.isSelected, live ? live.key : '',
      ].join('|');
      const entry = entries.get(node.id);
      if (entry && entry.key === key) return entry.bitmap;
      if (entry && performance.now() > deadline) {
        behind = true;
        return entry.bitmap;
      }
      const width = Math.ceil((CARD_WIDTH + 2 * CARD_MARGIN) * scale);
      const height = Math.ceil((CARD_HEIGHT + 2 * CARD_MARGIN) * scale);
      const bitmap = entry?.bitmap ?? createBitmap(width, height);
      if (bitmap.width !== width || bitmap.height !== height) {
        bitmap.width = width;
        bitmap.height = height;
      }
      const context = /** @type {Context} */ (bitmap.getContext('2d'));
      context.direction = 'ltr'; // a card has its geometry in every language
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, width, height);
      context.setTransform(scale, 0, 0, scale, CARD_MARGIN * scale, CARD_MARGIN * scale);
      drawCard(context, node, live, theme, detail, options);
      entries.set(node.id, { bitmap, key });
      return bitmap;
    },
  };
}
