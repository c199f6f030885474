/// Unfolds a design to classes and their programs, by the rules of the engine's builder
/// (core/components/builder.c and the behaviours' own programs).
#include <string.h>

#include "solve/internal.h"

/// The engine's own limit: more is a design that multiplies nodes by operations by mistake.
#define CLASSES_MAX 1000000u

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
    for (uint32_t i = 0; service->dists && i < service->count; i++) {
        if (strcmp(service->dists[i].name, operation) == 0) return true;
    }
    return false;
}

static const char *resolve_operation(ss__net *net, const ss_node *node, const char *name,
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
    ss_diagnostics_add(net->diagnostics, "W301", pointer,
                       "Requests of operation \"%s\" reach \"%s\", which does not declare it and "
                       "has no service_time of its own: they run as \"%s\"; declare \"%s\" here, "
                       "or send \"%s\" (a client's operations, an edge's op).",
                       name, node->id, (*entry)->name, name, (*entry)->name);
    return (*entry)->name;
}

static bool grow_classes(ss__net *net) {
    if (net->class_count < net->class_capacity) return true;
    const uint32_t larger = net->class_capacity ? net->class_capacity * 2u : 64u;
    ss__class *moved = ss_reallocate(&net->allocator, net->classes,
                                     (size_t)net->class_capacity * sizeof(ss__class),
                                     (size_t)larger * sizeof(ss__class));
    if (!moved) return false;
    net->classes = moved;
    net->class_capacity = larger;
    return true;
}

static const ss__law no_time = {.kind = SS__LAW_FITTED};

/// Index of the class of an operation at a node, made when it is new; UINT32_MAX when it cannot be.
static uint32_t class_of(ss__net *net, uint32_t node_index, const char *operation) {
    ss__station *station = &net->stations[node_index];
    for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        if (strcmp(net->classes[at - 1u].operation, operation) == 0) return at - 1u;
    }
    const ss_operation *entry;
    const char *resolved =
        resolve_operation(net, &net->design->nodes[node_index], operation, &entry);
    if (resolved != operation) return class_of(net, node_index, resolved);
    if (net->class_count >= CLASSES_MAX || !grow_classes(net)) return UINT32_MAX;
    const uint32_t index = net->class_count++;
    net->classes[index] = (ss__class){
        .node = node_index, .operation = operation, .entry = entry,
        .next_of_node1 = station->first_class1, .miss = 1.0, .success = 1.0, .survival = 1.0,
        .hold = no_time, .wait = no_time, .visit = no_time, .total = no_time,
        .delivery = no_time};
    station->first_class1 = index + 1u;
    return index;
}

static uint32_t target_class(ss__net *net, uint32_t class_index, const ss_edge *edge,
                             const char *step_operation) {
    const char *operation = step_operation ? step_operation : edge->op;
    if (!operation) operation = net->classes[class_index].operation;
    return class_of(net, edge->to, operation);
}

const ss_value *ss__operation_value(const ss__net *net, const ss__class *each, const char *name) {
    if (each->entry) {
        const ss_value *value = ss_object_find(&each->entry->object, name);
        if (value && value->is_set) return value;
    }
    return ss_object_find(&net->design->nodes[each->node].object, name);
}

static const ss_dist *service_dist(const ss__net *net, const ss__class *each) {
    if (each->entry) {
        const ss_value *own = ss_object_find(&each->entry->object, "service_time");
        if (own && own->is_set) return own->dist;
    }
    const ss_value *value = ss_object_find(&net->design->nodes[each->node].object, "service_time");
    if (!value) return NULL;
    for (uint32_t i = 0; value->dists && i < value->count; i++) {
        if (strcmp(value->dists[i].name, each->operation) == 0) return value->dists[i].dist;
    }
    return value->dist;
}

// --- Programs ------------------------------------------------------------------------------------

/// Appends terms to a list; `failed` stays once memory was refused.
typedef struct term_list {
    ss__net *net;
    uint32_t class_index;
    const ss__term *first;
    ss__term *last;
    bool failed;
} term_list;

static ss__term *append(term_list *list, ss__term term) {
    ss__term *made = ss_arena_allocate(list->net->arena, sizeof *made);
    if (!made) {
        list->failed = true;
        return NULL;
    }
    *made = term;
    if (list->last) list->last->next = made; else list->first = made;
    list->last = made;
    return made;
}

static ss__branch *make_branches(term_list *list, uint32_t count) {
    ss__branch *branches = ss_arena_allocate(list->net->arena, (size_t)count * sizeof *branches);
    if (!branches) list->failed = true;
    return branches;
}

