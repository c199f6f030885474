// Builds the catalog's tables from the embedded JSON files: once, when a catalog is created.

#include "model/catalog.h"

#include <string.h>

#include "base/math.h"

// --- Reading catalog files -----------------------------------------------------------------------

/// A property being built, with its default as JSON (which outlives the build: values borrow it).
typedef struct draft {
    ss_property property;
    const ss_json *fallback;
} draft;

typedef struct drafts {
    draft *items;
    uint32_t count;
    uint32_t capacity;
} drafts;

typedef struct builder {
    ss_catalog *catalog;
    ss__reader reader;
    const char *file; ///< being read, for messages
    const ss_json *sets; ///< "sets" of common.json
} builder;

static void complain(builder *b, const char *what, const char *about) {
    ss__reader_report(&b->reader, "E190", "%s: %s \"%s\".", b->file, what, about ? about : "");
}

static const char *text_of(builder *b, const ss_json *json, const char *key, bool required) {
    const ss_json *member = ss_json_get(json, key);
    if (member && ss_json_kind_of(member) == SS_JSON_STRING) return ss_json_string(member);
    if (member || required) complain(b, "a text is missing:", key);
    return NULL;
}

static bool flag_of(builder *b, const ss_json *json, const char *key) {
    const ss_json *member = ss_json_get(json, key);
    if (!member) return false;
    const ss_json_kind kind = ss_json_kind_of(member);
    if (kind != SS_JSON_TRUE && kind != SS_JSON_FALSE) complain(b, "not true or false:", key);
    return kind == SS_JSON_TRUE;
}

static double number_of(builder *b, const ss_json *json, const char *key, double otherwise) {
    const ss_json *member = ss_json_get(json, key);
    if (!member) return otherwise;
    if (ss_json_kind_of(member) == SS_JSON_NUMBER) return ss_json_number(member);
    complain(b, "not a number:", key);
    return otherwise;
}

/// A list of texts as a NULL-terminated array; NULL when there is none.
static const char *const *texts_of(builder *b, const ss_json *json, const char *key) {
    const ss_json *list = ss_json_get(json, key);
    if (!list) return NULL;
    const char **texts = ss__reader_take(&b->reader, ss_json_size(list) + 1u, sizeof *texts);
    if (!texts) return NULL;
    uint32_t count = 0;
    for (const ss_json *c = ss_json_first(list); c; c = ss_json_next(c)) {
        if (ss_json_kind_of(c) == SS_JSON_STRING) texts[count++] = ss_json_string(c);
        else complain(b, "not a list of texts:", key);
    }
    return texts;
}

static const char *written(builder *b, const ss_json *json) {
    ss_text text = ss_text_create(b->reader.allocator);
    ss_json_write(json, &text);
    if (ss_text_status(&text)) b->reader.no_memory = true;
    const char *copy = ss__reader_copy(&b->reader, text.failed ? "" : text.bytes);
    ss_text_destroy(&text);
    return copy;
}

// --- Names of kinds, units and rules -------------------------------------------------------------

static const char *const kind_names[] = {
    "number", "count", "distribution", "distributions", "choice", "bool", "text", "node",
    "object", "list",  "mix",          "operations",    "flow",   "trace", "json",
};
static const char *const unit_names[] = {"none", "seconds", "bytes", "rate", "usd", "byte_rate"};
static const char *const rule_names[] = {"one_of",   "any_of", "at_most_one",
                                         "together", "needs",  "when", "increasing"};
static const char *const trait_names[] = {"source", "broker", "cache", "store", "code"};
#define LENGTH_OF(array) ((uint32_t)(sizeof(array) / sizeof *(array)))

const char *ss__property_kind_name(ss_property_kind kind) { return kind_names[kind]; }
const char *ss__rule_kind_name(ss_rule_kind kind) { return rule_names[kind]; }
const char *ss__trait_name(uint32_t bit) {
    return bit < LENGTH_OF(trait_names) ? trait_names[bit] : NULL;
}
const char *ss__unit_name(const ss_property *property) {
    if (property->any_unit) return "any";
    return property->unit == SS_UNIT_NONE ? NULL : unit_names[property->unit];
}

static uint32_t index_in(builder *b, const char *const *names, uint32_t count, const char *name) {
    for (uint32_t i = 0; name && i < count; i++) {
        if (strcmp(names[i], name) == 0) return i;
    }
    complain(b, "a word that is not known:", name);
    return 0;
}

// --- Properties ----------------------------------------------------------------------------------

