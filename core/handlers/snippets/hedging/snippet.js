// Hedging: when an answer is late, another replica is asked too, and whoever answers first is taken. Only for reads,
// and only for a few of the requests: when all are slow, a second copy of everything would make it worse.
const REPLICAS = ['a', 'b', 'c'];
const AFTER_MS = 30; // later than 95 of 100 answers
const SHARE = 0.1; // of requests that may be asked twice
let credit = 1;

export async function onRequest(request, node) {
  credit = Math.min(10, credit + SHARE);
  const first = Math.floor(node.random() * REPLICAS.length);
  const options = { op: request.op, timeout: '1s' };
  const ask = (n) => node.call(REPLICAS[(first + n) % REPLICAS.length], request.body, options);
  let isOver = false;
  const late = async () => {
    await node.sleep(AFTER_MS);
    if (isOver || credit < 1) throw new Error('not hedged'); // the first answer counts, whatever it is
    credit -= 1;
    node.metric('hedges');
    return ask(1);
  };
  try {
    return await Promise.any([ask(0), late()]);
  } catch (error) {
    throw error.errors[0]; // both have failed
  } finally {
    isOver = true;
  }
}
