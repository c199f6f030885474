/// What the files of core/handlers share.
#ifndef SS_HANDLERS_INTERNAL_H
#define SS_HANDLERS_INTERNAL_H

#include "handlers/handlers.h"
#include "handlers/protocol.h"
#include "handlers/sandbox.h"

/// Activities alive at the same time; an id holds the index in its low bits.
#define SS_ACTIVITY_INDEX_BITS 20u
#define SS_METRICS_MAX 32u /* names a node; more are a name with data in it */

typedef enum ss_activity_kind {
    SS_ACTIVITY_REQUEST,
    SS_ACTIVITY_MESSAGE,
    SS_ACTIVITY_LOCAL, ///< a start, a timer, or what a request left to do
} ss_activity_kind;

typedef struct ss_activity {
    uint32_t generation; ///< odd while it is alive, so that an id is never 0
    uint32_t task, node, group;
    uint32_t inbox_head, inbox_tail; ///< branches that have ended, linked by `next`
    uint32_t outputs; ///< payload: what the code said, until the computing is over
    uint32_t answer;  ///< payload
    uint32_t pending; ///< tokens it awaits
    uint32_t next_free;
    uint64_t request; ///< its number, for logs
    uint64_t input, first_input; ///< numbers of its latest and its first input
    uint8_t kind, is_idle, is_answered, is_settled, has_failed;
    uint8_t reserved[7];
} ss_activity;

/// Of a replica.
typedef struct ss_replica {
    uint32_t node;       ///< SS_NO_INDEX: a group without code
    uint32_t callbacks;  ///< bits of SS_OUTPUT_LOADED
    uint32_t timer_head; ///< timer tasks, linked by the side's `next`
    uint32_t number;     ///< of the replica within its node
} ss_replica;

typedef struct ss_code_metric {
    uint32_t name; ///< payload
    uint32_t reserved;
    uint64_t count;
    double sum, min, max, last;
} ss_code_metric;

/// Counts since the warm-up, and what is kept of the logs.
typedef struct ss_code_stats {
    uint64_t invocations, fuel, errors, breaches[4]; ///< by ss_sandbox_outcome
    uint64_t log_count;
    double cpu_s;
    uint32_t first_error, first_breach; ///< payloads: text
    int64_t first_error_ns, first_breach_ns;
    uint32_t metric_count;
    uint32_t memory_pages; ///< of 64 KiB: the largest memory of a replica after an input
    ss_code_metric metrics[SS_METRICS_MAX];
} ss_code_stats;

typedef struct ss_log_line {
    int64_t time_ns;
    uint64_t request, input; ///< numbers
    uint32_t text; ///< payload; 0 = an empty place of the ring
    uint32_t level, line, replica;
} ss_log_line;

/// What a node's code is, as written.
typedef struct ss_code_node {
    const char *source;
    const ss_object *code;
    double ns_per_fuel;
    uint32_t log_first, log_lines; ///< its ring of ss_handlers.logs
    uint32_t route_first, route_count;
    uint32_t local_class;
    uint32_t is_store; ///< no code of the design: keeps data for others
    uint32_t profile1; ///< index + 1 of its profile; 0: its code is not JavaScript, or none
    uint32_t line_first, line_count; ///< its part of ss_handlers.profile_lines, by line
} ss_code_node;

#define SS_PROFILE_FUNCTIONS_MAX 64u
#define SS_PROFILE_NODES_MAX 256u

typedef struct ss_profile_function {
    uint32_t line;
    char name[28]; ///< cut; NUL-terminated
} ss_profile_function;

/// Of the tree of calls; callers come before what they call.
typedef struct ss_profile_node {
    uint32_t parent1, function; ///< index + 1; index
    uint64_t calls, fuel;       ///< its own fuel
} ss_profile_node;

typedef struct ss_profile_line {
    uint64_t hits, fuel;
} ss_profile_line;

