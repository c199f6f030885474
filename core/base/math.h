/// Elementary functions from + - * / and sqrt only, so that every host gives the same bits
/// (glibc's and Emscripten's libm differ in the last bit of log, exp, pow and cos).
/// Relative error ≤ 2 ulp over the stated ranges; special values as in C Annex F.
#ifndef SS_BASE_MATH_H
#define SS_BASE_MATH_H

#include <stdbool.h>
#include <stdint.h>

double ss_log(double x);            ///< natural logarithm; x > 0, 0 → -inf, x < 0 → NaN
double ss_log1p(double x);          ///< log(1 + x), accurate near 0
double ss_exp(double x);            ///< overflows to inf above 709.78, 0 below -745.13
double ss_expm1(double x);          ///< exp(x) - 1, accurate near 0
double ss_pow(double x, double y);  ///< x ≥ 0 or integer y
double ss_sqrt(double x);           ///< IEEE correctly rounded (the hardware instruction)
double ss_floor(double x);
double ss_ceil(double x);
double ss_round(double x);          ///< half away from zero
double ss_abs(double x);
double ss_min(double a, double b);
double ss_max(double a, double b);
bool ss_is_finite(double x);
double ss_lgamma(double x);         ///< log Γ(x), x > 0; |error| ≤ 1e-13 relative or absolute
double ss_erf(double x);
double ss_normal_cdf(double z);     ///< relative error ≤ 8 ulp, also far in the lower tail
double ss_normal_quantile(double p);          ///< 0 < p < 1
double ss_student_t_quantile(double p, double degrees); ///< two-sided use: p = 0.975
#define SS_INFINITY ((double)__builtin_inf())
#define SS_NAN ((double)__builtin_nan(""))

#endif
