#include "base/cells.h"

#include <string.h>

#include "base/math.h"

double ss_cell_rounded(double value) {
    if (!ss_is_finite(value) || !(ss_abs(value) > 0.0)) return value;
    double scale = 1.0;
    double size = ss_abs(value);
    while (size >= 1000.0) {
        size /= 10.0;
        scale *= 10.0;
    }
    while (size < 100.0) {
        size *= 10.0;
        scale /= 10.0;
    }
    if (scale >= 1.0) return ss_round(value / scale) * scale;
    const double inverse = ss_round(1.0 / scale);
    return ss_round(value * inverse) / inverse;
}

/// Characters of UTF-8 text: its bytes but for those that continue one.
static size_t characters(const char *text) {
    size_t count = 0;
    for (; *text; text++) count += ((unsigned char)*text & 0xc0u) != 0x80u;
    return count;
}

void ss_cell_add(ss_text *out, const char *text, size_t width, bool to_the_right) {
    const size_t shown = characters(text);
    const size_t pad = shown < width ? width - shown : 0u;
    for (size_t i = 0; to_the_right && i < pad; i++) ss_text_add_char(out, ' ');
    ss_text_add(out, text);
    for (size_t i = 0; !to_the_right && i < pad; i++) ss_text_add_char(out, ' ');
}

void ss_cell_write(ss_text *out, double value, ss_cell_kind kind) {
    if (!ss_is_finite(value)) {
        ss_text_add(out, "-");
        return;
    }
    switch (kind) {
    case SS_CELL_SHARE:
        ss_text_add_number(out, ss_round(value * 1000.0) / 10.0);
        ss_text_add(out, " %");
        return;
    case SS_CELL_DURATION:
        ss_text_add_duration(out, value);
        return;
    case SS_CELL_WHOLE:
    case SS_CELL_NUMBER:
        break;
    }
    const bool keeps_whole = kind == SS_CELL_WHOLE && ss_abs(value) >= 1000.0;
    double shown = keeps_whole ? ss_round(value) : ss_cell_rounded(value);
    if (ss_abs(value) < 0.0005) shown = 0.0; // a thousandth of a request is none to a reader
    ss_text_add_number(out, shown);
}

void ss_cell_add_value(ss_text *out, double value, ss_cell_kind kind, size_t width) {
    ss_text cell = ss_text_create(&out->allocator);
    ss_cell_write(&cell, value, kind);
    ss_cell_add(out, cell.bytes ? cell.bytes : "", width, true);
    if (ss_text_status(&cell)) out->failed = true;
    ss_text_destroy(&cell);
}
