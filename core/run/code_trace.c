/// Looking into code: what it did with an input of the past, and where it comes to a line.
#include "handlers/journal.h"
#include "handlers/probe.h"
#include "handlers/trace.h"
#include "run/look.h"

#define STEPS_MAX 20000u
#define INPUTS_USUAL 1000u
/// Of one search, so that it answers within a second or so: it can be gone on with.
#define SEARCH_EVENTS_MAX UINT64_C(200000)
#define LATE_EVENTS_MAX UINT64_C(200000) /* for the input's computing to be over */

uint64_t ss_run_inputs(const ss_run *run) {
    return ss_handlers_inputs(run->handlers);
}

/// What the sandbox is asked for.
typedef struct asked {
    ss_trace_stop stops[SS_CODE_STOPS_MAX];
    ss_trace_request request;
} asked;

static void ask(asked *into, ss_trace_mode mode, uint32_t steps_max, const ss_code_stop *stops,
                uint32_t stop_count) {
    if (stop_count > SS_CODE_STOPS_MAX) stop_count = SS_CODE_STOPS_MAX;
    for (uint32_t i = 0; i < stop_count; i++) {
        into->stops[i] = (ss_trace_stop){.line = stops[i].line, .condition = stops[i].condition};
    }
    into->request = (ss_trace_request){.mode = mode, .steps_max = steps_max,
                                       .stops = into->stops, .stop_count = stop_count};
}

static const char *id_of(const ss_run *run, uint32_t node) {
    return run->design->nodes[node].id;
}

/// Whether a node's code is traced; otherwise a sentence says why not.
static bool is_traceable(const ss_run *run, uint32_t node, ss_text *why) {
    const ss_node_language language = ss_handlers_language(run->handlers, node);
    if (language == SS_NODE_NO_CODE) {
        ss_text_add_format(why, "the node \"%s\" has no code", id_of(run, node));
    } else if (language == SS_NODE_OWN_MODULE) {
        ss_text_add_format(why,
                           "the node \"%s\" runs a WebAssembly module of its own, and only "
                           "JavaScript is traced",
                           id_of(run, node));
    }
    return language == SS_NODE_JAVASCRIPT;
}

/// What went wrong while it was traced: nothing, or a stop whose condition is wrong.
static ss_status trouble_of(const ss_probe *probe, ss_text *why) {
    if (probe->status) return probe->status == SS_ERROR_MEMORY ? SS_ERROR_MEMORY : SS_ERROR_LIMIT;
    if (probe->bad_stop1 == 0u) return SS_OK;
    const ss_trace_stop *stop = &probe->request->stops[probe->bad_stop1 - 1u];
    ss_text_add_format(why, "the condition of the stop at line %u is wrong: ", stop->line);
    ss_text_add_bytes(why, probe->trace.bytes, probe->trace.length);
    return ss__look_refused(why);
}

/// Takes one event more; false at the run's end, and when a limit ends it there.
static bool step(ss_run *run, int64_t last_ns, ss_status *status) {
    ss_sim *sim = &run->built.sim;
    const int64_t next_ns = ss_sim_next_ns(sim);
    if (next_ns > last_ns || next_ns == SS_TIME_MAX) return false;
    const ss_status advanced = ss_sim_advance(sim, 1, SS_TIME_MAX);
    if (advanced == SS_ERROR_MEMORY) *status = advanced;
    return !advanced;
}

static int64_t last_of(const ss_run *run, bool is_past) {
    return is_past ? run->time_ns : ss__look_last_ns(run);
}

// --- One input -----------------------------------------------------------------------------------

/// Why an input was not traced.
static ss_status say_untraced(const ss_run *run, const ss_probe *probe, ss_text *out) {
    if (ss_run_inputs(run) < probe->last_n) {
        ss_text_add_format(out, "there is no input %llu: code was given %llu in all",
                           (unsigned long long)probe->last_n,
                           (unsigned long long)ss_run_inputs(run));
    } else {
        ss_text_add_format(out,
                           "input %llu is one of a node with a WebAssembly module of its own, and "
                           "only JavaScript is traced",
                           (unsigned long long)probe->last_n);
    }
    return ss__look_refused(out);
}

