/// The second half of a broker: messages that were accepted wait until a consumer may have one
/// more.
///
/// Competing consumers are one line, M/G/c with as many servers as messages may be under way. Of a
/// broadcast each consumer group has a line for each partition, which hands over one message at a
/// time: M/G/1.
#include "solve/internal.h"

#define GROUPS_MAX 64u

/// What one group's deliveries are like, all classes together.
typedef struct lane_load {
    double rate, busy, second;
} lane_load;

static ss__law delivery_to(const ss__net *net, const ss__visit *visit) {
    if (net->design->edges[visit->edge].kind == SS_EDGE_PUBLISH) return ss__law_constant(0.0);
    return ss__round_trip(net, visit->edge, visit->target);
}

static void add_to_lane(lane_load *lane, double rate, const ss__law *law) {
    lane->rate += rate;
    lane->busy += rate * law->mean;
    lane->second += rate * (law->variance + law->mean * law->mean);
}

/// The wait for one of `servers` of each of `lines` equal lines; infinite when they are too few.
static ss__law wait_in(const lane_load *lane, double servers, double lines, double *load) {
    *load = ss_max(*load, lane->busy / (lines * servers));
    if (!(lane->busy > 0.0)) return ss__law_constant(0.0);
    if (lane->busy >= lines * servers) return ss__law_fitted(SS_INFINITY, SS_NAN);
    const double mean = lane->busy / lane->rate;
    const double factor = 0.5 * lane->second / lane->rate / (mean * mean);
    const uint32_t whole = servers >= 4294967295.0 ? UINT32_MAX : (uint32_t)servers;
    if (whole == UINT32_MAX) return ss__law_constant(0.0);
    const double waiting = ss__erlang_c(whole, lane->busy / lines);
    const double wait = waiting * mean / (servers - lane->busy / lines) * factor;
    return ss__law_fitted(wait, ss__wait_variance(wait, waiting));
}

/// All consumers draw from one backlog.
static void compete(ss__net *net, ss__station *station, double admitted) {
    lane_load all = {0};
    for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        const ss__class *each = &net->classes[at - 1u];
        if (each->rate > 0.0) add_to_lane(&all, each->rate * admitted, &each->delivery);
    }
    const double servers = station->prefetch * (double)station->consumers;
    const ss__law wait = wait_in(&all, servers, 1.0, &station->load);
    for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        ss__class *each = &net->classes[at - 1u];
        each->visit = ss__law_sum(each->visit, ss__law_sum(wait, each->delivery));
    }
    station->backlog = all.rate * wait.mean;
}

/// Every group gets every message, and the message is done when the last group has it.
static void broadcast(ss__net *net, ss__station *station, double admitted) {
    lane_load lanes[GROUPS_MAX] = {{0}};
    ss__law waits[GROUPS_MAX];
    const uint32_t groups = station->consumers < GROUPS_MAX ? station->consumers : GROUPS_MAX;
    const double partitions = (double)station->partitions;
    const bool is_narrow = station->prefetch < partitions; // then it binds before the partitions do
    const double servers = is_narrow ? station->prefetch : 1.0;
    for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        const ss__class *each = &net->classes[at - 1u];
        for (uint32_t g = 0; g < groups && each->rate > 0.0; g++) {
            const ss__law law = delivery_to(net, &each->visits[g]);
            add_to_lane(&lanes[g], each->rate * admitted, &law);
        }
    }
    for (uint32_t g = 0; g < groups; g++) {
        waits[g] = wait_in(&lanes[g], servers, is_narrow ? 1.0 : partitions, &station->load);
        station->backlog += lanes[g].rate * waits[g].mean;
    }
    for (uint32_t at = station->first_class1; at; at = net->classes[at - 1u].next_of_node1) {
        ss__class *each = &net->classes[at - 1u];
        ss__law laws[GROUPS_MAX];
        for (uint32_t g = 0; g < groups; g++) {
            laws[g] = ss__law_sum(waits[g], delivery_to(net, &each->visits[g]));
        }
        each->visit = ss__law_sum(each->visit, ss__law_max(laws, groups));
    }
}

void ss__broker_solve(ss__net *net, ss__station *station) {
    station->backlog = 0.0;
    const double admitted = 1.0 - station->loss;
    if (station->is_broadcast) broadcast(net, station, admitted);
    else compete(net, station, admitted);
    station->is_exact = false;
    station->method = station->is_broadcast
                          ? "Append station, then M/G/1 in each partition"
                          : "Append station, then M/G/c over what may be under way";
    station->source = "Pollaczek (1930), Khinchine (1932); Allen (1990), sec. 5.3";
    if (station->is_broadcast) station->assumptions |= SS__IGNORES_PARTITION_SKEW;
    station->assumptions |= SS__IGNORES_REDELIVERY;
    if (!ss_is_finite(station->backlog)) station->is_saturated = !station->is_blocked;
}
