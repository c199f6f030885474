import canvas from './canvas.js';
import editing from './editing.js';
import editor from './editor.js';
import files from './files.js';
import insight from './insight.js';
import history from './history.js';
import language from './language.js';
import shell from './shell.js';

/** @type {Record<string, string>} */
export default { ...canvas, ...editing, ...editor, ...files, ...history, ...insight, ...language, ...shell };
