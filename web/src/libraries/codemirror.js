import { createCodeMirror } from '../editor/codemirror.js';

/** @type {any} */ (globalThis).scalesimLibraries = { .../** @type {any} */ (globalThis).scalesimLibraries, codemirror: { createCodeMirror } };
