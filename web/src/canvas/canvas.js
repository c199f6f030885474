/// The canvas: the design, drawn, and edited where it stands. Two layers: the scene, drawn when
/// something on it changes, and over it what moves (requests, handles), drawn a frame at a time.

import { freeId } from '../commands/duplicate_nodes.js';
import { el } from '../dom.js';
import { icon } from '../icons/icon.js';
import { addNodeOfType } from '../palette/add.js';
import { createAccess } from './access.js';
import * as cameras from './camera.js';
import { createCards } from './card.js';
import { adapted, fragmentText, parseFragment } from './clipboard.js';
import { contextEntries } from './context.js';
import { createDots } from './dots.js';
import { addFault, align, connectNodes, rename } from './edit.js';
import { CARD_HEIGHT, CARD_WIDTH, freePlace, neighbour, snap } from './geometry.js';
import { addActions, onCanvasKey } from './keys.js';
import { loadLibrary } from '../libraries/libraries.js';
import { layoutOf } from './layout.js';
import { createErrorRates, liveOf } from './live.js';
import { openMenu } from './menu.js';
import { createMinimap } from './minimap.js';
import { createOverlay, drawOverlay } from './overlay.js';
import { listenToPointer } from './pointer.js';
import { openRename } from './rename.js';
import { drawScene } from './render.js';
import { buildScene, edgeAt, nodeAt, withPlaces } from './scene.js';
import { paleTheme, readTheme } from './theme.js';

/** @typedef {import('../types.js').App} App */
/** @typedef {ReturnType<typeof createBoard>} Board */
/** @typedef {{ node?: string | undefined, edge?: number | undefined }} Item */

const LIVE_MS = 100; // numbers on cards change ten times a second: faster cannot be read
const SETTLE_MS = 140; // after the last move of the view its pictures become sharp

/**
 * @param {App} app
 * @returns {import('../types.js').Panel & { board: Board }}
 */
export function createCanvas(app) {
  const board = createBoard(app);
  const stop = [
    listenToPointer(board),
    app.signals.on('document', () => board.rebuild()),
    app.signals.on('catalog', () => board.rebuild()),
    app.signals.on('diagnostics', () => board.rebuild()),
    app.signals.on('selection', () => board.onSelection()),
    app.signals.on('frame', () => board.onFrame()),
    app.signals.on('moves', () => board.onMoves()),
    app.signals.on('run-state', () => board.onRunState()),
    app.signals.on('theme', () => board.retheme()),
    app.signals.on('place-node', (wish) => board.placeNode(wish)),
    app.signals.on('reveal', (pointer) => board.revealPointer(String(pointer))),
    listenToClipboard(board),
    listenToSize(board),
  ];
  addActions(board);
  board.element.addEventListener('keydown', (event) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLButtonElement) return;
    onCanvasKey(board, event);
  });
  return {
    element: board.element,
    update: () => board.rebuild(),
    dispose() {
      for (const end of stop) end();
      board.dispose();
    },
    board,
  };
}

