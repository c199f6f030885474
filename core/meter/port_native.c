/// Binaryen as a library of this program.
#include <stdlib.h>
#include <string.h>

#include "meter/port.h"

const char *ss__port_name(const char *text) { return text; }

BinaryenModuleRef ss__port_read(const uint8_t *bytes, size_t count) {
    return BinaryenModuleRead((char *)(uintptr_t)bytes, count);
}

uint8_t *ss__port_write(BinaryenModuleRef module, const ss_allocator *allocator, size_t *count) {
    const BinaryenModuleAllocateAndWriteResult written =
        BinaryenModuleAllocateAndWrite(module, NULL);
    uint8_t *copy = ss_allocate(allocator, written.binaryBytes);
    if (copy) memcpy(copy, written.binary, written.binaryBytes);
    free(written.binary);
    *count = written.binaryBytes;
    return copy;
}

BinaryenExpressionRef ss__port_i32(BinaryenModuleRef module, int32_t value) {
    return BinaryenConst(module, BinaryenLiteralInt32(value));
}

BinaryenExpressionRef ss__port_i64(BinaryenModuleRef module, int64_t value) {
    return BinaryenConst(module, BinaryenLiteralInt64(value));
}

BinaryenExpressionRef ss__port_block(BinaryenModuleRef module, BinaryenExpressionRef *items,
                                     uint32_t count, BinaryenType type) {
    return BinaryenBlock(module, NULL, items, count, type);
}

BinaryenExpressionRef ss__port_call(BinaryenModuleRef module, const char *function,
                                    BinaryenExpressionRef *operands, uint32_t count,
                                    BinaryenType result) {
    return BinaryenCall(module, function, operands, count, result);
}

BinaryenType ss__port_tuple(BinaryenType *types, uint32_t count) {
    return BinaryenTypeCreate(types, count);
}

void ss__port_function(BinaryenModuleRef module, const char *name, BinaryenType parameters,
                       BinaryenType results, BinaryenType *locals, uint32_t local_count,
                       BinaryenExpressionRef body) {
    if (BinaryenGetFunction(module, name)) BinaryenRemoveFunction(module, name);
    BinaryenAddFunction(module, name, parameters, results, locals, local_count, body);
}
