#include "handlers/probe.h"

#include <string.h>

#include "handlers/internal.h"
#include "handlers/trace.h"

void ss_handlers_probe(ss_handlers *handlers, ss_probe *probe) {
    handlers->probe = probe;
}

ss_node_language ss_handlers_language(const ss_handlers *handlers, uint32_t node) {
    const ss_object *code = handlers ? handlers->nodes[node].code : NULL;
    if (!code) return SS_NODE_NO_CODE;
    const bool is_script = strcmp(ss_object_get(code, "language")->text, "javascript") == 0;
    return is_script ? SS_NODE_JAVASCRIPT : SS_NODE_OWN_MODULE;
}

uint64_t ss_handlers_inputs(const ss_handlers *handlers) {
    return handlers ? handlers->numbers.inputs : 0u;
}

/// Keeps what the trace says of stops, and the trace itself where its steps are wanted.
static void take_trace(ss_handlers *handlers, ss_probe *probe, const ss_sandbox_answer *answer) {
    ss_trace_summary summary;
    if (!ss_trace_summarise(answer->output, answer->output_bytes, &summary)) {
        probe->status = SS_ERROR_LIMIT;
        return;
    }
    probe->traced++;
    probe->trace.length = 0;
    if (summary.bad_stop1 != 0u) {
        probe->bad_stop1 = summary.bad_stop1;
        ss_text_add_bytes(&probe->trace, summary.complaint, summary.complaint_bytes);
    } else if (probe->request->mode == SS_TRACE_STEPS) {
        ss_text_add_bytes(&probe->trace, answer->output, answer->output_bytes);
    }
    if (summary.stop_step1 != 0u) {
        probe->hit_n = handlers->numbers.inputs;
        probe->hit_step = summary.stop_step1 - 1u;
    }
    if (probe->trace.failed) probe->status = SS_ERROR_MEMORY;
}

void ss__probe_input(ss_handlers *handlers, uint32_t node, uint32_t group) {
    ss_probe *probe = handlers->probe;
    const uint64_t n = handlers->numbers.inputs;
    if (n < probe->first_n || n > probe->last_n || probe->status || probe->bad_stop1 != 0u) return;
    if (probe->node != SS_NO_INDEX && probe->node != node) return;
    if (probe->stops_at_hit && probe->hit_n != 0u) return;
    if (ss_handlers_language(handlers, node) != SS_NODE_JAVASCRIPT) return;
    ss_sandbox_answer answer;
    probe->status = ss_sandbox_trace(handlers->sandboxes[group],
                                     (const uint8_t *)handlers->input.bytes,
                                     handlers->input.length, probe->request, &answer);
    if (!probe->status) take_trace(handlers, probe, &answer);
}
