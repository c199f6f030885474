/// Writes `scalesim-solution/1`: the shape of results, and how each number was come by.
#include "solve/internal.h"

static const char *const assumption_texts[SS__ASSUMPTIONS] = {
    "time-outs never strike",
    "the retry budget never runs out",
    "circuit breakers stay closed",
    "no hedged copies are sent",
    "no message waits for the link's bandwidth",
    "faults do not happen",
    "the rate limit never refuses",
    "no message is delivered twice",
    "the order of service does not look at deadlines or sizes",
    "the load stays at its mean",
    "arrivals are Poisson at the mean rate, without bursts",
    "arrivals are taken for Poisson",
    "branches are taken for independent",
    "what a call takes does not depend on what it is called for",
    "the fleet is taken for large",
    "service and patience are taken for exponential",
    "no more requests come than the callers have places",
    "messages spread evenly over the partitions",
    "set-up times and vacations are left out",
    "a full line never makes anybody wait elsewhere",
    "times between arrivals are taken for independent",
    "calls that come back to a waiting caller always get a place there in the end",
    "times of requests that fail after their retries are counted with the others",
    "the code is taken for its node's service time, followed by a call along every edge",
    "waiting places and patience never run out",
};

static void write_summary(ss_json_writer *json, const char *name, const ss__summary *summary) {
    ss_json_add_key(json, name);
    ss_json_open_object(json);
    ss_json_member(json, "mean", summary->mean);
    ss_json_member(json, "sd", summary->sd);
    ss_json_member(json, "p50", summary->p50);
    ss_json_member(json, "p90", summary->p90);
    ss_json_member(json, "p95", summary->p95);
    ss_json_member(json, "p99", summary->p99);
    ss_json_member(json, "p999", summary->p999);
    if (ss_is_finite(summary->p50)) {
        ss_json_add_key(json, "percentiles");
        ss_json_add_string(json, summary->is_exact ? "known" : "fitted to mean and sd");
    }
    ss_json_close(json);
}

/// A duration of which only the mean is of interest.
static void write_mean(ss_json_writer *json, const char *name, double mean) {
    ss_json_add_key(json, name);
    ss_json_open_object(json);
    ss_json_member(json, "mean", mean);
    ss_json_close(json);
}

static void write_operation(const ss__net *net, uint32_t index, const ss__summary *node_response,
                            ss_json_writer *json) {
    const ss__class *each = &net->classes[index];
    const ss__station *station = &net->stations[each->node];
    const double done = each->rate * each->success * station->passes;
    const bool is_client = station->role == SS__ROLE_CLIENT;
    ss_json_add_key(json, each->operation);
    ss_json_open_object(json);
    ss_json_member(json, "throughput", done);
    ss_json_member(json, "in_system", each->in_system);
    const bool holds_place = !is_client && each->rate > 0.0;
    write_mean(json, "wait", holds_place ? each->wait.mean : SS_NAN);
    write_mean(json, "service", holds_place ? ss__service_mean(net, each) : SS_NAN);
    const bool is_only = station->first_class1 == index + 1u && each->next_of_node1 == 0u;
    const ss__summary response = is_only ? *node_response : ss__class_response(net, index);
    write_summary(json, "response", &response);
    ss_json_member(json, "error_ratio", ss__error_ratio(each->rate, done, station->passes));
    ss_json_close(json);
}

static void write_assumptions(uint32_t assumptions, ss_json_writer *json) {
    ss_json_add_key(json, "assumptions");
    ss_json_open_array(json);
    for (uint32_t i = 0; i < SS__ASSUMPTIONS; i++) {
        if (assumptions & 1u << i) ss_json_add_string(json, assumption_texts[i]);
    }
    ss_json_close(json);
}

static void write_means(const ss__net *net, uint32_t node, ss_json_writer *json) {
    double wait = 0.0;
    double service = 0.0;
    double weight = 0.0;
    for (uint32_t at = net->stations[node].first_class1; at;
         at = net->classes[at - 1u].next_of_node1) {
        const ss__class *each = &net->classes[at - 1u];
        if (!(each->rate > 0.0)) continue;
        wait += each->rate * each->wait.mean;
        service += each->rate * ss__service_mean(net, each);
        weight += each->rate;
    }
    const bool is_known = weight > 0.0 && net->stations[node].role != SS__ROLE_CLIENT;
    write_mean(json, "wait", is_known ? wait / weight : SS_NAN);
    write_mean(json, "service", is_known ? service / weight : SS_NAN);
}

