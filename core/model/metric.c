// Paths of numbers in the results, and the objectives and faults that name parts of a design.

#include "model/internal.h"

#include <string.h>

// --- What results hold ---------------------------------------------------------------------------

/// One statistic: a number of a unit, or an object of numbers.
typedef struct statistic {
    const char *name;
    ss_unit unit;
    const char *const *fields; ///< NULL-terminated; NULL for a number
} statistic;

static const char *const duration_fields[] = {"mean", "ci95", "sd",   "p50", "p90",  "p95",
                                              "p99",  "p999", "max", "count", NULL};
static const char *const response_fields[] = {
    "mean", "ci95", "sd",       "p50",      "p90",      "p95", "p99",
    "p999", "max",  "count",    "p50_ci95", "p95_ci95", "p99_ci95", NULL};
static const char *const error_fields[] = {"timeout", "rejected", "failed", "breaker_open", NULL};

static const statistic node_statistics[] = {
    {"arrivals", SS_UNIT_NONE, NULL},      {"completions", SS_UNIT_NONE, NULL},
    {"throughput", SS_UNIT_RATE, NULL},    {"utilization", SS_UNIT_NONE, NULL},
    {"in_system", SS_UNIT_NONE, NULL},     {"in_queue", SS_UNIT_NONE, NULL},
    {"wait", SS_UNIT_SECONDS, duration_fields},
    {"service", SS_UNIT_SECONDS, duration_fields},
    {"response", SS_UNIT_SECONDS, response_fields},
    {"errors", SS_UNIT_NONE, error_fields}, {"error_ratio", SS_UNIT_NONE, NULL},
    {"cost_per_hour", SS_UNIT_USD, NULL},  {"core_utilization", SS_UNIT_NONE, NULL},
};
static const statistic edge_statistics[] = {
    {"calls", SS_UNIT_NONE, NULL},    {"retries", SS_UNIT_NONE, NULL},
    {"timeouts", SS_UNIT_NONE, NULL}, {"breaker_opened", SS_UNIT_NONE, NULL},
    {"lost", SS_UNIT_NONE, NULL},
    {"hedges", SS_UNIT_NONE, NULL},
    {"latency", SS_UNIT_SECONDS, duration_fields},
};
#define LENGTH_OF(array) (sizeof(array) / sizeof *(array))

static void write_statistics(ss_json_writer *writer, const statistic *list, size_t count) {
    static const char *const units[] = {NULL, "seconds", "bytes", "rate", "usd", "byte_rate"};
    ss_json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        ss_json_open_object(writer);
        ss_json_add_key(writer, "name");
        ss_json_add_string(writer, list[i].name);
        if (units[list[i].unit]) {
            ss_json_add_key(writer, "unit");
            ss_json_add_string(writer, units[list[i].unit]);
        }
        if (list[i].fields) {
            ss_json_add_key(writer, "fields");
            ss_json_open_array(writer);
            for (uint32_t f = 0; list[i].fields[f]; f++) {
                ss_json_add_string(writer, list[i].fields[f]);
            }
            ss_json_close(writer);
        }
        ss_json_close(writer);
    }
    ss_json_close(writer);
}

void ss__metrics_write_json(ss_json_writer *writer) {
    ss_json_open_object(writer);
    ss_json_add_key(writer, "node");
    write_statistics(writer, node_statistics, LENGTH_OF(node_statistics));
    ss_json_add_key(writer, "edge");
    write_statistics(writer, edge_statistics, LENGTH_OF(edge_statistics));
    ss_json_close(writer);
}

// --- Paths ---------------------------------------------------------------------------------------

#define PART_LENGTH_MAX 160u /* an edge's name: two ids, an arrow, "#" and a number */

/// A path being read, part by part, and where its findings go.
typedef struct walk {
    const ss_design *design;
    ss_diagnostics *diagnostics;
    const char *pointer;
    const char *path;
    const char *rest; ///< NULL at the end
    char part[PART_LENGTH_MAX];
} walk;

