// Writes the JSON Schema (draft 2020-12) of the design document from the catalog.
//
// What the schema cannot say (that an id exists, that probabilities add up) the loader checks; what
// it says, the loader says too: both read the same tables.

#include <string.h>

#include "base/math.h"
#include "model/catalog.h"

#define ID_PATTERN "^[a-z][a-z0-9_-]{0,63}$"
#define NUMBER_PATTERN "-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"

static void key(ss_json_writer *w, const char *name) { ss_json_add_key(w, name); }

static void text(ss_json_writer *w, const char *name, const char *value) {
    key(w, name);
    ss_json_add_string(w, value);
}

static void reference(ss_json_writer *w, const char *name) {
    ss_text path = ss_text_create(&w->out->allocator);
    ss_text_add_format(&path, "#/$defs/%s", name);
    if (ss_text_status(&path)) w->out->failed = true;
    else text(w, "$ref", path.bytes);
    ss_text_destroy(&path);
}

static void typed(ss_json_writer *w, const char *type) { text(w, "type", type); }

static void bounds(ss_json_writer *w, const ss_property *p) {
    if (p->min > -SS_INFINITY) {
        key(w, p->min_exclusive ? "exclusiveMinimum" : "minimum");
        ss_json_add_number(w, p->min);
    }
    if (p->max < SS_INFINITY) {
        key(w, "maximum");
        ss_json_add_number(w, p->max);
    }
}

static void words(ss_json_writer *w, const char *const *list) {
    key(w, "enum");
    ss_json_open_array(w);
    for (; *list; list++) ss_json_add_string(w, *list);
    ss_json_close(w);
}

// --- Kinds ---------------------------------------------------------------------------------------

static const char *unit_definition(ss_unit unit) {
    static const char *const names[] = {"share", "seconds", "bytes", "rate", "usd", "byte_rate"};
    return names[unit];
}

/// `anyOf` [a number in range, a quantity, words].
static void number(ss_json_writer *w, const ss_property *p) {
    key(w, "anyOf");
    ss_json_open_array(w);
    ss_json_open_object(w);
    typed(w, "number");
    bounds(w, p);
    ss_json_close(w);
    ss_json_open_object(w);
    if (p->any_unit) typed(w, "string");
    else reference(w, unit_definition(p->unit));
    ss_json_close(w);
    if (p->choices) {
        ss_json_open_object(w);
        words(w, p->choices);
        ss_json_close(w);
    }
    ss_json_close(w);
}

static void count(ss_json_writer *w, const ss_property *p) {
    if (!p->allow_infinite) {
        typed(w, "integer");
        bounds(w, p);
        return;
    }
    key(w, "anyOf");
    ss_json_open_array(w);
    ss_json_open_object(w);
    typed(w, "integer");
    bounds(w, p);
    ss_json_close(w);
    ss_json_open_object(w);
    text(w, "const", "inf");
    ss_json_close(w);
    ss_json_close(w);
}

static void object_body(ss_json_writer *w, const ss_properties *properties,
                        const ss_catalog *catalog, const ss_type *type);

/// An object whose member names are operations.
static void by_operation(ss_json_writer *w) {
    typed(w, "object");
    key(w, "propertyNames");
    ss_json_open_object(w);
    reference(w, "id");
    ss_json_close(w);
    key(w, "additionalProperties");
}

static void distributions(ss_json_writer *w) {
    key(w, "anyOf");
    ss_json_open_array(w);
    ss_json_open_object(w);
    reference(w, "distribution");
    ss_json_close(w);
    ss_json_open_object(w);
    by_operation(w);
    ss_json_open_object(w);
    reference(w, "distribution");
    ss_json_close(w);
    ss_json_close(w);
    ss_json_close(w);
}

static void list(ss_json_writer *w, const ss_property *p, const char *item) {
    typed(w, "array");
    if (p->min > 0.0) {
        key(w, "minItems");
        ss_json_add_number(w, p->min);
    }
    key(w, "items");
    ss_json_open_object(w);
    if (item) reference(w, item);
    else object_body(w, p->nested, NULL, NULL);
    ss_json_close(w);
}

