#include "components/builder.h"

#include <assert.h>
#include <string.h>

#include "base/math.h"

/// More classes than this are a design that multiplies nodes by operations by mistake.
#define SS_CLASSES_MAX 1000000u
#define SS_INSTRUCTIONS_MAX 4000000u

typedef struct class_info {
    const char *operation;
    const ss_operation *entry; ///< in the node's `operations`, or NULL
    uint32_t next_of_node1;    ///< list of the node's classes, 1-based
} class_info;

struct ss_builder {
    const ss_design *design;
    ss_built *built;
    ss_arena *arena;
    ss_diagnostics *diagnostics;
    ss_allocator allocator;
    uint64_t seed;
    ss_class *classes;
    class_info *infos;
    uint32_t class_count, class_capacity, info_capacity;
    ss_instruction *program;
    uint32_t program_count, program_capacity;
    ss_choice *choices;
    uint32_t choice_count, choice_capacity;
    uint32_t *out_first;  ///< per node + 1: start of its edges in out_edges
    uint32_t *out_edges;
    uint32_t *first_class1; ///< per node: 1-based first class
    const void **setups;
    ss_group *groups;
    uint32_t group_capacity;
};

// --- Small services ------------------------------------------------------------------------------

static bool grow(ss_builder *builder, void **array, uint32_t *capacity, uint32_t need,
                 size_t element_bytes) {
    if (need <= *capacity) return true;
    uint32_t larger = *capacity ? *capacity * 2u : 64u;
    while (larger < need) larger *= 2u;
    void *moved = ss_reallocate(&builder->allocator, *array, (size_t)*capacity * element_bytes,
                                (size_t)larger * element_bytes);
    if (!moved) return false;
    *array = moved;
    *capacity = larger;
    return true;
}

const ss_node *ss_builder_node(const ss_builder *builder, uint32_t node) {
    return &builder->design->nodes[node];
}

ss_sim_node *ss_builder_sim_node(ss_builder *builder, uint32_t node) {
    return &builder->built->sim.nodes[node];
}

ss_sim *ss_builder_sim(ss_builder *builder) {
    return &builder->built->sim;
}

ss_random ss_builder_random(const ss_builder *builder, uint32_t node, ss_purpose purpose) {
    return ss_random_create(builder->seed, builder->built->sim.nodes[node].id_hash, purpose);
}

ss_class *ss_builder_class(ss_builder *builder, uint32_t class_index) {
    return &builder->classes[class_index];
}

ss_arena *ss_builder_arena(ss_builder *builder) {
    return builder->arena;
}

ss_diagnostics *ss_builder_diagnostics(ss_builder *builder) {
    return builder->diagnostics;
}

void ss_builder_set_setup(ss_builder *builder, uint32_t node, const void *setup) {
    builder->setups[node] = setup;
}

ss_status ss_builder_reserve_state(ss_builder *builder, uint32_t node, size_t bytes) {
    ss_sim *sim = &builder->built->sim;
    const size_t aligned = (bytes + 15u) & ~(size_t)15u;
    unsigned char *state = ss_reallocate(&builder->allocator, sim->state, sim->state_bytes,
                                         sim->state_bytes + aligned);
    if (!state) return SS_ERROR_MEMORY;
    memset(state + sim->state_bytes, 0, aligned);
    sim->nodes[node].state_offset = (uint32_t)sim->state_bytes;
    sim->nodes[node].state_size = (uint32_t)aligned;
    sim->state = state;
    sim->state_bytes += aligned;
    return SS_OK;
}

uint32_t ss_builder_out_edge_count(const ss_builder *builder, uint32_t node) {
    return builder->out_first[node + 1u] - builder->out_first[node];
}

const ss_edge *ss_builder_out_edge(const ss_builder *builder, uint32_t node, uint32_t nth) {
    return &builder->design->edges[builder->out_edges[builder->out_first[node] + nth]];
}

// --- Classes -------------------------------------------------------------------------------------

static const ss_operation *find_operation(const ss_value *operations, const char *name) {
    for (uint32_t i = 0; i < operations->count; i++) {
        if (strcmp(operations->operations[i].name, name) == 0) return &operations->operations[i];
    }
    return NULL;
}

static bool has_own_service(const ss_node *node, const char *operation) {
    const ss_value *service = ss_object_find(&node->object, "service_time");
    if (!service) return false;
    if (service->is_written && service->dist) return true;
    for (uint32_t i = 0; i < service->count; i++) {
        if (service->dists && strcmp(service->dists[i].name, operation) == 0) return true;
    }
    return false;
}

/// Which of the node's operations a request of the given name runs. A name the node does not
/// declare follows the node's own properties; where it has none, its "default" or first operation
/// serves.
static const char *resolve_operation(ss_builder *builder, const ss_node *node, const char *name,
                                     const ss_operation **entry) {
    *entry = NULL;
    const ss_value *operations = ss_object_find(&node->object, "operations");
    if (!operations || !operations->operations || operations->count == 0u) return name;
    *entry = find_operation(operations, name);
    if (*entry || has_own_service(node, name)) return name;
    *entry = find_operation(operations, "default");
    if (*entry) return name;
    *entry = &operations->operations[0];
    char pointer[SS_JSON_POINTER_MAX];
    ss_json_pointer_join(pointer, sizeof pointer, node->object.pointer, "operations");
    ss_diagnostics_add(
        builder->diagnostics, "W301", pointer,
        "requests of operation \"%s\" reach \"%s\", which does not declare it and has no "
        "service_time of its own: they run as \"%s\"; declare \"%s\" here, or send "
        "\"%s\" (a client's operations, an edge's op)",
        name, node->id, (*entry)->name, name, (*entry)->name);
    return (*entry)->name;
}

