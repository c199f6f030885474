/// Decimals to the nearest double, any count of digits, on every host the same.
///
/// Three ways, each exact where it answers: small numbers by one IEEE operation (W. Clinger, "How
/// to read floating point numbers accurately", 1990); most others by a 64 × 128 bit product whose
/// error is bounded (as D. Lemire, "Number parsing at a gigabyte per second", 2021); what lies too
/// near the middle between two doubles by big integers.
#include <assert.h>
#include <string.h>

#include "base/math.h"
#include "base/number.h"
#include "base/text.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t digits_from(const char *text, size_t length, size_t at) {
    while (at < length && is_digit(text[at])) at++;
    return at;
}

size_t ss_number_length(const char *text, size_t length) {
    size_t at = length > 0 && text[0] == '-';
    if (at == length || !is_digit(text[at])) return 0;
    at = text[at] == '0' ? at + 1 : digits_from(text, length, at);
    if (at + 1 < length && text[at] == '.' && is_digit(text[at + 1])) {
        at = digits_from(text, length, at + 1);
    }
    if (at < length && (text[at] == 'e' || text[at] == 'E')) {
        size_t digits = at + 1;
        if (digits < length && (text[digits] == '+' || text[digits] == '-')) digits++;
        if (digits < length && is_digit(text[digits])) at = digits_from(text, length, digits);
    }
    return at;
}

typedef struct scanned {
    uint64_t digits;      ///< the first 19 significant digits
    unsigned digit_count; ///< of them
    bool is_cut;          ///< further digits, not all zero, follow
    int64_t exponent;     ///< value = digits (and what was cut) · 10^exponent
} scanned;

static scanned scan(const char *text, size_t length) {
    scanned number = {0};
    bool is_fraction = false;
    size_t at = 0;
    for (; at < length && text[at] != 'e' && text[at] != 'E'; at++) {
        if (text[at] == '.') {
            is_fraction = true;
            continue;
        }
        const unsigned digit = (unsigned)(text[at] - '0');
        if (number.digit_count < 19) {
            number.digits = number.digits * 10 + digit;
            if (number.digits != 0) number.digit_count++;
            if (is_fraction) number.exponent--;
        } else {
            if (digit != 0) number.is_cut = true;
            if (!is_fraction) number.exponent++;
        }
    }
    if (at == length) return number;
    const bool is_negative = text[++at] == '-';
    if (text[at] == '-' || text[at] == '+') at++;
    int64_t exponent = 0;
    for (; at < length; at++) {
        // The cap is beyond what any count of digits before the exponent could make up for.
        if (exponent < INT64_C(1) << 40) exponent = exponent * 10 + (text[at] - '0');
    }
    number.exponent += is_negative ? -exponent : exponent;
    return number;
}

// --- Big integers ------------------------------------------------------------------------------

#define BIG_WORDS 140u /* 800 digits, or 5^1142 with a mantissa, and a shift by less than 1100 */
#define BIG_DIGITS_MAX 800u /* 767 digits tell any two doubles' middle from its neighbours */

typedef struct big {
    unsigned count;
    uint32_t words[BIG_WORDS]; ///< lowest first
} big;

static void big_multiply_add(big *n, uint32_t factor, uint32_t addend) {
    uint64_t carry = addend;
    for (unsigned i = 0; i < n->count; i++) {
        carry += (uint64_t)n->words[i] * factor;
        n->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry == 0) return;
    assert(n->count < BIG_WORDS);
    n->words[n->count++] = (uint32_t)carry;
}

static void big_multiply_power_of_five(big *n, unsigned power) {
    for (; power >= 13; power -= 13) big_multiply_add(n, 1220703125u, 0); // 5^13
    for (; power > 0; power--) big_multiply_add(n, 5, 0);
}

static void big_shift_left(big *n, unsigned bits) {
    const unsigned words = bits / 32;
    if (n->count == 0) return;
    big_multiply_add(n, UINT32_C(1) << (bits % 32), 0);
    assert(n->count + words <= BIG_WORDS);
    memmove(n->words + words, n->words, n->count * sizeof n->words[0]);
    memset(n->words, 0, words * sizeof n->words[0]);
    n->count += words;
}

static int big_compare(const big *a, const big *b) {
    if (a->count != b->count) return a->count < b->count ? -1 : 1;
    for (unsigned i = a->count; i-- > 0;) {
        if (a->words[i] != b->words[i]) return a->words[i] < b->words[i] ? -1 : 1;
    }
    return 0;
}

/// Reads the significant digits; returns the power of ten they are to be multiplied by.
static int big_read(big *n, const char *text, size_t length, int64_t exponent19) {
    n->count = 0;
    unsigned kept = 0;
    bool is_cut = false;
    for (size_t i = 0; i < length && text[i] != 'e' && text[i] != 'E'; i++) {
        if (text[i] == '.' || (kept == 0 && text[i] == '0')) continue;
        if (kept < BIG_DIGITS_MAX) {
            big_multiply_add(n, 10, (uint32_t)(text[i] - '0'));
            kept++;
        } else if (text[i] != '0') {
            is_cut = true;
        }
    }
    if (is_cut) { // one more digit stands for all that were cut: it only breaks ties
        big_multiply_add(n, 10, 1);
        kept++;
    }
    // exponent19 belongs to the first 19 digits.
    return (int)exponent19 - ((int)kept - 19);
}