static void operations(ss_json_writer *w, const ss_property *p) {
    by_operation(w);
    ss_json_open_object(w);
    object_body(w, p->nested, NULL, NULL);
    ss_json_close(w);
}

static void mix(ss_json_writer *w) {
    by_operation(w);
    ss_json_open_object(w);
    key(w, "anyOf");
    ss_json_add_raw(w, "[{\"type\":\"number\",\"minimum\":0},{\"$ref\":\"#/$defs/share\"}]");
    ss_json_close(w);
    key(w, "minProperties");
    ss_json_add_count(w, 1u);
}

static void property_body(ss_json_writer *w, const ss_property *p) {
    switch (p->kind) {
    case SS_PROPERTY_NUMBER: number(w, p); break;
    case SS_PROPERTY_COUNT: count(w, p); break;
    case SS_PROPERTY_DISTRIBUTION: reference(w, "distribution"); break;
    case SS_PROPERTY_DISTRIBUTIONS: distributions(w); break;
    case SS_PROPERTY_CHOICE: words(w, p->choices); break;
    case SS_PROPERTY_BOOL: typed(w, "boolean"); break;
    case SS_PROPERTY_TEXT: typed(w, "string"); break;
    case SS_PROPERTY_NODE: reference(w, "id"); break;
    case SS_PROPERTY_OBJECT: object_body(w, p->nested, NULL, NULL); break;
    case SS_PROPERTY_LIST: list(w, p, NULL); break;
    case SS_PROPERTY_MIX: mix(w); break;
    case SS_PROPERTY_OPERATIONS: operations(w, p); break;
    case SS_PROPERTY_FLOW: reference(w, "flow"); break;
    case SS_PROPERTY_TRACE: reference(w, "trace"); break;
    case SS_PROPERTY_JSON: break;
    }
}

static void described(ss_json_writer *w, const ss_property *p) {
    text(w, "title", p->title);
    text(w, "description", p->text);
    property_body(w, p);
}

static void default_of(ss_json_writer *w, const ss_property *p) {
    if (!p->default_json) return;
    key(w, "default");
    ss_json_add_raw(w, p->default_json);
}

static void property(ss_json_writer *w, const ss_property *p) {
    ss_json_open_object(w);
    described(w, p);
    default_of(w, p);
    ss_json_close(w);
}

// --- Properties that types share -----------------------------------------------------------------

/// Types that include a set hold copies of its properties; their texts are the same bytes of the
/// same file, which tells which are one.
static bool same_source(const ss_property *a, const ss_property *b) { return a->text == b->text; }

/// Adds "property-queue", or "property-queue-station" where the name means several things.
static void source_name(const ss_catalog *catalog, const ss_property *p, ss_text *out) {
    const ss_property *first = NULL;
    const ss_type *owner = NULL;
    for (uint32_t t = 0; t < catalog->type_count && !owner; t++) {
        const ss_properties *properties = &catalog->types[t].properties;
        for (uint32_t i = 0; i < properties->count; i++) {
            const ss_property *q = &properties->items[i];
            if (strcmp(q->name, p->name) != 0) continue;
            if (!first) first = q;
            if (same_source(p, q)) owner = &catalog->types[t];
        }
    }
    ss_text_add_format(out, "property-%s", p->name);
    if (owner && first && !same_source(first, p)) ss_text_add_format(out, "-%s", owner->behaviour);
}

static bool is_first_of_source(const ss_catalog *catalog, uint32_t type, const ss_property *p) {
    for (uint32_t t = 0; t < type; t++) {
        const ss_properties *properties = &catalog->types[t].properties;
        for (uint32_t i = 0; i < properties->count; i++) {
            if (same_source(&properties->items[i], p)) return false;
        }
    }
    return true;
}

