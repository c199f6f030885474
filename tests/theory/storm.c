/// The metastable failure of examples/retry-storm: an overload that outlives its trigger where
/// retries are unbounded, and ends where they have a budget (N. Bronson et al., Metastable failures
/// in distributed systems, 2021).
#include <stdlib.h>

#include "simulate.h"
#include "unit.h"

#define EXAMPLE "examples/retry-storm/retry-storm.scalesim.json"
#define FAULT_ENDS_S 70.0

typedef struct counts {
    double ended, failed;
} counts;

/// What has become of the users' requests so far.
static counts count(simulation *s) {
    counts found = {0};
    ss_results *results = NULL;
    if (!SS_CHECK(ss_run_results(s->run, &results) == SS_OK)) return found;
    double completions;
    double share;
    (void)ss_results_metric(results, "nodes.users.completions", s->diagnostics, &completions);
    (void)ss_results_metric(results, "nodes.users.error_ratio", s->diagnostics, &share);
    found.ended = share < 1.0 ? completions / (1.0 - share) : 0.0;
    found.failed = found.ended - completions;
    ss_results_destroy(results);
    return found;
}

/// The share of failures among the requests that end between the time reached and another.
static double failing_until(simulation *s, double until_s) {
    const counts before = count(s);
    simulation_advance(s, until_s);
    const counts after = count(s);
    SS_CHECK(after.ended > before.ended + 1000.0);
    return (after.failed - before.failed) / (after.ended - before.ended);
}

static simulation open_example(const char *const *assignments, size_t assignment_count) {
    simulation s = {0};
    size_t length;
    char *text = ss_test_read_file(EXAMPLE, &length);
    if (!text) return s;
    const ss_allocator allocator = ss_allocator_default();
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    ss_text changed = ss_text_create(&allocator);
    SS_CHECK(ss_design_override(text, length, assignments, assignment_count, &allocator,
                                diagnostics, &changed) == SS_OK);
    s = simulation_open_json(changed.bytes, ss_run_options_default());
    ss_text_destroy(&changed);
    ss_diagnostics_destroy(diagnostics);
    free(text);
    return s;
}

SS_TEST(storm_outlives_its_trigger) {
    static const char *const as_it_is[] = {"run.warmup=0"};
    simulation s = open_example(as_it_is, 1);
    SS_REQUIRE(s.run != NULL);
    SS_CHECK(failing_until(&s, 60.0) < 0.001);
    (void)failing_until(&s, FAULT_ENDS_S + 5.0);
    SS_CHECK(failing_until(&s, 150.0) > 0.9);
    SS_CHECK(failing_until(&s, 300.0) > 0.9);
    simulation_close(&s);
}

SS_TEST(storm_ends_with_a_budget) {
    static const char *const budgets[] = {"run.warmup=0", "edges.users->api.retry.budget=0.1",
                                          "edges.api->db.retry.budget=0.1"};
    simulation s = open_example(budgets, 3);
    SS_REQUIRE(s.run != NULL);
    SS_CHECK(failing_until(&s, 60.0) < 0.001);
    SS_CHECK(failing_until(&s, FAULT_ENDS_S) > 0.3);
    (void)failing_until(&s, 150.0);
    SS_CHECK(failing_until(&s, 300.0) < 0.001);
    simulation_close(&s);
}

/// Without the trigger the same system is in its other stable state for good.
SS_TEST(storm_needs_its_trigger) {
    static const char *const nothing[] = {"run.warmup=0", "faults=[]"};
    simulation s = open_example(nothing, 2);
    SS_REQUIRE(s.run != NULL);
    SS_CHECK(failing_until(&s, 300.0) < 0.001);
    simulation_close(&s);
}
