/// Forks: a run that goes on from another's present under a changed design.
///
/// The changed design is built anew, then the state of the old run is moved in: what the design
/// says comes from the new one, what has happened from the old one.
#include <assert.h>
#include <string.h>

#include "base/math.h"
#include "run/internal.h"

// --- Whether the two designs fit -----------------------------------------------------------------

static bool say_different(ss_diagnostics *diagnostics, const char *pointer, const char *what) {
    ss_diagnostics_add(
        diagnostics, "E310", pointer,
        "A run can go on only with the same nodes, edges and steps, and here %s: start the "
        "run again from the beginning.",
        what);
    return false;
}

static bool shares(const ss_sim *sim, const ss_sim_node *node) {
    return node->group_count > 0u && sim->groups[node->group_first].cores > 0u;
}

static bool same_structure(const ss_run *old, const ss_run *fresh, ss_diagnostics *diagnostics) {
    const ss_design *a = old->design;
    const ss_design *b = fresh->design;
    if (a->node_count != b->node_count)
        return say_different(diagnostics, "/nodes", "a node came or went");
    if (a->edge_count != b->edge_count)
        return say_different(diagnostics, "/edges", "an edge came or went");
    for (uint32_t i = 0; i < a->node_count; i++) {
        if (strcmp(a->nodes[i].id, b->nodes[i].id) != 0 ||
            strcmp(a->nodes[i].type->behaviour, b->nodes[i].type->behaviour) != 0) {
            return say_different(diagnostics, b->nodes[i].object.pointer,
                                 "this node is another one");
        }
    }
    for (uint32_t i = 0; i < a->edge_count; i++) {
        if (strcmp(a->edges[i].name, b->edges[i].name) != 0) {
            return say_different(diagnostics, b->edges[i].object.pointer,
                                 "this edge is another one");
        }
    }
    for (uint32_t i = 0; i < a->node_count; i++) {
        const ss_sim_node *had = &old->built.sim.nodes[i];
        const ss_sim_node *has = &fresh->built.sim.nodes[i];
        if (had->discipline != has->discipline ||
            shares(&old->built.sim, had) != shares(&fresh->built.sim, has) ||
            (had->vacation == NULL) != (has->vacation == NULL) ||
            (had->flags & SS_NODE_BATCHES) != (has->flags & SS_NODE_BATCHES)) {
            return say_different(diagnostics, b->nodes[i].object.pointer,
                                 "this node serves in another order");
        }
    }
    if (old->built.sim.class_count != fresh->built.sim.class_count) {
        return say_different(diagnostics, "/nodes", "operations came or went");
    }
    return true;
}

/// Faults are added behind the old ones: those are in the middle of their times.
static bool same_faults(const ss_run *old, const ss_run *fresh, ss_diagnostics *diagnostics) {
    const ss_sim *a = &old->built.sim;
    const ss_sim *b = &fresh->built.sim;
    for (uint32_t i = 0; i < a->fault_count; i++) {
        const bool same = i < b->fault_count && a->faults[i].kind == b->faults[i].kind &&
                          a->faults[i].edge == b->faults[i].edge &&
                          a->faults[i].node_count == b->faults[i].node_count &&
                          (a->faults[i].node_count == 0u ||
                           a->faults[i].nodes[0] == b->faults[i].nodes[0]);
        if (!same)
            return say_different(diagnostics, "/faults", "a fault went, or came before others");
    }
    return true;
}

/// Classes are made in the same order from the same structure; their programs must have the same
/// shape, so that a request in the middle of one finds its place.
static bool same_programs(const ss_run *old, const ss_run *fresh, ss_diagnostics *diagnostics) {
    const ss_sim *a = &old->built.sim;
    const ss_sim *b = &fresh->built.sim;
    for (uint32_t i = 0; i < a->class_count; i++) {
        if (a->classes[i].node != b->classes[i].node ||
            a->classes[i].program != b->classes[i].program ||
            strcmp(old->built.class_operations[i], fresh->built.class_operations[i]) != 0) {
            return say_different(diagnostics, "/nodes", "the steps of an operation are others");
        }
    }
    for (uint32_t i = 0; i < a->program_count; i++) {
        if (a->program_count != b->program_count || a->program[i].opcode != b->program[i].opcode ||
            a->program[i].edge != b->program[i].edge || a->program[i].jump != b->program[i].jump) {
            return say_different(diagnostics, "/nodes", "the steps of an operation are others");
        }
    }
    return true;
}

