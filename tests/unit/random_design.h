/// Random valid designs with everything in them that the engine can do.
#ifndef SS_TESTS_RANDOM_DESIGN_H
#define SS_TESTS_RANDOM_DESIGN_H

#include "scalesim/base.h"

/// Writes the design of a seed: some clients, a few nodes of every behaviour without call rings,
/// edges with their policies, flows, faults; about a thousand requests to each client.
void random_design_write(uint64_t seed, ss_text *out);

#endif
