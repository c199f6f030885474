// Elementary and special functions against the C library's long double ones (64-bit mantissa on
// x86; elsewhere the same double precision, so the bound then allows for the library's own error).
#include "base/math.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "unit.h"

/// Distance in units of the last place of the right answer.
static double ulps(double actual, long double wanted) {
    if (isnan(actual)) return isnan(wanted) ? 0 : INFINITY;
    if (actual == (double)wanted) return 0;
    int exponent;
    frexp((double)wanted, &exponent);
    if (exponent < -1021) exponent = -1021;
    return (double)fabsl(((long double)actual - wanted) / ldexpl(1.0L, exponent - 53));
}

static const double slack = LDBL_MANT_DIG > 53 ? 0 : 1;

typedef double (*argument_maker)(ss_random *random);

static void check_function(const char *name, double (*actual)(double),
                           long double (*wanted)(long double), argument_maker argument,
                           double ulps_max) {
    ss_random random = ss_random_create(11, 0, SS_PURPOSE_TEST);
    double worst = 0;
    double worst_at = 0;
    for (int i = 0; i < 200000; i++) {
        const double x = argument(&random);
        const double error = ulps(actual(x), wanted(x));
        if (error > worst) {
            worst = error;
            worst_at = x;
        }
    }
    if (!SS_CHECK(worst <= ulps_max + slack)) printf("  %s: %g ulp at %a\n", name, worst, worst_at);
}

static double around_one(ss_random *r) { return 0.5 + 1.5 * ss_random_unit(r); }
static double positive(ss_random *r) { return exp(1480 * ss_random_unit(r) - 744); }
static double above_minus_one(ss_random *r) { return 3 * ss_random_unit(r) - 0.9999; }
static double tiny(ss_random *r) {
    return (ss_random_unit(r) < 0.5 ? -1 : 1) * exp(-80 * ss_random_unit(r));
}
static double exponent(ss_random *r) { return 1454 * ss_random_unit(r) - 745; }
static double unit_around_zero(ss_random *r) { return 2 * ss_random_unit(r) - 1; }
static double exponent_above_minus_37(ss_random *r) { return 746 * ss_random_unit(r) - 37; }
static double six(ss_random *r) { return 13 * ss_random_unit(r) - 6.5; }
static double thirtyseven(ss_random *r) { return 45 * ss_random_unit(r) - 37; }

static long double normal_cdf(long double z) { return 0.5L * erfcl(-z * sqrtl(0.5L)); }

SS_TEST(math_functions_are_within_2_ulp) {
    check_function("log", ss_log, logl, around_one, 2);
    check_function("log", ss_log, logl, positive, 2);
    check_function("log1p", ss_log1p, log1pl, above_minus_one, 2);
    check_function("log1p", ss_log1p, log1pl, tiny, 2);
    check_function("exp", ss_exp, expl, exponent, 2);
    check_function("exp", ss_exp, expl, unit_around_zero, 2);
    check_function("expm1", ss_expm1, expm1l, exponent_above_minus_37, 2);
    check_function("expm1", ss_expm1, expm1l, unit_around_zero, 2);
    check_function("expm1", ss_expm1, expm1l, tiny, 2);
    check_function("erf", ss_erf, erfl, six, 2);
    check_function("erf", ss_erf, erfl, tiny, 2);
    check_function("normal_cdf", ss_normal_cdf, normal_cdf, thirtyseven, 8);
}

SS_TEST(math_power_is_within_2_ulp) {
    ss_random random = ss_random_create(12, 0, SS_PURPOSE_TEST);
    double worst = 0;
    for (int i = 0; i < 300000; i++) {
        double x = exp(200 * ss_random_unit(&random) - 100);
        double y = 14 * ss_random_unit(&random) - 7;
        if (i % 3 == 0) {
            x = 1 + 1e-3 * (ss_random_unit(&random) - 0.5);
            y = 1e6 * (ss_random_unit(&random) - 0.5);
        }
        if (i % 3 == 1) {
            x = 3 * ss_random_unit(&random);
            y = 600 * ss_random_unit(&random);
        }
        const long double wanted = powl(x, y);
        if (wanted > DBL_MAX) {
            SS_CHECK(ss_pow(x, y) == INFINITY || ss_pow(x, y) == DBL_MAX);
            continue;
        }
        const double error = ulps(ss_pow(x, y), wanted);
        if (error > worst) worst = error;
    }
    SS_CHECK(worst <= 2 + slack);
}

