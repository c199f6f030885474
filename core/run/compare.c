/// Two designs compared by paired replications (common random numbers; Law, Simulation Modeling and
/// Analysis, 5th ed. 2015, §10.2.1 and §11.2).
#include <string.h>

#include "base/cells.h"
#include "base/math.h"
#include "run/internal.h"

/// What a difference of a metric means.
typedef enum sense { NEUTRAL, LOWER_IS_BETTER, HIGHER_IS_BETTER } sense;

typedef struct field {
    const char *name;
    size_t offset; ///< of a double in the row
    sense sense;
    ss_cell_kind kind;
    bool is_headline; ///< shown to people also where nothing differs
} field;

static const field node_fields[] = {
    {"throughput", offsetof(ss_node_row, throughput), NEUTRAL, SS_CELL_NUMBER, false},
    {"utilization", offsetof(ss_node_row, utilization), NEUTRAL, SS_CELL_SHARE, false},
    {"in_system", offsetof(ss_node_row, in_system), NEUTRAL, SS_CELL_NUMBER, false},
    {"in_queue", offsetof(ss_node_row, in_queue), NEUTRAL, SS_CELL_NUMBER, false},
    {"wait.mean", offsetof(ss_node_row, wait.mean), LOWER_IS_BETTER, SS_CELL_DURATION, false},
    {"response.mean", offsetof(ss_node_row, response.mean), LOWER_IS_BETTER, SS_CELL_DURATION,
     false},
    {"response.p50", offsetof(ss_node_row, response.p50), LOWER_IS_BETTER, SS_CELL_DURATION, false},
    {"response.p95", offsetof(ss_node_row, response.p95), LOWER_IS_BETTER, SS_CELL_DURATION, false},
    {"response.p99", offsetof(ss_node_row, response.p99), LOWER_IS_BETTER, SS_CELL_DURATION, false},
    {"error_ratio", offsetof(ss_node_row, error_ratio), LOWER_IS_BETTER, SS_CELL_SHARE, false},
    {"cost_per_hour", offsetof(ss_node_row, cost_per_hour), LOWER_IS_BETTER, SS_CELL_NUMBER, false},
};
static const field client_fields[] = {
    {"throughput", offsetof(ss_node_row, throughput), HIGHER_IS_BETTER, SS_CELL_NUMBER, true},
    {"response.mean", offsetof(ss_node_row, response.mean), LOWER_IS_BETTER, SS_CELL_DURATION,
     true},
    {"response.p50", offsetof(ss_node_row, response.p50), LOWER_IS_BETTER, SS_CELL_DURATION, true},
    {"response.p95", offsetof(ss_node_row, response.p95), LOWER_IS_BETTER, SS_CELL_DURATION, true},
    {"response.p99", offsetof(ss_node_row, response.p99), LOWER_IS_BETTER, SS_CELL_DURATION, true},
    {"error_ratio", offsetof(ss_node_row, error_ratio), LOWER_IS_BETTER, SS_CELL_SHARE, true},
};
static const field operation_fields[] = {
    {"throughput", offsetof(ss_node_row, throughput), NEUTRAL, SS_CELL_NUMBER, false},
    {"response.mean", offsetof(ss_node_row, response.mean), LOWER_IS_BETTER, SS_CELL_DURATION,
     false},
    {"response.p95", offsetof(ss_node_row, response.p95), LOWER_IS_BETTER, SS_CELL_DURATION, false},
    {"response.p99", offsetof(ss_node_row, response.p99), LOWER_IS_BETTER, SS_CELL_DURATION, false},
    {"error_ratio", offsetof(ss_node_row, error_ratio), LOWER_IS_BETTER, SS_CELL_SHARE, false},
};
static const field edge_fields[] = {
    {"calls", offsetof(ss_edge_row, calls), NEUTRAL, SS_CELL_NUMBER, false},
    {"retries", offsetof(ss_edge_row, retries), LOWER_IS_BETTER, SS_CELL_NUMBER, false},
    {"timeouts", offsetof(ss_edge_row, timeouts), LOWER_IS_BETTER, SS_CELL_NUMBER, false},
    {"breaker_opened", offsetof(ss_edge_row, breaker_opened), LOWER_IS_BETTER, SS_CELL_NUMBER,
     false},
    {"lost", offsetof(ss_edge_row, lost), LOWER_IS_BETTER, SS_CELL_NUMBER, false},
    {"latency.mean", offsetof(ss_edge_row, latency.mean), LOWER_IS_BETTER, SS_CELL_DURATION, false},
};
#define COUNT_OF(array) (uint32_t)(sizeof(array) / sizeof(array)[0])

