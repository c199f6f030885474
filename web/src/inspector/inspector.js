/// The inspector: what is selected, with everything that can be set on it, made from the catalog. With
/// nothing selected it is about the design itself.

import { notesIn, writeNote } from '../document/notes.js';
import { makePointer } from '../document/pointer.js';
import { el, fill } from '../dom.js';
import { icon, iconOf, pathsOf } from '../icons/icon.js';
import { hasTrait, objectProperties, objectRules, typeOf } from '../palette/catalog.js';
import { fieldsOf, listField } from './composite.js';
import { read, write } from './change.js';
import { freshId, showProblems, textField } from './field.js';
import { createLive } from './live.js';
import { commonProperties, edgeProperties, manyOf } from './many.js';

/** @typedef {import('../types.js').App} App */
/** @typedef {import('./field.js').Field} Field */
/** @typedef {{ children: (Node | null)[], fields: Field[] }} View */

const LIVE_MS = 250;

/**
 * @param {App} app
 * @returns {import('../types.js').Panel}
 */
export function createInspector(app) {
  const body = el('div', { class: 'panel-body flush inspector-body' });
  const head = el('div', { class: 'panel-head inspector-head' });
  const element = el('div', { class: 'panel inspector' }, head, body);
  const live = createLive(app);
  /** @type {Field[]} */
  let fields = [];
  let shown = '\0';
  let live_at = 0;
  let queued = false;

  /** What is shown, as a key: the panel is built anew when it changes. */
  function keyOf() {
    const { nodes, edges, notes } = app.selection;
    const [node] = nodes;
    const [edge] = edges;
    const known = app.catalog ? 'c' : '';
    if (nodes.size + edges.size + notes.size > 1) return `many ${[...nodes, '|', ...edges, '|', ...notes].join(' ')} ${known}`;
    if (notes.size === 1) return `note ${[...notes].join()}`;
    if (node !== undefined) return `node ${node} ${app.document.get().nodes[node]?.type} ${known}`;
    if (edge !== undefined) {
      const written = app.document.get().edges[edge];
      return `edge ${edge} ${written?.from} ${written?.to} ${known}`;
    }
    return `design ${known}`;
  }

  function update() {
    queued = false;
    const key = keyOf();
    if (key !== shown) {
      shown = key;
      live.clear();
      const view = build(app, head, live.element);
      fields = view.fields;
      fill(body, view.children);
      body.scrollTop = 0;
    }
    for (const field of fields) field.update();
    live.update();
  }

  // Several signals in one turn (document, selection, diagnostics) are one update.
  function later() {
    if (queued) return;
    queued = true;
    queueMicrotask(update);
  }

  const stop = [
    ...['document', 'selection', 'diagnostics', 'catalog', 'run-state'].map((name) => app.signals.on(name, later)),
    app.signals.on('frame', () => {
      const now = performance.now();
      if (now - live_at < LIVE_MS && app.run.state === 'running') return;
      live_at = now;
      live.update();
    }),
    app.signals.on('playhead', (row) => live.setPlayhead(typeof row === 'number' ? row : null)),
    app.signals.on('reveal', (pointer) => {
      update();
      showField(body, String(pointer));
    }),
    app.signals.on('inspect', (pointer) => requestAnimationFrame(() => {
      update();
      if (typeof pointer === 'string') {
        showField(body, pointer)?.querySelector('input')?.focus();
        return;
      }
      /** @type {HTMLElement | null} */ (body.querySelector('.property .input, .property .checkbox'))?.focus();
    })),
  ];
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    const [node] = app.selection.nodes;
    const [edge] = app.selection.edges;
    const [note] = app.selection.notes;
    const pointer = node !== undefined ? makePointer('nodes', node) : edge !== undefined ? `/edges/${edge}` : note !== undefined ? `/notes/${note}` : null;
    if (pointer !== null) app.signals.emit('reveal', pointer);
    else app.actions.perform('focus-canvas');
  });
  update();
  return {
    element,
    update,
    dispose() {
      for (const end of stop) end();
    },
  };
}

