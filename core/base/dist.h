/// Probability distributions of FORMAT §1: parsed once, sampled millions of times.
#ifndef SS_BASE_DIST_H
#define SS_BASE_DIST_H

#include "base/random.h"
#include "scalesim/base.h"

/// What a quantity measures; picks the units a string may carry.
typedef enum ss_unit {
    SS_UNIT_NONE,    ///< a bare number ("%" allowed: 5% = 0.05)
    SS_UNIT_SECONDS, ///< ns us ms s m h d
    SS_UNIT_BYTES,   ///< B KB MB GB TB KiB MiB GiB TiB
    SS_UNIT_RATE,    ///< per second: /s /m /h
    SS_UNIT_USD,     ///< $
    SS_UNIT_BYTE_RATE, ///< bytes per second: "100MB/s", "1Gbit/s" written as "125MB/s"
} ss_unit;

/// Parses a quantity string ("250ms", "800/s", "5%", "1.5") into its base unit. On failure returns
/// SS_ERROR_INPUT and writes one sentence that says what to write instead into `problem`.
ss_status ss_quantity_parse(const char *text, ss_unit unit, double *out, ss_text *problem);

typedef enum ss_dist_kind {
    SS_DIST_CONSTANT,    ///< a = value
    SS_DIST_EXPONENTIAL, ///< a = mean
    SS_DIST_UNIFORM,     ///< a = low, b = high
    SS_DIST_NORMAL,      ///< a = mean, b = sd; truncated at 0 by rejection
    SS_DIST_LOGNORMAL,   ///< a = mu, b = sigma of the logarithm
    SS_DIST_GAMMA,       ///< a = shape, b = scale
    SS_DIST_ERLANG,      ///< a = k (whole), b = mean of one phase
    SS_DIST_WEIBULL,     ///< a = 1/shape, b = scale
    SS_DIST_PARETO,      ///< a = min, b = 1/alpha
    SS_DIST_HYPEREXP,    ///< table of (cumulative p, mean)
    SS_DIST_COXIAN,      ///< table of (rate, phi)
    SS_DIST_EMPIRICAL,   ///< table of (cumulative weight, value)
    SS_DIST_MIX,         ///< table of (cumulative p), parts[]
} ss_dist_kind;

/// A distribution, immutable after parsing; lives in an arena.
typedef struct ss_dist {
    ss_dist_kind kind;
    uint32_t count;               ///< entries of table or parts
    double a, b;
    const double *table;          ///< pairs, see the kinds
    const struct ss_dist *const *parts;
    double mean;                  ///< in the base unit; may be infinite (pareto alpha ≤ 1)
    double scv;                   ///< squared coefficient of variation; may be infinite
} ss_dist;

/// Parses a distribution ("exp(4ms)", "lognormal(mean=6ms, cv=0.6)", "250ms", …). Nesting in mix()
/// is limited to SS_DIST_DEPTH_MAX. Negative or non-finite parameters are errors. On failure writes
/// one sentence into `problem` (with a "did you mean" for near names).
ss_status ss_dist_parse(const char *text, ss_unit unit, ss_arena *arena, const ss_dist **out,
                        ss_text *problem);
#define SS_DIST_DEPTH_MAX 8u
#define SS_DIST_TABLE_MAX 4096u
#define SS_DIST_PHASES_MAX 32u    /* of a coxian: its distribution function costs their cube */
#define SS_DIST_VALUE_MAX 1e18    /* seconds, bytes, …: third moments stay finite */
#define SS_DIST_VALUE_MIN 1e-18   /* other than 0: ratios of moments stay finite */

/// Makes a constant, for a bare number in a document.
const ss_dist *ss_dist_constant(ss_arena *arena, double value); ///< NULL when memory is refused

/// Draws one value, ≥ 0, in the base unit.
double ss_dist_sample_any(const ss_dist *dist, ss_random *random);

/// Draws one value; constants and exponentials, the common case, are inline.
static inline double ss_dist_sample(const ss_dist *dist, ss_random *random) {
    if (dist->kind == SS_DIST_EXPONENTIAL) return dist->a * ss_random_exponential(random);
    if (dist->kind == SS_DIST_CONSTANT) return dist->a;
    return ss_dist_sample_any(dist, random);
}

/// The k-th raw moment E[X^k], k = 1…3; infinite or NaN-free: SS_INFINITY where it diverges.
double ss_dist_moment(const ss_dist *dist, unsigned k);
double ss_dist_cdf(const ss_dist *dist, double x);
double ss_dist_density(const ss_dist *dist, double x); ///< 0 for constants and empirical atoms
/// Writes the distribution back in the format's grammar, base units ("exp(0.004)").
void ss_dist_write(const ss_dist *dist, ss_text *out);

#endif
