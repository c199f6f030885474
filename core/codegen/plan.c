#include "codegen/plan.h"

#include <string.h>

/// Deeper code than this nobody reads; and the context of the templates must stay within the depth
/// of JSON (64): four levels for each of these, and six above them.
#define NESTING_MAX 12u
/// Nodes times operations; a larger design is no project that people could work on.
#define OPS_MAX 20000u

// --- Looking things up ---------------------------------------------------------------------------

static const ss_operation *find_operation(const ss_value *operations, const char *name) {
    for (uint32_t i = 0; i < operations->count; i++) {
        if (strcmp(operations->operations[i].name, name) == 0) return &operations->operations[i];
    }
    return NULL;
}

static bool has_own_service(const ss_node *node, const char *op) {
    const ss_value *service = ss_object_find(&node->object, "service_time");
    if (!service) return false;
    if (service->is_written && service->dist) return true;
    for (uint32_t i = 0; service->dists && i < service->count; i++) {
        if (strcmp(service->dists[i].name, op) == 0) return true;
    }
    return false;
}

/// Which of a node's operations a request runs, as the engine resolves it: the one of its name,
/// else the node's own properties, else "default", else the first. Returns the name the node knows
/// it by.
static const char *resolve(const ss_node *node, const char *name, const ss_operation **entry) {
    *entry = NULL;
    const ss_value *operations = ss_object_find(&node->object, "operations");
    if (!operations || !operations->operations || operations->count == 0) return name;
    *entry = find_operation(operations, name);
    if (*entry || has_own_service(node, name)) return name;
    *entry = find_operation(operations, "default");
    if (*entry) return name;
    *entry = &operations->operations[0];
    return (*entry)->name;
}

static const ss_dist *service_dist(const ss_node *node, const ss__plan_op *op) {
    if (op->entry) {
        const ss_value *own = ss_object_find(&op->entry->object, "service_time");
        if (own && own->is_set) return own->dist;
    }
    const ss_value *value = ss_object_find(&node->object, "service_time");
    if (!value) return NULL;
    for (uint32_t i = 0; value->dists && i < value->count; i++) {
        if (strcmp(value->dists[i].name, op->name) == 0) return value->dists[i].dist;
    }
    return value->dist;
}

static double probability_of(const ss_edge *edge) {
    return ss_object_get(&edge->object, "probability")->number;
}

// --- Growing -------------------------------------------------------------------------------------

static bool grow(ss__plan *plan, void **items, uint32_t *capacity, uint32_t need, size_t size) {
    if (need <= *capacity) return true;
    const uint32_t larger = *capacity * 2u + 32u;
    void *moved = ss_reallocate(&plan->allocator, *items, *capacity * size, larger * size);
    if (!moved) {
        plan->no_memory = true;
        return false;
    }
    *items = moved;
    *capacity = larger;
    return true;
}

static ss__plan_step *take_steps(ss__plan *plan, uint32_t count) {
    ss__plan_step *steps = ss_arena_allocate(plan->arena, (count + 1u) * sizeof *steps);
    if (!steps) plan->no_memory = true;
    return steps;
}

static ss__plan_branch *take_branches(ss__plan *plan, uint32_t count) {
    ss__plan_branch *branches = ss_arena_allocate(plan->arena, (count + 1u) * sizeof *branches);
    if (!branches) plan->no_memory = true;
    return branches;
}

/// Adds an operation to a node once; returns the name the node knows it by, NULL on failure.
static const char *reach(ss__plan *plan, uint32_t node, const char *name) {
    const ss_operation *entry;
    const char *known = resolve(&plan->design->nodes[node], name, &entry);
    for (uint32_t at = plan->first_op1[node]; at; at = plan->ops[at - 1u].next1) {
        if (strcmp(plan->ops[at - 1u].name, known) == 0) return known;
    }
    if (plan->op_count >= OPS_MAX) {
        plan->is_too_large = true;
        return NULL;
    }
    if (!grow(plan, (void **)&plan->ops, &plan->op_capacity, plan->op_count + 1u,
              sizeof *plan->ops)) {
        return NULL;
    }
    plan->ops[plan->op_count++] = (ss__plan_op){.name = known, .node = node, .entry = entry};
    if (plan->last_op1[node]) {
        plan->ops[plan->last_op1[node] - 1u].next1 = plan->op_count;
    } else {
        plan->first_op1[node] = plan->op_count;
    }
    plan->last_op1[node] = plan->op_count;
    return known;
}

