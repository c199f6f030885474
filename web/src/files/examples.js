/** The examples that come with the page: copies of the repository's, listed by the build. */

import { exampleText } from '../engine/assets.js';

/** @typedef {{ name: string, title: string, description: string, path: string, nodes: number }} Example */

/** @returns {Promise<Example[]>} */
export const listExamples = async () => JSON.parse(await exampleText('examples/index.json')).examples;

/** @param {Example} example @returns {Promise<string>} */
export const readExample = (example) => exampleText(example.path);
