/// Intervals of quantiles. The share of responses below a threshold near the quantile is a mean, so
/// its interval comes from batch means; the distribution function carries it over to the quantile
/// (Heidelberger & Lewis 1984, in the form that needs one pass).
#include "base/math.h"
#include "run/internal.h"

static const double watched[SS_WATCHED_QUANTILES] = {0.50, 0.95, 0.99};

/// Responses from which a threshold is read: the 99th percentile then rests on ten.
#define THRESHOLD_OBSERVATIONS 1000u
/// A better threshold is set when this share of the run is over: by then it is near the quantile,
/// and most of the run is still to come.
#define REFINED_AT 0.25

/// Whether the thresholds of a watch are to be read (again) now.
static bool is_due(const ss_run *run, const ss_quantile_watch *watch) {
    const bool is_late = (double)run->time_ns >= REFINED_AT * (double)run->duration_ns;
    return watch->is_set == 0u || (watch->is_set == 1u && is_late);
}

void ss__quantiles_visit(ss_run *run) {
    ss_sim *sim = &run->built.sim;
    const bool is_late = (double)run->time_ns >= REFINED_AT * (double)run->duration_ns;
    for (uint32_t i = 0; i < sim->node_count; i++) {
        if (sim->nodes[i].watch1 == 0u) continue;
        ss_quantile_watch *watch = &sim->watches[sim->nodes[i].watch1 - 1u];
        const ss_series *response = is_due(run, watch) ? ss__response_series(run, i) : NULL;
        if (!response || response->tally.count < THRESHOLD_OBSERVATIONS) continue;
        double ns[SS_WATCHED_QUANTILES];
        ss_histogram_quantiles(&sim->histograms, ss_sim_histogram(sim, response), watched,
                               SS_WATCHED_QUANTILES, ns);
        for (uint32_t q = 0; q < SS_WATCHED_QUANTILES; q++) {
            watch->thresholds_ns[q] = (int64_t)ns[q];
            watch->shares[q] = (ss_batches){0};
            watch->below[q] = 0;
        }
        watch->filled = 0;
        watch->is_set = is_late ? 2u : 1u;
    }
}

/// The batches begin with the last threshold, the quantile is of all responses: its interval is the
/// narrower for them.
static double share_watched(const ss_batches *below, uint64_t responses) {
    const double size = below->batch_size ? (double)below->batch_size : 1.0;
    const double seen =
        ((double)below->count * size + (double)below->filled) * (double)SS_WATCH_BATCH;
    return ss_min(1.0, seen / (double)responses);
}

void ss__quantile_intervals(const ss_run *run, uint32_t node, ss_summary *response) {
    const ss_sim *sim = &run->built.sim;
    const ss_series *series = ss__response_series(run, node);
    const ss_quantile_watch *watch = &sim->watches[sim->nodes[node].watch1 - 1u];
    double *const out[SS_WATCHED_QUANTILES] = {&response->p50_ci95, &response->p95_ci95,
                                               &response->p99_ci95};
    if (!series || !watch->is_set) return;
    for (uint32_t q = 0; q < SS_WATCHED_QUANTILES; q++) {
        const double below = ss_batches_mean(&watch->shares[q]);
        const double spread = ss_sqrt(watched[q] * (1.0 - watched[q]) / (below * (1.0 - below)));
        // The threshold is near the quantile, not at it: carry the width over as for independent
        // draws.
        const double watched_share =
            share_watched(&watch->shares[q], series->tally.count);
        const double share = ss_batches_half_width(&watch->shares[q], run->known) * spread *
                             ss_sqrt(watched_share);
        if (!ss_is_finite(share) || watched[q] + share >= 1.0 || watched[q] - share <= 0.0)
            continue;
        const ss_histogram *histogram = ss_sim_histogram(sim, series);
        const double ends[2] = {watched[q] - share, watched[q] + share};
        double ends_ns[2];
        ss_histogram_quantiles(&sim->histograms, histogram, ends, 2, ends_ns);
        *out[q] = 0.5 * (ends_ns[1] - ends_ns[0]) / 1e9;
    }
}
