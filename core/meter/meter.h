/// Metering: rewrites a WebAssembly module so that it counts what it does and can be stopped.
///
/// One pass over Binaryen's C API. Every instruction costs fuel, every call costs stack, and every
/// page of memory is asked for; when one of them runs out, the module traps at a place that depends
/// on nothing but the module and its input. So a budget stops the same program at the same
/// instruction on every host, and the fuel that was burnt is a measure of the work done.
///
/// What is charged (in fuel):
///   - `block`, `loop`, `else`, `end`, `nop`, `drop`: nothing; they are no work, and Binaryen adds
///     and removes them at will (a `drop` also, and gets and sets of locals of its own);
///   - every other instruction: 1;
///   - `memory.copy`, `memory.fill`, `memory.init`: 1 more for each SS_METER_BYTES_PER_FUEL bytes;
///   - `memory.grow`: SS_METER_FUEL_PER_PAGE more for each page; `table.grow`: 1 more an entry.
/// What only runs together is charged together, before it runs: a basic block with what follows it
/// for certain. That the fuel is used up is noticed where a loop begins again, where a function
/// begins (unless it is small and calls nothing), at bulk operations, and at the latest when the
/// function that the host called returns: it returns if and only if it was given what it executed,
/// to the instruction. A run that traps for a reason of its own may have paid for the rest of what
/// it was in the middle of, and not yet for what it did since its last call, alike everywhere.
///
/// What the host sees of it, as exports of the instrumented module:
///   - SS_METER_FUEL, mutable i64: set it before a call; negative after a stop for want of it;
///   - SS_METER_STACK, mutable i32: bytes of stack left; a function that calls others takes
///     ss_meter_frame_bytes while it runs. Set it again after a trap;
///   - SS_METER_PAGES, mutable i32: the number of pages that the memory may have;
///   - SS_METER_TRAP, mutable i32: an ss_meter_trap; set it to 0 before a call;
///   - SS_METER_START, function: what was the module's start function, if it had one: the host
///   calls
///     it, once, after it has set the above.
#ifndef SS_METER_METER_H
#define SS_METER_METER_H

#include "scalesim/base.h"

#define SS_METER_FUEL "scalesim_fuel"
#define SS_METER_STACK "scalesim_stack"
#define SS_METER_PAGES "scalesim_pages"
#define SS_METER_TRAP "scalesim_trap"
#define SS_METER_START "scalesim_start"
#define SS_METER_GLOBAL "scalesim_global_"

/// A bulk operation moves about this many bytes in the time of one plain instruction.
#define SS_METER_BYTES_PER_FUEL 16
/// A new page has to be cleared: 64 KiB at the rate of the bulk operations.
#define SS_METER_FUEL_PER_PAGE (65536 / SS_METER_BYTES_PER_FUEL)
/// The stack that a module has at first: what the smallest host offers (V8's 984 kB, of which the
/// engine's own frames and the difference between our estimate and the host's take a good part).
#define SS_METER_STACK_BYTES (256 * 1024)
/// Table entries in all; further `table.grow` is refused (-1), as the standard allows.
#define SS_METER_TABLE_ENTRIES_MAX 100000

/// Why an instrumented module trapped.
typedef enum ss_meter_trap {
    SS_METER_TRAP_NONE = 0, ///< it did not, or for a reason of its own (division by zero, …)
    SS_METER_TRAP_FUEL = 1,
    SS_METER_TRAP_STACK = 2,
    /// No trap by itself: `memory.grow` was refused because of SS_METER_PAGES. A trap of the
    /// module's own after that means that it could not go on.
    SS_METER_TRAP_MEMORY = 3,
    SS_METER_TRAP_HOST = 4, ///< the host refused memory that the limit allows: nothing is said
} ss_meter_trap;

/// Why a module is not accepted.
typedef enum ss_meter_refusal {
    SS_METER_ACCEPTED = 0,
    SS_METER_MALFORMED,    ///< not a WebAssembly module, or cut short
    SS_METER_TOO_LARGE,    ///< beyond SS_METER_MODULE_BYTES_MAX or another limit of scan.h
    SS_METER_TOO_DEEP,     ///< code nested beyond SS_METER_NESTING_MAX
    SS_METER_THREADS,      ///< shared memory or an atomic instruction
    SS_METER_RELAXED_SIMD, ///< its results differ from host to host
    SS_METER_TAIL_CALLS,   ///< return_call
    SS_METER_EXCEPTIONS,   ///< try, throw, tags
    SS_METER_MEMORY64,     ///< 64-bit memory or tables
    SS_METER_SEVERAL_MEMORIES,
    SS_METER_GC,               ///< reference types beyond funcref and externref
    SS_METER_UNKNOWN,          ///< an instruction or section that we do not know
    SS_METER_UNSUPPORTED_BULK, ///< table.copy, table.init, table.fill, elem.drop
    SS_METER_BLOCK_PARAMETERS, ///< a block that takes operands from the stack
    SS_METER_IMPORTS,          ///< it imports something, and is_closed
    /// It changes what the host cannot see (a table, dropped segments, a global that is no
    /// integer), and is_closed.
    SS_METER_HIDDEN_STATE,
    SS_METER_NAME_TAKEN, ///< it exports a name that begins with "scalesim_"
    SS_METER_NAME_ZERO,  ///< a name with a zero byte in it
    /// It exports a table that is not its first: Binaryen 108 would write the first.
    SS_METER_TABLE_EXPORT,
    SS_METER_BINARYEN, ///< Binaryen could not read it
} ss_meter_refusal;

/// Returns a refusal as a word ("threads", "unknown", …): stable, for tables of texts.
const char *ss_meter_refusal_name(ss_meter_refusal refusal);

/// What was wrong, and where.
typedef struct ss_meter_finding {
    ss_meter_refusal refusal;
    size_t offset;     ///< of the byte in the module
    uint32_t function; ///< index of the function, UINT32_MAX outside of code
    uint32_t opcode;   ///< the instruction: its byte, or prefix << 16 | number
} ss_meter_finding;

typedef struct ss_meter_options {
    bool keep_names; ///< keep the name section (for profiles and debugging)
    /// For a module of strangers: it may import nothing and keep no state that the host cannot save
    /// and put back. Its own mutable globals are exported as SS_METER_GLOBAL and a number from 0.
    bool is_closed;
    /// Replaces every NaN that arithmetic made by the one canonical NaN, wherever its bits could be
    /// seen: hosts differ in them.
    bool canonical_nan;
    /// Fuel from the beginning, for hosts that cannot set any (the specification's own tests). Then
    /// the start function stays one. 0 otherwise.
    uint64_t initial_fuel;
} ss_meter_options;

/// Instruments a module. On SS_OK `*out` holds the new module, allocated with the allocator.
/// SS_ERROR_INPUT: the module is refused, and `finding` says why.
///
/// The module must be valid (WebAssembly.validate): this reads it with Binaryen, whose reader is
/// not safe against hostile bytes, so what comes from strangers is instrumented inside WebAssembly
/// only.
ss_status ss_meter_instrument(const uint8_t *module, size_t bytes, const ss_meter_options *options,
                              const ss_allocator *allocator, uint8_t **out, size_t *out_bytes,
                              ss_meter_finding *finding);

#endif
