/// Replications: independent runs of one design, averaged, with intervals from their spread.
#include <string.h>

#include "base/math.h"
#include "base/random.h"
#include "run/internal.h"

uint64_t ss__replication_seed(uint64_t base, uint32_t index) {
    if (index == 0u) return base;
    const uint64_t words[2] = {base, index};
    return ss_hash_bytes(words, sizeof words) & ((UINT64_C(1) << 53u) - 1u);
}

/// The three arrays of a table as plain doubles.
typedef struct plain {
    double *numbers;
    size_t count;
} plain;

static plain plain_of(const ss_table *table, uint32_t array) {
    switch (array) {
    case 0:
        return (plain){(double *)table->nodes,
                       table->node_count * sizeof(ss_node_row) / sizeof(double)};
    case 1:
        return (plain){(double *)table->classes,
                       table->class_count * sizeof(ss_node_row) / sizeof(double)};
    default:
        return (plain){(double *)table->edges,
                       table->edge_count * sizeof(ss_edge_row) / sizeof(double)};
    }
}

/// Averages member by member over the tables; a NaN counts as absent.
static void average(ss_table *into, const ss_table *tables, uint32_t count) {
    for (uint32_t array = 0; array < 3u; array++) {
        const plain mean = plain_of(into, array);
        for (size_t i = 0; i < mean.count; i++) {
            double sum = 0.0;
            uint32_t present = 0;
            for (uint32_t t = 0; t < count; t++) {
                const double value = plain_of(&tables[t], array).numbers[i];
                if (!ss_is_finite(value)) continue;
                sum += value;
                present++;
            }
            mean.numbers[i] = present > 0u ? sum / present : SS_NAN;
        }
    }
}

/// The intervals of one summary's mean and quantiles, from their values in the replications.
static void set_interval(ss_table *into, const ss_table *tables, uint32_t count, uint32_t array,
                         size_t summary_bytes, double *values) {
    static const struct {
        size_t value, interval;
    } pairs[] = {
        {offsetof(ss_summary, mean), offsetof(ss_summary, ci95)},
        {offsetof(ss_summary, p50), offsetof(ss_summary, p50_ci95)},
        {offsetof(ss_summary, p95), offsetof(ss_summary, p95_ci95)},
        {offsetof(ss_summary, p99), offsetof(ss_summary, p99_ci95)},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const size_t value = (summary_bytes + pairs[i].value) / sizeof(double);
        const size_t interval = (summary_bytes + pairs[i].interval) / sizeof(double);
        for (uint32_t t = 0; t < count; t++) values[t] = plain_of(&tables[t], array).numbers[value];
        plain_of(into, array).numbers[interval] = ss_half_width(values, count);
    }
}

static void set_intervals(ss_table *into, const ss_table *tables, uint32_t count, double *values) {
    static const size_t of_node[] = {offsetof(ss_node_row, wait), offsetof(ss_node_row, service),
                                     offsetof(ss_node_row, response)};
    for (size_t i = 0; i < sizeof of_node / sizeof of_node[0]; i++) {
        for (uint32_t n = 0; n < into->node_count; n++) {
            set_interval(into, tables, count, 0, n * sizeof(ss_node_row) + of_node[i], values);
        }
        for (uint32_t c = 0; c < into->class_count; c++) {
            set_interval(into, tables, count, 1, c * sizeof(ss_node_row) + of_node[i], values);
        }
    }
    for (uint32_t e = 0; e < into->edge_count; e++) {
        const size_t at = e * sizeof(ss_edge_row) + offsetof(ss_edge_row, latency);
        set_interval(into, tables, count, 2, at, values);
    }
}

static void merge(ss_table *into, const ss_table *tables, uint32_t count, double *values) {
    average(into, tables, count);
    set_intervals(into, tables, count, values);
    into->simulated_s = into->warmup_s = into->events = 0.0;
    into->events_all = 0;
    for (uint32_t t = 0; t < count; t++) {
        into->simulated_s += tables[t].simulated_s / count;
        into->warmup_s += tables[t].warmup_s / count;
        into->events += tables[t].events / count;
        into->events_all += tables[t].events_all;
        into->trace_hash = (into->trace_hash ^ tables[t].trace_hash) * UINT64_C(0x9e3779b97f4a7c15);
    }
    into->replications = count;
}

ss_status ss__replication_create(const ss_design *design, ss_run_options options, uint64_t base,
                                 uint32_t index, const ss_allocator *allocator,
                                 ss_diagnostics *diagnostics, ss_run **out) {
    options.has_seed = true;
    options.seed = ss__replication_seed(base, index);
    if (index > 0u) ss_diagnostics_clear(diagnostics); // each finds the same
    const ss_status status = ss_run_create(design, options, allocator, diagnostics, out);
    if (!status) (*out)->is_replication = true;
    return status;
}

static ss_status replicate_all(const ss_design *design, ss_run_options options, ss_results *results,
                               ss_table *tables, uint32_t count, ss_diagnostics *diagnostics) {
    const uint64_t base = options.has_seed ? options.seed
                                           : (uint64_t)ss_object_get(&design->run, "seed")->number;
    ss_status status = SS_OK;
    for (uint32_t i = 0; !status && i < count; i++) {
        ss_run_destroy(results->owned_run);
        results->owned_run = NULL;
        status = ss__replication_create(design, options, base, i, &results->allocator, diagnostics,
                                        &results->owned_run);
        ss_run *const run = results->owned_run;
        while (!status && !ss_run_is_done(run)) {
            status = ss_run_advance(run, UINT64_MAX, SS_INFINITY);
        }
        if (!status) status = ss__table_create(run, &tables[i]);
    }
    if (status) return status;
    status = ss__table_create(results->owned_run, &results->table);
    results->table.seed = base;
    return status;
}

ss_status ss_run_replicate(const ss_design *design, ss_run_options options, uint32_t count,
                           const ss_allocator *allocator, ss_diagnostics *diagnostics,
                           ss_results **out) {
    *out = NULL;
    ss_results *results = ss_allocate_zeroed(allocator, sizeof *results);
    ss_table *tables = ss_allocate_zeroed(allocator, count * sizeof(ss_table));
    double *values = ss_allocate_zeroed(allocator, count * sizeof(double));
    ss_status status = results && tables && values ? SS_OK : SS_ERROR_MEMORY;
    if (results) results->allocator = *allocator;
    if (!status) status = replicate_all(design, options, results, tables, count, diagnostics);
    if (!status) {
        merge(&results->table, tables, count, values);
        results->run = results->owned_run;
        status = ss__check_objectives(results);
    }
    if (!status) *out = results;
    for (uint32_t i = 0; tables && i < count; i++) {
        if (tables[i].allocator.reallocate) ss__table_destroy(&tables[i]);
    }
    ss_deallocate(allocator, tables, count * sizeof(ss_table));
    ss_deallocate(allocator, values, count * sizeof(double));
    if (status) ss_results_destroy(results);
    return status;
}