static void read_properties(builder *b, const ss_json *json, ss_properties *out);

static const ss_properties *read_nested(builder *b, const ss_json *json) {
    const ss_json *of = ss_json_get(json, "of");
    if (of) {
        const ss_properties *found =
            ss_json_kind_of(of) == SS_JSON_STRING
                ? ss_catalog_properties(b->catalog, ss_json_string(of)) : NULL;
        if (!found) complain(b, "no object has this name:", text_of(b, json, "of", true));
        return found;
    }
    ss_properties *nested = ss__reader_take(&b->reader, 1u, sizeof *nested);
    if (nested) read_properties(b, json, nested);
    return nested;
}

static void check_members(builder *b, const ss_json *json) {
    static const char *const known[] = {"name", "title", "text", "kind", "unit", "min", "max",
        "above", "infinite", "choices", "default", "required", "advanced", "properties", "rules",
        "of", "not_simulated", "example", "in_place_of"};
    for (const ss_json *c = ss_json_first(json); c; c = ss_json_next(c)) {
        index_in(b, known, LENGTH_OF(known), ss_json_key(c));
    }
}

static void read_bounds(builder *b, const ss_json *json, ss_property *p) {
    p->min_exclusive = ss_json_get(json, "above") != NULL;
    p->min = number_of(b, json, p->min_exclusive ? "above" : "min", -SS_INFINITY);
    p->max = number_of(b, json, "max", SS_INFINITY);
    p->allow_infinite = flag_of(b, json, "infinite");
    if (p->kind == SS_PROPERTY_COUNT && p->min < 0.0) complain(b, "a count below 0:", p->name);
}

static void read_property(builder *b, const ss_json *json, draft *out) {
    check_members(b, json);
    ss_property *p = &out->property;
    *p = (ss_property){.name = text_of(b, json, "name", true),
                       .title = text_of(b, json, "title", true),
                       .text = text_of(b, json, "text", true)};
    if (!p->name) p->name = "";
    p->kind = (ss_property_kind)index_in(b, kind_names, LENGTH_OF(kind_names),
                                         text_of(b, json, "kind", true));
    const char *unit = text_of(b, json, "unit", false);
    p->any_unit = unit && strcmp(unit, "any") == 0;
    if (unit && !p->any_unit) {
        p->unit = (ss_unit)index_in(b, unit_names, LENGTH_OF(unit_names), unit);
    }
    read_bounds(b, json, p);
    p->required = flag_of(b, json, "required");
    p->advanced = flag_of(b, json, "advanced");
    p->not_simulated = flag_of(b, json, "not_simulated");
    p->choices = texts_of(b, json, "choices");
    if (p->kind == SS_PROPERTY_CHOICE && !p->choices) complain(b, "no choices:", p->name);
    const ss_json *example = ss_json_get(json, "example");
    if (example) p->example_json = written(b, example);
    out->fallback = ss_json_get(json, "default");
    if (out->fallback) p->default_json = written(b, out->fallback);
    if (p->kind == SS_PROPERTY_OBJECT || p->kind == SS_PROPERTY_LIST ||
        p->kind == SS_PROPERTY_OPERATIONS) {
        p->nested = read_nested(b, json);
    }
}

static draft *find_draft(drafts *list, const char *name) {
    for (uint32_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].property.name, name) == 0) return &list->items[i];
    }
    return NULL;
}

static void reserve(builder *b, drafts *list, uint32_t more) {
    if (list->count + more <= list->capacity) return;
    const uint32_t capacity = (list->count + more) * 2u;
    draft *items = ss__reader_take(&b->reader, capacity, sizeof *items);
    if (!items) return;
    if (list->count > 0u) memcpy(items, list->items, list->count * sizeof *items);
    list->items = items;
    list->capacity = capacity;
}

static bool is_omitted(const ss_json *omit, const char *name) {
    for (const ss_json *c = omit ? ss_json_first(omit) : NULL; c; c = ss_json_next(c)) {
        if (strcmp(ss_json_string(c), name) == 0) return true;
    }
    return false;
}

/// Adds the properties of a JSON list; one of the same name replaces the earlier one in its place.
static void add_drafts(builder *b, const ss_json *list, const ss_json *omit, drafts *out) {
    reserve(b, out, list ? (uint32_t)ss_json_size(list) : 0u);
    for (const ss_json *c = list ? ss_json_first(list) : NULL; c; c = ss_json_next(c)) {
        if (b->reader.no_memory) return;
        draft one = {.fallback = NULL};
        read_property(b, c, &one);
        if (is_omitted(omit, one.property.name)) continue;
        const char *replaced = text_of(b, c, "in_place_of", false);
        draft *same = find_draft(out, replaced ? replaced : one.property.name);
        if (same) *same = one;
        else out->items[out->count++] = one;
    }
}

