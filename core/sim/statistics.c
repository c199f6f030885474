/// Statistics of a run: counting what was recorded, forgetting the warm-up.
#include <string.h>

#include "sim/internal.h"

#define COLD_FIRST 16u

// --- Series --------------------------------------------------------------------------------------

static bool grow_cold(ss_sim *sim) {
    const uint32_t capacity = sim->cold_capacity ? sim->cold_capacity * 2u : COLD_FIRST;
    ss_histogram *histograms = ss_reallocate(&sim->allocator, sim->series_histograms,
                                             sim->cold_capacity * sizeof(ss_histogram),
                                             capacity * sizeof(ss_histogram));
    if (!histograms) return false;
    sim->series_histograms = histograms;
    ss_batches *batches =
        ss_reallocate(&sim->allocator, sim->batches, sim->cold_capacity * sizeof(ss_batches),
                      capacity * sizeof(ss_batches));
    if (!batches && sim->cold_capacity == 0u) {
        ss_deallocate(&sim->allocator, histograms, capacity * sizeof(ss_histogram));
        sim->series_histograms = NULL;
        return false;
    }
    if (!batches) { // both arrays always have cold_capacity elements
        void *smaller = ss_reallocate(&sim->allocator, histograms, capacity * sizeof(ss_histogram),
                                      sim->cold_capacity * sizeof(ss_histogram));
        if (smaller) sim->series_histograms = smaller;
        return false;
    }
    sim->batches = batches;
    sim->cold_capacity = capacity;
    return true;
}

/// The first value of a series; false when memory is refused.
static bool begin_series(ss_sim *sim, ss_series *series, double ns) {
    if (series->cold1 == 0u) {
        if (sim->cold_count == sim->cold_capacity && !grow_cold(sim)) {
            sim->histograms.failed = true;
            return false;
        }
        sim->series_histograms[sim->cold_count] = (ss_histogram){{0}};
        sim->batches[sim->cold_count].batch_size = 0;
        sim->batches[sim->cold_count].count = 0;
        series->cold1 = ++sim->cold_count;
    }
    series->tally.origin = ns;
    series->tally.max = ns;
    series->batch_end = 1;
    return true;
}

static void close_batch(ss_sim *sim, ss_series *series) {
    ss_batches *batches = &sim->batches[series->cold1 - 1u];
    batches->open_sum = series->batch_sum;
    batches->filled = batches->batch_size ? batches->batch_size : 1u;
    ss__batches_close(batches);
    series->batch_sum = 0.0;
    series->batch_end += batches->batch_size ? batches->batch_size : 1u;
}

static void close_watch_batch(ss_quantile_watch *watch) {
    for (uint32_t i = 0; i < SS_WATCHED_QUANTILES; i++) {
        ss_batches_add(&watch->shares[i], (double)watch->below[i] / (double)SS_WATCH_BATCH);
        watch->below[i] = 0;
    }
    watch->filled = 0;
}

/// Counts which responses were below the thresholds of their client's quantiles.
static void watch_quantiles(ss_quantile_watch *watch, const uint32_t *responses_ns,
                            uint32_t count) {
    for (uint32_t at = 0; at < count;) { // up to the end of a batch at a time
        const uint32_t room = SS_WATCH_BATCH - watch->filled;
        const uint32_t end = room < count - at ? at + room : count;
        for (uint32_t i = 0; i < SS_WATCHED_QUANTILES; i++) {
            const int64_t threshold_ns = watch->thresholds_ns[i];
            uint32_t below = 0;
            for (uint32_t j = at; j < end; j++) below += responses_ns[j] <= threshold_ns ? 1u : 0u;
            watch->below[i] += below;
        }
        watch->filled += end - at;
        at = end;
        if (watch->filled == SS_WATCH_BATCH) close_watch_batch(watch);
    }
}

/// Adds values to the moments and the open batch of a series, at most as many as it has room for,
/// and notes their buckets: in loops without calls, which keep all in registers everywhere.
static inline void add_moments(ss_series *series, const uint32_t *durations_ns, uint32_t count,
                               uint32_t *buckets) {
    ss_tally tally = series->tally;
    double batch_sum = series->batch_sum;
    for (uint32_t i = 0; i < count; i++) {
        const double ns = durations_ns[i]; // whole: sums are exact up to 2^53
        const double d = ns - tally.origin;
        tally.sum += d;
        tally.sum_squares += d * d;
        if (ns > tally.max) tally.max = ns;
        batch_sum += ns;
        buckets[i] = ss__histogram_bucket(ns);
    }
    tally.count += count;
    series->batch_sum = batch_sum;
    series->tally = tally;
}

