// Writes the catalog: as JSON for programs, as text for people.

#include <string.h>

#include "base/math.h"
#include "model/catalog.h"

// --- JSON ----------------------------------------------------------------------------------------

static void add_text(ss_json_writer *w, const char *key, const char *text) {
    if (!text) return;
    ss_json_add_key(w, key);
    ss_json_add_string(w, text);
}

static void add_flag(ss_json_writer *w, const char *key, bool flag) {
    if (!flag) return;
    ss_json_add_key(w, key);
    ss_json_add_bool(w, true);
}

static void add_raw(ss_json_writer *w, const char *key, const char *json) {
    if (!json) return;
    ss_json_add_key(w, key);
    ss_json_add_raw(w, json);
}

static void add_texts(ss_json_writer *w, const char *key, const char *const *texts) {
    if (!texts) return;
    ss_json_add_key(w, key);
    ss_json_open_array(w);
    for (; *texts; texts++) ss_json_add_string(w, *texts);
    ss_json_close(w);
}

static void write_properties(ss_json_writer *w, const ss_properties *properties);

static void write_property(ss_json_writer *w, const ss_property *p) {
    ss_json_open_object(w);
    add_text(w, "name", p->name);
    add_text(w, "title", p->title);
    add_text(w, "text", p->text);
    add_text(w, "kind", ss__property_kind_name(p->kind));
    add_text(w, "unit", ss__unit_name(p));
    if (p->min > -SS_INFINITY) {
        ss_json_add_key(w, p->min_exclusive ? "above" : "min");
        ss_json_add_number(w, p->min);
    }
    if (p->max < SS_INFINITY) {
        ss_json_add_key(w, "max");
        ss_json_add_number(w, p->max);
    }
    add_flag(w, "infinite", p->allow_infinite);
    add_texts(w, "choices", p->choices);
    add_raw(w, "default", p->default_json);
    add_raw(w, "example", p->example_json);
    add_flag(w, "required", p->required);
    add_flag(w, "advanced", p->advanced);
    add_flag(w, "not_simulated", p->not_simulated);
    if (p->nested) write_properties(w, p->nested);
    ss_json_close(w);
}

static void write_rule(ss_json_writer *w, const ss_rule *rule) {
    ss_json_open_object(w);
    add_text(w, "rule", ss__rule_kind_name(rule->kind));
    add_text(w, "property", rule->property);
    const char *key = rule->kind == SS_RULE_WHEN ? "require"
                      : rule->kind == SS_RULE_NEEDS ? "needs" : "properties";
    add_texts(w, "is", rule->values);
    add_texts(w, key, rule->names);
    add_texts(w, "allow", rule->allow);
    ss_json_close(w);
}

/// "properties" and, where there are any, "rules" of the object being written.
static void write_properties(ss_json_writer *w, const ss_properties *properties) {
    ss_json_add_key(w, "properties");
    ss_json_open_array(w);
    for (uint32_t i = 0; i < properties->count; i++) write_property(w, &properties->items[i]);
    ss_json_close(w);
    if (properties->rule_count == 0u) return;
    ss_json_add_key(w, "rules");
    ss_json_open_array(w);
    for (uint32_t i = 0; i < properties->rule_count; i++) write_rule(w, &properties->rules[i]);
    ss_json_close(w);
}

/// The `d` of each path of an icon, which a canvas and an SVG element can both draw.
static void write_icon(ss_json_writer *w, const char *svg, const ss_allocator *allocator) {
    if (!svg) return;
    ss_json_add_key(w, "icon");
    ss_json_open_array(w);
    for (const char *at = strstr(svg, " d=\""); at; at = strstr(at, " d=\"")) {
        at += 4;
        const char *end = strchr(at, '"');
        if (!end) break;
        ss_text path = ss_text_create(allocator);
        ss_text_add_bytes(&path, at, (size_t)(end - at));
        if (ss_text_status(&path)) w->out->failed = true;
        else ss_json_add_string(w, path.bytes ? path.bytes : "");
        ss_text_destroy(&path);
        at = end;
    }
    ss_json_close(w);
}

static void write_type(ss_json_writer *w, const ss_type *type, const ss_allocator *allocator) {
    ss_json_open_object(w);
    add_text(w, "name", type->name);
    add_text(w, "behaviour", type->behaviour);
    add_text(w, "title", type->title);
    add_text(w, "group", type->group);
    add_text(w, "text", type->text);
    ss_json_add_key(w, "traits");
    ss_json_open_array(w);
    for (uint32_t bit = 0; ss__trait_name(bit); bit++) {
        if (type->traits & (1u << bit)) ss_json_add_string(w, ss__trait_name(bit));
    }
    ss_json_close(w);
    write_icon(w, type->icon, allocator);
    write_properties(w, &type->properties);
    ss_json_close(w);
}

