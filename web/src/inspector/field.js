/// One property as a field: label, control, help, what the engine objects to, and the way back to the
/// default. Kinds that hold other properties are in composite.js.

import { el, fill, svg } from '../dom.js';
import { said } from '../i18n/index.js';
import { icon } from '../icons/icon.js';
import { duration } from '../canvas/format.js';
import { dragToChange, read, write } from './change.js';
import { outline, quantity, shapeOf } from './density.js';
import { placeholderOf, stepped, textOf, valueOf } from './values.js';

/** @typedef {import('../types.js').App} App */
/** @typedef {import('../palette/catalog.js').Property} Property */
/** @typedef {{ element: HTMLElement, update: () => void }} Field */

const TYPING_MS = 350; // a pause after which what was typed is taken
const LONG_TEXT = 17; // characters that no longer fit beside the label

let serial = 0;

/** An id for an element of this page. */
export function freshId() {
  serial += 1;
  return `inspector-${serial}`;
}

/**
 * The frame around a control.
 * @param {App} app @param {Property} property @param {string} pointer
 * @param {HTMLElement} control @param {string} id of the control
 * @param {{ isWide?: boolean, problems?: 'at' | 'under', canReset?: boolean }} [options]
 */
export function frameOf(app, property, pointer, control, id, options = {}) {
  const { t } = app;
  const title = property.title ?? property.name;
  const label = el('label', { for: id, class: 'property-label' }, title);
  // In a field with a control of its own F1 explains and emptying resets: no further tab stops.
  const simple = options.problems === undefined ? '-1' : null;
  const help = el('p', { class: 'field-help', id: `${id}-help`, hidden: true }, helpText(app, property));
  const toggle = () => {
    help.hidden = !help.hidden;
    helpButton.setAttribute('aria-expanded', String(!help.hidden));
  };
  const helpButton = el('button', {
    type: 'button', class: 'property-help', tabindex: simple, 'aria-label': t('inspector.help', { name: title }),
    title: `${property.text ?? ''} (F1)`, 'aria-expanded': 'false', onclick: toggle,
  }, '?');
  const resetButton = el('button', {
    type: 'button', class: 'property-reset', hidden: true, tabindex: simple,
    'aria-label': t('inspector.reset', { name: title }), title: t('inspector.reset', { name: title }),
    onclick: () => write(app, pointer, undefined),
  }, icon('reset'));
  const problems = el('div', { class: 'property-problems', id: `${id}-problems` });
  const element = el('div', { class: options.isWide ? 'property wide' : 'property', dataset: { pointer } },
    el('div', { class: 'property-head' }, label, helpButton), control, resetButton, help, problems);
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'F1') return;
    event.preventDefault();
    event.stopPropagation();
    toggle();
  });
  return {
    element,
    label,
    update() {
      const written = read(app, pointer) !== undefined;
      element.classList.toggle('changed', written && !property.required);
      resetButton.hidden = !written || property.required === true || options.canReset === false;
      showProblems(app, problems, options.problems === 'at' ? app.diagnostics.at(pointer) : app.diagnostics.under(pointer));
    },
  };
}

/** @param {App} app @param {Property} property */
function helpText(app, property) {
  const parts = [property.text ?? ''];
  if (property.default !== undefined && typeof property.default !== 'object') {
    parts.push(app.t('inspector.default_is', { value: placeholderOf(property) }));
  }
  if (property.not_simulated) parts.push(app.t('inspector.not_simulated'));
  return parts.join(' ');
}

/**
 * @param {App} app @param {HTMLElement} place
 * @param {readonly import('../types.js').Diagnostic[]} list
 */
export function showProblems(app, place, list) {
  const key = list.map((item) => `${item.severity}${item.message}`).join('\n');
  if (place.dataset['key'] === key) return;
  place.dataset['key'] = key;
  fill(place, list.slice(0, 3).map((item) =>
    el('p', { class: item.severity === 'warning' ? 'field-problem warning' : 'field-problem' },
      icon(item.severity === 'warning' ? 'alert' : 'error'), el('span', said(item.message).mark, said(item.message).text))));
  const control = place.parentElement?.querySelector('.input');
  if (!control) return;
  if (list.some((item) => item.severity === 'error')) control.setAttribute('aria-invalid', 'true');
  else control.removeAttribute('aria-invalid');
}

/**
 * A line of text: quantities, counts, distributions, words.
 * @param {App} app @param {Property} property @param {string} pointer
 * @returns {Field}
 */
