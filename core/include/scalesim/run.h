/// A run: a design, simulated in slices, and what came of it.
///
/// The same design and seed give the same bytes of results on every host, whatever the slices.
#ifndef SCALESIM_RUN_H
#define SCALESIM_RUN_H

#include "scalesim/model.h"

/// The engine's version (SS_ENGINE_VERSION, set by the build from the project's version).
const char *ss_engine_version(void);

#define SS_RUN_SECONDS_MAX 31536000.0 /* a year of simulated time, in documents too */

typedef struct ss_run_options {
    uint64_t seed;          ///< used when has_seed; otherwise the document's run.seed
    bool has_seed;
    double duration_s;      ///< 0 = the document's; more than SS_RUN_SECONDS_MAX is taken as that
    double precision;       ///< relative half-width to stop at; 0 = the document's, or none
    size_t memory_bytes_max; ///< a run that needs more ends with SS_ERROR_LIMIT; 0 = 2 GiB
} ss_run_options;

ss_run_options ss_run_options_default(void);

typedef struct ss_run ss_run;

/// Compiles a design (adding the diagnostics only compilation can find) and readies its first
/// event. The design must outlive the run. SS_ERROR_INPUT when the design cannot run.
ss_status ss_run_create(const ss_design *design, ss_run_options options,
                        const ss_allocator *allocator, ss_diagnostics *diagnostics, ss_run **out);
void ss_run_destroy(ss_run *run); ///< NULL is fine

/// Simulates until `events_max` events were taken, the clock would pass `until_s`, or the run ends.
/// Call in slices of about 50,000 events. SS_ERROR_MEMORY or SS_ERROR_LIMIT end the run where it
/// stands: results up to there can still be written, with a diagnostic.
ss_status ss_run_advance(ss_run *run, uint64_t events_max, double until_s);
bool ss_run_is_done(const ss_run *run);
double ss_run_time_s(const ss_run *run);
double ss_run_duration_s(const ss_run *run);
uint64_t ss_run_events(const ss_run *run);

/// Writes one line about the next event as JSON: time, kind, node, operation, task. False when none
/// is left.
bool ss_run_write_next_event(const ss_run *run, ss_text *out);

// --- Results -------------------------------------------------------------------------------------

/// The numbers of a run so far, or of replications together.
typedef struct ss_results ss_results;

/// Takes the numbers of a run; the run must outlive them.
ss_status ss_run_results(const ss_run *run, ss_results **out);
/// Runs `count` replications with seeds derived from the base seed: means over replications, ci95
/// from their spread. The first has the base seed itself.
ss_status ss_run_replicate(const ss_design *design, ss_run_options options, uint32_t count,
                           const ss_allocator *allocator, ss_diagnostics *diagnostics,
                           ss_results **out);
void ss_results_destroy(ss_results *results); ///< NULL is fine

/// Writes `scalesim-results/1` (FORMAT §2): one line and a newline.
ss_status ss_results_write_json(const ss_results *results, ss_text *out);
/// Writes tables for people.
ss_status ss_results_write_report(const ss_results *results, ss_text *out);
/// Whether every objective holds (true when there is none).
bool ss_results_slos_pass(const ss_results *results);
/// The value of a metric's path; NaN when there is no such number. SS_ERROR_INPUT adds a
/// diagnostic.
ss_status ss_results_metric(const ss_results *results, const char *path,
                            ss_diagnostics *diagnostics, double *value);
/// Warns (W309, in the results' diagnostics) when a metric is a quantile that rests on too few
/// observations; objectives are looked at without being asked.
ss_status ss_results_check_quantile(const ss_results *results, const char *path);
/// What the run found out about itself, warnings of the design included; borrowed, for placing and
/// writing.
ss_diagnostics *ss_results_diagnostics(const ss_results *results);
uint64_t ss_results_events(const ss_results *results); ///< of all replications

// --- Two designs side by side --------------------------------------------------------------------

/// The differences between two designs (A and B), replication by replication with the same seeds:
/// what chance does to one it does to the other (common random numbers), so that far smaller
/// differences show than between strangers. Nodes, operations and edges are matched by their names.
typedef struct ss_comparison ss_comparison;

