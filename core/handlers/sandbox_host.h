/// One instance of the interpreter as a host holds it: sandbox_native.c and sandbox_wasm.c.
///
/// sandbox.c makes sandboxes of these, the same way on every host.
#ifndef SS_HANDLERS_SANDBOX_HOST_H
#define SS_HANDLERS_SANDBOX_HOST_H

#include "handlers/sandbox.h"

/// State is told and kept in pieces of this size: small enough that a handler that changed one
/// object does not cost a whole page of WebAssembly.
#define SS__STATE_PAGE_BYTES 4096u

typedef struct ss__instance ss__instance;

bool ss__instance_is_available(void);
/// SS_ERROR_MEMORY, or SS_ERROR_LIMIT when this host has no interpreter.
ss_status ss__instance_create(const ss_allocator *allocator, size_t memory_bytes_max,
                              ss__instance **out);
void ss__instance_destroy(ss__instance *instance);

/// Runs one input. After an outcome but OK the instance is unusable until it is put back.
/// Returns SS_ERROR_MEMORY when the host refused memory that the limit allows.
ss_status ss__instance_invoke(ss__instance *instance, const uint8_t *input, size_t bytes,
                              uint64_t fuel, ss_sandbox_answer *answer);
/// The memory that observing may take beyond the limit; it is put back afterwards.
#define SS__TRACE_MEMORY_BYTES ((size_t)32u << 20u)

/// Whether an input can be traced: not those of a user's own module.
bool ss__instance_traces(ss__instance *instance, const uint8_t *input, size_t bytes);
/// Runs one input as ss__instance_invoke does, observed as the request says (quickjs/trace.c). The
/// output is the trace, whatever the outcome, and the cost the bytes of its memory. The instance is
/// unusable until it is put back.
ss_status ss__instance_trace(ss__instance *instance, const uint8_t *request, size_t request_bytes,
                             const uint8_t *input, size_t bytes, uint64_t fuel,
                             ss_sandbox_answer *answer);
/// Begins anew with a fresh interpreter that finds the disk of the old one.
ss_status ss__instance_renew(ss__instance *instance);

/// Keeps a copy of the state as it is now, in place of an earlier one.
ss_status ss__instance_keep(ss__instance *instance);
/// Goes back to the copy.
ss_status ss__instance_put_back(ss__instance *instance);

size_t ss__instance_state_bytes(ss__instance *instance);
void ss__instance_write_state(ss__instance *instance, uint8_t *out);
ss_status ss__instance_read_state(ss__instance *instance, const uint8_t *state, size_t bytes);

#endif
