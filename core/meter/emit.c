/// The code that the pass adds: globals, helper functions, charges.
#include "meter/pass.h"

static BinaryenExpressionRef get(ss__meter_pass *pass, const char *global, BinaryenType type) {
    return BinaryenGlobalGet(pass->module, global, type);
}

static BinaryenExpressionRef add_i64(ss__meter_pass *pass, BinaryenExpressionRef a,
                                     BinaryenExpressionRef b) {
    return BinaryenBinary(pass->module, BinaryenAddInt64(), a, b);
}

static BinaryenExpressionRef wide(ss__meter_pass *pass, BinaryenExpressionRef value) {
    return BinaryenUnary(pass->module, BinaryenExtendUInt32(), value);
}

/// Calls a function that traps. It never comes back, but V8 does not know: without `unreachable`
/// the checks cost three times as much, as code after a call merges with code without one.
static BinaryenExpressionRef stop(ss__meter_pass *pass, const char *function) {
    BinaryenExpressionRef items[2] = {
        ss__port_call(pass->module, function, NULL, 0, pass->types.none),
        BinaryenUnreachable(pass->module)};
    return ss__port_block(pass->module, items, 2, pass->types.unreachable);
}

/// `if (fuel < 0) out_of_fuel()`.
static BinaryenExpressionRef check(ss__meter_pass *pass, BinaryenExpressionRef fuel) {
    BinaryenExpressionRef is_out =
        BinaryenBinary(pass->module, BinaryenLtSInt64(), fuel, ss__port_i64(pass->module, 0));
    return BinaryenIf(pass->module, is_out, stop(pass, pass->names.out_of_fuel), NULL);
}

// Within a function the fuel lives in a local: a processor's register. In a global every charge
// waits for the one before it to come back from memory, which made QuickJS 2 to 2.7 times slower;
// so it is 1.3 to 1.4 times.

static BinaryenExpressionRef get_fuel(ss__meter_pass *pass) {
    return BinaryenLocalGet(pass->module, pass->fuel_local, pass->types.i64);
}

static BinaryenExpressionRef subtract(ss__meter_pass *pass, BinaryenExpressionRef fuel,
                                      BinaryenExpressionRef cost) {
    return BinaryenBinary(pass->module, BinaryenSubInt64(), fuel, cost);
}

BinaryenExpressionRef ss__meter_emit_check(ss__meter_pass *pass) {
    return check(pass, get_fuel(pass));
}

BinaryenExpressionRef ss__meter_emit_reload(ss__meter_pass *pass) {
    return BinaryenLocalSet(pass->module, pass->fuel_local,
                            get(pass, pass->names.fuel, pass->types.i64));
}

BinaryenExpressionRef ss__meter_emit_flush(ss__meter_pass *pass) {
    return BinaryenGlobalSet(pass->module, pass->names.fuel, get_fuel(pass));
}

BinaryenExpressionRef ss__meter_emit_slot(ss__meter_pass *pass) {
    return ss__port_block(pass->module, NULL, 0, pass->types.none);
}

void ss__meter_emit_charge(ss__meter_pass *pass, const ss__meter_region *region) {
    if (region->cost == 0 && !region->is_entry) return;
    BinaryenExpressionRef fuel =
        region->is_entry ? get(pass, pass->names.fuel, pass->types.i64) : get_fuel(pass);
    if (region->cost > 0) {
        fuel = subtract(pass, fuel, ss__port_i64(pass->module, (int64_t)region->cost));
    }
    BinaryenBlockAppendChild(region->slot, BinaryenLocalSet(pass->module, pass->fuel_local, fuel));
    if (region->is_checked) BinaryenBlockAppendChild(region->slot, ss__meter_emit_check(pass));
}

BinaryenExpressionRef ss__meter_emit_bulk(ss__meter_pass *pass, BinaryenExpressionRef bytes) {
    const uint32_t length = ss__meter_add_local(pass, pass->types.i32);
    BinaryenExpressionRef cost = BinaryenBinary(
        pass->module, BinaryenDivUInt32(), BinaryenLocalGet(pass->module, length, pass->types.i32),
        ss__port_i32(pass->module, SS_METER_BYTES_PER_FUEL));
    // The length first: what computes it may burn fuel itself.
    BinaryenExpressionRef items[4] = {
        BinaryenLocalSet(pass->module, length, bytes),
        BinaryenLocalSet(pass->module, pass->fuel_local,
                         subtract(pass, get_fuel(pass), wide(pass, cost))),
        ss__meter_emit_check(pass), BinaryenLocalGet(pass->module, length, pass->types.i32)};
    return ss__port_block(pass->module, items, 4, pass->types.i32);
}

