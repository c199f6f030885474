/// Clients: open load (requests come whatever happens) and closed load (users who wait and think).
#include <string.h>

#include "base/math.h"
#include "components/component.h"

typedef enum load_kind {
    LOAD_RATE,
    LOAD_INTERARRIVAL,
    LOAD_PATTERN,
    LOAD_TRACE,
    LOAD_MMPP,
    LOAD_MAP,
    LOAD_USERS
} load_kind;

typedef struct rate_point {
    int64_t at_ns;
    double rate_per_s;
} rate_point;

typedef struct mmpp_state {
    double rate_per_s;
    const ss_dist *duration;
} mmpp_state;

/// A way out of a state of a Markovian arrival process.
typedef struct map_exit {
    double cumulative; ///< probability of this way or an earlier one of the state
    uint32_t to;
    uint32_t arrives;
} map_exit;

typedef struct map_state {
    double rate_per_s; ///< of leaving by any way
    const map_exit *exits;
    uint32_t exit_count;
} map_state;

typedef struct trace_entry {
    int64_t at_ns;
    uint32_t class_index;
} trace_entry;

typedef struct mix_entry {
    double cumulative; ///< weight of this and the entries before it, of 1
    uint32_t class_index;
} mix_entry;

/// What the document says; never changes during a run.
typedef struct client_setup {
    load_kind kind;
    double rate_per_s;
    const ss_dist *interarrival;
    const ss_dist *think;
    const ss_dist *batch; ///< requests at each arrival; NULL = 1
    const rate_point *points;
    const mmpp_state *states;
    const map_state *map;
    const trace_entry *trace;
    mix_entry *mix;
    uint32_t point_count, state_count, trace_count, mix_count, users;
} client_setup;

/// What changes during a run. The usual client (a constant rate, one operation, one request at a
/// time) needs nothing else: a cache line of its own.
typedef struct client_state {
    ss_random arrival;
    double factor;         ///< of a spike; 1 usually
    double usual_rate_per_s; ///< of the usual client, from its setup; 0 = another one
    uint32_t usual_class;
    uint32_t surplus;       ///< users who are to leave when their request has ended
    uint32_t state;         ///< MMPP, MAP
    uint32_t next;          ///< trace: next entry
    int64_t state_until_ns; ///< MMPP: end of the current state
} client_state;

/// States passed without an arrival before the client is taken to be silent (all durations tiny).
#define MMPP_STATES_MAX 1000000u

// --- Arrivals ------------------------------------------------------------------------------------

/// When the next arrival of a rate that changes linearly between points comes: the unit-exponential
/// amount of integrated rate is used up piece by piece (inversion; Çinlar 1975).
static int64_t next_of_pattern(const client_setup *setup, client_state *state, int64_t now_ns) {
    double amount = ss_random_exponential(&state->arrival) / state->factor;
    double time_s = (double)now_ns * 1e-9;
    uint32_t i = 0;
    while (i < setup->point_count && setup->points[i].at_ns <= now_ns) i++;
    for (;; i++) {
        if (i == 0u ||
            i == setup->point_count) { // before the first point, after the last: constant
            const double rate = setup->points[i == 0u ? 0u : i - 1u].rate_per_s;
            const double end_s = i == 0u ? (double)setup->points[0].at_ns * 1e-9 : SS_INFINITY;
            const double area = rate * (end_s - time_s);
            if (rate > 0.0 && area >= amount) return ss_time_from_seconds(time_s + amount / rate);
            if (i == setup->point_count) return SS_TIME_MAX;
            amount -= rate > 0.0 ? area : 0.0;
            time_s = end_s;
            continue;
        }
        const double start_s = (double)setup->points[i - 1u].at_ns * 1e-9;
        const double end_s = (double)setup->points[i].at_ns * 1e-9;
        const double slope =
            (setup->points[i].rate_per_s - setup->points[i - 1u].rate_per_s) / (end_s - start_s);
        const double rate = setup->points[i - 1u].rate_per_s + slope * (time_s - start_s);
        const double length = end_s - time_s;
        const double area = (rate + 0.5 * slope * length) * length;
        if (area >= amount) {
            // rate·x + slope·x²/2 = amount, in the form that does not cancel
            const double root = ss_sqrt(ss_max(0.0, rate * rate + 2.0 * slope * amount));
            return ss_time_from_seconds(time_s + 2.0 * amount / (rate + root));
        }
        amount -= area;
        time_s = end_s;
    }
}

