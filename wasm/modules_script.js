/** Users' own modules as a script, for a worker or page that loads it when a design has one: Binaryen and our pass over it. */

import createBinaryen from 'binaryen'; // the build makes it a function: a classic script cannot await at its top
import { createOwnModules, ownSourcesOf } from './own_modules.mjs';

/** @type {ReturnType<typeof createOwnModules> | null} */
let prepare = null;

/** The modules of a design, ready to run, and why some are not. @param {string} design */
async function scalesimOwnModules(design) {
  // @ts-ignore: put in place of the name by build.mjs
  const pass = Uint8Array.from(atob(__METER__), (letter) => letter.charCodeAt(0));
  prepare ??= createOwnModules(new WebAssembly.Module(pass), await createBinaryen());
  return prepare(ownSourcesOf(JSON.parse(design)));
}

/** @type {any} */ (globalThis).scalesimOwnModules = scalesimOwnModules;
