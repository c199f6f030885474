/// The list of findings.
#include "base/diagnostics.h"

#include <string.h>

#include "base/json_scan.h"
#include "base/text.h"

struct ss_diagnostics {
    ss_allocator allocator;
    ss_arena *strings; ///< made at the first finding
    ss_diagnostic *items;
    uint32_t count;
    uint32_t capacity;
    size_t error_count; ///< also those that were not kept
    size_t lost;        ///< not kept: beyond SS_DIAGNOSTICS_MAX, or no memory
};

ss_diagnostics *ss_diagnostics_create(const ss_allocator *allocator) {
    ss_diagnostics *diagnostics = ss_allocate_zeroed(allocator, sizeof *diagnostics);
    if (diagnostics) diagnostics->allocator = *allocator;
    return diagnostics;
}

void ss_diagnostics_destroy(ss_diagnostics *diagnostics) {
    if (!diagnostics) return;
    const ss_allocator allocator = diagnostics->allocator;
    ss_arena_destroy(diagnostics->strings);
    ss_deallocate(&allocator, diagnostics->items,
                  diagnostics->capacity * sizeof diagnostics->items[0]);
    ss_deallocate(&allocator, diagnostics, sizeof *diagnostics);
}

void ss_diagnostics_clear(ss_diagnostics *diagnostics) {
    ss_arena_destroy(diagnostics->strings);
    diagnostics->strings = NULL;
    diagnostics->count = 0;
    diagnostics->error_count = 0;
    diagnostics->lost = 0;
}

size_t ss_diagnostics_count(const ss_diagnostics *diagnostics) { return diagnostics->count; }

size_t ss_diagnostics_error_count(const ss_diagnostics *diagnostics) {
    return diagnostics->error_count;
}

const ss_diagnostic *ss_diagnostics_get(const ss_diagnostics *diagnostics, size_t index) {
    return index < diagnostics->count ? &diagnostics->items[index] : NULL;
}

/// Room for one more; NULL when there is none to be had.
static ss_diagnostic *next_item(ss_diagnostics *d) {
    if (d->count == SS_DIAGNOSTICS_MAX) return NULL;
    if (!d->strings) d->strings = ss_arena_create(&d->allocator);
    if (!d->strings) return NULL;
    if (d->count == d->capacity) {
        const uint32_t capacity = d->capacity ? d->capacity * 2 : 16;
        ss_diagnostic *items = ss_reallocate(&d->allocator, d->items,
                                             d->capacity * sizeof d->items[0],
                                             capacity * sizeof d->items[0]);
        if (!items) return NULL;
        d->items = items;
        d->capacity = capacity;
    }
    return &d->items[d->count];
}

/// An error that cannot be kept still counts: a caller that asks for the count must not see none.
static void add_list(ss_diagnostics *d, const char *code, const char *pointer, uint32_t line,
                     uint32_t column, const char *format, va_list arguments) {
    if (!d) return;
    const ss_severity severity = code[0] == 'W' ? SS_SEVERITY_WARNING : SS_SEVERITY_ERROR;
    if (severity == SS_SEVERITY_ERROR) d->error_count++;
    ss_diagnostic *item = next_item(d);
    if (!item) {
        d->lost++;
        return;
    }
    ss_text message = ss_text_create(&d->allocator);
    ss_text_add(&message, "");
    ss_text_add_format_list(&message, format, arguments);
    const char *kept_pointer = ss_arena_copy_text(d->strings, pointer, strlen(pointer));
    const char *kept_message =
        message.failed ? NULL : ss_arena_copy_text(d->strings, message.bytes, message.length);
    ss_text_destroy(&message);
    if (!kept_pointer || !kept_message) {
        d->lost++;
        return;
    }
    *item = (ss_diagnostic){severity, code, kept_pointer, line, column, kept_message};
    d->count++;
}

void ss_diagnostics_add(ss_diagnostics *diagnostics, const char *code, const char *pointer,
                        const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_list(diagnostics, code, pointer, 0, 0, format, arguments);
    va_end(arguments);
}

