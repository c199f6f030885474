/// Queueing stations: which replica, which place, who is next.
#include "sim/usual.h"

static void admit_blocked(ss_sim *sim, uint32_t group_index);

// --- Waiting lists -------------------------------------------------------------------------------

static void list_remove(ss_sim *sim, ss_group *group, uint32_t index) {
    ss_task *task = &sim->tasks[index];
    const uint32_t previous = index == group->head ? 0u : task->previous;
    if (previous) {
        sim->tasks[previous].next = task->next;
    } else {
        group->head = task->next;
    }
    if (task->next) {
        sim->tasks[task->next].previous = previous;
    } else {
        group->tail = previous;
    }
    task->next = task->previous = 0;
}

static bool is_keyed(uint32_t discipline) {
    return discipline >= SS_PRIORITY; // priorities, sjf, srpt, edf wait in a heap
}

static bool is_preemptive(uint32_t discipline) {
    return discipline == SS_PRIORITY_PREEMPTIVE || discipline == SS_SRPT;
}

/// Draws the size of a task's first service, for disciplines that must know it while it waits.
static void draw_size(ss_sim *sim, uint32_t index, ss_sim_node *node) {
    const ss_instruction *instruction = &sim->program[sim->tasks[index].pc];
    if (instruction->opcode != SS_OPCODE_COMPUTE || sim->side[index].work_ns >= 0.0) return;
    sim->side[index].work_ns =
        ss_dist_sample(instruction->dist, &node->service) * node->time_factor * 1e9;
}

static void set_key(ss_sim *sim, uint32_t index, ss_sim_node *node) {
    ss_task_side *side = &sim->side[index];
    switch ((ss_discipline)node->discipline) {
    case SS_SJF:
    case SS_SRPT:
        draw_size(sim, index, node);
        side->key = side->work_ns < 0.0 ? 0.0 : side->work_ns;
        break;
    case SS_EDF:
        side->key = (double)side->deadline_ns;
        break;
    default:
        side->key = sim->classes[sim->tasks[index].class_index].priority;
        break;
    }
}

static void queue_insert(ss_sim *sim, uint32_t group_index, uint32_t index) {
    ss_group *group = &sim->groups[group_index];
    ss_sim_node *node = &sim->nodes[group->node];
    ss__task_set_state(&sim->tasks[index], SS_TASK_QUEUED);
    if (is_keyed(node->discipline)) {
        ss__heap_insert(sim, &group->head, index);
    } else {
        ss__list_append(sim, group, index);
    }
    sim->tasks[index].group = group_index;
    group->queue_length++;
    ss_node_count(node, SS_LEVEL_QUEUE, 1, sim->now_ns);
}

static void queue_remove(ss_sim *sim, uint32_t index) {
    ss_group *group = &sim->groups[sim->tasks[index].group];
    ss_sim_node *node = &sim->nodes[group->node];
    if (is_keyed(node->discipline)) {
        ss__heap_remove(sim, &group->head, index);
    } else {
        list_remove(sim, group, index);
    }
    group->queue_length--;
    ss_node_count(node, SS_LEVEL_QUEUE, -1, sim->now_ns);
}

/// A waiting task at random: a walk from the nearer end.
static uint32_t choose_random(ss_sim *sim, const ss_group *group) {
    uint32_t steps = ss_random_below(&sim->nodes[group->node].balance_random, group->queue_length);
    const bool is_backwards = steps > group->queue_length / 2u;
    uint32_t at = is_backwards ? group->tail : group->head;
    if (is_backwards) steps = group->queue_length - 1u - steps;
    while (steps-- > 0u) at = is_backwards ? sim->tasks[at].previous : sim->tasks[at].next;
    return at;
}

/// Whom the discipline serves next; somebody waits.
static uint32_t choose_waiting(ss_sim *sim, const ss_group *group) {
    switch ((ss_discipline)sim->nodes[group->node].discipline) {
    case SS_LIFO:
        return group->tail;
    case SS_RANDOM:
        return choose_random(sim, group);
    default:
        return group->head;
    }
}

