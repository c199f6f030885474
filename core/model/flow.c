// Reads the flow of an operation: its steps, and the edges they go along.

#include "model/internal.h"

#include <string.h>

#include "base/math.h"

#define REPEAT_MAX 1000000.0 /* a step list this long is a mistake, and takes for ever */

/// The members a step may have beside the one that says what it is.
typedef struct step_shape {
    const char *key;
    ss_step_kind kind;
    const char *extra[2];
} step_shape;

static const step_shape shapes[] = {
    {"compute", SS_STEP_COMPUTE, {NULL, NULL}}, {"call", SS_STEP_CALL, {"op", "miss"}},
    {"publish", SS_STEP_PUBLISH, {"op", NULL}}, {"parallel", SS_STEP_PARALLEL, {NULL, NULL}},
    {"choose", SS_STEP_CHOOSE, {NULL, NULL}},   {"repeat", SS_STEP_REPEAT, {"flow", NULL}},
};
#define SHAPE_COUNT (sizeof shapes / sizeof *shapes)

static const step_shape *shape_of(const ss_json *json) {
    for (const ss_json *c = ss_json_first(json); c; c = ss_json_next(c)) {
        for (size_t i = 0; i < SHAPE_COUNT; i++) {
            if (strcmp(shapes[i].key, ss_json_key(c)) == 0) return &shapes[i];
        }
    }
    return NULL;
}

static void report_key(ss__reader *reader, const char *key, const step_shape *shape) {
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        if (strcmp(shapes[i].key, key) != 0) continue;
        ss__reader_report(reader, "E116",
                          "A step does one thing, and this one has \"%s\" already; make \"%s\" a "
                          "step of its own.",
                          shape->key, key);
        return;
    }
    ss__nearest nearest = ss__nearest_to(key);
    ss__nearest_offer(&nearest, shape->key);
    for (size_t i = 0; i < 2u && shape->extra[i]; i++) {
        ss__nearest_offer(&nearest, shape->extra[i]);
    }
    ss__reader_report(reader, "E101",
                      "\"%s\" is not known in a \"%s\" step; the nearest known key is \"%s\".", key,
                      shape->key, nearest.best);
}

static bool keys_fit(ss__reader *reader, const ss_json *json, const step_shape *shape) {
    bool fit = true;
    for (const ss_json *c = ss_json_first(json); c; c = ss_json_next(c)) {
        const char *key = ss_json_key(c);
        if (strcmp(key, shape->key) == 0) continue;
        if (shape->extra[0] && strcmp(key, shape->extra[0]) == 0) continue;
        if (shape->extra[1] && strcmp(key, shape->extra[1]) == 0) continue;
        fit = false;
        const size_t back = ss__path_push(&reader->path, key);
        report_key(reader, key, shape);
        ss__path_pop(&reader->path, back);
    }
    return fit;
}

// --- Edges ---------------------------------------------------------------------------------------

static uint32_t find_edge(const ss__reader *reader, uint32_t to, ss_edge_kind kind, const char *op,
                          uint32_t *other) {
    uint32_t first = SS_NONE;
    *other = SS_NONE;
    if (reader->node == SS_NONE || !reader->first_out) return SS_NONE;
    for (uint32_t e = reader->first_out[reader->node]; e != SS_NONE; e = reader->next_out[e]) {
        if (reader->edges[e].to != to) continue;
        if (reader->edges[e].kind != kind) {
            *other = e;
            continue;
        }
        if (op && reader->edges[e].op && strcmp(op, reader->edges[e].op) == 0) return e;
        if (first == SS_NONE) first = e;
    }
    return first;
}

static const char *kind_name(ss_edge_kind kind) {
    return kind == SS_EDGE_CALL ? "call" : kind == SS_EDGE_FORWARD ? "forward" : "publish";
}

static void read_edge(ss__reader *reader, const ss_json *target, ss_edge_kind kind, ss_step *out) {
    if (!ss__expect(reader, target, SS_JSON_STRING, "the id of a node")) return;
    const uint32_t to = ss__find_node(reader, ss_json_string(target));
    if (to == SS_NONE || reader->node == SS_NONE) return;
    uint32_t other = SS_NONE;
    const uint32_t edge = find_edge(reader, to, kind, out->op, &other);
    const char *from_id = reader->nodes[reader->node].id;
    const char *to_id = reader->nodes[to].id;
    if (edge != SS_NONE) {
        out->edge1 = edge + 1u;
    } else if (other != SS_NONE) {
        ss__reader_report(reader, "E202",
                          "The edge \"%s\" is of kind %s; a \"%s\" step needs one of kind %s.",
                          reader->edges[other].name, kind_name(reader->edges[other].kind),
                          kind_name(kind), kind_name(kind));
    } else {
        const bool is_call = kind == SS_EDGE_CALL;
        ss__reader_report(reader, "E201",
                          "No edge leads from \"%s\" to \"%s\"; add { \"from\": \"%s\", \"to\": "
                          "\"%s\"%s } to \"edges\".",
                          from_id, to_id, from_id, to_id,
                          is_call ? "" : ", \"kind\": \"publish\"");
    }
}