static inline void add_histogram(ss_sim *sim, ss_histogram *histogram, const uint32_t *buckets,
                                 uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        ss__histogram_count(&sim->histograms, histogram, buckets[i]);
    }
}

/// Puts the pending responses that the current interval of a client's timeline has, up to `end`,
/// into its histogram.
static void count_interval(ss_sim *sim, uint32_t client, const uint32_t *buckets, uint32_t end) {
    ss_interval *interval = &sim->intervals[client];
    add_histogram(sim, &interval->histogram, buckets + interval->from, end - interval->from);
    interval->has_counted = 1;
    interval->from = 0;
}

void ss__count_series(ss_sim *sim, uint32_t index) {
    ss_series *series = &sim->series[index];
    const uint32_t count = sim->pending_count[index];
    const uint32_t *durations_ns = sim->pending[index].duration_ns;
    uint32_t buckets[SS_PENDING_MAX];
    if (count == 0u) return;
    sim->pending_count[index] = 0;
    if (series->tally.count == 0u && !begin_series(sim, series, durations_ns[0])) {
        if (series->client1) sim->intervals[series->client1 - 1u].from = 0;
        return;
    }
    for (uint32_t i = 0; i < count;) { // up to the end of a batch at a time
        const uint64_t room = series->batch_end - series->tally.count;
        const uint32_t part = room < count - i ? (uint32_t)room : count - i;
        add_moments(series, durations_ns + i, part, buckets + i);
        if (series->tally.count == series->batch_end) close_batch(sim, series);
        i += part;
    }
    add_histogram(sim, &sim->series_histograms[series->cold1 - 1u], buckets, count);
    if (series->client1 == 0u) return;
    const uint32_t client = series->client1 - 1u;
    count_interval(sim, client, buckets, count);
    ss_quantile_watch *watch = &sim->watches[sim->nodes[client].watch1 - 1u];
    if (watch->is_set) watch_quantiles(watch, durations_ns, count);
}

void ss_sim_own_series(ss_sim *sim, uint32_t edge) {
    const uint32_t shared = sim->edges[edge].series;
    const uint32_t own = ss_sim_series_of_edge(sim, edge);
    if (shared == own) return;
    ss__count_series(sim, shared);
    sim->edges[edge].series = own;
    if (sim->series[shared].tally.count == 0u) return;
    ss_series *series = &sim->series[own];
    if (!begin_series(sim, series, 0.0)) return;
    const ss_series *from = &sim->series[shared];
    const uint32_t cold1 = series->cold1;
    *series = *from;
    series->cold1 = cold1;
    series->client1 = 0;
    sim->batches[cold1 - 1u] = sim->batches[from->cold1 - 1u];
    ss_histogram *histograms = sim->series_histograms;
    const ss_histogram_pool *pool = &sim->histograms;
    if (ss_histogram_merge(&sim->histograms, &histograms[cold1 - 1u], pool,
                           &histograms[from->cold1 - 1u])) {
        sim->histograms.failed = true;
    }
}

void ss_sim_count_visits(ss_sim *sim, uint32_t stats, uint32_t kind) {
    ss__count_series(sim, ss__series_of(stats, kind));
}

/// The interval's part of what is pending, as buckets; returns where they end.
static uint32_t interval_buckets(const ss_sim *sim, uint32_t client, uint32_t *buckets) {
    const uint32_t stats = sim->nodes[client].node_stats;
    if (stats == SS_NO_INDEX) return 0;
    const uint32_t series = ss__series_of(stats, SS_SERIES_RESPONSE);
    const uint32_t count = sim->pending_count[series];
    for (uint32_t i = sim->intervals[client].from; i < count; i++) {
        buckets[i] = ss__histogram_bucket((double)sim->pending[series].duration_ns[i]);
    }
    return count;
}

/// A few responses are sorted into a histogram that all clients share: it stays near the processor.
void ss_sim_take_interval(ss_sim *sim, uint32_t node, const double *q, uint32_t count,
                          double *out_ns) {
    uint32_t buckets[SS_PENDING_MAX];
    ss_interval *interval = &sim->intervals[node];
    const uint32_t end = interval_buckets(sim, node, buckets);
    ss_histogram *histogram = &sim->intervals[sim->node_count].histogram;
    if (interval->has_counted) histogram = &interval->histogram;
    add_histogram(sim, histogram, buckets + interval->from, end - interval->from);
    ss_histogram_quantiles(&sim->histograms, histogram, q, count, out_ns);
    ss_histogram_clear(&sim->histograms, histogram);
    interval->has_counted = 0;
    interval->from = end;
}