// --- Replicas ------------------------------------------------------------------------------------

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

/// What a request is spread by: the replica that sends it. A client's requests have a key each.
static uint32_t hash_key(ss_sim *sim, ss_sim_node *node, const ss_task *task) {
    const bool has_caller = task->parent != 0u && !(task->parent & SS_PARENT_IS_CLASS);
    const uint32_t sender = has_caller ? sim->tasks[task->parent].group : SS_GROUP_NONE;
    if (sender >= SS_GROUP_BRANCH) return (uint32_t)(ss_random_next(&node->balance_random) >> 32u);
    return sender * UINT32_C(2654435769) >> 8u;
}

uint32_t ss__choose_group(ss_sim *sim, ss_sim_node *node, const ss_task *task) {
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
    case SS_BALANCE_HASH:
        return first_up(sim, node, hash_key(sim, node, task) % node->group_count);
    case SS_BALANCE_ROUND_ROBIN:
    case SS_BALANCE_SHARED:
        break;
    }
    const uint32_t group = first_up(sim, node, node->next_group);
    node->next_group = (node->next_group + 1u) % node->group_count;
    return group;
}

// --- Places --------------------------------------------------------------------------------------

static bool has_free_place(const ss_sim *sim, const ss_group *group) {
    return group->busy + group->away < group->places && !group->is_down &&
           !(sim->nodes[group->node].flags & SS_NODE_IS_PAUSED);
}

static void schedule_end(ss_sim *sim, uint32_t index, double work_ns) {
    const double capped = work_ns < 4.0e18 ? work_ns : 4.0e18;
    sim->tasks[index].event_seq =
        ss_sim_schedule(sim, sim->now_ns + (int64_t)(capped + 0.5), SS_EVENT_TASK, index);
}

/// Serves on a task that was interrupted, from where it stood.
static void resume_service(ss_sim *sim, uint32_t index) {
    ss_task_side *side = &sim->side[index];
    side->is_preempted = 0;
    side->resumed_ns = sim->now_ns;
    ss__task_set_state(&sim->tasks[index], SS_TASK_COMPUTING);
    ss__running_add(sim, index);
    schedule_end(sim, index, side->work_ns);
}

/// Gives a task the place that its group has free. `setup` is true when the place stood idle.
static void start_service(ss_sim *sim, uint32_t index, bool from_idle) {
    ss_task *task = &sim->tasks[index];
    const ss_class *class = &sim->classes[task->class_index];
    ss_sim_node *node = &sim->nodes[class->node];
    sim->groups[task->group].busy++;
    if (node->discipline != SS_PS) ss_node_count(node, SS_LEVEL_BUSY, 1, sim->now_ns);
    if (sim->needs_side && sim->side[index].is_preempted) {
        resume_service(sim, index);
        return;
    }
    task->timer_seq = 0; // its patience no longer matters
    task->began_ns = sim->now_ns;
    if (node->setup && from_idle) {
        const double setup_ns =
            ss_dist_sample(node->setup, &node->service) * node->time_factor * 1e9;
        ss__task_set_state(task, SS_TASK_SETTING_UP);
        schedule_end(sim, index, setup_ns);
        return;
    }
    const ss_instruction *instruction = &sim->program[task->pc];
    if (instruction->opcode == SS_OPCODE_COMPUTE) { // the common case, without the ready ring
        task->pc++;
        ss__compute(sim, index, instruction);
    } else {
        ss__ready(sim, index, false);
    }
}

