/// Solving a design: the order of the steps.
#include "solve/internal.h"

#define ROUNDS_MAX 300u
#define CONVERGED 1e-10

/// A node that gets more than it can serve passes on what it can. Not where it may get its own
/// requests back: what goes round a saturated cycle is no longer proportional to what comes in.
static double set_passes(ss__net *net) {
    double change = 0.0;
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        ss__station *station = &net->stations[i];
        const double before = station->passes;
        const bool holds_back = station->is_saturated && station->load > 1.0 &&
                                !ss__is_cyclic(net, net->node_parts.part[i]);
        station->passes = holds_back ? 1.0 / station->load : 1.0;
        change = ss_max(change, ss_abs(station->passes - before));
    }
    return change;
}

static double loss_change(const ss__net *net, double *before) {
    double change = 0.0;
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        change = ss_max(change, ss_abs(net->stations[i].loss - before[i]));
        before[i] = net->stations[i].loss;
    }
    return change;
}

static void one_round(ss__net *net) {
    ss__weigh(net);
    ss__traffic_unit(net);
    if (net->closed_count > 0u) {
        ss__closed_solve(net);
    } else {
        ss__traffic_combine(net);
        ss__responses(net);
    }
}

static bool has_lifetime(const ss__net *net, uint32_t node) {
    if (net->stations[node].role != SS__ROLE_CACHE) return false;
    const ss_value *ttl = ss_object_find(&net->design->nodes[node].object, "ttl");
    return ttl && ttl->is_set;
}

/// The faster requests come, the more of them come within an entry's time to live. Returns the
/// change.
static double refresh_caches(ss__net *net) {
    double change = 0.0;
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        if (!has_lifetime(net, i)) continue;
        double rate = 0.0;
        uint32_t at = net->stations[i].first_class1;
        for (; at; at = net->classes[at - 1u].next_of_node1) rate += net->classes[at - 1u].rate;
        const double miss = ss_max(1e-12, ss__cache_miss(net, i, rate));
        for (at = net->stations[i].first_class1; at; at = net->classes[at - 1u].next_of_node1) {
            ss__class *each = &net->classes[at - 1u];
            const double ratio = miss / ss_max(1e-12, each->miss);
            change = ss_max(change, ss_abs(each->miss - miss));
            each->miss = miss;
            if (each->on_miss) each->on_miss->probability = miss;
            for (uint32_t j = 0; j < each->visit_count; j++) each->visits[j].share *= ratio;
        }
    }
    return change;
}

/// Losses, and what a saturated node holds back, change the traffic from which they follow.
void ss__pass(ss__net *net) {
    for (uint32_t i = 0; i < net->design->node_count; i++) net->stations[i].passes = 1.0;
    for (uint32_t round = 0; round < ROUNDS_MAX; round++) {
        one_round(net);
        const double lost = net->has_feedback ? loss_change(net, net->losses) : 0.0;
        const double held = net->scale_is_trial ? 0.0 : set_passes(net);
        if (ss_max(ss_max(lost, held), refresh_caches(net)) < CONVERGED) break;
    }
}

static bool loses_requests(const ss__net *net) {
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        const ss__station *station = &net->stations[i];
        if (ss_is_finite(station->capacity) || station->patience_rate > 0.0) return true;
    }
    return false;
}

static ss_status allocate_work(ss__net *net) {
    const size_t classes = (size_t)net->class_count + 1u;
    net->work = ss_arena_allocate(net->arena, SS__WORK * classes * sizeof(double));
    net->edge_rates =
        ss_arena_allocate(net->arena, ((size_t)net->design->edge_count + 1u) * sizeof(double));
    net->losses =
        ss_arena_allocate(net->arena, ((size_t)net->design->node_count + 1u) * sizeof(double));
    net->node_work =
        ss_arena_allocate(net->arena, 2u * ((size_t)net->design->node_count + 1u) * sizeof(double));
    if (!net->work || !net->edge_rates || !net->losses || !net->node_work) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < net->client_count; i++) {
        if (!net->clients[i].is_closed) continue;
        net->clients[i].visits = ss_arena_allocate(net->arena, classes * sizeof(double));
        if (!net->clients[i].visits) return SS_ERROR_MEMORY;
    }
    return SS_OK;
}

/// Each node's classes in the order in which requests reached it (its own list runs backwards).
static ss_status list_shown(ss__net *net) {
    const size_t nodes = (size_t)net->design->node_count + 1u;
    net->first_shown = ss_arena_allocate(net->arena, nodes * sizeof(uint32_t));
    net->next_shown =
        ss_arena_allocate(net->arena, ((size_t)net->class_count + 1u) * sizeof(uint32_t));
    if (!net->first_shown || !net->next_shown) return SS_ERROR_MEMORY;
    for (uint32_t i = net->class_count; i-- > 0u;) {
        uint32_t *first = &net->first_shown[net->classes[i].node];
        net->next_shown[i] = *first;
        *first = i + 1u;
    }
    return SS_OK;
}

