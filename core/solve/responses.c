/// From the bottom up: what a class holds its place for, how long it waits for it, and when it
/// answers.
#include "solve/internal.h"

#define ROUNDS_MAX 500u
#define CONVERGED 1e-11
#define BRANCHES_MAX 64u /* of a choice or a parallel step that is looked at law by law */

// --- Edges ---------------------------------------------------------------------------------------

ss__law ss__round_trip(const ss__net *net, uint32_t edge, uint32_t target) {
    const ss__link *link = &net->links[edge];
    return ss__law_sum(ss__law_sum(link->there, net->classes[target].total), link->back);
}

/// Time lost to attempts that failed, on average: each is as long as one that did not, and the
/// pauses grow by the multiplier.
static double time_of_retries(const ss__net *net, uint32_t edge, uint32_t target, double once_s) {
    const ss__link *link = &net->links[edge];
    const double failure = 1.0 - link->arrives * link->arrives * net->classes[target].survival;
    if (!(failure > 0.0)) return 0.0;
    double pause = link->backoff_s;
    double reach = failure;
    double time = 0.0;
    for (double i = link->retries; i > 0.0; i -= 1.0) {
        time += reach * (once_s + pause);
        reach *= failure;
        pause *= link->multiplier;
    }
    return time;
}

// --- Fork and join -------------------------------------------------------------------------------

/// The one class that a branch calls, or UINT32_MAX when it does anything else.
static uint32_t only_call(const ss__net *net, const ss__branch *branch) {
    const ss__term *term = branch->first;
    if (!term || term->next || term->kind != SS__TERM_CALL || term->count > 0u) return UINT32_MAX;
    if (net->links[term->edge].there.mean > 0.0) return UINT32_MAX;
    return term->target;
}

/// Whether a parallel step is the fork-join queue of the textbooks: equal M/M/1 queues that get
/// nothing but the branches of these requests.
static bool is_fork_join(const ss__net *net, const ss__term *term, double rate) {
    const ss__class *first = NULL;
    for (uint32_t i = 0; i < term->count; i++) {
        const uint32_t index = only_call(net, &term->branches[i]);
        if (index == UINT32_MAX) return false;
        const ss__class *each = &net->classes[index];
        const ss__station *station = &net->stations[each->node];
        if (!first) first = each;
        for (uint32_t j = 0; j < i; j++) {
            if (net->classes[only_call(net, &term->branches[j])].node == each->node) return false;
        }
        if (each->visit.kind != SS__LAW_SOJOURN || station->places > 1.0 || station->queues > 1u ||
            each->visit_count > 0u || ss_abs(station->rate - rate) > 1e-9 * rate ||
            ss_abs(each->hold.mean - first->hold.mean) > 1e-12 * first->hold.mean) {
            return false;
        }
    }
    return term->count >= 2u && rate > 0.0;
}

// --- Holding -------------------------------------------------------------------------------------

static ss__law law_of(ss__net *net, const ss__class *owner, const ss__term *term);

static ss__law law_of_branches(ss__net *net, const ss__class *owner, const ss__term *term,
                               double total) {
    ss__mixed_law mixed[BRANCHES_MAX + 1u];
    double probability = 0.0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < term->count && count < BRANCHES_MAX; i++) {
        const double share = total < 0.0 ? term->branches[i].probability : total;
        mixed[count++] = (ss__mixed_law){
            .weight = share, .law = law_of(net, owner, term->branches[i].first)};
        probability += share;
    }
    mixed[count++] = (ss__mixed_law){
        .weight = ss_max(0.0, 1.0 - probability), .law = ss__law_constant(0.0)};
    return ss__law_mixture(mixed, count);
}

static ss__law law_of_parallel(ss__net *net, const ss__class *owner, const ss__term *term) {
    ss__law laws[BRANCHES_MAX];
    const uint32_t count = term->count < BRANCHES_MAX ? term->count : BRANCHES_MAX;
    for (uint32_t i = 0; i < count; i++) laws[i] = law_of(net, owner, term->branches[i].first);
    const ss__law all = ss__law_max(laws, count);
    if (!is_fork_join(net, term, owner->rate)) return all;
    const ss__station *station = &net->stations[net->classes[term->branches[0].first->target].node];
    const double mean = ss__fork_join_response(count, station->load, laws[0].mean);
    // The branches' waits go up and down together: a shorter maximum than of independent ones, of
    // about the same spread relative to it.
    return ss__law_fitted(mean, all.variance * (mean / all.mean) * (mean / all.mean));
}

