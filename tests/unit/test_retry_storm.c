/// The retry storm comes out by itself: it outlives the fault with unbounded retries, and ends with
/// a budget.
#include <stdlib.h>
#include <string.h>

#include "scalesim/run.h"
#include "unit.h"

/// Share of user requests that fail in the last minute of the run.
static double late_errors(const char *const *sets, size_t count) {
    const ss_allocator allocator = ss_allocator_default();
    size_t length = 0;
    char *text = ss_test_read_file("examples/retry-storm/retry-storm.scalesim.json", &length);
    ss_catalog *catalog = NULL;
    ss_design *design = NULL;
    ss_run *run = NULL;
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    ss_text changed = ss_text_create(&allocator);
    SS_CHECK(!ss_catalog_create(&allocator, &catalog));
    SS_CHECK(!ss_design_override(text, length, sets, count, &allocator, diagnostics, &changed));
    SS_CHECK(
        !ss_design_load(changed.bytes, changed.length, catalog, &allocator, diagnostics, &design));
    ss_run_options options = ss_run_options_default();
    options.duration_s = 180.0;
    SS_CHECK(!ss_run_create(design, options, &allocator, diagnostics, &run));
    SS_CHECK(!ss_run_advance(run, UINT64_MAX, 1e9));
    double served = 0.0;
    double failed = 0.0;
    for (size_t i = 0; i < ss_run_timeline_rows(run); i++) {
        const double *row = ss_run_timeline_row(run, i);
        if (row[0] <= 120.0) continue;
        served += row[3]; // time, then the first node's utilization, in_queue, throughput, errors
        failed += row[4];
    }
    ss_run_destroy(run);
    ss_design_destroy(design);
    ss_catalog_destroy(catalog);
    ss_diagnostics_destroy(diagnostics);
    ss_text_destroy(&changed);
    free(text);
    SS_CHECK(served + failed > 0.0);
    return failed / (served + failed);
}

SS_TEST(retry_storm_outlives_its_cause) {
    SS_CHECK(late_errors(NULL, 0) > 0.95);
}

SS_TEST(retry_storm_ends_with_a_budget) {
    const char *const budgets[] = {"edges.users->api.retry.budget=0.1",
                                   "edges.api->db.retry.budget=0.1"};
    SS_CHECK(late_errors(budgets, 2) < 0.05);
}

SS_TEST(retry_storm_needs_the_fault) {
    const char *const without[] = {"faults=[]"};
    SS_CHECK(late_errors(without, 1) < 0.001);
}
