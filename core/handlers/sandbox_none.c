/// A host without an interpreter: designs with code are refused, all others run.
#include "handlers/sandbox.h"

bool ss_sandbox_is_available(void) {
    return false;
}

ss_status ss_sandbox_create(const ss_sandbox_limits *limits, const ss_allocator *allocator,
                            ss_sandbox **out) {
    (void)limits, (void)allocator;
    *out = NULL;
    return SS_ERROR_LIMIT;
}

void ss_sandbox_destroy(ss_sandbox *sandbox) {
    (void)sandbox;
}

ss_status ss_sandbox_invoke(ss_sandbox *sandbox, const uint8_t *input, size_t input_bytes,
                            ss_sandbox_answer *answer) {
    (void)sandbox, (void)input, (void)input_bytes;
    *answer = (ss_sandbox_answer){.outcome = SS_SANDBOX_FAULT};
    return SS_ERROR_LIMIT;
}

size_t ss_sandbox_state_bytes(ss_sandbox *sandbox) {
    (void)sandbox;
    return 0;
}

void ss_sandbox_write_state(ss_sandbox *sandbox, uint8_t *out) {
    (void)sandbox, (void)out;
}

ss_status ss_sandbox_read_state(ss_sandbox *sandbox, const uint8_t *state, size_t bytes) {
    (void)sandbox, (void)state, (void)bytes;
    return SS_ERROR_LIMIT;
}