uint32_t ss_builder_class_of(ss_builder *builder, uint32_t node_index, const char *operation) {
    for (uint32_t at = builder->first_class1[node_index]; at;
         at = builder->infos[at - 1u].next_of_node1) {
        if (strcmp(builder->infos[at - 1u].operation, operation) == 0) return at - 1u;
    }
    const ss_node *node = &builder->design->nodes[node_index];
    const ss_operation *entry;
    const char *resolved = resolve_operation(builder, node, operation, &entry);
    if (resolved != operation) return ss_builder_class_of(builder, node_index, resolved);
    if (builder->class_count >= SS_CLASSES_MAX) return SS_NO_INDEX;
    if (!grow(builder, (void **)&builder->classes, &builder->class_capacity,
              builder->class_count + 1u, sizeof(ss_class)) ||
        !grow(builder, (void **)&builder->infos, &builder->info_capacity,
              builder->class_count + 1u, sizeof(class_info))) {
        return SS_NO_INDEX;
    }
    const uint32_t index = builder->class_count++;
    builder->infos[index] = (class_info){
        .operation = operation, .entry = entry, .next_of_node1 = builder->first_class1[node_index]};
    builder->first_class1[node_index] = index + 1u;
    builder->classes[index] = (ss_class){.node = node_index};
    builder->built->sim.nodes[node_index].class_count++;
    return index;
}

const char *ss_builder_operation(const ss_builder *builder, uint32_t class_index) {
    return builder->infos[class_index].operation;
}

const ss_operation *ss_builder_operation_entry(const ss_builder *builder, uint32_t class_index) {
    return builder->infos[class_index].entry;
}

uint32_t ss_builder_target_class(ss_builder *builder, uint32_t class_index, const ss_edge *edge,
                                 const char *step_operation) {
    const char *operation = step_operation ? step_operation : edge->op;
    if (!operation) operation = builder->infos[class_index].operation;
    return ss_builder_class_of(builder, edge->to, operation);
}

/// What the operation's entry says, else what the node says.
static const ss_value *operation_value(const ss_builder *builder, uint32_t class_index,
                                       const char *name) {
    const ss_operation *entry = builder->infos[class_index].entry;
    if (entry) {
        const ss_value *value = ss_object_find(&entry->object, name);
        if (value && value->is_set) return value;
    }
    return ss_object_find(&builder->design->nodes[builder->classes[class_index].node].object, name);
}

// --- Programs ------------------------------------------------------------------------------------

uint32_t ss_builder_next(const ss_builder *builder) {
    return builder->program_count;
}

ss_instruction *ss_builder_instruction(ss_builder *builder, uint32_t index) {
    return &builder->program[index];
}

uint32_t ss_builder_emit(ss_builder *builder, ss_instruction instruction) {
    if (builder->program_count >= SS_INSTRUCTIONS_MAX ||
        !grow(builder, (void **)&builder->program, &builder->program_capacity,
              builder->program_count + 1u, sizeof(ss_instruction))) {
        return SS_NO_INDEX;
    }
    builder->program[builder->program_count] = instruction;
    return builder->program_count++;
}

uint32_t ss_builder_add_choice(ss_builder *builder, ss_choice choice) {
    if (!grow(builder, (void **)&builder->choices, &builder->choice_capacity,
              builder->choice_count + 1u, sizeof(ss_choice))) {
        return SS_NO_INDEX;
    }
    builder->choices[builder->choice_count] = choice;
    return builder->choice_count++;
}

ss_choice *ss_builder_choice(ss_builder *builder, uint32_t index) {
    return &builder->choices[index];
}

static const ss_dist *service_dist(const ss_builder *builder, uint32_t class_index) {
    const ss_operation *entry = builder->infos[class_index].entry;
    if (entry) {
        const ss_value *own = ss_object_find(&entry->object, "service_time");
        if (own && own->is_set) return own->dist;
    }
    const ss_node *node = &builder->design->nodes[builder->classes[class_index].node];
    const ss_value *value = ss_object_find(&node->object, "service_time");
    if (!value) return NULL;
    for (uint32_t i = 0; value->dists && i < value->count; i++) {
        if (strcmp(value->dists[i].name, builder->infos[class_index].operation) == 0) {
            return value->dists[i].dist;
        }
    }
    return value->dist;
}

ss_status ss_builder_compute(ss_builder *builder, uint32_t class_index) {
    const ss_dist *dist = service_dist(builder, class_index);
    if (!dist) {
        const ss_node *node = &builder->design->nodes[builder->classes[class_index].node];
        const char *operation = builder->infos[class_index].operation;
        ss_diagnostics_add(
            builder->diagnostics, "E302", node->object.pointer,
            "\"%s\" has no service_time for operation \"%s\", which reaches it: write "
            "\"service_time\", or \"operations\": {\"%s\": {\"service_time\": …}}",
            node->id, operation, operation);
        return SS_OK; // the error stops the build at its end, after all others were found
    }
    const uint32_t at =
        ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_COMPUTE, .dist = dist});
    return at == SS_NO_INDEX ? SS_ERROR_MEMORY : SS_OK;
}

static ss_status emit_call(ss_builder *builder, uint32_t class_index, const ss_edge *edge,
                           const char *step_operation, ss_opcode opcode, uint32_t *at) {
    const uint32_t target = ss_builder_target_class(builder, class_index, edge, step_operation);
    if (target == SS_NO_INDEX) return SS_ERROR_MEMORY;
    *at = ss_builder_emit(builder, (ss_instruction){.opcode = (uint32_t)opcode,
                                                    .edge = edge->index,
                                                    .class_index = target});
    return *at == SS_NO_INDEX ? SS_ERROR_MEMORY : SS_OK;
}

