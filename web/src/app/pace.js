/**
 * Work that a run brings again and again and that need not be part of a frame (charts, live numbers, tables) is done right after one,
 * a little after each: a frame then never waits for all of it at once, and what a hand does is drawn on time.
 */

const BUDGET_MS = 4; // of a frame's 16.7: the rest is for what moves, its painting and the next input

/** @type {Map<string, () => void>} in the order in which it was asked for; work of a name replaces older work of that name */
const waiting = new Map();
let isAwaited = false;
const channel = new MessageChannel();
channel.port1.onmessage = drain;

function drain() {
  isAwaited = false;
  const begun_ms = performance.now();
  for (const [name, work] of [...waiting]) { // what these ask for comes after the next frame
    if (waiting.get(name) !== work) continue;
    waiting.delete(name);
    work();
    if (performance.now() - begun_ms >= BUDGET_MS) break;
  }
  if (waiting.size > 0) awaitFrame();
}

function awaitFrame() {
  if (isAwaited) return;
  isAwaited = true;
  // A message that is sent while a frame is made comes when the frame is out. A hidden page makes none: nobody is there to see what waits.
  requestAnimationFrame(() => channel.port2.postMessage(0));
}

/**
 * Does some work after the next frame that has time for it.
 * @param {string} name of which there is one
 * @param {() => void} work
 */
export function afterFrame(name, work) {
  waiting.set(name, work);
  awaitFrame();
}

/** @param {string} name of work that is not wanted any more */
export function notAfterFrame(name) {
  waiting.delete(name);
}
