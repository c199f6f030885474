// Reads values of a document against the properties that describe them.

#include "model/internal.h"

#include <assert.h>
#include <string.h>

#include "base/math.h"

// --- Path, memory, findings ----------------------------------------------------------------------

size_t ss__path_push(ss__path *path, const char *key) {
    const size_t back = path->length;
    size_t at = back;
    // A pointer that would not fit stops growing: only absurd documents get there, and their
    // findings then point at an ancestor.
    if (at + 2u >= sizeof path->text) return back;
    path->text[at++] = '/';
    for (const char *c = key; *c && at + 3u < sizeof path->text; c++) {
        if (*c == '~' || *c == '/') {
            path->text[at++] = '~';
            path->text[at++] = *c == '~' ? '0' : '1';
        } else {
            path->text[at++] = *c;
        }
    }
    path->text[at] = '\0';
    path->length = at;
    return back;
}

size_t ss__path_push_index(ss__path *path, size_t index) {
    char digits[24];
    size_t at = sizeof digits - 1u;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + (char)(index % 10u));
        index /= 10u;
    } while (index > 0u);
    return ss__path_push(path, &digits[at]);
}

void ss__path_pop(ss__path *path, size_t length) {
    path->length = length;
    path->text[length] = '\0';
}

void *ss__reader_take(ss__reader *reader, size_t count, size_t size) {
    if (reader->no_memory) return NULL;
    // Zero elements still give a pointer, so that NULL always means refused memory.
    void *memory = ss_arena_allocate(reader->arena, count > 0u ? count * size : 1u);
    if (!memory) reader->no_memory = true;
    return memory;
}

const char *ss__reader_copy(ss__reader *reader, const char *text) {
    if (reader->no_memory) return "";
    const char *copy = ss_arena_copy_text(reader->arena, text, strlen(text));
    if (!copy) reader->no_memory = true;
    return copy ? copy : "";
}


/// The scratch text, emptied.
static ss_text *scratch(ss__reader *reader) {
    reader->problem.length = 0;
    if (reader->problem.bytes) reader->problem.bytes[0] = '\0';
    return &reader->problem;
}

static const char *scratch_text(ss__reader *reader) {
    if (ss_text_status(&reader->problem)) reader->no_memory = true;
    return reader->problem.bytes && !reader->problem.failed ? reader->problem.bytes : "";
}

void ss__report_problem(ss__reader *reader, const char *code, const char *pointer,
                        const ss_text *problem) {
    if (ss_text_status(problem)) reader->no_memory = true;
    if (problem->failed || problem->length == 0u) return;
    const char last = problem->bytes[problem->length - 1u];
    const char *stop = last == '.' || last == '?' ? "" : ".";
    ss__reader_report_at(reader, code, pointer, "%s%s", problem->bytes, stop);
}

bool ss__expect(ss__reader *reader, const ss_json *json, ss_json_kind kind, const char *wanted) {
    if (ss_json_kind_of(json) == kind) return true;
    ss__reader_report(reader, "E102", "This must be %s, not %s.", wanted,
                      ss_json_kind_name(ss_json_kind_of(json)));
    return false;
}

// --- Numbers -------------------------------------------------------------------------------------

/// What to write for a number of each unit, as the middle of a sentence.
static const char *number_wanted(const ss_property *property) {
    if (property->kind == SS_PROPERTY_COUNT) {
        return property->allow_infinite ? "a whole number or \"inf\"" : "a whole number";
    }
    if (property->any_unit) return "a number or a quantity such as \"250ms\" or \"800/s\"";
    switch (property->unit) {
    case SS_UNIT_SECONDS: return "a time such as \"250ms\", or a number of seconds";
    case SS_UNIT_BYTES: return "a size such as \"16KB\", or a number of bytes";
    case SS_UNIT_RATE: return "a rate such as \"800/s\", or a number per second";
    case SS_UNIT_USD: return "a price such as \"$0.10\", or a number of US dollars";
    case SS_UNIT_BYTE_RATE: return "a rate such as \"125MB/s\", or a number of bytes per second";
    case SS_UNIT_NONE: break;
    }
    return "a number";
}

