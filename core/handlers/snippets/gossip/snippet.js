// Gossip: now and then each node exchanges all it knows with another. What one of them learns, soon all know,
// though messages are lost and nodes are down. Each value has a version; the higher one wins wherever two meet.
const PERIOD_MS = 200;

export function onStart(node) {
  node.state.known = node.disk.get('known') ?? {}; // key → { value, version, by }
  node.setTimer(PERIOD_MS * node.random(), gossip); // not all at once
}

export function onRequest(request, node) {
  const { key, value } = request.body;
  const { known } = node.state;
  if (request.op === 'read') return known[key]?.value ?? null;
  learn({ [key]: { value, version: (known[key]?.version ?? 0) + 1, by: node.id } }, node);
  return { version: node.state.known[key].version };
}

export function onMessage(message, node) {
  const { known, isAnswer } = message.body;
  learn(known, node);
  if (!isAnswer) node.send(message.from, { known: node.state.known, isAnswer: true });
}

function gossip(node) {
  const peers = Object.keys(node.targets);
  const peer = peers[Math.floor(node.random() * peers.length)];
  node.send(peer, { known: node.state.known, isAnswer: false });
  node.setTimer(PERIOD_MS, gossip);
}

function learn(news, node) {
  const { known } = node.state;
  const fresh = Object.entries(news).filter(([key, entry]) => isNewer(entry, known[key]));
  if (fresh.length === 0) return;
  node.state.known = { ...known, ...Object.fromEntries(fresh) };
  node.disk.set('known', node.state.known);
}

function isNewer(one, than) {
  if (!than || one.version !== than.version) return !than || one.version > than.version;
  return one.by > than.by; // written at two nodes at the same time: all choose the same
}
