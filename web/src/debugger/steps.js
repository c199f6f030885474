/**
 * The lines that an input ran through, and the values of variables at each (`run.code_trace` in wasm/PROTOCOL.md): pure, tested without a page.
 */

/**
 * A line about to be run.
 * @typedef {object} Step
 * @property {number} line
 * @property {string} function
 * @property {number} depth
 * @property {number} fuel burnt so far
 * @property {boolean} [enter] @property {boolean} [resume] an awaited function goes on @property {boolean} [await] it waits from here on
 * @property {string} [leave] the value @property {string} [throws]
 * @property {boolean} [stop] a breakpoint holds here
 * @property {Record<string, string>} [set] variables whose values are others than at the frame's step before
 */
/** @typedef {{ name: string, value: string, before?: string, isNew?: boolean }} Variable `before`: the value that it had until this step */
/** @typedef {{ name: string, line: number, variables: Variable[] }} CallFrame */
/** @typedef {'line' | 'over' | 'out' | 'end'} Move */

/**
 * The calls that are under way at a step, the innermost first, with their variables.
 * @param {readonly Step[]} steps @param {number} at
 * @returns {CallFrame[]}
 */
export function framesAt(steps, at) {
  /** @typedef {{ name: string, line: number, depth: number, values: Map<string, string>, changed: Map<string, string | undefined>, age: number }} Known */
  /** @type {Known[]} */
  const stack = [];
  /** @type {Known[]} calls that wait, the longest first */
  const waiting = [];
  for (let index = 0; index <= at && index < steps.length; index += 1) {
    const step = /** @type {Step} */ (steps[index]);
    while ((stack.at(-1)?.depth ?? -1) > step.depth) stack.pop();
    let frame = stack.at(-1);
    if (!frame || frame.depth !== step.depth || step.enter || step.resume || frame.name !== step.function) {
      if (frame?.depth === step.depth) stack.pop();
      const known = step.resume ? waiting.findIndex(({ name }) => name === step.function) : -1;
      frame = known >= 0 ? goOn(/** @type {Known} */ (waiting.splice(known, 1)[0]), step) : { name: step.function, line: step.line, depth: step.depth, values: new Map(), changed: new Map(), age: 0 };
      stack.push(frame);
    } else frame.age += 1;
    frame.line = step.line;
    frame.changed = new Map();
    for (const [name, value] of Object.entries(step.set ?? {})) {
      const before = frame.values.get(name);
      if (before !== value && frame.age > 0) frame.changed.set(name, before);
      frame.values.set(name, value);
    }
    if (step.await) waiting.push(frame);
  }
  const top = stack.at(-1);
  return stack.map((frame) => ({
    name: frame.name, line: frame.line,
    variables: [...frame.values].map(([name, value]) => {
      if (frame !== top || !frame.changed.has(name)) return { name, value };
      const before = frame.changed.get(name);
      return before === undefined ? { name, value, isNew: true } : { name, value, before };
    }),
  })).reverse();
}

/**
 * A call that waited, where it is now.
 * @template {{ depth: number, age: number }} T
 * @param {T} frame @param {Step} step
 * @returns {T}
 */
function goOn(frame, step) {
  frame.depth = step.depth;
  frame.age += 1;
  return frame;
}

/**
 * Where a move ends: forwards or back, a line (into calls), over a call, out of the function, or all the way.
 * @param {readonly Step[]} steps @param {number} at @param {Move} move @param {1 | -1} direction
 * @returns {number} `at` where there is nowhere to go
 */
export function stepped(steps, at, move, direction) {
  const last = steps.length - 1;
  const end = direction > 0 ? last : 0;
  if (last < 0 || move === 'end') return Math.max(0, end);
  const here = steps[at];
  if (!here) return at;
  const depth = move === 'over' ? here.depth : here.depth - 1;
  for (let index = at + direction; index >= 0 && index <= last; index += direction) {
    if (move === 'line' || /** @type {Step} */ (steps[index]).depth <= depth) return index;
  }
  return end; // out of the outermost is its beginning or end
}

/**
 * The next step, or the last one before, at which a breakpoint holds.
 * @param {readonly Step[]} steps @param {number} at @param {1 | -1} direction
 * @returns {number} -1 where there is none
 */
export function nextStop(steps, at, direction) {
  for (let index = at + direction; index >= 0 && index < steps.length; index += direction) if (steps[index]?.stop) return index;
  return -1;
}

/** The first step of a line from `at` on, else the last before it. @param {readonly Step[]} steps @param {number} line @param {number} at @returns {number} -1 where the line was not run */
export function stepOfLine(steps, line, at) {
  const after = steps.findIndex((step, index) => index > at && step.line === line);
  return after >= 0 ? after : steps.findLastIndex((step, index) => index <= at && step.line === line);
}

/**
 * How often each line was run up to and with a step.
 * @param {readonly Step[]} steps @param {number} at
 * @returns {Map<number, number>}
 */
export function linesRun(steps, at) {
  const lines = /** @type {Map<number, number>} */ (new Map());
  for (const { line } of steps.slice(0, at + 1)) lines.set(line, (lines.get(line) ?? 0) + 1);
  return lines;
}
