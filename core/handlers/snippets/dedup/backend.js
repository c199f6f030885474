// What it does it does at once, and no message may make it do it twice.
const done = new Set();

export async function onRequest(request, node) {
  const { id } = request.body;
  node.metric('done');
  if (done.has(id)) {
    node.metric('violation');
    node.error(`${id} was done twice`);
  }
  done.add(id);
  await node.sleep(20 * node.random());
}
