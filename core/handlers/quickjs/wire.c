/// Little-endian messages of protocol.h, read and written.
#include <stdlib.h>
#include <string.h>

#include "guest.h"

/// More than this in one invocation is no message to anybody: it counts as memory.
#define OUTPUT_BYTES_MAX (8u << 20)

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
    // QuickJS wants a NUL behind the text; the buffer has a byte to spare behind the input.
    char *const after = text.bytes + text.length;
    const char kept = *after;
    *after = '\0';
    const JSValue value = JS_ParseJSON(context, text.bytes, text.length, "<body>");
    *after = kept;
    return value;
}

// --- Writing -------------------------------------------------------------------------------------

static struct output {
    uint8_t *bytes;
    size_t length, capacity;
} output;

void wire_clear(void) { output.length = 0; }

static uint8_t *reserve(size_t bytes) {
    if (bytes > OUTPUT_BYTES_MAX - output.length) guest_stop(GUEST_STOP_MEMORY);
    if (output.length + bytes > output.capacity) {
        size_t capacity = output.capacity ? output.capacity * 2u : 4096u;
        while (capacity < output.length + bytes) capacity *= 2u;
        output.bytes = realloc(output.bytes, capacity); // a refusal stops the module: libc.c
        output.capacity = capacity;
    }
    uint8_t *const at = output.bytes + output.length;
    output.length += bytes;
    return at;
}

void wire_write_u8(uint8_t value) { *reserve(1) = value; }
void wire_write_u32(uint32_t value) { memcpy(reserve(4), &value, 4); }
void wire_write_u64(uint64_t value) { memcpy(reserve(8), &value, 8); }

void wire_write_bytes(const char *bytes, size_t length) {
    wire_write_u32((uint32_t)length);
    if (length > 0) memcpy(reserve(length), bytes, length);
}

void wire_write_prepared(JSContext *context, wire_prepared *prepared) {
    wire_write_bytes(prepared->bytes, prepared->length);
    wire_free_prepared(context, prepared);
}

bool wire_prepare_string(JSContext *context, JSValueConst value, wire_prepared *out) {
    out->bytes = JS_ToCStringLen(context, &out->length, value);
    return out->bytes != NULL;
}

bool wire_prepare_value(JSContext *context, JSValueConst value, wire_prepared *out) {
    *out = (wire_prepared){NULL, 0};
    if (JS_IsUndefined(value)) return true;
    const JSValue text = JS_JSONStringify(context, value, JS_UNDEFINED, JS_UNDEFINED);
    if (JS_IsException(text)) return false;
    const bool prepared = JS_IsUndefined(text) || wire_prepare_string(context, text, out);
    JS_FreeValue(context, text);
    return prepared;
}

void wire_free_prepared(JSContext *context, wire_prepared *prepared) {
    if (prepared->bytes) JS_FreeCString(context, prepared->bytes);
    *prepared = (wire_prepared){NULL, 0};
}

wire_written wire_output(void) { return (wire_written){output.bytes, output.length}; }
