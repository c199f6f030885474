/// The timeline (a row each interval), the live frame, and their description.
#include <string.h>

#include "base/math.h"
#include "run/internal.h"

/// Rows of a run whose document does not say the interval; fewer where a row is very wide.
#define ROWS_WANTED 240.0
#define ROWS_WANTED_WIDE 60.0
#define WIDE_NODES 200u

static bool is_client(const ss_run *run, uint32_t node) {
    return (run->built.sim.nodes[node].flags & SS_NODE_IS_CLIENT) != 0u;
}

/// The nearest of 1, 2, 5, 10, 20 … times a nanosecond that is not below.
static int64_t round_up_interval(double wanted_ns) {
    double step = 1.0;
    for (;;) {
        if (step >= wanted_ns) break;
        if (step * 2.0 >= wanted_ns) return (int64_t)(step * 2.0);
        if (step * 5.0 >= wanted_ns) return (int64_t)(step * 5.0);
        step *= 10.0;
    }
    return (int64_t)step;
}

ss_status ss__timeline_create(ss_run *run) {
    const ss_sim *sim = &run->built.sim;
    const ss_value *interval = ss_object_get(&run->design->run, "sample_interval");
    const double rows = sim->node_count > WIDE_NODES ? ROWS_WANTED_WIDE : ROWS_WANTED;
    run->interval_ns = interval->is_set ? ss_time_from_seconds(interval->number)
                                        : round_up_interval((double)run->duration_ns / rows);
    if (run->interval_ns < run->duration_ns / 100000) run->interval_ns = run->duration_ns / 100000;
    if (run->interval_ns < 1) run->interval_ns = 1;
    run->next_sample_ns = run->interval_ns;
    run->column_count = 1u + sim->node_count * SS_NODE_COLUMNS;
    for (uint32_t i = 0; i < sim->node_count; i++) {
        if (is_client(run, i)) run->column_count += SS_CLIENT_COLUMNS;
    }
    run->samples = ss_allocate_zeroed(&run->allocator, (sim->node_count + 1u) * sizeof(ss_sample));
    run->edge_samples =
        ss_allocate_zeroed(&run->allocator, (sim->edge_count + 1u) * sizeof(ss_edge_sample));
    return run->samples && run->edge_samples ? SS_OK : SS_ERROR_MEMORY;
}

void ss__timeline_destroy(ss_run *run) {
    const ss_sim *sim = &run->built.sim;
    ss_deallocate(&run->allocator, run->samples, (sim->node_count + 1u) * sizeof(ss_sample));
    ss_deallocate(&run->allocator, run->edge_samples,
                  (sim->edge_count + 1u) * sizeof(ss_edge_sample));
    ss_deallocate(&run->allocator, run->rows,
                  (size_t)run->row_capacity * run->column_count * sizeof(double));
}

static ss_sample read_node(const ss_run *run, uint32_t node) {
    const ss_class *stats = ss__node_stats(run, node);
    const ss_sim_node *sim_node = &run->built.sim.nodes[node];
    ss_sample sample = {
        .busy_area = ss__node_area(sim_node, SS_LEVEL_BUSY, run->time_ns),
        .queue_area = ss__node_area(sim_node, SS_LEVEL_QUEUE, run->time_ns),
        .cores_area = ss__level_area(&sim_node->cores_busy, run->time_ns),
    };
    if (!stats) return sample;
    sample.completions = (double)stats->outcomes[SS_OUTCOME_OK];
    for (uint32_t i = 1; i < SS_OUTCOME_COUNT; i++) sample.errors += (double)stats->outcomes[i];
    return sample;
}

void ss__timeline_before_reset(ss_run *run) {
    for (uint32_t i = 0; i < run->built.sim.node_count; i++) {
        const ss_sample now = read_node(run, i);
        run->samples[i].busy_area -= now.busy_area;
        run->samples[i].queue_area -= now.queue_area;
        run->samples[i].cores_area -= now.cores_area;
        run->samples[i].completions -= now.completions;
        run->samples[i].errors -= now.errors;
    }
    for (uint32_t i = 0; i < run->built.sim.edge_count; i++) {
        run->edge_samples[i].calls -= (double)ss_sim_calls(&run->built.sim, i);
    }
}

static double *sample_node(ss_run *run, uint32_t node, double interval_s, double *column) {
    ss_sim *sim = &run->built.sim;
    ss_sample *last = &run->samples[node];
    ss_sample now = read_node(run, node);
    const double interval_ns = interval_s * 1e9;
    now.utilization =
        (now.busy_area - last->busy_area) / (interval_ns * sim->nodes[node].places_total);
    if (sim->nodes[node].cores_total > 0.0) { // whichever binds
        const double cores = (now.cores_area - last->cores_area) /
                             (interval_ns * sim->nodes[node].cores_total);
        now.utilization = ss_max(now.utilization, cores);
    }
    now.throughput = (now.completions - last->completions) / interval_s;
    *column++ = now.utilization;
    *column++ = (now.queue_area - last->queue_area) / interval_ns;
    *column++ = now.throughput;
    *column++ = (now.errors - last->errors) / interval_s;
    if (is_client(run, node)) {
        static const double shares[SS_CLIENT_COLUMNS] = {0.50, 0.99};
        double ns[SS_CLIENT_COLUMNS];
        ss_sim_take_interval(sim, node, shares, SS_CLIENT_COLUMNS, ns);
        now.p99 = ns[1] / 1e9;
        *column++ = ns[0] / 1e9;
        *column++ = now.p99;
    }
    *last = now;
    return column;
}