typedef enum verdict { SAME, NO_DIFFERENCE, LOWER, HIGHER, UNKNOWN } verdict;
static const char *const verdict_names[] = {"same", "no difference", "lower", "higher", "unknown"};

/// One metric of both designs.
typedef struct contrast {
    const char *id;   ///< of the node or edge
    const char *op;   ///< NULL for the whole node or edge
    bool is_edge;
    const field *field;
    double a, b, difference, half_width;
    verdict verdict;
} contrast;

struct ss_comparison {
    const ss_design *designs[2];
    ss_allocator allocator;
    ss_diagnostics *findings[2];
    ss_run *runs[2]; ///< the last replication of each
    ss_table *tables[2];
    ss_run_options options;
    uint32_t count; ///< of pairs
    uint32_t ended; ///< replications: of A and B by turns
    bool is_under_way;
    uint64_t seed;
    contrast *contrasts;
    size_t contrast_count, contrast_capacity;
    double *values;
};

// --- Statistics ----------------------------------------------------------------------------------

static const unsigned char *row_bytes(const ss_table *table, bool is_edge, bool is_class,
                                      uint32_t index) {
    if (is_edge) return (const unsigned char *)&table->edges[index];
    return (const unsigned char *)(is_class ? &table->classes[index] : &table->nodes[index]);
}

static double value_of(const unsigned char *row, const field *each) {
    double value;
    memcpy(&value, row + each->offset, sizeof value);
    return value;
}

static verdict judge(const contrast *each, uint32_t pairs, bool is_same) {
    if (is_same && pairs > 0u) return SAME;
    if (pairs < 2u || !ss_is_finite(each->half_width)) return UNKNOWN;
    if (ss_abs(each->difference) <= each->half_width) return NO_DIFFERENCE;
    return each->difference < 0.0 ? LOWER : HIGHER;
}

/// Adds a metric, unless neither design has it.
static bool add_contrast(ss_comparison *self, contrast each, uint32_t index_a, uint32_t index_b) {
    double sums[2] = {0.0, 0.0};
    uint32_t seen[2] = {0, 0};
    uint32_t pairs = 0;
    bool is_same = true;
    for (uint32_t i = 0; i < self->count; i++) {
        const uint32_t indices[2] = {index_a, index_b};
        double pair[2];
        for (uint32_t k = 0; k < 2u; k++) {
            pair[k] = value_of(row_bytes(&self->tables[k][i], each.is_edge, each.op != NULL,
                                         indices[k]), each.field);
            if (!ss_is_finite(pair[k])) continue;
            sums[k] += pair[k];
            seen[k]++;
        }
        const bool is_pair = ss_is_finite(pair[0]) && ss_is_finite(pair[1]);
        is_same = is_same && ss_is_finite(pair[0]) == ss_is_finite(pair[1]) &&
                  !(ss_abs(pair[1] - pair[0]) > 0.0);
        if (is_pair) self->values[pairs++] = pair[1] - pair[0];
    }
    if (seen[0] == 0u && seen[1] == 0u) return true;
    each.a = seen[0] ? sums[0] / seen[0] : SS_NAN;
    each.b = seen[1] ? sums[1] / seen[1] : SS_NAN;
    each.difference = 0.0;
    for (uint32_t i = 0; i < pairs; i++) each.difference += self->values[i] / pairs;
    if (pairs == 0u) each.difference = SS_NAN;
    each.half_width = is_same ? 0.0 : ss_half_width(self->values, pairs);
    each.verdict = judge(&each, pairs, is_same);
    if (self->contrast_count == self->contrast_capacity) {
        const size_t capacity = self->contrast_capacity ? 2u * self->contrast_capacity : 256u;
        contrast *more = ss_reallocate(&self->allocator, self->contrasts,
                                       self->contrast_capacity * sizeof *more,
                                       capacity * sizeof *more);
        if (!more) return false;
        self->contrasts = more;
        self->contrast_capacity = capacity;
    }
    self->contrasts[self->contrast_count++] = each;
    return true;
}