/**
 * Unfolds and scrolls to the field that a pointer is about, or the nearest one around it.
 * @param {HTMLElement} body @param {string} pointer
 * @returns {HTMLElement | undefined}
 */
function showField(body, pointer) {
  const fields = /** @type {HTMLElement[]} */ ([...body.querySelectorAll('[data-pointer]')]);
  const around = fields.filter(({ dataset }) => pointer === dataset['pointer'] || pointer.startsWith(`${dataset['pointer']}/`));
  const field = around.sort((a, b) => (b.dataset['pointer'] ?? '').length - (a.dataset['pointer'] ?? '').length)[0];
  if (!field) return undefined;
  for (let at = field.closest('details'); at; at = at.parentElement?.closest('details') ?? null) at.open = true;
  field.scrollIntoView({ block: 'nearest' });
  return field;
}

/**
 * @param {App} app @param {HTMLElement} head @param {HTMLElement} live
 * @returns {View}
 */
function build(app, head, live) {
  const { nodes, edges, notes } = app.selection;
  const [node] = nodes;
  const [edge] = edges;
  const [note] = notes;
  if (nodes.size + edges.size + notes.size > 1) {
    return manyView(app, head);
  }
  if (note !== undefined) return noteView(app, head, note);
  if (node !== undefined) return nodeView(app, head, live, node);
  if (edge !== undefined) return edgeView(app, head, live, edge);
  return designView(app, head);
}

/**
 * What several selected things have in common. Nodes go before connections: whoever draws a frame around some
 * nodes means these, with what joins them.
 * @param {App} app @param {HTMLElement} head
 * @returns {View}
 */
function manyView(app, head) {
  const { t } = app;
  const nodes = [...app.selection.nodes];
  const edges = [...app.selection.edges];
  const notes = app.selection.notes.size;
  const ofNodes = nodes.length > 0;
  const keys = ofNodes ? nodes : edges;
  const titles = [nodes.length > 0 ? t('inspector.many_nodes', { n: nodes.length }) : '', edges.length > 0 ? t('inspector.many_edges', { n: edges.length }) : '', notes > 0 ? t('inspector.many_notes', { n: notes }) : ''];
  setHead(head, icon('copy', { large: true }), titles.filter((text) => text !== '').join(' · '), '');
  if (keys.length === 0) return { children: [el('p', { class: 'section muted' }, t('inspector.notes_hint'))], fields: [] };
  const { properties, rules } = ofNodes ? commonProperties(app, nodes) : edgeProperties(app);
  if (keys.length < 2 || properties.length === 0) {
    return { children: [el('p', { class: 'section muted' }, t(keys.length < 2 ? 'inspector.many_hint' : 'inspector.many_none'))], fields: [] };
  }
  const many = manyOf(app, keys, ofNodes ? 'nodes' : 'edges');
  const settings = fieldsOf({ app: many.app, node: ofNodes ? (nodes[0] ?? null) : null }, properties, many.pointer, rules);
  return {
    children: [
      el('p', { class: 'section muted small' }, t('inspector.many_same')),
      el('div', { class: 'section' }, settings.element),
    ],
    fields: [settings, { element: settings.element, update: () => markMixed(app, settings.element, many) }],
  };
}

/**
 * A field whose value is not the same everywhere says so where its value would stand.
 * @param {App} app @param {HTMLElement} element @param {{ pointer: string, mixed: () => ReadonlySet<string> }} many
 */
