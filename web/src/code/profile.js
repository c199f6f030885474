import { count, duration, percent } from '../canvas/format.js';
import { el, fill, svg } from '../dom.js';
import { typeOf } from '../palette/catalog.js';
import { enlarged, flamesOf, functionAt, hottest, isNameless, neighbour, toneOf } from './flame.js';

/** @typedef {import('./flame.js').Profile} Profile */
/** @typedef {import('./flame.js').Flame} Flame */

const ROW_PX = 24;
const ROW_FINGER_PX = 44;
const LETTER_PX = 6.7; // of the graph's font, a little more than is needed
const LINES_SHOWN = 5;
const FUNCTIONS_SHOWN = 12;

/**
 * Where the fuel of a node's code goes: the hottest lines in words, a flame graph, and the same as a table.
 * @param {import('../types.js').App} app
 * @param {{ goTo: (line: number) => void, lineOf: (line: number) => number | null }} code shows a line of the editor; where a line of the run's code is there now
 */
export function createProfile(app, { goTo, lineOf }) {
  const { t } = app;
  const hot = el('ol', { class: 'profile-lines' });
  const graph = svg('svg', { class: 'profile-flames', role: 'tree', 'aria-label': t('profile.flames') });
  const said = el('p', { class: 'profile-said small muted' });
  const whole = el('button', { type: 'button', class: 'button small', hidden: true, onclick: () => enlarge(null) }, t('profile.whole'));
  const table = el('table', { class: 'table small profile-functions' });
  const basis = el('p', { class: 'small muted' });
  const element = el('details', { class: 'fold profile', open: true, hidden: true },
    el('summary', {}, t('profile.title')), el('div', { class: 'profile-body' },
      hot, el('div', { class: 'profile-graph', dir: 'ltr' }, graph), el('div', { class: 'profile-under' }, said, whole),
      el('div', { class: 'table-wrap', tabindex: '0', role: 'group', 'aria-label': t('profile.functions') }, table), basis));

  /** @type {Flame[]} */
  let flames = [];
  /** @type {Flame | null} */
  let root = null;
  /** @type {Flame | null} */
  let focused = null;
  /** @type {Profile | null} */
  let profile = null;
  /** @type {(fuel: number) => string} */
  let timeOf = () => '';
  let key = '';
  let width = 0;

  const nameOf = (/** @type {{ name: string }} */ { name }) => (name === '(module)' ? t('profile.module') : isNameless(name) ? t('profile.nameless') : name);
  const whole_fuel = () => flames.reduce((sum, { call, parent }) => (parent ? sum : sum + call.total), 0);
  const shareOf = (/** @type {number} */ fuel) => (whole_fuel() > 0 ? fuel / whole_fuel() : 0);

  /** @param {Flame} flame */
  function words({ call }) {
    const time = timeOf(call.total);
    return t('profile.frame', {
      name: nameOf(call), line: call.line, total: percent(shareOf(call.total)), self: percent(shareOf(call.self)), n: call.calls, time: time === '' ? '–' : time });
  }

  /** A line, as a way to it where the editor still has it. @param {number} line @param {string} text */
  function lineButton(line, text) {
    const now = lineOf(line);
    return now === null ? el('span', {}, text) : el('button', { type: 'button', class: 'link', title: t('profile.to_line', { line: now }), onclick: () => goTo(now) }, text);
  }

  /** @param {Profile} of @param {(line: number) => string} textOf of the run's code */
  function showLines(of, textOf) {
    const lines = hottest(of).slice(0, LINES_SHOWN);
    fill(hot, lines.map(({ line, hits, fuel, share }, index) => {
      const name = functionAt(of, line);
      const params = { line, share: percent(share), name, n: hits, time: timeOf(fuel) || '–' };
      const key = `${index === 0 ? 'profile.hottest' : 'profile.line'}${name === '' ? '_alone' : ''}`;
      return el('li', { class: `profile-line ${toneOf(share)}`, style: { '--share': `${Math.round(share * 100)}%` } },
        lineButton(line, t(key, params)), el('code', { class: 'truncate', dir: 'ltr', translate: 'no', title: t('profile.line_tip', params) }, textOf(line).trim()));
    }));
  }

  /** @param {Profile} of */
  function showTable(of) {
    const rows = [...of.functions].sort((a, b) => b.self - a.self || b.total - a.total).slice(0, FUNCTIONS_SHOWN);
    fill(table,
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('profile.function')), ['calls', 'self', 'total', 'time'].map((name) => el('th', { scope: 'col', class: 'num', title: t(`profile.${name}_tip`) }, t(`profile.${name}`))))),
      el('tbody', {}, rows.map((one) => el('tr', {},
        el('th', { scope: 'row', translate: 'no', title: nameOf(one) }, lineButton(one.line, nameOf(one))),
        [count(one.calls), percent(shareOf(one.self)), percent(shareOf(one.total)), timeOf(one.total) || '–'].map((text) => el('td', { class: 'num' }, text))))));
  }

  /** @param {Flame} flame */
  function enlargeOr(flame) {
    enlarge(root === flame ? null : flame);
    const now = lineOf(flame.call.line);
    if (now !== null) goTo(now);
  }

  /** @param {Flame | null} flame */
  function enlarge(flame) {
    root = flame;
    draw();
    frameOf(focused)?.focus({ preventScroll: true });
  }

  /** @param {Flame | null} flame */
  const frameOf = (flame) => /** @type {SVGGElement | null} */ (flame && graph.querySelector(`[data-frame="${flame.index}"]`));

  /** @param {KeyboardEvent} event @param {Flame} flame */
  function onKey(event, flame) {
    const next = neighbour(enlarged(flames, root).map((one) => one.flame), flame, event.key);
    if (event.key === 'Enter' || event.key === ' ') enlargeOr(flame);
    else if (event.key === 'Backspace' && root) enlarge(null);
    else if (next) look(next, true);
    else if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Flame} flame @param {boolean} [moves] the focus */
  function look(flame, moves = false) {
    focused = flame;
    said.textContent = words(flame);
    for (const one of graph.querySelectorAll('[data-frame]')) {
      const isHere = /** @type {SVGGElement} */ (one).dataset['frame'] === String(flame.index);
      one.setAttribute('tabindex', isHere ? '0' : '-1');
      one.setAttribute('aria-selected', String(isHere));
    }
    if (moves) frameOf(flame)?.focus();
  }

  function draw() {
    const row = matchMedia('(pointer: coarse)').matches ? ROW_FINGER_PX : ROW_PX;
    width = graph.parentElement?.clientWidth ?? 0;
    const shown = enlarged(flames, root).filter(({ from, to }) => (to - from) * width >= 1);
    if (!shown.some(({ flame }) => flame === focused)) focused = shown[0]?.flame ?? null;
    const depth = Math.max(0, ...shown.map(({ flame }) => flame.depth + 1));
    graph.setAttribute('viewBox', `0 0 ${Math.max(1, width)} ${depth * row}`);
    graph.setAttribute('height', String(depth * row));
    fill(graph, shown.map(({ flame, from, to }) => {
      const wide = (to - from) * width;
      const letters = Math.floor((wide - 8) / LETTER_PX);
      const name = nameOf(flame.call);
      const text = name.length <= letters ? name : letters >= 3 ? `${name.slice(0, letters - 1)}…` : '';
      return svg('g', {
        role: 'treeitem', class: `flame ${toneOf(shareOf(flame.call.self))}${root && flame.depth < root.depth ? ' above' : ''}`, tabindex: flame === focused ? '0' : '-1', dataset: { frame: flame.index },
        'aria-label': words(flame), 'aria-level': flame.depth + 1, 'aria-selected': String(flame === focused), 'aria-expanded': flame.children.length > 0 ? 'true' : null,
        onclick: () => { look(flame); enlargeOr(flame); }, onpointerenter: () => { said.textContent = words(flame); },
        onfocus: () => look(flame), onkeydown: (/** @type {KeyboardEvent} */ event) => onKey(event, flame),
      }, svg('rect', { x: from * width + 0.5, y: flame.depth * row + 0.5, width: Math.max(1, wide - 1), height: row - 1, rx: 2 }),
      text !== '' && svg('text', { x: from * width + 5, y: flame.depth * row + row / 2, 'dominant-baseline': 'central', 'aria-hidden': 'true', translate: 'no' }, text));
    }));
    whole.hidden = root === null;
    said.textContent = focused ? words(focused) : '';
  }

  const observer = new ResizeObserver(() => {
    if (profile && graph.parentElement?.clientWidth !== width) draw();
  });
  observer.observe(/** @type {HTMLElement} */ (graph.parentElement));

  return {
    element,
    /**
     * @param {Profile | null} next what the results say
     * @param {{ textOf: (line: number) => string, seconds_per_fuel: number | null, fuel: number, version: string }} run its code, and all it burnt
     */
    show(next, { textOf, seconds_per_fuel, fuel, version }) {
      const isNothing = next === null || next.fuel === 0 || next.lines.length === 0;
      element.hidden = isNothing;
      const nextKey = isNothing ? '' : `${next.inputs}|${next.fuel}|${fuel}|${version}`;
      if (nextKey === key) return;
      key = nextKey;
      profile = isNothing ? null : next;
      if (isNothing) return;
      const scale = fuel / next.fuel; // from the inputs that were looked at to all of them
      timeOf = (part) => (seconds_per_fuel === null ? '' : duration(part * scale * seconds_per_fuel));
      const path = pathOf(root);
      const at = pathOf(focused);
      flames = flamesOf(next);
      root = flames.find((flame) => path !== '' && pathOf(flame) === path) ?? null;
      focused = flames.find((flame) => pathOf(flame) === at) ?? null;
      const hadFocus = graph.contains(document.activeElement);
      showLines(next, textOf);
      showTable(next);
      draw();
      if (hadFocus) frameOf(focused)?.focus({ preventScroll: true });
      basis.textContent = t('profile.basis', { n: next.inputs, share: percent(Math.min(1, 1 / Math.max(1, scale))) });
    },
    dispose: () => observer.disconnect(),
  };
}

/** @param {Flame | null} flame @returns {string} by which it is found again in later results */
function pathOf(flame) {
  return flame ? `${pathOf(flame.parent)}/${flame.call.name}:${flame.call.line}` : '';
}

const UNITS = /** @type {Record<string, number>} */ ({ '': 1, ns: 1e-9, us: 1e-6, 'µs': 1e-6, ms: 1e-3, s: 1 });

/** What a unit of fuel costs in the run. @param {import('../types.js').App} app @param {string} node @returns {number | null} */
export function secondsPerFuel(app, node) {
  const { type = '', code } = /** @type {any} */ (app.run.design?.nodes[node] ?? {});
  const properties = typeOf(app.catalog, type)?.properties.find(({ name }) => name === 'code')?.properties;
  const text = String(code?.cpu_per_fuel ?? properties?.find((/** @type {any} */ one) => one.name === 'cpu_per_fuel')?.default ?? '');
  const [, number, unit = ''] = /^\s*([\d.eE+-]+?)\s*([a-zµ]*)\s*$/.exec(text) ?? [];
  const seconds = Number(number) * (UNITS[unit] ?? NaN);
  return Number.isFinite(seconds) ? seconds : null;
}
