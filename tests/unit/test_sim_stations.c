/// Stations, flows and faults in scenarios worked out by hand; the orders of service instant by
/// instant.
#include "scenario.h"

#define SERVER(properties) "'s': {'type': 'station', " properties "}"
#define ONE_CALL "{'from': 'c', 'to': 's'}"
/// Requests of the given times at a station of the given properties.
#define AT_STATION(times, properties)                                                              \
    SCENARIO(TRACE("c", times) ", " SERVER(properties), ONE_CALL, "20")

// --- Places and waiting lines ------------------------------------------------------------------

/// Events at one instant fire in the order in which they were scheduled: the arrival at 1 s was
/// scheduled at 0 s before the service that ends at 1 s, so it finds the place taken.
SS_TEST(sim_ties_are_broken_by_schedule_order) {
    simulation s = simulate(AT_STATION("[0, 'a'], [1, 'b']", "'service_time': '1s', 'queue': 0"));
    EXPECT(s, "nodes.s.completions", 1);
    EXPECT(s, "nodes.c.operations.b.errors.rejected", 1);
    simulation_close(&s);
}

SS_TEST(sim_queue_has_room_for_so_many) {
    simulation s = simulate(AT_STATION("[0, 'a'], [0, 'b'], [0, 'd'], [0, 'e'], [0, 'f']",
                                       "'service_time': '1s', 'queue': 2"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 1.0);
    EXPECT(s, "nodes.c.operations.b.response.mean", 2.0);
    EXPECT(s, "nodes.c.operations.d.response.mean", 3.0);
    EXPECT(s, "nodes.c.errors.rejected", 2);
    EXPECT(s, "nodes.c.error_ratio", 0.4);
    EXPECT(s, "nodes.s.wait.mean", 1.0);
    EXPECT(s, "nodes.s.wait.max", 2.0);
    EXPECT(s, "nodes.s.in_queue", 3.0 / 20.0);
    EXPECT(s, "nodes.s.utilization", 3.0 / 20.0);
    simulation_close(&s);
}

SS_TEST(sim_places_serve_side_by_side) {
    simulation s = simulate(AT_STATION("[0, 'a'], [0, 'b'], [0, 'd'], [1.5, 'e']",
                                       "'service_time': '1s', 'concurrency': 2"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 1.0);
    EXPECT(s, "nodes.c.operations.b.response.mean", 1.0);
    EXPECT(s, "nodes.c.operations.d.response.mean", 2.0);
    EXPECT(s, "nodes.c.operations.e.response.mean", 1.0);
    EXPECT(s, "nodes.s.utilization", 4.0 / 40.0);
    simulation_close(&s);
}

/// Four wait while a long one is served; then the discipline says who comes when.
#define LINE "[0, 'long'], [1, 'mid'], [2, 'small'], [3, 'big']"
#define SIZES                                                                                      \
    "'operations': {'long': {'service_time': '5s', 'priority': 9},"                                \
    " 'mid': {'service_time': '2s', 'priority': 1},"                                               \
    " 'small': {'service_time': '1s', 'priority': 5},"                                             \
    " 'big': {'service_time': '3s', 'priority': 0}}"

static void expect_ends(const char *discipline, double first, double mid, double small,
                        double big) {
    simulation s = simulate(
        SCENARIO(TRACE("c", LINE) ", " SERVER(SIZES ", 'discipline': '%s'"), ONE_CALL, "20"),
        discipline);
    EXPECT(s, "nodes.c.operations.long.response.mean", first);
    EXPECT(s, "nodes.c.operations.mid.response.mean", mid - 1.0);
    EXPECT(s, "nodes.c.operations.small.response.mean", small - 2.0);
    EXPECT(s, "nodes.c.operations.big.response.mean", big - 3.0);
    EXPECT(s, "nodes.s.utilization", 11.0 / 20.0);
    simulation_close(&s);
}

SS_TEST(sim_fifo_lifo_sjf_priority) { // long, mid, small, big end at
    expect_ends("fifo", 5.0, 7.0, 8.0, 11.0);
    expect_ends("lifo", 5.0, 11.0, 9.0, 8.0);
    expect_ends("sjf", 5.0, 8.0, 6.0, 11.0);
    expect_ends("priority", 5.0, 10.0, 11.0, 8.0);
}

/// srpt: mid interrupts long at 1 s (2 < 4 left), small interrupts nobody at 2 s (1 is not less
/// than 1), then small, big, long. Preemptive priority: mid from 1 s, big from 3 s, small, long.
SS_TEST(sim_preemption) {
    expect_ends("srpt", 11.0, 3.0, 4.0, 7.0);
    expect_ends("priority-preemptive", 11.0, 3.0, 7.0, 6.0);
}

/// Sharing: rates 1, 1/2, 1/3, … as they come and go.
SS_TEST(sim_processor_sharing) {
    simulation s = simulate(AT_STATION("[0, 'a'], [1, 'b']",
                                       "'service_time': '2s', 'discipline': 'ps'"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 3.0);
    EXPECT(s, "nodes.c.operations.b.response.mean", 3.0);
    EXPECT(s, "nodes.s.utilization", 4.0 / 20.0);
    EXPECT(s, "nodes.s.wait.max", 0.0);
    simulation_close(&s);
}

/// The deadline of a call is its time-out: the more urgent caller is served first.
SS_TEST(sim_earliest_deadline_first) {
    simulation s = simulate(SCENARIO(
        TRACE("slow", "[0, 'a'], [0.1, 'b']") ", " TRACE("fast", "[0.2, 'd']") ", "
        SERVER("'service_time': '1s', 'discipline': 'edf'"),
        "{'from': 'slow', 'to': 's', 'timeout': '60s'},"
        "{'from': 'fast', 'to': 's', 'timeout': '30s'}", "20"));
    EXPECT(s, "nodes.fast.operations.d.response.mean", 1.8);
    EXPECT(s, "nodes.slow.operations.b.response.mean", 2.9);
    simulation_close(&s);
}

SS_TEST(sim_patience_ends_in_the_line_only) {
    simulation s = simulate(AT_STATION("[0, 'a'], [0, 'b'], [0.8, 'd']",
                                       "'service_time': '1s', 'patience': '500ms'"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 1.0);
    EXPECT(s, "nodes.c.operations.b.errors.timeout", 1);
    EXPECT(s, "nodes.c.operations.d.response.mean", 1.2);
    EXPECT(s, "nodes.s.in_queue", (0.5 + 0.2) / 20.0);
    simulation_close(&s);
}

SS_TEST(sim_setup_when_a_place_stood_idle) {
    simulation s = simulate(AT_STATION("[0, 'a'], [0, 'b'], [9, 'd']",
                                       "'service_time': '1s', 'setup': '2s'"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 3.0);
    EXPECT(s, "nodes.c.operations.b.response.mean", 4.0);
    EXPECT(s, "nodes.c.operations.d.response.mean", 3.0);
    simulation_close(&s);
}

/// Vacations of 2 s begin at 0, 2, 4 … while nobody comes, and after the line is empty.
SS_TEST(sim_vacations_come_one_after_another) {
    simulation s = simulate(AT_STATION("[2.5, 'a'], [4.5, 'b'], [5.5, 'd']",
                                       "'service_time': '1s', 'vacation': '2s'"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 2.5);
    EXPECT(s, "nodes.c.operations.b.response.mean", 1.5);
    EXPECT(s, "nodes.c.operations.d.response.mean", 1.5);
    simulation_close(&s);
}

// --- Limits ------------------------------------------------------------------------------------

/// Two tokens at first; at 0.5 s half of one has come, at 1 s a whole.
SS_TEST(sim_rate_limit_is_a_token_bucket) {
    simulation s = simulate(AT_STATION(
        "[0, 'a'], [0, 'a'], [0, 'b'], [0.5, 'b'], [1, 'a'], [9, 'a'], [9, 'a'], [9, 'b']",
        "'service_time': '1ms', 'concurrency': 'inf', 'limits': {'rate': '1/s', 'burst': 2}"));
    EXPECT(s, "nodes.c.operations.a.completions", 5);
    EXPECT(s, "nodes.c.operations.b.errors.rejected", 3);
    simulation_close(&s);
}

SS_TEST(sim_load_is_shed_beyond_so_many) {
    simulation s = simulate(AT_STATION("[0, 'a'], [0, 'a'], [0, 'b'], [1.5, 'a']",
                                       "'service_time': '1s', 'limits': {'max_in_flight': 2}"));
    EXPECT(s, "nodes.c.operations.a.completions", 3);
    EXPECT(s, "nodes.c.operations.b.errors.rejected", 1);
    simulation_close(&s);
}

// --- Replicas ----------------------------------------------------------------------------------

static double third_response(const char *balance) {
    simulation s = simulate(
        SCENARIO(TRACE("c", "[0, 'long'], [0, 'x'], [2, 'x2']") ", "
                 SERVER("'service_time': {'long': '9s', 'default': '1s'}, 'replicas': 2,"
                        " 'balance': '%s'"), ONE_CALL, "20"), balance);
    const double response = simulation_metric(&s, "nodes.c.operations.x2.response.mean");
    simulation_close(&s);
    return response;
}

SS_TEST(sim_balance_looks_or_does_not) {
    SS_CHECK_NEAR(third_response("round-robin"), 8.0, 1e-9);
    SS_CHECK_NEAR(third_response("least-in-flight"), 1.0, 1e-9);
    SS_CHECK_NEAR(third_response("shared"), 1.0, 1e-9);
}

static double mean_response(const char *balance) {
    simulation s = simulate(
        SCENARIO("'c': {'type': 'client', 'load': {'rate': 8.5}}, "
                 SERVER("'service_time': 'exp(1s)', 'replicas': 10, 'balance': '%s'"), ONE_CALL,
                 "20000"), balance);
    const double response = simulation_metric(&s, "nodes.c.response.mean");
    simulation_close(&s);
    return response;
}

/// The supermarket model (N. Vvedenskaya et al. 1996, M. Mitzenmacher 2001): two choices at 0.85
/// give Σ λ^(2^i − 2) = 2.51 with very many servers; one choice gives 6.67.
SS_TEST(sim_two_choices_are_much_better_than_one) {
    const double random = mean_response("random");
    const double two = mean_response("p2c");
    const double least = mean_response("least-in-flight");
    SS_CHECK_NEAR(random, 1.0 / 0.15, 0.7);
    SS_CHECK(two > 2.3 && two < 3.1);
    SS_CHECK(least < two && least > 1.2);
}

SS_TEST(sim_instance_speed_divides_service_times) {
    simulation s = simulate(
        AT_STATION("[0, 'a']", "'service_time': '1s', 'instance': {'speed': 4}"));
    EXPECT(s, "nodes.c.response.mean", 0.25);
    simulation_close(&s);
}

// --- Flows and operations ----------------------------------------------------------------------

#define FLOW(steps)                                                                                \
    TRACE("c", "[0, 'x']")                                                                         \
    ", 'f': {'type': 'service', 'operations': {'x': {'flow': [" steps "]}}},"                      \
    "'a': {'type': 'station', 'service_time': '1s'},"                                              \
    "'b': {'type': 'station', 'service_time': '2s'}"
#define FLOW_EDGES                                                                                 \
    "{'from': 'c', 'to': 'f'}, {'from': 'f', 'to': 'a'}, {'from': 'f', 'to': 'b'}"

SS_TEST(sim_parallel_waits_for_the_slowest) {
    simulation s = simulate(SCENARIO(
        FLOW("{'parallel': [[{'call': 'a'}], [{'call': 'b'}], [{'compute': '500ms'}]]},"
             " {'compute': '250ms'}"), FLOW_EDGES, "10"));
    EXPECT(s, "nodes.c.response.mean", 2.25);
    EXPECT(s, "nodes.f.arrivals", 1);
    simulation_close(&s);
}

/// A failed branch fails the request, but only when the others have ended.
SS_TEST(sim_parallel_failure_joins_first) {
    simulation s = simulate(SCENARIO_WITH(
        FLOW("{'parallel': [[{'call': 'a'}], [{'call': 'b'}]]}, {'compute': '250ms'}"), FLOW_EDGES,
        "10", ", 'faults': [{'kind': 'errors', 'target': 'a', 'rate': 1, 'at': 0}]"));
    EXPECT(s, "nodes.c.errors.failed", 1);
    EXPECT(s, "nodes.c.in_system", 0.2);
    EXPECT(s, "nodes.b.completions", 1);
    simulation_close(&s);
}

SS_TEST(sim_steps_run_in_order_and_repeat) {
    simulation s = simulate(SCENARIO(
        FLOW("{'compute': '100ms'}, {'repeat': 3, 'flow': [{'call': 'a'}]}, {'call': 'b'}"),
        FLOW_EDGES, "10"));
    EXPECT(s, "nodes.c.response.mean", 5.1);
    EXPECT(s, "nodes.a.arrivals", 3);
    simulation_close(&s);
}

SS_TEST(sim_choice_takes_one_branch_or_none) {
    simulation s = simulate(SCENARIO(
        "'c': {'type': 'client', 'load': {'interarrival': '1ms'}, 'operations': {'x': 1}},"
        "'f': {'type': 'service', 'concurrency': 'inf', 'operations': {'x': {'flow': [{'choose': ["
        "{'probability': 0.3, 'flow': [{'call': 'a'}]},"
        "{'probability': 0.2, 'flow': [{'call': 'b'}]}]}]}}},"
        "'a': {'type': 'station', 'service_time': 0}, 'b': {'type': 'station', 'service_time': 0}",
        FLOW_EDGES, "20.0005"));
    EXPECT(s, "nodes.f.arrivals", 20000);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.a.arrivals"), 6000.0, 4.0 * 65.0);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.b.arrivals"), 4000.0, 4.0 * 57.0);
    simulation_close(&s);
}

/// What an operation runs: its entry, the node's time for it, the node's default; an edge's op.
SS_TEST(sim_operations_find_their_service_time) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'own'], [1, 'listed'], [2, 'other']") ", " TRACE("d", "[3, 'other']") ", "
        SERVER("'operations': {'own': {'service_time': '10ms'}},"
               " 'service_time': {'listed': '20ms', 'default': '30ms'}"),
        "{'from': 'c', 'to': 's'}, {'from': 'd', 'to': 's', 'op': 'own'}", "10"));
    EXPECT(s, "nodes.c.operations.own.response.mean", 0.01);
    EXPECT(s, "nodes.c.operations.listed.response.mean", 0.02);
    EXPECT(s, "nodes.c.operations.other.response.mean", 0.03);
    EXPECT(s, "nodes.d.operations.other.response.mean", 0.01);
    EXPECT(s, "nodes.s.operations.own.arrivals", 2);
    EXPECT(s, "nodes.s.response.count", 4);
    simulation_close(&s);
}

