/// Properties that hold others: objects, lists, mixes, one value per operation, operations.

import { el, fill } from '../dom.js';
import { percent } from '../canvas/format.js';
import { icon } from '../icons/icon.js';
import { makePointer } from '../document/pointer.js';
import { objectProperties } from '../palette/catalog.js';
import { read, write } from './change.js';
import { codeField, starterFor } from './code_field.js';
import { boolField, choiceField, frameOf, freshId, jsonField, showProblems, textField } from './field.js';
import { flowField, kindOf } from './flow.js';
import { isVisible, newObject, placeholderOf, textOf } from './values.js';

/** @typedef {import('../types.js').App} App */
/** @typedef {import('../palette/catalog.js').Property} Property */
/** @typedef {import('./field.js').Field} Field */
/** @typedef {{ app: App, node: string | null }} Context `node`: whose flows are edited */

/**
 * The field of a property, by its kind.
 * @param {Context} context @param {Property} property @param {string} pointer
 * @returns {Field}
 */
export function createField(context, property, pointer) {
  const { app } = context;
  switch (property.kind) {
    case 'choice': return choiceField(app, property, pointer, property.choices ?? []);
    case 'node': return choiceField(app, property, pointer, Object.keys(app.document.get().nodes));
    case 'bool': return boolField(app, property, pointer);
    case 'object': return objectField(context, property, pointer);
    case 'list': return listField(context, property, pointer);
    case 'mix': return mixField(context, property, pointer);
    case 'distributions': return distributionsField(context, property, pointer);
    case 'operations': return operationsField(context, property, pointer);
    case 'flow': return flowField(context, property, pointer);
    case 'text': return pointer.endsWith('/code/source') ? codeField(app, property, pointer) : textField(app, property, pointer);
    case 'number': case 'count': case 'distribution': return textField(app, property, pointer);
    default: return jsonField(app, property, pointer);
  }
}

/** @param {App} app @param {Property} property @returns {Property[]} */
function partsOf(app, property) {
  return property.properties ?? (property.of ? objectProperties(app.catalog, property.of) : []);
}

/**
 * A choice between properties that exclude each other ("rate" or "users"); changing it takes the old
 * one away and puts an example of the new one there, in one step.
 * @param {Context} context @param {Property[]} properties @param {any} rule @param {string} pointer
 * @returns {Field}
 */
function alternativeField({ app }, properties, rule, pointer) {
  const options = properties.filter(({ name }) => rule.properties.includes(name));
  const id = freshId();
  const current = () => options.find(({ name }) => read(app, pointer + makePointer(name)) !== undefined);
  const select = el('select', { id, class: 'input', onchange: () => {
    const next = options.find(({ name }) => name === select.value);
    if (!next) return;
    /** @type {[string, any][]} */
    const changes = options.filter((one) => one !== next && read(app, pointer + makePointer(one.name)) !== undefined)
      .map((one) => [pointer + makePointer(one.name), undefined]);
    // What only makes sense with the old one goes with it.
    for (const property of properties) {
      const needs = rule.all.find((/** @type {any} */ one) => one.rule === 'needs' && one.property === property.name);
      if (needs && !needs.needs.includes(next.name)) changes.push([pointer + makePointer(property.name), undefined]);
    }
    const sample = next.example ?? next.default ?? (next.kind === 'count' ? Math.max(1, next.min ?? 1) : next.unit === 'seconds' ? '1s' : 1);
    app.document.execute(app.commands.change('command.set_value', [...changes, [pointer + makePointer(next.name), structuredClone(sample)]]));
  } }, el('option', { value: '', disabled: true }, app.t('inspector.choose')), options.map(({ name, title }) => el('option', { value: name }, title ?? name)));
  return {
    element: el('div', { class: 'property' },
      el('div', { class: 'property-head' }, el('label', { class: 'property-label', for: id }, app.t('inspector.given_as'))),
      el('div', { class: 'property-control' }, select)),
    update() {
      select.value = current()?.name ?? '';
    },
  };
}

/**
 * Several fields, the seldom used ones folded.
 * @param {Context} context @param {Property[]} properties @param {string} pointer
 * @param {any[]} [rules] of the object they belong to
 * @returns {Field}
 */
