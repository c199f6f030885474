/// Sandboxes: what code says, what it costs, and that a breach leaves no trace.
#include <stdlib.h>
#include <string.h>

#include "failing_allocator.h"
#include "inputs.h"

static ss_sandbox *create(const ss_allocator *allocator) {
    const ss_sandbox_limits limits = {FUEL, MEMORY};
    ss_sandbox *sandbox = NULL;
    SS_CHECK(ss_sandbox_create(&limits, allocator, &sandbox) == SS_OK);
    return sandbox;
}

/// The body of the REPLY that an answer begins with, in a buffer of the test.
static const char *reply_of(const ss_sandbox_answer *answer) {
    static char text[256];
    uint32_t bytes;
    text[0] = '\0';
    if (answer->outcome != SS_SANDBOX_OK || answer->output_bytes < 9u ||
        answer->output[0] != SS_OUTPUT_REPLY) {
        return "(no reply)";
    }
    memcpy(&bytes, answer->output + 5, sizeof bytes);
    if (bytes >= sizeof text) return "(too long)";
    memcpy(text, answer->output + 9, bytes);
    text[bytes] = '\0';
    return text;
}

static const char *ask(ss_sandbox *sandbox, const char *operation, const char *body) {
    const input request = request_of(1, operation, body);
    const ss_sandbox_answer answer = give(sandbox, &request);
    return reply_of(&answer);
}

SS_TEST(sandbox_answers_a_request) {
    const ss_allocator allocator = ss_allocator_default();
    ss_sandbox *const sandbox = create_loaded(
        &allocator, "let n = 0;\n"
                    "export function onRequest(request, node) {\n"
                    "  return { n: ++n, op: request.op, twice: request.body.x * 2, at: node.id };\n"
                    "}\n");
    SS_REQUIRE(sandbox);
    SS_CHECK_TEXT(ask(sandbox, "buy", "{\"x\":21}"),
                  "{\"n\":1,\"op\":\"buy\",\"twice\":42,\"at\":\"orders\"}");
    SS_CHECK_TEXT(ask(sandbox, "sell", "{\"x\":0.5}"),
                  "{\"n\":2,\"op\":\"sell\",\"twice\":1,\"at\":\"orders\"}");
    ss_sandbox_destroy(sandbox);
}

SS_TEST(sandbox_awaits_a_call) {
    const ss_allocator allocator = ss_allocator_default();
    ss_sandbox *const sandbox = create_loaded(
        &allocator, "export async function onRequest(request, node) {\n"
                    "  try { return (await node.call('db', { k: 1 }, { op: 'get' })).v; }\n"
                    "  catch (error) { return error.outcome; }\n"
                    "}\n");
    SS_REQUIRE(sandbox);
    for (int outcome = 0; outcome < 2; outcome++) {
        const input request = request_of(9, "", "");
        ss_sandbox_answer answer = give(sandbox, &request);
        SS_REQUIRE(answer.outcome == SS_SANDBOX_OK && answer.output_bytes > 9u);
        SS_CHECK_EQUAL(answer.output[0], SS_OUTPUT_CALL);
        uint32_t token;
        memcpy(&token, answer.output + 5, sizeof token);
        input settle = begin(SS_INPUT_SETTLE);
        put(&settle, token, 4);
        put(&settle, (uint64_t)outcome, 1);
        put_text(&settle, outcome == 0 ? "{\"v\":\"found\"}" : "");
        answer = give(sandbox, &settle);
        SS_CHECK_TEXT(reply_of(&answer), outcome == 0 ? "\"found\"" : "\"timeout\"");
    }
    ss_sandbox_destroy(sandbox);
}

static const char breaching[] =
    "let n = 0;\n"
    "const ways = {\n"
    "  good: () => n,\n"
    "  loop: () => { for (;;) n++; },\n"
    "  memory: () => { const all = []; for (;;) all.push(new Uint8Array(100000)); },\n"
    "  stack: () => { const deeper = () => deeper() + 1; return deeper(); },\n"
    "};\n"
    "export function onRequest(request, node) { n++; return ways[request.op](); }\n";

