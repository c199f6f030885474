/// Reads a client's load from the document and writes the programs of its operations.
#include "components/client/load.h"

#include "base/math.h"

void ss__client_set_usual(const client_setup *setup, client_state *state) {
    const bool is_usual = setup->kind == LOAD_RATE && setup->mix_count == 1u && !setup->batch;
    state->usual_rate_per_s = is_usual ? setup->rate_per_s : 0.0;
    state->usual_class = is_usual ? setup->mix[0].class_index : 0u;
}

static ss_status read_points(ss_builder *builder, const ss_value *pattern, client_setup *setup) {
    rate_point *points =
        ss_arena_allocate(ss_builder_arena(builder), (size_t)pattern->count * sizeof(rate_point));
    if (!points) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < pattern->count; i++) {
        points[i].at_ns = ss_time_from_seconds(ss_object_get(&pattern->objects[i], "at")->number);
        points[i].rate_per_s = ss_object_get(&pattern->objects[i], "rate")->number;
    }
    setup->kind = LOAD_PATTERN;
    setup->points = points;
    setup->point_count = pattern->count;
    return SS_OK;
}

static ss_status read_mmpp(ss_builder *builder, const ss_value *mmpp, client_setup *setup) {
    mmpp_state *states =
        ss_arena_allocate(ss_builder_arena(builder), (size_t)mmpp->count * sizeof(mmpp_state));
    if (!states) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < mmpp->count; i++) {
        states[i].rate_per_s = ss_object_get(&mmpp->objects[i], "rate")->number;
        states[i].duration = ss_object_get(&mmpp->objects[i], "for")->dist;
    }
    setup->kind = LOAD_MMPP;
    setup->states = states;
    setup->state_count = mmpp->count;
    return SS_OK;
}

/// The ways out of one state, of which there are some.
static ss_status read_exits(ss_builder *builder, const double *rates, uint32_t size, uint32_t from,
                            map_state *out) {
    map_exit *exits = ss_arena_allocate(ss_builder_arena(builder), 2u * size * sizeof(map_exit));
    if (!exits) return SS_ERROR_MEMORY;
    double sum = 0.0;
    out->rate_per_s = -rates[from * size + from];
    out->exits = exits;
    for (uint32_t arrives = 0; arrives < 2u; arrives++) {
        for (uint32_t to = 0; to < size; to++) {
            const double rate = rates[(arrives * size + from) * size + to];
            if (!(rate > 0.0)) continue;
            sum += rate;
            exits[out->exit_count++] = (map_exit){
                .cumulative = sum / out->rate_per_s, .to = to, .arrives = arrives};
        }
    }
    return SS_OK;
}

static ss_status read_map(ss_builder *builder, const ss_object *load, client_setup *setup) {
    uint32_t size;
    const double *rates = ss_map_read(load, ss_builder_arena(builder), &size);
    if (!rates) {
        char pointer[SS_JSON_POINTER_MAX];
        ss_json_pointer_join(pointer, sizeof pointer, load->pointer, "map");
        ss_diagnostics_add(
            ss_builder_diagnostics(builder), "E306", pointer,
            "Write d0 and d1 as squares of rates per second, of 1 to %u states: d1[i][j] of "
            "changes from state i to j with an arrival, d0[i][j] of those without, d0[i][i] being "
            "0 or minus the sum of both rows; each state must lead to an arrival.",
            SS_MAP_STATES_MAX);
        return SS_OK; // the run is refused with all that is wrong
    }
    map_state *states = ss_arena_allocate(ss_builder_arena(builder), size * sizeof(map_state));
    ss_status status = states ? SS_OK : SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < size && !status; i++) {
        status = read_exits(builder, rates, size, i, &states[i]);
    }
    setup->kind = LOAD_MAP;
    setup->map = states;
    setup->state_count = size;
    return status;
}

