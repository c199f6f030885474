/// The simulation engine: clock, event queue, requests, queueing stations, edges.
///
/// **Event order.** Simulated time is whole nanoseconds. Events fire in order of (time, then the
/// order in which they were scheduled). What an event makes runnable at the same instant is done at
/// once, first in first out, before the next event is taken. Nothing else decides an order.
///
/// **Tasks.** A task is one visit of a request to one node: it arrives, waits for a place, runs the
/// program of its class, gives the place back and replies to its parent (the task that called it)
/// or is gone. A *class* is a node and an operation with everything that is known before the run:
/// program, priority, statistics. A call knows the class it creates, so nothing is looked up by
/// name at run time.
///
/// **State.** Everything that changes during a run lives in the flat arrays of ss_sim and holds
/// indices, not pointers: a snapshot is a copy of memory. Arrays grow by doubling and never shrink;
/// in the steady state nothing is allocated.
#ifndef SCALESIM_SIM_H
#define SCALESIM_SIM_H

#include <string.h>

#include "base/dist.h"
#include "base/random.h"
#include "scalesim/base.h"
#include "scalesim/stats.h"
#include "sim/events.h"
#include "sim/program.h"
#include "sim/series.h"

#define SS_TIME_MAX (INT64_C(1) << 62) /* 146 years; sums of two stay below INT64_MAX */
#define SS_PLACES_INFINITE UINT32_MAX
#define SS_NO_INDEX UINT32_MAX

/// Where they are less than 0 or more than 52 days.
int64_t ss__time_from_any_seconds(double seconds);
/// Seconds to whole nanoseconds, to the nearest (halves to the even one), clamped to
/// [0, SS_TIME_MAX]. Added to 2^52, a double has them in its low bits: a conversion costs
/// WebAssembly several times as much.
static inline int64_t ss_time_from_seconds(double seconds) {
    const double shifted = seconds * 1e9 + 0x1p52;
    uint64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    const uint64_t ns = bits - ((uint64_t)(1023 + 52) << 52u);
    if (__builtin_expect(ns < UINT64_C(1) << 52u, 1)) return (int64_t)ns;
    return ss__time_from_any_seconds(seconds);
}

typedef struct ss_sim ss_sim;
typedef struct ss_code ss_code; ///< designs with code on a node: sim/code.h
typedef struct ss_watcher ss_watcher; ///< who looks closely: sim/watcher.h

// --- Tasks ---------------------------------------------------------------------------------------

typedef enum ss_outcome {
    SS_OUTCOME_OK = 0,
    SS_OUTCOME_TIMEOUT,
    SS_OUTCOME_REJECTED,     ///< no place and no room to wait, rate limit, or load shed
    SS_OUTCOME_FAILED,       ///< error, crash, lost connection
    SS_OUTCOME_BREAKER_OPEN,
} ss_outcome;
#define SS_OUTCOME_COUNT 5u

typedef enum ss_task_state {
    SS_TASK_FREE = 0,
    SS_TASK_TRANSIT,   ///< on an edge, on its way to its node
    SS_TASK_QUEUED,    ///< waiting for a place
    SS_TASK_READY,     ///< runnable at this instant
    SS_TASK_COMPUTING, ///< in service; its event is the end of it
    SS_TASK_CALLING,   ///< waits for `child`
    SS_TASK_BACKOFF,   ///< waits to retry a call
    SS_TASK_JOINING,   ///< waits for `waiting` branches
    SS_TASK_REPLYING,  ///< done; the reply is on the edge
    SS_TASK_HELD,      ///< kept by its behaviour (a message in a broker's backlog)
    SS_TASK_SETTING_UP, ///< has a place that must be set up first
    SS_TASK_BLOCKED,   ///< waits for room at a full station, outside of it
} ss_task_state;

/// A `parent` with this bit is no task but the class of a client that waits for this one reply and
/// for nothing else: the usual client, which then costs no task of its own.
#define SS_PARENT_IS_CLASS (1u << 31u)

/// In `waiting` of a request that a cache has answered: it did not have it.
#define SS_TASK_MISSED 1u