void ss__compute(ss_sim *sim, uint32_t index, const ss_instruction *compute) {
    ss_task *task = &sim->tasks[index];
    ss_sim_node *node = &sim->nodes[sim->classes[task->class_index].node];
    ss__task_set_state(task, SS_TASK_COMPUTING);
    if (!sim->needs_side) {
        const double seconds = ss__draw_service(compute, &node->service) * node->time_factor;
        task->event_seq =
            ss_sim_schedule(sim, sim->now_ns + ss_time_from_seconds(seconds), SS_EVENT_TASK, index);
        return;
    }
    ss_task_side *side = &sim->side[index];
    double work_ns = side->work_ns; // drawn while it waited, where the discipline asks for it
    if (work_ns < 0.0) {
        work_ns = ss__draw_service(compute, &node->service) * node->time_factor * 1e9;
    }
    side->work_ns = -1.0;
    if (ss__sharing_group(sim, index) != SS_GROUP_NONE) {
        ss__sharing_join(sim, index, work_ns);
        return;
    }
    side->work_ns = work_ns;
    side->resumed_ns = sim->now_ns;
    if (ss__task_has_place(task) && is_preemptive(node->discipline)) ss__running_add(sim, index);
    schedule_end(sim, index, work_ns);
}

/// Interrupts a served task: it waits again, and keeps what is left of its work.
static void preempt(ss_sim *sim, uint32_t index) {
    ss_task *task = &sim->tasks[index];
    ss_task_side *side = &sim->side[index];
    const uint32_t group_index = task->group;
    ss__running_remove(sim, index);
    side->work_ns -= (double)(sim->now_ns - side->resumed_ns);
    if (side->work_ns < 0.0) side->work_ns = 0.0;
    if (sim->nodes[sim->groups[group_index].node].discipline == SS_SRPT) side->key = side->work_ns;
    side->is_preempted = 1;
    task->event_seq = 0;
    sim->groups[group_index].busy--;
    ss_node_count(&sim->nodes[sim->groups[group_index].node], SS_LEVEL_BUSY, -1, sim->now_ns);
    queue_insert(sim, group_index, index);
}

/// Whether nobody waits for the task any more, and it knows.
static bool is_past_deadline(const ss_sim *sim, uint32_t index) {
    return sim->needs_side && sim->side[index].gives_up &&
           sim->now_ns >= sim->side[index].deadline_ns;
}

static void give_up(ss_sim *sim, uint32_t index) {
    sim->tasks[index].group = SS_GROUP_NONE;
    sim->tasks[index].timer_seq = 0; // nor does its patience matter while the reply travels
    ss_sim_finish(sim, index, SS_OUTCOME_TIMEOUT);
}

// --- Batches -------------------------------------------------------------------------------------

/// Whether those who wait may share a place now: enough of them, or the first for long enough.
static bool has_batch(const ss_sim *sim, const ss_group *group) {
    const ss_sim_node *node = &sim->nodes[group->node];
    if (group->queue_length == 0u) return false;
    if (group->queue_length >= node->batch_min) return true;
    return node->batch_wait_ns > 0 &&
           sim->now_ns - sim->tasks[group->head].arrived_ns >= node->batch_wait_ns;
}

/// The service time of a batch is that of its first request.
static double draw_batch(ss_sim *sim, uint32_t index, ss_sim_node *node) {
    const ss_instruction *instruction = &sim->program[sim->tasks[index].pc];
    assert(instruction->opcode == SS_OPCODE_COMPUTE); // the builder has seen to it
    if (sim->side[index].work_ns >= 0.0) return sim->side[index].work_ns; // drawn while it waited
    return ss_dist_sample(instruction->dist, &node->service) * node->time_factor * 1e9;
}

/// Lets a request into the ring of those who share a place with the first (itself, perhaps).
static void join_batch(ss_sim *sim, uint32_t index, uint32_t first, double work_ns) {
    ss_task *task = &sim->tasks[index];
    ss_task_side *side = &sim->side[index];
    task->timer_seq = 0;
    task->began_ns = sim->now_ns;
    task->pc++;
    ss__task_set_state(task, SS_TASK_COMPUTING);
    side->is_batched = 1;
    side->next = side->previous = index;
    if (index != first) {
        side->next = sim->side[first].next;
        side->previous = first;
        sim->side[side->next].previous = index;
        sim->side[first].next = index;
    }
    side->work_ns = work_ns;
    side->resumed_ns = sim->now_ns;
    schedule_end(sim, index, work_ns);
}

