/**
 * What the engine says of a stretch of the past (`run.journal` in wasm/PROTOCOL.md), made ready to be drawn and walked: pure, tested
 * without a page.
 */

/**
 * @typedef {object} Said
 * @property {string} kind loaded, call, send, publish, sleep, timer, cancel, cpu, reply, settled, error, log, metric
 * @property {string} [target] @property {string} [operation] @property {string} [key] @property {string} [body]
 * @property {number} [line] @property {string} [text] @property {number | string} [value] @property {number} [delay_ns]
 */
/**
 * One time that user code ran.
 * @typedef {object} Input
 * @property {number} n its number in the run
 * @property {number} at_ns @property {number} done_ns
 * @property {string} node @property {number} replica
 * @property {string} kind start, request, message, timer, settle, abandon, load
 * @property {number | null} [activity] what belongs together: a request and what awaits within it
 * @property {number | null} [cause] the input whose saying led here
 * @property {string} [settled] how what was awaited ended @property {boolean} [duplicate] it came before
 * @property {number} [request] @property {string} [operation] @property {string} [from] @property {string} [body]
 * @property {number} fuel @property {string} outcome @property {string} [error]
 * @property {Said[]} said
 */
/**
 * @typedef {object} Message
 * @property {string} from @property {number} [from_replica] @property {string} to @property {number} [to_replica]
 * @property {string} kind request, reply, message
 * @property {number} sent_ns @property {number | null} [arrived_ns]
 * @property {string} end @property {boolean} [duplicate]
 * @property {number | null} [cause] @property {number | null} [to_input] @property {string} [operation]
 */
/** @typedef {{ node: string, replica?: number, from_ns: number, to_ns: number }} Crash */
/** @typedef {{ from_s: number, to_s: number, cut: boolean, inputs: Input[], messages: Message[], crashes: Crash[] }} Journal */
/** @typedef {{ node: string, replica: number, isAlone: boolean }} Lane */
/** @typedef {{ from_ns: number, to_ns: number }} View */
/** @typedef {{ node: string, kind: string, isFailed: boolean, text: string }} Filter */

export const KINDS = /** @type {const} */ (['start', 'request', 'message', 'timer', 'settle', 'abandon', 'load']);
const NARROWEST_NS = 1000; // nothing in a run is told apart more finely
const FLIGHT_SHARE = 0.03; // of the stretch: how far something lost is drawn where nothing like it arrived

/**
 * The engine's answer without its unknowns: what never ended ends with the stretch, or at once; a replica that is not known is the first.
 * @param {any} answer
 * @returns {Journal}
 */
export function tidied({ from_s, to_s, cut, inputs, messages, crashes }) {
  return {
    from_s, to_s, cut,
    inputs: inputs.map((/** @type {any} */ input) => tidiedInput(input)),
    messages: messages.map((/** @type {any} */ message) => ({ ...message, from_replica: message.from_replica ?? 0, to_replica: message.to_replica ?? 0 })),
    crashes: crashes.map((/** @type {any} */ crash) => ({ ...crash, to_ns: crash.to_ns ?? Math.max(crash.from_ns, to_s * 1e9) })),
  };
}

/** @template {{ at_ns: number, done_ns: number | null }} T @param {T} input @returns {T & { done_ns: number }} */
export const tidiedInput = (input) => ({ ...input, done_ns: input.done_ns ?? input.at_ns });

/**
 * A line for each replica that something happened at, in the order of the design.
 * @param {Journal} journal @param {readonly string[]} order ids of nodes
 * @returns {Lane[]}
 */
export function lanesOf({ inputs, messages, crashes }, order) {
  /** @type {Map<string, Set<number>>} */
  const replicas = new Map();
  const add = (/** @type {string} */ node, /** @type {number | undefined} */ replica) => {
    const known = replicas.get(node);
    if (known) known.add(replica ?? 0);
    else replicas.set(node, new Set([replica ?? 0]));
  };
  for (const { node, replica } of inputs) add(node, replica);
  for (const { from, from_replica, to, to_replica } of messages) {
    add(from, from_replica);
    add(to, to_replica);
  }
  // A whole node that crashed has every line that it has anyhow.
  for (const { node, replica } of crashes) if (replica !== undefined || !replicas.has(node)) add(node, replica);
  const nodes = [...replicas.keys()].sort((a, b) => place(order, a) - place(order, b));
  return nodes.flatMap((node) => {
    const own = [...(replicas.get(node) ?? [])].sort((a, b) => a - b);
    return own.map((replica) => ({ node, replica, isAlone: own.length === 1 }));
  });
}

