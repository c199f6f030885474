/**
 * What a profile says, as things to draw and to say: frames side by side, the hottest line, marks of lines.
 */

/**
 * @typedef {{ line: number, hits: number, fuel: number, share: number }} ProfileLine
 * @typedef {{ name: string, line: number, calls: number, self: number, total: number }} ProfileFunction
 * @typedef {ProfileFunction & { parent: number }} ProfileCall a function as it was called by another one; `parent` is its index, -1 for none
 * @typedef {{ inputs: number, fuel: number, lines: ProfileLine[], functions: ProfileFunction[], tree: ProfileCall[] }} Profile
 *
 * @typedef {object} Flame one frame of the graph
 * @property {ProfileCall} call
 * @property {number} index in the profile's tree
 * @property {number} depth from 0
 * @property {number} from share of the whole width where it begins
 * @property {number} to
 * @property {Flame | null} parent
 * @property {Flame[]} children from the largest
 */

/** How much of the fuel a part takes, in three degrees. @param {number} share @returns {'cool' | 'warm' | 'hot'} */
export const toneOf = (share) => (share >= 0.3 ? 'hot' : share >= 0.1 ? 'warm' : 'cool');

/**
 * The frames of the graph, callers before what they called; as wide as what they burnt, their callees within.
 * @param {Profile} profile
 * @returns {Flame[]}
 */
export function flamesOf({ tree }) {
  /** @type {Flame[]} */
  const flames = tree.map((call, index) => ({ call, index, depth: 0, from: 0, to: 0, parent: null, children: [] }));
  /** @type {Flame[]} */
  const roots = [];
  for (const flame of flames) {
    flame.parent = flames[flame.call.parent] ?? null;
    (flame.parent?.children ?? roots).push(flame);
  }
  const whole = roots.reduce((sum, { call }) => sum + call.total, 0);
  /** @type {Flame[]} */
  const placed = [];
  /** @param {Flame[]} list @param {number} from @param {number} depth */
  const place = (list, from, depth) => {
    list.sort((a, b) => b.call.total - a.call.total || a.index - b.index);
    let at = from;
    for (const flame of list) {
      Object.assign(flame, { depth, from: at, to: at + (whole > 0 ? flame.call.total / whole : 0) });
      placed.push(flame);
      place(flame.children, at, depth + 1);
      at = flame.to;
    }
  };
  place(roots, 0, 0);
  return placed;
}

/**
 * The graph enlarged so that one frame takes the whole width: its callers above it, what it called below.
 * @param {Flame[]} flames @param {Flame | null} root null: all of it
 * @returns {{ flame: Flame, from: number, to: number }[]}
 */
export function enlarged(flames, root) {
  if (!root) return flames.map((flame) => ({ flame, from: flame.from, to: flame.to }));
  /** @type {Set<Flame>} */
  const above = new Set();
  for (let at = root.parent; at; at = at.parent) above.add(at);
  const width = root.to - root.from;
  return flames.flatMap((flame) => {
    if (above.has(flame)) return [{ flame, from: 0, to: 1 }];
    let at = /** @type {Flame | null} */ (flame);
    while (at && at !== root) at = at.parent;
    return at ? [{ flame, from: (flame.from - root.from) / width, to: (flame.to - root.from) / width }] : [];
  });
}

/** @param {Profile} profile @returns {ProfileLine[]} from the hottest; lines that took next to nothing are left out */
export const hottest = ({ lines }) => lines.filter(({ share }) => share >= 0.001).sort((a, b) => b.fuel - a.fuel || a.line - b.line);

/** What the engine calls functions without a name, and what stands outside of all functions. @param {string} name */
export const isNameless = (name) => name === '' || name.startsWith('(');

/** The function with a name that a line belongs to, as far as functions are known by where they begin. @param {Profile} profile @param {number} line */
export function functionAt({ functions }, line) {
  return functions.filter((one) => one.line > 0 && one.line <= line && !isNameless(one.name)).sort((a, b) => b.line - a.line)[0]?.name ?? '';
}

/**
 * A frame beside, above or below another one.
 * @param {Flame[]} shown @param {Flame} flame @param {string} key of the keyboard
 * @returns {Flame | null}
 */
export function neighbour(shown, flame, key) {
  const row = shown.filter(({ depth }) => depth === flame.depth).sort((a, b) => a.from - b.from);
  const at = row.indexOf(flame);
  switch (key) {
    case 'ArrowUp': return flame.parent && shown.includes(flame.parent) ? flame.parent : null;
    case 'ArrowDown': return flame.children.find((child) => shown.includes(child)) ?? null;
    case 'ArrowRight': return row[at + 1] ?? null;
    case 'ArrowLeft': return row[at - 1] ?? null;
    case 'Home': return shown[0] ?? null;
    case 'End': return shown.at(-1) ?? null;
    default: return null;
  }
}