static bool in_range(ss__reader *reader, double number, const ss_property *property) {
    const bool low = property->min_exclusive ? number <= property->min : number < property->min;
    if (!low && number <= property->max) return true;
    if (number == SS_INFINITY && property->allow_infinite) return true;
    ss_text *text = scratch(reader);
    const bool both = property->min > -SS_INFINITY && property->max < SS_INFINITY;
    if (property->min > -SS_INFINITY) {
        ss_text_add(text, property->min_exclusive ? "above " : both ? "from " : "at least ");
        ss_text_add_number(text, property->min);
    }
    if (property->max < SS_INFINITY) {
        ss_text_add(text, !both ? "at most " : property->min_exclusive ? " and at most " : " to ");
        ss_text_add_number(text, property->max);
    }
    ss_text_add(text, ", not ");
    ss_text_add_number(text, number);
    ss__reader_report(reader, "E103", "\"%s\" must be %s.", property->name, scratch_text(reader));
    return false;
}

static bool parse_any_unit(const char *string, double *out, ss_text *problem) {
    static const ss_unit units[] = {SS_UNIT_NONE, SS_UNIT_SECONDS, SS_UNIT_RATE, SS_UNIT_BYTES,
                                    SS_UNIT_USD, SS_UNIT_BYTE_RATE};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (ss_quantity_parse(string, units[i], out, problem) == SS_OK) return true;
    }
    return false;
}

static bool read_quantity(ss__reader *reader, const char *string, const ss_property *property,
                          double *out) {
    ss_text *problem = scratch(reader);
    if (property->any_unit) {
        if (parse_any_unit(string, out, problem)) return true;
        ss__reader_report(reader, "E108", "\"%s\" is no quantity; write %s.", string,
                          number_wanted(property));
        return false;
    }
    const ss_status status = ss_quantity_parse(string, property->unit, out, problem);
    if (status == SS_ERROR_MEMORY) reader->no_memory = true;
    if (status) ss__report_problem(reader, "E108", reader->path.text, problem);
    return status == SS_OK;
}

bool ss__read_number(ss__reader *reader, const ss_json *json, const ss_property *property,
                     double *out) {
    const ss_json_kind kind = ss_json_kind_of(json);
    const bool is_count = property->kind == SS_PROPERTY_COUNT;
    double number = 0.0;
    if (kind == SS_JSON_NUMBER) {
        number = ss_json_number(json);
    } else if (kind == SS_JSON_STRING && is_count && property->allow_infinite &&
               strcmp(ss_json_string(json), "inf") == 0) {
        number = SS_INFINITY;
    } else if (kind == SS_JSON_STRING && !is_count) {
        if (!read_quantity(reader, ss_json_string(json), property, &number)) return false;
    } else {
        ss__reader_report(reader, "E102", "\"%s\" must be %s, not %s.", property->name,
                          number_wanted(property), ss_json_kind_name(kind));
        return false;
    }
    if (is_count && ss_is_finite(number) && ss_floor(number) != number) {
        ss_text_add_number(scratch(reader), number);
        ss__reader_report(reader, "E102", "\"%s\" must be %s, not %s.", property->name,
                          number_wanted(property), scratch_text(reader));
        return false;
    }
    if (!in_range(reader, number, property)) return false;
    *out = number;
    return true;
}

// --- Words ---------------------------------------------------------------------------------------

static uint32_t choice_index(const char *const *choices, const char *word) {
    for (uint32_t i = 0; choices[i]; i++) {
        if (strcmp(choices[i], word) == 0) return i;
    }
    return SS_NONE;
}

static void read_choice(ss__reader *reader, const ss_json *json, const ss_property *property,
                        ss_value *out) {
    out->text = NULL; // a wrong word must not pass for the default in later checks
    out->is_set = false;
    if (!ss__expect(reader, json, SS_JSON_STRING, "a word in quotes")) return;
    const char *word = ss_json_string(json);
    const uint32_t index = choice_index(property->choices, word);
    if (index != SS_NONE) {
        out->text = property->choices[index];
        out->number = (double)index;
        out->is_set = true;
        return;
    }
    ss__nearest nearest = ss__nearest_to(word);
    ss_text *list = scratch(reader);
    for (uint32_t i = 0; property->choices[i]; i++) {
        ss__nearest_offer(&nearest, property->choices[i]);
        if (i > 0u) ss_text_add(list, ", ");
        ss_text_add(list, property->choices[i]);
    }
    ss__reader_report(reader, "E110", "\"%s\" is no %s; write \"%s\" or another one of: %s.", word,
                      property->name, nearest.best, scratch_text(reader));
}

