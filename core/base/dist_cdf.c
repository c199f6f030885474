/// Distribution functions and densities.
#include "base/dist.h"
#include "base/math.h"

// --- Gamma -------------------------------------------------------------------------------------

#define GAMMA_SHAPE_SERIES_MAX 1e5 /* beyond, the series would take thousands of terms */

/// x^a e^-x / Γ(a + 1).
static double gamma_front(double a, double x) {
    return ss_exp(a * ss_log(x) - x - ss_lgamma(a + 1));
}

/// The regularised lower incomplete gamma function: its series below x = a + 1 (Abramowitz &
/// Stegun 6.5.29), the continued fraction above (6.5.31, modified Lentz), and for huge shapes the
/// cube-root normal approximation of Wilson and Hilferty (1931), there better than 1e-6.
static double gamma_cdf(double a, double x) {
    if (!(x > 0)) return 0;
    if (a > GAMMA_SHAPE_SERIES_MAX) {
        const double cube_root = ss_exp(ss_log(x / a) / 3);
        return ss_normal_cdf((cube_root - 1 + 1 / (9 * a)) * 3 * ss_sqrt(a));
    }
    if (x < a + 1) {
        double term = 1;
        double sum = 1;
        for (double n = a + 1; term > sum * 1e-17; n += 1) {
            term *= x / n;
            sum += term;
        }
        return ss_min(1, sum * gamma_front(a, x));
    }
    double b = x + 1 - a;
    double c = 1e300;
    double d = 1 / b;
    double fraction = d;
    for (int i = 1; i < 100000; i++) {
        const double numerator = -i * (i - a);
        b += 2;
        d = 1 / (numerator * d + b);
        c = b + numerator / c;
        fraction *= c * d;
        if (ss_abs(c * d - 1) < 1e-16) break;
    }
    return ss_max(0, 1 - fraction * gamma_front(a, x) * a);
}

// --- Coxian ------------------------------------------------------------------------------------

#define STATES_MAX (SS_DIST_PHASES_MAX + 1) /* the phases, and the end */
typedef struct matrix {
    double cells[STATES_MAX][STATES_MAX]; ///< upper triangular, no entry negative
} matrix;

#define JUMPS_MAX 1e40 /* by then even rates 1e36 times slower have had 1e4 jumps: all is over */

/// Where the process is after time t, from each phase. Below the diagonal nothing; on it e^(-rate
/// t) as it is, since no phase is ever entered again; above it what the caller found.
static void set_diagonal(const ss_dist *dist, double t, matrix *m) {
    for (uint32_t i = 0; i < dist->count; i++) m->cells[i][i] = ss_exp(-dist->table[2 * i] * t);
    m->cells[dist->count][dist->count] = 1;
}

static void square(matrix *m, uint32_t states, matrix *scratch) {
    for (uint32_t i = 0; i < states; i++) {
        for (uint32_t j = i + 1; j < states; j++) {
            double sum = 0;
            for (uint32_t k = i; k <= j; k++) sum += m->cells[i][k] * m->cells[k][j];
            scratch->cells[i][j] = sum;
        }
    }
    *m = *scratch;
}

/// e^(Qt) for a short time by uniformisation (Jensen 1953): `jumps` = rate_max · t ≤ 0.5 expected
/// jumps, of which 24 or more are less likely than 0.5^24 / 24!, far below an ulp.
static void uniformise(const ss_dist *dist, double rate_max, double jumps, matrix *m) {
    const uint32_t end = dist->count;
    for (uint32_t start = 0; start < end; start++) {
        double now[STATES_MAX] = {0}; // after n jumps, times the Poisson weight of n
        now[start] = ss_exp(-jumps);
        for (unsigned n = 1; n < 24; n++) {
            double next[STATES_MAX] = {0};
            for (uint32_t i = start; i <= end; i++) {
                m->cells[start][i] += now[i];
                const double leave = i == end ? 0 : dist->table[2 * i] / rate_max;
                next[i] += now[i] * (1 - leave);
                if (i == end) continue;
                const double onward = dist->table[2 * i + 1];
                next[end] += now[i] * leave * (1 - onward);
                next[i + 1] += now[i] * leave * onward;
            }
            for (uint32_t i = start; i <= end; i++) now[i] = next[i] * jumps / n;
        }
    }
}

/// Row 0 of e^(Qt): where the process is after time t. Found for t / 2^s and squared s times; with
/// the diagonal exact and nothing ever subtracted, each squaring adds a few ulp and no more,
/// however far apart the rates are.
static void coxian_states(const ss_dist *dist, double t, double row[STATES_MAX]) {
    const uint32_t states = dist->count + 1;
    double rate_max = 0;
    for (uint32_t i = 0; i < dist->count; i++) rate_max = ss_max(rate_max, dist->table[2 * i]);
    double jumps = rate_max * t;
    if (!(jumps < JUMPS_MAX)) {
        for (uint32_t i = 0; i < states; i++) row[i] = i == dist->count;
        return;
    }
    double time = t;
    unsigned squarings = 0;
    for (; jumps > 0.5; squarings++) {
        jumps *= 0.5;
        time *= 0.5;
    }
    matrix m = {0};
    matrix scratch = {0};
    uniformise(dist, rate_max, jumps, &m);
    set_diagonal(dist, time, &m);
    for (; squarings > 0; squarings--) {
        square(&m, states, &scratch);
        time *= 2;
        set_diagonal(dist, time, &m);
    }
    for (uint32_t i = 0; i < states; i++) row[i] = m.cells[0][i];
}

