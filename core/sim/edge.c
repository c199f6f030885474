/// Edges: sending, latency and loss, replies, time-outs, retries, circuit breakers.
#include "sim/internal.h"
#include "sim/watcher.h"

// --- Movements for the live view -----------------------------------------------------------------

static void thin_moves(ss_sim *sim) {
    for (uint32_t i = 0; i < SS_MOVES_MAX / 2u; i++) sim->moves[i] = sim->moves[2u * i];
    sim->move_count = SS_MOVES_MAX / 2u;
    sim->moves_one_in *= 2u;
}

/// Somebody looks: at the live view, or as a watcher.
__attribute__((noinline)) static void show_move(ss_sim *sim, uint32_t index, ss_move move) {
    if (sim->watcher) {
        sim->watcher->moved(sim->watcher, sim, index, move);
        return;
    }
    if (sim->moves_seen++ % sim->moves_one_in != 0u) return;
    if (sim->move_count == SS_MOVES_MAX) thin_moves(sim);
    sim->moves[sim->move_count++] = move;
}

static inline void add_move(ss_sim *sim, uint32_t index, uint32_t edge, uint32_t kind,
                            int64_t arrives_ns) {
    if (sim->moves_one_in == 0u) return; // nobody is looking
    show_move(sim, index, (ss_move){.departed_ns = sim->now_ns, .arrives_ns = arrives_ns,
                                    .edge = edge, .kind = kind});
}

void ss__add_reply_move(ss_sim *sim, uint32_t index, ss_outcome outcome) {
    const uint32_t class_index = sim->tasks[index].parent & ~SS_PARENT_IS_CLASS;
    ss__task_set_outcome(&sim->tasks[index], outcome);
    ss__task_set_state(&sim->tasks[index], SS_TASK_REPLYING);
    add_move(sim, index, sim->program[sim->classes[class_index].program].edge,
             outcome == SS_OUTCOME_OK ? SS_MOVE_REPLY : SS_MOVE_FAILURE, sim->now_ns);
}

// --- Latency, bandwidth, loss --------------------------------------------------------------------

/// When a message sent now arrives: it waits for the link (first in, first out), is transmitted at
/// the link's bandwidth, then travels for the latency.
static int64_t arrival_ns(ss_sim *sim, ss_sim_edge *edge, uint32_t direction) {
    int64_t time_ns = sim->now_ns;
    const double transmission_ns = direction == 0u ? edge->request_ns : edge->response_ns;
    if (transmission_ns > 0.0) {
        if (edge->link_free_ns[direction] > time_ns) time_ns = edge->link_free_ns[direction];
        time_ns += (int64_t)(transmission_ns + 0.5);
        edge->link_free_ns[direction] = time_ns;
    }
    if (edge->latency) {
        time_ns += ss_time_from_seconds(ss_dist_sample(edge->latency, &edge->latency_random));
    }
    if (edge->extra_latency) {
        time_ns += ss_time_from_seconds(ss_dist_sample(edge->extra_latency, &edge->latency_random));
    }
    return time_ns;
}

static inline bool is_lost(ss_sim_edge *edge, uint32_t direction) {
    if (edge->cut[direction] > 0u) return true;
    const double loss = edge->loss + edge->extra_loss;
    return loss > 0.0 && ss_random_unit(&edge->loss_random) < loss;
}

void ss_sim_update_edge(ss_sim_edge *edge) {
    const bool is_instant = !edge->latency && !edge->extra_latency && !(edge->request_ns > 0.0) &&
                            !(edge->response_ns > 0.0);
    const bool is_safe = !(edge->loss > 0.0) && !(edge->extra_loss > 0.0) && edge->cut[0] == 0u &&
                         edge->cut[1] == 0u;
    edge->is_plain = is_instant && is_safe ? 1u : 0u;
}

void ss_sim_update_clients(ss_sim *sim) {
    for (uint32_t i = 0; i < sim->class_count; i++) {
        ss_class *class = &sim->classes[i];
        class->goes_direct = class->is_direct && sim->edges[class->call_edge].is_plain;
    }
}

