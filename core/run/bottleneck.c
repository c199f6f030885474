/// What limits the system: the node whose places are busiest, and the load at which they are all
/// taken.
#include "base/math.h"
#include "run/internal.h"

/// What the clients ask for, in requests per second.
static double offered_per_s(const ss_results *results) {
    const ss_table *table = &results->table;
    const double elapsed_s = table->simulated_s - table->warmup_s;
    double arrivals = 0.0;
    for (uint32_t i = 0; i < table->node_count; i++) {
        const bool is_client = results->run->built.sim.nodes[i].flags & SS_NODE_IS_CLIENT;
        if (is_client) arrivals += table->nodes[i].arrivals;
    }
    return elapsed_s > 0.0 ? arrivals / elapsed_s : 0.0;
}

static void add_rounded(ss_text *text, double value) {
    ss_text_add_number(text, ss_round(value * 10.0) / 10.0);
}

static void explain(const ss_results *results, uint32_t node, double saturation, ss_text *why) {
    const double utilization = results->table.nodes[node].utilization;
    const double places = results->run->built.sim.nodes[node].places_total;
    ss_text_add_format(why, "%s has the busiest places: ", results->run->design->nodes[node].id);
    add_rounded(why, utilization * places);
    ss_text_add(why, " of ");
    ss_text_add_number(why, places);
    ss_text_add(why, " are taken on average (");
    add_rounded(why, utilization * 100.0);
    ss_text_add(why, " %)");
    if (utilization > 0.98) {
        ss_text_add(why, ", so it is saturated: requests come faster than it serves them");
    } else if (ss_is_finite(saturation)) {
        ss_text_add(why, "; if all else stays as it is, it saturates at about ");
        add_rounded(why, saturation);
        ss_text_add(why, " requests per second from the clients");
    }
    ss_text_add(why, ".");
}

/// By the utilization law a request's demand at a node is U/X, so the node saturates where the
/// clients send X/U (Denning & Buzen 1978, operational analysis).
uint32_t ss__bottleneck(const ss_results *results, double *saturation_per_s, ss_text *why) {
    const ss_table *table = &results->table;
    uint32_t busiest = SS_NO_INDEX;
    for (uint32_t i = 0; i < table->node_count; i++) {
        const double utilization = table->nodes[i].utilization;
        if (!(utilization > 0.0)) continue;
        if (busiest == SS_NO_INDEX || utilization > table->nodes[busiest].utilization) busiest = i;
    }
    if (busiest == SS_NO_INDEX) return busiest;
    *saturation_per_s = offered_per_s(results) / table->nodes[busiest].utilization;
    explain(results, busiest, *saturation_per_s, why);
    return busiest;
}
