/// The meter as a program of the build: meter [--names] [--closed] [--canonical-nan] [--fuel N]
/// [--fuel-access] IN OUT
///
/// With --fuel-access the exported functions guest_fuel_get and guest_fuel_set of the module read
/// and write the fuel that is left; they burn none themselves.
///
/// For modules of our own only (the interpreters that handlers run in): Binaryen's reader is not
/// safe against hostile ones, which are instrumented inside WebAssembly (see meter/meter.h).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <binaryen-c.h>

#include "meter/meter.h"

static void *reallocate(void *context, void *pointer, size_t old_bytes, size_t new_bytes) {
    (void)context;
    (void)old_bytes;
    if (new_bytes > 0) return realloc(pointer, new_bytes);
    free(pointer);
    return NULL;
}

static uint8_t *read_file(const char *path, size_t *bytes) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    uint8_t *content = NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        const long length = ftell(file);
        rewind(file);
        content = length > 0 ? malloc((size_t)length) : NULL;
        *bytes = length > 0 ? (size_t)length : 0;
        if (content && fread(content, 1, *bytes, file) != *bytes) {
            free(content);
            content = NULL;
        }
    }
    fclose(file);
    return content;
}

static bool write_file(const char *path, const uint8_t *content, size_t bytes) {
    FILE *file = fopen(path, "wb");
    if (!file) return false;
    const bool is_written = fwrite(content, 1, bytes, file) == bytes;
    return fclose(file) == 0 && is_written;
}

static const char *exported(BinaryenModuleRef module, const char *name) {
    const BinaryenExportRef found = BinaryenGetExport(module, name);
    return found ? BinaryenExportGetValue(found) : NULL;
}

/// Lets the module see its fuel. False when it has not the two functions.
static bool give_access(uint8_t **module_bytes, size_t *bytes) {
    const BinaryenModuleRef module = BinaryenModuleRead((char *)*module_bytes, *bytes);
    const char *const fuel = exported(module, SS_METER_FUEL);
    const char *const get = exported(module, "guest_fuel_get");
    const char *const set = exported(module, "guest_fuel_set");
    if (!fuel || !get || !set) {
        BinaryenModuleDispose(module);
        return false;
    }
    BinaryenModuleSetFeatures(module,
                              BinaryenFeatureMutableGlobals() | BinaryenFeatureSignExt() |
                                  BinaryenFeatureNontrappingFPToInt() |
                                  BinaryenFeatureBulkMemory());
    BinaryenFunctionSetBody(BinaryenGetFunction(module, get),
                            BinaryenGlobalGet(module, fuel, BinaryenTypeInt64()));
    BinaryenFunctionSetBody(
        BinaryenGetFunction(module, set),
        BinaryenGlobalSet(module, fuel, BinaryenLocalGet(module, 0, BinaryenTypeInt64())));
    const BinaryenModuleAllocateAndWriteResult written =
        BinaryenModuleAllocateAndWrite(module, NULL);
    free(*module_bytes);
    *module_bytes = written.binary;
    *bytes = written.binaryBytes;
    BinaryenModuleDispose(module);
    return true;
}

int main(int count, char **arguments) {
    ss_meter_options options = {0};
    const char *paths[2] = {0};
    bool has_access = false;
    int path_count = 0;
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--names") == 0)
            options.keep_names = true;
        else if (strcmp(arguments[i], "--closed") == 0)
            options.is_closed = true;
        else if (strcmp(arguments[i], "--canonical-nan") == 0)
            options.canonical_nan = true;
        else if (strcmp(arguments[i], "--fuel-access") == 0)
            has_access = true;
        else if (strcmp(arguments[i], "--fuel") == 0 && i + 1 < count) {
            options.initial_fuel = strtoull(arguments[++i], NULL, 10);
        } else if (arguments[i][0] != '-' && path_count < 2)
            paths[path_count++] = arguments[i];
        else
            path_count = 3;
    }
    if (path_count != 2) {
        fprintf(
            stderr,
            "usage: meter [--names] [--closed] [--canonical-nan] [--fuel N] [--fuel-access] "
            "IN.wasm OUT.wasm\n");
        return 2;
    }
    size_t bytes = 0, out_bytes = 0;
    uint8_t *module = read_file(paths[0], &bytes), *out = NULL;
    if (!module) {
        fprintf(stderr, "meter: %s cannot be read or is empty\n", paths[0]);
        return 1;
    }
    const ss_allocator allocator = {reallocate, NULL};
    ss_meter_finding finding;
    const ss_status status =
        ss_meter_instrument(module, bytes, &options, &allocator, &out, &out_bytes, &finding);
    if (status) {
        fprintf(stderr, "meter: %s: refused: %s at byte %zu, function %d, opcode 0x%x\n", paths[0],
                ss_meter_refusal_name(finding.refusal), finding.offset, (int)finding.function,
                finding.opcode);
    } else if (has_access && !give_access(&out, &out_bytes)) {
        fprintf(stderr, "meter: %s: has no guest_fuel_get and guest_fuel_set\n", paths[0]);
        free(out);
        free(module);
        return 1;
    } else if (!write_file(paths[1], out, out_bytes)) {
        fprintf(stderr, "meter: %s cannot be written\n", paths[1]);
    }
    free(out);
    free(module);
    return status ? 1 : 0;
}
