#include "codegen/context.h"

#include <string.h>

#include "base/math.h"
#include "codegen/codegen_internal.h"

/// PostgreSQL's own default, and what most drivers' pools share: used where a store has no limit.
#define CONNECTIONS_DEFAULT 100.0
#define CONNECTIONS_SPARE 10.0

typedef struct writer {
    const ss__plan *plan;
    const ss_design *design;
    const ss__context_options *options;
    const ss_allocator *allocator;
    ss_json_writer json;
    ss__names *names; ///< per node
    uint32_t *ports;  ///< per node; services only
    bool *marks;      ///< per node; scratch
} writer;

static void add_text(writer *w, const char *key, const char *text) {
    ss_json_add_key(&w->json, key);
    ss_json_add_string(&w->json, text);
}

/// Adds a text that was made for it. A refused allocation is told by the whole output, once.
static void add_made_text(writer *w, const char *key, ss_text *text) {
    if (text->failed) w->json.out->failed = true;
    add_text(w, key, text->bytes ? text->bytes : "");
    ss_text_destroy(text);
}

static void add_flag(writer *w, const char *key, bool flag) {
    ss_json_add_key(&w->json, key);
    ss_json_add_bool(&w->json, flag);
}

/// Infinite is null.
static void add_number(writer *w, const char *key, double number) {
    ss_json_add_key(&w->json, key);
    ss_json_add_number(&w->json, number);
}

static void open_list(writer *w, const char *key) {
    ss_json_add_key(&w->json, key);
    ss_json_open_array(&w->json);
}

static void open_item(writer *w, bool is_first, bool is_last) {
    ss_json_open_object(&w->json);
    add_flag(w, "is_first", is_first);
    add_flag(w, "is_last", is_last);
}

static void close(writer *w) {
    ss_json_close(&w->json);
}

static const ss_node *node_at(const writer *w, uint32_t node) {
    return &w->design->nodes[node];
}

static double count_of(const ss_object *object, const char *property) {
    const ss_value *value = ss_object_find(object, property);
    return value && value->is_set ? value->number : SS_INFINITY;
}

static double replicas_of(const writer *w, uint32_t node) {
    const double replicas = count_of(&node_at(w, node)->object, "replicas");
    return ss_is_finite(replicas) ? replicas : 1.0;
}

/// The names of an operation at a node: the same wherever it is called from.
static ss__names op_names(const writer *w, uint32_t node, const char *op) {
    const ss__names own = ss__names_make(op, 1);
    uint32_t nth = 1;
    for (uint32_t at = w->plan->first_op1[node]; at; at = w->plan->ops[at - 1u].next1) {
        const char *other = w->plan->ops[at - 1u].name;
        if (strcmp(other, op) == 0) break;
        const ss__names names = ss__names_make(other, 1);
        if (strcmp(names.camel, own.camel) == 0 || strcmp(names.id, own.id) == 0) nth++;
    }
    return nth == 1u ? own : ss__names_make(op, nth);
}

/// How often the user already reaches the same node by another edge: a second way gets a number.
static ss__names way_names(const writer *w, uint32_t user, const ss_edge *edge) {
    uint32_t nth = 1;
    for (uint32_t i = 0; i < w->plan->use_count; i++) {
        const ss__plan_use *use = &w->plan->uses[i];
        if (use->user != user || use->edge == edge || use->edge->to != edge->to) continue;
        bool is_repeated = false;
        for (uint32_t k = 0; k < i; k++) {
            is_repeated |= w->plan->uses[k].user == user && w->plan->uses[k].edge == use->edge;
        }
        if (!is_repeated && use->edge->index < edge->index) nth++;
    }
    return nth == 1u ? w->names[edge->to] : ss__names_make(node_at(w, edge->to)->id, nth);
}

static void add_node_names(writer *w, uint32_t node) {
    const ss_node *at = node_at(w, node);
    ss__names_write(&w->names[node], &w->json);
    add_text(w, "title", at->name);
    add_text(w, "type", at->type->name);
    add_text(w, "type_title", at->type->title);
    const ss_json *substitute = ss__context_substitute(w->options->substitutes, at->type->name);
    add_flag(w, "is_substitute", substitute != NULL);
    add_text(w, "substitute", substitute ? ss_json_string(ss_json_get(substitute, "by")) : NULL);
}

// --- Steps ---------------------------------------------------------------------------------------

