/// Tasks: their pool, their programs, the event loop.
#include "sim/usual.h"

#define SS_TASKS_FIRST 1024u
#define SS_READY_FIRST 1024u

// --- Pool ----------------------------------------------------------------------------------------

static bool tasks_grow(ss_sim *sim) {
    const uint32_t capacity = sim->task_capacity ? sim->task_capacity * 2u : SS_TASKS_FIRST;
    const size_t bytes = (size_t)capacity * sizeof(ss_task);
    if (capacity > SS_EVENT_INDEX_MAX || bytes > sim->memory_max / 2u) {
        sim->status = SS_ERROR_LIMIT;
        return false;
    }
    if (sim->code && !ss__code_grow(sim, capacity)) return false;
    ss_task *tasks = ss_reallocate_lines(&sim->allocator, sim->tasks,
                                         (size_t)sim->task_capacity * sizeof(ss_task), bytes);
    if (!tasks) {
        sim->status = SS_ERROR_MEMORY;
        return false;
    }
    sim->tasks = tasks;
    if (sim->needs_side) {
        ss_task_side *side =
            ss_reallocate(&sim->allocator, sim->side,
                          (size_t)sim->task_capacity * sizeof(ss_task_side),
                          (size_t)capacity * sizeof(ss_task_side));
        if (!side) {
            // Give the larger array back, so that both always have task_capacity elements.
            tasks = ss_reallocate_lines(&sim->allocator, tasks, bytes,
                                        (size_t)sim->task_capacity * sizeof(ss_task));
            if (tasks) sim->tasks = tasks;
            sim->status = SS_ERROR_MEMORY;
            return false;
        }
        sim->side = side;
    }
    sim->task_capacity = capacity;
    return true;
}

/// ss__task_create where every request passes.
SS_ALWAYS_INLINE uint32_t create_inline(ss_sim *sim, uint32_t class_index, uint32_t parent) {
    uint32_t index = sim->task_free;
    if (index != 0u) {
        sim->task_free = sim->tasks[index].next;
    } else {
        if (__builtin_expect(sim->task_count == sim->task_capacity, 0)) {
            if (!tasks_grow(sim)) return 0;
        }
        index = sim->task_count++;
    }
    sim->tasks_live++;
    sim->tasks[index] = (ss_task){
        .arrived_ns = sim->now_ns,
        .began_ns = sim->now_ns,
        .sent_ns = sim->now_ns,
        .class_index = class_index,
        .parent = parent,
        .pc = sim->classes[class_index].program,
        .group = SS_GROUP_NONE,
    };
    if (__builtin_expect(sim->needs_side != 0u, 0)) {
        sim->side[index] = (ss_task_side){.work_ns = -1.0, .deadline_ns = SS_TIME_MAX};
    }
    if (__builtin_expect(sim->code != NULL, 0)) ss__code_begin(sim, index);
    return index;
}

uint32_t ss__task_create(ss_sim *sim, uint32_t class_index, uint32_t parent) {
    return create_inline(sim, class_index, parent);
}

SS_ALWAYS_INLINE void free_inline(ss_sim *sim, uint32_t index) {
    ss_task *task = &sim->tasks[index];
    if (__builtin_expect(sim->code != NULL, 0)) ss__code_let_go(sim, index);
    task->bits = 0;
    task->event_seq = 0;
    task->timer_seq = 0;
    task->next = sim->task_free;
    sim->task_free = index;
    sim->tasks_live--;
}

void ss__task_free(ss_sim *sim, uint32_t index) {
    free_inline(sim, index);
}

// --- The ready ring: what is runnable at this instant --------------------------------------------

