import './style/index.css';
import './shared.js';
import { createApp, loadCatalog } from './app/app.js';
import { createFrame } from './app/frame.js';
import { createInsight } from './app/insight.js';
import { showKeys } from './app/keys.js';
import { createLanguage } from './app/language.js';
import { createLater } from './app/later.js';
import { goOffline } from './app/offline.js';
import { createCanvas } from './canvas/canvas.js';
import { listExamples, readExample } from './files/examples.js';
import { createFiles } from './files/files.js';
import { createShelf } from './files/shelf.js';
import { createRecorder } from './history/recorder.js';
import { loadLibrary } from './libraries/libraries.js';
import { createPalette } from './palette/palette.js';

const FIRST_EXAMPLE = 'ecommerce';

/** @param {import('./types.js').App} app @param {ReturnType<typeof createFiles>} files @param {(text: string | null) => void} welcome */
async function openFirst(app, files, welcome) {
  const empty = app.document.get();
  // Who drops a file or draws while this still loads keeps it.
  const isUntouched = () => app.document.get() === empty;
  const wanted = new URLSearchParams(location.search).get('example');
  const kept = wanted ? null : await app.shelf.last().catch(() => null);
  if (kept && isUntouched() && await files.openKept(kept)) {
    if (app.shelf.isExample && app.document.name === FIRST_EXAMPLE) welcome(app.t('welcome', { name: String(app.document.get().name) }));
    return;
  }
  const all = await listExamples();
  const example = all.find(({ name }) => name === (wanted ?? FIRST_EXAMPLE)) ?? all[0];
  if (!example) return;
  const text = await readExample(example);
  if (!isUntouched()) return;
  await files.open(text, example.name, { isExample: true });
  if (example.name === FIRST_EXAMPLE) welcome(app.t('welcome', { name: example.title }));
}

async function start() {
  const { app, toasts, voice } = createApp();
  const language = createLanguage(app);
  await language.settle(); // what follows speaks it
  app.shelf = createShelf(app);
  app.keep = app.shelf.keep;
  createRecorder(app);
  const files = createFiles(app);
  app.actions.add({ name: 'keys', title: 'keys.title', key: '?', run: () => showKeys(app) });
  app.actions.add({ name: 'find', title: 'finder.title', key: 'Ctrl+k', run: () => void files.desk('showFinder', files.openExample) });
  const panels = { canvas: createCanvas(app), inspector: createLater(app, 'settings', 'createInspector', 'inspector-later'), palette: createPalette(app) };
  panels.inspector.update(); // needed at once, but not before the drawing
  const frame = createFrame(app, panels, language);
  document.body.replaceChildren(frame.element, toasts, voice, ...document.querySelectorAll('.drop-hint'));
  const { openLink } = createInsight(app, frame.middle);
  let hasToldFailure = false;
  app.signals.on('engine-failed', (message) => {
    if (!hasToldFailure) app.notify(app.t('app.engine_failed', { message }), { kind: 'error' });
    hasToldFailure = true;
  });
  app.signals.on('open-shared', ({ text, name }) => void files.replace(text, name, { saved: false }));
  app.signals.on('open-example', ({ text, name }) => void files.openExample(text, name));
  app.signals.on('document-open', () => frame.welcome(null)); // it was about another one
  void loadCatalog(app);
  openFirst(app, files, frame.welcome)
    .catch(() => app.notify(app.t('gallery.failed'), { kind: 'error' }))
    .finally(async () => {
      await loadLibrary('settings').catch(() => {}); // the panel says so
      frame.element.dataset.state = 'ready';
      files.acceptLaunches();
      openLink();
      goOffline();
    });
}

void start();