function markMixed(app, element, many) {
  const names = many.mixed();
  for (const field of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll('.property[data-pointer]'))) {
    const [name = '', ...rest] = (field.dataset['pointer'] ?? '').slice(many.pointer.length + 1).split('/');
    const isMixed = rest.length === 0 && names.has(name);
    field.classList.toggle('mixed', isMixed);
    const input = field.querySelector('input');
    const option = /** @type {HTMLOptionElement | null} */ (field.querySelector('option[value=""]'));
    if (input?.type === 'checkbox') input.indeterminate = isMixed;
    else if (input) {
      input.dataset['usual'] ??= input.placeholder;
      input.placeholder = isMixed ? app.t('inspector.mixed') : input.dataset['usual'];
    } else if (option) {
      option.dataset['usual'] ??= option.textContent ?? '';
      option.textContent = isMixed ? app.t('inspector.mixed') : option.dataset['usual'];
    }
  }
}

/**
 * @param {HTMLElement} head @param {Node} shape @param {string} title @param {string} detail
 */
function setHead(head, shape, title, detail) {
  fill(head, shape, el('div', { class: 'inspector-names' }, el('h2', { class: 'panel-title', title }, title), detail === '' ? null : el('p', { class: 'inspector-detail truncate' }, detail)));
}

/** @param {App} app @param {string} pointer @returns {Field} what is wrong with the whole of it */
function problemsOf(app, pointer) {
  const place = el('div', { class: 'property-problems section-problems' });
  return { element: place, update: () => showProblems(app, place, app.diagnostics.at(pointer)) };
}

/**
 * @param {App} app @param {HTMLElement} head @param {HTMLElement} live @param {string} id
 * @returns {View}
 */
function nodeView(app, head, live, id) {
  const node = app.document.get().nodes[id];
  const type = typeOf(app.catalog, node?.type ?? '');
  const pointer = makePointer('nodes', id);
  const title = el('h2', { class: 'panel-title' });
  const detail = el('p', { class: 'inspector-detail truncate' });
  fill(head, iconOf(pathsOf(type?.icon), { large: true }), el('div', { class: 'inspector-names' }, title, detail));
  /** @type {Field} */
  const names = {
    element: head,
    update() {
      const now = app.document.get().nodes[id];
      title.textContent = now?.name ?? id;
      detail.textContent = [type?.title ?? now?.type ?? '', app.t('inspector.id', { id })].join(' · ');
      detail.title = detail.textContent;
    },
  };
  const problems = problemsOf(app, pointer);
  if (!type) {
    const text = app.catalog ? app.t('inspector.unknown_type', { type: String(node?.type) }) : app.t('palette.waiting');
    return { children: [problems.element, el('p', { class: 'section muted' }, text)], fields: [names, problems] };
  }
  // Code is for what runs it; elsewhere it is shown where it was written, so that it can be removed.
  const shown = type.properties.filter(({ name }) => name !== 'code' || hasTrait(type, 'code') || node?.['code'] !== undefined);
  const settings = fieldsOf({ app, node: id }, shown, pointer, type.rules);
  return {
    children: [
      live, problems.element,
      el('div', { class: 'section' }, settings.element),
      el('details', { class: 'section about' }, el('summary', { class: 'section-title' }, type.title), el('p', { class: 'muted small' }, type.text)),
    ],
    fields: [names, problems, settings],
  };
}

/**
 * @param {App} app @param {HTMLElement} head @param {HTMLElement} live @param {number} index
 * @returns {View}
 */
function edgeView(app, head, live, index) {
  const design = app.document.get();
  const edge = design.edges[index];
  const nameOf = (/** @type {string} */ id) => design.nodes[id]?.name ?? id;
  setHead(head, icon('link', { large: true }), app.t('inspector.from_to', { from: nameOf(edge?.from ?? ''), to: nameOf(edge?.to ?? '') }), app.t('inspector.connection'));
  const pointer = `/edges/${index}`;
  const problems = problemsOf(app, pointer);
  const settings = fieldsOf({ app, node: edge?.from ?? null }, objectProperties(app.catalog, 'edge').filter(({ name }) => name !== 'from' && name !== 'to'), pointer, objectRules(app.catalog, 'edge'));
  return { children: [live, problems.element, el('div', { class: 'section' }, settings.element)], fields: [problems, settings] };
}

