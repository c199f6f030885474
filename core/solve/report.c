/// A solution as tables for people.
#include <string.h>

#include "solve/internal.h"

static void add_spaces(ss_text *out, size_t count) {
    for (size_t i = 0; i < count; i++) ss_text_add_char(out, ' ');
}

static void add_left(ss_text *out, const char *text, size_t width) {
    const size_t length = strlen(text);
    ss_text_add(out, text);
    add_spaces(out, length < width ? width - length : 0u);
}

static void add_right(ss_text *out, const char *text, size_t length, size_t width) {
    add_spaces(out, length < width ? width - length : 0u);
    ss_text_add_bytes(out, text, length);
}

static double rounded(double value) {
    if (!(ss_abs(value) > 0.0)) return value;
    double scale = 1.0;
    while (ss_abs(value) * scale < 100.0 && scale < 1e12) scale *= 10.0;
    return ss_round(value * scale) / scale;
}

typedef enum cell_kind { CELL_NUMBER, CELL_SHARE, CELL_DURATION } cell_kind;

static void add_value(ss_text *out, const ss_allocator *allocator, double value, cell_kind kind,
                      size_t width) {
    ss_text cell = ss_text_create(allocator);
    if (!ss_is_finite(value)) {
        ss_text_add(&cell, "-");
    } else if (kind == CELL_SHARE) {
        ss_text_add_number(&cell, ss_round(value * 1000.0) / 10.0);
        ss_text_add(&cell, " %");
    } else if (kind == CELL_DURATION) {
        ss_text_add_duration(&cell, value);
    } else {
        ss_text_add_number(&cell, rounded(value));
    }
    add_right(out, cell.bytes ? cell.bytes : "", cell.length, width);
    ss_text_destroy(&cell);
}

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
    const ss_allocator *allocator = &net->allocator;
    const ss__summary response = ss__node_response(net, node);
    add_left(out, net->design->nodes[node].id, width);
    add_value(out, allocator, station->utilization, CELL_SHARE, 9);
    add_value(out, allocator, station->throughput, CELL_NUMBER, 11);
    add_value(out, allocator, station->in_queue, CELL_NUMBER, 10);
    add_value(out, allocator, response.mean, CELL_DURATION, 11);
    add_value(out, allocator, response.p50, CELL_DURATION, 11);
    add_value(out, allocator, response.p99, CELL_DURATION, 11);
    add_value(out, allocator, station->saturation_per_s, CELL_NUMBER, 13);
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
        if (ss_is_finite(value)) ss_text_add_number(out, rounded(value));
        else ss_text_add(out, "not known");
        ss_text_add_char(out, '\n');
    }
    if (net->design->slo_count > 0u) ss_text_add_char(out, '\n');
}

ss_status ss_solution_write_report(const ss_solution *solution, ss_text *out) {
    const size_t width = name_width(solution);
    ss_text_add_format(out, "%s: in closed form\n\n", solution->design->name);
    add_left(out, "node", width);
    static const struct {
        const char *title;
        size_t width;
    } columns[] = {{"busy", 9}, {"per s", 11}, {"waiting", 10}, {"mean", 11},
                   {"p50", 11}, {"p99", 11},   {"saturates", 13}};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        add_right(out, columns[i].title, strlen(columns[i].title), columns[i].width);
    }
    ss_text_add(out, "  method\n");
    for (uint32_t i = 0; i < solution->design->node_count; i++) write_row(solution, i, width, out);
    ss_text_add_char(out, '\n');
    write_slos(solution, out);
    if (solution->why.bytes) ss_text_add_format(out, "Bottleneck: %s\n", solution->why.bytes);
    return ss_text_status(out);
}
