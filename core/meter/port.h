/// The few functions of Binaryen that take pointers, for a pass that may live in another memory.
///
/// Natively Binaryen is a library and this is a thin layer. In the page Binaryen is a WebAssembly
/// module of its own, whose functions we import: there a name, a list or a literal has to be
/// written into *its* memory (port_wasm.c). All other functions take and return numbers and
/// handles, and are called directly. A name (`const char *`) may be compared, never read.
#ifndef SS_METER_PORT_H
#define SS_METER_PORT_H

#include <binaryen-c.h>

#include "scalesim/base.h"

#define SS_METER_LIST_MAX 4 /* expressions in a block or call that we make */

/// A copy of the text as a name, which lives as long as the module.
const char *ss__port_name(const char *text);

BinaryenModuleRef ss__port_read(const uint8_t *bytes, size_t count);
/// The module as bytes, allocated with the allocator; NULL when memory is refused.
uint8_t *ss__port_write(BinaryenModuleRef module, const ss_allocator *allocator, size_t *count);

BinaryenExpressionRef ss__port_i32(BinaryenModuleRef module, int32_t value);
BinaryenExpressionRef ss__port_i64(BinaryenModuleRef module, int64_t value);
/// A nameless block.
BinaryenExpressionRef ss__port_block(BinaryenModuleRef module, BinaryenExpressionRef *items,
                                     uint32_t count, BinaryenType type);
BinaryenExpressionRef ss__port_call(BinaryenModuleRef module, const char *function,
                                    BinaryenExpressionRef *operands, uint32_t count,
                                    BinaryenType result);
BinaryenType ss__port_tuple(BinaryenType *types, uint32_t count);
/// Adds a function, or puts one of that name into the place of the one there is.
void ss__port_function(BinaryenModuleRef module, const char *name, BinaryenType parameters,
                       BinaryenType results, BinaryenType *locals, uint32_t local_count,
                       BinaryenExpressionRef body);

#endif
