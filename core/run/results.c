/// Writes `scalesim-results/1`.
#include "base/math.h"
#include "run/internal.h"

static void write_summary_open(ss_json_writer *json, const char *name, const ss_summary *summary) {
    ss_json_add_key(json, name);
    ss_json_open_object(json);
    const struct {
        const char *name;
        double value;
    } fields[] = {
        {"mean", summary->mean}, {"ci95", summary->ci95}, {"sd", summary->sd},
        {"p50", summary->p50},   {"p90", summary->p90},   {"p95", summary->p95},
        {"p99", summary->p99},   {"p999", summary->p999}, {"max", summary->max},
        {"count", summary->count},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        ss_json_add_key(json, fields[i].name);
        ss_json_add_number(json, fields[i].value);
    }
}

static void write_summary(ss_json_writer *json, const char *name, const ss_summary *summary) {
    write_summary_open(json, name, summary);
    ss_json_close(json);
}

static void write_errors(ss_json_writer *json, const ss_node_row *row) {
    ss_json_add_key(json, "errors");
    ss_json_open_object(json);
    ss_json_member(json, "timeout", row->errors[SS_OUTCOME_TIMEOUT]);
    ss_json_member(json, "rejected", row->errors[SS_OUTCOME_REJECTED]);
    ss_json_member(json, "failed", row->errors[SS_OUTCOME_FAILED]);
    ss_json_member(json, "breaker_open", row->errors[SS_OUTCOME_BREAKER_OPEN]);
    ss_json_close(json);
    ss_json_member(json, "error_ratio", row->error_ratio);
}

static void write_operation(ss_json_writer *json, const ss_node_row *row) {
    ss_json_member(json, "arrivals", row->arrivals);
    ss_json_member(json, "completions", row->completions);
    ss_json_member(json, "throughput", row->throughput);
    ss_json_member(json, "in_system", row->in_system);
    write_summary(json, "wait", &row->wait);
    write_summary(json, "service", &row->service);
    write_summary(json, "response", &row->response);
    write_errors(json, row);
}

static void write_node(const ss_run *run, const ss_table *table, uint32_t index,
                       const ss_class_lists *lists, ss_json_writer *json) {
    const ss_node_row *row = &table->nodes[index];
    ss_json_add_key(json, run->design->nodes[index].id);
    ss_json_open_object(json);
    ss_json_member(json, "arrivals", row->arrivals);
    ss_json_member(json, "completions", row->completions);
    ss_json_member(json, "throughput", row->throughput);
    ss_json_member(json, "utilization", row->utilization);
    ss_json_member(json, "in_system", row->in_system);
    ss_json_member(json, "in_queue", row->in_queue);
    write_summary(json, "wait", &row->wait);
    write_summary(json, "service", &row->service);
    write_summary_open(json, "response", &row->response);
    if (run->built.sim.nodes[index].flags & SS_NODE_IS_CLIENT) {
        ss_json_member(json, "p50_ci95", row->response.p50_ci95);
        ss_json_member(json, "p95_ci95", row->response.p95_ci95);
        ss_json_member(json, "p99_ci95", row->response.p99_ci95);
    }
    ss_json_close(json);
    write_errors(json, row);
    if (ss_is_finite(row->core_utilization))
        ss_json_member(json, "core_utilization", row->core_utilization);
    ss_json_member(json, "cost_per_hour", row->cost_per_hour);
    ss_json_add_key(json, "operations");
    ss_json_open_object(json);
    for (uint32_t i = lists->first[index]; i; i = lists->next[i - 1u]) {
        ss_json_add_key(json, run->built.class_operations[i - 1u]);
        ss_json_open_object(json);
        write_operation(json, &table->classes[i - 1u]);
        ss_json_close(json);
    }
    ss_json_close(json);
    ss_handlers_write(run->handlers, index, json);
    ss_json_close(json);
}

static ss_status write_nodes(const ss_run *run, const ss_table *table, ss_json_writer *json) {
    ss_class_lists lists;
    const ss_status status = ss__class_lists_create(run, &lists);
    if (status) return status;
    ss_json_add_key(json, "nodes");
    ss_json_open_object(json);
    for (uint32_t i = 0; i < table->node_count; i++) write_node(run, table, i, &lists, json);
    ss_json_close(json);
    ss__class_lists_destroy(run, &lists);
    return SS_OK;
}