static void add_dist(writer *w, const char *key, const ss_dist *dist) {
    ss_text text = ss_text_create(w->allocator);
    ss_dist_write(dist, &text);
    add_made_text(w, key, &text);
}

static void add_mean(writer *w, const ss_dist *dist) {
    ss_text text = ss_text_create(w->allocator);
    if (ss_is_finite(dist->mean)) ss_text_add_duration(&text, dist->mean);
    else ss_text_add(&text, "without bound");
    add_made_text(w, "mean", &text);
}

static void add_steps(writer *w, uint32_t user, const ss__plan_branch *body);

static void add_branches(writer *w, uint32_t user, const ss__plan_step *step) {
    open_list(w, "branches");
    for (uint32_t i = 0; i < step->count; i++) {
        open_item(w, i == 0, i + 1u == step->count);
        add_number(w, "probability", step->branches[i].probability);
        add_steps(w, user, &step->branches[i]);
        close(w);
    }
    close(w);
}

/// Every flag is written in every step: a nested step must not see those of the step around it.
static void add_step_kind(writer *w, const ss__plan_step *step, ss__role role) {
    const bool is_call = step->kind == SS__PLAN_CALL;
    add_flag(w, "is_compute", step->kind == SS__PLAN_COMPUTE);
    add_flag(w, "is_service_call", is_call && role == SS__ROLE_SERVICE);
    add_flag(w, "is_store_call", is_call && role == SS__ROLE_STORE);
    add_flag(w, "is_cache_call", is_call && role == SS__ROLE_CACHE);
    add_flag(w, "is_publish", step->kind == SS__PLAN_PUBLISH && role == SS__ROLE_QUEUE);
    add_flag(w, "is_background_call", step->kind == SS__PLAN_PUBLISH && role == SS__ROLE_SERVICE);
    add_flag(w, "is_parallel", step->kind == SS__PLAN_PARALLEL);
    add_flag(w, "is_choose", step->kind == SS__PLAN_CHOOSE);
    add_flag(w, "is_repeat", step->kind == SS__PLAN_REPEAT);
    add_flag(w, "is_forward", step->kind == SS__PLAN_FORWARD);
}

static void add_step(writer *w, uint32_t user, const ss__plan_step *step) {
    const ss__role role = step->edge ? w->plan->roles[step->edge->to] : SS__ROLE_NONE;
    add_step_kind(w, step, role);
    add_flag(w, "has_load", step->kind == SS__PLAN_CALL && step->count > 0);
    if (step->kind == SS__PLAN_COMPUTE && step->dist) {
        add_dist(w, "distribution", step->dist);
        add_mean(w, step->dist);
    }
    if (step->edge) {
        const ss__names way = way_names(w, user, step->edge);
        const ss__names op = op_names(w, step->edge->to, step->op);
        add_text(w, "node", w->names[step->edge->to].id);
        add_text(w, "way", way.camel);
        add_text(w, "edge", step->edge->name);
        add_text(w, "operation", op.id);
    }
    if (step->kind == SS__PLAN_REPEAT) add_number(w, "times", step->repeat);
    add_branches(w, user, step);
}

static void add_steps(writer *w, uint32_t user, const ss__plan_branch *body) {
    open_list(w, "steps");
    for (uint32_t i = 0; i < body->count; i++) {
        open_item(w, i == 0, i + 1u == body->count);
        add_step(w, user, &body->steps[i]);
        close(w);
    }
    close(w);
}

// --- Operations ----------------------------------------------------------------------------------

/// Whether a body reaches a node of a role, directly.
static bool reaches(const writer *w, const ss__plan_branch *body, ss__role role) {
    for (uint32_t i = 0; i < body->count; i++) {
        const ss__plan_step *step = &body->steps[i];
        if (step->edge && w->plan->roles[step->edge->to] == role) return true;
        for (uint32_t b = 0; b < step->count; b++) {
            if (reaches(w, &step->branches[b], role)) return true;
        }
    }
    return false;
}

static double error_rate_of(const ss_node *node, const ss__plan_op *op) {
    const ss_value *own = op->entry ? ss_object_find(&op->entry->object, "error_rate") : NULL;
    if (own && own->is_set) return own->number;
    const ss_value *value = ss_object_find(&node->object, "error_rate");
    return value && value->is_set ? value->number : 0.0;
}

