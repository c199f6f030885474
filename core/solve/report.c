/// A solution as tables for people.
#include <string.h>

#include "base/cells.h"
#include "solve/internal.h"

static size_t name_width(const ss__net *net) {
    size_t width = strlen("node");
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        const size_t length = strlen(net->design->nodes[i].id);
        if (length > width) width = length;
    }
    return width;
}

static void write_row(const ss__net *net, uint32_t node, size_t width, ss_text *out) {
    const ss__station *station = &net->stations[node];
    const ss__summary response = ss__node_response(net, node);
    ss_cell_add(out, net->design->nodes[node].id, width, false);
    ss_cell_add_value(out, station->utilization, SS_CELL_SHARE, 9);
    ss_cell_add_value(out, station->throughput, SS_CELL_WHOLE, 11);
    ss_cell_add_value(out, station->in_queue, SS_CELL_WHOLE, 10);
    ss_cell_add_value(out, response.mean, SS_CELL_DURATION, 11);
    ss_cell_add_value(out, response.p50, SS_CELL_DURATION, 11);
    ss_cell_add_value(out, response.p99, SS_CELL_DURATION, 11);
    ss_cell_add_value(out, station->saturation_per_s, SS_CELL_WHOLE, 13);
    ss_text_add(out, station->is_exact ? "  exact  " : "  approx ");
    ss_text_add(out, ss__method_of(station));
    ss_text_add_char(out, '\n');
}

static void write_slos(const ss__net *net, ss_text *out) {
    for (uint32_t i = 0; i < net->design->slo_count; i++) {
        const ss_object *slo = &net->design->slos[i];
        const ss_value *name = ss_object_get(slo, "name");
        const char *metric = ss_object_get(slo, "metric")->text;
        bool passes;
        const double value = ss__objective(net, i, &passes);
        const char *verdict = !ss_is_finite(value) ? "?   " : passes ? "pass" : "FAIL";
        const char *title = name->is_set ? name->text : metric;
        ss_text_add_format(out, "%s  %s: %s = ", verdict, title, metric);
        if (ss_is_finite(value)) ss_cell_write(out, value, SS_CELL_WHOLE);
        else ss_text_add(out, "not known");
        ss_text_add_char(out, '\n');
    }
    if (net->design->slo_count > 0u) ss_text_add_char(out, '\n');
}

ss_status ss_solution_write_report(const ss_solution *solution, ss_text *out) {
    const size_t width = name_width(solution);
    ss_text_add_format(out, "%s: in closed form\n\n", solution->design->name);
    ss_cell_add(out, "node", width, false);
    static const struct {
        const char *title;
        size_t width;
    } columns[] = {{"busy", 9}, {"per s", 11}, {"waiting", 10}, {"mean", 11},
                   {"p50", 11}, {"p99", 11},   {"saturates", 13}};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        ss_cell_add(out, columns[i].title, columns[i].width, true);
    }
    ss_text_add(out, "  method\n");
    for (uint32_t i = 0; i < solution->design->node_count; i++) write_row(solution, i, width, out);
    ss_text_add_char(out, '\n');
    write_slos(solution, out);
    if (solution->why.bytes) ss_text_add_format(out, "Bottleneck: %s\n", solution->why.bytes);
    return ss_text_status(out);
}