static bool add_fields(ss_comparison *self, contrast each, const field *fields, uint32_t count,
                       uint32_t index_a, uint32_t index_b) {
    for (uint32_t i = 0; i < count; i++) {
        each.field = &fields[i];
        if (!add_contrast(self, each, index_a, index_b)) return false;
    }
    return true;
}

/// An operation, where one of the nodes has several: with one it is the node itself.
static bool add_operation(ss_comparison *self, uint32_t class_a, uint32_t node_b,
                          const ss_class_lists *lists_b) {
    const ss_built *a = &self->runs[0]->built;
    const ss_built *b = &self->runs[1]->built;
    const uint32_t node_a = a->sim.classes[class_a].node;
    if (a->sim.nodes[node_a].class_count < 2u && b->sim.nodes[node_b].class_count < 2u) return true;
    for (uint32_t at = lists_b->first[node_b]; at; at = lists_b->next[at - 1u]) {
        if (strcmp(a->class_operations[class_a], b->class_operations[at - 1u]) != 0) continue;
        const contrast each = {.id = self->designs[0]->nodes[node_a].id,
                               .op = a->class_operations[class_a]};
        return add_fields(self, each, operation_fields, COUNT_OF(operation_fields), class_a,
                          at - 1u);
    }
    return true;
}

static bool add_node(ss_comparison *self, uint32_t node_a, const ss_class_lists lists[2]) {
    const bool is_client = self->runs[0]->built.sim.nodes[node_a].flags & SS_NODE_IS_CLIENT;
    const contrast each = {.id = self->designs[0]->nodes[node_a].id};
    const uint32_t node_b = ss_design_node_index(self->designs[1], each.id);
    if (node_b >= self->designs[1]->node_count) return true;
    const field *fields = is_client ? client_fields : node_fields;
    const uint32_t count = is_client ? COUNT_OF(client_fields) : COUNT_OF(node_fields);
    if (!add_fields(self, each, fields, count, node_a, node_b)) return false;
    for (uint32_t at = lists[0].first[node_a]; at; at = lists[0].next[at - 1u]) {
        if (!add_operation(self, at - 1u, node_b, &lists[1])) return false;
    }
    return true;
}

/// Clients first: they are what it is all about.
static ss_status add_nodes(ss_comparison *self) {
    const ss_sim *sim = &self->runs[0]->built.sim;
    ss_class_lists lists[2] = {{0}};
    ss_status status = ss__class_lists_create(self->runs[0], &lists[0]);
    if (!status) status = ss__class_lists_create(self->runs[1], &lists[1]);
    for (uint32_t pass = 0; !status && pass < 2u; pass++) {
        for (uint32_t i = 0; !status && i < sim->node_count; i++) {
            const bool is_client = sim->nodes[i].flags & SS_NODE_IS_CLIENT;
            if (is_client != (pass == 0u)) continue;
            if (!add_node(self, i, lists)) status = SS_ERROR_MEMORY;
        }
    }
    ss__class_lists_destroy(self->runs[0], &lists[0]);
    ss__class_lists_destroy(self->runs[1], &lists[1]);
    return status;
}

static ss_status add_edges(ss_comparison *self) {
    for (uint32_t i = 0; i < self->designs[0]->edge_count; i++) {
        const char *name = self->designs[0]->edges[i].name;
        const uint32_t other = ss_design_edge_index(self->designs[1], name);
        if (other >= self->designs[1]->edge_count) continue;
        if (!add_fields(self, (contrast){.id = name, .is_edge = true}, edge_fields,
                        COUNT_OF(edge_fields), i, other)) {
            return SS_ERROR_MEMORY;
        }
    }
    return SS_OK;
}