const char *ss__read_op(ss__reader *reader, const char *text) {
    if (!ss__is_id(text)) {
        ss__reader_report(reader, "E105",
                          "\"%s\" is no name of an operation; write a lower-case letter, then at "
                          "most 63 lower-case letters, digits, \"-\" or \"_\".",
                          text);
        return NULL;
    }
    ss__name_entry *entry = ss__names_take(&reader->ops, text);
    if (!entry) {
        reader->no_memory = true;
        return NULL;
    }
    if (entry->value == SS_NONE) entry->value = reader->ops.count - 1u;
    return entry->name;
}

uint32_t ss__find_node(ss__reader *reader, const char *id) {
    const uint32_t index = ss__names_find(&reader->node_ids, id);
    if (index != SS_NONE || reader->nodes_broken) return index;
    const char *best = NULL;
    if (reader->nearest_asked++ < SS_NEAREST_NODE_MAX) {
        ss__nearest nearest = ss__nearest_to(id);
        for (uint32_t i = 0; i < reader->node_count; i++) {
            ss__nearest_offer(&nearest, reader->nodes[i].id);
        }
        best = nearest.best;
    }
    if (best) {
        ss__reader_report(reader, "E106", "No node has the id \"%s\"; the nearest is \"%s\".", id,
                          best);
    } else {
        ss__reader_report(reader, "E106", "No node has the id \"%s\"; add it to \"nodes\".", id);
    }
    return SS_NONE;
}

// --- Distributions -------------------------------------------------------------------------------

const ss_dist *ss__read_dist(ss__reader *reader, const ss_json *json, ss_unit unit) {
    const ss_json_kind kind = ss_json_kind_of(json);
    if (kind == SS_JSON_NUMBER) {
        const double number = ss_json_number(json);
        if (number < 0.0) {
            ss__reader_report(reader, "E103", "A distribution has no negative values; write 0 or "
                                              "a positive number.");
            return NULL;
        }
        const ss_dist *dist = ss_dist_constant(reader->arena, number);
        if (!dist) reader->no_memory = true;
        return dist;
    }
    if (kind != SS_JSON_STRING) {
        ss__reader_report(reader, "E102",
                          "This must be a distribution such as \"exp(4ms)\" or \"250ms\", not %s.",
                          ss_json_kind_name(kind));
        return NULL;
    }
    const ss_dist *dist = NULL;
    const ss_status status =
        ss_dist_parse(ss_json_string(json), unit, reader->arena, &dist, scratch(reader));
    if (status == SS_OK) return dist;
    if (status == SS_ERROR_MEMORY) reader->no_memory = true;
    else ss__report_problem(reader, "E109", reader->path.text, &reader->problem);
    return NULL;
}

/// Times that are always 0 would let a run stand still for ever.
static bool mean_fits(ss__reader *reader, const ss_dist *dist, const ss_property *property) {
    if (!property->min_exclusive || dist->mean > property->min) return true;
    ss__reader_report(reader, "E103", "\"%s\" is always 0; write a distribution with a mean "
                                      "above 0.", property->name);
    return false;
}

static void read_dists(ss__reader *reader, const ss_json *json, ss_unit unit, ss_value *out) {
    if (ss_json_kind_of(json) != SS_JSON_OBJECT) {
        const ss_dist *dist = ss__read_dist(reader, json, unit);
        if (dist) out->dist = dist;
        return;
    }
    ss_named_dist *dists = ss__reader_take(reader, ss_json_size(json), sizeof *dists);
    if (!dists) return;
    uint32_t count = 0;
    for (const ss_json *c = ss_json_first(json); c; c = ss_json_next(c)) {
        const size_t back = ss__path_push(&reader->path, ss_json_key(c));
        const bool is_default = strcmp(ss_json_key(c), "default") == 0;
        const char *op = is_default ? NULL : ss__read_op(reader, ss_json_key(c));
        const ss_dist *dist = ss__read_dist(reader, c, unit);
        if (is_default && dist) out->dist = dist;
        if (op && dist) dists[count++] = (ss_named_dist){.name = op, .dist = dist};
        ss__path_pop(&reader->path, back);
    }
    out->dists = dists;
    out->count = count;
}

// --- Containers ----------------------------------------------------------------------------------

