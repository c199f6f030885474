/**
 * The space-time diagram as SVG: a line for each replica, time along it, an arrow for each message. Arrows of a kind are one path, so
 * that thousands cost no more than a few.
 */

import { quantity } from '../i18n/index.js';
import { svg } from '../dom.js';
import { ticksOf } from '../waterfall/spans.js';
import { fateOf, isFailed, isSeen, laneFinder } from './journal.js';

/** @typedef {import('./journal.js').Input} Input */
/** @typedef {import('./journal.js').Message} Message */
/**
 * @typedef {object} Scene
 * @property {import('./journal.js').Journal} journal
 * @property {readonly import('./journal.js').Lane[]} lanes
 * @property {import('./journal.js').View} view
 * @property {Input | null} picked
 * @property {number} width @property {number} names width of the names, in px @property {number} row height of a line, in px
 * @property {(message: Message) => number} flight
 * @property {(node: string, replica: number) => string} nameOf
 */

export const AXIS_PX = 22;
const END_PX = 10; // behind the last moment
const TICK_PX = 104; // a label of an axis takes about so much
const ARROWS_MAX = 4000;
const HEAD_PX = 6;
const BAR_PX = 6; // half the height of an input's mark
const LEAST_PX = 4; // its width at least
const FAR_PX = 60; // lines are cut so far outside: browsers round huge coordinates
const LOST_SHARE = 0.62; // of the way to the other line
const NAME_PX = 7; // of a letter, about

/** @param {Scene} scene */
export function scaleOf({ view, width, names }) {
  const per_ns = Math.max(1, width - names - END_PX) / (view.to_ns - view.from_ns || 1);
  return {
    per_ns,
    x: (/** @type {number} */ ns) => names + (ns - view.from_ns) * per_ns,
    ns: (/** @type {number} */ x) => view.from_ns + (x - names) / per_ns,
  };
}

/**
 * Where a message is drawn.
 * @param {Scene} scene
 * @returns {(message: Message) => { x1: number, y1: number, x2: number, y2: number, from_ns: number, to_ns: number } | null}
 */
export function segmentsOf(scene) {
  const laneOf = laneFinder(scene.lanes);
  const { x } = scaleOf(scene);
  return (message) => {
    const from = laneOf(message.from, message.from_replica);
    const to = laneOf(message.to, message.to_replica);
    if (from < 0 || to < 0) return null;
    const from_ns = message.sent_ns;
    const share = message.arrived_ns === null || message.arrived_ns === undefined ? LOST_SHARE : 1;
    const to_ns = message.arrived_ns ?? from_ns + scene.flight(message) * share;
    const y1 = scene.row * (from + 0.5);
    return { x1: x(from_ns), y1, x2: x(to_ns), y2: y1 + (to - from) * scene.row * share, from_ns, to_ns };
  };
}

/** @param {number} value */
const px = (value) => value.toFixed(1);

/** A line without what lies far outside. @param {{ x1: number, y1: number, x2: number, y2: number }} line @param {number} from @param {number} to */
function cutLine({ x1, y1, x2, y2 }, from, to) {
  const at = (/** @type {number} */ x) => y1 + ((y2 - y1) * (x - x1)) / (x2 - x1);
  const [a, b] = [Math.max(x1, from), Math.min(x2, to)];
  return { x1: a, y1: a === x1 ? y1 : at(a), x2: b, y2: b === x2 ? y2 : at(b) };
}

/** The head of an arrow: two strokes from its point. @param {{ x1: number, y1: number, x2: number, y2: number }} line */
function headOf({ x1, y1, x2, y2 }) {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [ux, uy] = [((x2 - x1) / length) * HEAD_PX, ((y2 - y1) / length) * HEAD_PX];
  const side = (/** @type {1 | -1} */ way) => `${px(x2 - ux - way * uy * 0.5)} ${px(y2 - uy + way * ux * 0.5)}`;
  return `M${side(1)}L${px(x2)} ${px(y2)}L${side(-1)}`;
}

/** @param {number} x @param {number} y @param {number} size */
const crossAt = (x, y, size) => `M${px(x - size)} ${px(y - size)}L${px(x + size)} ${px(y + size)}M${px(x - size)} ${px(y + size)}L${px(x + size)} ${px(y - size)}`;