/// A call or publish that happens with a probability: a choice of one entry jumps over a jump.
static ss_status emit_out_edge(ss_builder *builder, uint32_t class_index, const ss_edge *edge,
                               ss_opcode opcode) {
    const double probability = ss_object_get(&edge->object, "probability")->number;
    uint32_t choose = SS_NO_INDEX;
    if (probability < 1.0) {
        const uint32_t entry =
            ss_builder_add_choice(builder, (ss_choice){.cumulative = probability});
        choose = ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_CHOOSE,
                                                           .first = entry, .count = 1});
        if (entry == SS_NO_INDEX || choose == SS_NO_INDEX) return SS_ERROR_MEMORY;
        builder->choices[entry].jump = ss_builder_next(builder);
    }
    uint32_t at;
    const ss_status status = emit_call(builder, class_index, edge, NULL, opcode, &at);
    if (status) return status;
    if (choose != SS_NO_INDEX) builder->program[choose].jump = ss_builder_next(builder);
    return SS_OK;
}

/// The last instruction: the forward edges as one table, or the end.
static ss_status emit_leave(ss_builder *builder, uint32_t class_index) {
    const uint32_t node = builder->classes[class_index].node;
    const uint32_t first = builder->choice_count;
    double cumulative = 0.0;
    for (uint32_t i = 0; i < ss_builder_out_edge_count(builder, node); i++) {
        const ss_edge *edge = ss_builder_out_edge(builder, node, i);
        if (edge->kind != SS_EDGE_FORWARD) continue;
        cumulative += ss_object_get(&edge->object, "probability")->number;
        const uint32_t target = ss_builder_target_class(builder, class_index, edge, NULL);
        if (target == SS_NO_INDEX) return SS_ERROR_MEMORY;
        // 0.7 + 0.2 + 0.1 falls a bit short of 1: what rounding left out belongs to the last edge.
        const double bound = cumulative > 1.0 - 1e-12 ? 1.0 : cumulative;
        if (ss_builder_add_choice(builder, (ss_choice){.cumulative = bound, .edge = edge->index,
                                                       .class_index = target}) == SS_NO_INDEX) {
            return SS_ERROR_MEMORY;
        }
    }
    const uint32_t count = builder->choice_count - first;
    const ss_opcode opcode = count > 0u ? SS_OPCODE_FORWARD : SS_OPCODE_END;
    const uint32_t at = ss_builder_emit(
        builder, (ss_instruction){.opcode = (uint32_t)opcode, .first = first, .count = count});
    return at == SS_NO_INDEX ? SS_ERROR_MEMORY : SS_OK;
}

ss_status ss_builder_out_edges(ss_builder *builder, uint32_t class_index) {
    const uint32_t node = builder->classes[class_index].node;
    const bool is_client = (builder->built->sim.nodes[node].flags & SS_NODE_IS_CLIENT) != 0u;
    for (uint32_t i = 0; i < ss_builder_out_edge_count(builder, node); i++) {
        const ss_edge *edge = ss_builder_out_edge(builder, node, i);
        ss_status status = SS_OK;
        if (edge->kind == SS_EDGE_CALL) {
            status = emit_out_edge(builder, class_index, edge, SS_OPCODE_CALL);
        } else if (edge->kind == SS_EDGE_PUBLISH) {
            status = emit_out_edge(builder, class_index, edge, SS_OPCODE_PUBLISH);
        }
        if (status) return status;
    }
    if (is_client) return SS_OK; // it waits for what it forwards: see client.c
    return emit_leave(builder, class_index);
}

static ss_status emit_steps(ss_builder *builder, uint32_t class_index, const ss_step *steps,
                            uint32_t count);

static ss_status emit_jump(ss_builder *builder, uint32_t *at) {
    *at = ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_JUMP});
    return *at == SS_NO_INDEX ? SS_ERROR_MEMORY : SS_OK;
}

static ss_status emit_call_step(ss_builder *builder, uint32_t class_index, const ss_step *step) {
    const ss_edge *edge = &builder->design->edges[step->edge1 - 1u];
    uint32_t at;
    ss_status status = emit_call(builder, class_index, edge, step->op, SS_OPCODE_CALL, &at);
    if (status || step->count == 0u) return status;
    status = emit_steps(builder, class_index, step->branches[0].steps, step->branches[0].count);
    if (status) return status;
    builder->program[at].jump = ss_builder_next(builder); // a hit goes on after the miss branch
    return SS_OK;
}

/// CHOOSE and PARALLEL: a table of jumps to the branches, which lie after it one by one. The
/// branches of a choice jump to the end; those of a parallel end.
static ss_status emit_branches(ss_builder *builder, uint32_t class_index, const ss_step *step) {
    const bool is_choice = step->kind == SS_STEP_CHOOSE;
    const uint32_t first = builder->choice_count;
    double cumulative = 0.0;
    for (uint32_t i = 0; i < step->count; i++) {
        cumulative += step->branches[i].probability;
        const double bound = cumulative > 1.0 - 1e-12 ? 1.0 : cumulative;
        if (ss_builder_add_choice(builder, (ss_choice){.cumulative = bound}) == SS_NO_INDEX) {
            return SS_ERROR_MEMORY;
        }
    }
    const uint32_t head = ss_builder_emit(
        builder, (ss_instruction){.opcode = is_choice ? SS_OPCODE_CHOOSE : SS_OPCODE_PARALLEL,
                                  .first = first, .count = step->count});
    if (head == SS_NO_INDEX) return SS_ERROR_MEMORY;
    uint32_t previous_jump = 0;
    for (uint32_t i = 0; i < step->count; i++) {
        builder->choices[first + i].jump = ss_builder_next(builder);
        ss_status status = emit_steps(builder, class_index, step->branches[i].steps,
                                      step->branches[i].count);
        if (status) return status;
        uint32_t end;
        if (is_choice) {
            status = emit_jump(builder, &end);
            if (status) return status;
            builder->program[end].jump = previous_jump; // a chain, resolved below
            previous_jump = end;
        } else if (ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_END}) ==
                   SS_NO_INDEX) {
            return SS_ERROR_MEMORY;
        }
    }
    const uint32_t after = ss_builder_next(builder);
    builder->program[head].jump = after;
    while (previous_jump != 0u) {
        const uint32_t next = builder->program[previous_jump].jump;
        builder->program[previous_jump].jump = after;
        previous_jump = next;
    }
    return SS_OK;
}

