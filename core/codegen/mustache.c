/// Mustache: parses a template into a flat list of tokens, then walks it over a JSON tree.
///
/// The behaviour is that of mustache.js 4.2 (the implementation most templates are written
/// against), which is the Mustache 1.x specification except in a few corners: a dotted name that is
/// not found goes on looking in the enclosing contexts, and the line-breaks after an inline partial
/// are indented by the width of what stands before it. Lambdas and inheritance are left out: a JSON
/// context has no functions.
#include "codegen/codegen_internal.h"

#include <string.h>

#include "base/json.h"

/// Partials may recurse over nested data; deeper than a document can be nested (64) twice over is a
/// template that calls itself without end.
#define DEPTH_MAX 160u
#define DELIMITER_BYTES_MAX 32u
/// Tokens that one rendering may write. A partial that includes itself twice over deep data doubles
/// its work at every level; the largest design's largest file takes a few million.
#define RENDERED_TOKENS_MAX 50000000u

// --- Template ------------------------------------------------------------------------------------

typedef enum token_kind {
    TOKEN_TEXT, TOKEN_SPACE, TOKEN_NAME, TOKEN_RAW, TOKEN_SECTION, TOKEN_INVERTED, TOKEN_CLOSE,
    TOKEN_PARTIAL, TOKEN_NONE,
} token_kind;

typedef struct token {
    token_kind kind;
    size_t at, length;       ///< the text, or the tag's name
    size_t tag_at;           ///< where the tag begins, for messages
    size_t close;            ///< sections: index of the closing token
    size_t indent_at;        ///< partials: start of their line
    bool is_first_on_line;   ///< partials: no other tag stands before them
    bool has_text_before;    ///< partials: something visible stands before them
} token;

typedef struct template {
    const char *text;
    size_t length;
    token *tokens;
    size_t count, capacity;
} template;

typedef struct parser {
    template *into;
    size_t at;
    char open[DELIMITER_BYTES_MAX], close[DELIMITER_BYTES_MAX];
    size_t open_length, close_length;
    size_t line_at;          ///< offset of the line's first byte
    size_t line_token;       ///< index of the line's first token
    size_t line_tags;        ///< tags on the line so far
    bool line_has_tag, line_is_visible, line_has_text;
    size_t *sections;        ///< stack of open sections
    size_t section_count, section_capacity;
    const ss_allocator *allocator;
    ss_diagnostics *diagnostics;
    const char *name;        ///< of the template, for messages
} parser;

static void place_of(const char *text, size_t at, size_t *line, size_t *column) {
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < at; i++) {
        if (text[i] == '\n') {
            (*line)++;
            *column = 1;
        } else {
            (*column)++;
        }
    }
}

static ss_status fail_at(parser *p, size_t at, const char *problem, const char *name,
                         size_t name_length) {
    size_t line, column;
    place_of(p->into->text, at, &line, &column);
    ss_diagnostics_add(p->diagnostics, "E500", "", "%s, line %zu, column %zu: %s%.*s", p->name,
                       line, column, problem, (int)name_length, name);
    return SS_ERROR_INPUT;
}

/// The length of the white-space character at `at` (ECMAScript's \s), or 0. Byte order marks and
/// the Unicode spaces count, as they do for mustache.js.
static size_t space_length(const char *text, size_t length, size_t at) {
    const unsigned char *s = (const unsigned char *)text + at;
    const size_t left = length - at;
    if (left == 0) return 0;
    if (s[0] == ' ' || (s[0] >= '\t' && s[0] <= '\r')) return 1;
    if (left >= 2 && s[0] == 0xC2 && s[1] == 0xA0) return 2;
    if (left < 3) return 0;
    const uint32_t c = (uint32_t)s[0] << 16 | (uint32_t)s[1] << 8 | s[2];
    const bool is_space = c == 0xE19A80 || (c >= 0xE28080 && c <= 0xE2808A) || c == 0xE280A8 ||
                          c == 0xE280A9 || c == 0xE280AF || c == 0xE2819F || c == 0xE38080 ||
                          c == 0xEFBBBF;
    return is_space ? 3 : 0;
}