void ss__record_long(ss_sim *sim, uint32_t index, int64_t duration_ns) {
    ss__count_series(sim, index); // in the order in which they came
    ss_series *series = &sim->series[index];
    const double ns = (double)duration_ns;
    if (series->tally.count == 0u && !begin_series(sim, series, ns)) return;
    ss_tally_add(&series->tally, ns);
    series->batch_sum += ns;
    if (series->tally.count == series->batch_end) close_batch(sim, series);
    ss_histogram_add(&sim->histograms, &sim->series_histograms[series->cold1 - 1u], duration_ns);
    if (series->client1 == 0u) return;
    const uint32_t client = series->client1 - 1u;
    ss_histogram_add(&sim->histograms, &sim->intervals[client].histogram, duration_ns);
    sim->intervals[client].has_counted = 1;
    ss_quantile_watch *watch = &sim->watches[sim->nodes[client].watch1 - 1u];
    if (!watch->is_set) return;
    for (uint32_t i = 0; i < SS_WATCHED_QUANTILES; i++) {
        watch->below[i] += duration_ns <= watch->thresholds_ns[i] ? 1u : 0u;
    }
    if (++watch->filled == SS_WATCH_BATCH) close_watch_batch(watch);
}

void ss_sim_count_pending(ss_sim *sim) {
    if (!sim->has_pending) return;
    sim->has_pending = 0;
    for (uint32_t i = 0; i < sim->series_count; i++) {
        if (sim->pending_count[i] > 0u) ss__count_series(sim, i);
    }
}

const ss_histogram *ss_sim_histogram(const ss_sim *sim, const ss_series *series) {
    static const ss_histogram nothing;
    return series->cold1 == 0u ? &nothing : &sim->series_histograms[series->cold1 - 1u];
}

const ss_batches *ss_sim_batches(const ss_sim *sim, const ss_series *series) {
    static const ss_batches nothing;
    return series->cold1 == 0u ? &nothing : &sim->batches[series->cold1 - 1u];
}

void ss_node_count(ss_sim_node *node, uint32_t level, int64_t change, int64_t now_ns) {
    ss_node_catch_up(node, now_ns);
    node->now[level] = (uint32_t)(node->now[level] + change);
}

// --- The end of the warm-up ----------------------------------------------------------------------

static void series_reset(ss_sim *sim, ss_series *series) {
    series->tally = (ss_tally){0};
    series->batch_sum = 0.0;
    if (series->cold1 == 0u) return;
    ss_histogram_clear(&sim->histograms, &sim->series_histograms[series->cold1 - 1u]);
    sim->batches[series->cold1 - 1u].batch_size = 0;
    sim->batches[series->cold1 - 1u].count = 0;
}

static void level_reset(ss_level *level, int64_t now_ns) {
    level->area = 0.0;
    level->since_ns = now_ns;
}

void ss_sim_reset_stats(ss_sim *sim) {
    if (sim->code && sim->code->reset) sim->code->reset(sim->code->context);
    for (uint32_t i = 0; i < sim->node_count; i++) { // the timeline forgets nothing
        uint32_t buckets[SS_PENDING_MAX];
        if (!(sim->nodes[i].flags & SS_NODE_IS_CLIENT)) continue;
        count_interval(sim, i, buckets, interval_buckets(sim, i, buckets));
    }
    memset(sim->pending_count, 0, sim->series_count * sizeof(uint16_t));
    for (uint32_t i = 0; i < sim->stats_count; i++) sim->stats[i] = (ss_task_stats){0};
    for (uint32_t i = 0; i < sim->series_count; i++) series_reset(sim, &sim->series[i]);
    memset(sim->watches, 0, sim->watch_count * sizeof(ss_quantile_watch));
    for (uint32_t i = 0; i < sim->edge_count; i++) {
        ss_sim_edge *edge = &sim->edges[i];
        edge->calls = edge->retries = edge->timeouts = edge->breaker_opened = 0;
        edge->lost = edge->hedges = 0;
    }
    for (uint32_t i = 0; i < sim->node_count; i++) {
        ss_sim_node *node = &sim->nodes[i];
        memset(node->area, 0, sizeof node->area);
        node->since_ns = sim->now_ns;
        level_reset(&node->cores_busy, sim->now_ns);
    }
    for (uint32_t i = 0; i < sim->class_count; i++) {
        level_reset(&sim->classes[i].in_system, sim->now_ns);
    }
}
