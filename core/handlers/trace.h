/// What a trace of ss_sandbox_trace holds, as JSON.
#ifndef SS_HANDLERS_TRACE_H
#define SS_HANDLERS_TRACE_H

#include "base/json.h"
#include "handlers/sandbox.h"

/// What a trace says as a whole.
typedef struct ss_trace_summary {
    uint32_t step_count;
    uint32_t stop_step1; ///< number + 1 of the first step that is at a stop; 0: none is
    uint32_t bad_stop1;  ///< index + 1 of a stop whose condition is wrong; 0: none is
    bool is_cut;         ///< there was more than steps_max, or than a trace may hold
    /// What is wrong with that condition, in the interpreter's words; no NUL at the end.
    const char *complaint;
    size_t complaint_bytes;
} ss_trace_summary;

/// Reads what a trace says as a whole; texts are borrowed from the trace. False if it is no trace.
bool ss_trace_summarise(const uint8_t *trace, size_t bytes, ss_trace_summary *out);

/// Adds the members "steps" and "cut" to the object being written.
///
/// A step is `{"line", "function", "depth", "fuel"}`: execution has reached a line of the source,
/// with so much fuel burnt by the input so far; `depth` counts the callers. Further members, where
/// they apply: "enter": true (the function begins here), "resume": true (an awaited function goes
/// on), "await": true (it waits from here on), "leave" (preview of the value returned; "" where it
/// is not known), "throws" (preview of the error that leaves the function), "stop": true (a stop is
/// here, and its condition holds), "set" (`{name: preview}` of the variables in scope whose preview
/// is another than at the step before of the same call; at its first step all of them;
/// "node.state" among them).
void ss_trace_write_steps(const uint8_t *trace, size_t bytes, ss_json_writer *json);

/// The name of a function as people see it: of one without a name, and of the code outside of all.
const char *ss_trace_function_name(const char *name);

#endif
