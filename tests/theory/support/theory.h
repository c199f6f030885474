/// Theory cases: a design whose answer is known, and the answer with its source.
///
/// The tolerance is the run's own 95 % interval or 1 %, whichever is larger. Each case has a seed
/// of its own, made from its name, so that the cases are as many independent samples.
#ifndef SS_TESTS_THEORY_H
#define SS_TESTS_THEORY_H

#include "formulas.h"
#include "simulate.h"
#include "unit.h"

#define THEORY_TOLERANCE 0.01

typedef struct theory {
    const char *name, *source;
    simulation simulation;
    struct ss_solution *solution;   ///< the engine's own closed form; NULL where it has none
    struct ss_json_document *solved; ///< the same as JSON, which says what is exact
} theory;

/// Runs a document for a case.
void theory_open(theory *self, const char *json);
/// Runs a design written as for simulate().
void theory_run(theory *self, const char *design, ...) SS_PRINTF_LIKE(2, 3);
/// The number at a path must be what theory says, and so must `scalesim solve` where it claims to
/// be exact; the run within the run's own interval (of the mean that it is, or that stands behind
/// it) or 1 %, whichever is larger.
void theory_expect(theory *self, const char *path, double expected);
/// The same within a relative tolerance, for numbers that say how well they are known otherwise.
void theory_expect_within(theory *self, const char *path, double expected, double tolerance);
/// Runs the open design `{client of rate} -> {station}`: the station "s" is written by `station`,
/// as in "'service_time': 'exp(1s)'"; the load by `load`, as in "'rate': 0.8".
void theory_station(theory *self, double duration_s, const char *load, const char *station);
unsigned theory_seed(const theory *self);
void theory_end(theory *self);

/// A case: `THEORY(name, "source") { theory_run(self, …); theory_expect(self, …); }`
#define THEORY(test_name, source_text)                                                             \
    static void theory_##test_name(theory *self);                                                  \
    SS_TEST(test_name) {                                                                           \
        theory self = {.name = #test_name, .source = (source_text)};                               \
        theory_##test_name(&self);                                                                 \
        theory_end(&self);                                                                         \
    }                                                                                              \
    static void theory_##test_name(theory *self)

#endif