static void append_compute(term_list *list) {
    ss__net *net = list->net;
    const ss__class *each = &net->classes[list->class_index];
    const ss_dist *dist = service_dist(net, each);
    if (!dist) {
        const ss_node *node = &net->design->nodes[each->node];
        ss_diagnostics_add(net->diagnostics, "E302", node->object.pointer,
                           "\"%s\" has no service_time for operation \"%s\", which reaches it: "
                           "write \"service_time\", or \"operations\": {\"%s\": "
                           "{\"service_time\": …}}",
                           node->id, each->operation, each->operation);
        return;
    }
    (void)append(list, (ss__term){.kind = SS__TERM_COMPUTE, .dist = dist});
}

static ss__term *append_call(term_list *list, const ss_edge *edge, const char *operation,
                             ss__term_kind kind) {
    const uint32_t target = target_class(list->net, list->class_index, edge, operation);
    if (target == UINT32_MAX) {
        list->failed = true;
        return NULL;
    }
    return append(list, (ss__term){.kind = kind, .edge = edge->index, .target = target});
}

/// A list of one call, as the branch of a choice.
static void append_choice_of_call(term_list *list, const ss_edge *edge, double probability,
                                  ss__term_kind kind) {
    ss__branch *branch = make_branches(list, 1);
    if (!branch) return;
    term_list inner = {.net = list->net, .class_index = list->class_index};
    (void)append_call(&inner, edge, NULL, kind);
    *branch = (ss__branch){.probability = probability, .first = inner.first};
    (void)append(list, (ss__term){.kind = SS__TERM_CHOOSE, .count = 1, .branches = branch});
    list->failed = list->failed || inner.failed;
}

static const ss_edge *out_edge(const ss__net *net, uint32_t node, uint32_t nth) {
    return &net->design->edges[net->out_edges[net->out_first[node] + nth]];
}

static uint32_t out_edge_count(const ss__net *net, uint32_t node) {
    return net->out_first[node + 1u] - net->out_first[node];
}

static double probability_of(const ss_edge *edge) {
    return ss_object_get(&edge->object, "probability")->number;
}

/// Calls and publishes in document order, each with its probability.
static void append_out_edges(term_list *list) {
    const uint32_t node = list->net->classes[list->class_index].node;
    for (uint32_t i = 0; i < out_edge_count(list->net, node); i++) {
        const ss_edge *edge = out_edge(list->net, node, i);
        if (edge->kind == SS_EDGE_FORWARD) continue;
        const ss__term_kind kind =
            edge->kind == SS_EDGE_CALL ? SS__TERM_CALL : SS__TERM_PUBLISH;
        const double probability = probability_of(edge);
        if (probability < 1.0) {
            append_choice_of_call(list, edge, probability, kind);
        } else {
            (void)append_call(list, edge, NULL, kind);
        }
    }
}

static void append_steps(term_list *list, const ss_step *steps, uint32_t count);

static const ss__branch *branches_of(term_list *list, const ss_step *step) {
    ss__branch *branches = make_branches(list, step->count);
    for (uint32_t i = 0; branches && i < step->count; i++) {
        term_list inner = {.net = list->net, .class_index = list->class_index};
        append_steps(&inner, step->branches[i].steps, step->branches[i].count);
        branches[i] = (ss__branch){
            .probability = step->branches[i].probability, .first = inner.first};
        list->failed = list->failed || inner.failed;
    }
    return branches;
}

static void append_step(term_list *list, const ss_step *step) {
    const ss_edge *edge = step->edge1 ? &list->net->design->edges[step->edge1 - 1u] : NULL;
    ss__term *call;
    switch (step->kind) {
    case SS_STEP_COMPUTE:
        (void)append(list, (ss__term){.kind = SS__TERM_COMPUTE, .dist = step->dist});
        break;
    case SS_STEP_CALL:
        call = append_call(list, edge, step->op, SS__TERM_CALL);
        if (!call || step->count == 0u) break;
        call->branches = branches_of(list, step);
        call->count = step->count;
        break;
    case SS_STEP_PUBLISH:
        (void)append_call(list, edge, step->op, SS__TERM_PUBLISH);
        break;
    case SS_STEP_PARALLEL:
    case SS_STEP_CHOOSE:
    case SS_STEP_REPEAT:
        if (step->count == 0u) break;
        (void)append(list, (ss__term){
                               .kind = step->kind == SS_STEP_PARALLEL ? SS__TERM_PARALLEL
                                       : step->kind == SS_STEP_CHOOSE ? SS__TERM_CHOOSE
                                                                      : SS__TERM_REPEAT,
                               .count = step->count, .repeat = step->repeat,
                               .branches = branches_of(list, step)});
        break;
    }
}

