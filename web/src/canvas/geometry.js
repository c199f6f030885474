/// Where cards and connections lie: sizes, ports, routes, and what a point touches. Pure, in world
/// units (CSS pixels at zoom 1), so that it can be tested without a page.

import { overlaps } from './camera.js';

/** @typedef {import('./camera.js').Rect} Rect */
/** @typedef {'left' | 'right' | 'top' | 'bottom'} Side */
/** @typedef {{ from: string, to: string }} Link */
/**
 * A routed connection. `curves` holds cubic Béziers: x0 y0, then six numbers a segment; `line` the
 * same as points (x, y, length so far), for hits and for moving dots.
 * @typedef {{ curves: number[], line: Float32Array, length: number, bounds: Rect }} Route
 */

export const CARD_WIDTH = 184;
export const CARD_HEIGHT = 80;
export const GRID = 8;

const PORT_STEP = 14;
const CORNER = 14; // no port nearer to a corner than this
const CLEARANCE = 20; // between a detour and the card it goes around
const SAMPLES = 14; // points a curve, for hits and dots

/** @param {number} value */
export function snap(value) {
  return Math.round(value / GRID) * GRID + 0; // never -0
}

/**
 * The sides at which a connection leaves and arrives: those that face each other.
 * @param {Rect} a @param {Rect} b
 * @returns {[Side, Side]}
 */
export function facingSides(a, b) {
  const right = b.x - (a.x + a.width);
  const left = a.x - (b.x + b.width);
  const down = b.y - (a.y + a.height);
  const up = a.y - (b.y + b.height);
  const horizontal = Math.max(left, right);
  const vertical = Math.max(down, up);
  if (horizontal >= 28 || horizontal >= vertical) {
    return right >= left ? ['right', 'left'] : ['left', 'right'];
  }
  return down >= up ? ['bottom', 'top'] : ['top', 'bottom'];
}

/**
 * @param {Rect} rect @param {Side} side @param {number} offset from the middle of the side
 * @returns {[number, number]}
 */
export function portAt(rect, side, offset) {
  const cx = rect.x + rect.width / 2;
  const cy = rect.y + rect.height / 2;
  if (side === 'left') return [rect.x, cy + offset];
  if (side === 'right') return [rect.x + rect.width, cy + offset];
  if (side === 'top') return [cx + offset, rect.y];
  return [cx + offset, rect.y + rect.height];
}

/** @type {Record<Side, [number, number]>} */
const NORMAL = { left: [-1, 0], right: [1, 0], top: [0, -1], bottom: [0, 1] };

/**
 * Routes every link. Ports of one side are spread in the order of where the other ends lie, so that
 * connections of a node do not cross at its edge.
 * @param {Map<string, Rect>} rects of the nodes
 * @param {Link[]} links
 * @returns {(Route | null)[]} null for a link whose end does not exist
 */
export function routeAll(rects, links) {
  const ends = links.map((link) => endsOf(rects, link));
  spreadPorts(rects, ends);
  const index = indexOf(rects);
  return ends.map((end) => (end === null ? null : routeOf(end, index)));
}

/**
 * @typedef {{ a: Rect, b: Rect, from: string, to: string, sides: [Side, Side],
 *   offsets: [number, number] }} Ends
 */

/** @param {Map<string, Rect>} rects @param {Link} link @returns {Ends | null} */
function endsOf(rects, link) {
  const a = rects.get(link.from);
  const b = rects.get(link.to);
  if (!a || !b) return null;
  /** @type {[Side, Side]} */
  const sides = a === b ? ['right', 'top'] : facingSides(a, b);
  return { a, b, from: link.from, to: link.to, sides, offsets: [0, 0] };
}

