/// Draws the scene: zones, connections, labels, cards. The moving requests are a layer of their own
/// (dots.js), so that this one is drawn only when something on it changed.

import { overlaps } from './camera.js';
import { CARD_MARGIN, detailOf, fitted } from './card.js';
import { hasHeads } from './containers.js';
import { CARD_HEIGHT, CARD_WIDTH } from './geometry.js';
import { edgeLive, edgeP99, liveOf, numberOf } from './live.js';
import { loadOf } from './load.js';

/** @typedef {import('./scene.js').Scene} Scene */
/** @typedef {import('./scene.js').SceneEdge} SceneEdge */
/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./camera.js').Camera} Camera */
/** @typedef {import('./card.js').Context} Context */

/**
 * @typedef {object} Picture everything one drawing needs
 * @property {Scene} scene
 * @property {Camera} camera
 * @property {number} width CSS pixels @property {number} height @property {number} ratio device pixels
 * @property {Theme} theme
 * @property {import('../types.js').Frame | null} frame
 * @property {ReadonlySet<string>} selectedNodes
 * @property {ReadonlySet<number>} selectedEdges
 * @property {number} hoverEdge or -1
 * @property {ReturnType<typeof import('./card.js').createCards>} cards
 * @property {ReadonlySet<string>} faults node ids and edge names that something is wrong with just now
 * @property {boolean} isMoving the view moves: sharp bitmaps can wait
 * @property {import('./card.js').Words} words
 * @property {import('../types.js').Results | null} results so far
 * @property {{ rate_max: number }} scale what the thickest line means; drawing everything sets it
 * @property {boolean} [isPart] only some of the scene, over the rest
 * @property {boolean} [isByPart] drawn over several frames
 * @property {number[]} runEdges index in the run of each edge, -1 for one that is newer than the run
 * @property {{ get: (id: string) => number }} errors shares of failures, by node
 */

const LINE_CLASSES = 6; // thicknesses a connection can have
const HAIRS_FROM = 1500; // so many connections, from so far away, are straight hairs without heads
const LABELS_MAX = 260;
const CARD_BUDGET_MS = 5;
/** How much is drawn between two looks at the clock, where a drawing is made bit by bit. */
const PART = { edges: 125, hairs: 1200, cards: 25, plates: 800 };

/** A card weighs more than a line: so much. */
const WEIGHT = { near: 6, mid: 6, far: 6, dot: 1 };

/**
 * @param {Context} context @param {Picture} picture
 * @returns {number} how much there was to draw
 */
export function drawScene(context, picture) {
  return allOf(drawParts(context, picture));
}

/**
 * Draws the scene part by part: whoever goes on to the next part decides when.
 * @param {Context} context @param {Picture} picture
 * @returns {Generator<void, number>} of how much there was to draw
 */
export function* drawParts(context, picture) {
  const { width, height, ratio, theme } = picture;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = theme.ground;
  context.fillRect(0, 0, Math.ceil(width * ratio), Math.ceil(height * ratio));
  return yield* partsOver(context, picture);
}

/** @param {Generator<void, number>} parts all of them at once */
function allOf(parts) {
  for (;;) {
    const { done, value } = parts.next();
    if (done) return value;
  }
}

/** @template T @param {readonly T[]} list @param {number} size @returns {Generator<T[]>} one after the other */
function* slices(list, size) {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size);
}

/**
 * Draws over what is there.
 * @param {Context} context @param {Picture} picture
 * @returns {number} how much there was to draw
 */
export function drawOver(context, picture) {
  return allOf(partsOver(context, picture));
}

/** @param {Context} context @param {Picture} picture @returns {Generator<void, number>} */
function* partsOver(context, picture) {
  const { camera, width, height, ratio } = picture;
  const scale = camera.zoom * ratio;
  context.setTransform(scale, 0, 0, scale, -camera.x * scale, -camera.y * scale);
  const seen = { x: camera.x, y: camera.y, width: width / camera.zoom, height: height / camera.zoom };
  drawContainers(context, picture, seen);
  const around = padded(seen, 8);
  const edges = picture.scene.edges.filter((edge) => edge.route && overlaps(edge.route.bounds, around));
  if (detailOf(camera.zoom) === 'dot' && edges.length > HAIRS_FROM) {
    for (const some of slices(edges, PART.hairs)) {
      drawHairs(context, picture, some);
      yield;
    }
  } else {
    const live = lookAtEdges(picture, edges);
    for (const some of slices(edges, PART.edges)) {
      drawEdges(context, picture, some, live);
      yield;
    }
    if (camera.zoom >= 0.45) {
      drawLabels(context, picture, edges, live.labels);
      yield;
    }
  }
  return edges.length + (yield* nodeParts(context, picture, seen, scale)) * WEIGHT[detailOf(camera.zoom)];
}

