/// The native host's instances: the module as C, linked in (tools/handlers).
#include "handlers/quickjs/native.h"
#include "handlers/sandbox_host.h"

#include <string.h>

/// For what the sandbox itself asks of the module; charged to nobody.
#define OWN_FUEL (UINT64_C(1) << 62u)

struct ss__instance {
    ss_allocator allocator;
    ss_guest *guest;
    size_t memory_bytes_max;
    uint8_t *kept; ///< a copy of the memory, NULL before the first
    size_t kept_bytes;
    ss_text traced; ///< a copy of the last trace
};

bool ss__instance_is_available(void) { return true; }

ss_sandbox_module ss_sandbox_find_module(const char *source, size_t bytes) {
    (void)source, (void)bytes;
    return SS_SANDBOX_MODULE_NEVER;
}

/// Calls for ourselves; false after a trap.
static bool call(ss__instance *instance, ss_guest_function function, size_t argument) {
    uint64_t fuel = OWN_FUEL;
    uint32_t result = 0;
    return ss_guest_call(instance->guest, function, (uint32_t)argument, &fuel, &result) ==
               SS_GUEST_TRAP_NONE &&
           result == 0;
}

ss_status ss__instance_create(const ss_allocator *allocator, size_t memory_bytes_max,
                              ss__instance **out) {
    ss__instance *const instance = ss_allocate_zeroed(allocator, sizeof *instance);
    if (!instance) return SS_ERROR_MEMORY;
    instance->allocator = *allocator;
    instance->memory_bytes_max = memory_bytes_max;
    instance->traced = ss_text_create(allocator);
    instance->guest = ss_guest_create(allocator, memory_bytes_max);
    if (!instance->guest || !call(instance, SS_GUEST_LIMIT_MEMORY, memory_bytes_max)) {
        ss__instance_destroy(instance);
        return SS_ERROR_MEMORY;
    }
    *out = instance;
    return SS_OK;
}

void ss__instance_destroy(ss__instance *instance) {
    if (!instance) return;
    ss_guest_destroy(instance->guest);
    ss_text_destroy(&instance->traced);
    const ss_allocator allocator = instance->allocator;
    ss_deallocate(&allocator, instance->kept, instance->kept_bytes);
    ss_deallocate(&allocator, instance, sizeof *instance);
}

// --- Inputs --------------------------------------------------------------------------------------

static ss_sandbox_outcome outcome_of(ss__instance *instance, ss_guest_trap trap) {
    if (trap == SS_GUEST_TRAP_FUEL) return SS_SANDBOX_FUEL;
    if (trap == SS_GUEST_TRAP_STACK) return SS_SANDBOX_STACK;
    uint64_t fuel = OWN_FUEL;
    uint32_t reason = 0;
    ss_guest_call(instance->guest, SS_GUEST_REASON, 0, &fuel, &reason);
    if (reason == SS_SANDBOX_MEMORY) return SS_SANDBOX_MEMORY;
    return reason == SS_SANDBOX_STACK ? SS_SANDBOX_STACK : SS_SANDBOX_FAULT;
}

/// Puts bytes where the module takes inputs from. The trap, if making room met one.
static ss_guest_trap post(ss__instance *instance, const uint8_t *input, size_t bytes,
                          uint64_t *fuel) {
    ss_guest_mailbox mailbox = ss_guest_read_mailbox(instance->guest);
    if (bytes > mailbox.input_capacity) {
        uint32_t nothing;
        const ss_guest_trap trap =
            ss_guest_call(instance->guest, SS_GUEST_ALLOCATE, (uint32_t)bytes, fuel, &nothing);
        if (trap) return trap;
        mailbox = ss_guest_read_mailbox(instance->guest);
    }
    memcpy(ss_guest_memory(instance->guest) + mailbox.input, input, bytes);
    return SS_GUEST_TRAP_NONE;
}

