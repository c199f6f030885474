/// A flow as a list of steps that reads like a recipe, each a row of its own; branches are indented.

import { el, fill } from '../dom.js';
import { icon } from '../icons/icon.js';
import { cell, operationNames } from './composite.js';
import { read, write } from './change.js';
import { drawDensity, frameOf, freshId } from './field.js';
import { openMenu } from '../canvas/menu.js';
import { textOf, valueOf } from './values.js';

/** @typedef {import('./composite.js').Context} Context */
/** @typedef {Record<string, any>} Step */
/** @typedef {(next: Step[]) => void} Put */

/** @typedef {'compute' | 'call' | 'publish' | 'parallel' | 'choose' | 'repeat'} StepKind */

/** @type {StepKind[]} */
const KINDS = ['compute', 'call', 'publish', 'parallel', 'choose', 'repeat'];

/** @param {Step} step @returns {StepKind | null} */
export function kindOf(step) {
  return KINDS.find((kind) => step && typeof step === 'object' && kind in step) ?? null;
}

/**
 * @param {Context} context @param {import('../palette/catalog.js').Property} property
 * @param {string} pointer
 * @returns {import('./field.js').Field}
 */
export function flowField(context, property, pointer) {
  const { app } = context;
  const id = freshId();
  const body = el('div', { id, class: 'flow', role: 'group', 'aria-label': property.title ?? property.name });
  const frame = frameOf(app, property, pointer, body, id, { isWide: true, problems: 'under' });
  frame.label.removeAttribute('for');
  let key = '\0';
  return {
    element: frame.element,
    update() {
      const flow = read(app, pointer);
      const steps = Array.isArray(flow) ? flow : [];
      const targets = targetsOf(context);
      const now = JSON.stringify([steps, targets]);
      if (now !== key) {
        key = now;
        const focused = focusPath(body);
        fill(body, stepsView(context, steps, targets, (next) => write(app, pointer, next.length === 0 ? undefined : next)));
        restoreFocus(body, focused);
      }
      frame.update();
    },
  };
}

/** Whom the node can call and publish to. @param {Context} context */
function targetsOf({ app, node }) {
  const design = app.document.get();
  const out = design.edges.filter((edge) => edge.from === node);
  return {
    call: [...new Set(out.filter((edge) => edge.kind !== 'publish').map((edge) => edge.to))],
    publish: [...new Set(out.filter((edge) => edge.kind === 'publish').map((edge) => edge.to))],
  };
}

/**
 * @param {Context} context @param {Step[]} steps
 * @param {{ call: string[], publish: string[] }} targets @param {Put} put
 * @returns {HTMLElement}
 */
function stepsView(context, steps, targets, put) {
  const { t } = context.app;
  const rows = steps.map((step, i) => stepView(context, step, targets, {
    put: (next) => put(steps.with(i, next)),
    remove: () => put(steps.toSpliced(i, 1)),
    move: (by) => {
      const to = i + by;
      if (to < 0 || to >= steps.length) return;
      put(steps.with(i, /** @type {Step} */ (steps[to])).with(to, step));
    },
    isFirst: i === 0,
    isLast: i === steps.length - 1,
  }));
  return el('div', { class: 'flow-steps' },
    el('ol', {}, rows),
    steps.length === 0 ? el('p', { class: 'field-help' }, t('flow.empty')) : null,
    adder(context, targets, (step) => put([...steps, step])));
}

/**
 * @param {Context} context @param {Step} step @param {{ call: string[], publish: string[] }} targets
 * @param {{ put: (next: Step) => void, remove: () => void, move: (by: number) => void,
 *   isFirst: boolean, isLast: boolean }} edit
 */
