/// The life of a run: warm-up, slices, the end.
#include <string.h>

#include "base/math.h"
#include "run/internal.h"

/// A transient is looked for at duration/32, /16, /8, /4 and /2.
#define WARMUP_FIRST_SHARE 32
/// Fewer observations than this say nothing about a transient.
#define WARMUP_OBSERVATIONS_MIN 200u
/// How often a run that stops at a precision looks at it.
#define PRECISION_CHECKS 64
/// Observations below which an interval is not believed, however narrow.
#define PRECISION_OBSERVATIONS_MIN 1000u

const char *ss_engine_version(void) {
    return SS_ENGINE_VERSION;
}

ss_run_options ss_run_options_default(void) {
    return (ss_run_options){0};
}

static void set_times(ss_run *run, ss_run_options options) {
    const ss_object *settings = &run->design->run;
    double duration_s = ss_object_get(settings, "duration")->number;
    if (options.duration_s > 0.0) duration_s = ss_min(options.duration_s, SS_RUN_SECONDS_MAX);
    run->duration_ns = ss_time_from_seconds(duration_s);
    if (run->duration_ns < 1) run->duration_ns = 1;
    const ss_value *warmup = ss_object_get(settings, "warmup");
    run->warmup_is_auto = warmup->text != NULL;
    run->warmup_check_ns = run->warmup_is_auto ? run->duration_ns / WARMUP_FIRST_SHARE
                                               : ss_time_from_seconds(warmup->number);
    run->is_warm = !run->warmup_is_auto && run->warmup_check_ns == 0;
    const ss_value *precision = ss_object_get(settings, "precision");
    run->precision = precision->is_set ? precision->number : 0.0;
    if (options.precision > 0.0) run->precision = options.precision;
    run->precision_check_ns =
        run->precision > 0.0 ? run->duration_ns / PRECISION_CHECKS : SS_TIME_MAX;
}

static ss_status copy_warnings(ss_run *run, const ss_diagnostics *from) {
    for (size_t i = 0; from && i < ss_diagnostics_count(from); i++) {
        const ss_diagnostic *each = ss_diagnostics_get(from, i);
        if (each->severity == SS_SEVERITY_WARNING) {
            ss_diagnostics_add(run->diagnostics, each->code, each->pointer, "%s", each->message);
        }
    }
    return SS_OK;
}

ss_status ss_run_create(const ss_design *design, ss_run_options options,
                        const ss_allocator *allocator, ss_diagnostics *diagnostics, ss_run **out) {
    *out = NULL;
    ss_run *run = ss_allocate_zeroed(allocator, sizeof *run);
    if (!run) return SS_ERROR_MEMORY;
    run->design = design;
    run->allocator = *allocator;
    run->seed = options.has_seed ? options.seed
                                 : (uint64_t)ss_object_get(&design->run, "seed")->number;
    set_times(run, options);
    ss_status status = SS_ERROR_MEMORY;
    run->diagnostics = ss_diagnostics_create(allocator);
    run->known = ss_allocate_zeroed(allocator, sizeof *run->known);
    if (run->diagnostics && run->known) {
        status = ss_built_create(design, run->seed, allocator, diagnostics, &run->built);
    }
    if (!status) {
        status = ss_handlers_create(design, &run->built.sim, run->built.class_operations,
                                    run->seed, diagnostics, &run->handlers);
    }
    if (!status) {
        if (options.memory_bytes_max > 0u) run->built.sim.memory_max = options.memory_bytes_max;
        status = ss__timeline_create(run);
    }
    if (!status) status = copy_warnings(run, diagnostics);
    if (status) {
        ss_run_destroy(run);
        return status;
    }
    *out = run;
    return SS_OK;
}

void ss_run_destroy(ss_run *run) {
    if (!run) return;
    ss__history_destroy(run);
    ss__timeline_destroy(run);
    ss_handlers_destroy(run->handlers);
    ss_built_destroy(&run->built);
    ss_diagnostics_destroy(run->diagnostics);
    ss_deallocate(&run->allocator, run->known, sizeof *run->known);
    const ss_allocator allocator = run->allocator;
    ss_deallocate(&allocator, run, sizeof *run);
}

// --- Boundaries ----------------------------------------------------------------------------------

static const ss_series *client_response(const ss_run *run, uint32_t node) {
    if (!(run->built.sim.nodes[node].flags & SS_NODE_IS_CLIENT)) return NULL;
    return ss__response_series(run, node);
}

/// Whether MSER-5 finds the transient of every client's response times in the first half of what it
/// has seen.
static bool transient_is_over(const ss_run *run) {
    for (uint32_t i = 0; i < run->built.sim.node_count; i++) {
        const ss_series *response = client_response(run, i);
        if (!response) continue;
        if (response->tally.count < WARMUP_OBSERVATIONS_MIN) return false;
        bool settled;
        (void)ss_mser5(ss_sim_batches(&run->built.sim, response), &settled);
        if (!settled) return false;
    }
    return true;
}

static void end_warmup(ss_run *run) {
    ss__timeline_before_reset(run);
    run->built.sim.now_ns = run->time_ns;
    ss_sim_reset_stats(&run->built.sim);
    run->warmup_ns = run->time_ns;
    run->is_warm = true;
    run->warmup_check_ns = SS_TIME_MAX;
}