static void read_op(ss__reader *reader, const ss_json *json, ss_step *out) {
    const ss_json *op = ss_json_get(json, "op");
    if (!op) return;
    const size_t back = ss__path_push(&reader->path, "op");
    if (ss__expect(reader, op, SS_JSON_STRING, "the name of an operation")) {
        out->op = ss__read_op(reader, ss_json_string(op));
    }
    ss__path_pop(&reader->path, back);
}

// --- Branches ------------------------------------------------------------------------------------

static ss_branch *take_branches(ss__reader *reader, size_t count, ss_step *out) {
    ss_branch *branches = ss__reader_take(reader, count, sizeof *branches);
    out->branches = branches;
    out->count = branches ? (uint32_t)count : 0u;
    return branches;
}

static void read_one_branch(ss__reader *reader, const ss_json *step, const char *key,
                            ss_step *out) {
    const ss_json *flow = ss_json_get(step, key);
    if (!flow) {
        ss__reader_report(reader, "E116", "This step has nothing to do; add \"%s\": [ … ].", key);
        return;
    }
    ss_branch *branch = take_branches(reader, 1u, out);
    if (!branch) return;
    const size_t back = ss__path_push(&reader->path, key);
    branch->probability = 1.0;
    branch->steps = ss__read_flow(reader, flow, &branch->count);
    ss__path_pop(&reader->path, back);
}

static void read_parallel(ss__reader *reader, const ss_json *json, ss_step *out) {
    if (!ss__expect(reader, json, SS_JSON_ARRAY, "a list of flows such as [[ … ], [ … ]]")) return;
    const size_t count = ss_json_size(json);
    if (count == 0u) ss__reader_report(reader, "E116", "Write at least one flow: [[ … ], [ … ]].");
    ss_branch *branches = take_branches(reader, count, out);
    if (!branches) return;
    size_t index = 0;
    for (const ss_json *c = ss_json_first(json); c; c = ss_json_next(c), index++) {
        const size_t back = ss__path_push_index(&reader->path, index);
        branches[index].probability = 1.0;
        branches[index].steps = ss__read_flow(reader, c, &branches[index].count);
        ss__path_pop(&reader->path, back);
    }
}

static void read_choice_branch(ss__reader *reader, const ss_json *json, ss_branch *out) {
    static const ss_property probability = {
        .name = "probability", .kind = SS_PROPERTY_NUMBER, .min = 0.0, .max = 1.0};
    static const char *const wanted = "an object such as { \"probability\": 0.2, \"flow\": [ … ] }";
    if (!ss__expect(reader, json, SS_JSON_OBJECT, wanted)) return;
    bool has_probability = false;
    bool has_flow = false;
    for (const ss_json *c = ss_json_first(json); c; c = ss_json_next(c)) {
        const size_t back = ss__path_push(&reader->path, ss_json_key(c));
        if (strcmp(ss_json_key(c), "probability") == 0) {
            has_probability = true;
            ss__read_number(reader, c, &probability, &out->probability);
        } else if (strcmp(ss_json_key(c), "flow") == 0) {
            has_flow = true;
            out->steps = ss__read_flow(reader, c, &out->count);
        } else {
            ss__nearest nearest = ss__nearest_to(ss_json_key(c));
            ss__nearest_offer(&nearest, "probability");
            ss__nearest_offer(&nearest, "flow");
            ss__reader_report(reader, "E101",
                              "\"%s\" is not known here; the nearest known key is \"%s\".",
                              ss_json_key(c), nearest.best);
        }
        ss__path_pop(&reader->path, back);
    }
    if (!has_probability || !has_flow) {
        ss__reader_report(reader, "E116", "\"%s\" is missing; a branch is %s.",
                          has_flow ? "probability" : "flow", wanted);
    }
}

#define PROBABILITY_SLACK 1e-9 /* thirds written as 0.333… may add up to a little more than 1 */

