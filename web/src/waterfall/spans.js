/**
 * What the engine says of single requests (`run.spans` in wasm/PROTOCOL.md), made ready to be drawn: pure, tested without a page.
 */

/**
 * @typedef {object} Span
 * @property {string} node
 * @property {string} operation
 * @property {number} [parent]
 * @property {number} [edge]
 * @property {number} [attempt]
 * @property {boolean} [branch]
 * @property {number} start_ns
 * @property {number} end_ns
 * @property {string} end
 * @property {[kind: string, from_ns: number][]} parts
 */
/** @typedef {{ start_s: number, spans: Span[] }} Request */
/** @typedef {{ kind: string, from_ns: number, to_ns: number }} Part */

/** @param {Span} span @returns {Part[]} */
export const partsOf = ({ parts, end_ns }) => parts.map(([kind, from_ns], index) => ({ kind, from_ns, to_ns: parts[index + 1]?.[1] ?? end_ns }));

/** How long each kind of part took together. @param {Span} span @returns {Map<string, number>} in ns, in the order of their first */
export function timesOf(span) {
  /** @type {Map<string, number>} */
  const times = new Map();
  for (const { kind, from_ns, to_ns } of partsOf(span)) times.set(kind, (times.get(kind) ?? 0) + to_ns - from_ns);
  return times;
}

/** @param {Request} request */
export const responseOf = ({ spans }) => spans[0]?.end_ns ?? 0;

/** @param {Request} request */
export const endOf = ({ spans }) => spans[0]?.end ?? 'open';

/**
 * The visits in the order of a tree: each after what called it, in the order of their beginnings.
 * @param {Request} request
 * @returns {{ span: Span, depth: number }[]}
 */
export function rowsOf({ spans }) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  spans.forEach(({ parent }, index) => {
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), index]);
  });
  /** @type {{ span: Span, depth: number }[]} */
  const rows = [];
  const walk = (/** @type {number} */ index, /** @type {number} */ depth) => {
    const span = spans[index];
    if (!span) return;
    rows.push({ span, depth });
    const own = children.get(index) ?? [];
    for (const child of own.sort((a, b) => (spans[a]?.start_ns ?? 0) - (spans[b]?.start_ns ?? 0) || a - b)) walk(child, depth + 1);
  };
  walk(0, 0);
  return rows;
}

/**
 * The requests worth looking at first. Of equals the first.
 * @param {Request[]} requests
 * @returns {{ slowest: number, median: number, failed: number }} indices; -1 where there is none
 */
export function picksOf(requests) {
  const answered = requests.map((_, index) => index).filter((index) => endOf(/** @type {Request} */ (requests[index])) === 'ok');
  const response = (/** @type {number} */ index) => responseOf(/** @type {Request} */ (requests[index]));
  const ordered = answered.sort((a, b) => response(a) - response(b) || a - b);
  return {
    slowest: ordered.at(-1) ?? -1,
    median: ordered[Math.floor((ordered.length - 1) / 2)] ?? -1,
    failed: requests.findIndex((request) => !['ok', 'open'].includes(endOf(request))),
  };
}

/**
 * Steps of an axis that people can read: 1, 2 or 5 times a power of ten, at most so many.
 * @param {number} length
 * @param {number} most
 */
export function ticksOf(length, most) {
  if (!(length > 0)) return [0];
  const rough = length / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
}