void ss__diagnostics_add_at(ss_diagnostics *diagnostics, const char *code, const char *pointer,
                            uint32_t line, uint32_t column, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_list(diagnostics, code, pointer, line, column, format, arguments);
    va_end(arguments);
}

const char *ss_code_meaning(const char *code) {
#define SS_CODE(name, meaning)                                                                     \
    if (strcmp(code, #name) == 0) return meaning;
#include "base/codes.def"
#undef SS_CODE
    return NULL;
}

// --- Places ------------------------------------------------------------------------------------

/// One walk through the text serves all findings: at each container the findings whose pointers
/// lead into it are a range of `order`, and each member takes its own from the front of the range.
typedef struct locator {
    const char *text;
    size_t length;
    size_t at;
    uint32_t line;
    size_t line_start;
    ss_diagnostics *diagnostics;
    uint32_t order[SS_DIAGNOSTICS_MAX];   ///< indices of the findings without a place
    uint32_t matched[SS_DIAGNOSTICS_MAX]; ///< bytes of each pointer that were walked
} locator;

static char peek(locator *l) {
    for (; l->at < l->length; l->at++) {
        const char c = l->text[l->at];
        if (c == '\n') {
            l->line++;
            l->line_start = l->at + 1;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            return c;
        }
    }
    return '\0';
}

static void set_places(locator *l, uint32_t first, uint32_t end) {
    for (uint32_t i = first; i < end; i++) {
        ss_diagnostic *item = &l->diagnostics->items[l->order[i]];
        item->line = l->line;
        item->column = (uint32_t)(l->at - l->line_start) + 1;
    }
}

/// Moves past a string's closing quote; returns false at the end of the text.
static bool skip_string(locator *l) {
    for (l->at++; l->at < l->length; l->at++) {
        if (l->text[l->at] == '\\') {
            l->at++;
        } else if (l->text[l->at] == '"') {
            l->at++;
            return true;
        }
    }
    return false;
}

/// Moves past a value without looking into it.
static void skip_value(locator *l) {
    unsigned depth = 0;
    do {
        const char c = peek(l);
        if (c == '\0') return;
        if (c == '"') {
            if (!skip_string(l)) return;
            continue;
        }
        if (c == '{' || c == '[') depth++;
        if (c == '}' || c == ']') {
            if (depth == 0) return;
            depth--;
        }
        const bool is_single = c == '{' || c == '[' || c == '}' || c == ']' || c == ',' || c == ':';
        l->at++;
        while (!is_single && l->at < l->length && !strchr(" \t\r\n,:]}\"", l->text[l->at])) l->at++;
    } while (depth > 0);
}

/// The length of a pointer's token (after its '/') when it is this key, else -1.
static int match_key(const char *token, ss__json_string key) {
    int at = 0;
    for (;;) {
        int expected = (unsigned char)token[at];
        if (expected == '/' || expected == '\0') return ss__json_string_next(&key) < 0 ? at : -1;
        at++;
        if (expected == '~') expected = token[at++] == '1' ? '/' : '~';
        if (ss__json_string_next(&key) != expected) return -1;
    }
}

static int match_index(const char *token, uint32_t index) {
    char digits[12];
    int length = 0;
    do {
        digits[length++] = (char)('0' + index % 10);
        index /= 10;
    } while (index != 0);
    for (int i = 0; i < length; i++) {
        if (token[i] != digits[length - 1 - i]) return -1;
    }
    return token[length] == '\0' || token[length] == '/' ? length : -1;
}

/// Brings the findings whose next token is this member to the front of [first, end); returns the
/// end of that group.
static uint32_t take_member(locator *l, uint32_t first, uint32_t end, const ss__json_string *key,
                            uint32_t index) {
    for (uint32_t i = first; i < end; i++) {
        const uint32_t finding = l->order[i];
        const char *rest = l->diagnostics->items[finding].pointer + l->matched[finding];
        if (rest[0] != '/') continue;
        const int length = key ? match_key(rest + 1, *key) : match_index(rest + 1, index);
        if (length < 0) continue;
        l->matched[finding] += 1 + (uint32_t)length;
        l->order[i] = l->order[first];
        l->order[first++] = finding;
    }
    return first;
}

static void locate_in(locator *l, uint32_t first, uint32_t end, unsigned depth) {
    const char open = peek(l);
    if (first == end || (open != '{' && open != '[') || depth > 64) {
        skip_value(l);
        return;
    }
    l->at++;
    for (uint32_t index = 0;; index++) {
        const char c = peek(l);
        if (c == '}' || c == ']' || c == '\0') break;
        const size_t start = l->at;
        const size_t line_start = l->line_start;
        const uint32_t line = l->line;
        ss__json_string key = {0};
        if (open == '{') {
            if (c != '"' || !skip_string(l)) return;
            key = ss__json_string_create(l->text + start + 1, l->text + l->at - 1);
        }
        const uint32_t group = take_member(l, first, end, open == '{' ? &key : NULL, index);
        for (uint32_t i = first; i < group; i++) {
            ss_diagnostic *item = &l->diagnostics->items[l->order[i]];
            item->line = line;
            item->column = (uint32_t)(start - line_start) + 1;
        }
        if (open == '{' && peek(l) == ':') l->at++;
        locate_in(l, first, group, depth + 1);
        first = group;
        if (peek(l) != ',') break;
        l->at++;
    }
    if (l->at < l->length) l->at++;
}

/// Document order, findings without a place last; stable. Few are out of order, so insertion does.
static void sort_by_place(ss_diagnostics *d) {
    for (uint32_t i = 1; i < d->count; i++) {
        const ss_diagnostic item = d->items[i];
        uint32_t at = i;
        for (; at > 0; at--) {
            const ss_diagnostic *before = &d->items[at - 1];
            const uint32_t line = item.line - 1; // 0 becomes the largest
            const uint32_t line_before = before->line - 1;
            if (line_before < line) break;
            if (line_before == line && before->column <= item.column) break;
            d->items[at] = *before;
        }
        d->items[at] = item;
    }
}

void ss_diagnostics_locate(ss_diagnostics *diagnostics, const char *json, size_t length) {
    locator l = {.text = json, .length = length, .line = 1, .diagnostics = diagnostics};
    uint32_t count = 0;
    for (uint32_t i = 0; i < diagnostics->count; i++) {
        if (diagnostics->items[i].line == 0) l.order[count++] = i;
    }
    if (peek(&l) == '\0') return;
    set_places(&l, 0, count);
    locate_in(&l, 0, count, 0);
    sort_by_place(diagnostics);
}

// --- Output ------------------------------------------------------------------------------------

static const char *severity_name(ss_severity severity) {
    return severity == SS_SEVERITY_WARNING ? "warning" : "error";
}

void ss_diagnostics_write_json(const ss_diagnostics *diagnostics, ss_text *out) {
    ss_text_add_char(out, '[');
    for (uint32_t i = 0; i < diagnostics->count; i++) {
        const ss_diagnostic *item = &diagnostics->items[i];
        ss_text_add_format(out, "%s{\"severity\":\"%s\",\"code\":\"%s\",\"pointer\":",
                           i == 0 ? "" : ",", severity_name(item->severity), item->code);
        ss_text_add_json_string(out, item->pointer, strlen(item->pointer));
        ss_text_add_format(out, ",\"line\":%u,\"column\":%u,\"message\":", item->line,
                           item->column);
        ss_text_add_json_string(out, item->message, strlen(item->message));
        ss_text_add_char(out, '}');
    }
    ss_text_add_char(out, ']');
}

void ss_diagnostics_write_text(const ss_diagnostics *diagnostics, const char *file, ss_text *out) {
    for (uint32_t i = 0; i < diagnostics->count; i++) {
        const ss_diagnostic *item = &diagnostics->items[i];
        ss_text_add_format(out, "%s:", file);
        if (item->line) ss_text_add_format(out, "%u:%u:", item->line, item->column);
        ss_text_add_format(out, " %s %s: %s\n", severity_name(item->severity), item->code,
                           item->message);
    }
    if (diagnostics->lost) {
        ss_text_add_format(out, "%s: %zu more findings are not shown\n", file, diagnostics->lost);
    }
}
