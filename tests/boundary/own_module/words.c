/// A user's own handler: answers how often it was asked, and
/// misbehaves when asked to. Compiled by own_module.test.mjs.
#include "handlers/own/handler.h"

static uint32_t asked;
static volatile uint32_t sink;

static bool is(handler_text text, const char *word) {
    uint32_t i = 0;
    while (i < text.length && word[i] && text.bytes[i] == (uint8_t)word[i]) i++;
    return i == text.length && !word[i];
}

/// The number in decimal, as a JSON value.
static handler_text decimal(uint32_t number, uint8_t digits[10]) {
    uint32_t at = 10;
    do digits[--at] = (uint8_t)('0' + number % 10);
    while ((number /= 10) > 0);
    return (handler_text){digits + at, 10 - at};
}

static uint32_t deep(uint32_t n) { return deep(n + 1) ^ sink; }

static void misbehave(handler_text operation) {
    if (is(operation, "spin")) {
        for (;;) sink++;
    }
    if (is(operation, "deep")) sink = deep(1);
    if (is(operation, "trap")) __builtin_trap();
    if (is(operation, "grow")) {
        while (__builtin_wasm_memory_grow(0, 16) != (__SIZE_TYPE__)-1) sink++;
        __builtin_trap(); // as a program does that cannot go on
    }
}

static void answer(void) {
    const uint32_t activity = handler_u32();
    (void)handler_u64(); // the request's id
    const handler_text operation = handler_read_text();
    asked++;
    misbehave(operation);
    uint8_t digits[10];
    handler_say(SS_OUTPUT_REPLY);
    handler_say_u32(activity);
    handler_say_text(decimal(asked, digits));
    handler_say(SS_OUTPUT_SETTLED);
    handler_say_u32(activity);
}

static void handler_run(ss_input_kind kind, int64_t now_ns) {
    (void)now_ns;
    switch (kind) {
    case SS_INPUT_LOAD:
    case SS_INPUT_RELOAD:
        handler_say(SS_OUTPUT_LOADED);
        handler_say_u32(2); // onRequest
        return;
    case SS_INPUT_REQUEST: answer(); return;
    default: return;
    }
}
