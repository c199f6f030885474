/// Every n-th allocation refused: a run, its results, replications, a comparison and a solution
/// either come out the same, or say that memory ran out; nothing is left behind.
#include <string.h>

#include "failing_allocator.h"
#include "scalesim/run.h"
#include "scalesim/solve.h"
#include "simulate.h"
#include "unit.h"

/// A little of everything, and promises that such a short run cannot keep.
static const char design_text[] =
    "{'format': 'scalesim/1', 'nodes': {"
    "'c': {'type': 'client', 'load': {'rate': 40}, 'operations': {'read': 3, 'write': 1}},"
    "'u': {'type': 'client', 'load': {'users': 3, 'think': 'exp(100ms)'}},"
    "'api': {'type': 'service', 'replicas': 2, 'concurrency': 2, 'queue': 5, 'operations': {"
    "'read': {'flow': [{'call': 'cache', 'miss': [{'call': 'db'}]}]},"
    "'write': {'flow': [{'compute': 'exp(1ms)'}, {'call': 'db'}, {'publish': 'log'}]},"
    "'default': {'service_time': 'lognormal(mean=2ms, cv=1)'}}},"
    "'cache': {'type': 'redis', 'hit_ratio': 0.8},"
    "'db': {'type': 'postgres', 'connections': 2, 'service_time': 'exp(5ms)'},"
    "'log': {'type': 'kafka', 'partitions': 2},"
    "'sink': {'type': 'station', 'service_time': 'exp(2ms)', 'discipline': 'srpt'}},"
    "'edges': [{'from': 'c', 'to': 'api', 'timeout': '50ms', 'retry': {'max': 1}},"
    "{'from': 'u', 'to': 'api'}, {'from': 'api', 'to': 'cache'}, {'from': 'api', 'to': 'db'},"
    "{'from': 'api', 'to': 'log', 'kind': 'publish'}, {'from': 'log', 'to': 'sink'}],"
    "'faults': [{'kind': 'slow', 'target': 'db', 'factor': 4, 'at': 1, 'for': 1}],"
    "'slos': [{'metric': 'nodes.c.response.p99', 'max': '100ms'}],"
    "'run': {'duration': 3, 'warmup': 0, 'precision': 0.001}}";

typedef ss_status (*attempt_function)(const ss_design *design, const ss_allocator *allocator,
                                      ss_diagnostics *diagnostics, ss_text *out);

static ss_status write_both(const ss_results *results, ss_text *out) {
    const ss_status status = ss_results_write_json(results, out);
    return status ? status : ss_results_write_report(results, out);
}

static ss_status try_run(const ss_design *design, const ss_allocator *allocator,
                         ss_diagnostics *diagnostics, ss_text *out) {
    ss_run *run;
    ss_results *results = NULL;
    ss_status status = ss_run_create(design, ss_run_options_default(), allocator, diagnostics,
                                     &run);
    while (!status && !ss_run_is_done(run)) status = ss_run_advance(run, 1000, 1e9);
    if (!status) status = ss_run_results(run, &results);
    if (!status) status = ss_results_check_quantile(results, "nodes.api.response.p999");
    if (!status) status = write_both(results, out);
    ss_results_destroy(results);
    ss_run_destroy(run);
    return status;
}

static ss_status try_replications(const ss_design *design, const ss_allocator *allocator,
                                  ss_diagnostics *diagnostics, ss_text *out) {
    ss_results *results;
    ss_status status =
        ss_run_replicate(design, ss_run_options_default(), 2, allocator, diagnostics, &results);
    if (!status) status = write_both(results, out);
    ss_results_destroy(results);
    return status;
}

static ss_status try_comparison(const ss_design *design, const ss_allocator *allocator,
                                ss_diagnostics *diagnostics, ss_text *out) {
    const ss_design *const designs[2] = {design, design};
    ss_diagnostics *const findings[2] = {diagnostics, diagnostics};
    ss_comparison *comparison;
    ss_status status = ss_comparison_create(designs, ss_run_options_default(), 2, allocator,
                                            findings, &comparison);
    if (!status) status = ss_comparison_advance(comparison, UINT64_MAX);
    if (!status) status = ss_comparison_write_json(comparison, out);
    if (!status) status = ss_comparison_write_report(comparison, out);
    ss_comparison_destroy(comparison);
    return status;
}

static ss_status try_solution(const ss_design *design, const ss_allocator *allocator,
                              ss_diagnostics *diagnostics, ss_text *out) {
    ss_solution *solution;
    ss_status status = ss_solve(design, allocator, diagnostics, &solution);
    if (!status) status = ss_solution_write_json(solution, out);
    if (!status) status = ss_solution_write_report(solution, out);
    ss_solution_destroy(solution);
    return status;
}

/// Tries with each allocation refused in turn, until none is left to refuse.
static void refuse_each(attempt_function attempt) {
    simulation s = simulation_open("%s", design_text);
    ss_text whole = ss_text_create(&s.allocator);
    SS_CHECK(attempt(s.design, &s.allocator, s.diagnostics, &whole) == SS_OK);
    size_t refused = 0;
    for (size_t nth = 1;; nth++) {
        failing_allocator state = {.refuse_at = nth};
        const ss_allocator allocator = failing_allocator_of(&state);
        ss_diagnostics *diagnostics = ss_diagnostics_create(&s.allocator);
        ss_text text = ss_text_create(&s.allocator);
        const ss_status status = attempt(s.design, &allocator, diagnostics, &text);
        SS_CHECK(status == SS_OK || status == SS_ERROR_MEMORY);
        SS_CHECK(state.blocks == 0u && state.bytes == 0u);
        const bool was_refused = state.requests >= nth;
        if (!was_refused) SS_CHECK_TEXT(text.bytes, whole.bytes);
        refused += status == SS_ERROR_MEMORY ? 1u : 0u;
        ss_text_destroy(&text);
        ss_diagnostics_destroy(diagnostics);
        if (!was_refused) break;
        if (state.blocks != 0u) break; // one report is enough
    }
    SS_CHECK(refused > 3u);
    ss_text_destroy(&whole);
    simulation_close(&s);
}

SS_TEST(allocation_refused_to_a_run) { refuse_each(try_run); }
SS_TEST(allocation_refused_to_replications) { refuse_each(try_replications); }
SS_TEST(allocation_refused_to_a_comparison) { refuse_each(try_comparison); }
SS_TEST(allocation_refused_to_a_solution) { refuse_each(try_solution); }
