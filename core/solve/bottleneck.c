/// What limits the system: the rate at which each node's places are all taken, and whose come
/// first.
///
/// By the utilization law a node of demand D (seconds of its places per request) saturates at
/// places / D requests per second (Denning & Buzen 1978). Demands grow with the load where a place
/// is held during calls to busy nodes, so the system's own limit is sought by solving at larger
/// loads.
#include "solve/internal.h"

#define STEPS_MAX 24u
#define SCALE_MAX 1e9
/// The limit is told to three digits.
#define PRECISE 1e-4

static bool is_overloaded(const ss__net *net) {
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        if (net->stations[i].is_saturated || net->stations[i].is_blocked) return true;
    }
    return false;
}

static bool is_holding(const ss__net *net, uint32_t node) {
    if (net->stations[node].role == SS__ROLE_BROKER) return true;
    for (uint32_t at = net->stations[node].first_class1; at;
         at = net->classes[at - 1u].next_of_node1) {
        if (!net->classes[at - 1u].is_alone) return true;
    }
    return false;
}

/// Whether a value is larger than the best so far. Of equals the one that holds its places for
/// nobody else is the cause.
static bool is_better(const ss__net *net, uint32_t node, double value, uint32_t best_node,
                      double best) {
    if (best_node == UINT32_MAX || value > best * (1.0 + 1e-9)) return value > 0.0;
    const bool is_equal = value > best * (1.0 - 1e-9);
    return is_equal && is_holding(net, best_node) && !is_holding(net, node);
}

/// The node of the largest load among those that are the cause of their own.
static uint32_t busiest(const ss__net *net, double *load) {
    uint32_t node = UINT32_MAX;
    *load = 0.0;
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        const ss__station *station = &net->stations[i];
        const bool counts = ss_is_finite(station->load) && !station->is_blocked;
        if (!counts || !is_better(net, i, station->load, node, *load)) continue;
        *load = station->load;
        node = i;
    }
    return node;
}

static bool holds_for_others(const ss__net *net) {
    for (uint32_t i = 0; i < net->class_count; i++) {
        const ss__station *station = &net->stations[net->classes[i].node];
        const bool is_broker = station->role == SS__ROLE_BROKER && station->consumers > 0u;
        if (!ss__is_delay(station) && !net->classes[i].is_alone) return true;
        if (is_broker) return true;
    }
    return false;
}

static void solve_at(ss__net *net, double scale) {
    net->scale = scale;
    ss__traffic_combine(net);
    ss__responses(net);
}

/// Saturation rates per node from the demands at a very small load: what it could bear if nobody it
/// calls ever made it wait.
static void set_node_limits(ss__net *net) {
    solve_at(net, 1e-6);
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        ss__station *station = &net->stations[i];
        const bool is_known = station->load > 0.0 && ss_is_finite(station->load);
        station->saturation_per_s = is_known ? 1e-6 * net->offered_per_s / station->load : SS_NAN;
    }
}

static double least_limit(const ss__net *net, uint32_t *node) {
    double least = SS_INFINITY;
    *node = UINT32_MAX;
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        const double limit = net->stations[i].saturation_per_s;
        if (!(limit > 0.0) || !is_better(net, i, 1.0 / limit, *node, 1.0 / least)) continue;
        least = limit;
        *node = i;
    }
    return least;
}

/// The scale at which the largest load is 1, by false position (Illinois) from below and above.
/// Above it, loads of nodes that wait for saturated ones do not count: theirs follow from the
/// others'.
static double search_limit(ss__net *net, double bound) {
    double low = 0.0;
    double at_low = -1.0;
    double high = bound; // at most this: demands only grow with the load
    double at_high = 0.0;
    for (uint32_t i = 0; i < STEPS_MAX && high - low > PRECISE * high; i++) {
        double middle = 0.5 * (low + high);
        if (i == 0u) middle = 0.98 * bound;
        else if (at_high > 0.0) middle = low - at_low * (high - low) / (at_high - at_low);
        // Close to the end one step beside it closes the interval from the other side.
        middle = ss_min(ss_max(middle, low + 0.02 * (high - low)), high - 0.02 * (high - low));
        solve_at(net, middle);
        double load;
        const uint32_t node = busiest(net, &load);
        if (!is_overloaded(net)) {
            if (at_low > load - 1.0) return middle;
            low = middle;
            at_low = load - 1.0;
            if (at_high > 0.0) at_high *= 0.5;
            continue;
        }
        high = middle;
        at_high = ss_max(1e-9, ss_min(load, 10.0) - 1.0);
        if (i > 0u) at_low *= 0.5;
        if (node != UINT32_MAX) net->saturation_node = node;
    }
    return 0.5 * (low + high);
}