/// Readies `count` (2 or more) replications of both. The designs and the lists of findings, one a
/// design, must outlive the comparison.
ss_status ss_comparison_create(const ss_design *const designs[2], ss_run_options options,
                               uint32_t count, const ss_allocator *allocator,
                               ss_diagnostics *const diagnostics[2], ss_comparison **out);
/// Simulates at most `events_max` events more. SS_ERROR_INPUT when one of the designs cannot run.
/// After an error there is nothing to go on with.
ss_status ss_comparison_advance(ss_comparison *comparison, uint64_t events_max);
bool ss_comparison_is_done(const ss_comparison *comparison);
double ss_comparison_progress(const ss_comparison *comparison); ///< from 0 to 1
void ss_comparison_destroy(ss_comparison *comparison); ///< NULL is fine
/// Writes a comparison that is done as `scalesim-comparison/1`: one line and a newline. Each metric
/// has its means `a` and `b`, the paired difference b - a with its 95 % half-width, and a verdict:
/// "lower", "higher", "no difference" (the interval holds 0), "same" (equal in every replication),
/// or "unknown".
ss_status ss_comparison_write_json(const ss_comparison *comparison, ss_text *out);
/// Writes a table for people.
ss_status ss_comparison_write_report(const ss_comparison *comparison, ss_text *out);
/// What the runs of one design (0 = A, 1 = B) found out about themselves; borrowed.
ss_diagnostics *ss_comparison_diagnostics(const ss_comparison *comparison, uint32_t which);
uint64_t ss_comparison_events(const ss_comparison *comparison); ///< of all runs

// --- Live view -----------------------------------------------------------------------------------

/// Describes the frame and the timeline as JSON: `{"frame": {"header": […names], "node": […],
/// "edge": […], "move": […]}, "timeline": {"interval_s": 1, "columns": ["time_s",
/// "nodes.orders.utilization", …]}}`. A frame is header, then nodes, then edges in document order.
ss_status ss_run_write_layout(const ss_run *run, ss_text *out);
size_t ss_run_frame_length(const ss_run *run);                 ///< doubles
void ss_run_write_frame(const ss_run *run, double *out);       ///< the state now
/// Sampled movements of requests along edges since the last call, oldest first, as groups of
/// (edge index, departure s, arrival s, kind: 0 request 1 reply 2 failure 3 publish 4 lost).
/// Returns the number of groups written; *one_in tells the sampling.
size_t ss_run_take_moves(ss_run *run, double *out, size_t groups_max, uint64_t *one_in);
/// Rows of the timeline from `first` on, as doubles of the layout's columns.
size_t ss_run_timeline_rows(const ss_run *run);
size_t ss_run_timeline_columns(const ss_run *run);
const double *ss_run_timeline_row(const ss_run *run, size_t index);
/// The whole timeline as CSV with a header line.
ss_status ss_run_write_timeline_csv(const ss_run *run, ss_text *out);

// --- Time travel ---------------------------------------------------------------------------------

/// A copy of a run's whole state. Restored into the run it was taken of, the same bytes go on from
/// it.
typedef struct ss_snapshot ss_snapshot;
ss_status ss_run_snapshot(const ss_run *run, ss_snapshot **out);
ss_status ss_run_restore(ss_run *run, const ss_snapshot *snapshot);
double ss_snapshot_time_s(const ss_snapshot *snapshot);
size_t ss_snapshot_bytes(const ss_snapshot *snapshot);
void ss_snapshot_destroy(ss_snapshot *snapshot); ///< NULL is fine

/// Keeps snapshots of a run from now on, ever further apart so that they fit the bytes; then any
/// past moment since can be returned to. History never changes the run.
ss_status ss_run_keep_history(ss_run *run, size_t bytes_max);
/// Returns to a past moment (not before history was kept): the state is exactly what it was.
ss_status ss_run_rewind(ss_run *run, double time_s);

