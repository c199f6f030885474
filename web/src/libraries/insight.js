import { createCharts } from '../charts/charts.js';
import { createStrip } from '../charts/strip.js';
import { createResults } from '../results/results.js';
import { createBeside } from '../source/beside.js';

/**
 * Everything that is one of its kind on the page.
 * @param {import('../types.js').App} app
 * @param {HTMLElement} middle of the frame
 */
const createInsights = (app, middle) => ({ beside: createBeside(app, middle) });

/** What is looked at once something has run, or more closely: the first view does not need it. */
const insight = { createCharts, createResults, createStrip, createInsights };

/** @type {any} */ (globalThis).scalesimLibraries = { .../** @type {any} */ (globalThis).scalesimLibraries, insight };
