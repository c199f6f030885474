/// Inputs of sandboxes (protocol.h), written by tests.
#ifndef SS_TESTS_INPUTS_H
#define SS_TESTS_INPUTS_H

#include <string.h>

#include "handlers/protocol.h"
#include "handlers/sandbox.h"
#include "unit.h"

#define FUEL 50000000u
#define MEMORY (16u << 20)

typedef struct input {
    uint8_t bytes[8192];
    size_t length;
} input;

static inline void put(input *to, uint64_t value, size_t bytes) {
    memcpy(to->bytes + to->length, &value, bytes);
    to->length += bytes;
}

static inline void put_text(input *to, const char *text) {
    put(to, strlen(text), 4);
    memcpy(to->bytes + to->length, text, strlen(text));
    to->length += strlen(text);
}

static inline input begin(ss_input_kind kind) {
    input made = {.length = 0};
    put(&made, kind, 1);
    put(&made, 0, 8); // now
    return made;
}

static inline input load_of(const char *source) {
    input made = begin(SS_INPUT_LOAD);
    put_text(&made, source);
    put_text(&made, "orders");
    put(&made, 7, 8); // seed
    put_text(&made, "{\"replica\":0,\"replicas\":1,\"peers\":[],\"targets\":{\"db\":{}}}");
    return made;
}

static inline input request_of(uint32_t activity, const char *operation, const char *body) {
    input made = begin(SS_INPUT_REQUEST);
    put(&made, activity, 4);
    put(&made, 1000, 8);
    put_text(&made, operation);
    put_text(&made, "client");
    put_text(&made, body);
    return made;
}

static inline ss_sandbox_answer give(ss_sandbox *sandbox, const input *what) {
    ss_sandbox_answer answer;
    SS_CHECK(ss_sandbox_invoke(sandbox, what->bytes, what->length, &answer) == SS_OK);
    return answer;
}

/// A sandbox with a source loaded; NULL when memory is refused or it does not load.
static inline ss_sandbox *create_loaded(const ss_allocator *allocator, const char *source) {
    const ss_sandbox_limits limits = {FUEL, MEMORY};
    ss_sandbox *sandbox = NULL;
    if (ss_sandbox_create(&limits, allocator, &sandbox) != SS_OK) return NULL;
    const input load = load_of(source);
    ss_sandbox_answer answer;
    if (ss_sandbox_invoke(sandbox, load.bytes, load.length, &answer) != SS_OK ||
        answer.outcome != SS_SANDBOX_OK || answer.output_bytes != 5u ||
        answer.output[0] != SS_OUTPUT_LOADED) {
        ss_sandbox_destroy(sandbox);
        return NULL;
    }
    return sandbox;
}

#endif
