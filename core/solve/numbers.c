/// Numbers of a solution: summaries of durations, metrics, objectives.
#include <string.h>

#include "solve/internal.h"

ss__summary ss__summary_of(const ss__mixed_law *laws, uint32_t count) {
    ss__summary none = {SS_NAN, SS_NAN, SS_NAN, SS_NAN, SS_NAN, SS_NAN, SS_NAN, false};
    if (count == 0u) return none;
    const ss__law all = ss__law_mixture(laws, count);
    if (!ss_is_finite(all.mean)) return none;
    ss__summary summary = none;
    summary.mean = all.mean;
    if (!ss_is_finite(all.variance)) return summary;
    summary.sd = ss_sqrt(ss_max(0.0, all.variance));
    summary.p50 = ss__law_quantile(laws, count, 0.50);
    summary.p90 = ss__law_quantile(laws, count, 0.90);
    summary.p95 = ss__law_quantile(laws, count, 0.95);
    summary.p99 = ss__law_quantile(laws, count, 0.99);
    summary.p999 = ss__law_quantile(laws, count, 0.999);
    summary.is_exact = true;
    for (uint32_t i = 0; i < count; i++) {
        if (laws[i].weight > 0.0 && !ss__law_is_exact(&laws[i].law)) summary.is_exact = false;
    }
    return summary;
}

static ss__mixed_law completed(const ss__class *each) {
    return (ss__mixed_law){.weight = each->rate * each->success, .law = each->visit};
}

ss__summary ss__class_response(const ss__net *net, uint32_t class_index) {
    const ss__mixed_law law = completed(&net->classes[class_index]);
    return ss__summary_of(&law, law.weight > 0.0 ? 1u : 0u);
}

/// Classes beyond this many are blended to one law by mean and variance.
#define LAWS_MAX 64u

ss__summary ss__node_response(const ss__net *net, uint32_t node) {
    ss__mixed_law laws[LAWS_MAX + 1u];
    uint32_t count = 0;
    for (uint32_t at = net->stations[node].first_class1; at;
         at = net->classes[at - 1u].next_of_node1) {
        const ss__mixed_law law = completed(&net->classes[at - 1u]);
        if (!(law.weight > 0.0)) continue;
        laws[count++] = law;
        if (count < LAWS_MAX) continue;
        double weight = 0.0;
        for (uint32_t i = 0; i < count; i++) weight += laws[i].weight;
        laws[0] = (ss__mixed_law){.weight = weight, .law = ss__law_mixture(laws, count)};
        count = 1;
    }
    return ss__summary_of(laws, count);
}

// --- Metrics -------------------------------------------------------------------------------------

static double field_of(const ss__summary *summary, const char *field) {
    if (!field || strcmp(field, "mean") == 0) return summary->mean;
    if (strcmp(field, "sd") == 0) return summary->sd;
    if (strcmp(field, "p50") == 0) return summary->p50;
    if (strcmp(field, "p90") == 0) return summary->p90;
    if (strcmp(field, "p95") == 0) return summary->p95;
    if (strcmp(field, "p99") == 0) return summary->p99;
    if (strcmp(field, "p999") == 0) return summary->p999;
    return SS_NAN;
}

double ss__cost_per_hour(const ss__net *net, uint32_t node) {
    const ss_object *object = &net->design->nodes[node].object;
    const ss_value *instance = ss_object_find(object, "instance");
    if (!instance || !instance->objects) return 0.0;
    return ss_object_get(instance->objects, "price_per_hour")->number *
           ss_object_get(object, "replicas")->number;
}

double ss__error_ratio(double rate, double done, double passes) {
    const double ended = rate * passes;
    return ended > 0.0 ? ss_max(0.0, 1.0 - done / ended) : 0.0;
}

static double moment_of(const ss__net *net, uint32_t node, const char *stat, const char *field) {
    if (field && strcmp(field, "mean") != 0) return SS_NAN;
    double sum = 0.0;
    double weight = 0.0;
    for (uint32_t at = net->stations[node].first_class1; at;
         at = net->classes[at - 1u].next_of_node1) {
        const ss__class *each = &net->classes[at - 1u];
        if (!(each->rate > 0.0)) continue;
        const double service = ss__service_mean(net, each);
        sum += each->rate * (strcmp(stat, "wait") == 0 ? each->wait.mean : service);
        weight += each->rate;
    }
    return weight > 0.0 && net->stations[node].role != SS__ROLE_CLIENT ? sum / weight : SS_NAN;
}

double ss__service_mean(const ss__net *net, const ss__class *each) {
    return each->hold.mean * net->stations[each->node].service_factor;
}