/// What to look at closely.
typedef struct ss_span_options {
    double from_s, to_s;   ///< requests that begin in this stretch
    const char *client;    ///< id of the client that begins them; NULL = any
    uint32_t requests_max; ///< sampled evenly; 0 = 500, which is also the most
} ss_span_options;
/// Simulates a stretch of a run's past again and writes what a sample of its requests did, visit by
/// visit (`run.spans` in wasm/PROTOCOL.md). The run is as it was before, to the byte.
/// SS_ERROR_LIMIT when its history does not reach back that far, SS_ERROR_INPUT when there is no
/// such client or the stretch is empty.
ss_status ss_run_write_spans(ss_run *run, ss_span_options options, ss_text *out);

/// What to look at closely.
typedef struct ss_journal_options {
    double from_s, to_s; ///< what happens from the first to before the second
    const char *node;    ///< only its inputs, and the messages it sends or gets; NULL = all
    uint32_t inputs_max; ///< more cut the journal off; 0 = 2000; at most 20,000
    bool is_past;        ///< nothing behind the run's present: others were forked off it there
} ss_journal_options;
/// Simulates a stretch of a run again and writes what its code was given and said, what caused
/// what, and the messages between nodes (`run.journal` in wasm/PROTOCOL.md). The run is as it was
/// before, to the byte. SS_ERROR_LIMIT when its history does not reach back that far. After
/// SS_ERROR_INPUT `out` is a sentence that says what is wrong.
ss_status ss_run_write_journal(ss_run *run, ss_journal_options options, ss_text *out);

/// A line of the source at which execution is looked for.
typedef struct ss_code_stop {
    uint32_t line; ///< from 1
    const char *condition; ///< a JavaScript expression over the variables in scope; NULL = always
} ss_code_stop;
#define SS_CODE_STOPS_MAX 64u

/// What to trace.
typedef struct ss_code_trace_options {
    uint64_t n;         ///< number of the input, as in the journal
    uint32_t steps_max; ///< more are left out; 0 = 20,000, which is also the most
    const ss_code_stop *stops; ///< steps at these are marked
    uint32_t stop_count;
    bool is_past; ///< as in ss_journal_options
} ss_code_trace_options;
/// Simulates a run's past again up to an input and writes what the code did with it, step by step
/// (`run.code_trace` in wasm/PROTOCOL.md). The run is as it was before, to the byte. SS_ERROR_LIMIT
/// when its history does not reach back that far. After SS_ERROR_INPUT `out` is a sentence that
/// says what is wrong.
ss_status ss_run_write_code_trace(ss_run *run, ss_code_trace_options options, ss_text *out);

/// What to look for.
typedef struct ss_code_find_options {
    const char *node;   ///< whose inputs
    uint64_t from_n;    ///< from behind this one on, or backwards from before it
    bool is_backwards;
    const ss_code_stop *stops;
    uint32_t stop_count;
    uint32_t inputs_max; ///< to look at; 0 = 1000
    bool is_past;        ///< as in ss_journal_options
} ss_code_find_options;
typedef struct ss_code_found {
    uint64_t n;    ///< the next input that reaches a stop, or the last one before; 0 = none
    uint32_t step; ///< its first step there
    uint32_t inputs;        ///< looked at
    uint64_t searched_to_n; ///< everything up to this one
    bool is_over;           ///< there is nothing behind
} ss_code_found;
/// Looks for an input whose execution reaches a stop. The run is as it was before, to the byte.
/// After SS_ERROR_INPUT `why` is a sentence that says what is wrong.
ss_status ss_run_find_code(ss_run *run, ss_code_find_options options, ss_code_found *found,
                           ss_text *why);
/// Inputs given to the design's code so far: the number of the latest.
uint64_t ss_run_inputs(const ss_run *run);

/// Makes a run that goes on from this one's present with a changed design: other rates, replicas,
/// service times, policies, further faults. The nodes, edges and the steps of flows must be the
/// same (otherwise SS_ERROR_INPUT says so). Replicas that are taken away finish what they have. The
/// new design must outlive the fork; the old run stays as it is.
ss_status ss_run_fork(const ss_run *run, const ss_design *changed, ss_diagnostics *diagnostics,
                      ss_run **out);

#endif