/// One visit of a request to a node: exactly 64 bytes. Index 0 is null.
typedef struct ss_task {
    int64_t arrived_ns; ///< at this node
    int64_t began_ns;   ///< got its place
    int64_t sent_ns;    ///< the caller sent this attempt
    uint32_t class_index;
    uint32_t parent;    ///< waits for this one; 0 = nobody (published, or the caller gave up)
    uint32_t edge1;     ///< 1-based edge it came along; 0 = made here
    union {
        uint32_t next;  ///< QUEUED, HELD, FREE: list link
        uint32_t child; ///< CALLING: the attempt; of a hedged call the newest copy
    };
    uint32_t previous;  ///< QUEUED: list link
    uint32_t event_seq; ///< the one event that is still meant for it (0 = none)
    uint32_t timer_seq; ///< the time-out or patience event that is still meant (0 = none)
    uint32_t pc;
    uint32_t group;     ///< index of the replica's group
    uint16_t
        waiting; ///< branches not yet joined; a broker's message: deliveries; see SS_TASK_MISSED
    uint8_t attempt;    ///< retries made by the current call
    uint8_t bits;       ///< state (low 4), outcome (3 above)
} ss_task;

/// What only some designs need of a task, kept apart so that the others do not pay for it: its
/// size, its deadline, and its links in the waiting heap or in the list of those being served.
typedef struct ss_task_side {
    double key;          ///< order of service: priority, size, deadline, or virtual finishing time
    double work_ns;      ///< service still to be given; negative = not drawn yet
    int64_t deadline_ns; ///< nobody waits for the answer after this; SS_TIME_MAX = none
    int64_t resumed_ns;  ///< when it last began to be served
    uint64_t order;      ///< first come, first served among equal keys
    uint32_t child, next, previous;
    uint32_t sibling;    ///< the next copy of the same hedged call
    uint16_t copies;     ///< of the call it makes, beyond the first
    uint8_t is_preempted;
    uint8_t gives_up;    ///< past its deadline it is not served any more
    uint8_t is_batched;  ///< shares its place with the ring of `next` and `previous`
} ss_task_side;

// --- Nodes ---------------------------------------------------------------------------------------

typedef enum ss_discipline {
    SS_FIFO,
    SS_LIFO,
    SS_RANDOM,
    SS_PS,
    SS_PRIORITY,
    SS_PRIORITY_PREEMPTIVE,
    SS_SJF,
    SS_SRPT,
    SS_EDF,
} ss_discipline;

typedef enum ss_balance {
    SS_BALANCE_ROUND_ROBIN, SS_BALANCE_RANDOM, SS_BALANCE_LEAST_IN_FLIGHT, SS_BALANCE_P2C,
    SS_BALANCE_HASH, SS_BALANCE_SHARED,
} ss_balance;

/// A replica: its places and its waiting line.
typedef struct ss_group {
    _Alignas(SS_CACHE_LINE_BYTES) uint32_t node;
    uint32_t places;      ///< SS_PLACES_INFINITE for a delay centre
    uint32_t busy;
    uint32_t queue_length;
    uint32_t queue_capacity;
    uint32_t head, tail;  ///< of the waiting list; head alone is the root of a waiting heap
    uint32_t is_down;
    // processor sharing among those who compute
    uint32_t cores;       ///< total speed is min(active, cores); 0 = everyone at full speed
    uint32_t active;      ///< who compute now
    uint32_t first;       ///< root of the heap by finishing time; preemptive: list of those served
    uint32_t event_seq;   ///< the next end under sharing; when a batch begins at the latest
    uint32_t away;        ///< places on vacation
    uint32_t blocked_head, blocked_tail; ///< those who wait outside for room
    double virtual_ns;    ///< service each has been given since the group was last empty
    int64_t since_ns;     ///< when virtual_ns was true; of batches: when event_seq is due
} ss_group;

