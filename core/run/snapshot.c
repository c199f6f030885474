/// Snapshots and history. State is flat and holds indices, so a snapshot is a copy of the arrays;
/// slices end with nothing left to do at the instant, so the ready ring is always empty here.
#include <string.h>

#include "handlers/probe.h"
#include "run/internal.h"

#define REGIONS_MAX 24u

typedef struct region {
    void *start;
    size_t bytes;
} region;

struct ss_snapshot {
    ss_allocator allocator;
    size_t bytes; ///< of this whole block
    ss_diagnostics *findings;
    ss_sim sim;
    struct ss_run run;
    region regions[REGIONS_MAX]; ///< start counts from `data`
    uint32_t region_count;
    size_t handler_bytes; ///< of the handlers' state, behind the regions
    unsigned char data[];
};

static void add_region(region *regions, uint32_t *count, void *start, size_t elements,
                       size_t bytes) {
    if (start && elements > 0u) regions[(*count)++] = (region){start, elements * bytes};
}

/// Everything that changes while a run goes on, beside the two structs themselves.
static uint32_t list_regions(const ss_run *run, region *out) {
    const ss_sim *sim = &run->built.sim;
    uint32_t count = 0;
    add_region(out, &count, sim->tasks, sim->task_count, sizeof(ss_task));
    add_region(out, &count, sim->side, sim->needs_side ? sim->task_count : 0u,
               sizeof(ss_task_side));
    add_region(out, &count, sim->queue.events, sim->queue.count, sizeof(ss_event));
    add_region(out, &count, sim->nodes, sim->node_count, sizeof(ss_sim_node));
    add_region(out, &count, sim->groups, sim->group_count, sizeof(ss_group));
    add_region(out, &count, sim->edges, sim->edge_count, sizeof(ss_sim_edge));
    add_region(out, &count, sim->classes, sim->stats_count, sizeof(ss_class));
    add_region(out, &count, sim->series, sim->series_count, sizeof(ss_series));
    add_region(out, &count, sim->series_histograms, sim->cold_count, sizeof(ss_histogram));
    add_region(out, &count, sim->batches, sim->cold_count, sizeof(ss_batches));
    add_region(out, &count, sim->intervals, sim->node_count + 1u, sizeof(ss_interval));
    add_region(out, &count, sim->histograms.chunks, sim->histograms.count,
               sizeof *sim->histograms.chunks);
    add_region(out, &count, sim->watches, sim->watch_count, sizeof(ss_quantile_watch));
    add_region(out, &count, sim->state, sim->state_bytes, 1);
    add_region(out, &count, sim->faults, sim->fault_count, sizeof(ss_sim_fault));
    add_region(out, &count, run->rows, run->row_count, run->column_count * sizeof(double));
    add_region(out, &count, run->samples, sim->node_count, sizeof(ss_sample));
    add_region(out, &count, run->edge_samples, sim->edge_count, sizeof(ss_edge_sample));
    return count;
}

static ss_diagnostics *copy_findings(const ss_run *run, const ss_diagnostics *from) {
    ss_diagnostics *copy = ss_diagnostics_create(&run->allocator);
    for (size_t i = 0; copy && i < ss_diagnostics_count(from); i++) {
        const ss_diagnostic *each = ss_diagnostics_get(from, i);
        ss_diagnostics_add(copy, each->code, each->pointer, "%s", each->message);
    }
    return copy;
}

