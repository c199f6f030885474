// Two-phase commit: all participants do a thing, or none does. First each promises that it can; then all are told.
// The decision is on the disk before anybody hears it: a restart tells it again, and gives up what was not decided.
const PARTICIPANTS = ['a', 'b', 'c'];

export function onStart(node) {
  for (const id of node.disk.keys()) node.setTimer(0, (later) => tell(id, later)); // after a crash
}

export async function onRequest(request, node) {
  const { id } = request.body;
  node.disk.set(id, 'abort'); // until all have promised
  const votes = await Promise.allSettled(PARTICIPANTS.map((each) => (
    node.call(each, request.body, { op: 'prepare', timeout: '300ms' }))));
  const isPromised = votes.every(({ status, value }) => status === 'fulfilled' && value.yes);
  if (isPromised) node.disk.set(id, 'commit'); // from here on there is no way back
  await tell(id, node);
  if (!isPromised) throw new Error('aborted');
  return { id };
}

/** Until all have heard it. They keep what they promised locked so long. */
async function tell(id, node) {
  const decision = node.disk.get(id);
  await Promise.all(PARTICIPANTS.map((each) => tellOne(each, { id, decision }, node)));
  node.disk.delete(id);
  node.metric(decision);
}

async function tellOne(participant, body, node) {
  for (;;) {
    try {
      return await node.call(participant, body, { op: 'decide', timeout: '300ms' });
    } catch {
      await node.sleep(200 + 200 * node.random());
    }
  }
}
