// Numbers as text, against the C library's correctly rounded conversions.
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "base/random.h"
#include "base/text.h"
#include "failing_allocator.h"

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

static const char *written(double x, char buffer[SS_NUMBER_CHARS_MAX + 1]) {
    buffer[ss_number_write(x, buffer)] = '\0';
    return buffer;
}

SS_TEST(base_number_layout) {
    static const struct {
        double number;
        const char *text;
    } cases[] = {
        {0.0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {-2.5, "-2.5"},
        {1e-7, "1e-7"},
        {1.5e-7, "1.5e-7"},
        {1e-6, "0.000001"},
        {0.000123, "0.000123"},
        {0.1, "0.1"},
        {0.30000000000000004, "0.30000000000000004"},
        {123456789, "123456789"},
        {1e20, "100000000000000000000"},
        {123456789012345680000.0, "123456789012345680000"},
        {1e21, "1e21"},
        {1.2e21, "1.2e21"},
        {9007199254740992, "9007199254740992"},
        {9007199254740991, "9007199254740991"},
        {1.7976931348623157e308, "1.7976931348623157e308"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {2.225073858507201e-308, "2.225073858507201e-308"},
        {5e-324, "5e-324"},
        {9.5e-322, "9.5e-322"},
        {1e23, "1e23"},
        {9.999999999999997e22, "9.999999999999997e22"},
        {2e-44, "2e-44"},
        {4.8712e-44, "4.8712e-44"},
    };
    char buffer[SS_NUMBER_CHARS_MAX + 1];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SS_CHECK_TEXT(written(cases[i].number, buffer), cases[i].text);
    }
    ss_allocator allocator = ss_allocator_default();
    ss_text text = ss_text_create(&allocator);
    ss_text_add_number(&text, NAN);
    ss_text_add_number(&text, -INFINITY);
    SS_CHECK_TEXT(text.bytes, "nullnull");
    ss_text_destroy(&text);
}

/// Significant digits of a written number, for comparison with "%.*e".
static int digits_of(const char *text, char digits[32]) {
    int count = 0;
    for (; *text && *text != 'e'; text++) {
        if (*text >= '0' && *text <= '9' && (count > 0 || *text != '0')) digits[count++] = *text;
    }
    while (count > 1 && digits[count - 1] == '0') count--;
    digits[count] = '\0';
    return count;
}

/// Reads back to the same bits here and in the C library; nothing shorter does; of that length it
/// is the nearest.
static bool is_shortest(double x) {
    char text[SS_NUMBER_CHARS_MAX + 1];
    char digits[32];
    char shorter[64];
    const size_t length = ss_number_write(x, text);
    text[length] = '\0';
    if (length > 25 || ss_number_length(text, length) != length) return false;
    if (bits_of(strtod(text, NULL)) != bits_of(x)) return false;
    if (bits_of(ss_number_read(text, length)) != bits_of(x)) return false;
    const int count = digits_of(text, digits);
    if (count > 1) {
        snprintf(shorter, sizeof shorter, "%.*e", count - 2, x);
        if (strtod(shorter, NULL) == x) return false;
    }
    snprintf(shorter, sizeof shorter, "%.*e", count - 1, x);
    char nearest[32];
    if (strtod(shorter, NULL) != x) return true;
    digits_of(shorter, nearest);
    return strcmp(nearest, digits) == 0;
}

SS_TEST(base_number_is_shortest_for_a_million_bit_patterns) {
    ss_random random = ss_random_create(1, 0, SS_PURPOSE_TEST);
    size_t wrong = 0;
    for (int i = 0; i < 1000000; i++) {
        const double x = of_bits(ss_random_next(&random));
        if (isfinite(x) && !is_shortest(x)) {
            if (wrong++ < 5) printf("  not the shortest: %a\n", x);
        }
    }
    for (int i = 0; i < 100000; i++) { // short decimals, as people write them
        const double x = (double)ss_random_below(&random, 1000000) /
                         (double[]){1, 10, 100, 1e3, 1e4, 1e6, 1e9, 1e12}[i % 8];
        if (!is_shortest(x) && wrong++ < 5) printf("  not the shortest: %.17g\n", x);
    }
    for (int e = 0; e < 2047; e++) { // around each power of two, where the interval is lopsided
        for (int d = -2; d <= 2; d++) {
            const uint64_t bits = ((uint64_t)e << 52) + (uint64_t)d;
            if ((int64_t)bits < 0 || !isfinite(of_bits(bits))) continue;
            if (!is_shortest(of_bits(bits)) && wrong++ < 5) printf("  at 2^%d\n", e - 1023);
        }
    }
    SS_CHECK_EQUAL(wrong, 0);
}

static bool reads_as_strtod(const char *text) {
    const double want = strtod(text, NULL);
    if (bits_of(ss_number_read(text, strlen(text))) == bits_of(want)) return true;
    printf("  read differently: %.80s\n", text);
    return false;
}

SS_TEST(base_number_reads_every_form_as_strtod) {
    ss_random random = ss_random_create(2, 0, SS_PURPOSE_TEST);
    static char text[3000];
    int wrong = 0;
    for (int i = 0; i < 300000; i++) {
        const double x = of_bits(ss_random_next(&random));
        if (!isfinite(x)) continue;
        snprintf(text, sizeof text, "%.*e", (int)ss_random_below(&random, 25), x);
        wrong += !reads_as_strtod(text);
    }
    for (int i = 0; i < 200000; i++) { // digits and exponent at random
        const int length = snprintf(text, sizeof text, "%llu",
                                    (unsigned long long)ss_random_next(&random) >>
                                        ss_random_below(&random, 64));
        snprintf(text + length, sizeof text - (size_t)length, "e%d",
                 (int)ss_random_below(&random, 700) - 350);
        wrong += !reads_as_strtod(text);
    }
    SS_CHECK_EQUAL(wrong, 0);
}

SS_TEST(base_number_rounds_exact_middles_to_even) {
    if (LDBL_MANT_DIG < 54 || (double)(long double)1 != 1) return;
    ss_random random = ss_random_create(3, 0, SS_PURPOSE_TEST);
    static char text[3000];
    int wrong = 0;
    for (int i = 0; i < 20000; i++) {
        double x = of_bits(ss_random_next(&random) >> 1);
        if (i % 4 == 0) x = of_bits(ss_random_next(&random) >> 12); // subnormal
        if (!isfinite(x) || !isfinite(nextafter(x, INFINITY))) continue;
        // The middle has one bit more than a double: exact in the wider type, and "%.1100Le" prints
        // all of its digits.
        const long double middle = ((long double)x + (long double)nextafter(x, INFINITY)) / 2;
        const int length = snprintf(text, sizeof text, "%.1100Le", middle);
        wrong += !reads_as_strtod(text);
        char *e = strchr(text, 'e');
        if (!e || length < 1000) continue;
        e[-1] = '1'; // a hair above
        wrong += !reads_as_strtod(text);
    }
    SS_CHECK_EQUAL(wrong, 0);
}

SS_TEST(base_number_reads_extremes) {
    static const char *const texts[] = {
        "0",
        "-0",
        "0e999999999999999999999",
        "1e-999999999999999999999",
        "4.9e-324",
        "2.4703e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.5e-324",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "17976931348623157e292",
        "1e308",
        "0.1e309",
        "123456789e-400",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "9007199254740993",
        "9007199254740995",
        "9007199254740993."
        "00000000000000000000000000000000000000000000000000000000000000000000000001",
        "0."
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000000001e85",
        "1000000000000000000000000000000000000000000000000000000000000000000000000000000000000e-85",
        "1e22",
        "1e23",
        "8.5e22",
        "1e-22",
        "123456789012345678901234567890",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) SS_CHECK(reads_as_strtod(texts[i]));
    SS_CHECK(ss_number_read("1e400", 5) == INFINITY);
    SS_CHECK(ss_number_read("-1.7976931348623159e308", 23) == -INFINITY);
    static char many[200000]; // digits without end
    memset(many, '9', sizeof many - 1);
    many[1] = '.';
    SS_CHECK(reads_as_strtod(many));
    memset(many + 2, '0', sizeof many - 4);
    SS_CHECK(reads_as_strtod(many));
}

SS_TEST(base_number_scaled_equals_the_shifted_decimal) {
    SS_CHECK(ss_number_read_scaled("0.4", 3, -3) == 0.0004);
    SS_CHECK(ss_number_read_scaled("250", 3, -3) == 0.25);
    SS_CHECK(ss_number_read_scaled("1.1", 3, -9) == 1.1e-9);
    SS_CHECK(ss_number_read_scaled("1e300", 5, -9) == 1e291);
}

SS_TEST(base_number_length_follows_the_grammar) {
    static const struct {
        const char *text;
        size_t length;
    } cases[] = {
        {"", 0},      {"-", 0},    {"abc", 0},  {"0", 1},     {"01", 1},    {"-0.5", 4},
        {"1.", 1},    {".5", 0},   {"1e", 1},   {"1e+", 1},   {"1E+5x", 4}, {"12.50e-3ms", 8},
        {"--1", 0},   {"+1", 0},   {"1.5.2", 3}, {"0x10", 1}, {"1e5e5", 3}, {"9", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SS_CHECK_EQUAL(ss_number_length(cases[i].text, strlen(cases[i].text)), cases[i].length);
    }
}