enum {
    SS_NODE_NOTIFY_END = 1u, ///< the behaviour is told of every end (closed clients, brokers)
    SS_NODE_IS_CLIENT = 2u,
    SS_NODE_LIMITED = 4u,    ///< has a rate limit or sheds load
    SS_NODE_IS_PAUSED = 8u,  ///< alive, but nothing moves
    SS_NODE_IS_DURABLE = 16u, ///< what it has accepted survives a crash (a broker's messages)
    SS_NODE_BLOCKS = 32u,    ///< who finds it full waits outside
    SS_NODE_BATCHES = 64u,   ///< a place serves several at once
    SS_NODE_OWN_RULES = 128u, ///< not first come first served, or patience, set-up, vacations
    SS_NODE_UNUSUAL = SS_NODE_LIMITED | SS_NODE_IS_PAUSED | SS_NODE_BLOCKS | SS_NODE_BATCHES |
                      SS_NODE_OWN_RULES,
};

/// The levels of a node.
enum {
    SS_LEVEL_SYSTEM, ///< requests there
    SS_LEVEL_QUEUE,  ///< of them, those waiting
    SS_LEVEL_BUSY,   ///< places taken; where those served share cores, cores at work
    SS_LEVEL_KINDS,
};

typedef struct ss_sim_node {
    // What every request touches: one cache line.
    _Alignas(SS_CACHE_LINE_BYTES) uint32_t flags;
    uint32_t behaviour;    ///< ss_behaviour of components/registry.h
    uint32_t group_first, group_count;
    uint32_t state_offset; ///< the behaviour's own state in ss_sim.state
    // The levels change together, so they have one clock: what an ss_level is, three times.
    uint32_t now[SS_LEVEL_KINDS];
    int64_t since_ns;
    double area[SS_LEVEL_KINDS];
    // What every service touches: another one.
    ss_random service;
    double time_factor;    ///< service time multiplier: slow faults / instance speed
    double extra_errors;   ///< share of requests that a fault makes fail
    uint32_t discipline, balance;
    uint32_t next_group;   ///< round-robin
    uint32_t node_stats;   ///< its only class, or its total; SS_NO_INDEX = it has no class
    // The rest.
    uint32_t class_count;
    uint32_t watch1;       ///< of a client: 1-based index of its quantile watch
    const ss_dist *patience, *setup, *vacation; ///< NULL = none
    ss_random route, balance_random, patience_random;
    uint32_t state_size;
    double own_time_factor; ///< time_factor without the faults
    const double *speedup; ///< total speed with 1, 2, … being served; NULL = as many as cores
    uint32_t speedup_count;
    uint32_t down, paused; ///< how many faults hold it so
    uint32_t in_flight_max;
    uint32_t batch_max, batch_min; ///< of those who share a place
    int64_t batch_wait_ns; ///< after which fewer than batch_min do; 0 = never
    double limit_rate, limit_burst, limit_tokens;
    int64_t limit_since_ns;
    double places_total;   ///< for utilization; infinite for delay centres
    ss_level cores_busy;   ///< where those served share cores
    double cores_total;    ///< 0 where they do not
    uint64_t id_hash;
} ss_sim_node;

/// Brings the areas under a node's levels up to a time.
static inline void ss_node_catch_up(ss_sim_node *node, int64_t now_ns) {
    const double elapsed_ns = (double)(now_ns - node->since_ns);
    node->since_ns = now_ns;
    for (uint32_t i = 0; i < SS_LEVEL_KINDS; i++) {
        node->area[i] += (double)node->now[i] * elapsed_ns;
    }
}

/// Changes one of a node's levels. Where every request passes, its two lines stand instead.
__attribute__((noinline)) void ss_node_count(ss_sim_node *node, uint32_t level, int64_t change,
                                             int64_t now_ns);

/// One of a node's levels by itself.
static inline ss_level ss_node_level(const ss_sim_node *node, uint32_t level) {
    return (ss_level){node->now[level], node->since_ns, node->area[level]};
}

// --- Edges ---------------------------------------------------------------------------------------

typedef enum ss_breaker_state {
    SS_BREAKER_CLOSED,
    SS_BREAKER_OPEN,
    SS_BREAKER_HALF_OPEN
} ss_breaker_state;