// --- Life ----------------------------------------------------------------------------------------

ss_status ss_comparison_create(const ss_design *const designs[2], ss_run_options options,
                               uint32_t count, const ss_allocator *allocator,
                               ss_diagnostics *const diagnostics[2], ss_comparison **out) {
    *out = NULL;
    ss_comparison *self = ss_allocate_zeroed(allocator, sizeof *self);
    if (!self) return SS_ERROR_MEMORY;
    self->allocator = *allocator;
    self->count = count < 2u ? 2u : count;
    self->options = options;
    self->seed = options.has_seed ? options.seed
                                  : (uint64_t)ss_object_get(&designs[0]->run, "seed")->number;
    for (uint32_t k = 0; k < 2u; k++) {
        self->designs[k] = designs[k];
        self->findings[k] = diagnostics[k];
        self->tables[k] = ss_allocate_zeroed(allocator, self->count * sizeof(ss_table));
    }
    self->values = ss_allocate_zeroed(allocator, self->count * sizeof(double));
    if (!self->tables[0] || !self->tables[1] || !self->values) {
        ss_comparison_destroy(self);
        return SS_ERROR_MEMORY;
    }
    *out = self;
    return SS_OK;
}

/// Goes on with the replication at hand, or begins the next. Takes its events off `*events_left`.
static ss_status advance_one(ss_comparison *self, uint64_t *events_left) {
    const uint32_t k = self->ended % 2u;
    const uint32_t index = self->ended / 2u;
    ss_status status = SS_OK;
    if (!self->is_under_way) {
        ss_run_destroy(self->runs[k]);
        self->runs[k] = NULL;
        status = ss__replication_create(self->designs[k], self->options, self->seed, index,
                                        &self->allocator, self->findings[k], &self->runs[k]);
        if (status) return status;
        self->is_under_way = true;
    }
    ss_run *const run = self->runs[k];
    const uint64_t before = ss_run_events(run);
    status = ss_run_advance(run, *events_left, SS_INFINITY);
    const uint64_t taken = ss_run_events(run) - before;
    *events_left -= taken < *events_left ? taken : *events_left;
    if (status || !ss_run_is_done(run)) return status;
    self->is_under_way = false;
    self->ended++;
    return ss__table_create(run, &self->tables[k][index]);
}

ss_status ss_comparison_advance(ss_comparison *comparison, uint64_t events_max) {
    ss_status status = SS_OK;
    uint64_t left = events_max;
    while (!status && left > 0u && comparison->ended < 2u * comparison->count) {
        status = advance_one(comparison, &left);
    }
    const bool has_contrasts = comparison->contrast_count > 0u; // of an earlier call
    if (!status && ss_comparison_is_done(comparison) && !has_contrasts) {
        status = add_nodes(comparison);
        if (!status) status = add_edges(comparison);
    }
    return status;
}

bool ss_comparison_is_done(const ss_comparison *comparison) {
    return comparison->ended == 2u * comparison->count;
}

double ss_comparison_progress(const ss_comparison *comparison) {
    const ss_run *run = comparison->runs[comparison->ended % 2u];
    const double part =
        comparison->is_under_way ? ss_run_time_s(run) / ss_run_duration_s(run) : 0.0;
    return (comparison->ended + (part < 1.0 ? part : 1.0)) / (2.0 * comparison->count);
}

void ss_comparison_destroy(ss_comparison *comparison) {
    if (!comparison) return;
    const ss_allocator allocator = comparison->allocator;
    for (uint32_t k = 0; k < 2u; k++) {
        ss_table *tables = comparison->tables[k];
        for (uint32_t i = 0; tables && i < comparison->count; i++) {
            if (tables[i].allocator.reallocate) ss__table_destroy(&tables[i]);
        }
        ss_deallocate(&allocator, tables, comparison->count * sizeof(ss_table));
        ss_run_destroy(comparison->runs[k]);
    }
    ss_deallocate(&allocator, comparison->values, comparison->count * sizeof(double));
    ss_deallocate(&allocator, comparison->contrasts,
                  comparison->contrast_capacity * sizeof(contrast));
    ss_deallocate(&allocator, comparison, sizeof *comparison);
}