static void check_warmup(ss_run *run) {
    const bool is_last_look = run->time_ns >= run->duration_ns / 2;
    const bool is_over = !run->warmup_is_auto || transient_is_over(run);
    if (!is_over && !is_last_look) {
        run->warmup_check_ns *= 2;
        if (run->warmup_check_ns > run->duration_ns / 2)
            run->warmup_check_ns = run->duration_ns / 2;
        return;
    }
    if (!is_over) {
        ss_diagnostics_add(
            run->diagnostics, "W306", "/run/duration",
            "The response times had not settled after half of the run: the results may "
            "still show the start, or the load may be more than the system can bear; "
            "run longer, or see the bottleneck.");
    }
    end_warmup(run);
}

static bool is_precise_enough(const ss_run *run) {
    for (uint32_t i = 0; i < run->built.sim.node_count; i++) {
        const ss_series *response = client_response(run, i);
        if (!response) continue;
        if (response->tally.count < PRECISION_OBSERVATIONS_MIN) return false;
        const double half_width =
            ss_batches_half_width(ss_sim_batches(&run->built.sim, response), run->known);
        if (!(half_width <= run->precision * ss_tally_mean(&response->tally))) return false;
    }
    return true;
}

static ss_status finish(ss_run *run) {
    run->is_done = true;
    if (!run->is_warm) {
        ss_diagnostics_add(run->diagnostics, "W308", "/run/warmup",
                           "The warm-up is as long as the run, so there is nothing left to tell: "
                           "shorten the warm-up, or run longer.");
        end_warmup(run);
    }
    ss_status status = SS_OK;
    if (run->precision > 0.0 && !run->is_precise) status = ss__say_imprecise(run);
    return status ? status : ss__check_run(run);
}

/// What is due when all events up to time_ns have been taken.
static ss_status at_boundary(ss_run *run) {
    ss_status status = run->built.sim.histograms.failed ? SS_ERROR_MEMORY : SS_OK;
    if (!status && run->time_ns >= run->next_sample_ns) status = ss__timeline_sample(run);
    if (run->time_ns >= run->warmup_check_ns && !run->is_warm) check_warmup(run);
    if (run->is_warm) ss__quantiles_visit(run);
    if (run->time_ns >= run->precision_check_ns) {
        run->precision_check_ns += run->duration_ns / PRECISION_CHECKS + 1;
        if (run->is_warm && is_precise_enough(run)) {
            run->is_precise = true;
            status = finish(run);
        }
    }
    if (!status && run->time_ns >= run->duration_ns && !run->is_done) status = finish(run);
    if (!status) status = ss__history_visit(run);
    return status;
}

static int64_t next_boundary(const ss_run *run) {
    int64_t boundary = run->duration_ns;
    if (run->next_sample_ns < boundary) boundary = run->next_sample_ns;
    if (!run->is_warm && run->warmup_check_ns < boundary) boundary = run->warmup_check_ns;
    if (run->precision_check_ns < boundary) boundary = run->precision_check_ns;
    return boundary;
}

static void explain_stop(ss_run *run) {
    if (run->status == SS_ERROR_MEMORY) {
        ss_diagnostics_add(
            run->diagnostics, "E308", "",
            "Memory ran out in the middle of the run: results cover the time until then; "
            "usually a queue grows without end, so give it a limit or add capacity.");
    } else {
        ss_diagnostics_add(
            run->diagnostics, "E309", "",
            "The run met a limit: too many requests at once for the memory allowed, or a "
            "loop of forward edges in which no time passes; results cover the time until "
            "then.");
    }
}

ss_status ss_run_advance(ss_run *run, uint64_t events_max, double until_s) {
    ss_sim *sim = &run->built.sim;
    const int64_t until_ns = until_s >= 4.6e9 ? SS_TIME_MAX : ss_time_from_seconds(until_s);
    const uint64_t stop_at =
        events_max > UINT64_MAX - sim->events ? UINT64_MAX : sim->events + events_max;
    while (!run->is_done && !run->status && sim->events < stop_at) {
        const int64_t boundary = next_boundary(run);
        const int64_t limit = until_ns < boundary ? until_ns : boundary;
        run->status = ss_sim_advance(sim, stop_at - sim->events, limit);
        if (sim->now_ns > run->time_ns) run->time_ns = sim->now_ns;
        if (run->status) {
            explain_stop(run);
            run->is_done = true;
            break;
        }
        if (ss_sim_next_ns(sim) <= limit) break; // the slice is used up
        if (limit > run->time_ns) run->time_ns = limit;
        if (limit < boundary) break;
        run->status = at_boundary(run);
    }
    return run->status;
}

bool ss_run_is_done(const ss_run *run) {
    return run->is_done;
}

double ss_run_time_s(const ss_run *run) {
    return (double)run->time_ns / 1e9;
}

double ss_run_duration_s(const ss_run *run) {
    return (double)run->duration_ns / 1e9;
}

uint64_t ss_run_events(const ss_run *run) {
    return run->built.sim.events;
}
