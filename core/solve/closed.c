/// Closed clients: their throughput follows from their response time, N = X (Z + R) (Little 1961).
#include "solve/internal.h"

#define ROUNDS_MAX 60u
#define STEPS_MAX 80u
#define CONVERGED 1e-9
#define TOGETHER_MAX 400u
/// Looks at all classes that a solution may take: some tenths of a second. What is not settled by
/// then stays as near as it is.
#define LOOKS_MAX 400000u

/// Mean response of a client's requests at the present rates; infinite where a node is saturated.
static double response_of(const ss__net *net, const ss__client *client) {
    double sum = 0.0;
    double weight = 0.0;
    for (uint32_t at = net->stations[client->node].first_class1; at;
         at = net->classes[at - 1u].next_of_node1) {
        const ss__class *each = &net->classes[at - 1u];
        if (!(each->share > 0.0)) continue;
        sum += each->share * each->visit.mean;
        weight += each->share;
    }
    return weight > 0.0 ? sum / weight : 0.0;
}

/// By how many users the throughput asks for too many: X (Z + R(X)) - N.
static double excess(ss__net *net, ss__client *client, double rate) {
    client->rate = rate;
    net->looks += net->class_count;
    ss__traffic_combine(net);
    ss__responses(net);
    const double cycle = client->think + response_of(net, client);
    return ss_is_finite(cycle) ? rate * cycle - client->users : SS_INFINITY;
}

/// False position (Illinois), halving where a node is saturated.
static void solve_client(ss__net *net, ss__client *client) {
    (void)excess(net, client, 0.0); // waits are those of no load
    client->unloaded = response_of(net, client);
    const double unloaded = client->think + client->unloaded;
    double low = 0.0;
    double at_low = -client->users;
    double high = unloaded > 0.0 ? client->users / unloaded : 1e12;
    double at_high = excess(net, client, high);
    if (at_high <= 0.0) return;
    for (uint32_t i = 0; i < STEPS_MAX && high - low > 1e-12 * high; i++) {
        double middle = 0.5 * (low + high);
        if (ss_is_finite(at_high)) {
            const double line = low - at_low * (high - low) / (at_high - at_low);
            if (line > low && line < high && i % 4u != 3u) middle = line;
        }
        const double value = excess(net, client, middle);
        if (ss_abs(value) < CONVERGED * client->users) return;
        if (value > 0.0) {
            high = middle;
            at_high = value;
        } else {
            low = middle;
            at_low = value;
        }
    }
    if (!ss_is_finite(at_high)) (void)excess(net, client, low);
}

/// The most upstream of the nodes that the client keeps all but saturated.
static uint32_t saturated_node(const ss__net *net, const ss__client *client) {
    uint32_t node = UINT32_MAX;
    double most = 0.0;
    for (uint32_t part = net->node_parts.count; part-- > 0u;) {
        for (uint32_t i = net->node_parts.first[part]; i < net->node_parts.first[part + 1u]; i++) {
            const uint32_t member = net->node_parts.members[i];
            const ss__station *station = &net->stations[member];
            double visits = 0.0;
            for (uint32_t at = station->first_class1; at;
                 at = net->classes[at - 1u].next_of_node1) {
                visits += client->visits[at - 1u];
            }
            if (!(visits > 0.0) || !(station->load > most + 1e-3)) continue;
            most = station->load;
            node = member;
        }
    }
    return node;
}

/// Near saturation the throughput no longer tells how many wait: the last digits of X stand for any
/// number of users. Those that N = X (Z + R) misses are in the line of the saturated node.
static void place_the_rest(ss__net *net, ss__client *client) {
    for (uint32_t i = 0; i < 20u; i++) {
        const double missing = -excess(net, client, client->rate);
        const uint32_t node = saturated_node(net, client);
        if (!(missing > 1e-6 * client->users) || node == UINT32_MAX) return;
        double visits = 0.0;
        for (uint32_t at = net->stations[node].first_class1; at;
             at = net->classes[at - 1u].next_of_node1) {
            visits += client->visits[at - 1u];
        }
        net->stations[node].extra_wait += missing / (client->rate * visits);
    }
}

/// Several clients at once: all throughputs from the present responses, all delays a step nearer to
/// what these throughputs ask for, in ever smaller steps.
static void settle_together(ss__net *net) {
    for (uint32_t i = 0; i < net->client_count; i++) {
        if (net->clients[i].is_closed) net->clients[i].rate = 0.0;
    }
    for (uint32_t round = 0; round < TOGETHER_MAX && net->looks <= LOOKS_MAX; round++) {
        double change = 0.0;
        ss__traffic_combine(net);
        ss__responses(net);
        net->looks += net->class_count;
        for (uint32_t i = 0; i < net->client_count; i++) {
            ss__client *client = &net->clients[i];
            if (!client->is_closed) continue;
            const double response = response_of(net, client);
            if (round == 0u) client->unloaded = response;
            const double rate = client->users / ss_max(1e-12, client->think + response);
            change = ss_max(change, ss_abs(rate - client->rate) / rate);
            client->rate = rate;
        }
        if (change < 1e-7 && round > 20u) break;
        net->gain = 1.0 / (1.0 + 0.05 * (double)round);
    }
    net->gain = 1e-12; // the numbers stay as they are from here on
}