static ss__law law_of_call(ss__net *net, const ss__class *owner, const ss__term *term) {
    ss__law law = ss__round_trip(net, term->edge, term->target);
    const double retries = time_of_retries(net, term->edge, term->target, law.mean);
    if (retries > 0.0) law = ss__law_fitted(law.mean + retries, law.variance);
    if (term->count == 0u) return law;
    return ss__law_sum(law, law_of_branches(net, owner, term, net->classes[term->target].miss));
}

static ss__law law_of(ss__net *net, const ss__class *owner, const ss__term *term) {
    ss__law sum = ss__law_constant(0.0);
    for (; term; term = term->next) {
        ss__law law = ss__law_constant(0.0);
        switch (term->kind) {
        case SS__TERM_COMPUTE:
            law = ss__law_of_dist(term->dist, net->stations[owner->node].time_factor);
            break;
        case SS__TERM_CALL:
            law = law_of_call(net, owner, term);
            break;
        case SS__TERM_PUBLISH:
            break;
        case SS__TERM_CHOOSE:
            law = law_of_branches(net, owner, term, -1.0);
            break;
        case SS__TERM_PARALLEL:
            law = law_of_parallel(net, owner, term);
            break;
        case SS__TERM_REPEAT:
            law = law_of(net, owner, term->branches[0].first);
            if (term->repeat != 1u) {
                law = ss__law_fitted(law.mean * (double)term->repeat,
                                     law.variance * (double)term->repeat);
            }
            break;
        }
        sum = ss__law_sum(sum, law);
    }
    return sum;
}

/// A broker's delivery of a message to one of its consumers.
static void set_delivery(ss__net *net, ss__class *each) {
    ss__mixed_law mixed[BRANCHES_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < each->visit_count && count < BRANCHES_MAX; i++) {
        const ss__visit *visit = &each->visits[i];
        if (!(visit->share > 0.0)) continue;
        const bool waits = net->design->edges[visit->edge].kind != SS_EDGE_PUBLISH;
        mixed[count++] = (ss__mixed_law){
            .weight = visit->share, .law = waits ? ss__round_trip(net, visit->edge, visit->target)
                                                 : ss__law_constant(0.0)};
    }
    if (count == 0u) return; // nobody reads it
    each->delivery = ss__law_mixture(mixed, count);
}

static void solve_node(ss__net *net, uint32_t node) {
    ss__station *station = &net->stations[node];
    for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        ss__class *each = &net->classes[at - 1u];
        each->hold = law_of(net, each, each->program);
        if (station->role == SS__ROLE_BROKER) set_delivery(net, each);
    }
    ss__station_solve(net, node);
}

// --- Totals: the visit and what it was forwarded to ----------------------------------------------

static bool is_forwarded(const ss__class *each) {
    for (uint32_t i = 0; i < each->visit_count; i++) {
        if (each->visits[i].kind == SS__VISIT_FORWARD) return true;
    }
    return false;
}

/// First and second moment by two linear systems with the same matrix: with T = V + (L + T') by a
/// drawn edge, E[T²] = E[V²] + 2 E[V] E[L+T'] + E[(L+T')²], the visits being taken as independent.
static double set_totals(ss__net *net, uint32_t part) {
    const uint32_t first = net->class_parts.first[part];
    const uint32_t end = net->class_parts.first[part + 1u];
    double *mean = net->work + net->class_count;
    double *second = net->work + 2u * net->class_count;
    for (uint32_t i = first; i < end; i++) {
        const uint32_t index = net->class_parts.members[i];
        const ss__class *each = &net->classes[index];
        mean[index] = each->visit.mean;
        for (uint32_t j = 0; j < each->visit_count; j++) {
            const ss__visit *visit = &each->visits[j];
            if (visit->kind != SS__VISIT_FORWARD) continue;
            mean[index] += visit->share * net->links[visit->edge].there.mean;
            if (net->class_parts.part[visit->target] == part) continue;
            mean[index] += visit->share * net->classes[visit->target].total.mean;
        }
    }
    ss__part_solve(net, part, mean, false);
    for (uint32_t i = first; i < end; i++) {
        const uint32_t index = net->class_parts.members[i];
        const ss__class *each = &net->classes[index];
        second[index] = each->visit.variance + each->visit.mean * each->visit.mean +
                        2.0 * each->visit.mean * (mean[index] - each->visit.mean);
        for (uint32_t j = 0; j < each->visit_count; j++) {
            const ss__visit *visit = &each->visits[j];
            if (visit->kind != SS__VISIT_FORWARD) continue;
            const ss__law latency = net->links[visit->edge].there;
            const bool is_inside = net->class_parts.part[visit->target] == part;
            const ss__law *after = &net->classes[visit->target].total;
            const double rest = is_inside ? mean[visit->target] : after->mean;
            second[index] += visit->share * (latency.variance + latency.mean * latency.mean +
                                             2.0 * latency.mean * rest);
            if (!is_inside) second[index] += visit->share * (after->variance + rest * rest);
        }
    }
    ss__part_solve(net, part, second, false);
    double change = 0.0;
    for (uint32_t i = first; i < end; i++) {
        const uint32_t index = net->class_parts.members[i];
        ss__class *each = &net->classes[index];
        const double before = each->total.mean;
        each->total = each->visit;
        if (is_forwarded(each)) {
            each->total = ss__law_fitted(mean[index], second[index] - mean[index] * mean[index]);
        }
        const double moved = ss_abs(each->total.mean - before);
        if (moved > 0.0) change = ss_max(change, moved / ss_max(before, each->total.mean));
    }
    return change;
}

