/// The runtime that wasm2c's output asks for, and calls into one instance.
///
/// Linear memory is one block of the allocator that is passed in, checked at each access (no signal
/// handlers, no reserved address space: a run may have thousands of these).
#include "native.h"

#include <setjmp.h>
#include <stdarg.h>

#include "handlers.h" // made by wasm2c
#include "handlers_image.h"

#define PAGE_BYTES 65536u
#define TYPES_MAX 256u
#define SIGNATURE_MAX 24u
/// Of the metered stack (meter.h): the same everywhere, so that depth ends everywhere alike.
#define STACK_BYTES (256u * 1024u)
#define METER_TRAP_FUEL 1u
#define METER_TRAP_STACK 2u
#define METER_TRAP_HOST 4u

struct ss_guest {
    Z_handlers_instance_t instance; ///< first: the runtime's functions find the rest by it
    ss_allocator allocator;
    size_t memory_bytes_max;
    wasm_rt_funcref_t *table;
    size_t table_entries;
    bool host_refused;
};

/// Where a trap goes: one call into a module at a time in each thread.
static _Thread_local jmp_buf *trap_target;
/// The instance whose memory and table are being made, for the runtime's functions below.
static _Thread_local ss_guest *being_made;

WASM_RT_NO_RETURN void wasm_rt_trap(wasm_rt_trap_t code) { longjmp(*trap_target, (int)code); }

bool wasm_rt_is_initialized(void) { return true; } // there is nothing to set up

// --- Types: equal signatures get equal numbers ---------------------------------------------------

static struct {
    uint8_t signatures[TYPES_MAX][SIGNATURE_MAX];
    uint32_t count;
} types;

uint32_t wasm_rt_register_func_type(uint32_t parameters, uint32_t results, ...) {
    uint8_t signature[SIGNATURE_MAX] = {(uint8_t)(parameters + 1u), (uint8_t)(results + 1u)};
    if (parameters + results + 2u > SIGNATURE_MAX) abort();
    va_list arguments;
    va_start(arguments, results);
    for (uint32_t i = 0; i < parameters + results; i++) {
        signature[i + 2u] = (uint8_t)(va_arg(arguments, wasm_rt_type_t) + 1);
    }
    va_end(arguments);
    for (uint32_t i = 0; i < types.count; i++) {
        if (memcmp(types.signatures[i], signature, sizeof signature) == 0) return i + 1u;
    }
    if (types.count == TYPES_MAX) abort(); // more types than our own module has
    memcpy(types.signatures[types.count], signature, sizeof signature);
    return ++types.count;
}

// --- Memory and table ----------------------------------------------------------------------------

void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t pages, uint32_t pages_max) {
    memory->max_pages = pages_max;
    memory->pages = pages;
    memory->size = pages * PAGE_BYTES;
    memory->data = ss_allocate_zeroed(&being_made->allocator, memory->size);
    if (!memory->data) longjmp(*trap_target, WASM_RT_TRAP_OOB);
}

void wasm_rt_free_memory(wasm_rt_memory_t *memory) { (void)memory; }

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table, uint32_t entries,
                                    uint32_t entries_max) {
    table->size = entries;
    table->max_size = entries_max;
    being_made->table_entries = entries;
    being_made->table = table->data =
        ss_allocate_zeroed(&being_made->allocator, entries * sizeof *table->data);
    if (!table->data) longjmp(*trap_target, WASM_RT_TRAP_OOB);
}

void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t *table) { (void)table; }

static wasm_rt_memory_t *memory_of(const ss_guest *guest) {
    return Z_handlersZ_memory((Z_handlers_instance_t *)&guest->instance);
}

bool ss_guest_resize(ss_guest *guest, size_t memory_bytes) {
    wasm_rt_memory_t *const memory = memory_of(guest);
    if (memory_bytes == memory->size) return true;
    uint8_t *const data =
        ss_reallocate(&guest->allocator, memory->data, memory->size, memory_bytes);
    if (!data) return false;
    if (memory_bytes > memory->size) memset(data + memory->size, 0, memory_bytes - memory->size);
    memory->data = data;
    memory->size = (uint32_t)memory_bytes;
    memory->pages = (uint32_t)(memory_bytes / PAGE_BYTES);
    return true;
}

void ss_guest_limit(ss_guest *guest, size_t memory_bytes_max) {
    guest->memory_bytes_max = memory_bytes_max;
    *Z_handlersZ_scalesim_pages(&guest->instance) = (uint32_t)(memory_bytes_max / PAGE_BYTES);
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t pages) {
    // The memory lies in the instance, which lies first in its ss_guest.
    ss_guest *const guest =
        (ss_guest *)(void *)((char *)memory - offsetof(Z_handlers_instance_t, w2c_memory));
    const uint32_t before = memory->pages;
    const uint64_t bytes = ((uint64_t)before + pages) * PAGE_BYTES;
    if (bytes > guest->memory_bytes_max) return UINT32_MAX;
    if (!ss_guest_resize(guest, (size_t)bytes)) {
        guest->host_refused = true;
        return UINT32_MAX;
    }
    return before;
}