static void append_steps(term_list *list, const ss_step *steps, uint32_t count) {
    for (uint32_t i = 0; i < count && !list->failed; i++) append_step(list, &steps[i]);
}

/// A client takes one of its forward edges last, and waits for it as for a call.
static void append_client_forwards(term_list *list) {
    const uint32_t node = list->net->classes[list->class_index].node;
    uint32_t count = 0;
    for (uint32_t i = 0; i < out_edge_count(list->net, node); i++) {
        if (out_edge(list->net, node, i)->kind == SS_EDGE_FORWARD) count++;
    }
    if (count == 0u) return;
    ss__branch *branches = make_branches(list, count);
    if (!branches) return;
    uint32_t filled = 0;
    for (uint32_t i = 0; i < out_edge_count(list->net, node); i++) {
        const ss_edge *edge = out_edge(list->net, node, i);
        if (edge->kind != SS_EDGE_FORWARD) continue;
        term_list inner = {.net = list->net, .class_index = list->class_index};
        (void)append_call(&inner, edge, NULL, SS__TERM_CALL);
        branches[filled++] =
            (ss__branch){.probability = probability_of(edge), .first = inner.first};
        list->failed = list->failed || inner.failed;
    }
    (void)append(list, (ss__term){.kind = SS__TERM_CHOOSE, .count = count, .branches = branches});
}

static void write_program(term_list *list) {
    ss__net *net = list->net;
    const uint32_t node = net->classes[list->class_index].node;
    const ss_operation *entry = net->classes[list->class_index].entry;
    const ss_value *flow = entry ? ss_object_find(&entry->object, "flow") : NULL;
    switch (net->stations[node].role) {
    case SS__ROLE_CLIENT:
        append_out_edges(list);
        append_client_forwards(list);
        return;
    case SS__ROLE_BROKER:
        append_compute(list);
        return; // deliveries hold no place of it: see visits
    case SS__ROLE_CACHE: {
        append_compute(list);
        ss__branch *branch = make_branches(list, 1);
        if (!branch) return;
        term_list inner = {.net = net, .class_index = list->class_index};
        append_out_edges(&inner);
        *branch = (ss__branch){
            .probability = net->classes[list->class_index].miss, .first = inner.first};
        if (inner.first) {
            (void)append(list, (ss__term){
                                   .kind = SS__TERM_CHOOSE, .count = 1, .branches = branch});
            net->classes[list->class_index].on_miss = branch;
        }
        list->failed = list->failed || inner.failed;
        return;
    }
    case SS__ROLE_STATION:
        break;
    }
    if (flow && flow->is_set) {
        append_steps(list, flow->flow, flow->count);
    } else {
        append_compute(list);
        append_out_edges(list);
    }
}

// --- Visits --------------------------------------------------------------------------------------

static uint32_t count_calls(const ss__term *term) {
    uint32_t count = 0;
    for (; term; term = term->next) {
        if (term->kind == SS__TERM_CALL || term->kind == SS__TERM_PUBLISH) count++;
        for (uint32_t i = 0; i < term->count; i++) count += count_calls(term->branches[i].first);
    }
    return count;
}

/// In the order in which traffic.c walks the terms.
static void list_calls(const ss__term *term, ss__visit *visits, uint32_t *count) {
    for (; term; term = term->next) {
        if (term->kind == SS__TERM_CALL || term->kind == SS__TERM_PUBLISH) {
            visits[(*count)++] = (ss__visit){
                .edge = term->edge, .target = term->target,
                .kind = term->kind == SS__TERM_CALL ? SS__VISIT_CALL : SS__VISIT_PUBLISH};
        }
        for (uint32_t i = 0; i < term->count; i++) {
            list_calls(term->branches[i].first, visits, count);
        }
    }
}

/// The calls of the program, then where the class is forwarded to, or delivered.
static ss_status list_visits(ss__net *net, uint32_t class_index) {
    const uint32_t node = net->classes[class_index].node;
    const ss__station *station = &net->stations[node];
    const uint32_t calls = count_calls(net->classes[class_index].program);
    const size_t most = (size_t)calls + out_edge_count(net, node) + 1u;
    ss__visit *visits = ss_arena_allocate(net->arena, most * sizeof *visits);
    if (!visits) return SS_ERROR_MEMORY;
    uint32_t count = 0;
    list_calls(net->classes[class_index].program, visits, &count);
    for (uint32_t i = 0; i < out_edge_count(net, node); i++) {
        const ss_edge *edge = out_edge(net, node, i);
        const bool is_delivery = station->role == SS__ROLE_BROKER;
        if (station->role == SS__ROLE_CLIENT) break;
        if (!is_delivery && edge->kind != SS_EDGE_FORWARD) continue;
        const uint32_t target = target_class(net, class_index, edge, NULL);
        if (target == UINT32_MAX) return SS_ERROR_MEMORY;
        double share = probability_of(edge) * net->classes[class_index].miss;
        if (is_delivery) share = station->is_broadcast ? 1.0 : 1.0 / (double)station->consumers;
        visits[count++] = (ss__visit){
            .edge = edge->index, .target = target, .share = share,
            .kind = is_delivery ? SS__VISIT_PUBLISH : SS__VISIT_FORWARD};
    }
    net->classes[class_index].visits = visits;
    net->classes[class_index].visit_count = count;
    return SS_OK;
}