static void read_rules(builder *b, const ss_json *list, ss_properties *out) {
    ss_rule *rules = ss__reader_take(&b->reader, list ? ss_json_size(list) : 0u, sizeof *rules);
    if (!rules || !list) return;
    uint32_t count = 0;
    for (const ss_json *c = ss_json_first(list); c; c = ss_json_next(c), count++) {
        ss_rule *rule = &rules[count];
        rule->kind = (ss_rule_kind)index_in(b, rule_names, LENGTH_OF(rule_names),
                                            text_of(b, c, "rule", true));
        const bool when = rule->kind == SS_RULE_WHEN;
        const bool needs = rule->kind == SS_RULE_NEEDS;
        const bool increasing = rule->kind == SS_RULE_INCREASING;
        rule->property = text_of(b, c, "property", when || needs || increasing);
        rule->names = texts_of(b, c, when ? "require" : needs ? "needs" : "properties");
        rule->values = texts_of(b, c, "is");
        rule->allow = texts_of(b, c, "allow");
        const bool whole = when ? rule->values != NULL : increasing || rule->names;
        if (!whole) complain(b, "half a rule:", rule_names[rule->kind]);
    }
    out->rules = rules;
    out->rule_count = count;
}

/// What an object in which nothing is written holds.
static const ss_value *read_defaults(builder *b, const drafts *list) {
    ss_value *values = ss__reader_take(&b->reader, list->count, sizeof *values);
    for (uint32_t i = 0; values && i < list->count && !b->reader.no_memory; i++) {
        if (!list->items[i].fallback) continue;
        const uint32_t errors = b->reader.errors;
        const ss_property *property = &list->items[i].property;
        ss__read_value(&b->reader, list->items[i].fallback, property, &values[i]);
        values[i].is_written = false;
        values[i].json = NULL;
        if (b->reader.errors != errors) complain(b, "a wrong default:", property->name);
    }
    return values;
}

static void finish(builder *b, const drafts *list, const ss_json *rules, ss_properties *out) {
    ss_property *items = ss__reader_take(&b->reader, list->count, sizeof *items);
    if (!items) return;
    for (uint32_t i = 0; i < list->count; i++) items[i] = list->items[i].property;
    out->items = items;
    out->count = list->count;
    out->defaults = read_defaults(b, list);
    if (rules) read_rules(b, rules, out);
}

static void read_properties(builder *b, const ss_json *json, ss_properties *out) {
    drafts list = {.items = NULL};
    add_drafts(b, ss_json_get(json, "properties"), NULL, &list);
    if (!b->reader.no_memory) finish(b, &list, ss_json_get(json, "rules"), out);
}

// --- Types ---------------------------------------------------------------------------------------

static void apply_defaults(builder *b, const ss_json *defaults, drafts *list) {
    for (const ss_json *c = defaults ? ss_json_first(defaults) : NULL; c; c = ss_json_next(c)) {
        draft *found = find_draft(list, ss_json_key(c));
        if (!found) {
            complain(b, "a default for a property that does not exist:", ss_json_key(c));
            continue;
        }
        const bool unset = ss_json_kind_of(c) == SS_JSON_NULL;
        found->fallback = unset ? NULL : c;
        found->property.default_json = unset ? NULL : written(b, c);
    }
}

/// Whether `path` is "core/components/" + behaviour + middle + name + ".svg".
static bool is_icon(const char *path, const char *behaviour, const char *middle, const char *name) {
    const char *const parts[] = {"core/components/", behaviour, middle, name, ".svg"};
    for (size_t i = 0; i < LENGTH_OF(parts); i++) {
        const size_t length = strlen(parts[i]);
        if (strncmp(path, parts[i], length) != 0) return false;
        path += length;
    }
    return *path == '\0';
}

static const char *find_icon(const ss_embedded_file *files, size_t count, const ss_type *type) {
    const char *icon = NULL;
    for (size_t i = 0; i < count; i++) {
        if (is_icon(files[i].path, type->behaviour, "/icons/", type->name)) {
            return (const char *)files[i].bytes;
        }
        if (is_icon(files[i].path, type->behaviour, "/", "icon")) {
            icon = (const char *)files[i].bytes;
        }
    }
    return icon;
}