static bool ready_grow(ss_sim *sim) {
    const uint32_t old = sim->ready ? sim->ready_mask + 1u : 0u;
    const uint32_t capacity = old ? old * 2u : SS_READY_FIRST;
    uint32_t *ready = ss_allocate(&sim->allocator, (size_t)capacity * sizeof(uint32_t));
    if (!ready) {
        sim->status = SS_ERROR_MEMORY;
        return false;
    }
    const uint32_t count = sim->ready_tail - sim->ready_head; // one less than the old capacity
    for (uint32_t i = 0; i < count; i++) {
        ready[i] = sim->ready[(sim->ready_head + i) & sim->ready_mask];
    }
    ss_deallocate(&sim->allocator, sim->ready, (size_t)old * sizeof(uint32_t));
    sim->ready = ready;
    sim->ready_head = 0;
    sim->ready_tail = count;
    sim->ready_mask = capacity - 1u;
    return true;
}

void ss__ready(ss_sim *sim, uint32_t index, bool arrives) {
    if (__builtin_expect(sim->ready_tail - sim->ready_head == sim->ready_mask, 0)) {
        if (!ready_grow(sim)) return;
    }
    ss__task_set_state(&sim->tasks[index], SS_TASK_READY);
    sim->ready[sim->ready_tail++ & sim->ready_mask] = (index << 1u) | (arrives ? 1u : 0u);
}

static void drain_ready(ss_sim *sim) {
    while (sim->ready_head != sim->ready_tail) {
        if (++sim->instant_steps > SS_INSTANT_STEPS_MAX || sim->status) {
            if (!sim->status) sim->status = SS_ERROR_LIMIT;
            return;
        }
        const uint32_t entry = sim->ready[sim->ready_head++ & sim->ready_mask];
        if (entry & 1u) {
            ss__arrive(sim, entry >> 1u);
        } else {
            ss__run(sim, entry >> 1u);
        }
    }
}

// --- Ends ----------------------------------------------------------------------------------------

static void branch_ended(ss_sim *sim, uint32_t index, ss_outcome outcome) {
    const uint32_t parent_index = sim->tasks[index].parent;
    ss__task_free(sim, index);
    ss_task *parent = &sim->tasks[parent_index];
    if (outcome != SS_OUTCOME_OK && ss__task_outcome(parent) == SS_OUTCOME_OK) {
        ss__task_set_outcome(parent, outcome);
    }
    if (--parent->waiting == 0u) ss__ready(sim, parent_index, false);
}

void ss_sim_fail(ss_sim *sim, uint32_t index, ss_outcome outcome) {
    if (sim->tasks[index].group == SS_GROUP_BRANCH) {
        branch_ended(sim, index, outcome);
    } else {
        ss_sim_finish(sim, index, outcome);
    }
}

/// Counts the end of a request at its node, but for its times.
SS_ALWAYS_INLINE void count_end(ss_sim *sim, ss_class *class, ss_sim_node *node,
                                ss_outcome outcome) {
    class->outcomes[outcome]++;
    if (class->has_total) {
        sim->classes[node->node_stats].outcomes[outcome]++;
        ss_level_add(&class->in_system, -1, sim->now_ns);
    }
}

/// Adds the response time of a request that has ended well, away from a place.
SS_ALWAYS_INLINE void record_response(ss_sim *sim, uint32_t class_index, const ss_sim_node *node,
                                      int64_t response_ns) {
    const ss_class *class = &sim->classes[class_index];
    if (class->responses == class_index) ss__record_response(sim, class_index, response_ns);
    if (class->has_total) ss__record_response(sim, node->node_stats, response_ns);
}

SS_ALWAYS_INLINE void count_client_end(ss_sim *sim, uint32_t class_index, ss_sim_node *node,
                                       int64_t response_ns, ss_outcome outcome) {
    ss_class *class = &sim->classes[class_index];
    count_end(sim, class, node, outcome);
    if (outcome == SS_OUTCOME_OK) record_response(sim, class_index, node, response_ns);
    ss__client_catch_up(node, sim->now_ns);
    node->now[SS_LEVEL_SYSTEM]--;
    if (node->flags & SS_NODE_NOTIFY_END) ss_behaviour_ended(sim, class->node, outcome);
}