export function textField(app, property, pointer) {
  const id = freshId();
  const isNumber = property.kind !== 'text';
  const isDistribution = property.kind === 'distribution' || property.kind === 'distributions';
  let timer = 0;
  const input = el('input', {
    id, class: isDistribution ? 'input mono' : 'input', dir: isNumber ? 'ltr' : 'auto', type: 'text', autocomplete: 'off', spellcheck: 'false',
    translate: placeholderOf(property) ? 'no' : null, // what a document would have there
    placeholder: placeholderOf(property) || (property.example === undefined ? app.t('inspector.not_set') : app.t('inspector.example', { value: textOf(property.example) })),
    'aria-describedby': `${id}-help ${id}-problems`,
    inputmode: property.kind === 'count' ? 'numeric' : 'text',
    oninput: () => {
      clearTimeout(timer);
      timer = window.setTimeout(commit, TYPING_MS);
      draw();
    },
    onchange: commit,
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Enter') commit();
      if (!isNumber || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
      event.preventDefault();
      step((event.key === 'ArrowUp' ? 1 : -1) * (event.shiftKey ? 10 : 1));
    },
  });
  const suggestions = property.kind === 'text' ? suggest(app, property.name, input) : null;
  const plot = isDistribution ? el('div', { class: 'density' }) : null;
  const control = property.kind === 'count' ? counter(app, property, input, step) : el('div', { class: 'property-control' }, input, suggestions, plot);
  const frame = frameOf(app, property, pointer, control, id, { isWide: isDistribution });
  if (isNumber) dragToChange(frame.label, app.t('inspector.drag'), () => input.value || placeholderOf(property), property, (text) => {
    input.value = text;
    commit();
    draw();
  });

  function commit() {
    clearTimeout(timer);
    write(app, pointer, valueOf(property, input.value));
  }
  /** @param {number} steps */
  function step(steps) {
    const base = input.value || placeholderOf(property).replace('∞', '') || '0';
    const next = stepped(base, steps, property);
    if (next === null) return;
    input.value = next;
    commit();
    draw();
  }
  function draw() {
    if (plot) drawDensity(app, plot, input.value || placeholderOf(property));
  }
  return {
    element: frame.element,
    update() {
      const text = textOf(read(app, pointer));
      // What is being typed stays as it is, unless the value changed elsewhere (undo, another panel).
      if (text !== input.dataset['seen'] && textOf(valueOf(property, input.value)) !== text) {
        input.value = text === 'inf' ? '∞' : text;
      }
      input.dataset['seen'] = text;
      if (property.kind === 'text') frame.element.classList.toggle('wide', text.length > LONG_TEXT);
      frame.update();
      draw();
    },
  };
}

/**
 * What the design offers for a text that names a part of it; filled when the field is entered.
 * @param {App} app @param {string} name of the property @param {HTMLInputElement} input
 */
function suggest(app, name, input) {
  const offers = OFFERS[name];
  if (!offers) return null;
  const list = el('datalist', { id: `${input.id}-list` });
  input.setAttribute('list', list.id);
  input.addEventListener('focus', () => fill(list, offers(app).map((value) => el('option', { value }))));
  return list;
}

/** @type {Record<string, (app: App) => string[]>} */
const OFFERS = {
  target(app) {
    const { nodes, edges } = app.document.get();
    return [...Object.keys(nodes), ...new Set(edges.map(({ from, to }) => `${from}->${to}`))];
  },
  zone: (app) => [...new Set(Object.values(app.document.get().nodes).map((node) => node['zone']).filter((zone) => typeof zone === 'string'))],
  op: (app) => [...new Set(Object.values(app.document.get().nodes).flatMap((node) => Object.keys(node['operations'] ?? {})))],
  metric(app) {
    const measured = /** @type {{ name: string, fields?: string[] }[]} */ (app.catalog?.metrics?.node ?? []);
    const metrics = measured.flatMap(({ name, fields }) => (fields ? fields.map((part) => `${name}.${part}`) : [name]));
    return Object.keys(app.document.get().nodes).flatMap((id) => metrics.map((metric) => `nodes.${id}.${metric}`));
  },
};

/**
 * A whole number between two buttons.
 * @param {App} app @param {Property} property @param {HTMLElement} input @param {(steps: number) => void} step
 */
function counter(app, property, input, step) {
  const title = property.title ?? property.name;
  return el('div', { class: 'property-control stepper' },
    el('button', { type: 'button', class: 'button icon-only', 'aria-label': `${title} −1`, tabindex: '-1', onclick: () => step(-1) }, icon('minus')),
    input,
    el('button', { type: 'button', class: 'button icon-only', 'aria-label': `${title} +1`, tabindex: '-1', onclick: () => step(1) }, icon('plus')),
    property.infinite
      ? el('button', {
          type: 'button', class: 'button icon-only', 'aria-label': app.t('inspector.infinite'), title: app.t('inspector.infinite'), tabindex: '-1',
          onclick: () => {
            /** @type {HTMLInputElement} */ (input).value = '∞';
            input.dispatchEvent(new Event('change'));
          },
        }, '∞')
      : null);
}

