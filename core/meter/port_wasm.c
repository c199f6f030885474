/// Binaryen as a WebAssembly module beside this one, and this pass as a module for the page.
///
/// Binaryen's functions are our imports (module `env`); numbers and handles cross as they are. What
/// has to lie in Binaryen's memory is put there with its own allocator and stores (module
/// `binaryen`: the functions that its npm package offers as `_malloc`, `__i32_store` …).
#include <string.h>

#include "meter/meter.h"
#include "meter/port.h"

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name), used))

typedef uintptr_t there; ///< an address in Binaryen's memory

IMPORT("binaryen", "malloc") there there_allocate(size_t bytes);
IMPORT("binaryen", "free") void there_free(there at);
IMPORT("binaryen", "_i32_store8") void there_store8(there at, uint32_t value);
IMPORT("binaryen", "_i32_store") void there_store(there at, uint32_t value);
IMPORT("binaryen", "_i32_load") uint32_t there_load(there at);
IMPORT("binaryen", "_i32_load8_u") uint32_t there_load8(there at);
/// As they are called: a struct goes, and comes, by its address.
IMPORT("env", "BinaryenConst")
BinaryenExpressionRef there_const(BinaryenModuleRef module, there literal);
IMPORT("env", "BinaryenModuleAllocateAndWrite")
void there_write(there result, BinaryenModuleRef module, there source_map);

#define LITERAL_BYTES 24 /* its type, and a union of 16 bytes at 8 */
#define LITERAL_VALUE 8

static void copy_there(there to, const uint8_t *from, size_t count) {
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        uint32_t word;
        memcpy(&word, from + i, 4);
        there_store(to + i, word);
    }
    for (; i < count; i++) there_store8(to + i, from[i]);
}

/// A list of words in Binaryen's memory; an empty one is NULL.
static there list_there(const void *words, size_t count) {
    if (count == 0) return 0;
    const there list = there_allocate(count * 4);
    copy_there(list, words, count * 4);
    return list;
}

const char *ss__port_name(const char *text) {
    const size_t bytes = strlen(text) + 1;
    const there copy = there_allocate(bytes);
    copy_there(copy, (const uint8_t *)text, bytes);
    return (const char *)copy;
}

BinaryenModuleRef ss__port_read(const uint8_t *bytes, size_t count) {
    const there copy = there_allocate(count);
    copy_there(copy, bytes, count);
    BinaryenModuleRef module = BinaryenModuleRead((char *)copy, count);
    there_free(copy);
    return module;
}

uint8_t *ss__port_write(BinaryenModuleRef module, const ss_allocator *allocator, size_t *count) {
    const there result = there_allocate(12);
    there_write(result, module, 0);
    const there binary = there_load(result);
    *count = there_load(result + 4);
    uint8_t *copy = ss_allocate(allocator, *count);
    size_t i = 0;
    for (; copy && i + 4 <= *count; i += 4) {
        const uint32_t word = there_load(binary + i);
        memcpy(copy + i, &word, 4);
    }
    for (; copy && i < *count; i++) copy[i] = (uint8_t)there_load8(binary + i);
    there_free(binary);
    there_free(result);
    return copy;
}

static BinaryenExpressionRef constant(BinaryenModuleRef module, BinaryenType type, uint64_t value) {
    const there literal = there_allocate(LITERAL_BYTES);
    there_store(literal, (uint32_t)type);
    there_store(literal + LITERAL_VALUE, (uint32_t)value);
    there_store(literal + LITERAL_VALUE + 4, (uint32_t)(value >> 32));
    BinaryenExpressionRef made = there_const(module, literal);
    there_free(literal);
    return made;
}

BinaryenExpressionRef ss__port_i32(BinaryenModuleRef module, int32_t value) {
    return constant(module, BinaryenTypeInt32(), (uint32_t)value);
}

BinaryenExpressionRef ss__port_i64(BinaryenModuleRef module, int64_t value) {
    return constant(module, BinaryenTypeInt64(), (uint64_t)value);
}

BinaryenExpressionRef ss__port_block(BinaryenModuleRef module, BinaryenExpressionRef *items,
                                     uint32_t count, BinaryenType type) {
    const there list = list_there(items, count);
    BinaryenExpressionRef block =
        BinaryenBlock(module, NULL, (BinaryenExpressionRef *)list, count, type);
    there_free(list);
    return block;
}

BinaryenExpressionRef ss__port_call(BinaryenModuleRef module, const char *function,
                                    BinaryenExpressionRef *operands, uint32_t count,
                                    BinaryenType result) {
    const there list = list_there(operands, count);
    BinaryenExpressionRef call =
        BinaryenCall(module, function, (BinaryenExpressionRef *)list, count, result);
    there_free(list);
    return call;
}

BinaryenType ss__port_tuple(BinaryenType *types, uint32_t count) {
    const there list = list_there(types, count);
    const BinaryenType tuple = BinaryenTypeCreate((BinaryenType *)list, count);
    there_free(list);
    return tuple;
}

void ss__port_function(BinaryenModuleRef module, const char *name, BinaryenType parameters,
                       BinaryenType results, BinaryenType *locals, uint32_t local_count,
                       BinaryenExpressionRef body) {
    const there list = list_there(locals, local_count);
    if (BinaryenGetFunction(module, name)) BinaryenRemoveFunction(module, name);
    BinaryenAddFunction(module, name, parameters, results, (BinaryenType *)list, local_count, body);
    there_free(list);
}

// --- What the page calls -------------------------------------------------------------------------

/// What came of it, as words that the page reads.
typedef struct answer {
    uint32_t status; ///< ss_status
    uint32_t output, output_bytes;
    uint32_t refusal; ///< address of its name, with a zero at its end
    uint32_t offset, function, opcode;
} answer;

EXPORT("meter_allocate") void *meter_allocate(size_t bytes) {
    const ss_allocator allocator = ss_allocator_default();
    return ss_allocate(&allocator, bytes);
}

/// Instruments the stranger's module at the address; 0 when memory is refused. The page throws this
/// instance away afterwards, so nothing is given back.
EXPORT("meter_instrument")
const answer *meter_instrument(const uint8_t *module, size_t bytes) {
    const ss_allocator allocator = ss_allocator_default();
    answer *said = ss_allocate_zeroed(&allocator, sizeof *said);
    if (!said) return NULL;
    const ss_meter_options options = {.is_closed = true, .canonical_nan = true};
    uint8_t *output = NULL;
    size_t output_bytes = 0;
    ss_meter_finding finding;
    said->status = (uint32_t)ss_meter_instrument(module, bytes, &options, &allocator, &output,
                                                 &output_bytes, &finding);
    said->output = (uint32_t)(uintptr_t)output;
    said->output_bytes = (uint32_t)output_bytes;
    said->refusal = (uint32_t)(uintptr_t)ss_meter_refusal_name(finding.refusal);
    said->offset = (uint32_t)finding.offset;
    said->function = finding.function;
    said->opcode = finding.opcode;
    return said;
}
