import api from '../../../core/handlers/api.json';
import { analyse, applied } from '../analysis/analyse.js';
import { joined } from '../analysis/join.js';
import words from '../i18n/en/analysis.js';
import { learn } from '../i18n/index.js';

learn(words);

/** @type {any} */ (globalThis).scalesimLibraries = {
  .../** @type {any} */ (globalThis).scalesimLibraries,
  analysis: { analyse: (/** @type {string} */ source, /** @type {any} */ surroundings) => analyse(source, api, surroundings), applied, joined },
};