/// Counts the end of a visit at a node that is no client, and catches up its levels.
SS_ALWAYS_INLINE void count_visit_end(ss_sim *sim, ss_class *class, ss_sim_node *node,
                                      ss_outcome outcome) {
    count_end(sim, class, node, outcome);
    ss_node_catch_up(node, sim->now_ns);
    node->now[SS_LEVEL_SYSTEM]--;
}

/// Counts the end of a visit and gives its place back; the task itself lives on.
static void end_visit(ss_sim *sim, uint32_t index, ss_outcome outcome) {
    ss_task *task = &sim->tasks[index];
    ss_class *class = &sim->classes[task->class_index];
    ss_sim_node *node = &sim->nodes[class->node];
    const int64_t response_ns = sim->now_ns - task->arrived_ns;
    const bool is_answered = outcome == SS_OUTCOME_OK;
    if (node->flags & SS_NODE_IS_CLIENT) {
        count_client_end(sim, task->class_index, node, response_ns, outcome);
        return;
    }
    count_visit_end(sim, class, node, outcome);
    if (!ss__task_has_place(task)) {
        if (is_answered) record_response(sim, task->class_index, node, response_ns);
    } else if (ss__is_usual(sim, node)) {
        ss__release_usual(sim, task, class, node, is_answered);
    } else {
        ss__release_place(sim, index, is_answered);
    }
    if (node->flags & SS_NODE_NOTIFY_END) ss_behaviour_ended(sim, class->node, outcome);
}

bool ss__make_parent(ss_sim *sim, uint32_t index) {
    const uint32_t class_index = sim->tasks[index].parent & ~SS_PARENT_IS_CLASS;
    const uint32_t parent = ss__task_create(sim, class_index, 0);
    if (parent == 0u) return false;
    sim->tasks[parent].arrived_ns = sim->tasks[index].sent_ns;
    sim->tasks[parent].child = index;
    ss__task_set_state(&sim->tasks[parent], SS_TASK_CALLING);
    sim->tasks[index].parent = parent;
    return true;
}

/// The reply to a client that is no task: counts the call and the request at once.
SS_ALWAYS_INLINE void reply_to_class(ss_sim *sim, uint32_t index, uint32_t class_index,
                                     ss_outcome outcome) {
    const ss_class *class = &sim->classes[class_index];
    const int64_t response_ns = sim->now_ns - sim->tasks[index].sent_ns;
    if (sim->moves_one_in != 0u) ss__add_reply_move(sim, index, outcome);
    free_inline(sim, index);
    if (outcome == SS_OUTCOME_OK && class->responses == class_index) {
        const uint32_t edge = class->call_edge;
        if (sim->edges[edge].series == ss_sim_series_of_edge(sim, edge)) {
            ss__record_response(sim, sim->stats_count + edge, response_ns);
        }
    }
    count_client_end(sim, class_index, &sim->nodes[class->node], response_ns, outcome);
}

/// Tells whoever waits for it that a task has ended, and frees it (perhaps later: the reply
/// travels). Returns the caller if it can go on at once, otherwise 0.
static uint32_t leave(ss_sim *sim, uint32_t index, ss_outcome outcome) {
    const uint32_t parent = sim->tasks[index].parent;
    if (parent == 0u) {
        ss__task_free(sim, index);
        return 0;
    }
    if (parent & SS_PARENT_IS_CLASS) {
        const uint32_t class_index = parent & ~SS_PARENT_IS_CLASS;
        if (sim->classes[class_index].goes_direct) {
            reply_to_class(sim, index, class_index, outcome);
            return 0;
        }
        if (!ss__make_parent(sim, index)) return 0; // a fault has begun on the edge since
    }
    return ss__reply(sim, index, outcome);
}

void ss_sim_finish(ss_sim *sim, uint32_t index, ss_outcome outcome) {
    end_visit(sim, index, outcome);
    const uint32_t caller = leave(sim, index, outcome);
    if (caller != 0u) ss__ready(sim, caller, false);
}

// --- Programs ------------------------------------------------------------------------------------

