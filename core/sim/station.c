/// Queueing stations: which replica, which place, who is next.
#include "sim/internal.h"

// --- Waiting lists -------------------------------------------------------------------------------------

static void list_append(ss_sim *sim, ss_group *group, uint32_t index) {
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

static void list_remove(ss_sim *sim, ss_group *group, uint32_t index) {
    const ss_task *task = &sim->tasks[index];
    if (task->previous) {
        sim->tasks[task->previous].next = task->next;
    } else {
        group->head = task->next;
    }
    if (task->next) {
        sim->tasks[task->next].previous = task->previous;
    } else {
        group->tail = task->previous;
    }
}

/// Whom the discipline serves next; 0 when nobody waits.
static uint32_t choose_waiting(const ss_sim *sim, const ss_group *group) {
    switch ((ss_discipline)sim->nodes[group->node].discipline) {
    case SS_LIFO:
        return group->tail;
    default:
        return group->head;
    }
}

// --- Replicas ------------------------------------------------------------------------------------------

static uint32_t in_flight(const ss_group *group) {
    return group->busy + group->queue_length;
}

static uint32_t least_in_flight(const ss_sim *sim, const ss_sim_node *node) {
    uint32_t best = SS_NO_INDEX;
    for (uint32_t i = 0; i < node->group_count; i++) {
        const uint32_t candidate = node->group_first + i;
        if (sim->groups[candidate].is_down) continue;
        if (best == SS_NO_INDEX ||
            in_flight(&sim->groups[candidate]) < in_flight(&sim->groups[best])) {
            best = candidate;
        }
    }
    return best;
}

/// The better of two replicas drawn at random (Mitzenmacher 2001).
static uint32_t power_of_two(ss_sim *sim, ss_sim_node *node) {
    const uint32_t a =
        node->group_first + ss_random_below(&node->balance_random, node->group_count);
    const uint32_t b =
        node->group_first + ss_random_below(&node->balance_random, node->group_count);
    const ss_group *first = &sim->groups[a];
    const ss_group *second = &sim->groups[b];
    if (first->is_down) return second->is_down ? least_in_flight(sim, node) : b;
    if (second->is_down) return a;
    return in_flight(second) < in_flight(first) ? b : a;
}

/// The next replica that is up, starting at an offset; SS_NO_INDEX when all are down.
static uint32_t first_up(const ss_sim *sim, const ss_sim_node *node, uint32_t offset) {
    for (uint32_t i = 0; i < node->group_count; i++) {
        const uint32_t candidate = node->group_first + (offset + i) % node->group_count;
        if (!sim->groups[candidate].is_down) return candidate;
    }
    return SS_NO_INDEX;
}

static uint32_t choose_group(ss_sim *sim, ss_sim_node *node, const ss_task *task) {
    if (node->group_count == 1u) {
        return sim->groups[node->group_first].is_down ? SS_NO_INDEX : node->group_first;
    }
    switch ((ss_balance)node->balance) {
    case SS_BALANCE_RANDOM:
        return first_up(sim, node, ss_random_below(&node->balance_random, node->group_count));
    case SS_BALANCE_LEAST_IN_FLIGHT:
        return least_in_flight(sim, node);
    case SS_BALANCE_P2C:
        return power_of_two(sim, node);
    case SS_BALANCE_HASH: // by the caller: a session sticks to its replica
        return first_up(sim, node, (task->parent * UINT32_C(2654435769)) % node->group_count);
    case SS_BALANCE_ROUND_ROBIN:
    case SS_BALANCE_SHARED:
        break;
    }
    const uint32_t group = first_up(sim, node, node->next_group);
    node->next_group = (node->next_group + 1u) % node->group_count;
    return group;
}

// --- Places --------------------------------------------------------------------------------------------

static void start_service(ss_sim *sim, uint32_t index) {
    ss_task *task = &sim->tasks[index];
    const ss_class *class = &sim->classes[task->class_index];
    ss_sim_node *node = &sim->nodes[class->node];
    sim->groups[task->group].busy++;
    ss_level_add(&node->busy, 1, sim->now_ns);
    task->began_ns = sim->now_ns;
    const int64_t wait_ns = sim->now_ns - task->arrived_ns;
    ss__series_add(sim, &sim->stats[class->stats].wait, wait_ns);
    if (class->shares_stats) ss__series_add(sim, &sim->stats[node->node_stats].wait, wait_ns);
    const ss_instruction *instruction = &sim->program[task->pc];
    if (instruction->opcode == SS_OPCODE_COMPUTE) { // the common case, without the ready ring
        task->pc++;
        ss__compute(sim, index, instruction->dist);
    } else {
        ss__ready(sim, index, false);
    }
}

void ss__compute(ss_sim *sim, uint32_t index, const ss_dist *dist) {
    ss_task *task = &sim->tasks[index];
    ss_sim_node *node = &sim->nodes[sim->classes[task->class_index].node];
    const double seconds = ss_dist_sample(dist, &node->service) * node->time_factor;
    ss__task_set_state(task, SS_TASK_COMPUTING);
    task->event_seq =
        ss__schedule(sim, sim->now_ns + ss_time_from_seconds(seconds), SS_EVENT_TASK, index);
}

void ss__release_place(ss_sim *sim, uint32_t index) {
    ss_task *task = &sim->tasks[index];
    const ss_class *class = &sim->classes[task->class_index];
    ss_sim_node *node = &sim->nodes[class->node];
    ss_group *group = &sim->groups[task->group];
    const int64_t service_ns = sim->now_ns - task->began_ns;
    ss__series_add(sim, &sim->stats[class->stats].service, service_ns);
    if (class->shares_stats) ss__series_add(sim, &sim->stats[node->node_stats].service, service_ns);
    task->group = SS_GROUP_NONE;
    group->busy--;
    ss_level_add(&node->busy, -1, sim->now_ns);
    if (group->queue_length == 0u || group->is_down || group->busy >= group->places) return;
    const uint32_t next = choose_waiting(sim, group);
    list_remove(sim, group, next);
    group->queue_length--;
    ss_level_add(&node->in_queue, -1, sim->now_ns);
    start_service(sim, next);
}

// --- Arrival -------------------------------------------------------------------------------------------

/// Token bucket and load shedding of a node's `limits`.
static bool passes_limits(ss_sim *sim, ss_sim_node *node) {
    if (node->in_flight_max != SS_PLACES_INFINITE &&
        node->in_system.now > (int64_t)node->in_flight_max) {
        return false;
    }
    if (!(node->limit_rate > 0.0)) return true;
    const double elapsed_s = (double)(sim->now_ns - node->limit_since_ns) * 1e-9;
    node->limit_since_ns = sim->now_ns;
    node->limit_tokens += elapsed_s * node->limit_rate;
    if (node->limit_tokens > node->limit_burst) node->limit_tokens = node->limit_burst;
    if (node->limit_tokens < 1.0) return false;
    node->limit_tokens -= 1.0;
    return true;
}

void ss__arrive(ss_sim *sim, uint32_t index) {
    ss_task *task = &sim->tasks[index];
    ss_class *class = &sim->classes[task->class_index];
    ss_sim_node *node = &sim->nodes[class->node];
    if (task->edge1) {
        sim->edges[task->edge1 - 1u].in_flight--;
        task->edge1 = 0;
    }
    task->arrived_ns = sim->now_ns;
    sim->stats[class->stats].arrivals++;
    if (class->shares_stats) {
        sim->stats[node->node_stats].arrivals++;
        ss_level_add(&class->in_system, 1, sim->now_ns);
    }
    ss_level_add(&node->in_system, 1, sim->now_ns);
    if ((node->flags & SS_NODE_LIMITED) && !passes_limits(sim, node)) {
        ss_sim_finish(sim, index, SS_OUTCOME_REJECTED);
        return;
    }
    const uint32_t group_index = choose_group(sim, node, task);
    if (group_index == SS_NO_INDEX) { // every replica is down
        ss_sim_finish(sim, index, SS_OUTCOME_FAILED);
        return;
    }
    ss_group *group = &sim->groups[group_index];
    if (group->busy < group->places) {
        task->group = group_index;
        start_service(sim, index);
    } else if (group->queue_length < group->queue_capacity) {
        ss__task_set_state(task, SS_TASK_QUEUED);
        list_append(sim, group, index);
        task->group = group_index;
        group->queue_length++;
        ss_level_add(&node->in_queue, 1, sim->now_ns);
    } else {
        ss_sim_finish(sim, index, SS_OUTCOME_REJECTED);
    }
}
