/// Durations by their mean and variance, and by their whole distribution where that is known.
#include "solve/internal.h"

#define TINY 1e-300
/// A gamma law of so large a shape is a normal one for all that can be seen.
#define SHAPE_MAX 1e5

ss__law ss__law_fitted(double mean, double variance) {
    return (ss__law){.kind = SS__LAW_FITTED, .mean = mean, .variance = variance};
}

ss__law ss__law_constant(double value) {
    return ss__law_fitted(value, 0.0);
}

ss__law ss__law_of_dist(const ss_dist *dist, double scale) {
    const double mean = dist->mean * scale;
    const double variance = mean > 0.0 ? dist->scv * mean * mean : 0.0;
    return (ss__law){.kind = SS__LAW_SERVICE, .mean = mean, .variance = variance, .dist = dist,
                     .a = scale};
}

static bool is_nothing(const ss__law *law) {
    return !(law->mean > 0.0) && !(law->variance > 0.0);
}

ss__law ss__law_sum(ss__law first, ss__law second) {
    if (is_nothing(&first)) return second;
    if (is_nothing(&second)) return first;
    return ss__law_fitted(first.mean + second.mean, first.variance + second.variance);
}

ss__law ss__law_delayed(ss__law wait, ss__law hold, double waiting) {
    const ss__law sum = ss__law_sum(wait, hold);
    const bool is_known = ss_is_finite(sum.mean) && ss_is_finite(sum.variance);
    if (!is_known || is_nothing(&wait) || is_nothing(&hold) || !(waiting < 1.0)) return sum;
    const double second = wait.variance + wait.mean * wait.mean;
    const double likely = ss_max(waiting, wait.mean * wait.mean / second); // E[W|W>0]² ≤ E[W²|W>0]
    const double mean = wait.mean / likely;
    return (ss__law){.kind = SS__LAW_DELAYED, .mean = sum.mean, .variance = sum.variance,
                     .dist = hold.kind == SS__LAW_SERVICE ? hold.dist : NULL,
                     .a = mean, .b = ss_max(0.0, second / likely - mean * mean), .c = likely};
}

ss__law ss__law_mixture(const ss__mixed_law *laws, uint32_t count) {
    double weight = 0.0;
    for (uint32_t i = 0; i < count; i++) weight += laws[i].weight;
    if (!(weight > 0.0)) return ss__law_constant(0.0);
    double mean = 0.0;
    double second = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        const double share = laws[i].weight / weight;
        if (!(share > 0.0)) continue;
        if (share > 1.0 - 1e-12) return laws[i].law;
        mean += share * laws[i].law.mean;
        second += share * (laws[i].law.variance + laws[i].law.mean * laws[i].law.mean);
    }
    return ss__law_fitted(mean, ss_max(0.0, second - mean * mean));
}

// --- Distribution functions ----------------------------------------------------------------------

/// M/M/c: μe^{-δt} and δe^{-μt} weighed against each other (Kleinrock 1975, sec. 3.5; with c = 1 it
/// is the exponential at rate μ-λ of eq. 5.118).
static double sojourn_survival(const ss__law *law, double x) {
    const double service = law->a;
    const double decay = law->b;
    const double waiting = law->c;
    const double served = ss_exp(-service * x);
    if (ss_abs(decay - service) < 1e-9 * service) return served * (1.0 + waiting * service * x);
    const double both = (decay * served - service * ss_exp(-decay * x)) / (decay - service);
    return (1.0 - waiting) * served + waiting * both;
}

static double fitted_cdf(double mean, double variance, double x) {
    if (!(variance > 1e-18 * mean * mean)) return x >= mean ? 1.0 : 0.0;
    const double shape = mean * mean / variance;
    if (shape > SHAPE_MAX) return ss_normal_cdf((x - mean) / ss_sqrt(variance));
    const ss_dist gamma = {.kind = SS_DIST_GAMMA, .a = shape, .b = variance / mean};
    return ss_dist_cdf(&gamma, x);
}

/// The hold's own law when there was no wait; wait and hold fitted together when there was.
static double delayed_cdf(const ss__law *law, double x) {
    const double hold = law->mean - law->c * law->a;
    const double wait_variance = law->c * (law->b + (1.0 - law->c) * law->a * law->a);
    const double variance = ss_max(0.0, law->variance - wait_variance);
    const double at_once = law->dist ? ss_dist_cdf(law->dist, x * law->dist->mean / hold)
                                     : fitted_cdf(hold, variance, x);
    return (1.0 - law->c) * at_once + law->c * fitted_cdf(hold + law->a, variance + law->b, x);
}