static size_t skip_spaces(const template *t, size_t at) {
    for (size_t n; (n = space_length(t->text, t->length, at)) != 0;) at += n;
    return at;
}

/// Finds `needle` from `at` on; returns its offset, or the text's length.
static size_t find(const template *t, size_t at, const char *needle, size_t needle_length) {
    for (; at + needle_length <= t->length; at++) {
        if (memcmp(t->text + at, needle, needle_length) == 0) return at;
    }
    return t->length;
}

/// The end of what begins at `from` and stops at `to`, without the white space before `to`.
static size_t trim_end(const template *t, size_t from, size_t to) {
    size_t end = from;
    for (size_t at = from; at < to;) {
        const size_t space = space_length(t->text, t->length, at);
        at += space ? space : 1;
        if (!space) end = at;
    }
    return end;
}

static token *add_token(parser *p, token_kind kind, size_t at, size_t length) {
    template *t = p->into;
    if (t->count == t->capacity) {
        const size_t capacity = t->capacity ? 2 * t->capacity : 32;
        token *tokens = ss_reallocate(p->allocator, t->tokens, t->capacity * sizeof *tokens,
                                      capacity * sizeof *tokens);
        if (!tokens) return NULL;
        t->tokens = tokens;
        t->capacity = capacity;
    }
    token *added = &t->tokens[t->count++];
    *added = (token){.kind = kind, .at = at, .length = length, .tag_at = at};
    return added;
}

/// Ends a line: one that holds tags and white space only leaves no trace of its white space.
static void end_line(parser *p, size_t next_line_at) {
    if (p->line_has_tag && !p->line_is_visible) {
        for (size_t i = p->line_token; i < p->into->count; i++) {
            if (p->into->tokens[i].kind == TOKEN_SPACE) p->into->tokens[i].kind = TOKEN_NONE;
        }
    }
    p->line_has_tag = p->line_is_visible = false;
    p->line_at = next_line_at;
    p->line_token = p->into->count;
}

/// Splits the text in [at, end) into runs of white space (ended by each newline) and the rest.
static ss_status add_text(parser *p, size_t end) {
    const template *t = p->into;
    while (p->at < end) {
        const size_t start = p->at;
        bool is_newline = false;
        size_t n = space_length(t->text, end, p->at);
        const bool is_space = n != 0;
        while (p->at < end && !is_newline) {
            n = space_length(t->text, end, p->at);
            if ((n != 0) != is_space) break;
            is_newline = t->text[p->at] == '\n';
            p->at += n ? n : 1;
        }
        const token_kind kind = is_space ? TOKEN_SPACE : TOKEN_TEXT;
        if (!add_token(p, kind, start, p->at - start)) return SS_ERROR_MEMORY;
        if (!is_space) p->line_is_visible = p->line_has_text = true;
        if (is_newline) {
            end_line(p, p->at);
            p->line_tags = 0;
            p->line_has_text = false;
        }
    }
    return SS_OK;
}

static ss_status set_delimiters(parser *p, size_t at, size_t length) {
    const template *t = p->into;
    const size_t end = at + length;
    size_t open_end = at;
    while (open_end < end && !space_length(t->text, end, open_end)) open_end++;
    const size_t close_at = skip_spaces(t, open_end);
    size_t close_end = close_at;
    while (close_end < end && !space_length(t->text, end, close_end)) close_end++;
    const size_t open_length = open_end - at, close_length = close_end - close_at;
    if (open_end == end || open_length == 0 || close_at >= end || close_length == 0 ||
        open_length > DELIMITER_BYTES_MAX || close_length > DELIMITER_BYTES_MAX) {
        return fail_at(p, at, "write two delimiters, as in {{=<% %>=}}, not ", t->text + at,
                       length);
    }
    memcpy(p->open, t->text + at, open_length);
    memcpy(p->close, t->text + close_at, close_length);
    p->open_length = open_length;
    p->close_length = close_length;
    return SS_OK;
}