static void shared_property(ss_json_writer *w, const ss_catalog *catalog, const ss_property *p) {
    ss_text name = ss_text_create(&w->out->allocator);
    source_name(catalog, p, &name);
    ss_json_open_object(w);
    if (ss_text_status(&name)) w->out->failed = true;
    else reference(w, name.bytes);
    default_of(w, p);
    ss_json_close(w);
    ss_text_destroy(&name);
}

static void shared_definitions(ss_json_writer *w, const ss_catalog *catalog) {
    for (uint32_t t = 0; t < catalog->type_count; t++) {
        const ss_properties *properties = &catalog->types[t].properties;
        for (uint32_t i = 0; i < properties->count; i++) {
            const ss_property *p = &properties->items[i];
            if (!is_first_of_source(catalog, t, p)) continue;
            ss_text name = ss_text_create(&w->out->allocator);
            source_name(catalog, p, &name);
            if (ss_text_status(&name)) w->out->failed = true;
            else key(w, name.bytes);
            ss_text_destroy(&name);
            ss_json_open_object(w);
            described(w, p);
            ss_json_close(w);
        }
    }
}

// --- Rules ---------------------------------------------------------------------------------------

static void required_one(ss_json_writer *w, const char *name) {
    ss_json_open_object(w);
    key(w, "required");
    ss_json_open_array(w);
    ss_json_add_string(w, name);
    ss_json_close(w);
    ss_json_close(w);
}

/// { keyword: [ {required: [a]}, {required: [b]}, … ] }
static void required_each(ss_json_writer *w, const char *keyword, const char *const *names) {
    ss_json_open_object(w);
    key(w, keyword);
    ss_json_open_array(w);
    for (; *names; names++) required_one(w, *names);
    ss_json_close(w);
    ss_json_close(w);
}

static void not_both(ss_json_writer *w, const char *const *names) {
    for (uint32_t i = 0; names[i]; i++) {
        for (uint32_t j = i + 1u; names[j]; j++) {
            ss_json_open_object(w);
            key(w, "not");
            ss_json_open_object(w);
            key(w, "required");
            ss_json_open_array(w);
            ss_json_add_string(w, names[i]);
            ss_json_add_string(w, names[j]);
            ss_json_close(w);
            ss_json_close(w);
            ss_json_close(w);
        }
    }
}

static void needs(ss_json_writer *w, const char *name, const char *const *others) {
    ss_json_open_object(w);
    key(w, "dependentRequired");
    ss_json_open_object(w);
    key(w, name);
    ss_json_open_array(w);
    for (; *others; others++) ss_json_add_string(w, *others);
    ss_json_close(w);
    ss_json_close(w);
    ss_json_close(w);
}

static bool has_name(const char *const *names, const char *name) {
    for (; names && *names; names++) {
        if (strcmp(*names, name) == 0) return true;
    }
    return false;
}

/// { "properties": { choice: { "enum": values } } }, with "required" unless the choice has a
/// default among the values.
static void choice_is(ss_json_writer *w, const ss_rule *rule, const ss_property *choice) {
    ss_json_open_object(w);
    key(w, "properties");
    ss_json_open_object(w);
    key(w, rule->property);
    ss_json_open_object(w);
    words(w, rule->values);
    ss_json_close(w);
    ss_json_close(w);
    bool by_default = false;
    for (uint32_t i = 0; choice && choice->default_json && rule->values[i]; i++) {
        const size_t length = strlen(rule->values[i]);
        const char *word = choice->default_json + 1; // behind its quote
        by_default = by_default ||
                     (strncmp(word, rule->values[i], length) == 0 && word[length] == '"');
    }
    if (!by_default) {
        key(w, "required");
        ss_json_open_array(w);
        ss_json_add_string(w, rule->property);
        ss_json_close(w);
    }
    ss_json_close(w);
}

static void when_required(ss_json_writer *w, const ss_rule *rule, const ss_property *choice) {
    if (!rule->names || !rule->names[0]) return;
    ss_json_open_object(w);
    key(w, "if");
    choice_is(w, rule, choice);
    key(w, "then");
    ss_json_open_object(w);
    key(w, "required");
    ss_json_open_array(w);
    for (uint32_t i = 0; rule->names[i]; i++) ss_json_add_string(w, rule->names[i]);
    ss_json_close(w);
    ss_json_close(w);
    ss_json_close(w);
}

