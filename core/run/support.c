/// What a run can support: warns where a promise asks for a quantile that rests on too little, and
/// says how far a run was from the precision asked for.
#include <string.h>

#include "base/math.h"
#include "run/internal.h"

/// Observations beyond a quantile from which its sample is worth telling: with ten, the standard
/// error of the share beyond it is a third of that share.
#define BEYOND_MIN 10.0
/// Half the width of a 95 % interval in standard errors, for many batches.
#define NORMAL_95 1.96
/// Replications from which their spread says how independent the observations in one are.
#define REPLICATIONS_MIN 10u

double ss__quantile_of_field(const char *field) {
    static const struct {
        const char *name;
        double quantile;
    } fields[] = {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}};
    for (size_t i = 0; field && i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(fields[i].name, field) == 0) return fields[i].quantile;
    }
    return SS_NAN;
}

/// How many independent observations say as much about the mean as those that were made.
static double independent_count(const ss_results *results, const ss_summary *summary) {
    const double count = summary->count * (double)results->table.replications;
    const bool knows = results->table.replications == 1u ||
                       results->table.replications >= REPLICATIONS_MIN;
    if (!knows || !(summary->ci95 > 0.0) || !(summary->sd > 0.0)) return count;
    const double ratio = NORMAL_95 * summary->sd / summary->ci95;
    return ss_min(count, ratio * ratio);
}

bool ss__supports_quantile(const ss_results *results, const ss_summary *summary, double quantile) {
    const double beyond = ss_min(quantile, 1.0 - quantile);
    return !(summary->count > 0.0) || // nothing is shown
           independent_count(results, summary) * beyond >= BEYOND_MIN;
}

/// Two significant digits of a time, upwards: nobody is told to run too short.
static double rounded_up(double seconds) {
    double scale = 1.0;
    while (seconds / scale >= 100.0) scale *= 10.0;
    return ss_ceil(seconds / scale - 1e-9) * scale;
}

static double rounded(double value) {
    return value >= 10.0 ? ss_round(value) : ss_round(value * 10.0) * 0.1;
}

static void write_shortage(const ss_results *results, const char *path, const ss_summary *summary,
                           double quantile, ss_text *out) {
    const double count = summary->count * (double)results->table.replications;
    const double independent = independent_count(results, summary);
    const double beyond = independent * ss_min(quantile, 1.0 - quantile);
    ss_text_add_format(out, "%s rests on too little: ", path);
    ss_text_add_number(out, ss_round(count));
    ss_text_add(out, " observations after the warm-up");
    if (independent < 0.5 * count) {
        ss_text_add(out, ", worth no more than ");
        ss_text_add_number(out, ss_round(independent));
        ss_text_add(out, " independent ones");
    }
    ss_text_add(out, ", of which ");
    ss_text_add_number(out, rounded(beyond));
    ss_text_add(out, " lie beyond it, where 10 should. ");
    if (results->table.replications > 1u) {
        ss_text_add(out, "Make at least ");
        ss_text_add_number(out, ss_ceil((double)results->table.replications * BEYOND_MIN /
                                        ss_max(beyond, 1e-9)));
        ss_text_add(out, " replications");
    } else {
        const double useful_s = results->table.simulated_s - results->table.warmup_s;
        ss_text_add(out, "Simulate at least ");
        ss_text_add_duration(out, rounded_up(results->table.warmup_s +
                                             useful_s * BEYOND_MIN / ss_max(beyond, 1e-9)));
    }
    ss_text_add(out, ", or ask for a lower percentile.");
}

/// Warns when the metric is a quantile that rests on too little.
static ss_status check(const ss_results *results, const ss_metric *metric, const char *path,
                       const char *pointer) {
    const double quantile = ss__quantile_of_field(metric->field);
    const ss_summary *summary =
        ss_is_finite(quantile) ? ss__metric_summary(results, metric) : NULL;
    if (!summary || ss__supports_quantile(results, summary, quantile)) return SS_OK;
    ss_text text = ss_text_create(&results->allocator);
    write_shortage(results, path, summary, quantile, &text);
    const ss_status status = ss_text_status(&text);
    if (!status) {
        ss_diagnostics_add(results->run->diagnostics, "W309", pointer, "%s", text.bytes);
    }
    ss_text_destroy(&text);
    return status;
}

