// Reads objects against their property lists, and holds them to their rules.

#include "model/internal.h"

#include <assert.h>
#include <string.h>

const ss_value *ss_object_find(const ss_object *object, const char *name) {
    for (uint32_t i = 0; i < object->properties->count; i++) {
        if (strcmp(object->properties->items[i].name, name) == 0) return &object->values[i];
    }
    return NULL;
}

const ss_value *ss_object_get(const ss_object *object, const char *name) {
    const ss_value *value = ss_object_find(object, name);
    assert(value && "the catalog has this property");
    return value;
}

static const ss_property *find_property(const ss_properties *properties, const char *name) {
    for (uint32_t i = 0; i < properties->count; i++) {
        if (strcmp(properties->items[i].name, name) == 0) return &properties->items[i];
    }
    return NULL;
}

static bool has_name(const char *const *names, const char *name) {
    for (; names && *names; names++) {
        if (strcmp(*names, name) == 0) return true;
    }
    return false;
}

static bool is_written(const ss_object *object, const char *name) {
    const ss_value *value = ss_object_find(object, name);
    return value && value->is_written;
}

static void report_unknown(ss__reader *reader, const char *key, const ss_properties *properties,
                           const char *also_known) {
    ss__nearest nearest = ss__nearest_to(key);
    for (uint32_t i = 0; i < properties->count; i++) {
        ss__nearest_offer(&nearest, properties->items[i].name);
    }
    if (also_known) ss__nearest_offer(&nearest, also_known);
    ss__reader_report(reader, "E101",
                      "\"%s\" is not known here; the nearest known key is \"%s\".", key,
                      nearest.best ? nearest.best : "");
}

// --- Rules ---------------------------------------------------------------------------------------

/// "a", "b" and "c" as text, in an arena-owned string.
static const char *join(ss__reader *reader, const char *const *names, const char *last_word) {
    ss_text text = ss_text_create(reader->allocator);
    for (uint32_t i = 0; names[i]; i++) {
        if (i > 0u) {
            if (names[i + 1u]) ss_text_add(&text, ", ");
            else ss_text_add_format(&text, " %s ", last_word);
        }
        ss_text_add_format(&text, "\"%s\"", names[i]);
    }
    if (ss_text_status(&text)) reader->no_memory = true;
    const char *joined = ss__reader_copy(reader, text.failed || !text.bytes ? "" : text.bytes);
    ss_text_destroy(&text);
    return joined;
}

static void check_number_written(ss__reader *reader, const ss_object *object,
                                 const ss_rule *rule) {
    uint32_t written = 0;
    const char *first = NULL;
    const char *second = NULL;
    for (uint32_t i = 0; rule->names[i]; i++) {
        if (!is_written(object, rule->names[i])) continue;
        if (written == 0u) first = rule->names[i];
        if (written == 1u) second = rule->names[i];
        written++;
    }
    if (written == 0u && rule->kind != SS_RULE_AT_MOST_ONE) {
        ss__reader_report(reader, "E111", "Something is missing here; write %s of %s.",
                          rule->kind == SS_RULE_ONE_OF ? "one" : "at least one",
                          join(reader, rule->names, "and"));
    } else if (written > 1u && rule->kind != SS_RULE_ANY_OF) {
        const size_t back = ss__path_push(&reader->path, second);
        ss__reader_report(reader, "E112",
                          "\"%s\" and \"%s\" exclude each other; write one of %s.", first, second,
                          join(reader, rule->names, "and"));
        ss__path_pop(&reader->path, back);
    }
}

static void check_needs(ss__reader *reader, const ss_object *object, const char *property,
                        const char *const *names) {
    if (!is_written(object, property)) return;
    for (uint32_t i = 0; names[i]; i++) {
        if (is_written(object, names[i])) continue;
        const size_t back = ss__path_push(&reader->path, property);
        ss__reader_report(reader, "E113",
                          "\"%s\" means nothing without \"%s\"; write \"%s\" too, or leave it out.",
                          property, names[i], names[i]);
        ss__path_pop(&reader->path, back);
    }
}

static void check_together(ss__reader *reader, const ss_object *object, const ss_rule *rule) {
    for (uint32_t i = 0; rule->names[i]; i++) {
        check_needs(reader, object, rule->names[i], rule->names);
    }
}

/// A member that only other values of the choice name does not apply.
static void check_applies(ss__reader *reader, const ss_object *object, const ss_property *property,
                          const char *choice, const char *word) {
    bool is_governed = false;
    const ss_rule *other = NULL;
    for (uint32_t i = 0; i < object->properties->rule_count; i++) {
        const ss_rule *rule = &object->properties->rules[i];
        if (rule->kind != SS_RULE_WHEN || strcmp(rule->property, choice) != 0) continue;
        if (!has_name(rule->names, property->name) && !has_name(rule->allow, property->name)) {
            continue;
        }
        if (has_name(rule->values, word)) return;
        is_governed = true;
        if (!other) other = rule;
    }
    if (!is_governed) return;
    const size_t back = ss__path_push(&reader->path, property->name);
    ss__reader_report(reader, "E114",
                      "\"%s\" does not apply to the %s \"%s\"; leave it out, or write the %s %s.",
                      property->name, choice, word, choice, join(reader, other->values, "or"));
    ss__path_pop(&reader->path, back);
}

