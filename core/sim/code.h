/// Designs with code on a node: what tasks then carry, and what handlers ask of the engine.
#ifndef SS_SIM_CODE_H
#define SS_SIM_CODE_H

#include "scalesim/sim.h"

/// What a HANDLER instruction asks for. The steps of a request are BEGIN, GO_ON, END; those of work
/// that no request asked for (a start, a timer) TIMER, GO_ON, END.
typedef enum ss_handler_step {
    SS_HANDLER_BEGIN,   ///< a request or message begins to be handled
    SS_HANDLER_TIMER,   ///< a timer has run out; timer 0 is the start
    SS_HANDLER_GO_ON,   ///< what the code said takes effect; then the next thing it awaited
    SS_HANDLER_SETTLED, ///< of a branch: its call was answered
    SS_HANDLER_FAILED,  ///< of a branch: its call has failed for good
    SS_HANDLER_DATA,    ///< a store answers a request that carries a body
} ss_handler_step;

/// A way that leaves a node with code: where an operation goes along an edge.
typedef struct ss_code_route {
    uint32_t from, to; ///< nodes
    uint32_t edge, class_index;
    uint32_t pc;       ///< the branch that calls it and settles; 0 where the edge only publishes
    const char *operation;
} ss_code_route;

/// What a design with code on a node needs of every task.
typedef struct ss_task_code {
    int64_t timeout_ns; ///< of the call a branch makes; 0 = the edge's
    uint64_t cause;     ///< number of the input whose saying led to it; 0 = none
    uint64_t answered;  ///< number of the input that answered it; 0 = nobody's code
    uint32_t body;      ///< payload it was sent with; 0 = none
    uint32_t answer;    ///< payload it answers with; 0 = none
    uint32_t activity;  ///< whose work it is; 0 = nobody's
    uint32_t token;     ///< branch: what it settles; timer: its number; message: its offset
    uint32_t home1;     ///< 1-based group where it computes without holding a place
    uint32_t left_by1;  ///< 1-based class of the caller that gave it up; 0 = none has
    uint16_t found;     ///< a store has answered: 1 it had the key, 2 it had not
    uint16_t outcome;   ///< of a branch: of the call that failed for good
} ss_task_code;

/// Bytes of a payload that one chunk holds.
#define SS_PAYLOAD_CHUNK_BYTES 52u

typedef struct ss_payload_chunk {
    uint32_t next;       ///< chunk of the same payload, or of the free list
    uint32_t references; ///< of a payload's first chunk
    uint32_t bytes;      ///< of the whole payload; in its first chunk
    uint8_t data[SS_PAYLOAD_CHUNK_BYTES];
} ss_payload_chunk;

/// The part of the engine that only designs with code have.
struct ss_code {
    // Immutable, written by the builder.
    const ss_code_route *routes; ///< by node, then in document order
    uint32_t route_count;
    /// Per node: 1-based class of work that no request asked for; 0 = no code.
    const uint32_t *local_class1;
    // The handlers' own half (core/handlers).
    bool (*step)(void *context, ss_sim *sim, uint32_t task, ss_handler_step step);
    void (*crashed)(void *context, ss_sim *sim, uint32_t node, bool begins);
    void (*reset)(void *context); ///< the warm-up is over
    /// A hash of the key a message was published with; false when it has none.
    bool (*key)(void *context, ss_sim *sim, uint32_t task, uint64_t *hash);
    void *context;
    /// Number of the input whose saying takes effect; 0 between events.
    uint64_t speaking;
    // Flat state.
    ss_task_code *tasks; ///< parallel to ss_sim.tasks
    uint32_t task_capacity;
    ss_payload_chunk *chunks; ///< index 0 is null
    uint32_t chunk_count, chunk_capacity, chunk_free;
    uint32_t payloads_live;
};

/// Keeps bytes, with one reference. Returns 0 for no bytes, or when memory is refused.
uint32_t ss_payload_create(ss_sim *sim, const uint8_t *bytes, size_t count);
uint32_t ss_payload_retain(ss_sim *sim, uint32_t payload); ///< returns it; 0 is fine
void ss_payload_release(ss_sim *sim, uint32_t payload);    ///< 0 is fine
uint32_t ss_payload_bytes(const ss_sim *sim, uint32_t payload);
void ss_payload_read(const ss_sim *sim, uint32_t payload, uint8_t *out);
/// Lets a task compute for so long at its node's speed, then go on at its pc.
void ss_sim_compute_for(ss_sim *sim, uint32_t task, double work_ns);
/// A task without a place and without a parent, held: it goes on at `pc` when it is resumed.
/// Returns 0 when memory is refused.
uint32_t ss_sim_create_branch(ss_sim *sim, uint32_t class_index, uint32_t pc);
/// Resumes a held task at a time.
void ss_sim_resume_at(ss_sim *sim, uint32_t task, int64_t time_ns);
/// Frees a task that nobody waits for and that holds no place.
void ss_sim_free_branch(ss_sim *sim, uint32_t task);
/// Sends a one-way message that carries a payload (a reference of which it takes over).
void ss_sim_send_message(ss_sim *sim, uint32_t class_index, uint32_t edge, uint32_t body);
/// Mixes what a handler said into the trace.
void ss_sim_trace(ss_sim *sim, uint64_t word);

#endif