static double node_metric(const ss__net *net, const ss_metric *metric) {
    const ss__station *station = &net->stations[metric->index];
    const char *stat = metric->stat;
    if (strcmp(stat, "response") == 0) {
        const ss__summary summary = ss__node_response(net, metric->index);
        return field_of(&summary, metric->field);
    }
    if (strcmp(stat, "throughput") == 0) return station->throughput;
    if (strcmp(stat, "utilization") == 0) return station->utilization;
    if (strcmp(stat, "in_system") == 0) return station->in_system;
    if (strcmp(stat, "in_queue") == 0) return station->in_queue;
    if (strcmp(stat, "error_ratio") == 0) {
        return ss__error_ratio(station->rate, station->throughput, station->passes);
    }
    if (strcmp(stat, "cost_per_hour") == 0) return ss__cost_per_hour(net, metric->index);
    if (strcmp(stat, "wait") == 0 || strcmp(stat, "service") == 0) {
        return moment_of(net, metric->index, stat, metric->field);
    }
    return SS_NAN;
}

static double class_metric(const ss__net *net, uint32_t class_index, const ss_metric *metric) {
    const ss__class *each = &net->classes[class_index];
    const char *stat = metric->stat;
    if (strcmp(stat, "response") == 0) {
        const ss__summary summary = ss__class_response(net, class_index);
        return field_of(&summary, metric->field);
    }
    const double passes = net->stations[each->node].passes;
    const double done = each->rate * each->success * passes;
    const bool is_mean = !metric->field || strcmp(metric->field, "mean") == 0;
    if (strcmp(stat, "throughput") == 0) return done;
    if (strcmp(stat, "in_system") == 0) return each->in_system;
    if (strcmp(stat, "error_ratio") == 0) return ss__error_ratio(each->rate, done, passes);
    if (strcmp(stat, "wait") == 0 && is_mean) return each->wait.mean;
    if (strcmp(stat, "service") == 0 && is_mean) return ss__service_mean(net, each);
    return SS_NAN;
}

/// Round trips along an edge; returns how many laws there are.
static uint32_t edge_laws(const ss__net *net, uint32_t edge, ss__mixed_law *laws) {
    uint32_t count = 0;
    const uint32_t from = net->design->edges[edge].from;
    for (uint32_t at = net->stations[from].first_class1; at;
         at = net->classes[at - 1u].next_of_node1) {
        const ss__class *each = &net->classes[at - 1u];
        for (uint32_t i = 0; i < each->visit_count && count < LAWS_MAX; i++) {
            const ss__visit *visit = &each->visits[i];
            const bool is_answered =
                visit->kind == SS__VISIT_CALL || (net->stations[from].role == SS__ROLE_BROKER &&
                                                  net->design->edges[edge].kind == SS_EDGE_CALL);
            if (visit->edge != edge || !is_answered || !(each->rate * visit->sent > 0.0)) continue;
            laws[count++] = (ss__mixed_law){
                .weight = each->rate * visit->sent,
                .law = ss__round_trip(net, edge, visit->target)};
        }
    }
    return count;
}

ss__law ss__edge_law(const ss__net *net, uint32_t edge) {
    ss__mixed_law laws[LAWS_MAX];
    const uint32_t count = edge_laws(net, edge, laws);
    return count > 0u ? ss__law_mixture(laws, count) : ss__law_fitted(SS_NAN, SS_NAN);
}

double ss__metric_of(const ss__net *net, const ss_metric *metric) {
    double value = SS_NAN;
    if (metric->is_edge) {
        if (strcmp(metric->stat, "latency") == 0) {
            ss__mixed_law laws[LAWS_MAX];
            const uint32_t count = edge_laws(net, metric->index, laws);
            const ss__summary summary = ss__summary_of(laws, count);
            value = field_of(&summary, metric->field);
        }
    } else if (!metric->op) {
        value = node_metric(net, metric);
    } else {
        for (uint32_t at = net->stations[metric->index].first_class1; at;
             at = net->classes[at - 1u].next_of_node1) {
            if (strcmp(net->classes[at - 1u].operation, metric->op) == 0) {
                value = class_metric(net, at - 1u, metric);
            }
        }
    }
    return ss_is_finite(value) ? value : SS_NAN;
}

ss_status ss_solution_metric(const ss_solution *solution, const char *path,
                             ss_diagnostics *diagnostics, double *value) {
    ss_metric metric;
    *value = SS_NAN;
    const ss_status status = ss_metric_parse(solution->design, path, "", diagnostics, &metric);
    if (!status) *value = ss__metric_of(solution, &metric);
    return status;
}

double ss__objective(const ss__net *net, uint32_t index, bool *passes) {
    const ss_object *slo = &net->design->slos[index];
    const ss_value *max = ss_object_get(slo, "max");
    const ss_value *min = ss_object_get(slo, "min");
    double value = SS_NAN;
    (void)ss_solution_metric(net, ss_object_get(slo, "metric")->text, net->diagnostics, &value);
    *passes = ss_is_finite(value) && !(max->is_set && value > max->number) &&
              !(min->is_set && value < min->number);
    return value;
}