/// The next arrival of a Markov-modulated Poisson process: exponential at the rate of the state,
/// drawn afresh where a state ends (which the lack of memory allows).
static int64_t next_of_mmpp(const client_setup *setup, client_state *state, int64_t now_ns) {
    int64_t time_ns = now_ns;
    for (uint32_t guard = 0; guard < MMPP_STATES_MAX; guard++) {
        const double rate = setup->states[state->state].rate_per_s * state->factor;
        if (rate > 0.0) {
            const int64_t at_ns =
                time_ns + ss_time_from_seconds(ss_random_exponential(&state->arrival) / rate);
            if (at_ns < state->state_until_ns) return at_ns;
        }
        time_ns = state->state_until_ns;
        state->state = (state->state + 1u) % setup->state_count;
        const ss_dist *duration = setup->states[state->state].duration;
        state->state_until_ns =
            time_ns + ss_time_from_seconds(ss_dist_sample(duration, &state->arrival));
        if (state->state_until_ns >= SS_TIME_MAX) state->state_until_ns = SS_TIME_MAX - 1;
        if (time_ns >= SS_TIME_MAX - 1) break;
    }
    return SS_TIME_MAX;
}

/// The next arrival of a Markovian arrival process: from state to state until a change brings one.
static int64_t next_of_map(const client_setup *setup, client_state *state, int64_t now_ns) {
    int64_t time_ns = now_ns;
    for (uint32_t guard = 0; guard < MMPP_STATES_MAX && time_ns < SS_TIME_MAX; guard++) {
        const map_state *here = &setup->map[state->state];
        const double seconds =
            ss_random_exponential(&state->arrival) / (here->rate_per_s * state->factor);
        const double u = ss_random_unit(&state->arrival);
        uint32_t i = 0;
        while (i + 1u < here->exit_count && u >= here->exits[i].cumulative) i++;
        time_ns += ss_time_from_seconds(seconds);
        state->state = here->exits[i].to;
        if (here->exits[i].arrives) return time_ns;
    }
    return SS_TIME_MAX;
}

static void schedule_next(ss_sim *sim, uint32_t node) {
    const client_setup *setup = ss_sim_setup(sim, node);
    client_state *state = ss_sim_state(sim, node);
    int64_t at_ns = SS_TIME_MAX;
    switch (setup->kind) {
    case LOAD_RATE:
        if (setup->rate_per_s > 0.0) {
            at_ns = sim->now_ns + ss_time_from_seconds(ss_random_exponential(&state->arrival) /
                                                       (setup->rate_per_s * state->factor));
        }
        break;
    case LOAD_INTERARRIVAL:
        at_ns =
            sim->now_ns + ss_time_from_seconds(
                              ss_dist_sample(setup->interarrival, &state->arrival) / state->factor);
        break;
    case LOAD_PATTERN:
        at_ns = next_of_pattern(setup, state, sim->now_ns);
        break;
    case LOAD_MMPP:
        at_ns = next_of_mmpp(setup, state, sim->now_ns);
        break;
    case LOAD_MAP:
        at_ns = next_of_map(setup, state, sim->now_ns);
        break;
    case LOAD_TRACE:
        if (state->next < setup->trace_count) at_ns = setup->trace[state->next].at_ns;
        break;
    case LOAD_USERS:
        at_ns = sim->now_ns + ss_time_from_seconds(ss_dist_sample(setup->think, &state->arrival));
        break;
    }
    if (at_ns < SS_TIME_MAX) ss_sim_schedule(sim, at_ns, SS_EVENT_NODE, node);
}