ss_status ss_results_check_quantile(const ss_results *results, const char *path) {
    ss_metric metric;
    ss_diagnostics *unused = ss_diagnostics_create(&results->allocator);
    if (!unused) return SS_ERROR_MEMORY;
    ss_status status = ss_metric_parse(results->run->design, path, "", unused, &metric);
    ss_diagnostics_destroy(unused);
    for (uint32_t i = 0; !status && i < results->run->design->slo_count; i++) {
        const char *promised = ss_object_get(&results->run->design->slos[i], "metric")->text;
        if (strcmp(promised, path) == 0) return SS_OK; // said already
    }
    return status ? status : check(results, &metric, path, "");
}

ss_status ss__check_objectives(const ss_results *results) {
    const ss_design *design = results->run->design;
    ss_diagnostics *unused = ss_diagnostics_create(&results->allocator); // the loader has checked
    ss_status status = unused ? SS_OK : SS_ERROR_MEMORY;
    for (uint32_t i = 0; !status && i < design->slo_count; i++) {
        const char *path = ss_object_get(&design->slos[i], "metric")->text;
        char pointer[SS_JSON_POINTER_MAX];
        ss_json_pointer_join(pointer, sizeof pointer, design->slos[i].pointer, "metric");
        ss_metric metric;
        status = ss_metric_parse(design, path, pointer, unused, &metric);
        if (!status) status = check(results, &metric, path, pointer);
    }
    ss_diagnostics_destroy(unused);
    return status;
}

ss_status ss__check_run(const ss_run *run) {
    if (run->is_replication) return SS_OK;
    ss_handlers_report(run->handlers, run->diagnostics);
    if (run->design->slo_count == 0u) return SS_OK;
    ss_results *results;
    ss_status status = ss_run_results(run, &results);
    if (!status) status = ss__check_objectives(results);
    ss_results_destroy(results);
    return status;
}

/// What the worst known of the clients is: its relative half-width, and its index.
static double widest_interval(const ss_run *run, uint32_t *client) {
    double widest = 0.0;
    for (uint32_t i = 0; i < run->built.sim.node_count; i++) {
        const ss_series *response = ss__response_series(run, i);
        if (!response || !(run->built.sim.nodes[i].flags & SS_NODE_IS_CLIENT)) continue;
        const double half =
            ss_batches_half_width(ss_sim_batches(&run->built.sim, response), run->known);
        const double relative = half / ss_tally_mean(&response->tally);
        const double width = ss_is_finite(relative) ? relative : SS_INFINITY;
        if (!(width > widest)) continue;
        widest = width;
        *client = i;
    }
    return widest;
}

ss_status ss__say_imprecise(const ss_run *run) {
    uint32_t client = 0;
    const double widest = widest_interval(run, &client);
    ss_text text = ss_text_create(&run->allocator);
    ss_text_add(&text, "The duration ended before the precision asked for was reached: the mean "
                       "response of ");
    ss_text_add_format(&text, "\"%s\" is ", run->design->nodes[client].id);
    if (widest > run->precision && ss_is_finite(widest)) {
        const double useful_s = (double)(run->time_ns - run->warmup_ns) / 1e9;
        const double factor = (widest / run->precision) * (widest / run->precision);
        ss_text_add(&text, "known to ± ");
        ss_text_add_number(&text, ss_round(widest * 1000.0) / 10.0);
        ss_text_add(&text, " %, not ± ");
        ss_text_add_number(&text, run->precision * 100.0);
        ss_text_add(&text, " %. Give the run about ");
        ss_text_add_duration(&text, rounded_up((double)run->warmup_ns / 1e9 + useful_s * factor));
        ss_text_add(&text, ", or ask for less.");
    } else {
        ss_text_add(&text, "not known yet. Give the run a longer duration, or ask for less.");
    }
    const ss_status status = ss_text_status(&text);
    if (!status) ss_diagnostics_add(run->diagnostics, "W307", "/run/precision", "%s", text.bytes);
    ss_text_destroy(&text);
    return status;
}