static ss_status emit_step(ss_builder *builder, uint32_t class_index, const ss_step *step) {
    uint32_t at;
    switch (step->kind) {
    case SS_STEP_COMPUTE:
        at = ss_builder_emit(builder,
                             (ss_instruction){.opcode = SS_OPCODE_COMPUTE, .dist = step->dist});
        return at == SS_NO_INDEX ? SS_ERROR_MEMORY : SS_OK;
    case SS_STEP_CALL:
        return emit_call_step(builder, class_index, step);
    case SS_STEP_PUBLISH:
        return emit_call(builder, class_index, &builder->design->edges[step->edge1 - 1u], step->op,
                         SS_OPCODE_PUBLISH, &at);
    case SS_STEP_PARALLEL:
    case SS_STEP_CHOOSE:
        return step->count == 0u ? SS_OK : emit_branches(builder, class_index, step);
    case SS_STEP_REPEAT:
        for (uint32_t i = 0; i < step->repeat && step->count > 0u; i++) {
            const ss_status status = emit_steps(builder, class_index, step->branches[0].steps,
                                                step->branches[0].count);
            if (status) return status;
        }
        return SS_OK;
    }
    return SS_OK;
}

static ss_status emit_steps(ss_builder *builder, uint32_t class_index, const ss_step *steps,
                            uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const ss_status status = emit_step(builder, class_index, &steps[i]);
        if (status) return status;
    }
    return SS_OK;
}

ss_status ss_builder_default_program(ss_builder *builder, uint32_t class_index) {
    const ss_operation *entry = builder->infos[class_index].entry;
    const ss_value *flow = entry ? ss_object_find(&entry->object, "flow") : NULL;
    if (flow && flow->is_set) {
        const ss_status status = emit_steps(builder, class_index, flow->flow, flow->count);
        return status ? status : emit_leave(builder, class_index);
    }
    const ss_status status = ss_builder_compute(builder, class_index);
    return status ? status : ss_builder_out_edges(builder, class_index);
}

// --- Stations ------------------------------------------------------------------------------------

uint32_t ss_builder_count(const ss_value *value) {
    return value->number >= (double)SS_PLACES_INFINITE ? SS_PLACES_INFINITE
                                                       : (uint32_t)value->number;
}

static uint32_t times(uint32_t count, uint32_t replicas) {
    const uint64_t product = (uint64_t)count * replicas;
    return count == SS_PLACES_INFINITE || product >= SS_PLACES_INFINITE ? SS_PLACES_INFINITE
                                                                       : (uint32_t)product;
}

static void set_limits(ss_sim_node *node, const ss_object *object, uint32_t replicas) {
    const ss_value *limits = ss_object_get(object, "limits");
    node->in_flight_max = SS_PLACES_INFINITE;
    if (!limits->is_set || !limits->objects) return;
    const ss_value *rate = ss_object_get(limits->objects, "rate");
    const ss_value *burst = ss_object_get(limits->objects, "burst");
    const ss_value *most = ss_object_get(limits->objects, "max_in_flight");
    node->flags |= SS_NODE_LIMITED;
    if (rate->is_set) {
        node->limit_rate = rate->number * (double)replicas;
        node->limit_burst =
            (burst->is_set ? burst->number : ss_max(1.0, rate->number)) * (double)replicas;
        node->limit_tokens = node->limit_burst;
    }
    if (most->is_set) node->in_flight_max = times(ss_builder_count(most), replicas);
}

static uint32_t sum_of(uint32_t a, uint32_t b) {
    const uint64_t sum = (uint64_t)a + b;
    return sum >= SS_PLACES_INFINITE ? SS_PLACES_INFINITE : (uint32_t)sum;
}

static const ss_dist *dist_of(const ss_object *object, const char *name) {
    const ss_value *value = ss_object_find(object, name);
    return value && value->is_set ? value->dist : NULL;
}

/// Says that a property of a station does not go with the others.
static void refuse(ss_builder *builder, uint32_t node, const char *property, const char *sentence) {
    char pointer[SS_JSON_POINTER_MAX];
    ss_json_pointer_join(pointer, sizeof pointer, builder->design->nodes[node].object.pointer,
                         property);
    ss_diagnostics_add(builder->diagnostics, "E304", pointer, "%s", sentence);
}

/// Patience, set-up, vacations: what only some stations have.
static void set_extras(ss_builder *builder, uint32_t index, const ss_object *object) {
    ss_sim_node *node = &builder->built->sim.nodes[index];
    const ss_value *overflow = ss_object_get(object, "overflow");
    if (overflow->number > 0.0) node->flags |= SS_NODE_BLOCKS;
    node->patience = dist_of(object, "patience");
    node->setup = dist_of(object, "setup");
    node->vacation = dist_of(object, "vacation");
    if (node->vacation && (!ss_is_finite(node->places_total) || node->discipline == SS_PS)) {
        refuse(builder, index, "vacation",
               "Only places that are counted can go away: give \"concurrency\" a number and a "
               "discipline "
               "other than \"ps\", or leave \"vacation\" out.");
        node->vacation = NULL;
    }
    node->patience_random = ss_builder_random(builder, index, SS_PURPOSE_PATIENCE);
}

void ss_builder_share_cores(ss_builder *builder, uint32_t index, uint32_t cores,
                            const double *speedup, uint32_t speedup_count) {
    ss_sim *sim = &builder->built->sim;
    ss_sim_node *node = &sim->nodes[index];
    if (node->discipline == SS_PRIORITY_PREEMPTIVE || node->discipline == SS_SRPT) {
        refuse(builder, index, "discipline",
               "Those who share cores or a load-dependent speed cannot interrupt each other: write "
               "\"priority\", \"sjf\" or \"fifo\", or leave the sharing out.");
        return;
    }
    if (node->vacation) {
        refuse(builder, index, "vacation", "A place that shares its speed cannot go away: leave "
                                           "\"vacation\" or \"speedup\" out.");
        return;
    }
    for (uint32_t i = 0; i < node->group_count; i++) {
        builder->groups[node->group_first + i].cores = cores;
    }
    node->cores_total = cores == SS_PLACES_INFINITE ? 0.0 : (double)cores * node->group_count;
    node->speedup = speedup;
    node->speedup_count = speedup_count;
    sim->needs_side = 1;
}

