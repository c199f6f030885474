/// WebAssembly's instances: the host holds them (wasm/sandbox.mjs), each apart from the engine's
/// memory; this crosses to it.
#include "handlers/sandbox_host.h"

#define IMPORT(name) __attribute__((import_module("sandbox"), import_name(#name)))

/// Most answers fit; a longer one makes the place for it larger.
#define OUTPUT_BYTES_MIN 4096u

/// What the host says of an invocation beside its outcome.
typedef struct invocation {
    double fuel;
    uint32_t output_bytes;
    uint32_t memory_bytes; ///< of the module
} invocation;

IMPORT(is_available) int host_is_available(void);
IMPORT(find_module) int host_find_module(const char *source, size_t bytes);
IMPORT(create) uint32_t host_create(size_t memory_bytes_max);
IMPORT(destroy) void host_destroy(uint32_t handle);
IMPORT(invoke) int host_invoke(uint32_t handle, const uint8_t *input, size_t bytes, double fuel,
                               uint8_t *output, size_t capacity, invocation *result);
IMPORT(traces) int host_traces(uint32_t handle, const uint8_t *input, size_t bytes);
IMPORT(trace) int host_trace(uint32_t handle, const uint8_t *request, size_t request_bytes,
                             const uint8_t *input, size_t bytes, double fuel, uint8_t *output,
                             size_t capacity, invocation *result);
IMPORT(take_output) void host_take_output(uint32_t handle, uint8_t *output);
IMPORT(renew) int host_renew(uint32_t handle);
IMPORT(keep) int host_keep(uint32_t handle);
IMPORT(put_back) int host_put_back(uint32_t handle);
IMPORT(state_bytes) size_t host_state_bytes(uint32_t handle);
IMPORT(write_state) void host_write_state(uint32_t handle, uint8_t *out);
IMPORT(read_state) int host_read_state(uint32_t handle, const uint8_t *state, size_t bytes);

struct ss__instance {
    ss_allocator allocator;
    uint32_t handle;
    uint8_t *output;
    size_t output_capacity;
};

bool ss__instance_is_available(void) { return host_is_available() != 0; }

ss_sandbox_module ss_sandbox_find_module(const char *source, size_t bytes) {
    return host_find_module(source, bytes) ? SS_SANDBOX_MODULE_READY : SS_SANDBOX_MODULE_MISSING;
}

ss_status ss__instance_create(const ss_allocator *allocator, size_t memory_bytes_max,
                              ss__instance **out) {
    ss__instance *const instance = ss_allocate_zeroed(allocator, sizeof *instance);
    if (!instance) return SS_ERROR_MEMORY;
    instance->allocator = *allocator;
    instance->output = ss_allocate(allocator, OUTPUT_BYTES_MIN);
    instance->output_capacity = instance->output ? OUTPUT_BYTES_MIN : 0u;
    if (instance->output) instance->handle = host_create(memory_bytes_max);
    if (instance->handle == 0) {
        ss__instance_destroy(instance);
        return SS_ERROR_MEMORY;
    }
    *out = instance;
    return SS_OK;
}

void ss__instance_destroy(ss__instance *instance) {
    if (!instance) return;
    if (instance->handle != 0) host_destroy(instance->handle);
    const ss_allocator allocator = instance->allocator;
    ss_deallocate(&allocator, instance->output, instance->output_capacity);
    ss_deallocate(&allocator, instance, sizeof *instance);
}

/// Takes an answer over; an output that did not fit is asked for again.
static ss_status take_answer(ss__instance *instance, int outcome, const invocation *result,
                             ss_sandbox_answer *answer) {
    *answer = (ss_sandbox_answer){.outcome = (ss_sandbox_outcome)outcome,
                                  .fuel = (uint64_t)result->fuel,
                                  .output_bytes = result->output_bytes,
                                  .cost = result->memory_bytes,
                                  .memory_bytes = result->memory_bytes};
    if (result->output_bytes > instance->output_capacity) {
        uint8_t *const larger = ss_reallocate(&instance->allocator, instance->output,
                                              instance->output_capacity, result->output_bytes);
        if (!larger) return SS_ERROR_MEMORY;
        instance->output = larger;
        instance->output_capacity = result->output_bytes;
        host_take_output(instance->handle, larger);
    }
    answer->output = instance->output;
    return SS_OK;
}

ss_status ss__instance_invoke(ss__instance *instance, const uint8_t *input, size_t bytes,
                              uint64_t fuel, ss_sandbox_answer *answer) {
    invocation result;
    const int outcome = host_invoke(instance->handle, input, bytes, (double)fuel,
                                    instance->output, instance->output_capacity, &result);
    return take_answer(instance, outcome, &result, answer);
}

bool ss__instance_traces(ss__instance *instance, const uint8_t *input, size_t bytes) {
    return host_traces(instance->handle, input, bytes) != 0;
}

ss_status ss__instance_trace(ss__instance *instance, const uint8_t *request, size_t request_bytes,
                             const uint8_t *input, size_t bytes, uint64_t fuel,
                             ss_sandbox_answer *answer) {
    invocation result;
    const int outcome =
        host_trace(instance->handle, request, request_bytes, input, bytes, (double)fuel,
                   instance->output, instance->output_capacity, &result);
    if (outcome < 0) return SS_ERROR_MEMORY;
    return take_answer(instance, outcome, &result, answer);
}

ss_status ss__instance_renew(ss__instance *instance) {
    return (ss_status)host_renew(instance->handle);
}

ss_status ss__instance_keep(ss__instance *instance) {
    return (ss_status)host_keep(instance->handle);
}

ss_status ss__instance_put_back(ss__instance *instance) {
    return (ss_status)host_put_back(instance->handle);
}

size_t ss__instance_state_bytes(ss__instance *instance) {
    return host_state_bytes(instance->handle);
}

void ss__instance_write_state(ss__instance *instance, uint8_t *out) {
    host_write_state(instance->handle, out);
}

ss_status ss__instance_read_state(ss__instance *instance, const uint8_t *state, size_t bytes) {
    return (ss_status)host_read_state(instance->handle, state, bytes);
}