ss_diagnostics *ss_comparison_diagnostics(const ss_comparison *comparison, uint32_t which) {
    return comparison->runs[which]->diagnostics;
}

uint64_t ss_comparison_events(const ss_comparison *comparison) {
    uint64_t events = 0;
    for (uint32_t k = 0; k < 2u; k++) {
        for (uint32_t i = 0; i < comparison->count; i++) {
            events += comparison->tables[k][i].events_all;
        }
    }
    return events;
}

// --- JSON ----------------------------------------------------------------------------------------

static void write_path(const contrast *each, ss_text *out) {
    ss_text_add_format(out, "%s.%s.", each->is_edge ? "edges" : "nodes", each->id);
    if (each->op) ss_text_add_format(out, "operations.%s.", each->op);
    ss_text_add(out, each->field->name);
}

/// Whether the difference is for the better; neither where there is none, or no better.
static bool is_judged(const contrast *each, bool *is_better) {
    const bool differs = each->verdict == LOWER || each->verdict == HIGHER;
    *is_better = (each->verdict == LOWER) == (each->field->sense == LOWER_IS_BETTER);
    return differs && each->field->sense != NEUTRAL;
}

static void write_contrast(const contrast *each, ss_text *path, ss_json_writer *json) {
    path->length = 0;
    write_path(each, path);
    ss_json_open_object(json);
    ss_json_add_key(json, "metric");
    ss_json_add_string(json, path->bytes);
    const struct {
        const char *name;
        double value;
    } numbers[] = {{"a", each->a}, {"b", each->b}, {"difference", each->difference},
                   {"ci95", each->half_width}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        ss_json_member(json, numbers[i].name, numbers[i].value);
    }
    ss_json_add_key(json, "verdict");
    ss_json_add_string(json, verdict_names[each->verdict]);
    ss_json_add_key(json, "better");
    bool is_better;
    if (is_judged(each, &is_better)) ss_json_add_bool(json, is_better); else ss_json_add_null(json);
    ss_json_close(json);
}

/// The nodes that only one of the designs has.
static void write_unmatched(const ss_comparison *self, uint32_t which, ss_json_writer *json) {
    const ss_design *design = self->designs[which];
    const ss_design *other = self->designs[1u - which];
    ss_json_add_key(json, which == 0u ? "only_in_a" : "only_in_b");
    ss_json_open_array(json);
    for (uint32_t i = 0; i < design->node_count; i++) {
        if (ss_design_node_index(other, design->nodes[i].id) < other->node_count) continue;
        ss_json_add_string(json, design->nodes[i].id);
    }
    ss_json_close(json);
}

static void write_findings(const ss_comparison *self, ss_json_writer *json) {
    ss_json_add_key(json, "diagnostics");
    ss_json_open_object(json);
    for (uint32_t k = 0; k < 2u; k++) {
        ss_text text = ss_text_create(&self->allocator);
        ss_diagnostics_write_json(self->runs[k]->diagnostics, &text);
        ss_json_add_key(json, k == 0u ? "a" : "b");
        ss_json_add_raw(json, text.bytes ? text.bytes : "[]");
        ss_text_destroy(&text);
    }
    ss_json_close(json);
}