SS_TEST(sim_operation_nobody_declares_runs_as_the_first_with_a_warning) {
    simulation s = simulate(SCENARIO(
        TRACE("c", "[0, 'unknown']") ", 's': {'type': 'service', 'operations': {"
        "'first': {'service_time': '40ms'}, 'second': {'service_time': '1s'}}}", ONE_CALL, "10"));
    EXPECT(s, "nodes.c.response.mean", 0.04);
    SS_CHECK(simulation_finding(&s, "W301") != NULL);
    simulation_close(&s);
}

// --- Faults ------------------------------------------------------------------------------------

#define FAULTY(times, properties, fault)                                                           \
    SCENARIO_WITH(TRACE("c", times) ", " SERVER(properties), ONE_CALL, "20",                       \
                  ", 'faults': [" fault "]")

/// Those there fail at 2 s, those who come while it is down too; at 4 s it is empty and up again.
SS_TEST(fault_crash_loses_what_it_holds) {
    simulation s = simulate(FAULTY("[1.5, 'a'], [1.6, 'b'], [3, 'd'], [5, 'e']",
                                   "'service_time': '1s'",
                                   "{'kind': 'crash', 'target': 's', 'at': 2, 'for': 2}"));
    EXPECT(s, "nodes.c.errors.failed", 3);
    EXPECT(s, "nodes.c.operations.e.response.mean", 1.0);
    EXPECT(s, "nodes.c.in_system", (0.5 + 0.4 + 1.0) / 20.0);
    EXPECT(s, "nodes.s.utilization", 1.5 / 20.0);
    simulation_close(&s);
}