static void read_type(builder *b, const ss_json *behaviour, const ss_json *json, ss_type *type) {
    type->name = text_of(b, json, "name", true);
    type->behaviour = text_of(b, behaviour, "behaviour", true);
    type->title = text_of(b, json, "title", true);
    type->group = text_of(b, json, "group", true);
    type->text = text_of(b, json, "text", true);
    const ss_json *traits = ss_json_get(behaviour, "traits");
    for (const ss_json *c = traits ? ss_json_first(traits) : NULL; c; c = ss_json_next(c)) {
        type->traits |=
            1u << index_in(b, trait_names, LENGTH_OF(trait_names), ss_json_string(c));
    }
    drafts list = {.items = NULL};
    const ss_json *include = ss_json_get(behaviour, "include");
    const ss_json *omit = ss_json_get(behaviour, "omit");
    for (const ss_json *c = include ? ss_json_first(include) : NULL; c; c = ss_json_next(c)) {
        const ss_json *set = b->sets ? ss_json_get(b->sets, ss_json_string(c)) : NULL;
        if (!set) complain(b, "no set of common properties has this name:", ss_json_string(c));
        add_drafts(b, set, omit, &list);
    }
    add_drafts(b, ss_json_get(behaviour, "properties"), NULL, &list);
    add_drafts(b, ss_json_get(json, "properties"), NULL, &list);
    if (b->reader.no_memory) return;
    apply_defaults(b, ss_json_get(json, "defaults"), &list);
    finish(b, &list, ss_json_get(behaviour, "rules"), &type->properties);
}

static void read_types(builder *b, const ss_json *behaviour, const ss_embedded_file *files,
                       size_t count) {
    const ss_json *types = ss_json_get(behaviour, "types");
    ss_catalog *catalog = b->catalog;
    for (const ss_json *c = types ? ss_json_first(types) : NULL; c; c = ss_json_next(c)) {
        if (b->reader.no_memory || catalog->type_count == catalog->type_capacity) return;
        ss_type *type = &catalog->types[catalog->type_count];
        read_type(b, behaviour, c, type);
        if (b->reader.no_memory || !type->name || !type->behaviour) return;
        type->icon = find_icon(files, count, type);
        ss__name_entry *entry = ss__names_take(&catalog->type_names, type->name);
        if (!entry) {
            b->reader.no_memory = true;
            return;
        }
        if (entry->value != SS_NONE) complain(b, "two types have the name", type->name);
        entry->value = catalog->type_count++;
    }
}

// --- The whole -----------------------------------------------------------------------------------

static void read_object_file(builder *b, const ss_json *json) {
    ss_catalog *catalog = b->catalog;
    if (catalog->object_count == SS__CATALOG_OBJECTS_MAX) return;
    ss__catalog_object *object = &catalog->objects[catalog->object_count];
    object->name = text_of(b, json, "object", true);
    object->title = text_of(b, json, "title", true);
    object->text = text_of(b, json, "text", true);
    read_properties(b, json, &object->properties);
    if (object->name) catalog->object_count++;
}

static bool has_suffix(const char *text, const char *suffix) {
    const size_t n = strlen(text);
    const size_t m = strlen(suffix);
    return n >= m && strcmp(text + n - m, suffix) == 0;
}

static ss_status parse_files(builder *b, const ss_embedded_file *files, size_t count) {
    ss_catalog *catalog = b->catalog;
    catalog->documents = ss__reader_take(&b->reader, count, sizeof *catalog->documents);
    if (!catalog->documents) return SS_ERROR_MEMORY;
    catalog->document_count = count;
    for (size_t i = 0; i < count; i++) {
        if (!has_suffix(files[i].path, ".json")) continue;
        b->file = files[i].path;
        const ss_status status =
            ss_json_parse((const char *)files[i].bytes, files[i].length, b->reader.allocator,
                          b->reader.diagnostics, &catalog->documents[i]);
        if (status) return status;
        const ss_json *types = ss_json_get(ss_json_root(catalog->documents[i]), "types");
        if (types) catalog->type_capacity += (uint32_t)ss_json_size(types);
    }
    catalog->types = ss__reader_take(&b->reader, catalog->type_capacity, sizeof *catalog->types);
    if (!catalog->types) return SS_ERROR_MEMORY;
    const bool made =
        ss__names_create(&catalog->type_names, catalog->arena, catalog->type_capacity);
    return made ? SS_OK : SS_ERROR_MEMORY;
}

