// Applies "path=value" assignments to a document's text.

#include <string.h>

#include "base/math.h"
#include "model/internal.h"

#define PARTS_MAX 16u /* nodes.ID.operations.NAME.flow.0… is the deepest sensible path */

/// An assignment: where to, and what.
typedef struct assignment {
    char *parts[PARTS_MAX];
    uint32_t count;
    const char *value;
    const char *whole; ///< as given, for messages
} assignment;

typedef struct override {
    const assignment *a;
    ss_diagnostics *diagnostics;
    const ss_allocator *allocator;
    ss_json_writer *writer;
    uint32_t errors;
} override;

// --- Reading an assignment -----------------------------------------------------------------------

static bool split(char *text, assignment *out) {
    char *equals = strchr(text, '=');
    // The "->" of an edge's name holds no "=", so the first one ends the path.
    if (!equals || equals == text) return false;
    *equals = '\0';
    out->value = equals + 1;
    for (char *part = text; part;) {
        char *dot = strchr(part, '.');
        if (dot) *dot = '\0';
        if (!*part || out->count == PARTS_MAX) return false;
        out->parts[out->count++] = part;
        part = dot ? dot + 1 : NULL;
    }
    return true;
}

// --- Finding the place ---------------------------------------------------------------------------

/// Decimal digits as a number; SS_NONE for other texts.
static uint32_t index_of(const char *text) {
    uint32_t index = 0;
    for (const char *c = text; *c; c++) {
        if (*c < '0' || *c > '9' || index > 10000000u) return SS_NONE;
        index = index * 10u + (uint32_t)(*c - '0');
    }
    return *text ? index : SS_NONE;
}

static bool has_text(const ss_json *json, const char *key, const char *text, size_t length) {
    const ss_json *member = ss_json_get(json, key);
    if (!member || ss_json_kind_of(member) != SS_JSON_STRING) return false;
    return strncmp(ss_json_string(member), text, length) == 0 &&
           ss_json_string(member)[length] == '\0';
}

/// Whether an edge is "from->to"; the n-th such edge is "from->to#n".
static bool joins(const ss_json *edge, const char *name) {
    const char *arrow = strstr(name, "->");
    if (!arrow || ss_json_kind_of(edge) != SS_JSON_OBJECT) return false;
    const char *to = arrow + 2;
    const char *hash = strchr(to, '#');
    const size_t to_length = hash ? (size_t)(hash - to) : strlen(to);
    return has_text(edge, "from", name, (size_t)(arrow - name)) &&
           has_text(edge, "to", to, to_length);
}

/// The element of a list that a part names: an edge by its name, anything by its "name" or its
/// index.
static const ss_json *find_element(const ss_json *list, const char *part) {
    const char *hash = strchr(part, '#');
    uint32_t ordinal = hash ? index_of(hash + 1) : 1u;
    const uint32_t wanted = index_of(part);
    uint32_t index = 0;
    for (const ss_json *c = ss_json_first(list); c; c = ss_json_next(c), index++) {
        if (wanted != SS_NONE && index == wanted) return c;
        if (joins(c, part) && --ordinal == 0u) return c;
        if (ss_json_kind_of(c) == SS_JSON_OBJECT && has_text(c, "name", part, strlen(part))) {
            return c;
        }
    }
    return NULL;
}

/// Adds an edge's name and its NUL to the names that the nearest is chosen from.
static void add_edge_name(const ss_json *edge, ss_text *names) {
    const bool is_object = ss_json_kind_of(edge) == SS_JSON_OBJECT;
    const ss_json *from = is_object ? ss_json_get(edge, "from") : NULL;
    const ss_json *to = from ? ss_json_get(edge, "to") : NULL;
    if (!to || ss_json_kind_of(from) != SS_JSON_STRING || ss_json_kind_of(to) != SS_JSON_STRING) {
        return;
    }
    ss_text_add_format(names, "%s->%s", ss_json_string(from), ss_json_string(to));
    ss_text_add_bytes(names, "", 1u);
}

