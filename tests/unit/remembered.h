/// A run that keeps its history, for tests that look back.
#ifndef SS_TESTS_REMEMBERED_H
#define SS_TESTS_REMEMBERED_H

#include "scalesim/run.h"
#include "simulate.h"
#include "unit.h"

typedef struct opened {
    simulation it;
    ss_run *run;
} opened;

/// A run with so much history, at its end or at a moment.
static inline opened open_remembered(const char *text, const ss_allocator *allocator,
                                     size_t history_bytes, double until_s) {
    opened one = {.it = simulation_open("%s", text)};
    SS_CHECK(!ss_run_create(one.it.design, ss_run_options_default(), allocator,
                            one.it.diagnostics, &one.run));
    SS_CHECK(!ss_run_keep_history(one.run, history_bytes));
    SS_CHECK(!ss_run_advance(one.run, UINT64_MAX, until_s));
    return one;
}

static inline void close_run(opened *one) {
    ss_run_destroy(one->run);
    simulation_close(&one->it);
}

/// The results of a run so far, as JSON.
static inline ss_text results_of(const ss_run *run) {
    const ss_allocator allocator = ss_allocator_default();
    ss_text text = ss_text_create(&allocator);
    ss_results *results = NULL;
    SS_CHECK(!ss_run_results(run, &results));
    SS_CHECK(!ss_results_write_json(results, &text));
    ss_results_destroy(results);
    return text;
}

#endif