/// Takes the next part, up to the next dot; false at the end of the path or for an empty or endless
/// one.
static bool next_part(walk *w) {
    if (!w->rest) return false;
    const char *dot = strchr(w->rest, '.');
    const size_t length = dot ? (size_t)(dot - w->rest) : strlen(w->rest);
    if (length == 0u || length >= sizeof w->part) return false;
    memcpy(w->part, w->rest, length);
    w->part[length] = '\0';
    w->rest = dot ? dot + 1 : NULL;
    return true;
}

static ss_status bad(const walk *w, const char *what, const char *nearest) {
    ss_diagnostics_add(w->diagnostics, "E208", w->pointer,
                       "\"%s\" is no number of the results: %s \"%s\".", w->path, what,
                       nearest ? nearest : "");
    return SS_ERROR_INPUT;
}

static const statistic *find_statistic(const walk *w, const statistic *list, size_t count,
                                       const char **nearest) {
    ss__nearest near = ss__nearest_to(w->part);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].name, w->part) == 0) return &list[i];
        ss__nearest_offer(&near, list[i].name);
    }
    *nearest = near.best;
    return NULL;
}

static ss_status read_field(walk *w, const statistic *found, ss_metric *out) {
    out->stat = found->name;
    out->unit = found->unit;
    if (!found->fields) {
        return w->rest ? bad(w, "nothing follows", found->name) : SS_OK;
    }
    if (!w->rest) return bad(w, "one field must follow, such as", found->fields[0]);
    if (!next_part(w)) return bad(w, "one field must follow, such as", found->fields[0]);
    ss__nearest near = ss__nearest_to(w->part);
    for (uint32_t f = 0; found->fields[f]; f++) {
        if (strcmp(found->fields[f], w->part) == 0) {
            out->field = found->fields[f];
            if (strcmp(out->field, "count") == 0) out->unit = SS_UNIT_NONE;
            return w->rest ? bad(w, "nothing follows", out->field) : SS_OK;
        }
        ss__nearest_offer(&near, found->fields[f]);
    }
    return bad(w, "the nearest field is", near.best);
}

static ss_status read_edge_path(walk *w, ss_metric *out) {
    out->is_edge = true;
    if (!next_part(w)) return bad(w, "an edge's name must follow", "edges");
    out->index = ss_design_edge_index(w->design, w->part);
    if (out->index == SS_NONE) {
        ss__nearest near = ss__nearest_to(w->part);
        for (uint32_t e = 0; e < w->design->edge_count; e++) {
            ss__nearest_offer(&near, w->design->edges[e].name);
        }
        return bad(w, "the nearest edge is", near.best);
    }
    const char *nearest = edge_statistics[0].name;
    if (!next_part(w)) return bad(w, "a statistic must follow, such as", nearest);
    const statistic *found =
        find_statistic(w, edge_statistics, LENGTH_OF(edge_statistics), &nearest);
    if (!found) return bad(w, "the nearest statistic is", nearest);
    return read_field(w, found, out);
}

static ss_status read_op(walk *w, ss_metric *out) {
    if (!next_part(w)) return bad(w, "an operation's name must follow", "operations");
    const ss__names *ops = &w->design->memory->ops;
    ss__nearest near = ss__nearest_to(w->part);
    for (uint32_t i = 0; i <= ops->mask; i++) {
        const char *name = ops->entries[i].name;
        if (name && strcmp(name, w->part) == 0) {
            out->op = name;
            return SS_OK;
        }
        if (name) ss__nearest_offer(&near, name);
    }
    return bad(w, "the nearest operation is", near.best);
}

static ss_status read_node_path(walk *w, ss_metric *out) {
    if (!next_part(w)) return bad(w, "a node's id must follow", "nodes");
    out->index = ss_design_node_index(w->design, w->part);
    if (out->index == SS_NONE) {
        ss__nearest near = ss__nearest_to(w->part);
        for (uint32_t n = 0; n < w->design->node_count; n++) {
            ss__nearest_offer(&near, w->design->nodes[n].id);
        }
        return bad(w, "the nearest node is", near.best);
    }
    const char *nearest = "throughput";
    if (!next_part(w)) return bad(w, "a statistic must follow, such as", nearest);
    if (strcmp(w->part, "operations") == 0) {
        const ss_status status = read_op(w, out);
        if (status) return status;
        if (!next_part(w)) return bad(w, "a statistic must follow, such as", nearest);
    }
    const statistic *found =
        find_statistic(w, node_statistics, LENGTH_OF(node_statistics), &nearest);
    if (!found) return bad(w, "the nearest statistic is", nearest);
    return read_field(w, found, out);
}