// --- Nodes ---------------------------------------------------------------------------------------

static double count_of(const ss_object *object, const char *name, double otherwise) {
    const ss_value *value = ss_object_find(object, name);
    return value && value->is_set ? value->number : otherwise;
}

static void read_line(const ss_object *object, ss__station *station) {
    const double replicas = count_of(object, "replicas", 1.0);
    const char *places_name = ss_object_find(object, "concurrency") ? "concurrency" : "connections";
    const double places = count_of(object, places_name, SS_INFINITY);
    const double cores = count_of(object, "cores", SS_INFINITY);
    const double queue = count_of(object, "queue", SS_INFINITY);
    const ss_value *balance = ss_object_find(object, "balance");
    const bool is_shared = balance && balance->text && strcmp(balance->text, "shared") == 0;
    const double lines = is_shared ? replicas : 1.0;
    station->balance = balance ? (uint32_t)balance->number : 0u;
    station->discipline = (uint32_t)count_of(object, "discipline", 0.0);
    station->replicas = (uint32_t)replicas;
    station->queues = is_shared ? 1u : (uint32_t)replicas;
    station->places = places * lines;
    station->servers = ss_min(places, cores) * lines;
    station->capacity = (places + queue) * lines;
    station->places_total = places * replicas;
}

static void read_limits(const ss_object *object, ss__station *station) {
    const ss_value *limits = ss_object_find(object, "limits");
    if (!limits || !limits->is_set || !limits->objects) return;
    if (ss_object_get(limits->objects, "rate")->is_set) {
        station->assumptions |= SS__IGNORES_RATE_LIMIT;
    }
    const ss_value *most = ss_object_get(limits->objects, "max_in_flight");
    if (!most->is_set) return;
    const double each = station->queues == 1u ? most->number * (double)station->replicas
                                              : most->number;
    station->capacity = ss_min(station->capacity, each);
}

static const ss_dist *dist_of(const ss_object *object, const char *name) {
    const ss_value *value = ss_object_find(object, name);
    return value && value->is_set ? value->dist : NULL;
}

/// Total speed with 1, 2, … requests in service; what is no such list the engine refuses.
static void read_speeds(const ss__net *net, const ss_object *object, ss__station *station) {
    const ss_value *value = ss_object_find(object, "speedup");
    if (!value || !value->json || ss_json_kind_of(value->json) != SS_JSON_ARRAY) return;
    const size_t size = ss_json_size(value->json);
    double *speeds = ss_arena_allocate(net->arena, (size + 1u) * sizeof(double));
    uint32_t count = 0;
    for (const ss_json *each = ss_json_first(value->json); each && speeds;
         each = ss_json_next(each)) {
        if (ss_json_kind_of(each) != SS_JSON_NUMBER || !(ss_json_number(each) > 0.0)) return;
        speeds[count++] = ss_json_number(each);
    }
    if (count == 0u) return;
    station->speeds = speeds;
    station->speed_count = count;
    station->servers = speeds[(uint32_t)ss_min(station->places, (double)count) - 1u];
}

static void read_batch_service(const ss_object *object, ss__station *station) {
    const ss_value *value = ss_object_find(object, "batch");
    if (!value || !value->objects) return;
    const ss_value *wait = ss_object_get(value->objects, "wait");
    const double least = ss_object_get(value->objects, "min")->number;
    station->batch_most = ss_object_get(value->objects, "max")->number;
    station->batch_least = (uint32_t)ss_min(least, station->batch_most);
    station->batch_wait_s = wait->is_set ? wait->number : 0.0;
    if (wait->is_set && !(wait->number > 0.0)) station->batch_least = 1;
}