static uint32_t draw_operation(ss_sim *sim, uint32_t node, const client_setup *setup) {
    if (setup->mix_count == 1u) return setup->mix[0].class_index;
    const double u = ss_random_unit(&sim->nodes[node].route);
    uint32_t i = 0;
    while (i + 1u < setup->mix_count && u >= setup->mix[i].cumulative) i++;
    return setup->mix[i].class_index;
}

#define BATCH_MAX 1000000.0

/// Requests of an arrival beyond the first.
static uint32_t further_of_batch(const client_setup *setup, client_state *state) {
    if (!setup->batch) return 0;
    const double size = ss_round(ss_dist_sample(setup->batch, &state->arrival));
    return size <= 1.0 ? 0u : (uint32_t)ss_min(size, BATCH_MAX) - 1u;
}

/// An arrival of the usual client.
static inline void usual_timer(ss_sim *sim, uint32_t node, client_state *state) {
    const double seconds =
        ss_random_exponential(&state->arrival) / (state->usual_rate_per_s * state->factor);
    const int64_t at_ns = sim->now_ns + ss_time_from_seconds(seconds);
    if (at_ns < SS_TIME_MAX) ss_sim_schedule(sim, at_ns, SS_EVENT_NODE, node);
    ss_sim_spawn(sim, state->usual_class);
}

void ss_client_timer(ss_sim *sim, uint32_t node) {
    client_state *state = ss_sim_state(sim, node);
    if (state->usual_rate_per_s > 0.0 && state->surplus == 0u) {
        usual_timer(sim, node, state);
        return;
    }
    const client_setup *setup = ss_sim_setup(sim, node);
    uint32_t class_index;
    if (setup->kind == LOAD_TRACE) {
        class_index = setup->trace[state->next++].class_index;
    } else {
        class_index = draw_operation(sim, node, setup);
    }
    if (setup->kind != LOAD_USERS && state->surplus > 0u) {
        state->surplus--; // a user's timer from before the load was changed to an open one
        return;
    }
    if (setup->kind != LOAD_USERS) schedule_next(sim, node);
    ss_sim_spawn(sim, class_index);
    for (uint32_t more = further_of_batch(setup, state); more > 0u; more--) {
        ss_sim_spawn(sim, draw_operation(sim, node, setup));
    }
}

/// A user whose request has ended, well or badly, thinks again.
void ss_client_ended(ss_sim *sim, uint32_t node, ss_outcome outcome) {
    (void)outcome;
    client_state *state = ss_sim_state(sim, node);
    if (state->surplus > 0u) state->surplus--; else schedule_next(sim, node);
}

/// Notes in the state whether the client is the usual one.
static void set_usual(const client_setup *setup, client_state *state) {
    const bool is_usual = setup->kind == LOAD_RATE && setup->mix_count == 1u && !setup->batch;
    state->usual_rate_per_s = is_usual ? setup->rate_per_s : 0.0;
    state->usual_class = is_usual ? setup->mix[0].class_index : 0u;
}

/// Under a changed design: users come or go one by one; another kind of open load begins with the
/// next arrival.
static void resume(ss_sim *sim, uint32_t node, const void *had_setup) {
    const client_setup *setup = ss_sim_setup(sim, node);
    const client_setup *had = had_setup;
    client_state *state = ss_sim_state(sim, node);
    const uint32_t timers = setup->kind == LOAD_USERS ? setup->users : 1u;
    const uint32_t had_timers = had->kind == LOAD_USERS ? had->users : 1u;
    if (had->kind != setup->kind && setup->kind == LOAD_MMPP) {
        state->state = 0;
        state->state_until_ns =
            sim->now_ns +
            ss_time_from_seconds(ss_dist_sample(setup->states[0].duration, &state->arrival));
    }
    if (state->state >= setup->state_count) state->state = 0;
    set_usual(setup, state);
    for (uint32_t i = had_timers; i < timers; i++) schedule_next(sim, node);
    if (timers < had_timers) state->surplus += had_timers - timers;
}

SS_COMPONENT_NO_STEP(client)

