/// What the parts of the pass share: one function being rewritten (walk.c), and the code that is
/// added to it (emit.c).
#ifndef SS_METER_PASS_H
#define SS_METER_PASS_H

#include "meter/meter.h"
#include "meter/port.h"
#include "meter/scan.h"
#include "meter/shape.h"

#define SS_METER_WALK_DEPTH_MAX 6000u /* expressions in expressions: the walks of both recurse */
#define SS_METER_NO_REGION UINT32_MAX
/// A function without calls whose instructions are no more than this runs unchecked.
#define SS_METER_UNCHECKED_MAX 256u

/// Code that runs from its first instruction to its last, or traps: it is paid for at once. `slot`
/// is an empty block at its beginning, which takes the charge when the sum is known.
typedef struct ss__meter_region {
    BinaryenExpressionRef slot;
    uint64_t cost;
    bool is_checked; ///< running out is noticed here: loops and functions begin so
    bool is_entry;   ///< the function begins here, and takes the fuel over from the global
} ss__meter_region;

/// A block or loop whose end is not reached yet.
typedef struct ss__meter_label {
    const char *name;
    bool is_targeted;
    bool is_dirty; ///< some branch comes with fuel that only the local knows of
} ss__meter_label;

/// The names that we add to a module, in Binaryen's memory.
typedef struct ss__meter_names {
    const char *fuel, *stack, *pages, *trap;
    const char *out_of_fuel, *out_of_stack, *grow_memory, *grow_table;
} ss__meter_names;

typedef struct ss__meter_types {
    BinaryenType none, i32, i64, f32, f64, unreachable;
} ss__meter_types;

typedef struct ss__meter_pass {
    BinaryenModuleRef module;
    const ss_allocator *allocator;
    const ss_meter_options *options;
    const ss__meter_scan *scan;
    ss__meter_shape shapes[SS_METER_SHAPES_MAX];
    ss__meter_names names;
    ss__meter_types types;

    // The function at hand.
    const ss__meter_function *function;
    BinaryenType results;
    uint32_t local_count; ///< with Binaryen's own and those added here
    BinaryenType *added;  ///< types of the locals added here
    uint32_t added_count, added_capacity;
    ss__meter_region *regions;
    uint32_t region_count, region_capacity;
    uint32_t region; ///< the one being executed, or SS_METER_NO_REGION: a new one must begin
    ss__meter_label *labels;
    uint32_t label_count, label_capacity;
    uint32_t fuel_local; ///< the fuel while this function runs; the global is behind it …
    bool is_dirty;       ///< … here, maybe: before a call and at the end it is written back
    uint32_t lowest;     ///< outermost label that what was just walked branches to; 0: it returns
    bool is_nan_hidden;  ///< what is walked next is an operand whose NaN nobody sees
    uint32_t depth;      ///< of the recursion
    uint32_t live, live_max;        ///< operands that wait on the stack
    BinaryenExpressionRef *returns; ///< slots at each end, for giving back the stack
    uint32_t return_count, return_capacity;
    ss_status status; ///< the first failure: memory
    ss_meter_finding finding;
} ss__meter_pass;

/// Grows a list so that one more item fits; false when memory is refused.
bool ss__meter_reserve(ss__meter_pass *pass, void **items, uint32_t count, uint32_t *capacity,
                       size_t item_bytes);

/// Rewrites the body of the function at hand.
BinaryenExpressionRef ss__meter_walk_body(ss__meter_pass *pass, BinaryenExpressionRef body);

// --- emit.c ------------------------------------------------------------------------------------

/// Adds the globals, their exports and the helper functions.
void ss__meter_emit_runtime(ss__meter_pass *pass);
/// Fills a region's slot with its charge.
void ss__meter_emit_charge(ss__meter_pass *pass, const ss__meter_region *region);
BinaryenExpressionRef ss__meter_emit_slot(ss__meter_pass *pass);
/// `first`, then `second`, whose value is the value of both.
BinaryenExpressionRef ss__meter_emit_pair(ss__meter_pass *pass, BinaryenExpressionRef first,
                                          BinaryenExpressionRef second);
/// The expression, then `after`; the value stays that of the expression.
BinaryenExpressionRef ss__meter_emit_after(ss__meter_pass *pass, BinaryenExpressionRef expression,
                                           BinaryenExpressionRef after);
/// `fuel = the global`: after a call, which may have burnt some.
BinaryenExpressionRef ss__meter_emit_reload(ss__meter_pass *pass);
/// `the global = fuel`: before a call, and at the end.
BinaryenExpressionRef ss__meter_emit_flush(ss__meter_pass *pass);
/// Stops if the fuel is used up.
BinaryenExpressionRef ss__meter_emit_check(ss__meter_pass *pass);
/// Charges for the bytes that the operand counts, and has its value.
BinaryenExpressionRef ss__meter_emit_bulk(ss__meter_pass *pass, BinaryenExpressionRef bytes);
/// Takes the function's frame off the stack that is left, and traps when there is none.
BinaryenExpressionRef ss__meter_emit_enter(ss__meter_pass *pass, uint32_t frame_bytes);
BinaryenExpressionRef ss__meter_emit_leave(ss__meter_pass *pass, uint32_t frame_bytes);
// --- nan.c -------------------------------------------------------------------------------------

/// Whether the operands' NaNs are seen by nobody but this operation, whose own is made canonical.
bool ss__meter_hides_nan(const ss__meter_shape *shape, BinaryenExpressionRef expression);
/// The expression, with the canonical NaN for any that it makes.
BinaryenExpressionRef ss__meter_emit_canonical(ss__meter_pass *pass, const ss__meter_shape *shape,
                                               BinaryenExpressionRef expression);

/// A new local of the function at hand.
uint32_t ss__meter_add_local(ss__meter_pass *pass, BinaryenType type);

#endif
