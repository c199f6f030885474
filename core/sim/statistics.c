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
static void watch_quantiles(ss_quantile_watch *watch, const double *responses_ns, uint32_t count) {
    for (uint32_t at = 0; at < count;) { // up to the end of a batch at a time
        const uint32_t room = SS_WATCH_BATCH - watch->filled;
        const uint32_t end = room < count - at ? at + room : count;
        for (uint32_t i = 0; i < SS_WATCHED_QUANTILES; i++) {
            const double threshold_ns = (double)watch->thresholds_ns[i];
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
static inline void add_moments(ss_series *series, const double *values_ns, uint32_t count,
                               uint32_t *buckets) {
    ss_tally tally = series->tally;
    double batch_sum = series->batch_sum;
    for (uint32_t i = 0; i < count; i++) {
        const double ns = values_ns[i]; // whole: sums are exact up to 2^53
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

/// Adds values to a series; their buckets are noted, too.
static void add_values(ss_sim *sim, uint32_t index, const double *values_ns, uint32_t count,
                       uint32_t *buckets) {
    ss_series *series = &sim->series[index];
    if (count == 0u) return;
    if (series->tally.count == 0u && !begin_series(sim, series, values_ns[0])) return;
    for (uint32_t i = 0; i < count;) { // up to the end of a batch at a time
        const uint64_t room = series->batch_end - series->tally.count;
        const uint32_t part = room < count - i ? (uint32_t)room : count - i;
        add_moments(series, values_ns + i, part, buckets + i);
        if (series->tally.count == series->batch_end) close_batch(sim, series);
        i += part;
    }
    ss_histogram *histogram = &sim->series_histograms[series->cold1 - 1u];
    ss__histogram_add_buckets(&sim->histograms, histogram, buckets, count);
}

// --- What is pending -----------------------------------------------------------------------------

/// As many entries are unpacked at once; a series' memory stays near for several such parts.
#define PART_MAX 128u

/// Entries, unpacked into the values of each series.
typedef struct part {
    double waits_ns[PART_MAX], services_ns[PART_MAX], responses_ns[PART_MAX];
    uint32_t visits, responses;
    uint32_t buckets[PART_MAX]; ///< of the series counted last
} part;

/// Unpacks answered visits, which is what there mostly is, up to the first other entry; returns how
/// many they are.
static inline uint32_t unpack_visits(const uint64_t *entries, uint32_t count, part *out) {
    uint32_t i = 0;
    for (; i < count && (entries[i] & (SS_ENTRY_RESPONSE | SS_ENTRY_UNANSWERED)) == 0u; i++) {
        const double wait_ns = (double)(int32_t)entries[i];
        const double service_ns = (double)(int32_t)(entries[i] >> 32u);
        out->waits_ns[i] = wait_ns;
        out->services_ns[i] = service_ns;
        out->responses_ns[i] = wait_ns + service_ns;
    }
    return i;
}

/// Unpacks entries from `at` on, up to `end`; returns where the next part begins.
static uint32_t unpack(const uint64_t *entries, uint32_t at, uint32_t end, part *out) {
    if (end - at > PART_MAX) end = at + PART_MAX;
    uint32_t visits = unpack_visits(entries + at, end - at, out);
    uint32_t responses = visits;
    at += visits;
    while (at < end) {
        const uint64_t entry = entries[at++];
        if (entry >= SS_ENTRY_LONG) {
            out->waits_ns[visits] = (double)(int64_t)(entry & SS_ENTRY_LOW);
            out->services_ns[visits++] = (double)(int64_t)entries[at++];
        } else if (entry >= SS_ENTRY_RESPONSE) {
            out->responses_ns[responses++] = (double)(int64_t)(entry & SS_ENTRY_LOW);
        } else {
            out->waits_ns[visits] = (double)(int32_t)(entry & INT32_MAX);
            out->services_ns[visits] = (double)(int32_t)(entry >> 32u);
            if ((entry & SS_ENTRY_UNANSWERED) == 0u) {
                out->responses_ns[responses++] = out->waits_ns[visits] + out->services_ns[visits];
            }
            visits++;
        }
    }
    out->visits = visits;
    out->responses = responses;
    return at;
}

static inline uint32_t pending_total(const ss_sim *sim) {
    return sim->stats_count + sim->edge_count;
}

/// The series of the response times that are pending: of a class or a total, or of an edge.
static inline uint32_t response_series(const ss_sim *sim, uint32_t pending) {
    if (pending < sim->stats_count) return ss__series_of(pending, SS_SERIES_RESPONSE);
    return ss_sim_series_of_edge(sim, pending - sim->stats_count);
}

/// Counts a part; the response times of a client are also its interval's, and watched.
static void count_part(ss_sim *sim, uint32_t pending, part *values, bool is_in_interval) {
    if (values->visits > 0u) {
        add_values(sim, ss__series_of(pending, SS_SERIES_WAIT), values->waits_ns, values->visits,
                   values->buckets);
        add_values(sim, ss__series_of(pending, SS_SERIES_SERVICE), values->services_ns,
                   values->visits, values->buckets);
    }
    const uint32_t index = response_series(sim, pending);
    add_values(sim, index, values->responses_ns, values->responses, values->buckets);
    const ss_series *series = &sim->series[index];
    if (series->client1 == 0u || series->tally.count == 0u) return;
    const uint32_t client = series->client1 - 1u;
    ss_interval *interval = &sim->intervals[client];
    if (is_in_interval) {
        ss_histogram_add_buckets(&sim->histograms, &interval->histogram, values->buckets,
                                 values->responses);
        interval->has_counted = 1;
    }
    ss_quantile_watch *watch = &sim->watches[sim->nodes[client].watch1 - 1u];
    if (watch->is_set) watch_quantiles(watch, values->responses_ns, values->responses);
}

/// From which pending entry on the responses belong to their client's interval; those of no client
/// to none.
static uint32_t interval_begin(const ss_sim *sim, uint32_t pending) {
    const uint32_t client1 = sim->series[response_series(sim, pending)].client1;
    return client1 == 0u ? UINT32_MAX : sim->intervals[client1 - 1u].from;
}

void ss__count_pending(ss_sim *sim, uint32_t pending) {
    const uint32_t count = sim->pending_count[pending];
    const uint64_t *entries = sim->pending[pending].entries;
    const uint32_t from = interval_begin(sim, pending);
    part values;
    for (uint32_t at = 0; at < count;) {
        const bool is_in_interval = at >= from;
        at = unpack(entries, at, is_in_interval || from > count ? count : from, &values);
        count_part(sim, pending, &values, is_in_interval);
    }
    sim->pending_count[pending] = 0;
    const uint32_t client1 = sim->series[response_series(sim, pending)].client1;
    if (client1 != 0u) sim->intervals[client1 - 1u].from = 0;
}

void ss__record_long(ss_sim *sim, uint32_t stats, const ss_task *task, bool is_answered) {
    const int64_t wait_ns = task->began_ns - task->arrived_ns;
    uint64_t *entries = sim->pending[stats].entries + sim->pending_count[stats];
    entries[0] = (uint64_t)wait_ns | SS_ENTRY_LONG;
    entries[1] = (uint64_t)(sim->now_ns - task->began_ns);
    sim->pending_count[stats] = (uint16_t)(sim->pending_count[stats] + 2u);
    if (sim->pending_count[stats] >= SS_PENDING_MAX) ss__count_pending(sim, stats);
    if (is_answered) ss__record_response(sim, stats, sim->now_ns - task->arrived_ns);
}

void ss_sim_count_pending(ss_sim *sim) {
    if (!sim->has_pending) return;
    sim->has_pending = 0;
    for (uint32_t i = 0; i < pending_total(sim); i++) {
        if (sim->pending_count[i] > 0u) ss__count_pending(sim, i);
    }
}

void ss_sim_count_responses(ss_sim *sim, uint32_t stats) {
    ss__count_pending(sim, sim->classes[stats].responses);
}

void ss_sim_forget_pending(ss_sim *sim) {
    memset(sim->pending_count, 0, pending_total(sim) * sizeof(uint16_t));
}

// --- Shared response times -----------------------------------------------------------------------

static void copy_series(ss_sim *sim, uint32_t from_index, uint32_t to_index) {
    const ss_series *from = &sim->series[from_index];
    ss_series *to = &sim->series[to_index];
    if (from->tally.count == 0u || !begin_series(sim, to, 0.0)) return;
    const uint32_t cold1 = to->cold1;
    *to = *from;
    to->cold1 = cold1;
    to->client1 = 0;
    sim->batches[cold1 - 1u] = sim->batches[from->cold1 - 1u];
    ss_histogram *histograms = sim->series_histograms;
    if (ss_histogram_merge(&sim->histograms, &histograms[cold1 - 1u], &sim->histograms,
                           &histograms[from->cold1 - 1u])) {
        sim->histograms.failed = true;
    }
}

void ss_sim_own_series(ss_sim *sim, uint32_t edge) {
    const uint32_t shared = sim->edges[edge].series;
    const uint32_t own = ss_sim_series_of_edge(sim, edge);
    if (shared == own) return;
    ss__count_pending(sim, shared / SS_SERIES_KINDS);
    sim->edges[edge].series = own;
    copy_series(sim, shared, own);
    const uint32_t client1 = sim->series[shared].client1;
    const uint32_t client_stats = sim->nodes[client1 - 1u].node_stats;
    ss_class *client = &sim->classes[client_stats];
    if (client->responses == client_stats) return;
    const uint32_t client_own = ss__series_of(client_stats, SS_SERIES_RESPONSE);
    sim->edges[edge].calls = client->arrivals;
    client->responses = client_stats;
    copy_series(sim, shared, client_own);
    sim->series[client_own].client1 = client1;
    sim->series[shared].client1 = 0;
}

uint64_t ss_sim_calls(const ss_sim *sim, uint32_t edge) {
    const uint32_t series = sim->edges[edge].series;
    if (series == ss_sim_series_of_edge(sim, edge)) return sim->edges[edge].calls;
    const uint32_t client_stats = sim->nodes[sim->series[series].client1 - 1u].node_stats;
    const ss_class *client = &sim->classes[client_stats];
    return client->responses == client_stats ? sim->edges[edge].calls : client->arrivals;
}

// --- The timeline's intervals --------------------------------------------------------------------

/// The buckets of the interval's responses that are pending; returns how many they are.
static uint32_t interval_buckets(const ss_sim *sim, uint32_t client, uint32_t *buckets) {
    const uint32_t stats = sim->nodes[client].node_stats;
    uint32_t count = 0;
    if (stats == SS_NO_INDEX) return 0;
    const uint32_t pending = sim->classes[stats].responses;
    const uint32_t end = sim->pending_count[pending];
    const uint64_t *entries = sim->pending[pending].entries;
    for (uint32_t at = sim->intervals[client].from; at < end; at++) {
        const uint64_t entry = entries[at];
        if (entry >= SS_ENTRY_LONG) {
            at++;
        } else if (entry >= SS_ENTRY_RESPONSE || (entry & SS_ENTRY_UNANSWERED) == 0u) {
            const uint64_t ns = entry >= SS_ENTRY_RESPONSE ? entry & SS_ENTRY_LOW
                                                           : (uint32_t)entry + (entry >> 32u);
            buckets[count++] = ss__histogram_bucket((double)(int64_t)ns);
        }
    }
    return count;
}

/// A few responses are sorted into a histogram that all clients share: it stays near the processor.
void ss_sim_take_interval(ss_sim *sim, uint32_t node, const double *q, uint32_t count,
                          double *out_ns) {
    uint32_t buckets[SS_PENDING_MAX];
    ss_interval *interval = &sim->intervals[node];
    const uint32_t pending = interval_buckets(sim, node, buckets);
    if (interval->has_counted) {
        ss_histogram_add_buckets(&sim->histograms, &interval->histogram, buckets, pending);
        ss_histogram_quantiles(&sim->histograms, &interval->histogram, q, count, out_ns);
        ss_histogram_clear(&sim->histograms, &interval->histogram);
    } else {
        ss_histogram_quantiles_of(&sim->histograms, &sim->intervals[sim->node_count].histogram,
                                  buckets, pending, q, count, out_ns);
    }
    const uint32_t stats = sim->nodes[node].node_stats;
    interval->has_counted = 0;
    interval->from = stats == SS_NO_INDEX ? 0u : sim->pending_count[sim->classes[stats].responses];
}

// --- Reading -------------------------------------------------------------------------------------

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
        ss_interval *interval = &sim->intervals[i];
        const uint32_t count = interval_buckets(sim, i, buckets);
        ss_histogram_add_buckets(&sim->histograms, &interval->histogram, buckets, count);
        interval->has_counted = 1;
        interval->from = 0;
    }
    ss_sim_forget_pending(sim);
    for (uint32_t i = 0; i < sim->stats_count; i++) {
        sim->classes[i].arrivals = 0;
        memset(sim->classes[i].outcomes, 0, sizeof sim->classes[i].outcomes);
    }
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