static void find_open_limit(ss__net *net) {
    for (uint32_t i = 0; i < net->client_count; i++) net->offered_per_s += net->clients[i].rate;
    if (!(net->offered_per_s > 0.0)) return;
    ss__traffic_unit(net);
    set_node_limits(net);
    const double bound = least_limit(net, &net->saturation_node);
    if (net->saturation_node == UINT32_MAX) return;
    net->saturation_per_s = bound;
    if (!holds_for_others(net)) return;
    net->saturation_per_s = search_limit(net, bound / net->offered_per_s) * net->offered_per_s;
}

/// Closed clients cannot overload anything: the most they can get through is places / demand.
static void find_closed_limit(ss__net *net) {
    const double *visits = net->clients[0].visits;
    double least = SS_INFINITY;
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        ss__station *station = &net->stations[i];
        double demand = 0.0;
        for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
            demand += visits[at - 1u] * net->classes[at - 1u].hold.mean;
        }
        if (ss__is_delay(station) || !(demand > 0.0)) continue;
        station->saturation_per_s =
            station->servers * station->batch_most * (double)station->queues / demand;
        if (!(station->saturation_per_s < least)) continue;
        least = station->saturation_per_s;
        net->saturation_node = i;
    }
    if (ss_is_finite(least)) net->saturation_per_s = least;
}

/// Before the solution itself, whose pass then leaves every number as it is to be shown.
void ss__bottleneck_find(ss__net *net) {
    if (net->closed_count == 0u) find_open_limit(net);
    net->scale = 1.0;
}

// --- In words ------------------------------------------------------------------------------------

/// Three digits at least, and tenths of what is large.
static void add_rounded(ss_text *text, double value) {
    double parts = 10.0; // of one
    while (value > 0.0 && value * parts < 100.0 && parts < 1e12) parts *= 10.0;
    if (value * parts > 1e15) parts = 1.0;
    ss_text_add_number(text, ss_round(value * parts) / parts);
}

static const char *id_of(const ss__net *net, uint32_t node) {
    return net->design->nodes[node].id;
}

static void explain(ss__net *net, uint32_t node) {
    const ss__station *station = &net->stations[node];
    ss_text *why = &net->why;
    double demand = 0.0;
    for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        const ss__class *each = &net->classes[at - 1u];
        if (each->rate > 0.0) demand += each->rate * each->hold.mean / station->batch_most;
    }
    const double servers = station->servers * (double)station->queues;
    const bool are_places = !(servers < station->places_total);
    const char *what = station->speeds ? "speed" : are_places ? "places" : "cores";
    if (station->role == SS__ROLE_BROKER && is_holding(net, node)) what = "deliveries under way";
    ss_text_add_format(why, "%s runs out of %s first", id_of(net, node), what);
    if (servers <= 1.0 && are_places) {
        ss_text_add(why, ": its only place is needed ");
        add_rounded(why, 100.0 * demand);
        ss_text_add(why, station->batch_most > 1.0 ? " % of the time, for full batches"
                                                   : " % of the time");
    } else if (ss_is_finite(demand) && ss_is_finite(servers) && station->role != SS__ROLE_BROKER) {
        ss_text_add(why, ": of its ");
        ss_text_add_number(why, servers);
        ss_text_add_format(why, " %s ", what);
        add_rounded(why, demand);
        ss_text_add(why, " are needed on average");
        if (station->batch_most > 1.0) ss_text_add(why, " for full batches");
        if (is_holding(net, node)) ss_text_add(why, ", calls to others included");
    }
    if (station->is_saturated) {
        ss_text_add(why, ", so it is saturated: requests come faster than it serves them");
    }
    if (ss_is_finite(net->saturation_per_s)) {
        ss_text_add(why, station->is_saturated ? "; it can bear " : "; it saturates at ");
        add_rounded(why, net->saturation_per_s);
        ss_text_add(why, " requests per second");
        ss_text_add(why, net->closed_count > 0u ? ", however many users there are"
                                                : " from the clients");
    }
    ss_text_add(why, ".");
}

void ss__bottleneck_explain(ss__net *net) {
    if (net->closed_count > 0u && net->client_count == 1u) find_closed_limit(net);
    double load;
    const uint32_t now = busiest(net, &load);
    net->bottleneck = net->saturation_node;
    if (net->closed_count > 0u || net->bottleneck == UINT32_MAX) net->bottleneck = now;
    if (net->bottleneck != UINT32_MAX) explain(net, net->bottleneck);
}
