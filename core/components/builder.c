/// From a design to an engine: what behaviours ask for, classes, statistics, the whole.
#include <assert.h>
#include <string.h>

#include "components/builder_internal.h"

// --- Small services ------------------------------------------------------------------------------

bool ss__builder_grow(ss_builder *builder, void **array, uint32_t *capacity, uint32_t need,
                 size_t element_bytes) {
    if (need <= *capacity) return true;
    uint32_t larger = *capacity ? *capacity * 2u : 64u;
    while (larger < need) larger *= 2u;
    void *moved = ss_reallocate_lines(&builder->allocator, *array,
                                      (size_t)*capacity * element_bytes,
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
    const size_t aligned =
        (bytes + SS_CACHE_LINE_BYTES - 1u) & ~(size_t)(SS_CACHE_LINE_BYTES - 1u);
    unsigned char *state = ss_reallocate_lines(&builder->allocator, sim->state, sim->state_bytes,
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
        "Requests of operation \"%s\" reach \"%s\", which does not declare it and has no "
        "service_time of its own: they run as \"%s\"; declare \"%s\" here, or send "
        "\"%s\" (a client's operations, an edge's op).",
        name, node->id, (*entry)->name, name, (*entry)->name);
    return (*entry)->name;
}

uint32_t ss__builder_append_class(ss_builder *builder, uint32_t node, const char *operation,
                                  const ss_operation *entry) {
    if (builder->class_count >= SS_CLASSES_MAX) return SS_NO_INDEX;
    if (!ss__builder_grow(builder, (void **)&builder->classes, &builder->class_capacity,
                          builder->class_count + 1u, sizeof(ss_class)) ||
        !ss__builder_grow(builder, (void **)&builder->infos, &builder->info_capacity,
                          builder->class_count + 1u, sizeof(ss_class_info))) {
        return SS_NO_INDEX;
    }
    const uint32_t index = builder->class_count++;
    builder->infos[index] = (ss_class_info){.operation = operation, .entry = entry};
    builder->classes[index] = (ss_class){.node = node};
    return index;
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
    const uint32_t index = ss__builder_append_class(builder, node_index, operation, entry);
    if (index == SS_NO_INDEX) return SS_NO_INDEX;
    builder->infos[index].next_of_node1 = builder->first_class1[node_index];
    builder->first_class1[node_index] = index + 1u;
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

const ss_value *ss__builder_operation_value(const ss_builder *builder, uint32_t class_index,
                                       const char *name) {
    const ss_operation *entry = builder->infos[class_index].entry;
    if (entry) {
        const ss_value *value = ss_object_find(&entry->object, name);
        if (value && value->is_set) return value;
    }
    return ss_object_find(&builder->design->nodes[builder->classes[class_index].node].object, name);
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
        ss__builder_set_edge(builder, &design->edges[i], &sim->edges[i]);
    return SS_OK;
}

static size_t series_bytes(const ss_sim *sim) {
    return ((size_t)sim->series_count + 1u) * sizeof(ss_series) +
           ((size_t)sim->stats_count + sim->edge_count + 1u) * sizeof *sim->pending_count;
}

static size_t pending_bytes(const ss_sim *sim) {
    return ((size_t)sim->stats_count + sim->edge_count + 1u) * sizeof(ss_pending);
}

/// How many edges end at each node; NULL when memory is refused.
static uint32_t *count_in_edges(const ss_builder *builder) {
    const ss_design *design = builder->design;
    const size_t bytes = ((size_t)design->node_count + 1u) * sizeof(uint32_t);
    uint32_t *counts = ss_arena_allocate(builder->arena, bytes);
    if (!counts) return NULL;
    memset(counts, 0, bytes);
    for (uint32_t i = 0; i < design->edge_count; i++) counts[design->edges[i].to]++;
    return counts;
}

/// Whether a class does nothing but one service.
static bool only_serves(const ss_instruction *program) {
    return program[0].opcode == SS_OPCODE_COMPUTE && program[1].opcode == SS_OPCODE_END;
}

/// Marks the clients' classes that make one call and nothing else, along an edge without policies,
/// and the classes that are served for an exponential time and do nothing else.
static void mark_usual(ss_builder *builder) {
    const ss_sim *sim = &builder->built->sim;
    for (uint32_t i = 0; i < builder->class_count; i++) {
        ss_class *class = &builder->classes[i];
        const ss_instruction *first = &builder->program[class->program];
        const ss_sim_edge *edge = &sim->edges[first->edge];
        if (only_serves(first)) class->exponential = first->exponential;
        if (first->opcode != SS_OPCODE_CALL) continue;
        class->call_edge = first->edge;
        class->call_class = first->class_index;
        class->is_direct = (sim->nodes[class->node].flags & SS_NODE_IS_CLIENT) &&
                           first[1].opcode == SS_OPCODE_END &&
                           edge->timeout_ns == 0 && edge->retry_max == 0u &&
                           edge->hedge_max == 0u && !(edge->breaker_errors > 0.0);
        class->goes_direct = class->is_direct && edge->is_plain;
    }
}

/// A direct client's call takes as long as its request, and as long as the visit of a station that
/// only this edge leads to and that does nothing but serve: then the times are counted once, there.
static ss_status share_responses(ss_builder *builder) {
    ss_sim *sim = &builder->built->sim;
    const uint32_t *in_edges = count_in_edges(builder);
    if (!in_edges) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < sim->edge_count; i++) {
        sim->edges[i].series = ss_sim_series_of_edge(sim, i);
    }
    for (uint32_t i = 0; i < builder->class_count; i++) {
        ss_class *class = &builder->classes[i];
        class->responses = i;
        if (!class->goes_direct || class->has_total) continue;
        const ss_class *called = &builder->classes[class->call_class];
        if (in_edges[called->node] == 1u && only_serves(&builder->program[called->program])) {
            class->responses = class->call_class;
        }
        sim->edges[class->call_edge].series = ss__series_of(class->responses, SS_SERIES_RESPONSE);
    }
    return SS_OK;
}

static ss_status allocate_statistics(ss_builder *builder) {
    ss_sim *sim = &builder->built->sim;
    const size_t nodes = (size_t)sim->node_count + 1u;
    const size_t watches = (size_t)sim->watch_count + 1u;
    sim->series = ss_allocate_lines_zeroed(&builder->allocator, series_bytes(sim));
    sim->pending = ss_reallocate_lines(&builder->allocator, NULL, 0, pending_bytes(sim));
    sim->intervals = ss_allocate_zeroed(&builder->allocator, nodes * sizeof(ss_interval));
    sim->watches = ss_allocate_zeroed(&builder->allocator, watches * sizeof(ss_quantile_watch));
    if (!sim->series || !sim->pending || !sim->intervals || !sim->watches) return SS_ERROR_MEMORY;
    sim->pending_count = (uint16_t *)(void *)(sim->series + sim->series_count + 1u);
    return SS_OK;
}

/// Gives a node of several classes a total, and all of them their series.
static ss_status assign_statistics(ss_builder *builder) {
    ss_sim *sim = &builder->built->sim;
    uint32_t count = builder->class_count;
    for (uint32_t i = 0; i < builder->class_count; i++) {
        ss_sim_node *node = &sim->nodes[builder->classes[i].node];
        if (builder->classes[i].is_local && node->class_count > 0u) continue; // counts no visits
        builder->classes[i].has_total = node->class_count > 1u ? 1u : 0u;
        if (node->node_stats == SS_NO_INDEX)
            node->node_stats = node->class_count > 1u ? count++ : i;
    }
    sim->stats_count = count;
    sim->series_count = count * SS_SERIES_KINDS + sim->edge_count;
    for (uint32_t i = 0; i < sim->node_count; i++) {
        if (sim->nodes[i].flags & SS_NODE_IS_CLIENT) sim->nodes[i].watch1 = ++sim->watch_count;
    }
    ss_status status = share_responses(builder);
    if (!status) status = allocate_statistics(builder);
    for (uint32_t i = 0; i < sim->node_count && !status; i++) {
        const uint32_t stats = sim->nodes[i].node_stats;
        if (sim->nodes[i].watch1 == 0u || stats == SS_NO_INDEX) continue;
        const bool is_class = stats < builder->class_count;
        const uint32_t responses = is_class ? builder->classes[stats].responses : stats;
        sim->series[ss__series_of(responses, SS_SERIES_RESPONSE)].client1 = i + 1u;
    }
    return status;
}

/// Moves the tables that never change again into the arena and the others into the engine.
static ss_status hand_over(ss_builder *builder) {
    ss_sim *sim = &builder->built->sim;
    const size_t program_bytes = (size_t)builder->program_count * sizeof(ss_instruction);
    const size_t choice_bytes = (size_t)builder->choice_count * sizeof(ss_choice);
    sim->class_count = builder->class_count;
    unsigned char *block = ss_arena_allocate(builder->arena, program_bytes + SS_CACHE_LINE_BYTES);
    const size_t gap = SS_CACHE_LINE_BYTES - (uintptr_t)block % SS_CACHE_LINE_BYTES;
    ss_instruction *program = block ? (ss_instruction *)(void *)(block + gap) : NULL;
    ss_choice *choices = ss_arena_allocate(builder->arena, choice_bytes + sizeof(ss_choice));
    const char **operations =
        ss_arena_allocate(builder->arena, ((size_t)builder->class_count + 1u) * sizeof(char *));
    sim->classes = ss_allocate_lines_zeroed(&builder->allocator,
                                            ((size_t)sim->stats_count + 1u) * sizeof(ss_class));
    sim->groups = ss_allocate_lines_zeroed(&builder->allocator,
                                           ((size_t)sim->group_count + 1u) * sizeof(ss_group));
    if (!program || !choices || !operations || !sim->classes || !sim->groups)
        return SS_ERROR_MEMORY;
    memcpy(program, builder->program, program_bytes);
    if (choice_bytes > 0u) memcpy(choices, builder->choices, choice_bytes);
    memcpy(sim->classes, builder->classes, (size_t)builder->class_count * sizeof(ss_class));
    for (uint32_t i = sim->class_count; i < sim->stats_count; i++) sim->classes[i].responses = i;
    if (sim->group_count > 0u)
        memcpy(sim->groups, builder->groups, (size_t)sim->group_count * sizeof(ss_group));
    for (uint32_t i = 0; i < builder->class_count; i++) operations[i] = builder->infos[i].operation;
    sim->program = program;
    sim->program_count = builder->program_count;
    sim->choices = choices;
    sim->setup = builder->setups;
    builder->built->class_operations = operations;
    return ss__builder_close_code(builder);
}

static ss_status build(ss_builder *builder) {
    const ss_design *design = builder->design;
    ss_sim *sim = &builder->built->sim;
    sim->node_count = design->node_count;
    sim->edge_count = design->edge_count;
    sim->histograms = ss_histogram_pool_create(&builder->allocator);
    sim->nodes = ss_allocate_lines_zeroed(&builder->allocator,
                                          ((size_t)sim->node_count + 1u) * sizeof(ss_sim_node));
    sim->edges = ss_allocate_lines_zeroed(&builder->allocator,
                                          ((size_t)sim->edge_count + 1u) * sizeof(ss_sim_edge));
    if (!sim->nodes || !sim->edges) return SS_ERROR_MEMORY;
    ss_status status = index_out_edges(builder);
    if (!status) status = bind_nodes(builder);
    if (!status) status = ss__builder_open_code(builder);
    if (!status) status = ss__builder_write_programs(builder);
    if (!status && ss_diagnostics_error_count(builder->diagnostics) > 0u) status = SS_ERROR_INPUT;
    if (!status) {
        mark_usual(builder);
        status = assign_statistics(builder);
    }
    if (!status) status = hand_over(builder);
    ss_sim_fault *faults = ss_arena_allocate(
        builder->arena, ((size_t)design->fault_count + 1u) * sizeof(ss_sim_fault));
    if (!status) status = faults ? ss__builder_read_faults(builder, faults) : SS_ERROR_MEMORY;
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
    ss_deallocate_lines(allocator, builder.program,
                        (size_t)builder.program_capacity * sizeof(ss_instruction));
    ss_deallocate_lines(allocator, builder.choices,
                        (size_t)builder.choice_capacity * sizeof(ss_choice));
    ss_deallocate_lines(allocator, builder.classes,
                        (size_t)builder.class_capacity * sizeof(ss_class));
    ss_deallocate_lines(allocator, builder.infos,
                        (size_t)builder.info_capacity * sizeof(ss_class_info));
    ss_deallocate_lines(allocator, builder.routes,
                        (size_t)builder.route_capacity * sizeof(ss_code_route));
    ss_deallocate_lines(allocator, builder.groups,
                        (size_t)builder.group_capacity * sizeof(ss_group));
    return status;
}

void ss_built_resume(ss_built *built, const ss_built *old) {
    ss_sim *sim = &built->sim;
    for (uint32_t i = 0; i < sim->node_count; i++) {
        const ss_component *component = ss_behaviour_component(sim->nodes[i].behaviour);
        if (component->resume) component->resume(sim, i, old->sim.setup[i]);
    }
    for (uint32_t i = 0; i < sim->group_count; i++) ss_sim_fill_places(sim, i);
    sim->has_pending = 1;
    ss_sim_count_pending(sim);
}

void ss_built_destroy(ss_built *built) {
    ss_sim *sim = &built->sim;
    const ss_allocator *allocator = &sim->allocator;
    if (!allocator->reallocate) return;
    ss_sim_close(sim);
    ss_deallocate_lines(allocator, sim->nodes,
                        ((size_t)sim->node_count + 1u) * sizeof(ss_sim_node));
    ss_deallocate_lines(allocator, sim->edges,
                        ((size_t)sim->edge_count + 1u) * sizeof(ss_sim_edge));
    ss_deallocate_lines(allocator, sim->groups,
                        ((size_t)sim->group_count + 1u) * sizeof(ss_group));
    ss_deallocate_lines(allocator, sim->classes,
                        ((size_t)sim->stats_count + 1u) * sizeof(ss_class));
    ss_deallocate_lines(allocator, sim->series, series_bytes(sim));
    ss_deallocate_lines(allocator, sim->pending, pending_bytes(sim));
    ss_deallocate(allocator, sim->intervals,
                  ((size_t)sim->node_count + 1u) * sizeof(ss_interval));
    ss_deallocate(allocator, sim->watches,
                  ((size_t)sim->watch_count + 1u) * sizeof(ss_quantile_watch));
    ss_deallocate_lines(allocator, sim->state, sim->state_bytes);
    ss_histogram_pool_destroy(&sim->histograms);
    ss_arena_destroy(built->arena);
    *built = (ss_built){0};
}
