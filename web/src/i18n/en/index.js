import canvas from './canvas.js';
import language from './language.js';
import shell from './shell.js';

/** @type {Record<string, string>} */
export default { ...canvas, ...language, ...shell };
