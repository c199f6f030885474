/// Clients: open load (requests come whatever happens) and closed load (users who wait and think).
#include "base/math.h"
#include "components/client/load.h"

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
static inline void usual_timer(ss_sim *sim, client_state *state) {
    const double seconds =
        ss_random_exponential(&state->arrival) / (state->usual_rate_per_s * state->factor);
    const int64_t at_ns = sim->now_ns + ss_time_from_seconds(seconds);
    ss_sim_spawn(sim, state->usual_class, at_ns);
}

void ss_client_timer(ss_sim *sim, uint32_t node) {
    client_state *state = ss_sim_state(sim, node);
    if (state->usual_rate_per_s > 0.0 && state->surplus == 0u) {
        usual_timer(sim, state);
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
    ss_sim_spawn(sim, class_index, SS_TIME_MAX);
    for (uint32_t more = further_of_batch(setup, state); more > 0u; more--) {
        ss_sim_spawn(sim, draw_operation(sim, node, setup), SS_TIME_MAX);
    }
}

/// A user whose request has ended, well or badly, thinks again.
void ss_client_ended(ss_sim *sim, uint32_t node, ss_outcome outcome) {
    (void)outcome;
    client_state *state = ss_sim_state(sim, node);
    if (state->surplus > 0u) state->surplus--; else schedule_next(sim, node);
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
    ss__client_set_usual(setup, state);
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

const ss_component ss_component_client = {
    .bind = ss__client_bind, .program = ss__client_program, .begin = begin, .resume = resume};