ss_status ss__instance_invoke(ss__instance *instance, const uint8_t *input, size_t bytes,
                              uint64_t fuel, ss_sandbox_answer *answer) {
    *answer = (ss_sandbox_answer){.outcome = SS_SANDBOX_MEMORY};
    if (bytes > instance->memory_bytes_max) return SS_OK;
    uint64_t left = fuel;
    uint32_t refused = 0;
    ss_guest_trap trap = post(instance, input, bytes, &left);
    if (!trap) {
        trap = ss_guest_call(instance->guest, SS_GUEST_INVOKE, (uint32_t)bytes, &left, &refused);
    }
    answer->fuel = fuel - left;
    if (trap == SS_GUEST_TRAP_HOST) return SS_ERROR_MEMORY;
    if (trap) {
        answer->outcome = outcome_of(instance, trap);
        return SS_OK;
    }
    answer->outcome = refused ? SS_SANDBOX_FAULT : SS_SANDBOX_OK;
    const ss_guest_mailbox mailbox = ss_guest_read_mailbox(instance->guest);
    answer->output = ss_guest_memory(instance->guest) + mailbox.output;
    answer->output_bytes = mailbox.output_bytes;
    answer->memory_bytes = ss_guest_memory_bytes(instance->guest);
    return SS_OK;
}

bool ss__instance_traces(ss__instance *instance, const uint8_t *input, size_t bytes) {
    (void)instance, (void)input, (void)bytes;
    return true;
}

/// Copies the trace out of the module's memory, which is put back next.
static ss_status take_trace(ss__instance *instance, ss_sandbox_answer *answer) {
    const ss_guest_mailbox mailbox = ss_guest_read_mailbox(instance->guest);
    const size_t memory_bytes = ss_guest_memory_bytes(instance->guest);
    instance->traced.length = 0;
    if (mailbox.trace <= memory_bytes && mailbox.trace_bytes <= memory_bytes - mailbox.trace) {
        ss_text_add_bytes(&instance->traced, ss_guest_memory(instance->guest) + mailbox.trace,
                          mailbox.trace_bytes);
    }
    answer->output = (const uint8_t *)instance->traced.bytes;
    answer->output_bytes = instance->traced.length;
    answer->cost = memory_bytes;
    return ss_text_status(&instance->traced);
}

ss_status ss__instance_trace(ss__instance *instance, const uint8_t *request, size_t request_bytes,
                             const uint8_t *input, size_t bytes, uint64_t fuel,
                             ss_sandbox_answer *answer) {
    ss_guest_limit(instance->guest, instance->memory_bytes_max + SS__TRACE_MEMORY_BYTES);
    uint64_t own = OWN_FUEL;
    ss_status status = SS_ERROR_MEMORY;
    if (!post(instance, request, request_bytes, &own) &&
        call(instance, SS_GUEST_TRACE, request_bytes)) {
        status = ss__instance_invoke(instance, input, bytes, fuel, answer);
    }
    if (!status) status = take_trace(instance, answer);
    ss_guest_limit(instance->guest, instance->memory_bytes_max);
    return status;
}

static ss_status make_fresh(ss__instance *instance) {
    size_t bytes, memory_bytes;
    const uint8_t *const image = ss_guest_image(&bytes, &memory_bytes);
    if (!ss_guest_resize(instance->guest, memory_bytes)) return SS_ERROR_MEMORY;
    uint8_t *const memory = ss_guest_memory(instance->guest);
    memcpy(memory, image, bytes);
    memset(memory + bytes, 0, memory_bytes - bytes);
    return SS_OK;
}

ss_status ss__instance_renew(ss__instance *instance) {
    if (!call(instance, SS_GUEST_SAVE_DISK, 0)) return SS_ERROR_MEMORY;
    const ss_guest_mailbox mailbox = ss_guest_read_mailbox(instance->guest);
    const size_t bytes = mailbox.output_bytes;
    uint8_t *const disk = ss_allocate(&instance->allocator, bytes);
    if (!disk) return SS_ERROR_MEMORY;
    memcpy(disk, ss_guest_memory(instance->guest) + mailbox.output, bytes);
    ss_status status = make_fresh(instance);
    if (!status && !call(instance, SS_GUEST_LIMIT_MEMORY, instance->memory_bytes_max)) {
        status = SS_ERROR_MEMORY;
    }
    uint64_t fuel = OWN_FUEL;
    if (!status && bytes > sizeof(uint32_t) && // an empty text: nothing on it
        (post(instance, disk, bytes, &fuel) || !call(instance, SS_GUEST_LOAD_DISK, bytes))) {
        status = SS_ERROR_MEMORY;
    }
    ss_deallocate(&instance->allocator, disk, bytes);
    return status;
}

