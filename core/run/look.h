/// Looking back: the run is taken to a moment, watched, and put back as it was, to the byte.
#ifndef SS_RUN_LOOK_H
#define SS_RUN_LOOK_H

#include "run/internal.h"

typedef struct ss__look {
    ss_run *run;
    ss_snapshot *present;
    size_t history_bytes_max;
    uint64_t moves_one_in;
    uint32_t move_count;
} ss__look;

/// Keeps the present. Nothing that happens until ss__look_end is kept or shown.
ss_status ss__look_begin(ss_run *run, ss__look *look);
/// Takes the run to where the events of a moment are still to come (where its history begins with
/// that moment, to there). SS_ERROR_LIMIT when the history does not reach back that far.
ss_status ss__look_before(ss__look *look, int64_t time_ns);
/// Back to the present; `status` is what was found out in between.
ss_status ss__look_end(ss__look *look, ss_status status);
/// Where the run ends, or has ended.
int64_t ss__look_last_ns(const ss_run *run);
/// After a sentence that says what is wrong was written in place of an answer.
ss_status ss__look_refused(const ss_text *out);
/// The node with an id; SS_NO_INDEX when there is none.
uint32_t ss__look_node(const ss_run *run, const char *id);

#endif
