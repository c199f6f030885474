/// The command line inside the WebAssembly module: `node wasm/scalesim.mjs …`. What it reads and
/// writes goes through functions of the host (PROTOCOL.md, "The command line").
#include <string.h>

#include "cli/cli.h"

#define IMPORT(name) __attribute__((import_module("host"), import_name(#name)))

IMPORT(read_file) int32_t host_read_file(const char *path, size_t path_length);
IMPORT(take_file) void host_take_file(void *to);
IMPORT(write) int32_t host_write(int32_t fd, const void *bytes, size_t length);
IMPORT(write_file) int32_t host_write_file(const char *path, size_t path_length, const void *bytes,
                                           size_t length, int32_t is_executable);
IMPORT(now_ms) double host_now_ms(void);
IMPORT(is_terminal) int32_t host_is_terminal(int32_t fd);

static ss_status read_file(void *context, const char *path, ss_text *out) {
    (void)context;
    const int32_t length = host_read_file(path, strlen(path));
    if (length < 0) return SS_ERROR_IO;
    const size_t bytes = (size_t)length + 1u;
    char *block = ss_allocate(&out->allocator, bytes);
    if (!block) return SS_ERROR_MEMORY;
    host_take_file(block);
    ss_text_add_bytes(out, block, (size_t)length);
    ss_deallocate(&out->allocator, block, bytes);
    return ss_text_status(out);
}

static bool write_file(void *context, const char *path, const void *bytes, size_t length,
                       bool is_executable) {
    (void)context;
    return host_write_file(path, strlen(path), bytes, length, is_executable ? 1 : 0) == 0;
}

static void write_stream(void *context, int fd, const void *bytes, size_t length) {
    (void)context;
    (void)host_write(fd, bytes, length); // a closed pipe ends the reader, not the command
}

static double now_ms(void *context) {
    (void)context;
    return host_now_ms();
}

static bool is_terminal(void *context, int fd) {
    (void)context;
    return host_is_terminal(fd) != 0;
}

__attribute__((export_name("ss_wasm_cli"))) int ss_wasm_cli(int argc, const char *const *argv) {
    const cli_host host = {
        .allocator = ss_allocator_default(), .read_file = read_file, .write_file = write_file,
        .write = write_stream, .now_ms = now_ms, .is_terminal = is_terminal,
    };
    return ss_cli_run(&host, argc, argv);
}