/** @param {App} app @param {HTMLElement} head @param {number} index @returns {View} */
function noteView(app, head, index) {
  const { t } = app;
  setHead(head, icon('edit', { large: true }), t('inspector.many_notes', { n: 1 }), '');
  const id = freshId();
  const area = el('textarea', { id, class: 'input', dir: 'auto', rows: '6', maxlength: '2000', onchange: () => writeNote(app, index, area.value.trim()) });
  return {
    children: [
      el('div', { class: 'section' },
        el('div', { class: 'property wide' }, el('div', { class: 'property-head' }, el('label', { class: 'property-label', for: id }, t('note.text'))), area)),
      el('p', { class: 'section muted small' }, t('note.tip')),
    ],
    fields: [{
      element: area,
      update() {
        const text = String(notesIn(app.document.get())[index]?.text ?? '');
        if (document.activeElement !== area && area.value !== text) area.value = text;
      },
    }],
  };
}

/** @param {App} app @param {HTMLElement} head @returns {View} */
function designView(app, head) {
  const { t } = app;
  const context = { app, node: null };
  setHead(head, icon('settings', { large: true }), t('inspector.design'), '');
  const name = textField(app, { name: 'name', title: t('inspector.name'), kind: 'text' }, '/name');
  const description = descriptionField(app);
  const run = fieldsOf(context, objectProperties(app.catalog, 'run'), '/run', objectRules(app.catalog, 'run'));
  const slos = listField(context, { name: 'slos', title: t('inspector.slos'), kind: 'list', properties: objectProperties(app.catalog, 'slo'), rules: objectRules(app.catalog, 'slo'), example: [{ metric: metricOf(app), max: '250ms' }] }, '/slos', t('inspector.add_slo'));
  const faults = listField(context, { name: 'faults', title: t('inspector.faults'), kind: 'list', properties: objectProperties(app.catalog, 'fault'), rules: objectRules(app.catalog, 'fault'), example: [faultOf(app)] }, '/faults', t('inspector.add_fault'));
  const problems = problemsOf(app, '');
  const section = (/** @type {string} */ title, /** @type {Field} */ field) =>
    el('section', { class: 'section' }, el('h3', { class: 'section-title' }, title), field.element);
  return {
    children: [
      problems.element,
      el('div', { class: 'section' }, el('div', { class: 'properties' }, name.element, description.element)),
      section(t('inspector.run'), run), el('div', { class: 'section' }, slos.element), el('div', { class: 'section' }, faults.element),
    ],
    fields: [problems, name, description, run, slos, faults],
  };
}

/** A first target: what the first client sees. @param {App} app */
function metricOf(app) {
  const nodes = Object.entries(app.document.get().nodes);
  const client = nodes.find(([, node]) => node['load'] !== undefined) ?? nodes[0];
  return `nodes.${client?.[0] ?? 'client'}.response.p99`;
}

/** @param {App} app */
function faultOf(app) {
  const nodes = Object.entries(app.document.get().nodes);
  const served = nodes.find(([, node]) => node['load'] === undefined) ?? nodes[0];
  return { kind: 'slow', target: served?.[0] ?? '', at: '60s', for: '30s', factor: 4 };
}

/** @param {App} app @returns {Field} */
function descriptionField(app) {
  const id = freshId();
  const area = el('textarea', { id, class: 'input', dir: 'auto', rows: '3', onchange: () => write(app, '/description', area.value.trim() === '' ? undefined : area.value.trim()) });
  return {
    element: el('div', { class: 'property wide' }, el('div', { class: 'property-head' }, el('label', { class: 'property-label', for: id }, app.t('inspector.description'))), area),
    update() {
      const text = String(read(app, '/description') ?? '');
      if (document.activeElement !== area && area.value !== text) area.value = text;
    },
  };
}
