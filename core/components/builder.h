/// From a design to an engine ready for its first event.
#ifndef SS_COMPONENTS_BUILDER_H
#define SS_COMPONENTS_BUILDER_H

#include "components/component.h"

/// Names a run's results need that the engine itself does not.
typedef struct ss_built {
    ss_sim sim;
    const char *const *class_operations; ///< operation name of each class
    uint32_t operation_count;
    ss_arena *arena; ///< programs, tables, setups, names
} ss_built;

/// Builds the engine for a design: classes reachable from the clients, programs, stations, edges.
/// Adds diagnostics; SS_ERROR_INPUT when there is an error among them. Destroy it even after a
/// failure.
ss_status ss_built_create(const ss_design *design, uint64_t seed, const ss_allocator *allocator,
                          ss_diagnostics *diagnostics, ss_built *out);
/// After the state of `old` was moved into `built`: lets the behaviours go on with it.
void ss_built_resume(ss_built *built, const ss_built *old);
void ss_built_destroy(ss_built *built);

#endif
