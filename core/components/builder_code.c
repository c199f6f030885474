/// Nodes with code: their programs, and the ways along which the code may call.
#include <string.h>

#include "components/builder_internal.h"

/// The cores of a replica where nothing says how many.
#define CORES_DEFAULT 1u

bool ss__builder_has_code(const ss_builder *builder, uint32_t node) {
    return builder->local_class1 && builder->local_class1[node] != 0u;
}

/// The class of work that no request asked for. It counts no visits, so it is none of the node's
/// operations.
static uint32_t make_local_class(ss_builder *builder, uint32_t node) {
    const uint32_t index = ss__builder_append_class(builder, node, "", NULL);
    if (index != SS_NO_INDEX) builder->classes[index].is_local = 1;
    return index;
}

ss_status ss__builder_open_code(ss_builder *builder) {
    const ss_design *design = builder->design;
    ss_sim *sim = &builder->built->sim;
    for (uint32_t i = 0; i < design->node_count; i++) {
        const ss_object *code = ss_node_code(&design->nodes[i]);
        if (!code) continue;
        if (!builder->local_class1) {
            builder->local_class1 =
                ss_arena_allocate(builder->arena, (size_t)design->node_count * sizeof(uint32_t));
            sim->code = ss_arena_allocate(builder->arena, sizeof *sim->code);
            if (!builder->local_class1 || !sim->code) return SS_ERROR_MEMORY;
        }
        const uint32_t index = make_local_class(builder, i);
        if (index == SS_NO_INDEX) return SS_ERROR_MEMORY;
        builder->local_class1[i] = index + 1u;
        const ss_value *cores = ss_object_get(code, "cores");
        ss_builder_share_cores(builder, i, cores->is_set ? ss_builder_count(cores) : CORES_DEFAULT,
                               NULL, 0);
    }
    return SS_OK;
}

static bool emit_step(ss_builder *builder, ss_handler_step step) {
    return ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_HANDLER,
                                                     .first = (uint32_t)step}) != SS_NO_INDEX;
}

static bool emit_end(ss_builder *builder) {
    return ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_END}) != SS_NO_INDEX;
}

/// A way along an edge for one operation, and the branch that calls it: answered, it goes on behind
/// the call; failed for good, behind that.
static ss_status add_route(ss_builder *builder, const ss_edge *edge, const char *operation) {
    const uint32_t class_index = ss_builder_class_of(builder, edge->to, operation);
    if (class_index == SS_NO_INDEX) return SS_ERROR_MEMORY;
    uint32_t pc = 0;
    if (edge->kind == SS_EDGE_CALL) {
        pc = ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_CALL,
                                                       .edge = edge->index,
                                                       .class_index = class_index});
        if (pc == SS_NO_INDEX || !emit_step(builder, SS_HANDLER_SETTLED) || !emit_end(builder)) {
            return SS_ERROR_MEMORY;
        }
        builder->program[pc].on_failure = ss_builder_next(builder);
        if (!emit_step(builder, SS_HANDLER_FAILED) || !emit_end(builder)) return SS_ERROR_MEMORY;
    }
    if (!ss__builder_grow(builder, (void **)&builder->routes, &builder->route_capacity,
                          builder->route_count + 1u, sizeof(ss_code_route))) {
        return SS_ERROR_MEMORY;
    }
    builder->routes[builder->route_count++] =
        (ss_code_route){.from = edge->from, .to = edge->to, .edge = edge->index,
                        .class_index = class_index, .pc = pc, .operation = operation};
    return SS_OK;
}

/// Every operation that the other end tells apart. An edge with an operation carries that alone.
static ss_status add_routes(ss_builder *builder, const ss_edge *edge) {
    if (edge->op) return add_route(builder, edge, edge->op);
    const ss_object *object = &builder->design->nodes[edge->to].object;
    const ss_value *operations = ss_object_find(object, "operations");
    const bool declares = operations && operations->operations && operations->count > 0u;
    ss_status status = SS_OK;
    for (uint32_t i = 0; declares && !status && i < operations->count; i++) {
        status = add_route(builder, edge, operations->operations[i].name);
    }
    const ss_value *service = ss_object_find(object, "service_time");
    for (uint32_t i = 0; service && service->dists && !status && i < service->count; i++) {
        const char *name = service->dists[i].name;
        bool is_known = false;
        for (uint32_t j = 0; declares && j < operations->count; j++) {
            is_known = is_known || strcmp(operations->operations[j].name, name) == 0;
        }
        if (!is_known) status = add_route(builder, edge, name);
    }
    return status || declares ? status : add_route(builder, edge, "default");
}

ss_status ss__builder_code_program(ss_builder *builder, uint32_t class_index) {
    const uint32_t node = builder->classes[class_index].node;
    const bool is_local = builder->classes[class_index].is_local != 0u;
    if (!emit_step(builder, is_local ? SS_HANDLER_TIMER : SS_HANDLER_BEGIN) ||
        !emit_step(builder, SS_HANDLER_GO_ON) || !emit_end(builder)) {
        return SS_ERROR_MEMORY;
    }
    if (!is_local) return SS_OK;
    if (!emit_step(builder, SS_HANDLER_SETTLED) || !emit_end(builder)) return SS_ERROR_MEMORY;
    ss_status status = SS_OK;
    for (uint32_t i = 0; i < ss_builder_out_edge_count(builder, node) && !status; i++) {
        status = add_routes(builder, ss_builder_out_edge(builder, node, i));
    }
    return status;
}

ss_status ss__builder_close_code(ss_builder *builder) {
    ss_code *code = builder->built->sim.code;
    if (!code) return SS_OK;
    const size_t bytes = (size_t)builder->route_count * sizeof(ss_code_route);
    ss_code_route *routes = ss_arena_allocate(builder->arena, bytes + sizeof(ss_code_route));
    if (!routes) return SS_ERROR_MEMORY;
    if (bytes > 0u) memcpy(routes, builder->routes, bytes);
    code->routes = routes;
    code->route_count = builder->route_count;
    code->local_class1 = builder->local_class1;
    return SS_OK;
}
