/// Sandboxes over the host's instances: the inputs since the last copy, and the way back.
#include "handlers/protocol.h"
#include "handlers/sandbox_host.h"

#include <string.h>

/// A new copy is made when replaying would take about as long as this many copies. A copy of an
/// interpreter of a megabyte takes as long as some 10^5 units of fuel.
#define REPLAY_FUEL_MAX 20000000u
#define REPLAY_BYTES_MAX (256u << 10)
/// A unit of fuel is 0.1 ns of the interpreter, and memory is copied at 10 to 27 GB/s.
#define COPY_BYTES_PER_FUEL 2u

struct ss_sandbox {
    ss_allocator allocator;
    ss_sandbox_limits limits;
    ss__instance *instance;
    ss_text since; ///< inputs since the copy, each behind its length
    uint64_t since_fuel;
    bool is_kept; ///< there is a copy that `since` leads on from
};

bool ss_sandbox_is_available(void) { return ss__instance_is_available(); }

ss_status ss_sandbox_create(const ss_sandbox_limits *limits, const ss_allocator *allocator,
                            ss_sandbox **out) {
    *out = NULL;
    if (!ss__instance_is_available()) return SS_ERROR_LIMIT;
    ss_sandbox *const sandbox = ss_allocate_zeroed(allocator, sizeof *sandbox);
    if (!sandbox) return SS_ERROR_MEMORY;
    sandbox->allocator = *allocator;
    sandbox->limits = *limits;
    sandbox->since = ss_text_create(allocator);
    const ss_status status =
        ss__instance_create(allocator, limits->memory_bytes, &sandbox->instance);
    if (status) {
        ss_sandbox_destroy(sandbox);
        return status;
    }
    *out = sandbox;
    return SS_OK;
}

void ss_sandbox_destroy(ss_sandbox *sandbox) {
    if (!sandbox) return;
    ss__instance_destroy(sandbox->instance);
    ss_text_destroy(&sandbox->since);
    const ss_allocator allocator = sandbox->allocator;
    ss_deallocate(&allocator, sandbox, sizeof *sandbox);
}

// --- The way back --------------------------------------------------------------------------------

static ss_status keep(ss_sandbox *sandbox) {
    const ss_status status = ss__instance_keep(sandbox->instance);
    sandbox->is_kept = status == SS_OK;
    sandbox->since.length = 0;
    sandbox->since_fuel = 0;
    return status;
}

/// Puts the instance back to where it was before the input that failed.
static ss_status go_back(ss_sandbox *sandbox) {
    ss_status status = ss__instance_put_back(sandbox->instance);
    const uint8_t *at = (const uint8_t *)sandbox->since.bytes;
    const uint8_t *const end = at ? at + sandbox->since.length : at;
    while (!status && at < end) {
        uint32_t bytes;
        memcpy(&bytes, at, sizeof bytes);
        ss_sandbox_answer again;
        status = ss__instance_invoke(sandbox->instance, at + sizeof bytes, bytes,
                                     sandbox->limits.fuel_per_event, &again);
        at += sizeof bytes + bytes;
    }
    // The next failure is likely to be near: it has less to replay.
    return status ? status : keep(sandbox);
}

static ss_status remember(ss_sandbox *sandbox, const uint8_t *input, size_t bytes,
                          uint64_t fuel) {
    const uint32_t length = (uint32_t)bytes;
    ss_text_add_bytes(&sandbox->since, &length, sizeof length);
    ss_text_add_bytes(&sandbox->since, input, bytes);
    sandbox->since_fuel += fuel;
    return ss_text_status(&sandbox->since);
}

static bool is_copy_due(const ss_sandbox *sandbox) {
    return !sandbox->is_kept || sandbox->since_fuel > REPLAY_FUEL_MAX ||
           sandbox->since.length > REPLAY_BYTES_MAX;
}

// --- Inputs --------------------------------------------------------------------------------------

ss_status ss_sandbox_invoke(ss_sandbox *sandbox, const uint8_t *input, size_t input_bytes,
                            ss_sandbox_answer *answer) {
    *answer = (ss_sandbox_answer){.outcome = SS_SANDBOX_FAULT};
    const bool loads = input_bytes > 0 && input[0] == SS_INPUT_LOAD;
    ss_status status = SS_OK;
    // A load begins with another memory, which a replay could not reach: so it is copied before.
    if (loads || is_copy_due(sandbox)) status = keep(sandbox);
    if (!status && loads) status = ss__instance_renew(sandbox->instance);
    if (!status) {
        status = ss__instance_invoke(sandbox->instance, input, input_bytes,
                                     sandbox->limits.fuel_per_event, answer);
    }
    if (status) return status;
    if (answer->outcome != SS_SANDBOX_OK) {
        answer->output = NULL;
        answer->output_bytes = 0;
        return go_back(sandbox);
    }
    if (loads) {
        sandbox->is_kept = false; // the next input makes the copy that holds the loaded code
        return SS_OK;
    }
    return remember(sandbox, input, input_bytes, answer->fuel);
}