/** @param {import('./camera.js').Rect} r @param {number} by */
function padded(r, by) {
  return { x: r.x - by, y: r.y - by, width: r.width + 2 * by, height: r.height + 2 * by };
}

/**
 * Zones are tinted, groups framed; one that a drag puts something into says so.
 * @param {Context} context @param {Picture} picture @param {import('./camera.js').Rect} seen
 */
function drawContainers(context, { scene, theme, camera }, seen) {
  const unit = 1 / Math.min(1, camera.zoom);
  context.textAlign = 'left';
  for (const { kind, key, name, rect } of scene.containers) {
    if (!overlaps(rect, seen)) continue;
    const isTarget = scene.into.has(key);
    context.beginPath();
    context.roundRect(rect.x, rect.y, rect.width, rect.height, 14);
    context.fillStyle = kind === 'zone' ? theme.sunken : theme.accentWash;
    if (kind === 'zone' || isTarget) context.fill();
    context.strokeStyle = isTarget ? theme.accent : kind === 'zone' ? theme.line : theme.lineStrong;
    context.lineWidth = (isTarget ? 2 : 1) * unit;
    context.setLineDash(kind === 'group' ? [6 * unit, 4 * unit] : []);
    context.stroke();
    if (!hasHeads(camera.zoom)) continue;
    const size = Math.max(11, 9.5 / camera.zoom);
    context.font = `600 ${size}px ${theme.font}`;
    context.fillStyle = isTarget ? theme.accent : theme.muted;
    // Where a zone and a group share a corner their names do not.
    context.textAlign = kind === 'zone' ? 'left' : 'right';
    context.fillText(fitted(context, name, rect.width - 24), kind === 'zone' ? rect.x + 12 : rect.x + rect.width - 12, rect.y + 7 + size * 0.9);
  }
  context.setLineDash([]);
}

/** @typedef {{ labels: Map<number, string>, rates: Map<number, number>, broken: Set<number> }} LiveEdges by edge index; `broken`: whose breaker is open */

/** What a run says of the connections. @param {Picture} picture @param {SceneEdge[]} edges @returns {LiveEdges} */
function lookAtEdges(picture, edges) {
  const { frame } = picture;
  /** @type {LiveEdges} */
  const found = { labels: new Map(), rates: new Map(), broken: new Set() };
  let rate_max = picture.isPart ? picture.scale.rate_max : 0;
  if (frame) {
    for (const edge of edges) {
      const p99 = edgeP99(picture.results, edge.name);
      const live = edgeLive(frame.edge(picture.runEdges[edge.index] ?? -1), p99);
      found.labels.set(edge.index, live.text);
      if (live.isOpen) found.broken.add(edge.index);
      found.rates.set(edge.index, live.rate);
      rate_max = Math.max(rate_max, live.rate);
    }
  }
  picture.scale.rate_max = rate_max;
  return found;
}

/**
 * Draws lines and heads, gathered by look: a stroke per look, not per connection.
 * @param {Context} context @param {Picture} picture @param {SceneEdge[]} edges @param {LiveEdges} live
 */
