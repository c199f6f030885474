/// The board: two layers, the scene, drawn when something on it changes, and over it what moves
/// (requests, handles), drawn a frame at a time; the camera; the selection with the keyboard's focus.

import { afterFrame, notAfterFrame } from '../app/pace.js';
import { el } from '../dom.js';
import { createAccess } from './access.js';
import * as cameras from './camera.js';
import { createCards } from './card.js';
import { aimConnect, cancelConnect } from './connecting.js';
import { createDots } from './dots.js';
import { activeFaults } from './faults.js';
import { duration } from './format.js';
import { commitPlaces } from './items.js';
import { createErrorRates, liveOf } from './live.js';
import { createMinimap } from './minimap.js';
import { momentOf } from './moment.js';
import { createNotes, noteAt, notesMoved } from './notes.js';
import { createOverlay, drawOverlay } from './overlay.js';
import { drawOver, drawScene } from './render.js';
import { buildScene, createDragged, edgeAt, nodeAt, withDiagnostics } from './scene.js';
import { REFRESH_MS, createStill } from './still.js';
import { paleTheme, readTheme } from './theme.js';
import { createTweaks } from './tweaks.js';
import { createZoomTools } from './zoom_tools.js';
import { dropInto } from './zoning.js';

/** @typedef {import('../types.js').App} App */
/** @typedef {ReturnType<typeof createBoard>} Board */
/** @typedef {{ node?: string | undefined, edge?: number | undefined, note?: number | undefined }} Item */

const LIVE_MS = 100; // numbers on cards change ten times a second: faster cannot be read
/** @type {ReadonlySet<string>} */
const NO_FAULTS = new Set();
/** @type {import('./notes.js').NotePlaces} */
const NO_PLACES = new Map();
const SOME = 100; // with less in it than so much, a drawing is drawn anew whenever a card changes
const HEAVY = 400; // a drawing with so much in it is not drawn anew in every frame of a move
const SETTLE_MS = 140; // after the last move of the view its pictures become sharp
const TURNED_MS = 400; // after the last change of a number everything is drawn again; the card itself is drawn at once

/**
 * The drawing and what is selected, aimed at and dragged on it. What is done to the document is in
 * items.js and connecting.js.
 * @param {App} app
 */