static const ss_choice *draw_choice(ss_sim *sim, ss_sim_node *node,
                                    const ss_instruction *instruction) {
    const ss_choice *choices = &sim->choices[instruction->first];
    const uint32_t count = instruction->count;
    if (count == 0u) return NULL;
    if (choices[0].cumulative >= 1.0) return &choices[0]; // certain: no draw
    const double u = ss_random_unit(&node->route);
    for (uint32_t i = 0; i < count; i++) {
        if (u < choices[i].cumulative) return &choices[i];
    }
    return NULL;
}

static void start_branches(ss_sim *sim, uint32_t index, const ss_instruction *instruction) {
    uint32_t started = 0;
    for (uint32_t i = 0; i < instruction->count; i++) {
        const uint32_t branch = ss__task_create(sim, sim->tasks[index].class_index, index);
        if (branch == 0u) break;
        ss_task *task = &sim->tasks[branch];
        task->pc = sim->choices[instruction->first + i].jump;
        task->group = SS_GROUP_BRANCH;
        if (sim->code) ss__code_carry_body(sim, index, branch);
        started++;
        ss__ready(sim, branch, false);
    }
    ss_task *parent = &sim->tasks[index];
    parent->child = 0;
    parent->waiting = (uint16_t)started;
    parent->pc = instruction->jump;
    ss__task_set_state(parent, SS_TASK_JOINING);
}

/// Whether the request fails after its service: its operation's error rate, and that of a fault.
static bool draw_error(ss_sim *sim, const ss_task *task) {
    const ss_class *class = &sim->classes[task->class_index];
    ss_sim_node *node = &sim->nodes[class->node];
    const double rate = class->error_rate + node->extra_errors;
    return rate > 0.0 && ss_random_unit(&node->route) < rate;
}

/// Leaves the node by a FORWARD: along the edge drawn, or out of the system. Returns a caller that
/// can go on at once, otherwise 0.
static uint32_t forward(ss_sim *sim, uint32_t index, const ss_instruction *instruction) {
    ss_task *task = &sim->tasks[index];
    ss_sim_node *node = &sim->nodes[sim->classes[task->class_index].node];
    if (draw_error(sim, task)) {
        end_visit(sim, index, SS_OUTCOME_FAILED);
        return leave(sim, index, SS_OUTCOME_FAILED);
    }
    const ss_choice *choice = draw_choice(sim, node, instruction);
    if (!choice) {
        end_visit(sim, index, SS_OUTCOME_OK);
        return leave(sim, index, SS_OUTCOME_OK);
    }
    task->edge1 = choice->edge + 1u;
    task->previous = choice->class_index;
    const uint32_t full = ss__full_group(sim, choice->class_index);
    if (full != SS_NO_INDEX) {
        ss__block(sim, full, index);
    } else {
        ss__forward_blocked(sim, index);
    }
    return 0;
}

void ss__forward_blocked(ss_sim *sim, uint32_t index) {
    const uint32_t edge = sim->tasks[index].edge1 - 1u;
    const uint32_t class_index = sim->tasks[index].previous;
    end_visit(sim, index, SS_OUTCOME_OK);
    ss_task *task = &sim->tasks[index];
    task->class_index = class_index;
    task->pc = sim->classes[class_index].program;
    task->group = SS_GROUP_NONE;
    task->edge1 = task->previous = 0;
    if (sim->needs_side) sim->side[index].work_ns = -1.0;
    ss__send(sim, index, edge, false);
}

/// Returns a caller that can go on at once, otherwise 0.
static uint32_t end_program(ss_sim *sim, uint32_t index) {
    ss_task *task = &sim->tasks[index];
    if (task->group == SS_GROUP_BRANCH) {
        branch_ended(sim, index, SS_OUTCOME_OK);
        return 0;
    }
    const ss_outcome outcome = draw_error(sim, task) ? SS_OUTCOME_FAILED : SS_OUTCOME_OK;
    end_visit(sim, index, outcome);
    return leave(sim, index, outcome);
}

