// Follows every operation from the clients through the design, as requests will go: calls that come
// back to a caller that waits for them, and operations that nobody asks for.
//
// A state is an operation at a node. An arc is a call or a forward from one state to the next; it
// is certain when every request takes it. A round of certain arcs with a call in it never returns;
// one of possible arcs may fill every place with callers that wait for each other.

#include "model/internal.h"

#include <string.h>

#define STATES_MAX 4000000u /* nodes times operations; larger designs are checked by running them */
#define PROBABILITY_SLACK 1e-9

typedef struct arc {
    uint32_t to;
    uint32_t edge;
    bool is_certain;
    bool is_call;
} arc;

typedef struct state {
    uint32_t node;
    uint32_t op;
    uint32_t first_arc;
    uint32_t arc_end;
    uint32_t order, low; ///< of Tarjan's search; 0 = not visited
    uint32_t round;      ///< the strongly connected component
    uint32_t next_arc;
    bool is_open;
} state;

typedef struct graph {
    ss__reader *reader;
    const char **op_names;
    uint32_t op_count;
    uint32_t *state1; ///< per node and op: 1-based state
    state *states;
    uint32_t state_count, state_capacity;
    arc *arcs;
    uint32_t arc_count, arc_capacity;
} graph;

// --- Building ------------------------------------------------------------------------------------

static bool grow(graph *g, void **items, uint32_t *capacity, size_t size) {
    const uint32_t larger = *capacity * 2u + 64u;
    void *moved = ss_reallocate(g->reader->allocator, *items, *capacity * size, larger * size);
    if (!moved) {
        g->reader->no_memory = true;
        return false;
    }
    *items = moved;
    *capacity = larger;
    return true;
}

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
    for (uint32_t i = 0; i < service->count; i++) {
        if (service->dists && strcmp(service->dists[i].name, op) == 0) return true;
    }
    return false;
}

/// Which of a node's operations a request of the given name runs, as the engine resolves it; *op
/// becomes another name where the node knows only others.
static const ss_operation *resolve(graph *g, uint32_t node, uint32_t *op) {
    const ss_node *at = &g->reader->nodes[node];
    const ss_value *operations = ss_object_find(&at->object, "operations");
    if (!operations || !operations->operations || operations->count == 0u) return NULL;
    const char *name = g->op_names[*op];
    const ss_operation *entry = find_operation(operations, name);
    if (entry || has_own_service(at, name)) return entry;
    entry = find_operation(operations, "default");
    if (entry) return entry;
    *op = ss__names_find(&g->reader->ops, operations->operations[0].name);
    return &operations->operations[0];
}

/// The state of an operation at a node; UINT32_MAX when memory is refused.
static uint32_t take_state(graph *g, uint32_t node, uint32_t op) {
    resolve(g, node, &op);
    uint32_t *known = &g->state1[(size_t)node * g->op_count + op];
    if (*known) return *known - 1u;
    if (g->state_count == g->state_capacity &&
        !grow(g, (void **)&g->states, &g->state_capacity, sizeof *g->states)) {
        return SS_NONE;
    }
    g->states[g->state_count] = (state){.node = node, .op = op};
    *known = ++g->state_count;
    return *known - 1u;
}

static void add_arc(graph *g, uint32_t op, const ss_edge *edge, const char *step_op, bool certain) {
    const char *name = step_op ? step_op : edge->op;
    const uint32_t to = take_state(g, edge->to, name ? ss__names_find(&g->reader->ops, name) : op);
    if (to == SS_NONE) return;
    if (g->arc_count == g->arc_capacity &&
        !grow(g, (void **)&g->arcs, &g->arc_capacity, sizeof *g->arcs)) {
        return;
    }
    const double probability = ss_object_get(&edge->object, "probability")->number;
    g->arcs[g->arc_count++] = (arc){.to = to, .edge = edge->index,
                                    .is_certain = certain && probability >= 1.0,
                                    .is_call = edge->kind == SS_EDGE_CALL};
}

