/// A sandbox: one interpreter (or a user's own module) with a memory of its own, metered.
///
/// A sandbox is a pure function: the same source and the same sequence of inputs give the same
/// outputs, the same fuel and the same memory, on every host. It has no clock, no randomness and no
/// imports: what it needs to know is in the input, what it wants done is in the output
/// (protocol.h). That is why a run with handlers can be rewound, forked and replayed.
///
/// Natively the instrumented module is C made by wasm2c and linked in; in WebAssembly the host
/// (wasm/sandbox.mjs) holds the instances and this interface crosses to it.
#ifndef SS_HANDLERS_SANDBOX_H
#define SS_HANDLERS_SANDBOX_H

#include "handlers/trace_bytes.h"
#include "scalesim/base.h"

typedef enum ss_sandbox_outcome {
    SS_SANDBOX_OK,
    SS_SANDBOX_FUEL,   ///< the budget of the event is used up: stopped at an exact instruction
    SS_SANDBOX_MEMORY, ///< the memory limit was reached and the module could not go on
    SS_SANDBOX_STACK,  ///< its stack is used up
    SS_SANDBOX_FAULT,  ///< any other trap: a bug in the interpreter, kept inside
} ss_sandbox_outcome;

/// What an event cost and said. `output` stays valid until the next call on the same sandbox.
typedef struct ss_sandbox_answer {
    ss_sandbox_outcome outcome;
    uint64_t fuel;
    const uint8_t *output; ///< messages of protocol.h; empty unless the outcome is OK
    size_t output_bytes;
    uint64_t cost; ///< of a trace: what observing took, as fuel
    size_t memory_bytes; ///< of the module's whole linear memory, when the outcome is OK
} ss_sandbox_answer;

typedef struct ss_sandbox_limits {
    uint64_t fuel_per_event;
    size_t memory_bytes; ///< of the module's whole linear memory
} ss_sandbox_limits;

typedef struct ss_sandbox ss_sandbox;

/// Whether this host has the JavaScript interpreter at hand now (the page loads it when a design
/// first has code).
bool ss_sandbox_is_available(void);

/// A user's own module, by its source (WASM.md): whether this host can run it.
typedef enum ss_sandbox_module {
    SS_SANDBOX_MODULE_NEVER,   ///< it runs none (the native host: they are strangers' code)
    SS_SANDBOX_MODULE_MISSING, ///< it has to be instrumented first, which the host does elsewhere
    SS_SANDBOX_MODULE_READY,   ///< SS_INPUT_LOAD with this source makes the sandbox one of it
} ss_sandbox_module;

ss_sandbox_module ss_sandbox_find_module(const char *source, size_t bytes);

/// Makes a sandbox with the JavaScript interpreter, without any source yet: SS_INPUT_LOAD gives it.
/// SS_ERROR_MEMORY when memory is refused, SS_ERROR_LIMIT when the host has no interpreter.
ss_status ss_sandbox_create(const ss_sandbox_limits *limits, const ss_allocator *allocator,
                            ss_sandbox **out);
void ss_sandbox_destroy(ss_sandbox *sandbox);

/// Gives the sandbox one input and takes what it says.
///
/// After any outcome but OK the sandbox is as it was before the input (it goes back to its last
/// checkpoint and replays what came after), so that one bad request harms no other.
/// Returns SS_ERROR_MEMORY when the host refuses memory, else SS_OK.
ss_status ss_sandbox_invoke(ss_sandbox *sandbox, const uint8_t *input, size_t input_bytes,
                            ss_sandbox_answer *answer);

// --- Tracing -------------------------------------------------------------------------------------

typedef struct ss_trace_stop {
    uint32_t line; ///< of the source, from 1
    /// A JavaScript expression over the variables in scope, evaluated inside the sandbox; NULL:
    /// always. What it changes is gone with the trace.
    const char *condition;
} ss_trace_stop;

typedef struct ss_trace_request {
    ss_trace_mode mode;
    uint32_t steps_max; ///< more cut the trace off; 0 = SS_TRACE_STEPS_MAX
    const ss_trace_stop *stops;
    uint32_t stop_count; ///< at most SS_TRACE_STOPS_MAX
} ss_trace_request;

#define SS_TRACE_STEPS_MAX 20000u
#define SS_TRACE_CONDITION_BYTES_MAX 4096u

/// What the input would do, observed: the same fuel and outcome as ss_sandbox_invoke would give
/// (to within a percent: what observing costs is taken off again). The sandbox is afterwards as it
/// was before; answer->output is the trace (trace.h), also after a breach.
///
/// Returns SS_ERROR_INPUT for what is not traced (a user's own module) and for stops beyond the
/// limits.
ss_status ss_sandbox_trace(ss_sandbox *sandbox, const uint8_t *input, size_t input_bytes,
                           const ss_trace_request *request, ss_sandbox_answer *answer);

/// The state as bytes: what changed against a fresh interpreter, in whole pages. Same state, same
/// bytes.
size_t ss_sandbox_state_bytes(ss_sandbox *sandbox);
void ss_sandbox_write_state(ss_sandbox *sandbox, uint8_t *out);
ss_status ss_sandbox_read_state(ss_sandbox *sandbox, const uint8_t *state, size_t bytes);

#endif