function stepView(context, step, targets, edit) {
  const { t } = context.app;
  const kind = kindOf(step);
  const button = (/** @type {string} */ title, /** @type {import('../icons/icon.js').IconName} */ shape, /** @type {() => void} */ run, /** @type {boolean} */ off = false) =>
    el('button', { type: 'button', class: 'property-reset', 'aria-label': title, title, disabled: off, onclick: run }, icon(shape));
  const head = el('div', { class: 'flow-head' },
    kind ? icon(kind) : icon('more'),
    el('span', { class: 'flow-kind' }, t(kind ? `flow.${kind}` : 'flow.unknown')),
    el('span', { class: 'flow-tools' },
      button(t('flow.up'), 'up', () => edit.move(-1), edit.isFirst),
      button(t('flow.down'), 'down', () => edit.move(1), edit.isLast),
      button(t('flow.remove'), 'close', edit.remove)));
  return el('li', { class: 'flow-step', dataset: { kind: kind ?? 'unknown' } }, head, bodyOf(context, kind, step, targets, edit.put));
}

/**
 * @param {Context} context @param {StepKind | null} kind @param {Step} step
 * @param {{ call: string[], publish: string[] }} targets @param {(next: Step) => void} put
 * @returns {HTMLElement}
 */
function bodyOf(context, kind, step, targets, put) {
  const { app } = context;
  const { t } = app;
  if (kind === 'compute') {
    const plot = el('div', { class: 'density' });
    const text = textOf(step['compute']);
    drawDensity(app, plot, text);
    return el('div', { class: 'flow-body' },
      cell(t('flow.time'), text, (value) => put({ ...step, compute: valueOf({ name: 'compute', kind: 'distribution' }, value) ?? '1ms' }), true), plot);
  }
  if (kind === 'call' || kind === 'publish') return callBody(context, kind, step, targets, put);
  if (kind === 'repeat') {
    return el('div', { class: 'flow-body' },
      el('div', { class: 'table-row' },
        cell(t('flow.times'), textOf(step['repeat']), (value) => put({ ...step, repeat: Number.isInteger(Number(value)) && value !== '' ? Number(value) : value })),
        el('span', { class: 'muted' }, t('flow.times'))),
      stepsView(context, step['flow'] ?? [], targets, (flow) => put({ ...step, flow })));
  }
  if (kind === 'parallel') {
    const branches = /** @type {Step[][]} */ (Array.isArray(step['parallel']) ? step['parallel'] : []);
    return el('div', { class: 'flow-body' },
      branches.map((branch, i) => el('div', { class: 'flow-branch' },
        el('div', { class: 'flow-branch-head' }, t('flow.branch', { n: i + 1 })),
        stepsView(context, branch, targets, (next) =>
          put({ ...step, parallel: next.length === 0 ? branches.toSpliced(i, 1) : branches.with(i, next) })))),
      adder(context, targets, (first) => put({ ...step, parallel: [...branches, [first]] }), 'flow.add_branch'));
  }
  if (kind === 'choose') return chooseBody(context, step, targets, put);
  return el('div', { class: 'flow-body' }, el('code', { class: 'small' }, JSON.stringify(step)));
}

/**
 * @param {Context} context @param {'call' | 'publish'} kind @param {Step} step
 * @param {{ call: string[], publish: string[] }} targets @param {(next: Step) => void} put
 */
function callBody(context, kind, step, targets, put) {
  const { app } = context;
  const { t } = app;
  const design = app.document.get();
  const target = textOf(step[kind]);
  const choices = targets[kind].includes(target) || target === '' ? targets[kind] : [target, ...targets[kind]];
  const select = el('select', { class: 'input', 'aria-label': t('flow.target'), onchange: () => put({ ...step, [kind]: select.value }) },
    choices.map((id) => el('option', { value: id }, design.nodes[id]?.name ?? id)));
  select.value = target;
  const operations = operationNames(app);
  const op = textOf(step['op']);
  const names = op === '' || operations.includes(op) ? operations : [op, ...operations];
  const opSelect = el('select', { class: 'input', 'aria-label': t('flow.op'), onchange: () => {
    const { op: _, ...rest } = step;
    put(opSelect.value === '' ? rest : { ...step, op: opSelect.value });
  } }, el('option', { value: '' }, t('flow.op_own')), names.map((name) => el('option', { value: name }, name)));
  opSelect.value = op;
  const isCache = kind === 'call' && typeTraits(app, target).includes('cache');
  const miss = Array.isArray(step['miss']) ? step['miss'] : null;
  return el('div', { class: 'flow-body' },
    el('div', { class: 'table-row' }, select, opSelect),
    miss === null
      ? isCache ? adder(context, targets, (first) => put({ ...step, miss: [first] }), 'flow.add_miss') : null
      : el('div', { class: 'flow-branch' },
          el('div', { class: 'flow-branch-head' }, t('flow.miss')),
          stepsView(context, miss, targets, (next) => {
            const { miss: _, ...rest } = step;
            put(next.length === 0 ? rest : { ...step, miss: next });
          })));
}

