/// A body that code sends goes on with the request through nodes without code. Where such a node
/// asked a cache or a database that no code has an edge to, the store had nothing to answer with,
/// and the run ended as if its memory had run out. Such a question is a cost without content.
#include "simulate.h"
#include "unit.h"

SS_TEST(bug_store_behind_a_node_without_code) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'name': 'behind', 'nodes': {"
        "'c': {'type': 'client', 'load': {'trace': [[1], [2], [3]]}},"
        "'api': {'type': 'service', 'code': {'source': 'async function onRequest(request, node) {"
        " return await node.call(`plain`, { key: 1 }); }'}},"
        "'plain': {'type': 'service'}, 'db': {'type': 'postgres'}, 'cache': {'type': 'redis'}},"
        "'edges': [{'from': 'c', 'to': 'api'}, {'from': 'api', 'to': 'plain'},"
        "{'from': 'plain', 'to': 'cache'}, {'from': 'plain', 'to': 'db'}],"
        "'run': {'duration': '10s', 'warmup': 0}}");
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.completions"), 3);
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.db.completions"), 3);
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.cache.completions"), 3);
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.errors.failed"), 0);
    simulation_close(&s);
}