static void start_batch(ss_sim *sim, ss_group *group) {
    ss_sim_node *node = &sim->nodes[group->node];
    uint32_t first = 0;
    double work_ns = 0.0;
    for (uint32_t count = 0; count < node->batch_max && group->queue_length > 0u;) {
        const uint32_t next = choose_waiting(sim, group);
        queue_remove(sim, next);
        if (is_past_deadline(sim, next)) {
            give_up(sim, next);
            continue;
        }
        if (first == 0u) {
            first = next;
            work_ns = draw_batch(sim, next, node);
        }
        join_batch(sim, next, first, work_ns);
        count++;
    }
    if (first == 0u) return; // all had given up
    group->busy++;
    ss_node_count(node, SS_LEVEL_BUSY, 1, sim->now_ns);
}

static void fill_batches(ss_sim *sim, uint32_t group_index) {
    ss_group *group = &sim->groups[group_index];
    const ss_sim_node *node = &sim->nodes[group->node];
    while (has_free_place(sim, group) && has_batch(sim, group)) start_batch(sim, group);
    if (node->batch_wait_ns == 0 || group->queue_length == 0u || !has_free_place(sim, group)) {
        return;
    }
    const int64_t due_ns = sim->tasks[group->head].arrived_ns + node->batch_wait_ns;
    if (group->event_seq != 0u && group->since_ns == due_ns) return;
    group->since_ns = due_ns;
    group->event_seq = ss_sim_schedule(sim, due_ns, SS_EVENT_GROUP, group_index);
}

/// Leaves the place to those it is shared with; false when there is nobody else.
static bool leave_batch(ss_sim *sim, uint32_t index) {
    ss_task_side *side = &sim->side[index];
    const bool is_last = side->next == index;
    sim->side[side->next].previous = side->previous;
    sim->side[side->previous].next = side->next;
    side->is_batched = 0;
    side->next = side->previous = 0;
    return !is_last;
}

void ss_sim_fill_places(ss_sim *sim, uint32_t group_index) {
    const ss_group *group = &sim->groups[group_index];
    const bool has_batches = sim->nodes[group->node].flags & SS_NODE_BATCHES;
    if (has_batches) fill_batches(sim, group_index);
    while (!has_batches && group->queue_length > 0u && has_free_place(sim, group)) {
        const uint32_t next = choose_waiting(sim, group);
        queue_remove(sim, next);
        if (is_past_deadline(sim, next)) give_up(sim, next);
        else start_service(sim, next, false);
    }
    if (sim->nodes[group->node].flags & SS_NODE_BLOCKS) admit_blocked(sim, group_index);
}

/// A place that finds nobody waiting goes on vacation.
static void maybe_leave_on_vacation(ss_sim *sim, uint32_t group_index) {
    ss_group *group = &sim->groups[group_index];
    ss_sim_node *node = &sim->nodes[group->node];
    if (!node->vacation || group->queue_length > 0u || group->busy + group->away >= group->places)
        return;
    group->away++;
    const double seconds = ss_dist_sample(node->vacation, &node->service);
    ss_sim_schedule(sim, sim->now_ns + ss_time_from_seconds(seconds), SS_EVENT_GROUP, group_index);
}