/// The usual end of a service: the last step of a usual visit that cannot fail, and whose client
/// waits for nothing else. What ss__run would do by the program's END. False when it is another.
SS_ALWAYS_INLINE bool end_usual(ss_sim *sim, uint32_t index, ss_task *task) {
    ss_class *class = &sim->classes[task->class_index];
    ss_sim_node *node = &sim->nodes[class->node];
    const uint32_t parent = task->parent;
    if (!ss__is_usual(sim, node) || (node->flags & SS_NODE_NOTIFY_END)) return false;
    if (!(class->exponential > 0.0) && sim->program[task->pc].opcode != SS_OPCODE_END) return false;
    if (class->error_rate + node->extra_errors > 0.0) return false;
    if (!(parent & SS_PARENT_IS_CLASS) || !ss__task_has_place(task)) return false;
    const uint32_t client_class = parent & ~SS_PARENT_IS_CLASS;
    if (!sim->classes[client_class].goes_direct) return false;
    count_visit_end(sim, class, node, SS_OUTCOME_OK);
    ss__release_usual(sim, task, class, node, true);
    reply_to_class(sim, index, client_class, SS_OUTCOME_OK);
    return true;
}

void ss__run(ss_sim *sim, uint32_t index) {
    ss_task *task = &sim->tasks[index];
    if (ss__task_outcome(task) != SS_OUTCOME_OK) { // a branch it waited for has failed
        ss_sim_fail(sim, index, ss__task_outcome(task));
        return;
    }
    for (;;) {
        const ss_instruction *instruction = &sim->program[task->pc];
        switch ((ss_opcode)instruction->opcode) {
        case SS_OPCODE_COMPUTE:
            task->pc++;
            ss__compute(sim, index, instruction);
            return;
        case SS_OPCODE_CALL:
            task->attempt = 0;
            ss__call(sim, index);
            return;
        case SS_OPCODE_PUBLISH:
            task->pc++;
            ss__publish(sim, index, instruction);
            task = &sim->tasks[index]; // the pool may have moved
            break;
        case SS_OPCODE_CHOOSE: {
            ss_sim_node *node = &sim->nodes[sim->classes[task->class_index].node];
            const ss_choice *choice = draw_choice(sim, node, instruction);
            task->pc = choice ? choice->jump : instruction->jump;
            break;
        }
        case SS_OPCODE_PARALLEL:
            start_branches(sim, index, instruction);
            return;
        case SS_OPCODE_JUMP:
            task->pc = instruction->jump;
            break;
        case SS_OPCODE_RELEASE:
            task->pc++;
            ss__release_place(sim, index, false);
            task = &sim->tasks[index];
            break;
        case SS_OPCODE_HOOK:
            task->pc++;
            if (!ss_behaviour_step(sim, index, instruction->first)) return;
            task = &sim->tasks[index];
            break;
        case SS_OPCODE_HANDLER:
            task->pc++;
            if (!sim->code->step(sim->code->context, sim, index,
                                 (ss_handler_step)instruction->first)) {
                return;
            }
            task = &sim->tasks[index];
            break;
        case SS_OPCODE_FORWARD:
        case SS_OPCODE_END:
            index = instruction->opcode == SS_OPCODE_END ? end_program(sim, index)
                                                         : forward(sim, index, instruction);
            if (index == 0u) return;
            if (sim->ready_head != sim->ready_tail) { // others were first
                ss__ready(sim, index, false);
                return;
            }
            task = &sim->tasks[index]; // the caller goes on
            break;
        }
    }
}

// --- For behaviours ------------------------------------------------------------------------------

/// Sends the request of a client that waits for nothing else along its one plain call.
SS_ALWAYS_INLINE void send_direct(ss_sim *sim, uint32_t index, uint32_t class_index) {
    const ss_class *class = &sim->classes[class_index];
    if (sim->ready_head != sim->ready_tail || sim->moves_one_in != 0u) {
        ss__send(sim, index, class->call_edge, false);
        return;
    }
    // Sent and arrived: it was never in flight.
    if (class->responses == class_index) sim->edges[class->call_edge].calls++;
    ss__count_and_enter(sim, index, &sim->tasks[index], &sim->classes[class->call_class]);
}