static void read_extras(const ss__net *net, const ss_object *object, ss__station *station) {
    read_speeds(net, object, station);
    read_batch_service(object, station);
    station->setup = dist_of(object, "setup");
    station->vacation = dist_of(object, "vacation");
    const ss_value *overflow = ss_object_find(object, "overflow");
    if (overflow && overflow->number > 0.0 && ss_is_finite(station->capacity)) {
        station->capacity = SS_INFINITY; // nobody is turned away
        station->assumptions |= SS__IGNORES_BLOCKING;
    }
    const ss_dist *patience = dist_of(object, "patience");
    if (patience && patience->mean > 0.0) {
        station->patience_rate = 1.0 / patience->mean;
        station->patience_is_exponential = patience->kind == SS_DIST_EXPONENTIAL;
    }
}

static void read_station(const ss__net *net, uint32_t index, ss__station *station) {
    const ss_node *node = &net->design->nodes[index];
    const ss_object *object = &node->object;
    const uint32_t traits = node->type->traits;
    *station = (ss__station){
        .queues = 1, .places = SS_INFINITY, .servers = SS_INFINITY, .capacity = SS_INFINITY,
        .places_total = SS_INFINITY, .time_factor = 1.0, .passes = 1.0, .replicas = 1,
        .batch_most = 1.0, .batch_least = 1,
        .saturation_per_s = SS_NAN, .arrival_scv = 1.0, .population = SS_INFINITY,
        .method = "", .source = ""};
    station->role = traits & SS_TRAIT_SOURCE   ? SS__ROLE_CLIENT
                    : traits & SS_TRAIT_BROKER ? SS__ROLE_BROKER
                    : traits & SS_TRAIT_CACHE  ? SS__ROLE_CACHE
                                               : SS__ROLE_STATION;
    if (station->role == SS__ROLE_CLIENT) return;
    read_line(object, station);
    read_extras(net, object, station);
    if (ss_node_code(node)) station->assumptions |= SS__IGNORES_CODE;
    read_limits(object, station);
    const ss_value *instance = ss_object_find(object, "instance");
    if (instance && instance->objects) {
        station->time_factor = 1.0 / ss_object_get(instance->objects, "speed")->number;
    }
    if (station->role != SS__ROLE_BROKER) return;
    const ss_value *delivery = ss_object_find(object, "delivery");
    station->consumers = out_edge_count(net, index);
    station->is_broadcast = delivery && delivery->number > 0.0;
    station->partitions = (uint32_t)count_of(object, "partitions", 1.0);
    station->prefetch = count_of(object, "prefetch", SS_INFINITY);
    station->backlog_capacity = count_of(object, "capacity", SS_INFINITY);
}

double ss__cache_miss(const ss__net *net, uint32_t node, double rate) {
    const ss_object *object = &net->design->nodes[node].object;
    const ss_value *keys = ss_object_find(object, "keys");
    if (!keys || !keys->is_set) {
        const ss_value *ratio = ss_object_find(object, "hit_ratio");
        return ratio && ratio->is_set ? 1.0 - ratio->number : 1.0;
    }
    const double ttl_s = count_of(object, "ttl", SS_INFINITY);
    return 1.0 - ss__cache_hit_ratio(keys->number, count_of(object, "capacity", 1.0),
                                     count_of(object, "skew", 0.0),
                                     (ss__cache_policy)count_of(object, "policy", 0.0),
                                     ss_is_finite(ttl_s) ? rate * ttl_s : SS_INFINITY);
}

static ss_status index_out_edges(ss__net *net) {
    const ss_design *design = net->design;
    net->out_first = ss_arena_allocate(net->arena, ((size_t)design->node_count + 2u) * 4u);
    net->out_edges = ss_arena_allocate(net->arena, ((size_t)design->edge_count + 1u) * 4u);
    uint32_t *fill = ss_arena_allocate(net->arena, ((size_t)design->node_count + 1u) * 4u);
    if (!net->out_first || !net->out_edges || !fill) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < design->edge_count; i++) net->out_first[design->edges[i].from + 1u]++;
    for (uint32_t i = 0; i < design->node_count; i++) {
        net->out_first[i + 1u] += net->out_first[i];
    }
    for (uint32_t i = 0; i < design->edge_count; i++) {
        const uint32_t from = design->edges[i].from;
        net->out_edges[net->out_first[from] + fill[from]++] = i;
    }
    return SS_OK;
}

// --- Clients -------------------------------------------------------------------------------------