/// A member that only some values of a choice allow:
/// { "if": { required: [member] }, "then": { anyOf: values of the choice } }.
static void when_allowed(ss_json_writer *w, const ss_properties *properties, const ss_rule *rule,
                         const char *member, const ss_property *choice) {
    for (const ss_rule *r = properties->rules; r < rule; r++) { // written at its first rule only
        if (r->kind != SS_RULE_WHEN || strcmp(r->property, rule->property) != 0) continue;
        if (has_name(r->names, member) || has_name(r->allow, member)) return;
    }
    ss_json_open_object(w);
    key(w, "if");
    required_one(w, member);
    key(w, "then");
    ss_json_open_object(w);
    key(w, "anyOf");
    ss_json_open_array(w);
    for (uint32_t i = 0; i < properties->rule_count; i++) {
        const ss_rule *r = &properties->rules[i];
        if (r->kind != SS_RULE_WHEN || strcmp(r->property, rule->property) != 0) continue;
        if (has_name(r->names, member) || has_name(r->allow, member)) choice_is(w, r, choice);
    }
    ss_json_close(w);
    ss_json_close(w);
    ss_json_close(w);
}

static void when(ss_json_writer *w, const ss_properties *properties, const ss_rule *rule) {
    const ss_property *choice = NULL;
    for (uint32_t i = 0; i < properties->count; i++) {
        if (strcmp(properties->items[i].name, rule->property) == 0) choice = &properties->items[i];
    }
    when_required(w, rule, choice);
    for (uint32_t i = 0; rule->names && rule->names[i]; i++) {
        when_allowed(w, properties, rule, rule->names[i], choice);
    }
    for (uint32_t i = 0; rule->allow && rule->allow[i]; i++) {
        when_allowed(w, properties, rule, rule->allow[i], choice);
    }
}

static void rules(ss_json_writer *w, const ss_properties *properties) {
    if (properties->rule_count == 0u) return;
    if (properties->rules[0].kind == SS_RULE_INCREASING && properties->rule_count == 1u) return;
    key(w, "allOf");
    ss_json_open_array(w);
    for (uint32_t i = 0; i < properties->rule_count; i++) {
        const ss_rule *rule = &properties->rules[i];
        switch (rule->kind) {
        case SS_RULE_ONE_OF: required_each(w, "oneOf", rule->names); break;
        case SS_RULE_ANY_OF: required_each(w, "anyOf", rule->names); break;
        case SS_RULE_AT_MOST_ONE: not_both(w, rule->names); break;
        case SS_RULE_TOGETHER:
            for (uint32_t j = 0; rule->names[j]; j++) needs(w, rule->names[j], rule->names);
            break;
        case SS_RULE_NEEDS: needs(w, rule->property, rule->names); break;
        case SS_RULE_WHEN: when(w, properties, rule); break;
        case SS_RULE_INCREASING: break; // beyond the schema
        }
    }
    ss_json_close(w);
}

// --- Objects -------------------------------------------------------------------------------------

/// The members of `type` (then its properties are shared by definitions), or of another object.
static void object_body(ss_json_writer *w, const ss_properties *properties,
                        const ss_catalog *catalog, const ss_type *type) {
    typed(w, "object");
    key(w, "properties");
    ss_json_open_object(w);
    if (type) {
        key(w, "type");
        ss_json_open_object(w);
        text(w, "const", type->name);
        ss_json_close(w);
    }
    for (uint32_t i = 0; i < properties->count; i++) {
        key(w, properties->items[i].name);
        if (type) shared_property(w, catalog, &properties->items[i]);
        else property(w, &properties->items[i]);
    }
    ss_json_close(w);
    key(w, "required");
    ss_json_open_array(w);
    if (type) ss_json_add_string(w, "type");
    for (uint32_t i = 0; i < properties->count; i++) {
        if (properties->items[i].required) ss_json_add_string(w, properties->items[i].name);
    }
    ss_json_close(w);
    key(w, "additionalProperties");
    ss_json_add_bool(w, false);
    rules(w, properties);
}