void ss_sim_spawn(ss_sim *sim, uint32_t class_index, int64_t next_ns) {
    ss_class *class = &sim->classes[class_index];
    if (next_ns < SS_TIME_MAX) ss__schedule_inline(sim, next_ns, SS_EVENT_NODE, class->node);
    ss_sim_node *node = &sim->nodes[class->node];
    const bool is_direct = class->goes_direct;
    const uint32_t index =
        is_direct ? create_inline(sim, class->call_class, SS_PARENT_IS_CLASS | class_index)
                  : ss__task_create(sim, class_index, 0);
    if (index == 0u) return;
    ss__count_arrival(sim, class, node);
    ss__client_catch_up(node, sim->now_ns);
    node->now[SS_LEVEL_SYSTEM]++;
    if (is_direct) {
        send_direct(sim, index, class_index);
    } else {
        ss__ready(sim, index, false);
    }
}

void ss_sim_resume(ss_sim *sim, uint32_t index) {
    assert(ss_task_state_of(&sim->tasks[index]) == SS_TASK_HELD);
    ss__ready(sim, index, false);
}

void ss_sim_hold(ss_sim *sim, uint32_t index) {
    ss__task_set_state(&sim->tasks[index], SS_TASK_HELD);
}

uint32_t ss_sim_schedule(ss_sim *sim, int64_t time_ns, ss_event_kind kind, uint32_t index) {
    return ss__schedule_inline(sim, time_ns, kind, index);
}

// --- The loop ------------------------------------------------------------------------------------

SS_ALWAYS_INLINE void on_task_event(ss_sim *sim, uint32_t index) {
    ss_task *task = &sim->tasks[index];
    task->event_seq = 0;
    // Its outcome, the other half of the bits, is still SS_OUTCOME_OK.
    if (task->bits == SS_TASK_COMPUTING && end_usual(sim, index, task)) return;
    switch (ss_task_state_of(task)) {
    case SS_TASK_BACKOFF:
        ss__call(sim, index);
        return;
    case SS_TASK_CALLING:
        ss__hedge(sim, index);
        return;
    case SS_TASK_COMPUTING:
        if (sim->needs_side) ss__served(sim, index);
        break;
    default:
        break;
    }
    ss__run(sim, index);
}

SS_ALWAYS_INLINE void dispatch(ss_sim *sim, ss_event event) {
    const uint32_t index = event.payload & SS_EVENT_INDEX_MAX;
    switch ((ss_event_kind)(event.payload >> 28u)) {
    case SS_EVENT_TASK:
        if (sim->tasks[index].event_seq == event.seq) on_task_event(sim, index);
        break;
    case SS_EVENT_DELIVER:
        if (sim->tasks[index].event_seq == event.seq) {
            sim->tasks[index].event_seq = 0;
            ss__arrive(sim, index);
        }
        break;
    case SS_EVENT_REPLY:
        if (sim->tasks[index].event_seq == event.seq) {
            sim->tasks[index].event_seq = 0;
            const uint32_t caller = ss__on_reply(sim, index);
            if (caller != 0u) ss__run(sim, caller);
        }
        break;
    case SS_EVENT_TIMER:
        if (sim->tasks[index].timer_seq == event.seq) {
            sim->tasks[index].timer_seq = 0;
            if (ss_task_state_of(&sim->tasks[index]) == SS_TASK_QUEUED) {
                ss__renege(sim, index);
            } else {
                ss__on_timeout(sim, index);
            }
        }
        break;
    case SS_EVENT_NODE:
        ss_behaviour_timer(sim, index);
        break;
    case SS_EVENT_GROUP:
        ss__on_group_event(sim, index, event.seq);
        break;
    case SS_EVENT_FAULT:
        ss__on_fault(sim, index);
        break;
    }
}

