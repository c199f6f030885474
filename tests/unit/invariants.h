/// What must hold of every run between two events, whatever the design: nothing is lost or made,
/// nobody waits beside a free place, and Little's law to the last digit.
#ifndef SS_TESTS_INVARIANTS_H
#define SS_TESTS_INVARIANTS_H

#include "scalesim/run.h"

typedef struct invariants invariants;

/// Watches a run; made before its first event.
invariants *invariants_create(const ss_run *run);
void invariants_destroy(invariants *watched); ///< NULL is fine
/// What does not hold, as a sentence that lives as long as the watcher; NULL when all does.
const char *invariants_broken(invariants *watched);

#endif
