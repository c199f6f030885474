/// Faults: what begins and ends at a time, and what it does.
#include "sim/internal.h"
#include "sim/watcher.h"

// --- Crash ---------------------------------------------------------------------------------------

/// Empties a group: those it served and those who waited are dealt with by the caller.
static void clear_group(ss_sim *sim, ss_group *group) {
    ss_sim_node *node = &sim->nodes[group->node];
    const uint32_t cores_busy = group->active < group->cores ? group->active : group->cores;
    const uint32_t busy = node->discipline != SS_PS ? group->busy : cores_busy;
    ss_node_count(node, SS_LEVEL_BUSY, -(int64_t)busy, sim->now_ns);
    ss_level_add(&node->cores_busy, -(int64_t)cores_busy, sim->now_ns);
    ss_node_count(node, SS_LEVEL_QUEUE, -(int64_t)group->queue_length, sim->now_ns);
    group->busy = group->queue_length = group->active = 0;
    group->head = group->tail = group->first = group->event_seq = 0;
    group->virtual_ns = 0.0;
    group->is_down = 1;
}

/// Whether a crash of its node ends the task: it is there, and not a message that the node keeps
/// safe.
static bool dies_with_node(const ss_sim *sim, const ss_task *task, uint32_t node) {
    const ss_task_state state = ss_task_state_of(task);
    if (state == SS_TASK_FREE || state == SS_TASK_TRANSIT || state == SS_TASK_REPLYING)
        return false;
    if (sim->classes[task->class_index].node != node) return false;
    const bool is_durable = (sim->nodes[node].flags & SS_NODE_IS_DURABLE) != 0u;
    return !is_durable || ss__task_has_place(task);
}

static void crash(ss_sim *sim, uint32_t node_index) {
    ss_sim_node *node = &sim->nodes[node_index];
    for (uint32_t i = 0; i < node->group_count; i++)
        clear_group(sim, &sim->groups[node->group_first + i]);
    const uint32_t count = sim->task_count;
    for (uint32_t i = 1; i < count; i++) { // branches first: their parents are about to go
        ss_task *task = &sim->tasks[i];
        if (task->group != SS_GROUP_BRANCH || !dies_with_node(sim, task, node_index)) continue;
        if (ss_task_state_of(task) == SS_TASK_CALLING) ss__abandon_children(sim, i);
        ss__task_free(sim, i);
    }
    for (uint32_t i = 1; i < count; i++) {
        ss_task *task = &sim->tasks[i];
        if (!dies_with_node(sim, task, node_index)) continue;
        if (ss_task_state_of(task) == SS_TASK_READY) { // its turn at this instant finds it failed
            ss__task_set_outcome(task, SS_OUTCOME_FAILED);
            task->group = SS_GROUP_NONE;
            continue;
        }
        if (ss_task_state_of(task) == SS_TASK_CALLING) ss__abandon_children(sim, i);
        if (ss_task_state_of(task) == SS_TASK_BLOCKED) ss__unblock(sim, i);
        task->child = 0;
        task->edge1 = 0;
        task->event_seq = task->timer_seq = 0;
        task->group = SS_GROUP_NONE;
        ss_sim_finish(sim, i, SS_OUTCOME_FAILED);
    }
    if (sim->watcher) sim->watcher->crashed(sim->watcher, sim, node_index, true);
    if (sim->code) sim->code->crashed(sim->code->context, sim, node_index, true);
    ss_behaviour_faulted(sim, node_index, SS_FAULT_CRASH, true, 1.0);
}

static void repair(ss_sim *sim, uint32_t node_index) {
    const ss_sim_node *node = &sim->nodes[node_index];
    for (uint32_t i = 0; i < node->group_count; i++) {
        sim->groups[node->group_first + i].is_down = 0;
        ss_sim_fill_places(sim, node->group_first + i);
    }
    if (sim->watcher) sim->watcher->crashed(sim->watcher, sim, node_index, false);
    if (sim->code) sim->code->crashed(sim->code->context, sim, node_index, false);
    ss_behaviour_faulted(sim, node_index, SS_FAULT_CRASH, false, 1.0);
}