/// Simulates up to the input, and on until it is known when what it said took effect.
static ss_status trace(ss_run *run, ss_probe *probe, ss_journal *journal, int64_t last_ns,
                       ss_text *out) {
    ss_status status = SS_OK;
    bool goes_on = true;
    while (goes_on && ss_run_inputs(run) < probe->last_n) goes_on = step(run, last_ns, &status);
    if (!status) status = trouble_of(probe, out);
    if (status) return status;
    if (probe->traced == 0u) return say_untraced(run, probe, out);
    for (uint64_t late = 0; goes_on && late < LATE_EVENTS_MAX; late++) {
        goes_on = ss_journal_pending(journal) > 0u && step(run, last_ns, &status);
    }
    return status;
}

static ss_status write_trace(const ss_run *run, const ss_probe *probe, const ss_journal *journal,
                             ss_text *out) {
    ss_text steps = ss_text_create(&run->allocator);
    ss_json_writer json = ss_json_writer_create(&steps);
    ss_json_open_object(&json);
    ss_trace_write_steps((const uint8_t *)probe->trace.bytes, probe->trace.length, &json);
    ss_json_close(&json);
    ss_text_add_char(out, '{');
    ss_status status = ss_journal_write_first(journal, out);
    if (!status) status = ss_text_status(&steps);
    ss_text_add_char(out, ',');
    if (!status) ss_text_add_bytes(out, steps.bytes + 1, steps.length - 1u); // one object of both
    ss_text_destroy(&steps);
    return status ? status : ss_text_status(out);
}

/// Where the run's own history does not reach back to the input.
static ss_status say_unreachable(const ss_run *run, uint64_t n, ss_text *out) {
    if (run->history_count == 0u || run->history[0] == NULL) return SS_ERROR_LIMIT;
    if (ss_snapshot_time_s(run->history[0]) > 0.0) return SS_ERROR_LIMIT;
    ss_text_add_format(out,
                       "input %llu loads the code of a node before the run begins, which is not "
                       "traced",
                       (unsigned long long)n);
    return ss__look_refused(out);
}

ss_status ss_run_write_code_trace(ss_run *run, ss_code_trace_options options, ss_text *out) {
    if (!run->handlers || options.n == 0u) {
        ss_text_add(out, options.n == 0u ? "args.n must be the number of an input, from 1 on"
                                         : "no node of this design has code");
        return ss__look_refused(out);
    }
    asked what;
    ask(&what, SS_TRACE_STEPS,
        options.steps_max < STEPS_MAX && options.steps_max > 0u ? options.steps_max : STEPS_MAX,
        options.stops, options.stop_count);
    ss_probe probe = {.node = SS_NO_INDEX, .first_n = options.n, .last_n = options.n,
                      .request = &what.request, .trace = ss_text_create(&run->allocator)};
    const int64_t last_ns = last_of(run, options.is_past);
    ss__look look;
    ss_status status = ss__look_begin(run, &look);
    if (status) return status;
    uint64_t had;
    ss_journal *journal = NULL;
    status = ss__history_before_input(run, options.n, &had);
    if (status == SS_ERROR_LIMIT) status = say_unreachable(run, options.n, out);
    if (!status) {
        const ss_journal_limits limits = {.only_n = options.n, .node = SS_NO_INDEX,
                                          .inputs_max = 1};
        status = ss_journal_create(run->design, &run->built.sim, run->handlers,
                                   run->built.class_operations, limits, &journal);
    }
    if (!status) {
        ss_journal_attach(journal);
        ss_handlers_probe(run->handlers, &probe);
        status = trace(run, &probe, journal, last_ns, out);
        ss_handlers_probe(run->handlers, NULL);
        ss_journal_detach(journal);
    }
    if (!status) status = write_trace(run, &probe, journal, out);
    ss_journal_destroy(journal);
    ss_text_destroy(&probe.trace);
    return ss__look_end(&look, status);
}

// --- Looking for a line --------------------------------------------------------------------------

