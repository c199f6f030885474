// Writes at any node; what was the last word on a key is what all nodes say in the end.
const NODES = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];
const KEYS = ['x', 'y', 'z', 'u', 'v', 'w'];
const last = {}; // by key: the highest version that was acknowledged
const versions = {}; // by key and value
let count = 0;

export function onStart(node) {
  node.setTimer('18s', audit);
}

export async function onRequest(request, node) {
  const key = KEYS[Math.floor(node.random() * KEYS.length)];
  const at = NODES[Math.floor(node.random() * NODES.length)];
  const value = `w${++count}`;
  const { version } = await node.call(at, { key, value }, { op: 'write', timeout: '1s' });
  versions[`${key} ${value}`] = version;
  last[key] = Math.max(last[key] ?? 0, version);
}

async function audit(node) {
  for (const key of KEYS) {
    const values = await Promise.all(NODES.map((each) => ask(each, { key }, 'read', node)));
    node.metric('checked');
    const version = versions[`${key} ${values[0]}`] ?? Infinity; // of a write that was not acknowledged: any
    if (values[0] !== null && values.every((value) => value === values[0]) && version >= last[key]) continue;
    node.metric('violation');
    node.error(`${key} is ${values.join(', ')}: version ${version}, and ${last[key]} was acknowledged`);
  }
}

/** Until it is up. */
async function ask(target, body, op, node) {
  for (;;) {
    try {
      return await node.call(target, body, { op, timeout: '500ms' });
    } catch {
      await node.sleep(100);
    }
  }
}
