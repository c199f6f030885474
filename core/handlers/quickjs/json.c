/// Reads JSON as the simulator writes it: the plain part of the language directly, all else by
/// QuickJS's own parser.
#include <string.h>

#include "guest.h"

#define DEPTH_MAX 64
#define DIGITS_MAX 15 /* whole numbers of so many digits are exact as doubles */

typedef struct json_reader {
    JSContext *context;
    const char *at, *end;
} json_reader;

/// What is not plain: the whole text is then read by JS_ParseJSON.
#define NOT_PLAIN JS_UNINITIALIZED

static JSValue read_value(json_reader *reader, int depth);

static bool takes(json_reader *reader, char character) {
    while (reader->at < reader->end && *reader->at == ' ') reader->at++;
    if (reader->at == reader->end || *reader->at != character) return false;
    reader->at++;
    return true;
}

static bool takes_word(json_reader *reader, const char *word, size_t length) {
    if ((size_t)(reader->end - reader->at) < length) return false;
    if (memcmp(reader->at, word, length) != 0) return false;
    reader->at += length;
    return true;
}

/// The characters of a string in ASCII without escapes; its quotation mark has been taken.
static bool read_characters(json_reader *reader, const char **from, size_t *length) {
    *from = reader->at;
    for (; reader->at < reader->end; reader->at++) {
        const unsigned char character = (unsigned char)*reader->at;
        if (character == '"') {
            *length = (size_t)(reader->at++ - *from);
            return true;
        }
        if (character < 0x20u || character >= 0x80u || character == '\\') return false;
    }
    return false;
}

/// Digits with at most one point and no exponent. Both the digits as a whole number and the power
/// of ten are exact doubles, so that one division rounds correctly.
static JSValue read_number(json_reader *reader) {
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const bool is_negative = reader->at < reader->end && *reader->at == '-';
    if (is_negative) reader->at++;
    int64_t whole = 0;
    int digits = 0, decimals = -1;
    const char *const first = reader->at;
    for (; reader->at < reader->end; reader->at++) {
        const char character = *reader->at;
        if (character == '.' && decimals < 0 && digits > 0) {
            decimals = 0;
        } else if (character >= '0' && character <= '9') {
            whole = whole * 10 + (character - '0');
            digits += 1;
            if (decimals >= 0) decimals += 1;
            if (digits > DIGITS_MAX) return NOT_PLAIN;
        } else {
            if (character == 'e' || character == 'E' || character == '.') return NOT_PLAIN;
            break;
        }
    }
    const bool has_leading_zero = digits > 1 && *first == '0' && first[1] != '.';
    if (digits == 0 || decimals == 0 || has_leading_zero) return NOT_PLAIN;
    if (decimals < 0 && whole <= INT32_MAX && !(is_negative && whole == 0)) {
        return JS_NewInt32(reader->context, (int32_t)(is_negative ? -whole : whole));
    }
    double number = (double)whole;
    if (decimals > 0) number /= powers[decimals];
    return JS_NewFloat64(reader->context, is_negative ? -number : number);
}

static JSValue read_array(json_reader *reader, int depth) {
    const JSValue array = JS_NewArray(reader->context);
    if (takes(reader, ']')) return array;
    for (uint32_t index = 0;; index++) {
        const JSValue element = read_value(reader, depth);
        if (JS_IsUninitialized(element)) break;
        JS_DefinePropertyValueUint32(reader->context, array, index, element, JS_PROP_C_W_E);
        if (takes(reader, ',')) continue;
        if (takes(reader, ']')) return array;
        break;
    }
    JS_FreeValue(reader->context, array);
    return NOT_PLAIN;
}

static JSValue read_object(json_reader *reader, int depth) {
    JSContext *const context = reader->context;
    const JSValue object = JS_NewObject(context);
    if (takes(reader, '}')) return object;
    for (;;) {
        const char *name;
        size_t length;
        if (!takes(reader, '"') || !read_characters(reader, &name, &length)) break;
        if (!takes(reader, ':')) break;
        const JSValue value = read_value(reader, depth);
        if (JS_IsUninitialized(value)) break;
        const JSAtom atom = JS_NewAtomLen(context, name, length);
        JS_DefinePropertyValue(context, object, atom, value, JS_PROP_C_W_E);
        JS_FreeAtom(context, atom);
        if (takes(reader, ',')) continue;
        if (takes(reader, '}')) return object;
        break;
    }
    JS_FreeValue(context, object);
    return NOT_PLAIN;
}

static JSValue read_value(json_reader *reader, int depth) {
    if (depth == 0) return NOT_PLAIN;
    if (takes(reader, '{')) return read_object(reader, depth - 1);
    if (takes(reader, '[')) return read_array(reader, depth - 1);
    if (takes(reader, '"')) {
        const char *from;
        size_t length;
        if (!read_characters(reader, &from, &length)) return NOT_PLAIN;
        return JS_NewStringLen(reader->context, from, length);
    }
    if (takes_word(reader, "true", 4)) return JS_TRUE;
    if (takes_word(reader, "false", 5)) return JS_FALSE;
    if (takes_word(reader, "null", 4)) return JS_NULL;
    return read_number(reader);
}

JSValue json_read(JSContext *context, char *text, size_t length) {
    json_reader reader = {context, text, text + length};
    const JSValue plain = read_value(&reader, DEPTH_MAX);
    if (!JS_IsUninitialized(plain)) {
        if (reader.at == reader.end) return plain;
        JS_FreeValue(context, plain);
    }
    // QuickJS wants a NUL behind the text; there is a byte to spare behind every input.
    char *const after = text + length;
    const char kept = *after;
    *after = '\0';
    const JSValue value = JS_ParseJSON(context, text, length, "<body>");
    *after = kept;
    return value;
}
