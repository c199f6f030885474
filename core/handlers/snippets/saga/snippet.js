// Saga: steps on several services, without a transaction around them. When a step fails, those before it are undone.
// Where it stands is on the disk before each step: what a crash interrupts is finished or undone after the restart.
// A step can be told twice, and be undone before it was ever done: participants must take that.
const STEPS = [
  { target: 'stock', run: 'reserve', undo: 'release' },
  { target: 'payments', run: 'charge', undo: 'refund' },
];

export function onStart(node) {
  for (const id of node.disk.keys()) node.setTimer(0, (later) => finish(id, later)); // after a crash
}

export async function onRequest(request, node) {
  const { id } = request.body; // made by the caller, so that it may ask again
  node.disk.set(id, { step: 0, isUndoing: false });
  if (!(await finish(id, node))) throw new Error('cancelled');
  return { id };
}

/** Takes a saga to one of its two ends: all steps done, or all undone. */
async function finish(id, node) {
  let saga = node.disk.get(id);
  const save = (change) => node.disk.set(id, (saga = { ...saga, ...change }));
  while (!saga.isUndoing && saga.step < STEPS.length) {
    const isDone = await tell(STEPS[saga.step], 'run', id, node);
    save(isDone ? { step: saga.step + 1 } : { isUndoing: true }); // it may have happened: it is undone too
  }
  while (saga.isUndoing && saga.step >= 0) {
    if (await tell(STEPS[saga.step], 'undo', id, node)) save({ step: saga.step - 1 });
    else await node.sleep(200 + 200 * node.random()); // until it is back: this must not be given up
  }
  node.disk.delete(id);
  return !saga.isUndoing;
}

function tell(step, which, id, node) {
  return node.call(step.target, { id }, { op: step[which], timeout: '300ms' }).then(() => true, () => false);
}
