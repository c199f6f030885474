/// A request that was still on its way when its caller gave up came to the code as a message: to
/// onMessage, or to nobody.
#include <stdlib.h>
#include <string.h>

#include "simulate.h"
#include "unit.h"

#define COUNTING                                                                                   \
    "function onRequest(request, node) { node.metric(`request`); }"                                \
    " function onMessage(message, node) { node.metric(`message`); }"

/// Three requests to a, whose code calls b over a slow edge, and gives up before they arrive.
static simulation late(const char *call, const char *edge) {
    return simulate("{'format': 'scalesim/1', 'name': 'late', 'nodes': {"
                    "'c': {'type': 'client', 'load': {'trace': [[1], [2], [3]]}},"
                    "'a': {'type': 'service', 'code': {'source':"
                    " 'async function onRequest(request, node) { %s }'}},"
                    "'b': {'type': 'service', 'code': {'source': '" COUNTING "'}}},"
                    "'edges': [{'from': 'c', 'to': 'a'},"
                    "{'from': 'a', 'to': 'b', 'latency': '100ms'%s}],"
                    "'run': {'duration': '10s', 'warmup': 0}}",
                    call, edge);
}

static bool says(simulation *s, const char *text) {
    char *json = simulation_json(s);
    const bool found = strstr(json, text) != NULL;
    free(json);
    return found;
}

SS_TEST(bug_late_request_is_a_request) {
    simulation s = late("await node.call(`b`, 1, { timeout: 80 }).catch(() => 0);", "");
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.b.completions"), 3);
    SS_CHECK(says(&s, "{\"name\":\"request\",\"count\":3"));
    SS_CHECK(!says(&s, "{\"name\":\"message\""));
    simulation_close(&s);
    s = late("node.send(`b`, 1);", "");
    SS_CHECK(says(&s, "{\"name\":\"message\",\"count\":3"));
    SS_CHECK(!says(&s, "{\"name\":\"request\""));
    simulation_close(&s);
}