ss_status ss_builder_station(ss_builder *builder, uint32_t index, const char *places_property) {
    ss_sim *sim = &builder->built->sim;
    const ss_object *object = &builder->design->nodes[index].object;
    ss_sim_node *node = &sim->nodes[index];
    const uint32_t replicas = ss_builder_count(ss_object_get(object, "replicas"));
    const uint32_t places = ss_builder_count(ss_object_get(object, places_property));
    const uint32_t queue = ss_builder_count(ss_object_get(object, "queue"));
    node->discipline = (uint32_t)ss_object_get(object, "discipline")->number;
    node->balance = (uint32_t)ss_object_get(object, "balance")->number;
    const bool is_shared = node->balance == SS_BALANCE_SHARED;
    node->group_first = sim->group_count;
    node->group_count = is_shared ? 1u : replicas;
    node->places_total = places == SS_PLACES_INFINITE ? SS_INFINITY : (double)places * replicas;
    if (!grow(builder, (void **)&builder->groups, &builder->group_capacity,
              sim->group_count + node->group_count, sizeof(ss_group))) {
        return SS_ERROR_MEMORY;
    }
    const bool is_sharing = node->discipline == SS_PS;
    for (uint32_t i = 0; i < node->group_count; i++) {
        ss_group group = {
            .node = index,
            .places = is_shared ? times(places, replicas) : places,
            .queue_capacity = is_shared ? times(queue, replicas) : queue,
        };
        if (is_sharing) { // nobody waits: those in the waiting places share the others' speed
            group.cores = group.places;
            group.places = sum_of(group.places, group.queue_capacity);
            group.queue_capacity = 0;
        }
        builder->groups[sim->group_count++] = group;
    }
    if (node->discipline >= SS_PS) sim->needs_side = 1;
    set_extras(builder, index, object);
    const ss_value *instance = ss_object_get(object, "instance");
    node->time_factor = 1.0;
    if (instance->objects) {
        node->time_factor = 1.0 / ss_object_get(instance->objects, "speed")->number;
    }
    node->own_time_factor = node->time_factor;
    set_limits(node, object, replicas);
    return SS_OK;
}

// --- Edges ---------------------------------------------------------------------------------------

static int64_t nanoseconds_of(const ss_object *object, const char *name) {
    const ss_value *value = ss_object_get(object, name);
    if (!value->is_set) return 0;
    const int64_t ns = ss_time_from_seconds(value->number);
    return ns > 0 ? ns : 1; // a bound of less than a nanosecond is still a bound
}

static void set_retry(ss_sim_edge *edge, const ss_object *retry) {
    edge->retry_max = (uint32_t)ss_object_get(retry, "max")->number;
    edge->backoff_ns = ss_time_from_seconds(ss_object_get(retry, "backoff")->number);
    edge->backoff_multiplier = ss_object_get(retry, "multiplier")->number;
    edge->jitter = ss_object_get(retry, "jitter")->number;
    const ss_value *budget = ss_object_get(retry, "budget");
    edge->has_budget = budget->is_set ? 1u : 0u;
    edge->budget = budget->is_set ? budget->number : 0.0;
    edge->budget_tokens = 1.0;
}

static void set_breaker(ss_sim_edge *edge, const ss_object *breaker) {
    edge->breaker_errors = ss_object_get(breaker, "errors")->number;
    edge->breaker_slice_ns = nanoseconds_of(breaker, "window") / (int64_t)SS_BREAKER_SLICES;
    if (edge->breaker_slice_ns < 1) edge->breaker_slice_ns = 1;
    edge->breaker_min_calls = (uint32_t)ss_object_get(breaker, "min_calls")->number;
    edge->breaker_open_ns = nanoseconds_of(breaker, "open_for");
}

static void set_edge(ss_builder *builder, const ss_edge *from, ss_sim_edge *edge) {
    const ss_object *object = &from->object;
    const uint64_t hash = ss_hash_bytes(from->name, strlen(from->name));
    edge->from = from->from;
    edge->to = from->to;
    edge->series = from->index;
    const ss_value *latency = ss_object_get(object, "latency");
    const bool is_zero = !latency->dist || (latency->dist->kind == SS_DIST_CONSTANT &&
                                            !(latency->dist->a > 0.0));
    edge->latency = is_zero ? NULL : latency->dist;
    edge->loss = ss_object_get(object, "loss")->number;
    edge->timeout_ns = nanoseconds_of(object, "timeout");
    const ss_value *bandwidth = ss_object_get(object, "bandwidth");
    if (bandwidth->is_set) {
        edge->request_ns = ss_object_get(object, "request_size")->number / bandwidth->number * 1e9;
        edge->response_ns =
            ss_object_get(object, "response_size")->number / bandwidth->number * 1e9;
    }
    const ss_value *retry = ss_object_get(object, "retry");
    if (retry->is_written && retry->objects) set_retry(edge, retry->objects);
    const ss_value *breaker = ss_object_get(object, "breaker");
    if (breaker->is_written && breaker->objects) set_breaker(edge, breaker->objects);
    const ss_value *hedge = ss_object_get(object, "hedge");
    if (hedge->is_written && hedge->objects) {
        edge->hedge_after_ns = nanoseconds_of(hedge->objects, "after");
        edge->hedge_max = ss_builder_count(ss_object_get(hedge->objects, "max"));
        builder->built->sim.needs_side = 1;
    }
    edge->propagates_deadline = ss_object_get(object, "deadline")->number > 0.0 ? 1u : 0u;
    if (edge->propagates_deadline) builder->built->sim.needs_side = 1;
    ss_sim_update_edge(edge);
    edge->latency_random = ss_random_create(builder->seed, hash, SS_PURPOSE_LATENCY);
    edge->retry_random = ss_random_create(builder->seed, hash, SS_PURPOSE_RETRY);
    edge->loss_random = ss_random_create(builder->seed, hash, SS_PURPOSE_LOSS);
}

