import './strip.css';
import { afterFrame, notAfterFrame } from '../app/pace.js';
import { duration } from '../canvas/format.js';
import { el, fill } from '../dom.js';
import { icon } from '../icons/icon.js';
import { objectProperties, typeOf } from '../palette/catalog.js';
import { changeMarks, faultMarks, missedSpans } from './marks.js';

const STEPS_LARGE = 10;
const CHANGES_SAID = 3;
const CHANGE_ICONS = /** @type {const} */ ({ up: 'up', down: 'down', change: 'edit' });
const MARKS_MS = 250;
const SAY_MS = 2000; // to a screen reader, while it runs by itself

/**
 * The strip of the whole run with its playhead, which can be dragged to any moment that was simulated; faults, warm-up and missed
 * targets are marked on it.
 * @param {import('../types.js').App} app
 * @returns {import('../types.js').Panel}
 */
export function createStrip(app) {
  const { t, run } = app;
  const warmup = el('span', { class: 'strip-warmup', title: t('strip.warmup') });
  const known = el('span', { class: 'strip-known' });
  const missed = el('span', { class: 'strip-marks' });
  const faults = el('span', { class: 'strip-marks' });
  const changes = el('span', { class: 'strip-marks' });
  const fork = el('span', { class: 'strip-fork', title: t('strip.fork') });
  const head = el('span', { class: 'strip-head' });
  const track = el('div', {
    class: 'strip-track', dir: 'ltr', role: 'slider', tabindex: '0', 'aria-label': t('strip.label'), 'aria-valuemin': '0',
    onpointerdown: onDown, onkeydown: onKey,
  }, known, warmup, missed, faults, fork, changes, head);
  const label = el('span', { class: 'strip-time number small' });
  const look = () => app.signals.emit('look-at-requests', run.time_s);
  const requests = el('button', { class: 'button quiet icon-only strip-look', type: 'button', title: t('waterfall.open'), 'aria-label': t('waterfall.open'), onclick: look }, icon('search'));
  const stepping = el('button', { class: 'button quiet icon-only strip-look', type: 'button', hidden: true, title: app.actions.tip('debug'), 'aria-label': t('debugger.open'), onclick: () => app.signals.emit('debug') }, icon('debug'));
  const element = el('div', { class: 'strip', hidden: true }, track, label, requests, stepping);

  /** @param {PointerEvent} event */
  function onDown(event) {
    if (event.button !== 0) return;
    track.setPointerCapture(event.pointerId);
    track.focus({ preventScroll: true });
    event.preventDefault();
    const timeAt = (/** @type {PointerEvent} */ at) => {
      const box = track.getBoundingClientRect();
      const share = (at.clientX - box.left) / box.width;
      return run.duration_s * (getComputedStyle(track).direction === 'rtl' ? 1 - share : share);
    };
    // Past the last fork the run is another one, whose future this one's would give way to: a drag stops there, a press goes there.
    const floor_s = timeAt(event) < run.fork_s ? 0 : run.fork_s;
    const move = (/** @type {PointerEvent} */ at) => void run.seek(Math.max(floor_s, timeAt(at)));
    const end = () => {
      track.removeEventListener('pointermove', move);
      track.removeEventListener('pointerup', end);
      track.removeEventListener('pointercancel', end);
    };
    track.addEventListener('pointermove', move);
    track.addEventListener('pointerup', end);
    track.addEventListener('pointercancel', end);
    move(event);
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const { key } = event;
    const step_s = run.timeline.interval_s * (event.shiftKey || key.startsWith('Page') ? STEPS_LARGE : 1);
    const isBackwards = getComputedStyle(track).direction === 'rtl';
    const from_s = run.time_s;
    let to_s = NaN;
    if (key === 'ArrowDown' || key === 'PageDown' || key === (isBackwards ? 'ArrowRight' : 'ArrowLeft')) to_s = from_s - step_s;
    else if (key === 'ArrowUp' || key === 'PageUp' || key === (isBackwards ? 'ArrowLeft' : 'ArrowRight')) to_s = from_s + step_s;
    else if (key === 'Home') to_s = 0;
    else if (key === 'End') to_s = run.known_s;
    if (key === 'Enter') {
      event.preventDefault();
      look();
    }
    if (Number.isNaN(to_s)) return;
    event.preventDefault();
    void run.seek(to_s);
  }

  /** @param {HTMLElement} mark @param {{ from_s: number, to_s: number }} span */
  function place(mark, { from_s, to_s }) {
    const whole_s = run.duration_s || 1;
    mark.style.setProperty('--from', String(Math.min(1, from_s / whole_s)));
    mark.style.setProperty('--to', String(Math.min(1, to_s / whole_s)));
    return mark;
  }

  /** What was changed, in words: the name of a setting is that of its field. @param {ReturnType<typeof changeMarks>[number]} mark */
  function changeWords({ changes: all }) {
    const { nodes, edges } = app.document.get();
    const said = all.slice(0, CHANGES_SAID).map(({ path: [object = '', key = '', ...rest], from, to }) => {
      const node = object === 'nodes' ? nodes[key] : undefined;
      const edge = object === 'edges' ? edges[Number(key)] : undefined;
      if (!node && !edge) return t('strip.change', { what: [object, key, ...rest].join(' '), from, to });
      const properties = node ? typeOf(app.catalog, node.type)?.properties : objectProperties(app.catalog, 'edge');
      const property = properties?.find(({ name }) => name === rest[0]);
      return t('strip.change', {
        what: t('strip.change_of', { property: [property?.title ?? rest[0], ...rest.slice(1)].join(' '), of: node ? node.name ?? key : `${edge?.from} → ${edge?.to}` }),
        from: from === '–' && rest.length === 1 && property?.default !== undefined ? String(property.default) : from, to,
      });
    });
    return [...said, ...(all.length > CHANGES_SAID ? [t('strip.change_more', { n: all.length - CHANGES_SAID })] : [])].join(', ');
  }

  let faultKey = '';
  let changeKey = '';
  /** @type {ReturnType<typeof changeMarks>} */
  let changeList = [];
  let missedKey = '';
  /** @type {ReturnType<typeof faultMarks>} */
  let faultList = [];
  /** @type {ReturnType<typeof missedSpans>} */
  let missedList = [];
  function drawMarks() {
    const design = app.document.get();
    faultList = faultMarks(design, run.duration_s);
    const nextFaults = JSON.stringify([run.duration_s, faultList]);
    if (nextFaults !== faultKey) {
      faultKey = nextFaults;
      fill(faults, ...faultList.map((mark) => place(el('span', {
        class: 'strip-fault', title: t('strip.fault', { kind: mark.kind, target: mark.target, from: duration(mark.from_s), to: duration(mark.to_s) }),
      }, icon('fault')), mark)));
    }
    changeList = changeMarks(run.forks);
    const nextChanges = JSON.stringify([run.duration_s, changeList]);
    if (nextChanges !== changeKey) {
      changeKey = nextChanges;
      fill(changes, ...changeList.map((mark) => place(el('span', {
        class: 'strip-change', title: t('strip.changed', { time: duration(mark.at_s), what: changeWords(mark) }),
      }, icon(CHANGE_ICONS[mark.kind])), { from_s: mark.at_s, to_s: mark.at_s })));
    }
    missedList = missedSpans(design, run.timeline);
    const nextMissed = JSON.stringify([run.duration_s, missedList]);
    if (nextMissed !== missedKey) {
      missedKey = nextMissed;
      fill(missed, ...missedList.map((span) => place(el('span', {
        class: 'strip-missed', title: t('strip.missed', { from: duration(span.from_s), to: duration(span.to_s) }),
      }), span)));
    }
    const warmup_s = run.frame?.header['warmup_s'] ?? 0;
    warmup.hidden = !(warmup_s > 0);
    place(warmup, { from_s: 0, to_s: warmup_s });
    fork.hidden = !run.ghost;
    if (run.ghost) place(fork, { from_s: run.ghost.from_s, to_s: run.ghost.from_s });
  }

  /** What is the case at a moment, in words. @param {number} time_s */
  function words(time_s) {
    const holds = (/** @type {{ from_s: number, to_s: number }} */ span) => span.from_s <= time_s && time_s < span.to_s;
    return [
      t('strip.at', { time: duration(time_s), whole: duration(run.duration_s) }),
      ...faultList.filter(holds).map(({ kind, target }) => t('strip.at_fault', { kind, target })),
      ...changeList.filter(({ at_s }) => at_s <= time_s && time_s < at_s + run.timeline.interval_s).map(changeWords),
      ...(missedList.some(holds) ? [t('strip.at_missed')] : []),
    ].join(', ');
  }

  let marked_ms = -Infinity;
  let said_ms = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  function soonMarks() {
    timer ??= setTimeout(() => afterFrame('strip', () => {
      timer = undefined;
      marked_ms = performance.now();
      drawMarks();
      showTime();
    }), Math.max(0, MARKS_MS - (performance.now() - marked_ms)));
  }

  function showTime() {
    if (element.hidden) return;
    place(head, { from_s: run.time_s, to_s: run.time_s });
    place(known, { from_s: 0, to_s: run.known_s });
    const text = t('strip.time', { time: duration(run.time_s), whole: duration(run.duration_s) });
    if (label.textContent !== text) label.textContent = text;
    const now = performance.now();
    if (run.state === 'running' && now - said_ms < SAY_MS) return;
    said_ms = now;
    track.setAttribute('aria-valuemax', String(Math.round(run.known_s)));
    track.setAttribute('aria-valuenow', String(Math.round(run.time_s)));
    track.setAttribute('aria-valuetext', words(run.time_s));
  }

  function update() {
    element.hidden = run.layout === null || run.duration_s === 0;
    stepping.hidden = element.hidden || !Object.values(app.document.get().nodes).some((node) => node['code']);
    drawMarks();
    showTime();
  }

  const stops = [
    ...['run-state', 'document', 'run-open'].map((name) => app.signals.on(name, update)),
    ...['timeline', 'results'].map((name) => app.signals.on(name, soonMarks)),
    app.signals.on('frame', showTime),
  ];
  update();
  return {
    element,
    update,
    dispose() {
      clearTimeout(timer);
      notAfterFrame('strip');
      stops.forEach((stop) => stop());
    },
  };
}