function drawEdges(context, picture, edges, { rates, broken }) {
  const { theme, camera, scale: { rate_max } } = picture;
  /** @type {Map<string, { lines: Path2D, heads: Path2D, kind: string, colour: string, width: number }>} */
  const looks = new Map();
  const unit = Math.max(1, 0.75 / camera.zoom); // no thinner than a hair on the screen
  for (const edge of edges) {
    const share = rate_max > 0 ? (rates.get(edge.index) ?? 0) / rate_max : 0;
    const step = Math.round(share * (LINE_CLASSES - 1));
    const colour = broken.has(edge.index) ? theme.error : colourOf(edge, picture);
    const marked = colour === theme.accent ? 0.75 : 0;
    const width = (1.25 + marked + (step / (LINE_CLASSES - 1)) * 3) * unit;
    const key = `${edge.kind} ${colour} ${width}`;
    let look = looks.get(key);
    if (!look) {
      look = { lines: new Path2D(), heads: new Path2D(), kind: edge.kind, colour, width };
      looks.set(key, look);
    }
    addEdge(look, edge, width, unit);
  }
  context.lineCap = 'butt';
  context.lineJoin = 'round';
  for (const look of looks.values()) {
    context.strokeStyle = look.colour;
    context.fillStyle = look.colour;
    context.lineWidth = look.width;
    context.setLineDash(look.kind === 'publish' ? [6 * unit, 5 * unit] : []);
    context.stroke(look.lines);
    context.setLineDash([]);
    if (look.kind === 'publish') {
      context.lineWidth = Math.max(1.5 * unit, look.width * 0.8);
      context.stroke(look.heads);
    } else {
      context.fill(look.heads);
    }
  }
  for (const edge of edges) {
    if (broken.has(edge.index)) drawBroken(context, edge, theme);
    if (!picture.faults.has(edge.name) || !edge.route) continue;
    const [x, y] = middleOf(edge.route);
    drawBolt(context, x, y, theme);
  }
}

/**
 * @param {Context} context @param {Picture} picture @param {SceneEdge[]} edges
 */
function drawHairs(context, picture, edges) {
  /** @type {Map<string, Path2D>} */
  const paths = new Map();
  for (const edge of edges) {
    const { curves } = /** @type {import('./geometry.js').Route} */ (edge.route);
    const colour = colourOf(edge, picture);
    let path = paths.get(colour);
    if (!path) {
      path = new Path2D();
      paths.set(colour, path);
    }
    path.moveTo(/** @type {number} */ (curves[0]), /** @type {number} */ (curves[1]));
    path.lineTo(/** @type {number} */ (curves[curves.length - 2]), /** @type {number} */ (curves[curves.length - 1]));
  }
  context.lineWidth = 0.75 / picture.camera.zoom;
  for (const [colour, path] of paths) {
    context.strokeStyle = colour;
    context.stroke(path);
  }
}

/** An open breaker: a gap in the line, with a cross. @param {Context} context @param {SceneEdge} edge @param {Theme} theme */
function drawBroken(context, edge, theme) {
  const { curves } = /** @type {import('./geometry.js').Route} */ (edge.route);
  const at = (/** @type {number} */ i) => /** @type {number} */ (curves[i]);
  const size = Math.hypot(at(2) - at(0), at(3) - at(1)) || 1;
  const x = at(0) + ((at(2) - at(0)) / size) * 14;
  const y = at(1) + ((at(3) - at(1)) / size) * 14;
  context.fillStyle = theme.ground;
  context.fillRect(x - 7, y - 7, 14, 14);
  context.strokeStyle = theme.error;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x - 4, y - 4);
  context.lineTo(x + 4, y + 4);
  context.moveTo(x + 4, y - 4);
  context.lineTo(x - 4, y + 4);
  context.stroke();
}

/** @param {SceneEdge} edge @param {Picture} picture */
function colourOf(edge, picture) {
  const { theme } = picture;
  if (picture.selectedEdges.has(edge.index)) return theme.accent;
  if (edge.severity === 'error') return theme.error;
  return picture.hoverEdge === edge.index ? theme.ink : theme.lineStrong;
}

/**
 * @param {{ lines: Path2D, heads: Path2D, kind: string }} look @param {SceneEdge} edge
 * @param {number} width @param {number} unit
 */
