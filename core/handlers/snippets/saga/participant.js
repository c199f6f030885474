// Does a thing once, however often it is told, and undoes it, even before it was told to do it.
export async function onRequest(request, node) {
  const { id } = request.body;
  const book = node.table('db', node.id);
  if (request.op === 'release' || request.op === 'refund') {
    await book.put(id, { state: 'undone' });
    return;
  }
  if (node.random() < 0.1) throw new Error('refused');
  await book.put(id, { state: 'done' }, { if: 'absent' });
  const { state } = await book.get(id);
  if (state === 'undone') throw new Error('undone before');
}