/// Slices of a breaker's rolling window.
#define SS_BREAKER_SLICES 10u

typedef struct ss_sim_edge {
    // What every message touches: one cache line.
    /// Nothing on it could delay or lose a message, at present.
    _Alignas(SS_CACHE_LINE_BYTES) uint32_t is_plain;
    uint32_t in_flight;
    uint32_t from, to;
    uint32_t series;        ///< index of the latency series in ss_sim.series: its own, or the
                            ///< response times of its direct client as long as they are the same
    uint32_t hedge_max;     ///< further copies of a late call
    uint32_t retry_max;
    uint32_t has_budget;
    uint64_t calls;         ///< see ss_sim_calls
    int64_t timeout_ns;     ///< 0 = none
    double breaker_errors;  ///< 0 = no breaker
    const ss_dist *latency; ///< one way; NULL = none
    // The rest.
    int64_t backoff_ns;
    double backoff_multiplier, jitter, budget, budget_tokens;
    double loss;
    double request_ns, response_ns; ///< time to send a message over the link's bandwidth; 0 = none
    int64_t link_free_ns[2];        ///< when the link is free again, each way
    // circuit breaker
    int64_t breaker_slice_ns, breaker_open_ns, breaker_until_ns, breaker_slice_at;
    uint32_t breaker_state, breaker_min_calls;
    uint32_t breaker_probing; ///< half-open: the task whose call is the probe
    uint32_t breaker_calls[SS_BREAKER_SLICES], breaker_failures[SS_BREAKER_SLICES];
    // faults in force
    const ss_dist *extra_latency;
    double extra_loss;
    uint32_t cut[2]; ///< how many faults cut it: requests, replies
    int64_t hedge_after_ns;
    uint32_t propagates_deadline;
    // statistics since the warm-up
    uint64_t retries, timeouts, breaker_opened, lost, hedges;
    ss_random latency_random, retry_random, loss_random;
} ss_sim_edge;

// --- Statistics ----------------------------------------------------------------------------------

/// A node and an operation, and what is counted of its visits. Behind the classes, ss_sim.classes
/// has the totals: what a node with several classes counts of them all; the rest is not used there.
typedef struct ss_class {
    // What every request touches: one cache line.
    _Alignas(SS_CACHE_LINE_BYTES) uint32_t node;
    uint32_t program; ///< first instruction
    uint32_t call_edge, call_class; ///< of the call that its program begins with
    uint8_t has_total;   ///< the node has several classes: its total (node_stats) counts, too
    uint8_t is_direct;   ///< of a client: its program is one call without policies
    uint8_t goes_direct; ///< and at present nothing on its edge could delay or lose a message
    uint8_t is_local;    ///< of a node with code: work that no request asked for; not counted
    /// Whose response times are its own: its index, or that of the only class that a direct client
    /// calls, as long as they are the same.
    uint32_t responses;
    double exponential; ///< all that it does is one exponential service of this mean, in s; or 0
    double error_rate;
    uint64_t arrivals;
    uint64_t outcomes[SS_OUTCOME_COUNT]; ///< [OK] = completions
    // The rest.
    double priority;
    ss_level in_system; ///< of this operation at this node
} ss_class;

/// A sampled movement along an edge, for the live view.
typedef struct ss_move {
    int64_t departed_ns, arrives_ns;
    uint32_t edge;
    uint32_t kind; ///< 0 request, 1 reply, 2 failure, 3 publish, 4 lost
} ss_move;
#define SS_MOVES_MAX 4096u /* more dots than a screen can show */

// --- Faults --------------------------------------------------------------------------------------

typedef enum ss_fault_kind {
    SS_FAULT_CRASH, SS_FAULT_SLOW, SS_FAULT_LATENCY, SS_FAULT_LOSS, SS_FAULT_PARTITION,
    SS_FAULT_ERRORS, SS_FAULT_ZONE_DOWN, SS_FAULT_FLUSH, SS_FAULT_SPIKE, SS_FAULT_PAUSE,
    SS_FAULT_CLOCK_SKEW,
} ss_fault_kind;

