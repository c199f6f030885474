/**
 * Breakpoints: lines of the code of nodes, with conditions. They are kept with the document in this browser, and are no part of it.
 */

/** @typedef {{ line: number, text: string, condition?: string }} Breakpoint `text` of the line, by which it is found again when the code has changed */
/** @typedef {Record<string, Breakpoint[]>} OfNodes */

const KEY = 'breakpoints';
const DESIGNS_MAX = 40; // of those that have any; the ones set longest ago give way
const REACH = 200; // lines, how far a line may have moved

/**
 * Where breakpoints stand in a source that may be another one than they were set in; those whose line is gone are left out.
 * @param {readonly Breakpoint[]} all @param {string} source
 * @returns {Breakpoint[]} by line
 */
export function placed(all, source) {
  const lines = source.split('\n').map((line) => line.trim());
  /** @type {Map<number, Breakpoint>} */
  const found = new Map();
  for (const one of all) {
    for (let away = 0; away <= REACH; away += 1) {
      const line = [one.line + away, one.line - away].find((at) => lines[at - 1] === one.text);
      if (line === undefined) continue;
      if (!found.has(line)) found.set(line, { ...one, line });
      break;
    }
  }
  return [...found.values()].sort((a, b) => a.line - b.line);
}

/**
 * @param {import('../types.js').App} app
 */
export function createBreakpoints(app) {
  const { settings, signals } = app;
  const design = () => app.shelf.id ?? app.document.name;
  const all = () => /** @type {Record<string, OfNodes>} */ (settings.get(KEY) ?? {});
  const own = () => all()[design()] ?? {};

  /** @param {OfNodes} next */
  function keep(next) {
    const name = design();
    const nodes = Object.fromEntries(Object.entries(next).filter(([, list]) => list.length > 0));
    const others = Object.entries(all()).filter(([key]) => key !== name).slice(-(DESIGNS_MAX - 1));
    settings.set(KEY, Object.fromEntries(Object.keys(nodes).length > 0 ? [...others, [name, nodes]] : others));
  }

  return {
    /** @param {string} node @param {string} source */
    of: (node, source) => placed(own()[node] ?? [], source),
    /**
     * Sets or takes away a breakpoint at a line of these nodes, whose code is the same.
     * @param {readonly string[]} nodes @param {string} source @param {number} line @param {string | null} condition empty: always; null: none there
     */
    put(nodes, source, line, condition) {
      const text = source.split('\n')[line - 1]?.trim() ?? '';
      const next = { ...own() };
      for (const node of nodes) {
        const others = placed(next[node] ?? [], source).filter((one) => one.line !== line);
        next[node] = condition === null ? others : [...others, { line, text, ...(condition === '' ? {} : { condition }) }].sort((a, b) => a.line - b.line);
      }
      keep(next);
    },
    /** @param {() => void} listener */
    onChange: (listener) => signals.on('settings', (key) => { if (key === KEY) listener(); }),
  };
}

/**
 * The nodes whose code is the very same as that of one, itself among them.
 * @param {import('../types.js').Design} design @param {string} node
 */
export function sameCode(design, node) {
  const source = sourceOf(design, node);
  return Object.keys(design.nodes).filter((id) => id === node || (source !== null && sourceOf(design, id) === source));
}

/** @param {import('../types.js').Design} design @param {string} node @returns {string | null} */
export function sourceOf(design, node) {
  const source = design.nodes[node]?.['code']?.source;
  return typeof source === 'string' ? source : null;
}