static void read_choose(ss__reader *reader, const ss_json *json, ss_step *out) {
    if (!ss__expect(reader, json, SS_JSON_ARRAY, "a list of branches")) return;
    const size_t count = ss_json_size(json);
    if (count == 0u) {
        ss__reader_report(reader, "E116", "Write at least one branch: { \"probability\": 0.2, "
                                          "\"flow\": [ … ] }.");
    }
    ss_branch *branches = take_branches(reader, count, out);
    if (!branches) return;
    double total = 0.0;
    size_t index = 0;
    for (const ss_json *c = ss_json_first(json); c; c = ss_json_next(c), index++) {
        const size_t back = ss__path_push_index(&reader->path, index);
        read_choice_branch(reader, c, &branches[index]);
        total += branches[index].probability;
        ss__path_pop(&reader->path, back);
    }
    if (total > 1.0 + PROBABILITY_SLACK) {
        ss__reader_report(reader, "E203", "The probabilities of the branches add up to more than "
                                          "1; make them smaller.");
    }
}

static void read_repeat(ss__reader *reader, const ss_json *json, ss_step *out) {
    static const ss_property repeat = {
        .name = "repeat", .kind = SS_PROPERTY_COUNT, .min = 0.0, .max = REPEAT_MAX};
    double times = 0.0;
    if (ss__read_number(reader, json, &repeat, &times)) out->repeat = (uint32_t)times;
}

// --- Steps ---------------------------------------------------------------------------------------

static void read_miss(ss__reader *reader, const ss_json *json, ss_step *out) {
    if (!ss_json_get(json, "miss")) return;
    if (out->edge1 > 0u) {
        const ss_node *to = &reader->nodes[reader->edges[out->edge1 - 1u].to];
        if (to->type && !(to->type->traits & SS_TRAIT_CACHE)) {
            const size_t back = ss__path_push(&reader->path, "miss");
            ss__reader_report(reader, "E212",
                              "\"%s\" is no cache, so nothing can miss there; write the steps "
                              "after this one instead.",
                              to->id);
            ss__path_pop(&reader->path, back);
        }
    }
    read_one_branch(reader, json, "miss", out);
}

static void read_step_value(ss__reader *reader, const ss_json *value, const step_shape *shape,
                            ss_step *out) {
    const size_t back = ss__path_push(&reader->path, shape->key);
    switch (shape->kind) {
    case SS_STEP_COMPUTE: out->dist = ss__read_dist(reader, value, SS_UNIT_SECONDS); break;
    case SS_STEP_CALL: read_edge(reader, value, SS_EDGE_CALL, out); break;
    case SS_STEP_PUBLISH: read_edge(reader, value, SS_EDGE_PUBLISH, out); break;
    case SS_STEP_PARALLEL: read_parallel(reader, value, out); break;
    case SS_STEP_CHOOSE: read_choose(reader, value, out); break;
    case SS_STEP_REPEAT: read_repeat(reader, value, out); break;
    }
    ss__path_pop(&reader->path, back);
}

static void read_step(ss__reader *reader, const ss_json *json, ss_step *out) {
    out->pointer = ss__reader_copy(reader, reader->path.text);
    if (!ss__expect(reader, json, SS_JSON_OBJECT, "a step such as { \"call\": \"db\" }")) return;
    const step_shape *shape = shape_of(json);
    if (!shape) {
        ss__reader_report(reader, "E116",
                          "A step must have one of \"compute\", \"call\", \"publish\", "
                          "\"parallel\", \"choose\" and \"repeat\".");
        return;
    }
    if (!keys_fit(reader, json, shape)) return;
    out->kind = shape->kind;
    if (shape->kind == SS_STEP_CALL || shape->kind == SS_STEP_PUBLISH) read_op(reader, json, out);
    read_step_value(reader, ss_json_get(json, shape->key), shape, out);
    if (shape->kind == SS_STEP_CALL) read_miss(reader, json, out);
    if (shape->kind == SS_STEP_REPEAT) read_one_branch(reader, json, "flow", out);
}

const ss_step *ss__read_flow(ss__reader *reader, const ss_json *json, uint32_t *count) {
    *count = 0;
    if (!ss__expect(reader, json, SS_JSON_ARRAY, "a list of steps")) return NULL;
    ss_step *steps = ss__reader_take(reader, ss_json_size(json), sizeof *steps);
    if (!steps) return NULL;
    size_t index = 0;
    for (const ss_json *c = ss_json_first(json); c && !reader->no_memory; c = ss_json_next(c)) {
        const size_t back = ss__path_push_index(&reader->path, index);
        read_step(reader, c, &steps[index++]);
        ss__path_pop(&reader->path, back);
    }
    *count = (uint32_t)index;
    return steps;
}