void ss__release_place(ss_sim *sim, uint32_t index, bool is_answered) {
    ss_task *task = &sim->tasks[index];
    const ss_class *class = &sim->classes[task->class_index];
    ss_sim_node *node = &sim->nodes[class->node];
    const uint32_t group_index = task->group;
    ss_group *group = &sim->groups[group_index];
    ss__record_visit(sim, task, class, node, is_answered);
    task->group = SS_GROUP_NONE;
    if (sim->needs_side && sim->side[index].is_batched && leave_batch(sim, index)) return;
    group->busy--;
    if (node->discipline != SS_PS) ss_node_count(node, SS_LEVEL_BUSY, -1, sim->now_ns);
    if (group->queue_length > 0u) {
        ss_sim_fill_places(sim, group_index);
    } else if (node->vacation) {
        maybe_leave_on_vacation(sim, group_index);
    }
    if (node->flags & SS_NODE_BLOCKS) admit_blocked(sim, group_index);
}

void ss__on_group_event(ss_sim *sim, uint32_t group_index, uint32_t seq) {
    ss_group *group = &sim->groups[group_index];
    if (group->cores > 0u) {
        if (group->event_seq == seq) ss__sharing_event(sim, group_index);
        return;
    }
    if (sim->nodes[group->node].flags & SS_NODE_BATCHES) {
        if (group->event_seq != seq) return;
        group->event_seq = 0;
        ss_sim_fill_places(sim, group_index);
        return;
    }
    group->away--; // a place is back from its vacation
    ss_sim_fill_places(sim, group_index);
    maybe_leave_on_vacation(sim, group_index);
}

void ss_sim_begin_vacations(ss_sim *sim, uint32_t group_index) {
    while (sim->groups[group_index].away < sim->groups[group_index].places) {
        maybe_leave_on_vacation(sim, group_index);
    }
}

// --- Blocking ------------------------------------------------------------------------------------

/// Whether one more may wait, or be served at once.
static bool has_room(const ss_sim *sim, const ss_group *group) {
    if (group->queue_length < group->queue_capacity) return true;
    const ss_sim_node *node = &sim->nodes[group->node];
    const bool begins = !(node->flags & SS_NODE_BATCHES) ||
                        group->queue_length + 1u >= node->batch_min;
    return begins && has_free_place(sim, group);
}

uint32_t ss__full_group(const ss_sim *sim, uint32_t class_index) {
    const ss_sim_node *node = &sim->nodes[sim->classes[class_index].node];
    if (!(node->flags & SS_NODE_BLOCKS)) return SS_NO_INDEX;
    for (uint32_t i = 0; i < node->group_count; i++) {
        const ss_group *group = &sim->groups[node->group_first + i];
        if (has_room(sim, group) || group->is_down) return SS_NO_INDEX;
    }
    return node->group_first;
}

void ss__block(ss_sim *sim, uint32_t group_index, uint32_t index) {
    ss_group *group = &sim->groups[group_index];
    ss__task_set_state(&sim->tasks[index], SS_TASK_BLOCKED);
    sim->tasks[index].next = 0;
    if (group->blocked_tail) {
        sim->tasks[group->blocked_tail].next = index;
    } else {
        group->blocked_head = index;
    }
    group->blocked_tail = index;
}

void ss__unblock(ss_sim *sim, uint32_t index) {
    const ss_task *task = &sim->tasks[index];
    const uint32_t class_index = ss__task_has_place(task) ? task->previous : task->class_index;
    ss_group *group = &sim->groups[sim->nodes[sim->classes[class_index].node].group_first];
    uint32_t before = 0;
    for (uint32_t at = group->blocked_head; at != 0u && at != index; at = sim->tasks[at].next)
        before = at;
    if (before) sim->tasks[before].next = task->next; else group->blocked_head = task->next;
    if (group->blocked_tail == index) group->blocked_tail = before;
}

static void enter_group(ss_sim *sim, uint32_t group_index, uint32_t index);

/// Lets those in who wait outside, as long as there is room.
static void admit_blocked(ss_sim *sim, uint32_t group_index) {
    const uint32_t first = sim->nodes[sim->groups[group_index].node].group_first;
    while (sim->groups[first].blocked_head != 0u && has_room(sim, &sim->groups[group_index])) {
        const uint32_t index = sim->groups[first].blocked_head;
        ss__unblock(sim, index);
        if (ss__task_has_place(&sim->tasks[index])) {
            ss__forward_blocked(sim, index);
        } else {
            enter_group(sim, group_index, index);
        }
    }
}

