import arabic from '../i18n/ar/index.js';

/** @type {any} */ (globalThis).scalesimLibraries = { .../** @type {any} */ (globalThis).scalesimLibraries, arabic };