/// Turns to the next day that has events. False when nothing is pending, or memory is refused.
static bool turn(ss_sim *sim) {
    if (sim->queue.calendar.count == 0u) return false;
    if (!ss__event_queue_turn(&sim->queue, &sim->allocator)) sim->status = SS_ERROR_MEMORY;
    return !sim->status;
}

ss_status ss_sim_advance(ss_sim *sim, uint64_t events_max, int64_t until_ns) {
    const uint64_t stop_at =
        events_max > UINT64_MAX - sim->events ? UINT64_MAX : sim->events + events_max;
    ss__event_queue_tune(&sim->queue, &sim->allocator, sim->events, sim->now_ns);
    while (sim->events != stop_at && !sim->status) {
        ss__event_close_hole(&sim->queue);
        if (sim->queue.count == 0u && !turn(sim)) break;
        const ss_event event = sim->queue.events[0];
        if (event.time_ns > until_ns) break;
        sim->queue.has_hole = 1;
        sim->events++;
        if (event.time_ns != sim->now_ns) {
            sim->instant_steps = 0;
        } else if (++sim->instant_steps > SS_INSTANT_STEPS_MAX) {
            sim->status = SS_ERROR_LIMIT;
        }
        sim->now_ns = event.time_ns;
        const uint64_t word = (uint64_t)event.time_ns ^ ((uint64_t)event.payload << 32u);
        sim->trace_hash = (sim->trace_hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        sim->trace_hash ^= sim->trace_hash >> 29u;
        dispatch(sim, event);
        drain_ready(sim);
    }
    ss__event_close_hole(&sim->queue);
    if (sim->queue.count == 0u) (void)turn(sim); // others see the next event at the root
    sim->has_pending = 1;
    if (sim->histograms.failed && !sim->status) sim->status = SS_ERROR_MEMORY;
    return sim->status;
}

int64_t ss_sim_next_ns(const ss_sim *sim) {
    return sim->queue.count > 0u ? sim->queue.events[0].time_ns : SS_TIME_MAX;
}

// --- Life ----------------------------------------------------------------------------------------

ss_status ss_sim_open(ss_sim *sim) {
    sim->queue.next_seq = 1;
    sim->queue.near_end_ns = INT64_MAX;
    sim->task_count = 1; // index 0 is null
    sim->moves = ss_allocate(&sim->allocator, SS_MOVES_MAX * sizeof(ss_move));
    if (!sim->moves) return SS_ERROR_MEMORY;
    if (!tasks_grow(sim) || !ready_grow(sim)) return sim->status;
    sim->tasks[0] = (ss_task){0};
    if (!ss__event_queue_grow(&sim->queue, &sim->allocator)) return SS_ERROR_MEMORY;
    return SS_OK;
}

void ss_sim_close(ss_sim *sim) {
    ss_deallocate_lines(&sim->allocator, sim->tasks,
                        (size_t)sim->task_capacity * sizeof(ss_task));
    ss_deallocate(&sim->allocator, sim->side, (size_t)sim->task_capacity * sizeof(ss_task_side));
    sim->side = NULL;
    if (sim->code) ss__code_close(sim);
    if (sim->ready) {
        ss_deallocate(&sim->allocator, sim->ready,
                      ((size_t)sim->ready_mask + 1u) * sizeof(uint32_t));
    }
    ss__event_queue_destroy(&sim->queue, &sim->allocator);
    ss_deallocate(&sim->allocator, sim->faults, (size_t)sim->fault_capacity * sizeof(ss_sim_fault));
    sim->faults = NULL;
    ss_deallocate(&sim->allocator, sim->moves, SS_MOVES_MAX * sizeof(ss_move));
    ss_deallocate(&sim->allocator, sim->series_histograms,
                  sim->cold_capacity * sizeof(ss_histogram));
    ss_deallocate(&sim->allocator, sim->batches, sim->cold_capacity * sizeof(ss_batches));
    sim->series_histograms = NULL;
    sim->batches = NULL;
    sim->tasks = NULL;
    sim->ready = NULL;
    sim->moves = NULL;
}