double ss__law_cdf(const ss__law *law, double x) {
    if (!(x > 0.0)) return is_nothing(law) && x >= 0.0 ? 1.0 : 0.0;
    switch (law->kind) {
    case SS__LAW_SERVICE: return ss_dist_cdf(law->dist, x / law->a);
    case SS__LAW_SOJOURN: return 1.0 - sojourn_survival(law, x);
    case SS__LAW_DELAYED: return delayed_cdf(law, x);
    case SS__LAW_FITTED: break;
    }
    return fitted_cdf(law->mean, law->variance, x);
}

bool ss__law_is_exact(const ss__law *law) {
    if (law->kind == SS__LAW_SERVICE || law->kind == SS__LAW_SOJOURN) return true;
    return law->kind == SS__LAW_FITTED && is_nothing(law) && ss_is_finite(law->variance);
}

// --- Quantiles -----------------------------------------------------------------------------------

static double survival_of(const ss__mixed_law *laws, uint32_t count, double weight, double x) {
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        if (laws[i].weight > 0.0) sum += laws[i].weight * (1.0 - ss__law_cdf(&laws[i].law, x));
    }
    return sum / weight;
}

/// A gamma quantile to a per cent or two (Wilson & Hilferty 1931): where to begin.
static double rough_quantile(double mean, double variance, double normal) {
    const double shape = mean * mean / ss_max(variance, 1e-12 * mean * mean);
    const double root = 1.0 - 1.0 / (9.0 * shape) + normal / (3.0 * ss_sqrt(shape));
    const double rough = mean * root * root * root;
    return rough > 0.05 * mean ? rough : 0.05 * mean;
}

/// In the logarithm of the survival function, which is nearly straight in the tail, so that the
/// method of false position (Illinois) needs few steps.
double ss__law_quantile(const ss__mixed_law *laws, uint32_t count, double p) {
    double weight = 0.0;
    double mean = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        if (!(laws[i].weight > 0.0)) continue;
        if (!ss_is_finite(laws[i].law.mean)) return SS_NAN;
        const bool is_fitted = laws[i].law.kind == SS__LAW_FITTED;
        if (is_fitted && !ss_is_finite(laws[i].law.variance)) return SS_NAN;
        weight += laws[i].weight;
        mean += laws[i].weight * laws[i].law.mean;
    }
    if (!(weight > 0.0)) return SS_NAN;
    if (!(mean > 0.0)) return 0.0;
    const double target = ss_log(1.0 - p);
    double low = 0.0;
    double at_low = ss_log(ss_max(TINY, survival_of(laws, count, weight, 0.0))) - target;
    if (at_low <= 0.0) return 0.0;
    const ss__law all = ss__law_mixture(laws, count);
    const bool is_known = ss_is_finite(all.variance);
    const double normal = ss_normal_quantile(p);
    const double variance = is_known ? all.variance : all.mean * all.mean;
    double high = 1.03 * rough_quantile(all.mean, variance, normal);
    double at_high = ss_log(ss_max(TINY, survival_of(laws, count, weight, high))) - target;
    for (uint32_t i = 0; i < 200u && at_high > 0.0; i++) {
        low = high;
        at_low = at_high;
        high *= i == 0u ? 1.2 : 2.0;
        at_high = ss_log(ss_max(TINY, survival_of(laws, count, weight, high))) - target;
    }
    const bool is_exact = count == 1u && ss__law_is_exact(&laws[0].law);
    const double precise = is_exact ? 1e-9 : 1e-5; // a fit is not worth more digits
    int last = 0;
    for (uint32_t i = 0; i < 60u && high - low > precise * high; i++) {
        double middle = low + (high - low) * at_low / (at_low - at_high);
        const double edge = 0.3 * precise * high; // a step beside the root closes the interval
        if (middle < low + edge) middle = low + edge;
        if (middle > high - edge) middle = high - edge;
        if (i % 8u == 7u) middle = 0.5 * (low + high); // a jump must not hold one end for ever
        const double value =
            ss_log(ss_max(TINY, survival_of(laws, count, weight, middle))) - target;
        if (value > 0.0) {
            low = middle;
            at_low = value;
            if (last < 0) at_high *= 0.5;
            last = -1;
        } else {
            high = middle;
            at_high = value;
            if (last > 0) at_low *= 0.5;
            last = 1;
        }
    }
    return 0.5 * (low + high);
}