// --- Circuit breaker: error ratio over a rolling window of slices --------------------------------

static void breaker_roll(ss_sim *sim, ss_sim_edge *edge) {
    const int64_t slice = sim->now_ns / edge->breaker_slice_ns;
    if (slice - edge->breaker_slice_at >= (int64_t)SS_BREAKER_SLICES) {
        memset(edge->breaker_calls, 0, sizeof edge->breaker_calls);
        memset(edge->breaker_failures, 0, sizeof edge->breaker_failures);
        edge->breaker_slice_at = slice;
    }
    while (edge->breaker_slice_at < slice) {
        edge->breaker_slice_at++;
        const uint32_t at = (uint32_t)(edge->breaker_slice_at % (int64_t)SS_BREAKER_SLICES);
        edge->breaker_calls[at] = 0;
        edge->breaker_failures[at] = 0;
    }
}

static void breaker_open(ss_sim *sim, ss_sim_edge *edge) {
    edge->breaker_state = SS_BREAKER_OPEN;
    edge->breaker_until_ns = sim->now_ns + edge->breaker_open_ns;
    edge->breaker_probing = 0;
    edge->breaker_opened++;
}

/// How a call of the task along the edge has ended.
static void breaker_record(ss_sim *sim, ss_sim_edge *edge, uint32_t index, bool failed) {
    if (!(edge->breaker_errors > 0.0)) return;
    if (edge->breaker_state == SS_BREAKER_HALF_OPEN) {
        if (edge->breaker_probing != index) return; // sent before it opened: no probe
        edge->breaker_probing = 0;
        if (failed) {
            breaker_open(sim, edge);
        } else {
            edge->breaker_state = SS_BREAKER_CLOSED;
            memset(edge->breaker_calls, 0, sizeof edge->breaker_calls);
            memset(edge->breaker_failures, 0, sizeof edge->breaker_failures);
        }
        return;
    }
    if (edge->breaker_state == SS_BREAKER_OPEN) return; // a call sent before it opened
    breaker_roll(sim, edge);
    const uint32_t at = (uint32_t)(edge->breaker_slice_at % (int64_t)SS_BREAKER_SLICES);
    edge->breaker_calls[at]++;
    edge->breaker_failures[at] += failed ? 1u : 0u;
    uint64_t calls = 0;
    uint64_t failures = 0;
    for (uint32_t i = 0; i < SS_BREAKER_SLICES; i++) {
        calls += edge->breaker_calls[i];
        failures += edge->breaker_failures[i];
    }
    if (calls >= edge->breaker_min_calls &&
        (double)failures >= edge->breaker_errors * (double)calls) {
        breaker_open(sim, edge);
    }
}

/// Whether the probe is still under way: a crash may have ended the task that had sent it.
static bool is_probing(const ss_sim *sim, const ss_sim_edge *edge) {
    const ss_task *probe = &sim->tasks[edge->breaker_probing];
    return edge->breaker_probing != 0u && ss_task_state_of(probe) == SS_TASK_CALLING &&
           &sim->edges[sim->program[probe->pc].edge] == edge;
}

/// Whether the breaker lets a task's call through; an open one turns half-open when its time is
/// over and lets one probe at a time pass.
static bool breaker_allows(ss_sim *sim, ss_sim_edge *edge, uint32_t index) {
    if (!(edge->breaker_errors > 0.0) || edge->breaker_state == SS_BREAKER_CLOSED) return true;
    if (edge->breaker_state == SS_BREAKER_OPEN) {
        if (sim->now_ns < edge->breaker_until_ns) return false;
        edge->breaker_state = SS_BREAKER_HALF_OPEN;
    }
    if (is_probing(sim, edge)) return false;
    edge->breaker_probing = index;
    return true;
}

// --- Sending -------------------------------------------------------------------------------------

/// The copies of a hedged call are a list; any other call has one child and no list.
static uint32_t sibling_of(const ss_sim *sim, uint32_t child) {
    return sim->needs_side ? sim->side[child].sibling : 0u;
}

