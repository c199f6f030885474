// Seldom very late. It counts what it is asked: hedging must not double that.
let asked = 0;

export function onStart(node) {
  node.setTimer('14.5s', (later) => {
    later.metric('asked', asked);
    if (asked <= (14.5 * 200) / 3 * 1.25) return;
    later.metric('violation');
    later.error(`asked ${asked} times`);
  });
}

export async function onRequest(request, node) {
  asked++;
  await node.sleep(node.random() < 0.05 ? 400 : 2 + 8 * node.random());
  return { from: node.id };
}
