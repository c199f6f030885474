export const onRequest = (request, node) => ({ shard: node.id });
