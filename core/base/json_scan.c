/// The strict scanner. It builds nothing; it finds the first thing wrong and says what to write.
///
/// Recursive, because SS_JSON_DEPTH_MAX bounds it. The keys of all objects share one hash table, so
/// an object of any size is checked for duplicates in linear time.
#include "base/json_scan.h"

#include <string.h>

#include "base/diagnostics.h"
#include "base/json.h"
#include "base/random.h"
#include "base/text.h"

typedef struct key_slot {
    uint32_t object;  ///< serial number of the object, from 1; 0 = free slot
    uint32_t start;   ///< of the key's contents in the text
    uint32_t length;  ///< as written
    uint32_t hash;
} key_slot;

typedef struct scanner {
    const char *text;
    size_t length;
    size_t at;
    unsigned depth;
    uint32_t objects;
    key_slot *keys;
    uint32_t key_count;
    uint32_t key_capacity; ///< a power of two, or 0
    const ss_allocator *allocator;
    ss_diagnostics *diagnostics;
    ss_status status;
} scanner;

// --- Strings, decoded --------------------------------------------------------------------------

static unsigned hex_value(char c) {
    if (c >= '0' && c <= '9') return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f') return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return (unsigned)(c - 'A') + 10;
    return 16;
}

/// Reads four hex digits; returns 0x10000 when they are not.
static uint32_t read_hex4(const char *at, const char *end) {
    uint32_t value = 0;
    if (end - at < 4) return 0x10000;
    for (int i = 0; i < 4; i++) {
        const unsigned digit = hex_value(at[i]);
        if (digit == 16) return 0x10000;
        value = value * 16 + digit;
    }
    return value;
}

/// The bytes of a code point, first one lowest.
static uint32_t encode_utf8(uint32_t c) {
    if (c < 0x80) return c;
    if (c < 0x800) return (0xC0 | c >> 6) | (0x80 | (c & 63)) << 8;
    if (c < 0x10000) {
        return (0xE0 | c >> 12) | (0x80 | (c >> 6 & 63)) << 8 | (0x80 | (c & 63)) << 16;
    }
    return (0xF0 | c >> 18) | (0x80 | (c >> 12 & 63)) << 8 | (0x80 | (c >> 6 & 63)) << 16 |
           (0x80 | (c & 63)) << 24;
}

int ss__json_string_next(ss__json_string *string) {
    if (string->pending != 0) {
        const int byte = (int)(string->pending & 255u);
        string->pending >>= 8;
        return byte;
    }
    if (string->at >= string->end) return -1;
    const char c = *string->at++;
    if (c != '\\' || string->at >= string->end) return (unsigned char)c;
    const char escape = *string->at++;
    static const char escapes[] = "b\bf\fn\nr\rt\t";
    for (size_t i = 0; i + 1 < sizeof escapes; i += 2) {
        if (escape == escapes[i]) return escapes[i + 1];
    }
    if (escape != 'u') return (unsigned char)escape;
    uint32_t code = read_hex4(string->at, string->end);
    if (code > 0xFFFF) return '?'; // only in text that the scanner rejects
    string->at += 4;
    if (code >= 0xD800 && code < 0xDC00 && string->end - string->at >= 6) {
        code = 0x10000 + ((code - 0xD800) << 10) + (read_hex4(string->at + 2, string->end) & 1023);
        string->at += 6;
    }
    const uint32_t bytes = encode_utf8(code);
    string->pending = bytes >> 8;
    return (int)(bytes & 255u);
}

// --- Failing -----------------------------------------------------------------------------------

/// Reports what is wrong at a place, once; returns false so that callers can return it.
static bool fail(scanner *s, size_t at, const char *code, const char *message) {
    uint32_t line = 1;
    size_t line_start = 0;
    for (size_t i = 0; i < at; i++) {
        if (s->text[i] != '\n') continue;
        line++;
        line_start = i + 1;
    }
    s->status = SS_ERROR_INPUT;
    // A sentence begins with a capital.
    const bool is_small = message[0] >= 'a' && message[0] <= 'z';
    ss__diagnostics_add_at(s->diagnostics, code, "", line, (uint32_t)(at - line_start) + 1,
                           "%c%s.", is_small ? message[0] - 'a' + 'A' : message[0], message + 1);
    return false;
}