export function fieldsOf(context, properties, pointer, rules = []) {
  const { app } = context;
  const at = (/** @type {Property} */ property) => `${pointer}${makePointer(property.name)}`;
  const seldom = properties.filter((property) => property.advanced);
  const usual = properties.filter((property) => !property.advanced);
  const made = new Map(properties.map((property) => [property, createField(context, property, at(property))]));
  const elementOf = (/** @type {Property} */ property) => /** @type {Field} */ (made.get(property)).element;
  const defaults = Object.fromEntries(properties.map((property) => [property.name, property.default]));
  const alternatives = rules.filter((rule) => rule.rule === 'one_of')
    .map((rule) => ({ rule, field: alternativeField(context, properties, { ...rule, all: rules }, pointer) }));
  /** @type {HTMLElement[]} */
  const rows = [];
  for (const property of usual) {
    // The choice stands before the first of those it is between.
    const choice = alternatives.find(({ rule }) => rule.properties[0] === property.name);
    if (choice) rows.push(choice.field.element);
    rows.push(elementOf(property));
  }
  const summary = el('summary', { class: 'section-title' });
  const fold = seldom.length === 0 ? null : el('details', { class: 'fold more' }, summary, el('div', { class: 'properties' }, seldom.map(elementOf)));
  let isBuilt = false;
  return {
    element: el('div', { class: 'properties' }, rows, fold),
    update() {
      const value = read(app, pointer);
      const written = value !== null && typeof value === 'object' ? value : {};
      for (const [property, field] of made) {
        field.element.hidden = !isVisible(property, rules, written, defaults);
        if (!field.element.hidden) field.update();
      }
      for (const { field } of alternatives) field.update();
      if (!fold) return;
      if (!isBuilt && seldom.some((property) => written[property.name] !== undefined)) fold.open = true; // what was written is seen
      isBuilt = true;
      const n = seldom.filter((property) => written[property.name] !== undefined).length;
      summary.textContent = n > 0 ? app.t('inspector.more_set', { n }) : app.t('inspector.more');
      fold.hidden = seldom.every((property) => elementOf(property).hidden);
      // What is wrong must not be hidden.
      if (seldom.some((property) => app.diagnostics.under(at(property)).length > 0)) fold.open = true;
    },
  };
}

/**
 * A part of the inspector that is built again when `key` changes, and otherwise only updated.
 * @param {() => string} keyOf @param {() => { children: (Node | null)[], fields: Field[] }} build
 * @returns {Field}
 */
function rebuilt(keyOf, build) {
  const element = el('div', { class: 'property-body' });
  let key = '\0';
  /** @type {Field[]} */
  let fields = [];
  return {
    element,
    update() {
      const now = keyOf();
      if (now !== key) {
        key = now;
        const made = build();
        fields = made.fields;
        fill(element, made.children);
      }
      for (const field of fields) field.update();
    },
  };
}

/** @param {App} app @param {string} title @param {() => void} run */
function addButton(app, title, run) {
  return el('button', { type: 'button', class: 'button quiet small add', onclick: run }, icon('plus'), title);
}

/**
 * A row's buttons.
 * @param {string} title @param {import('../icons/icon.js').IconName} shape @param {() => void} run
 */
function iconButton(title, shape, run) {
  return el('button', { type: 'button', class: 'property-reset', 'aria-label': title, title, onclick: run }, icon(shape));
}

/** @param {Context} context @param {Property} property @param {string} pointer @returns {Field} */
function objectField(context, property, pointer) {
  const { app } = context;
  const { t } = app;
  const title = property.title ?? property.name;
  const inner = fieldsOf(context, partsOf(app, property), pointer, property.rules);
  const isSet = () => read(app, pointer) !== undefined;
  const add = addButton(app, app.t('inspector.add', { name: title.toLowerCase() }), async () => {
    const made = newObject({ ...property, properties: partsOf(app, property) });
    if (property.name === 'code' && context.node !== null) made['source'] = await starterFor(app, context.node);
    write(app, pointer, made);
    fold.open = true;
    /** @type {HTMLElement | null} */ (fold.querySelector('.input'))?.focus();
  });
  add.title = property.text ?? '';
  const remove = iconButton(app.t('inspector.remove', { name: title.toLowerCase() }), 'close', () => {
    write(app, pointer, undefined);
    add.focus();
  });
  const problems = el('div', { class: 'property-problems' });
  const help = el('p', { class: 'field-help', hidden: true }, property.text ?? '');
  const helpButton = el('button', {
    type: 'button', class: 'property-help', 'aria-label': t('inspector.help', { name: title }), title: property.text ?? '', 'aria-expanded': 'false',
    onclick: () => {
      help.hidden = !help.hidden;
      helpButton.setAttribute('aria-expanded', String(!help.hidden));
      if (!help.hidden) fold.open = true;
    },
  }, '?');
  const fold = el('details', { class: 'fold group' },
    el('summary', { title: property.text ?? '' }, el('span', { class: 'group-title' }, title)),
    el('div', { class: 'group-body' }, help, problems, inner.element));
  const tools = el('div', { class: 'group-tools' }, helpButton, property.required ? null : remove);
  const element = el('div', { class: 'property wide object' }, add, fold, tools);
  if (property.required) fold.open = true;
  return {
    element,
    update() {
      const set = isSet() || property.required === true;
      add.hidden = set;
      fold.hidden = !set;
      tools.hidden = !set;
      element.classList.toggle('changed', set && !property.required);
      showProblems(app, problems, app.diagnostics.at(pointer));
      if (app.diagnostics.under(pointer).length > 0) fold.open = true;
      if (set) inner.update();
    },
  };
}