// --- Pause ---------------------------------------------------------------------------------------

/// Stops or continues every service at the node; what is left of each is kept in between.
static void pause_services(ss_sim *sim, uint32_t node_index, bool begins) {
    for (uint32_t i = 1; i < sim->task_count; i++) {
        ss_task *task = &sim->tasks[i];
        if (ss_task_state_of(task) != SS_TASK_COMPUTING) continue; // a set-up goes on by itself
        if (sim->classes[task->class_index].node != node_index) continue;
        if (ss__sharing_group(sim, i) != SS_GROUP_NONE) continue;
        ss_task_side *side = &sim->side[i];
        if (begins) {
            side->work_ns -= (double)(sim->now_ns - side->resumed_ns);
            if (side->work_ns < 0.0) side->work_ns = 0.0;
            task->event_seq = 0;
        } else {
            side->resumed_ns = sim->now_ns;
            task->event_seq = ss_sim_schedule(sim, sim->now_ns + (int64_t)(side->work_ns + 0.5),
                                           SS_EVENT_TASK, i);
        }
    }
}

static void pause_node(ss_sim *sim, uint32_t node_index, bool begins) {
    ss_sim_node *node = &sim->nodes[node_index];
    pause_services(sim, node_index, begins);
    if (!begins) node->flags &= ~(uint32_t)SS_NODE_IS_PAUSED;
    for (uint32_t i = 0; i < node->group_count; i++) {
        const uint32_t group = node->group_first + i;
        if (sim->groups[group].cores > 0u) ss__sharing_pause(sim, group, begins);
        if (!begins) ss_sim_fill_places(sim, group);
    }
    if (begins) node->flags |= SS_NODE_IS_PAUSED;
}

// --- What each kind does -------------------------------------------------------------------------

static void strike_node(ss_sim *sim, const ss_sim_fault *fault, uint32_t index, bool begins) {
    ss_sim_node *node = &sim->nodes[index];
    switch ((ss_fault_kind)fault->kind) {
    case SS_FAULT_CRASH:
    case SS_FAULT_ZONE_DOWN:
        if (begins && node->down++ == 0u) crash(sim, index);
        if (!begins && --node->down == 0u) repair(sim, index);
        break;
    case SS_FAULT_PAUSE:
        if (begins && node->paused++ == 0u) pause_node(sim, index, true);
        if (!begins && --node->paused == 0u) pause_node(sim, index, false);
        break;
    case SS_FAULT_SLOW:
        node->time_factor *= begins ? fault->factor : 1.0 / fault->factor;
        break;
    case SS_FAULT_ERRORS:
        node->extra_errors += begins ? fault->rate : -fault->rate;
        break;
    case SS_FAULT_FLUSH:
    case SS_FAULT_SPIKE:
        ss_behaviour_faulted(sim, index, (ss_fault_kind)fault->kind, begins, fault->factor);
        break;
    case SS_FAULT_LATENCY:
    case SS_FAULT_LOSS:
    case SS_FAULT_PARTITION:
    case SS_FAULT_CLOCK_SKEW:
        break; // edges; handlers
    }
}

static void strike_edge(ss_sim *sim, const ss_sim_fault *fault, bool begins) {
    ss_sim_edge *edge = &sim->edges[fault->edge];
    switch ((ss_fault_kind)fault->kind) {
    case SS_FAULT_LATENCY:
        edge->extra_latency = begins ? fault->latency : NULL;
        break;
    case SS_FAULT_LOSS:
        edge->extra_loss += begins ? fault->rate : -fault->rate;
        break;
    case SS_FAULT_PARTITION:
        for (uint32_t i = 0; i < 2u; i++) {
            if (!(fault->directions & (1u << i))) continue;
            if (begins) edge->cut[i]++; else edge->cut[i]--;
        }
        break;
    default:
        break;
    }
    ss_sim_update_edge(edge);
    ss_sim_update_clients(sim);
    if (!edge->is_plain) ss_sim_own_series(sim, fault->edge);
}

