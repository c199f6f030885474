/// The reader: strict scan, then cJSON's tree with our own numbers.
#include "base/json.h"

#include <assert.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/text.h"
#include "cJSON.h"

struct ss_json_document {
    ss_arena *arena; ///< holds this struct and the tree
    cJSON *root;
};

// --- cJSON's memory ----------------------------------------------------------------------------

/// cJSON's hooks take no context, so the arena in use stands here while cJSON_ParseWithLength runs
/// and is NULL otherwise. This is the library's only mutable static; it is per thread, and the
/// hooks themselves are always the same two functions.
static _Thread_local ss_arena *arena_of_parse;

static void *allocate_node(size_t bytes) { return ss_arena_allocate(arena_of_parse, bytes); }

static void free_node(void *pointer) { (void)pointer; } // the arena frees all at once

static cJSON *parse_tree(const char *text, size_t length, ss_arena *arena) {
    cJSON_Hooks hooks = {.malloc_fn = allocate_node, .free_fn = free_node};
    cJSON_InitHooks(&hooks);
    arena_of_parse = arena;
    cJSON *root = cJSON_ParseWithLength(text, length);
    arena_of_parse = NULL;
    return root;
}

// --- Numbers -----------------------------------------------------------------------------------

/// What cJSON calls as strtod: all numbers that it is given are 0 (see copy_without_numbers).
double ss__json_read_zero(const char *text, char **end);
double ss__json_read_zero(const char *text, char **end) {
    assert(*text == '0');
    *end = (char *)(uintptr_t)text + 1;
    return 0.0;
}

/// Length of the string literal at the start of a scanned text, quotes included.
static size_t string_length(const char *text) {
    size_t at = 1;
    while (text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    return at + 1;
}

static size_t next_number(const char *text, size_t length, size_t at) {
    while (at < length) {
        if (text[at] == '"') {
            at += string_length(text + at);
        } else if (text[at] == '-' || (text[at] >= '0' && text[at] <= '9')) {
            return at;
        } else {
            at++;
        }
    }
    return length;
}

/// A copy of the text in which every number is 0, padded with spaces: cJSON reads numbers with
/// strtod, which heeds the locale (and 1.7.18 cuts long ones).
static char *copy_without_numbers(const char *text, size_t length, const ss_allocator *allocator) {
    char *copy = ss_allocate(allocator, length);
    if (!copy) return NULL;
    memcpy(copy, text, length);
    for (size_t at = 0; (at = next_number(text, length, at)) < length;) {
        const size_t digits = ss_number_length(text + at, length - at);
        memset(copy + at, ' ', digits);
        copy[at] = '0';
        at += digits;
    }
    return copy;
}

/// Gives the tree's numbers, in document order, the values that stand in the text.
static size_t fill_numbers(cJSON *value, const char *text, size_t length, size_t at) {
    for (; value; value = value->next) {
        if (cJSON_IsNumber(value)) {
            at = next_number(text, length, at);
            const size_t digits = ss_number_length(text + at, length - at);
            value->valuedouble = ss_number_read(text + at, digits);
            at += digits;
        }
        if (value->child) at = fill_numbers(value->child, text, length, at);
    }
    return at;
}

// --- Documents ---------------------------------------------------------------------------------

ss_status ss_json_parse(const char *text, size_t length, const ss_allocator *allocator,
                        ss_diagnostics *diagnostics, ss_json_document **out) {
    *out = NULL;
    const ss_status status = ss__json_scan(text, length, allocator, diagnostics);
    if (status) return status;
    ss_arena *arena = ss_arena_create(allocator);
    if (!arena) return SS_ERROR_MEMORY;
    ss_json_document *document = ss_arena_allocate(arena, sizeof *document);
    char *copy = document ? copy_without_numbers(text, length, allocator) : NULL;
    if (copy) {
        *document = (ss_json_document){.arena = arena, .root = parse_tree(copy, length, arena)};
        ss_deallocate(allocator, copy, length);
    }
    if (!copy || !document->root) { // the text is valid, so only memory can have failed
        ss_arena_destroy(arena);
        return SS_ERROR_MEMORY;
    }
    fill_numbers(document->root, text, length, 0);
    *out = document;
    return SS_OK;
}

void ss_json_document_destroy(ss_json_document *document) {
    if (document) ss_arena_destroy(document->arena);
}

const ss_json *ss_json_root(const ss_json_document *document) { return document->root; }

// --- Values ------------------------------------------------------------------------------------

ss_json_kind ss_json_kind_of(const ss_json *value) {
    switch (value->type & 0xFF) {
    case cJSON_False: return SS_JSON_FALSE;
    case cJSON_True: return SS_JSON_TRUE;
    case cJSON_Number: return SS_JSON_NUMBER;
    case cJSON_String: return SS_JSON_STRING;
    case cJSON_Array: return SS_JSON_ARRAY;
    case cJSON_Object: return SS_JSON_OBJECT;
    default: return SS_JSON_NULL;
    }
}

const char *ss_json_kind_name(ss_json_kind kind) {
    static const char *const names[] = {"null",     "false",    "true",     "a number",
                                        "a string", "an array", "an object"};
    return names[kind];
}

double ss_json_number(const ss_json *value) {
    assert(cJSON_IsNumber(value));
    return value->valuedouble;
}

const char *ss_json_string(const ss_json *value) {
    assert(cJSON_IsString(value));
    return value->valuestring;
}

size_t ss_json_size(const ss_json *value) {
    size_t size = 0;
    for (const ss_json *child = ss_json_first(value); child; child = child->next) size++;
    return size;
}

const ss_json *ss_json_first(const ss_json *value) { return value->child; }

const ss_json *ss_json_next(const ss_json *value) { return value->next; }

const char *ss_json_key(const ss_json *value) { return value->string; }

const ss_json *ss_json_get(const ss_json *object, const char *key) {
    for (const ss_json *child = object->child; child; child = child->next) {
        if (child->string && strcmp(child->string, key) == 0) return child;
    }
    return NULL;
}