static void read_mix(ss__reader *reader, const ss_json *json, ss_value *out) {
    static const char *const wanted =
        "an object of operation and weight such as { \"checkout\": 1, \"browse\": 9 }";
    if (!ss__expect(reader, json, SS_JSON_OBJECT, wanted)) return;
    static const ss_property weight = {
        .name = "weight", .kind = SS_PROPERTY_NUMBER, .min = 0.0, .max = 1e12};
    ss_named_weight *weights = ss__reader_take(reader, ss_json_size(json), sizeof *weights);
    if (!weights) return;
    uint32_t count = 0;
    double total = 0.0;
    const uint32_t errors_before = reader->errors;
    for (const ss_json *c = ss_json_first(json); c; c = ss_json_next(c)) {
        const size_t back = ss__path_push(&reader->path, ss_json_key(c));
        const char *op = ss__read_op(reader, ss_json_key(c));
        double number = 0.0;
        if (ss__read_number(reader, c, &weight, &number) && op) {
            weights[count++] = (ss_named_weight){.name = op, .weight = number};
            total += number;
        }
        ss__path_pop(&reader->path, back);
    }
    if (total <= 0.0 && reader->errors == errors_before) {
        ss__reader_report(reader, "E118", "At least one operation must have a weight above 0.");
    }
    out->weights = weights;
    out->count = count;
}

static void read_operations(ss__reader *reader, const ss_json *json, const ss_property *property,
                            ss_value *out) {
    static const char *const wanted =
        "an object of operations such as { \"browse\": { \"service_time\": \"2ms\" } }";
    if (!ss__expect(reader, json, SS_JSON_OBJECT, wanted)) return;
    ss_operation *operations = ss__reader_take(reader, ss_json_size(json), sizeof *operations);
    if (!operations) return;
    uint32_t count = 0;
    for (const ss_json *c = ss_json_first(json); c; c = ss_json_next(c)) {
        const size_t back = ss__path_push(&reader->path, ss_json_key(c));
        const char *op = ss__read_op(reader, ss_json_key(c));
        ss_operation *operation = &operations[count];
        ss__read_object(reader, c, property->nested, NULL, &operation->object);
        operation->name = op;
        if (op) count++;
        ss__path_pop(&reader->path, back);
    }
    out->operations = operations;
    out->count = count;
}

static void read_list(ss__reader *reader, const ss_json *json, const ss_property *property,
                      ss_value *out) {
    if (!ss__expect(reader, json, SS_JSON_ARRAY, "a list of objects")) return;
    ss_object *objects = ss__reader_take(reader, ss_json_size(json), sizeof *objects);
    if (!objects) return;
    uint32_t count = 0;
    for (const ss_json *c = ss_json_first(json); c && !reader->no_memory; c = ss_json_next(c)) {
        const size_t back = ss__path_push_index(&reader->path, count);
        ss__read_object(reader, c, property->nested, NULL, &objects[count++]);
        ss__path_pop(&reader->path, back);
    }
    out->objects = objects;
    out->count = count;
    if (reader->no_memory) return;
    if ((double)count < property->min) {
        ss__reader_report(reader, "E103", "\"%s\" is empty; write at least one entry.",
                          property->name);
    }
    ss__check_list_rules(reader, property->nested, objects, count);
}

static bool read_arrival(ss__reader *reader, const ss_json *json, ss_arrival *out) {
    static const ss_property time = {.name = "time", .kind = SS_PROPERTY_NUMBER,
                                     .unit = SS_UNIT_SECONDS, .min = 0.0, .max = SS_INFINITY};
    static const char *const wanted = "[time, operation] or [time]";
    if (!ss__expect(reader, json, SS_JSON_ARRAY, wanted)) return false;
    const ss_json *at = ss_json_first(json);
    const ss_json *op = at ? ss_json_next(at) : NULL;
    if (!at || (op && ss_json_next(op))) {
        ss__reader_report(reader, "E102", "This must be %s.", wanted);
        return false;
    }
    if (!ss__read_number(reader, at, &time, &out->time_s)) return false;
    if (!op) return true;
    if (!ss__expect(reader, op, SS_JSON_STRING, "the name of an operation")) return false;
    out->op = ss__read_op(reader, ss_json_string(op));
    return out->op != NULL;
}

