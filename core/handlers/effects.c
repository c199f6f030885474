/// What the code said takes effect: calls, messages, timers, answers, logs.
#include <string.h>

#include "handlers/internal.h"

/// The longest anything of a handler waits: about 31 years, so that sums stay in range.
#define DELAY_MAX_NS INT64_C(1000000000000000000)

static bool is_text(ss_wire_text text, const char *name) {
    return strlen(name) == text.length && memcmp(name, text.bytes, text.length) == 0;
}

static ss_wire_text id_of(const ss_handlers *handlers, uint32_t node) {
    const char *id = handlers->design->nodes[node].id;
    return (ss_wire_text){id, (uint32_t)strlen(id)};
}

/// The way to a node for an operation: the one of that name, else the last, which is "default" or
/// stands for it. A call needs an edge that calls.
static const ss_code_route *find_route(const ss_handlers *handlers, uint32_t from,
                                       const ss_said *said, bool must_call) {
    const ss_code_node *code = &handlers->nodes[from];
    const ss_code_route *any = NULL;
    for (uint32_t i = 0; i < code->route_count; i++) {
        const ss_code_route *route = &handlers->sim->code->routes[code->route_first + i];
        if (!is_text(said->target, handlers->design->nodes[route->to].id)) continue;
        if (must_call && route->pc == 0u) continue;
        if (said->operation.length > 0u && is_text(said->operation, route->operation)) return route;
        if (!any || strcmp(any->operation, "default") != 0) any = route;
    }
    return any;
}

/// A branch of the activity, held at `pc`.
static uint32_t create_branch(ss_handlers *handlers, ss_activity *activity, uint32_t token,
                              uint32_t pc) {
    ss_sim *sim = handlers->sim;
    const uint32_t branch =
        ss_sim_create_branch(sim, handlers->nodes[activity->node].local_class, pc);
    if (branch == 0u) return 0;
    sim->code->tasks[branch].activity = ss__activity_id(handlers, activity);
    sim->code->tasks[branch].token = token;
    activity->pending++;
    return branch;
}

/// Where the local class settles what no call stands behind.
static uint32_t settle_pc(const ss_handlers *handlers, uint32_t node) {
    return handlers->sim->classes[handlers->nodes[node].local_class].program + 3u;
}

/// Settles a token at once.
static void settle_now(ss_handlers *handlers, ss_activity *activity, uint32_t token,
                       ss_outcome outcome) {
    const uint32_t branch =
        create_branch(handlers, activity, token, settle_pc(handlers, activity->node));
    if (branch == 0u) return;
    handlers->sim->code->tasks[branch].outcome = (uint16_t)outcome;
    ss__settle(handlers, branch);
}

static void call(ss_handlers *handlers, ss_activity *activity, const ss_said *said) {
    ss_sim *sim = handlers->sim;
    const ss_code_route *route = find_route(handlers, activity->node, said, true);
    if (!route) {
        settle_now(handlers, activity, said->token, SS_OUTCOME_FAILED);
        return;
    }
    const uint32_t branch = create_branch(handlers, activity, said->token, route->pc);
    if (branch == 0u) return;
    const uint32_t body = ss__seal(
        handlers, (ss_envelope){.operation = said->operation,
                                .from = id_of(handlers, activity->node), .key = {"", 0},
                                .body = said->body});
    sim->code->tasks[branch].body = body;
    sim->code->tasks[branch].timeout_ns = said->time_ns > 0 ? said->time_ns : 0;
    ss_sim_resume(sim, branch);
}

static void send(ss_handlers *handlers, uint32_t node, const ss_said *said) {
    const ss_code_route *route = find_route(handlers, node, said, false);
    if (!route) return; // the sandbox knows its neighbours and has thrown
    const uint32_t body =
        ss__seal(handlers, (ss_envelope){.is_message = 1, .operation = said->operation,
                                         .from = id_of(handlers, node), .key = said->key,
                                         .body = said->body});
    ss_sim_send_message(handlers->sim, route->class_index, route->edge, body);
}

static int64_t after(const ss_handlers *handlers, int64_t delay_ns) {
    if (delay_ns < 0) delay_ns = 0;
    return handlers->sim->now_ns + (delay_ns < DELAY_MAX_NS ? delay_ns : DELAY_MAX_NS);
}

static void sleep_for(ss_handlers *handlers, ss_activity *activity, const ss_said *said) {
    const uint32_t branch =
        create_branch(handlers, activity, said->token, settle_pc(handlers, activity->node));
    if (branch != 0u) ss_sim_resume_at(handlers->sim, branch, after(handlers, said->time_ns));
}

static void cancel_timer(ss_handlers *handlers, uint32_t group, uint32_t number) {
    ss_sim *sim = handlers->sim;
    for (uint32_t at = handlers->replicas[group].timer_head; at != 0u; at = sim->side[at].next) {
        if (sim->code->tasks[at].token != number) continue;
        ss__unlink_timer(handlers, group, at);
        ss_sim_free_branch(sim, at);
        return;
    }
}

/// Keeps the first of a kind of text.
static void keep_first(ss_handlers *handlers, uint32_t *payload, int64_t *time_ns,
                       ss_wire_text text) {
    if (*payload != 0u) return;
    *payload = ss_payload_create(handlers->sim, (const uint8_t *)text.bytes, text.length);
    *time_ns = handlers->sim->now_ns;
}

