/// Stores: what a cache or a database keeps for code that calls it.
///
/// Their contents are kept by code of our own in a sandbox, whose fuel costs nothing: the time a
/// store takes is its service time, and a hit or a miss is what the keys say.
#include <string.h>

#include "base/embed.h"
#include "handlers/internal.h"

const char *ss__store_source(ss_handlers *handlers, const ss_node *node) {
    const bool is_cache = (node->type->traits & SS_TRAIT_CACHE) != 0u;
    const ss_value *capacity = is_cache ? ss_object_find(&node->object, "capacity") : NULL;
    ss_text text = ss_text_create(&handlers->allocator);
    ss_text_add_format(&text, "const CONFIG = { isCache: %s, capacity: ",
                       is_cache ? "true" : "false");
    ss_text_add_number(&text, capacity && capacity->is_set ? capacity->number : 0.0);
    ss_text_add(&text, " };\n");
    ss_text_add_bytes(&text, ss__handler_files[0].bytes, ss__handler_files[0].length);
    const char *source =
        text.failed ? NULL : ss_arena_copy_text(handlers->arena, text.bytes, text.length);
    ss_text_destroy(&text);
    return source;
}

/// The answer among what the store said, and whether a cache had not the key.
static ss_wire_text answer_of(const ss_sandbox_answer *answer, bool *has_missed) {
    ss_wire wire = {answer->output, answer->output + answer->output_bytes, false};
    ss_wire_text body = {"", 0};
    for (;;) {
        const ss_said said = ss__take_said(&wire);
        if (said.kind == 0u) return body;
        if (said.kind == SS_OUTPUT_REPLY) body = said.body;
        if (said.kind == SS_OUTPUT_METRIC) *has_missed = true; // the only one that a store says
    }
}

void ss__store_answer(ss_handlers *handlers, uint32_t task) {
    ss_sim *sim = handlers->sim;
    if (sim->code->tasks[task].body == 0u) return; // of a node without code: a cost, no content
    const uint32_t node = sim->classes[sim->tasks[task].class_index].node;
    const uint32_t group = sim->nodes[node].group_first;
    if (!handlers->sandboxes[group]) return; // no code asks it: the body was for a node before it
    const ss_envelope envelope = ss__unseal(handlers, sim->code->tasks[task].body);
    ss_text *input = &handlers->input;
    ss__begin_input(handlers, SS_INPUT_REQUEST);
    ss__put_u32(input, 1u);
    ss__put_u64(input, ++handlers->numbers.next_request);
    ss__put_text(input, envelope.operation.bytes, envelope.operation.length);
    ss__put_text(input, envelope.from.bytes, envelope.from.length);
    ss__put_text(input, envelope.body.bytes, envelope.body.length);
    ss_sandbox_answer answer;
    if (!ss__invoke(handlers, node, group, &answer)) return;
    bool has_missed = false;
    const ss_wire_text body = answer_of(&answer, &has_missed);
    ss_task_code *code = &sim->code->tasks[task];
    ss_payload_release(sim, code->answer);
    code->answer = ss_payload_create(sim, (const uint8_t *)body.bytes, body.length);
    sim->code->tasks[task].found = has_missed ? 2u : 1u;
}

bool ss__message_key(void *context, ss_sim *sim, uint32_t task, uint64_t *hash) {
    ss_handlers *handlers = context;
    if (sim->code->tasks[task].body == 0u) return false;
    const ss_envelope envelope = ss__unseal(handlers, sim->code->tasks[task].body);
    if (envelope.key.length == 0u) return false;
    *hash = ss_hash_bytes(envelope.key.bytes, envelope.key.length);
    return true;
}
