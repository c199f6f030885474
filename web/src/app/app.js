import * as commands from '../commands/index.js';
import { createDiagnostics } from '../diagnostics/diagnostics.js';
import { createDocument } from '../document/document.js';
import { createSelection } from '../document/selection.js';
import { createEngineClient } from '../engine/engine.js';
import { translated } from '../i18n/catalog.js';
import { t } from '../i18n/index.js';
import { createRun } from '../run/run.js';
import { createSolution } from '../run/solution.js';
import { createSignals } from '../signals.js';
import { createActions } from './actions.js';
import { announceRun, createAnnouncer } from './announce.js';
import { createNotify } from './notify.js';
import { createSettings } from './settings.js';

/**
 * Puts together what every panel gets.
 * @returns {{ app: import('../types.js').App, toasts: HTMLElement, voice: HTMLElement }}
 */
export function createApp() {
  const signals = createSignals();
  const settings = createSettings(signals);
  const document = createDocument(signals);
  const announcer = createAnnouncer();
  const { element, notify } = createNotify(t, announcer.announce);
  const { run, onFrame, fail } = createRun({ signals, document, settings, notify, engine: () => engine, selection: () => app.selection.nodes, shelfId: () => app.shelf?.id ?? null });
  const engine = createEngineClient({
    onFrame,
    onFailure: (message) => fail({ code: 'fault', message }),
  });

  /** @type {any} */
  const app = {
    signals, settings, document, engine, openEngine: () => createEngineClient({ onFrame() {}, onFailure() {} }), run, commands, t, notify,
    announce: announcer.announce,
    selection: createSelection(signals, document),
    actions: createActions(),
    catalog: null,
    words: null,
    keep: async () => false, // until something can keep it
  };
  app.solution = createSolution(app);
  app.diagnostics = createDiagnostics(app);
  announceRun(app);
  return { app, toasts: element, voice: announcer.element };
}

/**
 * Asks the engine what can be written in a design.
 * @param {import('../types.js').App} app
 */
export async function loadCatalog(app) {
  try {
    const { result } = await app.engine.call('catalog');
    app.catalog = app.words ? translated(result, app.words) : result;
    app.signals.emit('catalog');
  } catch (error) {
    app.signals.emit('engine-failed', /** @type {Error} */ (error).message);
  }
}
