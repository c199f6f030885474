/// Mouse, pen and touch on the canvas: what a press becomes. One gesture at a time; each is a small
/// object with `move`, `end` and `cancel`.

import { pan, toWorld, zoomAt } from './camera.js';
import { aimConnect, armConnect, cancelConnect, finishConnect } from './connecting.js';
import { openContext } from './context.js';
import { CARD_HEIGHT, CARD_WIDTH, snap } from './geometry.js';
import { headAt } from './containers.js';
import { renameSelected } from './items.js';
import { noteAt, notesInside } from './notes.js';
import { handleAt, hasHandles, isWellInside } from './ports.js';
import { edgeAt, nodeAt, within } from './scene.js';
import { renameContainer } from './zoning.js';

/** @typedef {import('./board.js').Board} Board */
/** @typedef {{ move: (event: PointerEvent) => void, end: (event: PointerEvent) => void, cancel: () => void }} Gesture */

const SLOP_PX = 4; // a press that moves less is a click
const LONG_PRESS_MS = 500;
const DOUBLE_MS = 350;
const EDGE_SLACK_PX = 7;

/**
 * @param {Board} board
 * @returns {() => void} takes the listeners away
 */
export function listenToPointer(board) {
  const { canvas } = board;
  /** @type {Map<number, PointerEvent>} */
  const fingers = new Map();
  /** @type {Gesture | null} */
  let gesture = null;
  let long_press = 0;
  let last_click = { time: 0, x: 0, y: 0 };
  const hand = holdSpace(board);

  /** @param {PointerEvent} event @returns {[number, number]} */
  const at = (event) => board.local(event.clientX, event.clientY);

  /** @param {PointerEvent} event */
  function onDown(event) {
    if (event.button === 2) return;
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, event);
    clearTimeout(long_press);
    if (fingers.size === 2) {
      gesture?.cancel();
      gesture = pinch(board, fingers);
      return;
    }
    if (fingers.size > 2) return;
    board.closeEditors();
    gesture = choose(event);
    if (event.pointerType === 'touch') {
      long_press = window.setTimeout(() => {
        gesture?.cancel();
        gesture = null;
        openContext(board, event.clientX, event.clientY);
        ignoreRelease();
      }, LONG_PRESS_MS);
    }
  }

  /** What a press begins. @param {PointerEvent} event @returns {Gesture} */
  function choose(event) {
    const [x, y] = at(event);
    const [wx, wy] = toWorld(board.camera, x, y);
    const isTouch = event.pointerType === 'touch';
    if (event.button === 1 || hand.isHeld) {
      hand.isUsed = true;
      return panning(board, event);
    }
    const armed = board.overlay.connect;
    if (armed) return finishing(board, event);
    const note = noteAt(board.scene, wx, wy);
    if (note) {
      if (isTouch && !board.app.selection.notes.has(note.index)) return pressing(board, event, panning(board, event));
      return moving(board, event, { note: note.index });
    }
    const port = board.overlay.ports;
    const owner = port === null ? undefined : board.scene.byId.get(port);
    if (owner && hasHandles(board.camera.zoom) && !isWellInside(owner.rect, wx, wy, board.camera.zoom)
      && handleAt(owner.rect, wx, wy, (isTouch ? 22 : 11) / board.camera.zoom)) {
      return connecting(board, event, owner.id);
    }
    const node = nodeAt(board.scene, wx, wy);
    if (node) {
      const isSelected = board.app.selection.nodes.has(node.id);
      // On glass a first touch of a card may as well be the begin of moving the view.
      if (isTouch && !isSelected) return pressing(board, event, panning(board, event));
      return moving(board, event, { node: node.id });
    }
    const container = headAt(board.scene.containers, wx, wy, board.camera.zoom);
    if (container && container.ids[0] !== undefined) return moving(board, event, { node: container.ids[0] }, container);
    if (event.shiftKey) return marquee(board, event);
    return pressing(board, event, panning(board, event));
  }

  /** @param {PointerEvent} event */
  function onMove(event) {
    const start = fingers.get(event.pointerId);
    if (!start) {
      board.hover(...at(event));
      if (hand.isHeld) board.setCursor('grab');
      return;
    }
    if (distance(start, event) > SLOP_PX) clearTimeout(long_press);
    if (fingers.size === 2) fingers.set(event.pointerId, event);
    gesture?.move(event);
  }

  /** @param {PointerEvent} event */
  function onUp(event) {
    clearTimeout(long_press);
    const start = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (!start || !gesture) return;
    const done = gesture;
    gesture = null;
    done.end(event);
    if (hand.isHeld) board.setCursor('grab');
    if (distance(start, event) > SLOP_PX || event.button !== 0 || hand.isHeld) return;
    const is_double = event.timeStamp - last_click.time < DOUBLE_MS &&
      Math.hypot(event.clientX - last_click.x, event.clientY - last_click.y) < 12;
    last_click = { time: is_double ? 0 : event.timeStamp, x: event.clientX, y: event.clientY };
    if (is_double) doubleClick(board, ...toWorld(board.camera, ...at(event)));
  }

  /** @param {PointerEvent} event */
  function onCancel(event) {
    clearTimeout(long_press);
    fingers.delete(event.pointerId);
    gesture?.cancel();
    gesture = null;
  }

  /** What is being done is given up, wherever the focus is. @param {KeyboardEvent} event */
  function onEscape(event) {
    if (event.key !== 'Escape' || !gesture) return;
    clearTimeout(long_press);
    gesture.cancel();
    gesture = null;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {WheelEvent} event */
  function onWheel(event) {
    event.preventDefault();
    const [x, y] = board.local(event.clientX, event.clientY);
    const step = event.deltaMode === 1 ? 32 : 1;
    if (event.ctrlKey || event.metaKey) {
      board.setCamera(zoomAt(board.camera, Math.exp(-event.deltaY * step * 0.01), x, y));
    } else if (isWheelNotch(event)) {
      const sign = event.shiftKey ? 0 : Math.sign(event.deltaY);
      if (sign === 0) board.setCamera(pan(board.camera, -(event.deltaX || event.deltaY) * step, 0));
      else board.setCamera(zoomAt(board.camera, sign > 0 ? 1 / 1.18 : 1.18, x, y));
    } else {
      board.setCamera(pan(board.camera, -event.deltaX * step, -event.deltaY * step));
    }
  }

  /** @param {MouseEvent} event */
  function onContext(event) {
    event.preventDefault();
    openContext(board, event.clientX, event.clientY);
  }

  const leave = () => board.hover(-1e9, -1e9);
  canvas.addEventListener('pointerdown', onDown);
  canvas.addEventListener('pointermove', onMove);
  canvas.addEventListener('pointerup', onUp);
  canvas.addEventListener('pointercancel', onCancel);
  canvas.addEventListener('pointerleave', leave);
  canvas.addEventListener('wheel', onWheel, { passive: false });
  canvas.addEventListener('contextmenu', onContext);
  document.addEventListener('keydown', onEscape, true);
  return () => {
    hand.stop();
    clearTimeout(long_press);
    canvas.removeEventListener('pointerdown', onDown);
    canvas.removeEventListener('pointermove', onMove);
    canvas.removeEventListener('pointerup', onUp);
    canvas.removeEventListener('pointercancel', onCancel);
    canvas.removeEventListener('pointerleave', leave);
    canvas.removeEventListener('wheel', onWheel);
    canvas.removeEventListener('contextmenu', onContext);
    document.removeEventListener('keydown', onEscape, true);
  };
}