/// A spike multiplies the rate from the next arrival on.
void ss_client_faulted(ss_sim *sim, uint32_t node, ss_fault_kind kind, bool begins, double factor) {
    if (kind != SS_FAULT_SPIKE) return;
    client_state *state = ss_sim_state(sim, node);
    state->factor *= begins ? factor : 1.0 / factor;
}

static void begin(ss_sim *sim, uint32_t node) {
    const client_setup *setup = ss_sim_setup(sim, node);
    const uint32_t timers = setup->kind == LOAD_USERS ? setup->users : 1u;
    if (setup->kind == LOAD_MMPP) {
        client_state *state = ss_sim_state(sim, node);
        state->state_until_ns =
            ss_time_from_seconds(ss_dist_sample(setup->states[0].duration, &state->arrival));
    }
    for (uint32_t i = 0; i < timers; i++) schedule_next(sim, node);
}

// --- Reading the load ----------------------------------------------------------------------------

static ss_status read_points(ss_builder *builder, const ss_value *pattern, client_setup *setup) {
    rate_point *points =
        ss_arena_allocate(ss_builder_arena(builder), (size_t)pattern->count * sizeof(rate_point));
    if (!points) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < pattern->count; i++) {
        points[i].at_ns = ss_time_from_seconds(ss_object_get(&pattern->objects[i], "at")->number);
        points[i].rate_per_s = ss_object_get(&pattern->objects[i], "rate")->number;
    }
    setup->kind = LOAD_PATTERN;
    setup->points = points;
    setup->point_count = pattern->count;
    return SS_OK;
}

static ss_status read_mmpp(ss_builder *builder, const ss_value *mmpp, client_setup *setup) {
    mmpp_state *states =
        ss_arena_allocate(ss_builder_arena(builder), (size_t)mmpp->count * sizeof(mmpp_state));
    if (!states) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < mmpp->count; i++) {
        states[i].rate_per_s = ss_object_get(&mmpp->objects[i], "rate")->number;
        states[i].duration = ss_object_get(&mmpp->objects[i], "for")->dist;
    }
    setup->kind = LOAD_MMPP;
    setup->states = states;
    setup->state_count = mmpp->count;
    return SS_OK;
}

/// The ways out of one state, of which there are some.
static ss_status read_exits(ss_builder *builder, const double *rates, uint32_t size, uint32_t from,
                            map_state *out) {
    map_exit *exits = ss_arena_allocate(ss_builder_arena(builder), 2u * size * sizeof(map_exit));
    if (!exits) return SS_ERROR_MEMORY;
    double sum = 0.0;
    out->rate_per_s = -rates[from * size + from];
    out->exits = exits;
    for (uint32_t arrives = 0; arrives < 2u; arrives++) {
        for (uint32_t to = 0; to < size; to++) {
            const double rate = rates[(arrives * size + from) * size + to];
            if (!(rate > 0.0)) continue;
            sum += rate;
            exits[out->exit_count++] = (map_exit){
                .cumulative = sum / out->rate_per_s, .to = to, .arrives = arrives};
        }
    }
    return SS_OK;
}

static ss_status read_map(ss_builder *builder, const ss_object *load, client_setup *setup) {
    uint32_t size;
    const double *rates = ss_map_read(load, ss_builder_arena(builder), &size);
    if (!rates) {
        char pointer[SS_JSON_POINTER_MAX];
        ss_json_pointer_join(pointer, sizeof pointer, load->pointer, "map");
        ss_diagnostics_add(
            ss_builder_diagnostics(builder), "E306", pointer,
            "Write d0 and d1 as squares of rates per second, of 1 to %u states: d1[i][j] of "
            "changes from state i to j with an arrival, d0[i][j] of those without, d0[i][i] being "
            "0 or minus the sum of both rows; each state must lead to an arrival.",
            SS_MAP_STATES_MAX);
        return SS_OK; // the run is refused with all that is wrong
    }
    map_state *states = ss_arena_allocate(ss_builder_arena(builder), size * sizeof(map_state));
    ss_status status = states ? SS_OK : SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < size && !status; i++) {
        status = read_exits(builder, rates, size, i, &states[i]);
    }
    setup->kind = LOAD_MAP;
    setup->map = states;
    setup->state_count = size;
    return status;
}

