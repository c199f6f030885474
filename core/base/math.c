/// Logarithm, exponential, power and rounding.
///
/// log: x = 2^k · m with m in [√½, √2], then atanh's series in s = (m - 1)/(m + 1), arranged as in
/// W. Cody and W. Waite, "Software Manual for the Elementary Functions" (1980), and P. Tang,
/// "Table-driven implementation of the logarithm function" (1990), without the table.
/// exp: x = k ln 2 + r, then a polynomial. pow carries the logarithm in two doubles with
/// T. Dekker's exact sums and products (1971).
#include "base/math.h"

#include <stddef.h>
#include <string.h>

#include "base/tables/polynomials.h"

#define LN2_HIGH 0x1.62e42fefa38p-1      /* 42 bits: its product with an exponent is exact */
#define LN2_LOW 0x1.ef35793c7673p-45     /* the next 53 bits of ln 2 */
#define LOG2_E 0x1.71547652b82fep0
#define ROUNDING_SHIFT 0x1.8p52          /* adding it leaves no room for a fraction */
#define SQRT_HALF_HIGH_WORD 0x3fe6a09eu  /* of the double √½ */

static uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double of_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/// Horner's rule for the even and the odd powers apart: two short chains of operations run side by
/// side where one would wait for itself.
static inline double polynomial(const double *coefficients, size_t count, double x) {
    const double square = x * x;
    double even = 0;
    double odd = 0;
    for (size_t i = count; i-- > 0;) {
        if (i % 2 == 0) {
            even = even * square + coefficients[i];
        } else {
            odd = odd * square + coefficients[i];
        }
    }
    return even + x * odd;
}
#define POLYNOMIAL(table, x) polynomial(table, sizeof(table) / sizeof(table)[0], x)

bool ss_is_finite(double x) { return x - x == 0; }

double ss_abs(double x) { return of_bits(bits_of(x) & ~(UINT64_C(1) << 63)); }

double ss_sqrt(double x) { return __builtin_sqrt(x); }

double ss_min(double a, double b) { return a < b || b != b ? a : b; }

double ss_max(double a, double b) { return a > b || b != b ? a : b; }

// --- Rounding ----------------------------------------------------------------------------------

static double copy_sign(double magnitude, double sign) {
    const uint64_t sign_bit = UINT64_C(1) << 63;
    return of_bits((bits_of(magnitude) & ~sign_bit) | (bits_of(sign) & sign_bit));
}

static bool is_whole_by_size(double x) { return !(ss_abs(x) < 0x1p52); } // NaN and infinity too

double ss_floor(double x) {
    if (is_whole_by_size(x)) return x;
    const double whole = (double)(int64_t)x;
    return copy_sign(whole > x ? whole - 1 : whole, x);
}

double ss_ceil(double x) { return -ss_floor(-x); }

double ss_round(double x) {
    if (is_whole_by_size(x)) return x;
    const double magnitude = ss_abs(x);
    const double whole = (double)(int64_t)magnitude;
    return copy_sign(magnitude - whole >= 0.5 ? whole + 1 : whole, x);
}

// --- Powers of two -----------------------------------------------------------------------------

static double power_of_two(int k) { return of_bits((uint64_t)(k + 1023) << 52); }

/// x · 2^k, rounded once, for x near 1.
static double scale(double x, int k) {
    if (k > 1023) return x * 0x1p1023 * power_of_two(k - 1023);
    if (k < -1021) return x * 0x1p-1000 * power_of_two(k + 1000);
    return x * power_of_two(k);
}

/// Splits a positive finite x into 2^k · m with m in [√½, √2).
static double split(double x, int *k) {
    int exponent = 0;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        exponent = -54;
    }
    const uint64_t bits = bits_of(x);
    const uint64_t offset = bits - ((uint64_t)SQRT_HALF_HIGH_WORD << 32);
    *k = exponent + (int)((int64_t)offset >> 52);
    return of_bits((offset & ((UINT64_C(1) << 52) - 1)) + ((uint64_t)SQRT_HALF_HIGH_WORD << 32));
}

// --- Logarithm ---------------------------------------------------------------------------------

/// k ln 2 + log(1 + f) + c for √½ ≤ 1 + f < √2 and a tiny c.
static double log_of(int k, double f, double c) {
    const double s = f / (2 + f);
    const double z = s * s;
    const double rest = 2 * z * POLYNOMIAL(ss__log_tail, z);
    const double half_square = 0.5 * f * f;
    const double low = s * (half_square + rest) + ((double)k * LN2_LOW + c);
    return (double)k * LN2_HIGH - ((half_square - low) - f);
}

double ss_log(double x) {
    if (!(x > 0)) return x == 0 ? -SS_INFINITY : SS_NAN;
    if (x == SS_INFINITY) return x;
    int k;
    const double m = split(x, &k);
    return log_of(k, m - 1, 0);
}

double ss_log1p(double x) {
    if (!(x > -1)) return x == -1 ? -SS_INFINITY : SS_NAN;
    if (ss_abs(x) < 0x1p-54 || x == SS_INFINITY) return x;
    if (x > -0.29 && x < 0.41) return log_of(0, x, 0);
    const double sum = 1 + x;
    const double lost = x > 1 ? 1 - (sum - x) : x - (sum - 1);
    int k;
    const double m = split(sum, &k);
    return log_of(k, m - 1, lost / sum);
}