static void schedule(ss_sim *sim, uint32_t index, int64_t delay_ns) {
    if (delay_ns < SS_TIME_MAX - sim->now_ns) {
        ss_sim_schedule(sim, sim->now_ns + delay_ns, SS_EVENT_FAULT, index);
    }
}

void ss__on_fault(ss_sim *sim, uint32_t index) {
    const bool begins = !sim->faults[index].is_active;
    sim->faults[index].is_active = begins ? 1u : 0u;
    const ss_sim_fault fault = sim->faults[index];
    if (fault.edge != SS_NO_INDEX) strike_edge(sim, &fault, begins);
    for (uint32_t i = 0; i < fault.node_count; i++)
        strike_node(sim, &fault, fault.nodes[i], begins);
    if (fault.mtbf_s > 0.0) {
        const double mean_s = begins ? fault.mttr_s : fault.mtbf_s;
        const double s = mean_s * ss_random_exponential(&sim->faults[index].random);
        schedule(sim, index, ss_time_from_seconds(s));
    } else if (begins && fault.kind == SS_FAULT_FLUSH) {
        sim->faults[index].is_active = 0; // it is over at once
    } else if (begins && fault.for_ns > 0) {
        schedule(sim, index, fault.for_ns);
    }
}

/// Where no other feature asked to know what is left of every service, it is read off the events
/// under way.
ss_status ss_sim_add_side(ss_sim *sim) {
    if (sim->needs_side) return SS_OK;
    if (!ss_sim_gather_events(sim)) return SS_ERROR_MEMORY;
    sim->side = ss_allocate_zeroed(&sim->allocator, sim->task_capacity * sizeof(ss_task_side));
    if (!sim->side) return SS_ERROR_MEMORY;
    sim->needs_side = 1;
    for (uint32_t i = 0; i < sim->task_count; i++) {
        sim->side[i] = (ss_task_side){.work_ns = -1.0, .deadline_ns = SS_TIME_MAX};
    }
    for (uint32_t i = 0; i < sim->queue.count; i++) {
        const ss_event event = sim->queue.events[i];
        const uint32_t task = event.payload & SS_EVENT_INDEX_MAX;
        const bool is_service = event.payload >> 28u == SS_EVENT_TASK &&
                                sim->tasks[task].event_seq == event.seq &&
                                ss_task_state_of(&sim->tasks[task]) == SS_TASK_COMPUTING;
        if (!is_service) continue;
        sim->side[task].work_ns = (double)(event.time_ns - sim->now_ns);
        sim->side[task].resumed_ns = sim->now_ns;
    }
    return SS_OK;
}

ss_status ss_sim_add_fault(ss_sim *sim, ss_sim_fault fault) {
    if (fault.kind == SS_FAULT_PAUSE && sim->tasks && ss_sim_add_side(sim)) return SS_ERROR_MEMORY;
    if (sim->fault_count == sim->fault_capacity) {
        const uint32_t capacity = sim->fault_capacity ? sim->fault_capacity * 2u : 8u;
        ss_sim_fault *faults = ss_reallocate(&sim->allocator, sim->faults,
                                             sim->fault_capacity * sizeof(ss_sim_fault),
                                             capacity * sizeof(ss_sim_fault));
        if (!faults) return SS_ERROR_MEMORY;
        sim->faults = faults;
        sim->fault_capacity = capacity;
    }
    const uint32_t index = sim->fault_count++;
    sim->faults[index] = fault;
    if (fault.mtbf_s > 0.0) {
        const double s = fault.mtbf_s * ss_random_exponential(&sim->faults[index].random);
        schedule(sim, index, ss_time_from_seconds(s));
    } else {
        schedule(sim, index, fault.at_ns > sim->now_ns ? fault.at_ns - sim->now_ns : 0);
    }
    return sim->status;
}
