/// A client: rates that change, mixes of operations, users who wait.
#include <stdlib.h>

#include "simulate.h"
#include "unit.h"

#define EXAMPLE "core/components/client/example.scalesim.json"

/// A client of the given load over a server that is never busy.
#define OVER_NOTHING(load)                                                                  \
    "{'format': 'scalesim/1', 'name': 'load', 'nodes': {'c': {'type': 'client', " load "}," \
    " 's': {'type': 'station', 'concurrency': 'inf', 'service_time': '1ms'}},"              \
    " 'edges': [{'from': 'c', 'to': 's'}], 'run': {'duration': '%s', 'warmup': 0}}"

SS_TEST(client_example_keeps_every_invariant) {
    char *json = ss_test_read_file(EXAMPLE, NULL);
    SS_REQUIRE(json != NULL);
    simulation s = simulation_open_json(json, ss_run_options_default());
    simulation_finish(&s);
    // Ten minutes of 20/s with a peak of 120/s that takes four: 24,000 visitors, by a Poisson
    // law whose deviation is 155.
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.visitors.arrivals"), 24000.0, 4.0 * 155.0);
    // Ten clerks are never more than ten.
    SS_CHECK(simulation_metric(&s, "nodes.clerks.in_system") < 10.0);
    simulation_close(&s);
    free(json);
}

SS_TEST(client_rate_is_poisson) {
    simulation s = simulate(OVER_NOTHING("'load': {'rate': '100/s'}"), "1000s");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.arrivals"), 100000.0, 4.0 * 316.2);
    // Poisson arrivals see what an observer sees: the number in a delay centre is Poisson too.
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.s.in_system"), 0.1, 0.002);
    simulation_close(&s);
}

SS_TEST(client_pattern_climbs_along_straight_lines) {
    simulation s = simulation_open(
        OVER_NOTHING("'load': {'pattern': [{'at': '0s', 'rate': '0/s'},"
                     " {'at': '100s', 'rate': '200/s'}, {'at': '150s', 'rate': '200/s'}]}"),
        "200s");
    // A quarter of the triangle's area lies before half its time: 2,500 of 10,000.
    simulation_advance(&s, 50.0);
    ss_results *early = NULL;
    SS_CHECK(!ss_run_results(s.run, &early));
    double arrivals = 0.0;
    SS_CHECK(!ss_results_metric(early, "nodes.c.arrivals", s.diagnostics, &arrivals));
    SS_CHECK_NEAR(arrivals, 2500.0, 4.0 * 50.0);
    ss_results_destroy(early);
    simulation_finish(&s);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.arrivals"), 30000.0, 4.0 * 173.2);
    simulation_close(&s);
}

SS_TEST(client_mmpp_has_the_mean_of_its_phases) {
    simulation s = simulate(OVER_NOTHING("'load': {'mmpp': [{'rate': '10/s', 'for': 'exp(3s)'},"
                                         " {'rate': '90/s', 'for': 'exp(1s)'}]}"),
                            "40000s");
    // Three parts of 10/s and one of 90/s: 30/s.
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.throughput"), 30.0, 0.6);
    simulation_close(&s);
}

SS_TEST(client_interarrival_of_a_constant_is_exact) {
    simulation s = simulate(OVER_NOTHING("'load': {'interarrival': '8ms'}"), "100.001s");
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.arrivals"), 12500);
    simulation_close(&s);
}

SS_TEST(client_trace_is_followed) {
    simulation s = simulate(OVER_NOTHING("'operations': {'a': 1, 'b': 1},"
                                         "'load': {'trace': [[1, 'a'], [1, 'a'], [2.5, 'b'],"
                                         " [9, 'a'], [11, 'b']]}"),
                            "10s");
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.arrivals"), 4);
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.operations.a.arrivals"), 3);
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.operations.b.arrivals"), 1);
    simulation_close(&s);
}

