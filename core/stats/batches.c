/// Batch means: intervals of a mean from one dependent series, and the end of its transient.
#include "scalesim/stats.h"

#include "base/math.h"

#define GROUPS_MIN 8u     /* fewer degrees of freedom make t intervals uselessly wide */
#define GROUPS_WANTED 16u /* grouping stops here: the correction below does the rest */
#define CORRELATION_MAX 0.9

void ss__batches_close(ss_batches *batches) {
    batches->means[batches->count++] = batches->open_sum / (double)batches->filled;
    batches->open_sum = 0;
    batches->filled = 0;
    if (batches->count < SS_BATCHES_MAX) return;
    batches->count = SS_BATCHES_MAX / 2;
    for (uint32_t i = 0; i < batches->count; i++) {
        batches->means[i] = 0.5 * (batches->means[2 * i] + batches->means[2 * i + 1]);
    }
    batches->batch_size = 2 * (batches->batch_size ? batches->batch_size : 1);
}

// --- Intervals ---------------------------------------------------------------------------------

typedef struct series {
    double variance;    ///< of the values, n - 1 in the denominator
    double correlation; ///< lag 1
} series;

static series measure(const double *values, uint32_t count) {
    double mean = 0;
    for (uint32_t i = 0; i < count; i++) mean += (values[i] - values[0]) / count;
    mean += values[0];
    double squares = 0;
    double products = 0;
    for (uint32_t i = 0; i < count; i++) {
        const double d = values[i] - mean;
        squares += d * d;
        if (i > 0) products += d * (values[i - 1] - mean);
    }
    return (series){squares / (count - 1), squares > 0 ? products / squares : 0};
}

/// Means of `size` neighbours each; what does not fill a group is left out at the front, where a
/// series is least settled. Returns the number of groups.
static uint32_t group(const ss_batches *batches, uint32_t size, double *groups) {
    const uint32_t count = batches->count / size;
    const double *mean = batches->means + (batches->count - count * size);
    for (uint32_t i = 0; i < count; i++) {
        double sum = 0;
        for (uint32_t j = 0; j < size; j++) sum += *mean++;
        groups[i] = sum / size;
    }
    return count;
}

/// Whether a lag-1 correlation of n values is what independent ones show: von Neumann's ratio test
/// (1941) in the form of G. Fishman, "Grouping observations in digital simulation" (1978), with
/// variance (n - 2)/(n² - 1), and the bias of -1/n taken out. At the one-sided 20 % level, for it
/// is worse to miss a dependence than to group once more than needed.
static bool looks_independent(double correlation, uint32_t count) {
    const double n = count;
    return correlation + 1 / n < 0.8416 * ss_sqrt((n - 2) / (n * n - 1));
}

static double t_quantile(uint32_t degrees, ss_t_quantiles *known) {
    if (!known) return ss_student_t_quantile(0.975, degrees);
    double *value = &known->by_degrees[degrees];
    if (!(*value > 0)) *value = ss_student_t_quantile(0.975, degrees);
    return *value;
}

/// Groups neighbours, doubling the group size, until the test passes or GROUPS_WANTED would be
/// undercut (the procedure of G. Fishman and L. Yarberry, "An implementation of the batch means
/// method", 1997, on a fixed number of batches). What correlation is left widens the interval by
/// the variance factor (1 + r)/(1 - r) of a first-order autoregressive series, as ASAP3 does
/// (Steiger, Lada, Wilson, Joines, Alexopoulos & Goldsman 2005) and Skart after it.
double ss_batches_mean(const ss_batches *batches) {
    double sum = 0;
    for (uint32_t i = 0; i < batches->count; i++) sum += batches->means[i];
    return batches->count > 0 ? sum / batches->count : SS_NAN;
}

double ss_batches_half_width(const ss_batches *batches, ss_t_quantiles *known) {
    double groups[SS_BATCHES_MAX];
    if (batches->count < GROUPS_MIN) return SS_NAN;
    uint32_t size = 1;
    uint32_t count = group(batches, size, groups);
    series found = measure(groups, count);
    while (!looks_independent(found.correlation, count) && count / 2 >= GROUPS_WANTED) {
        size *= 2;
        count = group(batches, size, groups);
        found = measure(groups, count);
    }
    const double left = ss_min(CORRELATION_MAX, ss_max(0, found.correlation + 1.0 / count));
    const double variance = found.variance * (1 + left) / (1 - left);
    return t_quantile(count - 1, known) * ss_sqrt(variance / count);
}

double ss_half_width(const double *values, uint32_t count) {
    if (count < 2) return SS_NAN;
    const double variance = measure(values, count).variance;
    return ss_student_t_quantile(0.975, count - 1) * ss_sqrt(variance / count);
}

// --- The transient -----------------------------------------------------------------------------

#define MSER_BATCHES_MIN 10u /* fewer tell nothing */
#define MSER_TAIL 5u         /* the statistic of fewer than five batches is noise */

/// Minimises the marginal standard error Σ (y - mean)² / (n - d)² over the number d of batches
/// dropped (K. P. White, "An effective truncation heuristic for bias reduction in simulation
/// output", 1997), from the end so that one pass does.
uint32_t ss_mser5(const ss_batches *batches, bool *settled) {
    *settled = false;
    if (batches->count < MSER_BATCHES_MIN) return 0;
    const double origin = batches->means[batches->count - 1];
    double sum = 0;
    double squares = 0;
    double best = SS_INFINITY;
    uint32_t drop = 0;
    for (uint32_t d = batches->count; d-- > 0;) {
        const double y = batches->means[d] - origin;
        const double n = batches->count - d;
        sum += y;
        squares += y * y;
        if (n < MSER_TAIL) continue;
        const double error = ss_max(0, squares - sum * sum / n) / (n * n);
        if (error <= best) { // of equals the one that drops least
            best = error;
            drop = d;
        }
    }
    *settled = drop <= batches->count / 2;
    return drop;
}
