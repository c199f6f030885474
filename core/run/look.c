/// Looking back, and the journal of a stretch.
#include <string.h>

#include "handlers/journal.h"
#include "run/look.h"

#define INPUTS_USUAL 2000u
#define INPUTS_MAX 20000u
#define LATE_EVENTS_MAX UINT64_C(200000) /* for the last inputs' computing to be over */

// --- There and back ------------------------------------------------------------------------------

ss_status ss__look_begin(ss_run *run, ss__look *look) {
    *look = (ss__look){.run = run,
                       .history_bytes_max = run->history_bytes_max,
                       .moves_one_in = run->built.sim.moves_one_in,
                       .move_count = run->built.sim.move_count};
    const ss_status status = ss_run_snapshot(run, &look->present);
    if (status) return status;
    run->history_bytes_max = 0;
    run->built.sim.moves_one_in = 0;
    return SS_OK;
}

ss_status ss__look_before(ss__look *look, int64_t time_ns) {
    if (time_ns > 0) {
        const ss_status status = ss_run_rewind(look->run, (double)(time_ns - 1) / 1e9);
        if (status != SS_ERROR_LIMIT) return status;
    }
    return ss_run_rewind(look->run, (double)time_ns / 1e9);
}

ss_status ss__look_end(ss__look *look, ss_status status) {
    ss_run *run = look->run;
    run->history_bytes_max = look->history_bytes_max;
    const ss_status restored = ss_run_restore(run, look->present);
    ss_snapshot_destroy(look->present);
    run->built.sim.moves_one_in = look->moves_one_in;
    run->built.sim.move_count = look->move_count;
    return restored ? restored : status;
}

int64_t ss__look_last_ns(const ss_run *run) {
    return run->is_done ? run->time_ns : run->duration_ns;
}

ss_status ss__look_refused(const ss_text *out) {
    return ss_text_status(out) ? SS_ERROR_MEMORY : SS_ERROR_INPUT;
}

uint32_t ss__look_node(const ss_run *run, const char *id) {
    for (uint32_t i = 0; i < run->built.sim.node_count; i++) {
        if (strcmp(run->design->nodes[i].id, id) == 0) return i;
    }
    return SS_NO_INDEX;
}

// --- The journal ---------------------------------------------------------------------------------

/// Simulates the stretch, and on until what was computed in it is done; returns where it ended.
static ss_status record(ss_run *run, ss_journal *journal, int64_t to_ns, int64_t last_ns) {
    ss_sim *sim = &run->built.sim;
    uint64_t late = 0;
    for (;;) {
        const int64_t next_ns = ss_sim_next_ns(sim);
        int64_t cut_ns;
        const bool is_over = next_ns >= to_ns || ss_journal_is_cut(journal, &cut_ns);
        if (is_over) ss_journal_close(journal);
        if (next_ns > last_ns || next_ns == SS_TIME_MAX) return SS_OK;
        if (is_over && (ss_journal_pending(journal) == 0u || ++late > LATE_EVENTS_MAX)) {
            return SS_OK;
        }
        const ss_status status = ss_sim_advance(sim, 1, SS_TIME_MAX);
        if (status == SS_ERROR_MEMORY) return status;
        if (status) return SS_OK; // a limit ends the run there: what was seen is seen
        ss_journal_visit(journal);
    }
}

static ss_status write(const ss_journal *journal, int64_t from_ns, int64_t to_ns, ss_text *out) {
    int64_t cut_ns;
    const bool is_cut = ss_journal_is_cut(journal, &cut_ns);
    ss_text_add(out, "{\"from_s\":");
    ss_text_add_number(out, (double)from_ns / 1e9);
    ss_text_add(out, ",\"to_s\":");
    ss_text_add_number(out, (double)(is_cut ? cut_ns : to_ns) / 1e9);
    ss_text_add_format(out, ",\"cut\":%s,", is_cut ? "true" : "false");
    const ss_status status = ss_journal_write(journal, out);
    ss_text_add_char(out, '}');
    return status;
}

ss_status ss_run_write_journal(ss_run *run, ss_journal_options options, ss_text *out) {
    if (!(options.to_s > options.from_s) || !(options.from_s >= 0.0)) {
        ss_text_add(out, "args.from_s and args.to_s must be seconds, the first before the second");
        return ss__look_refused(out);
    }
    const int64_t from_ns = ss_time_from_seconds(options.from_s);
    int64_t last_ns = ss__look_last_ns(run);
    if (options.is_past) last_ns = run->time_ns;
    int64_t to_ns = ss_time_from_seconds(options.to_s);
    if (to_ns > last_ns) to_ns = last_ns + 1; // what happens at the very end too
    ss_journal_limits limits = {.from_ns = from_ns, .node = SS_NO_INDEX,
                                .inputs_max = options.inputs_max};
    if (limits.inputs_max == 0u) limits.inputs_max = INPUTS_USUAL;
    if (limits.inputs_max > INPUTS_MAX) limits.inputs_max = INPUTS_MAX;
    if (options.node) {
        limits.node = ss__look_node(run, options.node);
        if (limits.node == SS_NO_INDEX) {
            ss_text_add_format(out, "there is no node \"%s\"", options.node);
            return ss__look_refused(out);
        }
    }
    ss__look look;
    ss_status status = ss__look_begin(run, &look);
    if (status) return status;
    ss_journal *journal = NULL;
    status = ss__look_before(&look, from_ns);
    if (!status) {
        status = ss_journal_create(run->design, &run->built.sim, run->handlers,
                                   run->built.class_operations, limits, &journal);
    }
    if (!status) {
        ss_journal_attach(journal);
        status = record(run, journal, to_ns, last_ns);
        ss_journal_detach(journal);
    }
    if (!status) status = write(journal, from_ns, to_ns <= last_ns ? to_ns : last_ns, out);
    ss_journal_destroy(journal);
    return ss__look_end(&look, status);
}
