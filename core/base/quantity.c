/// Numbers with units.
#include "base/quantity.h"

#include <string.h>

#include "base/math.h"
#include "base/text.h"

/// value = number · 10^power · factor / divisor, so that decimal units round once.
typedef struct unit_name {
    const char *name;
    int power;
    double factor;
    double divisor;
} unit_name;

static const unit_name plain_units[] = {{"", 0, 1, 1}, {"%", -2, 1, 1}, {NULL, 0, 0, 0}};
static const unit_name time_units[] = {
    {"", 0, 1, 1},  {"ns", -9, 1, 1}, {"us", -6, 1, 1},  {"ms", -3, 1, 1},
    {"s", 0, 1, 1}, {"m", 0, 60, 1},  {"h", 0, 3600, 1}, {"d", 0, 86400, 1},
    {NULL, 0, 0, 0},
};
static const unit_name byte_units[] = {
    {"", 0, 1, 1},   {"B", 0, 1, 1},           {"KB", 3, 1, 1},
    {"MB", 6, 1, 1}, {"GB", 9, 1, 1},          {"TB", 12, 1, 1},
    {"KiB", 0, 0x1p10, 1}, {"MiB", 0, 0x1p20, 1}, {"GiB", 0, 0x1p30, 1}, {"TiB", 0, 0x1p40, 1},
    {NULL, 0, 0, 0},
};
static const unit_name rate_units[] = {
    {"", 0, 1, 1}, {"/s", 0, 1, 1}, {"/m", 0, 1, 60}, {"/h", 0, 1, 3600}, {NULL, 0, 0, 0},
};
static const unit_name money_units[] = {{"", 0, 1, 1}, {"$", 0, 1, 1}, {NULL, 0, 0, 0}};

static const struct {
    const char *noun, *example, *list;
    const unit_name *names;
} units[] = {
    [SS_UNIT_NONE] = {"a plain number", "0.5", "% or nothing", plain_units},
    [SS_UNIT_SECONDS] = {"a time", "250ms", "ns, us, ms, s, m, h or d", time_units},
    [SS_UNIT_BYTES] = {"a size", "64KB", "B, KB, MB, GB, TB, KiB, MiB, GiB or TiB", byte_units},
    [SS_UNIT_RATE] = {"a rate", "800/s", "/s, /m or /h", rate_units},
    [SS_UNIT_USD] = {"an amount in US dollars", "$0.25", "$ or nothing", money_units},
    [SS_UNIT_BYTE_RATE] = {"a byte rate", "125MB/s", "a size per /s, /m or /h", byte_units},
};

/// What people write for a unit, and what the format writes.
static const struct {
    const char *wrong, *right;
} habits[] = {
    {"sec", "s"},     {"secs", "s"},   {"second", "s"}, {"seconds", "s"}, {"min", "m"},
    {"mins", "m"},    {"minute", "m"}, {"minutes", "m"}, {"hr", "h"},     {"hrs", "h"},
    {"hour", "h"},    {"hours", "h"},  {"day", "d"},    {"days", "d"},    {"msec", "ms"},
    {"msecs", "ms"},  {"millis", "ms"}, {"usec", "us"}, {"\xC2\xB5s", "us"}, {"\xCE\xBCs", "us"},
    {"rps", "/s"},    {"qps", "/s"},   {"tps", "/s"},   {"req/s", "/s"},  {"per second", "/s"},
    {"rpm", "/m"},    {"hz", "/s"},    {"/sec", "/s"},  {"/min", "/m"},   {"/hour", "/h"},
    {"k", "KB"},      {"kB", "KB"},    {"K", "KB"},     {"M", "MB"},      {"G", "GB"},
    {"bytes", "B"},   {"byte", "B"},   {"kib", "KiB"},  {"mib", "MiB"},   {"gib", "GiB"},
    {"USD", "$"},     {"usd", "$"},    {"dollars", "$"}, {"percent", "%"},
};

const char *ss__unit_noun(ss_unit unit) { return units[unit].noun; }

const char *ss__unit_example(ss_unit unit) { return units[unit].example; }

void ss__problem_add(ss_text *problem, const char *format, ...) {
    if (!problem) return;
    va_list arguments;
    va_start(arguments, format);
    ss_text_add_format_list(problem, format, arguments);
    va_end(arguments);
}

static bool is_space(char c) { return c == ' ' || c == '\t'; }

