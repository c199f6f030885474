/// Little-endian messages of protocol.h, read and written.
#include <stdlib.h>
#include <string.h>

#include "guest.h"

/// More than this in one invocation is no message to anybody: it counts as memory.
#define TEXT_BYTES_MAX (8u << 20)

// --- Reading -------------------------------------------------------------------------------------

static uint64_t read_number(wire_reader *reader, size_t bytes) {
    if ((size_t)(reader->end - reader->at) < bytes) {
        reader->failed = true;
        reader->at = reader->end;
        return 0;
    }
    uint64_t value = 0;
    memcpy(&value, reader->at, bytes); // WebAssembly is little-endian
    reader->at += bytes;
    return value;
}

uint8_t wire_read_u8(wire_reader *reader) { return (uint8_t)read_number(reader, 1); }
uint32_t wire_read_u32(wire_reader *reader) { return (uint32_t)read_number(reader, 4); }
uint64_t wire_read_u64(wire_reader *reader) { return read_number(reader, 8); }

wire_text wire_read_text(wire_reader *reader) {
    const size_t length = wire_read_u32(reader);
    if ((size_t)(reader->end - reader->at) < length) {
        reader->failed = true;
        reader->at = reader->end;
        return (wire_text){(char *)reader->end, 0};
    }
    const wire_text text = {(char *)reader->at, length};
    reader->at += length;
    return text;
}

JSValue wire_read_string(JSContext *context, wire_reader *reader) {
    const wire_text text = wire_read_text(reader);
    return JS_NewStringLen(context, text.bytes, text.length);
}

JSValue wire_read_value(JSContext *context, wire_reader *reader) {
    const wire_text text = wire_read_text(reader);
    if (text.length == 0) return JS_UNDEFINED;
    return json_read(context, text.bytes, text.length);
}

// --- Writing -------------------------------------------------------------------------------------

static guest_text output;  ///< messages of this invocation
static guest_text prepared; ///< JSON that is not in a message yet

uint8_t *guest_text_add(guest_text *text, size_t bytes) {
    if (bytes > TEXT_BYTES_MAX - text->length) guest_stop(GUEST_STOP_MEMORY);
    if (text->length + bytes > text->capacity) {
        size_t capacity = text->capacity ? text->capacity * 2u : 4096u;
        while (capacity < text->length + bytes) capacity *= 2u;
        text->bytes = realloc(text->bytes, capacity); // a refusal stops the module: libc.c
        text->capacity = capacity;
    }
    uint8_t *const at = text->bytes + text->length;
    text->length += bytes;
    return at;
}

static uint8_t *reserve(size_t bytes) { return guest_text_add(&output, bytes); }

void wire_clear(void) { output.length = prepared.length = 0; }

void wire_write_u8(uint8_t value) { *reserve(1) = value; }
void wire_write_u32(uint32_t value) { memcpy(reserve(4), &value, 4); }
void wire_write_u64(uint64_t value) { memcpy(reserve(8), &value, 8); }

void wire_write_bytes(const char *bytes, size_t length) {
    wire_write_u32((uint32_t)length);
    if (length > 0) memcpy(reserve(length), bytes, length);
}

const char *wire_prepared_bytes(const wire_prepared *text) {
    return text->at1 > 0 ? (const char *)prepared.bytes + text->at1 - 1u : text->bytes;
}

void wire_write_prepared(JSContext *context, wire_prepared *text) {
    wire_write_bytes(wire_prepared_bytes(text), text->length);
    wire_free_prepared(context, text);
}

bool wire_prepare_string(JSContext *context, JSValueConst value, wire_prepared *out) {
    out->at1 = 0;
    out->bytes = JS_ToCStringLen(context, &out->length, value);
    return out->bytes != NULL;
}

bool wire_prepare_value(JSContext *context, JSValueConst value, wire_prepared *out) {
    *out = (wire_prepared){NULL, 0, 0};
    if (JS_IsUndefined(value)) return true;
    const size_t at = prepared.length;
    if (guest_write_plain_json(context, value, &prepared)) {
        *out = (wire_prepared){.length = prepared.length - at, .at1 = at + 1u};
        return true;
    }
    const JSValue text = JS_JSONStringify(context, value, JS_UNDEFINED, JS_UNDEFINED);
    if (JS_IsException(text)) return false;
    const bool is_ready = JS_IsUndefined(text) || wire_prepare_string(context, text, out);
    JS_FreeValue(context, text);
    return is_ready;
}

void wire_free_prepared(JSContext *context, wire_prepared *text) {
    if (text->bytes) JS_FreeCString(context, text->bytes);
    *text = (wire_prepared){NULL, 0, 0};
}

wire_written wire_output(void) { return (wire_written){output.bytes, output.length}; }
