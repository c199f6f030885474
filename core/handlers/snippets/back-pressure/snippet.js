// Back-pressure: at most `limit` requests are under way to the backend, at most WAITING wait here, and who comes then
// is told so at once. The limit grows slowly while all is well, and is halved when an answer does not come.
const WAITING = 30;
const MOST = 50;
let limit = 5;
let underWay = 0;
const waiting = []; // functions that let the next one go

export async function onRequest(request, node) {
  if (underWay >= limit) {
    if (waiting.length >= WAITING) throw new Error('busy, come again later');
    await new Promise((resolve) => { waiting.push(resolve); });
  }
  underWay += 1;
  try {
    const answer = await node.call('backend', request.body, { op: request.op, timeout: '300ms' });
    limit = Math.min(MOST, limit + 1 / limit);
    return answer;
  } catch (error) {
    limit = Math.max(1, limit / 2);
    throw error;
  } finally {
    underWay -= 1;
    if (underWay < limit) waiting.shift()?.();
  }
}