static bool is_same(double a, double b) {
    if (isnan(a) || isnan(b)) return isnan(a) && isnan(b);
    return a == b && signbit(a) == signbit(b);
}

SS_TEST(math_special_values_are_those_of_annex_f) {
    static const double values[] = {
        0.0,  -0.0, 1,    -1,   2,    -2,     3,    -3,      0.5,     -0.5,      1.5,    -1.5,
        1e308, -1e308, 1e-308, 5e-324, -5e-324, 1e300, 745.2, -745.2, 4503599627370497.0,
        9007199254740993.0, -9007199254740991.0, 0x1p1023, INFINITY, -INFINITY, NAN,
    };
    const size_t count = sizeof values / sizeof values[0];
    for (size_t i = 0; i < count; i++) {
        const double x = values[i];
        SS_CHECK(is_same(ss_floor(x), floor(x)));
        SS_CHECK(is_same(ss_ceil(x), ceil(x)));
        SS_CHECK(is_same(ss_round(x), round(x)));
        SS_CHECK(is_same(ss_abs(x), fabs(x)));
        SS_CHECK(is_same(ss_sqrt(x), sqrt(x)));
        SS_CHECK(ss_is_finite(x) == isfinite(x));
        SS_CHECK(is_same(ss_exp(x), exp(x)) || ulps(ss_exp(x), expl(x)) < 2);
        SS_CHECK(is_same(ss_expm1(x), expm1(x)) || ulps(ss_expm1(x), expm1l(x)) < 2);
        SS_CHECK(is_same(ss_log(x), log(x)) || ulps(ss_log(x), logl(x)) < 2);
        SS_CHECK(is_same(ss_log1p(x), log1p(x)) || ulps(ss_log1p(x), log1pl(x)) < 2);
        SS_CHECK(is_same(ss_erf(x), erf(x)) || ulps(ss_erf(x), erfl(x)) < 2);
        for (size_t j = 0; j < count; j++) {
            const double y = values[j];
            const double wanted = pow(x, y);
            const bool is_right = is_same(ss_pow(x, y), wanted) ||
                                  (isfinite(wanted) && ulps(ss_pow(x, y), powl(x, y)) < 2);
            if (!SS_CHECK(is_right)) {
                printf("  pow(%g, %g) = %g, not %g\n", x, y, ss_pow(x, y), wanted);
            }
        }
    }
    SS_CHECK(ss_min(1, 2) == 1 && ss_min(2, 1) == 1 && ss_min(NAN, 1) == 1 && ss_min(1, NAN) == 1);
    SS_CHECK(ss_max(1, 2) == 2 && ss_max(2, 1) == 2 && ss_max(NAN, 1) == 1 && ss_max(1, NAN) == 1);
}

SS_TEST(math_rounding_agrees_at_random) {
    ss_random random = ss_random_create(13, 0, SS_PURPOSE_TEST);
    for (int i = 0; i < 100000; i++) {
        double x = (ss_random_unit(&random) - 0.5) * exp(60 * ss_random_unit(&random) - 10);
        if (i % 4 == 0) x = round(x) + 0.5;
        const bool is_right = is_same(ss_floor(x), floor(x)) && is_same(ss_ceil(x), ceil(x)) &&
                              is_same(ss_round(x), round(x));
        if (!SS_CHECK(is_right)) printf("  at %a\n", x);
    }
    SS_CHECK(ss_round(0.49999999999999994) == 0); // x + 0.5 would give 1
}

