/// Queues and brokers: a message is appended, waits in a backlog, and is handed to a consumer,
/// which acknowledges it by answering.
///
/// compete: one backlog, from which the out-edges take turns, each with up to `prefetch` messages
/// under way. broadcast: every out-edge is a consumer group with a backlog for each partition; it
/// handles one message of a partition at a time, in order, and up to `prefetch` in all.
#include <string.h>

#include "components/component.h"
#include "sim/code.h"

typedef struct queue_setup {
    uint32_t consumers;  ///< out-edges
    uint32_t partitions; ///< 1 when competing
    uint32_t prefetch, capacity, max_deliveries;
    bool is_broadcast;
} queue_setup;

typedef struct backlog {
    uint32_t head, tail, length;
    uint32_t is_busy;  ///< broadcast: one of its messages is under way
    uint32_t appended; ///< messages so far: the next one's offset
    uint32_t reserved;
} backlog;

/// Followed by consumers' `under_way` and `cursor` counters, then the backlogs.
typedef struct queue_state {
    ss_random random;
    uint32_t waiting; ///< messages in all backlogs
    uint32_t turn;    ///< compete: the consumer whose turn it is
    uint32_t reserved[2];
} queue_state;

typedef struct consumer {
    uint32_t under_way;
    uint32_t cursor; ///< broadcast: the partition to look at first
} consumer;

/// Arguments of the hooks: what, and for which consumer.
enum { HOOK_ADMIT, HOOK_ENQUEUE, HOOK_ACKNOWLEDGE, HOOK_REFUSE };
#define HOOK_ARGUMENT(what, consumer) ((uint32_t)(what) | ((consumer) << 2u))

static consumer *consumers_of(queue_state *state) {
    return (consumer *)(state + 1);
}

static backlog *backlogs_of(queue_state *state, const queue_setup *setup) {
    return (backlog *)(consumers_of(state) + setup->consumers);
}

// --- Backlogs ------------------------------------------------------------------------------------

static void append(ss_sim *sim, uint32_t node, backlog *lane, uint32_t task) {
    queue_state *state = ss_sim_state(sim, node);
    ss_sim_hold(sim, task);
    sim->tasks[task].next = 0;
    if (lane->tail) sim->tasks[lane->tail].next = task; else lane->head = task;
    lane->tail = task;
    if (sim->code && sim->tasks[task].waiting == 0u) {
        sim->code->tasks[task].token = lane->appended++;
    }
    lane->length++;
    state->waiting++;
    ss_node_count(&sim->nodes[node], SS_LEVEL_QUEUE, 1, sim->now_ns);
}

/// Takes the oldest message and lets it go on to its consumer's call: entry `nth` of the table that
/// the enqueue hook it stands behind names.
static void hand_over(ss_sim *sim, uint32_t node, backlog *lane, consumer *to, uint32_t nth) {
    queue_state *state = ss_sim_state(sim, node);
    const uint32_t task = lane->head;
    lane->head = sim->tasks[task].next;
    if (!lane->head) lane->tail = 0;
    lane->length--;
    state->waiting--;
    ss_node_count(&sim->nodes[node], SS_LEVEL_QUEUE, -1, sim->now_ns);
    to->under_way++;
    const ss_instruction *hook = &sim->program[sim->tasks[task].pc - 1u];
    sim->tasks[task].pc = sim->choices[hook->jump + nth].jump;
    sim->tasks[task].next = 0;
    ss_sim_resume(sim, task);
}

static void dispatch_competing(ss_sim *sim, uint32_t node, const queue_setup *setup,
                               queue_state *state) {
    backlog *lane = backlogs_of(state, setup);
    uint32_t idle = 0;
    while (lane->head && idle < setup->consumers) {
        consumer *next = &consumers_of(state)[state->turn];
        if (next->under_way < setup->prefetch) {
            hand_over(sim, node, lane, next, state->turn);
            idle = 0;
        } else {
            idle++;
        }
        state->turn = (state->turn + 1u) % setup->consumers;
    }
}

static void dispatch_group(ss_sim *sim, uint32_t node, const queue_setup *setup,
                           queue_state *state, uint32_t group) {
    consumer *to = &consumers_of(state)[group];
    backlog *lanes = backlogs_of(state, setup) + (size_t)group * setup->partitions;
    for (uint32_t i = 0; i < setup->partitions && to->under_way < setup->prefetch; i++) {
        backlog *lane = &lanes[to->cursor];
        to->cursor = (to->cursor + 1u) % setup->partitions;
        if (!lane->head || lane->is_busy) continue;
        lane->is_busy = 1;
        hand_over(sim, node, lane, to, 0);
    }
}

static void dispatch(ss_sim *sim, uint32_t node, uint32_t index) {
    const queue_setup *setup = ss_sim_setup(sim, node);
    queue_state *state = ss_sim_state(sim, node);
    if (sim->nodes[node].down > 0u || setup->consumers == 0u) return;
    if (setup->is_broadcast) {
        dispatch_group(sim, node, setup, state, index);
    } else {
        dispatch_competing(sim, node, setup, state);
    }
}

