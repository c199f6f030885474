/// For a handler of your own in C: reads inputs and writes outputs (../protocol.h).
///
/// One file of the module defines `handler_run` and includes this. Compile with
///   clang --target=wasm32 -O2 -nostdlib -Wl,--no-entry -o handler.wasm handler.c
/// There is no C library, and nothing may be imported. ../WASM.md has the interface.
#ifndef SS_HANDLERS_OWN_HANDLER_H
#define SS_HANDLERS_OWN_HANDLER_H

#include <stdbool.h>
#include <stdint.h>

#include "../protocol.h"

#define HANDLER_INPUT_BYTES 65536
#define HANDLER_OUTPUT_BYTES 65536
#define HANDLER_EXPORT(name) __attribute__((export_name(name), used))

/// Bytes of the input or of yours.
typedef struct handler_text {
    const uint8_t *bytes;
    uint32_t length;
} handler_text;

static uint8_t handler_in[HANDLER_INPUT_BYTES];
static uint32_t handler_in_at, handler_in_end;
static uint8_t handler_out[HANDLER_OUTPUT_BYTES];

/// What was said: where, and how many bytes.
static struct {
    const uint8_t *bytes;
    uint32_t length;
} handler_said = {handler_out, 0};

/// Yours: handles the input of this kind, which reads on with handler_u32 … and says what it wants
/// with handler_say and what follows.
static void handler_run(ss_input_kind kind, int64_t now_ns);

// --- Reading -------------------------------------------------------------------------------------

/// The next `bytes` as a little-endian number; traps beyond the end of the input.
static inline uint64_t handler_read(uint32_t bytes) {
    uint64_t value = 0;
    if (bytes > handler_in_end - handler_in_at) __builtin_trap();
    for (uint32_t i = 0; i < bytes; i++) {
        value |= (uint64_t)handler_in[handler_in_at++] << (8 * i);
    }
    return value;
}

static inline uint8_t handler_u8(void) { return (uint8_t)handler_read(1); }
static inline uint32_t handler_u32(void) { return (uint32_t)handler_read(4); }
static inline uint64_t handler_u64(void) { return handler_read(8); }

static inline handler_text handler_read_text(void) {
    const handler_text text = {handler_in + handler_in_at + 4, handler_u32()};
    if (text.length > handler_in_end - handler_in_at) __builtin_trap();
    handler_in_at += text.length;
    return text;
}

// --- Saying --------------------------------------------------------------------------------------

static inline void handler_write(uint64_t value, uint32_t bytes) {
    if (bytes > HANDLER_OUTPUT_BYTES - handler_said.length) __builtin_trap();
    for (uint32_t i = 0; i < bytes; i++) {
        handler_out[handler_said.length++] = (uint8_t)(value >> (8 * i));
    }
}

/// Begins an output; its fields follow, in the order of protocol.h.
static inline void handler_say(ss_output_kind kind) { handler_write((uint64_t)kind, 1); }
static inline void handler_say_u32(uint32_t value) { handler_write(value, 4); }
static inline void handler_say_u64(uint64_t value) { handler_write(value, 8); }

static inline void handler_say_text(handler_text text) {
    handler_say_u32(text.length);
    for (uint32_t i = 0; i < text.length; i++) handler_write(text.bytes[i], 1);
}

// --- The interface -------------------------------------------------------------------------------

HANDLER_EXPORT("handler_input") void *handler_input(uint32_t bytes) {
    if (bytes > HANDLER_INPUT_BYTES) __builtin_trap();
    return handler_in;
}

HANDLER_EXPORT("handler_invoke") const void *handler_invoke(uint32_t bytes) {
    handler_in_at = 0;
    handler_in_end = bytes;
    handler_said.length = 0;
    const ss_input_kind kind = (ss_input_kind)handler_u8();
    handler_run(kind, (int64_t)handler_u64());
    return &handler_said;
}

#endif
