/// The closed-form answer to a design, beside the simulated one.
///
/// Queueing theory knows many systems exactly (product-form networks, M/G/1, M/M/c/K, …); for
/// others there are named approximations. Each node says which was used, whether its means are
/// exact, and what had to be left out. A value that is not known is null, never a guess.
#ifndef SCALESIM_SOLVE_H
#define SCALESIM_SOLVE_H

#include "scalesim/model.h"

typedef struct ss_solution ss_solution;

/// Solves a design. The design must outlive the solution. SS_ERROR_INPUT (with diagnostics) when an
/// operation that is asked for has no service time; SS_ERROR_LIMIT when the design unfolds to more
/// operations than the engine itself takes.
ss_status ss_solve(const ss_design *design, const ss_allocator *allocator,
                   ss_diagnostics *diagnostics, ss_solution **out);
void ss_solution_destroy(ss_solution *solution); ///< NULL is fine

/// Writes `scalesim-solution/1`: the shape of results (FORMAT §2) without counts and intervals, and
/// `exact`, `method`, `source`, `assumptions` for each node. One line and a newline.
ss_status ss_solution_write_json(const ss_solution *solution, ss_text *out);
/// Writes tables for people.
ss_status ss_solution_write_report(const ss_solution *solution, ss_text *out);
/// The value of a metric's path as in results; NaN where theory does not know it. SS_ERROR_INPUT
/// adds a diagnostic.
ss_status ss_solution_metric(const ss_solution *solution, const char *path,
                             ss_diagnostics *diagnostics, double *value);

#endif