// --- Moving the state ----------------------------------------------------------------------------

static ss_status copy_array(const ss_allocator *allocator, void **into, size_t into_bytes,
                            const void *from, size_t used_bytes, size_t capacity_bytes) {
    void *copy = ss_reallocate(allocator, *into, into_bytes, capacity_bytes);
    if (!copy) return SS_ERROR_MEMORY;
    memcpy(copy, from, used_bytes);
    *into = copy;
    return SS_OK;
}

/// The same for blocks that begin a cache line.
static ss_status copy_lines(const ss_allocator *allocator, void **into, size_t into_bytes,
                            const void *from, size_t used_bytes, size_t capacity_bytes) {
    void *copy = ss_reallocate_lines(allocator, *into, into_bytes, capacity_bytes);
    if (!copy) return SS_ERROR_MEMORY;
    if (used_bytes > 0u) memcpy(copy, from, used_bytes);
    *into = copy;
    return SS_OK;
}

/// Old group index → new one. Replicas that are no more get groups of their own at the end, which
/// no request is sent to, so that they finish what they have.
static ss_status move_groups(const ss_sim *old, ss_sim *sim, uint32_t *map) {
    uint32_t extra = 0;
    for (uint32_t n = 0; n < sim->node_count; n++) {
        const uint32_t had = old->nodes[n].group_count;
        if (had > sim->nodes[n].group_count) extra += had - sim->nodes[n].group_count;
    }
    // Groups of replicas that an earlier fork has retired are carried on too.
    uint32_t in_nodes = 0;
    for (uint32_t n = 0; n < old->node_count; n++) in_nodes += old->nodes[n].group_count;
    extra += old->group_count - in_nodes;
    const uint32_t fresh_count = sim->group_count;
    ss_group *groups =
        ss_reallocate_lines(&sim->allocator, sim->groups,
                            ((size_t)fresh_count + 1u) * sizeof(ss_group),
                            ((size_t)fresh_count + extra + 1u) * sizeof(ss_group));
    if (!groups) return SS_ERROR_MEMORY;
    sim->groups = groups;
    for (uint32_t i = 0; i < old->group_count; i++) {
        const ss_group *from = &old->groups[i];
        const ss_sim_node *had = &old->nodes[from->node];
        const ss_sim_node *has = &sim->nodes[from->node];
        const uint32_t nth = i - had->group_first;
        const bool stays =
            i >= had->group_first && nth < had->group_count && nth < has->group_count;
        map[i] = stays ? has->group_first + nth : sim->group_count++;
        ss_group *into = &groups[map[i]];
        const ss_group fresh = *into;
        *into = *from;
        if (!stays) continue;
        into->places = fresh.places;
        into->queue_capacity = fresh.queue_capacity;
        into->cores = fresh.cores;
    }
    return SS_OK;
}

static void move_node(const ss_sim_node *from, ss_sim_node *into) {
    into->next_group = into->group_count > 0u ? from->next_group % into->group_count : 0u;
    into->time_factor =
        into->own_time_factor *
        (from->own_time_factor > 0.0 ? from->time_factor / from->own_time_factor : 1.0);
    into->extra_errors = from->extra_errors;
    into->flags = (into->flags & ~(uint32_t)SS_NODE_IS_PAUSED) | (from->flags & SS_NODE_IS_PAUSED);
    into->down = from->down;
    into->paused = from->paused;
    into->limit_tokens = ss_min(from->limit_tokens, into->limit_burst);
    if (!(from->limit_rate > 0.0)) into->limit_tokens = into->limit_burst;
    into->limit_since_ns = from->limit_since_ns;
    memcpy(into->now, from->now, sizeof into->now);
    memcpy(into->area, from->area, sizeof into->area);
    into->since_ns = from->since_ns;
    into->cores_busy = from->cores_busy;
    into->service = from->service;
    into->route = from->route;
    into->balance_random = from->balance_random;
    into->patience_random = from->patience_random;
}