// --- Faults --------------------------------------------------------------------------------------

static ss_status set_victims(ss_builder *builder, const ss_object *object, ss_sim_fault *fault) {
    const ss_design *design = builder->design;
    const char *target = ss_object_get(object, "target")->text;
    const char *zone = ss_object_get(object, "zone")->text;
    uint32_t *nodes =
        ss_arena_allocate(builder->arena, (size_t)design->node_count * sizeof(uint32_t) + 4u);
    if (!nodes) return SS_ERROR_MEMORY;
    fault->nodes = nodes;
    fault->edge = SS_NO_INDEX;
    if (fault->kind == SS_FAULT_ZONE_DOWN) {
        for (uint32_t i = 0; i < design->node_count; i++) {
            const ss_value *own = ss_object_find(&design->nodes[i].object, "zone");
            if (own && own->text && zone && strcmp(own->text, zone) == 0)
                nodes[fault->node_count++] = i;
        }
        return SS_OK;
    }
    const uint32_t node = target ? ss_design_node_index(design, target) : UINT32_MAX;
    if (node != UINT32_MAX) {
        nodes[fault->node_count++] = node;
    } else if (target) {
        fault->edge = ss_design_edge_index(design, target);
    }
    return SS_OK;
}

static ss_status read_fault(ss_builder *builder, const ss_object *object, uint32_t nth,
                                ss_sim_fault *fault) {
    *fault = (ss_sim_fault){.kind = (uint32_t)ss_object_get(object, "kind")->number};
    const uint32_t direction = (uint32_t)ss_object_get(object, "direction")->number;
    fault->directions = direction == 0u ? 3u : direction; // both, request, reply
    fault->factor = ss_object_get(object, "factor")->number;
    fault->rate = ss_object_get(object, "rate")->number;
    fault->latency = dist_of(object, "latency");
    const ss_value *length = ss_object_get(object, "for");
    fault->at_ns = ss_time_from_seconds(ss_object_get(object, "at")->number);
    fault->for_ns = length->is_set ? ss_time_from_seconds(length->number) : 0;
    const ss_value *mtbf = ss_object_get(object, "mtbf");
    fault->mtbf_s = mtbf->is_set ? mtbf->number : 0.0;
    fault->mttr_s = mtbf->is_set ? ss_object_get(object, "mttr")->number : 0.0;
    fault->random = ss_random_create(builder->seed, nth, SS_PURPOSE_FAULT);
    if (fault->kind == SS_FAULT_PAUSE) builder->built->sim.needs_side = 1;
    if (fault->kind == SS_FAULT_CLOCK_SKEW) {
        ss_diagnostics_add(builder->diagnostics, "W304", object->pointer,
                           "clock-skew has no effect: no node of this design reads a clock");
    }
    return set_victims(builder, object, fault);
}

static ss_status read_faults(ss_builder *builder, ss_sim_fault *faults) {
    for (uint32_t i = 0; i < builder->design->fault_count; i++) {
        const ss_status status =
            read_fault(builder, &builder->design->faults[i], i, &faults[i]);
        if (status) return status;
    }
    return SS_OK;
}

// --- Putting it together -------------------------------------------------------------------------

static ss_status index_out_edges(ss_builder *builder) {
    const ss_design *design = builder->design;
    builder->out_first =
        ss_arena_allocate(builder->arena, ((size_t)design->node_count + 2u) * sizeof(uint32_t));
    builder->out_edges =
        ss_arena_allocate(builder->arena, ((size_t)design->edge_count + 1u) * sizeof(uint32_t));
    builder->first_class1 =
        ss_arena_allocate(builder->arena, ((size_t)design->node_count + 1u) * sizeof(uint32_t));
    builder->setups =
        ss_arena_allocate(builder->arena, ((size_t)design->node_count + 1u) * sizeof(void *));
    if (!builder->out_first || !builder->out_edges || !builder->first_class1 || !builder->setups) {
        return SS_ERROR_MEMORY;
    }
    for (uint32_t i = 0; i < design->edge_count; i++)
        builder->out_first[design->edges[i].from + 1u]++;
    for (uint32_t i = 0; i < design->node_count; i++) {
        builder->out_first[i + 1u] += builder->out_first[i];
    }
    uint32_t *fill =
        ss_arena_allocate(builder->arena, ((size_t)design->node_count + 1u) * sizeof(uint32_t));
    if (!fill) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < design->edge_count; i++) {
        const uint32_t from = design->edges[i].from;
        builder->out_edges[builder->out_first[from] + fill[from]++] = i;
    }
    return SS_OK;
}

static ss_status bind_nodes(ss_builder *builder) {
    const ss_design *design = builder->design;
    ss_sim *sim = &builder->built->sim;
    for (uint32_t i = 0; i < design->node_count; i++) {
        ss_sim_node *node = &sim->nodes[i];
        const ss_behaviour behaviour = ss_behaviour_find(design->nodes[i].type->behaviour);
        assert(behaviour !=
               SS_BEHAVIOUR_COUNT); // the catalog and the registry come from the same folders
        const uint64_t hash = ss_hash_bytes(design->nodes[i].id, strlen(design->nodes[i].id));
        node->behaviour = (uint32_t)behaviour;
        node->id_hash = hash;
        node->node_stats = SS_NO_INDEX;
        node->service = ss_builder_random(builder, i, SS_PURPOSE_SERVICE);
        node->route = ss_builder_random(builder, i, SS_PURPOSE_ROUTE);
        node->balance_random = ss_builder_random(builder, i, SS_PURPOSE_BALANCE);
        const ss_status status = ss_behaviour_component(node->behaviour)->bind(builder, i);
        if (status) return status;
    }
    for (uint32_t i = 0; i < design->edge_count; i++)
        set_edge(builder, &design->edges[i], &sim->edges[i]);
    return SS_OK;
}