/** @param {App} app */
function createBoard(app) {
  const canvas = el('canvas', { class: 'canvas-scene', 'aria-hidden': 'true' });
  const top = el('canvas', { class: 'canvas-top', 'aria-hidden': 'true' });
  const legend = el('div', { class: 'canvas-legend', hidden: true });
  const empty = el('div', { class: 'canvas-empty', hidden: true }, app.t('canvas.empty'));
  const stage = el('div', { class: 'canvas-stage' }, canvas, top);
  const tools = zoomTools(app);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
  const overContext = /** @type {CanvasRenderingContext2D} */ (top.getContext('2d'));

  let theme = readTheme(document.documentElement);
  let base = buildScene(app.document.get(), app.catalog, app.diagnostics);
  let scene = base;
  let frameWanted = 0;
  let sceneStale = true;
  let liveDrawn = 0;
  let liveTimer = 0;
  let isMoving = false;
  let settleTimer = 0;
  let ratio = 1;
  let fitted = false;
  /** @type {import('./camera.js').Camera | null} */
  let fittedCamera = null;
  let hoverEdge = -1;
  let shownName = app.document.name;
  /** @type {(() => void) | null} */
  let closeMenu = null;
  /** @type {(() => void) | null} */
  let closeRename = null;
  /** @type {ReadonlyMap<string, [number, number]> | null} */
  let dragged = null;
  const cards = createCards();
  const words = { p99: app.t('canvas.p99'), inFlight: app.t('canvas.in_flight'), inService: app.t('canvas.in_service') };
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
  const element = el('div', { class: 'canvas' }, stage, access.element, empty, legend, minimap.element, tools.element);

  /** @type {number[]} index in the run of each edge of the document */
  let runEdges = [];
  /** @type {number[]} and the other way */
  let sceneEdges = [];

  const isRunning = () => app.run.state === 'running';

  let isStale = false;

  /** The run may be of an older document: its edges are found by name. */
  function matchEdges() {
    isStale = app.run.isStale;
    const names = app.run.layout?.edges ?? [];
    const inRun = new Map(names.map((name, i) => [name, i]));
    const inScene = new Map(scene.edges.map((edge) => [edge.name, edge.index]));
    runEdges = scene.edges.map((edge) => inRun.get(edge.name) ?? -1);
    sceneEdges = names.map((name) => inScene.get(name) ?? -1);
  }

  function paint() {
    frameWanted = 0;
    if (board.width === 0 || board.height === 0) return;
    if (sceneStale) {
      sceneStale = false;
      liveDrawn = performance.now();
      if (app.run.frame) for (const node of scene.nodes) errors.look(node.id, app.run.frame.node(node.id));
      drawScene(context, {
        scene, camera: board.camera, width: board.width, height: board.height, ratio,
        theme: isStale ? paleTheme(theme) : theme,
        frame: app.run.frame, selectedNodes: app.selection.nodes, selectedEdges: app.selection.edges,
        hoverEdge, cards, errors, isMoving, words, runEdges,
      });
      minimap.draw(scene, board, theme);
      if (cards.isBehind) board.redraw('scene');
    }
    paintOverlay();
  }

  function paintOverlay() {
    const scale = board.camera.zoom * ratio;
    overContext.setTransform(1, 0, 0, 1, 0, 0);
    overContext.clearRect(0, 0, top.width, top.height);
    overContext.setTransform(scale, 0, 0, scale, -board.camera.x * scale, -board.camera.y * scale);
    if (!theme.still) dots.draw(overContext, scene, theme, board.camera.zoom, isRunning());
    drawOverlay(overContext, { ...board.overlay, ring: access.ring }, scene, theme, board.camera.zoom);
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

    /** @param {'scene' | 'overlay'} what */
    redraw(what) {
      if (what === 'scene') sceneStale = true;
      if (frameWanted === 0) frameWanted = requestAnimationFrame(paint);
    },
    /** @param {number} width @param {number} height */
    resize(width, height) {
      ratio = Math.min(3, devicePixelRatio || 1);
      board.width = width;
      board.height = height;
      for (const layer of [canvas, top]) {
        layer.width = Math.max(1, Math.round(width * ratio));
        layer.height = Math.max(1, Math.round(height * ratio));
      }
      // A view that nobody has moved since it was fitted stays fitted.
      if (width > 0 && (!fitted || board.camera === fittedCamera)) board.fit();
      const item = access.focused;
      if (item) board.onItemFocus(item);
      sceneStale = true;
      if (width > 0) paint();
    },
    retheme() {
      theme = readTheme(document.documentElement);
      minimap.forget();
      cards.clear();
      board.redraw('scene');
    },
    rebuild() {
      base = buildScene(app.document.get(), app.catalog, app.diagnostics);
      scene = dragged ? withPlaces(base, /** @type {any} */ (dragged)) : base;
      cards.keep(new Set(scene.byId.keys()));
      matchEdges();
      access.update(scene);
      empty.hidden = scene.nodes.length > 0 || app.catalog === null;
      if (shownName !== app.document.name) {
        shownName = app.document.name;
        dots.clear();
        fitted = false;
      }
      if (!fitted) board.fit();
      if (board.overlay.ports !== null && !scene.byId.has(board.overlay.ports)) board.overlay.ports = null;
      if (board.overlay.connect && !scene.byId.has(board.overlay.connect.from)) board.cancelConnect();
      board.redraw('scene');
    },
    onSelection() {
      access.select();
      const [only] = app.selection.nodes;
      board.overlay.ports = app.selection.nodes.size === 1 && only !== undefined ? only : null;
      board.redraw('scene');
    },
    onFrame() {
      const now = performance.now();
      if (now - liveDrawn >= LIVE_MS || app.run.state !== 'running') {
        board.redraw('scene');
      } else if (liveTimer === 0) {
        liveTimer = window.setTimeout(() => {
          liveTimer = 0;
          board.redraw('scene');
        }, LIVE_MS - (now - liveDrawn));
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
      if (app.run.state === 'idle') errors.clear();
      if (app.run.state !== 'running' && app.run.state !== 'paused') dots.clear();
      if (app.run.state !== 'running') access.describe(board.describe, true);
      legend.hidden = app.run.state !== 'running' && app.run.state !== 'paused';
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
    /** @param {cameras.Camera} camera */
    setCamera(camera) {
      const zooms = camera.zoom !== board.camera.zoom;
      board.camera = camera;
      access.move(camera);
      tools.show(camera.zoom);
      board.closeEditors();
      if (zooms) {
        isMoving = true;
        clearTimeout(settleTimer);
        settleTimer = window.setTimeout(() => {
          isMoving = false;
          board.redraw('scene');
        }, SETTLE_MS);
      }
      board.redraw('scene');
    },
    fit() {
      if (board.width === 0) return;
      fitted = true;
      // The tools of the view lie along the lower edge.
      const insets = board.width < 480 ? { x: 14, top: 20, bottom: 64 } : { x: 36, top: 28, bottom: 60 };
      board.setCamera(cameras.fit(scene.bounds, board.width, board.height, insets));
      fittedCamera = board.camera;
      isMoving = false;
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
      }
    },
    /** @param {string} cursor */
    setCursor(cursor) {
      canvas.style.cursor = cursor;
    },
    /** @param {number} x @param {number} y local */
    hover(x, y) {
      const [wx, wy] = cameras.toWorld(board.camera, x, y);
      const node = nodeAt(scene, wx, wy, 16);
      const edge = node ? null : edgeAt(scene, wx, wy, 7 / board.camera.zoom);
      const [only] = app.selection.nodes;
      const ports = node?.id ?? (app.selection.nodes.size === 1 ? (only ?? null) : null);
      if (board.overlay.connect && x > -1e8) board.aimConnect(wx, wy);
      if (ports !== board.overlay.ports) {
        board.overlay.ports = ports;
        board.redraw('overlay');
      }
      if ((edge?.index ?? -1) !== hoverEdge) {
        hoverEdge = edge?.index ?? -1;
        board.redraw('scene');
      }
      const inside = nodeAt(scene, wx, wy);
      board.setCursor(node && !inside ? 'crosshair' : inside || edge ? 'pointer' : '');
    },

    // --- Selecting -------------------------------------------------------------------------------

    /** @param {Item} item @param {boolean} add toggles it instead of taking it alone */
    select(item, add) {
      const { node, edge } = item;
      const nodes = new Set(add ? app.selection.nodes : []);
      const edges = new Set(add ? app.selection.edges : []);
      if (node !== undefined) add && nodes.has(node) ? nodes.delete(node) : nodes.add(node);
      if (edge !== undefined) add && edges.has(edge) ? edges.delete(edge) : edges.add(edge);
      app.selection.set({ nodes, edges });
    },
    /** A click, with the focus going along. @param {Item} item @param {boolean} add */
    press(item, add) {
      if (!(add && item.node === undefined && item.edge === undefined)) board.select(item, add);
      if (item.node !== undefined) access.focusNode(item.node);
      else if (item.edge !== undefined) access.focusEdge(item.edge);
      else access.focus();
    },
    /** @param {string} id */
    focusNode(id) {
      access.focusNode(id);
    },
    /** @param {Item} item */
    onItemFocus(item) {
      const rect = item.node !== undefined
        ? scene.byId.get(item.node)?.rect
        : scene.edges[item.edge ?? -1]?.route?.bounds;
      if (item.node !== undefined) board.walked = undefined;
      board.redraw('overlay');
      access.describe(board.describe, false);
      if (!rect) return;
      const camera = cameras.reveal(board.camera, rect, board.width, board.height);
      if (camera !== board.camera) board.setCamera(camera);
    },
    selectAll() {
      app.selection.set({ nodes: scene.byId.keys(), edges: scene.edges.map((edge) => edge.index) });
    },
    escape() {
      if (board.overlay.connect) board.cancelConnect();
      else if (dragged) board.drag(null);
      else app.selection.clear();
    },

    // --- Moving ----------------------------------------------------------------------------------

    /** Shows cards elsewhere while they are dragged. @param {ReadonlyMap<string, [number, number]> | null} places */
    drag(places) {
      dragged = places;
      scene = places ? withPlaces(base, /** @type {any} */ (places)) : base;
      board.redraw('scene');
    },
    drop() {
      const places = dragged;
      dragged = null;
      if (places) board.commitPlaces(Object.fromEntries(places));
    },
    /**
     * Writes places; the automatic ones of the other nodes too, so that nothing jumps.
     * @param {Record<string, [number, number]>} places
     */
    commitPlaces(places) {
      /** @type {Record<string, [number, number]>} */
      const all = {};
      const written = app.document.get().layout ?? {};
      for (const node of scene.nodes) if (!(node.id in written)) all[node.id] = [node.rect.x, node.rect.y];
      app.document.execute(app.commands.moveNodes({ ...all, ...places }));
    },
    /** @param {number} dx @param {number} dy */
    nudge(dx, dy) {
      board.selectFocused();
      /** @type {Record<string, [number, number]>} */
      const places = {};
      for (const id of app.selection.nodes) {
        const rect = scene.byId.get(id)?.rect;
        if (rect) places[id] = [snap(rect.x) + dx, snap(rect.y) + dy];
      }
      if (Object.keys(places).length > 0) board.commitPlaces(places);
    },
    async tidy() {
      await loadLibrary('dagre').catch(() => {}); // without it the nodes lie in rows
      const design = app.document.get();
      const links = design.edges.map(({ from, to }) => ({ from, to }));
      app.document.execute(app.commands.moveNodes(layoutOf(Object.keys(design.nodes), links)));
      board.fit();
    },
    /** @param {import('./edit.js').Alignment} how */
    align(how) {
      align(app, scene, how);
    },

    // --- Connecting ------------------------------------------------------------------------------

    /** @param {string} from @param {number} x @param {number} y world */
    armConnect(from, x, y) {
      board.overlay.connect = { from, x, y, to: null };
      board.redraw('overlay');
    },
    /** @param {number} x @param {number} y world */
    aimConnect(x, y) {
      const connect = board.overlay.connect;
      if (!connect) return;
      const node = nodeAt(scene, x, y, 10);
      board.overlay.connect = { ...connect, x, y, to: node && node.id !== connect.from ? node.id : null };
      board.redraw('overlay');
    },
    /** @param {number} x @param {number} y world */
    finishConnect(x, y) {
      board.aimConnect(x, y);
      const connect = board.overlay.connect;
      if (!connect) return;
      if (connect.to !== null) {
        board.acceptConnect();
        return;
      }
      board.cancelConnect();
      // Let go over empty ground: what should be there?
      const onSelf = nodeAt(scene, x, y, 16)?.id === connect.from;
      if (!onSelf) app.signals.emit('add-node', { x: x - CARD_WIDTH / 2, y: y - CARD_HEIGHT / 2, from: connect.from });
    },
    acceptConnect() {
      const connect = board.overlay.connect;
      board.overlay.connect = null;
      board.redraw('overlay');
      if (!connect || connect.to === null) return;
      const problem = connectNodes(app, connect.from, connect.to);
      if (problem) {
        app.notify(problem, { kind: 'error' });
        return;
      }
      const index = app.document.get().edges.length - 1;
      app.selection.set({ edges: [index] });
      access.focusEdge(index);
      access.say(app.t('canvas.connected', {
        from: scene.byId.get(connect.from)?.name ?? connect.from,
        to: scene.byId.get(connect.to)?.name ?? connect.to,
      }));
    },
    cancelConnect() {
      if (board.overlay.connect) access.focusNode(board.overlay.connect.from);
      board.overlay.connect = null;
      board.redraw('overlay');
    },
    /** From the keyboard: the target is chosen with arrows, taken with Enter. */
    connectSelected() {
      const focused = access.focused?.node;
      const [first] = app.selection.nodes;
      const from = focused ?? first;
      const rect = from === undefined ? undefined : scene.byId.get(from)?.rect;
      if (from === undefined || !rect) return;
      access.focusNode(from);
      const x = rect.x + rect.width + 60;
      board.overlay.connect = { from, x, y: rect.y + rect.height / 2, to: null };
      const guess = neighbour(scene.rects, from, 'right') ?? neighbour(scene.rects, from, 'bottom');
      if (guess !== null) board.aimAt(guess);
      access.say(app.t('canvas.connect_help'));
      board.redraw('overlay');
    },
    /** @param {string} id */
    aimAt(id) {
      const rect = scene.byId.get(id)?.rect;
      const connect = board.overlay.connect;
      if (!rect || !connect) return;
      const camera = cameras.reveal(board.camera, rect, board.width, board.height);
      if (camera !== board.camera) board.setCamera(camera);
      board.overlay.connect = { ...connect, x: rect.x + rect.width / 2, y: rect.y + rect.height / 2, to: id };
      access.say(app.t('canvas.connect_to', { name: scene.byId.get(id)?.name ?? id }));
      board.redraw('overlay');
    },
    /** @param {import('./geometry.js').Side} side */
    stepConnect(side) {
      const connect = board.overlay.connect;
      if (!connect) return;
      const next = neighbour(scene.rects, connect.to ?? connect.from, side);
      if (next !== null && next !== connect.from) board.aimAt(next);
      else if (next !== null) {
        const beyond = neighbour(scene.rects, next, side);
        if (beyond !== null) board.aimAt(beyond);
      }
    },

    // --- Adding, naming, removing --------------------------------------------------------------------

    /**
     * Where a new card goes: at a place, beside the selected one, or in the middle of the view.
     * @param {{ x: number, y: number } | null} wanted world
     * @returns {[number, number]}
     */
    placeFor(wanted) {
      const rects = [...scene.rects.values()];
      if (wanted) return freePlace(rects, wanted.x, wanted.y);
      const [id] = app.selection.nodes;
      const rect = app.selection.nodes.size === 1 && id !== undefined ? scene.byId.get(id)?.rect : undefined;
      if (rect) return freePlace(rects, rect.x + rect.width + 96, rect.y);
      const [x, y] = cameras.toWorld(board.camera, board.width / 2, board.height / 2);
      return freePlace(rects, x - CARD_WIDTH / 2, y - CARD_HEIGHT / 2);
    },
    /**
     * Adds a part from the palette: where it was dropped, where it was asked for, or beside the
     * selected card.
     * @param {{ type: string, x?: number, y?: number, clientX?: number, clientY?: number, from?: string }} wish
     */
    placeNode(wish) {
      let world = wish.x === undefined || wish.y === undefined ? null : { x: wish.x, y: wish.y };
      if (wish.clientX !== undefined && wish.clientY !== undefined) {
        const drop = board.worldAt(wish.clientX, wish.clientY);
        if (!drop) return; // let go beside the drawing: changed one's mind
        world = { x: drop.x - CARD_WIDTH / 2, y: drop.y - CARD_HEIGHT / 2 };
      }
      const place = board.placeFor(world);
      board.writePlaces();
      const id = addNodeOfType(app, wish.type, place, wish.from);
      if (id === null) return;
      app.selection.set({ nodes: [id] });
      access.focusNode(id);
      access.say(app.t('palette.added', { name: scene.byId.get(id)?.name ?? id }));
    },
    /** World point of a client point, if it is over the canvas. @param {number} x @param {number} y */
    worldAt(x, y) {
      const [lx, ly] = board.local(x, y);
      if (lx < 0 || ly < 0 || lx > board.width || ly > board.height) return null;
      const [wx, wy] = cameras.toWorld(board.camera, lx, ly);
      return { x: wx, y: wy };
    },
    duplicate() {
      board.selectFocused();
      const before = new Set(Object.keys(app.document.get().nodes));
      // A copy goes beside what it was made from, so everything needs a written place.
      board.writePlaces();
      app.document.execute(app.commands.duplicateNodes(app.selection.nodes, [32, CARD_HEIGHT + 32]));
      const fresh = Object.keys(app.document.get().nodes).filter((id) => !before.has(id));
      app.selection.set({ nodes: fresh });
      if (fresh[0] !== undefined) access.focusNode(fresh[0]);
    },
    writePlaces() {
      const layout = app.document.get().layout ?? {};
      if (scene.nodes.some((node) => !(node.id in layout))) board.commitPlaces({});
    },
    /** What is done to the focused item is done to it alone if it is not one of the selected. */
    selectFocused() {
      const item = access.focused;
      if (!item) return;
      const isPart = item.node !== undefined ? app.selection.nodes.has(item.node) : app.selection.edges.has(item.edge ?? -1);
      if (!isPart) board.select(item, false);
    },
    remove() {
      board.selectFocused();
      const { nodes, edges } = app.selection;
      if (nodes.size + edges.size === 0) return;
      const had_focus = access.focused !== null;
      const [first] = nodes;
      const next = first === undefined ? null : nearestOther(scene, first, nodes);
      const n = nodes.size + edges.size;
      board.writePlaces();
      app.document.execute(app.commands.removeItems({ nodes: [...nodes], edges: [...edges] }));
      access.say(app.t('canvas.removed', { n }));
      if (had_focus) next !== null ? access.focusNode(next) : access.focus();
    },
    renameSelected() {
      const id = access.focused?.node ?? [...app.selection.nodes][0];
      const node = id === undefined ? undefined : scene.byId.get(id);
      if (!node) return;
      board.closeEditors();
      closeRename = openRename(app, element, node, board.camera, (name) => {
        const now = rename(app, node.id, name);
        app.selection.set({ nodes: [now] });
        access.focusNode(now);
      }, () => {
        closeRename = null;
        if (document.activeElement === document.body) access.focusNode(node.id);
      });
    },
    /** @param {number} x @param {number} y world */
    doubleClick(x, y) {
      const node = nodeAt(scene, x, y);
      const edge = node ? null : edgeAt(scene, x, y, 7 / board.camera.zoom);
      if (node) {
        board.select({ node: node.id }, false);
        access.focusNode(node.id);
        board.renameSelected();
      } else if (edge) {
        board.select({ edge: edge.index }, false);
        app.signals.emit('inspect');
      } else {
        app.signals.emit('add-node', { x: x - CARD_WIDTH / 2, y: y - CARD_HEIGHT / 2 });
      }
    },
    copyText() {
      return app.selection.nodes.size === 0
        ? null
        : fragmentText(app.document.get(), app.selection.nodes, scene.rects);
    },
    /** @param {string} text @returns {boolean} whether it was a design or a piece of one */
    pasteText(text) {
      const fragment = parseFragment(text);
      if (!fragment) return false;
      board.writePlaces();
      const placed = Object.values(fragment.layout);
      const occupied = placed.some(([x, y]) => [...scene.rects.values()].some((r) => r.x === x && r.y === y));
      const fresh = adapted(fragment, app.document.get(), occupied ? [32, CARD_HEIGHT + 32] : [0, 0], freeId);
      app.document.execute(app.commands.pasteItems(fresh));
      app.selection.set({ nodes: Object.keys(fresh.nodes) });
      const [first] = Object.keys(fresh.nodes);
      if (first !== undefined) access.focusNode(first);
      return true;
    },
    /** @param {string} id @param {Record<string, unknown>} fault */
    addFault(id, fault) {
      addFault(app, { target: id, ...fault }, app.run.duration_s || 600);
      app.notify(app.t('canvas.fault_added', { name: scene.byId.get(id)?.name ?? id }));
    },

    // --- Menus -----------------------------------------------------------------------------------

    /** @param {number} x @param {number} y client */
    openContext(x, y) {
      const [wx, wy] = cameras.toWorld(board.camera, ...board.local(x, y));
      const node = nodeAt(scene, wx, wy);
      const edge = node ? null : edgeAt(scene, wx, wy, 9 / board.camera.zoom);
      const isPart = node ? app.selection.nodes.has(node.id) : edge ? app.selection.edges.has(edge.index) : false;
      if (!isPart) board.press({ node: node?.id, edge: edge?.index }, false);
      board.openMenuFor({ node: node?.id, edge: edge?.index }, x, y, { x: wx, y: wy });
    },
    openContextAtFocus() {
      const item = access.focused;
      const box = document.activeElement?.getBoundingClientRect();
      if (!item || !box) return;
      board.selectFocused();
      board.openMenuFor(item, box.left + box.width / 2, box.top + box.height / 2, null);
    },
    /** @param {Item} item @param {number} x @param {number} y @param {{ x: number, y: number } | null} world */
    openMenuFor(item, x, y, world) {
      board.closeEditors();
      closeMenu = openMenu(app.t('canvas.menu'), contextEntries(board, item, world), x, y);
    },
    closeEditors() {
      closeMenu?.();
      closeMenu = null;
      closeRename?.();
    },
    dispose() {
      cancelAnimationFrame(frameWanted);
      clearTimeout(settleTimer);
      clearTimeout(liveTimer);
      board.closeEditors();
    },
  };
  access.update(scene);
  empty.hidden = scene.nodes.length > 0 || app.catalog === null;
  return board;
}

/** @param {import('./scene.js').Scene} scene @param {string} id @param {ReadonlySet<string>} without */
function nearestOther(scene, id, without) {
  const from = scene.byId.get(id)?.rect;
  let best = null;
  let nearest = Infinity;
  for (const node of scene.nodes) {
    if (!from || without.has(node.id)) continue;
    const distance = Math.hypot(node.rect.x - from.x, node.rect.y - from.y);
    if (distance < nearest) {
      nearest = distance;
      best = node.id;
    }
  }
  return best;
}

/** @param {App} app */
function zoomTools(app) {
  const share = el('button', { type: 'button', class: 'button quiet canvas-zoom', onclick: () => app.actions.perform('fit') }, '100 %');
  /** @param {'zoom-out' | 'zoom-in' | 'tidy'} name @param {import('../icons/icon.js').IconName} shape @param {string} title */
  const tool = (name, shape, title) =>
    el('button', {
      type: 'button', class: 'button quiet icon-only', 'aria-label': app.t(title),
      onmouseenter: (/** @type {MouseEvent} */ event) => {
        /** @type {HTMLElement} */ (event.currentTarget).title = app.actions.tip(name);
      },
      onclick: () => app.actions.perform(name),
    }, icon(shape));
  const element = el('div', { class: 'canvas-tools', role: 'group', 'aria-label': app.t('canvas.view') },
    tool('zoom-out', 'minus', 'canvas.zoom_out'), share, tool('zoom-in', 'plus', 'canvas.zoom_in'),
    tool('tidy', 'tidy', 'canvas.tidy'));
  return {
    element,
    /** @param {number} zoom */
    show(zoom) {
      const text = `${Math.round(zoom * 100)}\u202f%`;
      if (share.textContent !== text) {
        share.textContent = text;
        share.setAttribute('aria-label', app.t('canvas.fit_now', { zoom: text }));
        share.title = app.actions.tip('fit');
      }
    },
  };
}

/** @param {Board} board @returns {() => void} */
function listenToSize(board) {
  const observer = new ResizeObserver(([entry]) => {
    if (entry) board.resize(entry.contentRect.width, entry.contentRect.height);
  });
  observer.observe(board.element);
  const motion = matchMedia('(prefers-reduced-motion: reduce)');
  const retheme = () => board.retheme();
  motion.addEventListener('change', retheme);
  return () => {
    observer.disconnect();
    motion.removeEventListener('change', retheme);
  };
}

/** @param {Board} board @returns {() => void} */
function listenToClipboard(board) {
  const isOurs = () => {
    const active = document.activeElement;
    return active === null || active === document.body || board.element.contains(active) && !(active instanceof HTMLInputElement);
  };
  /** @param {ClipboardEvent} event */
  function onCopy(event) {
    const text = isOurs() && String(document.getSelection() ?? '') === '' ? board.copyText() : null;
    if (text === null || !event.clipboardData) return;
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
    if (event.type === 'cut') board.remove();
  }
  /** @param {ClipboardEvent} event */
  function onPaste(event) {
    if (!isOurs() || !event.clipboardData) return;
    if (board.pasteText(event.clipboardData.getData('text/plain'))) event.preventDefault();
  }
  document.addEventListener('copy', onCopy);
  document.addEventListener('cut', onCopy);
  document.addEventListener('paste', onPaste);
  return () => {
    document.removeEventListener('copy', onCopy);
    document.removeEventListener('cut', onCopy);
    document.removeEventListener('paste', onPaste);
  };
}