/// Mean rate and burstiness of a client's load; what changes over time is averaged over the run.
static double mean_of_pattern(const ss__net *net, const ss_value *pattern) {
    const double end_s = ss_object_get(&net->design->run, "duration")->number;
    double area = 0.0;
    double time_s = 0.0;
    double rate = ss_object_get(&pattern->objects[0], "rate")->number;
    for (uint32_t i = 0; i < pattern->count && time_s < end_s; i++) {
        const double at_s = ss_object_get(&pattern->objects[i], "at")->number;
        const double next = ss_object_get(&pattern->objects[i], "rate")->number;
        const double until_s = ss_min(at_s, end_s);
        if (at_s > time_s) {
            const double reached = rate + (next - rate) * (until_s - time_s) / (at_s - time_s);
            area += 0.5 * (rate + reached) * (until_s - time_s);
        }
        time_s = ss_max(time_s, until_s);
        rate = next;
    }
    area += rate * ss_max(0.0, end_s - time_s);
    return area / end_s;
}

static double mean_of_mmpp(const ss_value *mmpp) {
    double requests = 0.0;
    double time = 0.0;
    for (uint32_t i = 0; i < mmpp->count; i++) {
        const double length = ss_object_get(&mmpp->objects[i], "for")->dist->mean;
        requests += length * ss_object_get(&mmpp->objects[i], "rate")->number;
        time += length;
    }
    return time > 0.0 ? requests / time : 0.0;
}

/// The states of an MMPP as a MAP: in turn, arrivals leaving them as they are.
static void map_of_mmpp(const ss__net *net, const ss_value *mmpp, ss__station *station) {
    const uint32_t n = mmpp->count;
    double *rates = n <= SS_MAP_STATES_MAX
                        ? ss_arena_allocate(net->arena, 2u * (size_t)n * n * sizeof(double))
                        : NULL;
    if (!rates) return;
    station->bursts_are_markov = true;
    for (uint32_t i = 0; i < n; i++) {
        const ss_dist *length = ss_object_get(&mmpp->objects[i], "for")->dist;
        const double rate = ss_object_get(&mmpp->objects[i], "rate")->number;
        rates[(size_t)n * n + (size_t)i * n + i] = rate;
        rates[(size_t)i * n + i] -= rate;
        if (n > 1u) {
            rates[(size_t)i * n + i] -= 1.0 / length->mean;
            rates[(size_t)i * n + (i + 1u) % n] += 1.0 / length->mean;
        }
        if (length->kind != SS_DIST_EXPONENTIAL) station->bursts_are_markov = false;
    }
    station->bursts = rates;
    station->burst_states = n;
}

static void read_map(const ss__net *net, const ss_object *load, ss__station *station,
                     ss__client *client) {
    uint32_t size;
    const double *rates = ss_map_read(load, net->arena, &size);
    if (!rates) return; // what is no such process the engine refuses
    const double rate = ss__map_rate(rates, rates + (size_t)size * size, size);
    client->rate = ss_is_finite(rate) ? rate : 0.0;
    station->bursts = rates;
    station->burst_states = size;
    station->bursts_are_markov = true;
    station->assumptions |= SS__IGNORES_BURSTS;
}

/// Moments of a batch's size, rounded to a whole number of at least 1: by its distribution
/// function.
static void read_batch(const ss_object *load, ss__station *station, ss__client *client) {
    const ss_value *batch = ss_object_find(load, "batch");
    if (!batch || !batch->is_set || !batch->dist) return;
    double mean = 1.0;
    double pairs = 0.0; // E[X(X-1)]/2 = Σ (k-1) P(X ≥ k)
    for (double k = 2.0; k < 1e6; k += 1.0) {
        const double share = 1.0 - ss_dist_cdf(batch->dist, k - 0.5);
        mean += share;
        pairs += (k - 1.0) * share;
        if (share * k * k < 1e-12) break;
    }
    client->rate *= mean;
    station->batch_mean = mean;
    station->batch_factor = pairs / mean;
    station->assumptions |= SS__IGNORES_BURSTS;
}

static void read_load(ss__net *net, const ss_object *load, ss__client *client) {
    ss__station *station = &net->stations[client->node];
    const ss_value *value;
    if ((value = ss_object_get(load, "rate"))->is_set) {
        client->rate = value->number;
    } else if ((value = ss_object_get(load, "interarrival"))->is_set) {
        client->rate = value->dist->mean > 0.0 ? 1.0 / value->dist->mean : 0.0;
        if (value->dist->kind != SS_DIST_EXPONENTIAL) station->renewal = value->dist;
    } else if ((value = ss_object_get(load, "pattern"))->is_set) {
        client->rate = mean_of_pattern(net, value);
        if (value->count > 1u) station->assumptions |= SS__IGNORES_CHANGING_LOAD;
    } else if ((value = ss_object_get(load, "mmpp"))->is_set) {
        client->rate = mean_of_mmpp(value);
        map_of_mmpp(net, value, station);
        if (value->count > 1u) station->assumptions |= SS__IGNORES_BURSTS;
    } else if (ss_object_get(load, "map")->is_set) {
        read_map(net, load, station, client);
    } else if ((value = ss_object_get(load, "trace"))->is_set) {
        const double length = ss_object_get(&net->design->run, "duration")->number;
        client->rate = (double)value->count / length;
        station->assumptions |= SS__IGNORES_CHANGING_LOAD;
    } else {
        client->is_closed = true;
        client->users = ss_object_get(load, "users")->number;
        const ss_value *think = ss_object_get(load, "think");
        client->think = think->dist ? think->dist->mean : 0.0;
        return;
    }
    read_batch(load, station, client);
}

