/// Binaryen's expression kinds that we know. Ids are asked for, as they change between versions.
#include <string.h>

#include "meter/shape.h"

#define OPERAND(kind, name) \
    { Binaryen##kind##Get##name, Binaryen##kind##Set##name }
#define LIST(kind)                                                                          \
    .list_count = Binaryen##kind##GetNumOperands, .list_get = Binaryen##kind##GetOperandAt, \
    .list_set = Binaryen##kind##SetOperandAt

typedef struct entry {
    BinaryenExpressionId (*id)(void);
    ss__meter_shape shape;
} entry;

static const entry entries[] = {
    {BinaryenNopId, {.cost = 0}},
    {BinaryenBlockId, {.special = SS__METER_BLOCK}},
    {BinaryenIfId, {.special = SS__METER_IF}},
    {BinaryenLoopId, {.special = SS__METER_LOOP}},
    {BinaryenBreakId,
     {1, SS__METER_BREAK, .operands = {OPERAND(Break, Value), OPERAND(Break, Condition)}}},
    {BinaryenSwitchId,
     {1, SS__METER_SWITCH, .operands = {OPERAND(Switch, Value), OPERAND(Switch, Condition)}}},
    {BinaryenCallId, {1, SS__METER_CALL, LIST(Call)}},
    {BinaryenCallIndirectId,
     {1, SS__METER_CALL, LIST(CallIndirect), .operands = {OPERAND(CallIndirect, Target)}}},
    {BinaryenLocalGetId, {1, SS__METER_LOCAL, .operands = {{0}}}},
    {BinaryenLocalSetId, {1, SS__METER_LOCAL, .operands = {OPERAND(LocalSet, Value)}}},
    {BinaryenGlobalGetId, {.cost = 1}},
    {BinaryenGlobalSetId, {.cost = 1, .operands = {OPERAND(GlobalSet, Value)}}},
    {BinaryenLoadId, {.cost = 1, .operands = {OPERAND(Load, Ptr)}}},
    {BinaryenStoreId, {.cost = 1, .operands = {OPERAND(Store, Ptr), OPERAND(Store, Value)}}},
    {BinaryenConstId, {.cost = 1}},
    {BinaryenUnaryId, {1, SS__METER_UNARY, .operands = {OPERAND(Unary, Value)}}},
    {BinaryenBinaryId,
     {1, SS__METER_BINARY, .operands = {OPERAND(Binary, Left), OPERAND(Binary, Right)}}},
    {BinaryenSelectId,
     {.cost = 1,
      .operands = {OPERAND(Select, IfTrue), OPERAND(Select, IfFalse), OPERAND(Select, Condition)}}},
    {BinaryenDropId, {.cost = 0, .operands = {OPERAND(Drop, Value)}}},
    {BinaryenReturnId, {1, SS__METER_RETURN, .operands = {OPERAND(Return, Value)}}},
    {BinaryenUnreachableId, {1, SS__METER_UNREACHABLE, .operands = {{0}}}},
    {BinaryenMemorySizeId, {.cost = 1}},
    {BinaryenMemoryGrowId, {1, SS__METER_MEMORY_GROW, .operands = {OPERAND(MemoryGrow, Delta)}}},
    {BinaryenMemoryInitId,
     {1, SS__METER_BULK,
      .operands = {OPERAND(MemoryInit, Dest), OPERAND(MemoryInit, Offset),
                   OPERAND(MemoryInit, Size)}}},
    {BinaryenMemoryCopyId,
     {1, SS__METER_BULK,
      .operands = {OPERAND(MemoryCopy, Dest), OPERAND(MemoryCopy, Source),
                   OPERAND(MemoryCopy, Size)}}},
    {BinaryenMemoryFillId,
     {1, SS__METER_BULK,
      .operands = {OPERAND(MemoryFill, Dest), OPERAND(MemoryFill, Value),
                   OPERAND(MemoryFill, Size)}}},
    {BinaryenDataDropId, {.cost = 1}},
    {BinaryenRefNullId, {.cost = 1}},
    {BinaryenRefIsId, {.cost = 1, .operands = {OPERAND(RefIs, Value)}}},
    {BinaryenRefFuncId, {.cost = 1}},
    {BinaryenTableGetId, {.cost = 1, .operands = {OPERAND(TableGet, Index)}}},
    {BinaryenTableSetId,
     {.cost = 1, .operands = {OPERAND(TableSet, Index), OPERAND(TableSet, Value)}}},
    {BinaryenTableSizeId, {.cost = 1}},
    {BinaryenTableGrowId,
     {1, SS__METER_TABLE_GROW, .operands = {OPERAND(TableGrow, Value), OPERAND(TableGrow, Delta)}}},
    {BinaryenTupleMakeId, {.cost = 0, LIST(TupleMake)}},
    {BinaryenTupleExtractId, {.cost = 0, .operands = {OPERAND(TupleExtract, Tuple)}}},
    {BinaryenSIMDExtractId, {.cost = 1, .operands = {OPERAND(SIMDExtract, Vec)}}},
    {BinaryenSIMDReplaceId,
     {.cost = 1, .operands = {OPERAND(SIMDReplace, Vec), OPERAND(SIMDReplace, Value)}}},
    {BinaryenSIMDShuffleId,
     {.cost = 1, .operands = {OPERAND(SIMDShuffle, Left), OPERAND(SIMDShuffle, Right)}}},
    {BinaryenSIMDTernaryId,
     {.cost = 1,
      .operands = {OPERAND(SIMDTernary, A), OPERAND(SIMDTernary, B), OPERAND(SIMDTernary, C)}}},
    {BinaryenSIMDShiftId,
     {.cost = 1, .operands = {OPERAND(SIMDShift, Vec), OPERAND(SIMDShift, Shift)}}},
    {BinaryenSIMDLoadId, {.cost = 1, .operands = {OPERAND(SIMDLoad, Ptr)}}},
    {BinaryenSIMDLoadStoreLaneId,
     {.cost = 1, .operands = {OPERAND(SIMDLoadStoreLane, Ptr), OPERAND(SIMDLoadStoreLane, Vec)}}},
};

void ss__meter_shapes_fill(ss__meter_shape shapes[SS_METER_SHAPES_MAX]) {
    memset(shapes, 0, sizeof(ss__meter_shape) * SS_METER_SHAPES_MAX);
    for (uint32_t i = 0; i < SS_METER_SHAPES_MAX; i++) shapes[i].special = SS__METER_REFUSED;
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        const BinaryenExpressionId id = entries[i].id();
        if (id < SS_METER_SHAPES_MAX) shapes[id] = entries[i].shape;
    }
}