// --- Maximum -------------------------------------------------------------------------------------

#define POINTS 16u
/// Gauss-Legendre abscissas and weights on [-1, 1], positive half (Abramowitz & Stegun 1964,
/// 25.4.30).
static const double legendre_x[POINTS / 2u] = {
    0.0950125098376374, 0.2816035507792589, 0.4580167776572274, 0.6178762444026438,
    0.7554044083550030, 0.8656312023878318, 0.9445750230732326, 0.9894009349916499};
static const double legendre_w[POINTS / 2u] = {
    0.1894506104550685, 0.1826034150449236, 0.1691565193950025, 0.1495959888165767,
    0.1246289712555339, 0.0951585116824928, 0.0622535239386479, 0.0271524594117541};

/// Adds ∫ 1 - ΠF and ∫ 2t (1 - ΠF) over an interval.
static void integrate(const ss__law *laws, uint32_t count, double from, double to, double *mean,
                      double *second) {
    const double half = 0.5 * (to - from);
    const double middle = 0.5 * (to + from);
    for (uint32_t i = 0; i < POINTS; i++) {
        const double side = i % 2u == 0u ? 1.0 : -1.0;
        const double t = middle + side * half * legendre_x[i / 2u];
        double all = 1.0;
        for (uint32_t j = 0; j < count; j++) all *= ss__law_cdf(&laws[j], t);
        *mean += half * legendre_w[i / 2u] * (1.0 - all);
        *second += half * legendre_w[i / 2u] * 2.0 * t * (1.0 - all);
    }
}

static bool is_exponential(const ss__law *law) {
    if (law->kind == SS__LAW_SERVICE) return law->dist->kind == SS_DIST_EXPONENTIAL;
    const double square = law->mean * law->mean;
    return ss_abs(law->variance - square) < 1e-9 * square;
}

/// E[max²] = Σ ± 2/rate² over the subsets, as for the mean.
static ss__law exponential_max(const ss__law *laws, uint32_t count) {
    double mean = 0.0;
    double second = 0.0;
    for (uint32_t set = 1; set < 1u << count; set++) {
        double rate = 0.0;
        uint32_t size = 0;
        for (uint32_t i = 0; i < count; i++) {
            if (!(set & 1u << i)) continue;
            rate += 1.0 / laws[i].mean;
            size++;
        }
        const double sign = size & 1u ? 1.0 : -1.0;
        mean += sign / rate;
        second += sign * 2.0 / (rate * rate);
    }
    return ss__law_fitted(mean, second - mean * mean);
}

ss__law ss__law_max(const ss__law *laws, uint32_t count) {
    if (count == 1u) return laws[0];
    bool are_exponential = count <= 8u;
    double largest = 0.0;
    double spread = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        if (!ss_is_finite(laws[i].mean)) return ss__law_fitted(SS_INFINITY, SS_NAN);
        if (!ss_is_finite(laws[i].variance)) return ss__law_fitted(SS_NAN, SS_NAN);
        are_exponential = are_exponential && is_exponential(&laws[i]) && laws[i].mean > 0.0;
        largest = ss_max(largest, laws[i].mean);
        spread = ss_max(spread, ss_sqrt(laws[i].variance));
    }
    if (are_exponential) return exponential_max(laws, count);
    double mean = 0.0;
    double second = 0.0;
    double from = 0.0;
    for (uint32_t i = 0; i <= count; i++) { // pieces end at the means, where constants jump
        double to = SS_INFINITY;
        for (uint32_t j = 0; j < count; j++) {
            if (laws[j].mean > from) to = ss_min(to, laws[j].mean);
        }
        if (!ss_is_finite(to)) break;
        integrate(laws, count, from, to, &mean, &second);
        from = to;
    }
    if (spread > 0.0) {
        integrate(laws, count, largest, largest + 3.0 * spread, &mean, &second);
        integrate(laws, count, largest + 3.0 * spread, largest + 15.0 * spread, &mean, &second);
    }
    return ss__law_fitted(mean, ss_max(0.0, second - mean * mean));
}
