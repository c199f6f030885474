import canvas from './canvas.js';
import editing from './editing.js';
import editor from './editor.js';
import language from './language.js';
import shell from './shell.js';

/** @type {Record<string, string>} */
export default { ...canvas, ...editing, ...editor, ...language, ...shell };
