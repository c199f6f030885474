// The snippets of core/handlers/snippets: each folder's code, and the design that its test.json describes around it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../core/handlers/snippets/', import.meta.url));

/** Their names, which are those of their folders. */
export const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();

/** @param {string} name @param {string} file */
export const read = (name, file) => readFileSync(join(folder, name, file), 'utf8');

/** @param {string} name @returns {any} */
export const testOf = (name) => JSON.parse(read(name, 'test.json'));

/**
 * The whole design: where a node's code names a file, that file's text stands; an edge is "from->to" with its properties.
 * @param {string} name
 * @param {[string, string][]} [changes] made to the snippet, each in one place
 */
export function designOf(name, changes = []) {
  const { nodes, edges, faults = [], run } = testOf(name);
  const textOf = (/** @type {string} */ file) => {
    let text = read(name, file);
    for (const [from, to] of file === 'snippet.js' ? changes : []) {
      if (text.split(from).length !== 2) throw new Error(`${name}: the snippet has not exactly one ${JSON.stringify(from)}`);
      text = text.replace(from, () => to);
    }
    return text;
  };
  return {
    format: 'scalesim/1',
    name,
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, { code, ...node }]) => [id, code ? { ...node, code: { language: 'javascript', source: textOf(code) } } : node])),
    edges: Object.entries(edges).map(([between, edge]) => ({ from: between.split('->')[0] ?? '', to: between.split('->')[1] ?? '', ...edge })),
    faults,
    run: { warmup: '0s', seed: 1, ...run },
  };
}

/** The nodes that run the snippet, with the types of what they call. @param {string} name */
export function placesOf(name) {
  const { nodes, edges } = designOf(name);
  const { nodes: written } = testOf(name);
  return Object.keys(nodes).filter((id) => written[id].code === 'snippet.js').map((id) => ({
    id,
    targets: Object.fromEntries(edges.filter(({ from }) => from === id).map((edge) => [edge.to, { type: nodes[edge.to].type, hasTimeout: /** @type {any} */ (edge).timeout !== undefined }])),
  }));
}