/// Where the fuel of a node's code went, in the inputs that were traced (profile.c).
typedef struct ss_code_profile {
    uint64_t inputs, fuel; ///< traced
    uint64_t seen;         ///< inputs in all
    uint64_t since, wanted; ///< fuel since the last traced one; until the next is due
    uint32_t function_count, node_count;
    ss_profile_function functions[SS_PROFILE_FUNCTIONS_MAX];
    ss_profile_node nodes[SS_PROFILE_NODES_MAX];
} ss_code_profile;

/// The numbers that change, beside the arrays.
typedef struct ss_handlers_numbers {
    uint64_t next_request, next_message;
    uint64_t inputs; ///< given to the design's code so far; the latest one's number
    uint32_t activity_count, activity_free;
} ss_handlers_numbers;

/// Where the input that is given now comes from.
typedef struct ss_input_origin {
    uint64_t cause, asked; ///< numbers of inputs: that led to it; that asked for what is settled
    uint32_t activity;     ///< its id; 0 = none (loading)
    uint32_t branch;       ///< task that is settled
} ss_input_origin;

struct ss_handlers {
    const ss_design *design;
    ss_sim *sim;
    const char *const *operations;
    ss_allocator allocator;
    ss_arena *arena;
    uint64_t seed;
    ss_code_node *nodes;    ///< per node
    ss_sandbox **sandboxes; ///< per group; of a store: at its node's first group
    ss_text input;   ///< being written
    ss_text scratch; ///< an envelope, sealed or opened
    ss_text said;    ///< outputs that take effect
    struct ss_journal *journal; ///< NULL: nobody looks
    struct ss_probe *probe;     ///< likewise
    ss_input_origin origin;     ///< of `input`
    uint32_t speaking_group;    ///< while sim->code->speaking is not 0
    // state
    ss_handlers_numbers numbers;
    ss_activity *activities; ///< index 0 is null
    uint32_t activity_capacity;
    uint32_t group_count, log_count;
    ss_replica *replicas;    ///< per group
    ss_code_stats *stats;    ///< per node
    ss_log_line *logs;
    ss_code_profile *profiles;
    ss_profile_line *profile_lines;
    uint32_t profile_count, profile_line_count;
};

// --- Writing inputs and reading outputs (wire.c) -------------------------------------------------

void ss__put_u8(ss_text *out, uint32_t value);
void ss__put_u32(ss_text *out, uint32_t value);
void ss__put_u64(ss_text *out, uint64_t value);
void ss__put_text(ss_text *out, const char *bytes, size_t length);
/// Begins an input of a kind at the present.
void ss__begin_input(ss_handlers *handlers, ss_input_kind kind);

typedef struct ss_wire {
    const uint8_t *at, *end;
    bool is_broken; ///< read past the end; values are then 0
} ss_wire;

typedef struct ss_wire_text {
    const char *bytes;
    uint32_t length;
} ss_wire_text;

uint32_t ss__take_u8(ss_wire *wire);
uint32_t ss__take_u32(ss_wire *wire);
uint64_t ss__take_u64(ss_wire *wire);
ss_wire_text ss__take_text(ss_wire *wire);

/// A message of an output.
typedef struct ss_said {
    uint32_t kind; ///< ss_output_kind; 0 at the end
    uint32_t activity, token;
    ss_wire_text target, operation, key, body; ///< of LOG, METRIC, ERROR: text in `target`
    int64_t time_ns; ///< time-out, duration, delay
    double value;
    uint32_t level, line;
} ss_said;
ss_said ss__take_said(ss_wire *wire);

/// What a request or message carries: `is_message`, then texts operation, from, key, body.
typedef struct ss_envelope {
    uint32_t is_message;
    ss_wire_text operation, from, key, body;
} ss_envelope;
uint32_t ss__seal(ss_handlers *handlers, ss_envelope envelope); ///< a payload
/// Opens one into the scratch buffer, which it borrows. An absent one is all empty.
ss_envelope ss__unseal(ss_handlers *handlers, uint32_t payload);

// --- Activities (activity.c) ---------------------------------------------------------------------