void ss_catalog_write_json(const ss_catalog *catalog, ss_text *out) {
    ss_json_writer writer = ss_json_writer_create(out);
    ss_json_writer *w = &writer;
    ss_json_open_object(w);
    add_text(w, "format", "scalesim-catalog/1");
    ss_json_add_key(w, "objects");
    ss_json_open_object(w);
    for (uint32_t i = 0; i < catalog->object_count; i++) {
        const ss__catalog_object *object = &catalog->objects[i];
        ss_json_add_key(w, object->name);
        ss_json_open_object(w);
        add_text(w, "title", object->title);
        add_text(w, "text", object->text);
        write_properties(w, &object->properties);
        ss_json_close(w);
    }
    ss_json_close(w);
    ss_json_add_key(w, "metrics");
    ss__metrics_write_json(w);
    add_texts(w, "groups", catalog->groups);
    ss_json_add_key(w, "types");
    ss_json_open_array(w);
    for (uint32_t i = 0; i < catalog->type_count; i++) {
        write_type(w, &catalog->types[i], &catalog->allocator);
    }
    ss_json_close(w);
    ss_json_close(w);
}

// --- Text ----------------------------------------------------------------------------------------

#define WIDTH 100u
#define NAME_COLUMN 20u

static void add_spaces(ss_text *out, size_t count) {
    while (count-- > 0u) ss_text_add_char(out, ' ');
}

/// Columns that UTF-8 text takes, one per code point.
static size_t columns(const char *text, size_t length) {
    size_t count = 0;
    for (size_t i = 0; i < length; i++) count += ((unsigned char)text[i] & 0xC0u) != 0x80u;
    return count;
}

/// Adds a text broken at spaces into lines of WIDTH columns, all but the first indented. The cursor
/// stands at column `at`.
static void add_wrapped(ss_text *out, const char *text, size_t at, size_t indent) {
    bool first = true;
    while (*text) {
        const char *end = strchr(text, ' ');
        const size_t length = end ? (size_t)(end - text) : strlen(text);
        const size_t width = columns(text, length);
        if (!first && at + 1u + width > WIDTH) {
            ss_text_add_char(out, '\n');
            add_spaces(out, indent);
            at = indent;
        } else if (!first) {
            ss_text_add_char(out, ' ');
            at++;
        }
        ss_text_add_bytes(out, text, length);
        at += width;
        first = false;
        text += length + (end ? 1u : 0u);
    }
    ss_text_add_char(out, '\n');
}

static void add_name(ss_text *out, size_t indent, const char *name, size_t column) {
    add_spaces(out, indent);
    ss_text_add(out, name);
    const size_t used = indent + columns(name, strlen(name));
    add_spaces(out, used < column ? column - used : 1u);
}

static void add_bounds(ss_text *line, const ss_property *p) {
    const bool low = p->min > -SS_INFINITY;
    const bool high = p->max < SS_INFINITY;
    if (low && high && !p->min_exclusive) {
        ss_text_add(line, ", ");
        ss_text_add_number(line, p->min);
        ss_text_add(line, " to ");
        ss_text_add_number(line, p->max);
        return;
    }
    if (low) {
        ss_text_add(line, p->min_exclusive ? ", above " : ", at least ");
        ss_text_add_number(line, p->min);
    }
    if (high) {
        ss_text_add(line, ", at most ");
        ss_text_add_number(line, p->max);
    }
}

/// One line that says what may be written: kind, unit, range, choices, default.
static void add_signature(ss_text *out, const ss_property *p, size_t at, size_t indent,
                          const ss_allocator *allocator) {
    ss_text line = ss_text_create(allocator);
    ss_text_add(&line, ss__property_kind_name(p->kind));
    const char *unit = ss__unit_name(p);
    if (unit) ss_text_add_format(&line, " (%s)", unit);
    add_bounds(&line, p);
    if (p->allow_infinite) ss_text_add(&line, " or \"inf\"");
    for (uint32_t i = 0; p->choices && p->choices[i]; i++) {
        ss_text_add(&line, i > 0u ? " | " : p->kind == SS_PROPERTY_CHOICE ? ": " : " or ");
        ss_text_add(&line, p->choices[i]);
    }
    if (p->required) ss_text_add(&line, "; required");
    if (p->default_json && !p->nested) ss_text_add_format(&line, "; default %s", p->default_json);
    if (p->not_simulated) ss_text_add(&line, "; not simulated yet");
    if (ss_text_status(&line)) out->failed = true;
    else add_wrapped(out, line.bytes, at, indent);
    ss_text_destroy(&line);
}

