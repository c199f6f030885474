// Consistent hashing: each shard stands at many points of a ring, and a key belongs to the next point after its hash.
// While a shard is down only its keys go elsewhere, spread over the others; all other keys stay where they are.
const POINTS = 100; // of each shard: the more, the more even the shares
const SUSPECT_MS = 1000; // so long a shard that failed is left alone
let ring = []; // { at, shard }, sorted
const suspects = {}; // shard → when it may be tried again

export function onStart(node) {
  const pointsOf = (shard) => Array.from({ length: POINTS }, (_, i) => ({ at: hashOf(`${shard}#${i}`), shard }));
  ring = Object.keys(node.targets).flatMap(pointsOf).sort((a, b) => a.at - b.at);
}

export async function onRequest(request, node) {
  const hash = hashOf(String(request.body.key));
  const ask = (shard) => node.call(shard, request.body, { op: request.op, timeout: '200ms' });
  const shard = ownerOf(hash, node.now());
  try {
    const answer = await ask(shard);
    delete suspects[shard];
    return answer;
  } catch {
    suspects[shard] = node.now() + SUSPECT_MS;
    return ask(ownerOf(hash, node.now()));
  }
}

/** The shard of the first point at or after a hash, without those that are left alone. */
function ownerOf(hash, now_ms) {
  let [low, high] = [0, ring.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ring[middle].at < hash) low = middle + 1;
    else high = middle;
  }
  for (let i = 0; i < ring.length; i++) {
    const { shard } = ring[(low + i) % ring.length];
    if (!(suspects[shard] > now_ms)) return shard;
  }
  throw new Error('no shard is up');
}

/** FNV-1a, and a stir: the last letters count as much as the first. */
function hashOf(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