static void move_edge(const ss_sim_edge *from, ss_sim_edge *into) {
    memcpy(into->link_free_ns, from->link_free_ns, sizeof into->link_free_ns);
    memcpy(into->breaker_calls, from->breaker_calls, sizeof into->breaker_calls);
    memcpy(into->breaker_failures, from->breaker_failures, sizeof into->breaker_failures);
    memcpy(into->cut, from->cut, sizeof into->cut);
    if (into->breaker_errors > 0.0) {
        into->breaker_state = from->breaker_state;
        into->breaker_until_ns = from->breaker_until_ns;
        into->breaker_probing = from->breaker_probing;
        into->breaker_slice_at =
            from->breaker_slice_ns == into->breaker_slice_ns ? from->breaker_slice_at : 0;
    }
    if (from->has_budget) into->budget_tokens = from->budget_tokens;
    into->extra_loss = from->extra_loss;
    into->in_flight = from->in_flight;
    into->retries = from->retries;
    into->timeouts = from->timeouts;
    into->breaker_opened = from->breaker_opened;
    into->lost = from->lost;
    into->hedges = from->hedges;
    into->latency_random = from->latency_random;
    into->retry_random = from->retry_random;
    into->loss_random = from->loss_random;
    ss_sim_update_edge(into);
}

static ss_status move_tasks(const ss_sim *old, ss_sim *sim, const uint32_t *map) {
    if (!sim->needs_side && sim->side) {
        ss_deallocate(&sim->allocator, sim->side, sim->task_capacity * sizeof(ss_task_side));
        sim->side = NULL;
    }
    ss_status status = copy_lines(
        &sim->allocator, (void **)&sim->tasks, sim->task_capacity * sizeof(ss_task), old->tasks,
        old->task_count * sizeof(ss_task), old->task_capacity * sizeof(ss_task));
    if (status) return status;
    if (sim->needs_side) {
        const size_t had = sim->side ? sim->task_capacity * sizeof(ss_task_side) : 0u;
        status = copy_array(&sim->allocator, (void **)&sim->side, had, old->side,
                            old->task_count * sizeof(ss_task_side),
                            old->task_capacity * sizeof(ss_task_side));
    }
    sim->task_capacity = old->task_capacity;
    sim->task_count = old->task_count;
    sim->task_free = old->task_free;
    sim->tasks_live = old->tasks_live;
    for (uint32_t i = 0; i < sim->task_count; i++) {
        if (sim->tasks[i].group < old->group_count) sim->tasks[i].group = map[sim->tasks[i].group];
    }
    return status;
}

static ss_status move_events(const ss_sim *old, ss_sim *sim, const uint32_t *map) {
    while (sim->queue.capacity < old->queue.count) {
        if (!ss_sim_reserve_events(sim)) return SS_ERROR_MEMORY;
    }
    memcpy(sim->queue.events, old->queue.events, old->queue.count * sizeof(ss_event));
    sim->queue.count = old->queue.count;
    sim->queue.next_seq = old->queue.next_seq;
    sim->queue.has_hole = old->queue.has_hole;
    for (uint32_t i = 0; i < sim->queue.count; i++) {
        ss_event *event = &sim->queue.events[i];
        if (event->payload >> 28u != SS_EVENT_GROUP) continue;
        event->payload =
            ((uint32_t)SS_EVENT_GROUP << 28u) | map[event->payload & SS_EVENT_INDEX_MAX];
    }
    return SS_OK;
}

