// Promises, and keeps on its disk what it promised; does what is decided, once. One in ten is refused.
export function onRequest(request, node) {
  const { id, decision } = request.body;
  const now = node.disk.get(id);
  if (request.op === 'prepare') {
    if (now === undefined && node.random() < 0.1) return { yes: false };
    if (now === undefined) node.disk.set(id, 'prepared');
    return { yes: node.disk.get(id) !== 'abort' }; // the decision may be here before the question
  }
  if (request.op === 'decide') {
    if (now === 'commit' || now === 'abort') return {};
    node.disk.set(id, decision === 'commit' && now !== 'prepared' ? 'commit without a promise' : decision);
    return {};
  }
  return Object.fromEntries(node.disk.keys().map((key) => [key, node.disk.get(key)]));
}