/** @param {import('../types.js').App} app @param {string} id @returns {string[]} */
function typeTraits(app, id) {
  const name = app.document.get().nodes[id]?.type;
  const type = app.catalog?.types?.find((/** @type {any} */ one) => one.name === name);
  return type?.traits ?? (type?.behaviour === 'cache' ? ['cache'] : []);
}

/**
 * @param {Context} context @param {Step} step
 * @param {{ call: string[], publish: string[] }} targets @param {(next: Step) => void} put
 */
function chooseBody(context, step, targets, put) {
  const { t } = context.app;
  const branches = /** @type {Step[]} */ (Array.isArray(step['choose']) ? step['choose'] : []);
  return el('div', { class: 'flow-body' },
    branches.map((branch, i) => el('div', { class: 'flow-branch' },
      el('div', { class: 'flow-branch-head' }, t('flow.with_probability'),
        cell(t('flow.probability'), textOf(branch['probability']), (text) =>
          put({ ...step, choose: branches.with(i, { ...branch, probability: valueOf({ name: 'probability', kind: 'number' }, text) ?? 0 }) }))),
      stepsView(context, branch['flow'] ?? [], targets, (flow) =>
        put({ ...step, choose: flow.length === 0 ? branches.toSpliced(i, 1) : branches.with(i, { ...branch, flow }) })))),
    adder(context, targets, (first) => {
      const rest = 1 - branches.reduce((sum, branch) => sum + (Number(branch['probability']) || 0), 0);
      put({ ...step, choose: [...branches, { probability: Number(Math.max(0, rest).toFixed(3)), flow: [first] }] });
    }, 'flow.add_branch'));
}

/**
 * The button that adds a step: of which kind, its menu asks.
 * @param {Context} context @param {{ call: string[], publish: string[] }} targets
 * @param {(step: Step) => void} add @param {string} [title]
 */
function adder(context, targets, add, title = 'flow.add') {
  const { t } = context.app;
  /** @type {(kind: StepKind) => Step} */
  const fresh = (kind) => {
    const call = { call: targets.call[0] ?? '' };
    if (kind === 'compute') return { compute: 'exp(1ms)' };
    if (kind === 'call') return call;
    if (kind === 'publish') return { publish: targets.publish[0] ?? '' };
    const inner = targets.call.length > 0 ? call : { compute: 'exp(1ms)' };
    if (kind === 'parallel') return { parallel: [[inner], [{ compute: 'exp(1ms)' }]] };
    if (kind === 'choose') return { choose: [{ probability: 0.5, flow: [inner] }] };
    return { repeat: 2, flow: [inner] };
  };
  const button = el('button', { type: 'button', class: 'button quiet small add', 'aria-haspopup': 'menu', onclick: () => {
    const box = button.getBoundingClientRect();
    openMenu(t(title), KINDS.map((kind) => ({
      title: t(`flow.${kind}`), icon: kind,
      isDisabled: (kind === 'call' || kind === 'publish') && targets[kind].length === 0,
      run: () => add(fresh(kind)),
    })), box.left, box.bottom + 2);
  } }, icon('plus'), t(title));
  return button;
}

/** Where the focus is, as a count of the controls before it: the view is built anew around it.
 * @param {HTMLElement} body */
function focusPath(body) {
  if (!body.contains(document.activeElement)) return -1;
  return [...body.querySelectorAll('input, select, button')].indexOf(/** @type {Element} */ (document.activeElement));
}

/** @param {HTMLElement} body @param {number} index */
function restoreFocus(body, index) {
  if (index < 0) return;
  const controls = /** @type {HTMLElement[]} */ ([...body.querySelectorAll('input, select, button')]);
  controls[Math.min(index, controls.length - 1)]?.focus({ preventScroll: true });
}
