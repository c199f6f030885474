/// What the files of core/run share.
#ifndef SS_RUN_INTERNAL_H
#define SS_RUN_INTERNAL_H

#include "components/builder.h"
#include "handlers/handlers.h"
#include "scalesim/run.h"

/// Statistics of one duration, as results show them; NaN where there is nothing to tell.
typedef struct ss_summary {
    double mean, ci95, sd, p50, p90, p95, p99, p999, max, count;
    double p50_ci95, p95_ci95, p99_ci95; ///< half-widths; clients only
} ss_summary;

/// What results say of a node or of one operation at it. Plain doubles, so that replications can be
/// averaged member by member.
typedef struct ss_node_row {
    double arrivals, completions, throughput, utilization, in_system, in_queue;
    ss_summary wait, service, response;
    double errors[SS_OUTCOME_COUNT]; ///< by outcome; [OK] stays 0
    double error_ratio, cost_per_hour;
    double core_utilization; ///< NaN where those served share no cores
} ss_node_row;

typedef struct ss_edge_row {
    double calls, retries, timeouts, breaker_opened, lost, hedges;
    ss_summary latency;
} ss_edge_row;

/// The numbers of a run, laid out as the engine has nodes, classes and edges.
typedef struct ss_table {
    ss_node_row *nodes, *classes;
    ss_edge_row *edges;
    uint32_t node_count, class_count, edge_count;
    double simulated_s, warmup_s, events;
    uint64_t trace_hash, seed;
    uint64_t events_all;   ///< of all replications
    uint32_t replications; ///< 1 for a single run
    ss_allocator allocator;
} ss_table;

/// Values at the last timeline row, to take differences from.
typedef struct ss_sample {
    double busy_area, queue_area, cores_area;
    double completions, errors;
    double utilization, throughput, p99; ///< what the last row said, for the frame
    uint32_t p99_row; ///< rows there were when a node's p99 was looked up
} ss_sample;

typedef struct ss_edge_sample {
    double calls, rate;
} ss_edge_sample;

struct ss_results {
    const ss_run *run; ///< names, design, warnings
    ss_run *owned_run; ///< the last replication; NULL for a single run
    ss_table table;
    ss_allocator allocator;
};

struct ss_run {
    const ss_design *design;
    ss_allocator allocator;
    ss_diagnostics *diagnostics; ///< warnings of this run, for its results
    ss_built built;
    ss_handlers *handlers; ///< NULL unless some node has code
    uint64_t seed;
    int64_t duration_ns, time_ns;
    int64_t warmup_ns;      ///< where the statistics begin
    int64_t
        warmup_check_ns; ///< next look at whether the transient is over; SS_TIME_MAX when settled
    bool warmup_is_auto, is_warm, is_done, is_precise;
    bool is_replication; ///< one of several, whose results are averaged
    double precision;
    int64_t precision_check_ns;
    ss_status status;
    // timeline
    int64_t interval_ns, next_sample_ns;
    double *rows;
    uint32_t row_count, row_capacity, column_count;
    ss_sample *samples;           ///< per node
    ss_edge_sample *edge_samples; ///< per edge
    ss_t_quantiles *known; ///< what the intervals of all series share
    // history: snapshots in time order
    ss_snapshot **history;
    uint32_t history_count, history_capacity;
    size_t history_bytes, history_bytes_max;
    int64_t history_spacing_ns, history_next_ns;
};

#define SS_NODE_COLUMNS 4u   /* utilization, in_queue, throughput, errors */
#define SS_CLIENT_COLUMNS 2u /* p50, p99 */

// table.c
ss_status ss__table_create(const ss_run *run, ss_table *out);
void ss__table_destroy(ss_table *table);
/// Each node's classes as a list of 1-based indices, so that no class is looked for twice in a
/// large design.
typedef struct ss_class_lists {
    uint32_t *first; ///< per node
    uint32_t *next;  ///< per class
    size_t bytes;
} ss_class_lists;
ss_status ss__class_lists_create(const ss_run *run, ss_class_lists *out);
void ss__class_lists_destroy(const ss_run *run, ss_class_lists *lists);
double ss__level_area(const ss_level *level, int64_t now_ns);
double ss__node_area(const ss_sim_node *node, uint32_t level, int64_t now_ns);
/// The statistics of all classes of a node together; NULL when no request can reach it.
const ss_class *ss__node_stats(const ss_run *run, uint32_t node);
/// Counts what the engine has kept to count together. To whoever reads, the run stays the same.
void ss__run_count_pending(const ss_run *run);
/// Brings all pending events into the queue's one array; false when memory is refused.
bool ss__run_gather_events(const ss_run *run);
/// Their response times.
const ss_series *ss__response_series(const ss_run *run, uint32_t node);

// metric.c
/// The value of a metric; NaN when the results have none.
double ss__metric_value(const ss_results *results, const ss_metric *metric);
/// The duration whose field a metric is; NULL when it is none.
const ss_summary *ss__metric_summary(const ss_results *results, const ss_metric *metric);
/// The value of an objective, and whether it holds.
double ss__slo_value(const ss_results *results, uint32_t slo, bool *passes);

// bottleneck.c
/// The node whose places are busiest, or SS_NO_INDEX; at which rate of the clients it saturates,
/// and why.
uint32_t ss__bottleneck(const ss_results *results, double *saturation_per_s, ss_text *why);

// quantile.c
/// Sets the thresholds of watches that have seen enough.
void ss__quantiles_visit(ss_run *run);
/// The half-widths of a client's quantiles.
void ss__quantile_intervals(const ss_run *run, uint32_t node, ss_summary *response);

// support.c
/// The quantile that a field of a duration is ("p99"); NaN when it is none.
double ss__quantile_of_field(const char *field);
/// Whether enough observations lie beyond a quantile to tell it.
bool ss__supports_quantile(const ss_results *results, const ss_summary *summary, double quantile);
/// Warns of objectives that ask for a quantile which rests on too little (W309).
ss_status ss__check_objectives(const ss_results *results);
ss_status ss__check_run(const ss_run *run); ///< the same at the end of a single run
/// Warns that the run has not reached its precision (W307), and says how far it was.
ss_status ss__say_imprecise(const ss_run *run);

// replicate.c
/// The seed of a replication; the first one is the run that the base seed names.
uint64_t ss__replication_seed(uint64_t base, uint32_t index);
/// Readies a replication: the run with the `index`th seed after `base`.
ss_status ss__replication_create(const ss_design *design, ss_run_options options, uint64_t base,
                                 uint32_t index, const ss_allocator *allocator,
                                 ss_diagnostics *diagnostics, ss_run **out);

// timeline.c
ss_status ss__timeline_create(ss_run *run);
void ss__timeline_destroy(ss_run *run);
ss_status ss__timeline_sample(ss_run *run);
/// The statistics are about to be reset: keep the differences of the next row right.
void ss__timeline_before_reset(ss_run *run);


// snapshot.c
/// Returns to the latest moment kept at which fewer inputs than `n` had been given to code; *inputs
/// is how many. SS_ERROR_LIMIT when none is kept.
ss_status ss__history_before_input(ss_run *run, uint64_t n, uint64_t *inputs);
/// Keeps a snapshot when one is due.
ss_status ss__history_visit(ss_run *run);
void ss__history_destroy(ss_run *run);

#endif