// --- Steps of a message --------------------------------------------------------------------------

static backlog *lane_of(const queue_setup *setup, queue_state *state, const ss_task *task,
                        uint32_t index) {
    if (!setup->is_broadcast) return backlogs_of(state, setup);
    // A group's copy of a message is a branch: nobody asks when it was sent, so it keeps its
    // partition there.
    return backlogs_of(state, setup) + (size_t)index * setup->partitions + (size_t)task->sent_ns;
}

static bool refuse(ss_sim *sim, uint32_t task, const queue_setup *setup) {
    if (++sim->tasks[task].waiting < setup->max_deliveries) return true; // a jump enqueues it again
    ss_sim_fail(sim, task, SS_OUTCOME_FAILED); // a dead letter
    return false;
}

/// By the message's key, where code gave it one; else any.
static uint32_t choose_partition(ss_sim *sim, uint32_t task, const queue_setup *setup,
                                 queue_state *state) {
    uint64_t hash;
    if (sim->code && sim->code->key(sim->code->context, sim, task, &hash)) {
        return (uint32_t)(hash % setup->partitions);
    }
    return ss_random_below(&state->random, setup->partitions);
}

bool ss_queue_step(ss_sim *sim, uint32_t task, uint32_t argument) {
    const uint32_t node = sim->classes[sim->tasks[task].class_index].node;
    const queue_setup *setup = ss_sim_setup(sim, node);
    queue_state *state = ss_sim_state(sim, node);
    const uint32_t index = argument >> 2u;
    if ((argument & 3u) == HOOK_ADMIT) {
        if (state->waiting < setup->capacity) return true;
        ss_sim_fail(sim, task, SS_OUTCOME_REJECTED);
        return false;
    }
    if ((argument & 3u) == HOOK_ENQUEUE) {
        if (setup->is_broadcast && sim->tasks[task].waiting == 0u) {
            sim->tasks[task].sent_ns = choose_partition(sim, task, setup, state);
        }
        append(sim, node, lane_of(setup, state, &sim->tasks[task], index), task);
        dispatch(sim, node, index);
        return false;
    }
    lane_of(setup, state, &sim->tasks[task], index)->is_busy = 0;
    consumers_of(state)[index].under_way--;
    const bool goes_on = (argument & 3u) == HOOK_ACKNOWLEDGE || refuse(sim, task, setup);
    dispatch(sim, node, index);
    return goes_on;
}

/// A broker that is back hands out what it has kept.
void ss_queue_faulted(ss_sim *sim, uint32_t node, ss_fault_kind kind, bool begins, double factor) {
    (void)factor;
    if (kind != SS_FAULT_CRASH || begins) return;
    const queue_setup *setup = ss_sim_setup(sim, node);
    for (uint32_t i = 0; i < (setup->is_broadcast ? setup->consumers : 1u); i++)
        dispatch(sim, node, i);
}

SS_COMPONENT_NO_TIMER(queue)
SS_COMPONENT_NO_END(queue)

// --- Building ------------------------------------------------------------------------------------

static ss_status bind(ss_builder *builder, uint32_t node) {
    const ss_object *object = &ss_builder_node(builder, node)->object;
    queue_setup *setup = ss_arena_allocate(ss_builder_arena(builder), sizeof *setup);
    if (!setup) return SS_ERROR_MEMORY;
    ss_status status = ss_builder_station(builder, node, "concurrency");
    if (status) return status;
    setup->is_broadcast = ss_object_get(object, "delivery")->number > 0.0;
    setup->consumers = ss_builder_out_edge_count(builder, node);
    setup->partitions =
        setup->is_broadcast ? (uint32_t)ss_object_get(object, "partitions")->number : 1u;
    setup->prefetch = ss_builder_count(ss_object_get(object, "prefetch"));
    setup->capacity = ss_builder_count(ss_object_get(object, "capacity"));
    setup->max_deliveries = ss_builder_count(ss_object_get(object, "max_deliveries"));
    const size_t lanes = setup->is_broadcast ? (size_t)setup->consumers * setup->partitions : 1u;
    status = ss_builder_reserve_state(builder, node,
                                      sizeof(queue_state) + setup->consumers * sizeof(consumer) +
                                          lanes * sizeof(backlog));
    if (status) return status;
    ss_builder_sim_node(builder, node)->flags |= SS_NODE_IS_DURABLE;
    ss_builder_set_setup(builder, node, setup);
    queue_state *state = ss_sim_state(ss_builder_sim(builder), node);
    state->random = ss_builder_random(builder, node, SS_PURPOSE_KEY);
    return SS_OK;
}

static uint32_t emit(ss_builder *builder, ss_opcode opcode, uint32_t first) {
    return ss_builder_emit(builder, (ss_instruction){.opcode = (uint32_t)opcode, .first = first});
}

