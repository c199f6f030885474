/// A request that was given up past its deadline had its patience timer still running: it fired
/// while the reply travelled, and the request ended a second time. Found by random designs.
#include "scenario.h"

SS_TEST(bug_given_up_request_ends_once) {
    simulation s = simulation_open(SCENARIO(
        TRACE("c", "[0, 'a'], [0, 'b']") ", "
        "'m': {'type': 'service', 'service_time': 0},"
        "'s': {'type': 'station', 'service_time': '1200ms', 'patience': '1250ms'}",
        "{'from': 'c', 'to': 'm', 'timeout': '1s'},"
        "{'from': 'm', 'to': 's', 'latency': '100ms', 'deadline': 'propagate'}", "10"));
    s.slice_events = 1;
    simulation_finish(&s); // b is given up at 1.3 s; its patience would have ended at 1.35 s
    EXPECT(s, "nodes.s.errors.timeout", 1);
    EXPECT(s, "nodes.s.completions", 1);
    EXPECT(s, "nodes.m.errors.timeout", 1);
    EXPECT(s, "nodes.c.errors.timeout", 2);
    simulation_close(&s);
}
