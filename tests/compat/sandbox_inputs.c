/// Gives inputs to a sandbox of the native host and says what came of each, for tests that compare
/// with WebAssembly.
///
/// Standard input: uint64_t fuel, uint64_t memory bytes, then inputs of protocol.h, each behind its
/// uint32_t length. A line for each: outcome, fuel, output in hexadecimal; at the end a hash of the
/// state. With an argument, an ss_trace_mode, each input is traced first: a line with outcome,
/// fuel, number and hash of the bytes of its trace.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "handlers/sandbox.h"

static bool read_exactly(void *to, size_t bytes) { return fread(to, 1, bytes, stdin) == bytes; }

static bool give(ss_sandbox *sandbox, const uint8_t *input, size_t bytes) {
    ss_sandbox_answer answer;
    if (ss_sandbox_invoke(sandbox, input, bytes, &answer) != SS_OK) return false;
    printf("%d %" PRIu64 " ", (int)answer.outcome, answer.fuel);
    for (size_t i = 0; i < answer.output_bytes; i++) printf("%02x", answer.output[i]);
    printf("\n");
    return true;
}

static uint64_t hash_of(const uint8_t *bytes, size_t count) { // FNV-1a
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < count; i++) hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

static bool trace(ss_sandbox *sandbox, ss_trace_mode mode, const uint8_t *input, size_t bytes) {
    const ss_trace_stop stop = {.line = 2, .condition = "request.op === 'attack'"};
    const ss_trace_request request = {.mode = mode, .stops = &stop, .stop_count = 1};
    ss_sandbox_answer answer;
    if (ss_sandbox_trace(sandbox, input, bytes, &request, &answer) != SS_OK) return false;
    printf("%d %" PRIu64 " %zu %016" PRIx64 "\n", (int)answer.outcome, answer.fuel,
           answer.output_bytes, hash_of(answer.output, answer.output_bytes));
    return true;
}

static bool print_state(ss_sandbox *sandbox) {
    const size_t bytes = ss_sandbox_state_bytes(sandbox);
    uint8_t *const state = malloc(bytes);
    if (!state) return false;
    ss_sandbox_write_state(sandbox, state);
    printf("%zu %016" PRIx64 "\n", bytes, hash_of(state, bytes));
    free(state);
    return true;
}

int main(int count, char **arguments) {
    const int mode = count > 1 ? atoi(arguments[1]) : 0;
    uint64_t fuel, memory_bytes;
    if (!read_exactly(&fuel, sizeof fuel) || !read_exactly(&memory_bytes, sizeof memory_bytes)) {
        return 2;
    }
    const ss_allocator allocator = ss_allocator_default();
    const ss_sandbox_limits limits = {fuel, (size_t)memory_bytes};
    ss_sandbox *sandbox;
    if (ss_sandbox_create(&limits, &allocator, &sandbox) != SS_OK) return 2;
    uint32_t bytes;
    bool fine = true;
    while (fine && read_exactly(&bytes, sizeof bytes)) {
        uint8_t *const input = malloc(bytes);
        fine = input && read_exactly(input, bytes) &&
               (mode == 0 || trace(sandbox, (ss_trace_mode)mode, input, bytes)) &&
               give(sandbox, input, bytes);
        free(input);
    }
    fine = fine && print_state(sandbox);
    ss_sandbox_destroy(sandbox);
    return fine ? 0 : 2;
}