// --- Arrival -------------------------------------------------------------------------------------

/// Token bucket and load shedding of a node's `limits`.
static bool passes_limits(ss_sim *sim, ss_sim_node *node) {
    if (node->in_flight_max != SS_PLACES_INFINITE &&
        node->now[SS_LEVEL_SYSTEM] > node->in_flight_max) {
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

static void wait_in_line(ss_sim *sim, uint32_t group_index, uint32_t index) {
    ss_sim_node *node = &sim->nodes[sim->groups[group_index].node];
    queue_insert(sim, group_index, index);
    if (!node->patience) return;
    const double seconds = ss_dist_sample(node->patience, &node->patience_random);
    sim->tasks[index].timer_seq =
        ss_sim_schedule(sim, sim->now_ns + ss_time_from_seconds(seconds), SS_EVENT_TIMER, index);
}

void ss__renege(ss_sim *sim, uint32_t index) {
    const uint32_t group_index = sim->tasks[index].group;
    queue_remove(sim, index);
    sim->tasks[index].group = SS_GROUP_NONE;
    ss_sim_finish(sim, index, SS_OUTCOME_TIMEOUT);
    admit_blocked(sim, group_index);
}

/// Takes a place, interrupts somebody, waits, or is turned away.
static void enter_group(ss_sim *sim, uint32_t group_index, uint32_t index) {
    ss_group *group = &sim->groups[group_index];
    ss_sim_node *node = &sim->nodes[group->node];
    ss_task *task = &sim->tasks[index];
    if (is_keyed(node->discipline)) {
        sim->side[index].order = sim->next_order++;
        set_key(sim, index, node);
    }
    if ((node->flags & SS_NODE_BATCHES) && has_room(sim, group)) {
        wait_in_line(sim, group_index, index);
        fill_batches(sim, group_index);
        return;
    }
    if (!(node->flags & SS_NODE_BATCHES) && has_free_place(sim, group)) {
        task->group = group_index;
        start_service(sim, index, true);
        return;
    }
    if (is_preemptive(node->discipline) && !(node->flags & SS_NODE_IS_PAUSED)) {
        const uint32_t victim = ss__preemption_victim(sim, group, index);
        if (victim != 0u && group->queue_length < group->queue_capacity) {
            preempt(sim, victim);
            task->group = group_index;
            start_service(sim, index, false);
            return;
        }
    }
    if (group->queue_length < group->queue_capacity) {
        wait_in_line(sim, group_index, index);
    } else if (node->flags & SS_NODE_BLOCKS) {
        ss__block(sim, node->group_first, index);
    } else {
        ss_sim_finish(sim, index, SS_OUTCOME_REJECTED);
    }
}

void ss__arrive(ss_sim *sim, uint32_t index) {
    ss_task *task = &sim->tasks[index];
    if (task->edge1) {
        sim->edges[task->edge1 - 1u].in_flight--;
        task->edge1 = 0;
    }
    task->arrived_ns = sim->now_ns;
    ss__count_and_enter(sim, index, task, &sim->classes[task->class_index]);
}

void ss__enter(ss_sim *sim, uint32_t index) {
    ss_task *task = &sim->tasks[index];
    ss_sim_node *node = &sim->nodes[sim->classes[task->class_index].node];
    if ((node->flags & SS_NODE_LIMITED) && !passes_limits(sim, node)) {
        ss_sim_finish(sim, index, SS_OUTCOME_REJECTED);
        return;
    }
    const uint32_t group_index = ss__choose_group(sim, node, task);
    if (group_index == SS_NO_INDEX) { // every replica is down
        ss_sim_finish(sim, index, SS_OUTCOME_FAILED);
        return;
    }
    enter_group(sim, group_index, index);
}
