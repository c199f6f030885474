import { readTheme } from '../canvas/theme.js';
import { standalone, takeAway } from '../charts/picture.js';
import { el, fill, svg } from '../dom.js';
import { AXIS_PX, drawAxis, drawLanes, scaleOf, segmentsOf } from './drawing.js';
import { besides, csvOfMessages, fateOf, flightsOf, laneFinder, onNextLane } from './journal.js';

/** @typedef {import('./journal.js').Input} Input */
/** @typedef {import('./journal.js').Message} Message */

const ROW_PX = 32;
const ROW_MOST_PX = 64;
const ROW_SMALL_PX = 30;
const NAMES_PX = 132;
const NAMES_SMALL_PX = 76;
const SMALL = '(max-width: 719px)';
const NARROW = '(max-width: 1023px)';
const ZOOM = 1.5;
const DRAG_PX = 4; // less is a click
const REACH_PX = 10; // of a pointer around what it means
const REACH_FINGER_PX = 22;
const PAN_SHARE = 0.25; // of what is seen, with a key
const LEGEND = /** @type {const} */ (['request', 'reply', 'message', 'refused', 'duplicate', 'lost', 'crash']);

/**
 * The space-time diagram of a stretch of the past: zoomed and moved by pointer and keys; a click or an arrow key picks an input.
 * @param {import('../types.js').App} app @param {import('./session.js').Session} session @param {ReturnType<typeof import('./words.js').createWords>} words
 * @param {() => HTMLElement} tools that choose the stretch
 */
