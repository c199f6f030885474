/// A service: flows of steps, places held while a call lasts.
#include <stdlib.h>

#include "simulate.h"
#include "unit.h"

#define EXAMPLE "core/components/service/example.scalesim.json"

SS_TEST(service_example_keeps_every_invariant) {
    char *json = ss_test_read_file(EXAMPLE, NULL);
    SS_REQUIRE(json != NULL);
    simulation s = simulation_open_json(json, ss_run_options_default());
    simulation_finish(&s);
    const double quotes = simulation_metric(&s, "nodes.quotes.completions");
    SS_CHECK(quotes > 10000.0);
    // Both carriers are asked each time, the third one time in ten.
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.north.completions"), quotes, 50.0);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.south.completions"), quotes, 50.0);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.express.arrivals"), 0.1 * quotes, 0.01 * quotes);
    simulation_close(&s);
    free(json);
}

/// A flow of constants takes exactly what its steps say.
static double response_of_flow(const char *flow) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'name': 'flow', 'nodes': {"
        "'c': {'type': 'client', 'load': {'interarrival': '1s'}, 'operations': {'do': 1}},"
        "'front': {'type': 'service', 'operations': {'do': {'flow': [%s]}}},"
        "'ten': {'type': 'station', 'concurrency': 'inf', 'service_time': '10ms'},"
        "'thirty': {'type': 'station', 'concurrency': 'inf', 'service_time': '30ms'}},"
        "'edges': [{'from': 'c', 'to': 'front'}, {'from': 'front', 'to': 'ten'},"
        " {'from': 'front', 'to': 'thirty', 'latency': '2ms'}],"
        "'run': {'duration': '50s', 'warmup': 0}}",
        flow);
    const double mean = simulation_metric(&s, "nodes.c.response.mean");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.c.response.max"), mean, 1e-9);
    simulation_close(&s);
    return mean;
}

SS_TEST(service_steps_follow_one_another) {
    SS_CHECK_NEAR(response_of_flow("{'compute': '5ms'}, {'call': 'ten'}, {'compute': '1ms'}"),
                  0.016, 1e-9);
    SS_CHECK_NEAR(response_of_flow("{'call': 'ten'}, {'call': 'thirty'}"), 0.044, 1e-9);
}

SS_TEST(service_parallel_branches_take_as_long_as_the_longest) {
    SS_CHECK_NEAR(
        response_of_flow(
            "{'compute': '1ms'}, {'parallel': [[{'call': 'ten'}], [{'call': 'thirty'}]]}"),
        0.035, 1e-9);
    SS_CHECK_NEAR(
        response_of_flow("{'parallel': [[{'call': 'ten'}, {'call': 'ten'}, {'call': 'ten'},"
                         " {'call': 'ten'}], [{'call': 'thirty'}]]}"),
        0.040, 1e-9);
}

SS_TEST(service_repeats_and_certain_choices_are_exact) {
    SS_CHECK_NEAR(response_of_flow("{'repeat': 7, 'flow': [{'call': 'ten'}]}"), 0.070, 1e-9);
    SS_CHECK_NEAR(
        response_of_flow("{'choose': [{'probability': 1, 'flow': [{'call': 'thirty'}]}]}"), 0.034,
        1e-9);
}

/// The caller's place stays held while it waits: one place over 5 + 15 ms serves 50 a second.
SS_TEST(service_holds_its_place_while_it_calls) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'name': 'held', 'nodes': {"
        "'c': {'type': 'client', 'load': {'users': 20, 'think': '1ms'}},"
        "'front': {'type': 'service', 'concurrency': 1, 'service_time': '5ms'},"
        "'back': {'type': 'station', 'concurrency': 20, 'service_time': '15ms'}},"
        "'edges': [{'from': 'c', 'to': 'front'}, {'from': 'front', 'to': 'back'}],"
        "'run': {'duration': '100s', 'warmup': '1s'}}");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.front.throughput"), 50.0, 0.02);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.back.in_system"), 0.75, 1e-3);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.front.utilization"), 1.0, 1e-6);
    simulation_close(&s);
}

/// A forward edge frees the place: the same two steps serve 200 a second.
SS_TEST(service_frees_its_place_when_it_forwards) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'name': 'freed', 'nodes': {"
        "'c': {'type': 'client', 'load': {'users': 20, 'think': '1ms'}},"
        "'front': {'type': 'service', 'concurrency': 1, 'service_time': '5ms'},"
        "'back': {'type': 'station', 'concurrency': 20, 'service_time': '15ms'}},"
        "'edges': [{'from': 'c', 'to': 'front'},"
        " {'from': 'front', 'to': 'back', 'kind': 'forward'}],"
        "'run': {'duration': '100s', 'warmup': '1s'}}");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.front.throughput"), 200.0, 0.02);
    simulation_close(&s);
}