/// Reads the rest of a tag after its type; `at` is left behind the closing delimiter.
static ss_status read_name(parser *p, char type, size_t tag_at, size_t *name_at,
                           size_t *name_length) {
    const template *t = p->into;
    size_t close;
    *name_at = p->at;
    if (type == '=') {
        const size_t equals = find(t, p->at, "=", 1);
        *name_length = trim_end(t, p->at, equals) - p->at;
        close = find(t, equals < t->length ? equals + 1 : equals, p->close, p->close_length);
    } else if (type == '{') {
        char curly[DELIMITER_BYTES_MAX + 1] = "}";
        memcpy(curly + 1, p->close, p->close_length);
        const size_t end = find(t, p->at, curly, p->close_length + 1);
        *name_length = trim_end(t, p->at, end) - p->at;
        close = end < t->length ? find(t, end + 1, p->close, p->close_length) : end;
    } else {
        close = find(t, p->at, p->close, p->close_length);
        *name_length = trim_end(t, p->at, close) - p->at;
    }
    if (close >= t->length) {
        return fail_at(p, tag_at, "close this tag with ", p->close, p->close_length);
    }
    p->at = close + p->close_length;
    return SS_OK;
}

static ss_status open_section(parser *p, size_t index) {
    if (p->section_count == p->section_capacity) {
        const size_t capacity = p->section_capacity ? 2 * p->section_capacity : 16;
        size_t *sections = ss_reallocate(p->allocator, p->sections,
                                         p->section_capacity * sizeof *sections,
                                         capacity * sizeof *sections);
        if (!sections) return SS_ERROR_MEMORY;
        p->sections = sections;
        p->section_capacity = capacity;
    }
    p->sections[p->section_count++] = index;
    return SS_OK;
}

static ss_status close_section(parser *p, size_t index) {
    template *t = p->into;
    const token *closing = &t->tokens[index];
    const char *name = t->text + closing->at;
    if (p->section_count == 0) {
        return fail_at(p, closing->tag_at, "no section is open here to close: ", name,
                       closing->length);
    }
    token *opening = &t->tokens[p->sections[--p->section_count]];
    if (opening->length != closing->length ||
        memcmp(t->text + opening->at, name, closing->length) != 0) {
        return fail_at(p, closing->tag_at, "close this section first: ", t->text + opening->at,
                       opening->length);
    }
    opening->close = index;
    return SS_OK;
}

static token_kind kind_of(char type) {
    switch (type) {
    case '#': return TOKEN_SECTION;
    case '^': return TOKEN_INVERTED;
    case '/': return TOKEN_CLOSE;
    case '>': return TOKEN_PARTIAL;
    case '{':
    case '&': return TOKEN_RAW;
    case '=':
    case '!': return TOKEN_NONE;
    default: return TOKEN_NAME;
    }
}

/// Reads one tag; `at` stands on its opening delimiter.
static ss_status add_tag(parser *p) {
    template *t = p->into;
    const size_t tag_at = p->at;
    p->at = skip_spaces(t, p->at + p->open_length);
    p->line_has_tag = true;
    char type = p->at < t->length ? t->text[p->at] : '\0';
    if (type == '\0' || !strchr("#^/>{&=!", type)) type = '\0';
    if (type) p->at = skip_spaces(t, p->at + 1);
    size_t name_at, name_length;
    ss_status status = read_name(p, type, tag_at, &name_at, &name_length);
    if (status) return status;
    token *tag = add_token(p, kind_of(type), name_at, name_length);
    if (!tag) return SS_ERROR_MEMORY;
    tag->tag_at = tag_at;
    tag->indent_at = p->line_at;
    tag->is_first_on_line = p->line_tags++ == 0;
    tag->has_text_before = p->line_has_text;
    if (tag->kind == TOKEN_NAME || tag->kind == TOKEN_RAW) p->line_is_visible = true;
    if (tag->kind == TOKEN_SECTION || tag->kind == TOKEN_INVERTED) {
        status = open_section(p, t->count - 1);
    } else if (tag->kind == TOKEN_CLOSE) {
        status = close_section(p, t->count - 1);
    } else if (type == '=') {
        status = set_delimiters(p, name_at, name_length);
    }
    return status;
}