static ss_status read_trace(ss_builder *builder, uint32_t node, const ss_value *trace,
                            client_setup *setup) {
    trace_entry *entries = ss_arena_allocate(ss_builder_arena(builder),
                                             ((size_t)trace->count + 1u) * sizeof(trace_entry));
    if (!entries) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < trace->count; i++) {
        const char *operation = trace->arrivals[i].op ? trace->arrivals[i].op : "default";
        entries[i].at_ns = ss_time_from_seconds(trace->arrivals[i].time_s);
        entries[i].class_index = ss_builder_class_of(builder, node, operation);
        if (entries[i].class_index == SS_NO_INDEX) return SS_ERROR_MEMORY;
    }
    setup->kind = LOAD_TRACE;
    setup->trace = entries;
    setup->trace_count = trace->count;
    return SS_OK;
}

static ss_status read_load(ss_builder *builder, uint32_t node, const ss_object *load,
                           client_setup *setup) {
    const ss_value *value;
    if ((value = ss_object_get(load, "rate"))->is_set) {
        setup->kind = LOAD_RATE;
        setup->rate_per_s = value->number;
        return SS_OK;
    }
    if ((value = ss_object_get(load, "interarrival"))->is_set) {
        setup->kind = LOAD_INTERARRIVAL;
        setup->interarrival = value->dist;
        return SS_OK;
    }
    if ((value = ss_object_get(load, "pattern"))->is_set) return read_points(builder, value, setup);
    if ((value = ss_object_get(load, "mmpp"))->is_set) return read_mmpp(builder, value, setup);
    if (ss_object_get(load, "map")->is_set) return read_map(builder, load, setup);
    if ((value = ss_object_get(load, "trace"))->is_set) {
        return read_trace(builder, node, value, setup);
    }
    setup->kind = LOAD_USERS;
    setup->users = (uint32_t)ss_object_get(load, "users")->number;
    setup->think = ss_object_get(load, "think")->dist;
    return SS_OK;
}

static ss_status read_mix(ss_builder *builder, uint32_t node, const ss_value *mix,
                          client_setup *setup) {
    const uint32_t count = mix->is_set && mix->count > 0u ? mix->count : 1u;
    setup->mix = ss_arena_allocate(ss_builder_arena(builder), (size_t)count * sizeof(mix_entry));
    if (!setup->mix) return SS_ERROR_MEMORY;
    setup->mix_count = count;
    double total = 0.0;
    for (uint32_t i = 0; i < mix->count; i++) total += mix->weights[i].weight;
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        const char *name = mix->count > 0u ? mix->weights[i].name : "default";
        sum += mix->count > 0u ? mix->weights[i].weight : 1.0;
        setup->mix[i].cumulative = total > 0.0 ? sum / total : 1.0;
        setup->mix[i].class_index = ss_builder_class_of(builder, node, name);
        if (setup->mix[i].class_index == SS_NO_INDEX) return SS_ERROR_MEMORY;
    }
    return SS_OK;
}

static ss_status bind(ss_builder *builder, uint32_t node) {
    const ss_object *object = &ss_builder_node(builder, node)->object;
    client_setup *setup = ss_arena_allocate(ss_builder_arena(builder), sizeof *setup);
    if (!setup) return SS_ERROR_MEMORY;
    const ss_object *load = ss_object_get(object, "load")->objects;
    const ss_value *batch = ss_object_get(load, "batch");
    setup->batch = batch->is_set ? batch->dist : NULL;
    ss_status status = read_load(builder, node, load, setup);
    if (!status && setup->kind != LOAD_TRACE) {
        status = read_mix(builder, node, ss_object_get(object, "operations"), setup);
    }
    if (!status) status = ss_builder_reserve_state(builder, node, sizeof(client_state));
    if (status) return status;
    ss_builder_set_setup(builder, node, setup);
    ss_sim_node *sim_node = ss_builder_sim_node(builder, node);
    sim_node->flags |= SS_NODE_IS_CLIENT;
    if (setup->kind == LOAD_USERS) sim_node->flags |= SS_NODE_NOTIFY_END;
    sim_node->places_total = SS_INFINITY;
    client_state *state = ss_sim_state(ss_builder_sim(builder), node);
    state->arrival = ss_builder_random(builder, node, SS_PURPOSE_ARRIVAL);
    state->factor = 1.0;
    set_usual(setup, state);
    return SS_OK;
}

