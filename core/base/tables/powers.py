#!/usr/bin/env python3
"""Writes core/base/tables/powers.c: every 27th power of ten to 192 bits.

From one entry and an exact power of five (below 5^27 < 2^63) the code makes the leading 128 bits of
any 10^e, -342 <= e <= 324, truncated. This script proves that for every such e the truncation is the
true one, so the reader and the printer of numbers may rely on it.

Usage: python3 core/base/tables/powers.py > core/base/tables/powers.c
"""

FIRST, LAST, STEP = -351, 324, 27


def leading_bits(e, bits):
    """The leading bits of 10^e, truncated, and whether nothing was cut off."""
    if e >= 0:
        n, cut = 10**e, False
        shift = n.bit_length() - bits
        if shift > 0:
            cut = n & ((1 << shift) - 1) != 0
            return n >> shift, not cut
        return n << -shift, True
    d = 10**-e
    shift = d.bit_length() + bits
    q = (1 << shift) // d
    return q >> (q.bit_length() - bits), False


def check(table):
    for e in range(-342, 325):
        i, j = divmod(e - FIRST, STEP)
        product = table[i] * 5**j
        top = product >> (product.bit_length() - 128)
        want, exact = leading_bits(e, 128)
        assert top == want, e
        assert exact == (0 <= e <= 55), e
        floor_log2 = (e * 217706) >> 16
        if e >= 0:
            assert floor_log2 == (10**e).bit_length() - 1, e
        else:
            d = 10**-e  # 2^f <= 10^e < 2^(f+1)  <=>  d <= 2^-f  and  d > 2^-(f+1)
            assert d <= 2**-floor_log2 and d > 2 ** (-floor_log2 - 1), e


def main():
    table = [leading_bits(e, 192)[0] for e in range(FIRST, LAST + 1, STEP)]
    check(table)
    print("// Leading 192 bits of 10^e for e = %d, %d, … %d, truncated; highest word first." %
          (FIRST, FIRST + STEP, LAST))
    print("// Written by core/base/tables/powers.py, which proves what the code needs of them.")
    print('#include "base/tables/tables.h"\n')
    print("const uint64_t ss__powers_of_ten[%d][3] = {" % len(table))
    mask = (1 << 64) - 1
    for n in table:
        print("    {0x%016xu, 0x%016xu, 0x%016xu}," % (n >> 128, (n >> 64) & mask, n & mask))
    print("};")


main()
