/**
 * The document store: the only truth of the page. It holds plain objects that are never changed in place; a command makes the next
 * one, and undo goes back to the one before.
 */

/** @typedef {import('../types.js').Design} Design */
/** @typedef {{ name: string, merge: string | undefined, time_ms: number, design: Design }} Step */

const UNDO_STEPS_MAX = 500; // documents share structure: a step costs a few hundred bytes
const MERGE_WITHIN_MS = 1000;

/** @type {Design} */
const EMPTY = { format: 'scalesim/1', name: 'Untitled', nodes: {}, edges: [] };

const LINE_MAX = 80; // a list of plain values stays on one line up to this length

/** @type {WeakMap<object, string>} the text of nodes and edges: they are never changed in place, so that a changed document is written anew only where it changed */
const written = new WeakMap();
const ITEM_INDENT = '    '; // of what lies in `nodes`, `edges` and the like

/**
 * JSON with an indent of two spaces, where short lists of plain values (places, traces) stay on one line.
 * @param {any} value
 * @param {string} indent
 * @returns {string}
 */
function write(value, indent) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (indent !== ITEM_INDENT) return writeObject(value, indent);
  const text = written.get(value) ?? writeObject(value, indent);
  written.set(value, text);
  return text;
}

/** @param {any} value @param {string} indent @returns {string} */
function writeObject(value, indent) {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    if (value.every((item) => item === null || typeof item !== 'object')) {
      const line = `[${value.map((item) => JSON.stringify(item ?? null)).join(', ')}]`;
      if (line.length + indent.length <= LINE_MAX) return line;
    }
    return `[\n${value.map((item) => inner + write(item ?? null, inner)).join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  if (members.length === 0) return '{}';
  return `{\n${members.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${write(item, inner)}`).join(',\n')}\n${indent}}`;
}

const CHUNK = 64; // members whose text is kept in one piece

/**
 * What was written last of a large member of a document: a piece of text is written anew only where a member in it changed.
 * @typedef {{ value: object, keys: string[], items: any[], pieces: string[], text: string }} Large
 * @type {Map<string, Large>}
 */
const large = new Map();

/** @param {Large} last @param {string[]} keys @param {any[]} items @param {number} from @param {number} to */
function isSamePiece(last, keys, items, from, to) {
  if (to !== Math.min(from + CHUNK, last.items.length)) return false;
  for (let i = from; i < to; i += 1) if (items[i] !== last.items[i] || keys[i] !== last.keys[i]) return false;
  return true;
}

/**
 * @param {string} name @param {any} value of the document's member of this name
 * @returns {string | null} null where it is not large, or no list or object of things
 */
function writeLarge(name, value) {
  if (value === null || typeof value !== 'object') return null;
  const last = large.get(name);
  if (last && last.value === value) return last.text;
  const isList = Array.isArray(value);
  const keys = isList ? [] : Object.keys(value);
  const items = isList ? value : keys.map((key) => value[key]);
  if (items.length <= CHUNK || items.some((item) => item === null || typeof item !== 'object')) return null;
  /** @type {string[]} */
  const pieces = [];
  for (let from = 0; from < items.length; from += CHUNK) {
    const to = Math.min(from + CHUNK, items.length);
    const known = last && isSamePiece(last, keys, items, from, to) ? last.pieces[from / CHUNK] : undefined;
    pieces.push(known ?? items.slice(from, to)
      .map((item, i) => ITEM_INDENT + (isList ? '' : `${JSON.stringify(keys[from + i])}: `) + write(item, ITEM_INDENT)).join(',\n'));
  }
  const text = `${isList ? '[' : '{'}\n${pieces.join(',\n')}\n  ${isList ? ']' : '}'}`;
  large.set(name, { value, keys, items, pieces, text });
  return text;
}

/** @param {Design} design */
export function textOf(design) {
  const members = Object.entries(design).filter(([, item]) => item !== undefined);
  if (members.length === 0) return '{}\n';
  return `{\n${members.map(([key, item]) => `  ${JSON.stringify(key)}: ${writeLarge(key, item) ?? write(item, '  ')}`).join(',\n')}\n}\n`;
}

/**
 * Reads a document loosely: any JSON object becomes a design whose `nodes` and `edges` the page can walk. Returns null otherwise.
 * @param {string} text
 * @returns {Design | null}
 */
export function parseDesign(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // the engine's diagnostics say where; the text panel shows them
  }
  const isObject = (/** @type {any} */ part) => part !== null && typeof part === 'object' && !Array.isArray(part);
  if (!isObject(value) || !isObject(value.nodes ?? {}) || !Array.isArray(value.edges ?? [])) return null;
  if (!Object.values(value.nodes ?? {}).every(isObject) || !(value.edges ?? []).every(isObject)) return null;
  if (value.nodes === undefined || value.edges === undefined) value = { ...value, nodes: value.nodes ?? {}, edges: value.edges ?? [] };
  return value;
}

/**
 * @param {import('../types.js').Signals} signals
 * @param {() => number} now_ms
 * @returns {import('../types.js').DocumentStore}
 */
export function createDocument(signals, now_ms = () => Date.now()) {
  let design = EMPTY;
  let name = 'untitled';
  let version = 0;
  /** @type {Design | null} */
  let saved = EMPTY;
  /** @type {Step[]} */
  let undone = [];
  /** @type {Step[]} */
  let done = [];
  /** @type {{ design: Design, text: string } | null} */
  let cached = null;

  /** @param {Design} next */
  function show(next) {
    design = next;
    version += 1;
    signals.emit('document');
  }

  return {
    get: () => design,
    text() {
      if (cached?.design !== design) cached = { design, text: textOf(design) };
      return cached.text;
    },
    execute(command) {
      const next = command.apply(design);
      if (next === design) return;
      const last = done.at(-1);
      const time_ms = now_ms();
      const merges = last && command.merge !== undefined && last.merge === command.merge
        && time_ms - last.time_ms < MERGE_WITHIN_MS && undone.length === 0;
      if (merges) last.time_ms = time_ms;
      else done = [...done.slice(1 - UNDO_STEPS_MAX), { name: command.name, merge: command.merge, time_ms, design }];
      undone = [];
      show(next);
    },
    undo() {
      const step = done.pop();
      if (!step) return;
      undone.push({ ...step, merge: undefined, design });
      show(step.design);
    },
    redo() {
      const step = undone.pop();
      if (!step) return;
      done.push({ ...step, merge: undefined, design });
      show(step.design);
    },
    get canUndo() { return done.length > 0; },
    get canRedo() { return undone.length > 0; },
    get undoName() { return done.at(-1)?.name ?? null; },
    get redoName() { return undone.at(-1)?.name ?? null; },
    get isSaved() { return saved === design; },
    get name() { return name; },
    get version() { return version; },
    load(text, newName, options = {}) {
      const next = parseDesign(text);
      if (!next) return false;
      if (options.undoable) {
        done = [...done, { name: 'command.edit_text', merge: undefined, time_ms: now_ms(), design }];
        undone = [];
        show(next);
        return true;
      }
      signals.emit('document-leave');
      done = [];
      undone = [];
      name = newName;
      saved = options.saved === false ? null : next;
      show(next);
      signals.emit('document-open', options);
      return true;
    },
    markSaved(newName) {
      if (newName !== undefined) name = newName;
      saved = design;
      signals.emit('saved');
    },
  };
}