static bool fail_memory(scanner *s) {
    s->status = SS_ERROR_MEMORY;
    return false;
}

/// As fail, with what stands there put after the message: ", not \"x\"".
static bool fail_not(scanner *s, const char *code, const char *message) {
    const size_t at = s->at;
    const unsigned char *bytes = (const unsigned char *)s->text + at;
    if (at >= s->length) return fail(s, at, "E003", "the text ends here, in the middle of a value: "
                                                    "close every string, \"[\" and \"{\"");
    const size_t sequence = ss_utf8_sequence_length(bytes, s->length - at);
    if (sequence == 0) return fail(s, at, "E008", "this byte is not UTF-8: save the file as UTF-8");
    ss_text full = ss_text_create(s->allocator);
    ss_text_add(&full, message);
    if (bytes[0] > ' ' && bytes[0] != 0x7F) {
        ss_text_add_format(&full, ", not %.*s", (int)sequence, s->text + at);
    } else {
        ss_text_add_format(&full, ", not the control character U+%08x", (unsigned)bytes[0]);
    }
    if (full.failed) {
        fail_memory(s);
    } else {
        fail(s, at, code, full.bytes);
    }
    ss_text_destroy(&full);
    return false;
}

static char peek(scanner *s) {
    while (s->at < s->length) {
        const char c = s->text[s->at];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return c;
        s->at++;
    }
    return '\0';
}

// --- Keys --------------------------------------------------------------------------------------

static bool is_same_key(const scanner *s, const key_slot *a, const key_slot *b) {
    const char *a_start = s->text + a->start;
    const char *b_start = s->text + b->start;
    ss__json_string x = ss__json_string_create(a_start, a_start + a->length);
    ss__json_string y = ss__json_string_create(b_start, b_start + b->length);
    for (;;) {
        const int byte = ss__json_string_next(&x);
        if (byte != ss__json_string_next(&y)) return false;
        if (byte < 0) return true;
    }
}

/// Puts a key where it belongs; returns false when its object has it already.
static bool insert_key(const scanner *s, key_slot *keys, uint32_t capacity, key_slot key) {
    uint32_t i = key.hash & (capacity - 1);
    for (; keys[i].object != 0; i = (i + 1) & (capacity - 1)) {
        const key_slot *other = &keys[i];
        if (other->hash == key.hash && other->object == key.object && is_same_key(s, other, &key)) {
            return false;
        }
    }
    keys[i] = key;
    return true;
}

static bool grow_keys(scanner *s) {
    const uint32_t capacity = s->key_capacity ? s->key_capacity * 2 : 64;
    key_slot *keys = ss_allocate_zeroed(s->allocator, capacity * sizeof *keys);
    if (!keys) return fail_memory(s);
    for (uint32_t i = 0; i < s->key_capacity; i++) {
        if (s->keys[i].object != 0) insert_key(s, keys, capacity, s->keys[i]);
    }
    ss_deallocate(s->allocator, s->keys, s->key_capacity * sizeof *keys);
    s->keys = keys;
    s->key_capacity = capacity;
    return true;
}

static bool add_key(scanner *s, uint32_t object, size_t start, size_t length) {
    if (s->key_count * 2 >= s->key_capacity && !grow_keys(s)) return false;
    ss__json_string string = ss__json_string_create(s->text + start, s->text + start + length);
    uint64_t hash = object;
    for (int byte; (byte = ss__json_string_next(&string)) >= 0;) {
        hash = (hash ^ (uint64_t)byte) * UINT64_C(0x100000001b3);
    }
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    const key_slot key = {object, (uint32_t)start, (uint32_t)length, (uint32_t)(hash >> 32)};
    s->key_count++;
    if (insert_key(s, s->keys, s->key_capacity, key)) return true;
    ss_text message = ss_text_create(s->allocator);
    ss_text_add_format(&message, "the key \"%.*s\" stands in this object twice: keep one of them",
                       (int)(length < 100 ? length : 100), s->text + start);
    if (message.failed) {
        fail_memory(s);
    } else {
        fail(s, start - 1, "E005", message.bytes);
    }
    ss_text_destroy(&message);
    return false;
}

