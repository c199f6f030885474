// In the end all replicas have one value: at least what was acknowledged, at most what was tried.
const REPLICAS = ['r1', 'r2', 'r3', 'r4'];
let tried = 0;
let added = 0;

export function onStart(node) {
  node.setTimer('16s', audit);
}

export async function onRequest(request, node) {
  tried++;
  await node.call(REPLICAS[Math.floor(node.random() * REPLICAS.length)], { by: 1 }, { op: 'add', timeout: '300ms' });
  added++;
}

async function audit(node) {
  const values = (await Promise.all(REPLICAS.map((each) => ask(each, {}, 'read', node)))).map(({ value }) => value);
  node.metric('checked', values[0]);
  if (values.every((value) => value === values[0] && value >= added && value <= tried)) return;
  node.metric('violation');
  node.error(`the replicas say ${values.join(', ')}; ${added} were acknowledged, ${tried} tried`);
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