static ss_status add_share(ss__net *net, const ss__client *client, const char *operation,
                           double share) {
    const uint32_t index = class_of(net, client->node, operation);
    if (index == UINT32_MAX) return SS_ERROR_MEMORY;
    net->classes[index].share += share;
    return SS_OK;
}

/// Opens the classes that a client asks for, with their shares.
static ss_status read_mix(ss__net *net, const ss__client *client) {
    const ss_object *object = &net->design->nodes[client->node].object;
    const ss_value *trace = ss_object_get(ss_object_get(object, "load")->objects, "trace");
    ss_status status = SS_OK;
    if (trace->is_set) {
        for (uint32_t i = 0; i < trace->count && !status; i++) {
            const char *operation = trace->arrivals[i].op ? trace->arrivals[i].op : "default";
            status = add_share(net, client, operation, 1.0 / (double)trace->count);
        }
        return status;
    }
    const ss_value *mix = ss_object_get(object, "operations");
    double total = 0.0;
    for (uint32_t i = 0; i < mix->count; i++) total += mix->weights[i].weight;
    if (!(total > 0.0)) {
        return add_share(net, client, mix->count > 0u ? mix->weights[0].name : "default", 1.0);
    }
    for (uint32_t i = 0; i < mix->count && !status; i++) {
        status = add_share(net, client, mix->weights[i].name, mix->weights[i].weight / total);
    }
    return status;
}

static ss_status read_clients(ss__net *net) {
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        if (net->stations[i].role == SS__ROLE_CLIENT) net->client_count++;
    }
    net->clients = ss_arena_allocate(net->arena, (net->client_count + 1u) * sizeof(ss__client));
    if (!net->clients) return SS_ERROR_MEMORY;
    uint32_t filled = 0;
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        if (net->stations[i].role != SS__ROLE_CLIENT) continue;
        ss__client *client = &net->clients[filled++];
        client->node = i;
        read_load(net, ss_object_get(&net->design->nodes[i].object, "load")->objects, client);
        if (client->is_closed) net->closed_count++;
        const ss_status status = read_mix(net, client);
        if (status) return status;
    }
    return SS_OK;
}

// --- Edges and faults ----------------------------------------------------------------------------

/// Latency and transmission, one way. The line for a link's bandwidth is left out (an assumption).
static ss__law latency_of(const ss_object *edge, const char *size_property) {
    const ss_value *latency = ss_object_get(edge, "latency");
    const ss_value *bandwidth = ss_object_get(edge, "bandwidth");
    ss__law law = ss__law_constant(0.0);
    if (latency->dist && latency->dist->mean > 0.0) law = ss__law_of_dist(latency->dist, 1.0);
    if (!bandwidth->is_set) return law;
    const double size = ss_object_get(edge, size_property)->number;
    return ss__law_sum(law, ss__law_constant(size / bandwidth->number));
}

static ss_status read_links(ss__net *net) {
    const size_t count = (size_t)net->design->edge_count + 1u;
    net->links = ss_arena_allocate(net->arena, count * sizeof(ss__link));
    if (!net->links) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < net->design->edge_count; i++) {
        const ss_object *edge = &net->design->edges[i].object;
        ss__link *link = &net->links[i];
        link->there = latency_of(edge, "request_size");
        link->back = latency_of(edge, "response_size");
        link->arrives = 1.0 - ss_object_get(edge, "loss")->number;
        if (link->arrives < 1.0) net->has_feedback = true;
        const ss_value *retry = ss_object_get(edge, "retry");
        if (!retry->is_written || !retry->objects) continue;
        link->retries = ss_object_get(retry->objects, "max")->number;
        link->multiplier = ss_object_get(retry->objects, "multiplier")->number;
        const double jitter = ss_object_get(retry->objects, "jitter")->number;
        link->backoff_s = ss_object_get(retry->objects, "backoff")->number * (1.0 - 0.5 * jitter);
    }
    return SS_OK;
}