static void add_flow(graph *g, uint32_t op, const ss_step *steps, uint32_t count, bool certain) {
    for (uint32_t i = 0; i < count && !g->reader->no_memory; i++) {
        const ss_step *step = &steps[i];
        if (step->kind == SS_STEP_CALL && step->edge1 > 0u) {
            add_arc(g, op, &g->reader->edges[step->edge1 - 1u], step->op, certain);
        }
        for (uint32_t b = 0; b < step->count; b++) {
            bool inner = certain;
            if (step->kind == SS_STEP_CALL) inner = false; // a miss
            if (step->kind == SS_STEP_REPEAT) inner = certain && step->repeat > 0u;
            if (step->kind == SS_STEP_CHOOSE) {
                inner = certain && step->branches[b].probability >= 1.0 - PROBABILITY_SLACK;
            }
            add_flow(g, op, step->branches[b].steps, step->branches[b].count, inner);
        }
    }
}

/// Code may ask its neighbours for anything they know, in any order, or not: it makes no round.
static void ask_all(graph *g, uint32_t node) {
    const ss__reader *reader = g->reader;
    for (uint32_t e = reader->first_out[node]; e != SS_NONE; e = reader->next_out[e]) {
        const ss_edge *edge = &reader->edges[e];
        const ss_object *object = &reader->nodes[edge->to].object;
        const ss_value *operations = ss_object_find(object, "operations");
        for (uint32_t i = 0; operations && i < operations->count; i++) {
            if (!operations->operations) break;
            take_state(g, edge->to,
                       ss__names_find(&reader->ops, operations->operations[i].name));
        }
        const ss_value *service = ss_object_find(object, "service_time");
        for (uint32_t i = 0; service && service->dists && i < service->count; i++) {
            take_state(g, edge->to, ss__names_find(&reader->ops, service->dists[i].name));
        }
        take_state(g, edge->to, ss__names_find(&reader->ops, edge->op ? edge->op : "default"));
    }
}

static void add_arcs(graph *g, uint32_t index) {
    const ss__reader *reader = g->reader;
    const uint32_t node = g->states[index].node;
    if (ss_node_code(&reader->nodes[node])) {
        ask_all(g, node);
        g->states[index].first_arc = g->states[index].arc_end = g->arc_count;
        return;
    }
    uint32_t op = g->states[index].op;
    const uint32_t traits = reader->nodes[node].type->traits;
    g->states[index].first_arc = g->arc_count;
    const ss_operation *operation = resolve(g, node, &op);
    const ss_value *flow = operation ? ss_object_find(&operation->object, "flow") : NULL;
    const bool has_flow = flow && flow->is_set;
    if (has_flow) add_flow(g, op, flow->flow, flow->count, true);
    const bool certain = !(traits & SS_TRAIT_CACHE);
    for (uint32_t e = reader->first_out[node]; e != SS_NONE; e = reader->next_out[e]) {
        const ss_edge *edge = &reader->edges[e];
        if (has_flow && edge->kind != SS_EDGE_FORWARD) continue;
        add_arc(g, op, edge, NULL, certain);
    }
    g->states[index].arc_end = g->arc_count;
}

static void add_client(graph *g, uint32_t node) {
    const ss_object *object = &g->reader->nodes[node].object;
    const ss_value *mix = ss_object_find(object, "operations");
    const ss_value *load = ss_object_find(object, "load");
    const ss_value *trace =
        load && load->count > 0u ? ss_object_find(load->objects, "trace") : NULL;
    bool has_unnamed = !mix || mix->count == 0u;
    for (uint32_t i = 0; mix && i < mix->count; i++) {
        take_state(g, node, ss__names_find(&g->reader->ops, mix->weights[i].name));
    }
    for (uint32_t i = 0; trace && i < trace->count; i++) {
        if (!trace->arrivals[i].op) has_unnamed = true;
        else take_state(g, node, ss__names_find(&g->reader->ops, trace->arrivals[i].op));
    }
    if (has_unnamed) take_state(g, node, ss__names_find(&g->reader->ops, "default"));
}