SS_TEST(sandbox_is_as_before_after_a_breach) {
    const ss_allocator allocator = ss_allocator_default();
    ss_sandbox *const sandbox = create_loaded(&allocator, breaching);
    ss_sandbox *const untouched = create_loaded(&allocator, breaching);
    SS_REQUIRE(sandbox && untouched);
    static const struct {
        const char *operation;
        ss_sandbox_outcome outcome;
    } cases[] = {{"loop", SS_SANDBOX_FUEL},
                 {"memory", SS_SANDBOX_MEMORY},
                 {"stack", SS_SANDBOX_STACK}};
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < 3u; i++) {
            const input bad = request_of(3, cases[i].operation, "");
            const ss_sandbox_answer answer = give(sandbox, &bad);
            SS_CHECK_EQUAL(answer.outcome, cases[i].outcome);
            SS_CHECK_EQUAL(answer.output_bytes, 0);
            if (cases[i].outcome == SS_SANDBOX_FUEL) SS_CHECK_EQUAL(answer.fuel, FUEL);
            const input good = request_of(4, "good", "");
            const ss_sandbox_answer here = give(sandbox, &good);
            const ss_sandbox_answer there = give(untouched, &good);
            SS_CHECK_EQUAL(here.fuel, there.fuel);
            SS_CHECK_TEXT(reply_of(&here), reply_of(&there));
        }
    }
    const size_t bytes = ss_sandbox_state_bytes(sandbox);
    SS_CHECK_EQUAL(bytes, ss_sandbox_state_bytes(untouched));
    uint8_t *const here = malloc(bytes), *const there = malloc(bytes);
    ss_sandbox_write_state(sandbox, here);
    ss_sandbox_write_state(untouched, there);
    SS_CHECK(memcmp(here, there, bytes) == 0);
    free(here), free(there);
    ss_sandbox_destroy(sandbox);
    ss_sandbox_destroy(untouched);
}

SS_TEST(sandbox_stops_at_the_same_place_for_every_budget) {
    const ss_allocator allocator = ss_allocator_default();
    uint64_t whole = 0;
    for (uint64_t budget = FUEL; budget > 0; budget = budget == FUEL ? whole : budget / 3u) {
        const ss_sandbox_limits limits = {FUEL, MEMORY};
        ss_sandbox *sandbox = NULL;
        SS_REQUIRE(ss_sandbox_create(&limits, &allocator, &sandbox) == SS_OK);
        const input load = load_of("export const onRequest = (r) => r.body.map((x) => x * 2);");
        whole = give(sandbox, &load).fuel;
        ss_sandbox_destroy(sandbox);
        const ss_sandbox_limits tight = {budget, MEMORY};
        SS_REQUIRE(ss_sandbox_create(&tight, &allocator, &sandbox) == SS_OK);
        const ss_sandbox_answer answer = give(sandbox, &load);
        SS_CHECK_EQUAL(answer.outcome, budget >= whole ? SS_SANDBOX_OK : SS_SANDBOX_FUEL);
        SS_CHECK_EQUAL(answer.fuel, budget >= whole ? whole : budget);
        ss_sandbox_destroy(sandbox);
    }
}

SS_TEST(sandbox_keeps_the_disk_when_it_loads_again) {
    const ss_allocator allocator = ss_allocator_default();
    const char *const source = "let n = 0;\n"
                               "export function onRequest(request, node) {\n"
                               "  node.disk.set('n', (node.disk.get('n') ?? 0) + 1);\n"
                               "  return [++n, node.disk.get('n'), node.disk.keys()];\n"
                               "}\n";
    ss_sandbox *const sandbox = create_loaded(&allocator, source);
    SS_REQUIRE(sandbox);
    SS_CHECK_TEXT(ask(sandbox, "", ""), "[1,1,[\"n\"]]");
    const input load = load_of(source);
    SS_CHECK_EQUAL(give(sandbox, &load).outcome, SS_SANDBOX_OK);
    SS_CHECK_TEXT(ask(sandbox, "", ""), "[1,2,[\"n\"]]");
    // A load that never ends leaves everything as it was.
    const input endless = load_of("for (;;);");
    SS_CHECK_EQUAL(give(sandbox, &endless).outcome, SS_SANDBOX_FUEL);
    SS_CHECK_TEXT(ask(sandbox, "", ""), "[2,3,[\"n\"]]");
    ss_sandbox_destroy(sandbox);
}

