/// When the ring of runnable tasks grew, one entry too many was taken over: a task of long ago ran
/// again. Found by random designs: the end of a pause makes thousands runnable at once.
#include "scenario.h"

SS_TEST(bug_ready_ring_grows_without_ghosts) {
    simulation s = simulation_open(SCENARIO_WITH(
        "'c': {'type': 'client', 'load': {'interarrival': '1ms'}, 'operations': {'x': 1}},"
        "'s': {'type': 'service', 'concurrency': 'inf', 'operations': {'x': {'flow': ["
        "{'parallel': [[{'compute': '1ms'}], [{'compute': '2ms'}]]}]}}}",
        "{'from': 'c', 'to': 's'}", "6.0005",
        ", 'faults': [{'kind': 'pause', 'target': 's', 'at': 1, 'for': 4}]"));
    s.slice_events = 1;
    simulation_finish(&s);
    EXPECT(s, "nodes.c.arrivals", 6000);
    EXPECT(s, "nodes.s.arrivals", 6000);
    EXPECT(s, "nodes.s.completions", 5998); // the last two are still there
    simulation_close(&s);
}
