/// The writer, and JSON pointers.
#include <assert.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

ss_json_writer ss_json_writer_create(ss_text *out) { return (ss_json_writer){.out = out}; }

/// Puts the comma before a value or key where one belongs.
static void begin_item(ss_json_writer *writer) {
    const uint64_t bit = UINT64_C(1) << writer->depth;
    if (writer->after_key) {
        writer->after_key = false;
        return;
    }
    if (writer->depth > 0 && (writer->has_members & bit)) ss_text_add_char(writer->out, ',');
    writer->has_members |= bit;
}

static void begin_value(ss_json_writer *writer) {
    assert(writer->after_key || !(writer->is_object & UINT64_C(1) << writer->depth));
    begin_item(writer);
}

static void open(ss_json_writer *writer, char bracket) {
    begin_value(writer);
    assert(writer->depth < 63);
    const uint64_t bit = UINT64_C(1) << ++writer->depth;
    writer->has_members &= ~bit;
    writer->is_object = bracket == '{' ? writer->is_object | bit : writer->is_object & ~bit;
    ss_text_add_char(writer->out, bracket);
}

void ss_json_open_object(ss_json_writer *writer) { open(writer, '{'); }

void ss_json_open_array(ss_json_writer *writer) { open(writer, '['); }

void ss_json_close(ss_json_writer *writer) {
    assert(writer->depth > 0 && !writer->after_key);
    const bool is_object = (writer->is_object & UINT64_C(1) << writer->depth) != 0;
    ss_text_add_char(writer->out, is_object ? '}' : ']');
    writer->depth--;
}

void ss_json_add_key(ss_json_writer *writer, const char *key) {
    assert((writer->is_object & UINT64_C(1) << writer->depth) && !writer->after_key);
    begin_item(writer);
    ss_text_add_json_string(writer->out, key, strlen(key));
    ss_text_add_char(writer->out, ':');
    writer->after_key = true;
}

void ss_json_add_number(ss_json_writer *writer, double number) {
    begin_value(writer);
    ss_text_add_number(writer->out, number);
}

void ss_json_add_count(ss_json_writer *writer, uint64_t count) {
    begin_value(writer);
    ss_text_add_format(writer->out, "%llu", (unsigned long long)count);
}

void ss_json_add_string(ss_json_writer *writer, const char *string) {
    begin_value(writer);
    if (string) {
        ss_text_add_json_string(writer->out, string, strlen(string));
    } else {
        ss_text_add(writer->out, "null");
    }
}

void ss_json_add_bool(ss_json_writer *writer, bool value) {
    begin_value(writer);
    ss_text_add(writer->out, value ? "true" : "false");
}

void ss_json_add_null(ss_json_writer *writer) {
    begin_value(writer);
    ss_text_add(writer->out, "null");
}

void ss_json_add_value(ss_json_writer *writer, const ss_json *value) {
    begin_value(writer);
    ss_json_write(value, writer->out);
}

void ss_json_add_raw(ss_json_writer *writer, const char *json) {
    begin_value(writer);
    ss_text_add(writer->out, json);
}

static void write_string(ss_text *out, const char *string) {
    ss_text_add_json_string(out, string, strlen(string));
}

void ss_json_write(const ss_json *value, ss_text *out) {
    const ss_json_kind kind = ss_json_kind_of(value);
    switch (kind) {
    case SS_JSON_NULL:
    case SS_JSON_FALSE:
    case SS_JSON_TRUE: ss_text_add(out, ss_json_kind_name(kind)); return;
    case SS_JSON_NUMBER: ss_text_add_number(out, ss_json_number(value)); return;
    case SS_JSON_STRING: write_string(out, ss_json_string(value)); return;
    case SS_JSON_ARRAY:
    case SS_JSON_OBJECT: break;
    }
    ss_text_add_char(out, kind == SS_JSON_OBJECT ? '{' : '[');
    for (const ss_json *child = ss_json_first(value); child; child = ss_json_next(child)) {
        if (child != ss_json_first(value)) ss_text_add_char(out, ',');
        if (kind == SS_JSON_OBJECT) {
            write_string(out, ss_json_key(child));
            ss_text_add_char(out, ':');
        }
        ss_json_write(child, out);
    }
    ss_text_add_char(out, kind == SS_JSON_OBJECT ? '}' : ']');
}

// --- Pointers ----------------------------------------------------------------------------------

void ss_json_pointer_join(char *buffer, size_t capacity, const char *pointer, const char *token) {
    if (capacity == 0) return;
    size_t length = strlen(pointer);
    if (length > capacity - 1) length = capacity - 1;
    memmove(buffer, pointer, length); // they may be the same buffer
    if (length < capacity - 1) buffer[length++] = '/';
    for (; *token && length < capacity - 1; token++) {
        const bool is_escaped = *token == '~' || *token == '/';
        if (is_escaped && capacity - 1 - length < 2) break; // never half an escape
        buffer[length++] = is_escaped ? '~' : *token;
        if (is_escaped) buffer[length++] = *token == '~' ? '0' : '1';
    }
    buffer[length] = '\0';
}

void ss_json_pointer_join_index(char *buffer, size_t capacity, const char *pointer, size_t index) {
    char digits[24];
    size_t at = sizeof digits;
    digits[--at] = '\0';
    do {
        digits[--at] = (char)('0' + index % 10);
        index /= 10;
    } while (index != 0);
    ss_json_pointer_join(buffer, capacity, pointer, digits + at);
}

void ss_json_member(ss_json_writer *writer, const char *key, double number) {
    ss_json_add_key(writer, key);
    ss_json_add_number(writer, number);
}

void ss_json_add_findings(ss_json_writer *writer, const ss_diagnostics *diagnostics) {
    ss_text text = ss_text_create(&writer->out->allocator);
    ss_diagnostics_write_json(diagnostics, &text);
    ss_json_add_key(writer, "diagnostics");
    ss_json_add_raw(writer, text.bytes ? text.bytes : "[]");
    if (ss_text_status(&text)) writer->out->failed = true;
    ss_text_destroy(&text);
}