static void solve_by_responses(ss__net *net) {
    for (uint32_t i = 0; i < net->design->node_count; i++) net->stations[i].extra_wait = 0.0;
    if (net->closed_count > 1u) {
        settle_together(net);
        ss__traffic_combine(net);
        ss__responses(net);
        return;
    }
    for (uint32_t round = 0; round < ROUNDS_MAX; round++) {
        double change = 0.0;
        for (uint32_t i = 0; i < net->client_count; i++) {
            ss__client *client = &net->clients[i];
            if (!client->is_closed) continue;
            const double before = client->rate;
            solve_client(net, client);
            place_the_rest(net, client);
            if (client->rate > 0.0) {
                change = ss_max(change, ss_abs(client->rate - before) / client->rate);
            }
        }
        if (net->closed_count == 1u || change < CONVERGED || net->looks > LOOKS_MAX) break;
    }
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        ss__station *station = &net->stations[i];
        station->is_exact = false; // a closed client's arrivals are not Poisson
    }
}

void ss__closed_solve(ss__net *net) {
    if (ss__has_product_form(net) && ss__product_solve(net) == SS_OK) return;
    solve_by_responses(net);
}

// --- Bounds --------------------------------------------------------------------------------------

typedef struct demands {
    double all, largest, delay; ///< Σ D, max D, think time and what no station serves
    uint32_t stations;
} demands;

/// Demands per request at the stations, those of c places being a queue of D/c and a delay of the
/// rest (Seidmann, Schweitzer & Shalev-Oren 1987).
static demands demands_of(ss__net *net, const ss__client *client) {
    demands sum = {.delay = client->think + response_of(net, client)};
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        const ss__station *station = &net->stations[i];
        double demand = 0.0;
        double residence = 0.0;
        for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
            demand += client->visits[at - 1u] * net->classes[at - 1u].hold.mean;
            residence += client->visits[at - 1u] * net->classes[at - 1u].visit.mean;
        }
        if (ss__is_delay(station) || !(demand > 0.0)) continue;
        const double queue =
            demand / (station->servers * station->batch_most * (double)station->queues);
        sum.delay -= residence - (demand - queue);
        sum.all += queue;
        sum.largest = ss_max(sum.largest, queue);
        sum.stations++;
    }
    sum.delay = ss_max(0.0, sum.delay);
    return sum;
}

/// Asymptotic bounds (Muntz & Wong 1974; Denning & Buzen 1978): the bottleneck's rate, and the
/// cycle without and with everybody in the way.
static void set_asymptotes(ss__net *net, const ss__client *client) {
    const double n = client->users;
    double most = SS_INFINITY;
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        const double limit = net->stations[i].saturation_per_s;
        if (limit > 0.0) most = ss_min(most, limit);
    }
    net->bounds_method = "Asymptotic bounds (Denning & Buzen 1978)";
    net->bound_throughput_high = ss_min(most, n / (client->think + client->unloaded));
    net->bound_throughput_low = n / (client->think + n * client->unloaded);
}

/// Balanced job bounds with think time (Zahorjan et al. 1982; Lazowska et al. 1984, table 5.4).
static void set_balanced(ss__net *net, const ss__client *client) {
    const demands sum = demands_of(net, client);
    const double n = client->users;
    if (sum.stations == 0u) return;
    const double average = sum.all / (double)sum.stations;
    const double none = sum.delay / sum.all;
    const double most = sum.largest > 0.0 ? 1.0 / sum.largest : SS_INFINITY;
    net->bounds_method = "Balanced job bounds (Zahorjan et al. 1982)";
    net->bound_throughput_high =
        ss_min(most, n / (sum.delay + sum.all + (n - 1.0) * average / (1.0 + none)));
    net->bound_throughput_low =
        n / (sum.delay + sum.all + (n - 1.0) * sum.largest / (1.0 + none / n));
}

void ss__closed_bounds(ss__net *net) {
    net->bound_throughput_low = net->bound_throughput_high = SS_NAN;
    net->bound_response_low = net->bound_response_high = SS_NAN;
    if (net->client_count != 1u) return;
    const ss__client *client = &net->clients[0];
    if (net->has_product_form) set_balanced(net, client); else set_asymptotes(net, client);
    const double n = client->users;
    net->bound_response_low = ss_max(0.0, n / net->bound_throughput_high - client->think);
    net->bound_response_high = n / net->bound_throughput_low - client->think;
}
