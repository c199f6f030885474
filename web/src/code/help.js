/**
 * What the editor knows while a handler is written: the interface of handlers, and what the node can call.
 */

import description from '../../../core/handlers/api.json';
import { translated } from '../i18n/catalog.js';
import { sentence } from '../i18n/index.js';
import { typeOf } from '../palette/catalog.js';

/** @typedef {import('../types.js').App} App */
/** @typedef {import('../editor/types.js').Completion} Completion */
/** @typedef {{ name: string, signature: string, text: string, example?: string, kind?: string }} Member */

/** @param {Member} member @returns {Completion} */
const completionOf = ({ name, signature, text, kind }) => ({
  label: name, kind: kind === 'method' ? 'function' : 'property', detail: signature.slice(name.length), info: sentence(text),
});

/**
 * The nodes at the other end of its edges.
 * @param {App} app @param {string} id
 */
export function neighboursOf(app, id) {
  const { nodes, edges } = app.document.get();
  return [...new Set(edges.filter(({ from }) => from === id).map(({ to }) => to))].map((to) => {
    const node = nodes[to];
    return { id: to, title: typeOf(app.catalog, node?.type ?? '')?.title ?? node?.type ?? '', operations: Object.keys(node?.['operations'] ?? {}) };
  });
}

/**
 * @param {App} app @param {string} id
 * @returns {{ complete: import('../editor/types.js').CompletionProvider, explain: import('../editor/types.js').HoverProvider }}
 */
export function createHandlerHelp(app, id) {
  /** @type {typeof description} in the language of the page */
  const api = app.words ? translated(description, app.words) : description;
  const types = /** @type {Record<string, Member[]>} */ (Object.fromEntries(api.types.map(({ name, members }) => [name.toLowerCase(), members])));
  const byName = new Map([...api.handlers, ...api.node, ...Object.values(types).flat()].map((member) => [member.name, member]));
  return {
    complete({ text, offset, word }) {
      const before = text.slice(0, offset - word.length);
      if (/\.(?:call|send|publish|cache|table|transaction)\(\s*['"`]$/.test(before)) {
        return neighboursOf(app, id).map(({ id: to, title }) => ({ label: to, kind: 'constant', detail: title }));
      }
      if (/\bop:\s*['"`]$/.test(before)) {
        return neighboursOf(app, id).flatMap(({ id: to, operations }) => operations.map((label) => ({ label, kind: 'constant', detail: to })));
      }
      const owner = /\b(\w+)\.$/.exec(before)?.[1] ?? '';
      if (owner === 'node') return api.node.map(completionOf);
      if (types[owner]) return types[owner].map(completionOf);
      if (owner !== '' || /['"`]$/.test(before)) return [];
      return api.handlers.map((member) => ({ ...completionOf(member), kind: 'function', insert: member.example ?? member.name }));
    },
    explain({ word }) {
      const member = byName.get(word);
      if (member) return `${member.signature}\n${sentence(member.text)}`;
      const instead = api.absent.find(({ name }) => name === word);
      return instead ? sentence(`${word}: ${app.words?.[instead.instead] ?? instead.instead}`) : null;
    },
  };
}
