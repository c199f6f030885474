/// What the files of core/sim share: the task machine's steps.
#ifndef SS_SIM_INTERNAL_H
#define SS_SIM_INTERNAL_H

#include <assert.h>

#include "sim/behaviours.h"
#include "sim/code.h"
#include "sim/event_queue.h"

/// Values of ss_task.group that are no group.
#define SS_GROUP_NONE SS_NO_INDEX          /* holds no place */
#define SS_GROUP_BRANCH (SS_NO_INDEX - 1u) /* a parallel branch: works in its parent's place */

static inline bool ss__task_has_place(const ss_task *task) {
    return task->group < SS_GROUP_BRANCH;
}

static inline void ss__task_set_state(ss_task *task, ss_task_state state) {
    task->bits = (uint8_t)((task->bits & 0xf0u) | (uint32_t)state);
}

static inline ss_outcome ss__task_outcome(const ss_task *task) {
    return (ss_outcome)(task->bits >> 4u);
}

static inline void ss__task_set_outcome(ss_task *task, ss_outcome outcome) {
    task->bits = (uint8_t)((task->bits & 0x0fu) | ((uint32_t)outcome << 4u));
}

/// ss_sim_schedule where every event passes: elsewhere a copy of it would only be more code.
SS_ALWAYS_INLINE uint32_t ss__schedule_inline(ss_sim *sim, int64_t time_ns, ss_event_kind kind,
                                              uint32_t index) {
    uint32_t seq = sim->queue.next_seq++;
    if (__builtin_expect(seq == 0u, 0)) seq = sim->queue.next_seq++; // 0 means "no event"
    const ss_event event = {
        .time_ns = time_ns, .seq = seq, .payload = ((uint32_t)kind << 28u) | index};
    if (__builtin_expect(!ss__event_push(&sim->queue, &sim->allocator, event), 0)) {
        sim->status = SS_ERROR_MEMORY;
    }
    return seq;
}

/// Draws a service time, in seconds at the node's own speed.
static inline double ss__draw_service(const ss_instruction *compute, ss_random *random) {
    if (compute->exponential > 0.0) return compute->exponential * ss_random_exponential(random);
    return ss_dist_sample(compute->dist, random);
}

// statistics.c
/// Counts what is pending of a class, a total or an edge.
void ss__count_pending(ss_sim *sim, uint32_t pending);
/// Adds a visit that is too long for one entry.
void ss__record_long(ss_sim *sim, uint32_t stats, const ss_task *task, bool is_answered);

SS_ALWAYS_INLINE void ss__record(ss_sim *sim, uint32_t pending, uint64_t entry) {
    const uint32_t count = sim->pending_count[pending];
    sim->pending[pending].entries[count] = entry;
    sim->pending_count[pending] = (uint16_t)(count + 1u);
    if (__builtin_expect(count + 1u >= SS_PENDING_MAX, 0)) ss__count_pending(sim, pending);
}

/// Adds a response time by itself, to what is pending of a class, a total or an edge.
SS_ALWAYS_INLINE void ss__record_response(ss_sim *sim, uint32_t pending, int64_t response_ns) {
    ss__record(sim, pending, (uint64_t)response_ns | SS_ENTRY_RESPONSE);
}

/// Adds the wait and the service of a visit that is about to give its place back, and their sum if
/// it has just been answered.
SS_ALWAYS_INLINE void ss__record_visit(ss_sim *sim, const ss_task *task, const ss_class *class,
                                       const ss_sim_node *node, bool is_answered) {
    const uint64_t wait_ns = (uint64_t)(task->began_ns - task->arrived_ns);
    const uint64_t service_ns = (uint64_t)(sim->now_ns - task->began_ns);
    if (__builtin_expect((wait_ns | service_ns) >> 31u != 0u, 0)) {
        ss__record_long(sim, task->class_index, task, is_answered);
        if (class->has_total) ss__record_long(sim, node->node_stats, task, is_answered);
        return;
    }
    const uint64_t entry =
        (service_ns << 32u) | wait_ns | (is_answered ? 0u : SS_ENTRY_UNANSWERED);
    ss__record(sim, task->class_index, entry);
    if (class->has_total) ss__record(sim, node->node_stats, entry);
}

// task.c
/// Gives a task whose parent is a class a real one, which stands at its call. False when memory is
/// refused.
bool ss__make_parent(ss_sim *sim, uint32_t index);
uint32_t ss__task_create(ss_sim *sim, uint32_t class_index, uint32_t parent);
void ss__task_free(ss_sim *sim, uint32_t index);
void ss__ready(ss_sim *sim, uint32_t index, bool arrives);
void ss__run(ss_sim *sim, uint32_t index);
/// Tells whoever waits for it that a task has ended, and frees it (perhaps later: the reply
/// travels).
void ss__leave(ss_sim *sim, uint32_t index, ss_outcome outcome);

