/// Small designs for tests: load, run to the end with every invariant checked on the way, ask for
/// numbers. Designs are written with ' for ", so that they read well in C.
#ifndef SS_TESTS_SIMULATE_H
#define SS_TESTS_SIMULATE_H

#include "invariants.h"
#include "scalesim/run.h"

typedef struct simulation {
    ss_allocator allocator;
    char *text;
    ss_catalog *catalog;
    ss_diagnostics *diagnostics;
    ss_design *design; ///< NULL when it did not load
    ss_run *run;       ///< NULL when it did not compile
    ss_results *results;
    invariants *invariants;
    uint64_t slice_events; ///< between two looks at the invariants
    bool has_failed;       ///< the run broke off, or an invariant: it goes no further
} simulation;

/// Loads and compiles a design written as printf would; a failed check says what was wrong.
simulation simulation_open(const char *design, ...) SS_PRINTF_LIKE(1, 2);
/// The same, with options, of text that is JSON already.
simulation simulation_open_json(const char *json, ss_run_options options);
/// Opens a design and runs it to its end.
simulation simulate(const char *design, ...) SS_PRINTF_LIKE(1, 2);
/// Starts the design again, from another seed.
void simulation_restart(simulation *self, uint64_t seed);
/// Advances to a time, then to the end; both check the invariants at every slice.
void simulation_advance(simulation *self, double until_s);
void simulation_finish(simulation *self);
/// The number at a path of the results; a failed check when there is no such path.
double simulation_metric(simulation *self, const char *path);
/// Checks that each number of a value is what the results have at the path of the value and its
/// members. Returns how many there are.
unsigned simulation_check_numbers(simulation *self, const ss_json *value, const char *path);
/// The results as JSON; free() it.
char *simulation_json(simulation *self);
/// The message of the first finding with a code, or NULL.
const char *simulation_finding(const simulation *self, const char *code);
void simulation_close(simulation *self);

#endif
