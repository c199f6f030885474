/// Walks a function in the order in which it runs, sums up what runs together, and leaves a slot
/// where each sum has to be paid.
///
/// A region ends where control may leave: after a branch, and at the end of a block that such a
/// branch goes around. Where a block's branches all stay inside it, what follows the block runs
/// exactly if what precedes it did, and goes on in the same region.
#include <string.h>

#include "meter/pass.h"

#define LABEL_NONE UINT32_MAX

static BinaryenExpressionRef walk(ss__meter_pass *pass, BinaryenExpressionRef expression);

bool ss__meter_reserve(ss__meter_pass *pass, void **items, uint32_t count, uint32_t *capacity,
                       size_t item_bytes) {
    if (count < *capacity) return true;
    const uint32_t wanted = *capacity ? *capacity * 2 : 64;
    void *grown =
        ss_reallocate(pass->allocator, *items, *capacity * item_bytes, wanted * item_bytes);
    if (!grown) {
        pass->status = SS_ERROR_MEMORY;
        return false;
    }
    *items = grown;
    *capacity = wanted;
    return true;
}

/// Begins a region at a slot that runs next.
static void begin_region(ss__meter_pass *pass, BinaryenExpressionRef slot) {
    pass->region = SS_METER_NO_REGION;
    if (!ss__meter_reserve(pass, (void **)&pass->regions, pass->region_count,
                           &pass->region_capacity, sizeof *pass->regions)) {
        return;
    }
    pass->region = pass->region_count;
    pass->regions[pass->region_count++] = (ss__meter_region){.slot = slot};
    pass->is_dirty = true;
}

static void charge(ss__meter_pass *pass, uint64_t cost) {
    // Without a region only dead code is left: it never runs.
    if (pass->region != SS_METER_NO_REGION) pass->regions[pass->region].cost += cost;
}

static bool can_end(const ss__meter_pass *pass, BinaryenExpressionRef expression) {
    return BinaryenExpressionGetType(expression) != pass->types.unreachable;
}

/// Walks an operand; if control may have left in it, a new region begins right after it.
static BinaryenExpressionRef walk_operand(ss__meter_pass *pass, BinaryenExpressionRef operand) {
    BinaryenExpressionRef walked = walk(pass, operand);
    if (pass->region != SS_METER_NO_REGION || !can_end(pass, walked)) return walked;
    BinaryenExpressionRef slot = ss__meter_emit_slot(pass);
    walked = ss__meter_emit_after(pass, walked, slot);
    begin_region(pass, slot);
    return walked;
}

static void branch_to(ss__meter_pass *pass, const char *name) {
    pass->region = SS_METER_NO_REGION;
    for (uint32_t i = pass->label_count; i-- > 0;) {
        if (pass->labels[i].name != name) continue;
        pass->labels[i].is_targeted = true;
        pass->labels[i].is_dirty |= pass->is_dirty;
        if (i + 1 < pass->lowest) pass->lowest = i + 1;
        return;
    }
    pass->lowest = 0;
}

static void push_label(ss__meter_pass *pass, const char *name) {
    if (!ss__meter_reserve(pass, (void **)&pass->labels, pass->label_count, &pass->label_capacity,
                           sizeof *pass->labels)) {
        return;
    }
    pass->labels[pass->label_count++] = (ss__meter_label){.name = name};
}

static BinaryenExpressionRef walk_block(ss__meter_pass *pass, BinaryenExpressionRef block) {
    const uint32_t outer_lowest = pass->lowest;
    const uint32_t entry = pass->region;
    const char *name = BinaryenBlockGetName(block);
    pass->lowest = LABEL_NONE;
    push_label(pass, name);
    const uint32_t label = pass->label_count;
    for (uint32_t i = 0; i < BinaryenBlockGetNumChildren(block) && !pass->status; i++) {
        if (pass->region == SS_METER_NO_REGION && i > 0) {
            BinaryenExpressionRef slot = ss__meter_emit_slot(pass);
            BinaryenBlockInsertChildAt(block, i++, slot);
            begin_region(pass, slot);
        }
        BinaryenExpressionRef child = BinaryenBlockGetChildAt(block, i);
        BinaryenExpressionRef walked = walk(pass, child);
        if (walked != child) BinaryenBlockSetChildAt(block, i, walked);
    }
    if (pass->status) return block;
    const ss__meter_label end = pass->labels[label - 1];
    pass->label_count = label - 1;
    pass->is_dirty |= end.is_dirty;
    if (pass->lowest >= label)
        pass->region = entry; // whatever branches inside, stays inside
    else if (end.is_targeted)
        pass->region = SS_METER_NO_REGION;
    if (outer_lowest < pass->lowest) pass->lowest = outer_lowest;
    return block;
}

