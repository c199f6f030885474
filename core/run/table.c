/// The numbers of results, taken from the engine's statistics.
#include "base/math.h"
#include "run/internal.h"

double ss__level_area(const ss_level *level, int64_t now_ns) {
    return level->area + (double)level->now * (double)(now_ns - level->since_ns);
}

double ss__node_area(const ss_sim_node *node, uint32_t level, int64_t now_ns) {
    const ss_level alone = ss_node_level(node, level);
    return ss__level_area(&alone, now_ns);
}

const ss_class *ss__node_stats(const ss_run *run, uint32_t node) {
    const uint32_t index = run->built.sim.nodes[node].node_stats;
    return index == SS_NO_INDEX ? NULL : &run->built.sim.classes[index];
}

void ss__run_count_pending(const ss_run *run) {
    ss_sim_count_pending((ss_sim *)&run->built.sim);
}

bool ss__run_gather_events(const ss_run *run) {
    return ss_sim_gather_events((ss_sim *)&run->built.sim);
}

const ss_series *ss__response_series(const ss_run *run, uint32_t node) {
    const uint32_t index = run->built.sim.nodes[node].node_stats;
    if (index == SS_NO_INDEX) return NULL;
    ss_sim_count_responses((ss_sim *)&run->built.sim, index);
    return ss_sim_series(&run->built.sim, index, SS_SERIES_RESPONSE);
}

ss_status ss__class_lists_create(const ss_run *run, ss_class_lists *out) {
    const ss_sim *sim = &run->built.sim;
    out->bytes = ((size_t)sim->node_count + sim->class_count + 1u) * sizeof(uint32_t);
    out->first = ss_allocate_zeroed(&run->allocator, out->bytes);
    if (!out->first) return SS_ERROR_MEMORY;
    out->next = out->first + sim->node_count;
    for (uint32_t i = sim->class_count; i > 0u; i--) { // backwards, so that lists run forwards
        if (sim->classes[i - 1u].is_local) continue; // counts no visits
        const uint32_t node = sim->classes[i - 1u].node;
        out->next[i - 1u] = out->first[node];
        out->first[node] = i;
    }
    return SS_OK;
}

void ss__class_lists_destroy(const ss_run *run, ss_class_lists *lists) {
    ss_deallocate(&run->allocator, lists->first, lists->bytes);
    lists->first = lists->next = NULL;
}

static ss_summary summarize(const ss_run *run, const ss_series *series) {
    const ss_histogram_pool *pool = &run->built.sim.histograms;
    static const double shares[] = {0.50, 0.90, 0.95, 0.99, 0.999};
    double ns[5];
    ss_histogram_quantiles(pool, ss_sim_histogram(&run->built.sim, series), shares, 5, ns);
    return (ss_summary){
        .mean = ss_tally_mean(&series->tally) / 1e9,
        .ci95 = ss_batches_half_width(ss_sim_batches(&run->built.sim, series), run->known) / 1e9,
        .sd = ss_tally_sd(&series->tally) / 1e9,
        .p50 = ns[0] / 1e9,
        .p90 = ns[1] / 1e9,
        .p95 = ns[2] / 1e9,
        .p99 = ns[3] / 1e9,
        .p999 = ns[4] / 1e9,
        .max = series->tally.count > 0u ? series->tally.max / 1e9 : SS_NAN,
        .count = (double)series->tally.count,
        .p50_ci95 = SS_NAN, .p95_ci95 = SS_NAN, .p99_ci95 = SS_NAN,
    };
}

/// From the statistics of an index; SS_NO_INDEX stands for none at all.
static void fill_from_stats(const ss_run *run, uint32_t index, double elapsed_s, ss_node_row *row) {
    static const ss_class no_stats;
    static const ss_series no_series;
    const ss_sim *sim = &run->built.sim;
    const bool has_stats = index != SS_NO_INDEX;
    const ss_class *stats = has_stats ? &sim->classes[index] : &no_stats;
    row->arrivals = (double)stats->arrivals;
    row->completions = (double)stats->outcomes[SS_OUTCOME_OK];
    row->throughput = elapsed_s > 0.0 ? row->completions / elapsed_s : 0.0;
    ss_summary *const rows[SS_SERIES_KINDS] = {&row->wait, &row->service, &row->response};
    for (uint32_t i = 0; i < SS_SERIES_KINDS; i++) {
        *rows[i] = summarize(run, has_stats ? ss_sim_series(sim, index, i) : &no_series);
    }
    double failed = 0.0;
    for (uint32_t i = 1; i < SS_OUTCOME_COUNT; i++) {
        row->errors[i] = (double)stats->outcomes[i];
        failed += row->errors[i];
    }
    const double ended = row->completions + failed;
    row->error_ratio = ended > 0.0 ? failed / ended : 0.0;
}