/// A fault: what it does to which nodes or edge, and when.
typedef struct ss_sim_fault {
    uint32_t kind;
    uint32_t node_count;
    const uint32_t *nodes; ///< struck together
    uint32_t edge;         ///< SS_NO_INDEX when it strikes nodes
    uint32_t directions;   ///< partition: bit 0 requests, bit 1 replies
    double factor, rate;
    const ss_dist *latency;
    int64_t at_ns, for_ns; ///< for_ns 0 = to the end of the run
    int64_t skew_ns;       ///< clock-skew: how far the clock is ahead
    double mtbf_s, mttr_s; ///< mean times of a random fault; 0 = timed
    uint32_t is_active;
    uint32_t reserved;
    ss_random random;
} ss_sim_fault;

// --- The engine ----------------------------------------------------------------------------------

struct ss_sim {
    int64_t now_ns;
    ss_event_queue queue;
    uint64_t events; ///< taken so far
    uint64_t trace_hash;
    ss_status status; ///< sticky: memory or limit
    uint32_t move_count;
    uint64_t moves_seen, moves_one_in;
    uint64_t instant_steps; ///< steps at this instant, to stop loops without delay

    ss_task *tasks;
    ss_task_side *side;  ///< parallel to tasks; NULL unless needs_side
    uint32_t needs_side;
    uint32_t fault_count, fault_capacity;
    uint64_t next_order;
    ss_sim_fault *faults;
    uint32_t task_count, task_capacity, task_free, tasks_live;
    uint32_t ready_head, ready_tail, ready_mask;
    uint32_t *ready; ///< ring: task index << 1 | arrives

    ss_sim_node *nodes;
    ss_group *groups;
    ss_sim_edge *edges;
    ss_class *classes;
    ss_series *series; ///< of the classes and totals, then of the edges
    ss_histogram *series_histograms; ///< by ss_series.cold1 - 1
    ss_batches *batches;             ///< likewise
    ss_pending *pending;     ///< of the classes and totals, then of the edges; never zeroed
    uint16_t *pending_count; ///< their entries; behind the series
    uint32_t cold_count, cold_capacity, series_count;
    uint32_t has_pending; ///< perhaps: the engine has run since they were last counted
    ss_quantile_watch *watches;
    ss_interval *intervals; ///< per node, of clients; behind them one whose histogram is empty
    ss_move *moves;
    unsigned char *state; ///< the behaviours' own
    uint32_t node_count, group_count, edge_count, class_count, watch_count;
    uint32_t stats_count; ///< classes and totals
    size_t state_bytes;

    const ss_instruction *program; ///< immutable
    uint32_t program_count;
    const ss_choice *choices;      ///< immutable
    const void *const *setup; ///< immutable: one pointer a node, the behaviour's own parameters
    ss_histogram_pool histograms;
    size_t memory_max;
    ss_allocator allocator;
    ss_code *code; ///< NULL unless some node has code
    ss_watcher *watcher; ///< NULL: nobody looks; moves_one_in is not 0 while somebody does
};

#define SS_INSTANT_STEPS_MAX 50000000u /* a forward cycle without any delay never ends */

/// Allocates the run-time arrays (tasks, ready ring, queue, moves); the builder has set the rest.
ss_status ss_sim_open(ss_sim *sim);
void ss_sim_close(ss_sim *sim);

