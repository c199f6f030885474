/**
 * Keeps each run of a document in this browser when it has ended.
 */

import { loadLibrary } from '../libraries/libraries.js';

/** @param {import('../types.js').App} app */
export function createRecorder(app) {
  const { signals, shelf } = app;
  /** @type {Promise<void>} one run after the other: their numbers follow */
  let work = Promise.resolve();
  let isTold = false;
  signals.on('run-history', (made) => {
    const id = made?.document ?? shelf.id;
    if (!made || id === null) return;
    const timeline = made.timeline.copy(made.timeline.rows); // the run may go on, or be forked
    work = work.then(async () => {
      const desk = await loadLibrary('desk');
      const number = await desk.keepRun(id, made.run, timeline);
      if (number !== made.run.number && shelf.id === id) app.run.renumber(made.run, number);
      signals.emit('runs-kept');
    }).catch(() => {
      if (!isTold) app.notify(app.t('history.not_kept'), { kind: 'error' });
      isTold = true;
    });
  });
}
