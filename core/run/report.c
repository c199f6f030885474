/// Results as tables for people.
#include <string.h>

#include "base/cells.h"
#include "base/math.h"
#include "run/internal.h"

/// A quantile, marked where the run cannot tell it.
static bool add_quantile(ss_text *out, const ss_results *results, const ss_summary *summary,
                         const char *field, double value, size_t width) {
    const bool is_supported =
        ss__supports_quantile(results, summary, ss__quantile_of_field(field));
    ss_text cell = ss_text_create(&results->allocator);
    ss_cell_write(&cell, value, SS_CELL_DURATION);
    if (!is_supported) ss_text_add(&cell, "?");
    ss_cell_add(out, cell.bytes ? cell.bytes : "", width, true);
    ss_text_destroy(&cell);
    return is_supported;
}

static size_t name_width(const ss_results *results) {
    size_t width = strlen("node");
    for (uint32_t i = 0; i < results->table.node_count; i++) {
        const size_t length = strlen(results->run->design->nodes[i].id);
        if (length > width) width = length;
    }
    return width;
}

/// Returns whether the run can tell all the quantiles it shows.
static bool write_node_row(const ss_results *results, uint32_t index, size_t width, ss_text *out) {
    const ss_node_row *row = &results->table.nodes[index];
    ss_cell_add(out, results->run->design->nodes[index].id, width, false);
    ss_cell_add_value(out, row->utilization, SS_CELL_SHARE, 9);
    ss_cell_add_value(out, row->throughput, SS_CELL_NUMBER, 11);
    ss_cell_add_value(out, row->in_queue, SS_CELL_NUMBER, 10);
    ss_cell_add_value(out, row->response.mean, SS_CELL_DURATION, 11);
    ss_cell_add_value(out, row->response.ci95, SS_CELL_DURATION, 11);
    const ss_summary *response = &row->response;
    const bool tells_p50 = add_quantile(out, results, response, "p50", response->p50, 11);
    const bool tells_p99 = add_quantile(out, results, response, "p99", response->p99, 11);
    ss_cell_add_value(out, row->error_ratio, SS_CELL_SHARE, 9);
    ss_text_add_char(out, '\n');
    return tells_p50 && tells_p99;
}

static void write_heading(const ss_results *results, ss_text *out) {
    const ss_table *table = &results->table;
    ss_text_add_format(out, "%s: seed %llu", results->run->design->name,
                       (unsigned long long)table->seed);
    if (table->replications > 1u) {
        ss_text_add_format(out, ", %u replications", table->replications);
    }
    ss_text_add(out, ", ");
    ss_text_add_duration(out, table->simulated_s);
    ss_text_add(out, " simulated, of which ");
    ss_text_add_duration(out, table->warmup_s);
    ss_text_add(out, " warm-up\n\n");
}

static ss_unit unit_of(const ss_results *results, const char *path) {
    ss_metric metric = {0};
    ss_diagnostics *unused =
        ss_diagnostics_create(&results->allocator); // the loader has checked it
    if (unused) (void)ss_metric_parse(results->run->design, path, "", unused, &metric);
    ss_diagnostics_destroy(unused);
    return metric.unit;
}

static void add_with_unit(ss_text *out, double value, ss_unit unit) {
    if (unit == SS_UNIT_SECONDS && ss_is_finite(value)) {
        ss_text_add_duration(out, value);
        return;
    }
    ss_text_add_number(out, ss_cell_rounded(value));
    if (unit == SS_UNIT_RATE) ss_text_add(out, "/s");
}

static void write_slos(const ss_results *results, ss_text *out) {
    for (uint32_t i = 0; i < results->run->design->slo_count; i++) {
        const ss_object *slo = &results->run->design->slos[i];
        const ss_value *name = ss_object_get(slo, "name");
        const ss_value *max = ss_object_get(slo, "max");
        const ss_value *min = ss_object_get(slo, "min");
        const char *metric = ss_object_get(slo, "metric")->text;
        bool passes;
        const double value = ss__slo_value(results, i, &passes);
        const ss_unit unit = unit_of(results, metric);
        ss_text_add_format(out, "%s  %s: %s = ", passes ? "pass" : "FAIL",
                           name->is_set ? name->text : metric, metric);
        add_with_unit(out, value, unit);
        if (max->is_set) {
            ss_text_add(out, ", at most ");
            add_with_unit(out, max->number, unit);
        }
        if (min->is_set) {
            ss_text_add(out, ", at least ");
            add_with_unit(out, min->number, unit);
        }
        ss_text_add_char(out, '\n');
    }
    if (results->run->design->slo_count > 0u) ss_text_add_char(out, '\n');
}

ss_status ss_results_write_report(const ss_results *results, ss_text *out) {
    const size_t width = name_width(results);
    write_heading(results, out);
    ss_cell_add(out, "node", width, false);
    ss_cell_add(out, "busy", 9, true);
    ss_cell_add(out, "per s", 11, true);
    ss_cell_add(out, "waiting", 10, true);
    ss_cell_add(out, "mean", 11, true);
    ss_cell_add(out, "± 95 %", 11, true);
    ss_cell_add(out, "p50", 11, true);
    ss_cell_add(out, "p99", 11, true);
    ss_cell_add(out, "errors", 9, true);
    ss_text_add_char(out, '\n');
    bool tells_all = true;
    for (uint32_t i = 0; i < results->table.node_count; i++) {
        tells_all = write_node_row(results, i, width, out) && tells_all;
    }
    if (!tells_all) ss_text_add(out, "? rests on too few observations: simulate longer to tell\n");
    ss_text_add_char(out, '\n');
    write_slos(results, out);
    ss_text why = ss_text_create(&results->allocator);
    double saturation;
    if (ss__bottleneck(results, &saturation, &why) != SS_NO_INDEX && why.bytes) {
        ss_text_add_format(out, "Bottleneck: %s\n", why.bytes);
    }
    ss_text_destroy(&why);
    ss_handlers_write_hot_lines(results->run->handlers, out);
    return ss_text_status(out);
}
