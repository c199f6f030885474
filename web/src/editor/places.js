/** Places in a text: lines and columns from 1, columns in UTF-16 units. */

/** @typedef {import('./types.js').Place} Place */

/** @param {string} text @param {Place} place @returns {number} within the text, whatever the place */
export function offsetOf(text, { line, column }) {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    const next = text.indexOf('\n', start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(start + Math.max(0, column - 1), end < 0 ? text.length : end);
}

/** @param {string} text @param {number} offset @returns {Place} */
export function placeOf(text, offset) {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', start)) {
    line += 1;
    start = next + 1;
  }
  return { line, column: Math.max(0, Math.min(offset, text.length) - start) + 1 };
}

/**
 * The one stretch in which two texts differ, so that what is around it (a cursor, a selection, a fold) can stay.
 * @param {string} from
 * @param {string} to
 * @returns {{ from: number, to: number, insert: string } | null} of the first text; null when they are equal
 */
export function changeOf(from, to) {
  if (from === to) return null;
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && from.charCodeAt(head) === to.charCodeAt(head)) head += 1;
  let tail = 0;
  while (tail < shorter - head && from.charCodeAt(from.length - 1 - tail) === to.charCodeAt(to.length - 1 - tail)) tail += 1;
  return { from: head, to: from.length - tail, insert: to.slice(head, to.length - tail) };
}

/**
 * The end of a stretch that was only given its beginning: the word or number there, else one character.
 * @param {string} text
 * @param {number} offset
 */
export function wordEnd(text, offset) {
  const word = /^(?:[\p{L}\p{N}_$.-]+|"(?:[^"\\\n]|\\.)*")/u.exec(text.slice(offset, offset + 200));
  const end = offset + (word ? word[0].length : 1);
  return Math.min(end, text.length);
}

/**
 * What a diagnostic marks: from its place to its end, or the word there; at the end of a line what is before it, so that there is something to see.
 * @param {string} text
 * @param {import('./types.js').EditorDiagnostic} diagnostic
 * @returns {[number, number]}
 */
export function markOf(text, { from, to }) {
  const start = offsetOf(text, from);
  const end = to ? offsetOf(text, to) : wordEnd(text, start);
  const isSeen = text.slice(start, end).trim() !== '';
  return isSeen || start === 0 || text[start - 1] === '\n' ? [start, Math.max(start, end)] : [start - 1, start];
}

/** @param {string} text @param {number} offset @returns {string} the word that ends there */
export const wordBefore = (text, offset) => /[\p{L}\p{N}_$]*$/u.exec(text.slice(Math.max(0, offset - 100), offset))?.[0] ?? '';

/** @param {string} text @param {number} offset @returns {{ word: string, from: number, to: number }} around a place */
export function wordAround(text, offset) {
  const before = wordBefore(text, offset);
  const after = /^[\p{L}\p{N}_$]*/u.exec(text.slice(offset, offset + 100))?.[0] ?? '';
  return { word: before + after, from: offset - before.length, to: offset + after.length };
}

const EDITS_MAX = 300; // of lines; texts that differ by more have one stretch

/**
 * The stretches in which two texts differ, line by line (Myers, "An O(ND) Difference Algorithm and Its Variations", 1986), so that a cursor between
 * two of them stays too.
 * @param {string} from
 * @param {string} to
 * @returns {{ from: number, to: number, insert: string }[]} of the first text, in its order
 */