static ss_status read_trace(ss_builder *builder, uint32_t node, const ss_value *trace,
                            client_setup *setup) {
    trace_entry *entries = ss_arena_allocate(ss_builder_arena(builder),
                                             ((size_t)trace->count + 1u) * sizeof(trace_entry));
    if (!entries) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < trace->count; i++) {
        const char *operation = trace->arrivals[i].op ? trace->arrivals[i].op : "default";
        entries[i].at_ns = ss_time_from_seconds(trace->arrivals[i].time_s);
        entries[i].class_index = ss_builder_class_of(builder, node, operation);
        if (entries[i].class_index == SS_NO_INDEX) return SS_ERROR_MEMORY;
    }
    setup->kind = LOAD_TRACE;
    setup->trace = entries;
    setup->trace_count = trace->count;
    return SS_OK;
}

static ss_status read_load(ss_builder *builder, uint32_t node, const ss_object *load,
                           client_setup *setup) {
    const ss_value *value;
    if ((value = ss_object_get(load, "rate"))->is_set) {
        setup->kind = LOAD_RATE;
        setup->rate_per_s = value->number;
        return SS_OK;
    }
    if ((value = ss_object_get(load, "interarrival"))->is_set) {
        setup->kind = LOAD_INTERARRIVAL;
        setup->interarrival = value->dist;
        return SS_OK;
    }
    if ((value = ss_object_get(load, "pattern"))->is_set) return read_points(builder, value, setup);
    if ((value = ss_object_get(load, "mmpp"))->is_set) return read_mmpp(builder, value, setup);
    if (ss_object_get(load, "map")->is_set) return read_map(builder, load, setup);
    if ((value = ss_object_get(load, "trace"))->is_set) {
        return read_trace(builder, node, value, setup);
    }
    setup->kind = LOAD_USERS;
    setup->users = (uint32_t)ss_object_get(load, "users")->number;
    setup->think = ss_object_get(load, "think")->dist;
    return SS_OK;
}

static ss_status read_mix(ss_builder *builder, uint32_t node, const ss_value *mix,
                          client_setup *setup) {
    const uint32_t count = mix->is_set && mix->count > 0u ? mix->count : 1u;
    setup->mix = ss_arena_allocate(ss_builder_arena(builder), (size_t)count * sizeof(mix_entry));
    if (!setup->mix) return SS_ERROR_MEMORY;
    setup->mix_count = count;
    double total = 0.0;
    for (uint32_t i = 0; i < mix->count; i++) total += mix->weights[i].weight;
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        const char *name = mix->count > 0u ? mix->weights[i].name : "default";
        sum += mix->count > 0u ? mix->weights[i].weight : 1.0;
        setup->mix[i].cumulative = total > 0.0 ? sum / total : 1.0;
        setup->mix[i].class_index = ss_builder_class_of(builder, node, name);
        if (setup->mix[i].class_index == SS_NO_INDEX) return SS_ERROR_MEMORY;
    }
    return SS_OK;
}

ss_status ss__client_bind(ss_builder *builder, uint32_t node) {
    const ss_object *object = &ss_builder_node(builder, node)->object;
    client_setup *setup = ss_arena_allocate(ss_builder_arena(builder), sizeof *setup);
    if (!setup) return SS_ERROR_MEMORY;
    const ss_object *load = ss_object_get(object, "load")->objects;
    const ss_value *batch = ss_object_get(load, "batch");
    setup->batch = batch->is_set ? batch->dist : NULL;
    ss_status status = read_load(builder, node, load, setup);
    if (!status && setup->kind != LOAD_TRACE) {
        status = read_mix(builder, node, ss_object_get(object, "operations"), setup);
    }
    if (!status) status = ss_builder_reserve_state(builder, node, sizeof(client_state));
    if (status) return status;
    ss_builder_set_setup(builder, node, setup);
    ss_sim_node *sim_node = ss_builder_sim_node(builder, node);
    sim_node->flags |= SS_NODE_IS_CLIENT;
    if (setup->kind == LOAD_USERS) sim_node->flags |= SS_NODE_NOTIFY_END;
    sim_node->places_total = SS_INFINITY;
    client_state *state = ss_sim_state(ss_builder_sim(builder), node);
    state->arrival = ss_builder_random(builder, node, SS_PURPOSE_ARRIVAL);
    state->factor = 1.0;
    ss__client_set_usual(setup, state);
    return SS_OK;
}