/** @param {Map<string, Rect>} rects @param {(Ends | null)[]} ends */
function spreadPorts(rects, ends) {
  /** @type {Map<string, { end: Ends, which: 0 | 1, key: number }[]>} */
  const ports = new Map();
  for (const end of ends) {
    if (end === null || end.a === end.b) continue;
    for (const which of /** @type {(0 | 1)[]} */ ([0, 1])) {
      const id = which === 0 ? end.from : end.to;
      const side = end.sides[which];
      const other = which === 0 ? end.b : end.a;
      const along = side === 'left' || side === 'right';
      const key = along ? other.y + other.height / 2 : other.x + other.width / 2;
      const list = ports.get(`${id} ${side}`);
      if (list) list.push({ end, which, key });
      else ports.set(`${id} ${side}`, [{ end, which, key }]);
    }
  }
  for (const list of ports.values()) {
    // Equal keys (there and back between two nodes) keep apart by direction.
    list.sort((p, q) => p.key - q.key || p.which - q.which);
    const first = /** @type {{ end: Ends, which: 0 | 1 }} */ (list[0]);
    const rect = first.which === 0 ? first.end.a : first.end.b;
    const side = first.end.sides[first.which];
    const room = (side === 'left' || side === 'right' ? rect.height : rect.width) - 2 * CORNER;
    const step = Math.min(PORT_STEP, room / Math.max(1, list.length - 1));
    list.forEach((port, i) => {
      port.end.offsets[port.which] = (i - (list.length - 1) / 2) * step;
    });
  }
}

/** @param {Ends} end @param {RectIndex} index @returns {Route} */
function routeOf(end, index) {
  if (end.a === end.b) return finish(loopOf(end.a));
  const start = portAt(end.a, end.sides[0], end.offsets[0]);
  const stop = portAt(end.b, end.sides[1], end.offsets[1]);
  const direct = curve(start, end.sides[0], stop, end.sides[1]);
  const route = finish(direct);
  const blocked = hitsOf(route, end, index);
  if (blocked.length === 0) return route;
  return detour(end, start, stop, blocked, index, route);
}

/**
 * A self-loop over the card's upper right corner.
 * @param {Rect} r @returns {number[]}
 */
function loopOf(r) {
  const x = r.x + r.width;
  const y = r.y + r.height / 2 - 14;
  const tx = r.x + r.width - 40;
  return [x, y, x + 52, y, x + 44, r.y - 44, x - 8, r.y - 44, tx + 4, r.y - 44, tx, r.y - 30, tx, r.y];
}

/**
 * @param {[number, number]} p @param {Side} side_p @param {[number, number]} q @param {Side} side_q
 * @returns {number[]}
 */
function curve(p, side_p, q, side_q) {
  const n = NORMAL[side_p];
  const m = NORMAL[side_q];
  const along = n[0] !== 0 ? Math.abs(q[0] - p[0]) : Math.abs(q[1] - p[1]);
  const reach = Math.min(140, Math.max(18, along * 0.5));
  return [
    p[0], p[1],
    p[0] + n[0] * reach, p[1] + n[1] * reach,
    q[0] + m[0] * reach, q[1] + m[1] * reach,
    q[0], q[1],
  ];
}

/**
 * Goes around the cards in the way, on the side that asks for less.
 * @param {Ends} end @param {[number, number]} start @param {[number, number]} stop
 * @param {Rect[]} blocked @param {RectIndex} index @param {Route} fallback
 * @returns {Route}
 */
function detour(end, start, stop, blocked, index, fallback) {
  const horizontal = end.sides[0] === 'left' || end.sides[0] === 'right';
  const box = union(blocked);
  const low = (horizontal ? box.y : box.x) - CLEARANCE;
  const high = (horizontal ? box.y + box.height : box.x + box.width) + CLEARANCE;
  const middle = horizontal ? (start[1] + stop[1]) / 2 : (start[0] + stop[0]) / 2;
  const tracks = [low, high].sort((p, q) => Math.abs(p - middle) - Math.abs(q - middle));
  let best = fallback;
  let best_hits = blocked.length;
  for (const track of tracks) {
    const route = finish(viaTrack(end, start, stop, box, track, horizontal));
    const hits = hitsOf(route, end, index).length;
    if (hits < best_hits) {
      best = route;
      best_hits = hits;
    }
    if (best_hits === 0) break;
  }
  return best;
}

/**
 * @param {Ends} end @param {[number, number]} start @param {[number, number]} stop
 * @param {Rect} box @param {number} track @param {boolean} horizontal
 * @returns {number[]}
 */