ss_status ss_metric_parse(const ss_design *design, const char *path, const char *pointer,
                          ss_diagnostics *diagnostics, ss_metric *out) {
    *out = (ss_metric){.is_edge = false};
    walk w = {.design = design, .diagnostics = diagnostics, .pointer = pointer, .path = path,
              .rest = path};
    if (next_part(&w)) {
        if (strcmp(w.part, "nodes") == 0) return read_node_path(&w, out);
        if (strcmp(w.part, "edges") == 0) return read_edge_path(&w, out);
    }
    return bad(&w, "a path begins with \"nodes.\" or \"edges.\", such as",
               "nodes.shoppers.response.p99");
}

// --- Objectives ----------------------------------------------------------------------------------

static void check_bound(ss__reader *reader, const ss_object *slo, const char *name, ss_unit unit) {
    const ss_value *value = ss_object_get(slo, name);
    if (!value->is_written || !value->is_set) return;
    if (ss_json_kind_of(value->json) != SS_JSON_STRING) return;
    double number;
    ss_text problem = ss_text_create(reader->allocator);
    const ss_status status =
        ss_quantity_parse(ss_json_string(value->json), unit, &number, &problem);
    if (status == SS_ERROR_MEMORY || ss_text_status(&problem)) reader->no_memory = true;
    if (status == SS_ERROR_INPUT && problem.bytes) {
        char pointer[SS_JSON_POINTER_MAX];
        ss_json_pointer_join(pointer, sizeof pointer, slo->pointer, name);
        ss__report_problem(reader, "E108", pointer, &problem);
    }
    ss_text_destroy(&problem);
}

void ss__check_slos(ss__reader *reader, const ss_design *design) {
    for (uint32_t i = 0; i < design->slo_count; i++) {
        const ss_object *slo = &design->slos[i];
        const char *path = ss_object_get(slo, "metric")->text;
        if (!path) continue;
        char pointer[SS_JSON_POINTER_MAX];
        ss_json_pointer_join(pointer, sizeof pointer, slo->pointer, "metric");
        ss_metric metric;
        if (ss_metric_parse(design, path, pointer, reader->diagnostics, &metric)) {
            reader->errors++;
            continue;
        }
        check_bound(reader, slo, "max", metric.unit);
        check_bound(reader, slo, "min", metric.unit);
    }
}

// --- What runs and solutions write alike ---------------------------------------------------------

void ss_objective_write_json(const ss_object *slo, double value, int passes, ss_json_writer *json) {
    const char *metric = ss_object_get(slo, "metric")->text;
    const ss_value *name = ss_object_get(slo, "name");
    const ss_value *max = ss_object_get(slo, "max");
    const ss_value *min = ss_object_get(slo, "min");
    ss_json_open_object(json);
    ss_json_add_key(json, "name");
    ss_json_add_string(json, name->is_set ? name->text : metric);
    ss_json_add_key(json, "metric");
    ss_json_add_string(json, metric);
    ss_json_member(json, "value", value);
    if (max->is_set) ss_json_member(json, "max", max->number);
    if (min->is_set) ss_json_member(json, "min", min->number);
    ss_json_add_key(json, "pass");
    if (passes < 0) ss_json_add_null(json); else ss_json_add_bool(json, passes > 0);
    ss_json_close(json);
}

void ss_bottleneck_write_json(const char *node, double utilization, double saturation_per_s,
                              const char *why, ss_json_writer *json) {
    ss_json_open_object(json);
    ss_json_add_key(json, "node");
    ss_json_add_string(json, node);
    ss_json_member(json, "utilization", utilization);
    ss_json_member(json, "saturation_rate", saturation_per_s);
    ss_json_add_key(json, "why");
    ss_json_add_string(json, why ? why : "");
    ss_json_close(json);
}