ss_status ss_run_snapshot(const ss_run *run, ss_snapshot **out) {
    region regions[REGIONS_MAX];
    ss__run_count_pending(run); // what is pending is in no region
    *out = NULL;
    if (!ss__run_gather_events(run)) return SS_ERROR_MEMORY;
    const uint32_t count = list_regions(run, regions);
    size_t bytes = sizeof(ss_snapshot);
    for (uint32_t i = 0; i < count; i++) bytes += regions[i].bytes;
    const size_t handler_bytes = ss_handlers_state_bytes(run->handlers);
    bytes += handler_bytes;
    ss_diagnostics *findings = copy_findings(run, run->diagnostics);
    ss_snapshot *snapshot = findings ? ss_allocate(&run->allocator, bytes) : NULL;
    *out = snapshot;
    if (!snapshot) {
        ss_diagnostics_destroy(findings);
        return SS_ERROR_MEMORY;
    }
    snapshot->allocator = run->allocator;
    snapshot->bytes = bytes;
    snapshot->findings = findings;
    snapshot->sim = run->built.sim;
    snapshot->run = *run;
    snapshot->region_count = count;
    unsigned char *at = snapshot->data;
    for (uint32_t i = 0; i < count; i++) {
        memcpy(at, regions[i].start, regions[i].bytes);
        snapshot->regions[i] = regions[i];
        at += regions[i].bytes;
    }
    snapshot->handler_bytes = handler_bytes;
    ss_handlers_write_state(run->handlers, at);
    return SS_OK;
}

/// Takes the engine's numbers from the snapshot and keeps the live arrays, which have only grown
/// since.
static void restore_sim(ss_sim *sim, const ss_sim *from) {
    const ss_sim live = *sim;
    *sim = *from;
    sim->tasks = live.tasks;
    sim->task_capacity = live.task_capacity;
    sim->side = live.side;
    sim->ready = live.ready;
    sim->ready_mask = live.ready_mask;
    sim->queue.events = live.queue.events;
    sim->queue.block = live.queue.block;
    sim->queue.block_bytes = live.queue.block_bytes;
    sim->queue.capacity = live.queue.capacity;
    sim->queue.calendar = live.queue.calendar;
    ss_sim_clear_calendar(sim);
    sim->faults = live.faults;
    sim->fault_capacity = live.fault_capacity;
    sim->series_histograms = live.series_histograms;
    sim->batches = live.batches;
    sim->cold_capacity = live.cold_capacity;
    sim->histograms.chunks = live.histograms.chunks;
    sim->histograms.capacity = live.histograms.capacity;
    sim->moves_one_in = live.moves_one_in; // who looks, looks on
    sim->move_count = 0;
    ss_sim_forget_pending(sim);
    sim->ready_head = sim->ready_tail = 0;
    if (live.needs_side && !from->needs_side) { // added since, by a pause
        ss_deallocate(&sim->allocator, live.side, live.task_capacity * sizeof(ss_task_side));
        sim->side = NULL;
    }
}

/// Warnings that came later are unsaid, or said again.
static ss_status restore_findings(ss_run *run, const ss_diagnostics *findings) {
    if (ss_diagnostics_count(run->diagnostics) == ss_diagnostics_count(findings)) return SS_OK;
    ss_diagnostics *kept = copy_findings(run, findings);
    if (!kept) return SS_ERROR_MEMORY;
    ss_diagnostics_destroy(run->diagnostics);
    run->diagnostics = kept;
    return SS_OK;
}

ss_status ss_run_restore(ss_run *run, const ss_snapshot *snapshot) {
    const ss_status status = restore_findings(run, snapshot->findings);
    if (status) return status;
    restore_sim(&run->built.sim, &snapshot->sim);
    const struct ss_run *from = &snapshot->run;
    run->time_ns = from->time_ns;
    run->warmup_ns = from->warmup_ns;
    run->warmup_check_ns = from->warmup_check_ns;
    run->is_warm = from->is_warm;
    run->is_done = from->is_done;
    run->is_precise = from->is_precise;
    run->precision_check_ns = from->precision_check_ns;
    run->status = from->status;
    run->next_sample_ns = from->next_sample_ns;
    run->row_count = from->row_count;
    region live[REGIONS_MAX];
    const uint32_t count = list_regions(run, live);
    const unsigned char *at = snapshot->data;
    for (uint32_t i = 0; i < count; i++) {
        memcpy(live[i].start, at, live[i].bytes);
        at += live[i].bytes;
    }
    return ss_handlers_read_state(run->handlers, at, snapshot->handler_bytes);
}

double ss_snapshot_time_s(const ss_snapshot *snapshot) {
    return (double)snapshot->run.time_ns / 1e9;
}