// --- All nodes -----------------------------------------------------------------------------------

bool ss__is_cyclic(const ss__net *net, uint32_t part) {
    const uint32_t first = net->node_parts.first[part];
    if (net->node_parts.first[part + 1u] - first > 1u) return true;
    const uint32_t node = net->node_parts.members[first];
    for (uint32_t at = net->stations[node].first_class1; at;
         at = net->classes[at - 1u].next_of_node1) {
        const ss__class *each = &net->classes[at - 1u];
        for (uint32_t i = 0; i < each->visit_count; i++) {
            if (net->classes[each->visits[i].target].node == node) return true;
        }
    }
    return false;
}

/// How long callers hold their places for other things than this node, per call to it: for the next
/// round.
static void set_away(ss__net *net) {
    double *held = net->node_work;
    double *calls = net->node_work + net->design->node_count;
    for (uint32_t i = 0; i < 2u * net->design->node_count; i++) net->node_work[i] = 0.0;
    for (uint32_t i = 0; i < net->class_count; i++) {
        const ss__class *each = &net->classes[i];
        const bool is_limited = ss_is_finite(net->stations[each->node].places);
        uint32_t last = UINT32_MAX;
        for (uint32_t j = 0; j < each->visit_count; j++) {
            const uint32_t to = net->classes[each->visits[j].target].node;
            if (each->visits[j].kind != SS__VISIT_CALL || !is_limited) continue;
            calls[to] += each->rate * each->visits[j].weight;
            if (to != last) held[to] += each->rate * each->hold.mean;
            last = to;
        }
    }
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        ss__station *station = &net->stations[i];
        if (!(calls[i] > 0.0) || !ss_is_finite(held[i]) || !(station->rate > 0.0)) continue;
        double here = 0.0;
        for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
            const ss__class *each = &net->classes[at - 1u];
            if (each->rate > 0.0) here += each->rate * each->visit.mean;
        }
        if (ss_is_finite(here)) {
            station->away_s = ss_max(0.0, held[i] / calls[i] - here / station->rate);
        }
    }
}

/// In a cycle of calls each time follows from the others: from nothing they grow to what they are.
static void begin_cycle(ss__net *net, uint32_t part) {
    for (uint32_t i = net->part_first[part]; i < net->part_first[part + 1u]; i++) {
        const uint32_t class_part = net->part_order[i];
        const uint32_t end = net->class_parts.first[class_part + 1u];
        for (uint32_t j = net->class_parts.first[class_part]; j < end; j++) {
            net->classes[net->class_parts.members[j]].total = ss__law_constant(0.0);
        }
    }
}

static void all_nodes(ss__net *net) {
    for (uint32_t part = 0; part < net->node_parts.count; part++) {
        const uint32_t rounds = ss__is_cyclic(net, part) ? ROUNDS_MAX : 1u;
        if (rounds > 1u) begin_cycle(net, part);
        const uint32_t end = net->node_parts.first[part + 1u];
        for (uint32_t round = 0; round < rounds; round++) {
            for (uint32_t i = net->node_parts.first[part]; i < end; i++) {
                solve_node(net, net->node_parts.members[i]);
            }
            double change = 0.0;
            for (uint32_t i = net->part_first[part]; i < net->part_first[part + 1u]; i++) {
                change = ss_max(change, set_totals(net, net->part_order[i]));
            }
            if (change < CONVERGED) break;
        }
    }
}

/// Again where holds have to be known before the arrivals are, and with limited callers: what they
/// hold their places for elsewhere is known after the first time.
void ss__responses(ss__net *net) {
    all_nodes(net);
    if (net->has_irregular_flows) {
        ss__variability(net);
        all_nodes(net);
    }
    if (!net->has_limited_callers) return;
    set_away(net);
    all_nodes(net);
    set_away(net);
}