/** The way of an arrow; one to the same line makes a bow. @param {{ x1: number, y1: number, x2: number, y2: number }} line @param {number} row */
const wayOf = ({ x1, y1, x2, y2 }, row) => (y1 === y2
  ? `M${px(x1)} ${px(y1)}Q${px((x1 + x2) / 2)} ${px(y1 - row * 0.7)} ${px(x2)} ${px(y2)}` : `M${px(x1)} ${px(y1)}L${px(x2)} ${px(y2)}`);

/** @param {Scene} scene @returns {{ parts: SVGElement[], shown: number, of: number }} */
function arrows(scene) {
  const segment = segmentsOf(scene);
  const seen = scene.journal.messages.flatMap((message) => {
    const line = segment(message);
    return line && isSeen(scene.view, line.from_ns, line.to_ns) ? [{ message, line }] : [];
  });
  const every = Math.ceil(seen.length / ARROWS_MAX) || 1;
  /** @type {Map<string, string[]>} */
  const paths = new Map();
  const add = (/** @type {string} */ name, /** @type {string} */ d) => {
    const list = paths.get(name);
    if (list) list.push(d);
    else paths.set(name, [d]);
  };
  let shown = 0;
  seen.forEach(({ message, line }, index) => {
    if (index % every !== 0) return;
    shown += 1;
    const fate = fateOf(message);
    const name = fate === 'fine' ? message.kind : fate;
    add(name, wayOf(cutLine(line, scene.names - FAR_PX, scene.width + FAR_PX), scene.row));
    if (fate === 'lost') add('cross', crossAt(line.x2, line.y2, 4));
    else if (line.x2 < scene.width + FAR_PX) add(fate === 'refused' ? 'refused-head' : `${name}-head`, headOf(line));
    if (fate === 'duplicate') add('duplicate-head', headOf({ ...line, x2: line.x1 + (line.x2 - line.x1) * 0.9, y2: line.y1 + (line.y2 - line.y1) * 0.9 }));
  });
  return { parts: [...paths].map(([name, list]) => svg('path', { class: `spacetime-arrow spacetime-${name}`, d: list.join('') })), shown, of: seen.length };
}

/** @param {Scene} scene @param {Input} input @param {number} lane */
function boxOf(scene, input, lane) {
  const { x } = scaleOf(scene);
  const from = Math.max(x(input.at_ns), scene.names - FAR_PX);
  const to = Math.min(Math.max(x(input.done_ns), from + LEAST_PX), scene.width + FAR_PX);
  return { from, to, y: scene.row * (lane + 0.5) };
}

/** @param {Scene} scene */
function inputs(scene) {
  const laneOf = laneFinder(scene.lanes);
  let fine = '';
  let failed = '';
  let crosses = '';
  for (const input of scene.journal.inputs) {
    const lane = laneOf(input.node, input.replica);
    if (lane < 0 || !isSeen(scene.view, input.at_ns, input.done_ns)) continue;
    const { from, to, y } = boxOf(scene, input, lane);
    const bar = `M${px(from)} ${px(y - BAR_PX)}H${px(to)}V${px(y + BAR_PX)}H${px(from)}Z`;
    if (isFailed(input)) {
      failed += bar;
      crosses += crossAt((from + to) / 2, y - BAR_PX - 5, 3);
    } else fine += bar;
  }
  return [svg('path', { class: 'spacetime-input', d: fine }), svg('path', { class: 'spacetime-input failed', d: failed }), svg('path', { class: 'spacetime-arrow spacetime-cross', d: crosses })];
}

/** What led to the input that is picked, and where it led. @param {Scene} scene */
function chosen(scene) {
  const { picked, journal, lanes, row } = scene;
  const laneOf = laneFinder(lanes);
  const lane = picked ? laneOf(picked.node, picked.replica) : -1;
  if (!picked || lane < 0) return [];
  const { x } = scaleOf(scene);
  const { from, to, y } = boxOf(scene, picked, lane);
  const isHere = isSeen(scene.view, picked.at_ns, picked.done_ns);
  /** @param {Input} a @param {Input} b */
  const link = (a, b) => {
    const [first, second] = [laneOf(a.node, a.replica), laneOf(b.node, b.replica)];
    if (first < 0 || second < 0) return '';
    const whole = { x1: x(a.done_ns), y1: row * (first + 0.5), x2: Math.max(x(b.at_ns), x(a.done_ns)), y2: row * (second + 0.5) };
    if (whole.x2 < scene.names || whole.x1 > scene.width) return '';
    const line = cutLine(whole, scene.names - FAR_PX, scene.width + FAR_PX);
    return wayOf(line, row) + (whole.x2 < scene.width + FAR_PX ? headOf(whole) : '');
  };
  const cause = journal.inputs.find(({ n }) => n === picked.cause);
  return [
    svg('path', { class: 'spacetime-link', d: [cause ? link(cause, picked) : '', ...journal.inputs.filter((one) => one.cause === picked.n).map((one) => link(picked, one))].join('') }),
    isHere && svg('path', { class: 'spacetime-here', d: `M${px(from)} 0V${px(row * lanes.length)}` }),
    isHere && svg('rect', { class: 'spacetime-picked', x: px(from - 3), y: px(y - BAR_PX - 3), width: px(to - from + 6), height: 2 * BAR_PX + 6, rx: 3 }),
  ].filter((one) => one !== false);
}

