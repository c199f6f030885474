import analysis from './analysis.js';
import announce from './announce.js';
import canvas from './canvas.js';
import catalog from './catalog.js';
import code from './code.js';
import stepping from './debugger.js';
import editing from './editing.js';
import editor from './editor.js';
import files from './files.js';
import insight from './insight.js';
import handlers from './handlers.js';
import history from './history.js';
import language from './language.js';
import looking from './looking.js';
import results from './results.js';
import sentences from './sentences.js';
import shell from './shell.js';
import snippets from './snippets.js';

/** The words of the page, those of the engine's catalog by their English, and the engine's sentences. */
export default { table: { ...analysis, ...announce, ...canvas, ...code, ...stepping, ...editing, ...editor, ...files, ...history, ...insight, ...language, ...looking, ...results, ...shell, ...snippets }, catalog: { ...catalog, ...handlers }, sentences };
