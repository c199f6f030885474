// It is told what leaders do, the moment they do it: none may act after a newer one has.
let newest = { token: 0, leader: '' };
const leaders = new Set();

export function onMessage(message, node) {
  const { token, leader } = message.body;
  node.metric('acts');
  leaders.add(leader);
  if (token < newest.token && leader !== newest.leader) {
    node.metric('violation');
    node.error(`${leader} acts with ${token}, and ${newest.leader} has ${newest.token}`);
  } else if (token > newest.token) {
    newest = { token, leader };
    if (leaders.size > 1) node.metric('checked'); // the leader has changed
  }
}
