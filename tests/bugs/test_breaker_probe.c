/// A half-open breaker took the next reply for its probe's, whoever had sent that call, and waited
/// for ever for a probe whose sender had crashed. Found by reading.
#include "scenario.h"

#define BREAKER(open_for)                                                                          \
    "'breaker': {'errors': 0.5, 'window': '10s', 'min_calls': 2, 'open_for': '" open_for "'}"

/// Two failures at 0.2 s open it until 1.2 s. The probe fails at 2.3 s; the slow call of 0 s is
/// answered well at 2 s, which says nothing about how s is now.
SS_TEST(bug_breaker_is_not_closed_by_an_older_call) {
    simulation s = simulate(SCENARIO_WITH(
        TRACE("c", "[0, 'slow'], [0.1, 'a'], [0.1, 'a'], [1.3, 'probe'], [2.1, 'late']") ", "
        "'s': {'type': 'station', 'concurrency': 'inf', 'operations': {"
        "'slow': {'service_time': '2s'}, 'a': {'service_time': '100ms', 'error_rate': 1},"
        "'probe': {'service_time': '1s', 'error_rate': 1}, 'late': {'service_time': '1ms'}}}",
        "{'from': 'c', 'to': 's', " BREAKER("1s") "}", "3", ""));
    EXPECT(s, "nodes.c.operations.slow.completions", 1);
    EXPECT(s, "nodes.c.operations.late.errors.breaker_open", 1);
    EXPECT(s, "edges.c->s.breaker_opened", 2);
    simulation_close(&s);
}

/// The caller crashes while its probe is under way: the next call is the probe.
SS_TEST(bug_breaker_survives_the_crash_of_its_probe) {
    simulation s = simulate(SCENARIO_WITH(
        TRACE("c", "[0, 'a'], [0, 'a'], [1.5, 'probe'], [3, 'b'], [4, 'b']") ", "
        "'m': {'type': 'station', 'concurrency': 'inf', 'operations': {"
        "'a': {'flow': [{'call': 's'}]}, 'b': {'flow': [{'call': 's'}]},"
        "'probe': {'flow': [{'call': 's'}]}}},"
        "'s': {'type': 'station', 'concurrency': 'inf', 'operations': {"
        "'a': {'service_time': '100ms', 'error_rate': 1}, 'probe': {'service_time': '1s'},"
        "'b': {'service_time': '1ms'}}}",
        "{'from': 'c', 'to': 'm'}, {'from': 'm', 'to': 's', " BREAKER("1s") "}", "5",
        ", 'faults': [{'kind': 'crash', 'target': 'm', 'at': 1.7, 'for': 0.1}]"));
    EXPECT(s, "nodes.c.operations.probe.errors.failed", 1);
    EXPECT(s, "nodes.c.operations.b.completions", 2);
    simulation_close(&s);
}