/** @param {readonly string[]} order @param {string} id */
const place = (order, id) => (order.includes(id) ? order.indexOf(id) : order.length);

/** @param {readonly Lane[]} lanes @returns {(node: string, replica?: number) => number} -1 where there is none */
export function laneFinder(lanes) {
  const places = new Map(lanes.map(({ node, replica }, index) => [`${replica} ${node}`, index]));
  return (node, replica = 0) => places.get(`${replica} ${node}`) ?? -1;
}

/**
 * The stretch to look at first: around a moment, with at most so many inputs and messages.
 * @param {Journal} journal @param {number} at_ns @param {number} most
 * @returns {View}
 */
export function firstView({ from_s, to_s, inputs, messages }, at_ns, most) {
  const whole = { from_ns: from_s * 1e9, to_ns: to_s * 1e9 };
  const times = [...inputs.map((input) => input.at_ns), ...messages.map(({ sent_ns }) => sent_ns)];
  if (times.length <= most) return whole;
  const reach_ns = times.map((time_ns) => Math.abs(time_ns - at_ns)).sort((a, b) => a - b)[most - 1] ?? 0;
  return within({ from_ns: at_ns - reach_ns, to_ns: at_ns + reach_ns }, whole);
}

/**
 * A stretch moved, and where it must shortened, so that it lies in the other.
 * @param {View} view @param {View} bounds
 * @returns {View}
 */
export function within(view, bounds) {
  const whole_ns = bounds.to_ns - bounds.from_ns;
  const length_ns = Math.min(Math.max(view.to_ns - view.from_ns, Math.min(NARROWEST_NS, whole_ns)), whole_ns);
  const from_ns = Math.min(Math.max(view.from_ns, bounds.from_ns), bounds.to_ns - length_ns);
  return { from_ns, to_ns: from_ns + length_ns };
}

/**
 * Shows `factor` times as much, `at_ns` staying where it is.
 * @param {View} view @param {number} factor @param {number} at_ns @param {View} bounds
 */
export function zoomed({ from_ns, to_ns }, factor, at_ns, bounds) {
  const length_ns = Math.max((to_ns - from_ns) * factor, NARROWEST_NS);
  const share = (at_ns - from_ns) / (to_ns - from_ns || 1);
  return within({ from_ns: at_ns - share * length_ns, to_ns: at_ns + (1 - share) * length_ns }, bounds);
}

/** @param {View} view @param {number} by_ns @param {View} bounds */
export const moved = ({ from_ns, to_ns }, by_ns, bounds) => within({ from_ns: from_ns + by_ns, to_ns: to_ns + by_ns }, bounds);

/**
 * The stretch moved, if it must be, so that a moment lies in it with something around.
 * @param {View} view @param {number} at_ns @param {View} bounds
 */
export function showing(view, at_ns, bounds) {
  const length_ns = view.to_ns - view.from_ns;
  const margin_ns = length_ns * 0.08;
  if (at_ns >= view.from_ns + margin_ns && at_ns <= view.to_ns - margin_ns) return view;
  return within({ from_ns: at_ns - length_ns / 2, to_ns: at_ns + length_ns / 2 }, bounds);
}

/** How a message ended, as it is drawn. @param {Message} message @returns {'lost' | 'duplicate' | 'refused' | 'fine'} */
export function fateOf({ arrived_ns, end, duplicate }) {
  if (arrived_ns === null || arrived_ns === undefined) return 'lost';
  if (duplicate) return 'duplicate';
  return end === 'ok' || end === 'open' ? 'fine' : 'refused';
}

/**
 * How long a message of this way is under way: what of something lost is drawn.
 * @param {Journal} journal
 * @returns {(message: Message) => number} in ns
 */