// --- Scalars -----------------------------------------------------------------------------------

static bool scan_escape(scanner *s) {
    const char *end = s->text + s->length;
    const size_t start = s->at++;
    if (s->at >= s->length) return fail_not(s, "E003", "");
    const char c = s->text[s->at++];
    if (c != 'u') {
        if (c != '\0' && strchr("\"\\/bfnrt", c)) return true;
        return fail(s, start, "E006", "JSON has no such escape: write \\\\ for a backslash, or one "
                                      "of \\\" \\/ \\b \\f \\n \\r \\t \\u0041");
    }
    const uint32_t code = read_hex4(s->text + s->at, end);
    if (code > 0xFFFF) {
        return fail(s, start, "E006", "write four hexadecimal digits after \\u, as in \\u00e9");
    }
    s->at += 4;
    if (code == 0) {
        return fail(s, start, "E017", "the character U+0000 cannot stand in a text: remove it");
    }
    if (code < 0xD800 || code > 0xDFFF) return true;
    const bool has_second = s->length - s->at >= 6 && s->text[s->at] == '\\' &&
                            s->text[s->at + 1] == 'u';
    const uint32_t second = has_second ? read_hex4(s->text + s->at + 2, end) : 0;
    if (code > 0xDBFF || second < 0xDC00 || second > 0xDFFF) {
        return fail(s, start, "E007", "this \\u escape is one half of a pair: write both halves, "
                                      "as in \\ud83d\\ude00, or the character itself");
    }
    s->at += 6;
    return true;
}

static bool scan_string(scanner *s) {
    const size_t start = s->at++;
    while (s->at < s->length) {
        const unsigned char b = (unsigned char)s->text[s->at];
        if (b == '"') {
            s->at++;
            return true;
        }
        if (b == '\\') {
            if (!scan_escape(s)) return false;
        } else if (b < 0x20) {
            return fail(s, s->at, "E010", b == '\n' || b == '\r'
                ? "a string ends on its own line: close it with \", or write \\n for a line break"
                : "a control character cannot stand in a string: write \\t for a tab, or \\u00XX");
        } else {
            const size_t sequence = ss_utf8_sequence_length(
                (const unsigned char *)s->text + s->at, s->length - s->at);
            if (sequence == 0) {
                return fail(s, s->at, "E008", "this byte is not UTF-8: save the file as UTF-8");
            }
            s->at += sequence;
        }
    }
    return fail(s, start, "E003", "this string has no end: close it with \"");
}

static bool scan_number(scanner *s) {
    const size_t start = s->at;
    const size_t length = ss_number_length(s->text + start, s->length - start);
    if (length == 0) {
        if (start + 1 >= s->length) s->at = s->length;
        if (start + 1 >= s->length) return fail_not(s, "E003", "");
        return fail(s, start, "E011", "write digits after the minus sign, as in -0.5");
    }
    s->at += length;
    const char next = s->at < s->length ? s->text[s->at] : ' ';
    if (next >= '0' && next <= '9') {
        return fail(s, start, "E011", "a number cannot begin with a needless 0: remove it");
    }
    if (next == '.' || next == 'e' || next == 'E') {
        return fail(s, start, "E011", "write digits after the point and after the e, as in 1.5e-3");
    }
    if (next == 'x' || next == 'X' || next == '_') {
        return fail(s, start, "E011", "write the number in plain decimal digits, as in 1200");
    }
    const double value = ss_number_read(s->text + start, length);
    if (value - value != 0) {
        return fail(s, start, "E012", "this number is too large: the largest is about 1.79e308");
    }
    return true;
}