static double cost_per_hour(const ss_run *run, uint32_t node) {
    const ss_object *object = &run->design->nodes[node].object;
    const ss_value *instance = ss_object_find(object, "instance");
    if (!instance || !instance->objects) return 0.0;
    return ss_object_get(instance->objects, "price_per_hour")->number *
           ss_object_get(object, "replicas")->number;
}

static void fill_node(const ss_run *run, uint32_t index, double elapsed_s, ss_node_row *row) {
    const ss_sim_node *node = &run->built.sim.nodes[index];
    fill_from_stats(run, node->node_stats, elapsed_s, row);
    if (node->watch1 != 0u) ss__quantile_intervals(run, index, &row->response);
    const double elapsed_ns = elapsed_s * 1e9;
    const double share = elapsed_ns > 0.0 ? 1.0 / elapsed_ns : 0.0;
    row->in_system = ss__node_area(node, SS_LEVEL_SYSTEM, run->time_ns) * share;
    row->in_queue = ss__node_area(node, SS_LEVEL_QUEUE, run->time_ns) * share;
    const bool is_delay = !ss_is_finite(node->places_total);
    const double busy_area = ss__node_area(node, SS_LEVEL_BUSY, run->time_ns);
    row->utilization = is_delay ? SS_NAN : busy_area * share / node->places_total;
    row->core_utilization =
        node->cores_total > 0.0
            ? ss__level_area(&node->cores_busy, run->time_ns) * share / node->cores_total
            : SS_NAN;
    row->cost_per_hour = cost_per_hour(run, index);
}

ss_status ss__table_create(const ss_run *run, ss_table *out) {
    ss__run_count_pending(run);
    const ss_sim *sim = &run->built.sim;
    *out = (ss_table){
        .node_count = sim->node_count, .class_count = sim->class_count,
        .edge_count = sim->edge_count, .replications = 1, .allocator = run->allocator,
        .warmup_s = (double)run->warmup_ns / 1e9, .simulated_s = (double)run->time_ns / 1e9,
        .events = (double)sim->events, .events_all = sim->events,
        .trace_hash = sim->trace_hash, .seed = run->seed,
    };
    out->nodes = ss_allocate_zeroed(&run->allocator, (sim->node_count + 1u) * sizeof(ss_node_row));
    out->classes =
        ss_allocate_zeroed(&run->allocator, (sim->class_count + 1u) * sizeof(ss_node_row));
    out->edges = ss_allocate_zeroed(&run->allocator, (sim->edge_count + 1u) * sizeof(ss_edge_row));
    if (!out->nodes || !out->classes || !out->edges) {
        ss__table_destroy(out);
        return SS_ERROR_MEMORY;
    }
    const double elapsed_s = (double)(run->time_ns - run->warmup_ns) / 1e9;
    for (uint32_t i = 0; i < sim->node_count; i++) fill_node(run, i, elapsed_s, &out->nodes[i]);
    for (uint32_t i = 0; i < sim->class_count; i++) {
        const ss_class *class = &sim->classes[i];
        fill_from_stats(run, i, elapsed_s, &out->classes[i]);
        out->classes[i].in_system =
            class->has_total && elapsed_s > 0.0
                ? ss__level_area(&class->in_system, run->time_ns) / (elapsed_s * 1e9)
                : out->nodes[class->node].in_system;
    }
    for (uint32_t i = 0; i < sim->edge_count; i++) {
        const ss_sim_edge *edge = &sim->edges[i];
        out->edges[i] = (ss_edge_row){
            .calls = (double)ss_sim_calls(sim, i),
            .retries = (double)edge->retries,
            .timeouts = (double)edge->timeouts,
            .lost = (double)edge->lost,
            .hedges = (double)edge->hedges,
            .breaker_opened = (double)edge->breaker_opened,
            .latency = summarize(run, &sim->series[edge->series]),
        };
    }
    return SS_OK;
}

void ss__table_destroy(ss_table *table) {
    ss_deallocate(&table->allocator, table->nodes, (table->node_count + 1u) * sizeof(ss_node_row));
    ss_deallocate(&table->allocator, table->classes,
                  (table->class_count + 1u) * sizeof(ss_node_row));
    ss_deallocate(&table->allocator, table->edges, (table->edge_count + 1u) * sizeof(ss_edge_row));
    table->nodes = NULL;
    table->classes = NULL;
    table->edges = NULL;
}