/// Walks code that is entered at its beginning only, in a region of its own.
static BinaryenExpressionRef walk_entered(ss__meter_pass *pass, BinaryenExpressionRef code,
                                          uint32_t *region) {
    BinaryenExpressionRef slot = ss__meter_emit_slot(pass);
    begin_region(pass, slot);
    *region = pass->region;
    BinaryenExpressionRef walked = walk(pass, code);
    return ss__meter_emit_pair(pass, slot, walked);
}

static BinaryenExpressionRef walk_if(ss__meter_pass *pass, BinaryenExpressionRef branch) {
    BinaryenIfSetCondition(branch, walk_operand(pass, BinaryenIfGetCondition(branch)));
    charge(pass, 1);
    const uint32_t outer_lowest = pass->lowest;
    const uint32_t entry = pass->region;
    const bool is_dirty = pass->is_dirty;
    const uint32_t inside = pass->label_count + 1;
    uint32_t first = SS_METER_NO_REGION, second = SS_METER_NO_REGION;
    pass->lowest = LABEL_NONE;
    BinaryenIfSetIfTrue(branch, walk_entered(pass, BinaryenIfGetIfTrue(branch), &first));
    BinaryenExpressionRef otherwise = BinaryenIfGetIfFalse(branch);
    const bool is_dirty_after = pass->is_dirty;
    pass->is_dirty = is_dirty;
    if (otherwise) BinaryenIfSetIfFalse(branch, walk_entered(pass, otherwise, &second));
    if (pass->status) return branch;
    pass->is_dirty |= is_dirty_after;
    if (otherwise && entry != SS_METER_NO_REGION) {
        // What both arms pay is paid before.
        ss__meter_region *a = &pass->regions[first], *b = &pass->regions[second];
        const uint64_t both = a->cost < b->cost ? a->cost : b->cost;
        pass->regions[entry].cost += both;
        a->cost -= both;
        b->cost -= both;
    }
    pass->region = pass->lowest >= inside ? entry : SS_METER_NO_REGION;
    if (outer_lowest < pass->lowest) pass->lowest = outer_lowest;
    return branch;
}

static BinaryenExpressionRef walk_loop(ss__meter_pass *pass, BinaryenExpressionRef loop) {
    const uint32_t outer_lowest = pass->lowest;
    const uint32_t entry = pass->region;
    pass->lowest = LABEL_NONE;
    push_label(pass, BinaryenLoopGetName(loop));
    const uint32_t label = pass->label_count;
    uint32_t head = 0;
    BinaryenLoopSetBody(loop, walk_entered(pass, BinaryenLoopGetBody(loop), &head));
    if (pass->status) return loop;
    pass->regions[head].is_checked = true;
    pass->label_count = label - 1;
    if (pass->lowest >= label) pass->region = entry;
    if (outer_lowest < pass->lowest) pass->lowest = outer_lowest;
    return loop;
}

static void walk_operands(ss__meter_pass *pass, const ss__meter_shape *shape,
                          BinaryenExpressionRef expression) {
    const uint32_t live = pass->live;
    const bool hides = pass->options->canonical_nan && ss__meter_hides_nan(shape, expression);
    const uint32_t count = shape->list_count ? shape->list_count(expression) : 0;
    for (uint32_t i = 0; i < count; i++) {
        BinaryenExpressionRef operand = shape->list_get(expression, i);
        BinaryenExpressionRef walked = walk_operand(pass, operand);
        if (walked != operand) shape->list_set(expression, i, walked);
        pass->live++;
    }
    for (uint32_t i = 0; i < SS_METER_OPERANDS_MAX && shape->operands[i].get; i++) {
        BinaryenExpressionRef operand = shape->operands[i].get(expression);
        if (!operand) continue;
        pass->is_nan_hidden = hides;
        BinaryenExpressionRef walked = walk_operand(pass, operand);
        if (walked != operand) shape->operands[i].set(expression, walked);
        pass->live++;
    }
    if (pass->live > pass->live_max) pass->live_max = pass->live;
    pass->live = live;
}

