// Every message has an id; every third is sent twice, every tenth a second time a little later.
let count = 0;

export async function onRequest(request, node) {
  const message = { id: `m${++count}` };
  await node.publish('broker', message, { key: message.id });
  if (count % 3 === 0) await node.publish('broker', message, { key: message.id });
  if (count % 10 === 0) node.setTimer('300ms', (later) => later.publish('broker', message, { key: message.id }));
}