static void read_trace(ss__reader *reader, const ss_json *json, ss_value *out) {
    if (!ss__expect(reader, json, SS_JSON_ARRAY, "a list of [time, operation]")) return;
    ss_arrival *arrivals = ss__reader_take(reader, ss_json_size(json), sizeof *arrivals);
    if (!arrivals) return;
    uint32_t count = 0;
    size_t index = 0;
    for (const ss_json *c = ss_json_first(json); c; c = ss_json_next(c), index++) {
        const size_t back = ss__path_push_index(&reader->path, index);
        ss_arrival arrival = {.time_s = 0.0, .op = NULL};
        if (read_arrival(reader, c, &arrival)) {
            if (count > 0u && arrival.time_s < arrivals[count - 1u].time_s) {
                ss__reader_report(reader, "E117", "This arrival is earlier than the one before; "
                                                  "sort the trace by time.");
            }
            arrivals[count++] = arrival;
        }
        ss__path_pop(&reader->path, back);
    }
    if (index == 0u) {
        ss__reader_report(reader, "E103",
                          "The trace is empty; write at least one [time, operation].");
    }
    out->arrivals = arrivals;
    out->count = count;
}

// --- One value -----------------------------------------------------------------------------------

static bool is_word_of_number(const ss_json *json, const ss_property *property, ss_value *out) {
    if (!property->choices || ss_json_kind_of(json) != SS_JSON_STRING) return false;
    const uint32_t index = choice_index(property->choices, ss_json_string(json));
    if (index == SS_NONE) return false;
    out->text = property->choices[index];
    out->number = 0.0;
    return true;
}

static void read_text(ss__reader *reader, const ss_json *json, const ss_property *property,
                      ss_value *out) {
    out->is_set = false;
    if (property->kind == SS_PROPERTY_BOOL) {
        const ss_json_kind kind = ss_json_kind_of(json);
        out->is_set = kind == SS_JSON_TRUE || kind == SS_JSON_FALSE;
        out->number = kind == SS_JSON_TRUE ? 1.0 : 0.0;
        if (!out->is_set) ss__expect(reader, json, SS_JSON_TRUE, "true or false");
        return;
    }
    const bool is_node = property->kind == SS_PROPERTY_NODE;
    if (!ss__expect(reader, json, SS_JSON_STRING, is_node ? "the id of a node" : "a text")) return;
    out->text = ss_json_string(json);
    out->is_set = true;
    if (!is_node) return;
    const uint32_t node = ss__find_node(reader, out->text);
    out->node1 = node == SS_NONE ? 0u : node + 1u;
}

void ss__read_value(ss__reader *reader, const ss_json *json, const ss_property *property,
                    ss_value *out) {
    out->is_written = true;
    out->is_set = true;
    out->json = json;
    switch (property->kind) {
    case SS_PROPERTY_NUMBER:
        if (is_word_of_number(json, property, out)) break;
        out->text = NULL;
        out->is_set = ss__read_number(reader, json, property, &out->number);
        break;
    case SS_PROPERTY_COUNT:
        out->is_set = ss__read_number(reader, json, property, &out->number);
        break;
    case SS_PROPERTY_DISTRIBUTION: {
        const ss_dist *dist = ss__read_dist(reader, json, property->unit);
        if (dist && mean_fits(reader, dist, property)) out->dist = dist;
        break;
    }
    case SS_PROPERTY_DISTRIBUTIONS: read_dists(reader, json, property->unit, out); break;
    case SS_PROPERTY_CHOICE: read_choice(reader, json, property, out); break;
    case SS_PROPERTY_BOOL:
    case SS_PROPERTY_TEXT:
    case SS_PROPERTY_NODE: read_text(reader, json, property, out); break;
    case SS_PROPERTY_OBJECT: {
        ss_object *object = ss__reader_take(reader, 1u, sizeof *object);
        if (!object) break;
        ss__read_object(reader, json, property->nested, NULL, object);
        out->objects = object;
        out->count = 1u;
        break;
    }
    case SS_PROPERTY_LIST: read_list(reader, json, property, out); break;
    case SS_PROPERTY_MIX: read_mix(reader, json, out); break;
    case SS_PROPERTY_OPERATIONS: read_operations(reader, json, property, out); break;
    case SS_PROPERTY_FLOW: out->flow = ss__read_flow(reader, json, &out->count); break;
    case SS_PROPERTY_TRACE: read_trace(reader, json, out); break;
    case SS_PROPERTY_JSON: break;
    }
    if (property->not_simulated) {
        ss__reader_report(reader, "W101",
                          "\"%s\" is kept, but the engine does not simulate it yet.",
                          property->name);
    }
}
