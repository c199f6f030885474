import canvas from './canvas.js';
import editor from './editor.js';
import language from './language.js';
import shell from './shell.js';

/** @type {Record<string, string>} */
export default { ...canvas, ...editor, ...language, ...shell };