// station.c
void ss__arrive(ss_sim *sim, uint32_t index);
/// Goes on with the arrival of a task that has been counted, at a node that is not a usual one.
void ss__enter(ss_sim *sim, uint32_t index);
/// Which replica takes a task: an index of a group; SS_NO_INDEX when all are down.
uint32_t ss__choose_group(ss_sim *sim, ss_sim_node *node, const ss_task *task);
/// Gives the place back and starts whom the discipline chooses next. `is_answered`: the visit has
/// just ended well.
void ss__release_place(ss_sim *sim, uint32_t index, bool is_answered);
/// Begins the service of a COMPUTE.
void ss__compute(ss_sim *sim, uint32_t index, const ss_instruction *compute);

/// The group a forwarded task would have to wait outside of; SS_NO_INDEX when it may go there at
/// once.
uint32_t ss__full_group(const ss_sim *sim, uint32_t class_index);
/// Lets a task wait outside of a full group. One that is to be forwarded there keeps its place, and
/// its edge and class in edge1 and previous.
void ss__block(ss_sim *sim, uint32_t group_index, uint32_t index);
/// A blocked task is gone: takes it out of the line it stands in.
void ss__unblock(ss_sim *sim, uint32_t index);
/// Sends on a task that has stood blocked.
void ss__forward_blocked(ss_sim *sim, uint32_t index);
/// A waiting task's patience is over: it leaves.
void ss__renege(ss_sim *sim, uint32_t index);
void ss__on_group_event(ss_sim *sim, uint32_t group_index, uint32_t seq);

// discipline.c: waiting heaps, processor sharing, preemption
void ss__heap_insert(ss_sim *sim, uint32_t *root, uint32_t index);
void ss__heap_remove(ss_sim *sim, uint32_t *root, uint32_t index);
void ss__sharing_join(ss_sim *sim, uint32_t index, double work_ns);
void ss__sharing_leave(ss_sim *sim, uint32_t index);
/// Keeps the busy places of a processor-sharing node right: as many as cores are at work.
void ss__sharing_event(ss_sim *sim, uint32_t group_index);
void ss__running_add(ss_sim *sim, uint32_t index);
void ss__running_remove(ss_sim *sim, uint32_t index);
/// The served task that the given one may interrupt; 0 when there is none.
uint32_t ss__preemption_victim(const ss_sim *sim, const ss_group *group, uint32_t index);
/// Forgets how long a service was: it is over.
void ss__served(ss_sim *sim, uint32_t index);
/// Processor sharing stops and goes on with the node's pause.
void ss__sharing_pause(ss_sim *sim, uint32_t group_index, bool begins);

// fault.c
void ss__on_fault(ss_sim *sim, uint32_t fault);

// code.c: designs with code on a node
/// Makes the array beside the tasks as large as they; false (and a status) when memory is refused.
bool ss__code_grow(ss_sim *sim, uint32_t task_capacity);
/// What a task that was just made carries: its parent's cause, or the input that speaks.
void ss__code_begin(ss_sim *sim, uint32_t index);
/// Lets go of the payloads of a task that is about to be freed.
void ss__code_let_go(ss_sim *sim, uint32_t index);
void ss__code_close(ss_sim *sim);
/// A call carries its caller's body; a reply's answer becomes the caller's.
void ss__code_carry_body(ss_sim *sim, uint32_t from, uint32_t to);
void ss__code_carry_answer(ss_sim *sim, uint32_t from, uint32_t to);
/// The group whose cores a computing task shares; SS_GROUP_NONE when it shares none.
static inline uint32_t ss__sharing_group(const ss_sim *sim, uint32_t index) {
    uint32_t group = sim->tasks[index].group;
    if (__builtin_expect(sim->code != NULL, 0) && sim->code->tasks[index].home1 != 0u) {
        group = sim->code->tasks[index].home1 - 1u;
    }
    return group < SS_GROUP_BRANCH && sim->groups[group].cores > 0u ? group : SS_GROUP_NONE;
}

// edge.c
/// Starts an attempt of the CALL instruction the task stands at.
void ss__call(ss_sim *sim, uint32_t index);
void ss__publish(ss_sim *sim, uint32_t index, const ss_instruction *instruction);
/// Puts a task on an edge towards its class's node.
void ss__send(ss_sim *sim, uint32_t index, uint32_t edge_index, bool is_published);
/// Sends the reply of a task that has ended. Returns the caller if it can go on at once, otherwise
/// 0.
uint32_t ss__reply(ss_sim *sim, uint32_t index, ss_outcome outcome);
/// The reply has arrived: frees the task. Returns the caller if it can go on at once, otherwise 0.
uint32_t ss__on_reply(ss_sim *sim, uint32_t index);
void ss__on_timeout(ss_sim *sim, uint32_t index);
/// Shows the reply of a task whose parent is a class on its way to the client.
void ss__add_reply_move(ss_sim *sim, uint32_t index, ss_outcome outcome);
/// The reply is late: sends another copy of the call.
void ss__hedge(ss_sim *sim, uint32_t index);
/// Lets go of what the task has called: it works on, for nobody.
void ss__abandon_children(ss_sim *sim, uint32_t index);

#endif
