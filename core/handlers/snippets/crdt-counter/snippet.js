// CRDT counter: each replica counts in a place of its own, and the sum of all places is the value. Where two meet,
// the larger number of each place wins: in whatever order, however often, and whatever is lost on the way.
// (To count down as well, keep a second set of places, and subtract its sum.)
const PERIOD_MS = 200;

export function onStart(node) {
  node.setTimer(PERIOD_MS * node.random(), share);
}

export function onRequest(request, node) {
  if (request.op === 'add') node.disk.set(node.id, (node.disk.get(node.id) ?? 0) + (request.body.by ?? 1));
  return { value: Object.values(places(node)).reduce((sum, n) => sum + n, 0) };
}

/** What another replica knows. A number only ever grows, so the larger one is the newer. */
export function onMessage(message, node) {
  for (const [id, n] of Object.entries(message.body.places)) node.disk.set(id, Math.max(n, node.disk.get(id) ?? 0));
}

function share(node) {
  const peers = Object.keys(node.targets);
  node.send(peers[Math.floor(node.random() * peers.length)], { places: places(node) });
  node.setTimer(PERIOD_MS, share);
}

/** On the disk: a replica that forgot its own number would begin again below it, and lose what it counts then. */
function places(node) {
  return Object.fromEntries(node.disk.keys().map((id) => [id, node.disk.get(id)]));
}
