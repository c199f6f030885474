/// What a generation target works from: which operations reach which node, and what each of them
/// does, step by step, as the engine would run it.
#ifndef SS_CODEGEN_PLAN_H
#define SS_CODEGEN_PLAN_H

#include "scalesim/model.h"

/// What a node becomes. A target's description says which behaviour has which role.
typedef enum ss__role {
    SS__ROLE_NONE, ///< the target has nothing for it
    SS__ROLE_CLIENT,
    SS__ROLE_SERVICE,
    SS__ROLE_STORE,
    SS__ROLE_CACHE,
    SS__ROLE_QUEUE,
} ss__role;

typedef enum ss__plan_kind {
    SS__PLAN_COMPUTE,
    SS__PLAN_CALL,
    SS__PLAN_PUBLISH,
    SS__PLAN_PARALLEL,
    SS__PLAN_CHOOSE,
    SS__PLAN_REPEAT,
    SS__PLAN_FORWARD, ///< gives the place back, then takes one branch by probability
} ss__plan_kind;

struct ss__plan_step;

typedef struct ss__plan_branch {
    double probability;
    struct ss__plan_step *steps;
    uint32_t count;
} ss__plan_branch;

typedef struct ss__plan_step {
    ss__plan_kind kind;
    const ss_dist *dist;    ///< COMPUTE
    const ss_edge *edge;    ///< CALL, PUBLISH
    const char *op;         ///< CALL, PUBLISH: as the callee knows it
    ss__plan_branch *branches; ///< CALL of a cache: what a miss loads (count 0 or 1)
    uint32_t count;
    uint32_t repeat;
} ss__plan_step;

typedef struct ss__plan_op {
    const char *name;
    uint32_t node;
    const ss_operation *entry; ///< in the node's `operations`, or NULL
    ss__plan_branch body;
    uint32_t next1;            ///< the node's next operation, 1-based
} ss__plan_op;

/// A service (or client) uses an edge with an operation.
typedef struct ss__plan_use {
    uint32_t user; ///< node index; of what a miss loads: the service that looks into the cache
    const ss_edge *edge;
    const char *op;
} ss__plan_use;

typedef struct ss__plan {
    const ss_design *design;
    const ss__role *roles; ///< per node
    ss_arena *arena;
    ss_allocator allocator;
    ss_diagnostics *diagnostics;
    uint32_t *first_op1; ///< per node, 1-based
    uint32_t *last_op1;
    uint32_t *first_out; ///< per node + 1: where its edges begin in `out`
    uint32_t *out;       ///< edge indices, in document order
    ss__plan_op *ops;
    uint32_t op_count, op_capacity;
    ss__plan_use *uses;
    uint32_t use_count, use_capacity;
    bool no_memory;
    bool is_too_large;
} ss__plan;

/// Makes a plan. `roles` is per node and borrowed.
ss_status ss__plan_create(const ss_design *design, const ss__role *roles,
                          const ss_allocator *allocator, ss_diagnostics *diagnostics,
                          ss__plan *out);
void ss__plan_destroy(ss__plan *plan);

#endif
