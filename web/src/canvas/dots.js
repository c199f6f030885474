/// Requests on their way: sampled movements from the run, drawn on a layer of their own.
///
/// A hop takes as long on the screen as its simulated time at the chosen speed, but never less than
/// the eye needs to follow it; `isSlowed` says when that had to be done.

import { pointAlong } from './geometry.js';

/** @typedef {import('./scene.js').Scene} Scene */

const HOP_MS_MIN = 480;
const HOP_MS_MAX = 8000;
const DOTS_MAX = 400;
const DOTS_PER_EDGE = 4; // more would hide what they show
const GROUP = 4; // edge, departure, arrival, kind

export const REQUEST = 0;
export const REPLY = 1;
export const FAILURE = 2;
export const PUBLISH = 3;
export const LOST = 4;

/** @typedef {{ edge: number, start: number, span: number, kind: number }} Dot times in ms of the layer's clock */

export function createDots() {
  /** @type {Dot[]} */
  let dots = [];
  let clock = 0;
  let last = 0; // wall time of the last tick
  let last_batch = 0;
  let thinning = 1;
  let skipped = 0;
  let one_in = 1;
  let slowed = false;

  /** Advances the layer's clock, but only while the run does. @param {boolean} isRunning */
  function tick(isRunning) {
    const now = performance.now();
    if (isRunning) clock += Math.min(100, now - last);
    last = now;
  }

  return {
    get count() {
      return dots.length;
    },
    /** Requests that one dot stands for. */
    get oneIn() {
      return Math.max(1, Math.round(one_in * thinning));
    },
    get isSlowed() {
      return slowed;
    },
    clear() {
      dots = [];
      thinning = 1;
    },
    /**
     * @param {{ data: Float64Array, count: number, one_in: number }} moves
     * @param {number | 'max'} speed
     * @param {number} edges of the design
     * @param {number[]} sceneEdges index in the scene of each edge of the run
     */
    add(moves, speed, edges, sceneEdges) {
      const now = performance.now();
      const gap = Math.min(250, Math.max(16, now - last_batch));
      last_batch = now;
      one_in = Math.max(1, moves.one_in);
      const room = Math.min(DOTS_MAX, Math.max(24, DOTS_PER_EDGE * edges));
      thinning = thinningFor((moves.count * HOP_MS_MIN) / gap / room, thinning);
      const first = moves.data[1] ?? 0;
      for (let i = 0; i < moves.count; i++) {
        skipped++;
        if (skipped < thinning) continue;
        skipped = 0;
        if (dots.length >= 2 * room) break;
        const edge = sceneEdges[moves.data[i * GROUP] ?? 0] ?? -1;
        const departure = moves.data[i * GROUP + 1] ?? 0;
        const arrival = moves.data[i * GROUP + 2] ?? departure;
        const kind = moves.data[i * GROUP + 3] ?? REQUEST;
        const wanted = speed === 'max' ? 0 : ((arrival - departure) / speed) * 1000;
        slowed ||= wanted < HOP_MS_MIN;
        const span = Math.min(HOP_MS_MAX, Math.max(HOP_MS_MIN, wanted));
        const delay = speed === 'max'
          ? (i / moves.count) * gap
          : Math.min(400, Math.max(0, ((departure - first) / speed) * 1000));
        dots.push({ edge, start: clock + delay, span, kind });
      }
    },
    /**
     * @param {CanvasRenderingContext2D} context in world units
     * @param {Scene} scene @param {import('./theme.js').Theme} theme
     * @param {number} zoom @param {boolean} isRunning
     */
    draw(context, scene, theme, zoom, isRunning) {
      tick(isRunning);
      dots = dots.filter((dot) => clock < dot.start + dot.span + (dot.kind === LOST ? 300 : 0));
      drawDots(context, dots, clock, scene, theme, 1 / Math.min(1.2, Math.max(0.45, zoom)));
    },
  };
}

/**
 * One of how many dots is shown; follows the load with some inertia, so that it reads steadily.
 * @param {number} crowding dots that would be there at once, as a share of those that may
 * @param {number} before
 */
function thinningFor(crowding, before) {
  const exact = Math.max(1, crowding);
  if (exact > before || exact < before / 2) return niceAbove(exact);
  return before;
}

/** 1, 2, 5, 10, 20, … @param {number} value */
function niceAbove(value) {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const lead = value / power;
  return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

/** @type {[number, number]} */
const point = [0, 0];

/**
 * @param {CanvasRenderingContext2D} context @param {Dot[]} dots @param {number} clock
 * @param {Scene} scene @param {import('./theme.js').Theme} theme @param {number} size
 */
function drawDots(context, dots, clock, scene, theme, size) {
  const requests = new Path2D();
  const replies = new Path2D();
  const crosses = new Path2D();
  for (const dot of dots) {
    const route = scene.edges[dot.edge]?.route;
    if (!route || clock < dot.start) continue;
    let t = (clock - dot.start) / dot.span;
    if (dot.kind === LOST) t = Math.min(t, 0.5); // it ends on the way, and is seen there
    else if (dot.kind === REPLY || dot.kind === FAILURE) t = 1 - t;
    pointAlong(route, t, point);
    const [x, y] = point;
    if (dot.kind === FAILURE || (dot.kind === LOST && t >= 0.5)) {
      const r = 4 * size;
      crosses.moveTo(x - r, y - r);
      crosses.lineTo(x + r, y + r);
      crosses.moveTo(x + r, y - r);
      crosses.lineTo(x - r, y + r);
    } else if (dot.kind === REPLY) {
      replies.moveTo(x + 2.4 * size, y);
      replies.arc(x, y, 2.4 * size, 0, 2 * Math.PI);
    } else if (dot.kind === PUBLISH) {
      requests.rect(x - 2.8 * size, y - 2.8 * size, 5.6 * size, 5.6 * size);
    } else {
      requests.moveTo(x + 3.4 * size, y);
      requests.arc(x, y, 3.4 * size, 0, 2 * Math.PI);
    }
  }
  context.fillStyle = theme.accent;
  context.fill(requests);
  context.fillStyle = theme.ground;
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.4 * size;
  context.fill(replies);
  context.stroke(replies);
  context.strokeStyle = theme.error;
  context.lineWidth = 2 * size;
  context.stroke(crosses);
}