/// From behind an input on, until one reaches a stop.
static ss_status find_next(ss_run *run, ss_probe *probe, uint64_t most, int64_t last_ns,
                           ss_code_found *found) {
    uint64_t had;
    ss_status status = ss__history_before_input(run, probe->first_n, &had);
    if (status == SS_ERROR_LIMIT && run->history_count > 0u) { // it begins later than that
        status = ss_run_restore(run, run->history[0]);
    }
    ss_handlers_probe(run->handlers, probe);
    bool goes_on = true;
    const uint64_t stop_at = run->built.sim.events + SEARCH_EVENTS_MAX;
    while (!status && goes_on && probe->hit_n == 0u && probe->traced < most &&
           probe->bad_stop1 == 0u && !probe->status &&
           (run->built.sim.events < stop_at || ss_run_inputs(run) <= probe->first_n)) {
        goes_on = step(run, last_ns, &status);
    }
    ss_handlers_probe(run->handlers, NULL);
    found->is_over = !goes_on;
    found->searched_to_n = probe->hit_n != 0u ? probe->hit_n : ss_run_inputs(run);
    return status;
}

/// Backwards from before an input: the moments kept, one after another, each up to where the search
/// has come.
static ss_status find_previous(ss_run *run, ss_probe *probe, uint64_t most,
                               ss_code_found *found) {
    ss_status status = SS_OK;
    found->searched_to_n = probe->last_n + 1u;
    while (!status && probe->hit_n == 0u && probe->traced < most && probe->bad_stop1 == 0u &&
           !probe->status) {
        uint64_t had = 0;
        const ss_status reached = ss__history_before_input(run, probe->last_n, &had);
        found->is_over = reached == SS_ERROR_LIMIT;
        if (reached) return found->is_over ? SS_OK : reached;
        const uint64_t left = most - probe->traced;
        probe->first_n = probe->last_n - had > left ? probe->last_n - left + 1u : had + 1u;
        ss_handlers_probe(run->handlers, probe);
        bool goes_on = true;
        while (goes_on && ss_run_inputs(run) < probe->last_n) {
            goes_on = step(run, SS_TIME_MAX - 1, &status);
        }
        ss_handlers_probe(run->handlers, NULL);
        found->searched_to_n = probe->hit_n != 0u ? probe->hit_n : probe->first_n;
        probe->last_n = probe->first_n - 1u;
    }
    return status;
}

ss_status ss_run_find_code(ss_run *run, ss_code_find_options options, ss_code_found *found,
                           ss_text *why) {
    *found = (ss_code_found){0};
    const uint32_t node = options.node ? ss__look_node(run, options.node) : SS_NO_INDEX;
    if (node == SS_NO_INDEX) {
        ss_text_add_format(why, "args.node must be the id of a node; there is no \"%s\"",
                           options.node ? options.node : "");
        return ss__look_refused(why);
    }
    if (!is_traceable(run, node, why)) return ss__look_refused(why);
    asked what;
    ask(&what, SS_TRACE_FIND, 0, options.stops, options.stop_count);
    ss_probe probe = {.node = node, .first_n = options.from_n + 1u, .last_n = UINT64_MAX,
                      .stops_at_hit = !options.is_backwards, .request = &what.request,
                      .trace = ss_text_create(&run->allocator)};
    if (options.is_backwards) probe.last_n = options.from_n > 0u ? options.from_n - 1u : 0u;
    const uint64_t most = options.inputs_max > 0u ? options.inputs_max : INPUTS_USUAL;
    const int64_t last_ns = last_of(run, options.is_past);
    ss__look look;
    ss_status status = ss__look_begin(run, &look);
    if (status) return status;
    status = options.is_backwards ? find_previous(run, &probe, most, found)
                                  : find_next(run, &probe, most, last_ns, found);
    if (!status) status = trouble_of(&probe, why);
    found->n = probe.hit_n;
    found->step = probe.hit_step;
    found->inputs = (uint32_t)probe.traced;
    ss_text_destroy(&probe.trace);
    return ss__look_end(&look, status);
}