/// The name of the definition of a type: "type-postgres".
static void type_reference(ss_json_writer *w, const ss_type *type) {
    ss_text name = ss_text_create(&w->out->allocator);
    ss_text_add_format(&name, "type-%s", type->name);
    if (ss_text_status(&name)) w->out->failed = true;
    else reference(w, name.bytes);
    ss_text_destroy(&name);
}

static void node_definition(ss_json_writer *w, const ss_catalog *catalog) {
    key(w, "node");
    ss_json_open_object(w);
    typed(w, "object");
    key(w, "properties");
    ss_json_open_object(w);
    key(w, "type");
    ss_json_open_object(w);
    key(w, "enum");
    ss_json_open_array(w);
    for (uint32_t i = 0; i < catalog->type_count; i++) {
        ss_json_add_string(w, catalog->types[i].name);
    }
    ss_json_close(w);
    ss_json_close(w);
    ss_json_close(w);
    key(w, "required");
    ss_json_add_raw(w, "[\"type\"]");
    key(w, "allOf");
    ss_json_open_array(w);
    for (uint32_t i = 0; i < catalog->type_count; i++) {
        ss_json_open_object(w);
        key(w, "if");
        ss_json_open_object(w);
        key(w, "properties");
        ss_json_open_object(w);
        key(w, "type");
        ss_json_open_object(w);
        text(w, "const", catalog->types[i].name);
        ss_json_close(w);
        ss_json_close(w);
        key(w, "required");
        ss_json_add_raw(w, "[\"type\"]");
        ss_json_close(w);
        key(w, "then");
        ss_json_open_object(w);
        type_reference(w, &catalog->types[i]);
        ss_json_close(w);
        ss_json_close(w);
    }
    ss_json_close(w);
    ss_json_close(w);
}

static void type_definitions(ss_json_writer *w, const ss_catalog *catalog) {
    for (uint32_t i = 0; i < catalog->type_count; i++) {
        const ss_type *type = &catalog->types[i];
        ss_text name = ss_text_create(&w->out->allocator);
        ss_text_add_format(&name, "type-%s", type->name);
        if (ss_text_status(&name)) w->out->failed = true;
        else key(w, name.bytes);
        ss_text_destroy(&name);
        ss_json_open_object(w);
        text(w, "title", type->title);
        text(w, "description", type->text);
        object_body(w, &type->properties, catalog, type);
        ss_json_close(w);
    }
}

// --- Definitions that no table holds -------------------------------------------------------------

static void pattern_definition(ss_json_writer *w, const char *name, const char *description,
                               const char *pattern) {
    key(w, name);
    ss_json_open_object(w);
    text(w, "description", description);
    typed(w, "string");
    text(w, "pattern", pattern);
    ss_json_close(w);
}

static void scalar_definitions(ss_json_writer *w) {
    pattern_definition(w, "id", "A lower-case letter, then at most 63 of a-z, 0-9, - and _.",
                       ID_PATTERN);
    pattern_definition(w, "share", "A number, or a percentage such as \"5%\".",
                       "^ *" NUMBER_PATTERN " *%? *$");
    pattern_definition(w, "seconds", "A time with its unit, such as \"250ms\".",
                       "^ *" NUMBER_PATTERN " *(ns|us|ms|s|m|h|d)? *$");
    pattern_definition(w, "bytes", "A size with its unit, such as \"16KB\".",
                       "^ *" NUMBER_PATTERN " *(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)? *$");
    pattern_definition(w, "rate", "A rate with its unit, such as \"800/s\".",
                       "^ *" NUMBER_PATTERN " *(/[smh])? *$");
    pattern_definition(w, "usd", "A price in US dollars, such as \"$0.10\".",
                       "^ *[$]? *" NUMBER_PATTERN " *[$]? *$");
    pattern_definition(w, "byte_rate", "Bytes per second, such as \"125MB/s\".",
                       "^ *" NUMBER_PATTERN " *(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?(/[smh])? *$");
}

