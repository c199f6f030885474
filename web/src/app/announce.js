/**
 * What a screen reader is told of changes that the eye sees: all of it through one polite region, one thing after another. What
 * somebody did is told in its order; what changes by itself is told seldom, and only the latest of it.
 */

import { duration } from '../canvas/format.js';
import { el } from '../dom.js';

const GAP_MS = 1200; // time to say one thing before the next one
const LIVE_GAP_MS = 10_000;
const WAITING_MAX = 4; // who does more than that in a moment does not want to hear it all

export function createAnnouncer() {
  const element = el('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  /** @type {string[]} */
  let waiting = [];
  /** @type {string | null} */
  let live = null;
  let said_ms = -Infinity;
  let saidLive_ms = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {string} text */
  function say(text) {
    said_ms = performance.now();
    // The same words again are a change, too.
    element.textContent = element.textContent === text ? `${text}\u00a0` : text;
  }

  function next() {
    timer = undefined;
    const text = waiting.shift();
    if (text !== undefined) {
      say(text);
    } else if (live !== null) {
      saidLive_ms = performance.now();
      say(live);
      live = null;
    }
    wait();
  }

  function wait() {
    if (timer !== undefined || (waiting.length === 0 && live === null)) return;
    const due_ms = waiting.length > 0 ? said_ms + GAP_MS : Math.max(said_ms + GAP_MS, saidLive_ms + LIVE_GAP_MS);
    timer = setTimeout(next, Math.max(0, due_ms - performance.now()));
  }

  return {
    element,
    /** @type {import('../types.js').App['announce']} */
    announce(text, { isLive = false } = {}) {
      if (isLive) {
        live = text;
      } else {
        waiting = [...waiting.filter((one) => one !== text), text].slice(-WAITING_MAX);
        clearTimeout(timer); // it may be set for what can wait
        timer = undefined;
      }
      wait();
    },
  };
}

/**
 * Tells how the run goes. What came of it is told by the verdicts.
 * @param {import('../types.js').App} app
 */
export function announceRun(app) {
  const { run, t } = app;
  let state = run.state;
  app.signals.on('run-state', () => {
    if (run.state === state) return;
    state = run.state;
    if (state === 'running') app.announce(t('announce.running'));
    if (state === 'paused') app.announce(t('announce.paused', { time: duration(run.time_s) }));
  });
  app.signals.on('frame', () => {
    if (run.state === 'running') app.announce(t('announce.time', { time: duration(run.time_s), whole: duration(run.duration_s) }), { isLive: true });
  });
}
