import analysis from './analysis.js';
import code from './code.js';
import stepping from './debugger.js';
import editor from './editor.js';
import first from './first.js';
import history from './history.js';
import looking from './looking.js';
import results from './results.js';
import snippets from './snippets.js';

/** All of it, for the tests and the test language. @type {Record<string, string>} */
export default Object.assign(first, analysis, code, stepping, editor, history, looking, results, snippets);
