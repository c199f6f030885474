import './style/index.css';
import { createApp, loadCatalog } from './app/app.js';
import { showFinder } from './app/finder.js';
import { createFrame } from './app/frame.js';
import { showKeys } from './app/keys.js';
import { createLanguage } from './app/language.js';
import { createCanvas } from './canvas/canvas.js';
import { createAutosave, restore } from './files/autosave.js';
import { listExamples, readExample } from './files/examples.js';
import { createFiles } from './files/files.js';
import { createInspector } from './inspector/inspector.js';
import { loadLibrary } from './libraries/libraries.js';
import { createPalette } from './palette/palette.js';

const FIRST_EXAMPLE = 'ecommerce';

/** @param {import('./types.js').App} app @param {ReturnType<typeof createFiles>} files @param {(text: string | null) => void} welcome */
async function openFirst(app, files, welcome) {
  const empty = app.document.get();
  // Who drops a file or draws while this still loads keeps it.
  const isUntouched = () => app.document.get() === empty;
  const wanted = new URLSearchParams(location.search).get('example');
  const kept = wanted ? null : await restore();
  if (kept && isUntouched()) {
    await files.open(kept.text, kept.name, { saved: kept.isSaved });
    return;
  }
  const examples = await listExamples();
  const example = examples.find(({ name }) => name === (wanted ?? FIRST_EXAMPLE)) ?? examples[0];
  if (!example) return;
  const text = await readExample(example);
  if (!isUntouched()) return;
  await files.open(text, example.name);
  if (example.name === FIRST_EXAMPLE) welcome(app.t('welcome', { name: example.title }));
}

async function start() {
  const { app, toasts } = createApp();
  const language = createLanguage(app);
  await language.settle(); // what follows speaks it
  const files = createFiles(app);
  app.actions.add({ name: 'keys', title: 'keys.title', key: '?', run: () => showKeys(app) });
  app.actions.add({ name: 'find', title: 'finder.title', key: 'Ctrl+k', run: () => showFinder(app, files.replace) });
  const panels = { canvas: createCanvas(app), inspector: createInspector(app), palette: createPalette(app) };
  const frame = createFrame(app, panels, language);
  document.body.replaceChildren(frame.element, toasts, ...document.querySelectorAll('.drop-hint'));
  let hasToldFailure = false;
  app.signals.on('engine-failed', (message) => {
    if (!hasToldFailure) app.notify(app.t('app.engine_failed', { message }), { kind: 'error' });
    hasToldFailure = true;
  });
  app.signals.on('autosave-failed', () => app.notify(app.t('app.autosave_failed'), { kind: 'error' }));
  void loadCatalog(app);
  openFirst(app, files, frame.welcome)
    .catch(() => app.notify(app.t('gallery.failed'), { kind: 'error' }))
    .finally(() => {
      frame.element.dataset.state = 'ready';
      createAutosave(app);
      loadLibrary('uplot').catch(() => {}); // ready before the first run; the charts say so if it cannot be had
    });
}

void start();
