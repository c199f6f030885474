/// Distributions at work: sampling, moments, writing.
#include "base/dist.h"

#include <assert.h>

#include "base/math.h"
#include "base/text.h"

#define ERLANG_SUM_MAX 6u /* up to here a sum of exponentials is quicker than a gamma */

// --- Sampling ----------------------------------------------------------------------------------

/// The entry that a uniform number falls on; `columns` numbers apart, cumulative, the last is 1.
static uint32_t pick(const ss_dist *dist, uint32_t columns, double u) {
    uint32_t low = 0;
    uint32_t high = dist->count - 1;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (dist->table[middle * columns] > u) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static double sample_erlang(const ss_dist *dist, ss_random *random) {
    if (dist->a > ERLANG_SUM_MAX) return dist->a * dist->b * ss_random_gamma(random, dist->a);
    double sum = 0;
    for (double k = 0; k < dist->a; k += 1) sum += ss_random_exponential(random);
    return dist->b * sum;
}

static double sample_coxian(const ss_dist *dist, ss_random *random) {
    double time = 0;
    for (uint32_t i = 0; i < dist->count; i++) {
        time += ss_random_exponential(random) / dist->table[2 * i];
        const double onward = dist->table[2 * i + 1];
        if (onward < 1 && ss_random_unit(random) >= onward) break;
    }
    return time;
}

double ss_dist_sample_any(const ss_dist *dist, ss_random *random) {
    switch (dist->kind) {
    case SS_DIST_CONSTANT: return dist->a;
    case SS_DIST_EXPONENTIAL: return dist->a * ss_random_exponential(random);
    case SS_DIST_UNIFORM: return dist->a + (dist->b - dist->a) * ss_random_unit(random);
    case SS_DIST_NORMAL: {
        double x;
        do { // the mean is not negative, so at least every other draw is taken
            x = dist->a + dist->b * ss_random_normal(random);
        } while (x < 0);
        return x;
    }
    case SS_DIST_LOGNORMAL: return ss_exp(dist->a + dist->b * ss_random_normal(random));
    case SS_DIST_GAMMA: return dist->mean * ss_random_gamma(random, dist->a);
    case SS_DIST_ERLANG: return sample_erlang(dist, random);
    case SS_DIST_WEIBULL: return dist->b * ss_pow(ss_random_exponential(random), dist->a);
    case SS_DIST_PARETO: return dist->a * ss_exp(dist->b * ss_random_exponential(random));
    case SS_DIST_HYPEREXP: {
        const uint32_t i = pick(dist, 2, ss_random_unit(random));
        return dist->table[2 * i + 1] * ss_random_exponential(random);
    }
    case SS_DIST_COXIAN: return sample_coxian(dist, random);
    case SS_DIST_EMPIRICAL: return dist->table[2 * pick(dist, 2, ss_random_unit(random)) + 1];
    case SS_DIST_MIX:
        return ss_dist_sample(dist->parts[pick(dist, 1, ss_random_unit(random))], random);
    }
    return 0;
}

// --- Moments -----------------------------------------------------------------------------------

static double whole_power(double x, unsigned k) {
    double power = 1;
    for (; k > 0; k--) power *= x;
    return power;
}

static double factorial(unsigned k) { return k < 2 ? 1 : k == 2 ? 2 : 6; }

/// E[X^k] of a normal truncated at 0: m(k) = mean m(k-1) + (k-1) sd² m(k-2) for k ≥ 2.
static double normal_moment(const ss_dist *dist, unsigned k) {
    double before = 1;
    double moment = dist->mean;
    for (unsigned i = 2; i <= k; i++) {
        const double next = dist->a * moment + (i - 1) * dist->b * dist->b * before;
        before = moment;
        moment = next;
    }
    return moment;
}

/// From the last phase back: X = phase + B · rest.
static double coxian_moment(const ss_dist *dist, unsigned k) {
    double rest[4] = {1, 0, 0, 0};
    for (uint32_t i = dist->count; i-- > 0;) {
        const double mean = 1 / dist->table[2 * i];
        const double onward = dist->table[2 * i + 1];
        const double third = 6 * whole_power(mean, 3) +
                             onward * (6 * mean * mean * rest[1] + 3 * mean * rest[2] + rest[3]);
        const double second = 2 * mean * mean + onward * (2 * mean * rest[1] + rest[2]);
        rest[1] = mean + onward * rest[1];
        rest[2] = second;
        rest[3] = third;
    }
    return rest[k];
}

static double table_moment(const ss_dist *dist, unsigned k) {
    const uint32_t columns = dist->kind == SS_DIST_MIX ? 1 : 2;
    double before = 0;
    double moment = 0;
    for (uint32_t i = 0; i < dist->count; i++) {
        const double p = dist->table[i * columns] - before;
        before = dist->table[i * columns];
        if (!(p > 0)) continue; // keeps 0 · infinity out
        if (dist->kind == SS_DIST_MIX) {
            moment += p * ss_dist_moment(dist->parts[i], k);
        } else {
            const double power = whole_power(dist->table[2 * i + 1], k);
            moment += p * (dist->kind == SS_DIST_HYPEREXP ? factorial(k) * power : power);
        }
    }
    return moment;
}

double ss_dist_moment(const ss_dist *dist, unsigned k) {
    assert(k >= 1 && k <= 3);
    const double a = dist->a;
    const double b = dist->b;
    switch (dist->kind) {
    case SS_DIST_CONSTANT: return whole_power(a, k);
    case SS_DIST_EXPONENTIAL: return factorial(k) * whole_power(a, k);
    case SS_DIST_UNIFORM: // (b^(k+1) - a^(k+1)) / ((k+1)(b-a)), without the difference
        return k == 1   ? 0.5 * (a + b)
               : k == 2 ? (a * a + a * b + b * b) / 3
                        : (a + b) * (a * a + b * b) / 4;
    case SS_DIST_NORMAL: return normal_moment(dist, k);
    case SS_DIST_LOGNORMAL: // mean^k (1 + cv²)^(k(k-1)/2)
        return whole_power(dist->mean, k) * whole_power(1 + dist->scv, k * (k - 1) / 2);
    case SS_DIST_GAMMA: {
        const double inverse = dist->scv; // 1 / shape
        const double rising = (k > 1 ? 1 + inverse : 1) * (k > 2 ? 1 + 2 * inverse : 1);
        return whole_power(dist->mean, k) * rising;
    }
    case SS_DIST_ERLANG:
        return whole_power(b, k) * a * (k > 1 ? a + 1 : 1) * (k > 2 ? a + 2 : 1);
    case SS_DIST_WEIBULL: return whole_power(b, k) * ss_exp(ss_lgamma(1 + k * a));
    case SS_DIST_PARETO: return k * b < 1 ? whole_power(a, k) / (1 - k * b) : SS_INFINITY;
    case SS_DIST_HYPEREXP:
    case SS_DIST_EMPIRICAL:
    case SS_DIST_MIX: return table_moment(dist, k);
    case SS_DIST_COXIAN: return coxian_moment(dist, k);
    }
    return 0;
}

// --- Writing -----------------------------------------------------------------------------------

/// A double whose reciprocal is x, so that what is written reads back to the same bits.
static double reciprocal_of(double x) {
    const double y = 1 / x;
    if (1 / y == x) return y;
    const double up = y * (1 + 0x1p-52);
    return 1 / up == x ? up : y * (1 - 0x1p-53);
}

/// A probability from the difference of two cumulative ones: "0.3", not "0.30000000000000004" where
/// that is but the rounding of the difference.
static void add_probability(ss_text *out, double p) {
    const double rounded = ss_round(p * 1e12) / 1e12;
    ss_text_add_number(out, ss_abs(rounded - p) < 4e-16 ? rounded : p);
}

static void write_pair(ss_text *out, const char *name, const char *first, double a,
                       const char *second, double b) {
    ss_text_add_format(out, "%s(%s", name, first);
    ss_text_add_number(out, a);
    ss_text_add_format(out, ", %s", second);
    ss_text_add_number(out, b);
    ss_text_add_char(out, ')');
}

static void write_table(const ss_dist *dist, ss_text *out) {
    const bool is_empirical = dist->kind == SS_DIST_EMPIRICAL;
    const uint32_t columns = dist->kind == SS_DIST_MIX ? 1 : 2;
    double before = 0;
    for (uint32_t i = 0; i < dist->count; i++) {
        const double p = dist->table[i * columns] - before;
        before = dist->table[i * columns];
        if (i > 0) ss_text_add(out, ", ");
        if (is_empirical) {
            ss_text_add_number(out, dist->table[2 * i + 1]);
        } else {
            add_probability(out, p);
        }
        ss_text_add(out, ": ");
        if (is_empirical) {
            add_probability(out, p);
        } else if (dist->kind == SS_DIST_MIX) {
            ss_dist_write(dist->parts[i], out);
        } else {
            ss_text_add_number(out, dist->table[2 * i + 1]);
        }
    }
    ss_text_add_char(out, ')');
}

static void write_coxian(const ss_dist *dist, ss_text *out) {
    ss_text_add(out, "coxian(");
    for (uint32_t i = 0; i < dist->count; i++) {
        if (i > 0) ss_text_add(out, ", ");
        ss_text_add_number(out, dist->table[2 * i]);
    }
    for (uint32_t i = 0; i + 1 < dist->count; i++) {
        ss_text_add(out, i == 0 ? "; " : ", ");
        ss_text_add_number(out, dist->table[2 * i + 1]);
    }
    ss_text_add_char(out, ')');
}

void ss_dist_write(const ss_dist *dist, ss_text *out) {
    const double a = dist->a;
    const double b = dist->b;
    const double cv = ss_sqrt(dist->scv); // the square root of a square is exact
    switch (dist->kind) {
    case SS_DIST_CONSTANT: ss_text_add_number(out, a); break;
    case SS_DIST_EXPONENTIAL:
        ss_text_add(out, "exp(");
        ss_text_add_number(out, a);
        ss_text_add_char(out, ')');
        break;
    case SS_DIST_UNIFORM: write_pair(out, "uniform", "", a, "", b); break;
    case SS_DIST_NORMAL: write_pair(out, "normal", "mean=", a, "sd=", b); break;
    case SS_DIST_LOGNORMAL: write_pair(out, "lognormal", "mean=", dist->mean, "cv=", cv); break;
    case SS_DIST_GAMMA: write_pair(out, "gamma", "mean=", dist->mean, "cv=", cv); break;
    case SS_DIST_ERLANG: write_pair(out, "erlang", "k=", a, "mean=", dist->mean); break;
    case SS_DIST_WEIBULL:
        write_pair(out, "weibull", "shape=", reciprocal_of(a), "scale=", b);
        break;
    case SS_DIST_PARETO: write_pair(out, "pareto", "min=", a, "alpha=", reciprocal_of(b)); break;
    case SS_DIST_COXIAN: write_coxian(dist, out); break;
    case SS_DIST_HYPEREXP:
        ss_text_add(out, "hyperexp(");
        write_table(dist, out);
        break;
    case SS_DIST_EMPIRICAL:
        ss_text_add(out, "empirical(");
        write_table(dist, out);
        break;
    case SS_DIST_MIX:
        ss_text_add(out, "mix(");
        write_table(dist, out);
        break;
    }
}
