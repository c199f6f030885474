/// A database: connections, and the cores they share.
#include <stdlib.h>

#include "simulate.h"
#include "unit.h"

#define EXAMPLE "core/components/database/example.scalesim.json"

SS_TEST(database_example_keeps_every_invariant) {
    char *json = ss_test_read_file(EXAMPLE, NULL);
    SS_REQUIRE(json != NULL);
    simulation s = simulation_open_json(json, ss_run_options_default());
    simulation_finish(&s);
    // 8 cores at 8.8 ms a query: no number of connections makes more than 909 a second.
    const double throughput = simulation_metric(&s, "nodes.db.throughput");
    SS_CHECK(throughput > 500.0 && throughput < 909.0);
    simulation_close(&s);
    free(json);
}

/// The mean response of a database at 160 queries of exp(10ms) a second.
static double response(const char *properties) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'name': 'db', 'nodes': {"
        "'c': {'type': 'client', 'load': {'rate': '160/s'}},"
        "'db': {'type': 'database', 'service_time': 'exp(10ms)', %s}},"
        "'edges': [{'from': 'c', 'to': 'db'}], 'run': {'duration': '3h', 'warmup': '1m'}}",
        properties);
    const double mean = simulation_metric(&s, "nodes.db.response.mean");
    simulation_close(&s);
    return mean;
}

/// Exponential queries share two cores as M/M/2 shares two servers: the same birth and death
/// process, whether they wait inside or outside.
SS_TEST(database_connections_over_cores_are_as_fast_as_the_cores) {
    const double offered = 1.6;
    const double blocking = (offered * offered / 2.0) / (1.0 + offered + offered * offered / 2.0);
    const double delayed = blocking / (1.0 - 0.8 + 0.8 * blocking);
    const double expected = 0.01 + delayed * 0.01 / (2.0 - offered);
    SS_CHECK_NEAR(response("'connections': 2"), expected, 0.02 * expected);
    SS_CHECK_NEAR(response("'connections': 1000, 'cores': 2"), expected, 0.02 * expected);
    SS_CHECK_NEAR(response("'connections': 5, 'cores': 2"), expected, 0.02 * expected);
}

SS_TEST(database_without_a_limit_of_cores_is_a_delay) {
    SS_CHECK_NEAR(response("'connections': 1000"), 0.01, 0.0001);
}

/// Eleven queries at once on one core: constants of 1 ms end together after 11 ms.
SS_TEST(database_cores_slow_all_down_alike) {
    simulation s = simulate(
        "{'format': 'scalesim/1', 'name': 'db', 'nodes': {"
        "'c': {'type': 'client', 'load': {'trace': [[1], [1], [1], [1], [1], [1], [1], [1], [1],"
        " [1], [1]]}},"
        "'db': {'type': 'database', 'service_time': '1ms', 'connections': 50, 'cores': 1}},"
        "'edges': [{'from': 'c', 'to': 'db'}], 'run': {'duration': '2s', 'warmup': 0}}");
    SS_CHECK_EQUAL(simulation_metric(&s, "nodes.db.completions"), 11);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.db.response.mean"), 0.011, 1e-6);
    SS_CHECK_NEAR(simulation_metric(&s, "nodes.db.response.max"), 0.011, 1e-6);
    simulation_close(&s);
}