export function flightsOf({ messages, from_s, to_s }) {
  /** @type {Map<string, number[]>} */
  const flights = new Map();
  const all = [];
  for (const { from, to, sent_ns, arrived_ns } of messages) {
    if (arrived_ns === null || arrived_ns === undefined) continue;
    const key = `${from} ${to}`;
    const own = flights.get(key) ?? [];
    if (own.length === 0) flights.set(key, own);
    own.push(arrived_ns - sent_ns);
    all.push(arrived_ns - sent_ns);
  }
  const median = (/** @type {number[]} */ list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const usual = median(all) ?? (to_s - from_s) * 1e9 * FLIGHT_SHARE;
  const medians = new Map([...flights].map(([key, list]) => [key, median(list) ?? usual]));
  return ({ from, to }) => medians.get(`${from} ${to}`) ?? usual;
}

/** @param {View} view @param {number} from_ns @param {number} to_ns */
export const isSeen = (view, from_ns, to_ns) => to_ns >= view.from_ns && from_ns <= view.to_ns;

/** @param {Input} input */
export const isFailed = ({ outcome, error }) => outcome !== 'ok' || error !== undefined;

/** @param {readonly Input[]} inputs @param {Filter} filter */
export function filtered(inputs, { node, kind, isFailed: wantsFailed, text }) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return inputs.filter((input) => (node === '' || input.node === node) && (kind === '' || input.kind === kind) && (!wantsFailed || isFailed(input))
    && words.every((word) => wordsOf(input).includes(word)));
}

/** What is searched of an input. @param {Input} input */
const wordsOf = ({ n, node, kind, operation, from, body, error, settled, said }) => [`#${n}`, node, kind, operation, from, body, error, settled,
  ...said.flatMap((one) => [one.kind, one.target, one.operation, one.body, one.text])].filter(Boolean).join(' ').toLowerCase();

/**
 * What an input led to: other inputs, and messages that became none.
 * @param {Journal} journal @param {number} n
 */
export function effectsOf({ inputs, messages }, n) {
  return { inputs: inputs.filter(({ cause }) => cause === n), messages: messages.filter(({ cause, to_input }) => cause === n && (to_input === null || to_input === undefined)) };
}

/**
 * The input before or after this one of the same activity: from one `await` to the next.
 * @param {Journal} journal @param {Input} input @param {1 | -1} direction
 * @returns {Input | null}
 */
export function ofActivity({ inputs }, { activity, n }, direction) {
  if (activity === undefined || activity === null) return null;
  const others = inputs.filter((one) => one.activity === activity && (one.n - n) * direction > 0);
  return others.reduce((/** @type {Input | null} */ best, one) => (best === null || (one.n - best.n) * direction < 0 ? one : best), null);
}

/**
 * The input next to one in time, among those that are listed.
 * @param {readonly Input[]} inputs @param {number | null} n @param {1 | -1} direction
 */
export function besides(inputs, n, direction) {
  const at = inputs.findIndex((input) => input.n === n);
  if (at < 0) return inputs[direction > 0 ? 0 : inputs.length - 1] ?? null;
  return inputs[at + direction] ?? null;
}

/**
 * The nearest input in time on the next line that has any.
 * @param {readonly Input[]} inputs @param {readonly Lane[]} lanes @param {Input} from @param {1 | -1} direction
 */
export function onNextLane(inputs, lanes, from, direction) {
  const laneOf = laneFinder(lanes);
  for (let lane = laneOf(from.node, from.replica) + direction; lane >= 0 && lane < lanes.length; lane += direction) {
    const own = inputs.filter(({ node, replica }) => laneOf(node, replica) === lane);
    const [first] = own;
    if (first) return own.reduce((best, one) => (Math.abs(one.at_ns - from.at_ns) < Math.abs(best.at_ns - from.at_ns) ? one : best), first);
  }
  return null;
}

/** @param {unknown} value */
const cell = (value) => {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** The messages of a stretch as a table. @param {Journal} journal */
export function csvOfMessages({ messages }) {
  const head = ['from', 'from_replica', 'to', 'to_replica', 'kind', 'operation', 'sent_s', 'arrived_s', 'end', 'duplicate', 'cause', 'to_input'];
  const seconds = (/** @type {number | null | undefined} */ ns) => (ns === null || ns === undefined ? '' : ns / 1e9);
  const lines = messages.map((one) => [one.from, one.from_replica ?? 0, one.to, one.to_replica ?? 0, one.kind, one.operation, seconds(one.sent_ns), seconds(one.arrived_ns),
    one.end, one.duplicate ?? false, one.cause, one.to_input]);
  return [head, ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}