static ss_status parse_all(parser *p) {
    template *t = p->into;
    while (p->at < t->length) {
        const size_t open = find(t, p->at, p->open, p->open_length);
        ss_status status = add_text(p, open);
        if (!status && open < t->length) status = add_tag(p);
        if (status) return status;
    }
    end_line(p, t->length);
    if (p->section_count == 0) return SS_OK;
    const token *opening = &t->tokens[p->sections[p->section_count - 1]];
    return fail_at(p, opening->tag_at, "this section is never closed: ", t->text + opening->at,
                   opening->length);
}

static ss_status parse(const char *text, size_t length, const char *name,
                       const ss_allocator *allocator, ss_diagnostics *diagnostics, template *out) {
    *out = (template){.text = text, .length = length};
    parser p = {.into = out, .open = "{{", .close = "}}", .open_length = 2, .close_length = 2,
                .allocator = allocator, .diagnostics = diagnostics, .name = name};
    const ss_status status = parse_all(&p);
    ss_deallocate(allocator, p.sections, p.section_capacity * sizeof *p.sections);
    return status;
}

static void template_destroy(template *t, const ss_allocator *allocator) {
    ss_deallocate(allocator, t->tokens, t->capacity * sizeof *t->tokens);
    t->tokens = NULL;
}

// --- Values --------------------------------------------------------------------------------------

/// What a name stands for: a JSON value, or a number or character derived from one
/// ("items.length").
typedef struct value {
    const ss_json *json;
    bool is_number;
    double number;
    const char *character; ///< within a string, `character_bytes` long
    size_t character_bytes;
} value;

static bool is_missing(value v) {
    return !v.is_number && !v.character && (!v.json || ss_json_kind_of(v.json) == SS_JSON_NULL);
}

static bool is_array(value v) {
    return v.json && ss_json_kind_of(v.json) == SS_JSON_ARRAY;
}

/// ECMAScript's idea of false, as sections use it.
static bool is_falsy(value v) {
    if (v.is_number) return v.number == 0.0;
    if (v.character) return false;
    if (!v.json) return true;
    switch (ss_json_kind_of(v.json)) {
    case SS_JSON_NULL:
    case SS_JSON_FALSE: return true;
    case SS_JSON_NUMBER: return ss_json_number(v.json) == 0.0;
    case SS_JSON_STRING: return ss_json_string(v.json)[0] == '\0';
    default: return false;
    }
}