BinaryenExpressionRef ss__meter_emit_pair(ss__meter_pass *pass, BinaryenExpressionRef first,
                                          BinaryenExpressionRef second) {
    BinaryenExpressionRef items[2] = {first, second};
    return ss__port_block(pass->module, items, 2, BinaryenExpressionGetType(second));
}

uint32_t ss__meter_add_local(ss__meter_pass *pass, BinaryenType type) {
    if (!ss__meter_reserve(pass, (void **)&pass->added, pass->added_count, &pass->added_capacity,
                           sizeof *pass->added)) {
        return 0;
    }
    pass->added[pass->added_count] = type;
    return pass->local_count + pass->added_count++;
}

BinaryenExpressionRef ss__meter_emit_after(ss__meter_pass *pass, BinaryenExpressionRef expression,
                                           BinaryenExpressionRef after) {
    const BinaryenType type = BinaryenExpressionGetType(expression);
    if (type == pass->types.none) {
        BinaryenExpressionRef items[2] = {expression, after};
        return ss__port_block(pass->module, items, 2, type);
    }
    const uint32_t local = ss__meter_add_local(pass, type);
    BinaryenExpressionRef items[3] = {BinaryenLocalSet(pass->module, local, expression), after,
                                      BinaryenLocalGet(pass->module, local, type)};
    return ss__port_block(pass->module, items, 3, type);
}

/// `stack += bytes`, with a negative number for taking.
static BinaryenExpressionRef move_stack(ss__meter_pass *pass, int32_t bytes) {
    BinaryenExpressionRef moved = BinaryenBinary(pass->module, BinaryenAddInt32(),
                                                 get(pass, pass->names.stack, pass->types.i32),
                                                 ss__port_i32(pass->module, bytes));
    return BinaryenGlobalSet(pass->module, pass->names.stack, moved);
}

BinaryenExpressionRef ss__meter_emit_leave(ss__meter_pass *pass, uint32_t frame_bytes) {
    return move_stack(pass, (int32_t)frame_bytes);
}

BinaryenExpressionRef ss__meter_emit_enter(ss__meter_pass *pass, uint32_t frame_bytes) {
    BinaryenExpressionRef is_out = BinaryenBinary(pass->module, BinaryenLtSInt32(),
                                                  get(pass, pass->names.stack, pass->types.i32),
                                                  ss__port_i32(pass->module, 0));
    BinaryenExpressionRef items[2] = {
        move_stack(pass, -(int32_t)frame_bytes),
        BinaryenIf(pass->module, is_out, stop(pass, pass->names.out_of_stack), NULL)};
    return ss__port_block(pass->module, items, 2, pass->types.none);
}

// --- The helper functions ------------------------------------------------------------------------

static BinaryenExpressionRef set_trap(ss__meter_pass *pass, ss_meter_trap reason) {
    return BinaryenGlobalSet(pass->module, pass->names.trap,
                             ss__port_i32(pass->module, (int32_t)reason));
}

static BinaryenExpressionRef local(ss__meter_pass *pass, uint32_t index) {
    return BinaryenLocalGet(pass->module, index, pass->types.i32);
}

/// Says why, and traps.
static void add_stop(ss__meter_pass *pass, const char *name, ss_meter_trap reason,
                     BinaryenExpressionRef before) {
    BinaryenExpressionRef items[3] = {before, set_trap(pass, reason),
                                      BinaryenUnreachable(pass->module)};
    ss__port_function(pass->module, name, pass->types.none, pass->types.none, NULL, 0,
                      ss__port_block(pass->module, items, 3, pass->types.unreachable));
}

/// `fuel -= cost; if (fuel < 0) out_of_fuel()`, on the global.
static BinaryenExpressionRef pay(ss__meter_pass *pass, BinaryenExpressionRef cost) {
    BinaryenExpressionRef left = subtract(pass, get(pass, pass->names.fuel, pass->types.i64), cost);
    BinaryenExpressionRef items[2] = {BinaryenGlobalSet(pass->module, pass->names.fuel, left),
                                      check(pass, get(pass, pass->names.fuel, pass->types.i64))};
    return ss__port_block(pass->module, items, 2, pass->types.none);
}

