/// A station: places, waiting places, patience.
#include <stdlib.h>

#include "simulate.h"
#include "unit.h"

#define EXAMPLE "core/components/station/example.scalesim.json"

SS_TEST(station_example_keeps_every_invariant) {
    char *json = ss_test_read_file(EXAMPLE, NULL);
    SS_REQUIRE(json != NULL);
    simulation s = simulation_open_json(json, ss_run_options_default());
    simulation_finish(&s);
    SS_CHECK(simulation_metric(&s, "nodes.agents.completions") > 1000.0);
    simulation_close(&s);
    free(json);
}

/// M/M/3/9 with impatience is a birth and death process: its ten probabilities say everything.
SS_TEST(station_with_waiting_places_and_patience_is_a_birth_and_death_process) {
    const double arrival = 50.0 / 60.0, service = 1.0 / 3.2, patience = 1.0 / 20.0;
    double weight = 1.0, total = 1.0, number = 0.0, busy = 0.0, full = 0.0;
    for (unsigned n = 1; n <= 9u; n++) {
        const double servers = n < 3u ? n : 3.0;
        weight *= arrival / (servers * service + ((double)n - servers) * patience);
        total += weight;
        number += weight * n;
        busy += weight * servers;
        full = weight;
    }
    simulation s = simulate(
        "{'format': 'scalesim/1', 'name': 'centre', 'nodes': {"
        "'callers': {'type': 'client', 'load': {'rate': '50/m'}},"
        "'agents': {'type': 'station', 'concurrency': 3, 'queue': 6, 'service_time': 'exp(3.2s)',"
        " 'patience': 'exp(20s)'}}, 'edges': [{'from': 'callers', 'to': 'agents'}],"
        "'run': {'duration': '300h', 'warmup': '1h'}}");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.agents.in_system"), number / total,
                  0.01 * number / total);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.agents.utilization"), busy / total / 3.0, 0.005);
    const double lost = 1.0 - busy / total * service / arrival; // refused or given up
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.callers.error_ratio"), lost, 0.02 * lost);
    SS_CHECK(full / total < lost); // some gave up, not only refused
    simulation_close(&s);
}

SS_TEST(station_serves_constants_one_by_one) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'name': 'constants', 'nodes': {"
        "'source': {'type': 'client', 'load': {'interarrival': '10ms'}},"
        "'server': {'type': 'station', 'service_time': '4ms'}},"
        "'edges': [{'from': 'source', 'to': 'server', 'latency': '1ms'}],"
        "'run': {'duration': '100s', 'warmup': 0}}");
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.server.response.mean"), 0.004, 1e-9);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.server.utilization"), 0.4, 1e-4);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.server.wait.max"), 0.0, 0.0);
    // There and back: the edge's latency twice.
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.source.response.max"), 0.006, 1e-9);
    simulation_close(&s);
}