ss_activity *ss__activity_find(ss_handlers *handlers, uint32_t id); ///< NULL when it is over
uint32_t ss__activity_id(const ss_handlers *handlers, const ss_activity *activity);
void ss__activity_end(ss_handlers *handlers, ss_activity *activity);
/// Gives the activity what it awaited: `branch` has ended, and is freed once it was told.
void ss__settle(ss_handlers *handlers, uint32_t branch);
/// Wakes an activity that waits, so that it goes on.
void ss__wake(ss_handlers *handlers, ss_activity *activity);
bool ss__handler_step(void *context, ss_sim *sim, uint32_t task, ss_handler_step step);
void ss__handlers_crashed(void *context, ss_sim *sim, uint32_t node, bool begins);
/// A timer task of a replica that fires at a time; timer 0 is the start.
void ss__start_timer(ss_handlers *handlers, uint32_t group, uint32_t number, int64_t at_ns);
/// Takes a timer out of its replica's list.
void ss__unlink_timer(ss_handlers *handlers, uint32_t group, uint32_t task);

// --- Effects (effects.c) -------------------------------------------------------------------------

/// Lets what the code said take effect.
void ss__apply(ss_handlers *handlers, uint32_t group, uint32_t outputs);
/// Processor time that the outputs ask for beside what their fuel costs, in ns.
double ss__asked_cpu_ns(ss_wire wire);

// --- Sandboxes (life.c) --------------------------------------------------------------------------

/// Gives a replica's sandbox the input that was begun; counts and traces it. False when the host
/// refuses memory, which ends the run.
bool ss__invoke(ss_handlers *handlers, uint32_t node, uint32_t group, ss_sandbox_answer *answer);
/// After a fork: sandboxes for replicas that finish what they have and are no more.
ss_status ss__open_further_groups(ss_handlers *handlers);
/// After a fork: code that is another now goes on in place of the old.
ss_status ss__reload_changed(ss_handlers *handlers, const ss_handlers *old);
void ss__handlers_reset(void *context);
/// Loads a replica's code anew. False when it does not load.
bool ss__load(ss_handlers *handlers, uint32_t group, ss_diagnostics *diagnostics);

// --- Looking closely (journal.c) -----------------------------------------------------------------

/// The input was given. Of an activity it is over when ss__journal_done says so.
void ss__journal_input(struct ss_journal *journal, uint32_t node, uint32_t group,
                       const ss_sandbox_answer *answer);
/// The computing of the input is over: what it said takes effect.
void ss__journal_done(struct ss_journal *journal, uint64_t n);
/// Traces the input that was begun, if the probe asks for it (probe.c).
void ss__probe_input(ss_handlers *handlers, uint32_t node, uint32_t group);

// --- Profile (profile.c) -------------------------------------------------------------------------

ss_status ss__profile_allocate(ss_handlers *handlers);
void ss__profile_reset(ss_handlers *handlers, uint32_t node);
/// A fork takes it over, unless the code is another now.
void ss__profile_move(ss_handlers *handlers, const ss_handlers *old, uint32_t node);
/// Traces the input that was begun, if it is due; its sandbox is afterwards as before.
ss_status ss__profile_input(ss_handlers *handlers, uint32_t node, uint32_t group);
/// The input was given, and burnt so much.
void ss__profile_burnt(ss_handlers *handlers, uint32_t node, uint64_t fuel);
void ss__profile_write(const ss_handlers *handlers, uint32_t node, ss_json_writer *json);

// --- Stores (store.c) ----------------------------------------------------------------------------

/// What a store runs: it keeps keys and values by the bodies that the helpers of the API send. NULL
/// when memory is refused.
const char *ss__store_source(ss_handlers *handlers, const ss_node *node);
/// A store answers the request of a task that carries a body.
void ss__store_answer(ss_handlers *handlers, uint32_t task);
bool ss__message_key(void *context, ss_sim *sim, uint32_t task, uint64_t *hash);

#endif