export function changesOf(from, to) {
  const whole = changeOf(from, to);
  if (!whole) return [];
  // Whole lines around the stretch that differs.
  const start = whole.from === 0 ? 0 : from.lastIndexOf('\n', whole.from - 1) + 1;
  const end = (/** @type {string} */ text, /** @type {number} */ at) => { const next = text.indexOf('\n', at); return next < 0 ? text.length : next + 1; };
  const fromEnd = end(from, whole.to);
  const toEnd = to.length - (from.length - fromEnd);
  const split = (/** @type {string} */ text) => text.split(/(?<=\n)/);
  const a = split(from.slice(start, fromEnd));
  const b = split(to.slice(start, toEnd));
  const kept = commonLines(a, b);
  if (!kept) return [whole];
  /** @type {{ from: number, to: number, insert: string }[]} */
  const changes = [];
  let [x, y, offset] = [0, 0, start];
  for (const [nextX, nextY] of [...kept, [a.length, b.length]]) {
    const removed = a.slice(x, nextX).join('');
    const part = changeOf(removed, b.slice(y, nextY).join(''));
    if (part) changes.push({ from: offset + part.from, to: offset + part.to, insert: part.insert });
    offset += removed.length + (a[/** @type {number} */ (nextX)]?.length ?? 0);
    [x, y] = [/** @type {number} */ (nextX) + 1, /** @type {number} */ (nextY) + 1];
  }
  return changes;
}

/**
 * Pairs of lines that are in both, in order; null when that takes too many edits.
 * @param {string[]} a
 * @param {string[]} b
 * @returns {[number, number][] | null}
 */
function commonLines(a, b) {
  const most = Math.min(EDITS_MAX, a.length + b.length);
  /** @type {Map<number, number>[]} */
  const trace = [];
  const reach = new Map([[1, 0]]);
  for (let edits = 0; edits <= most; edits += 1) {
    trace.push(new Map(reach));
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? reach.get(k + 1) ?? 0 : (reach.get(k - 1) ?? 0) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) [x, y] = [x + 1, y + 1];
      reach.set(k, x);
      if (x >= a.length && y >= b.length) return walkBack(trace, a, b);
    }
  }
  return null;
}

/** @param {Map<number, number>[]} trace @param {string[]} a @param {string[]} b */
function walkBack(trace, a, b) {
  /** @type {[number, number][]} */
  const kept = [];
  let [x, y] = [a.length, b.length];
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const reach = /** @type {Map<number, number>} */ (trace[edits]);
    const k = x - y;
    const down = k === -edits || (k !== edits && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const lastK = down ? k + 1 : k - 1;
    const lastX = edits === 0 ? 0 : reach.get(lastK) ?? 0;
    const lastY = edits === 0 ? 0 : lastX - lastK;
    while (x > lastX && y > lastY) {
      [x, y] = [x - 1, y - 1];
      kept.unshift([x, y]);
    }
    [x, y] = [lastX, lastY];
  }
  return kept;
}

/** @typedef {{ texts: string[], titles: string[], share: number, tone: string | undefined, isBreakpoint: boolean, condition: string | undefined }} LineNote */

/**
 * What the marks of each line come to together: marks of different owners (what a line cost, a stop) may stand at one line.
 * @param {readonly import('./types.js').LineMark[]} marks
 * @returns {Map<number, LineNote>} by line
 */
export function notesOf(marks) {
  /** @type {Map<number, LineNote>} */
  const notes = new Map();
  for (const { line, text, title, share, tone, isBreakpoint = false, condition } of marks) {
    const note = notes.get(line) ?? { texts: [], titles: [], share: 0, tone: undefined, isBreakpoint: false, condition: undefined };
    if (text) note.texts.push(text);
    if (title) note.titles.push(title);
    if (condition) note.titles.push(condition);
    note.share = Math.max(note.share, Math.min(1, share ?? 0));
    note.tone ??= tone;
    note.isBreakpoint ||= isBreakpoint;
    note.condition ??= condition;
    notes.set(line, note);
  }
  return notes;
}

/**
 * Where lines of one text are in another: a stop stays with its code while that is edited.
 * @param {readonly number[]} lines of `from`
 * @param {string} from
 * @param {string} to
 * @returns {number[]} of `to`, one for each
 */
export function movedLines(lines, from, to) {
  const changes = changesOf(from, to);
  return lines.map((line) => {
    const offset = offsetOf(from, { line, column: 1 });
    let moved = offset;
    for (const change of changes) {
      if (change.to <= offset) moved += change.insert.length - (change.to - change.from);
      else if (change.from < offset) moved -= offset - change.from; // it was within what went
    }
    return placeOf(to, moved).line;
  });
}