/// Whether a request that is sent there may have to wait for room where it is.
static bool blocks(const ss__net *net, uint32_t node) {
    const ss_object *object = &net->design->nodes[node].object;
    const ss_value *overflow = ss_object_find(object, "overflow");
    return overflow && overflow->number > 0.0 &&
           ss_is_finite(ss_object_get(object, "queue")->number);
}

/// Where calls can fail, what a caller's retries take is known for all its requests together, not
/// for those alone that succeed in the end.
static void note_retries(ss__net *net) {
    for (uint32_t i = 0; net->has_feedback && i < net->design->edge_count; i++) {
        const ss_edge *edge = &net->design->edges[i];
        const ss_value *retry = ss_object_get(&edge->object, "retry");
        if (!retry->is_written || !retry->objects) continue;
        net->stations[edge->from].assumptions |= SS__COUNTS_FAILURES;
    }
}

static void note_edges(ss__net *net) {
    for (uint32_t i = 0; i < net->design->edge_count; i++) {
        const ss_edge *edge = &net->design->edges[i];
        uint32_t *notes = &net->stations[edge->from].assumptions;
        uint32_t *called = &net->stations[edge->to].assumptions;
        const ss_object *object = &edge->object;
        if (blocks(net, edge->to)) *notes |= SS__IGNORES_BLOCKING;
        if (ss_object_get(object, "hedge")->is_written) *called |= SS__IGNORES_HEDGE;
        if (ss_object_get(object, "deadline")->number > 0.0) *called |= SS__IGNORES_DEADLINES;
        if (ss_object_get(object, "timeout")->is_set) *notes |= SS__IGNORES_TIMEOUT;
        if (ss_object_get(object, "bandwidth")->is_set) *notes |= SS__IGNORES_BANDWIDTH;
        if (ss_object_get(object, "breaker")->is_written) *notes |= SS__IGNORES_BREAKER;
        if (ss_object_get(object, "hedge")->is_written) *notes |= SS__IGNORES_HEDGE;
        const ss_value *retry = ss_object_get(object, "retry");
        if (!retry->is_written || !retry->objects) continue;
        if (ss_object_get(retry->objects, "budget")->is_set) *notes |= SS__IGNORES_BUDGET;
    }
}

static void note_faults(ss__net *net) {
    for (uint32_t i = 0; i < net->design->fault_count; i++) {
        const ss_value *target = ss_object_get(&net->design->faults[i], "target");
        if (!target->is_set || !target->text) continue;
        const uint32_t node = ss_design_node_index(net->design, target->text);
        const uint32_t edge = ss_design_edge_index(net->design, target->text);
        if (node != UINT32_MAX) net->stations[node].assumptions |= SS__IGNORES_FAULTS;
        if (edge != UINT32_MAX) {
            net->stations[net->design->edges[edge].from].assumptions |= SS__IGNORES_FAULTS;
        }
    }
}

// --- The whole -----------------------------------------------------------------------------------

static ss_status write_class(ss__net *net, uint32_t index) {
    ss__class *each = &net->classes[index];
    const ss__station *station = &net->stations[each->node];
    const ss_value *priority = ss__operation_value(net, each, "priority");
    const ss_value *errors = ss__operation_value(net, each, "error_rate");
    each->priority = priority && priority->is_set ? priority->number : 0.0;
    each->error_rate = errors && errors->is_set ? errors->number : 0.0;
    if (each->error_rate > 0.0) net->has_feedback = true;
    if (station->role == SS__ROLE_CACHE) each->miss = ss__cache_miss(net, each->node, SS_INFINITY);
    term_list list = {.net = net, .class_index = index};
    write_program(&list);
    if (list.failed) return net->class_count >= CLASSES_MAX ? SS_ERROR_LIMIT : SS_ERROR_MEMORY;
    net->classes[index].program = list.first; // the array may have moved
    return list_visits(net, index);
}

ss_status ss__unfold(ss__net *net) {
    const uint32_t count = net->design->node_count;
    net->stations = ss_arena_allocate(net->arena, ((size_t)count + 1u) * sizeof(ss__station));
    if (!net->stations) return SS_ERROR_MEMORY;
    ss_status status = index_out_edges(net);
    if (!status) status = read_links(net);
    if (status) return status;
    for (uint32_t i = 0; i < count; i++) read_station(net, i, &net->stations[i]);
    note_edges(net);
    note_faults(net);
    status = read_clients(net);
    for (uint32_t i = 0; i < net->class_count && !status; i++) status = write_class(net, i);
    note_retries(net);
    for (uint32_t i = 0; i < count; i++) net->stations[i].noted = net->stations[i].assumptions;
    if (!status && ss_diagnostics_error_count(net->diagnostics) > 0u) status = SS_ERROR_INPUT;
    return status;
}
