/// Doubles as the shortest decimal that reads back to the same bits.
///
/// The method is Schubfach (R. Giulietti, "The Schubfach way to render doubles", 2020–2022): scale
/// the value and the two ends of its rounding interval by a power of ten to 126 bits, rounded to
/// odd, and choose among at most four candidates. The powers come from 26 entries instead of 617:
/// WebAssembly downloads the table.
#include <assert.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"

/// 5^0 … 5^26; the powers of two go into the exponent.
static uint64_t power_of_five(unsigned n) {
    uint64_t power = 1;
    uint64_t square = 5;
    for (; n != 0; n >>= 1) {
        if (n & 1u) power *= square;
        square *= square; // wraps only after its last use: 5^26 < 2^61
    }
    return power;
}

ss__uint128 ss__power_of_ten(int e) {
    assert(e >= SS__POWER_MIN && e <= SS__POWER_MAX);
    const unsigned offset = (unsigned)(e - SS__POWERS_FIRST);
    const uint64_t *entry = ss__powers_of_ten[offset / SS__POWERS_STEP];
    const uint64_t five = power_of_five(offset % SS__POWERS_STEP);
    // 192 × 64 bits: four words, of which the top one is partly filled.
    const ss__uint128 low = (ss__uint128)entry[2] * five;
    const ss__uint128 middle = (ss__uint128)entry[1] * five + (uint64_t)(low >> 64);
    const ss__uint128 high = (ss__uint128)entry[0] * five + (uint64_t)(middle >> 64);
    const uint64_t top = (uint64_t)(high >> 64);
    if (top == 0) return high << 64 | (uint64_t)middle;
    const unsigned shift = (unsigned)__builtin_clzll(top);
    if (shift == 0) return high;
    return high << shift | (uint64_t)middle >> (64 - shift);
}

/// Whether 10^e has no more bits than ss__power_of_ten keeps.
static bool is_exact(int e) { return e >= 0 && e <= 55; }

/// floor(g · c / 2^128) with its lowest bit set when anything but noise was cut off.
static uint64_t round_to_odd(ss__uint128 g, uint64_t c) {
    const ss__uint128 low = (ss__uint128)(uint64_t)g * c;
    const ss__uint128 high = (ss__uint128)(uint64_t)(g >> 64) * c + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

typedef struct decimal {
    uint64_t digits;
    int exponent; ///< value = digits · 10^exponent
} decimal;

/// The shortest decimal in the rounding interval of c · 2^q, the nearest of them if several.
static decimal shortest(uint64_t c, int q, bool is_lower_closer) {
    const bool is_odd = (c & 1u) != 0;
    const uint64_t middle4 = 4 * c;
    // k = floor(log10(2^q)), or of 3/4 · 2^q where the neighbour below is half as far.
    const int k = (int)(((int64_t)q * 1262611 - (is_lower_closer ? 524031 : 0)) >> 22);
    const int h = q + ss__log2_of_power(-k) + 1;
    assert(h >= 1 && h <= 4);
    const ss__uint128 g = ss__power_of_ten(-k) + (is_exact(-k) ? 0u : 1u);
    const uint64_t vl = round_to_odd(g, (middle4 - (is_lower_closer ? 1u : 2u)) << h);
    const uint64_t v = round_to_odd(g, middle4 << h);
    const uint64_t vr = round_to_odd(g, (middle4 + 2) << h);
    const uint64_t lower = vl + is_odd; // the ends belong to the interval of an even mantissa
    const uint64_t upper = vr - is_odd;
    const uint64_t s = v / 4;
    if (s >= 10) {
        const uint64_t tens = s / 10;
        const bool is_below_in = lower <= 40 * tens;
        const bool is_above_in = 40 * tens + 40 <= upper;
        if (is_below_in != is_above_in) return (decimal){tens + is_above_in, k + 1};
    }
    const bool is_below_in = lower <= 4 * s;
    const bool is_above_in = 4 * s + 4 <= upper;
    if (is_below_in != is_above_in) return (decimal){s + is_above_in, k};
    const uint64_t middle = 4 * s + 2;
    const bool round_up = v > middle || (v == middle && (s & 1u) != 0);
    return (decimal){s + round_up, k};
}

static unsigned write_digits(uint64_t value, char *buffer) {
    char reversed[20];
    unsigned count = 0;
    do {
        reversed[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    for (unsigned i = 0; i < count; i++) buffer[i] = reversed[count - 1 - i];
    return count;
}

/// Lays out digits · 10^exponent as JavaScript does: plain between 1e-6 and 1e21.
static size_t lay_out(decimal d, char *out) {
    while (d.digits % 10 == 0) {
        d.digits /= 10;
        d.exponent++;
    }
    char digits[20];
    const unsigned count = write_digits(d.digits, digits);
    const int point = (int)count + d.exponent; // digits before the decimal point
    size_t length = 0;
    if (point > 21 || point <= -6) {
        out[length++] = digits[0];
        if (count > 1) {
            out[length++] = '.';
            memcpy(out + length, digits + 1, count - 1);
            length += count - 1;
        }
        out[length++] = 'e';
        const int exponent = point - 1;
        if (exponent < 0) out[length++] = '-';
        return length + write_digits((uint64_t)(exponent < 0 ? -exponent : exponent), out + length);
    }
    if (point <= 0) {
        memcpy(out, "0.00000", 7);
        length = 2 + (size_t)-point;
        memcpy(out + length, digits, count);
        return length + count;
    }
    for (unsigned i = 0; i < count || (int)i < point; i++) {
        if ((int)i == point) out[length++] = '.';
        out[length++] = i < count ? digits[i] : '0';
    }
    return length;
}

size_t ss_number_write(double number, char buffer[SS_NUMBER_CHARS_MAX]) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    const uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    const unsigned biased = (unsigned)(bits >> 52) & 2047u;
    assert(biased != 2047u);
    size_t length = 0;
    if (bits >> 63) buffer[length++] = '-';
    if (biased == 0 && fraction == 0) {
        buffer[length++] = '0';
        return length;
    }
    const uint64_t c = biased ? fraction | UINT64_C(1) << 52 : fraction;
    const int q = (biased ? (int)biased : 1) - 1075;
    if (q <= 0 && q >= -52 && (c & ((UINT64_C(1) << -q) - 1)) == 0) { // a whole number below 2^53
        return length + lay_out((decimal){c >> -q, 0}, buffer + length);
    }
    return length + lay_out(shortest(c, q, fraction == 0 && biased > 1), buffer + length);
}