static bool forks(const ss__term *term) {
    for (; term; term = term->next) {
        if (term->kind == SS__TERM_PARALLEL) return true;
        for (uint32_t i = 0; i < term->count; i++) {
            if (forks(term->branches[i].first)) return true;
        }
    }
    return false;
}

/// Takes back "exact" where something was left out, and says it of those who only add up others'
/// times (clients, and delays that call) when all of these are exact.
static void settle_exactness(ss__net *net) {
    for (uint32_t part = 0; part < net->node_parts.count; part++) {
        for (uint32_t i = net->node_parts.first[part]; i < net->node_parts.first[part + 1u]; i++) {
            const uint32_t node = net->node_parts.members[i];
            ss__station *station = &net->stations[node];
            bool adds_up = true;
            bool is_alone = true;
            for (uint32_t at = station->first_class1; at;
                 at = net->classes[at - 1u].next_of_node1) {
                const ss__class *each = &net->classes[at - 1u];
                is_alone = is_alone && each->is_alone;
                if (forks(each->program)) adds_up = false;
                for (uint32_t j = 0; j < each->visit_count; j++) {
                    const uint32_t to = net->classes[each->visits[j].target].node;
                    const bool is_waited = each->visits[j].kind != SS__VISIT_PUBLISH;
                    if (is_waited && !net->stations[to].totals_are_exact) adds_up = false;
                    if (net->stations[to].knows_bursts && station->role == SS__ROLE_CLIENT) {
                        station->assumptions &= ~(uint32_t)SS__IGNORES_BURSTS;
                    }
                }
            }
            if (station->assumptions) station->is_exact = adds_up = false;
            const bool is_sum = station->role == SS__ROLE_CLIENT ||
                                (ss__is_delay(station) && station->role == SS__ROLE_STATION);
            if (is_sum && !is_alone) station->is_exact = adds_up;
            if (station->is_blocked || station->is_saturated) station->is_exact = false;
            station->totals_are_exact = station->is_exact && adds_up;
        }
    }
}

/// Within a cycle of forwards each is exact if all are; the order of the parts does not help there.
static void settle_cycles(ss__net *net) {
    for (uint32_t part = 0; part < net->node_parts.count; part++) {
        bool all = true;
        for (uint32_t i = net->node_parts.first[part]; i < net->node_parts.first[part + 1u]; i++) {
            all = all && net->stations[net->node_parts.members[i]].is_exact;
        }
        for (uint32_t i = net->node_parts.first[part]; i < net->node_parts.first[part + 1u]; i++) {
            net->stations[net->node_parts.members[i]].totals_are_exact = all;
        }
    }
}

static ss_status solve(ss__net *net) {
    ss_status status = ss__unfold(net);
    if (!status) status = ss__order_classes(net);
    if (!status) status = allocate_work(net);
    if (!status) status = list_shown(net);
    if (status) return status;
    net->has_feedback = net->has_feedback || loses_requests(net);
    ss__weigh(net);
    ss__classify(net);
    ss__traffic_unit(net);
    ss__traffic_combine(net);
    (void)refresh_caches(net);
    ss__weigh(net);
    ss__bottleneck_find(net);
    ss__pass(net);
    for (uint32_t i = 0; i < net->design->node_count; i++) ss__station_finish(net, i);
    settle_cycles(net);
    settle_exactness(net);
    ss__bottleneck_explain(net);
    if (net->closed_count > 0u) ss__closed_bounds(net);
    return ss_text_status(&net->why);
}

ss_status ss_solve(const ss_design *design, const ss_allocator *allocator,
                   ss_diagnostics *diagnostics, ss_solution **out) {
    *out = NULL;
    ss__net *net = ss_allocate_zeroed(allocator, sizeof *net);
    if (!net) return SS_ERROR_MEMORY;
    net->design = design;
    net->allocator = *allocator;
    net->scale = 1.0;
    net->bottleneck = net->saturation_node = UINT32_MAX;
    net->saturation_per_s = SS_NAN;
    net->why = ss_text_create(allocator);
    net->arena = ss_arena_create(allocator);
    net->diagnostics = ss_diagnostics_create(allocator);
    ss_status status = net->arena && net->diagnostics ? SS_OK : SS_ERROR_MEMORY;
    if (!status) status = solve(net);
    for (size_t i = 0; net->diagnostics && i < ss_diagnostics_count(net->diagnostics); i++) {
        const ss_diagnostic *each = ss_diagnostics_get(net->diagnostics, i);
        ss_diagnostics_add(diagnostics, each->code, each->pointer, "%s", each->message);
    }
    if (status) {
        ss_solution_destroy(net);
        return status;
    }
    *out = net;
    return SS_OK;
}

void ss_solution_destroy(ss_solution *solution) {
    if (!solution) return;
    const ss_allocator allocator = solution->allocator;
    ss_text_destroy(&solution->why);
    ss_deallocate(&allocator, solution->classes,
                  (size_t)solution->class_capacity * sizeof(ss__class));
    ss_diagnostics_destroy(solution->diagnostics);
    ss_arena_destroy(solution->arena);
    ss_deallocate(&allocator, solution, sizeof *solution);
}