size_t ss_snapshot_bytes(const ss_snapshot *snapshot) {
    return snapshot->bytes;
}

void ss_snapshot_destroy(ss_snapshot *snapshot) {
    if (!snapshot) return;
    ss_diagnostics_destroy(snapshot->findings);
    const ss_allocator allocator = snapshot->allocator;
    ss_deallocate(&allocator, snapshot, snapshot->bytes);
}

// --- History -------------------------------------------------------------------------------------

/// Drops every second snapshot, but never the first, and keeps the next ones twice as far apart.
static void thin_history(ss_run *run) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < run->history_count; i++) {
        if (i % 2u == 0u) {
            run->history[kept++] = run->history[i];
        } else {
            run->history_bytes -= run->history[i]->bytes;
            ss_snapshot_destroy(run->history[i]);
        }
    }
    run->history_count = kept;
    run->history_spacing_ns *= 2;
}

static ss_status remember(ss_run *run) {
    if (run->history_count == run->history_capacity) {
        const uint32_t capacity = run->history_capacity ? run->history_capacity * 2u : 64u;
        ss_snapshot **history = ss_reallocate(&run->allocator, run->history,
                                              run->history_capacity * sizeof(ss_snapshot *),
                                              capacity * sizeof(ss_snapshot *));
        if (!history) return SS_ERROR_MEMORY;
        run->history = history;
        run->history_capacity = capacity;
    }
    ss_snapshot *snapshot;
    const ss_status status = ss_run_snapshot(run, &snapshot);
    if (status) return status;
    run->history[run->history_count++] = snapshot;
    run->history_bytes += snapshot->bytes;
    while (run->history_bytes > run->history_bytes_max && run->history_count > 2u)
        thin_history(run);
    run->history_next_ns = run->time_ns + run->history_spacing_ns;
    return SS_OK;
}

ss_status ss_run_keep_history(ss_run *run, size_t bytes_max) {
    run->history_bytes_max = bytes_max;
    run->history_spacing_ns = run->interval_ns;
    return remember(run);
}

ss_status ss__history_visit(ss_run *run) {
    if (run->history_bytes_max == 0u || run->time_ns < run->history_next_ns) return SS_OK;
    // After a rewind the coming snapshots are there already.
    const ss_snapshot *last = run->history[run->history_count - 1u];
    if (last->run.time_ns >= run->time_ns) return SS_OK;
    return remember(run);
}

void ss__history_destroy(ss_run *run) {
    for (uint32_t i = 0; i < run->history_count; i++) ss_snapshot_destroy(run->history[i]);
    ss_deallocate(&run->allocator, run->history, run->history_capacity * sizeof(ss_snapshot *));
}

/// Where the handlers' state lies in a snapshot.
static const uint8_t *handlers_of(const ss_snapshot *snapshot) {
    const unsigned char *at = snapshot->data;
    for (uint32_t i = 0; i < snapshot->region_count; i++) at += snapshot->regions[i].bytes;
    return at;
}

ss_status ss__history_before_input(ss_run *run, uint64_t n, uint64_t *inputs) {
    for (uint32_t i = run->history_count; i-- > 0u && run->handlers;) {
        *inputs = ss_handlers_inputs_of(handlers_of(run->history[i]));
        if (*inputs < n) return ss_run_restore(run, run->history[i]);
    }
    return SS_ERROR_LIMIT;
}

ss_status ss_run_rewind(ss_run *run, double time_s) {
    const int64_t time_ns = ss_time_from_seconds(time_s);
    const ss_snapshot *nearest = NULL;
    for (uint32_t i = 0; i < run->history_count; i++) {
        if (run->history[i]->run.time_ns <= time_ns) nearest = run->history[i];
    }
    if (!nearest) return SS_ERROR_LIMIT;
    const ss_status status = ss_run_restore(run, nearest);
    if (status || nearest->run.time_ns == time_ns) return status;
    return ss_run_advance(run, UINT64_MAX, time_s);
}