static void forget_child(ss_sim *sim, uint32_t parent, uint32_t child) {
    if (sim->tasks[parent].child == child) {
        sim->tasks[parent].child = sibling_of(sim, child);
        return;
    }
    for (uint32_t at = sim->tasks[parent].child; at != 0u; at = sim->side[at].sibling) {
        if (sim->side[at].sibling == child) sim->side[at].sibling = sim->side[child].sibling;
    }
}

void ss__abandon_children(ss_sim *sim, uint32_t index) {
    uint32_t child = sim->tasks[index].child;
    while (child != 0u) {
        sim->tasks[child].parent = 0;
        if (__builtin_expect(sim->code != NULL, 0)) {
            sim->code->tasks[child].left_by1 = sim->tasks[index].class_index + 1u;
        }
        child = sibling_of(sim, child);
    }
    sim->tasks[index].child = 0;
}

/// A message that will never arrive. Its caller waits for the time-out; without one the connection
/// is seen to break, at once.
static void lose(ss_sim *sim, uint32_t index, uint32_t edge_index) {
    sim->edges[edge_index].lost++;
    add_move(sim, index, edge_index, SS_MOVE_LOST, sim->now_ns);
    if ((sim->tasks[index].parent & SS_PARENT_IS_CLASS) && !ss__make_parent(sim, index)) return;
    const uint32_t parent = sim->tasks[index].parent;
    if (parent != 0u && sim->tasks[parent].timer_seq == 0u) {
        ss__task_set_outcome(&sim->tasks[index], SS_OUTCOME_FAILED);
        ss__task_set_state(&sim->tasks[index], SS_TASK_REPLYING);
        sim->tasks[index].event_seq = ss_sim_schedule(sim, sim->now_ns, SS_EVENT_REPLY, index);
        return;
    }
    if (parent != 0u) forget_child(sim, parent, index);
    ss__task_free(sim, index);
}

void ss__send(ss_sim *sim, uint32_t index, uint32_t edge_index, bool is_published) {
    ss_sim_edge *edge = &sim->edges[edge_index];
    edge->calls++;
    if (edge->is_plain) {
        sim->tasks[index].edge1 = edge_index + 1u;
        edge->in_flight++;
        add_move(sim, index, edge_index, is_published ? SS_MOVE_PUBLISH : SS_MOVE_REQUEST,
                 sim->now_ns);
        // What was sent by a call is the last thing its sender does now: nothing can come between.
        if (!is_published && sim->ready_head == sim->ready_tail) {
            ss__arrive(sim, index);
        } else {
            ss__ready(sim, index, true);
        }
        return;
    }
    if (is_lost(edge, 0)) {
        lose(sim, index, edge_index);
        return;
    }
    const int64_t arrives_ns = arrival_ns(sim, edge, 0);
    ss_task *task = &sim->tasks[index];
    task->edge1 = edge_index + 1u;
    edge->in_flight++;
    add_move(sim, index, edge_index, is_published ? SS_MOVE_PUBLISH : SS_MOVE_REQUEST,
             arrives_ns);
    if (arrives_ns == sim->now_ns) {
        ss__ready(sim, index, true);
        return;
    }
    ss__task_set_state(task, SS_TASK_TRANSIT);
    task->event_seq = ss_sim_schedule(sim, arrives_ns, SS_EVENT_DELIVER, index);
}

void ss__publish(ss_sim *sim, uint32_t index, const ss_instruction *instruction) {
    const uint32_t message = ss__task_create(sim, instruction->class_index, 0);
    if (message == 0u) return;
    if (__builtin_expect(sim->code != NULL, 0)) ss__code_carry_body(sim, index, message);
    ss__send(sim, message, instruction->edge, true);
}

// --- Calls ---------------------------------------------------------------------------------------

static void call_failed_for_good(ss_sim *sim, uint32_t index, ss_outcome outcome) {
    ss_task *task = &sim->tasks[index];
    const ss_instruction *instruction = &sim->program[task->pc];
    if (instruction->on_failure != 0u) {
        if (__builtin_expect(sim->code != NULL, 0)) {
            sim->code->tasks[index].outcome = (uint16_t)outcome;
        }
        task->pc = instruction->on_failure;
        ss__ready(sim, index, false);
        return;
    }
    ss_sim_fail(sim, index, outcome);
}