/// Compares a decimal with the middle between the double of these bits and the next one up.
static int compare_with_middle(const char *text, size_t length, int64_t exponent19,
                               uint64_t bits) {
    big decimal;
    const int exponent = big_read(&decimal, text, length, exponent19);
    const unsigned biased = (unsigned)(bits >> 52);
    const uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    const uint64_t mantissa = biased ? fraction | UINT64_C(1) << 52 : fraction;
    const uint64_t middle = 2 * mantissa + 1;
    const int middle_exponent = (biased ? (int)biased : 1) - 1076;
    big binary = {.count = 2, .words = {(uint32_t)middle, (uint32_t)(middle >> 32)}};
    if (binary.words[1] == 0) binary.count = 1;
    if (exponent >= 0) {
        big_multiply_power_of_five(&decimal, (unsigned)exponent);
    } else {
        big_multiply_power_of_five(&binary, (unsigned)-exponent);
    }
    const int shift = exponent - middle_exponent;
    big_shift_left(shift >= 0 ? &decimal : &binary, (unsigned)(shift >= 0 ? shift : -shift));
    return big_compare(&decimal, &binary);
}

// --- Rounding ----------------------------------------------------------------------------------

/// Bits of the double nearest to mantissa · 2^exponent (top bit of the mantissa set), ties to even.
static uint64_t round_to_double(ss__uint128 mantissa, int exponent) {
    const int top = exponent + 127; // value in [2^top, 2^(top + 1))
    const int drop = top >= -1022 ? 75 : 75 + (-1022 - top);
    if (top > 1023) return UINT64_C(2047) << 52;
    if (drop > 128) return 0;
    const ss__uint128 one = 1;
    ss__uint128 kept = drop == 128 ? 0 : mantissa >> drop;
    const ss__uint128 rest = drop == 128 ? mantissa : mantissa & ((one << drop) - 1);
    const ss__uint128 half = one << (drop - 1);
    if (rest > half || (rest == half && (kept & 1u) != 0)) kept++;
    const uint64_t field = top >= -1022 ? (uint64_t)(top + 1022) << 52 : 0;
    return field + (uint64_t)kept; // a carry moves into the exponent, as it should
}

/// Tries to round digits · 10^exponent from a 192-bit product. False when it is too near a middle;
/// then *bits is the answer or the double below it.
static bool round_product(scanned number, uint64_t *bits) {
    const int e = (int)number.exponent;
    const unsigned shift = (unsigned)__builtin_clzll(number.digits);
    const uint64_t w = number.digits << shift;
    const ss__uint128 power = ss__power_of_ten(e);
    const ss__uint128 low = (ss__uint128)(uint64_t)power * w;
    ss__uint128 product = (ss__uint128)(uint64_t)(power >> 64) * w + (uint64_t)(low >> 64);
    int exponent = ss__log2_of_power(e) - 127 + 64 - (int)shift;
    ss__uint128 error = 2; // the power and the product were each truncated by less than a unit
    if (number.is_cut) error += (ss__uint128)1 << (64 + shift);
    if (!(product >> 127)) {
        const unsigned next_bit = (unsigned)((uint64_t)low >> 63);
        product = product << 1 | next_bit;
        exponent--;
        error *= 2;
    }
    *bits = round_to_double(product, exponent);
    return product + error > product && round_to_double(product + error, exponent) == *bits;
}

static double from_bits(uint64_t bits, bool is_negative) {
    bits |= (uint64_t)is_negative << 63;
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

double ss_number_read(const char *text, size_t length) {
    return ss_number_read_scaled(text, length, 0);
}

double ss_number_read_scaled(const char *text, size_t length, int power_of_ten) {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const bool is_negative = length > 0 && text[0] == '-';
    text += is_negative;
    length -= is_negative;
    scanned number = scan(text, length);
    number.exponent += power_of_ten;
    if (number.digits == 0) return from_bits(0, is_negative);
    if (!number.is_cut && number.digits <= UINT64_C(1) << 53 && number.exponent >= -22 &&
        number.exponent <= 22) {
        const double digits = (double)number.digits;
        const double value = number.exponent < 0 ? digits / powers[-number.exponent]
                                                 : digits * powers[number.exponent];
        return is_negative ? -value : value;
    }
    if (number.exponent > 308) return is_negative ? -SS_INFINITY : SS_INFINITY;
    if (number.exponent < SS__POWER_MIN) return from_bits(0, is_negative); // < 2^64 · 10^-343
    uint64_t bits;
    if (round_product(number, &bits)) return from_bits(bits, is_negative);
    // The comparison counts from 19 digits; where there are fewer, as if zeros followed.
    const int64_t exponent19 = number.exponent - (19 - (int64_t)number.digit_count);
    const int side = compare_with_middle(text, length, exponent19, bits);
    if (side > 0 || (side == 0 && (bits & 1u) != 0)) bits++;
    return from_bits(bits, is_negative);
}
