/// Stations: replicas, places, limits, and what only some have.
#include "base/math.h"
#include "components/builder_internal.h"

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
    node->patience = ss__dist_of(object, "patience");
    node->setup = ss__dist_of(object, "setup");
    node->vacation = ss__dist_of(object, "vacation");
    if (node->vacation && (!ss_is_finite(node->places_total) || node->discipline == SS_PS)) {
        refuse(builder, index, "vacation",
               "Only places that are counted can go away: give \"concurrency\" a number and a "
               "discipline "
               "other than \"ps\", or leave \"vacation\" out.");
        node->vacation = NULL;
    }
    node->patience_random = ss_builder_random(builder, index, SS_PURPOSE_PATIENCE);
    if (node->discipline != SS_FIFO || node->patience || node->setup || node->vacation) {
        node->flags |= SS_NODE_OWN_RULES;
    }
}

/// Whether an operation of the node does anything before its service is over.
static bool has_steps(const ss_object *object) {
    const ss_value *code = ss_object_find(object, "code");
    const ss_value *operations = ss_object_find(object, "operations");
    for (uint32_t i = 0; operations && operations->operations && i < operations->count; i++) {
        const ss_value *flow = ss_object_get(&operations->operations[i].object, "flow");
        if (flow->is_set) return true;
    }
    return code && code->is_set;
}

/// Places that serve several at once.
static void set_batches(ss_builder *builder, uint32_t index, const ss_object *object) {
    ss_sim_node *node = &builder->built->sim.nodes[index];
    const ss_value *batch = ss_object_find(object, "batch");
    if (!batch || !batch->objects) return;
    const ss_value *wait = ss_object_get(batch->objects, "wait");
    const bool is_ordered = node->discipline <= SS_RANDOM;
    if (!is_ordered && node->discipline != SS_PRIORITY) {
        refuse(builder, index, "batch",
               "Only \"fifo\", \"lifo\", \"random\" and \"priority\" can choose a batch: write one "
               "of them as the discipline, or leave \"batch\" out.");
    } else if (wait->is_set && !is_ordered) {
        refuse(builder, index, "batch",
               "A batch that begins after a wait needs a line in order of arrival: leave its "
               "\"wait\" out, or write \"fifo\" as the discipline.");
    } else if (!ss_is_finite(node->places_total) || node->setup || node->vacation) {
        refuse(builder, index, "batch",
               "A batch needs a place that is counted and always there: give \"concurrency\" a "
               "number and leave \"setup\" and \"vacation\" out.");
    } else if (has_steps(object)) {
        refuse(builder, index, "batch",
               "A batch is served by one service time: leave \"flow\" and \"code\" out, or "
               "\"batch\".");
    }
    node->flags |= SS_NODE_BATCHES;
    node->batch_max = ss_builder_count(ss_object_get(batch->objects, "max"));
    node->batch_min = ss_builder_count(ss_object_get(batch->objects, "min"));
    if (node->batch_min > node->batch_max) node->batch_min = node->batch_max;
    node->batch_wait_ns = wait->is_set ? ss_time_from_seconds(wait->number) : 0;
    if (wait->is_set && node->batch_wait_ns == 0) node->batch_min = 1;
    builder->built->sim.needs_side = 1;
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
    if (node->flags & SS_NODE_BATCHES) {
        refuse(builder, index, "batch", "A place that shares its speed serves one at a time: leave "
                                        "\"batch\" or \"speedup\" out.");
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
    if (!ss__builder_grow(builder, (void **)&builder->groups, &builder->group_capacity,
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
    set_batches(builder, index, object);
    const ss_value *instance = ss_object_get(object, "instance");
    node->time_factor = 1.0;
    if (instance->objects) {
        node->time_factor = 1.0 / ss_object_get(instance->objects, "speed")->number;
    }
    node->own_time_factor = node->time_factor;
    set_limits(node, object, replicas);
    return SS_OK;
}