/// Tries again after the back-off, if the policy still allows it; otherwise the call has failed.
static void retry_or_fail(ss_sim *sim, uint32_t index, ss_outcome outcome) {
    ss_task *task = &sim->tasks[index];
    ss_sim_edge *edge = &sim->edges[sim->program[task->pc].edge];
    if (task->attempt >= edge->retry_max || outcome == SS_OUTCOME_BREAKER_OPEN ||
        (edge->has_budget && edge->budget_tokens < 1.0)) {
        call_failed_for_good(sim, index, outcome);
        return;
    }
    if (edge->has_budget) edge->budget_tokens -= 1.0;
    double delay_ns = (double)edge->backoff_ns;
    for (uint32_t i = 0; i < task->attempt; i++) delay_ns *= edge->backoff_multiplier;
    if (edge->jitter > 0.0) {
        delay_ns *= 1.0 - edge->jitter * ss_random_unit(&edge->retry_random);
    }
    task->attempt++;
    edge->retries++;
    ss__task_set_state(task, SS_TASK_BACKOFF);
    if (delay_ns > 4.0e18) delay_ns = 4.0e18;
    task->event_seq =
        ss_sim_schedule(sim, sim->now_ns + (int64_t)(delay_ns + 0.5), SS_EVENT_TASK, index);
}

/// A retry budget (as in Finagle): each call earns `budget` tokens, each retry spends one.
#define SS_RETRY_TOKENS_MAX 10.0

/// Sends one copy of the call the task stands at. False when memory is refused.
static bool send_copy(ss_sim *sim, uint32_t index, const ss_instruction *instruction) {
    const ss_sim_edge *edge = &sim->edges[instruction->edge];
    const uint32_t child = ss__task_create(sim, instruction->class_index, index);
    if (child == 0u) return false;
    if (sim->needs_side) {
        sim->side[child].sibling = sim->tasks[index].child;
        int64_t deadline_ns = sim->side[index].deadline_ns;
        if (edge->timeout_ns > 0 && sim->now_ns + edge->timeout_ns < deadline_ns) {
            deadline_ns = sim->now_ns + edge->timeout_ns;
        }
        sim->side[child].deadline_ns = deadline_ns;
        sim->side[child].gives_up = edge->propagates_deadline ? 1u : 0u;
    }
    if (__builtin_expect(sim->code != NULL, 0)) ss__code_carry_body(sim, index, child);
    sim->tasks[index].child = child;
    ss__send(sim, child, instruction->edge, false);
    return true;
}

static void schedule_hedge(ss_sim *sim, uint32_t index, const ss_sim_edge *edge) {
    sim->tasks[index].event_seq =
        ss_sim_schedule(sim, sim->now_ns + edge->hedge_after_ns, SS_EVENT_TASK, index);
}

void ss__call(ss_sim *sim, uint32_t index) {
    const ss_instruction *instruction = &sim->program[sim->tasks[index].pc];
    ss_sim_edge *edge = &sim->edges[instruction->edge];
    ss_task *task = &sim->tasks[index];
    if (!breaker_allows(sim, edge, index)) {
        call_failed_for_good(sim, index, SS_OUTCOME_BREAKER_OPEN);
        return;
    }
    if (edge->has_budget && task->attempt == 0u) {
        edge->budget_tokens += edge->budget;
        if (edge->budget_tokens > SS_RETRY_TOKENS_MAX) edge->budget_tokens = SS_RETRY_TOKENS_MAX;
    }
    task->child = 0;
    ss__task_set_state(task, SS_TASK_CALLING);
    int64_t timeout_ns = edge->timeout_ns;
    if (__builtin_expect(sim->code != NULL, 0)) {
        if (task->attempt > 0u) sim->code->tasks[index].answered = 0; // that was another attempt
        const int64_t own_ns = sim->code->tasks[index].timeout_ns;
        if (own_ns > 0 && (timeout_ns == 0 || own_ns < timeout_ns)) timeout_ns = own_ns;
    }
    if (timeout_ns > 0) {
        task->timer_seq = ss_sim_schedule(sim, sim->now_ns + timeout_ns, SS_EVENT_TIMER, index);
    }
    if (edge->hedge_max > 0u) {
        sim->side[index].copies = 0;
        schedule_hedge(sim, index, edge);
    }
    send_copy(sim, index, instruction);
}

