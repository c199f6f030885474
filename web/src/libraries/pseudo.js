import { pseudo } from '../i18n/pseudo.js';

/** @type {any} */ (globalThis).scalesimLibraries = { .../** @type {any} */ (globalThis).scalesimLibraries, pseudo };