export function createDiagram(app, session, words, tools) {
  const { t } = app;
  const axis = svg('svg', { class: 'spacetime-axis', height: AXIS_PX });
  const lanes = svg('svg', { class: 'spacetime-lanes' });
  const plot = el('div', {
    class: 'spacetime-plot', dir: 'ltr', role: 'slider', tabindex: '0', 'aria-label': t('debugger.diagram'), 'aria-describedby': 'spacetime-help', 'aria-valuemin': '0',
    onkeydown: onKey, onpointerdown: onDown, onpointermove: onMove, onpointerleave: () => hover(null),
  }, el('div', { class: 'spacetime-head', 'aria-hidden': 'true' }, axis), el('div', { 'aria-hidden': 'true' }, lanes));
  plot.addEventListener('wheel', onWheel, { passive: false });
  const hovered = el('span', { class: 'spacetime-hovered' });
  const sampled = el('span', { class: 'muted' });
  const none = el('p', { class: 'empty', hidden: true }, t('debugger.nothing'));
  const legend = el('ul', { class: 'spacetime-legend' });
  const element = el('section', { class: 'spacetime', 'aria-label': t('debugger.diagram') }, el('div', { class: 'spacetime-bar' }, tools(), legend), plot, none,
    el('p', { class: 'spacetime-words small' }, hovered, sampled), el('p', { class: 'visually-hidden', id: 'spacetime-help' }, t('debugger.diagram_help')));

  /** @type {ReturnType<typeof flightsOf>} */
  let flight = flightsOf(session.journal);
  let width = 0;
  let isQueued = false;

  /** @param {number} [wide] @returns {import('./drawing.js').Scene} */
  function scene(wide = width) {
    const isSmall = matchMedia(SMALL).matches;
    return { journal: session.journal, lanes: session.lanes, view: session.view, picked: session.picked, width: wide, flight,
      names: isSmall ? NAMES_SMALL_PX : NAMES_PX, row: rowHeight(isSmall), nameOf: words.place };
  }

  /** Few lines take the room there is. @param {boolean} isSmall */
  function rowHeight(isSmall) {
    if (matchMedia(NARROW).matches) return isSmall ? ROW_SMALL_PX : ROW_PX; // the room follows from the lines
    return Math.min(ROW_MOST_PX, Math.max(ROW_PX, Math.floor((plot.clientHeight - AXIS_PX - 4) / Math.max(1, session.lanes.length))));
  }

  function draw() {
    isQueued = false;
    width = plot.clientWidth;
    if (width === 0) return;
    const now = scene();
    const drawn = drawLanes(now);
    for (const one of [axis, lanes]) one.setAttribute('width', String(width));
    lanes.setAttribute('height', String(drawn.height));
    fill(lanes, ...drawn.parts);
    fill(axis, ...drawAxis(now));
    const isEmpty = now.lanes.length === 0;
    none.hidden = !isEmpty || session.isBusy;
    sampled.textContent = [drawn.shown < drawn.of ? t('debugger.sampled', { shown: drawn.shown, n: drawn.of }) : '', session.journal.cut ? t('debugger.cut', { n: session.journal.inputs.length }) : ''].filter(Boolean).join(' ');
    describe();
  }

  /** For who does not see it: the input that is picked, and how many there are. */
  function describe() {
    const { inputs } = session.journal;
    const at = session.picked ? inputs.indexOf(session.picked) : -1;
    plot.setAttribute('aria-valuemax', String(inputs.length));
    plot.setAttribute('aria-valuenow', String(at + 1));
    plot.setAttribute('aria-valuetext', session.picked ? words.input(session.picked) : t('debugger.count', { inputs: inputs.length, messages: session.journal.messages.length }));
    if (!hovering) hovered.textContent = session.picked ? words.input(session.picked) : t('debugger.diagram_hint');
  }

  /** The line of what is picked comes into view where there are more than fit. */
  function follow() {
    const { picked, lanes: all } = session;
    if (!picked) return;
    const { row } = scene();
    const top = AXIS_PX + laneFinder(all)(picked.node, picked.replica) * row;
    if (top < plot.scrollTop + AXIS_PX) plot.scrollTop = top - AXIS_PX;
    else if (top + row > plot.scrollTop + plot.clientHeight) plot.scrollTop = top + row - plot.clientHeight;
  }

  function soon() {
    if (isQueued) return;
    isQueued = true;
    requestAnimationFrame(draw);
  }

  function onJournal() {
    flight = flightsOf(session.journal);
    const { messages, crashes } = session.journal;
    const used = new Set([...messages.map((message) => (fateOf(message) === 'fine' ? message.kind : fateOf(message))), ...(crashes.length > 0 ? ['crash'] : [])]);
    fill(legend, ...LEGEND.filter((name) => used.has(name)).map((name) => el('li', {}, keyOf(name), t(`debugger.legend_${name}`))));
    soon();
  }

  /** @param {MouseEvent} event */
  function placeOf(event) {
    const box = lanes.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** What is meant by a place. @param {{ x: number, y: number }} place @param {number} reach @returns {{ input: Input } | { message: Message } | null} */
  function at({ x, y }, reach) {
    const now = scene();
    const { x: xOf } = scaleOf(now);
    const laneOf = laneFinder(now.lanes);
    const lane = Math.floor(y / now.row);
    /** @type {Input | null} */
    let input = null;
    let near = reach;
    for (const one of now.journal.inputs) {
      if (laneOf(one.node, one.replica) !== lane) continue;
      const [from, to] = [xOf(one.at_ns), Math.max(xOf(one.done_ns), xOf(one.at_ns) + 4)];
      const away = x < from ? from - x : x > to ? x - to : 0;
      if (away < near || (away === near && away === 0 && one.at_ns >= (input?.at_ns ?? 0))) [input, near] = [one, away];
    }
    if (input) return { input };
    const segment = segmentsOf(now);
    /** @type {Message | null} */
    let message = null;
    near = reach * 0.8;
    for (const one of now.journal.messages) {
      const line = segment(one);
      if (!line || x < line.x1 - reach || x > line.x2 + reach) continue;
      const away = distance(x, y, line);
      if (away < near) [message, near] = [one, away];
    }
    return message ? { message } : null;
  }

  let hovering = false;
  /** @param {ReturnType<typeof at>} what */
  function hover(what) {
    hovering = what !== null;
    plot.classList.toggle('pointing', hovering);
    if (!what) describe();
    else if ('input' in what) fill(hovered, words.input(what.input));
    else fill(hovered, words.message(what.message));
  }

  /** @param {PointerEvent} event */
  const reachOf = (event) => (event.pointerType === 'touch' ? REACH_FINGER_PX : REACH_PX);

  /** @type {Map<number, { x: number, y: number }>} */
  const pointers = new Map();
  let hasMoved = false;

  /** @param {PointerEvent} event */
  function onDown(event) {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (pointers.size === 1) hasMoved = false;
    const start = { x: event.clientX, y: event.clientY };
    const move = (/** @type {PointerEvent} */ next) => {
      if (next.pointerId !== event.pointerId) return;
      if (!hasMoved && Math.hypot(next.clientX - start.x, next.clientY - start.y) < DRAG_PX) return;
      if (!hasMoved) plot.setPointerCapture(event.pointerId);
      hasMoved = true;
      drag(next);
    };
    const end = (/** @type {PointerEvent} */ last) => {
      if (last.pointerId !== event.pointerId) return;
      pointers.delete(event.pointerId);
      plot.removeEventListener('pointermove', move);
      plot.removeEventListener('pointerup', end);
      plot.removeEventListener('pointercancel', end);
      if (!hasMoved && last.type === 'pointerup') choose(at(placeOf(last), reachOf(last)));
    };
    plot.addEventListener('pointermove', move);
    plot.addEventListener('pointerup', end);
    plot.addEventListener('pointercancel', end);
  }

  /** One pointer moves the stretch, two stretch it. @param {PointerEvent} event */
  function drag(event) {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    const { per_ns, ns } = scaleOf(scene());
    if (other) {
      const factor = Math.max(20, Math.abs(before.x - other.x)) / Math.max(20, Math.abs(event.clientX - other.x));
      session.zoom(factor, ns((event.clientX + other.x) / 2 - lanes.getBoundingClientRect().left));
    } else session.pan((before.x - event.clientX) / per_ns);
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  /** @param {ReturnType<typeof at>} what */
  function choose(what) {
    if (!what) return;
    if ('input' in what) void session.pick(what.input);
    else if (typeof (what.message.to_input ?? what.message.cause) === 'number') void session.go(/** @type {number} */ (what.message.to_input ?? what.message.cause));
  }

  /** @param {PointerEvent} event */
  function onMove(event) {
    if (pointers.size === 0 && event.pointerType === 'mouse') hover(at(placeOf(event), REACH_PX));
  }

  /** @param {WheelEvent} event */
  function onWheel(event) {
    const { per_ns, ns } = scaleOf(scene());
    const canScroll = plot.scrollHeight > plot.clientHeight + 1;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) session.pan((event.deltaX || event.deltaY) / per_ns);
    else if (event.ctrlKey || event.metaKey || !canScroll) session.zoom(ZOOM ** (event.deltaY / 100), ns(placeOf(event).x));
    else return;
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const { picked, journal } = session;
    const length_ns = session.view.to_ns - session.view.from_ns;
    const sideways = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const down = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    /** @type {Input | null | undefined} */
    let next;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (sideways !== 0 && event.shiftKey) session.pan(sideways * PAN_SHARE * length_ns);
    else if (sideways !== 0) next = besides(picked ? journal.inputs : seenInputs(), picked?.n ?? null, sideways);
    else if (down !== 0) next = picked ? onNextLane(journal.inputs, session.lanes, picked, down) : seenInputs()[0];
    else if (event.key === 'Home') next = seenInputs()[0];
    else if (event.key === 'End') next = seenInputs().at(-1);
    else if (event.key === '+' || event.key === '=') session.zoom(1 / ZOOM, picked?.at_ns);
    else if (event.key === '-') session.zoom(ZOOM, picked?.at_ns);
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (next) void session.pick(next);
  }

  const seenInputs = () => session.journal.inputs.filter(({ at_ns }) => at_ns >= session.view.from_ns && at_ns <= session.view.to_ns);

  function take() {
    const now = scene(Math.max(width, 720));
    const theme = readTheme(element);
    const drawn = drawLanes(now);
    const height = drawn.height + AXIS_PX + 8;
    const picture = svg('svg', { viewBox: `0 0 ${now.width} ${height}` }, svg('g', {}, drawAxis(now)), svg('g', { transform: `translate(0 ${AXIS_PX})` }, drawn.parts));
    takeAway(app, { title: t('debugger.diagram'), svg: standalone(picture, theme.surface), csv: csvOfMessages(session.journal) });
  }

  const stops = [session.on('journal', onJournal), session.on('pick', () => requestAnimationFrame(follow)), ...['view', 'pick', 'told'].map((name) => session.on(name, soon)), app.signals.on('theme', soon)];
  const observer = new ResizeObserver(soon);
  observer.observe(plot);
  return {
    element,
    take,
    zoomIn: () => session.zoom(1 / ZOOM, session.picked?.at_ns),
    zoomOut: () => session.zoom(ZOOM, session.picked?.at_ns),
    /** @param {1 | -1} direction */
    pan: (direction) => session.pan(direction * PAN_SHARE * 2 * (session.view.to_ns - session.view.from_ns)),
    focus: () => plot.focus({ preventScroll: true }),
    dispose() {
      observer.disconnect();
      stops.forEach((stop) => stop());
    },
  };
}

/** How far a place is from a line. @param {number} x @param {number} y @param {{ x1: number, y1: number, x2: number, y2: number }} line */
function distance(x, y, { x1, y1, x2, y2 }) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const share = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
}

/** A sign of the legend. @param {typeof LEGEND[number]} name */
function keyOf(name) {
  if (name === 'crash') return svg('svg', { class: 'spacetime-key', viewBox: '0 0 28 12', 'aria-hidden': 'true' }, svg('rect', { class: 'spacetime-crash', width: 28, height: 12 }), svg('rect', { fill: 'url(#spacetime-hatch)', width: 28, height: 12 }));
  const head = name === 'lost' ? svg('path', { class: 'spacetime-arrow spacetime-cross', d: 'M20 2L28 10M20 10L28 2' })
    : svg('path', { class: `spacetime-arrow spacetime-${name}-head`, d: `M21 3L26 6L21 9${name === 'duplicate' ? 'M16 3L21 6L16 9' : ''}` });
  return svg('svg', { class: 'spacetime-key', viewBox: '0 0 28 12', 'aria-hidden': 'true' }, svg('path', { class: `spacetime-arrow spacetime-${name}`, d: 'M1 6H24' }), head);
}