void ss__hedge(ss_sim *sim, uint32_t index) {
    const ss_instruction *instruction = &sim->program[sim->tasks[index].pc];
    ss_sim_edge *edge = &sim->edges[instruction->edge];
    const uint32_t sent = sim->side[index].copies + 1u;
    sim->side[index].copies = (uint16_t)sent;
    if (sent < edge->hedge_max) schedule_hedge(sim, index, edge);
    edge->hedges++;
    send_copy(sim, index, instruction);
}

uint32_t ss__reply(ss_sim *sim, uint32_t index, ss_outcome outcome) {
    ss_task *task = &sim->tasks[index];
    const uint32_t edge_index = sim->program[sim->tasks[task->parent].pc].edge;
    ss_sim_edge *edge = &sim->edges[edge_index];
    ss__task_set_outcome(task, outcome);
    ss__task_set_state(task, SS_TASK_REPLYING);
    if (edge->is_plain) {
        add_move(sim, index, edge_index,
                 outcome == SS_OUTCOME_OK ? SS_MOVE_REPLY : SS_MOVE_FAILURE, sim->now_ns);
        return ss__on_reply(sim, index);
    }
    if (is_lost(edge, 1)) {
        lose(sim, index, edge_index);
        return 0;
    }
    const int64_t arrives_ns = arrival_ns(sim, edge, 1);
    add_move(sim, index, edge_index,
             outcome == SS_OUTCOME_OK ? SS_MOVE_REPLY : SS_MOVE_FAILURE, arrives_ns);
    if (arrives_ns == sim->now_ns) return ss__on_reply(sim, index);
    task->event_seq = ss_sim_schedule(sim, arrives_ns, SS_EVENT_REPLY, index);
    return 0;
}

uint32_t ss__on_reply(ss_sim *sim, uint32_t index) {
    const ss_task *reply = &sim->tasks[index];
    const uint32_t parent = reply->parent;
    if (parent == 0u) { // the caller has given up
        ss__task_free(sim, index);
        return 0;
    }
    const ss_outcome outcome = ss__task_outcome(reply);
    const int64_t latency_ns = sim->now_ns - reply->sent_ns;
    const bool is_hit = !(reply->waiting & SS_TASK_MISSED);
    if (__builtin_expect(sim->code != NULL, 0)) ss__code_carry_answer(sim, index, parent);
    forget_child(sim, parent, index);
    ss__task_free(sim, index);
    ss_task *task = &sim->tasks[parent];
    const ss_instruction *instruction = &sim->program[task->pc];
    ss_sim_edge *edge = &sim->edges[instruction->edge];
    if (outcome != SS_OUTCOME_OK && task->child != 0u) return 0; // another copy may still do
    if (task->child != 0u) ss__abandon_children(sim, parent);
    task->timer_seq = 0;
    task->event_seq = 0;
    if (edge->breaker_errors > 0.0) breaker_record(sim, edge, parent, outcome != SS_OUTCOME_OK);
    if (outcome != SS_OUTCOME_OK) {
        retry_or_fail(sim, parent, outcome);
        return 0;
    }
    ss__record_response(sim, sim->stats_count + instruction->edge, latency_ns);
    task->pc = instruction->jump != 0u && is_hit ? instruction->jump : task->pc + 1u;
    return parent;
}

void ss__on_timeout(ss_sim *sim, uint32_t index) {
    ss_sim_edge *edge = &sim->edges[sim->program[sim->tasks[index].pc].edge];
    if (sim->watcher) sim->watcher->timed_out(sim->watcher, sim, index);
    ss__abandon_children(sim, index);
    sim->tasks[index].event_seq = 0;
    edge->timeouts++;
    breaker_record(sim, edge, index, true);
    retry_or_fail(sim, index, SS_OUTCOME_TIMEOUT);
}
