// Vector clock: each replica numbers what is written at it; a key's clock says how far each one's writes are known.
// Who writes says what it had read. That is replaced, and what it could not know of stays beside it: a conflict, for
// the next reader to resolve. So no update is lost, though replicas are apart.
const PERIOD_MS = 50;

export function onStart(node) {
  node.setTimer(PERIOD_MS * node.random(), exchange);
}

export function onRequest(request, node) {
  const { key, value, context = {} } = request.body;
  const { values, clock } = node.disk.get(key) ?? { values: {}, clock: {} };
  if (request.op === 'read') return { values: Object.values(values).map((each) => each.value), context: clock };
  const n = (clock[node.id] ?? 0) + 1;
  const kept = Object.entries(values).filter(([, each]) => !knows(context, each));
  node.disk.set(key, {
    values: { ...Object.fromEntries(kept), [`${node.id} ${n}`]: { value, at: node.id, n } },
    clock: { ...latest(clock, context), [node.id]: n },
  });
  return { context: { ...context, [node.id]: n } };
}

export function onMessage(message, node) {
  const { key, row } = message.body;
  node.disk.set(key, merged(node.disk.get(key) ?? { values: {}, clock: {} }, row));
}

/** One key after another, to one replica after another. */
function exchange(node) {
  const oneOf = (list) => list[Math.floor(node.random() * list.length)];
  const [peer, key] = [Object.keys(node.targets), node.disk.keys()].map(oneOf);
  if (key !== undefined) node.send(peer, { key, row: node.disk.get(key) });
  node.setTimer(PERIOD_MS, exchange);
}

/** Values that both have, and those of each that the other has not seen; what it saw and has no more is replaced. */
function merged(ours, theirs) {
  const isKept = ([name, each]) => name in theirs.values || !knows(theirs.clock, each);
  const kept = Object.entries(ours.values).filter(isKept);
  const fresh = Object.entries(theirs.values).filter(([, each]) => !knows(ours.clock, each));
  return { values: Object.fromEntries([...kept, ...fresh]), clock: latest(ours.clock, theirs.clock) };
}

/** Whether a clock has seen a value: of where it was written, it knows as far as that or further. */
function knows(clock, { at, n }) {
  return (clock[at] ?? 0) >= n;
}

function latest(one, other) {
  const all = Object.keys({ ...one, ...other });
  return Object.fromEntries(all.map((at) => [at, Math.max(one[at] ?? 0, other[at] ?? 0)]));
}