/// Writes the programs of all classes; a program's calls make further classes.
static ss_status write_programs(ss_builder *builder) {
    if (ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_END}) == SS_NO_INDEX) {
        return SS_ERROR_MEMORY; // index 0 is "no jump"
    }
    ss_sim *sim = &builder->built->sim;
    for (uint32_t i = 0; i < builder->class_count; i++) {
        const uint32_t node = builder->classes[i].node;
        builder->classes[i].program = ss_builder_next(builder);
        const ss_value *priority = operation_value(builder, i, "priority");
        const ss_value *errors = operation_value(builder, i, "error_rate");
        builder->classes[i].priority = priority && priority->is_set ? priority->number : 0.0;
        builder->classes[i].error_rate = errors && errors->is_set ? errors->number : 0.0;
        const ss_status status =
            ss_behaviour_component(sim->nodes[node].behaviour)->program(builder, i);
        if (status) return status;
        if (builder->class_count >= SS_CLASSES_MAX ||
            builder->program_count >= SS_INSTRUCTIONS_MAX) {
            ss_diagnostics_add(
                builder->diagnostics, "E305", "",
                "the design unfolds to more than %u operations or %u steps: use fewer "
                "operations, or smaller repeats",
                SS_CLASSES_MAX, SS_INSTRUCTIONS_MAX);
            return SS_ERROR_INPUT;
        }
    }
    return SS_OK;
}

#define CACHE_LINE 64u

/// The first address in a block of zeroed memory that begins a cache line.
static void *aligned(void *block) {
    return (void *)(((uintptr_t)block + CACHE_LINE - 1u) & ~(uintptr_t)(CACHE_LINE - 1u));
}

static size_t stats_bytes(const ss_sim *sim) {
    return ((size_t)sim->stats_count + 1u) * sizeof(ss_task_stats) + CACHE_LINE;
}

static size_t edge_series_bytes(const ss_sim *sim) {
    return ((size_t)sim->edge_count + 1u) * sizeof(ss_series) + CACHE_LINE;
}

/// Gives every class its statistics, and a node of several classes one for all of them.
static ss_status assign_stats(ss_builder *builder) {
    ss_sim *sim = &builder->built->sim;
    uint32_t count = builder->class_count;
    for (uint32_t i = 0; i < builder->class_count; i++) {
        builder->classes[i].stats = i;
        ss_sim_node *node = &sim->nodes[builder->classes[i].node];
        builder->classes[i].shares_stats = node->class_count > 1u ? 1u : 0u;
        if (node->node_stats == SS_NO_INDEX)
            node->node_stats = node->class_count > 1u ? count++ : i;
    }
    sim->stats_count = count;
    sim->stats_block = ss_allocate_zeroed(&builder->allocator, stats_bytes(sim));
    sim->edge_series_block = ss_allocate_zeroed(&builder->allocator, edge_series_bytes(sim));
    if (!sim->stats_block || !sim->edge_series_block) return SS_ERROR_MEMORY;
    sim->stats = aligned(sim->stats_block);
    sim->edge_series = aligned(sim->edge_series_block);
    sim->interval_histograms = ss_allocate_zeroed(
        &builder->allocator, ((size_t)sim->node_count + 1u) * sizeof(ss_histogram));
    sim->edge_series_count = sim->edge_count;
    for (uint32_t i = 0; i < sim->node_count; i++) {
        if (sim->nodes[i].flags & SS_NODE_IS_CLIENT) sim->nodes[i].watch1 = ++sim->watch_count;
    }
    sim->watches = ss_allocate_zeroed(&builder->allocator,
                                      ((size_t)sim->watch_count + 1u) * sizeof(ss_quantile_watch));
    if (!sim->watches) return SS_ERROR_MEMORY;
    return sim->stats && sim->edge_series && sim->interval_histograms ? SS_OK : SS_ERROR_MEMORY;
}

/// Marks the clients' classes that make one call and nothing else, along an edge without policies.
static void mark_direct(ss_builder *builder) {
    const ss_sim *sim = &builder->built->sim;
    for (uint32_t i = 0; i < builder->class_count; i++) {
        ss_class *class = &builder->classes[i];
        const ss_instruction *first = &builder->program[class->program];
        const ss_sim_edge *edge = &sim->edges[first->edge];
        class->is_direct = (sim->nodes[class->node].flags & SS_NODE_IS_CLIENT) &&
                           first[0].opcode == SS_OPCODE_CALL && first[1].opcode == SS_OPCODE_END &&
                           edge->timeout_ns == 0 && edge->retry_max == 0u &&
                           edge->hedge_max == 0u && !(edge->breaker_errors > 0.0);
    }
}