const PLOT_WIDTH = 240;
const PLOT_HEIGHT = 32;

/** @param {App} app @param {HTMLElement} place @param {string} text */
export function drawDensity(app, place, text) {
  if (place.dataset['text'] === text) return;
  place.dataset['text'] = text;
  const shape = shapeOf(text);
  if (!shape) {
    const value = quantity(text);
    fill(place, Number.isFinite(value) && text !== '' && value > 0 ? el('span', { class: 'density-facts' }, app.t('inspector.mean', { mean: duration(value) })) : null);
    return;
  }
  const at = (shape.mean - shape.low) / (shape.high - shape.low);
  fill(place,
    svg('svg', { viewBox: `0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': app.t('inspector.density', { text }) },
      svg('path', { d: outline(shape, PLOT_WIDTH, PLOT_HEIGHT) }),
      at > 0 && at < 1 ? svg('line', { x1: at * PLOT_WIDTH, x2: at * PLOT_WIDTH, y1: 0, y2: PLOT_HEIGHT }) : null),
    el('span', { class: 'density-facts' }, [
      app.t('inspector.mean', { mean: duration(shape.mean) }),
      app.t('inspector.spread', { cv: Number.isFinite(shape.cv) ? Number(shape.cv.toFixed(2)) : '∞' }),
    ].join(' · ')));
}

/**
 * One of some words; numbers with words ("auto") are text with suggestions instead.
 * @param {App} app @param {Property} property @param {string} pointer @param {string[]} choices
 * @returns {Field}
 */
export function choiceField(app, property, pointer, choices) {
  const id = freshId();
  const unset = property.default !== undefined ? textOf(property.default) : app.t('inspector.not_set');
  const select = el('select', { id, class: 'input', 'aria-describedby': `${id}-help ${id}-problems`, onchange: () => {
    write(app, pointer, select.value === '' ? undefined : select.value);
  } });
  const frame = frameOf(app, property, pointer, el('div', { class: 'property-control' }, select), id);
  return {
    element: frame.element,
    update() {
      const value = textOf(read(app, pointer));
      const known = choices.includes(value) || value === '';
      const options = [...(known ? [] : [value]), ...choices.filter((choice) => choice !== unset || value === choice)];
      const key = `${unset}|${options.join('|')}`;
      if (select.dataset['key'] !== key) {
        select.dataset['key'] = key;
        fill(select, property.required && value !== '' ? null : el('option', { value: '' }, unset),
          options.map((choice) => el('option', { value: choice }, choice)));
      }
      select.value = value;
      frame.update();
    },
  };
}

/** @param {App} app @param {Property} property @param {string} pointer @returns {Field} */
export function boolField(app, property, pointer) {
  const id = freshId();
  const box = el('input', { id, type: 'checkbox', class: 'checkbox', 'aria-describedby': `${id}-help ${id}-problems`, onchange: () => {
    write(app, pointer, box.checked === (property.default === true) ? undefined : box.checked);
  } });
  const frame = frameOf(app, property, pointer, el('div', { class: 'property-control' }, box), id);
  return {
    element: frame.element,
    update() {
      const value = read(app, pointer);
      box.checked = value === undefined ? property.default === true : value === true;
      frame.update();
    },
  };
}

/**
 * Anything, as JSON: traces, handlers, and what a newer catalog may bring.
 * @param {App} app @param {Property} property @param {string} pointer
 * @returns {Field}
 */
export function jsonField(app, property, pointer) {
  const id = freshId();
  const note = el('p', { class: 'field-problem', hidden: true });
  const area = el('textarea', {
    id, class: 'input mono', rows: '3', spellcheck: 'false', 'aria-describedby': `${id}-help ${id}-problems`,
    placeholder: property.example === undefined ? app.t('inspector.not_set') : app.t('inspector.example', { value: JSON.stringify(property.example) }),
    onchange: () => {
      note.hidden = true;
      if (area.value.trim() === '') {
        write(app, pointer, undefined);
        return;
      }
      try {
        write(app, pointer, JSON.parse(area.value));
      } catch (error) {
        note.hidden = false;
        note.textContent = app.t('inspector.json_bad', { problem: /** @type {Error} */ (error).message });
      }
    },
  });
  const frame = frameOf(app, property, pointer, el('div', { class: 'property-control' }, area, note), id, { isWide: true });
  return {
    element: frame.element,
    update() {
      const value = read(app, pointer);
      if (document.activeElement !== area) area.value = value === undefined ? '' : JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
      frame.update();
    },
  };
}
