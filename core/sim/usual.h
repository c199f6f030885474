/// The usual visit: a station that serves first come, first served, and has no limits, patience,
/// set-up, vacations or blocking, in a design whose tasks need nothing beside themselves. What the
/// general way does step by step, without asking for what is not there, and all in one function.
#ifndef SS_SIM_USUAL_H
#define SS_SIM_USUAL_H

#include "sim/internal.h"

static inline bool ss__is_usual(const ss_sim *sim, const ss_sim_node *node) {
    return !(node->flags & SS_NODE_UNUSUAL) && !sim->needs_side && !sim->code;
}

/// Starts the service of a task that its group has a place for; the node's levels are the caller's.
SS_ALWAYS_INLINE void ss__serve_usual(ss_sim *sim, uint32_t index, ss_task *task,
                                      const ss_class *class, ss_sim_node *node) {
    const int64_t now_ns = sim->now_ns;
    task->timer_seq = 0; // its patience no longer matters
    task->began_ns = now_ns;
    double seconds;
    if (class->exponential > 0.0) {
        seconds = class->exponential * ss_random_exponential(&node->service);
    } else {
        const ss_instruction *instruction = &sim->program[task->pc];
        if (instruction->opcode != SS_OPCODE_COMPUTE) {
            ss__ready(sim, index, false);
            return;
        }
        seconds = ss__draw_service(instruction, &node->service);
    }
    task->pc++;
    ss__task_set_state(task, SS_TASK_COMPUTING);
    const int64_t end_ns = now_ns + ss_time_from_seconds(seconds * node->time_factor);
    task->event_seq = ss__schedule_inline(sim, end_ns, SS_EVENT_TASK, index);
}

/// Puts a task at the end of the waiting list.
static inline void ss__list_append(ss_sim *sim, ss_group *group, uint32_t index) {
    ss_task *task = &sim->tasks[index];
    task->next = 0;
    task->previous = group->tail;
    if (group->tail) {
        sim->tasks[group->tail].next = index;
    } else {
        group->head = index;
    }
    group->tail = index;
}

/// Takes the first of the waiting list.
SS_ALWAYS_INLINE uint32_t ss__take_first(ss_sim *sim, ss_sim_node *node, ss_group *group) {
    const uint32_t first = group->head;
    ss_task *task = &sim->tasks[first];
    group->head = task->next; // whose link back says nothing from now on
    if (!task->next) group->tail = 0;
    task->next = task->previous = 0;
    group->queue_length--;
    node->now[SS_LEVEL_QUEUE]--; // caught up when the end was counted
    return first;
}

/// Brings a client's levels up to a time: none of its requests waits or has a place there.
SS_ALWAYS_INLINE void ss__client_catch_up(ss_sim_node *node, int64_t now_ns) {
    const double elapsed_ns = (double)(now_ns - node->since_ns);
    node->since_ns = now_ns;
    node->area[SS_LEVEL_SYSTEM] += (double)node->now[SS_LEVEL_SYSTEM] * elapsed_ns;
}

/// Counts an arrival; the node's levels are the caller's.
SS_ALWAYS_INLINE void ss__count_arrival(ss_sim *sim, ss_class *class, ss_sim_node *node) {
    class->arrivals++;
    if (class->has_total) {
        sim->classes[node->node_stats].arrivals++;
        ss_level_add(&class->in_system, 1, sim->now_ns);
    }
}

/// Takes a place, waits, or is turned away, where nothing else can happen. The arrival has been
/// counted, and the node's levels are caught up.
SS_ALWAYS_INLINE void ss__enter_usual(ss_sim *sim, uint32_t index, ss_task *task,
                                      const ss_class *class, ss_sim_node *node) {
    uint32_t group_index = node->group_first;
    if (node->group_count != 1u || sim->groups[group_index].is_down) {
        group_index = ss__choose_group(sim, node, task);
        if (group_index == SS_NO_INDEX) { // every replica is down
            ss_sim_finish(sim, index, SS_OUTCOME_FAILED);
            return;
        }
    }
    ss_group *group = &sim->groups[group_index];
    if (group->busy < group->places) {
        task->group = group_index;
        group->busy++;
        node->now[SS_LEVEL_BUSY]++;
        ss__serve_usual(sim, index, task, class, node);
    } else if (group->queue_length < group->queue_capacity) {
        ss__task_set_state(task, SS_TASK_QUEUED);
        ss__list_append(sim, group, index);
        task->group = group_index;
        group->queue_length++;
        node->now[SS_LEVEL_QUEUE]++;
    } else {
        ss_sim_finish(sim, index, SS_OUTCOME_REJECTED);
    }
}

/// Counts the arrival of a task at the node of its class, and lets it in.
SS_ALWAYS_INLINE void ss__count_and_enter(ss_sim *sim, uint32_t index, ss_task *task,
                                          ss_class *class) {
    ss_sim_node *node = &sim->nodes[class->node];
    ss__count_arrival(sim, class, node);
    ss_node_catch_up(node, sim->now_ns);
    node->now[SS_LEVEL_SYSTEM]++;
    if (ss__is_usual(sim, node)) {
        ss__enter_usual(sim, index, task, class, node);
    } else {
        ss__enter(sim, index);
    }
}

/// Gives a task's place back and starts the next one.
SS_ALWAYS_INLINE void ss__release_usual(ss_sim *sim, ss_task *task, const ss_class *class,
                                        ss_sim_node *node, bool is_answered) {
    const uint32_t group_index = task->group;
    ss_group *group = &sim->groups[group_index];
    ss__record_visit(sim, task, class, node, is_answered);
    task->group = SS_GROUP_NONE;
    if (group->queue_length == 0u || group->busy > group->places || group->is_down) {
        group->busy--;
        node->now[SS_LEVEL_BUSY]--; // caught up when the end was counted
        return;
    }
    const uint32_t next = ss__take_first(sim, node, group); // the place passes to the next
    ss_task *next_task = &sim->tasks[next];
    ss__serve_usual(sim, next, next_task, &sim->classes[next_task->class_index], node);
    if (group->queue_length > 0u && group->busy < group->places) {
        ss_sim_fill_places(sim, group_index); // there were more places than were used
    }
}

#endif