static void use(ss__plan *plan, uint32_t user, const ss_edge *edge, const char *op) {
    for (uint32_t i = 0; i < plan->use_count; i++) {
        const ss__plan_use *known = &plan->uses[i];
        if (known->user == user && known->edge == edge && strcmp(known->op, op) == 0) return;
    }
    if (!grow(plan, (void **)&plan->uses, &plan->use_capacity, plan->use_count + 1u,
              sizeof *plan->uses)) {
        return;
    }
    plan->uses[plan->use_count++] = (ss__plan_use){.user = user, .edge = edge, .op = op};
}

// --- Steps ---------------------------------------------------------------------------------------

/// What is being walked: an operation of `user`, at most NESTING_MAX deep.
typedef struct walk {
    ss__plan *plan;
    uint32_t user;
    const char *op;
    const char *pointer;
    uint32_t depth;
} walk;

static void add_out_edges(walk at, uint32_t node, ss__plan_branch *body);
static void add_flow(walk at, const ss_step *steps, uint32_t count, ss__plan_branch *body);

static bool is_too_deep(const walk *at) {
    if (at->depth < NESTING_MAX) return false;
    ss_diagnostics_add(at->plan->diagnostics, "E503", at->pointer,
                       "a project's code cannot nest flows deeper than %u; move the inner steps "
                       "into an operation of their own", NESTING_MAX);
    return true;
}

/// A call or publish along an edge; what a cache loads on a miss becomes part of it.
static void set_call(walk at, const ss_edge *edge, const char *step_op, bool is_publish,
                     const ss_step *miss_of, ss__plan_step *out) {
    ss__plan *plan = at.plan;
    const char *wanted = step_op ? step_op : edge->op ? edge->op : at.op;
    const char *known = reach(plan, edge->to, wanted);
    if (!known) return;
    const ss__role role = plan->roles[edge->to];
    const bool is_sent = is_publish || role == SS__ROLE_QUEUE;
    *out = (ss__plan_step){.kind = is_sent ? SS__PLAN_PUBLISH : SS__PLAN_CALL, .edge = edge,
                           .op = known};
    use(plan, at.user, edge, known);
    const bool has_miss = miss_of && miss_of->count > 0;
    if (role != SS__ROLE_CACHE || is_too_deep(&at)) return;
    const uint32_t cache = edge->to;
    if (!has_miss && plan->first_out[cache] == plan->first_out[cache + 1u]) return;
    out->branches = take_branches(plan, 1);
    if (!out->branches) return;
    out->count = 1;
    at.depth++;
    if (has_miss) {
        add_flow(at, miss_of->branches[0].steps, miss_of->branches[0].count, &out->branches[0]);
    } else {
        at.op = known;
        add_out_edges(at, cache, &out->branches[0]);
    }
}

static void set_branches(walk at, const ss_step *step, ss__plan_kind kind, ss__plan_step *out) {
    out->kind = kind;
    out->repeat = step->repeat;
    if (is_too_deep(&at)) return;
    out->branches = take_branches(at.plan, step->count);
    if (!out->branches) return;
    out->count = step->count;
    at.depth++;
    for (uint32_t i = 0; i < step->count; i++) {
        out->branches[i].probability = step->branches[i].probability;
        add_flow(at, step->branches[i].steps, step->branches[i].count, &out->branches[i]);
    }
}

static void set_step(walk at, const ss_step *step, ss__plan_step *out) {
    at.pointer = step->pointer ? step->pointer : at.pointer;
    switch (step->kind) {
    case SS_STEP_COMPUTE:
        *out = (ss__plan_step){.kind = SS__PLAN_COMPUTE, .dist = step->dist};
        break;
    case SS_STEP_CALL:
    case SS_STEP_PUBLISH:
        set_call(at, &at.plan->design->edges[step->edge1 - 1u], step->op,
                 step->kind == SS_STEP_PUBLISH, step, out);
        break;
    case SS_STEP_PARALLEL: set_branches(at, step, SS__PLAN_PARALLEL, out); break;
    case SS_STEP_CHOOSE: set_branches(at, step, SS__PLAN_CHOOSE, out); break;
    case SS_STEP_REPEAT: set_branches(at, step, SS__PLAN_REPEAT, out); break;
    }
}

static void add_flow(walk at, const ss_step *steps, uint32_t count, ss__plan_branch *body) {
    body->steps = take_steps(at.plan, count);
    if (!body->steps) return;
    for (uint32_t i = 0; i < count && !at.plan->no_memory; i++) {
        set_step(at, &steps[i], &body->steps[body->count++]);
    }
}

