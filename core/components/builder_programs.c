/// Programs: what a class does, from its flow or its out-edges.
#include <string.h>

#include "components/builder_internal.h"

uint32_t ss_builder_next(const ss_builder *builder) {
    return builder->program_count;
}

ss_instruction *ss_builder_instruction(ss_builder *builder, uint32_t index) {
    return &builder->program[index];
}

uint32_t ss_builder_emit(ss_builder *builder, ss_instruction instruction) {
    if (builder->program_count >= SS_INSTRUCTIONS_MAX ||
        !ss__builder_grow(builder, (void **)&builder->program, &builder->program_capacity,
                          builder->program_count + 1u, sizeof(ss_instruction))) {
        return SS_NO_INDEX;
    }
    builder->program[builder->program_count] = instruction;
    return builder->program_count++;
}

uint32_t ss_builder_add_choice(ss_builder *builder, ss_choice choice) {
    if (!ss__builder_grow(builder, (void **)&builder->choices, &builder->choice_capacity,
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

static ss_instruction compute_of(const ss_dist *dist) {
    return (ss_instruction){
        .opcode = SS_OPCODE_COMPUTE,
        .dist = dist,
        .exponential = dist->kind == SS_DIST_EXPONENTIAL ? dist->a : 0.0,
    };
}

ss_status ss_builder_compute(ss_builder *builder, uint32_t class_index) {
    const ss_dist *dist = service_dist(builder, class_index);
    if (!dist) {
        const ss_node *node = &builder->design->nodes[builder->classes[class_index].node];
        const char *operation = builder->infos[class_index].operation;
        ss_diagnostics_add(
            builder->diagnostics, "E302", node->object.pointer,
            "\"%s\" has no service_time for operation \"%s\", which reaches it: write "
            "\"service_time\", or \"operations\": {\"%s\": {\"service_time\": …}}.",
            node->id, operation, operation);
        return SS_OK; // the error stops the build at its end, after all others were found
    }
    uint32_t at = ss_builder_emit(builder, compute_of(dist));
    const ss_node *node = &builder->design->nodes[builder->classes[class_index].node];
    if (builder->local_class1 && (node->type->traits & SS_TRAIT_STORE)) {
        at = ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_HANDLER,
                                                       .first = SS_HANDLER_DATA});
    }
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
        at = ss_builder_emit(builder, compute_of(step->dist));
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

ss_status ss__builder_write_programs(ss_builder *builder) {
    if (ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_END}) == SS_NO_INDEX) {
        return SS_ERROR_MEMORY; // index 0 is "no jump"
    }
    ss_sim *sim = &builder->built->sim;
    for (uint32_t i = 0; i < builder->class_count; i++) {
        const uint32_t node = builder->classes[i].node;
        builder->classes[i].program = ss_builder_next(builder);
        const ss_value *priority = ss__builder_operation_value(builder, i, "priority");
        const ss_value *errors = ss__builder_operation_value(builder, i, "error_rate");
        builder->classes[i].priority = priority && priority->is_set ? priority->number : 0.0;
        builder->classes[i].error_rate = errors && errors->is_set ? errors->number : 0.0;
        const ss_status status =
            ss__builder_has_code(builder, node)
                ? ss__builder_code_program(builder, i)
                : ss_behaviour_component(sim->nodes[node].behaviour)->program(builder, i);
        if (status) return status;
        if (builder->class_count >= SS_CLASSES_MAX ||
            builder->program_count >= SS_INSTRUCTIONS_MAX) {
            ss_diagnostics_add(
                builder->diagnostics, "E305", "",
                "The design unfolds to more than %u operations or %u steps: use fewer "
                "operations, or smaller repeats.",
                SS_CLASSES_MAX, SS_INSTRUCTIONS_MAX);
            return SS_ERROR_INPUT;
        }
    }
    return SS_OK;
}
