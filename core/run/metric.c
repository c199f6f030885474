/// Numbers of the results by their path, for objectives and assertions.
#include <string.h>

#include "base/math.h"
#include "run/internal.h"

static double summary_field(const ss_summary *summary, const char *field) {
    static const struct {
        const char *name;
        size_t offset;
    } fields[] = {
        {"mean", offsetof(ss_summary, mean)}, {"ci95", offsetof(ss_summary, ci95)},
        {"sd", offsetof(ss_summary, sd)},     {"p50", offsetof(ss_summary, p50)},
        {"p90", offsetof(ss_summary, p90)},   {"p95", offsetof(ss_summary, p95)},
        {"p99", offsetof(ss_summary, p99)},   {"p999", offsetof(ss_summary, p999)},
        {"max", offsetof(ss_summary, max)},   {"count", offsetof(ss_summary, count)},
        {"p50_ci95", offsetof(ss_summary, p50_ci95)}, {"p95_ci95", offsetof(ss_summary, p95_ci95)},
        {"p99_ci95", offsetof(ss_summary, p99_ci95)},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(fields[i].name, field) == 0) {
            return *(const double *)(const void *)((const char *)summary + fields[i].offset);
        }
    }
    return SS_NAN;
}

static double error_count(const ss_node_row *row, const char *field) {
    if (strcmp(field, "timeout") == 0) return row->errors[SS_OUTCOME_TIMEOUT];
    if (strcmp(field, "rejected") == 0) return row->errors[SS_OUTCOME_REJECTED];
    if (strcmp(field, "failed") == 0) return row->errors[SS_OUTCOME_FAILED];
    if (strcmp(field, "breaker_open") == 0) return row->errors[SS_OUTCOME_BREAKER_OPEN];
    return SS_NAN;
}

static double node_value(const ss_node_row *row, const ss_metric *metric) {
    const char *stat = metric->stat;
    if (strcmp(stat, "errors") == 0) return error_count(row, metric->field);
    if (strcmp(stat, "arrivals") == 0) return row->arrivals;
    if (strcmp(stat, "completions") == 0) return row->completions;
    if (strcmp(stat, "throughput") == 0) return row->throughput;
    if (strcmp(stat, "utilization") == 0) return row->utilization;
    if (strcmp(stat, "in_system") == 0) return row->in_system;
    if (strcmp(stat, "in_queue") == 0) return row->in_queue;
    if (strcmp(stat, "error_ratio") == 0) return row->error_ratio;
    if (strcmp(stat, "cost_per_hour") == 0) return row->cost_per_hour;
    if (strcmp(stat, "core_utilization") == 0) return row->core_utilization;
    return SS_NAN;
}

static double edge_value(const ss_edge_row *row, const ss_metric *metric) {
    const char *stat = metric->stat;
    if (strcmp(stat, "calls") == 0) return row->calls;
    if (strcmp(stat, "retries") == 0) return row->retries;
    if (strcmp(stat, "timeouts") == 0) return row->timeouts;
    if (strcmp(stat, "breaker_opened") == 0) return row->breaker_opened;
    if (strcmp(stat, "lost") == 0) return row->lost;
    if (strcmp(stat, "hedges") == 0) return row->hedges;
    return SS_NAN;
}

/// What the results say of a node, or of one operation at it; NULL when it never came there.
static const ss_node_row *row_of(const ss_results *results, const ss_metric *metric) {
    const ss_table *table = &results->table;
    if (!metric->op) return &table->nodes[metric->index];
    for (uint32_t i = 0; i < table->class_count; i++) {
        if (results->run->built.sim.classes[i].node == metric->index &&
            strcmp(results->run->built.class_operations[i], metric->op) == 0) {
            return &table->classes[i];
        }
    }
    return NULL;
}

const ss_summary *ss__metric_summary(const ss_results *results, const ss_metric *metric) {
    const char *stat = metric->stat;
    if (metric->is_edge) {
        return strcmp(stat, "latency") == 0 ? &results->table.edges[metric->index].latency : NULL;
    }
    const ss_node_row *row = row_of(results, metric);
    if (row && strcmp(stat, "wait") == 0) return &row->wait;
    if (row && strcmp(stat, "service") == 0) return &row->service;
    if (row && strcmp(stat, "response") == 0) return &row->response;
    return NULL;
}

double ss__metric_value(const ss_results *results, const ss_metric *metric) {
    const ss_summary *summary = ss__metric_summary(results, metric);
    if (summary) return summary_field(summary, metric->field ? metric->field : "mean");
    if (metric->is_edge) return edge_value(&results->table.edges[metric->index], metric);
    const ss_node_row *row = row_of(results, metric);
    return row ? node_value(row, metric) : SS_NAN;
}

ss_status ss_results_metric(const ss_results *results, const char *path,
                            ss_diagnostics *diagnostics, double *value) {
    ss_metric metric;
    *value = SS_NAN;
    const ss_status status = ss_metric_parse(results->run->design, path, "", diagnostics, &metric);
    if (!status) *value = ss__metric_value(results, &metric);
    return status;
}

double ss__slo_value(const ss_results *results, uint32_t index, bool *passes) {
    const ss_object *slo = &results->run->design->slos[index];
    const ss_value *max = ss_object_get(slo, "max");
    const ss_value *min = ss_object_get(slo, "min");
    double value = SS_NAN;
    ss_diagnostics *unused =
        ss_diagnostics_create(&results->allocator); // the loader has checked it
    if (unused) {
        (void)ss_results_metric(results, ss_object_get(slo, "metric")->text, unused, &value);
        ss_diagnostics_destroy(unused);
    }
    // No number is no promise kept.
    *passes = ss_is_finite(value) && !(max->is_set && value > max->number) &&
              !(min->is_set && value < min->number);
    return value;
}

bool ss_results_slos_pass(const ss_results *results) {
    bool all = true;
    for (uint32_t i = 0; i < results->run->design->slo_count; i++) {
        bool passes;
        (void)ss__slo_value(results, i, &passes);
        all = all && passes;
    }
    return all;
}