/** The finger that opened a menu is still down: its release is no press of what has come to lie under it. */
function ignoreRelease() {
  const ignore = (/** @type {Event} */ event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener('click', ignore, { capture: true });
  addEventListener('pointerdown', () => removeEventListener('click', ignore, { capture: true }), { capture: true, once: true });
}

/**
 * The space bar held over the drawing is a hand that moves the view. Let go without having moved it, it is what
 * it is elsewhere: Run.
 * @param {Board} board
 */
function holdSpace(board) {
  const hand = { isHeld: false, isUsed: false, stop };
  /** @param {KeyboardEvent} event */
  function onDown(event) {
    if (event.key !== ' ' || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !board.canvas.matches(':hover')) return;
    if (event.target !== document.body && !board.access.element.contains(/** @type {Node} */ (event.target))) return;
    event.preventDefault();
    event.stopPropagation();
    if (hand.isHeld) return;
    hand.isHeld = true;
    hand.isUsed = false;
    board.setCursor('grab');
  }
  /** @param {KeyboardEvent} event */
  function onUp(event) {
    if (event.key !== ' ' || !hand.isHeld) return;
    hand.isHeld = false;
    board.setCursor('');
    if (!hand.isUsed) board.app.actions.perform('run');
  }
  const forget = () => { hand.isHeld = false; };
  document.addEventListener('keydown', onDown, true);
  document.addEventListener('keyup', onUp, true);
  window.addEventListener('blur', forget);
  function stop() {
    document.removeEventListener('keydown', onDown, true);
    document.removeEventListener('keyup', onUp, true);
    window.removeEventListener('blur', forget);
  }
  return hand;
}

/**
 * A notch of a mouse wheel, as against two fingers on a pad: large whole steps in one direction.
 * @param {WheelEvent} event
 */
function isWheelNotch(event) {
  if (event.deltaMode === 1) return true;
  return event.deltaX === 0 && Number.isInteger(event.deltaY) && Math.abs(event.deltaY) >= 50;
}

/** @param {{ clientX: number, clientY: number }} a @param {{ clientX: number, clientY: number }} b */
function distance(a, b) {
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
}

/** @param {Board} board @param {PointerEvent} start @returns {Gesture} */
function panning(board, start) {
  let last = start;
  board.setCursor('grabbing');
  return {
    move(event) {
      board.setCamera(pan(board.camera, event.clientX - last.clientX, event.clientY - last.clientY));
      last = event;
    },
    end: () => board.setCursor(''),
    cancel: () => board.setCursor(''),
  };
}

/**
 * A press that is a click if it does not move, and otherwise the gesture it holds.
 * @param {Board} board @param {PointerEvent} start @param {Gesture} held
 * @returns {Gesture}
 */
function pressing(board, start, held) {
  let moved = false;
  return {
    move(event) {
      moved ||= distance(start, event) > SLOP_PX;
      if (moved) held.move(event);
    },
    end(event) {
      held.end(event);
      if (!moved) click(board, start);
    },
    cancel: () => held.cancel(),
  };
}

/** Selects what is under the press. @param {Board} board @param {PointerEvent} event */
function click(board, event) {
  const [x, y] = board.local(event.clientX, event.clientY);
  const [wx, wy] = toWorld(board.camera, x, y);
  const note = noteAt(board.scene, wx, wy);
  const node = note ? null : nodeAt(board.scene, wx, wy);
  const slack = (event.pointerType === 'touch' ? 18 : EDGE_SLACK_PX) / board.camera.zoom;
  const edge = note || node ? null : edgeAt(board.scene, wx, wy, slack);
  board.press({ node: node?.id, edge: edge?.index, note: note?.index }, event.shiftKey || event.ctrlKey || event.metaKey);
}

/**
 * Renames a card, writes a note, opens the settings of a connection, or asks what should be on empty ground.
 * @param {Board} board @param {number} x @param {number} y world
 */
function doubleClick(board, x, y) {
  const note = noteAt(board.scene, x, y);
  if (note) {
    board.press({ note: note.index }, false);
    board.editNote(note.index);
    return;
  }
  const node = nodeAt(board.scene, x, y);
  const container = node ? null : headAt(board.scene.containers, x, y, board.camera.zoom);
  const edge = node ? null : edgeAt(board.scene, x, y, EDGE_SLACK_PX / board.camera.zoom);
  if (node) {
    board.press({ node: node.id }, false);
    renameSelected(board);
  } else if (container) {
    renameContainer(board, container.key);
  } else if (edge) {
    board.select({ edge: edge.index }, false);
    board.app.signals.emit('inspect');
  } else {
    board.app.signals.emit('add-node', { x: x - CARD_WIDTH / 2, y: y - CARD_HEIGHT / 2 });
  }
}

/**
 * @param {Board} board @param {PointerEvent} start @param {import('./board.js').Item} item what was taken
 * @param {import('./containers.js').Container} [container] taken by its head: its nodes go, and notes within it
 * @returns {Gesture}
 */
function moving(board, start, item, container) {
  const { app } = board;
  const add = start.shiftKey || start.ctrlKey || start.metaKey;
  const was_selected = board.isSelected(item);
  let moved = false;
  /** @type {Map<string, [number, number]>} */
  let origin = new Map();
  /** @type {Map<number, [number, number]>} */
  let notes = new Map();

  function begin() {
    const { selection } = app;
    const { scene } = board;
    if (container) {
      selection.set({
        nodes: [...(add ? selection.nodes : []), ...container.ids], notes: [...(add ? selection.notes : []), ...notesInside(scene, container.rect)],
      });
    } else if (!board.isSelected(item)) board.press(item, add);
    origin = new Map(scene.nodes.filter(({ id }) => selection.nodes.has(id)).map(({ id, rect }) => [id, [rect.x, rect.y]]));
    notes = new Map(scene.notes.filter(({ index }) => selection.notes.has(index)).map(({ index, rect }) => [index, [rect.x, rect.y]]));
    board.setCursor('grabbing');
  }

  return {
    move(event) {
      if (!moved && distance(start, event) <= SLOP_PX) return;
      if (!moved) begin();
      moved = true;
      const [x, y] = origin.get(item.node ?? '') ?? notes.get(item.note ?? -1) ?? [0, 0];
      const free = event.altKey ? Math.round : snap;
      const dx = free(x + (event.clientX - start.clientX) / board.camera.zoom) - x;
      const dy = free(y + (event.clientY - start.clientY) / board.camera.zoom) - y;
      board.drag(shifted(origin, dx, dy), shifted(notes, dx, dy));
    },
    end() {
      board.setCursor('');
      if (moved) board.drop();
      else if (container) {
        begin();
        board.setCursor('');
      }
      else if (add || !was_selected || app.selection.nodes.size + app.selection.edges.size + app.selection.notes.size > 1) {
        board.press(item, add);
      } else {
        board.focusItem(item);
      }
    },
    cancel() {
      board.setCursor('');
      board.drag(null);
    },
  };
}

/** @template K @param {ReadonlyMap<K, [number, number]>} places @param {number} dx @param {number} dy @returns {Map<K, [number, number]>} */
const shifted = (places, dx, dy) => new Map([...places].map(([one, [x, y]]) => [one, [x + dx, y + dy]]));

/** @param {Board} board @param {PointerEvent} start @returns {Gesture} */
function marquee(board, start) {
  const from = toWorld(board.camera, ...board.local(start.clientX, start.clientY));
  const { nodes: kept, notes: marked } = board.app.selection;
  return {
    move(event) {
      const to = toWorld(board.camera, ...board.local(event.clientX, event.clientY));
      const box = {
        x: Math.min(from[0], to[0]),
        y: Math.min(from[1], to[1]),
        width: Math.abs(from[0] - to[0]),
        height: Math.abs(from[1] - to[1]),
      };
      board.overlay.marquee = box;
      const found = within(board.scene, box);
      board.app.selection.set({ nodes: [...kept, ...found.nodes], edges: found.edges, notes: [...marked, ...found.notes] });
      board.redraw('overlay');
    },
    end() {
      board.overlay.marquee = null;
      board.redraw('overlay');
    },
    cancel() {
      board.overlay.marquee = null;
      board.redraw('overlay');
    },
  };
}

/**
 * From a handle: dragged to a card, or pressed first on the handle and then on the card.
 * @param {Board} board @param {PointerEvent} start @param {string} from
 * @returns {Gesture}
 */
function connecting(board, start, from) {
  let moved = false;
  armConnect(board, from, ...toWorld(board.camera, ...board.local(start.clientX, start.clientY)));
  return {
    move(event) {
      moved ||= distance(start, event) > 2 * SLOP_PX;
      aimConnect(board, ...toWorld(board.camera, ...board.local(event.clientX, event.clientY)));
    },
    end(event) {
      if (moved) finishConnect(board, ...toWorld(board.camera, ...board.local(event.clientX, event.clientY)));
    },
    cancel: () => cancelConnect(board),
  };
}

/** The second press of a connection. @param {Board} board @param {PointerEvent} start @returns {Gesture} */
function finishing(board, start) {
  aimConnect(board, ...toWorld(board.camera, ...board.local(start.clientX, start.clientY)));
  return {
    move: (event) => aimConnect(board, ...toWorld(board.camera, ...board.local(event.clientX, event.clientY))),
    end: (event) => finishConnect(board, ...toWorld(board.camera, ...board.local(event.clientX, event.clientY))),
    cancel: () => cancelConnect(board),
  };
}

/** @param {Board} board @param {Map<number, PointerEvent>} fingers @returns {Gesture} */
function pinch(board, fingers) {
  const spread = () => {
    const [a, b] = /** @type {[PointerEvent, PointerEvent]} */ ([...fingers.values()]);
    return { size: Math.max(1, distance(a, b)), x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 };
  };
  let last = spread();
  return {
    move() {
      if (fingers.size < 2) return;
      const now = spread();
      const moved = pan(board.camera, now.x - last.x, now.y - last.y);
      board.setCamera(zoomAt(moved, now.size / last.size, ...board.local(now.x, now.y)));
      last = now;
    },
    end: () => undefined,
    cancel: () => undefined,
  };
}
