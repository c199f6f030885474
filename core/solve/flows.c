/// Which flows are Poisson, which networks have product form, and how many requests can meet at a
/// node.
#include "solve/internal.h"

enum { FIFO, LIFO, RANDOM, PS };
enum { RANDOM_SPLIT = 1 };

// --- What a program does -------------------------------------------------------------------------

enum { CALLS = 1u, FORKS = 2u, PUBLISHES = 4u };

static uint32_t features_of(const ss__term *term) {
    uint32_t features = 0;
    for (; term; term = term->next) {
        if (term->kind == SS__TERM_CALL) features |= CALLS;
        if (term->kind == SS__TERM_PUBLISH) features |= PUBLISHES;
        if (term->kind == SS__TERM_PARALLEL) features |= FORKS;
        for (uint32_t i = 0; i < term->count; i++) {
            features |= features_of(term->branches[i].first);
        }
    }
    return features;
}

static const ss_dist *only_compute(const ss__class *each) {
    const ss__term *term = each->program;
    return term && !term->next && term->kind == SS__TERM_COMPUTE ? term->dist : NULL;
}

static bool all_exponential_alike(const ss__net *net, const ss__station *station) {
    double mean = -1.0;
    for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        const ss_dist *dist = only_compute(&net->classes[at - 1u]);
        if (!dist || dist->kind != SS_DIST_EXPONENTIAL) return false;
        if (mean >= 0.0 && ss_abs(dist->mean - mean) > 1e-12 * mean) return false;
        mean = dist->mean;
    }
    return true;
}

static bool is_unlimited(const ss__station *station) {
    return !ss_is_finite(station->capacity) && !(station->patience_rate > 0.0) &&
           !station->setup && !station->vacation && !(station->batch_most > 1.0);
}

/// BCMP's four types (Baskett, Chandy, Muntz & Palacios 1975): first come first served with one
/// exponential service, processor sharing, delay, and, last come first served without preemption
/// being as good as first come for exponential service, the orders that do not look at sizes.
bool ss__is_reversible(const ss__net *net, uint32_t node) {
    const ss__station *station = &net->stations[node];
    bool is_alone = true;
    for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        is_alone = is_alone && net->classes[at - 1u].is_alone;
    }
    if (station->role == SS__ROLE_CLIENT) return true;
    if (ss__is_delay(station)) return station->role != SS__ROLE_BROKER || station->consumers == 0u;
    if (!is_unlimited(station) || !is_alone) return false;
    if (station->role == SS__ROLE_BROKER && station->consumers > 0u) return false;
    if (station->queues > 1u && station->balance != RANDOM_SPLIT) return false;
    if (station->discipline == PS) return true;
    return station->discipline <= RANDOM && all_exponential_alike(net, station);
}

// --- Poisson flows -------------------------------------------------------------------------------

/// How far the arrivals of a part are from Poisson.
enum {
    INDEPENDENT,  ///< Poisson, or product form
    SYNCHRONISED, ///< Poisson each, but at the same instants as others (branches, messages)
    OTHER,
};

typedef struct taints {
    uint8_t *of_part;
    uint32_t *links; ///< visits into each node
} taints;

static void taint(uint8_t *level, uint32_t to) {
    if (*level < to) *level = (uint8_t)to;
}

/// Hands the taint of a node on to where its requests go.
static void spread_from(const ss__net *net, uint32_t node, taints *all) {
    const uint32_t part = net->node_parts.part[node];
    for (uint32_t at = net->stations[node].first_class1; at;
         at = net->classes[at - 1u].next_of_node1) {
        const ss__class *each = &net->classes[at - 1u];
        const bool forks = features_of(each->program) & FORKS;
        for (uint32_t i = 0; i < each->visit_count; i++) {
            const uint32_t to = net->classes[each->visits[i].target].node;
            if (net->node_parts.part[to] == part) continue;
            uint8_t *level = &all->of_part[net->node_parts.part[to]];
            if (!ss__is_reversible(net, node)) taint(level, OTHER);
            uint32_t mine = all->of_part[part];
            const bool is_copy = each->visits[i].kind == SS__VISIT_PUBLISH;
            if (mine == INDEPENDENT && (forks || is_copy)) mine = SYNCHRONISED;
            if (mine == SYNCHRONISED && all->links[to] > 1u) mine = OTHER;
            taint(level, mine);
        }
    }
}