/// What the series had taken from their pools; the new engine has taken nothing yet.
static ss_status move_cold(const ss_sim *old, ss_sim *sim) {
    const size_t batches_bytes = old->cold_capacity * sizeof(ss_batches);
    const size_t histograms_bytes = old->cold_capacity * sizeof(ss_histogram);
    if (old->cold_capacity == 0u) return SS_OK;
    assert(sim->cold_capacity == 0u);
    ss_batches *batches = ss_allocate(&sim->allocator, batches_bytes);
    ss_histogram *histograms = ss_allocate(&sim->allocator, histograms_bytes);
    if (!batches || !histograms) {
        ss_deallocate(&sim->allocator, batches, batches_bytes);
        ss_deallocate(&sim->allocator, histograms, histograms_bytes);
        return SS_ERROR_MEMORY;
    }
    memcpy(batches, old->batches, old->cold_count * sizeof(ss_batches));
    memcpy(histograms, old->series_histograms, old->cold_count * sizeof(ss_histogram));
    sim->batches = batches;
    sim->series_histograms = histograms;
    sim->cold_capacity = old->cold_capacity;
    sim->cold_count = old->cold_count;
    return SS_OK;
}

static void move_counts(const ss_class *old, ss_class *class) {
    class->arrivals = old->arrivals;
    memcpy(class->outcomes, old->outcomes, sizeof class->outcomes);
    class->responses = old->responses;
    class->in_system = old->in_system;
}

static ss_status move_statistics(const ss_sim *old, ss_sim *sim) {
    memcpy(sim->watches, old->watches, old->watch_count * sizeof(ss_quantile_watch));
    memcpy(sim->series, old->series, old->series_count * sizeof(ss_series));
    memcpy(sim->intervals, old->intervals, (old->node_count + 1u) * sizeof(ss_interval));
    for (uint32_t i = 0; i < sim->stats_count; i++) move_counts(&old->classes[i], &sim->classes[i]);
    ss_status status = move_cold(old, sim);
    if (status) return status;
    const size_t chunk = sizeof *sim->histograms.chunks;
    status = copy_lines(
        &sim->allocator, (void **)&sim->histograms.chunks, sim->histograms.capacity * chunk,
        old->histograms.chunks, old->histograms.count * chunk, old->histograms.capacity * chunk);
    if (status) return status;
    sim->histograms.count = old->histograms.count;
    sim->histograms.capacity = old->histograms.capacity;
    for (uint32_t i = 0; i < sim->edge_count; i++) {
        if (old->edges[i].series == sim->edges[i].series) continue;
        sim->edges[i].series = old->edges[i].series;
        ss_sim_own_series(sim, i); // one of the two designs does more than this call
    }
    return SS_OK;
}

static void move_numbers(const ss_sim *old, ss_sim *sim) {
    sim->now_ns = old->now_ns;
    sim->events = old->events;
    sim->trace_hash = old->trace_hash;
    sim->next_order = old->next_order;
    sim->moves_one_in = old->moves_one_in;
    for (uint32_t i = 0; i < sim->node_count; i++) {
        move_node(&old->nodes[i], &sim->nodes[i]);
        if (old->nodes[i].state_size == sim->nodes[i].state_size) {
            memcpy(sim->state + sim->nodes[i].state_offset, old->state + old->nodes[i].state_offset,
                   sim->nodes[i].state_size);
        }
    }
    for (uint32_t i = 0; i < sim->edge_count; i++) {
        move_edge(&old->edges[i], &sim->edges[i]);
        sim->edges[i].calls = ss_sim_calls(old, i);
    }
    ss_sim_update_clients(sim);
}

/// Faults that both designs have go on; further ones are new and begin when they are due.
static ss_status move_faults(const ss_run *old, ss_run *fresh, const ss_sim_fault *built,
                             uint32_t count) {
    ss_sim *sim = &fresh->built.sim;
    const ss_sim *from = &old->built.sim;
    sim->fault_count = 0;
    for (uint32_t i = 0; i < from->fault_count && i < count; i++) {
        ss_sim_fault fault = built[i];
        fault.is_active = from->faults[i].is_active;
        fault.random = from->faults[i].random;
        if (fault.is_active && fault.kind == SS_FAULT_LATENCY && fault.edge != SS_NO_INDEX) {
            sim->edges[fault.edge].extra_latency =
                fault.latency; // the old one dies with its design
        }
        sim->faults[sim->fault_count++] = fault; // its event is in the queue already
    }
    for (uint32_t i = from->fault_count; i < count; i++) {
        const ss_status status = ss_sim_add_fault(sim, built[i]);
        if (status) return status;
    }
    return SS_OK;
}