static void check_when(ss__reader *reader, const ss_object *object, const ss_rule *rule,
                       bool is_first) {
    const ss_value *choice = ss_object_find(object, rule->property);
    if (!choice || !choice->text) return;
    if (is_first) {
        for (uint32_t i = 0; i < object->properties->count; i++) {
            if (!object->values[i].is_written) continue;
            check_applies(reader, object, &object->properties->items[i], rule->property,
                          choice->text);
        }
    }
    if (!has_name(rule->values, choice->text)) return;
    for (uint32_t i = 0; rule->names && rule->names[i]; i++) {
        if (is_written(object, rule->names[i])) continue;
        ss__reader_report(reader, "E104", "The %s \"%s\" needs \"%s\"; add it.", rule->property,
                          choice->text, rule->names[i]);
    }
}

static void check_rules(ss__reader *reader, const ss_object *object) {
    const char *when = NULL; // one choice governs an object; its members are checked once
    for (uint32_t i = 0; i < object->properties->rule_count; i++) {
        const ss_rule *rule = &object->properties->rules[i];
        switch (rule->kind) {
        case SS_RULE_ONE_OF:
        case SS_RULE_ANY_OF:
        case SS_RULE_AT_MOST_ONE: check_number_written(reader, object, rule); break;
        case SS_RULE_TOGETHER: check_together(reader, object, rule); break;
        case SS_RULE_NEEDS: check_needs(reader, object, rule->property, rule->names); break;
        case SS_RULE_INCREASING: break; // of lists, see below
        case SS_RULE_WHEN:
            check_when(reader, object, rule, !when || strcmp(when, rule->property) != 0);
            when = rule->property;
            break;
        }
    }
}

void ss__check_list_rules(ss__reader *reader, const ss_properties *properties,
                          const ss_object *objects, uint32_t count) {
    for (uint32_t r = 0; r < properties->rule_count; r++) {
        const ss_rule *rule = &properties->rules[r];
        if (rule->kind != SS_RULE_INCREASING) continue;
        for (uint32_t i = 1; i < count; i++) {
            if (ss_object_get(&objects[i], rule->property)->number >
                ss_object_get(&objects[i - 1u], rule->property)->number) {
                continue;
            }
            const size_t back = ss__path_push_index(&reader->path, i);
            const size_t inner = ss__path_push(&reader->path, rule->property);
            ss__reader_report(reader, "E117",
                              "\"%s\" must be larger than in the entry before; sort the list by "
                              "it.", rule->property);
            ss__path_pop(&reader->path, inner);
            ss__path_pop(&reader->path, back);
        }
    }
}

static void check_required(ss__reader *reader, const ss_object *object) {
    for (uint32_t i = 0; i < object->properties->count; i++) {
        const ss_property *property = &object->properties->items[i];
        if (!property->required || object->values[i].is_written) continue;
        if (property->example_json) {
            ss__reader_report(reader, "E104", "\"%s\" is missing; add it, such as \"%s\": %s.",
                              property->name, property->name, property->example_json);
        } else {
            ss__reader_report(reader, "E104", "\"%s\" is missing; add it.", property->name);
        }
    }
}

// --- Objects -------------------------------------------------------------------------------------

void ss__read_object(ss__reader *reader, const ss_json *json, const ss_properties *properties,
                     const char *also_known, ss_object *out) {
    ss_value *values = ss__reader_take(reader, properties->count, sizeof *values);
    if (!values) return;
    if (properties->count > 0u) {
        memcpy(values, properties->defaults, properties->count * sizeof *values);
    }
    out->properties = properties;
    out->values = values;
    out->pointer = ss__reader_copy(reader, reader->path.text);
    if (!ss__expect(reader, json, SS_JSON_OBJECT, "an object")) return;
    for (const ss_json *c = ss_json_first(json); c && !reader->no_memory; c = ss_json_next(c)) {
        const char *key = ss_json_key(c);
        if (also_known && strcmp(key, also_known) == 0) continue;
        const ss_property *property = find_property(properties, key);
        const size_t back = ss__path_push(&reader->path, key);
        if (property) ss__read_value(reader, c, property, &values[property - properties->items]);
        else report_unknown(reader, key, properties, also_known);
        ss__path_pop(&reader->path, back);
    }
    if (reader->no_memory) return;
    check_required(reader, out);
    check_rules(reader, out);
}

const ss_object *ss_node_code(const ss_node *node) {
    if (!node->type || !(node->type->traits & SS_TRAIT_CODE)) return NULL;
    const ss_value *code = ss_object_find(&node->object, "code");
    return code && code->is_set ? code->objects : NULL;
}
