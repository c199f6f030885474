import { createCharts } from '../charts/charts.js';
import { takeDrawing } from '../charts/drawing.js';
import { createStrip } from '../charts/strip.js';
import { createCode } from '../code/code.js';
import code from '../i18n/en/code.js';
import editor from '../i18n/en/editor.js';
import history from '../i18n/en/history.js';
import looking from '../i18n/en/looking.js';
import results from '../i18n/en/results.js';
import { learn } from '../i18n/index.js';
import { createResults } from '../results/results.js';
import { copyLink, openLink } from '../source/share.js';
import { createBeside } from '../source/beside.js';
import { createTour } from '../tour/tour.js';
import { showWaterfalls } from '../waterfall/waterfall.js';

learn({ ...code, ...editor, ...history, ...looking, ...results });

/**
 * Everything that is one of its kind on the page.
 * @param {import('../types.js').App} app
 * @param {HTMLElement} middle of the frame
 */
const createInsights = (app, middle) => {
  const requests = { look: (time_s = app.run.time_s) => showWaterfalls(app, time_s) };
  return { beside: createBeside(app, middle), requests, tour: createTour(app, middle), share: { link: () => copyLink(app), open: () => openLink(app), picture: () => takeDrawing(app) } };
};

/** What is looked at once something has run, or more closely: the first view does not need it. */
const insight = { createCharts, createCode, createResults, createStrip, createInsights };

/** @type {any} */ (globalThis).scalesimLibraries = { .../** @type {any} */ (globalThis).scalesimLibraries, insight };