/// Of "a->b#7", which is one too many: the last that there is, "a->b#2", as text in `names`.
static void add_last_of_pair(const ss_json *list, const char *part, ss_text *names) {
    const char *hash = strchr(part, '#');
    uint32_t count = 0;
    for (const ss_json *c = hash ? ss_json_first(list) : NULL; c; c = ss_json_next(c)) {
        if (joins(c, part)) count++;
    }
    if (count < 2u) return;
    ss_text_add_format(names, "%.*s#%u", (int)(hash - part), part, count);
    ss_text_add_bytes(names, "", 1u);
}

static void report_lost(override *o, const ss_json *in, const char *pointer, const char *part) {
    ss_text names = ss_text_create(o->allocator);
    ss__nearest near = ss__nearest_to(part);
    const bool is_list = ss_json_kind_of(in) == SS_JSON_ARRAY;
    if (is_list) add_last_of_pair(in, part, &names);
    for (const ss_json *c = ss_json_first(in); c; c = ss_json_next(c)) {
        if (is_list) add_edge_name(c, &names);
        else ss__nearest_offer(&near, ss_json_key(c));
    }
    for (size_t at = 0; !ss_text_status(&names) && at < names.length;
         at += strlen(names.bytes + at) + 1u) {
        ss__nearest_offer(&near, names.bytes + at);
    }
    o->errors++;
    if (near.best) {
        ss_diagnostics_add(o->diagnostics, "E119", pointer,
                           "\"%s\" leads nowhere: there is no \"%s\"; the nearest is \"%s\".",
                           o->a->whole, part, near.best);
    } else {
        ss_diagnostics_add(o->diagnostics, "E119", pointer,
                           "\"%s\" leads nowhere: there is no \"%s\" to change.", o->a->whole,
                           part);
    }
    ss_text_destroy(&names);
}

// --- Writing the changed document ----------------------------------------------------------------

/// The value is JSON if it parses as JSON, otherwise a string.
static void write_new(override *o) {
    const char *value = o->a->value;
    ss_diagnostics *ignored = ss_diagnostics_create(o->allocator);
    ss_json_document *document = NULL;
    ss_status status = SS_ERROR_MEMORY;
    if (ignored) status = ss_json_parse(value, strlen(value), o->allocator, ignored, &document);
    if (status == SS_ERROR_MEMORY) o->writer->out->failed = true;
    if (status == SS_OK) ss_json_add_value(o->writer, ss_json_root(document));
    else ss_json_add_string(o->writer, value);
    ss_json_document_destroy(document);
    ss_diagnostics_destroy(ignored);
}

/// Objects that the document leaves out (instance, run, load…) are made on the way.
static void write_missing(override *o, uint32_t depth) {
    if (depth == o->a->count) {
        write_new(o);
        return;
    }
    ss_json_open_object(o->writer);
    ss_json_add_key(o->writer, o->a->parts[depth]);
    write_missing(o, depth + 1u);
    ss_json_close(o->writer);
}

/// Nodes and lists are only changed, never made: a mistyped id must not become a node.
static bool may_make(const override *o, uint32_t depth) {
    static const char *const changed_only[] = {"nodes", "edges", "faults", "slos"};
    if (depth >= 2u) return true;
    for (size_t i = 0; i < sizeof changed_only / sizeof *changed_only; i++) {
        if (strcmp(o->a->parts[0], changed_only[i]) == 0) return false;
    }
    return true;
}

static void write_changed(override *o, const ss_json *json, uint32_t depth, const char *pointer);

static void write_object(override *o, const ss_json *json, uint32_t depth, const char *pointer) {
    const char *part = o->a->parts[depth];
    bool found = false;
    ss_json_open_object(o->writer);
    for (const ss_json *c = ss_json_first(json); c; c = ss_json_next(c)) {
        ss_json_add_key(o->writer, ss_json_key(c));
        if (strcmp(ss_json_key(c), part) != 0) {
            ss_json_add_value(o->writer, c);
            continue;
        }
        char inner[SS_JSON_POINTER_MAX];
        ss_json_pointer_join(inner, sizeof inner, pointer, part);
        found = true;
        write_changed(o, c, depth + 1u, inner);
    }
    if (!found && may_make(o, depth)) {
        ss_json_add_key(o->writer, part);
        write_missing(o, depth + 1u);
    } else if (!found) {
        report_lost(o, json, pointer, part);
    }
    ss_json_close(o->writer);
}