static void write_node(const ss__net *net, uint32_t index, ss_json_writer *json) {
    const ss__station *station = &net->stations[index];
    ss_json_add_key(json, net->design->nodes[index].id);
    ss_json_open_object(json);
    ss_json_add_key(json, "exact");
    ss_json_add_bool(json, station->is_exact && station->first_class1 != 0u);
    ss_json_add_key(json, "method");
    ss_json_add_string(json, ss__method_of(station));
    ss_json_add_key(json, "source");
    ss_json_add_string(json, station->source);
    write_assumptions(station->assumptions, json);
    ss_json_add_key(json, "saturated");
    ss_json_add_bool(json, station->is_saturated);
    ss_json_member(json, "saturation_rate", station->saturation_per_s);
    ss_json_member(json, "arrival_rate", station->rate);
    ss_json_member(json, "throughput", station->throughput);
    ss_json_member(json, "utilization", station->utilization);
    ss_json_member(json, "in_system", station->in_system);
    ss_json_member(json, "in_queue", station->in_queue);
    write_means(net, index, json);
    const ss__summary response = ss__node_response(net, index);
    write_summary(json, "response", &response);
    ss_json_member(json, "error_ratio",
                 ss__error_ratio(station->rate, station->throughput, station->passes));
    ss_json_member(json, "cost_per_hour", ss__cost_per_hour(net, index));
    ss_json_add_key(json, "operations");
    ss_json_open_object(json);
    for (uint32_t i = net->first_shown[index]; i; i = net->next_shown[i - 1u]) {
        write_operation(net, i - 1u, &response, json);
    }
    ss_json_close(json);
    ss_json_close(json);
}

static void write_edges(const ss__net *net, ss_json_writer *json) {
    ss_json_add_key(json, "edges");
    ss_json_open_object(json);
    for (uint32_t i = 0; i < net->design->edge_count; i++) {
        ss_json_add_key(json, net->design->edges[i].name);
        ss_json_open_object(json);
        ss_json_member(json, "rate", net->edge_rates[i]);
        const ss__law latency = ss__edge_law(net, i);
        ss_json_add_key(json, "latency");
        ss_json_open_object(json);
        ss_json_member(json, "mean", latency.mean);
        ss_json_member(json, "sd", ss_sqrt(latency.variance));
        ss_json_close(json);
        ss_json_close(json);
    }
    ss_json_close(json);
}

static void write_slos(const ss__net *net, ss_json_writer *json) {
    ss_json_add_key(json, "slos");
    ss_json_open_array(json);
    for (uint32_t i = 0; i < net->design->slo_count; i++) {
        bool passes;
        const double value = ss__objective(net, i, &passes);
        const int verdict = ss_is_finite(value) ? passes : -1;
        ss_objective_write_json(&net->design->slos[i], value, verdict, json);
    }
    ss_json_close(json);
}

static void write_bottleneck(const ss__net *net, ss_json_writer *json) {
    ss_json_add_key(json, "bottleneck");
    if (net->bottleneck == UINT32_MAX) {
        ss_json_add_null(json);
        return;
    }
    ss_bottleneck_write_json(net->design->nodes[net->bottleneck].id,
                             net->stations[net->bottleneck].utilization, net->saturation_per_s,
                             net->why.bytes, json);
}

static void write_bounds(const ss__net *net, ss_json_writer *json) {
    if (net->closed_count == 0u) return;
    ss_json_add_key(json, "bounds");
    if (!ss_is_finite(net->bound_throughput_high)) {
        ss_json_add_null(json);
        return;
    }
    ss_json_open_object(json);
    ss_json_add_key(json, "method");
    ss_json_add_string(json, net->bounds_method);
    ss_json_add_key(json, "throughput");
    ss_json_open_array(json);
    ss_json_add_number(json, net->bound_throughput_low);
    ss_json_add_number(json, net->bound_throughput_high);
    ss_json_close(json);
    ss_json_add_key(json, "response");
    ss_json_open_array(json);
    ss_json_add_number(json, net->bound_response_low);
    ss_json_add_number(json, net->bound_response_high);
    ss_json_close(json);
    ss_json_close(json);
}

static bool is_all_exact(const ss__net *net) {
    for (uint32_t i = 0; i < net->design->node_count; i++) {
        if (net->stations[i].first_class1 && !net->stations[i].is_exact) return false;
    }
    return true;
}

ss_status ss_solution_write_json(const ss_solution *solution, ss_text *out) {
    ss_json_writer json = ss_json_writer_create(out);
    ss_json_open_object(&json);
    ss_json_add_key(&json, "format");
    ss_json_add_string(&json, "scalesim-solution/1");
    ss_json_add_key(&json, "design");
    ss_json_add_string(&json, solution->design->name);
    ss_json_add_key(&json, "exact");
    ss_json_add_bool(&json, is_all_exact(solution));
    ss_json_add_key(&json, "nodes");
    ss_json_open_object(&json);
    for (uint32_t i = 0; i < solution->design->node_count; i++) write_node(solution, i, &json);
    ss_json_close(&json);
    write_edges(solution, &json);
    write_slos(solution, &json);
    write_bottleneck(solution, &json);
    write_bounds(solution, &json);
    ss_json_add_findings(&json, solution->diagnostics);
    ss_json_close(&json);
    ss_text_add_char(out, '\n');
    return ss_text_status(out);
}
