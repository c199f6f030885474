/** What the engine makes of a design, to take home: the project, and the run's timeline. */

import { download, fileName } from './transfer.js';

let isGenerating = false;

/** @param {import('../types.js').App} app */
export async function generate(app) {
  if (isGenerating) return;
  const { t } = app;
  isGenerating = true;
  app.signals.emit('generating', true);
  try {
    const { binary, result } = await app.engine.call('generate', { design: app.document.text() });
    app.signals.emit('generated', result.diagnostics ?? []);
    const name = `${fileName(app.document.get().name ?? app.document.name)}.zip`;
    download(name, /** @type {any} */ (binary), 'application/zip');
    app.notify(t('generate.done', { name }), { kind: 'success' });
  } catch (error) {
    const { message, diagnostics = [] } = /** @type {any} */ (error);
    app.signals.emit('generated', diagnostics);
    app.notify(t('generate.failed', { message: diagnostics[0]?.message ?? message }), {
      kind: 'error', action: { title: t('generate.show'), run: () => { app.settings.set('fold.dock', false); app.settings.set('dock', 'problems'); } },
    });
  } finally {
    isGenerating = false;
    app.signals.emit('generating', false);
  }
}

/** @param {import('../types.js').App} app */
export async function saveTimeline(app) {
  try {
    const { result } = await app.engine.call('run.timeline_csv');
    download(`${fileName(app.document.get().name ?? app.document.name)}.timeline.csv`, result.csv, 'text/csv');
  } catch (error) {
    app.notify(/** @type {Error} */ (error).message, { kind: 'error' });
  }
}
