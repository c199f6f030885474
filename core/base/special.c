/// Functions of probability: log gamma, erf, and the normal and Student quantiles.
#include "base/math.h"
#include "base/tables/polynomials.h"

#include <stddef.h>
#include <string.h>

#define LOG_SQRT_2PI 0.91893853320467274178
#define INVERSE_SQRT_2PI 0.39894228040143267794
#define SQRT_HALF 0.70710678118654752440

static inline double polynomial(const double *coefficients, size_t count, double x) {
    double sum = coefficients[count - 1];
    for (size_t i = count - 1; i-- > 0;) sum = sum * x + coefficients[i];
    return sum;
}
#define POLYNOMIAL(table, x) polynomial(table, sizeof(table) / sizeof(table)[0], x)

/// Stirling's series (Abramowitz & Stegun 6.1.40) from 10 on, shifted there by Γ(x+1) = x Γ(x).
double ss_lgamma(double x) {
    static const double series[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                    1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
    if (!(x > 0)) return x == 0 ? SS_INFINITY : SS_NAN;
    if (!ss_is_finite(x)) return x;
    if (x == 1 || x == 2) return 0;
    double product = 1;
    double y = x;
    for (; y < 10; y += 1) product *= y;
    const double inverse = 1 / y;
    const double tail = inverse * POLYNOMIAL(series, inverse * inverse);
    const double sum = (y - 0.5) * (ss_log(y) - 1) - 0.5 + LOG_SQRT_2PI + tail;
    return product == 1 ? sum : sum - ss_log(product);
}

/// e^(-factor x²) to the last bits: the square of x's upper half is exact, the rest is small.
static double exp_of_minus_square(double x, double factor) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits &= ~UINT64_C(0xFFFFFFFF);
    double upper;
    memcpy(&upper, &bits, sizeof upper);
    return ss_exp(-factor * upper * upper) * ss_exp(-factor * (x - upper) * (x + upper));
}

/// e^(x²) erfc(x) for 0.46 ≤ x < 28 (the form of M. Shepherd and J. Laframboise 1981: a polynomial
/// in (x - c)/(x + c), over 1 + 2x; the coefficients are our own).
static double scaled_erfc(double x) {
    const double t = (x - 3) / (x + 3);
    const double factor = x < 3 ? POLYNOMIAL(ss__erfc_near, t) : POLYNOMIAL(ss__erfc_far, t);
    return factor / (1 + 2 * x);
}

static double erf_small(double x) { return x + x * POLYNOMIAL(ss__erf_near, x * x); }

double ss_erf(double x) {
    if (x != x) return x;
    const double magnitude = ss_abs(x);
    if (magnitude < 0.84) return erf_small(x);
    double result = 1;
    if (magnitude < 6) result -= exp_of_minus_square(magnitude, 1) * scaled_erfc(magnitude);
    return x < 0 ? -result : result;
}

double ss_normal_cdf(double z) {
    if (z != z) return z;
    const double x = ss_abs(z) * SQRT_HALF;
    double tail = 0;
    if (x < 0.46) {
        tail = 0.5 - 0.5 * erf_small(x);
    } else if (x < 27.5) {
        tail = 0.5 * exp_of_minus_square(ss_abs(z), 0.5) * scaled_erfc(x);
    }
    return z < 0 ? tail : 1 - tail;
}

/// Starts from the rational approximation of Abramowitz & Stegun 26.2.23 (error 4.5e-4) and takes
/// two steps of Halley's method, each of which triples the count of right digits.
double ss_normal_quantile(double p) {
    if (!(p > 0 && p < 1)) return p == 0 ? -SS_INFINITY : p == 1 ? SS_INFINITY : SS_NAN;
    const double tail = p < 0.5 ? p : 1 - p;
    const double t = ss_sqrt(-2 * ss_log(tail));
    double z = (2.515517 + t * (0.802853 + t * 0.010328)) /
                   (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) -
               t;
    for (int step = 0; step < 2; step++) {
        const double density = INVERSE_SQRT_2PI * ss_exp(-0.5 * z * z);
        if (density == 0) break;
        // Near the middle the difference from one half keeps the digits that the sum would lose.
        const double excess = tail > 0.35 ? 0.5 * erf_small(z * SQRT_HALF) - (tail - 0.5)
                                          : ss_normal_cdf(z) - tail;
        const double error = excess / density;
        z -= error / (1 + 0.5 * z * error);
    }
    return p < 0.5 ? z : -z;
}

// --- Student's t -------------------------------------------------------------------------------

/// The continued fraction of the incomplete beta function (Abramowitz & Stegun 26.5.8) by the
/// modified Lentz method; converges fast for x < (a + 1)/(a + b + 2).
static double beta_fraction(double a, double b, double x) {
    const double tiny = 1e-300;
    double c = 1;
    double d = 1 - (a + b) * x / (a + 1);
    d = 1 / (ss_abs(d) < tiny ? tiny : d);
    double fraction = d;
    for (int m = 1; m < 500; m++) {
        for (int half = 0; half < 2; half++) {
            const double step = half == 0
                                    ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                                    : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 + step * d;
            d = 1 / (ss_abs(d) < tiny ? tiny : d);
            c = 1 + step / c;
            if (ss_abs(c) < tiny) c = tiny;
            fraction *= c * d;
        }
        if (ss_abs(c * d - 1) < 1e-16) break;
    }
    return fraction;
}

static double incomplete_beta(double a, double b, double x) {
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    const double front = ss_exp(ss_lgamma(a + b) - ss_lgamma(a) - ss_lgamma(b) + a * ss_log(x) +
                                b * ss_log1p(-x));
    if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/// P(T > t) for t ≥ 0.
static double student_tail(double t, double degrees) {
    return 0.5 * incomplete_beta(0.5 * degrees, 0.5, degrees / (degrees + t * t));
}

/// Bisection between bounds that are doubled until they hold the answer: some 60 steps, asked for
/// once an interval, never in a run's inner loop.
double ss_student_t_quantile(double p, double degrees) {
    if (!(p > 0 && p < 1) || !(degrees > 0)) return SS_NAN;
    if (p < 0.5) return -ss_student_t_quantile(1 - p, degrees);
    if (degrees > 1e7) return ss_normal_quantile(p);
    double low = 0;
    double high = 1;
    while (student_tail(high, degrees) > 1 - p && high < 1e300) {
        low = high;
        high *= 2;
    }
    for (int step = 0; step < 100; step++) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) break;
        if (student_tail(middle, degrees) > 1 - p) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return 0.5 * (low + high);
}