function addEdge(look, edge, width, unit) {
  const c = /** @type {import('./geometry.js').Route} */ (edge.route).curves;
  const n = c.length;
  const at = (/** @type {number} */ i) => /** @type {number} */ (c[i]);
  const [tx, ty] = [at(n - 2), at(n - 1)];
  let dx = tx - at(n - 4);
  let dy = ty - at(n - 3);
  const size = Math.hypot(dx, dy) || 1;
  dx /= size;
  dy /= size;
  const head = Math.min((5 + width * 1.6) * Math.min(1.5, unit), 15);
  const inset = edge.kind === 'publish' ? 1 : edge.kind === 'forward' ? head * 1.5 : head * 0.7;
  look.lines.moveTo(at(0), at(1));
  for (let i = 2; i + 5 < n; i += 6) {
    const last = i + 6 >= n;
    look.lines.bezierCurveTo(
      at(i), at(i + 1), at(i + 2), at(i + 3),
      last ? tx - dx * inset : at(i + 4), last ? ty - dy * inset : at(i + 5),
    );
  }
  if (edge.kind === 'publish') {
    look.heads.moveTo(tx - dx * head - dy * head * 0.55, ty - dy * head + dx * head * 0.55);
    look.heads.lineTo(tx - dx, ty - dy);
    look.heads.lineTo(tx - dx * head + dy * head * 0.55, ty - dy * head - dx * head * 0.55);
    return;
  }
  addTriangle(look.heads, tx, ty, dx, dy, head);
  if (edge.kind === 'forward') addTriangle(look.heads, tx - dx * head * 0.85, ty - dy * head * 0.85, dx, dy, head);
}

/**
 * @param {Path2D} path @param {number} x @param {number} y @param {number} dx @param {number} dy
 * @param {number} size
 */
function addTriangle(path, x, y, dx, dy, size) {
  path.moveTo(x, y);
  path.lineTo(x - dx * size - dy * size * 0.48, y - dy * size + dx * size * 0.48);
  path.lineTo(x - dx * size + dy * size * 0.48, y - dy * size - dx * size * 0.48); // filling closes it; saying so is dear
}

/**
 * @param {Context} context @param {Picture} picture @param {SceneEdge[]} edges
 * @param {Map<number, string>} live
 */
function drawLabels(context, { theme, camera, selectedEdges, hoverEdge }, edges, live) {
  // Letters are never smaller than can be read; a label that has no room then is left out.
  const size = Math.max(11, 9.5 / camera.zoom);
  context.font = `${size}px ${theme.font}`;
  context.textAlign = 'center';
  let drawn = 0;
  for (const edge of edges) {
    if (!edge.route || drawn > LABELS_MAX) continue;
    const marked = selectedEdges.has(edge.index) || hoverEdge === edge.index;
    const now = live.get(edge.index) ?? '';
    // What there is room for: all of it, what was measured, the rate alone, or what is written.
    const texts = [[edge.label, now].filter((part) => part !== '').join(' · '), now, now.split(' · ')[0] ?? '', edge.label];
    const room = marked ? Infinity : edge.route.length - 22;
    const text = texts.find((one) => one !== '' && context.measureText(one).width < room);
    if (text === undefined) continue;
    const width = context.measureText(text).width + 6;
    const [x, y] = middleOf(edge.route);
    context.fillStyle = theme.ground;
    context.globalAlpha = 0.9;
    context.fillRect(x - width / 2, y - size * 0.7, width, size * 1.4);
    context.globalAlpha = 1;
    context.fillStyle = marked ? theme.accent : theme.muted;
    context.fillText(text, x, y + size * 0.36);
    drawn++;
  }
}

/** @param {import('./geometry.js').Route} route @returns {[number, number]} */
function middleOf(route) {
  const { line, length } = route;
  for (let i = 3; i < line.length; i += 3) {
    if (/** @type {number} */ (line[i + 2]) >= length / 2) {
      return [
        (/** @type {number} */ (line[i]) + /** @type {number} */ (line[i - 3])) / 2,
        (/** @type {number} */ (line[i + 1]) + /** @type {number} */ (line[i - 2])) / 2,
      ];
    }
  }
  return [/** @type {number} */ (line[0]), /** @type {number} */ (line[1])];
}

/**
 * @param {Context} context @param {Picture} picture
 * @param {import('./camera.js').Rect} seen @param {number} scale
 * @returns {Generator<void, number>} of how many
 */
