import { showFinder } from '../app/finder.js';
import { showDesigns } from '../files/designs.js';
import { showGallery } from '../files/gallery.js';
import { generate, saveTimeline } from '../files/handover.js';
import { showTextPanel } from '../files/text_panel.js';
import { createHistory } from '../history/history.js';
import { showNewestReport } from '../history/report.js';
import { keepRun } from '../history/store.js';
import history from '../i18n/en/history.js';
import results from '../i18n/en/results.js';
import { learn } from '../i18n/index.js';

learn({ ...history, ...results });

/** What is looked at on demand: designs and examples, results and past runs. */
const desk = { createHistory, generate, keepRun, saveTimeline, showDesigns, showFinder, showGallery, showNewestReport, showTextPanel };

/** @type {any} */ (globalThis).scalesimLibraries = { .../** @type {any} */ (globalThis).scalesimLibraries, desk };