/// Objects of the document in three passes, so that what another refers to is there before it.
static void build(builder *b, const ss_embedded_file *files, size_t count) {
    for (uint32_t pass = 0; pass < 3u; pass++) {
        for (size_t i = 0; i < count && !b->reader.no_memory; i++) {
            if (!b->catalog->documents[i]) continue;
            const ss_json *root = ss_json_root(b->catalog->documents[i]);
            const ss_json *object = ss_json_get(root, "object");
            const char *name = object ? ss_json_string(object) : "";
            b->file = files[i].path;
            const bool is_common = strcmp(name, "common") == 0;
            const bool is_design = strcmp(name, "design") == 0;
            if (is_common && pass == 0u) {
                b->sets = ss_json_get(root, "sets");
                b->catalog->groups = texts_of(b, root, "groups");
            }
            if (object && !is_common && pass == (is_design ? 1u : 0u)) read_object_file(b, root);
            if (!object && pass == 2u) read_types(b, root, files, count);
        }
    }
}

static ss_status create(ss_catalog *catalog, const ss_embedded_file *files, size_t count,
                        ss_diagnostics *diagnostics) {
    builder b = {.catalog = catalog};
    b.reader = (ss__reader){.arena = catalog->arena, .allocator = &catalog->allocator,
                            .diagnostics = diagnostics, .node = SS_NONE};
    b.reader.problem = ss_text_create(&catalog->allocator);
    ss_status status = parse_files(&b, files, count);
    if (status == SS_OK && !ss__names_create(&b.reader.ops, catalog->arena, 0u)) {
        status = SS_ERROR_MEMORY;
    }
    if (status == SS_OK) {
        build(&b, files, count);
        if (b.reader.no_memory) status = SS_ERROR_MEMORY;
        else if (b.reader.errors > 0u) status = SS_ERROR_INPUT;
    }
    ss_text_destroy(&b.reader.problem);
    return status;
}

ss_status ss__catalog_create_from(const ss_embedded_file *files, size_t count,
                                  const ss_allocator *allocator, ss_diagnostics *diagnostics,
                                  ss_catalog **out) {
    *out = NULL;
    ss_catalog *catalog = ss_allocate_zeroed(allocator, sizeof *catalog);
    if (!catalog) return SS_ERROR_MEMORY;
    catalog->allocator = *allocator;
    catalog->arena = ss_arena_create(allocator);
    ss_diagnostics *own = diagnostics ? NULL : ss_diagnostics_create(allocator);
    ss_status status = SS_ERROR_MEMORY;
    if (catalog->arena && (diagnostics || own)) {
        status = create(catalog, files, count, diagnostics ? diagnostics : own);
    }
    ss_diagnostics_destroy(own);
    if (status) ss_catalog_destroy(catalog);
    else *out = catalog;
    return status;
}

ss_status ss_catalog_create(const ss_allocator *allocator, ss_catalog **out) {
    return ss__catalog_create_from(ss__catalog_files, ss__catalog_file_count, allocator, NULL, out);
}

void ss_catalog_destroy(ss_catalog *catalog) {
    if (!catalog) return;
    for (size_t i = 0; i < catalog->document_count; i++) {
        ss_json_document_destroy(catalog->documents[i]);
    }
    ss_arena_destroy(catalog->arena);
    const ss_allocator allocator = catalog->allocator;
    ss_deallocate(&allocator, catalog, sizeof *catalog);
}

size_t ss_catalog_type_count(const ss_catalog *catalog) { return catalog->type_count; }
const ss_type *ss_catalog_type(const ss_catalog *catalog, size_t index) {
    return index < catalog->type_count ? &catalog->types[index] : NULL;
}
const ss_type *ss_catalog_find(const ss_catalog *catalog, const char *type_name) {
    const uint32_t index = ss__names_find(&catalog->type_names, type_name);
    return index == SS_NONE ? NULL : &catalog->types[index];
}
size_t ss__catalog_object_count(const ss_catalog *catalog) { return catalog->object_count; }
const ss__catalog_object *ss__catalog_object_at(const ss_catalog *catalog, size_t index) {
    return &catalog->objects[index];
}
const ss_properties *ss_catalog_properties(const ss_catalog *catalog, const char *object) {
    for (uint32_t i = 0; i < catalog->object_count; i++) {
        if (strcmp(catalog->objects[i].name, object) == 0) return &catalog->objects[i].properties;
    }
    return NULL;
}