/// Gives back what the function took, at one of its ends.
static BinaryenExpressionRef end_function(ss__meter_pass *pass) {
    BinaryenExpressionRef slot = ss__meter_emit_slot(pass);
    if (pass->is_dirty) BinaryenBlockAppendChild(slot, ss__meter_emit_flush(pass));
    // Within a function running out is noticed at loops and calls; the host is told at the latest
    // when the function that it called has ended.
    if (pass->function->is_exported) BinaryenBlockAppendChild(slot, ss__meter_emit_check(pass));
    if (!pass->function->has_calls ||
        !ss__meter_reserve(pass, (void **)&pass->returns, pass->return_count,
                           &pass->return_capacity, sizeof *pass->returns)) {
        return slot;
    }
    pass->returns[pass->return_count++] = slot;
    return slot;
}

/// Ends the function after the value is known.
static BinaryenExpressionRef walk_return(ss__meter_pass *pass, BinaryenExpressionRef expression) {
    BinaryenExpressionRef slot = end_function(pass);
    pass->region = SS_METER_NO_REGION;
    pass->lowest = 0;
    BinaryenExpressionRef value = BinaryenReturnGetValue(expression);
    if (!value) return ss__meter_emit_pair(pass, slot, expression);
    if (can_end(pass, value)) {
        BinaryenReturnSetValue(expression, ss__meter_emit_after(pass, value, slot));
    }
    return expression;
}

/// A call goes on with the fuel of its caller: written back after the last operand, and taken over
/// again after the call.
static BinaryenExpressionRef walk_call(ss__meter_pass *pass, const ss__meter_shape *shape,
                                       BinaryenExpressionRef call) {
    if (!can_end(pass, call)) return call;
    BinaryenExpressionRef flush = pass->is_dirty ? ss__meter_emit_flush(pass) : NULL;
    const uint32_t count = shape->list_count(call);
    if (flush && shape->operands[0].get) {
        BinaryenExpressionRef target = shape->operands[0].get(call);
        shape->operands[0].set(call, ss__meter_emit_after(pass, target, flush));
    } else if (flush && count > 0) {
        BinaryenExpressionRef last = shape->list_get(call, count - 1);
        shape->list_set(call, count - 1, ss__meter_emit_after(pass, last, flush));
    } else if (flush) {
        call = ss__meter_emit_pair(pass, flush, call);
    }
    pass->is_dirty = false;
    return ss__meter_emit_after(pass, call, ss__meter_emit_reload(pass));
}

/// A call of a helper, which pays on the global, in the place of the operand that it takes.
static BinaryenExpressionRef call_helper(ss__meter_pass *pass, const char *helper,
                                         BinaryenExpressionRef operand,
                                         BinaryenExpressionRef second) {
    BinaryenExpressionRef operands[2] = {
        ss__meter_emit_after(pass, operand, ss__meter_emit_flush(pass)), second};
    BinaryenExpressionRef call =
        ss__port_call(pass->module, helper, operands, second ? 2 : 1, pass->types.i32);
    pass->is_dirty = false;
    return ss__meter_emit_after(pass, call, ss__meter_emit_reload(pass));
}

static uint32_t local_cost(const ss__meter_pass *pass, BinaryenExpressionRef expression,
                           bool is_get) {
    const uint32_t index =
        is_get ? BinaryenLocalGetGetIndex(expression) : BinaryenLocalSetGetIndex(expression);
    return index < pass->function->local_count ? 1 : 0;
}

static void walk_bulk(ss__meter_pass *pass, const ss__meter_shape *shape,
                      BinaryenExpressionRef expression) {
    BinaryenExpressionRef bytes = shape->operands[2].get(expression);
    if (!can_end(pass, bytes)) return;
    shape->operands[2].set(expression, ss__meter_emit_bulk(pass, bytes));
    pass->is_dirty = true;
}

static void walk_table_grow(ss__meter_pass *pass, BinaryenExpressionRef expression) {
    BinaryenExpressionRef delta = BinaryenTableGrowGetDelta(expression);
    if (!can_end(pass, delta)) return;
    BinaryenExpressionRef size =
        BinaryenTableSize(pass->module, BinaryenTableGrowGetTable(expression));
    BinaryenTableGrowSetDelta(expression, call_helper(pass, pass->names.grow_table, delta, size));
}

static BinaryenExpressionRef walk_switch(ss__meter_pass *pass, BinaryenExpressionRef expression) {
    const uint32_t count = BinaryenSwitchGetNumNames(expression);
    for (uint32_t i = 0; i < count; i++) branch_to(pass, BinaryenSwitchGetNameAt(expression, i));
    branch_to(pass, BinaryenSwitchGetDefaultName(expression));
    return expression;
}

