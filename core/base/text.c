/// Text buffers, formatting without printf, durations for people, names that look alike.
#include "base/text.h"

#include <assert.h>
#include <string.h>

#include "base/math.h"

#define TEXT_BYTES_MIN 64u

ss_text ss_text_create(const ss_allocator *allocator) {
    return (ss_text){.allocator = *allocator};
}

void ss_text_destroy(ss_text *text) {
    ss_deallocate(&text->allocator, text->bytes, text->capacity);
    *text = (ss_text){.allocator = text->allocator};
}

ss_status ss_text_status(const ss_text *text) {
    return text->failed ? SS_ERROR_MEMORY : SS_OK;
}

/// Makes room for `more` bytes and the NUL after them.
static bool reserve(ss_text *text, size_t more) {
    if (text->failed) return false;
    if (text->bytes && text->capacity - text->length > more) return true;
    size_t capacity = text->capacity ? text->capacity : TEXT_BYTES_MIN;
    if (more >= SIZE_MAX / 4 || text->length >= SIZE_MAX / 4) {
        text->failed = true;
        return false;
    }
    while (capacity - text->length <= more) capacity *= 2;
    char *bytes = ss_reallocate(&text->allocator, text->bytes, text->capacity, capacity);
    if (!bytes) {
        text->failed = true;
        return false;
    }
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

void ss_text_add_bytes(ss_text *text, const void *bytes, size_t length) {
    if (!reserve(text, length)) return;
    if (length) memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void ss_text_add(ss_text *text, const char *string) {
    ss_text_add_bytes(text, string, strlen(string));
}

void ss_text_add_char(ss_text *text, char character) { ss_text_add_bytes(text, &character, 1); }

void ss_text_add_number(ss_text *text, double number) {
    if (!ss_is_finite(number)) {
        ss_text_add(text, "null");
        return;
    }
    char buffer[SS_NUMBER_CHARS_MAX];
    ss_text_add_bytes(text, buffer, ss_number_write(number, buffer));
}

// --- Formatting --------------------------------------------------------------------------------

/// Adds an unsigned integer in base 10 or 16, with zeros before it up to `width`.
static void add_unsigned(ss_text *text, uint64_t value, unsigned base, unsigned width) {
    char digits[24];
    size_t at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    while (sizeof digits - at < width) digits[--at] = '0';
    ss_text_add_bytes(text, digits + at, sizeof digits - at);
}

static void add_signed(ss_text *text, int64_t value) {
    if (value < 0) ss_text_add_char(text, '-');
    add_unsigned(text, value < 0 ? 0u - (uint64_t)value : (uint64_t)value, 10, 0);
}

/// What stands after a %: one of the conversions that base.h lists.
static const char *const conversions[] = {"s",     ".*s", "c",   "d",   "u", "zu", "x",
                                          "08x", "016llx", "lld", "llu", "%"};
enum { FORMAT_S, FORMAT_STAR_S, FORMAT_C, FORMAT_D, FORMAT_U, FORMAT_ZU, FORMAT_X, FORMAT_08X,
       FORMAT_016LLX, FORMAT_LLD, FORMAT_LLU, FORMAT_PERCENT, FORMAT_COUNT };

static unsigned read_conversion(const char *format) {
    for (unsigned i = 0; i < FORMAT_COUNT; i++) {
        if (strncmp(format, conversions[i], strlen(conversions[i])) == 0) return i;
    }
    assert(false && "base.h lists this conversion");
    return FORMAT_COUNT;
}

void ss_text_add_format_list(ss_text *text, const char *format, va_list arguments) {
    for (;;) {
        const size_t plain = strcspn(format, "%");
        ss_text_add_bytes(text, format, plain);
        format += plain;
        if (*format == '\0') return;
        const unsigned conversion = read_conversion(++format);
        if (conversion == FORMAT_COUNT) return;
        format += strlen(conversions[conversion]);
        switch (conversion) {
        case FORMAT_S: ss_text_add(text, va_arg(arguments, const char *)); break;
        case FORMAT_STAR_S: {
            const int length = va_arg(arguments, int);
            const char *string = va_arg(arguments, const char *);
            ss_text_add_bytes(text, string, length > 0 ? (size_t)length : 0);
            break;
        }
        case FORMAT_C: ss_text_add_char(text, (char)va_arg(arguments, int)); break;
        case FORMAT_D: add_signed(text, va_arg(arguments, int)); break;
        case FORMAT_U: add_unsigned(text, va_arg(arguments, unsigned), 10, 0); break;
        case FORMAT_ZU: add_unsigned(text, va_arg(arguments, size_t), 10, 0); break;
        case FORMAT_X: add_unsigned(text, va_arg(arguments, unsigned), 16, 0); break;
        case FORMAT_08X: add_unsigned(text, va_arg(arguments, unsigned), 16, 8); break;
        case FORMAT_016LLX:
            add_unsigned(text, va_arg(arguments, unsigned long long), 16, 16);
            break;
        case FORMAT_LLD: add_signed(text, va_arg(arguments, long long)); break;
        case FORMAT_LLU:
            add_unsigned(text, va_arg(arguments, unsigned long long), 10, 0);
            break;
        default: ss_text_add_char(text, '%'); break;
        }
    }
}

void ss_text_add_format(ss_text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    ss_text_add_format_list(text, format, arguments);
    va_end(arguments);
}

// --- JSON strings ------------------------------------------------------------------------------

size_t ss_utf8_sequence_length(const unsigned char *bytes, size_t length) {
    if (length == 0) return 0;
    const unsigned char b = bytes[0];
    if (b < 0x80) return 1;
    const size_t need = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
    if (b < 0xC2 || b > 0xF4 || length < need) return 0; // C0, C1: overlong; F5…: too large
    for (size_t i = 1; i < need; i++) {
        if ((bytes[i] & 0xC0) != 0x80) return 0;
    }
    const unsigned char second = bytes[1];
    if (b == 0xE0 && second < 0xA0) return 0; // overlong
    if (b == 0xED && second > 0x9F) return 0; // surrogates
    if (b == 0xF0 && second < 0x90) return 0; // overlong
    if (b == 0xF4 && second > 0x8F) return 0; // above U+10FFFF
    return need;
}

static void add_escape(ss_text *text, unsigned char character) {
    static const char short_escapes[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (size_t i = 0; i + 1 < sizeof short_escapes; i += 2) {
        if ((unsigned char)short_escapes[i] == character) {
            const char escape[2] = {'\\', short_escapes[i + 1]};
            ss_text_add_bytes(text, escape, 2);
            return;
        }
    }
    ss_text_add(text, "\\u00");
    add_unsigned(text, character, 16, 2);
}

void ss_text_add_json_string(ss_text *text, const char *string, size_t length) {
    const unsigned char *bytes = (const unsigned char *)string;
    ss_text_add_char(text, '"');
    size_t plain = 0; // start of what was not yet copied
    size_t at = 0;
    while (at < length) {
        const unsigned char b = bytes[at];
        const bool is_plain_ascii = b >= 0x20 && b < 0x80 && b != '"' && b != '\\';
        const size_t sequence =
            is_plain_ascii ? 1 : ss_utf8_sequence_length(bytes + at, length - at);
        if (is_plain_ascii || sequence > 1) {
            at += sequence;
            continue;
        }
        ss_text_add_bytes(text, bytes + plain, at - plain);
        if (sequence == 0) {
            ss_text_add(text, "\xEF\xBF\xBD"); // U+FFFD
        } else {
            add_escape(text, b);
        }
        plain = ++at;
    }
    ss_text_add_bytes(text, bytes + plain, length - plain);
    ss_text_add_char(text, '"');
}

// --- Durations ---------------------------------------------------------------------------------

/// Rounds to three significant digits: an integer of 3 digits and the count of decimals after it.
static double round_to_three_digits(double x, unsigned *decimals) {
    *decimals = x < 9.995 ? 2 : x < 99.95 ? 1 : 0;
    const double scale = *decimals == 2 ? 100.0 : *decimals == 1 ? 10.0 : 1.0;
    return ss_round(x * scale) / scale;
}

void ss_text_add_duration(ss_text *text, double seconds) {
    static const struct {
        double below_s, unit_s;
        const char *name;
    } units[] = {
        {999.5e-9, 1e-9, "ns"}, {999.5e-6, 1e-6, "us"}, {999.5e-3, 1e-3, "ms"}, {119.5, 1, "s"},
        {7170, 60, "min"},      {172500, 3600, "h"},    {SS_INFINITY, 86400, "d"},
    };
    if (!ss_is_finite(seconds)) {
        ss_text_add(text, seconds > 0 ? "inf" : seconds < 0 ? "-inf" : "-");
        return;
    }
    if (seconds < 0) {
        ss_text_add_char(text, '-');
        seconds = -seconds;
    }
    if (seconds < 0.5e-12) { // would print as 0.00 ns
        ss_text_add(text, "0 s");
        return;
    }
    size_t unit = 0;
    while (seconds >= units[unit].below_s) unit++;
    unsigned decimals;
    ss_text_add_number(text, round_to_three_digits(seconds / units[unit].unit_s, &decimals));
    ss_text_add_char(text, ' ');
    ss_text_add(text, units[unit].name);
}

// --- Names that look alike ---------------------------------------------------------------------

#define NEAREST_WORD_MAX 64u /* longer words are never near anything we name */

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static unsigned min_of(unsigned a, unsigned b) { return a < b ? a : b; }

/// Optimal string alignment distance (Damerau 1964, restricted), three rows at a time.
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    unsigned rows[3][NEAREST_WORD_MAX + 1];
    for (unsigned j = 0; j <= b_length; j++) rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            const char x = lower(a[i - 1]);
            const char y = lower(b[j - 1]);
            unsigned best = min_of(above[j], row[j - 1]) + 1;
            best = min_of(best, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y) {
                best = min_of(best, rows[(i + 1) % 3][j - 2] + 1);
            }
            row[j] = best;
        }
    }
    return rows[a_length % 3][b_length];
}

const char *ss_text_nearest(const char *word, size_t length, const char *const *names,
                            size_t count) {
    if (length == 0 || length > NEAREST_WORD_MAX) return NULL;
    unsigned best = (unsigned)(length + 2) / 3 + 1; // must be beaten
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        const size_t name_length = strlen(names[i]);
        if (name_length > NEAREST_WORD_MAX) continue;
        const unsigned d = distance(word, length, names[i], name_length);
        if (d < best && d < name_length) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}