static const char distribution_definition[] =
    "{\"description\":\"A number of seconds, a time such as \\\"250ms\\\", or a distribution such "
    "as \\\"exp(4ms)\\\".\",\"anyOf\":[{\"type\":\"number\",\"minimum\":0},"
    "{\"$ref\":\"#/$defs/seconds\"},"
    "{\"type\":\"string\",\"pattern\":"
    "\"^ *(exp|uniform|normal|lognormal|gamma|erlang|weibull|pareto|"
    "hyperexp|coxian|empirical|mix) *[(].*[)] *$\"}]}";

static const char step_definition[] =
    "{\"oneOf\":["
    "{\"type\":\"object\",\"required\":[\"compute\"],\"additionalProperties\":false,\"properties\":"
    "{\"compute\":{\"$ref\":\"#/$defs/distribution\"}}},"
    "{\"type\":\"object\",\"required\":[\"call\"],\"additionalProperties\":false,\"properties\":"
    "{\"call\":{\"$ref\":\"#/$defs/id\"},\"op\":{\"$ref\":\"#/$defs/id\"},"
    "\"miss\":{\"$ref\":\"#/$defs/flow\"}}},"
    "{\"type\":\"object\",\"required\":[\"publish\"],\"additionalProperties\":false,\"properties\":"
    "{\"publish\":{\"$ref\":\"#/$defs/id\"},\"op\":{\"$ref\":\"#/$defs/id\"}}},"
    "{\"type\":\"object\",\"required\":[\"parallel\"],\"additionalProperties\":false,"
    "\"properties\":"
    "{\"parallel\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"$ref\":\"#/$defs/flow\"}}}},"
    "{\"type\":\"object\",\"required\":[\"choose\"],\"additionalProperties\":false,\"properties\":"
    "{\"choose\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"object\",\"required\":"
    "[\"probability\",\"flow\"],\"additionalProperties\":false,\"properties\":{\"probability\":"
    "{\"anyOf\":[{\"type\":\"number\",\"minimum\":0,\"maximum\":1},{\"$ref\":\"#/$defs/share\"}]},"
    "\"flow\":{\"$ref\":\"#/$defs/flow\"}}}}}},"
    "{\"type\":\"object\",\"required\":[\"repeat\",\"flow\"],\"additionalProperties\":false,"
    "\"properties\":{\"repeat\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":1000000},"
    "\"flow\":{\"$ref\":\"#/$defs/flow\"}}}]}";

static const char trace_definition[] =
    "{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"array\",\"minItems\":1,"
    "\"maxItems\":2,"
    "\"prefixItems\":[{\"anyOf\":[{\"type\":\"number\",\"minimum\":0},"
    "{\"$ref\":\"#/$defs/seconds\"}]},"
    "{\"$ref\":\"#/$defs/id\"}]}}";

static void structure_definitions(ss_json_writer *w) {
    key(w, "distribution");
    ss_json_add_raw(w, distribution_definition);
    key(w, "flow");
    ss_json_add_raw(w, "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/step\"}}");
    key(w, "step");
    ss_json_add_raw(w, step_definition);
    key(w, "trace");
    ss_json_add_raw(w, trace_definition);
}

// --- The document --------------------------------------------------------------------------------

/// What the catalog leaves to the loader, by the name of the document's member; NULL for the
/// others.
static const char *special_member(const char *name) {
    if (strcmp(name, "format") == 0) return "{\"const\":\"scalesim/1\"}";
    if (strcmp(name, "nodes") == 0) {
        return "{\"type\":\"object\",\"propertyNames\":{\"$ref\":\"#/$defs/id\"},"
               "\"additionalProperties\":{\"$ref\":\"#/$defs/node\"}}";
    }
    if (strcmp(name, "layout") == 0) {
        return "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"array\",\"minItems\":2,"
               "\"maxItems\":2,\"items\":{\"type\":\"number\"}}}";
    }
    return NULL;
}

