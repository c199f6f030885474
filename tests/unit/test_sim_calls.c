/// Calls: latency, bandwidth, loss, time-outs, retries, budgets, breakers, hedging, deadlines.
#include "scenario.h"

#define SERVER(properties) "'s': {'type': 'station', " properties "}"
#define CALL(properties) "{'from': 'c', 'to': 's'" properties "}"

// --- The way -----------------------------------------------------------------------------------

SS_TEST(sim_latency_counts_both_ways) {
    simulation s = simulate(SCENARIO(TRACE("c", "[1, 'a']") ", " SERVER("'service_time': '100ms'"),
                                     CALL(", 'latency': '30ms'"), "10"));
    EXPECT(s, "nodes.c.response.mean", 0.16);
    EXPECT(s, "nodes.s.response.mean", 0.1);
    EXPECT(s, "edges.c->s.latency.mean", 0.16);
    EXPECT(s, "nodes.c.in_system", 0.016);
    EXPECT(s, "nodes.s.in_system", 0.01);
    simulation_close(&s);
}

/// A link sends one message after another, each way by itself.
SS_TEST(sim_bandwidth_queues_messages) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'a'], [0, 'b'], [0, 'd']") ", "
        SERVER("'service_time': '100ms', 'concurrency': 'inf'"),
        CALL(", 'bandwidth': 1000, 'request_size': 1000, 'response_size': 500,"
             " 'latency': '10ms'"), "10"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 1.0 + 0.1 + 0.5 + 0.02);
    EXPECT(s, "nodes.c.operations.b.response.mean", 2.0 + 0.1 + 0.5 + 0.02);
    EXPECT(s, "nodes.c.operations.d.response.mean", 3.0 + 0.1 + 0.5 + 0.02);
    simulation_close(&s);
}

SS_TEST(sim_lost_call_without_time_out_fails_at_once) {
    simulation s = simulate(SCENARIO(TRACE("c", "[1, 'a']") ", " SERVER("'service_time': '1s'"),
                                     CALL(", 'loss': 1"), "10"));
    EXPECT(s, "nodes.c.errors.failed", 1);
    EXPECT(s, "nodes.c.in_system", 0);
    EXPECT(s, "nodes.s.arrivals", 0);
    EXPECT(s, "edges.c->s.lost", 1);
    simulation_close(&s);
}

SS_TEST(sim_lost_call_is_noticed_by_its_time_out) {
    simulation s = simulate(SCENARIO(TRACE("c", "[1, 'a']") ", " SERVER("'service_time': '1s'"),
                                     CALL(", 'loss': 1, 'timeout': '700ms'"), "10"));
    EXPECT(s, "nodes.c.errors.timeout", 1);
    EXPECT(s, "nodes.c.errors.failed", 0);
    EXPECT(s, "nodes.c.in_system", 0.07);
    EXPECT(s, "edges.c->s.timeouts", 1);
    simulation_close(&s);
}

SS_TEST(sim_lost_reply_leaves_the_work_done) {
    simulation s = simulate(SCENARIO_WITH(
        TRACE("c", "[1, 'a']") ", " SERVER("'service_time': '1s'"), CALL(", 'timeout': '3s'"), "10",
        ", 'faults': [{'kind': 'partition', 'target': 'c->s', 'direction': 'reply', 'at': 0,"
        " 'for': 5}]"));
    EXPECT(s, "nodes.s.completions", 1);
    EXPECT(s, "nodes.c.errors.timeout", 1);
    EXPECT(s, "nodes.c.in_system", 0.3);
    EXPECT(s, "edges.c->s.lost", 1);
    simulation_close(&s);
}

SS_TEST(sim_loss_is_a_probability_each_way) {
    simulation s = simulate(SCENARIO(
        "'c': {'type': 'client', 'load': {'interarrival': '1ms'}}, "
        SERVER("'service_time': '1us', 'concurrency': 'inf'"), CALL(", 'loss': 0.2"), "20"));
    const double sent = simulation_metric(&s, "edges.c->s.calls");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.s.arrivals") / sent, 0.8, 0.012);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.completions") / sent, 0.64, 0.015);
    simulation_close(&s);
}

// --- Time-outs and retries ---------------------------------------------------------------------

SS_TEST(sim_callee_works_on_for_nobody_after_a_time_out) {
    simulation s = simulate(SCENARIO(TRACE("c", "[0, 'a']") ", " SERVER("'service_time': '1s'"),
                                     CALL(", 'timeout': '300ms'"), "2"));
    EXPECT(s, "nodes.c.errors.timeout", 1);
    EXPECT(s, "nodes.c.error_ratio", 1);
    EXPECT(s, "nodes.c.in_system", 0.15);
    EXPECT(s, "nodes.s.completions", 1);
    EXPECT(s, "nodes.s.utilization", 0.5);
    EXPECT(s, "edges.c->s.latency.count", 0);
    simulation_close(&s);
}

SS_TEST(sim_reply_before_the_time_out_is_in_time) {
    simulation s = simulate(SCENARIO(TRACE("c", "[0, 'a']") ", " SERVER("'service_time': '1s'"),
                                     CALL(", 'timeout': '1001ms'"), "2"));
    EXPECT(s, "nodes.c.completions", 1);
    EXPECT(s, "edges.c->s.timeouts", 0);
    simulation_close(&s);
}

