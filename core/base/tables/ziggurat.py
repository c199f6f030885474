#!/usr/bin/env python3
"""Writes core/base/tables/ziggurat.c. Needs mpmath (pip install mpmath).

G. Marsaglia and W. Tsang, "The ziggurat method for generating random variables" (2000), with 256
strips of equal area and a 53-bit mantissa. Strip i > 0 reaches from x = 0 to x[i] between the heights
f(x[i]) and f(x[i-1]); x[255] = r, x[0] = 0. Strip 0 is the rectangle below f(r) together with the
tail beyond r; its width is the area over f(r).
    w[i] = width / 2^53                     a mantissa's place in the strip
    k[i] = floor(2^53 * x[i-1] / width)     below it the point is under the curve for certain
r is the root of "the top strip ends exactly at f(0) = 1".

Usage: python3 core/base/tables/ziggurat.py > core/base/tables/ziggurat.c
"""
from mpmath import mp, mpf, exp, log, sqrt, pi, erfc, floor, findroot

mp.dps = 60
STRIPS = 256


def edges(r, f, inverse, tail):
    """x[255] … x[0] and the strips' area."""
    area = r * f(r) + tail(r)
    x = [mpf(0)] * STRIPS
    x[255] = r
    for i in range(254, 0, -1):
        x[i] = inverse(f(x[i + 1]) + area / x[i + 1])
    return x, area


def solve(f, inverse, tail, guess):
    def excess(r):
        x, area = edges(r, f, inverse, tail)
        return f(x[1]) + area / x[1] - 1
    return findroot(excess, (mpf(guess), mpf(guess) * (1 + mpf(10) ** -9)), tol=mpf(10) ** -90)


def table(name, f, inverse, tail, guess):
    r = solve(f, inverse, tail, guess)
    x, area = edges(r, f, inverse, tail)
    width = [area / f(r)] + x[1:]
    inner = [r] + x[:255]
    print("\n// r = %s, area of a strip = %s" % (mp.nstr(r, 25), mp.nstr(area, 25)))
    print("const uint64_t ss__%s_k[256] = {" % name)
    k = ["0x%014xu" % int(floor(2**53 * a / b)) for a, b in zip(inner, width)]
    for i in range(0, STRIPS, 4):
        print("    " + ", ".join(k[i:i + 4]) + ",")
    print("};\nconst double ss__%s_w[256] = {" % name)
    w = [float(b / 2**53).hex() for b in width]
    for i in range(0, STRIPS, 3):
        print("    " + ", ".join(w[i:i + 3]) + ",")
    print("};")


def main():
    print("// Ziggurats of 256 strips, written by core/base/tables/ziggurat.py (which explains them);")
    print("// a unit test works them out again.")
    print('#include "base/tables/tables.h"')
    table("exponential", lambda x: exp(-x), lambda y: -log(y), lambda r: exp(-r), 7.69711747013)
    table("normal", lambda x: exp(-x * x / 2), lambda y: sqrt(-2 * log(y)),
          lambda r: sqrt(pi / 2) * erfc(r / sqrt(2)), 3.65415288536)


main()
