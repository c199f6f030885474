// Baskets: who puts something in reads what is there, at any replica, and writes that and the new thing, at any replica.
// In the end nothing that was acknowledged is missing, and all replicas say the same.
const REPLICAS = ['r1', 'r2', 'r3', 'r4'];
const KEYS = ['ann', 'bob', 'eve'];
const put = {}; // by key: things that were acknowledged
let count = 0;

export function onStart(node) {
  for (const key of KEYS) put[key] = [];
  node.setTimer('16s', audit);
}

export async function onRequest(request, node) {
  const key = KEYS[Math.floor(node.random() * KEYS.length)];
  const anyone = () => REPLICAS[Math.floor(node.random() * REPLICAS.length)];
  const thing = `t${++count}`;
  const { values, context } = await node.call(anyone(), { key }, { op: 'read', timeout: '300ms' });
  await node.sleep(50 * node.random()); // the person looks at it
  const value = [...new Set([...values.flat(), thing])];
  await node.call(anyone(), { key, value, context }, { op: 'write', timeout: '300ms' });
  put[key].push(thing);
}

async function audit(node) {
  for (const key of KEYS) {
    const baskets = await Promise.all(REPLICAS.map((each) => ask(each, { key }, 'read', node)));
    const texts = baskets.map(({ values }) => JSON.stringify(values.flat().sort()));
    if (new Set(texts).size > 1) violated(node, `the replicas do not agree on ${key}`);
    const there = new Set(baskets[0].values.flat());
    const lost = put[key].filter((thing) => !there.has(thing));
    if (lost.length > 0) violated(node, `${lost.length} of ${put[key].length} are missing at ${key}: ${lost.slice(0, 5)}`);
    if (put[key].length > 10) node.metric('checked');
  }
}

function violated(node, what) {
  node.metric('violation');
  node.error(what);
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
