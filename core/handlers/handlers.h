/// Runs the code that nodes have, inside the simulation.
///
/// **An activity** is a piece of handling: a request, a message, a timer or a start at work in one
/// replica. It is given one input at a time (protocol.h). The fuel that an input burns is computed
/// at the node like any service time; when that is over, what the code said takes effect: calls
/// become branches of the request, each with the time-out, retries and breaker of its edge, and
/// their answers are the activity's next inputs.
///
/// **A request keeps its place** until its handler is done. One that answers early, or is done
/// while calls that it does not await are under way, goes on without a place.
///
/// **A crash** ends the node's activities; its replicas load their code again when they are back,
/// and find what they wrote to `disk`.
#ifndef SS_HANDLERS_HANDLERS_H
#define SS_HANDLERS_HANDLERS_H

#include "base/json.h"
#include "base/random.h"
#include "scalesim/model.h"
#include "scalesim/sim.h"
#include "sim/code.h"

typedef struct ss_handlers ss_handlers;

/// Loads the code of every replica and schedules the starts. `operations` names the operation of
/// each class. Adds a diagnostic for code that does not load. *out is NULL when no node has code.
ss_status ss_handlers_create(const ss_design *design, ss_sim *sim, const char *const *operations,
                             uint64_t seed, ss_diagnostics *diagnostics, ss_handlers **out);
void ss_handlers_destroy(ss_handlers *handlers); ///< NULL is fine

/// The state of all handlers as bytes, for snapshots. NULL handlers have none.
size_t ss_handlers_state_bytes(ss_handlers *handlers);
void ss_handlers_write_state(ss_handlers *handlers, uint8_t *out);
ss_status ss_handlers_read_state(ss_handlers *handlers, const uint8_t *state, size_t bytes);

/// A fork: takes over the state of `old`, which runs the same design but for its numbers and its
/// code; changed code goes on in place of the old. `groups` maps old groups to new ones.
ss_status ss_handlers_move(ss_handlers *handlers, ss_handlers *old, const uint32_t *groups,
                           uint32_t group_count);

/// Writes what a node's code did as the member "handlers"; nothing for a node without code.
void ss_handlers_write(const ss_handlers *handlers, uint32_t node, ss_json_writer *json);
/// Adds, for people, the lines of each node's code that burn most.
void ss_handlers_write_hot_lines(const ss_handlers *handlers, ss_text *out);
/// Adds warnings for handlers that went over their budget or failed.
void ss_handlers_report(const ss_handlers *handlers, ss_diagnostics *diagnostics);

#endif
