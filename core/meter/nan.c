/// The one NaN: hosts differ in the bits of the NaNs that arithmetic makes (the sign on x86 and
/// Arm, the payload of operands), so where those bits could be seen they are replaced.
///
/// Only arithmetic makes NaNs; loads, copies, `neg`, `abs` and `copysign` move bits in the same way
/// everywhere. In a chain of scalar operations only the last is made canonical.
#include "meter/pass.h"

#define NAN32_BITS 0x7fc00000
#define NAN64_BITS 0x7ff8000000000000

typedef BinaryenOp op_function(void);

static op_function *const scalar_binary[] = {
    BinaryenAddFloat32, BinaryenSubFloat32, BinaryenMulFloat32, BinaryenDivFloat32,
    BinaryenMinFloat32, BinaryenMaxFloat32, BinaryenAddFloat64, BinaryenSubFloat64,
    BinaryenMulFloat64, BinaryenDivFloat64, BinaryenMinFloat64, BinaryenMaxFloat64,
};
/// These only look at the value, and no NaN equals another.
static op_function *const scalar_compare[] = {
    BinaryenEqFloat32, BinaryenNeFloat32, BinaryenLtFloat32, BinaryenLeFloat32,
    BinaryenGtFloat32, BinaryenGeFloat32, BinaryenEqFloat64, BinaryenNeFloat64,
    BinaryenLtFloat64, BinaryenLeFloat64, BinaryenGtFloat64, BinaryenGeFloat64,
};
static op_function *const scalar_unary[] = {
    BinaryenCeilFloat32,    BinaryenFloorFloat32, BinaryenTruncFloat32,   BinaryenNearestFloat32,
    BinaryenSqrtFloat32,    BinaryenCeilFloat64,  BinaryenFloorFloat64,   BinaryenTruncFloat64,
    BinaryenNearestFloat64, BinaryenSqrtFloat64,  BinaryenPromoteFloat32, BinaryenDemoteFloat64,
};
static op_function *const vector32[] = {
    BinaryenAddVecF32x4, BinaryenSubVecF32x4, BinaryenMulVecF32x4,
    BinaryenDivVecF32x4, BinaryenMinVecF32x4, BinaryenMaxVecF32x4,
};
static op_function *const vector64[] = {
    BinaryenAddVecF64x2, BinaryenSubVecF64x2, BinaryenMulVecF64x2,
    BinaryenDivVecF64x2, BinaryenMinVecF64x2, BinaryenMaxVecF64x2,
};
static op_function *const vector32_unary[] = {
    BinaryenCeilVecF32x4,    BinaryenFloorVecF32x4, BinaryenTruncVecF32x4,
    BinaryenNearestVecF32x4, BinaryenSqrtVecF32x4,  BinaryenDemoteZeroVecF64x2ToVecF32x4,
};
static op_function *const vector64_unary[] = {
    BinaryenCeilVecF64x2,    BinaryenFloorVecF64x2, BinaryenTruncVecF64x2,
    BinaryenNearestVecF64x2, BinaryenSqrtVecF64x2,  BinaryenPromoteLowVecF32x4ToVecF64x2,
};

#define IS_ONE_OF(op, list) is_one_of(op, list, sizeof(list) / sizeof *(list))

static bool is_one_of(BinaryenOp op, op_function *const *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (list[i]() == op) return true;
    }
    return false;
}

bool ss__meter_hides_nan(const ss__meter_shape *shape, BinaryenExpressionRef expression) {
    if (shape->special == SS__METER_UNARY) {
        return IS_ONE_OF(BinaryenUnaryGetOp(expression), scalar_unary);
    }
    if (shape->special != SS__METER_BINARY) return false;
    const BinaryenOp op = BinaryenBinaryGetOp(expression);
    return IS_ONE_OF(op, scalar_binary) || IS_ONE_OF(op, scalar_compare);
}

/// `value == value ? value : NaN`.
static BinaryenExpressionRef select_scalar(ss__meter_pass *pass, BinaryenExpressionRef value,
                                           BinaryenType type) {
    BinaryenModuleRef module = pass->module;
    const bool is_single = type == pass->types.f32;
    const uint32_t local = ss__meter_add_local(pass, type);
    BinaryenExpressionRef is_number = BinaryenBinary(
        module, is_single ? BinaryenEqFloat32() : BinaryenEqFloat64(),
        BinaryenLocalGet(module, local, type), BinaryenLocalGet(module, local, type));
    BinaryenExpressionRef canonical =
        is_single
            ? BinaryenUnary(module, BinaryenReinterpretInt32(), ss__port_i32(module, NAN32_BITS))
            : BinaryenUnary(module, BinaryenReinterpretInt64(), ss__port_i64(module, NAN64_BITS));
    BinaryenExpressionRef items[2] = {
        BinaryenLocalSet(module, local, value),
        BinaryenSelect(module, is_number, BinaryenLocalGet(module, local, type), canonical, type)};
    return ss__port_block(module, items, 2, type);
}

/// The same in every lane.
static BinaryenExpressionRef select_vector(ss__meter_pass *pass, BinaryenExpressionRef value,
                                           bool is_single) {
    BinaryenModuleRef module = pass->module;
    const BinaryenType type = BinaryenTypeVec128();
    const uint32_t local = ss__meter_add_local(pass, type);
    BinaryenExpressionRef is_number = BinaryenBinary(
        module, is_single ? BinaryenEqVecF32x4() : BinaryenEqVecF64x2(),
        BinaryenLocalGet(module, local, type), BinaryenLocalGet(module, local, type));
    BinaryenExpressionRef canonical =
        is_single
            ? BinaryenUnary(module, BinaryenSplatVecI32x4(), ss__port_i32(module, NAN32_BITS))
            : BinaryenUnary(module, BinaryenSplatVecI64x2(), ss__port_i64(module, NAN64_BITS));
    BinaryenExpressionRef items[2] = {BinaryenLocalSet(module, local, value),
                                      BinaryenSIMDTernary(module, BinaryenBitselectVec128(),
                                                          BinaryenLocalGet(module, local, type),
                                                          canonical, is_number)};
    return ss__port_block(module, items, 2, type);
}

BinaryenExpressionRef ss__meter_emit_canonical(ss__meter_pass *pass, const ss__meter_shape *shape,
                                               BinaryenExpressionRef expression) {
    const BinaryenType type = BinaryenExpressionGetType(expression);
    const bool is_unary = shape->special == SS__METER_UNARY;
    const BinaryenOp op =
        is_unary ? BinaryenUnaryGetOp(expression) : BinaryenBinaryGetOp(expression);
    if (type == pass->types.f32 || type == pass->types.f64) {
        const bool makes_nan =
            is_unary ? IS_ONE_OF(op, scalar_unary) : IS_ONE_OF(op, scalar_binary);
        return makes_nan ? select_scalar(pass, expression, type) : expression;
    }
    if (type != BinaryenTypeVec128()) return expression;
    if (is_unary ? IS_ONE_OF(op, vector32_unary) : IS_ONE_OF(op, vector32)) {
        return select_vector(pass, expression, true);
    }
    if (is_unary ? IS_ONE_OF(op, vector64_unary) : IS_ONE_OF(op, vector64)) {
        return select_vector(pass, expression, false);
    }
    return expression;
}
