// Quorum register: a value on several nodes, any of which can be asked. A majority has to answer, and any two share a
// node: a read sees the last write, though a minority is down or cut off. After Attiya, Bar-Noy and Dolev (1995).
export async function onRequest(request, node) {
  if (request.op === 'stored') return stored(node);
  if (request.op === 'store') return store(request, node);
  const { version, by, value } = newest(await majority('stored', {}, node));
  if (request.op === 'read') {
    // It is written back first: the next reader may meet another majority, and must not see an older value.
    await majority('store', { version, by, value }, node);
    return { version, by, value };
  }
  // No version is used twice by this node, though a write of its own may have failed and be known to few.
  const last = Math.max(version, node.disk.get('version') ?? 0);
  node.disk.set('version', last + 1);
  const next = { version: last + 1, by: node.id, value: request.body.value };
  await majority('store', next, node);
  return next;
}

function stored(node) {
  const register = node.disk.get('register');
  return register ?? { version: 0, by: '', value: null };
}

function store(request, node) {
  if (isNewer(request.body, stored(node))) node.disk.set('register', { ...request.body });
  return {};
}

/** Asks all, and goes on when more than half have answered; fails when so many cannot. */
async function majority(op, body, node) {
  const replicas = [node.id, ...Object.keys(node.targets)];
  const needed = Math.floor(replicas.length / 2) + 1;
  const answers = [];
  const own = op === 'store' ? store({ body }, node) : stored(node);
  await new Promise((resolve, reject) => {
    let left = replicas.length;
    for (const each of replicas) {
      const asked = each === node.id ? Promise.resolve(own) : node.call(each, body, { op, timeout: '200ms' });
      asked.then((answer) => answers.push(answer) === needed && resolve(), () => {}).then(() => {
        left -= 1;
        if (left === 0) reject(new Error('no majority')); // which changes nothing once there was one
      });
    }
  });
  return answers;
}

function newest(answers) {
  return answers.reduce((best, each) => (isNewer(each, best) ? each : best));
}

function isNewer(one, than) {
  return one.version > than.version || (one.version === than.version && one.by > than.by);
}
