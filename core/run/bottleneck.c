/// What limits the system: the node whose places or cores are busiest, and the load at which they
/// are all taken.
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

/// What a node runs out of first: places, or the cores that those served share.
static bool cores_bind(const ss_node_row *row) {
    return row->core_utilization > row->utilization || !ss_is_finite(row->utilization);
}

static double busiest_share(const ss_results *results, uint32_t node) {
    const ss_node_row *row = &results->table.nodes[node];
    const ss_sim_node *sim_node = &results->run->built.sim.nodes[node];
    if (ss_is_finite(row->core_utilization) && cores_bind(row)) return row->core_utilization;
    if (!(sim_node->flags & SS_NODE_BATCHES)) return row->utilization;
    // A place that is busy with a few serves more of them in the same time: full batches count.
    const double full = row->throughput * row->service.mean /
                        ((double)sim_node->batch_max * sim_node->places_total);
    return ss_is_finite(full) ? ss_min(full, row->utilization) : row->utilization;
}

/// A place that is held during calls is also taken while its request waits downstream. So among
/// nodes that are all but full, the one that calls no other such node is what the others wait for.
#define FULL 0.95

static uint32_t full_callee(const ss_results *results, uint32_t node) {
    const ss_design *design = results->run->design;
    uint32_t fullest = SS_NO_INDEX;
    double most = FULL;
    for (uint32_t i = 0; i < design->edge_count; i++) {
        const ss_edge *edge = &design->edges[i];
        if (edge->from != node || edge->kind != SS_EDGE_CALL || edge->to == node) continue;
        const double share = busiest_share(results, edge->to);
        if (!(share > most)) continue;
        fullest = edge->to;
        most = share;
    }
    return fullest;
}

/// Follows full callees down from a node; names those passed, who only wait. Returns the last.
static uint32_t follow_waiting(const ss_results *results, uint32_t node, ss_text *waiting) {
    for (uint32_t steps = 0; steps < results->table.node_count; steps++) {
        if (!(busiest_share(results, node) > FULL)) return node;
        const uint32_t callee = full_callee(results, node);
        if (callee == SS_NO_INDEX) return node;
        if (waiting->length > 0u) ss_text_add(waiting, ", ");
        ss_text_add(waiting, results->run->design->nodes[node].id);
        node = callee;
    }
    return node;
}

static void explain(const ss_results *results, uint32_t node, double saturation, ss_text *why) {
    const ss_node_row *row = &results->table.nodes[node];
    const ss_sim_node *sim_node = &results->run->built.sim.nodes[node];
    const bool is_cores = ss_is_finite(row->core_utilization) && cores_bind(row);
    const double share = busiest_share(results, node);
    const double total = is_cores ? sim_node->cores_total : sim_node->places_total;
    ss_text_add_format(why, "%s has the busiest %s: ", results->run->design->nodes[node].id,
                       is_cores ? "cores" : "places");
    add_rounded(why, share * total);
    ss_text_add(why, " of ");
    ss_text_add_number(why, total);
    if (sim_node->flags & SS_NODE_BATCHES) {
        ss_text_add(why, " would do if all batches were full (");
    } else {
        ss_text_add(why, total > 1.0 ? " are" : " is");
        ss_text_add(why, is_cores ? " at work on average (" : " taken on average (");
    }
    add_rounded(why, share * 100.0);
    ss_text_add(why, " %)");
    if (share > 0.98) {
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
    double most = 0.0;
    for (uint32_t i = 0; i < table->node_count; i++) {
        const double share = busiest_share(results, i);
        if (!(share > most)) continue;
        busiest = i;
        most = share;
    }
    if (busiest == SS_NO_INDEX) return busiest;
    ss_text waiting = ss_text_create(&results->allocator);
    busiest = follow_waiting(results, busiest, &waiting);
    *saturation_per_s = offered_per_s(results) / busiest_share(results, busiest);
    explain(results, busiest, *saturation_per_s, why);
    if (waiting.length > 0u) {
        ss_text_add_format(why, " Full only because requests wait for it there: %s.",
                           waiting.bytes);
    }
    ss_text_destroy(&waiting);
    return busiest;
}