// --- Copies --------------------------------------------------------------------------------------

ss_status ss__instance_keep(ss__instance *instance) {
    const size_t bytes = ss_guest_memory_bytes(instance->guest);
    if (bytes != instance->kept_bytes) {
        uint8_t *const kept =
            ss_reallocate(&instance->allocator, instance->kept, instance->kept_bytes, bytes);
        if (!kept) return SS_ERROR_MEMORY;
        instance->kept = kept;
        instance->kept_bytes = bytes;
    }
    memcpy(instance->kept, ss_guest_memory(instance->guest), bytes);
    return SS_OK;
}

ss_status ss__instance_put_back(ss__instance *instance) {
    if (!ss_guest_resize(instance->guest, instance->kept_bytes)) return SS_ERROR_MEMORY;
    memcpy(ss_guest_memory(instance->guest), instance->kept, instance->kept_bytes);
    return SS_OK;
}

// --- State ---------------------------------------------------------------------------------------

// uint32_t bytes of memory, then for each page that differs from a fresh interpreter's: uint32_t
// its number, its bytes.

#define PAGE SS__STATE_PAGE_BYTES

/// Whether a page of the memory is as in a fresh interpreter.
static bool is_fresh(const uint8_t *page, size_t at, const uint8_t *image, size_t image_bytes) {
    size_t same = at >= image_bytes ? 0u : image_bytes - at;
    if (same > PAGE) same = PAGE;
    if (same > 0 && memcmp(page, image + at, same) != 0) return false;
    for (size_t i = same; i < PAGE; i++) {
        if (page[i] != 0) return false;
    }
    return true;
}

/// Writes the state where `out` is not NULL; returns its bytes.
static size_t write_state(ss__instance *instance, uint8_t *out) {
    size_t image_bytes, fresh_bytes;
    const uint8_t *const image = ss_guest_image(&image_bytes, &fresh_bytes);
    const uint8_t *const memory = ss_guest_memory(instance->guest);
    const size_t memory_bytes = ss_guest_memory_bytes(instance->guest);
    const uint32_t written_bytes = (uint32_t)memory_bytes;
    if (out) memcpy(out, &written_bytes, sizeof written_bytes);
    size_t length = sizeof written_bytes;
    for (size_t at = 0; at < memory_bytes; at += PAGE) {
        if (is_fresh(memory + at, at, image, image_bytes)) continue;
        const uint32_t number = (uint32_t)(at / PAGE);
        if (out) {
            memcpy(out + length, &number, sizeof number);
            memcpy(out + length + sizeof number, memory + at, PAGE);
        }
        length += sizeof number + PAGE;
    }
    return length;
}

size_t ss__instance_state_bytes(ss__instance *instance) { return write_state(instance, NULL); }

void ss__instance_write_state(ss__instance *instance, uint8_t *out) {
    write_state(instance, out);
}

ss_status ss__instance_read_state(ss__instance *instance, const uint8_t *state, size_t bytes) {
    uint32_t memory_bytes;
    if (bytes < sizeof memory_bytes) return SS_ERROR_INPUT;
    memcpy(&memory_bytes, state, sizeof memory_bytes);
    const size_t piece = sizeof(uint32_t) + PAGE;
    if (memory_bytes > instance->memory_bytes_max || memory_bytes % 65536u != 0 ||
        (bytes - sizeof memory_bytes) % piece != 0) {
        return SS_ERROR_INPUT;
    }
    ss_status status = make_fresh(instance);
    if (!status && !ss_guest_resize(instance->guest, memory_bytes)) status = SS_ERROR_MEMORY;
    if (status) return status;
    uint8_t *const memory = ss_guest_memory(instance->guest);
    for (size_t at = sizeof memory_bytes; at < bytes; at += piece) {
        uint32_t number;
        memcpy(&number, state + at, sizeof number);
        if (number >= memory_bytes / PAGE) return SS_ERROR_INPUT;
        memcpy(memory + (size_t)number * PAGE, state + at + sizeof number, PAGE);
    }
    return SS_OK;
}