static ss_status move_run(const ss_run *old, ss_run *fresh) {
    fresh->time_ns = old->time_ns;
    fresh->warmup_ns = old->warmup_ns;
    fresh->warmup_check_ns = old->warmup_check_ns;
    fresh->is_warm = old->is_warm;
    fresh->interval_ns = old->interval_ns;
    fresh->next_sample_ns = old->next_sample_ns;
    memcpy(fresh->samples, old->samples, old->built.sim.node_count * sizeof(ss_sample));
    memcpy(fresh->edge_samples, old->edge_samples,
           old->built.sim.edge_count * sizeof(ss_edge_sample));
    const size_t row = fresh->column_count * sizeof(double);
    if (old->row_count == 0u) return SS_OK;
    const ss_status status =
        copy_array(&fresh->allocator, (void **)&fresh->rows, fresh->row_capacity * row, old->rows,
                   old->row_count * row, old->row_capacity * row);
    if (status) return status;
    fresh->row_count = old->row_count;
    fresh->row_capacity = old->row_capacity;
    return SS_OK;
}

static ss_status move_state(const ss_run *old, ss_run *fresh) {
    ss__run_count_pending(old);
    if (!ss__run_gather_events(old)) return SS_ERROR_MEMORY;
    const ss_sim *from = &old->built.sim;
    ss_sim *sim = &fresh->built.sim;
    const size_t map_bytes = ((size_t)from->group_count + 1u) * sizeof(uint32_t);
    const uint32_t built_count = sim->fault_count;
    const size_t fault_bytes = ((size_t)built_count + 1u) * sizeof(ss_sim_fault);
    uint32_t *map = ss_allocate_zeroed(&fresh->allocator, map_bytes);
    ss_sim_fault *built = ss_allocate_zeroed(&fresh->allocator, fault_bytes);
    ss_status status = map && built ? SS_OK : SS_ERROR_MEMORY;
    const bool wants_side = sim->needs_side != 0u;
    sim->needs_side =
        from->needs_side; // what was not kept cannot be moved: it is read off the events below
    if (!status && built_count > 0u) memcpy(built, sim->faults, built_count * sizeof(ss_sim_fault));
    if (!status) status = move_groups(from, sim, map);
    if (!status) status = move_tasks(from, sim, map);
    if (!status) status = move_events(from, sim, map);
    if (!status) {
        status = ss_handlers_move(fresh->handlers, old->handlers, map, from->group_count);
    }
    if (!status) status = move_statistics(from, sim);
    if (!status) {
        move_numbers(from, sim);
        if (wants_side) status = ss_sim_add_side(sim);
    }
    if (!status) {
        status = move_run(old, fresh);
    }
    if (!status) status = move_faults(old, fresh, built, built_count);
    if (map) ss_deallocate(&fresh->allocator, map, map_bytes);
    if (built) ss_deallocate(&fresh->allocator, built, fault_bytes);
    return status;
}

ss_status ss_run_fork(const ss_run *run, const ss_design *changed, ss_diagnostics *diagnostics,
                      ss_run **out) {
    *out = NULL;
    const ss_run_options options = {
        .seed = run->seed, .has_seed = true, .duration_s = 0.0, .precision = run->precision};
    ss_run *fresh;
    ss_status status = ss_run_create(changed, options, &run->allocator, diagnostics, &fresh);
    if (status) return status;
    if (!same_structure(run, fresh, diagnostics) || !same_programs(run, fresh, diagnostics) ||
        !same_faults(run, fresh, diagnostics)) {
        status = SS_ERROR_INPUT;
    }
    if (!status) status = move_state(run, fresh);
    if (status) {
        ss_run_destroy(fresh);
        return status;
    }
    ss_built_resume(&fresh->built, &run->built);
    *out = fresh;
    return SS_OK;
}