static bool client_is_poisson(const ss__net *net, const ss__client *client) {
    const uint32_t changes = SS__IGNORES_CHANGING_LOAD | SS__IGNORES_BURSTS;
    const ss__station *station = &net->stations[client->node];
    return !station->renewal && !(station->assumptions & changes);
}

static void find_poisson(ss__net *net, taints *all) {
    for (uint32_t i = 0; i < net->class_count; i++) {
        for (uint32_t j = 0; j < net->classes[i].visit_count; j++) {
            all->links[net->classes[net->classes[i].visits[j].target].node]++;
        }
    }
    for (uint32_t i = 0; i < net->client_count; i++) {
        if (client_is_poisson(net, &net->clients[i])) continue;
        taint(&all->of_part[net->node_parts.part[net->clients[i].node]], OTHER);
    }
    for (uint32_t part = net->node_parts.count; part-- > 0u;) {
        const uint32_t first = net->node_parts.first[part];
        const uint32_t end = net->node_parts.first[part + 1u];
        if (ss__is_cyclic(net, part)) {
            for (uint32_t i = first; i < end; i++) {
                if (!ss__is_reversible(net, net->node_parts.members[i]) ||
                    all->of_part[part] == SYNCHRONISED) {
                    taint(&all->of_part[part], OTHER);
                }
            }
        }
        for (uint32_t i = first; i < end; i++) {
            const uint32_t node = net->node_parts.members[i];
            net->stations[node].is_synchronised = all->of_part[part] == SYNCHRONISED;
            net->stations[node].poisson = all->of_part[part] < OTHER;
            spread_from(net, node, all);
        }
    }
}

/// Whether all of a client's requests, and nothing else, come to the node one by one.
static void pass_renewals(ss__net *net, const taints *all) {
    for (uint32_t k = 0; k < net->client_count; k++) {
        const ss__station *source = &net->stations[net->clients[k].node];
        const bool has_batches = source->batch_factor > 0.0;
        const bool has_pattern = source->renewal || source->bursts || has_batches;
        if (!has_pattern || source->first_class1 == 0u) continue;
        const ss__class *only = &net->classes[source->first_class1 - 1u];
        if (only->next_of_node1 || only->visit_count != 1u) continue;
        const ss__visit *visit = &only->visits[0];
        const uint32_t node = net->classes[visit->target].node;
        if (all->links[node] != 1u || visit->weight < 1.0 - 1e-12) continue;
        if (net->links[visit->edge].there.variance > 0.0) continue;
        net->stations[node].renewal = source->renewal;
        net->stations[node].bursts = source->bursts;
        net->stations[node].burst_states = source->burst_states;
        net->stations[node].bursts_are_markov = source->bursts_are_markov;
        net->stations[node].batch_mean = source->batch_mean;
        net->stations[node].batch_factor = source->batch_factor;
    }
}

// --- Product form of closed and mixed networks ---------------------------------------------------

bool ss__has_product_form(const ss__net *net) {
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        const ss__station *station = &net->stations[i];
        if (station->first_class1 == 0u) continue;
        if (!station->poisson || station->is_synchronised || !ss__is_reversible(net, i) ||
            station->queues > 1u) {
            return false;
        }
    }
    return true;
}

// --- Populations ---------------------------------------------------------------------------------

/// Messages that one edge of a broker may have under way.
static double deliveries_of(const ss__net *net, uint32_t node, const ss__visit *visit) {
    const ss__station *station = &net->stations[node];
    if (net->design->edges[visit->edge].kind == SS_EDGE_PUBLISH) return SS_INFINITY;
    const double lanes = station->is_broadcast ? (double)station->partitions : SS_INFINITY;
    return ss_min(station->prefetch, lanes);
}