ss_status ss__timeline_sample(ss_run *run) {
    if (run->row_count == run->row_capacity) {
        const uint32_t capacity = run->row_capacity ? run->row_capacity * 2u : 64u;
        const size_t row_bytes = (size_t)run->column_count * sizeof(double);
        double *rows = ss_reallocate(&run->allocator, run->rows, run->row_capacity * row_bytes,
                                     capacity * row_bytes);
        if (!rows) return SS_ERROR_MEMORY;
        run->rows = rows;
        run->row_capacity = capacity;
    }
    const double interval_s = (double)run->interval_ns / 1e9;
    double *column = run->rows + (size_t)run->row_count * run->column_count;
    *column++ = (double)run->time_ns / 1e9;
    for (uint32_t i = 0; i < run->built.sim.node_count; i++) {
        column = sample_node(run, i, interval_s, column);
    }
    for (uint32_t i = 0; i < run->built.sim.edge_count; i++) {
        const double calls = (double)ss_sim_calls(&run->built.sim, i);
        run->edge_samples[i].rate = (calls - run->edge_samples[i].calls) / interval_s;
        run->edge_samples[i].calls = calls;
    }
    run->row_count++;
    run->next_sample_ns += run->interval_ns;
    return SS_OK;
}

size_t ss_run_timeline_rows(const ss_run *run) {
    return run->row_count;
}

size_t ss_run_timeline_columns(const ss_run *run) {
    return run->column_count;
}

const double *ss_run_timeline_row(const ss_run *run, size_t index) {
    return run->rows + index * run->column_count;
}

// --- Names of columns ----------------------------------------------------------------------------

static const char *const node_columns[SS_NODE_COLUMNS] = {"utilization", "in_queue", "throughput",
                                                          "errors"};
static const char *const client_columns[SS_CLIENT_COLUMNS] = {"p50", "p99"};

static const char *const frame_header[] = {"time_s", "events", "is_done", "warmup_s", "progress"};
static const char *const frame_node[] = {"utilization", "in_queue", "busy",   "places",
                                         "in_system",   "throughput", "p99",  "completions",
                                         "errors",      "replicas_down"};
static const char *const frame_edge[] = {"calls", "rate", "in_flight", "breaker_state"};
static const char *const frame_move[] = {"edge", "departed_s", "arrives_s", "kind"};
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static void write_names(ss_json_writer *json, const char *key, const char *const *names,
                        size_t count) {
    ss_json_add_key(json, key);
    ss_json_open_array(json);
    for (size_t i = 0; i < count; i++) ss_json_add_string(json, names[i]);
    ss_json_close(json);
}

/// Calls back with "nodes.ID.COLUMN" for each column after the time.
static void each_column(const ss_run *run, void (*each)(void *context, const char *name),
                        void *context) {
    ss_text name = ss_text_create(&run->allocator);
    for (uint32_t i = 0; i < run->design->node_count; i++) {
        const uint32_t count = SS_NODE_COLUMNS + (is_client(run, i) ? SS_CLIENT_COLUMNS : 0u);
        for (uint32_t c = 0; c < count; c++) {
            name.length = 0;
            ss_text_add_format(&name, "nodes.%s.%s", run->design->nodes[i].id,
                               c < SS_NODE_COLUMNS ? node_columns[c]
                                                   : client_columns[c - SS_NODE_COLUMNS]);
            if (name.bytes) each(context, name.bytes);
        }
    }
    ss_text_destroy(&name);
}

static void add_column_json(void *context, const char *name) {
    ss_json_add_string(context, name);
}

static void add_column_csv(void *context, const char *name) {
    ss_text_add_char(context, ',');
    ss_text_add(context, name);
}

ss_status ss_run_write_layout(const ss_run *run, ss_text *out) {
    ss_json_writer json = ss_json_writer_create(out);
    ss_json_open_object(&json);
    ss_json_add_key(&json, "frame");
    ss_json_open_object(&json);
    write_names(&json, "header", frame_header, COUNT_OF(frame_header));
    write_names(&json, "node", frame_node, COUNT_OF(frame_node));
    write_names(&json, "edge", frame_edge, COUNT_OF(frame_edge));
    write_names(&json, "move", frame_move, COUNT_OF(frame_move));
    ss_json_close(&json);
    ss_json_add_key(&json, "nodes");
    ss_json_open_array(&json);
    for (uint32_t i = 0; i < run->design->node_count; i++) {
        ss_json_add_string(&json, run->design->nodes[i].id);
    }
    ss_json_close(&json);
    ss_json_add_key(&json, "edges");
    ss_json_open_array(&json);
    for (uint32_t i = 0; i < run->design->edge_count; i++) {
        ss_json_add_string(&json, run->design->edges[i].name);
    }
    ss_json_close(&json);
    ss_json_add_key(&json, "timeline");
    ss_json_open_object(&json);
    ss_json_add_key(&json, "interval_s");
    ss_json_add_number(&json, (double)run->interval_ns / 1e9);
    ss_json_add_key(&json, "columns");
    ss_json_open_array(&json);
    ss_json_add_string(&json, "time_s");
    each_column(run, add_column_json, &json);
    ss_json_close(&json);
    ss_json_close(&json);
    ss_json_close(&json);
    return ss_text_status(out);
}