static bool build(graph *g) {
    ss__reader *reader = g->reader;
    g->op_count = reader->ops.count;
    if ((uint64_t)reader->node_count * g->op_count > STATES_MAX) return false;
    g->op_names = ss__reader_take(reader, g->op_count, sizeof *g->op_names);
    if (!g->op_names) return false;
    for (uint32_t i = 0; i <= reader->ops.mask; i++) {
        const ss__name_entry *entry = &reader->ops.entries[i];
        if (entry->name) g->op_names[entry->value] = entry->name;
    }
    g->state1 = ss_allocate_zeroed(reader->allocator,
                                   (size_t)reader->node_count * g->op_count * sizeof(uint32_t));
    if (!g->state1) {
        reader->no_memory = true;
        return false;
    }
    for (uint32_t n = 0; n < reader->node_count; n++) {
        if (reader->nodes[n].type->traits & SS_TRAIT_SOURCE) add_client(g, n);
        if (ss_node_code(&reader->nodes[n])) {
            take_state(g, n, ss__names_find(&reader->ops, "default"));
        }
    }
    for (uint32_t s = 0; s < g->state_count && !reader->no_memory; s++) add_arcs(g, s);
    return !reader->no_memory;
}

// --- Rounds (Tarjan 1972, without recursion) -----------------------------------------------------

/// A message that a broker keeps is handed on later: nobody waits for what becomes of it.
static bool waits(const graph *g, uint32_t from, const arc *a, bool only_certain) {
    const ss__reader *reader = g->reader;
    if (reader->edges[a->edge].kind == SS_EDGE_PUBLISH) return false;
    if (reader->nodes[g->states[from].node].type->traits & SS_TRAIT_BROKER) return false;
    return a->is_certain || !only_certain;
}

typedef struct search {
    uint32_t *path; ///< states being searched
    uint32_t *open; ///< states whose round is not closed yet
    uint32_t path_count, open_count, order, round;
} search;

static void enter(graph *g, search *s, uint32_t at) {
    state *here = &g->states[at];
    here->order = here->low = ++s->order;
    here->next_arc = here->first_arc;
    here->is_open = true;
    s->path[s->path_count++] = at;
    s->open[s->open_count++] = at;
}

static void leave(graph *g, search *s) {
    const uint32_t at = s->path[--s->path_count];
    const state *here = &g->states[at];
    if (s->path_count > 0u) {
        state *caller = &g->states[s->path[s->path_count - 1u]];
        if (here->low < caller->low) caller->low = here->low;
    }
    if (here->low != here->order) return;
    s->round++;
    uint32_t member;
    do {
        member = s->open[--s->open_count];
        g->states[member].is_open = false;
        g->states[member].round = s->round;
    } while (member != at);
}

static void search_from(graph *g, search *s, uint32_t start, bool only_certain) {
    enter(g, s, start);
    while (s->path_count > 0u) {
        const uint32_t at = s->path[s->path_count - 1u];
        state *here = &g->states[at];
        if (here->next_arc == here->arc_end) {
            leave(g, s);
            continue;
        }
        const arc *a = &g->arcs[here->next_arc++];
        if (!waits(g, at, a, only_certain)) continue;
        const state *there = &g->states[a->to];
        if (there->order == 0u) enter(g, s, a->to);
        else if (there->is_open && there->order < here->low) here->low = there->order;
    }
}

static void find_rounds(graph *g, search *s, bool only_certain) {
    for (uint32_t i = 0; i < g->state_count; i++) g->states[i].order = 0;
    s->order = s->round = 0;
    for (uint32_t i = 0; i < g->state_count; i++) {
        if (g->states[i].order == 0u) search_from(g, s, i, only_certain);
    }
}

/// The first call inside a round; false if no round has one.
static bool find_call(const graph *g, bool only_certain, uint32_t *from, const arc **call) {
    for (uint32_t s = 0; s < g->state_count; s++) {
        for (uint32_t i = g->states[s].first_arc; i < g->states[s].arc_end; i++) {
            const arc *a = &g->arcs[i];
            if (!a->is_call || !waits(g, s, a, only_certain)) continue;
            if (g->states[s].round != g->states[a->to].round) continue;
            *from = s;
            *call = a;
            return true;
        }
    }
    return false;
}