/// Attempts at 0, 0.15, 0.35 and 0.65; the last gives up at 0.75.
SS_TEST(sim_retries_back_off_exponentially) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'a']") ", " SERVER("'service_time': '1s', 'concurrency': 'inf'"),
        CALL(", 'timeout': '100ms', 'retry': {'max': 3, 'backoff': '50ms', 'multiplier': 2}"),
        "10"));
    EXPECT(s, "edges.c->s.retries", 3);
    EXPECT(s, "edges.c->s.timeouts", 4);
    EXPECT(s, "edges.c->s.calls", 4);
    EXPECT(s, "nodes.s.arrivals", 4);
    EXPECT(s, "nodes.c.errors.timeout", 1);
    EXPECT(s, "nodes.c.in_system", 0.075);
    EXPECT(s, "nodes.s.in_system", 0.4);
    simulation_close(&s);
}

SS_TEST(sim_retry_that_succeeds_ends_the_call) {
    simulation s = simulate(SCENARIO_WITH(
        TRACE("c", "[0, 'a']") ", " SERVER("'service_time': '100ms'"),
        CALL(", 'retry': {'max': 5, 'backoff': '1s', 'multiplier': 1}"), "10",
        ", 'faults': [{'kind': 'errors', 'target': 's', 'rate': 1, 'at': 0, 'for': 2}]"));
    // Fails at 0.1 and 1.2; the third attempt is sent at 2.2 and answered at 2.3.
    EXPECT(s, "edges.c->s.retries", 2);
    EXPECT(s, "nodes.c.completions", 1);
    EXPECT(s, "nodes.c.response.mean", 2.3);
    EXPECT(s, "nodes.s.errors.failed", 2);
    simulation_close(&s);
}

SS_TEST(sim_jitter_shortens_a_pause_by_its_share_at_most) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'a'], [5, 'b'], [10, 'd']") ", " SERVER("'service_time': '0s',"
                                                               " 'error_rate': 1"),
        CALL(", 'retry': {'max': 1, 'backoff': '1s', 'jitter': 0.5}"), "20"));
    const double spent_s = simulation_metric(&s, "nodes.c.in_system") * 20.0;
    SS_CHECK(spent_s > 1.5 && spent_s < 3.0);
    EXPECT(s, "edges.c->s.retries", 3);
    simulation_close(&s);
}

/// A budget of 0.5 begins with one token and earns half a token with each call.
SS_TEST(sim_retry_budget_limits_retries) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'a'], [1, 'a'], [2, 'a'], [3, 'a']") ", "
        SERVER("'service_time': '1ms', 'error_rate': 1"),
        CALL(", 'retry': {'max': 5, 'backoff': '1ms', 'budget': 0.5}"), "10"));
    EXPECT(s, "edges.c->s.retries", 3);
    EXPECT(s, "nodes.s.arrivals", 7);
    EXPECT(s, "nodes.c.errors.failed", 4);
    simulation_close(&s);
}

SS_TEST(sim_retries_are_for_failures_only) {
    simulation s = simulate(SCENARIO(TRACE("c", "[0, 'a']") ", " SERVER("'service_time': '1s'"),
                                     CALL(", 'retry': {'max': 9}"), "10"));
    EXPECT(s, "edges.c->s.retries", 0);
    EXPECT(s, "nodes.s.arrivals", 1);
    simulation_close(&s);
}

// --- Circuit breaker ---------------------------------------------------------------------------

#define BREAKER ", 'breaker': {'errors': 0.5, 'window': '10s', 'min_calls': 4, 'open_for': '5s'}"

/// Four failures open it at 3.1 until 8.1; the probe at 9 fails and opens it again.
SS_TEST(sim_breaker_opens_and_probes) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'a'], [1, 'a'], [2, 'a'], [3, 'a'], [4, 'a'], [5, 'a'], [6, 'a'], [7, 'a'],"
                   " [8, 'a'], [9, 'a'], [10, 'a']") ", "
        SERVER("'service_time': '100ms', 'error_rate': 1"), CALL(BREAKER), "12"));
    EXPECT(s, "nodes.s.arrivals", 5);
    EXPECT(s, "nodes.c.errors.failed", 5);
    EXPECT(s, "nodes.c.errors.breaker_open", 6);
    EXPECT(s, "edges.c->s.breaker_opened", 2);
    EXPECT(s, "edges.c->s.calls", 5);
    simulation_close(&s);
}

SS_TEST(sim_breaker_closes_after_a_good_probe) {
    simulation s = simulate(SCENARIO_WITH(
        TRACE("c", "[0, 'a'], [1, 'a'], [2, 'a'], [3, 'a'], [4, 'a'], [9, 'a'], [9, 'b'],"
                   " [10, 'a'], [11, 'a']") ", " SERVER("'service_time': '100ms'"),
        CALL(BREAKER), "12",
        ", 'faults': [{'kind': 'errors', 'target': 's', 'rate': 1, 'at': 0, 'for': '8s'}]"));
    // One probe at a time: of the two at 9 s the second is refused.
    EXPECT(s, "nodes.c.errors.breaker_open", 2);
    EXPECT(s, "nodes.c.operations.b.errors.breaker_open", 1);
    EXPECT(s, "nodes.c.completions", 3);
    EXPECT(s, "edges.c->s.breaker_opened", 1);
    simulation_close(&s);
}