// --- Tracing -------------------------------------------------------------------------------------

/// The request as quickjs/trace.c reads it.
static ss_status write_request(const ss_trace_request *request, uint64_t fuel, ss_text *out) {
    const uint8_t mode = (uint8_t)request->mode;
    const uint32_t steps = request->steps_max ? request->steps_max : SS_TRACE_STEPS_MAX;
    if (request->stop_count > SS_TRACE_STOPS_MAX) return SS_ERROR_INPUT;
    ss_text_add_bytes(out, &mode, sizeof mode);
    ss_text_add_bytes(out, &steps, sizeof steps);
    ss_text_add_bytes(out, &fuel, sizeof fuel);
    ss_text_add_bytes(out, &request->stop_count, sizeof request->stop_count);
    for (uint32_t i = 0; i < request->stop_count; i++) {
        const ss_trace_stop *stop = &request->stops[i];
        const size_t bytes = stop->condition ? strlen(stop->condition) : 0u;
        if (bytes > SS_TRACE_CONDITION_BYTES_MAX) return SS_ERROR_INPUT;
        const uint32_t length = (uint32_t)bytes;
        ss_text_add_bytes(out, &stop->line, sizeof stop->line);
        ss_text_add_bytes(out, &length, sizeof length);
        ss_text_add_bytes(out, stop->condition ? stop->condition : "", bytes);
    }
    return ss_text_status(out);
}

/// Of a trace: the memory copied there and back, the input done twice, and what observing took.
static uint64_t cost_of(const ss_sandbox_answer *answer) {
    ss_trace_head head = {0};
    if (answer->output_bytes >= sizeof head) memcpy(&head, answer->output, sizeof head);
    return 2u * answer->cost / COPY_BYTES_PER_FUEL + answer->fuel + head.spent;
}

static ss_status trace(ss_sandbox *sandbox, const uint8_t *input, size_t bytes,
                       const ss_text *request, ss_sandbox_answer *answer) {
    ss_status status = SS_OK;
    if (!sandbox->is_kept || sandbox->since.length > 0u) status = keep(sandbox);
    if (!status && input[0] == SS_INPUT_LOAD) status = ss__instance_renew(sandbox->instance);
    if (!status) {
        status = ss__instance_trace(sandbox->instance, (const uint8_t *)request->bytes,
                                    request->length, input, bytes, sandbox->limits.fuel_per_event,
                                    answer);
    }
    if (!status) answer->cost = cost_of(answer);
    if (!sandbox->is_kept) return status;
    const ss_status back = ss__instance_put_back(sandbox->instance);
    return status ? status : back;
}

ss_status ss_sandbox_trace(ss_sandbox *sandbox, const uint8_t *input, size_t input_bytes,
                           const ss_trace_request *request, ss_sandbox_answer *answer) {
    *answer = (ss_sandbox_answer){.outcome = SS_SANDBOX_FAULT};
    if (input_bytes == 0u || !ss__instance_traces(sandbox->instance, input, input_bytes)) {
        return SS_ERROR_INPUT;
    }
    ss_text written = ss_text_create(&sandbox->allocator);
    ss_status status = write_request(request, sandbox->limits.fuel_per_event, &written);
    if (!status) status = trace(sandbox, input, input_bytes, &written, answer);
    ss_text_destroy(&written);
    return status;
}

// --- State ---------------------------------------------------------------------------------------

size_t ss_sandbox_state_bytes(ss_sandbox *sandbox) {
    return ss__instance_state_bytes(sandbox->instance);
}

void ss_sandbox_write_state(ss_sandbox *sandbox, uint8_t *out) {
    ss__instance_write_state(sandbox->instance, out);
}

ss_status ss_sandbox_read_state(ss_sandbox *sandbox, const uint8_t *state, size_t bytes) {
    sandbox->is_kept = false;
    sandbox->since.length = 0;
    sandbox->since_fuel = 0;
    return ss__instance_read_state(sandbox->instance, state, bytes);
}
