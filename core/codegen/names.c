#include "codegen/context.h"

#include <string.h>

static bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
static bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
static bool is_word(char c) {
    return is_lower(c) || is_upper(c) || is_digit(c);
}
static char upper(char c) {
    return is_lower(c) ? (char)(c - 'a' + 'A') : c;
}
static char lower(char c) {
    return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

static void append_number(char *text, size_t capacity, const char *separator, uint32_t number) {
    char digits[12];
    size_t count = 0;
    do digits[count++] = (char)('0' + number % 10u);
    while ((number /= 10u) > 0u);
    size_t length = strlen(text);
    for (; *separator && length + 1 < capacity; separator++) text[length++] = *separator;
    while (count > 0 && length + 1 < capacity) text[length++] = digits[--count];
    text[length] = '\0';
}

ss__names ss__names_make(const char *text, uint32_t nth) {
    ss__names names = {0};
    size_t length = 0, words = 0;
    bool starts_word = false;
    // Room is left for a prefix and a number; longer names than that are cut.
    for (const char *at = text; *at && length + 24 < sizeof names.id; at++) {
        const char c = *at;
        names.id[length] = is_word(c) || c == '_' || c == '.' ? c : '-';
        names.snake[length] = is_word(c) ? lower(c) : '_';
        names.upper[length] = is_word(c) ? upper(c) : '_';
        length++;
        if (!is_word(c)) {
            starts_word = true;
            continue;
        }
        names.camel[words] = starts_word && words > 0 ? upper(c) : words == 0 ? lower(c) : c;
        names.pascal[words] = starts_word || words == 0 ? upper(c) : c;
        words++;
        starts_word = false;
    }
    if (words == 0 || is_digit(names.camel[0])) { // no identifier begins with a digit
        memmove(names.camel + 2, names.camel, words + 1);
        memmove(names.pascal + 2, names.pascal, words + 1);
        memcpy(names.camel, "op", 2);
        memcpy(names.pascal, "Op", 2);
    }
    if (length == 0) memcpy(names.id, "op", 3);
    if (names.id[0] == '.') names.id[0] = '-';
    if (nth > 1u) {
        append_number(names.id, sizeof names.id, "-", nth);
        append_number(names.camel, sizeof names.camel, "", nth);
        append_number(names.pascal, sizeof names.pascal, "", nth);
        append_number(names.snake, sizeof names.snake, "_", nth);
        append_number(names.upper, sizeof names.upper, "_", nth);
    }
    return names;
}

void ss__names_write(const ss__names *names, ss_json_writer *json) {
    ss_json_add_key(json, "id");
    ss_json_add_string(json, names->id);
    ss_json_add_key(json, "camel");
    ss_json_add_string(json, names->camel);
    ss_json_add_key(json, "pascal");
    ss_json_add_string(json, names->pascal);
    ss_json_add_key(json, "snake");
    ss_json_add_string(json, names->snake);
    ss_json_add_key(json, "upper");
    ss_json_add_string(json, names->upper);
}

void ss__names_slug(const char *text, char *out, size_t capacity) {
    size_t length = 0;
    for (; *text && length + 1 < capacity; text++) {
        if (is_word(*text)) out[length++] = lower(*text);
        else if (length > 0 && out[length - 1] != '-') out[length++] = '-';
    }
    while (length > 0 && out[length - 1] == '-') length--;
    out[length] = '\0';
    if (length == 0) memcpy(out, "design", sizeof "design");
}