static const unit_name *find_unit(const unit_name *names, const char *text, size_t length) {
    for (; names->name; names++) {
        if (strlen(names->name) == length && memcmp(names->name, text, length) == 0) return names;
    }
    return NULL;
}

/// The unit that a wrong one was probably meant to be, NULL when there is no telling.
static const char *suggest_unit(ss_unit unit, const char *text, size_t length) {
    for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++) {
        const char *right = habits[i].right;
        const char *wrong = habits[i].wrong;
        if (strlen(wrong) != length || memcmp(wrong, text, length) != 0) continue;
        if (find_unit(units[unit].names, right, strlen(right))) return right;
    }
    const char *names[12];
    size_t count = 0;
    for (const unit_name *name = units[unit].names; name->name; name++) {
        if (name->name[0]) names[count++] = name->name;
    }
    return ss_text_nearest(text, length, names, count);
}

/// Whether a unit counts bits: "Mbit/s", "Gbps".
static bool has_bits(const char *text, size_t length) {
    for (size_t i = 0; i + 3 <= length; i++) {
        if (memcmp(text + i, "bit", 3) == 0 || memcmp(text + i, "bps", 3) == 0) return true;
    }
    return false;
}

static ss_status fail_unit(ss_unit unit, const char *text, size_t length, ss_text *problem) {
    const int shown = (int)(length < 40 ? length : 40);
    ss__problem_add(problem, "\"%.*s\" is no unit of %s: ", shown, text,
                    units[unit].noun + (units[unit].noun[1] == 'n' ? 3 : 2));
    if (unit == SS_UNIT_BYTE_RATE && has_bits(text, length)) {
        ss__problem_add(problem, "count bytes, so that 1Gbit/s is written 125MB/s");
        return SS_ERROR_INPUT;
    }
    const char *suggestion = suggest_unit(unit, text, length);
    if (suggestion) ss__problem_add(problem, "did you mean %s, as in ", suggestion);
    else ss__problem_add(problem, "write %s, as in ", units[unit].list);
    ss__problem_add(problem, "%s", units[unit].example);
    return SS_ERROR_INPUT;
}

/// A size, or a size per time; the parts' factors multiply.
static bool find_byte_rate(const char *text, size_t length, unit_name *out) {
    size_t slash = 0;
    while (slash < length && text[slash] != '/') slash++;
    const unit_name *size = find_unit(byte_units, text, slash);
    const unit_name *rate = find_unit(rate_units, text + slash, length - slash);
    if (!size || !rate) return false;
    *out = (unit_name){"", size->power, size->factor, rate->divisor};
    return true;
}

ss_status ss__quantity_parse(const char *text, size_t length, ss_unit unit, double *out,
                             ss_text *problem) {
    const int shown = (int)(length < 40 ? length : 40);
    const char *whole = text;
    while (length > 0 && is_space(text[length - 1])) length--;
    while (length > 0 && is_space(*text)) text++, length--;
    const bool has_dollar = unit == SS_UNIT_USD && length > 0 && *text == '$';
    if (has_dollar) text++, length--;
    const size_t digits = ss_number_length(text, length);
    const bool is_followed = digits < length && ((text[digits] >= '0' && text[digits] <= '9') ||
                                                 text[digits] == '.');
    if (digits == 0 || is_followed) {
        ss__problem_add(problem, "\"%.*s\" is not %s: write %s, as in %s", shown, whole,
                        units[unit].noun, unit == SS_UNIT_NONE ? "digits" : "a number and a unit",
                        units[unit].example);
        return SS_ERROR_INPUT;
    }
    const char *name = text + digits;
    size_t name_length = length - digits;
    while (name_length > 0 && is_space(*name)) name++, name_length--;
    unit_name combined;
    const unit_name *found = NULL;
    if (unit == SS_UNIT_BYTE_RATE) {
        if (find_byte_rate(name, name_length, &combined)) found = &combined;
    } else if (!has_dollar || name_length == 0) {
        found = find_unit(units[unit].names, name, name_length);
    }
    if (!found) return fail_unit(unit, name, name_length, problem);
    const double number = ss_number_read_scaled(text, digits, found->power);
    const double value = number * found->factor / found->divisor;
    if (!ss_is_finite(value)) {
        ss__problem_add(problem, "\"%.*s\" is too large", shown, whole);
        return SS_ERROR_INPUT;
    }
    *out = value;
    return SS_OK;
}

ss_status ss_quantity_parse(const char *text, ss_unit unit, double *out, ss_text *problem) {
    return ss__quantity_parse(text, strlen(text), unit, out, problem);
}