/// Adds up, from the callers down, how many requests can be at each node at once: a call comes from
/// somebody who holds a place, a forward from wherever it was before.
static void find_populations(ss__net *net, double *most, uint8_t *by_places) {
    for (uint32_t i = 0; i < net->design->node_count; i++) most[i] = 0.0;
    for (uint32_t i = 0; i < net->client_count; i++) {
        const ss__client *client = &net->clients[i];
        most[client->node] = client->is_closed ? client->users : SS_INFINITY;
    }
    for (uint32_t part = net->node_parts.count; part-- > 0u;) {
        const bool looped = ss__is_cyclic(net, part);
        for (uint32_t i = net->node_parts.first[part]; i < net->node_parts.first[part + 1u]; i++) {
            const uint32_t node = net->node_parts.members[i];
            ss__station *station = &net->stations[node];
            if (looped) most[node] = SS_INFINITY;
            station->population = most[node];
            station->population_is_users = !by_places[node];
            uint32_t last = UINT32_MAX; // each callee once per caller
            for (uint32_t at = station->first_class1; at;
                 at = net->classes[at - 1u].next_of_node1) {
                const ss__class *each = &net->classes[at - 1u];
                const uint32_t features = features_of(each->program);
                for (uint32_t j = 0; j < each->visit_count; j++) {
                    const ss__visit *visit = &each->visits[j];
                    const uint32_t to = net->classes[visit->target].node;
                    const bool is_call = visit->kind == SS__VISIT_CALL;
                    double sends = is_call ? ss_min(station->places_total, most[node]) : most[node];
                    if (station->role == SS__ROLE_BROKER) sends = deliveries_of(net, node, visit);
                    const bool is_copy = visit->kind == SS__VISIT_PUBLISH &&
                                         station->role != SS__ROLE_BROKER;
                    if ((features & FORKS) || is_copy) sends = SS_INFINITY;
                    if (is_call && station->places_total < most[node]) by_places[to] = 1;
                    if (by_places[node] && !is_copy) by_places[to] = 1;
                    if (station->role == SS__ROLE_BROKER) by_places[to] = 1;
                    if (to == last && ss_is_finite(sends)) continue;
                    last = to;
                    most[to] += sends;
                }
            }
        }
    }
}

/// Calls that lead back to a node whose places they hold may wait for each other for ever.
static void note_deadlocks(ss__net *net) {
    for (uint32_t i = 0; i < net->class_count; i++) {
        const ss__class *each = &net->classes[i];
        const uint32_t part = net->node_parts.part[each->node];
        for (uint32_t j = 0; j < each->visit_count; j++) {
            const uint32_t to = net->classes[each->visits[j].target].node;
            const bool is_call = each->visits[j].kind == SS__VISIT_CALL;
            if (!is_call || net->node_parts.part[to] != part) continue;
            net->stations[to].noted |= SS__IGNORES_DEADLOCK;
        }
    }
}

void ss__classify(ss__net *net) {
    const size_t nodes = net->design->node_count;
    const size_t bytes = (nodes + 1u) * (sizeof(double) + sizeof(uint32_t) + 2u);
    double *most = ss_allocate_zeroed(&net->allocator, bytes);
    if (!most) return; // nothing is then said to be exact
    taints all = {.links = (uint32_t *)(most + nodes + 1u)};
    all.of_part = (uint8_t *)(all.links + nodes + 1u);
    for (uint32_t i = 0; i < net->class_count; i++) {
        net->classes[i].is_alone = !(features_of(net->classes[i].program) & (CALLS | FORKS));
    }
    note_deadlocks(net);
    find_poisson(net, &all);
    pass_renewals(net, &all);
    net->has_irregular_flows = ss__needs_variability(net);
    find_populations(net, most, all.of_part + nodes + 1u);
    ss_deallocate(&net->allocator, most, bytes);
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        const ss__station *station = &net->stations[i];
        const bool is_limited = ss_is_finite(station->population) && !station->population_is_users;
        if (is_limited && !ss__is_delay(station)) net->has_limited_callers = true;
    }
}