SS_TEST(sandbox_state_moves_to_another_sandbox) {
    const ss_allocator allocator = ss_allocator_default();
    const char *const source = "let n = 0; const big = [];\n"
                               "export function onRequest(request) {\n"
                               "  for (let i = 0; i < 5000; i++) big.push({ i });\n"
                               "  return [++n, big.length, Math.random()];\n"
                               "}\n";
    ss_sandbox *const first = create_loaded(&allocator, source);
    ss_sandbox *const second = create(&allocator);
    SS_REQUIRE(first && second);
    ask(first, "", "");
    const size_t bytes = ss_sandbox_state_bytes(first);
    uint8_t *const state = malloc(bytes);
    ss_sandbox_write_state(first, state);
    SS_CHECK(ss_sandbox_read_state(second, state, bytes) == SS_OK);
    for (int i = 0; i < 5; i++) {
        const input request = request_of(2, "", "");
        const ss_sandbox_answer here = give(first, &request);
        const ss_sandbox_answer there = give(second, &request);
        SS_CHECK_EQUAL(here.fuel, there.fuel);
        SS_CHECK_EQUAL(here.output_bytes, there.output_bytes);
        SS_CHECK(memcmp(here.output, there.output, here.output_bytes) == 0);
    }
    SS_CHECK(ss_sandbox_read_state(second, state, bytes - 1u) == SS_ERROR_INPUT);
    free(state);
    ss_sandbox_destroy(first);
    ss_sandbox_destroy(second);
}

SS_TEST(sandbox_tells_what_is_wrong_with_the_source) {
    const ss_allocator allocator = ss_allocator_default();
    ss_sandbox *const sandbox = create(&allocator);
    SS_REQUIRE(sandbox);
    const input load = load_of("function onRequest() {\n  return 1 +;\n}");
    const ss_sandbox_answer answer = give(sandbox, &load);
    SS_REQUIRE(answer.outcome == SS_SANDBOX_OK && answer.output_bytes > 9u);
    SS_CHECK_EQUAL(answer.output[0], SS_OUTPUT_ERROR);
    char text[512] = {0};
    const size_t bytes = answer.output_bytes - 9u;
    memcpy(text, answer.output + 9, bytes < 511u ? bytes : 511u);
    SS_CHECK(strncmp(text, "SyntaxError", 11) == 0);
    ss_sandbox_destroy(sandbox);
}

SS_TEST(sandbox_survives_refused_memory) {
    for (size_t refuse_at = 1; refuse_at < 12u; refuse_at++) {
        failing_allocator state = {.refuse_at = refuse_at};
        const ss_allocator allocator = {failing_reallocate, &state};
        const ss_sandbox_limits limits = {FUEL, MEMORY};
        ss_sandbox *sandbox = NULL;
        if (ss_sandbox_create(&limits, &allocator, &sandbox) == SS_OK) {
            const input load = load_of(breaching);
            const input big = request_of(3, "memory", "");
            ss_sandbox_answer answer;
            ss_status status = ss_sandbox_invoke(sandbox, load.bytes, load.length, &answer);
            if (!status) status = ss_sandbox_invoke(sandbox, big.bytes, big.length, &answer);
            SS_CHECK(status == SS_OK || status == SS_ERROR_MEMORY);
        }
        ss_sandbox_destroy(sandbox);
        SS_CHECK_EQUAL(state.blocks, 0);
    }
}
