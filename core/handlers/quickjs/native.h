/// The interpreter's module on the native host: C made by wasm2c, linked in as a library.
///
/// tools/handlers builds native.c together with what wasm2c makes; sandbox_native.c uses it.
#ifndef SS_HANDLERS_QUICKJS_NATIVE_H
#define SS_HANDLERS_QUICKJS_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scalesim/base.h"

/// One instance of the module: its memory, and the globals that are not in it.
typedef struct ss_guest ss_guest;

/// The metered exports of guest.c.
typedef enum ss_guest_function {
    SS_GUEST_ALLOCATE,     ///< makes a place for an input of so many bytes
    SS_GUEST_INVOKE,       ///< bytes of the input → 0, or 1: the input makes no sense
    SS_GUEST_SAVE_DISK,    ///< writes the disk to the output
    SS_GUEST_LOAD_DISK,    ///< bytes of what was saved, in the place for an input
    SS_GUEST_LIMIT_MEMORY, ///< bytes
    SS_GUEST_REASON,       ///< → why it stopped itself: an ss_sandbox_outcome, or 0
    SS_GUEST_TRACE,        ///< bytes of the request, in the place for an input → 0, or 1
} ss_guest_function;

/// Six words in the module's memory: where an input goes, how much fits, where the output is, its
/// bytes, where the trace is, its bytes.
typedef struct ss_guest_mailbox {
    uint32_t input, input_capacity, output, output_bytes, trace, trace_bytes;
} ss_guest_mailbox;

typedef enum ss_guest_trap {
    SS_GUEST_TRAP_NONE,  ///< it returned
    SS_GUEST_TRAP_FUEL,
    SS_GUEST_TRAP_STACK,
    SS_GUEST_TRAP_MODULE, ///< a trap of the module's own; SS_GUEST_REASON may know why
    SS_GUEST_TRAP_HOST,   ///< the host refused memory
} ss_guest_trap;

/// Makes an instance with the memory of a fresh interpreter; NULL when memory is refused.
ss_guest *ss_guest_create(const ss_allocator *allocator, size_t memory_bytes_max);
void ss_guest_destroy(ss_guest *guest);

/// Calls a function with fuel, of which the rest is left there (0 after a trap for want of it).
ss_guest_trap ss_guest_call(ss_guest *guest, ss_guest_function function, uint32_t argument,
                            uint64_t *fuel, uint32_t *result);

ss_guest_mailbox ss_guest_read_mailbox(ss_guest *guest);
/// The memory: a multiple of 64 KiB; moves when it grows.
uint8_t *ss_guest_memory(ss_guest *guest);
size_t ss_guest_memory_bytes(const ss_guest *guest);
/// Makes the memory so large, keeping what fits; new bytes are zero. False: memory is refused.
bool ss_guest_resize(ss_guest *guest, size_t memory_bytes);
/// How large it may make its memory from now on.
void ss_guest_limit(ss_guest *guest, size_t memory_bytes_max);

/// The memory of a fresh interpreter, as far as it is not zero, and how large it is in all.
const uint8_t *ss_guest_image(size_t *bytes, size_t *memory_bytes);

#endif