/// Takes events until `events_max` were taken, the next one is after `until_ns`, or none is left.
/// The clock stands at the last event taken. Returns sim->status.
ss_status ss_sim_advance(ss_sim *sim, uint64_t events_max, int64_t until_ns);
/// Starts whoever may start in a group, after its places were changed from outside.
void ss_sim_fill_places(ss_sim *sim, uint32_t group);
/// Gives a running engine the side array that a pause or a deadline needs.
ss_status ss_sim_add_side(ss_sim *sim);
/// Makes room for more events; false when memory is refused.
bool ss_sim_reserve_events(ss_sim *sim);
/// Brings all pending events into queue.events, for whoever looks at them or copies them; false
/// when memory is refused (then nothing has changed).
bool ss_sim_gather_events(ss_sim *sim);
/// Forgets what the calendar holds: queue.events was put in place of everything.
void ss_sim_clear_calendar(ss_sim *sim);
/// Sends all places of a group on vacation, as an empty station with vacations begins.
void ss_sim_begin_vacations(ss_sim *sim, uint32_t group);
int64_t ss_sim_next_ns(const ss_sim *sim); ///< time of the next event, or SS_TIME_MAX
/// Forgets all statistics gathered so far (the end of the warm-up).
void ss_sim_reset_stats(ss_sim *sim);
/// Counts all pending values; before anything reads a series, its histogram or its batches.
void ss_sim_count_pending(ss_sim *sim);
/// Gives an edge and its client, which share the response times of whom they call, series of their
/// own, equal so far: from now on they may differ. Others have them already.
void ss_sim_own_series(ss_sim *sim, uint32_t edge);
/// Forgets all pending values: a snapshot, which has none, was put in place.
void ss_sim_forget_pending(ss_sim *sim);
/// Counts the pending response times of a class or a total.
void ss_sim_count_responses(ss_sim *sim, uint32_t stats);
/// How often an edge was called. Each request of a client that shares the response times of whom it
/// calls is one call, and is not counted a second time.
uint64_t ss_sim_calls(const ss_sim *sim, uint32_t edge);
/// Quantiles of a client's responses in the timeline's interval, in ns, which then begins anew.
void ss_sim_take_interval(ss_sim *sim, uint32_t node, const double *q, uint32_t count,
                          double *out_ns);
/// The index of an edge's own series.
static inline uint32_t ss_sim_series_of_edge(const ss_sim *sim, uint32_t edge) {
    return sim->stats_count * SS_SERIES_KINDS + edge;
}
/// The index of a series of a class or a total.
static inline uint32_t ss__series_of(uint32_t stats, uint32_t kind) {
    return stats * SS_SERIES_KINDS + kind;
}
/// A series of a class or a total; of its responses perhaps that of another class.
static inline const ss_series *ss_sim_series(const ss_sim *sim, uint32_t stats, uint32_t kind) {
    const uint32_t from = kind == SS_SERIES_RESPONSE ? sim->classes[stats].responses : stats;
    return &sim->series[ss__series_of(from, kind)];
}
/// Its histogram and batches; empty ones when it has no value.
const ss_histogram *ss_sim_histogram(const ss_sim *sim, const ss_series *series);
const ss_batches *ss_sim_batches(const ss_sim *sim, const ss_series *series);

/// Finds anew whether an edge is plain; after anything on it was changed.
void ss_sim_update_edge(ss_sim_edge *edge);
/// Lets direct clients see which edges are plain.
void ss_sim_update_clients(ss_sim *sim);
/// Adds a fault, also to a running engine; it begins at at_ns, or now if that is past.
ss_status ss_sim_add_fault(ss_sim *sim, ss_sim_fault fault);

/// Schedules an event; returns its sequence number (never 0).
__attribute__((noinline)) uint32_t ss_sim_schedule(ss_sim *sim, int64_t time_ns,
                                                   ss_event_kind kind, uint32_t index);

// For behaviours.
/// Starts a request of a class at its own node, now and by itself (a client's); it needs no place.
/// Schedules the node's next timer at next_ns, before it: SS_TIME_MAX = none.
void ss_sim_spawn(ss_sim *sim, uint32_t class_index, int64_t next_ns);
/// Lets a HELD task go on at its pc.
void ss_sim_resume(ss_sim *sim, uint32_t task);
/// Marks a task HELD: the behaviour keeps it and resumes it later.
void ss_sim_hold(ss_sim *sim, uint32_t task);
/// Fails a task: the request, or the branch that it is.
void ss_sim_fail(ss_sim *sim, uint32_t task, ss_outcome outcome);
/// Ends a request here with an outcome.
void ss_sim_finish(ss_sim *sim, uint32_t task, ss_outcome outcome);

static inline ss_task_state ss_task_state_of(const ss_task *task) {
    return (ss_task_state)(task->bits & 15u);
}

#endif
