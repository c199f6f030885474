/// The strict scanner of JSON text, and string literals read byte by byte.
#ifndef SS_BASE_JSON_SCAN_H
#define SS_BASE_JSON_SCAN_H

#include "scalesim/base.h"

/// Checks a whole text against RFC 8259 and our limits; adds one diagnostic on SS_ERROR_INPUT.
ss_status ss__json_scan(const char *text, size_t length, const ss_allocator *allocator,
                        ss_diagnostics *diagnostics);

/// A valid string literal's contents (between the quotes), decoded as it is read.
typedef struct ss__json_string {
    const char *at;
    const char *end;
    uint32_t pending; ///< bytes of an escape's UTF-8 still to come, last one highest
} ss__json_string;

static inline ss__json_string ss__json_string_create(const char *start, const char *end) {
    return (ss__json_string){.at = start, .end = end};
}

/// The next byte of the decoded string, -1 at its end.
int ss__json_string_next(ss__json_string *string);

#endif
