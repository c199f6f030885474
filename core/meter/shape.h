/// The operands of each kind of expression, in the order in which they run.
#ifndef SS_METER_SHAPE_H
#define SS_METER_SHAPE_H

#include <binaryen-c.h>

#include "scalesim/base.h"

#define SS_METER_OPERANDS_MAX 3

typedef BinaryenExpressionRef ss__meter_get(BinaryenExpressionRef expression);
typedef void ss__meter_set(BinaryenExpressionRef expression, BinaryenExpressionRef operand);

/// What the pass does at an expression beside charging for it.
typedef enum ss__meter_special {
    SS__METER_PLAIN,
    SS__METER_BLOCK,
    SS__METER_IF,
    SS__METER_LOOP,
    SS__METER_BREAK,
    SS__METER_SWITCH,
    SS__METER_RETURN,
    SS__METER_CALL,
    SS__METER_UNREACHABLE,
    SS__METER_LOCAL,
    SS__METER_BULK, ///< the last operand is a length in bytes
    SS__METER_MEMORY_GROW,
    SS__METER_TABLE_GROW,
    SS__METER_UNARY,
    SS__METER_BINARY,
    SS__METER_REFUSED,
} ss__meter_special;

/// A list of operands of any length runs first, then those with a place of their own.
typedef struct ss__meter_shape {
    uint32_t cost;
    ss__meter_special special;
    BinaryenIndex (*list_count)(BinaryenExpressionRef expression);
    BinaryenExpressionRef (*list_get)(BinaryenExpressionRef expression, BinaryenIndex index);
    void (*list_set)(BinaryenExpressionRef expression, BinaryenIndex index,
                     BinaryenExpressionRef operand);
    struct {
        ss__meter_get *get; ///< may return NULL: an optional operand that is not there
        ss__meter_set *set;
    } operands[SS_METER_OPERANDS_MAX];
} ss__meter_shape;

#define SS_METER_SHAPES_MAX 128 /* Binaryen 108 has 71 kinds */

/// Fills the table, by expression id. What it does not know is REFUSED.
void ss__meter_shapes_fill(ss__meter_shape shapes[SS_METER_SHAPES_MAX]);

#endif