/// The delivery to one consumer: call, acknowledge, end; a failed call is refused and enqueued
/// again.
static ss_status emit_delivery(ss_builder *builder, uint32_t class_index, uint32_t index,
                               uint32_t enqueue, uint32_t choice) {
    const uint32_t node = ss_builder_class(builder, class_index)->node;
    const ss_edge *edge = ss_builder_out_edge(builder, node, index);
    const uint32_t target = ss_builder_target_class(builder, class_index, edge, NULL);
    if (target == SS_NO_INDEX) return SS_ERROR_MEMORY;
    ss_builder_choice(builder, choice)->jump = ss_builder_next(builder);
    const uint32_t call = ss_builder_emit(
        builder, (ss_instruction){.opcode = edge->kind == SS_EDGE_PUBLISH ? SS_OPCODE_PUBLISH
                                                                          : SS_OPCODE_CALL,
                                  .edge = edge->index, .class_index = target});
    emit(builder, SS_OPCODE_HOOK, HOOK_ARGUMENT(HOOK_ACKNOWLEDGE, index));
    emit(builder, SS_OPCODE_END, 0);
    const uint32_t refused = emit(builder, SS_OPCODE_HOOK, HOOK_ARGUMENT(HOOK_REFUSE, index));
    const uint32_t back = emit(builder, SS_OPCODE_JUMP, 0);
    if (back == SS_NO_INDEX) return SS_ERROR_MEMORY;
    ss_builder_instruction(builder, call)->on_failure = refused;
    ss_builder_instruction(builder, back)->jump = enqueue;
    return SS_OK;
}

static uint32_t emit_enqueue(ss_builder *builder, uint32_t index, uint32_t first_choice) {
    const uint32_t at = emit(builder, SS_OPCODE_HOOK, HOOK_ARGUMENT(HOOK_ENQUEUE, index));
    if (at != SS_NO_INDEX) ss_builder_instruction(builder, at)->jump = first_choice;
    return at;
}

/// Entries of a table, to be filled in; SS_NO_INDEX when memory is refused.
static uint32_t reserve_choices(ss_builder *builder, uint32_t count) {
    const uint32_t first = ss_builder_add_choice(builder, (ss_choice){0});
    for (uint32_t i = 1; i < count; i++) {
        if (ss_builder_add_choice(builder, (ss_choice){0}) == SS_NO_INDEX) return SS_NO_INDEX;
    }
    return first;
}

static ss_status emit_broadcast(ss_builder *builder, uint32_t class_index, uint32_t consumers) {
    const uint32_t starts = reserve_choices(builder, consumers);
    const uint32_t calls = reserve_choices(builder, consumers);
    const uint32_t parallel = ss_builder_emit(
        builder,
        (ss_instruction){.opcode = SS_OPCODE_PARALLEL, .first = starts, .count = consumers});
    if (starts == SS_NO_INDEX || calls == SS_NO_INDEX || parallel == SS_NO_INDEX)
        return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < consumers; i++) {
        ss_builder_choice(builder, starts + i)->jump = ss_builder_next(builder);
        const uint32_t enqueue = emit_enqueue(builder, i, calls + i);
        if (enqueue == SS_NO_INDEX) return SS_ERROR_MEMORY;
        const ss_status status = emit_delivery(builder, class_index, i, enqueue, calls + i);
        if (status) return status;
    }
    ss_builder_instruction(builder, parallel)->jump = ss_builder_next(builder);
    return emit(builder, SS_OPCODE_END, 0) == SS_NO_INDEX ? SS_ERROR_MEMORY : SS_OK;
}

static ss_status emit_competing(ss_builder *builder, uint32_t class_index, uint32_t consumers) {
    const uint32_t calls = reserve_choices(builder, consumers);
    const uint32_t enqueue = emit_enqueue(builder, 0, calls);
    if (calls == SS_NO_INDEX || enqueue == SS_NO_INDEX) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < consumers; i++) {
        const ss_status status = emit_delivery(builder, class_index, i, enqueue, calls + i);
        if (status) return status;
    }
    return SS_OK;
}

static ss_status program(ss_builder *builder, uint32_t class_index) {
    const uint32_t node = ss_builder_class(builder, class_index)->node;
    const uint32_t consumers = ss_builder_out_edge_count(builder, node);
    const ss_status status = ss_builder_compute(builder, class_index);
    if (status) return status;
    emit(builder, SS_OPCODE_RELEASE, 0);
    if (emit(builder, SS_OPCODE_HOOK, HOOK_ARGUMENT(HOOK_ADMIT, 0)) == SS_NO_INDEX)
        return SS_ERROR_MEMORY;
    if (consumers == 0u) { // nobody reads it: it is gone once it was accepted
        return emit(builder, SS_OPCODE_END, 0) == SS_NO_INDEX ? SS_ERROR_MEMORY : SS_OK;
    }
    const bool is_broadcast =
        ss_object_get(&ss_builder_node(builder, node)->object, "delivery")->number > 0.0;
    return is_broadcast ? emit_broadcast(builder, class_index, consumers)
                        : emit_competing(builder, class_index, consumers);
}

const ss_component ss_component_queue = {.bind = bind, .program = program};
