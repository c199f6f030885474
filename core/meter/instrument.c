/// The pass as a whole: scan, read, rewrite every function, write.
#include <string.h>

#include "meter/pass.h"

const char *ss_meter_refusal_name(ss_meter_refusal refusal) {
    static const char *const names[] = {
        [SS_METER_ACCEPTED] = "accepted",
        [SS_METER_MALFORMED] = "malformed",
        [SS_METER_TOO_LARGE] = "too-large",
        [SS_METER_TOO_DEEP] = "too-deep",
        [SS_METER_THREADS] = "threads",
        [SS_METER_RELAXED_SIMD] = "relaxed-simd",
        [SS_METER_TAIL_CALLS] = "tail-calls",
        [SS_METER_EXCEPTIONS] = "exceptions",
        [SS_METER_MEMORY64] = "memory64",
        [SS_METER_SEVERAL_MEMORIES] = "several-memories",
        [SS_METER_GC] = "gc",
        [SS_METER_UNKNOWN] = "unknown",
        [SS_METER_UNSUPPORTED_BULK] = "bulk-tables",
        [SS_METER_BLOCK_PARAMETERS] = "block-parameters",
        [SS_METER_IMPORTS] = "imports",
        [SS_METER_HIDDEN_STATE] = "hidden-state",
        [SS_METER_NAME_TAKEN] = "name-taken",
        [SS_METER_NAME_ZERO] = "name-zero",
        [SS_METER_TABLE_EXPORT] = "table-export",
        [SS_METER_BINARYEN] = "binaryen",
    };
    return (size_t)refusal < sizeof names / sizeof *names ? names[refusal] : "unknown";
}

static void prepare(ss__meter_pass *pass) {
    ss__meter_shapes_fill(pass->shapes);
    pass->types =
        (ss__meter_types){BinaryenTypeNone(),    BinaryenTypeInt32(),   BinaryenTypeInt64(),
                          BinaryenTypeFloat32(), BinaryenTypeFloat64(), BinaryenTypeUnreachable()};
    pass->names = (ss__meter_names){
        .fuel = ss__port_name(SS_METER_FUEL),
        .stack = ss__port_name(SS_METER_STACK),
        .pages = ss__port_name(SS_METER_PAGES),
        .trap = ss__port_name(SS_METER_TRAP),
        .out_of_fuel = ss__port_name("scalesim_out_of_fuel"),
        .out_of_stack = ss__port_name("scalesim_out_of_stack"),
        .grow_memory = ss__port_name("scalesim_grow_memory"),
        .grow_table = ss__port_name("scalesim_grow_table"),
    };
}

/// The features that a module may use; Binaryen writes some sections only if they are on.
static BinaryenFeatures features(void) {
    return BinaryenFeatureMutableGlobals() | BinaryenFeatureSignExt() |
           BinaryenFeatureNontrappingFPToInt() | BinaryenFeatureBulkMemory() |
           BinaryenFeatureSIMD128() | BinaryenFeatureReferenceTypes() | BinaryenFeatureMultivalue();
}

/// Puts a function with the new body and locals into the place of the old one: Binaryen 108 offers
/// no other way to add a local.
static ss_status rebuild(ss__meter_pass *pass, BinaryenFunctionRef function,
                         BinaryenExpressionRef body) {
    const uint32_t vars = BinaryenFunctionGetNumVars(function);
    const uint32_t count = vars + pass->added_count;
    BinaryenType *types = ss_allocate(pass->allocator, count * sizeof *types);
    if (!types) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < vars; i++) types[i] = BinaryenFunctionGetVar(function, i);
    for (uint32_t i = 0; i < pass->added_count; i++) types[vars + i] = pass->added[i];
    ss__port_function(pass->module, BinaryenFunctionGetName(function),
                      BinaryenFunctionGetParams(function), pass->results, types, count, body);
    ss_deallocate(pass->allocator, types, count * sizeof *types);
    return SS_OK;
}

static ss_status instrument_function(ss__meter_pass *pass, BinaryenFunctionRef function,
                                     uint32_t index) {
    pass->function = &pass->scan->functions[index];
    pass->results = BinaryenFunctionGetResults(function);
    pass->local_count = BinaryenFunctionGetNumLocals(function);
    BinaryenExpressionRef body = ss__meter_walk_body(pass, BinaryenFunctionGetBody(function));
    if (pass->status) {
        pass->finding.function = pass->scan->function_imports + index;
        return pass->status;
    }
    for (uint32_t i = 0; i < pass->region_count; i++) {
        ss__meter_emit_charge(pass, &pass->regions[i]);
    }
    if (pass->added_count > 0) return rebuild(pass, function, body);
    BinaryenFunctionSetBody(function, body);
    return SS_OK;
}

static bool moves_start(const ss__meter_pass *pass) {
    return pass->scan->has_start && pass->options->initial_fuel == 0;
}

