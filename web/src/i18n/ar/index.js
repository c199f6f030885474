import canvas from './canvas.js';
import catalog from './catalog.js';
import editor from './editor.js';
import language from './language.js';
import shell from './shell.js';

/** The words of the page, and those of the engine's catalog by their English. */
export default { table: { ...canvas, ...editor, ...language, ...shell }, catalog };