/// Moves the tables that never change again into the arena and the others into the engine.
static ss_status hand_over(ss_builder *builder) {
    ss_sim *sim = &builder->built->sim;
    const size_t program_bytes = (size_t)builder->program_count * sizeof(ss_instruction);
    const size_t choice_bytes = (size_t)builder->choice_count * sizeof(ss_choice);
    ss_instruction *program = ss_arena_allocate(builder->arena, program_bytes);
    ss_choice *choices = ss_arena_allocate(builder->arena, choice_bytes + sizeof(ss_choice));
    const char **operations =
        ss_arena_allocate(builder->arena, ((size_t)builder->class_count + 1u) * sizeof(char *));
    sim->classes = ss_allocate_zeroed(&builder->allocator,
                                      ((size_t)builder->class_count + 1u) * sizeof(ss_class));
    sim->groups =
        ss_allocate_zeroed(&builder->allocator, ((size_t)sim->group_count + 1u) * sizeof(ss_group));
    if (!program || !choices || !operations || !sim->classes || !sim->groups)
        return SS_ERROR_MEMORY;
    memcpy(program, builder->program, program_bytes);
    if (choice_bytes > 0u) memcpy(choices, builder->choices, choice_bytes);
    memcpy(sim->classes, builder->classes, (size_t)builder->class_count * sizeof(ss_class));
    if (sim->group_count > 0u)
        memcpy(sim->groups, builder->groups, (size_t)sim->group_count * sizeof(ss_group));
    for (uint32_t i = 0; i < builder->class_count; i++) operations[i] = builder->infos[i].operation;
    sim->class_count = builder->class_count;
    sim->program = program;
    sim->program_count = builder->program_count;
    sim->choices = choices;
    sim->setup = builder->setups;
    builder->built->class_operations = operations;
    return SS_OK;
}

static ss_status build(ss_builder *builder) {
    const ss_design *design = builder->design;
    ss_sim *sim = &builder->built->sim;
    sim->node_count = design->node_count;
    sim->edge_count = design->edge_count;
    sim->histograms = ss_histogram_pool_create(&builder->allocator);
    sim->nodes = ss_allocate_zeroed(&builder->allocator,
                                    ((size_t)sim->node_count + 1u) * sizeof(ss_sim_node));
    sim->edges = ss_allocate_zeroed(&builder->allocator,
                                    ((size_t)sim->edge_count + 1u) * sizeof(ss_sim_edge));
    if (!sim->nodes || !sim->edges) return SS_ERROR_MEMORY;
    ss_status status = index_out_edges(builder);
    if (!status) status = bind_nodes(builder);
    if (!status) status = write_programs(builder);
    if (!status && ss_diagnostics_error_count(builder->diagnostics) > 0u) status = SS_ERROR_INPUT;
    if (!status) {
        mark_direct(builder);
        status = assign_stats(builder);
    }
    if (!status) status = hand_over(builder);
    ss_sim_fault *faults = ss_arena_allocate(
        builder->arena, ((size_t)design->fault_count + 1u) * sizeof(ss_sim_fault));
    if (!status) status = faults ? read_faults(builder, faults) : SS_ERROR_MEMORY;
    if (!status) status = ss_sim_open(sim);
    for (uint32_t i = 0; !status && i < design->fault_count; i++) {
        status = ss_sim_add_fault(sim, faults[i]);
    }
    if (status) return status;
    for (uint32_t i = 0; i < sim->group_count; i++) {
        if (sim->nodes[sim->groups[i].node].vacation) ss_sim_begin_vacations(sim, i);
    }
    for (uint32_t i = 0; i < sim->node_count; i++) {
        const ss_component *component = ss_behaviour_component(sim->nodes[i].behaviour);
        if (component->begin) component->begin(sim, i);
    }
    return sim->status;
}

ss_status ss_built_create(const ss_design *design, uint64_t seed, const ss_allocator *allocator,
                          ss_diagnostics *diagnostics, ss_built *out) {
    *out = (ss_built){0};
    out->sim.allocator = *allocator;
    out->sim.memory_max = SIZE_MAX;
    out->arena = ss_arena_create(allocator);
    if (!out->arena) return SS_ERROR_MEMORY;
    ss_builder builder = {
        .design = design, .built = out, .arena = out->arena, .diagnostics = diagnostics,
        .allocator = *allocator, .seed = seed,
    };
    const ss_status status = build(&builder);
    ss_deallocate(allocator, builder.program,
                  (size_t)builder.program_capacity * sizeof(ss_instruction));
    ss_deallocate(allocator, builder.choices, (size_t)builder.choice_capacity * sizeof(ss_choice));
    ss_deallocate(allocator, builder.classes, (size_t)builder.class_capacity * sizeof(ss_class));
    ss_deallocate(allocator, builder.infos, (size_t)builder.info_capacity * sizeof(class_info));
    ss_deallocate(allocator, builder.groups, (size_t)builder.group_capacity * sizeof(ss_group));
    return status;
}

void ss_built_resume(ss_built *built, const ss_built *old) {
    ss_sim *sim = &built->sim;
    for (uint32_t i = 0; i < sim->node_count; i++) {
        const ss_component *component = ss_behaviour_component(sim->nodes[i].behaviour);
        if (component->resume) component->resume(sim, i, old->sim.setup[i]);
    }
    for (uint32_t i = 0; i < sim->group_count; i++) ss_sim_fill_places(sim, i);
}

void ss_built_destroy(ss_built *built) {
    ss_sim *sim = &built->sim;
    const ss_allocator *allocator = &sim->allocator;
    if (!allocator->reallocate) return;
    ss_sim_close(sim);
    ss_deallocate(allocator, sim->nodes, ((size_t)sim->node_count + 1u) * sizeof(ss_sim_node));
    ss_deallocate(allocator, sim->edges, ((size_t)sim->edge_count + 1u) * sizeof(ss_sim_edge));
    ss_deallocate(allocator, sim->groups, ((size_t)sim->group_count + 1u) * sizeof(ss_group));
    ss_deallocate(allocator, sim->classes, ((size_t)sim->class_count + 1u) * sizeof(ss_class));
    ss_deallocate(allocator, sim->stats_block, stats_bytes(sim));
    ss_deallocate(allocator, sim->edge_series_block, edge_series_bytes(sim));
    ss_deallocate(allocator, sim->interval_histograms,
                  ((size_t)sim->node_count + 1u) * sizeof(ss_histogram));
    ss_deallocate(allocator, sim->watches,
                  ((size_t)sim->watch_count + 1u) * sizeof(ss_quantile_watch));
    ss_deallocate(allocator, sim->state, sim->state_bytes);
    ss_histogram_pool_destroy(&sim->histograms);
    ss_arena_destroy(built->arena);
    *built = (ss_built){0};
}