/// What calls of a store's operation do, told from the first word of its name. A model says how
/// long an operation takes, not what it is; whoever takes the project home puts the real query
/// there.
static void add_access(writer *w, const char *op) {
    static const char *const words[][12] = {
        {"insert", "create", "add", "write", "save", "put", "store", "append", "record", "index"},
        {"update", "upsert", "set", "change", "modify", "patch", "reserve", "increment"},
        {"delete", "remove", "drop", "purge", "expire", "cancel"},
    };
    char word[16] = {0};
    for (size_t i = 0; i + 1 < sizeof word && op[i]; i++) {
        const char c = op[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z' && i == 0))) break;
        word[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    uint32_t access = 3; // read
    for (uint32_t a = 0; a < 3; a++) {
        for (uint32_t i = 0; i < 12 && words[a][i]; i++) {
            if (strcmp(words[a][i], word) == 0) access = a;
        }
    }
    add_flag(w, "is_insert", access == 0);
    add_flag(w, "is_update", access == 1);
    add_flag(w, "is_delete", access == 2);
    add_flag(w, "is_read", access == 3);
}

static void add_operation(writer *w, const ss__plan_op *op) {
    const ss__names names = op_names(w, op->node, op->name);
    ss__names_write(&names, &w->json);
    add_text(w, "name", op->name);
    add_text(w, "owner", w->names[op->node].id);
    add_access(w, op->name);
    const double error_rate = error_rate_of(node_at(w, op->node), op);
    add_flag(w, "has_error_rate", error_rate > 0.0);
    add_number(w, "error_rate", error_rate);
    add_flag(w, "uses_services", reaches(w, &op->body, SS__ROLE_SERVICE));
    add_flag(w, "uses_stores", reaches(w, &op->body, SS__ROLE_STORE));
    add_flag(w, "uses_caches", reaches(w, &op->body, SS__ROLE_CACHE));
    const bool uses_queues = reaches(w, &op->body, SS__ROLE_QUEUE);
    add_flag(w, "uses_queues", uses_queues);
    add_flag(w, "uses_caches_or_queues", uses_queues || reaches(w, &op->body, SS__ROLE_CACHE));
    add_flag(w, "has_steps", op->body.count > 0);
    add_steps(w, op->node, &op->body);
}

static void add_operations(writer *w, uint32_t node) {
    open_list(w, "operations");
    const uint32_t first = w->plan->first_op1[node];
    for (uint32_t at = first; at; at = w->plan->ops[at - 1u].next1) {
        open_item(w, at == first, w->plan->ops[at - 1u].next1 == 0);
        add_operation(w, &w->plan->ops[at - 1u]);
        close(w);
    }
    close(w);
}

// --- What a service uses -------------------------------------------------------------------------

static void add_numbers_of(writer *w, const ss_edge *edge, const char *object,
                           const char *const *properties) {
    char flag[64] = "has_";
    memcpy(flag + 4, object, strlen(object) + 1);
    const ss_value *value = ss_object_get(&edge->object, object);
    add_flag(w, flag, value->count > 0);
    if (value->count == 0) return;
    ss_json_add_key(&w->json, object);
    ss_json_open_object(&w->json);
    for (; *properties; properties++) {
        const ss_value *number = ss_object_get(value->objects, *properties);
        memcpy(flag + 4, *properties, strlen(*properties) + 1);
        add_flag(w, flag, number->is_set);
        if (number->is_set) add_number(w, *properties, number->number);
    }
    close(w);
}

static void add_policy(writer *w, const ss_edge *edge) {
    static const char *const retry[] = {"max", "backoff", "multiplier", "jitter", "budget", NULL};
    static const char *const breaker[] = {"errors", "window", "min_calls", "open_for", NULL};
    static const char *const hedge[] = {"after", "max", NULL};
    const ss_value *timeout = ss_object_get(&edge->object, "timeout");
    const bool has_any = timeout->is_set || ss_object_get(&edge->object, "retry")->count > 0 ||
                         ss_object_get(&edge->object, "breaker")->count > 0 ||
                         ss_object_get(&edge->object, "hedge")->count > 0;
    add_flag(w, "has_policy", has_any);
    add_flag(w, "has_timeout", timeout->is_set);
    if (timeout->is_set) add_number(w, "timeout", timeout->number);
    add_numbers_of(w, edge, "retry", retry);
    add_numbers_of(w, edge, "breaker", breaker);
    add_numbers_of(w, edge, "hedge", hedge);
}

static bool is_first_use(const ss__plan *plan, uint32_t use) {
    for (uint32_t i = 0; i < use; i++) {
        if (plan->uses[i].user == plan->uses[use].user &&
            plan->uses[i].edge == plan->uses[use].edge) {
            return false;
        }
    }
    return true;
}

/// The queries a user makes through one edge. Ones of the same name for files are one.
static void add_use_operations(writer *w, const ss__plan_use *of) {
    open_list(w, "operations");
    bool is_first = true;
    for (uint32_t i = 0; i < w->plan->use_count; i++) {
        const ss__plan_use *use = &w->plan->uses[i];
        if (use->user != of->user || use->edge != of->edge) continue;
        const ss__names names = op_names(w, of->edge->to, use->op);
        open_item(w, is_first, false);
        ss__names_write(&names, &w->json);
        add_text(w, "name", use->op);
        add_access(w, use->op);
        close(w);
        is_first = false;
    }
    close(w);
}

/// Places in the pool of one replica, so that all replicas together keep to the store's
/// connections.
static double pool_size(const writer *w, uint32_t store) {
    const ss_object *object = &node_at(w, store)->object;
    double connections = count_of(object, "connections");
    if (!ss_is_finite(connections)) connections = CONNECTIONS_DEFAULT;
    double users = 0.0;
    for (uint32_t i = 0; i < w->plan->use_count; i++) {
        const ss__plan_use *use = &w->plan->uses[i];
        if (use->edge->to == store && is_first_use(w->plan, i)) users += replicas_of(w, use->user);
    }
    return ss_max(1.0, ss_floor(connections * replicas_of(w, store) / ss_max(1.0, users)));
}

static void add_way(writer *w, const ss__plan_use *use, ss__role role) {
    const uint32_t to = use->edge->to;
    const ss_object *object = &node_at(w, to)->object;
    const ss__names way = way_names(w, use->user, use->edge);
    add_node_names(w, to);
    add_text(w, "way", way.camel);
    add_text(w, "edge", use->edge->name);
    add_policy(w, use->edge);
    add_use_operations(w, use);
    if (role == SS__ROLE_SERVICE) add_number(w, "port", w->ports[to]);
    if (role == SS__ROLE_STORE) {
        add_number(w, "pool_size", pool_size(w, to));
        add_text(w, "table", w->names[to].snake);
    }
    if (role == SS__ROLE_CACHE) {
        const ss_value *ttl = ss_object_find(object, "ttl");
        add_flag(w, "has_ttl", ttl && ttl->is_set);
        if (ttl && ttl->is_set) add_number(w, "ttl", ttl->number);
    }
    if (role == SS__ROLE_QUEUE) {
        const double capacity = count_of(object, "capacity");
        const ss_value *delivery = ss_object_find(object, "delivery");
        add_flag(w, "has_capacity", ss_is_finite(capacity));
        add_number(w, "capacity", capacity);
        add_text(w, "delivery", delivery && delivery->text ? delivery->text : "compete");
    }
}

/// The ways of a user to nodes of a role, in the order of first use.
static void add_ways(writer *w, uint32_t user, ss__role role, const char *key, const char *flag) {
    uint32_t last = UINT32_MAX, first = UINT32_MAX;
    for (uint32_t i = 0; i < w->plan->use_count; i++) {
        const ss__plan_use *use = &w->plan->uses[i];
        if (use->user != user || w->plan->roles[use->edge->to] != role) continue;
        if (!is_first_use(w->plan, i)) continue;
        if (first == UINT32_MAX) first = i;
        last = i;
    }
    add_flag(w, flag, first != UINT32_MAX);
    open_list(w, key);
    for (uint32_t i = first; i <= last && i < w->plan->use_count; i++) {
        const ss__plan_use *use = &w->plan->uses[i];
        if (use->user != user || w->plan->roles[use->edge->to] != role) continue;
        if (!is_first_use(w->plan, i)) continue;
        open_item(w, i == first, i == last);
        add_way(w, use, role);
        close(w);
    }
    close(w);
}

static bool is_consumed_by(const writer *w, const ss_edge *edge, uint32_t node) {
    return edge->to == node && w->plan->roles[edge->from] == SS__ROLE_QUEUE;
}

/// A second edge between the same nodes gets a number, as a service's ways do.
static ss__names consumer_names(const writer *w, const ss_edge *edge) {
    uint32_t nth = 1;
    for (uint32_t e = 0; e < edge->index; e++) {
        const ss_edge *other = &w->design->edges[e];
        if (other->from == edge->from && other->to == edge->to) nth++;
    }
    return nth == 1u ? w->names[edge->from] : ss__names_make(node_at(w, edge->from)->id, nth);
}

static void add_consumer(writer *w, const ss_edge *edge) {
    const ss__names way = consumer_names(w, edge);
    const ss_object *queue = &node_at(w, edge->from)->object;
    const ss_value *delivery = ss_object_find(queue, "delivery");
    const bool is_broadcast =
        delivery && delivery->text && strcmp(delivery->text, "broadcast") == 0;
    const double prefetch = count_of(queue, "prefetch");
    const double deliveries = count_of(queue, "max_deliveries");
    add_node_names(w, edge->from);
    add_text(w, "way", way.camel);
    add_text(w, "edge", edge->name);
    add_text(w, "delivery", is_broadcast ? "broadcast" : "compete");
    add_text(w, "group", is_broadcast ? w->names[edge->to].id : "consumers");
    add_number(w, "prefetch", ss_is_finite(prefetch) ? prefetch : 1000.0);
    add_number(w, "max_deliveries", ss_is_finite(deliveries) ? deliveries : 1.0);
    add_flag(w, "has_operation", edge->op != NULL);
    if (edge->op) {
        const ss__names op = op_names(w, edge->to, edge->op);
        add_text(w, "operation", op.id);
    }
}

static void add_consumers(writer *w, uint32_t node) {
    uint32_t count = 0, written = 0;
    for (uint32_t e = 0; e < w->design->edge_count; e++) {
        count += is_consumed_by(w, &w->design->edges[e], node) ? 1u : 0u;
    }
    add_flag(w, "has_consumers", count > 0);
    open_list(w, "consumers");
    for (uint32_t e = 0; e < w->design->edge_count && written < count; e++) {
        if (!is_consumed_by(w, &w->design->edges[e], node)) continue;
        open_item(w, written == 0, written + 1u == count);
        add_consumer(w, &w->design->edges[e]);
        close(w);
        written++;
    }
    close(w);
}

// --- Nodes by role -------------------------------------------------------------------------------

static void add_limits(writer *w, const ss_object *object) {
    const ss_value *limits = ss_object_find(object, "limits");
    const bool has_limits = limits && limits->count > 0;
    add_flag(w, "has_limits", has_limits);
    if (!has_limits) return;
    ss_json_add_key(&w->json, "limits");
    ss_json_open_object(&w->json);
    static const char *const properties[] = {"rate", "burst", "max_in_flight"};
    char flag[64] = "has_";
    for (unsigned i = 0; i < 3; i++) {
        const ss_value *value = ss_object_get(limits->objects, properties[i]);
        memcpy(flag + 4, properties[i], strlen(properties[i]) + 1);
        add_flag(w, flag, value->is_set);
        if (value->is_set) add_number(w, properties[i], value->number);
    }
    close(w);
}

static bool is_entry(const writer *w, uint32_t node) {
    for (uint32_t i = 0; i < w->plan->use_count; i++) {
        const ss__plan_use *use = &w->plan->uses[i];
        if (use->edge->to == node && w->plan->roles[use->user] == SS__ROLE_CLIENT) return true;
    }
    return false;
}

/// Whether the node is somebody else's system, for which the project has a stand-in.
static bool is_stand_in(const writer *w, uint32_t node) {
    const ss_json *types = w->options->stand_ins;
    for (const ss_json *at = types ? ss_json_first(types) : NULL; at; at = ss_json_next(at)) {
        if (strcmp(ss_json_string(at), node_at(w, node)->type->name) == 0) return true;
    }
    return false;
}

/// Marks the nodes a service calls or takes messages from; `marks` is per node.
static void mark_neighbours(const writer *w, uint32_t service, bool *marks) {
    memset(marks, 0, w->design->node_count * sizeof *marks);
    for (uint32_t i = 0; i < w->plan->use_count; i++) {
        if (w->plan->uses[i].user == service) marks[w->plan->uses[i].edge->to] = true;
    }
    for (uint32_t e = 0; e < w->design->edge_count; e++) {
        const ss_edge *edge = &w->design->edges[e];
        if (is_consumed_by(w, edge, service)) marks[edge->from] = true;
    }
}

/// Each node a service has to do with, once.
static void add_neighbours(writer *w, uint32_t service) {
    bool has_any = false, has_backend = false;
    mark_neighbours(w, service, w->marks);
    open_list(w, "neighbours");
    for (uint32_t n = 0; n < w->design->node_count; n++) {
        if (!w->marks[n]) continue;
        const ss__role role = w->plan->roles[n];
        open_item(w, !has_any, false);
        add_node_names(w, n);
        add_flag(w, "is_service", role == SS__ROLE_SERVICE);
        add_flag(w, "is_store", role == SS__ROLE_STORE);
        add_flag(w, "is_cache", role == SS__ROLE_CACHE);
        add_flag(w, "is_queue", role == SS__ROLE_QUEUE);
        close(w);
        has_any = true;
        has_backend |= role != SS__ROLE_SERVICE;
    }
    close(w);
    add_flag(w, "has_neighbours", has_any);
    add_flag(w, "has_backends", has_backend); // stores, caches, queues
}

static void add_service(writer *w, uint32_t node) {
    const ss_object *object = &node_at(w, node)->object;
    const double replicas = replicas_of(w, node);
    add_node_names(w, node);
    add_text(w, "about", node_at(w, node)->type->text);
    add_flag(w, "is_stand_in", is_stand_in(w, node));
    add_flag(w, "is_entry", is_entry(w, node));
    add_number(w, "port", w->ports[node]);
    add_number(w, "port_last", w->ports[node] + replicas - 1.0);
    add_number(w, "replicas", replicas);
    add_flag(w, "is_replicated", replicas > 1.0);
    add_number(w, "concurrency", count_of(object, "concurrency"));
    add_number(w, "queue", count_of(object, "queue"));
    add_flag(w, "has_concurrency", ss_is_finite(count_of(object, "concurrency")));
    add_flag(w, "has_queue", ss_is_finite(count_of(object, "queue")));
    add_limits(w, object);
    add_operations(w, node);
    add_neighbours(w, node);
    add_ways(w, node, SS__ROLE_SERVICE, "services", "has_services");
    add_ways(w, node, SS__ROLE_STORE, "stores", "has_stores");
    add_ways(w, node, SS__ROLE_CACHE, "caches", "has_caches");
    add_ways(w, node, SS__ROLE_QUEUE, "queues", "has_queues");
    add_consumers(w, node);
}

static void add_store(writer *w, uint32_t node) {
    double connections = count_of(&node_at(w, node)->object, "connections");
    if (!ss_is_finite(connections)) connections = CONNECTIONS_DEFAULT;
    add_node_names(w, node);
    add_text(w, "table", w->names[node].snake);
    add_number(w, "connections", connections);
    // Beside the pools: migrations, health checks and whoever looks at the database.
    add_number(w, "max_connections", connections + CONNECTIONS_SPARE);
}

static void add_client_load(writer *w, const ss_object *load) {
    const ss_json *json = NULL;
    for (uint32_t i = 0; i < load->properties->count; i++) {
        const ss_property *property = &load->properties->items[i];
        const ss_value *value = &load->values[i];
        if (!value->is_written) continue;
        json = value->json;
        if (property->kind == SS_PROPERTY_DISTRIBUTION) {
            add_dist(w, property->name, value->dist);
            continue;
        }
        ss_json_add_key(&w->json, property->name);
        if (property->kind == SS_PROPERTY_LIST) {
            ss_json_open_array(&w->json);
            for (uint32_t k = 0; k < value->count; k++) {
                ss_json_open_object(&w->json);
                add_client_load(w, &value->objects[k]);
                close(w);
            }
            close(w);
        } else if (property->kind == SS_PROPERTY_TRACE) {
            ss_json_open_array(&w->json);
            for (uint32_t k = 0; k < value->count; k++) {
                ss_json_open_array(&w->json);
                ss_json_add_number(&w->json, value->arrivals[k].time_s);
                ss_json_add_string(&w->json, value->arrivals[k].op);
                close(w);
            }
            close(w);
        } else if (property->kind == SS_PROPERTY_NUMBER || property->kind == SS_PROPERTY_COUNT) {
            ss_json_add_number(&w->json, value->number);
        } else {
            ss_json_add_value(&w->json, json);
        }
    }
}

static double weight_of(const writer *w, const ss__plan_op *op) {
    const ss_value *mix = ss_object_find(&node_at(w, op->node)->object, "operations");
    for (uint32_t i = 0; mix && i < mix->count; i++) {
        if (strcmp(mix->weights[i].name, op->name) == 0) return mix->weights[i].weight;
    }
    return mix && mix->count > 0 ? 0.0 : 1.0;
}

/// The calls one request of a client makes, in order.
static void add_client_calls(writer *w, const ss__plan_branch *body, double probability) {
    for (uint32_t i = 0; i < body->count; i++) {
        const ss__plan_step *step = &body->steps[i];
        for (uint32_t b = 0; b < step->count; b++) {
            add_client_calls(w, &step->branches[b], step->branches[b].probability);
        }
        if (!step->edge || w->plan->roles[step->edge->to] != SS__ROLE_SERVICE) continue;
        const ss__names op = op_names(w, step->edge->to, step->op);
        ss_json_open_object(&w->json);
        add_text(w, "service", w->names[step->edge->to].id);
        add_text(w, "variable", w->names[step->edge->to].upper);
        add_number(w, "port", w->ports[step->edge->to]);
        add_text(w, "operation", op.id);
        add_number(w, "probability", probability);
        const ss_value *timeout = ss_object_get(&step->edge->object, "timeout");
        if (timeout->is_set) add_number(w, "timeout", timeout->number);
        close(w);
    }
}

static void add_client_plan(writer *w, uint32_t node) {
    add_text(w, "id", node_at(w, node)->id);
    const ss_value *load = ss_object_find(&node_at(w, node)->object, "load");
    ss_json_add_key(&w->json, "load");
    ss_json_open_object(&w->json);
    if (load && load->count > 0) add_client_load(w, load->objects);
    close(w);
    open_list(w, "operations");
    for (uint32_t at = w->plan->first_op1[node]; at; at = w->plan->ops[at - 1u].next1) {
        const ss__plan_op *op = &w->plan->ops[at - 1u];
        ss_json_open_object(&w->json);
        add_text(w, "name", op->name);
        add_number(w, "weight", weight_of(w, op));
        open_list(w, "calls");
        add_client_calls(w, &op->body, 1.0);
        close(w);
        close(w);
    }
    close(w);
}

/// A client: its names, and its load as one JSON text for a program to read.
static void add_client(writer *w, uint32_t node) {
    add_node_names(w, node);
    ss_text text = ss_text_create(w->allocator);
    writer inner = *w;
    inner.json = ss_json_writer_create(&text);
    ss_json_open_object(&inner.json);
    add_client_plan(&inner, node);
    ss_json_close(&inner.json);
    add_made_text(w, "load_json", &text);
}

static void add_nodes(writer *w, ss__role role, const char *key, const char *flag) {
    uint32_t last = UINT32_MAX;
    for (uint32_t n = 0; n < w->design->node_count; n++) {
        if (w->plan->roles[n] == role) last = n;
    }
    add_flag(w, flag, last != UINT32_MAX);
    open_list(w, key);
    bool is_first = true;
    for (uint32_t n = 0; last != UINT32_MAX && n <= last; n++) {
        if (w->plan->roles[n] != role) continue;
        open_item(w, is_first, n == last);
        is_first = false;
        if (role == SS__ROLE_SERVICE) add_service(w, n);
        else if (role == SS__ROLE_STORE) add_store(w, n);
        else if (role == SS__ROLE_CLIENT) add_client(w, n);
        else add_node_names(w, n);
        close(w);
    }
    close(w);
}

static bool has_role(const writer *w, ss__role role) {
    for (uint32_t n = 0; n < w->design->node_count; n++) {
        if (w->plan->roles[n] == role) return true;
    }
    return false;
}

// --- The whole -----------------------------------------------------------------------------------

static ss_status add_design(writer *w) {
    char slug[96], hash[65];
    const char *name = w->design->name && w->design->name[0] ? w->design->name : "design";
    ss__names_slug(name, slug, sizeof slug);
    ss_text file = ss_text_create(w->allocator);
    ss__pretty_write(w->design->json, &file);
    const ss_status status = ss_text_status(&file);
    if (!status) {
        ss__sha256_hex(file.bytes, file.length, hash);
        ss_json_add_key(&w->json, "design");
        ss_json_open_object(&w->json);
        add_text(w, "name", name);
        add_text(w, "slug", slug);
        add_text(w, "description", w->design->description);
        add_text(w, "hash", hash);
        add_text(w, "json", file.bytes);
        close(w);
    }
    ss_text_destroy(&file);
    return status;
}

static void add_slo(writer *w, const ss_object *slo) {
    const ss_value *name = ss_object_get(slo, "name"), *metric = ss_object_get(slo, "metric");
    const ss_value *max = ss_object_get(slo, "max"), *min = ss_object_get(slo, "min");
    add_text(w, "name", name->is_set ? name->text : metric->text);
    add_text(w, "metric", metric->text);
    add_flag(w, "has_max", max->is_set);
    add_flag(w, "has_min", min->is_set);
    if (max->is_set) add_number(w, "max", max->number);
    if (min->is_set) add_number(w, "min", min->number);
}

static void add_slos(writer *w) {
    add_flag(w, "has_slos", w->design->slo_count > 0);
    open_list(w, "slos");
    for (uint32_t i = 0; i < w->design->slo_count; i++) {
        open_item(w, i == 0, i + 1u == w->design->slo_count);
        add_slo(w, &w->design->slos[i]);
        close(w);
    }
    close(w);
}

static void add_notes(writer *w) {
    const ss_json *notes = w->options->notes;
    add_flag(w, "has_notes", notes && ss_json_first(notes));
    open_list(w, "notes");
    for (const ss_json *note = notes ? ss_json_first(notes) : NULL; note;
         note = ss_json_next(note)) {
        open_item(w, note == ss_json_first(notes), ss_json_next(note) == NULL);
        add_text(w, "text", ss_json_string(note));
        close(w);
    }
    close(w);
}

static bool name_nodes(writer *w) {
    const uint32_t count = w->design->node_count;
    w->names = ss_arena_allocate(w->plan->arena, (count + 1u) * sizeof *w->names);
    w->ports = ss_arena_allocate(w->plan->arena, (count + 1u) * sizeof *w->ports);
    w->marks = ss_arena_allocate(w->plan->arena, (count + 1u) * sizeof *w->marks);
    if (!w->names || !w->ports || !w->marks) return false;
    uint32_t port = w->options->first_port;
    for (uint32_t n = 0; n < count; n++) {
        const char *id = node_at(w, n)->id;
        w->names[n] = ss__names_make(id, 1);
        uint32_t nth = 1;
        for (uint32_t k = 0; k < n; k++) { // "a-b" and "a_b" are different ids
            if (strcmp(w->names[k].camel, w->names[n].camel) == 0) nth++;
        }
        if (nth > 1u) {
            w->names[n] = ss__names_make(id, nth);
            memcpy(w->names[n].id, id, strlen(id) + 1);
        }
        if (w->plan->roles[n] != SS__ROLE_SERVICE) continue;
        w->ports[n] = port;
        // Replicas that are published on the host take the ports after the first.
        const double replicas = replicas_of(w, n);
        port += replicas > 1.0 && replicas < 100.0 && is_entry(w, n) ? (uint32_t)replicas : 1u;
    }
    return true;
}

ss_status ss__context_write(const ss__plan *plan, const ss__context_options *options,
                            const ss_allocator *allocator, ss_text *out) {
    writer w = {.plan = plan, .design = plan->design, .options = options, .allocator = allocator,
                .json = ss_json_writer_create(out)};
    if (!name_nodes(&w)) return SS_ERROR_MEMORY;
    ss_json_open_object(&w.json);
    ss_status status = add_design(&w);
    ss_json_add_key(&w.json, "target");
    ss_json_open_object(&w.json);
    add_text(&w, "name", options->target_name);
    add_text(&w, "title", options->target_title);
    close(&w);
    add_nodes(&w, SS__ROLE_SERVICE, "services", "has_services");
    add_nodes(&w, SS__ROLE_STORE, "stores", "has_stores");
    add_nodes(&w, SS__ROLE_CACHE, "caches", "has_caches");
    add_nodes(&w, SS__ROLE_QUEUE, "queues", "has_queues");
    add_nodes(&w, SS__ROLE_CLIENT, "clients", "has_clients");
    add_flag(&w, "has_caches_or_queues",
             has_role(&w, SS__ROLE_CACHE) || has_role(&w, SS__ROLE_QUEUE));
    add_flag(&w, "has_volumes", has_role(&w, SS__ROLE_STORE) || has_role(&w, SS__ROLE_QUEUE));
    add_slos(&w);
    add_notes(&w);
    ss_json_close(&w.json);
    return status ? status : ss_text_status(out);
}

const ss_json *ss__context_substitute(const ss_json *substitutes, const char *type) {
    for (const ss_json *at = substitutes ? ss_json_first(substitutes) : NULL; at;
         at = ss_json_next(at)) {
        if (strcmp(ss_json_string(ss_json_get(at, "type")), type) == 0) return at;
    }
    return NULL;
}