static void document_members(ss_json_writer *w, const ss_properties *properties) {
    key(w, "properties");
    ss_json_open_object(w);
    for (uint32_t i = 0; i < properties->count; i++) {
        const ss_property *p = &properties->items[i];
        const char *special = special_member(p->name);
        key(w, p->name);
        if (!special) {
            property(w, p);
            continue;
        }
        ss_json_open_object(w);
        text(w, "title", p->title);
        text(w, "description", p->text);
        key(w, "allOf");
        ss_json_open_array(w);
        ss_json_add_raw(w, special);
        ss_json_close(w);
        ss_json_close(w);
    }
    ss_json_close(w);
}

static void write_schema(const ss_catalog *catalog, ss_text *out) {
    ss_json_writer writer = ss_json_writer_create(out);
    ss_json_writer *w = &writer;
    const ss_properties *design = ss_catalog_properties(catalog, "design");
    ss_json_open_object(w);
    text(w, "$schema", "https://json-schema.org/draft/2020-12/schema");
    text(w, "title", "ScaleSim design, scalesim/1");
    typed(w, "object");
    document_members(w, design);
    key(w, "required");
    ss_json_open_array(w);
    for (uint32_t i = 0; i < design->count; i++) {
        if (design->items[i].required) ss_json_add_string(w, design->items[i].name);
    }
    ss_json_close(w);
    key(w, "additionalProperties");
    ss_json_add_bool(w, false);
    key(w, "$defs");
    ss_json_open_object(w);
    scalar_definitions(w);
    structure_definitions(w);
    shared_definitions(w, catalog);
    node_definition(w, catalog);
    type_definitions(w, catalog);
    ss_json_close(w);
    ss_json_close(w);
}

// --- Lines ---------------------------------------------------------------------------------------

#define FLAT_LENGTH_MAX 72u

static void add_line(ss_text *out, size_t depth) {
    ss_text_add_char(out, '\n');
    while (depth-- > 0u) ss_text_add(out, "  ");
}

/// Whether a container that begins here is short and has no others inside.
static bool is_flat(const char *json) {
    size_t length = 0;
    for (const char *c = json; *c != '}' && *c != ']'; c++, length++) {
        if (*c == '{' || *c == '[' || length > FLAT_LENGTH_MAX) return false;
        if (*c != '"') continue;
        for (c++; *c != '"'; length++) c += *c == '\\' ? 2 : 1;
    }
    return true;
}

/// Breaks compact JSON into lines: the file is read and compared by people too. Short ones
/// without others inside stay on their line.
static void add_indented(ss_text *out, const char *json) {
    size_t depth = 0;
    bool flat = false; // inside a container without others
    for (const char *c = json; *c; c++) {
        if (*c == '"') {
            const char *start = c++;
            while (*c != '"') c += *c == '\\' ? 2 : 1;
            ss_text_add_bytes(out, start, (size_t)(c + 1 - start));
            continue;
        }
        const bool opens = *c == '{' || *c == '[';
        const bool closes = *c == '}' || *c == ']';
        if (closes) {
            if (!flat) add_line(out, --depth);
            flat = false;
        }
        ss_text_add_char(out, *c);
        if (opens) {
            flat = is_flat(c + 1);
            if (!flat) add_line(out, ++depth);
        }
        if (*c == ':') ss_text_add_char(out, ' ');
        if (*c == ',' && flat) ss_text_add_char(out, ' ');
        if (*c == ',' && !flat) add_line(out, depth);
    }
    ss_text_add_char(out, '\n');
}

void ss_catalog_write_schema(const ss_catalog *catalog, ss_text *out) {
    ss_text compact = ss_text_create(&out->allocator);
    write_schema(catalog, &compact);
    if (ss_text_status(&compact)) out->failed = true;
    else add_indented(out, compact.bytes);
    ss_text_destroy(&compact);
}
