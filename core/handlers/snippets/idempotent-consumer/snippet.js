// Idempotent consumer: a broker delivers at least once, and some messages are sent twice.
// What a message does, and that it was done, change in one transaction: so each counts once.
export async function onMessage(message, node) {
  const { id, account, amount } = message.body;
  for (;;) {
    const row = await node.call('db', { table: 'balances', key: account }, { op: 'get', timeout: '500ms' });
    const value = (row.value ?? 0) + amount;
    const { committed } = await node.transaction('db', [
      { op: 'put', table: 'seen', key: id, value: { account, amount }, if: 'absent' },
      { op: 'put', table: 'balances', key: account, value, if: row.version ?? 'absent' },
    ], { timeout: '500ms' });
    if (committed) return node.metric('booked');
    if ((await node.table('db', 'seen').get(id)) !== undefined) return node.metric('duplicate');
    // Another message of the account came between: once more, with its balance.
  }
}