static void write_list(override *o, const ss_json *json, uint32_t depth, const char *pointer) {
    const char *part = o->a->parts[depth];
    const ss_json *found = find_element(json, part);
    if (!found) report_lost(o, json, pointer, part);
    size_t index = 0;
    ss_json_open_array(o->writer);
    for (const ss_json *c = ss_json_first(json); c; c = ss_json_next(c), index++) {
        if (c != found) {
            ss_json_add_value(o->writer, c);
            continue;
        }
        char inner[SS_JSON_POINTER_MAX];
        ss_json_pointer_join_index(inner, sizeof inner, pointer, index);
        write_changed(o, c, depth + 1u, inner);
    }
    ss_json_close(o->writer);
}

static void write_changed(override *o, const ss_json *json, uint32_t depth, const char *pointer) {
    if (depth == o->a->count) {
        write_new(o);
        return;
    }
    const ss_json_kind kind = ss_json_kind_of(json);
    if (kind == SS_JSON_OBJECT) {
        write_object(o, json, depth, pointer);
    } else if (kind == SS_JSON_ARRAY) {
        write_list(o, json, depth, pointer);
    } else {
        o->errors++;
        ss_json_add_null(o->writer);
        ss_diagnostics_add(o->diagnostics, "E119", pointer,
                           "\"%s\" leads nowhere: this is %s and has no \"%s\"; write a shorter "
                           "path.",
                           o->a->whole, ss_json_kind_name(kind), o->a->parts[depth]);
    }
}

// --- One after another ---------------------------------------------------------------------------

static ss_status apply(const char *text, size_t length, const char *whole,
                       const ss_allocator *allocator, ss_diagnostics *diagnostics, ss_text *out) {
    const size_t size = strlen(whole) + 1u;
    char *copy = ss_allocate(allocator, size);
    if (!copy) return SS_ERROR_MEMORY;
    memcpy(copy, whole, size);
    assignment a = {.count = 0, .whole = whole};
    ss_json_document *document = NULL;
    ss_status status = SS_ERROR_INPUT;
    if (!split(copy, &a)) {
        ss_diagnostics_add(diagnostics, "E120", "",
                           "\"%s\" is no assignment; write path=value, such as "
                           "nodes.orders.replicas=8.",
                           whole);
    } else {
        status = ss_json_parse(text, length, allocator, diagnostics, &document);
    }
    if (status == SS_OK) {
        ss_json_writer writer = ss_json_writer_create(out);
        override o = {.a = &a, .diagnostics = diagnostics, .allocator = allocator,
                      .writer = &writer};
        write_changed(&o, ss_json_root(document), 0u, "");
        ss_text_add_char(out, '\n');
        status = o.errors > 0u ? SS_ERROR_INPUT : ss_text_status(out);
    }
    ss_json_document_destroy(document);
    ss_deallocate(allocator, copy, size);
    return status;
}

ss_status ss_design_override(const char *text, size_t length, const char *const *assignments,
                             size_t count, const ss_allocator *allocator,
                             ss_diagnostics *diagnostics, ss_text *out) {
    ss_text current = ss_text_create(allocator);
    ss_text_add_bytes(&current, text, length);
    ss_status status = ss_text_status(&current);
    ss_status first_wrong = SS_OK;
    for (size_t i = 0; i < count && status == SS_OK; i++) {
        ss_text next = ss_text_create(allocator);
        status = apply(current.bytes ? current.bytes : "", current.length, assignments[i],
                       allocator, diagnostics, &next);
        if (status == SS_OK) {
            ss_text_destroy(&current);
            current = next;
            continue;
        }
        ss_text_destroy(&next);
        if (status != SS_ERROR_INPUT) break;
        first_wrong = status; // go on: all wrong assignments are told at once
        status = SS_OK;
    }
    if (status == SS_OK) status = first_wrong;
    ss_diagnostics_locate(diagnostics, text, length);
    if (status == SS_OK) {
        ss_text_add_bytes(out, current.bytes ? current.bytes : "", current.length);
        status = ss_text_status(out);
    }
    ss_text_destroy(&current);
    return status;
}