/// An out-edge taken with a probability below 1 is a choice of one branch.
static void set_out_edge(walk at, const ss_edge *edge, ss__plan_step *out) {
    const double probability = probability_of(edge);
    const bool is_publish = edge->kind == SS_EDGE_PUBLISH;
    if (probability >= 1.0) {
        set_call(at, edge, NULL, is_publish, NULL, out);
        return;
    }
    if (is_too_deep(&at)) return;
    *out = (ss__plan_step){.kind = SS__PLAN_CHOOSE, .branches = take_branches(at.plan, 1)};
    if (!out->branches) return;
    out->count = 1;
    ss__plan_branch *branch = &out->branches[0];
    *branch = (ss__plan_branch){.probability = probability, .steps = take_steps(at.plan, 1)};
    if (!branch->steps) return;
    at.depth++;
    branch->count = 1;
    set_call(at, edge, NULL, is_publish, NULL, &branch->steps[0]);
}

/// The forward edges, of which exactly one is taken; what is left of the probability leaves here.
static void add_forward(walk at, uint32_t node, ss__plan_branch *body) {
    ss__plan *plan = at.plan;
    ss__plan_step step = {.kind = SS__PLAN_FORWARD};
    const uint32_t from = plan->first_out[node], to = plan->first_out[node + 1u];
    step.branches = take_branches(plan, to - from);
    for (uint32_t i = from; i < to && step.branches && !plan->no_memory; i++) {
        const ss_edge *edge = &plan->design->edges[plan->out[i]];
        if (edge->kind != SS_EDGE_FORWARD) continue;
        ss__plan_branch *branch = &step.branches[step.count++];
        branch->probability = probability_of(edge);
        branch->steps = take_steps(plan, 1);
        if (!branch->steps) return;
        branch->count = 1;
        set_call(at, edge, NULL, false, NULL, &branch->steps[0]);
    }
    if (step.count > 0) body->steps[body->count++] = step;
}

/// Calls and publishes in document order, into a body with room for them.
static void add_calls(walk at, uint32_t node, ss__plan_branch *body) {
    ss__plan *plan = at.plan;
    for (uint32_t i = plan->first_out[node]; i < plan->first_out[node + 1u]; i++) {
        const ss_edge *edge = &plan->design->edges[plan->out[i]];
        if (plan->no_memory) return;
        if (edge->kind != SS_EDGE_FORWARD) set_out_edge(at, edge, &body->steps[body->count++]);
    }
}

static void add_out_edges(walk at, uint32_t node, ss__plan_branch *body) {
    const uint32_t edges = at.plan->first_out[node + 1u] - at.plan->first_out[node];
    body->steps = take_steps(at.plan, edges + 1u);
    if (!body->steps) return;
    add_calls(at, node, body);
    add_forward(at, node, body);
}

static ss__plan_branch service_body(walk at, const ss__plan_op *op) {
    ss__plan *plan = at.plan;
    const ss_node *node = &plan->design->nodes[op->node];
    const uint32_t edges = plan->first_out[op->node + 1u] - plan->first_out[op->node];
    const ss_value *flow = op->entry ? ss_object_find(&op->entry->object, "flow") : NULL;
    const bool has_flow = flow && flow->is_set;
    ss__plan_branch body = {.steps = take_steps(plan, edges + 2u + (has_flow ? flow->count : 0u))};
    if (!body.steps) return body;
    if (has_flow) {
        for (uint32_t i = 0; i < flow->count && !plan->no_memory; i++) {
            set_step(at, &flow->flow[i], &body.steps[body.count++]);
        }
    } else {
        const ss_dist *dist = service_dist(node, op);
        if (dist) {
            body.steps[body.count++] = (ss__plan_step){.kind = SS__PLAN_COMPUTE, .dist = dist};
        }
        add_calls(at, op->node, &body);
    }
    add_forward(at, op->node, &body);
    return body;
}

/// Follows one operation at one node. Messages of a queue reach its consumers; what a store or a
/// cache does by itself is not the project's.
static void follow(ss__plan *plan, uint32_t index) {
    const ss__plan_op op = plan->ops[index]; // a copy: the list grows meanwhile
    const ss_node *node = &plan->design->nodes[op.node];
    walk at = {.plan = plan, .user = op.node, .op = op.name, .pointer = node->object.pointer};
    ss__plan_branch body = {0};
    switch (plan->roles[op.node]) {
    case SS__ROLE_SERVICE: body = service_body(at, &op); break;
    case SS__ROLE_CLIENT:
    case SS__ROLE_QUEUE: add_out_edges(at, op.node, &body); break;
    case SS__ROLE_STORE:
    case SS__ROLE_CACHE:
    case SS__ROLE_NONE: break;
    }
    plan->ops[index].body = body;
}