function* nodeParts(context, picture, seen, scale) {
  const { scene, camera, theme, frame, cards, errors } = picture;
  const detail = detailOf(camera.zoom);
  const around = padded(seen, CARD_MARGIN);
  const nodes = scene.nodes.filter((node) => overlaps(node.rect, around));
  if (detail === 'dot') {
    for (const some of slices(nodes, PART.plates)) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      drawPlates(context, picture, some, scale);
      yield;
    }
    return nodes.length;
  }
  if (!picture.isMoving || cards.scale === 0) cards.scale = scale;
  const sharp = cards.scale;
  cards.begin(CARD_BUDGET_MS);
  for (const some of slices(nodes, PART.cards)) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    for (const node of some) {
      const live = frame ? liveOf(frame.node(node.id), node, errors.get(node.id)) : null;
      const isSelected = picture.selectedNodes.has(node.id);
      const bitmap = cards.get(node, live, theme, detail, sharp, { isSelected, words: picture.words });
      const x = (node.rect.x - camera.x) * scale - CARD_MARGIN * scale;
      const y = (node.rect.y - camera.y) * scale - CARD_MARGIN * scale;
      if (sharp === scale) {
        context.drawImage(bitmap, Math.round(x), Math.round(y));
      } else {
        const width = (CARD_WIDTH + 2 * CARD_MARGIN) * scale;
        const height = (CARD_HEIGHT + 2 * CARD_MARGIN) * scale;
        context.drawImage(bitmap, x, y, width, height);
      }
    }
    yield;
    if (picture.isByPart) cards.goOn(CARD_BUDGET_MS);
  }
  context.setTransform(scale, 0, 0, scale, -camera.x * scale, -camera.y * scale);
  if (picture.faults.size > 0) for (const node of nodes) {
    if (picture.faults.has(node.id) && overlaps(node.rect, seen)) drawBolt(context, node.rect.x + 4, node.rect.y + 2, theme);
  }
  return nodes.length;
}

const BOLT = new Path2D('M1.5-7L-5 1.5h3.6L-1.5 7L5-1.5H1.2z');

/**
 * A fault at work: a bolt on a disc.
 * @param {Context} context @param {number} x @param {number} y @param {Theme} theme
 */
function drawBolt(context, x, y, theme) {
  context.save();
  context.translate(x, y);
  context.fillStyle = theme.error;
  context.strokeStyle = theme.ground;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(0, 0, 11, 0, 2 * Math.PI);
  context.stroke();
  context.fill();
  context.fillStyle = theme.onAccent;
  context.fill(BOLT);
  context.restore();
}

/**
 * From far away a card is a plate in the colour of its load, drawn colour by colour.
 * @param {Context} context @param {Picture} picture
 * @param {import('./scene.js').SceneNode[]} found @param {number} scale
 */
function drawPlates(context, { camera, theme, frame, selectedNodes }, found, scale) {
  /** @type {Map<string, number[]>} x, y, width and height of each plate */
  const fills = new Map();
  /** @param {string} colour @param {number} x @param {number} y @param {number} width @param {number} height */
  const add = (colour, x, y, width, height) => {
    const plates = fills.get(colour);
    if (plates) plates.push(x, y, width, height);
    else fills.set(colour, [x, y, width, height]);
  };
  const width = CARD_WIDTH * scale;
  const height = CARD_HEIGHT * scale;
  for (const { id, rect, severity } of found) {
    const border = selectedNodes.has(id) ? theme.accent : severity === 'error' ? theme.error : theme.lineStrong;
    add(border, (rect.x - camera.x) * scale, (rect.y - camera.y) * scale, width, height);
  }
  fillAll(context, fills);
  for (const { rect } of found) {
    add(theme.surface, (rect.x - camera.x) * scale + 1, (rect.y - camera.y) * scale + 1, width - 2, height - 2);
  }
  fillAll(context, fills);
  if (!frame) return;
  for (const node of found) {
    const view = frame.node(node.id);
    const utilization = view && !node.isSource && (numberOf(view, 'places') ?? 0) > 0 ? numberOf(view, 'utilization') : null;
    if (utilization === null) continue;
    const x = (node.rect.x - camera.x) * scale + 1;
    const y = (node.rect.y - camera.y) * scale + 1;
    add(theme[loadOf(utilization)], x, y, (width - 2) * Math.min(1, utilization), height - 2);
  }
  fillAll(context, fills);
}

/** @param {Context} context @param {Map<string, number[]>} fills */
function fillAll(context, fills) {
  for (const [colour, plates] of fills) {
    context.fillStyle = colour;
    for (let i = 0; i < plates.length; i += 4) {
      context.fillRect(/** @type {number} */ (plates[i]), /** @type {number} */ (plates[i + 1]), /** @type {number} */ (plates[i + 2]), /** @type {number} */ (plates[i + 3]));
    }
  }
  fills.clear();
}