export function createBoard(app) {
  const canvas = el('canvas', { class: 'canvas-scene', 'aria-hidden': 'true' });
  const top = el('canvas', { class: 'canvas-top', 'aria-hidden': 'true' });
  const legend = el('div', { class: 'canvas-legend', hidden: true });
  const empty = el('div', { class: 'canvas-empty', hidden: true }, app.t('canvas.empty'));
  const stage = el('div', { class: 'canvas-stage' }, canvas, top);
  const tools = createZoomTools(app);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
  const overContext = /** @type {CanvasRenderingContext2D} */ (top.getContext('2d'));

  let theme = readTheme(document.documentElement);
  let base = buildScene(app.document.get(), app.catalog, app.diagnostics, app.t);
  let scene = base;
  let frameWanted = 0;
  let sceneStale = true;
  let liveStale = false; // only by what a run says
  let viewStale = false; // only from where it is looked at, or where the dragged is
  let liveDrawn = 0;
  let liveTimer = 0;
  let isMoving = false;
  let settleTimer = 0;
  let refreshTimer = 0;
  let turnTimer = 0;
  let changed = 0; // when the document did
  let isTurning = false;
  let ratio = 1;
  let fitted = false;
  /** @type {import('./camera.js').Camera | null} */
  let fittedCamera = null;
  let hoverEdge = -1;
  let shownName = app.document.name;
  /** @type {(() => void) | null} */
  let closeEditor = null;
  let isEditorOnDrawing = true;
  /** @type {ReadonlyMap<string, [number, number]> | null} */
  let dragged = null;
  /** @type {import('./notes.js').NotePlaces} */
  let draggedNotes = NO_PLACES;
  /** @type {({ base: import('./scene.js').Scene, size: number } & ReturnType<typeof createDragged>) | null} */
  let held = null;
  const still = createStill();
  /** @type {Set<string>} cards that have changed since the scene was drawn: they are drawn over it */
  const turned = new Set();
  /** @type {cameras.Camera | null} from where the scene was drawn; null: something else lies there */
  let drawnFrom = null;
  const scale = { rate_max: 0 };
  let weight = 0; // of what there was to draw
  let isTravelling = false;
  const cards = createCards();
  const words = { p99: app.t('canvas.p99'), inFlight: app.t('canvas.in_flight'), inService: app.t('canvas.in_service'), waiting: app.t('canvas.waiting') };
  const dots = createDots();
  const errors = createErrorRates();
  const reduced = matchMedia('(prefers-reduced-motion: reduce)');
  const access = createAccess(app, {
    onFocus: (item) => board.onItemFocus(item),
    onBlur: () => board.redraw('overlay'),
    onPress: (item) => board.select(item, false),
  });
  const minimap = createMinimap(app, (x, y) => {
    board.setCamera({ ...board.camera, x: x - board.width / 2 / board.camera.zoom, y: y - board.height / 2 / board.camera.zoom });
  });
  const foot = el('div', { class: 'canvas-foot' }, legend, tools.element);
  const element = el('div', { class: 'canvas' }, stage, access.element, empty, minimap.element, foot);

  /** @type {number[]} index in the run of each edge of the document */
  let runEdges = [];
  /** @type {number[]} and the other way */
  let sceneEdges = [];

  const showTweaks = () => tweaks.update(dragged !== null || board.overlay.connect !== null);
  const isRunning = () => app.run.state === 'running';

  let isStale = false;
  /** @type {import('../types.js').Frame | null} a past moment that is shown instead of the latest */
  let moment = null;

  /** @type {{ layout: import('../types.js').RunLayout | null, edges: unknown } | null} of what the edges were matched */
  let matched = null;

  /** The run may be of an older document: its edges are found by name. */
  function matchEdges() {
    isStale = app.run.isStale;
    const { layout } = app.run;
    if (matched?.layout === layout && matched.edges === scene.design.edges) return;
    matched = { layout, edges: scene.design.edges };
    const names = app.run.layout?.edges ?? [];
    const inRun = new Map(names.map((name, i) => [name, i]));
    const inScene = new Map(scene.edges.map((edge) => [edge.name, edge.index]));
    runEdges = scene.edges.map((edge) => inRun.get(edge.name) ?? -1);
    sceneEdges = names.map((name) => inScene.get(name) ?? -1);
  }

  function paint() {
    frameWanted = 0;
    if (board.width === 0 || board.height === 0) return;
    if (sceneStale || viewStale || liveStale) paintScene();
    paintOverlay();
  }

  /** What is drawn over the scene, as a scene of its own. @returns {import('./scene.js').Scene} */
  const over = () => ({ ...scene, containers: [], edges: [], nodes: [...turned].flatMap((id) => scene.byId.get(id) ?? []) });

  /** Whether something much is being done to a drawing with much in it: then live numbers come less often, for the hand comes first. */
  const isBusy = () => weight > HEAVY && (isTurning || isTravelling || held !== null);

  /** What a run says is drawn at once, where there is little to draw; otherwise bit by bit, between the frames. */
  function redrawLive() {
    if (weight > HEAVY && isRunning() && !sceneStale && (drawnFrom === board.camera || isTravelling || held !== null)) refresh();
    else board.redraw('live');
  }

  /** Draws a picture anew between the frames, while the one before is shown. */
  function refresh() {
    if (still.isBeingMade) return;
    sceneStale = liveStale = false;
    lookAtRun();
    const picture = board.picture();
    still.begin(held ? { ...picture, scene: { ...held.rest, containers: scene.containers, into: scene.into } } : picture, held);
    afterFrame('drawing', refreshOn);
  }

  function refreshOn() {
    const drawn = still.step();
    if (still.isBeingMade) afterFrame('drawing', refreshOn);
    if (drawn === null) return;
    weight = drawn + (held ? HEAVY : 0);
    if (isTravelling || held !== null) board.redraw('view');
    else if (still.from === board.camera && !sceneStale) {
      still.show(context, board.picture());
      drawnFrom = board.camera;
    } else board.redraw('scene');
  }

  /** The picture that is shown while the view travels is not what there is any more. */
  function refreshSoon() {
    const rest = REFRESH_MS - (performance.now() - liveDrawn);
    if (rest <= 0) refresh();
    else refreshTimer ||= window.setTimeout(() => {
      refreshTimer = 0;
      if (isTravelling || held !== null) refreshSoon();
      else board.redraw('scene');
    }, rest);
  }

  function lookAtRun() {
    liveDrawn = performance.now();
    if (app.run.frame) for (const node of scene.nodes) errors.look(node.id, app.run.frame.node(node.id));
  }

  /** A number that is being turned changes the document with every frame. */
  function noteTurn() {
    const now = performance.now();
    isTurning = now - changed < TURNED_MS;
    app.run.giveWay();
    changed = now;
    clearTimeout(turnTimer);
    turnTimer = window.setTimeout(() => {
      isTurning = false;
      board.redraw('scene');
    }, TURNED_MS);
  }

  function paintScene() {
    viewStale = false;
    sceneStale ||= liveStale;
    liveStale = false;
    drawnFrom = null;
    const picture = board.picture();
    const isHeavy = weight > HEAVY && (isTravelling || held !== null);
    if (isHeavy && still.serves(picture, sceneStale, held)) {
      still.show(context, picture);
      if (held) drawOver(context, { ...picture, scene: held.moving(), isPart: true });
      if (sceneStale) refreshSoon();
    } else {
      sceneStale = false;
      turned.clear();
      lookAtRun();
      if (isHeavy) {
        weight = still.draw(held ? { ...picture, scene: { ...held.rest, containers: scene.containers, into: scene.into } } : picture, held) + (held ? HEAVY : 0);
        still.show(context, picture);
        if (held) drawOver(context, { ...picture, scene: held.moving(), isPart: true });
      } else {
        still.forget();
        weight = drawScene(context, picture);
        drawnFrom = board.camera;
      }
      if (cards.isBehind) redrawBehind();
    }
    minimap.draw(scene, board, theme);
  }

  /** Cards that were not drawn for want of time come with the next frame, or between the frames. */
  function redrawBehind() {
    if (weight > HEAVY && isRunning()) refresh();
    else board.redraw('scene');
  }

  function paintOverlay() {
    const scale = board.camera.zoom * ratio;
    overContext.setTransform(1, 0, 0, 1, 0, 0);
    overContext.clearRect(0, 0, top.width, top.height);
    if (turned.size > 0) {
      drawOver(overContext, { ...board.picture(), scene: over(), isPart: true });
      if (cards.isBehind) board.redraw('overlay');
    }
    overContext.setTransform(scale, 0, 0, scale, -board.camera.x * scale, -board.camera.y * scale);
    if (!theme.still) dots.draw(overContext, scene, theme, board.camera.zoom, isRunning());
    drawOverlay(overContext, { ...board.overlay, ring: access.ringIn(scene) }, scene, theme, board.camera.zoom);
    if (dots.count > 0 && isRunning() && !theme.still) board.redraw('overlay');
  }

  /** @param {number} now */
  function showLegend(now) {
    if (now - board.legendAt < 500) return;
    board.legendAt = now;
    const some = !theme.still && app.run.moves.count > 0;
    legend.hidden = !some && dots.count === 0;
    if (legend.hidden) return;
    const parts = [app.t('canvas.one_dot', { n: dots.oneIn })];
    if (dots.isSlowed) parts.push(app.t('canvas.dots_slowed'));
    const text = parts.join(' · ');
    if (legend.textContent !== text) legend.textContent = text;
  }

  const board = {
    app, canvas, element, access,
    /** Puts a note at a place. @param {number} x @param {number} y world */
    addNote: (x, y) => notes.add(x, y),
    /** Lets one be written anew. @param {number} index */
    editNote: (index) => notes.edit(index),
    overlay: createOverlay(),
    camera: /** @type {cameras.Camera} */ ({ x: 0, y: 0, zoom: 1 }),
    width: 0,
    height: 0,
    legendAt: 0,
    /** @type {string | undefined} the node whose connections are being walked */
    walked: undefined,
    get scene() {
      return scene;
    },

    // --- Drawing -------------------------------------------------------------------------------

    /** Everything that one drawing needs. @returns {import('./render.js').Picture} */
    picture() {
      const frame = moment ?? app.run.frame;
      return {
        scene, camera: board.camera, width: board.width, height: board.height, ratio,
        theme: isStale ? paleTheme(theme) : theme, frame, runEdges,
        selectedNodes: app.selection.nodes, selectedEdges: app.selection.edges, hoverEdge,
        faults: frame ? activeFaults(app.document.get(), frame.header['time_s'] ?? 0) : NO_FAULTS,
        results: moment ? null : app.run.results,
        scale, cards, errors: moment ? momentErrors(moment) : errors, isMoving, words,
      };
    },

    /** @param {'scene' | 'live' | 'view' | 'overlay'} what */
    redraw(what) {
      if (what === 'scene') sceneStale = true;
      if (what === 'live') liveStale = true;
      if (what === 'view') viewStale = true;
      if (frameWanted === 0) frameWanted = requestAnimationFrame(paint);
    },
    /** @param {number} width @param {number} height */
    resize(width, height) {
      ratio = Math.min(3, devicePixelRatio || 1);
      board.width = width;
      board.height = height;
      still.forget();
      drawnFrom = null;
      for (const layer of [canvas, top]) {
        layer.width = Math.max(1, Math.round(width * ratio));
        layer.height = Math.max(1, Math.round(height * ratio));
      }
      // A view that nobody has moved since it was fitted stays fitted.
      if (width > 0 && (!fitted || board.camera === fittedCamera)) board.fit();
      const item = access.focused;
      if (item) board.onItemFocus(item);
      if (width > 0 && scene.notes.length > 0) {
        notes.measure();
        access.update(scene);
      }
      sceneStale = true;
      if (width > 0) paint();
    },
    retheme() {
      theme = readTheme(document.documentElement);
      minimap.forget();
      cards.clear();
      still.forget();
      drawnFrom = null;
      board.redraw('scene');
    },
    rebuild() {
      base = buildScene(app.document.get(), app.catalog, app.diagnostics, app.t, base);
      scene = base;
      if (dragged) board.drag(dragged, draggedNotes);
      if (!base.changed) cards.keep(scene.byId);
      matchEdges();
      noteTurn();
      notes.update(scene.notes);
      access.update(scene);
      showTweaks();
      empty.hidden = scene.nodes.length > 0 || app.catalog === null;
      if (shownName !== app.document.name) {
        shownName = app.document.name;
        dots.clear();
        fitted = false;
      }
      if (!fitted) board.fit();
      if (board.overlay.ports !== null && !scene.byId.has(board.overlay.ports)) board.overlay.ports = null;
      if (board.overlay.connect && !scene.byId.has(board.overlay.connect.from)) board.overlay.connect = null;
      // A few cards that change again and again are drawn over the scene, if that is much to draw.
      const isOver = base.changed !== null && isTurning && weight > SOME && drawnFrom === board.camera;
      if (isOver) for (const id of base.changed ?? []) turned.add(id);
      board.redraw(isOver ? 'overlay' : 'scene');
    },
    onDiagnostics() {
      base = withDiagnostics(base, app.diagnostics);
      scene = base;
      if (dragged) board.drag(dragged, draggedNotes);
      access.update(scene);
      board.redraw('scene');
    },
    onSelection() {
      access.select();
      notes.select();
      const [only] = app.selection.nodes;
      board.overlay.ports = app.selection.nodes.size === 1 && only !== undefined ? only : null;
      showTweaks();
      board.redraw('scene');
    },
    onFrame() {
      const now = performance.now();
      const rest = app.run.state === 'running' ? (isBusy() ? REFRESH_MS : LIVE_MS) - (now - liveDrawn) : 0;
      if (rest <= 0) redrawLive();
      else if (liveTimer === 0) {
        liveTimer = window.setTimeout(() => {
          liveTimer = 0;
          redrawLive();
        }, rest);
      }
      showLegend(now);
      access.describe(board.describe, false);
    },
    onMoves() {
      if (reduced.matches || document.hidden) return;
      dots.add(app.run.moves, app.run.speed, scene.edges.length, sceneEdges);
      board.redraw('overlay');
    },
    onRunState() {
      matchEdges();
      moment = null;
      if (app.run.state === 'idle') errors.clear();
      if (app.run.state !== 'running' && app.run.state !== 'paused') dots.clear();
      if (app.run.state !== 'running') access.describe(board.describe, true);
      legend.hidden = app.run.state !== 'running' && app.run.state !== 'paused';
      board.redraw('scene');
    },
    /** Shows a past moment, or the latest again. @param {number | null} row of the timeline */
    onPlayhead(row) {
      moment = row === null ? null : momentOf(app.run, row);
      if (moment) {
        legend.hidden = false;
        legend.textContent = app.t('canvas.moment', { time: duration(moment.header['time_s']) });
      } else {
        legend.hidden = app.run.state !== 'running' && app.run.state !== 'paused';
      }
      board.redraw('scene');
    },
    /** What a screen reader says of a node's state. @param {string} id */
    describe(id) {
      const node = scene.byId.get(id);
      const view = app.run.frame?.node(id);
      const live = node && view ? liveOf(view, node) : null;
      if (!live) return '';
      const p99 = live.right === '' ? '–' : live.right;
      if (node?.isSource) return app.t('canvas.live_source', { rate: live.gauge, p99 });
      return app.t('canvas.live_node', { load: live.gauge, queue: live.queue, p99 });
    },

    // --- View ----------------------------------------------------------------------------------

    /** @param {number} x @param {number} y client @returns {[number, number]} */
    local(x, y) {
      const box = canvas.getBoundingClientRect();
      return [x - box.left, y - box.top];
    },
    /** World point of a client point, if it is over the canvas. @param {number} x @param {number} y */
    worldAt(x, y) {
      const [lx, ly] = board.local(x, y);
      if (lx < 0 || ly < 0 || lx > board.width || ly > board.height) return null;
      const [wx, wy] = cameras.toWorld(board.camera, lx, ly);
      return { x: wx, y: wy };
    },
    /** @param {cameras.Camera} camera */
    setCamera(camera) {
      const zooms = camera.zoom !== board.camera.zoom;
      board.camera = camera;
      access.move(camera);
      notes.move(camera);
      tools.show(camera.zoom);
      if (isEditorOnDrawing) board.closeEditors();
      isMoving ||= zooms;
      isTravelling = true;
      app.run.giveWay();
      clearTimeout(settleTimer);
      settleTimer = window.setTimeout(() => {
        isMoving = isTravelling = false;
        board.redraw('scene');
      }, SETTLE_MS);
      board.redraw('view');
    },
    fit() {
      if (board.width === 0) return;
      fitted = true;
      // The tools of the view lie along the lower edge.
      const insets = board.width < 480 ? { x: 14, top: 20, bottom: 64 } : { x: 36, top: 28, bottom: 60 };
      board.setCamera(cameras.fit(scene.bounds, board.width, board.height, insets));
      fittedCamera = board.camera;
      isMoving = isTravelling = false;
      board.redraw('scene');
    },
    /** Brings what a JSON pointer is about into view, and selects it. @param {string} pointer */
    revealPointer(pointer) {
      const [, object, key = ''] = pointer.split('/');
      const id = key.replaceAll('~1', '/').replaceAll('~0', '~');
      if (object === 'nodes' && scene.byId.has(id)) {
        app.selection.set({ nodes: [id] });
        access.focusNode(id);
      } else if (object === 'edges' && scene.edges[Number(id)]) {
        app.selection.set({ edges: [Number(id)] });
        access.focusEdge(Number(id));
      } else if (object === 'notes' && key !== '') {
        app.selection.set({ notes: [Number(id)] });
        access.focusNote(Number(id));
      }
    },
    /** @param {string} cursor */
    setCursor(cursor) {
      canvas.style.cursor = cursor;
    },
    /** @param {number} x @param {number} y local */
    hover(x, y) {
      const [wx, wy] = cameras.toWorld(board.camera, x, y);
      const note = noteAt(scene, wx, wy);
      const node = note ? null : nodeAt(scene, wx, wy, 16);
      const edge = note || node ? null : edgeAt(scene, wx, wy, 7 / board.camera.zoom);
      const [only] = app.selection.nodes;
      const ports = node?.id ?? (app.selection.nodes.size === 1 ? (only ?? null) : null);
      if (board.overlay.connect && x > -1e8) aimConnect(board, wx, wy);
      if (ports !== board.overlay.ports) {
        board.overlay.ports = ports;
        board.redraw('overlay');
      }
      if ((edge?.index ?? -1) !== hoverEdge) {
        hoverEdge = edge?.index ?? -1;
        board.redraw('scene');
      }
      const inside = note ?? nodeAt(scene, wx, wy);
      board.setCursor(node && !inside ? 'crosshair' : inside || edge ? 'pointer' : '');
    },

    // --- Selecting -------------------------------------------------------------------------------

    /** @param {Item} item @param {boolean} add toggles it instead of taking it alone */
    select(item, add) {
      const { node, edge, note } = item;
      const nodes = new Set(add ? app.selection.nodes : []);
      const edges = new Set(add ? app.selection.edges : []);
      const marked = new Set(add ? app.selection.notes : []);
      if (node !== undefined) add && nodes.has(node) ? nodes.delete(node) : nodes.add(node);
      if (edge !== undefined) add && edges.has(edge) ? edges.delete(edge) : edges.add(edge);
      if (note !== undefined) add && marked.has(note) ? marked.delete(note) : marked.add(note);
      app.selection.set({ nodes, edges, notes: marked });
    },
    /** A click, with the focus going along. @param {Item} item @param {boolean} add */
    press(item, add) {
      const isGround = (item.node ?? item.edge ?? item.note) === undefined;
      if (!(add && isGround)) board.select(item, add);
      if (isGround) access.focus();
      else board.focusItem(item);
    },
    /** @param {string} id */
    focusNode(id) {
      access.focusNode(id);
    },
    /** @param {Item} item */
    focusItem({ node, edge, note }) {
      if (node !== undefined) access.focusNode(node);
      else if (edge !== undefined) access.focusEdge(edge);
      else if (note !== undefined) access.focusNote(note);
    },
    /** @param {Item} item */
    onItemFocus(item) {
      const rect = item.node !== undefined
        ? scene.byId.get(item.node)?.rect
        : item.note !== undefined ? scene.notes.find(({ index }) => index === item.note)?.rect : scene.edges[item.edge ?? -1]?.route?.bounds;
      if (item.node !== undefined) board.walked = undefined;
      board.redraw('overlay');
      access.describe(board.describe, false);
      if (rect) board.reveal(rect);
    },
    /** Moves the view as little as is needed to show this. @param {cameras.Rect} rect world */
    reveal(rect) {
      const camera = cameras.reveal(board.camera, rect, board.width, board.height);
      if (camera !== board.camera) board.setCamera(camera);
    },
    /** What is done to the focused item is done to it alone if it is not one of the selected. */
    selectFocused() {
      const item = access.focused;
      if (item && !board.isSelected(item)) board.select(item, false);
    },
    /** @param {Item} item */
    isSelected({ node, edge, note }) {
      if (note !== undefined) return app.selection.notes.has(note);
      return node !== undefined ? app.selection.nodes.has(node) : app.selection.edges.has(edge ?? -1);
    },
    selectAll() {
      app.selection.set({ nodes: scene.byId.keys(), edges: scene.edges.map((edge) => edge.index), notes: scene.notes.map(({ index }) => index) });
    },
    escape() {
      if (board.overlay.connect) cancelConnect(board);
      else if (dragged) board.drag(null);
      else app.selection.clear();
    },

    // --- Moving ----------------------------------------------------------------------------------

    /**
     * Shows cards and notes elsewhere while they are dragged.
     * @param {ReadonlyMap<string, [number, number]> | null} places @param {import('./notes.js').NotePlaces} [notePlaces]
     */
    drag(places, notePlaces = NO_PLACES) {
      dragged = places;
      draggedNotes = notePlaces;
      showTweaks();
      app.run.giveWay();
      if (!places) {
        held = null;
        scene = base;
        notes.place(base.notes);
        board.redraw('scene');
        return;
      }
      if (places.size > 0) {
        if (held?.base !== base || held.size !== places.size) held = { base, size: places.size, ...createDragged(base, new Set(places.keys())) };
        scene = held.scene;
        board.redraw(held.move(places) ? 'scene' : 'view');
      } else {
        scene = { ...base };
        board.redraw('overlay');
      }
      if (notePlaces.size === 0) return;
      scene.notes = notesMoved(base.notes, notePlaces);
      notes.place(scene.notes);
    },
    drop() {
      const places = dragged;
      const notePlaces = draggedNotes;
      dragged = null;
      draggedNotes = NO_PLACES;
      held = null;
      showTweaks();
      scene = base;
      if (places && !dropInto(board, places, notePlaces)) commitPlaces(board, Object.fromEntries(places), notePlaces);
      else board.redraw('scene');
    },
    // --- What lies open over the drawing ---------------------------------------------------------

    /**
     * A menu or a field; only one at a time. What lies on the drawing closes when that moves.
     * @param {() => void} close @param {boolean} [isOnDrawing]
     */
    openEditor(close, isOnDrawing = true) {
      board.closeEditors();
      closeEditor = close;
      isEditorOnDrawing = isOnDrawing;
    },
    closeEditors() {
      const close = closeEditor;
      closeEditor = null;
      close?.();
    },
    dispose() {
      cancelAnimationFrame(frameWanted);
      notAfterFrame('drawing');
      for (const timer of [settleTimer, liveTimer, refreshTimer, turnTimer]) clearTimeout(timer);
      board.closeEditors();
    },
  };
  const tweaks = createTweaks(board);
  const notes = createNotes(board);
  notes.update(scene.notes);
  access.element.after(notes.element);
  legend.after(tweaks.element);
  access.update(scene);
  empty.hidden = scene.nodes.length > 0 || app.catalog === null;
  return board;
}

/** Shares of failures at a past moment. @param {import('../types.js').Frame} moment */
function momentErrors(moment) {
  return {
    get(/** @type {string} */ id) {
      const view = moment.node(id);
      const failed = view?.['errors'] ?? 0;
      const all = failed + (view?.['completions'] ?? 0);
      return failed > 0 && all > 0 ? failed / all : 0;
    },
  };
}