// --- The whole -----------------------------------------------------------------------------------

static bool index_edges(ss__plan *plan) {
    const ss_design *design = plan->design;
    plan->first_op1 = ss_arena_allocate(plan->arena, (design->node_count + 1u) * sizeof(uint32_t));
    plan->last_op1 = ss_arena_allocate(plan->arena, (design->node_count + 1u) * sizeof(uint32_t));
    plan->first_out = ss_arena_allocate(plan->arena, (design->node_count + 2u) * sizeof(uint32_t));
    plan->out = ss_arena_allocate(plan->arena, (design->edge_count + 1u) * sizeof(uint32_t));
    if (!plan->first_op1 || !plan->last_op1 || !plan->first_out || !plan->out) return false;
    for (uint32_t e = 0; e < design->edge_count; e++) plan->first_out[design->edges[e].from + 1u]++;
    for (uint32_t n = 0; n < design->node_count; n++) plan->first_out[n + 1u] += plan->first_out[n];
    // Filling moves each start to the next node's; a second pass from the back puts them right.
    for (uint32_t e = 0; e < design->edge_count; e++) {
        plan->out[plan->first_out[design->edges[e].from]++] = e;
    }
    for (uint32_t n = design->node_count; n > 0; n--) plan->first_out[n] = plan->first_out[n - 1u];
    plan->first_out[0] = 0;
    return true;
}

static void reach_client(ss__plan *plan, uint32_t node) {
    const ss_object *object = &plan->design->nodes[node].object;
    const ss_value *mix = ss_object_find(object, "operations");
    const ss_value *load = ss_object_find(object, "load");
    const ss_value *trace = load && load->count > 0 ? ss_object_find(load->objects, "trace") : NULL;
    bool has_unnamed = !mix || mix->count == 0;
    for (uint32_t i = 0; mix && i < mix->count; i++) reach(plan, node, mix->weights[i].name);
    for (uint32_t i = 0; trace && i < trace->count; i++) {
        if (trace->arrivals[i].op) reach(plan, node, trace->arrivals[i].op);
        else has_unnamed = true;
    }
    if (has_unnamed) reach(plan, node, "default");
}

/// A service has its declared operations even where nobody calls them, and at least one.
static void reach_service(ss__plan *plan, uint32_t node) {
    const ss_value *operations = ss_object_find(&plan->design->nodes[node].object, "operations");
    for (uint32_t i = 0; operations && i < operations->count; i++) {
        reach(plan, node, operations->operations[i].name);
    }
}

ss_status ss__plan_create(const ss_design *design, const ss__role *roles,
                          const ss_allocator *allocator, ss_diagnostics *diagnostics,
                          ss__plan *out) {
    *out = (ss__plan){.design = design, .roles = roles, .allocator = *allocator,
                      .diagnostics = diagnostics, .arena = ss_arena_create(allocator)};
    ss__plan *plan = out;
    if (!plan->arena || !index_edges(plan)) return SS_ERROR_MEMORY;
    const size_t errors = ss_diagnostics_error_count(diagnostics);
    for (uint32_t n = 0; n < design->node_count; n++) {
        if (roles[n] == SS__ROLE_SERVICE) reach_service(plan, n);
        if (roles[n] == SS__ROLE_CLIENT) reach_client(plan, n);
    }
    uint32_t followed = 0;
    for (uint32_t pass = 0; pass < 2u; pass++) {
        for (; followed < plan->op_count && !plan->no_memory && !plan->is_too_large; followed++) {
            follow(plan, followed);
        }
        for (uint32_t n = 0; n < design->node_count && pass == 0u; n++) {
            if (roles[n] == SS__ROLE_SERVICE && !plan->first_op1[n]) reach(plan, n, "default");
        }
    }
    if (plan->no_memory) return SS_ERROR_MEMORY;
    if (plan->is_too_large) {
        ss_diagnostics_add(diagnostics, "E503", "/nodes",
                           "a project can have %u operations in all services together; generate a "
                           "part of the design", OPS_MAX);
    }
    return ss_diagnostics_error_count(diagnostics) > errors ? SS_ERROR_INPUT : SS_OK;
}

void ss__plan_destroy(ss__plan *plan) {
    ss_deallocate(&plan->allocator, plan->ops, plan->op_capacity * sizeof *plan->ops);
    ss_deallocate(&plan->allocator, plan->uses, plan->use_capacity * sizeof *plan->uses);
    ss_arena_destroy(plan->arena);
}
