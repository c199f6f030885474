/// A probe: inputs of the design's code are traced before they are given, while a run is simulated
/// again. What is traced changes nothing (sandbox.h), so the run goes on as it did.
#ifndef SS_HANDLERS_PROBE_H
#define SS_HANDLERS_PROBE_H

#include "handlers/handlers.h"
#include "handlers/sandbox.h"

typedef struct ss_probe {
    uint32_t node;            ///< whose inputs; SS_NO_INDEX = of any
    uint64_t first_n, last_n; ///< numbers of inputs
    bool stops_at_hit;        ///< after the first input that reaches a stop nothing is traced
    const ss_trace_request *request;
    // What was found.
    uint64_t traced;     ///< inputs so far
    uint64_t hit_n;      ///< the latest input that reached a stop; 0 = none has
    uint32_t hit_step;   ///< its first step there
    uint32_t bad_stop1;  ///< index + 1 of a stop whose condition is wrong; `trace` says how
    ss_status status;
    ss_text trace; ///< of the latest input, unless it is only looked for stops; borrowed by none
} ss_probe;

/// From now on the probe is asked; NULL: none is.
void ss_handlers_probe(ss_handlers *handlers, ss_probe *probe);

/// What a node runs: nothing of the design's, JavaScript, or a module of its own, which is not
/// traced.
typedef enum ss_node_language { SS_NODE_NO_CODE, SS_NODE_JAVASCRIPT, SS_NODE_OWN_MODULE }
    ss_node_language;
ss_node_language ss_handlers_language(const ss_handlers *handlers, uint32_t node);

/// Inputs given to the design's code so far; the number of the latest.
uint64_t ss_handlers_inputs(const ss_handlers *handlers);
/// The same of a state that ss_handlers_write_state has written.
uint64_t ss_handlers_inputs_of(const uint8_t *state);

#endif