/// true, false, null; and the words people write for them.
static bool scan_word(scanner *s) {
    static const char *const words[] = {"true", "false", "null"};
    size_t length = 0;
    while (s->at + length < s->length) {
        const char c = s->text[s->at + length];
        const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                             (c >= '0' && c <= '9');
        if (!is_word) break;
        length++;
    }
    for (size_t i = 0; i < 3; i++) {
        if (length == strlen(words[i]) && memcmp(s->text + s->at, words[i], length) == 0) {
            s->at += length;
            return true;
        }
    }
    if (s->at + length == s->length) {
        for (size_t i = 0; i < 3; i++) {
            if (length < strlen(words[i]) && memcmp(s->text + s->at, words[i], length) == 0) {
                return fail(s, s->at, "E003", "the text ends in the middle of true, false or null");
            }
        }
    }
    return fail(s, s->at, "E002", "write a value here: a word must be true, false or null in small "
                                  "letters, and text stands in \"quotes\"");
}

// --- Structure ---------------------------------------------------------------------------------

static bool scan_value(scanner *s);

static bool enter(scanner *s) {
    if (++s->depth > SS_JSON_DEPTH_MAX) {
        return fail(s, s->at, "E013", "values are nested deeper than 64 levels: flatten them");
    }
    s->at++;
    return true;
}

/// After a member: true when another follows; false at the closing bracket or on failure.
static bool scan_separator(scanner *s, char close, const char *message) {
    const char c = peek(s);
    if (c == close) {
        s->at++;
        s->depth--;
        return false;
    }
    if (c != ',' || s->at >= s->length) return fail_not(s, "E015", message);
    const size_t comma = s->at++;
    if (peek(s) != close) return true;
    return fail(s, comma, "E016", "remove this comma: nothing follows it");
}

static bool scan_array(scanner *s) {
    if (!enter(s)) return false;
    if (peek(s) == ']') {
        s->at++;
        s->depth--;
        return true;
    }
    do {
        if (!scan_value(s)) return false;
    } while (scan_separator(s, ']', "write \",\" or \"]\" after this value"));
    return s->status == SS_OK;
}

static bool scan_object(scanner *s) {
    const uint32_t object = ++s->objects;
    if (!enter(s)) return false;
    if (peek(s) == '}') {
        s->at++;
        s->depth--;
        return true;
    }
    do {
        if (peek(s) != '"') return fail_not(s, "E015", "write a key in \"double quotes\" here");
        const size_t start = s->at + 1;
        if (!scan_string(s)) return false;
        if (!add_key(s, object, start, s->at - 1 - start)) return false;
        if (peek(s) != ':') return fail_not(s, "E015", "write \":\" after the key");
        s->at++;
        if (!scan_value(s)) return false;
    } while (scan_separator(s, '}', "write \",\" or \"}\" after this value"));
    return s->status == SS_OK;
}

static bool scan_value(scanner *s) {
    const char c = peek(s);
    if (c == '{') return scan_object(s);
    if (c == '[') return scan_array(s);
    if (c == '"') return scan_string(s);
    if (c == '-' || (c >= '0' && c <= '9')) return scan_number(s);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return scan_word(s);
    if (c == '+' || c == '.') {
        return fail(s, s->at, "E011", "a number begins with a digit or a minus sign, as in 0.5");
    }
    if (c == '\'') return fail(s, s->at, "E002", "write text in \"double quotes\"");
    if (c == '/') return fail(s, s->at, "E002", "JSON has no comments: remove this one");
    return fail_not(s, "E002", "write a value here");
}

static bool scan_document(scanner *s) {
    if (s->length > SS_JSON_BYTES_MAX) {
        return fail(s, 0, "E014", "the text is longer than 64 MiB: split the design");
    }
    if (s->length >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0) {
        return fail(s, 0, "E009", "save the file as UTF-8 without a byte order mark");
    }
    if (peek(s) == '\0' && s->at == s->length) {
        return fail(s, s->at, "E001", "the text is empty: write a JSON object, as in {}");
    }
    if (!scan_value(s)) return false;
    peek(s);
    if (s->at < s->length) {
        return fail(s, s->at, "E004", "the document ends before this: remove what follows");
    }
    return true;
}

ss_status ss__json_scan(const char *text, size_t length, const ss_allocator *allocator,
                        ss_diagnostics *diagnostics) {
    scanner s = {.text = text, .length = length, .allocator = allocator,
                 .diagnostics = diagnostics};
    scan_document(&s);
    ss_deallocate(allocator, s.keys, s.key_capacity * sizeof *s.keys);
    return s.status;
}
