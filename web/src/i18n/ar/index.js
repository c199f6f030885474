import canvas from './canvas.js';
import catalog from './catalog.js';
import editing from './editing.js';
import editor from './editor.js';
import language from './language.js';
import sentences from './sentences.js';
import shell from './shell.js';

/** The words of the page, those of the engine's catalog by their English, and the engine's sentences. */
export default { table: { ...canvas, ...editing, ...editor, ...language, ...shell }, catalog, sentences };