// --- Instances -----------------------------------------------------------------------------------

void ss_guest_destroy(ss_guest *guest) {
    if (!guest) return;
    wasm_rt_memory_t *const memory = memory_of(guest);
    if (memory->data) ss_deallocate(&guest->allocator, memory->data, memory->size);
    if (guest->table) {
        ss_deallocate(&guest->allocator, guest->table,
                      guest->table_entries * sizeof *guest->table);
    }
    const ss_allocator allocator = guest->allocator;
    ss_deallocate(&allocator, guest, sizeof *guest);
}

ss_guest *ss_guest_create(const ss_allocator *allocator, size_t memory_bytes_max) {
    ss_guest *const guest = ss_allocate_zeroed(allocator, sizeof *guest);
    if (!guest) return NULL;
    guest->allocator = *allocator;
    guest->memory_bytes_max = memory_bytes_max;
    jmp_buf target;
    trap_target = &target;
    being_made = guest;
    if (setjmp(target) != 0) {
        ss_guest_destroy(guest);
        return NULL;
    }
    if (types.count == 0) Z_handlers_init_module();
    Z_handlers_instantiate(&guest->instance);
    *Z_handlersZ_scalesim_stack(&guest->instance) = STACK_BYTES;
    ss_guest_limit(guest, memory_bytes_max);
    size_t bytes, memory_bytes;
    const uint8_t *const image = ss_guest_image(&bytes, &memory_bytes);
    if (!ss_guest_resize(guest, memory_bytes)) longjmp(target, WASM_RT_TRAP_OOB);
    uint8_t *const memory = ss_guest_memory(guest);
    memcpy(memory, image, bytes);
    memset(memory + bytes, 0, memory_bytes - bytes);
    return guest;
}

static uint32_t call(Z_handlers_instance_t *instance, ss_guest_function function,
                     uint32_t argument) {
    switch (function) {
    case SS_GUEST_ALLOCATE: Z_handlersZ_guest_allocate(instance, argument); return 0;
    case SS_GUEST_INVOKE: return Z_handlersZ_guest_invoke(instance, argument);
    case SS_GUEST_SAVE_DISK: Z_handlersZ_guest_save_disk(instance); return 0;
    case SS_GUEST_LOAD_DISK: Z_handlersZ_guest_load_disk(instance, argument); return 0;
    case SS_GUEST_LIMIT_MEMORY: Z_handlersZ_guest_limit_memory(instance, argument); return 0;
    case SS_GUEST_REASON: return Z_handlersZ_guest_reason(instance);
    case SS_GUEST_TRACE: return Z_handlersZ_guest_trace(instance, argument);
    }
    return 0;
}

/// What a trap was, from what the meter left behind.
static ss_guest_trap trap_of(const ss_guest *guest, uint32_t meter_trap) {
    if (guest->host_refused || meter_trap == METER_TRAP_HOST) return SS_GUEST_TRAP_HOST;
    if (meter_trap == METER_TRAP_FUEL) return SS_GUEST_TRAP_FUEL;
    if (meter_trap == METER_TRAP_STACK) return SS_GUEST_TRAP_STACK;
    return SS_GUEST_TRAP_MODULE;
}

ss_guest_trap ss_guest_call(ss_guest *guest, ss_guest_function function, uint32_t argument,
                            uint64_t *fuel, uint32_t *result) {
    Z_handlers_instance_t *const instance = &guest->instance;
    *Z_handlersZ_scalesim_fuel(instance) = *fuel;
    jmp_buf target;
    trap_target = &target;
    if (setjmp(target) == 0) {
        *result = call(instance, function, argument);
        *fuel = *Z_handlersZ_scalesim_fuel(instance);
        return SS_GUEST_TRAP_NONE;
    }
    const int64_t left = (int64_t)*Z_handlersZ_scalesim_fuel(instance);
    *fuel = left > 0 ? (uint64_t)left : 0u;
    const ss_guest_trap trap = trap_of(guest, *Z_handlersZ_scalesim_trap(instance));
    // The state of the instance is put back from a copy, but for what is not in its memory.
    *Z_handlersZ_scalesim_trap(instance) = 0;
    *Z_handlersZ_scalesim_stack(instance) = STACK_BYTES;
    *Z_handlersZ_scalesim_fuel(instance) = INT64_MAX;
    Z_handlersZ_stackRestore(instance, HANDLERS_STACK_POINTER);
    guest->host_refused = false;
    return trap;
}

ss_guest_mailbox ss_guest_read_mailbox(ss_guest *guest) {
    ss_guest_mailbox mailbox;
    memcpy(&mailbox, memory_of(guest)->data + HANDLERS_MAILBOX, sizeof mailbox);
    return mailbox;
}

uint8_t *ss_guest_memory(ss_guest *guest) { return memory_of(guest)->data; }

size_t ss_guest_memory_bytes(const ss_guest *guest) { return memory_of(guest)->size; }

const uint8_t *ss_guest_image(size_t *bytes, size_t *memory_bytes) {
    *bytes = sizeof handlers_image;
    *memory_bytes = HANDLERS_MEMORY_BYTES;
    return handlers_image;
}