/// Failures that are older than the window are forgotten.
SS_TEST(sim_breaker_window_rolls) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'a'], [1, 'a'], [2, 'a'], [14, 'a'], [15, 'a'], [16, 'a']") ", "
        SERVER("'service_time': '100ms', 'error_rate': 1"), CALL(BREAKER), "20"));
    EXPECT(s, "edges.c->s.breaker_opened", 0);
    EXPECT(s, "nodes.s.arrivals", 6);
    simulation_close(&s);
}

SS_TEST(sim_breaker_needs_its_share_of_errors) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'a'], [0.5, 'b'], [1, 'a'], [1.5, 'a'], [2, 'a'], [2.5, 'b'],"
                   " [3, 'a']") ", "
        SERVER("'operations': {'a': {'service_time': '1ms'},"
               " 'b': {'service_time': '1ms', 'error_rate': 1}}"), CALL(BREAKER), "20"));
    EXPECT(s, "edges.c->s.breaker_opened", 0);
    EXPECT(s, "nodes.c.errors.failed", 2);
    simulation_close(&s);
}

// --- Hedging and deadlines ---------------------------------------------------------------------

/// The first copy waits behind a long job; the second goes to the other replica and wins.
SS_TEST(sim_hedge_takes_the_faster_answer) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'long'], [0.1, 'x'], [0.25, 'a']") ", "
        SERVER("'replicas': 2, 'balance': 'round-robin',"
               " 'service_time': {'long': '10s', 'default': '100ms'}"),
        CALL(", 'hedge': {'after': '150ms', 'max': 1}"), "30"));
    // 'long' is hedged at 0.15 (to the first replica, behind itself), 'a' at 0.4.
    EXPECT(s, "nodes.c.operations.x.response.mean", 0.1);
    SS_CHECK(simulation_metric(&s, "nodes.c.operations.a.response.mean") < 0.5);
    EXPECT(s, "nodes.c.completions", 3);
    EXPECT(s, "nodes.c.in_system", (10.0 + 0.1 +
           simulation_metric(&s, "nodes.c.operations.a.response.mean")) / 30.0);
    simulation_close(&s);
}

/// One server, hedged after 1.5 s: each of three requests is answered once, whoever waits where.
SS_TEST(sim_hedges_leave_no_caller_behind) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'a'], [0.1, 'b'], [0.2, 'd'], [0.3, 'e']") ", "
        SERVER("'service_time': '1s'"), CALL(", 'hedge': {'after': '1500ms', 'max': 2}"), "60"));
    EXPECT(s, "nodes.c.completions", 4);
    EXPECT(s, "nodes.c.operations.a.response.mean", 1.0);
    EXPECT(s, "nodes.c.operations.b.response.mean", 1.9);
    EXPECT(s, "nodes.c.operations.d.response.mean", 2.8);
    EXPECT(s, "nodes.c.operations.e.response.mean", 3.7);
    simulation_close(&s);
}

#define DEADLINE(more)                                                                             \
    SCENARIO(TRACE("c", "[0, 'a'], [0, 'b'], [0, 'd']") ", " SERVER("'service_time': '800ms'"),    \
             CALL(", 'timeout': '1s'" more), "10")

/// The third request would begin at 1.6 s, when its caller has long given up.
SS_TEST(sim_deadline_spares_work_that_nobody_waits_for) {
    simulation s = simulate(DEADLINE(", 'deadline': 'propagate'"));
    EXPECT(s, "nodes.s.completions", 2);
    EXPECT(s, "nodes.s.errors.timeout", 1);
    EXPECT(s, "nodes.c.completions", 1);
    simulation_close(&s);
    s = simulate(DEADLINE(""));
    EXPECT(s, "nodes.s.completions", 3);
    EXPECT(s, "nodes.c.completions", 1);
    simulation_close(&s);
}

// --- What waits at one server is nobody else's business ----------------------------------------

/// The time-out of one caller leaves the others in the line alone.
SS_TEST(sim_time_out_in_a_line_orphans_nobody_else) {
    simulation s = simulate(SCENARIO(
        TRACE("patient", "[0, 'a'], [0.1, 'b']") ", " TRACE("hasty", "[0.2, 'd']") ", "
        SERVER("'service_time': '1s'"),
        "{'from': 'patient', 'to': 's'}, {'from': 'hasty', 'to': 's', 'timeout': '500ms'}", "10"));
    EXPECT(s, "nodes.patient.completions", 2);
    EXPECT(s, "nodes.patient.operations.b.response.mean", 1.9);
    EXPECT(s, "nodes.hasty.errors.timeout", 1);
    EXPECT(s, "nodes.s.completions", 3);
    simulation_close(&s);
}
