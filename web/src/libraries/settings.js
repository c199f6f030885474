import { createInspector } from '../inspector/inspector.js';

/** The panel of settings: needed at once, but not before the drawing is seen. */
const settings = { createInspector };

/** @type {any} */ (globalThis).scalesimLibraries = { .../** @type {any} */ (globalThis).scalesimLibraries, settings };