function viaTrack(end, start, stop, box, track, horizontal) {
  const forward = horizontal ? stop[0] > start[0] : stop[1] > start[1];
  const near = horizontal ? box.x : box.y;
  const far = horizontal ? box.x + box.width : box.y + box.height;
  const [enter, leave] = forward ? [near, far] : [far, near];
  /** @type {(along: number) => [number, number]} */
  const at = (along) => (horizontal ? [along, track] : [track, along]);
  const first = curve(start, end.sides[0], at(enter), opposite(end.sides[0]));
  const last = curve(at(leave), end.sides[0], stop, end.sides[1]);
  const [ex, ey] = at(enter);
  const [lx, ly] = at(leave);
  const straight = [ex + (lx - ex) / 3, ey + (ly - ey) / 3, lx - (lx - ex) / 3, ly - (ly - ey) / 3, lx, ly];
  return [...first, ...straight, ...last.slice(2)];
}

/** @param {Side} side @returns {Side} */
function opposite(side) {
  if (side === 'left') return 'right';
  if (side === 'right') return 'left';
  return side === 'top' ? 'bottom' : 'top';
}

/** @param {Rect[]} rects @returns {Rect} */
export function union(rects) {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const r of rects) {
    left = Math.min(left, r.x);
    top = Math.min(top, r.y);
    right = Math.max(right, r.x + r.width);
    bottom = Math.max(bottom, r.y + r.height);
  }
  if (left > right) return { x: 0, y: 0, width: 0, height: 0 };
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** @param {number[]} curves @returns {Route} */
function finish(curves) {
  const segments = (curves.length - 2) / 6;
  const line = new Float32Array((segments * SAMPLES + 1) * 3);
  let px = /** @type {number} */ (curves[0]);
  let py = /** @type {number} */ (curves[1]);
  let length = 0;
  line.set([px, py, 0], 0);
  let left = px;
  let right = px;
  let top = py;
  let bottom = py;
  for (let s = 0; s < segments; s++) {
    for (let i = 1; i <= SAMPLES; i++) {
      const [x, y] = cubic(curves, s * 6, i / SAMPLES);
      length += Math.hypot(x - px, y - py);
      line.set([x, y, length], (s * SAMPLES + i) * 3);
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      px = x;
      py = y;
    }
  }
  return { curves, line, length, bounds: { x: left, y: top, width: right - left, height: bottom - top } };
}

/** @param {number[]} c @param {number} i @param {number} t @returns {[number, number]} */
function cubic(c, i, t) {
  const u = 1 - t;
  const a = u * u * u;
  const b = 3 * u * u * t;
  const d = 3 * u * t * t;
  const e = t * t * t;
  const get = (/** @type {number} */ k) => /** @type {number} */ (c[i + k]);
  return [
    a * get(0) + b * get(2) + d * get(4) + e * get(6),
    a * get(1) + b * get(3) + d * get(5) + e * get(7),
  ];
}

/**
 * The point at a fraction of a route's length.
 * @param {Route} route @param {number} fraction 0…1 @param {[number, number]} out
 */
export function pointAlong(route, fraction, out) {
  const { line, length } = route;
  const wanted = Math.min(1, Math.max(0, fraction)) * length;
  let low = 0;
  let high = line.length / 3 - 1;
  while (high - low > 1) {
    const mid = (low + high) >> 1;
    if (/** @type {number} */ (line[mid * 3 + 2]) <= wanted) low = mid;
    else high = mid;
  }
  const at = (/** @type {number} */ k) => /** @type {number} */ (line[k]);
  const span = at(high * 3 + 2) - at(low * 3 + 2);
  const t = span > 0 ? (wanted - at(low * 3 + 2)) / span : 0;
  out[0] = at(low * 3) + (at(high * 3) - at(low * 3)) * t;
  out[1] = at(low * 3 + 1) + (at(high * 3 + 1) - at(low * 3 + 1)) * t;
}

/**
 * Distance of a point from a route.
 * @param {Route} route @param {number} x @param {number} y
 */