// --- All ---------------------------------------------------------------------------------------

static double table_sum(const ss_dist *dist, double x, double (*part)(const ss_dist *, double)) {
    double before = 0;
    double sum = 0;
    for (uint32_t i = 0; i < dist->count; i++) {
        const double p = dist->table[i] - before;
        before = dist->table[i];
        if (p > 0) sum += p * part(dist->parts[i], x);
    }
    return sum;
}

static double hyperexp_sum(const ss_dist *dist, double x, bool is_density) {
    double before = 0;
    double sum = 0;
    for (uint32_t i = 0; i < dist->count; i++) {
        const double p = dist->table[2 * i] - before;
        const double mean = dist->table[2 * i + 1];
        before = dist->table[2 * i];
        sum += p * (is_density ? ss_exp(-x / mean) / mean : -ss_expm1(-x / mean));
    }
    return sum;
}

static double empirical_cdf(const ss_dist *dist, double x) {
    double before = 0;
    double sum = 0;
    for (uint32_t i = 0; i < dist->count; i++) {
        const double p = dist->table[2 * i] - before;
        before = dist->table[2 * i];
        if (dist->table[2 * i + 1] <= x) sum += p;
    }
    return ss_min(1, sum);
}

double ss_dist_cdf(const ss_dist *dist, double x) {
    const double a = dist->a;
    const double b = dist->b;
    if (!(x >= 0)) return 0;
    if (x == SS_INFINITY) return 1;
    switch (dist->kind) {
    case SS_DIST_CONSTANT: return x >= a ? 1 : 0;
    case SS_DIST_EXPONENTIAL: return -ss_expm1(-x / a);
    case SS_DIST_UNIFORM: return ss_min(1, ss_max(0, (x - a) / (b - a)));
    case SS_DIST_NORMAL: {
        const double below = ss_normal_cdf(-a / b);
        return ss_max(0, ss_normal_cdf((x - a) / b) - below) / (1 - below);
    }
    case SS_DIST_LOGNORMAL: return x > 0 ? ss_normal_cdf((ss_log(x) - a) / b) : 0;
    case SS_DIST_GAMMA:
    case SS_DIST_ERLANG: return gamma_cdf(a, x / b);
    case SS_DIST_WEIBULL: return -ss_expm1(-ss_pow(x / b, 1 / a));
    case SS_DIST_PARETO: return x > a ? -ss_expm1(ss_log(a / x) / b) : 0;
    case SS_DIST_HYPEREXP: return hyperexp_sum(dist, x, false);
    case SS_DIST_COXIAN: {
        double row[STATES_MAX];
        coxian_states(dist, x, row);
        return ss_min(1, row[dist->count]);
    }
    case SS_DIST_EMPIRICAL: return empirical_cdf(dist, x);
    case SS_DIST_MIX: return table_sum(dist, x, ss_dist_cdf);
    }
    return 0;
}

static double coxian_density(const ss_dist *dist, double x) {
    double row[STATES_MAX];
    coxian_states(dist, x, row);
    double sum = 0;
    for (uint32_t i = 0; i < dist->count; i++) {
        sum += row[i] * dist->table[2 * i] * (1 - dist->table[2 * i + 1]);
    }
    return sum;
}

double ss_dist_density(const ss_dist *dist, double x) {
    const double inverse_sqrt_2pi = 0.39894228040143267794;
    const double a = dist->a;
    const double b = dist->b;
    if (!(x >= 0) || x == SS_INFINITY) return 0;
    switch (dist->kind) {
    case SS_DIST_CONSTANT:
    case SS_DIST_EMPIRICAL: return 0;
    case SS_DIST_EXPONENTIAL: return ss_exp(-x / a) / a;
    case SS_DIST_UNIFORM: return x >= a && x <= b ? 1 / (b - a) : 0;
    case SS_DIST_NORMAL: {
        const double z = (x - a) / b;
        return inverse_sqrt_2pi * ss_exp(-0.5 * z * z) / (b * ss_normal_cdf(a / b));
    }
    case SS_DIST_LOGNORMAL: {
        if (x == 0) return 0;
        const double z = (ss_log(x) - a) / b;
        return inverse_sqrt_2pi * ss_exp(-0.5 * z * z) / (b * x);
    }
    case SS_DIST_GAMMA:
    case SS_DIST_ERLANG:
        if (x == 0) return a > 1 ? 0 : a == 1 ? 1 / b : SS_INFINITY;
        return gamma_front(a, x / b) * a / x;
    case SS_DIST_WEIBULL: {
        if (x == 0) return a < 1 ? 0 : a == 1 ? 1 / b : SS_INFINITY;
        const double power = ss_pow(x / b, 1 / a);
        return power * ss_exp(-power) / (a * x);
    }
    case SS_DIST_PARETO: return x >= a ? ss_exp(ss_log(a / x) / b) / (b * x) : 0;
    case SS_DIST_HYPEREXP: return hyperexp_sum(dist, x, true);
    case SS_DIST_COXIAN: return coxian_density(dist, x);
    case SS_DIST_MIX: return table_sum(dist, x, ss_dist_density);
    }
    return 0;
}
