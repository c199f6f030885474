/// The canvas for the keyboard and for screen readers: one focusable element a node and a connection,
/// lying over what is drawn, so that the focus ring is where the thing is. They are put there by margins in a grid
/// of one cell: a positioned element would be a layer, and thousands of layers are gone through with every frame.

import { el } from '../dom.js';
import { said } from '../i18n/index.js';

/** @typedef {import('../types.js').App} App */
/** @typedef {import('./scene.js').Scene} Scene */
/** @typedef {{ node?: string, edge?: number, note?: number }} Item */

const DESCRIBE_MS = 2000;
const SETTLE_MS = 100;

/**
 * @param {App} app
 * @param {{ onBlur: () => void, onFocus: (item: Item) => void, onPress: (item: Item) => void }} hooks
 */
export function createAccess(app, hooks) {
  const nodeGroup = el('div', { role: 'group', 'aria-label': app.t('canvas.nodes') });
  const edgeGroup = el('div', { role: 'group', 'aria-label': app.t('canvas.connections') });
  const noteGroup = el('div', { role: 'group', 'aria-label': app.t('note.all'), hidden: true });
  const plane = el('div', { class: 'canvas-plane', role: 'listbox', 'aria-label': app.t('canvas.list'), 'aria-multiselectable': 'true' }, nodeGroup, edgeGroup, noteGroup);
  const element = el('div', { class: 'canvas-access' }, plane);

  /** @type {Map<string, HTMLElement>} */
  const nodes = new Map();
  /** @type {HTMLElement[]} */
  let edges = [];
  /** @type {HTMLElement[]} in the order of the scene's notes */
  let notes = [];
  /** @type {HTMLElement | null} the one tab stop */
  let current = null;
  let described = 0;
  let moving = 0;

  /** @param {HTMLElement} item @returns {Item} */
  function itemOf(item) {
    const { node, edge, note } = item.dataset;
    if (node !== undefined) return { node };
    return note !== undefined ? { note: Number(note) } : { edge: Number(edge) };
  }

  /** @param {number} index */
  const noteItem = (index) => notes.find(({ dataset }) => dataset['note'] === String(index));

  /** @param {HTMLElement | null} item */
  function setCurrent(item) {
    if (current === item) return;
    current?.setAttribute('tabindex', '-1');
    current = item;
    current?.setAttribute('tabindex', '0');
  }

  plane.addEventListener('focusin', (event) => {
    const item = /** @type {HTMLElement} */ (event.target);
    if (item.getAttribute('role') !== 'option') return;
    setCurrent(item);
    hooks.onFocus(itemOf(item));
  });
  plane.addEventListener('focusout', () => hooks.onBlur());
  // A screen reader's press arrives as a click; the pointer never reaches this layer.
  plane.addEventListener('click', (event) => {
    const item = /** @type {HTMLElement} */ (event.target).closest('[role="option"]');
    if (item) hooks.onPress(itemOf(/** @type {HTMLElement} */ (item)));
  });

  /** @param {HTMLElement} item @param {import('./camera.js').Rect} rect */
  function place(item, rect) {
    const key = `${rect.x},${rect.y},${rect.width},${rect.height}`;
    if (item.dataset['place'] === key) return;
    item.dataset['place'] = key;
    item.style.marginLeft = `${rect.x}px`;
    item.style.marginTop = `${rect.y}px`;
    item.style.width = `${rect.width}px`;
    item.style.height = `${rect.height}px`;
  }

  /** @param {HTMLElement} item @param {string} name @param {string} value */
  function setText(item, name, value) {
    if (item.getAttribute(name) !== value) item.setAttribute(name, value);
  }

  /** @type {Scene | null} what the items are about */
  let shown = null;
  /** @type {ReadonlySet<HTMLElement>} */
  let selected = new Set();

  /** @param {Scene} scene */
  function syncNodes(scene) {
    const isSame = shown !== null && (shown.containers === scene.containers || JSON.stringify(shown.containers) === JSON.stringify(scene.containers));
    if (isSame && hasSameNodes(scene)) {
      const namesOf = (/** @type {string} */ id) => scene.containers.filter(({ ids }) => ids.includes(id)).map(({ name }) => name);
      for (const [i, node] of scene.nodes.entries()) if (node !== shown?.nodes[i]) syncNode(node, namesOf(node.id));
      return;
    }
    for (const [id, item] of nodes) {
      if (scene.byId.has(id)) continue;
      item.remove();
      nodes.delete(id);
      if (current === item) setCurrent(null);
    }
    /** @type {Map<string, string[]>} */
    const within = new Map();
    for (const { ids, name } of scene.containers) for (const id of ids) within.set(id, [...(within.get(id) ?? []), name]);
    for (const node of scene.nodes) {
      if (!isSame || shown?.byId.get(node.id) !== node || !nodes.has(node.id)) syncNode(node, within.get(node.id) ?? []);
    }
  }

  /** Whether a scene has the nodes of the one that is shown. @param {Scene} scene */
  function hasSameNodes(scene) {
    return shown !== null && scene.nodes.length === shown.nodes.length && scene.nodes.every((node, i) => node === shown?.nodes[i] || node.id === shown?.nodes[i]?.id);
  }

  /** @param {import('./scene.js').SceneNode} node @param {string[]} within names of its containers */
  function syncNode(node, within) {
    let item = nodes.get(node.id);
    if (!item) {
      item = el('div', { class: 'canvas-item', role: 'option', tabindex: '-1', 'aria-selected': 'false', dataset: { node: node.id } });
      nodes.set(node.id, item);
      nodeGroup.append(item);
    }
    place(item, node.rect);
    const parts = [app.t('canvas.node_label', { name: node.name, type: node.facts[0] })];
    if (node.replicas > 1) parts.push(app.t('canvas.replicas', { n: node.replicas }));
    for (const name of within) parts.push(app.t('container.inside', { name }));
    if (node.problem) parts.push(app.t(`canvas.${node.severity}`, { problem: said(node.problem).text }));
    setText(item, 'aria-label', parts.join(', '));
  }

  /** @param {Scene} scene */
  function syncEdges(scene) {
    while (edges.length > scene.edges.length) {
      const item = edges.pop();
      if (item === current) setCurrent(null);
      item?.remove();
    }
    // An edge is called by the names of its ends.
    const isSame = hasSameNodes(scene) && scene.nodes.every((node, i) => node === shown?.nodes[i] || node.name === shown?.nodes[i]?.name);
    if (isSame && shown?.edges === scene.edges) return;
    for (const edge of scene.edges) {
      if (isSame && shown?.edges[edge.index] === edge && edges[edge.index]) continue;
      let item = edges[edge.index];
      if (!item) {
        item = el('div', { class: 'canvas-item edge', role: 'option', tabindex: '-1', 'aria-selected': 'false', dataset: { edge: String(edge.index) } });
        edges[edge.index] = item;
        edgeGroup.append(item);
      }
      if (edge.route) place(item, ringOf(edge.route));
      const label = app.t('canvas.edge_label', {
        from: scene.byId.get(edge.from)?.name ?? edge.from,
        to: scene.byId.get(edge.to)?.name ?? edge.to,
        kind: app.t(`canvas.kind.${edge.kind}`),
      });
      setText(item, 'aria-label', edge.problem ? `${label}, ${app.t(`canvas.${edge.severity}`, { problem: said(edge.problem).text })}` : label);
    }
    edgeGroup.hidden = edges.length === 0;
  }

  /** @param {Scene} scene */
  function syncNotes(scene) {
    for (const item of notes.splice(scene.notes.length)) {
      if (item === current) setCurrent(null);
      item.remove();
    }
    for (const [i, { index, text, rect }] of scene.notes.entries()) {
      const item = notes[i] ?? el('div', { class: 'canvas-item', role: 'option', tabindex: '-1', 'aria-selected': 'false' });
      if (item !== notes[i]) noteGroup.append(item);
      notes[i] = item;
      setText(item, 'data-note', String(index));
      setText(item, 'aria-label', app.t('note.label', { text }));
      place(item, rect);
    }
    noteGroup.hidden = notes.length === 0;
  }

  return {
    element,
    /** @param {Scene} scene */
    update(scene) {
      syncNodes(scene);
      syncEdges(scene);
      syncNotes(scene);
      shown = scene;
      nodeGroup.hidden = nodes.size === 0;
      plane.hidden = nodes.size + notes.length === 0;
      if (current === null) setCurrent(nodes.values().next().value ?? notes[0] ?? null);
      this.select();
    },
    select() {
      /** @type {Set<HTMLElement>} */
      const now = new Set();
      for (const id of app.selection.nodes) take(now, nodes.get(id));
      for (const index of app.selection.edges) take(now, edges[index]);
      for (const index of app.selection.notes) take(now, noteItem(index));
      for (const item of selected) if (!now.has(item)) item.setAttribute('aria-selected', 'false');
      for (const item of now) setText(item, 'aria-selected', 'true');
      selected = now;
    },
    /**
     * Goes along with the view, once that rests: thousands of elements are not moved a frame at a time.
     * The ring of the focused one is drawn with the rest (see `ringIn`).
     * @param {import('./camera.js').Camera} camera
     */
    move(camera) {
      clearTimeout(moving);
      moving = window.setTimeout(() => this.settle(camera), SETTLE_MS);
    },
    /** The item with the focus, if that is to be shown. */
    get ringed() {
      const active = /** @type {HTMLElement | null} */ (document.activeElement);
      return active && plane.contains(active) && active !== plane && active.matches(':focus-visible') ? active : null;
    },
    /** The box around it in a scene, which may be one that is being dragged: world units. @param {Scene} scene */
    ringIn(scene) {
      const item = this.ringed;
      const { node, edge, note } = item ? itemOf(item) : {};
      if (node !== undefined) return scene.byId.get(node)?.rect ?? null;
      if (note !== undefined) return scene.notes.find(({ index }) => index === note)?.rect ?? null;
      const route = edge === undefined ? null : scene.edges[edge]?.route;
      return route ? ringOf(route) : null;
    },
    /** @param {import('./camera.js').Camera} camera */
    settle(camera) {
      plane.style.transform = `scale(${camera.zoom}) translate(${-camera.x}px, ${-camera.y}px)`;
    },
    /** @param {string} id */
    focusNode(id) {
      nodes.get(id)?.focus({ preventScroll: true });
    },
    /** @param {number} index */
    focusEdge(index) {
      edges[index]?.focus({ preventScroll: true });
    },
    /** @param {number} index */
    focusNote(index) {
      noteItem(index)?.focus({ preventScroll: true });
    },
    focus() {
      (current ?? element).focus({ preventScroll: true });
    },
    /** The item with the focus, if it is one of ours. */
    get focused() {
      const active = /** @type {HTMLElement | null} */ (document.activeElement);
      return active && plane.contains(active) && active !== plane ? itemOf(active) : null;
    },
    /** Says something once. @param {string} text */
    say(text) {
      app.announce(text);
    },
    /**
     * Puts live values on the items: on the focused one every two seconds, on all when told to.
     * @param {(id: string) => string} describe @param {boolean} all
     */
    describe(describe, all) {
      const now = performance.now();
      if (!all && now - described < DESCRIBE_MS) return;
      described = now;
      const list = all ? [...nodes] : [...nodes].filter(([, item]) => item === current);
      for (const [id, item] of list) {
        const text = describe(id);
        if (text === '') item.removeAttribute('aria-description');
        else setText(item, 'aria-description', text);
      }
    },
  };
}

/** @param {Set<HTMLElement>} set @param {HTMLElement | undefined} item */
function take(set, item) {
  if (item) set.add(item);
}

/** The ring of a connection: a small box at its middle. @param {import('./geometry.js').Route} route */
function ringOf(route) {
  const middle = Math.floor(route.line.length / 6) * 3;
  const x = route.line[middle] ?? 0;
  const y = route.line[middle + 1] ?? 0;
  const box = { x: x - 16, y: y - 12, width: 32, height: 24 };
  return box;
}
