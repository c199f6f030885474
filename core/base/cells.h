/// Cells of the tables that people read: text padded to a width, numbers as people write them.
#ifndef SS_BASE_CELLS_H
#define SS_BASE_CELLS_H

#include "scalesim/base.h"

typedef enum ss_cell_kind {
    SS_CELL_NUMBER,   ///< three significant digits: enough to read, never more than a run supports
    SS_CELL_WHOLE,    ///< the same, but no digit before the point is lost
    SS_CELL_SHARE,    ///< as a percentage
    SS_CELL_DURATION, ///< seconds
} ss_cell_kind;

/// Three significant digits.
double ss_cell_rounded(double value);
/// Adds text padded to a width, counted in characters; numbers stand to the right.
void ss_cell_add(ss_text *out, const char *text, size_t width, bool to_the_right);
/// Writes a value as a cell shows it, without padding; "-" when it is not finite.
void ss_cell_write(ss_text *out, double value, ss_cell_kind kind);
/// Adds a value, to the right.
void ss_cell_add_value(ss_text *out, double value, ss_cell_kind kind, size_t width);

#endif