/** @param {Scene} scene */
function crashes({ journal, lanes, view, row, ...scene }) {
  const { x } = scaleOf({ journal, lanes, view, row, ...scene });
  return lanes.flatMap(({ node, replica }, lane) => journal.crashes
    .filter((crash) => crash.node === node && (crash.replica === undefined || crash.replica === replica) && isSeen(view, crash.from_ns, crash.to_ns))
    .map(({ from_ns, to_ns }) => {
      const [from, to] = [Math.max(x(from_ns), scene.names), Math.min(x(to_ns), scene.width)];
      const area = { x: px(from), y: lane * row + 3, width: px(Math.max(1, to - from)), height: row - 6 };
      return [svg('rect', { ...area, class: 'spacetime-crash' }), svg('rect', { ...area, fill: 'url(#spacetime-hatch)' })];
    }).flat());
}

const hatch = () => svg('defs', {}, svg('pattern', { id: 'spacetime-hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
  svg('path', { class: 'spacetime-stripe', d: 'M0 0V6' })));

/** @param {string} text @param {number} width */
const shortened = (text, width) => (text.length * NAME_PX <= width ? text : `${text.slice(0, Math.max(1, Math.floor(width / NAME_PX) - 1))}…`);

/**
 * The lines with all that is on them.
 * @param {Scene} scene
 * @returns {{ parts: SVGElement[], height: number, shown: number, of: number }} how many arrows of how many are drawn
 */
export function drawLanes(scene) {
  const { lanes, row, width, names } = scene;
  const drawn = arrows(scene);
  const height = Math.max(1, lanes.length) * row;
  return {
    height, shown: drawn.shown, of: drawn.of,
    parts: [
      hatch(),
      svg('path', { class: 'spacetime-lane', d: lanes.map((_, lane) => `M${names} ${row * (lane + 0.5)}H${width}`).join('') }),
      ...crashes(scene), ...drawn.parts, ...inputs(scene), ...chosen(scene),
      // Over what runs out to the left.
      svg('rect', { class: 'spacetime-names', x: 0, y: 0, width: names - 4, height }),
      ...lanes.map(({ node, replica }, lane) => {
        const name = scene.nameOf(node, replica);
        return svg('text', { class: `spacetime-name${scene.picked?.node === node && scene.picked.replica === replica ? ' picked' : ''}`, x: 4, y: row * (lane + 0.5) + 4 }, svg('title', {}, name), shortened(name, names - 12));
      }),
    ],
  };
}

/** @param {Scene} scene */
export function drawAxis({ view, width, names, ...scene }) {
  const { x } = scaleOf({ view, width, names, ...scene });
  const length_ns = view.to_ns - view.from_ns;
  const step_ns = ticksOf(length_ns, Math.max(1, Math.floor((width - names) / TICK_PX)))[1] ?? length_ns;
  if (!(step_ns > 0)) return [];
  const decimals = Math.min(9, Math.max(0, Math.ceil(9 - Math.log10(step_ns) - 1e-9)));
  const first = Math.ceil(view.from_ns / step_ns);
  const parts = [];
  for (let tick = first; tick * step_ns <= view.to_ns && parts.length < 200; tick += 1) {
    const at = x(tick * step_ns);
    parts.push(svg('path', { class: 'spacetime-tick', d: `M${px(at)} 0V${AXIS_PX}` }));
    if (at < width - 40) parts.push(svg('text', { class: 'spacetime-time', x: px(at + 4), y: AXIS_PX - 7 }, quantity(`${((tick * step_ns) / 1e9).toFixed(decimals)} s`)));
  }
  return parts;
}