SS_TEST(client_mix_follows_its_weights) {
    simulation s = simulate(
        OVER_NOTHING("'load': {'rate': '100/s'}, 'operations': {'browse': 9, 'buy': 1}"), "1000s");
    const double all = simulation_metric(&s, "nodes.c.arrivals");
    const double buy = simulation_metric(&s, "nodes.c.operations.buy.arrivals");
    SS_CHECK_NEAR(buy, 0.1 * all, 4.0 * 95.0); // a binomial deviation
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.c.operations.browse.arrivals"), all - buy);
    simulation_close(&s);
}

SS_TEST(client_users_wait_for_their_answer_and_think) {
    // One user: 90 ms of thought, 10 ms at a server of its own.
    simulation s = simulate(
        "{'format': 'scalesim/1', 'name': 'users', 'nodes': {"
        "'c': {'type': 'client', 'load': {'users': 1, 'think': '90ms'}},"
        "'s': {'type': 'station', 'service_time': '10ms'}}, 'edges': [{'from': 'c', 'to': 's'}],"
        "'run': {'duration': '100s', 'warmup': 0}}");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.throughput"), 10.0, 0.011);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.s.utilization"), 0.1, 1e-3);
    simulation_close(&s);
}

/// Long and short pauses in turn: 1/s and then 9/s, so two requests take 10/9 s on average.
SS_TEST(client_map_goes_from_state_to_state) {
    simulation s = simulate(
        OVER_NOTHING("'load': {'map': {'d0': [[0, 0], [0, -9]], 'd1': [[0, 1], [9, 0]]}}"),
        "10000s");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.throughput"), 1.8, 0.036);
    simulation_close(&s);
}

SS_TEST(client_map_that_is_none_is_refused) {
    static const char *const wrong[] = {
        "'d0': [[0]], 'd1': [[0]]", "'d0': [], 'd1': []", "'d0': [[0, 1]], 'd1': [[1, 0]]",
        "'d0': [[0]], 'd1': [[1, 0], [0, 1]]", "'d0': [[-3]], 'd1': [[2]]",
        "'d0': [[0, -1], [0, 0]], 'd1': [[2, 0], [0, 2]]", "'d0': [[0]], 'd1': [[-2]]",
        "'d0': [[0]], 'd1': [['2/s']]", "'d0': [[0, 1], [0, 0]], 'd1': [[1, 0], [0, 0]]",
        "'d0': [[0, 1, 0], [0, 0, 1], [0, 1, 0]], 'd1': [[1, 0, 0], [0, 0, 0], [0, 0, 0]]",
    };
    const ss_allocator allocator = ss_allocator_default();
    ss_catalog *catalog;
    SS_REQUIRE(ss_catalog_create(&allocator, &catalog) == SS_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ss_text text = ss_text_create(&allocator);
        ss_text_add_format(&text, OVER_NOTHING("'load': {'map': {%s}}"), wrong[i], "1s");
        for (char *at = text.bytes; *at; at++) *at = *at == '\'' ? '"' : *at;
        ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
        ss_design *design = NULL;
        ss_run *run = NULL;
        SS_CHECK(ss_design_load(text.bytes, text.length, catalog, &allocator, diagnostics,
                                &design) == SS_OK);
        SS_CHECK(ss_run_create(design, ss_run_options_default(), &allocator, diagnostics, &run) ==
                 SS_ERROR_INPUT);
        SS_CHECK(ss_diagnostics_error_count(diagnostics) == 1u);
        SS_CHECK_TEXT(ss_diagnostics_get(diagnostics, 0)->code, "E306");
        SS_CHECK_TEXT(ss_diagnostics_get(diagnostics, 0)->pointer, "/nodes/c/load/map");
        ss_run_destroy(run);
        ss_design_destroy(design);
        ss_diagnostics_destroy(diagnostics);
        ss_text_destroy(&text);
    }
    ss_catalog_destroy(catalog);
}
