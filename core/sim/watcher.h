/// Somebody who looks closely at a run without changing it: told of every message, of calls that
/// took too long, and of crashes. Nobody looks while a run just runs: it pays nothing for it.
#ifndef SS_SIM_WATCHER_H
#define SS_SIM_WATCHER_H

#include "scalesim/sim.h"

/// Values of ss_move.kind.
enum { SS_MOVE_REQUEST, SS_MOVE_REPLY, SS_MOVE_FAILURE, SS_MOVE_PUBLISH, SS_MOVE_LOST };

struct ss_watcher {
    /// A message leaves: the task goes to its node, or (state REPLYING) back to its parent. A lost
    /// one never arrives.
    void (*moved)(ss_watcher *watcher, ss_sim *sim, uint32_t task, ss_move move);
    /// A task gives up the calls it waits for; its children are still known.
    void (*timed_out)(ss_watcher *watcher, ss_sim *sim, uint32_t task);
    void (*crashed)(ss_watcher *watcher, ss_sim *sim, uint32_t node, bool begins);
    /// A task was made; only in designs with code.
    void (*created)(ss_watcher *watcher, ss_sim *sim, uint32_t task);
};

/// From now on the watcher is told; NULL: nobody is. The moves of the live view stay as they are.
static inline void ss_sim_watch(ss_sim *sim, ss_watcher *watcher) {
    sim->watcher = watcher;
    sim->moves_one_in = watcher ? 1u : 0u;
}

#endif