static ss_status instrument_functions(ss__meter_pass *pass) {
    const uint32_t count = pass->scan->function_count;
    const size_t bytes = count * sizeof(BinaryenFunctionRef);
    BinaryenFunctionRef *functions = ss_allocate(pass->allocator, bytes ? bytes : 1);
    if (!functions) return SS_ERROR_MEMORY;
    // All of them first: a function that gets a new local is put at the end of the list.
    for (uint32_t i = 0; i < count; i++) {
        functions[i] = BinaryenGetFunctionByIndex(pass->module, pass->scan->function_imports + i);
    }
    if (moves_start(pass)) {
        BinaryenAddFunctionExport(
            pass->module,
            BinaryenFunctionGetName(BinaryenGetFunctionByIndex(pass->module, pass->scan->start)),
            ss__port_name(SS_METER_START));
    }
    ss_status status = SS_OK;
    for (uint32_t i = 0; i < count && !status; i++) {
        status = instrument_function(pass, functions[i], i);
    }
    ss_deallocate(pass->allocator, functions, bytes ? bytes : 1);
    return status;
}

/// Binaryen reads the module without its custom sections, and without its start section where the
/// host starts it, when it has set the limits.
static ss_status read_module(ss__meter_pass *pass, const uint8_t *module, size_t bytes) {
    uint8_t *copy = ss_allocate(pass->allocator, bytes);
    if (!copy) return SS_ERROR_MEMORY;
    const size_t kept =
        ss__meter_strip(module, bytes, pass->options->keep_names, !moves_start(pass), copy);
    pass->module = ss__port_read(copy, kept);
    ss_deallocate(pass->allocator, copy, bytes);
    if (pass->module) return SS_OK;
    pass->finding.refusal = SS_METER_BINARYEN;
    return SS_ERROR_INPUT;
}

/// Writes `SS_METER_GLOBAL` and a number.
static void name_global(char name[32], uint32_t number) {
    char digits[10];
    size_t count = 0, length = sizeof SS_METER_GLOBAL - 1;
    memcpy(name, SS_METER_GLOBAL, length);
    do digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    while (count > 0) name[length++] = digits[--count];
    name[length] = 0;
}

static void export_globals(ss__meter_pass *pass) {
    uint32_t number = 0;
    const uint32_t count = BinaryenGetNumGlobals(pass->module);
    for (uint32_t i = 0; i < count; i++) {
        BinaryenGlobalRef global = BinaryenGetGlobalByIndex(pass->module, i);
        if (!BinaryenGlobalIsMutable(global)) continue;
        char name[32];
        name_global(name, number++);
        BinaryenAddGlobalExport(pass->module, BinaryenGlobalGetName(global), ss__port_name(name));
    }
}

static ss_status run(ss__meter_pass *pass, uint8_t **out, size_t *out_bytes) {
    BinaryenModuleSetFeatures(pass->module, features());
    const ss_status status = instrument_functions(pass);
    if (status) return status;
    if (pass->options->is_closed) export_globals(pass);
    ss__meter_emit_runtime(pass);
    BinaryenSetDebugInfo(pass->options->keep_names);
    *out = ss__port_write(pass->module, pass->allocator, out_bytes);
    return *out ? SS_OK : SS_ERROR_MEMORY;
}

ss_status ss_meter_instrument(const uint8_t *module, size_t bytes, const ss_meter_options *options,
                              const ss_allocator *allocator, uint8_t **out, size_t *out_bytes,
                              ss_meter_finding *finding) {
    *out = NULL;
    *out_bytes = 0;
    *finding = (ss_meter_finding){.function = UINT32_MAX};
    ss__meter_scan scan;
    ss_status status = ss__meter_scan_module(module, bytes, options, allocator, &scan, finding);
    if (status) return status;
    ss__meter_pass *pass = ss_allocate_zeroed(allocator, sizeof *pass);
    if (!pass) {
        ss__meter_scan_destroy(&scan, allocator);
        return SS_ERROR_MEMORY;
    }
    pass->allocator = allocator;
    pass->options = options;
    pass->scan = &scan;
    pass->finding = *finding;
    status = read_module(pass, module, bytes);
    if (!status) {
        prepare(pass);
        status = run(pass, out, out_bytes);
        BinaryenModuleDispose(pass->module);
    }
    *finding = pass->finding;
    ss_deallocate(allocator, pass->returns, pass->return_capacity * sizeof *pass->returns);
    ss_deallocate(allocator, pass->labels, pass->label_capacity * sizeof *pass->labels);
    ss_deallocate(allocator, pass->regions, pass->region_capacity * sizeof *pass->regions);
    ss_deallocate(allocator, pass->added, pass->added_capacity * sizeof *pass->added);
    ss_deallocate(allocator, pass, sizeof *pass);
    ss__meter_scan_destroy(&scan, allocator);
    return status;
}