static ss_status emit_waiting_forward(ss_builder *builder, uint32_t class_index,
                                      const ss_edge *edge) {
    const uint32_t target = ss_builder_target_class(builder, class_index, edge, NULL);
    if (target == SS_NO_INDEX) return SS_ERROR_MEMORY;
    const uint32_t call = ss_builder_emit(
        builder, (ss_instruction){
                     .opcode = SS_OPCODE_CALL, .edge = edge->index, .class_index = target});
    return call == SS_NO_INDEX ? SS_ERROR_MEMORY : SS_OK;
}

/// One of the forward edges by probability: a table of jumps to a call and an end each.
static ss_status emit_drawn_forward(ss_builder *builder, uint32_t class_index, uint32_t count) {
    const uint32_t node = ss_builder_class(builder, class_index)->node;
    const uint32_t first = ss_builder_add_choice(builder, (ss_choice){0});
    for (uint32_t i = 1; i < count; i++) ss_builder_add_choice(builder, (ss_choice){0});
    const uint32_t choose = ss_builder_emit(
        builder, (ss_instruction){.opcode = SS_OPCODE_CHOOSE, .first = first, .count = count});
    if (first == SS_NO_INDEX || choose == SS_NO_INDEX) return SS_ERROR_MEMORY;
    double cumulative = 0.0;
    uint32_t filled = 0;
    for (uint32_t i = 0; filled < count; i++) {
        const ss_edge *edge = ss_builder_out_edge(builder, node, i);
        if (edge->kind != SS_EDGE_FORWARD) continue;
        cumulative += ss_object_get(&edge->object, "probability")->number;
        ss_choice *choice = ss_builder_choice(builder, first + filled++);
        choice->cumulative = cumulative > 1.0 - 1e-12 ? 1.0 : cumulative; // what rounding left out
        choice->jump = ss_builder_next(builder);
        const ss_status status = emit_waiting_forward(builder, class_index, edge);
        if (status) return status;
        if (ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_END}) == SS_NO_INDEX) {
            return SS_ERROR_MEMORY;
        }
    }
    ss_builder_instruction(builder, choose)->jump =
        ss_builder_next(builder); // the rest: no request at all
    return SS_OK;
}

/// Calls and publishes in document order; then one of the forward edges, which a client waits for
/// as for a call: its request ends when it leaves the system.
static ss_status program(ss_builder *builder, uint32_t class_index) {
    ss_status status = ss_builder_out_edges(builder, class_index);
    const uint32_t node = ss_builder_class(builder, class_index)->node;
    const ss_edge *forward = NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; i < ss_builder_out_edge_count(builder, node); i++) {
        const ss_edge *edge = ss_builder_out_edge(builder, node, i);
        if (edge->kind != SS_EDGE_FORWARD) continue;
        forward = edge;
        count++;
    }
    const bool is_certain =
        count == 1u && ss_object_get(&forward->object, "probability")->number >= 1.0;
    if (!status && is_certain) {
        status = emit_waiting_forward(builder, class_index, forward);
    } else if (!status && count > 0u) {
        status = emit_drawn_forward(builder, class_index, count);
    }
    if (status) return status;
    const uint32_t end = ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_END});
    return end == SS_NO_INDEX ? SS_ERROR_MEMORY : SS_OK;
}

const ss_component ss_component_client = {.bind = bind, .program = program, .begin = begin,
                                           .resume = resume};
