/// A client's load as the document says it, and the state that it has during a run.
#ifndef SS_COMPONENTS_CLIENT_LOAD_H
#define SS_COMPONENTS_CLIENT_LOAD_H

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

ss_status ss__client_bind(ss_builder *builder, uint32_t node);
ss_status ss__client_program(ss_builder *builder, uint32_t class_index);
/// Notes in the state whether the client is the usual one.
void ss__client_set_usual(const client_setup *setup, client_state *state);

#endif