static void add_properties(ss_text *out, const ss_properties *properties, size_t indent,
                           const ss_allocator *allocator) {
    for (uint32_t i = 0; i < properties->count; i++) {
        const ss_property *p = &properties->items[i];
        const size_t column = indent + NAME_COLUMN;
        add_name(out, indent, p->name, column);
        const size_t used = indent + strlen(p->name) + 1u;
        add_signature(out, p, used > column ? used : column, column, allocator);
        add_spaces(out, column);
        add_wrapped(out, p->text, column, column);
        if (p->nested) add_properties(out, p->nested, indent + 4u, allocator);
    }
}

static void add_heading(ss_text *out, const char *title, const char *name, const char *text) {
    ss_text_add_format(out, "%s (%s)\n", title, name);
    add_wrapped(out, text, 0, 0);
    ss_text_add_char(out, '\n');
}

/// The types of one palette group, with the first sentence of what each is.
static void add_group(ss_text *out, const ss_catalog *catalog, const char *group) {
    ss_text_add_format(out, "%s\n", group);
    for (uint32_t i = 0; i < catalog->type_count; i++) {
        const ss_type *type = &catalog->types[i];
        if (strcmp(type->group, group) != 0) continue;
        add_name(out, 2u, type->name, 2u + NAME_COLUMN);
        const char *stop = strstr(type->text, ". ");
        const size_t length = stop ? (size_t)(stop - type->text) + 1u : strlen(type->text);
        ss_text sentence = ss_text_create(&catalog->allocator);
        ss_text_add_bytes(&sentence, type->text, length);
        if (ss_text_status(&sentence)) out->failed = true;
        else add_wrapped(out, sentence.bytes, 2u + NAME_COLUMN, 2u + NAME_COLUMN);
        ss_text_destroy(&sentence);
    }
    ss_text_add_char(out, '\n');
}

static bool is_listed_group(const ss_catalog *catalog, const char *group) {
    for (uint32_t i = 0; catalog->groups && catalog->groups[i]; i++) {
        if (strcmp(catalog->groups[i], group) == 0) return true;
    }
    return false;
}

/// Whether no earlier type is of the same group.
static bool is_first_of_group(const ss_catalog *catalog, uint32_t index) {
    for (uint32_t i = 0; i < index; i++) {
        if (strcmp(catalog->types[i].group, catalog->types[index].group) == 0) return false;
    }
    return true;
}

static void add_overview(ss_text *out, const ss_catalog *catalog) {
    ss_text_add(out, "Node types\n\n");
    for (uint32_t i = 0; catalog->groups && catalog->groups[i]; i++) {
        add_group(out, catalog, catalog->groups[i]);
    }
    for (uint32_t i = 0; i < catalog->type_count; i++) {
        const char *group = catalog->types[i].group;
        if (is_listed_group(catalog, group) || !is_first_of_group(catalog, i)) continue;
        add_group(out, catalog, group);
    }
    ss_text_add(out, "Objects of a document\n");
    for (uint32_t i = 0; i < catalog->object_count; i++) {
        const ss__catalog_object *object = &catalog->objects[i];
        add_name(out, 2u, object->name, 2u + NAME_COLUMN);
        add_wrapped(out, object->text, 2u + NAME_COLUMN, 2u + NAME_COLUMN);
    }
}

void ss_catalog_write_text(const ss_catalog *catalog, const char *type_name_or_null, ss_text *out) {
    if (!type_name_or_null) {
        add_overview(out, catalog);
        return;
    }
    const ss_type *type = ss_catalog_find(catalog, type_name_or_null);
    if (type) {
        add_heading(out, type->title, type->name, type->text);
        add_properties(out, &type->properties, 0u, &catalog->allocator);
        return;
    }
    for (uint32_t i = 0; i < catalog->object_count; i++) {
        const ss__catalog_object *object = &catalog->objects[i];
        if (strcmp(object->name, type_name_or_null) != 0) continue;
        add_heading(out, object->title, object->name, object->text);
        add_properties(out, &object->properties, 0u, &catalog->allocator);
    }
}