ss_status ss_run_write_timeline_csv(const ss_run *run, ss_text *out) {
    ss_text_add(out, "time_s");
    each_column(run, add_column_csv, out);
    ss_text_add_char(out, '\n');
    for (uint32_t row = 0; row < run->row_count; row++) {
        const double *values = ss_run_timeline_row(run, row);
        for (uint32_t i = 0; i < run->column_count; i++) {
            if (i > 0u) ss_text_add_char(out, ',');
            if (ss_is_finite(values[i])) ss_text_add_number(out, values[i]); // else an empty cell
        }
        ss_text_add_char(out, '\n');
    }
    return ss_text_status(out);
}

// --- Frame ---------------------------------------------------------------------------------------

size_t ss_run_frame_length(const ss_run *run) {
    return COUNT_OF(frame_header) + run->design->node_count * COUNT_OF(frame_node) +
           run->design->edge_count * COUNT_OF(frame_edge);
}

/// The p99 that the frame shows: a client's of the last interval, a node's since the warm-up. A
/// node's is looked up once a row, and only when somebody looks.
static double frame_p99(const ss_run *run, uint32_t index) {
    ss_sample *sample = &run->samples[index];
    if (is_client(run, index) || sample->p99_row == run->row_count) return sample->p99;
    const ss_sim *sim = &run->built.sim;
    const ss_series *series = ss__response_series(run, index);
    sample->p99_row = run->row_count;
    sample->p99 = series ? ss_histogram_quantile(&sim->histograms, ss_sim_histogram(sim, series),
                                                 0.99) / 1e9
                         : SS_NAN;
    return sample->p99;
}

static double *write_frame_node(const ss_run *run, uint32_t index, double *out) {
    const ss_sim *sim = &run->built.sim;
    const ss_sim_node *node = &sim->nodes[index];
    const ss_sample *sample = &run->samples[index];
    const ss_sample now = read_node(run, index);
    uint32_t down = 0;
    for (uint32_t i = 0; i < node->group_count; i++) {
        down += sim->groups[node->group_first + i].is_down ? 1u : 0u;
    }
    // Until there is a row of the timeline, the moment has to do.
    *out++ = run->row_count > 0u ? sample->utilization
                                 : (double)node->now[SS_LEVEL_BUSY] / node->places_total;
    *out++ = (double)node->now[SS_LEVEL_QUEUE];
    *out++ = (double)node->now[SS_LEVEL_BUSY];
    *out++ = node->places_total;
    *out++ = (double)node->now[SS_LEVEL_SYSTEM];
    *out++ = sample->throughput;
    *out++ = frame_p99(run, index);
    *out++ = now.completions;
    *out++ = now.errors;
    *out++ = (double)down;
    return out;
}

void ss_run_write_frame(const ss_run *run, double *out) {
    const ss_sim *sim = &run->built.sim;
    *out++ = ss_run_time_s(run);
    *out++ = (double)sim->events;
    *out++ = run->is_done ? 1.0 : 0.0;
    *out++ = run->is_warm ? (double)run->warmup_ns / 1e9 : SS_NAN;
    *out++ = (double)run->time_ns / (double)run->duration_ns;
    for (uint32_t i = 0; i < sim->node_count; i++) out = write_frame_node(run, i, out);
    for (uint32_t i = 0; i < sim->edge_count; i++) {
        const ss_sim_edge *edge = &sim->edges[i];
        *out++ = (double)edge->calls;
        *out++ = run->edge_samples[i].rate;
        *out++ = (double)edge->in_flight;
        *out++ = (double)edge->breaker_state;
    }
}

size_t ss_run_take_moves(ss_run *run, double *out, size_t groups_max, uint64_t *one_in) {
    ss_sim *sim = &run->built.sim;
    if (sim->moves_one_in == 0u) sim->moves_one_in = 1; // somebody looks from now on
    *one_in = sim->moves_one_in;
    size_t count = 0;
    for (uint32_t i = 0; i < sim->move_count && count < groups_max; i++, count++) {
        const ss_move *move = &sim->moves[i];
        *out++ = (double)move->edge;
        *out++ = (double)move->departed_ns / 1e9;
        *out++ = (double)move->arrives_ns / 1e9;
        *out++ = (double)move->kind;
    }
    // Sampling follows the traffic down again when the buffer stays nearly empty.
    if (sim->move_count < SS_MOVES_MAX / 8u && sim->moves_one_in > 1u) sim->moves_one_in /= 2u;
    sim->move_count = 0;
    return count;
}
