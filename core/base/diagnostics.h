/// Diagnostics whose place is known when they are made.
#ifndef SS_BASE_DIAGNOSTICS_H
#define SS_BASE_DIAGNOSTICS_H

#include "scalesim/base.h"

/// ss_diagnostics_add with a line and column (from 1).
void ss__diagnostics_add_at(ss_diagnostics *diagnostics, const char *code, const char *pointer,
                            uint32_t line, uint32_t column, const char *format, ...)
    SS_PRINTF_LIKE(6, 7);

/// What a code stands for, in a few words; NULL for a code that core/base/codes.def does not have.
const char *ss_code_meaning(const char *code);

#endif
