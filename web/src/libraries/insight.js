import { createCharts } from '../charts/charts.js';
import { createStrip } from '../charts/strip.js';
import editor from '../i18n/en/editor.js';
import history from '../i18n/en/history.js';
import looking from '../i18n/en/looking.js';
import results from '../i18n/en/results.js';
import { learn } from '../i18n/index.js';
import { createResults } from '../results/results.js';
import { createBeside } from '../source/beside.js';

learn({ ...editor, ...history, ...looking, ...results });

/**
 * Everything that is one of its kind on the page.
 * @param {import('../types.js').App} app
 * @param {HTMLElement} middle of the frame
 */
const createInsights = (app, middle) => ({ beside: createBeside(app, middle) });

/** What is looked at once something has run, or more closely: the first view does not need it. */
const insight = { createCharts, createResults, createStrip, createInsights };

/** @type {any} */ (globalThis).scalesimLibraries = { .../** @type {any} */ (globalThis).scalesimLibraries, insight };