/**
 * @param {Context} context @param {Property} property @param {string} pointer @param {string} [addTitle]
 * @returns {Field}
 */
export function listField(context, property, pointer, addTitle) {
  const { app } = context;
  const { t } = app;
  const parts = partsOf(app, property);
  const list = () => /** @type {any[]} */ (read(app, pointer) ?? []);
  const body = rebuilt(() => String(list().length), () => {
    const fields = list().map((_, i) => fieldsOf(context, parts, `${pointer}/${i}`, property.rules));
    const rows = fields.map((field, i) => el('div', { class: 'list-row' }, field.element,
      iconButton(t('inspector.remove_one'), 'close', () => write(app, pointer, list().length === 1 && !property.required ? undefined : list().toSpliced(i, 1)))));
    const sample = Array.isArray(property.example) ? property.example[0] : undefined;
    const add = addButton(app, addTitle ?? t('inspector.add', { name: (property.title ?? property.name).toLowerCase() }), () => {
      const last = list().at(-1);
      write(app, pointer, [...list(), structuredClone(last ?? sample ?? newObject({ properties: parts }))]);
    });
    return { children: [...rows, add], fields };
  });
  return framed(app, property, pointer, body);
}

/**
 * A composite in the usual frame.
 * @param {App} app @param {Property} property @param {string} pointer @param {Field} body
 * @param {'at' | 'under'} [problems]
 * @returns {Field}
 */
function framed(app, property, pointer, body, problems = 'at') {
  const id = freshId();
  body.element.id = id;
  body.element.setAttribute('role', 'group');
  body.element.setAttribute('aria-label', property.title ?? property.name);
  const frame = frameOf(app, property, pointer, body.element, id, { isWide: true, problems });
  frame.label.removeAttribute('for');
  return {
    element: frame.element,
    update() {
      body.update();
      frame.update();
    },
  };
}

/**
 * A small input that is a cell of a row.
 * @param {string} label @param {string} value @param {(text: string) => void} change @param {boolean} [mono]
 */
export function cell(label, value, change, mono = false) {
  const input = el('input', {
    class: mono ? 'input mono' : 'input', type: 'text', 'aria-label': label, title: label, value, spellcheck: 'false', autocomplete: 'off',
    placeholder: label, onchange: () => change(input.value.trim()),
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Enter') input.blur();
    },
  });
  return input;
}

/** Every operation that a design's mixes, flows and edges name. @param {App} app @returns {string[]} */
export function operationNames(app) {
  const design = app.document.get();
  /** @type {Set<string>} */
  const names = new Set();
  for (const node of Object.values(design.nodes)) {
    const operations = node['operations'];
    if (operations && typeof operations === 'object') for (const name of Object.keys(operations)) names.add(name);
  }
  for (const edge of design.edges) if (typeof edge['op'] === 'string') names.add(edge['op']);
  return [...names];
}

/** @param {Context} context @param {Property} property @param {string} pointer @returns {Field} */
function mixField(context, property, pointer) {
  const { app } = context;
  const { t } = app;
  const mix = () => /** @type {Record<string, any>} */ (read(app, pointer) ?? {});
  /** @param {Record<string, any>} next */
  const put = (next) => write(app, pointer, Object.keys(next).length === 0 ? undefined : next);
  const body = rebuilt(() => JSON.stringify(mix()), () => {
    const entries = Object.entries(mix());
    const total = entries.reduce((sum, [, weight]) => sum + (Number(weight) || 0), 0);
    const rows = entries.map(([name, weight]) => el('div', { class: 'table-row mix' },
      cell(t('inspector.operation'), name, (text) => put(renamed(mix(), name, text))),
      cell(t('inspector.weight'), textOf(weight), (text) => put({ ...mix(), [name]: Number(text) >= 0 && text !== '' ? Number(text) : text })),
      el('span', { class: 'muted number small', title: t('inspector.share', { share: percent(Number(weight) / total) }) }, percent(Number(weight) / total)),
      iconButton(t('inspector.remove', { name }), 'close', () => put(renamed(mix(), name, '')))));
    const add = addButton(app, t('inspector.add_operation'), () => put({ ...mix(), [freeName(mix(), app)]: 1 }));
    return { children: [...rows, add], fields: [] };
  });
  return framed(app, property, pointer, body, 'under');
}

/**
 * An object with a key renamed in its place; an empty new name removes it.
 * @param {Record<string, any>} object @param {string} from @param {string} to
 */
