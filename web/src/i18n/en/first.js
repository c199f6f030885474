import announce from './announce.js';
import canvas from './canvas.js';
import editing from './editing.js';
import files from './files.js';
import insight from './insight.js';
import language from './language.js';
import shell from './shell.js';

/** The words of the first view, in the page's own script; those of later scripts come with them (`learn`). @type {Record<string, string>} */
export default { ...announce, ...canvas, ...editing, ...files, ...insight, ...language, ...shell };