static size_t utf8_length(unsigned char lead) {
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/// Length in UTF-16 units, which is what ".length" means to template writers.
static size_t utf16_length(const char *string) {
    size_t units = 0;
    for (size_t n; *string; string += n) {
        n = utf8_length((unsigned char)*string);
        units += n == 4 ? 2 : 1;
    }
    return units;
}

/// Reads a name as an index in canonical form ("0", "12", not "012"); SIZE_MAX if it is none.
static size_t index_of(const char *name, size_t length) {
    if (length == 0 || length > 9 || (length > 1 && name[0] == '0')) return SIZE_MAX;
    size_t index = 0;
    for (size_t i = 0; i < length; i++) {
        if (name[i] < '0' || name[i] > '9') return SIZE_MAX;
        index = index * 10 + (size_t)(name[i] - '0');
    }
    return index;
}

static bool get_of_array(const ss_json *array, const char *name, size_t length, value *out) {
    if (length == 6 && memcmp(name, "length", 6) == 0) {
        *out = (value){.is_number = true, .number = (double)ss_json_size(array)};
        return true;
    }
    size_t index = index_of(name, length);
    if (index == SIZE_MAX) return false;
    const ss_json *item = ss_json_first(array);
    while (item && index-- > 0) item = ss_json_next(item);
    *out = (value){.json = item};
    return item != NULL;
}

static bool get_of_string(const char *string, const char *name, size_t length, value *out) {
    if (length == 6 && memcmp(name, "length", 6) == 0) {
        *out = (value){.is_number = true, .number = (double)utf16_length(string)};
        return true;
    }
    size_t index = index_of(name, length);
    if (index == SIZE_MAX) return false;
    while (*string) {
        const size_t bytes = utf8_length((unsigned char)*string), units = bytes == 4 ? 2 : 1;
        if (index < units) { // half of a surrogate pair cannot be written in UTF-8
            const char *character = units == 1 ? string : "\xEF\xBF\xBD";
            *out = (value){.character = character, .character_bytes = units == 1 ? bytes : 3};
            return true;
        }
        index -= units;
        string += bytes;
    }
    return false;
}

static bool get_of_object(const ss_json *object, const char *name, size_t length, value *out) {
    for (const ss_json *member = ss_json_first(object); member; member = ss_json_next(member)) {
        const char *key = ss_json_key(member);
        if (strlen(key) == length && memcmp(key, name, length) == 0) {
            *out = (value){.json = member};
            return true;
        }
    }
    return false;
}

/// Gets a member of a value. Members of strings exist in dotted names only ("name.length").
static bool get_member(value of, const char *name, size_t length, bool is_dotted, value *out) {
    *out = (value){0};
    if (!of.json) return false;
    switch (ss_json_kind_of(of.json)) {
    case SS_JSON_OBJECT: return get_of_object(of.json, name, length, out);
    case SS_JSON_ARRAY: return get_of_array(of.json, name, length, out);
    case SS_JSON_STRING:
        return is_dotted && get_of_string(ss_json_string(of.json), name, length, out);
    default: return false;
    }
}

typedef struct frame {
    value view;
    const struct frame *parent;
} frame;

static bool get_dotted(value view, const char *name, size_t length, value *out) {
    value current = view;
    while (true) {
        const char *dot = memchr(name, '.', length);
        const size_t part = dot ? (size_t)(dot - name) : length;
        const bool found = get_member(current, name, part, true, &current);
        if (!dot) {
            *out = current;
            return found;
        }
        if (!found || is_missing(current)) return false;
        name += part + 1;
        length -= part + 1;
    }
}

/// Looks a name up, from the innermost context outwards.
static value look_up(const frame *context, const char *name, size_t length) {
    if (length == 1 && name[0] == '.') return context->view;
    const char *dot = memchr(name, '.', length);
    const bool is_dotted = dot && dot > name;
    for (; context; context = context->parent) {
        value found;
        const bool hit = is_dotted ? get_dotted(context->view, name, length, &found)
                                   : get_member(context->view, name, length, false, &found);
        if (hit) return found;
    }
    return (value){0};
}

// --- Rendering -----------------------------------------------------------------------------------

typedef struct renderer {
    const ss_json *partials;
    ss__escape escape;
    const ss_allocator *allocator;
    ss_diagnostics *diagnostics;
    ss_text *out;
    unsigned depth;
    uint32_t tokens;
} renderer;

/// Writes a value as ECMAScript's String() does: lists joined by commas.
static void write_string_of(value v, ss_text *out) {
    if (v.is_number) {
        ss__add_script_number(out, v.number);
        return;
    }
    if (v.character) {
        ss_text_add_bytes(out, v.character, v.character_bytes);
        return;
    }
    switch (ss_json_kind_of(v.json)) {
    case SS_JSON_NULL: break;
    case SS_JSON_FALSE: ss_text_add(out, "false"); break;
    case SS_JSON_TRUE: ss_text_add(out, "true"); break;
    case SS_JSON_NUMBER: ss__add_script_number(out, ss_json_number(v.json)); break;
    case SS_JSON_STRING: ss_text_add(out, ss_json_string(v.json)); break;
    case SS_JSON_OBJECT: ss_text_add(out, "[object Object]"); break;
    case SS_JSON_ARRAY:
        for (const ss_json *item = ss_json_first(v.json); item; item = ss_json_next(item)) {
            if (item != ss_json_first(v.json)) ss_text_add_char(out, ',');
            write_string_of((value){.json = item}, out);
        }
        break;
    }
}

static ss_status render_value(renderer *r, value v, bool is_escaped) {
    if (is_missing(v)) return SS_OK;
    if (!is_escaped || r->escape == SS__ESCAPE_NONE) {
        write_string_of(v, r->out);
        return SS_OK;
    }
    ss_text plain = ss_text_create(r->allocator);
    write_string_of(v, &plain);
    const ss_status status = ss_text_status(&plain);
    if (!status && plain.bytes) ss__escape_write(r->escape, plain.bytes, plain.length, r->out);
    ss_text_destroy(&plain);
    return status;
}

static ss_status render_range(renderer *r, const template *t, size_t from, size_t to,
                              const frame *context);

static ss_status render_section(renderer *r, const template *t, size_t index,
                                const frame *context) {
    const token *section = &t->tokens[index];
    const value v = look_up(context, t->text + section->at, section->length);
    const size_t from = index + 1, to = section->close;
    if (section->kind == TOKEN_INVERTED) {
        const bool is_empty = is_falsy(v) || (is_array(v) && !ss_json_first(v.json));
        return is_empty ? render_range(r, t, from, to, context) : SS_OK;
    }
    if (is_falsy(v)) return SS_OK;
    if (!is_array(v)) {
        if (v.json && ss_json_kind_of(v.json) == SS_JSON_TRUE) {
            return render_range(r, t, from, to, context);
        }
        const frame inner = {.view = v, .parent = context};
        return render_range(r, t, from, to, &inner);
    }
    for (const ss_json *item = ss_json_first(v.json); item; item = ss_json_next(item)) {
        const frame inner = {.view = {.json = item}, .parent = context};
        const ss_status status = render_range(r, t, from, to, &inner);
        if (status) return status;
    }
    return SS_OK;
}

/// The indentation a partial's lines get: the line's blanks before the tag, and one blank for each
/// UTF-16 unit of anything else.
static void write_indentation(const template *t, const token *partial, ss_text *out) {
    for (size_t at = partial->indent_at; at < partial->tag_at;) {
        const size_t space = space_length(t->text, t->length, at);
        if (t->text[at] == ' ' || t->text[at] == '\t') ss_text_add_char(out, t->text[at]);
        const size_t n = space ? space : utf8_length((unsigned char)t->text[at]);
        if (!space) ss_text_add(out, n == 4 ? "  " : " ");
        at += n;
    }
}

static void write_indented(const char *text, const char *indentation, bool skip_first,
                           ss_text *out) {
    bool is_first = true;
    while (true) {
        const char *newline = strchr(text, '\n');
        const size_t length = newline ? (size_t)(newline - text) : strlen(text);
        if (length > 0 && !(is_first && skip_first)) ss_text_add(out, indentation);
        ss_text_add_bytes(out, text, length);
        if (!newline) return;
        ss_text_add_char(out, '\n');
        text = newline + 1;
        is_first = false;
    }
}

static ss_status render_text(renderer *r, const char *text, size_t length, const char *name,
                             const frame *context) {
    template t;
    ss_status status = parse(text, length, name, r->allocator, r->diagnostics, &t);
    if (!status) status = render_range(r, &t, 0, t.count, context);
    template_destroy(&t, r->allocator);
    return status;
}

static ss_status render_partial(renderer *r, const template *t, const token *partial,
                                const frame *context) {
    value source;
    if (!r->partials || !get_of_object(r->partials, t->text + partial->at, partial->length,
                                       &source)) {
        return SS_OK; // the specification: a partial that is not there is empty
    }
    if (is_missing(source)) return SS_OK;
    if (ss_json_kind_of(source.json) != SS_JSON_STRING) {
        ss_diagnostics_add(r->diagnostics, "E500", "", "write partial %s as a string of template",
                           ss_json_key(source.json));
        return SS_ERROR_INPUT;
    }
    const char *name = ss_json_key(source.json);
    if (r->depth == DEPTH_MAX) {
        ss_diagnostics_add(r->diagnostics, "E500", "",
                           "partial %s includes itself over %u deep; end the recursion with a "
                           "section", name, DEPTH_MAX);
        return SS_ERROR_INPUT;
    }
    r->depth++;
    const char *text = ss_json_string(source.json);
    ss_text indentation = ss_text_create(r->allocator), indented = ss_text_create(r->allocator);
    if (partial->is_first_on_line) write_indentation(t, partial, &indentation);
    ss_status status = ss_text_status(&indentation);
    if (!status && indentation.length > 0) {
        write_indented(text, indentation.bytes, partial->has_text_before, &indented);
        status = ss_text_status(&indented);
        text = indented.bytes ? indented.bytes : "";
    }
    if (!status) status = render_text(r, text, strlen(text), name, context);
    ss_text_destroy(&indentation);
    ss_text_destroy(&indented);
    r->depth--;
    return status;
}

static ss_status render_range(renderer *r, const template *t, size_t from, size_t to,
                              const frame *context) {
    for (size_t i = from; i < to; i++) {
        const token *item = &t->tokens[i];
        ss_status status = SS_OK;
        if (++r->tokens > RENDERED_TOKENS_MAX) {
            ss_diagnostics_add(r->diagnostics, "E500", "",
                               "rendering takes over %u steps; look for a partial that includes "
                               "itself more than once", RENDERED_TOKENS_MAX);
            return SS_ERROR_LIMIT;
        }
        switch (item->kind) {
        case TOKEN_TEXT:
        case TOKEN_SPACE: ss_text_add_bytes(r->out, t->text + item->at, item->length); break;
        case TOKEN_NAME:
        case TOKEN_RAW:
            status = render_value(r, look_up(context, t->text + item->at, item->length),
                                  item->kind == TOKEN_NAME);
            break;
        case TOKEN_SECTION:
        case TOKEN_INVERTED:
            status = render_section(r, t, i, context);
            i = item->close;
            break;
        case TOKEN_PARTIAL: status = render_partial(r, t, item, context); break;
        case TOKEN_CLOSE:
        case TOKEN_NONE: break;
        }
        if (status) return status;
    }
    return ss_text_status(r->out);
}

ss_status ss__mustache_render_named(const char *name, const char *template_text, size_t length,
                                    const ss__scope *scope, ss__escape escape,
                                    const ss_allocator *allocator, ss_diagnostics *diagnostics,
                                    ss_text *out) {
    renderer r = {.partials = scope->partials, .escape = escape, .allocator = allocator,
                  .diagnostics = diagnostics, .out = out};
    frame frames[SS__SCOPE_MAX];
    for (size_t i = 0; i < scope->count; i++) {
        frames[i] =
            (frame){.view = {.json = scope->contexts[i]}, .parent = i ? &frames[i - 1] : NULL};
    }
    return render_text(&r, template_text, length, name, &frames[scope->count - 1]);
}

ss_status ss_mustache_render(const char *template_text, size_t length, const ss_json *context,
                             const ss_json *partials_or_null, const char *escape,
                             const ss_allocator *allocator, ss_diagnostics *diagnostics,
                             ss_text *out) {
    ss__escape mode;
    if (!ss__escape_find(escape, &mode)) {
        ss_diagnostics_add(diagnostics, "E501", "",
                           "no escaping is named \"%s\"; write one of " SS__ESCAPE_NAMES, escape);
        return SS_ERROR_INPUT;
    }
    const ss__scope scope = {.contexts = {context}, .count = 1, .partials = partials_or_null};
    return ss__mustache_render_named("template", template_text, length, &scope, mode, allocator,
                                     diagnostics, out);
}
