// When all is over, every participant has heard the same of each transaction, and what was promised to the caller is true.
const said = {}; // by id: whether it was committed
let count = 0;

export function onStart(node) {
  node.setTimer('25s', audit);
}

export async function onRequest(request, node) {
  const id = `t${++count}`;
  await node.call('coordinator', { id }, { timeout: '20s' });
  said[id] = true;
}

async function audit(node) {
  const books = await Promise.all(['a', 'b', 'c'].map((each) => ask(each, {}, 'show', node)));
  let committed = 0;
  for (const id of new Set(books.flatMap((book) => Object.keys(book)))) {
    const states = books.map((book) => book[id] ?? 'abort');
    const isMixed = states.some((state) => state !== states[0] || state === 'prepared');
    if (isMixed || (said[id] && states[0] !== 'commit')) violated(node, `${id} is ${states.join(', ')}`);
    if (states[0] === 'commit') committed++;
  }
  if (committed > 0) node.metric('checked', committed);
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
