/// What the engine asks of behaviours: components/registry.c provides it, as the switch over them
/// that the build makes from folders.
#ifndef SS_SIM_BEHAVIOURS_H
#define SS_SIM_BEHAVIOURS_H

#include "scalesim/sim.h"

void ss_behaviour_timer(ss_sim *sim, uint32_t node);
/// A HOOK instruction; the task's pc stands after it and may be set. True: the task goes on at
/// once. False: the behaviour has held or ended it.
bool ss_behaviour_step(ss_sim *sim, uint32_t task, uint32_t argument);
/// A request ended at a node with SS_NODE_NOTIFY_END.
void ss_behaviour_ended(ss_sim *sim, uint32_t node, ss_outcome outcome);
/// A fault begins or ends at the node: crash, flush, spike (with its factor).
void ss_behaviour_faulted(ss_sim *sim, uint32_t node, ss_fault_kind kind, bool begins,
                          double factor);

#endif