static void write_edges(const ss_run *run, const ss_table *table, ss_json_writer *json) {
    ss_json_add_key(json, "edges");
    ss_json_open_object(json);
    for (uint32_t i = 0; i < table->edge_count; i++) {
        const ss_edge_row *row = &table->edges[i];
        ss_json_add_key(json, run->design->edges[i].name);
        ss_json_open_object(json);
        ss_json_member(json, "calls", row->calls);
        ss_json_member(json, "retries", row->retries);
        ss_json_member(json, "timeouts", row->timeouts);
        ss_json_member(json, "breaker_opened", row->breaker_opened);
        ss_json_member(json, "lost", row->lost);
        ss_json_member(json, "hedges", row->hedges);
        write_summary(json, "latency", &row->latency);
        ss_json_close(json);
    }
    ss_json_close(json);
}

// --- Objectives ----------------------------------------------------------------------------------

static void write_slos(const ss_results *results, ss_json_writer *json) {
    ss_json_add_key(json, "slos");
    ss_json_open_array(json);
    for (uint32_t i = 0; i < results->run->design->slo_count; i++) {
        bool passes;
        const double value = ss__slo_value(results, i, &passes);
        ss_objective_write_json(&results->run->design->slos[i], value, passes ? 1 : 0, json);
    }
    ss_json_close(json);
}

// --- Bottleneck ----------------------------------------------------------------------------------

static void write_bottleneck(const ss_results *results, ss_json_writer *json) {
    ss_text why = ss_text_create(&results->allocator);
    double saturation = SS_NAN;
    const uint32_t node = ss__bottleneck(results, &saturation, &why);
    ss_json_add_key(json, "bottleneck");
    if (node == SS_NO_INDEX) {
        ss_json_add_null(json);
    } else {
        ss_bottleneck_write_json(results->run->design->nodes[node].id,
                                 results->table.nodes[node].utilization, saturation, why.bytes,
                                 json);
    }
    ss_text_destroy(&why);
}

// --- The whole -----------------------------------------------------------------------------------

ss_status ss_results_write_json(const ss_results *results, ss_text *out) {
    const ss_run *run = results->run;
    const ss_table *table = &results->table;
    ss_json_writer json = ss_json_writer_create(out);
    ss_text hash = ss_text_create(&run->allocator);
    ss_text_add_format(&hash, "%016llx", (unsigned long long)table->trace_hash);
    ss_json_open_object(&json);
    ss_json_add_key(&json, "format");
    ss_json_add_string(&json, "scalesim-results/1");
    ss_json_add_key(&json, "engine");
    ss_json_add_string(&json, ss_engine_version());
    ss_json_add_key(&json, "design");
    ss_json_add_string(&json, run->design->name);
    ss_json_add_key(&json, "seed");
    ss_json_add_count(&json, table->seed);
    if (table->replications > 1u) ss_json_member(&json, "replications", table->replications);
    ss_json_member(&json, "simulated_s", table->simulated_s);
    ss_json_member(&json, "warmup_s", table->warmup_s);
    ss_json_member(&json, "events", table->events);
    ss_json_add_key(&json, "trace_hash");
    ss_json_add_string(&json, hash.bytes);
    ss_text_destroy(&hash);
    const ss_status status = write_nodes(run, table, &json);
    if (status) return status;
    write_edges(run, table, &json);
    write_slos(results, &json);
    write_bottleneck(results, &json);
    ss_json_add_findings(&json, run->diagnostics);
    ss_json_close(&json);
    ss_text_add_char(out, '\n');
    return ss_text_status(out);
}

// --- Life ----------------------------------------------------------------------------------------

ss_status ss_run_results(const ss_run *run, ss_results **out) {
    *out = NULL;
    ss_results *results = ss_allocate_zeroed(&run->allocator, sizeof *results);
    if (!results) return SS_ERROR_MEMORY;
    results->run = run;
    results->allocator = run->allocator;
    const ss_status status = ss__table_create(run, &results->table);
    if (status) {
        ss_results_destroy(results);
        return status;
    }
    *out = results;
    return SS_OK;
}

void ss_results_destroy(ss_results *results) {
    if (!results) return;
    const ss_allocator allocator = results->allocator;
    if (results->table.allocator.reallocate) ss__table_destroy(&results->table);
    ss_run_destroy(results->owned_run);
    ss_deallocate(&allocator, results, sizeof *results);
}

ss_diagnostics *ss_results_diagnostics(const ss_results *results) {
    return results->run->diagnostics;
}

uint64_t ss_results_events(const ss_results *results) {
    return results->table.events_all;
}