/// An expression whose operands all run first.
static BinaryenExpressionRef walk_plain(ss__meter_pass *pass, const ss__meter_shape *shape,
                                        BinaryenExpressionRef expression) {
    const bool is_nan_hidden = pass->is_nan_hidden;
    pass->is_nan_hidden = false;
    walk_operands(pass, shape, expression);
    if (pass->status) return expression;
    charge(pass, shape->special == SS__METER_LOCAL
                     ? local_cost(pass, expression, !shape->operands[0].get)
                     : shape->cost);
    switch (shape->special) {
    case SS__METER_BREAK: branch_to(pass, BinaryenBreakGetName(expression)); return expression;
    case SS__METER_SWITCH: return walk_switch(pass, expression);
    case SS__METER_RETURN: return walk_return(pass, expression);
    case SS__METER_BULK: walk_bulk(pass, shape, expression); return expression;
    case SS__METER_TABLE_GROW: walk_table_grow(pass, expression); return expression;
    case SS__METER_MEMORY_GROW: {
        BinaryenExpressionRef pages = BinaryenMemoryGrowGetDelta(expression);
        if (!can_end(pass, pages)) return expression;
        return call_helper(pass, pass->names.grow_memory, pages, NULL);
    }
    case SS__METER_CALL: return walk_call(pass, shape, expression);
    case SS__METER_UNARY:
    case SS__METER_BINARY:
        if (!pass->options->canonical_nan || is_nan_hidden) return expression;
        return ss__meter_emit_canonical(pass, shape, expression);
    case SS__METER_UNREACHABLE:
        if (!pass->is_dirty) return expression;
        return ss__meter_emit_pair(pass, ss__meter_emit_flush(pass), expression);
    default: return expression;
    }
}

static BinaryenExpressionRef walk(ss__meter_pass *pass, BinaryenExpressionRef expression) {
    if (pass->status) return expression;
    const BinaryenExpressionId id = BinaryenExpressionGetId(expression);
    const ss__meter_shape *shape = &pass->shapes[id < SS_METER_SHAPES_MAX ? id : 0];
    if (pass->depth >= SS_METER_WALK_DEPTH_MAX || id >= SS_METER_SHAPES_MAX ||
        shape->special == SS__METER_REFUSED) {
        pass->status = SS_ERROR_INPUT;
        pass->finding.refusal =
            pass->depth >= SS_METER_WALK_DEPTH_MAX ? SS_METER_TOO_DEEP : SS_METER_UNKNOWN;
        return expression;
    }
    pass->depth++;
    if (shape->special < SS__METER_UNARY) pass->is_nan_hidden = false;
    BinaryenExpressionRef walked = NULL;
    switch (shape->special) {
    case SS__METER_BLOCK: walked = walk_block(pass, expression); break;
    case SS__METER_IF: walked = walk_if(pass, expression); break;
    case SS__METER_LOOP: walked = walk_loop(pass, expression); break;
    default: walked = walk_plain(pass, shape, expression); break;
    }
    pass->depth--;
    return walked;
}

/// Whether a call of this function has to notice that the fuel is used up. A small one that calls
/// nothing need not: its caller will.
static bool must_check(const ss__meter_pass *pass) {
    uint64_t cost = 0;
    for (uint32_t i = 0; i < pass->region_count; i++) cost += pass->regions[i].cost;
    return pass->function->has_calls || cost > SS_METER_UNCHECKED_MAX;
}

BinaryenExpressionRef ss__meter_walk_body(ss__meter_pass *pass, BinaryenExpressionRef body) {
    pass->region_count = pass->label_count = pass->return_count = pass->added_count = 0;
    pass->depth = pass->live = pass->live_max = 0;
    pass->lowest = LABEL_NONE;
    pass->fuel_local = ss__meter_add_local(pass, pass->types.i64);
    uint32_t entry = 0;
    BinaryenExpressionRef walked = walk_entered(pass, body, &entry);
    if (!pass->status && can_end(pass, walked)) {
        walked = ss__meter_emit_after(pass, walked, end_function(pass));
    }
    if (pass->status) return walked;
    pass->regions[entry].is_entry = true;
    pass->regions[entry].is_checked = must_check(pass);
    if (!pass->function->has_calls) return walked;
    // A function that calls others takes its frame at the beginning and gives it back at each end.
    const uint32_t frame_bytes =
        64 + pass->function->local_bytes + 8 * pass->added_count + 8 * pass->live_max;
    for (uint32_t i = 0; i < pass->return_count; i++) {
        BinaryenBlockAppendChild(pass->returns[i], ss__meter_emit_leave(pass, frame_bytes));
    }
    return ss__meter_emit_pair(pass, ss__meter_emit_enter(pass, frame_bytes), walked);
}