static void fail(ss_handlers *handlers, uint32_t node, ss_activity *activity,
                 const ss_said *said) {
    ss_code_stats *stats = &handlers->stats[node];
    stats->errors++;
    keep_first(handlers, &stats->first_error, &stats->first_error_ns, said->target);
    if (!activity) return;
    activity->is_settled = activity->has_failed = 1;
    ss__wake(handlers, activity);
}

static void log_line(ss_handlers *handlers, uint32_t group, const ss_said *said) {
    const uint32_t node = handlers->replicas[group].node;
    const ss_code_node *code = &handlers->nodes[node];
    const uint64_t nth = handlers->stats[node].log_count++;
    if (code->log_lines == 0u) return;
    ss_log_line *line = &handlers->logs[code->log_first + nth % code->log_lines];
    ss_payload_release(handlers->sim, line->text);
    const ss_activity *activity = ss__activity_find(handlers, said->activity);
    *line = (ss_log_line){
        .time_ns = handlers->sim->now_ns, .request = activity ? activity->request : 0u,
        .input = handlers->sim->code->speaking,
        .level = said->level, .line = said->line, .replica = handlers->replicas[group].number,
        .text = ss_payload_create(handlers->sim, (const uint8_t *)said->target.bytes,
                                  said->target.length)};
}

static bool same_name(const ss_handlers *handlers, uint32_t payload, ss_wire_text name) {
    uint8_t bytes[256];
    if (ss_payload_bytes(handlers->sim, payload) != name.length || name.length > sizeof bytes) {
        return false;
    }
    ss_payload_read(handlers->sim, payload, bytes);
    return memcmp(bytes, name.bytes, name.length) == 0;
}

static void metric(ss_handlers *handlers, uint32_t node, const ss_said *said) {
    ss_code_stats *stats = &handlers->stats[node];
    if (!(said->value - said->value == 0.0)) return; // infinite, or not a number
    uint32_t at = 0;
    while (at < stats->metric_count && !same_name(handlers, stats->metrics[at].name, said->target))
        at++;
    if (at == SS_METRICS_MAX) return;
    ss_code_metric *into = &stats->metrics[at];
    if (at == stats->metric_count) {
        stats->metric_count++;
        *into = (ss_code_metric){
            .name = ss_payload_create(handlers->sim, (const uint8_t *)said->target.bytes,
                                      said->target.length),
            .min = said->value, .max = said->value};
    }
    into->count++;
    into->sum += said->value;
    into->last = said->value;
    if (said->value < into->min) into->min = said->value;
    if (said->value > into->max) into->max = said->value;
}

/// What is said on behalf of an activity that is over has no effect, but for logs and metrics.
static void apply_one(ss_handlers *handlers, uint32_t group, const ss_said *said) {
    const uint32_t node = handlers->replicas[group].node;
    ss_activity *activity = ss__activity_find(handlers, said->activity);
    switch ((ss_output_kind)said->kind) {
    case SS_OUTPUT_CALL:
        if (activity) call(handlers, activity, said);
        break;
    case SS_OUTPUT_SEND:
        send(handlers, node, said);
        break;
    case SS_OUTPUT_PUBLISH:
        send(handlers, node, said);
        if (activity) settle_now(handlers, activity, said->token, SS_OUTCOME_OK);
        break;
    case SS_OUTPUT_SLEEP:
        if (activity) sleep_for(handlers, activity, said);
        break;
    case SS_OUTPUT_TIMER:
        ss__start_timer(handlers, group, said->token, after(handlers, said->time_ns));
        break;
    case SS_OUTPUT_CANCEL:
        cancel_timer(handlers, group, said->token);
        break;
    case SS_OUTPUT_REPLY:
        if (!activity || activity->kind == SS_ACTIVITY_LOCAL || activity->is_answered) break;
        activity->is_answered = 1;
        activity->answer = ss_payload_create(handlers->sim, (const uint8_t *)said->body.bytes,
                                             said->body.length);
        ss__wake(handlers, activity);
        break;
    case SS_OUTPUT_SETTLED:
        if (!activity) break;
        activity->is_settled = 1;
        ss__wake(handlers, activity);
        break;
    case SS_OUTPUT_ERROR:
        fail(handlers, node, activity, said);
        break;
    case SS_OUTPUT_LOG:
        log_line(handlers, group, said);
        break;
    case SS_OUTPUT_METRIC:
        metric(handlers, node, said);
        break;
    case SS_OUTPUT_LOADED:
    case SS_OUTPUT_CPU: // computed already
        break;
    }
}

void ss__apply(ss_handlers *handlers, uint32_t group, uint32_t outputs) {
    const uint32_t bytes = ss_payload_bytes(handlers->sim, outputs);
    if (bytes == 0u) return;
    ss_text *text = &handlers->said;
    text->length = 0;
    for (uint32_t i = 0; i < bytes; i++) ss_text_add_char(text, '\0');
    if (text->failed) {
        handlers->sim->status = SS_ERROR_MEMORY;
        return;
    }
    ss_payload_read(handlers->sim, outputs, (uint8_t *)text->bytes);
    ss_wire wire = {(const uint8_t *)text->bytes, (const uint8_t *)text->bytes + bytes, false};
    for (;;) {
        const ss_said said = ss__take_said(&wire);
        if (said.kind == 0u) return;
        apply_one(handlers, group, &said);
    }
}

double ss__asked_cpu_ns(ss_wire wire) {
    double sum = 0.0;
    for (;;) {
        const ss_said said = ss__take_said(&wire);
        if (said.kind == 0u) return sum;
        if (said.kind == SS_OUTPUT_CPU && said.time_ns > 0) sum += (double)said.time_ns;
    }
}