static ss_status emit_waiting_forward(ss_builder *builder, uint32_t class_index,
                                      const ss_edge *edge) {
    const uint32_t target = ss_builder_target_class(builder, class_index, edge, NULL);
    if (target == SS_NO_INDEX) return SS_ERROR_MEMORY;
    const uint32_t call = ss_builder_emit(
        builder, (ss_instruction){
                     .opcode = SS_OPCODE_CALL, .edge = edge->index, .class_index = target});
    return call == SS_NO_INDEX ? SS_ERROR_MEMORY : SS_OK;
}

/// One of the forward edges by probability: a table of jumps to a call and an end each.
static ss_status emit_drawn_forward(ss_builder *builder, uint32_t class_index, uint32_t count) {
    const uint32_t node = ss_builder_class(builder, class_index)->node;
    const uint32_t first = ss_builder_add_choice(builder, (ss_choice){0});
    for (uint32_t i = 1; i < count; i++) ss_builder_add_choice(builder, (ss_choice){0});
    const uint32_t choose = ss_builder_emit(
        builder, (ss_instruction){.opcode = SS_OPCODE_CHOOSE, .first = first, .count = count});
    if (first == SS_NO_INDEX || choose == SS_NO_INDEX) return SS_ERROR_MEMORY;
    double cumulative = 0.0;
    uint32_t filled = 0;
    for (uint32_t i = 0; filled < count; i++) {
        const ss_edge *edge = ss_builder_out_edge(builder, node, i);
        if (edge->kind != SS_EDGE_FORWARD) continue;
        cumulative += ss_object_get(&edge->object, "probability")->number;
        ss_choice *choice = ss_builder_choice(builder, first + filled++);
        choice->cumulative = cumulative > 1.0 - 1e-12 ? 1.0 : cumulative; // what rounding left out
        choice->jump = ss_builder_next(builder);
        const ss_status status = emit_waiting_forward(builder, class_index, edge);
        if (status) return status;
        if (ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_END}) == SS_NO_INDEX) {
            return SS_ERROR_MEMORY;
        }
    }
    ss_builder_instruction(builder, choose)->jump =
        ss_builder_next(builder); // the rest: no request at all
    return SS_OK;
}

/// Calls and publishes in document order; then one of the forward edges, which a client waits for
/// as for a call: its request ends when it leaves the system.
ss_status ss__client_program(ss_builder *builder, uint32_t class_index) {
    ss_status status = ss_builder_out_edges(builder, class_index);
    const uint32_t node = ss_builder_class(builder, class_index)->node;
    const ss_edge *forward = NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; i < ss_builder_out_edge_count(builder, node); i++) {
        const ss_edge *edge = ss_builder_out_edge(builder, node, i);
        if (edge->kind != SS_EDGE_FORWARD) continue;
        forward = edge;
        count++;
    }
    const bool is_certain =
        count == 1u && ss_object_get(&forward->object, "probability")->number >= 1.0;
    if (!status && is_certain) {
        status = emit_waiting_forward(builder, class_index, forward);
    } else if (!status && count > 0u) {
        status = emit_drawn_forward(builder, class_index, count);
    }
    if (status) return status;
    const uint32_t end = ss_builder_emit(builder, (ss_instruction){.opcode = SS_OPCODE_END});
    return end == SS_NO_INDEX ? SS_ERROR_MEMORY : SS_OK;
}