/// A pause stops the service at 0.5 s and continues it at 2.5 s.
SS_TEST(fault_pause_keeps_what_it_holds) {
    simulation s = simulate(FAULTY("[0, 'a'], [1, 'b']", "'service_time': '1s'",
                                   "{'kind': 'pause', 'target': 's', 'at': 0.5, 'for': 2}"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 3.0);
    EXPECT(s, "nodes.c.operations.b.response.mean", 3.0);
    simulation_close(&s);
}

SS_TEST(fault_pause_stops_sharing_too) {
    simulation s = simulate(FAULTY("[0, 'a'], [0, 'b']", "'service_time': '1s', 'discipline': 'ps'",
                                   "{'kind': 'pause', 'target': 's', 'at': 1, 'for': 5}"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 7.0);
    EXPECT(s, "nodes.c.operations.b.response.mean", 7.0);
    simulation_close(&s);
}

SS_TEST(fault_slow_is_for_services_that_begin_in_it) {
    simulation s = simulate(FAULTY("[0, 'a'], [2, 'b'], [9, 'd']", "'service_time': '1s'",
                                   "{'kind': 'slow', 'target': 's', 'factor': 3, 'at': 0.5,"
                                   " 'for': 4}"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 1.0);
    EXPECT(s, "nodes.c.operations.b.response.mean", 3.0);
    EXPECT(s, "nodes.c.operations.d.response.mean", 1.0);
    simulation_close(&s);
}

SS_TEST(fault_latency_is_added_each_way) {
    simulation s = simulate(FAULTY("[0, 'a'], [2, 'b']", "'service_time': '100ms'",
                                   "{'kind': 'latency', 'target': 'c->s', 'latency': '200ms',"
                                   " 'at': 1, 'for': 5}"));
    EXPECT(s, "nodes.c.operations.a.response.mean", 0.1);
    EXPECT(s, "nodes.c.operations.b.response.mean", 0.5);
    simulation_close(&s);
}

/// A request on a cut link is lost, not frozen.
SS_TEST(fault_partition_loses_requests) {
    simulation s = simulate(FAULTY("[0, 'a'], [2, 'b'], [9, 'd']", "'service_time': '100ms'",
                                   "{'kind': 'partition', 'target': 'c->s', 'at': 1, 'for': 5}"));
    EXPECT(s, "nodes.c.operations.b.errors.failed", 1);
    EXPECT(s, "nodes.c.completions", 2);
    EXPECT(s, "nodes.s.arrivals", 2);
    simulation_close(&s);
}

SS_TEST(fault_zone_down_takes_all_of_it) {
    simulation s = simulate(SCENARIO_WITH(
        TRACE("c", "[1, 'a'], [3, 'b']") ", "
        "'s': {'type': 'station', 'service_time': '1s', 'zone': 'east'},"
        "'t': {'type': 'station', 'service_time': '1s', 'zone': 'east'},"
        "'u': {'type': 'station', 'service_time': '1s', 'zone': 'west'}",
        "{'from': 'c', 'to': 'u'}, {'from': 'c', 'to': 's'}, {'from': 'c', 'to': 't'}", "20",
        ", 'faults': [{'kind': 'zone-down', 'zone': 'east', 'at': 0.5, 'for': 2}]"));
    EXPECT(s, "nodes.c.operations.a.errors.failed", 1);
    EXPECT(s, "nodes.c.operations.b.response.mean", 3.0);
    EXPECT(s, "nodes.t.arrivals", 1);
    simulation_close(&s);
}

SS_TEST(fault_spike_multiplies_the_load) {
    simulation s = simulate(SCENARIO_WITH(
        "'c': {'type': 'client', 'load': {'interarrival': '100ms'}}, "
        SERVER("'service_time': '1ms', 'concurrency': 'inf'"), ONE_CALL, "30.0005",
        ", 'faults': [{'kind': 'spike', 'target': 'c', 'factor': 5, 'at': 10.00001, 'for': 10}]"));
    // 100 before, then 100 + 50 a second for 10 s (one gap of the old kind first), then as before.
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.arrivals"), 100.0 + 500.0 + 100.0, 6.0);
    simulation_close(&s);
}

/// Up for 9 s, down for 1 s on average: a tenth of those who come are turned away.
SS_TEST(fault_at_random_times_has_its_availability) {
    simulation s = simulate(SCENARIO_WITH(
        "'c': {'type': 'client', 'load': {'interarrival': '20ms'}}, "
        SERVER("'service_time': 0, 'concurrency': 'inf'"), ONE_CALL, "20000",
        ", 'faults': [{'kind': 'crash', 'target': 's', 'mtbf': 9, 'mttr': 1}]"));
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.error_ratio"), 0.1, 0.012);
    simulation_close(&s);
}

// --- What is refused ---------------------------------------------------------------------------

static void refused(const char *properties) {
    const ss_allocator allocator = ss_allocator_default();
    ss_text text = ss_text_create(&allocator);
    ss_text_add_format(&text,
                       "{'format': 'scalesim/1', 'nodes': {'c': {'type': 'client', 'load':"
                       " {'rate': 1}}, 's': {%s}}, 'edges': [{'from': 'c', 'to': 's'}]}",
                       properties);
    for (char *at = text.bytes; *at; at++) {
        if (*at == '\'') *at = '"';
    }
    ss_catalog *catalog = NULL;
    ss_design *design = NULL;
    ss_run *run = NULL;
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    SS_CHECK(ss_catalog_create(&allocator, &catalog) == SS_OK);
    SS_CHECK(ss_design_load(text.bytes, text.length, catalog, &allocator, diagnostics, &design) ==
             SS_OK);
    SS_CHECK(design && ss_run_create(design, ss_run_options_default(), &allocator, diagnostics,
                                     &run) == SS_ERROR_INPUT);
    SS_CHECK_EQUAL(ss_diagnostics_error_count(diagnostics), 1);
    ss_run_destroy(run);
    ss_design_destroy(design);
    ss_catalog_destroy(catalog);
    ss_diagnostics_destroy(diagnostics);
    ss_text_destroy(&text);
}

SS_TEST(sim_refuses_what_contradicts_itself) {
    refused("'type': 'station', 'service_time': '1s', 'concurrency': 'inf', 'vacation': '1s'");
    refused("'type': 'station', 'service_time': '1s', 'discipline': 'ps', 'vacation': '1s'");
    refused("'type': 'station', 'service_time': '1s', 'speedup': [1, 2], 'vacation': '1s'");
    refused("'type': 'database', 'cores': 2, 'discipline': 'srpt'");
    refused("'type': 'database', 'cores': 2, 'discipline': 'priority-preemptive'");
}
