/// How irregular the arrivals at each node are, where they are not Poisson: the squared coefficient
/// of variation of the time between them, passed on from node to node (the queueing network
/// analyzer, Whitt 1983).
///
/// A line makes what goes through it more like its service: c_d² = 1 + (1-ρ²)(c_a²-1) +
/// ρ²(c_s²-1)/√c (eq. 39); taking a share q of a flow makes it more like Poisson: q c² + 1-q (eq.
/// 36); so does adding up several flows (eqs. 29-33). Calls are taken for Poisson.
#include "solve/internal.h"

#define ROUNDS_MAX 100u
#define CONVERGED 1e-9
/// Whitt's own bound: constant service does not make departures as regular as the formula has it.
#define SERVICE_SCV_MIN 0.2

typedef struct inflow {
    double rate, weighted, squares; ///< Σ λ, Σ λ c², Σ λ²
} inflow;

static bool only_computes(const ss__net *net, const ss__station *station) {
    for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        if (!net->classes[at - 1u].is_alone) return false;
    }
    return !ss__is_delay(station) && station->role == SS__ROLE_STATION;
}

/// Of the departures of a node.
static double departures_of(const ss__net *net, uint32_t node) {
    const ss__station *station = &net->stations[node];
    if (station->role == SS__ROLE_CLIENT) return station->renewal ? station->renewal->scv : 1.0;
    if (!only_computes(net, station)) return 1.0;
    double rate = 0.0;
    double mean = 0.0;
    double second = 0.0;
    for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        const ss__class *each = &net->classes[at - 1u];
        if (!(each->rate > 0.0)) continue;
        rate += each->rate;
        mean += each->rate * each->hold.mean;
        second += each->rate * (each->hold.variance + each->hold.mean * each->hold.mean);
    }
    const double load = ss_min(1.0, station->load);
    if (!(mean > 0.0)) return station->arrival_scv;
    double scv = second * rate / (mean * mean) - 1.0;
    if (!ss_is_finite(scv)) scv = 1.0;
    if (station->queues > 1u) return 1.0; // several lines side by side mix their departures
    return 1.0 + (1.0 - load * load) * (station->arrival_scv - 1.0) +
           load * load * (ss_max(scv, SERVICE_SCV_MIN) - 1.0) / ss_sqrt(station->places);
}

static double flow_into(const ss__net *net, uint32_t node) {
    double sum = 0.0;
    for (uint32_t at = net->stations[node].first_class1; at;
         at = net->classes[at - 1u].next_of_node1) {
        sum += net->classes[at - 1u].rate;
    }
    return sum;
}

/// Adds what one node sends to the others. Flows of one pair of nodes are one flow.
static void send_from(const ss__net *net, uint32_t node, inflow *into) {
    const ss__station *station = &net->stations[node];
    const double departures = departures_of(net, node);
    const double all = flow_into(net, node);
    for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        const ss__class *each = &net->classes[at - 1u];
        for (uint32_t i = 0; i < each->visit_count; i++) {
            const ss__visit *visit = &each->visits[i];
            const double flow = each->rate * visit->weight;
            if (!(flow > 0.0) || !(all > 0.0)) continue;
            const bool is_passed_on =
                station->role == SS__ROLE_CLIENT || visit->kind == SS__VISIT_FORWARD;
            const double share = ss_min(1.0, flow / all);
            const double scv = is_passed_on ? share * departures + 1.0 - share : 1.0;
            inflow *to = &into[net->classes[visit->target].node];
            to->rate += flow;
            to->weighted += flow * scv;
            to->squares += flow * flow;
        }
    }
}

static double superpose(const inflow *in, double load) {
    const double flows = in->rate * in->rate / in->squares;
    const double idle = 1.0 - ss_min(1.0, load);
    const double weight = 1.0 / (1.0 + 4.0 * idle * idle * (flows - 1.0));
    return 1.0 - weight + weight * in->weighted / in->rate;
}

void ss__variability(ss__net *net) {
    const size_t bytes = ((size_t)net->design->node_count + 1u) * sizeof(inflow);
    inflow *into = ss_allocate(&net->allocator, bytes);
    if (!into) return; // then all is Poisson, and says so
    for (uint32_t round = 0; round < ROUNDS_MAX; round++) {
        for (uint32_t i = 0; i < net->design->node_count; i++) into[i] = (inflow){0};
        for (uint32_t i = 0; i < net->design->node_count; i++) send_from(net, i, into);
        double change = 0.0;
        for (uint32_t i = 0; i < net->design->node_count; i++) {
            ss__station *station = &net->stations[i];
            if (station->poisson || !(into[i].squares > 0.0)) continue;
            const double before = station->arrival_scv;
            station->arrival_scv = superpose(&into[i], station->load);
            change = ss_max(change, ss_abs(station->arrival_scv - before));
        }
        if (change < CONVERGED) break;
    }
    ss_deallocate(&net->allocator, into, bytes);
}

bool ss__needs_variability(const ss__net *net) {
    for (uint32_t i = 0; i < net->class_count; i++) {
        const ss__class *each = &net->classes[i];
        const ss__station *station = &net->stations[each->node];
        const bool is_irregular = station->role == SS__ROLE_CLIENT
                                      ? station->renewal != NULL
                                      : only_computes(net, station) &&
                                            !ss__is_reversible(net, each->node);
        for (uint32_t j = 0; j < each->visit_count && is_irregular; j++) {
            const bool is_forward = each->visits[j].kind == SS__VISIT_FORWARD;
            if (is_forward || station->role == SS__ROLE_CLIENT) return true;
        }
    }
    return false;
}
