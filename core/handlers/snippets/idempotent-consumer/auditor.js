// When all is quiet, each balance is the sum of the payments that were seen, each once.
export function onStart(node) {
  node.setTimer('24s', audit);
}

async function audit(node) {
  const [seen, balances] = await Promise.all(['seen', 'balances'].map((name) => node.table('db', name).query({ limit: 1e6 })));
  for (const { key, value } of balances) {
    const sum = seen.filter((row) => row.value.account === key).reduce((total, row) => total + row.value.amount, 0);
    node.metric('checked');
    if (sum === value) continue;
    node.metric('violation');
    node.error(`${key} has ${value}; the payments seen add up to ${sum}`);
  }
}