/// `if (size + delta > maximum) { before; return -1; }`, in 64 bits so that nothing wraps.
static BinaryenExpressionRef refuse_beyond(ss__meter_pass *pass, BinaryenExpressionRef size,
                                           BinaryenExpressionRef maximum,
                                           BinaryenExpressionRef before) {
    BinaryenExpressionRef is_beyond = BinaryenBinary(
        pass->module, BinaryenGtUInt64(),
        add_i64(pass, wide(pass, size), wide(pass, local(pass, 0))), wide(pass, maximum));
    BinaryenExpressionRef items[2] = {before,
                                      BinaryenReturn(pass->module, ss__port_i32(pass->module, -1))};
    return BinaryenIf(pass->module, is_beyond,
                      ss__port_block(pass->module, items, 2, pass->types.unreachable), NULL);
}

/// `grow_memory(pages) -> pages before, or -1`. A host that refuses what the limit allows would
/// make the result depend on the host: then there is no result.
static void add_grow_memory(ss__meter_pass *pass) {
    BinaryenModuleRef module = pass->module;
    BinaryenExpressionRef cost =
        BinaryenBinary(module, BinaryenMulInt64(), wide(pass, local(pass, 0)),
                       ss__port_i64(module, SS_METER_FUEL_PER_PAGE));
    BinaryenExpressionRef refusals[2] = {
        refuse_beyond(pass, BinaryenMemorySize(module),
                      ss__port_i32(module, (int32_t)pass->scan->memory_pages_max),
                      BinaryenNop(module)),
        refuse_beyond(pass, BinaryenMemorySize(module),
                      get(pass, pass->names.pages, pass->types.i32),
                      set_trap(pass, SS_METER_TRAP_MEMORY))};
    BinaryenExpressionRef grown =
        BinaryenLocalTee(module, 0, BinaryenMemoryGrow(module, local(pass, 0)), pass->types.i32);
    BinaryenExpressionRef failed =
        pass->scan->memory_is_imported
            ? NULL
            : BinaryenBinary(module, BinaryenEqInt32(), grown, ss__port_i32(module, -1));
    BinaryenExpressionRef halt[2] = {set_trap(pass, SS_METER_TRAP_HOST),
                                     BinaryenUnreachable(module)};
    BinaryenExpressionRef items[4] = {
        ss__port_block(module, refusals, 2, pass->types.none), pay(pass, cost),
        pass->scan->memory_is_imported
            ? BinaryenDrop(module, grown) // its limits are the host's own
            : BinaryenIf(module, failed, ss__port_block(module, halt, 2, pass->types.unreachable),
                         NULL),
        local(pass, 0)};
    ss__port_function(module, pass->names.grow_memory, pass->types.i32, pass->types.i32, NULL, 0,
                      ss__port_block(module, items, 4, pass->types.i32));
}

/// `grow_table(entries, size) -> entries, or -1`, which no table can grow by.
static void add_grow_table(ss__meter_pass *pass) {
    BinaryenExpressionRef items[3] = {
        refuse_beyond(pass, local(pass, 1), ss__port_i32(pass->module, SS_METER_TABLE_ENTRIES_MAX),
                      BinaryenNop(pass->module)),
        pay(pass, wide(pass, local(pass, 0))), local(pass, 0)};
    BinaryenType pair[2] = {pass->types.i32, pass->types.i32};
    ss__port_function(pass->module, pass->names.grow_table, ss__port_tuple(pair, 2),
                      pass->types.i32, NULL, 0,
                      ss__port_block(pass->module, items, 3, pass->types.i32));
}

static void add_global(ss__meter_pass *pass, const char *name, BinaryenType type,
                       BinaryenExpressionRef value) {
    BinaryenAddGlobal(pass->module, name, type, true, value);
    BinaryenAddGlobalExport(pass->module, name, name);
}

void ss__meter_emit_runtime(ss__meter_pass *pass) {
    BinaryenModuleRef module = pass->module;
    add_global(pass, pass->names.fuel, pass->types.i64,
               ss__port_i64(module, (int64_t)pass->options->initial_fuel));
    add_global(pass, pass->names.stack, pass->types.i32,
               ss__port_i32(module, SS_METER_STACK_BYTES));
    add_global(pass, pass->names.pages, pass->types.i32, ss__port_i32(module, 65536));
    add_global(pass, pass->names.trap, pass->types.i32, ss__port_i32(module, 0));
    // The fuel of the function that stopped was in its local; the host sees that there is none.
    add_stop(pass, pass->names.out_of_fuel, SS_METER_TRAP_FUEL,
             BinaryenGlobalSet(module, pass->names.fuel, ss__port_i64(module, -1)));
    add_stop(pass, pass->names.out_of_stack, SS_METER_TRAP_STACK, BinaryenNop(module));
    if (pass->scan->has_memory) add_grow_memory(pass);
    add_grow_table(pass);
}
