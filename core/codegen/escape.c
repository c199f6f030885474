#include "codegen/codegen_internal.h"

#include <string.h>

bool ss__escape_find(const char *name, ss__escape *out) {
    static const char *const names[] = {
        [SS__ESCAPE_NONE] = "none",   [SS__ESCAPE_HTML] = "html",
        [SS__ESCAPE_JSON] = "json",   [SS__ESCAPE_YAML] = "yaml",
        [SS__ESCAPE_JS] = "js",       [SS__ESCAPE_SHELL] = "shell",
        [SS__ESCAPE_SQL] = "sql",     [SS__ESCAPE_MARKDOWN] = "markdown",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (ss__escape)i;
            return true;
        }
    }
    return false;
}

/// The eight characters mustache.js writes as references.
static const char *html_of(char c) {
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '/': return "&#x2F;";
    case '`': return "&#x60;";
    case '=': return "&#x3D;";
    default: return NULL;
    }
}

/// JSON string content. YAML's double-quoted scalars are a superset of it.
static void write_json(const char *text, size_t length, ss_text *out) {
    ss_text quoted = ss_text_create(&out->allocator);
    ss_text_add_json_string(&quoted, text, length);
    if (quoted.failed || quoted.length < 2) {
        out->failed = true; // the writer checks once, at the end
    } else {
        ss_text_add_bytes(out, quoted.bytes + 1, quoted.length - 2);
    }
    ss_text_destroy(&quoted);
}

static void write_js(const char *text, size_t length, ss_text *out) {
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c == '\n') {
            ss_text_add(out, "\\n");
        } else if (c == '\r') {
            ss_text_add(out, "\\r");
        } else if (c < 0x20 || c == 0x7F) {
            ss_text_add_format(out, "\\u00%x%x", (unsigned)c >> 4, (unsigned)c & 15u);
        } else if (c == '\\') {
            ss_text_add(out, "\\\\");
        } else if (strchr("'\"`$", c)) { // by number: a linter objects to a needless backslash
            ss_text_add_format(out, "\\u00%x%x", (unsigned)c >> 4, (unsigned)c & 15u);
        } else if (c == '<' && i + 1 < length && strchr("!/sS", text[i + 1])) {
            ss_text_add(out, "\\u003c"); // never ends or opens a script element
        } else if (c == '/' && i > 0 && text[i - 1] == '*') {
            ss_text_add(out, "\\u002f"); // nor ends a comment
        } else {
            ss_text_add_char(out, (char)c);
        }
    }
}

static void write_markdown(const char *text, size_t length, ss_text *out) {
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n' || text[i] == '\r') {
            ss_text_add_char(out, ' '); // a value never starts a new block
            continue;
        }
        if (strchr("\\`*_{}[]<>#|~", text[i])) ss_text_add_char(out, '\\');
        ss_text_add_char(out, text[i]);
    }
}

void ss__escape_write(ss__escape escape, const char *text, size_t length, ss_text *out) {
    switch (escape) {
    case SS__ESCAPE_NONE: ss_text_add_bytes(out, text, length); return;
    case SS__ESCAPE_JSON:
    case SS__ESCAPE_YAML: write_json(text, length, out); return;
    case SS__ESCAPE_JS: write_js(text, length, out); return;
    case SS__ESCAPE_MARKDOWN: write_markdown(text, length, out); return;
    case SS__ESCAPE_HTML:
    case SS__ESCAPE_SHELL:
    case SS__ESCAPE_SQL: break;
    }
    for (size_t i = 0; i < length; i++) {
        const char *replacement = NULL;
        if (escape == SS__ESCAPE_HTML) replacement = html_of(text[i]);
        if (escape == SS__ESCAPE_SHELL && text[i] == '\'') replacement = "'\\''";
        if (escape == SS__ESCAPE_SQL && text[i] == '\'') replacement = "''";
        if (replacement) {
            ss_text_add(out, replacement);
        } else {
            ss_text_add_char(out, text[i]);
        }
    }
}

/// The digits of the shortest form ("123e-4" → digits "123", exponent of the first digit -2).
typedef struct decimal {
    char digits[32];
    int count;
    int point; ///< the value is 0.DIGITS × 10^point
} decimal;

static decimal decimal_of(const char *number) {
    decimal d = {.count = 0};
    bool after_point = false;
    for (; *number && *number != 'e' && *number != 'E'; number++) {
        if (*number == '.') {
            after_point = true;
            continue;
        }
        const bool is_leading_zero = d.count == 0 && *number == '0';
        if (!is_leading_zero && d.count < 31) d.digits[d.count++] = *number;
        if (!after_point && !is_leading_zero) d.point++;
        if (after_point && is_leading_zero) d.point--;
    }
    if (*number) {
        const bool is_negative = number[1] == '-';
        int exponent = 0;
        for (number += number[1] == '-' || number[1] == '+' ? 2 : 1; *number; number++) {
            exponent = exponent * 10 + (*number - '0');
        }
        d.point += is_negative ? -exponent : exponent;
    }
    while (d.count > 0 && d.digits[d.count - 1] == '0') d.count--;
    return d;
}

static void add_zeros(ss_text *out, int count) {
    while (count-- > 0) ss_text_add_char(out, '0');
}

void ss__add_script_number(ss_text *out, double number) {
    ss_text shortest = ss_text_create(&out->allocator);
    ss_text_add_number(&shortest, number);
    if (shortest.failed) {
        out->failed = true;
        ss_text_destroy(&shortest);
        return;
    }
    const char *text = shortest.bytes;
    const bool is_negative = text[0] == '-';
    const decimal d = decimal_of(text + (is_negative ? 1 : 0));
    if (d.count == 0) {
        ss_text_add_char(out, '0');
    } else {
        if (is_negative) ss_text_add_char(out, '-');
        if (d.point > 21 || d.point < -5) { // ECMA-262, Number::toString, steps 6 to 10
            ss_text_add_char(out, d.digits[0]);
            if (d.count > 1) ss_text_add_char(out, '.');
            ss_text_add_bytes(out, d.digits + 1, (size_t)(d.count - 1));
            ss_text_add_format(out, "e%c%d", d.point > 0 ? '+' : '-',
                               d.point > 0 ? d.point - 1 : 1 - d.point);
        } else if (d.point <= 0) {
            ss_text_add(out, "0.");
            add_zeros(out, -d.point);
            ss_text_add_bytes(out, d.digits, (size_t)d.count);
        } else if (d.count <= d.point) {
            ss_text_add_bytes(out, d.digits, (size_t)d.count);
            add_zeros(out, d.point - d.count);
        } else {
            ss_text_add_bytes(out, d.digits, (size_t)d.point);
            ss_text_add_char(out, '.');
            ss_text_add_bytes(out, d.digits + d.point, (size_t)(d.count - d.point));
        }
    }
    ss_text_destroy(&shortest);
}
