/** Puts one handler's code below another's: what both would declare at the top is renamed in what comes second. */

import { declaredBy, read, walk } from './tree.js';
import { isReference } from './rules.js';

/** Names declared at the top of a text that cannot be read (yet), by its lines. @param {string} source */
const namesByLine = (source) => [...source.matchAll(/^(?:export\s+)?(?:async\s+)?(?:function\s*\*?|const|let|var|class)\s+([\w$]+)/gm)].map(([, name]) => name ?? '');

/** @param {any} program @returns {string[]} */
const topNames = (program) => program.body.flatMap((/** @type {any} */ one) => {
  const inner = one.declaration ?? one;
  return inner.type === 'FunctionDeclaration' ? [inner.id?.name ?? ''] : declaredBy(inner);
});

/** @param {string} name @param {Set<string>} taken @param {string} prefix of handlers, which are known by their names */
function freeName(name, taken, prefix) {
  const base = /^on(?:Start|Request|Message|Timer)$/.test(name) ? prefix + name[0]?.toUpperCase() + name.slice(1) : name;
  let free = base;
  for (let n = 2; taken.has(free); n += 1) free = `${base}${n}`;
  taken.add(free);
  return free;
}

/**
 * @param {string} existing
 * @param {string} added which can be read
 * @param {string} prefix for handlers of which there can be one only, such as "saga" for sagaOnRequest
 * @returns {{ text: string, at: number, renamed: [from: string, to: string][] }} `at`: where the added text begins
 */
export function joined(existing, added, prefix) {
  const above = existing.trimEnd();
  if (above === '') return { text: added, at: 0, renamed: [] };
  let taken;
  try {
    taken = new Set(topNames(read(existing).program));
  } catch {
    taken = new Set(namesByLine(existing));
  }
  const { program } = read(added);
  const own = topNames(program);
  const clashes = own.filter((name) => taken.has(name));
  const all = new Set([...taken, ...own]);
  const names = new Map(clashes.map((name) => [name, freeName(name, all, prefix)]));
  /** @type {{ from: number, to: number, insert: string }[]} */
  const edits = [];
  walk(program, (tree, parents) => {
    const parent = parents.at(-1);
    const next = tree.type === 'Identifier' ? names.get(tree.name) : undefined;
    if (next === undefined || !parent || !(isReference(tree, parent) || parent.id === tree)) return;
    if (edits.some(({ from }) => from === tree.start)) return; // { name } is its own key
    edits.push({ from: tree.start, to: tree.end, insert: parent.type === 'Property' && parent.shorthand ? `${tree.name}: ${next}` : next });
  });
  const text = edits.sort((a, b) => b.from - a.from).reduce((now, { from, to, insert }) => now.slice(0, from) + insert + now.slice(to), added);
  return { text: `${above}\n\n${text}`, at: above.length + 2, renamed: [...names] };
}
