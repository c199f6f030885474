import { showDebugger } from '../debugger/debugger.js';
import stepping from '../i18n/en/debugger.js';
import editor from '../i18n/en/editor.js';
import looking from '../i18n/en/looking.js';
import results from '../i18n/en/results.js';
import { learn } from '../i18n/index.js';

learn({ ...stepping, ...editor, ...looking, ...results });

/** What looks into a run whose design has code. */
const library = { showDebugger };

/** @type {any} */ (globalThis).scalesimLibraries = { .../** @type {any} */ (globalThis).scalesimLibraries, debugger: library };