function renamed(object, from, to) {
  if (to !== from && to in object) return object;
  return Object.fromEntries(
    Object.entries(object).filter(([key]) => key !== from || to !== '').map(([key, value]) => [key === from ? to : key, value]),
  );
}

/** @param {Record<string, any>} taken @param {App} app */
function freeName(taken, app) {
  const known = operationNames(app).find((name) => !(name in taken));
  if (known !== undefined) return known;
  for (let n = 1; ; n++) if (!(`operation-${n}` in taken)) return `operation-${n}`;
}

/**
 * A distribution for all operations, or one for each.
 * @param {Context} context @param {Property} property @param {string} pointer
 * @returns {Field}
 */
function distributionsField(context, property, pointer) {
  const { app } = context;
  const { t } = app;
  const single = textField(app, property, pointer);
  const isMany = () => {
    const value = read(app, pointer);
    return value !== null && typeof value === 'object';
  };
  const many = () => /** @type {Record<string, any>} */ (read(app, pointer) ?? {});
  const rows = rebuilt(() => (isMany() ? Object.keys(many()).join('\n') : '-'), () => {
    if (!isMany()) return { children: [], fields: [] };
    const fields = Object.keys(many()).map((name) =>
      textField(app, { ...property, kind: 'distribution', name, title: name, required: false }, pointer + makePointer(name)));
    const add = addButton(app, t('inspector.add_operation'), () =>
      write(app, pointer, { [freeName(many(), app)]: many()['default'] ?? '1ms', ...many() }));
    const merge = addButton(app, t('inspector.for_all'), () => write(app, pointer, many()['default'] ?? Object.values(many())[0]));
    merge.firstChild?.remove();
    return { children: [...fields.map((field) => field.element), el('div', { class: 'row-buttons' }, add, merge)], fields };
  });
  const group = framed(app, property, pointer, rows);
  const split = addButton(app, t('inspector.per_operation'), () =>
    write(app, pointer, { [freeName({ default: 1 }, app)]: read(app, pointer) ?? (placeholderOf(property) || '1ms'), default: read(app, pointer) ?? (placeholderOf(property) || '1ms') }));
  single.element.append(split);
  const element = el('div', { class: 'property-pair' }, single.element, group.element);
  return {
    element,
    update() {
      single.element.hidden = isMany();
      group.element.hidden = !isMany();
      if (isMany()) group.update();
      else single.update();
    },
  };
}

/** @param {Context} context @param {Property} property @param {string} pointer @returns {Field} */
function operationsField(context, property, pointer) {
  const { app } = context;
  const { t } = app;
  const parts = partsOf(app, property);
  const operations = () => /** @type {Record<string, any>} */ (read(app, pointer) ?? {});
  /** @type {Set<string>} which are unfolded */
  const open = new Set();
  const body = rebuilt(() => Object.keys(operations()).join('\n'), () => {
    const names = Object.keys(operations());
    if (open.size === 0 && names.length === 1) open.add(/** @type {string} */ (names[0]));
    const fields = names.map((name) => fieldsOf(context, parts, pointer + makePointer(name)));
    const rows = names.map((name, i) => {
      const fold = el('details', { class: 'fold group', open: open.has(name), ontoggle: () => {
        fold.open ? open.add(name) : open.delete(name);
      } },
      el('summary', {}, el('span', { class: 'group-title' }, name), factOf(operations()[name], t)),
      el('div', { class: 'group-body' },
        el('div', { class: 'table-row' },
          cell(t('inspector.operation'), name, (text) => {
            open.add(text);
            write(app, pointer, renamed(operations(), name, text || name));
          }),
          iconButton(t('inspector.remove', { name }), 'close', () => {
            const next = renamed(operations(), name, '');
            write(app, pointer, Object.keys(next).length === 0 ? undefined : next);
          })),
        /** @type {Field} */ (fields[i]).element));
      return fold;
    });
    const add = addButton(app, t('inspector.add_operation'), () => {
      const name = freeName(operations(), app);
      open.add(name);
      write(app, pointer, { ...operations(), [name]: {} });
    });
    return { children: [...rows, add], fields };
  });
  return framed(app, property, pointer, body);
}

/** What an operation does, in short: its steps, or its service time as the document has it. @param {any} operation @param {App['t']} t */
function factOf(operation, t) {
  if (!Array.isArray(operation?.flow)) return el('span', { class: 'group-fact', translate: 'no', dir: 'ltr' }, textOf(operation?.service_time));
  const steps = operation.flow.map((/** @type {any} */ step) => t(`flow.${kindOf(step) ?? 'unknown'}`)).join(' · ');
  return el('span', { class: 'group-fact', title: steps }, steps);
}
