/// Quantities inside a longer text (the arguments of a distribution).
#ifndef SS_BASE_QUANTITY_H
#define SS_BASE_QUANTITY_H

#include "base/dist.h"

/// ss_quantity_parse of a text that need not end with a NUL. `problem` may be NULL.
ss_status ss__quantity_parse(const char *text, size_t length, ss_unit unit, double *out,
                             ss_text *problem);

/// "a time", "a size", …
const char *ss__unit_noun(ss_unit unit);
/// "250ms", "64KB", …: how a value of this unit is written.
const char *ss__unit_example(ss_unit unit);

/// Adds to the problem, if there is somewhere to write it.
void ss__problem_add(ss_text *problem, const char *format, ...) SS_PRINTF_LIKE(2, 3);

#endif