static void report_rounds(graph *g) {
    search s = {.order = 0};
    s.path = ss__reader_take(g->reader, g->state_count, sizeof(uint32_t));
    s.open = ss__reader_take(g->reader, g->state_count, sizeof(uint32_t));
    if (g->reader->no_memory) return;
    for (uint32_t pass = 0; pass < 2u; pass++) {
        const bool only_certain = pass == 0u;
        uint32_t from;
        const arc *call;
        find_rounds(g, &s, only_certain);
        if (!find_call(g, only_certain, &from, &call)) continue;
        const ss_edge *edge = &g->reader->edges[call->edge];
        const char *op = g->op_names[g->states[from].op];
        if (only_certain) {
            ss__reader_report_at(g->reader, "E211", edge->object.pointer,
                                 "The call \"%s\" (operation \"%s\") leads back to its caller, so "
                                 "it never returns; write a flow, an \"op\" or a \"probability\" "
                                 "that ends the round.",
                                 edge->name, op);
            return;
        }
        ss__reader_report_at(g->reader, "W204", edge->object.pointer,
                             "The call \"%s\" (operation \"%s\") may lead back to its caller, "
                             "which keeps its place meanwhile: when all places wait for each "
                             "other, nothing moves; a queue between them avoids that.",
                             edge->name, op);
    }
}

// --- Operations nobody asks for ------------------------------------------------------------------

static bool is_asked(const graph *g, uint32_t node, const char *op) {
    const uint32_t index = ss__names_find(&g->reader->ops, op);
    return index != SS_NONE && g->state1[(size_t)node * g->op_count + index] != 0u;
}

static bool is_reached(const graph *g, uint32_t node) {
    for (uint32_t op = 0; op < g->op_count; op++) {
        if (g->state1[(size_t)node * g->op_count + op]) return true;
    }
    return false;
}

static void report_unasked(graph *g, uint32_t node, const char *member, const char *op) {
    if (strcmp(op, "default") == 0 || is_asked(g, node, op)) return;
    ss__reader *reader = g->reader;
    char in[SS_JSON_POINTER_MAX];
    char pointer[SS_JSON_POINTER_MAX];
    ss_json_pointer_join(in, sizeof in, reader->nodes[node].object.pointer, member);
    ss_json_pointer_join(pointer, sizeof pointer, in, op);
    ss__nearest near = ss__nearest_to(op);
    for (uint32_t i = 0; i < g->op_count; i++) {
        if (g->state1[(size_t)node * g->op_count + i]) ss__nearest_offer(&near, g->op_names[i]);
    }
    ss__reader_report_at(reader, "W206", pointer,
                         "No request asks \"%s\" for \"%s\"; what comes is \"%s\" and the like (a "
                         "client's \"operations\", an edge's or a step's \"op\").",
                         reader->nodes[node].id, op, near.best ? near.best : "");
}

static void report_operations(graph *g) {
    for (uint32_t n = 0; n < g->reader->node_count; n++) {
        const ss_node *node = &g->reader->nodes[n];
        if ((node->type->traits & SS_TRAIT_SOURCE) || !is_reached(g, n)) continue;
        const ss_value *operations = ss_object_find(&node->object, "operations");
        for (uint32_t i = 0; operations && i < operations->count; i++) {
            report_unasked(g, n, "operations", operations->operations[i].name);
        }
        const ss_value *service = ss_object_find(&node->object, "service_time");
        for (uint32_t i = 0; service && service->dists && i < service->count; i++) {
            report_unasked(g, n, "service_time", service->dists[i].name);
        }
    }
}

void ss__check_calls(ss__reader *reader) {
    graph g = {.reader = reader};
    if (build(&g)) {
        report_rounds(&g);
        if (!reader->no_memory) report_operations(&g);
    }
    const ss_allocator *allocator = reader->allocator;
    ss_deallocate(allocator, g.state1,
                  (size_t)reader->node_count * g.op_count * sizeof(uint32_t));
    ss_deallocate(allocator, g.states, g.state_capacity * sizeof *g.states);
    ss_deallocate(allocator, g.arcs, g.arc_capacity * sizeof *g.arcs);
}