// --- Exponential -------------------------------------------------------------------------------

/// e^(x + low) = 2^k · (1 + result), |x| < 800.
static double exp_reduced(double x, double low, int *k) {
    const double whole = (x * LOG2_E + ROUNDING_SHIFT) - ROUNDING_SHIFT;
    const double high = x - whole * LN2_HIGH;
    const double rest = whole * LN2_LOW - low;
    const double r = high - rest;
    *k = (int)whole;
    return high - (rest - r * r * POLYNOMIAL(ss__exp_tail, r));
}

/// e^(x + low).
static double exp_of(double x, double low) {
    if (x > 709.8) return SS_INFINITY;
    if (x < -745.2) return 0;
    int k;
    const double minus1 = exp_reduced(x, low, &k);
    return scale(1 + minus1, k);
}

double ss_exp(double x) {
    if (x != x) return x;
    return exp_of(x, 0);
}

double ss_expm1(double x) {
    if (x != x) return x;
    if (x > 709.8) return SS_INFINITY;
    if (x < -40) return -1;
    if (ss_abs(x) < 0x1p-54) return x;
    int k;
    const double minus1 = exp_reduced(x, 0, &k);
    if (k == 0) return minus1;
    if (k > 53) return scale(1 + minus1, k); // the 1 is below half a unit
    const double power = power_of_two(k);
    return (power - 1) + power * minus1; // the first sum is exact
}

// --- Power -------------------------------------------------------------------------------------

typedef struct pair {
    double high, low; ///< the value is their sum
} pair;

static pair sum_of(double a, double b) {
    const double sum = a + b;
    const double b_part = sum - a;
    return (pair){sum, (a - (sum - b_part)) + (b - b_part)};
}

static double top_half(double a) {
    const double spread = a * 134217729.0; // 2^27 + 1
    return spread - (spread - a);
}

static pair product_of(double a, double b) {
    const double product = a * b;
    const double a1 = top_half(a);
    const double b1 = top_half(b);
    const double a2 = a - a1;
    const double b2 = b - b1;
    return (pair){product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2};
}

static pair multiply(pair a, pair b) {
    const pair product = product_of(a.high, b.high);
    return sum_of(product.high, product.low + (a.high * b.low + a.low * b.high));
}

/// log x to about 2^-64 relative, for positive finite x.
static pair log_pair(double x) {
    int k;
    const double m = split(x, &k);
    const double f = m - 1;
    const pair divisor = sum_of(m, 1);
    pair s = {f / divisor.high, 0};
    const pair back = product_of(s.high, divisor.high);
    s.low = (((f - back.high) - back.low) - s.high * divisor.low) / divisor.high;
    const pair z = multiply(s, s);
    const pair third = {0x1.5555555555555p-2, 0x1.5555555555555p-56};
    const double far = z.high * z.high * (0.2 + z.high * POLYNOMIAL(ss__log_far_tail, z.high));
    const pair near = multiply(z, third);
    pair factor = sum_of(near.high, far);
    factor.low += near.low;
    const pair tail = multiply(s, factor); // (atanh(s) - s)
    const pair head = sum_of((double)k * LN2_HIGH, 2 * s.high);
    const pair middle = sum_of(head.high, 2 * tail.high);
    const double low = middle.low + head.low +
                       (2 * (s.low + tail.low) + (double)k * LN2_LOW);
    return sum_of(middle.high, low);
}

static bool is_whole(double y) { return is_whole_by_size(y) || (double)(int64_t)y == y; }

static bool is_odd(double y) {
    const double magnitude = ss_abs(y);
    return magnitude < 0x1p53 && ((int64_t)magnitude & 1) != 0;
}

/// x^y where x or y is zero, infinite or NaN, or x is 1 (C17 F.10.4.4).
static double pow_special(double x, double y) {
    if (y == 0 || x == 1) return 1;
    if (x != x || y != y) return SS_NAN;
    const double magnitude = ss_abs(x);
    if (!ss_is_finite(y)) {
        if (magnitude == 1) return 1;
        return (magnitude > 1) == (y > 0) ? SS_INFINITY : 0;
    }
    const double result = (magnitude == 0) == (y > 0) ? 0 : SS_INFINITY;
    return bits_of(x) >> 63 && is_whole(y) && is_odd(y) ? -result : result;
}

double ss_pow(double x, double y) {
    if (!ss_is_finite(x) || !ss_is_finite(y) || x == 0 || y == 0 || x == 1) {
        return pow_special(x, y);
    }
    if (x < 0 && !is_whole(y)) return SS_NAN;
    const double sign = x < 0 && is_odd(y) ? -1 : 1;
    const double magnitude = ss_abs(x);
    if (magnitude == 1) return sign;
    if (ss_abs(y) > 0x1p66) { // |log x| ≥ 2^-53, so far over- or underflow
        return sign * ((magnitude > 1) == (y > 0) ? SS_INFINITY : 0);
    }
    const pair logarithm = log_pair(magnitude);
    const pair exponent = product_of(y, logarithm.high);
    if (ss_abs(exponent.high) > 800) return sign * (exponent.high > 0 ? SS_INFINITY : 0);
    return sign * exp_of(exponent.high, exponent.low + y * logarithm.low);
}