ss_status ss_comparison_write_json(const ss_comparison *comparison, ss_text *out) {
    ss_json_writer json = ss_json_writer_create(out);
    ss_text path = ss_text_create(&comparison->allocator);
    ss_json_open_object(&json);
    ss_json_add_key(&json, "format");
    ss_json_add_string(&json, "scalesim-comparison/1");
    ss_json_add_key(&json, "engine");
    ss_json_add_string(&json, ss_engine_version());
    ss_json_add_key(&json, "a");
    ss_json_add_string(&json, comparison->designs[0]->name);
    ss_json_add_key(&json, "b");
    ss_json_add_string(&json, comparison->designs[1]->name);
    ss_json_add_key(&json, "seed");
    ss_json_add_count(&json, comparison->seed);
    ss_json_add_key(&json, "replications");
    ss_json_add_count(&json, comparison->count);
    ss_json_add_key(&json, "metrics");
    ss_json_open_array(&json);
    for (size_t i = 0; i < comparison->contrast_count; i++) {
        write_contrast(&comparison->contrasts[i], &path, &json);
    }
    ss_json_close(&json);
    write_unmatched(comparison, 0, &json);
    write_unmatched(comparison, 1, &json);
    write_findings(comparison, &json);
    ss_json_close(&json);
    ss_text_add_char(out, '\n');
    const ss_status status = ss_text_status(&path);
    ss_text_destroy(&path);
    return status ? status : ss_text_status(out);
}

// --- For people ----------------------------------------------------------------------------------

/// People are shown the clients, and of the rest what differs.
static bool is_shown(const contrast *each) {
    return each->field->is_headline || each->verdict == LOWER || each->verdict == HIGHER;
}

static void write_line(const contrast *each, const char *path, size_t width, ss_text *out) {
    const ss_cell_kind kind = each->field->kind;
    ss_cell_add(out, path, width, false);
    ss_cell_add_value(out, each->a, kind, 11);
    ss_cell_add_value(out, each->b, kind, 11);
    ss_cell_add_value(out, each->difference, kind, 12);
    ss_cell_add_value(out, each->half_width, kind, 11);
    ss_text_add_format(out, "  %s", verdict_names[each->verdict]);
    const double share = each->difference / each->a;
    const bool differs = each->verdict == LOWER || each->verdict == HIGHER;
    if (differs && each->a > 0.0 && ss_is_finite(share)) {
        ss_text_add(out, " by ");
        ss_cell_write(out, ss_abs(share), SS_CELL_SHARE);
    }
    bool is_better;
    if (is_judged(each, &is_better)) ss_text_add(out, is_better ? ": better" : ": worse");
    ss_text_add_char(out, '\n');
}

static void write_heading(const ss_comparison *self, size_t width, ss_text *out) {
    ss_text_add_format(out, "A: %s\nB: %s\n%u replications of each with the same seeds from %llu on"
                            "\n\n",
                       self->designs[0]->name, self->designs[1]->name, self->count,
                       (unsigned long long)self->seed);
    ss_cell_add(out, "metric", width, false);
    ss_cell_add(out, "A", 11, true);
    ss_cell_add(out, "B", 11, true);
    ss_cell_add(out, "B - A", 12, true);
    ss_cell_add(out, "± 95 %", 11, true);
    ss_text_add(out, "  B is\n");
}

ss_status ss_comparison_write_report(const ss_comparison *comparison, ss_text *out) {
    ss_text path = ss_text_create(&comparison->allocator);
    size_t width = 0;
    size_t hidden = 0;
    for (size_t i = 0; i < comparison->contrast_count; i++) {
        path.length = 0;
        write_path(&comparison->contrasts[i], &path);
        if (!is_shown(&comparison->contrasts[i])) hidden++;
        else if (path.length > width) width = path.length;
    }
    write_heading(comparison, width, out);
    for (size_t i = 0; i < comparison->contrast_count; i++) {
        if (!is_shown(&comparison->contrasts[i])) continue;
        path.length = 0;
        write_path(&comparison->contrasts[i], &path);
        write_line(&comparison->contrasts[i], path.bytes ? path.bytes : "", width, out);
    }
    ss_text_add_format(out,
                       "\n%zu other metrics show no difference. One verdict in twenty is wrong by "
                       "chance; more replications make the intervals narrower.\n",
                       hidden);
    const ss_status status = ss_text_status(&path);
    ss_text_destroy(&path);
    return status ? status : ss_text_status(out);
}
