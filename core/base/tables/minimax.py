#!/usr/bin/env python3
"""Writes core/base/tables/polynomials.h, the polynomials of math.c and special.c.
Needs mpmath (pip install mpmath).

Each is the Chebyshev interpolant of a function that is smooth over the reduced range, which is
within a small factor of the minimax polynomial; coefficients are rounded to doubles from the
highest degree down, each time refitting the rest, so that rounding costs little. The C arrays
have the lowest degree first; the error given is that of the polynomial before any evaluation.

Usage: python3 core/base/tables/minimax.py > core/base/tables/polynomials.h
"""
from mpmath import mp, mpf, log, exp, erf, erfc, sqrt, pi, cos, matrix, lu_solve

mp.dps = 50


def fit(f, low, high, degree):
    """Polynomial coefficients of f over [low, high], rounded to doubles."""
    low, high = mpf(low), mpf(high)
    fixed = {}
    for top in range(degree, -1, -1):
        n = top + 1
        nodes = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * n))
                 for i in range(n)]
        rest = matrix(n, 1)
        powers = matrix(n, n)
        for i, x in enumerate(nodes):
            rest[i] = f(x) - sum(c * x**k for k, c in fixed.items())
            for k in range(n):
                powers[i, k] = x**k
        fixed[top] = mpf(float(lu_solve(powers, rest)[top]))
    return [fixed[k] for k in range(degree + 1)]


def report(name, f, low, high, degree, note):
    coefficients = fit(f, low, high, degree)
    worst = mpf(0)
    for i in range(1001):
        x = mpf(low) + (mpf(high) - mpf(low)) * i / 1000
        value = sum(c * x**k for k, c in enumerate(coefficients))
        worst = max(worst, abs(value / f(x) - 1))
    print("// %s; relative error %s" % (note, mp.nstr(worst, 2)))
    print("static const double ss__%s[%d] = {" % (name, degree + 1))
    print("".join("    %s,\n" % float(c).hex() for c in coefficients), end="")
    print("};\n")


def log_tail(z):
    """(log((1+s)/(1-s)) / (2s) - 1) / z, z = s²."""
    if z == 0:
        return mpf(1) / 3
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) / (2 * s) - 1) / z


def log_far_tail(z):
    """log's series after its first three terms, for pow: 1/7 + z/9 + …"""
    return sum(z**k / (7 + 2 * k) for k in range(60))


def exp_tail(x):
    """(e^x - 1 - x) / x²."""
    return sum(x**k / mp.factorial(k + 2) for k in range(40))


def erf_ratio(z):
    """erf(x) / x - 1, z = x²: the 1 is added with less rounding."""
    if z == 0:
        return 2 / sqrt(pi) - 1
    x = sqrt(z)
    return erf(x) / x - 1


def scaled_erfc(centre):
    """e^(x²) erfc(x) (1 + 2x) over t = (x - c) / (x + c)."""
    def f(t):
        x = centre * (1 + t) / (1 - t)
        return exp(x * x) * erfc(x) * (1 + 2 * x)
    return f


def main():
    print("/// Polynomials of math.c and special.c, written by core/base/tables/minimax.py.")
    print("#ifndef SS_BASE_TABLES_POLYNOMIALS_H")
    print("#define SS_BASE_TABLES_POLYNOMIALS_H\n")
    s_max = (sqrt(2) - 1) / (sqrt(2) + 1)
    report("log_tail", log_tail, 0, s_max**2 * mpf("1.001"), 7,
           "(atanh(s)/s - 1)/s² over z = s², |s| ≤ 0.1716")
    report("log_far_tail", log_far_tail, 0, s_max**2 * mpf("1.001"), 6,
           "the terms of atanh from s^7/7 on, over z = s²")
    half = log(2) / 2 * mpf("1.001")
    report("exp_tail", exp_tail, -half, half, 10, "(e^x - 1 - x)/x² over |x| ≤ ln(2)/2")
    report("erf_near", erf_ratio, 0, mpf("0.7057"), 11, "erf(x)/x - 1 over z = x², |x| ≤ 0.84")
    c = mpf(3)
    def t_of(x):
        return (mpf(x) - c) / (mpf(x) + c)
    report("erfc_near", scaled_erfc(c), t_of("0.46"), t_of(3), 14,
           "e^(x²) erfc(x) (1 + 2x) over t = (x - 3)/(x + 3), 0.46 ≤ x ≤ 3")
    report("erfc_far", scaled_erfc(c), t_of(3), t_of(28), 16, "the same, 3 ≤ x ≤ 28")
    print("#endif")


main()