SS_TEST(math_lgamma_is_within_1e_13) {
    ss_random random = ss_random_create(14, 0, SS_PURPOSE_TEST);
    double worst = 0;
    for (int i = 0; i < 200000; i++) {
        const double x = i % 2 ? 20 * ss_random_unit(&random) + 1e-9
                               : exp(500 * ss_random_unit(&random) - 200);
        const long double wanted = lgammal(x);
        const double error = (double)(fabsl(ss_lgamma(x) - wanted) / fmaxl(1, fabsl(wanted)));
        if (error > worst) worst = error;
    }
    SS_CHECK(worst <= 1e-13);
    SS_CHECK(ss_lgamma(1) == 0 && ss_lgamma(2) == 0);
    SS_CHECK(ss_lgamma(0) == INFINITY && ss_lgamma(INFINITY) == INFINITY && isnan(ss_lgamma(-1)));
}

SS_TEST(math_normal_quantile_inverts_the_cdf) {
    ss_random random = ss_random_create(15, 0, SS_PURPOSE_TEST);
    double worst = 0;
    for (int i = 0; i < 50000; i++) {
        const double p = i % 2 ? ss_random_open_unit(&random) : exp(-700 * ss_random_unit(&random));
        if (p >= 1) continue;
        const double z = ss_normal_quantile(p);
        const long double density = expl(-0.5L * z * z) * 0.398942280401432678L;
        // Beside the middle p carries no more digits of z than its distance from 1/2.
        const double scale = fmax(fabs(z), 1e-3);
        const double error = (double)fabsl((normal_cdf(z) - p) / density) / scale;
        if (error > worst) worst = error;
    }
    SS_CHECK(worst <= 2e-15);
    SS_CHECK_NEAR(ss_normal_quantile(0.975), 1.9599639845400542355, 1e-15);
    SS_CHECK_NEAR(ss_normal_quantile(1e-300), -37.0471, 1e-3);
    SS_CHECK(ss_normal_quantile(0.5) == 0 || fabs(ss_normal_quantile(0.5)) < 1e-16);
    SS_CHECK(ss_normal_quantile(0) == -INFINITY && ss_normal_quantile(1) == INFINITY);
    SS_CHECK(isnan(ss_normal_quantile(-0.1)) && isnan(ss_normal_quantile(NAN)));
}

SS_TEST(math_student_quantiles_are_those_of_closed_forms_and_tables) {
    const double pi = 3.14159265358979323846;
    for (double p = 0.55; p < 1; p += 0.05) {
        // One degree: tan(pi (p - 1/2)); two: (2p - 1) sqrt(2 / (4p(1 - p))).
        SS_CHECK_NEAR(ss_student_t_quantile(p, 1), tan(pi * (p - 0.5)),
                      1e-11 * tan(pi * (p - 0.5)));
        const double two = (2 * p - 1) * sqrt(2 / (4 * p * (1 - p)));
        SS_CHECK_NEAR(ss_student_t_quantile(p, 2), two, 1e-12 * two);
        SS_CHECK_NEAR(ss_student_t_quantile(1 - p, 2), -two, 1e-12 * two);
    }
    // Abramowitz & Stegun, table 26.10 (A = 0.95 and 0.999, two-sided).
    SS_CHECK_NEAR(ss_student_t_quantile(0.975, 7), 2.365, 5e-4);
    SS_CHECK_NEAR(ss_student_t_quantile(0.975, 30), 2.042, 5e-4);
    SS_CHECK_NEAR(ss_student_t_quantile(0.975, 120), 1.980, 5e-4);
    SS_CHECK_NEAR(ss_student_t_quantile(0.9995, 3), 12.924, 5e-4);
    SS_CHECK_NEAR(ss_student_t_quantile(0.975, 1e12), ss_normal_quantile(0.975), 1e-9);
    SS_CHECK(isnan(ss_student_t_quantile(0.975, 0)) && isnan(ss_student_t_quantile(1, 3)));
}