export function distanceTo(route, x, y) {
  const { line } = route;
  let best = Infinity;
  for (let i = 3; i < line.length; i += 3) {
    const ax = /** @type {number} */ (line[i - 3]);
    const ay = /** @type {number} */ (line[i - 2]);
    const bx = /** @type {number} */ (line[i]);
    const by = /** @type {number} */ (line[i + 1]);
    const dx = bx - ax;
    const dy = by - ay;
    const square = dx * dx + dy * dy;
    const t = square > 0 ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / square)) : 0;
    best = Math.min(best, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  }
  return best;
}

// --- Finding what lies in the way -------------------------------------------------------------------

const CELL = 256;

/** @typedef {{ cells: Map<string, Rect[]> }} RectIndex */

/** @param {Map<string, Rect>} rects @returns {RectIndex} */
function indexOf(rects) {
  /** @type {Map<string, Rect[]>} */
  const cells = new Map();
  for (const rect of rects.values()) {
    const x1 = Math.floor((rect.x + rect.width) / CELL);
    const y1 = Math.floor((rect.y + rect.height) / CELL);
    for (let cx = Math.floor(rect.x / CELL); cx <= x1; cx++) {
      for (let cy = Math.floor(rect.y / CELL); cy <= y1; cy++) {
        const list = cells.get(`${cx},${cy}`);
        if (list) list.push(rect);
        else cells.set(`${cx},${cy}`, [rect]);
      }
    }
  }
  return { cells };
}

/** @param {Route} route @param {Ends} end @param {RectIndex} index @returns {Rect[]} */
function hitsOf(route, end, index) {
  /** @type {Set<Rect>} */
  const hits = new Set();
  const { line } = route;
  for (let i = 0; i < line.length; i += 3) {
    const x = /** @type {number} */ (line[i]);
    const y = /** @type {number} */ (line[i + 1]);
    const list = index.cells.get(`${Math.floor(x / CELL)},${Math.floor(y / CELL)}`);
    if (!list) continue;
    for (const rect of list) {
      if (rect === end.a || rect === end.b) continue;
      const inside = x > rect.x - 4 && x < rect.x + rect.width + 4 &&
        y > rect.y - 4 && y < rect.y + rect.height + 4;
      if (inside) hits.add(rect);
    }
  }
  return [...hits];
}

/**
 * The nearest card in a direction, for arrow keys: nearer along the direction wins, being aside
 * costs twice.
 * @param {Map<string, Rect>} rects @param {string} id @param {Side} direction
 * @returns {string | null}
 */
export function neighbour(rects, id, direction) {
  const from = rects.get(id);
  if (!from) return null;
  const [nx, ny] = NORMAL[direction];
  let best = null;
  let best_cost = Infinity;
  for (const [other, rect] of rects) {
    if (other === id) continue;
    const dx = rect.x + rect.width / 2 - from.x - from.width / 2;
    const dy = rect.y + rect.height / 2 - from.y - from.height / 2;
    const ahead = dx * nx + dy * ny;
    const aside = Math.abs(dx * ny) + Math.abs(dy * nx);
    if (ahead <= 8 || aside > ahead * 3) continue;
    const cost = ahead + 2 * aside;
    if (cost < best_cost) {
      best_cost = cost;
      best = other;
    }
  }
  return best;
}

/**
 * A free place for a new card, near a wanted one, on the grid: to the right, then below.
 * @param {Iterable<Rect>} rects @param {number} x @param {number} y
 * @returns {[number, number]}
 */
export function freePlace(rects, x, y) {
  const taken = [...rects];
  let place = { x: snap(x), y: snap(y), width: CARD_WIDTH, height: CARD_HEIGHT };
  for (let ring = 0; ring < 40; ring++) {
    for (const [dx, dy] of [[0, ring], [0, -ring], [ring, 0], [ring, ring], [ring, -ring]]) {
      const candidate = {
        ...place,
        x: snap(x + /** @type {number} */ (dx) * (CARD_WIDTH / 2 + GRID)),
        y: snap(y + /** @type {number} */ (dy) * (CARD_HEIGHT + 3 * GRID)),
      };
      const padded = { x: candidate.x - 8, y: candidate.y - 8, width: CARD_WIDTH + 16, height: CARD_HEIGHT + 16 };
      if (!taken.some((rect) => overlaps(rect, padded))) return [candidate.x, candidate.y];
    }
  }
  return [place.x, place.y];
}
