// Streams, ziggurats, gamma.
#include "base/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/tables/tables.h"
#include "unit.h"

static ss_random stream(uint64_t seed) {
    return ss_random_create(seed, ss_hash_bytes("test", 4), SS_PURPOSE_TEST);
}

SS_TEST(random_is_xoshiro256plusplus) {
    // The reference implementation's outputs for the state {1, 2, 3, 4}.
    ss_random random = {{1, 2, 3, 4}};
    static const uint64_t wanted[] = {41943041u,
                                      58720359u,
                                      3588806011781223u,
                                      3591011842654386u,
                                      9228616714210784205u,
                                      9973669472204895162u,
                                      14011001112246962877u,
                                      12406186145184390807u,
                                      15849039046786891736u,
                                      10450023813501588000u};
    for (size_t i = 0; i < 10; i++) SS_CHECK(ss_random_next(&random) == wanted[i]);
}

SS_TEST(random_seeding_never_changes) {
    // What a seed means is part of the format: these numbers stay for ever.
    SS_CHECK(ss_hash_bytes("", 0) == UINT64_C(0xf52a15e9a9b5e89b));
    SS_CHECK(ss_hash_bytes("orders", 6) == UINT64_C(0x45987d0b68fc7229));
    ss_random random = ss_random_create(1, ss_hash_bytes("orders", 6), SS_PURPOSE_ARRIVAL);
    SS_CHECK(ss_random_next(&random) == UINT64_C(0x20b099631a855d51));
    SS_CHECK(ss_random_next(&random) == UINT64_C(0x5eb4f84bfdd29beb));
    SS_CHECK(ss_random_exponential(&random) == 0x1.588909894df3ap-2);
    SS_CHECK(ss_random_normal(&random) == -0x1.7903149cbe86fp+0);
    SS_CHECK(ss_random_gamma(&random, 0.7) == 0x1.e6c3a34a0d9dfp-5);
    SS_CHECK(ss_random_below(&random, 1000000u) == 87984u);
}

SS_TEST(random_streams_differ_in_every_part) {
    uint64_t first[4][64];
    size_t count = 0;
    for (uint64_t seed = 0; seed < 4; seed++) {
        for (uint64_t entity = 0; entity < 8; entity++) {
            for (unsigned purpose = 1; purpose <= 8; purpose++) {
                ss_random random = ss_random_create(seed, entity, (ss_purpose)purpose);
                (&first[0][0])[count++] = ss_random_next(&random);
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) SS_CHECK((&first[0][0])[i] != (&first[0][0])[j]);
    }
}

SS_TEST(random_units_stay_inside_their_bounds) {
    ss_random low = {{0, 0, 0, 0}}; // would give 0 for ever: the smallest bits there are
    SS_CHECK(ss_random_unit(&low) == 0);
    SS_CHECK(ss_random_open_unit(&low) > 0);
    ss_random high = {{UINT64_MAX, 0, 0, 0}}; // sum = 2^64 - 1: rotated and added, 2^64 - 2
    const double top = ss_random_open_unit(&high);
    SS_CHECK(top < 1 && top >= 1 - 0x1p-52);
}

SS_TEST(random_below_is_uniform) {
    ss_random random = stream(1);
    static const uint32_t bounds[] = {1, 2, 3, 7, 10, 100};
    for (size_t b = 0; b < sizeof bounds / sizeof bounds[0]; b++) {
        uint32_t counts[100] = {0};
        const int draws = 200000;
        for (int i = 0; i < draws; i++) {
            const uint32_t x = ss_random_below(&random, bounds[b]);
            SS_REQUIRE(x < bounds[b]);
            counts[x]++;
        }
        double chi_square = 0;
        const double expected = (double)draws / bounds[b];
        for (uint32_t i = 0; i < bounds[b]; i++) {
            chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
        }
        // Mean bound - 1, variance 2 (bound - 1): five standard deviations.
        SS_CHECK(chi_square <= (bounds[b] - 1) + 5 * sqrt(2.0 * (bounds[b] - 1)) + 1e-9);
    }
    uint32_t halves = 0; // a bound where plain remainders would favour the low half
    for (int i = 0; i < 100000; i++) halves += ss_random_below(&random, 0xC0000000u) < 0x60000000u;
    SS_CHECK_NEAR(halves, 50000, 5 * sqrt(25000));
}

// --- The tables, worked out again ----------------------------------------------------------------

/// Checks one ziggurat against edges found here, in long double. k may be off by the few units that
/// 64 bits cannot tell.
static void check_table(const char *name, const uint64_t k[256], const double w[256], double tail,
                        long double (*height)(long double), long double (*inverse)(long double),
                        long double (*tail_area)(long double)) {
    const long double r = tail;
    const long double area = r * height(r) + tail_area(r);
    long double edge[256];
    edge[255] = r;
    for (int i = 254; i > 0; i--) edge[i] = inverse(height(edge[i + 1]) + area / edge[i + 1]);
    edge[0] = 0;
    // The top strip must end at the peak: this is what makes r right.
    SS_CHECK_NEAR((double)(height(edge[1]) + area / edge[1]), 1, 1e-12);
    for (int i = 0; i < 256; i++) {
        const long double width = i == 0 ? area / height(r) : edge[i];
        const long double inner = i == 0 ? r : edge[i - 1];
        const double wanted_w = (double)(width * 0x1p-53L);
        const double wanted_k = (double)(inner / width * 0x1p53L);
        const bool is_right = fabs(w[i] - wanted_w) <= 1e-12 * wanted_w &&
                              fabs((double)k[i] - wanted_k) <= 1e-12 * 0x1p53;
        if (!SS_CHECK(is_right)) printf("  %s, strip %d\n", name, i);
    }
}

static long double exponential_height(long double x) { return expl(-x); }
static long double exponential_inverse(long double y) { return -logl(y); }
static long double exponential_tail(long double r) { return expl(-r); }
static long double normal_height(long double x) { return expl(-x * x / 2); }
static long double normal_inverse(long double y) { return sqrtl(-2 * logl(y)); }
static long double normal_tail(long double r) {
    return sqrtl(acosl(-1) / 2) * erfcl(r / sqrtl(2));
}

SS_TEST(random_ziggurat_tables_are_what_the_method_asks_for) {
    check_table("exponential", ss__exponential_k, ss__exponential_w, SS__EXPONENTIAL_TAIL,
                exponential_height, exponential_inverse, exponential_tail);
    check_table("normal", ss__normal_k, ss__normal_w, SS__NORMAL_TAIL, normal_height,
                normal_inverse, normal_tail);
}

// --- Distributions of the samplers ---------------------------------------------------------------

/// Compares sampled shares of 40 equally likely cells, and of both far tails, with what they ought
/// to be.
static void check_shares(const char *name, double (*sample)(ss_random *), double (*cdf)(double)) {
    enum { CELLS = 40, DRAWS = 1000000 };
    ss_random random = stream(7);
    uint32_t cells[CELLS] = {0};
    uint32_t far = 0;
    for (int i = 0; i < DRAWS; i++) {
        const double p = cdf(sample(&random));
        const int cell = (int)(p * CELLS);
        cells[cell < CELLS ? cell : CELLS - 1]++;
        far += p > 1 - 1e-4;
    }
    double chi_square = 0;
    const double expected = (double)DRAWS / CELLS;
    for (int i = 0; i < CELLS; i++) {
        chi_square += (cells[i] - expected) * (cells[i] - expected) / expected;
    }
    if (!SS_CHECK(chi_square < 39 + 5 * sqrt(78))) printf("  %s: %g\n", name, chi_square);
    SS_CHECK_NEAR(far, 100, 50); // the tail beyond the ziggurat's strips
}

static double exponential_cdf(double x) { return -expm1(-x); }
static double normal_cdf(double x) { return 0.5 * erfc(-x / sqrt(2)); }

SS_TEST(random_exponential_and_normal_have_their_distributions) {
    check_shares("exponential", ss_random_exponential, exponential_cdf);
    check_shares("normal", ss_random_normal, normal_cdf);
}

SS_TEST(random_gamma_has_its_moments) {
    static const double shapes[] = {0.05, 0.3, 0.99, 1, 2.7, 30, 1e4};
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        const double shape = shapes[s];
        ss_random random = stream(100 + s);
        const int draws = 300000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < draws; i++) {
            const double x = ss_random_gamma(&random, shape);
            sum += x;
            squares += x * x;
        }
        // Mean 1, variance 1/shape; the fourth central moment gives the spread of the second one.
        const double second = 1 + 1 / shape;
        const double fourth = second * (1 + 2 / shape) * (1 + 3 / shape);
        SS_CHECK_NEAR(sum / draws, 1, 5 * sqrt(1 / shape / draws));
        SS_CHECK_NEAR(squares / draws, second, 5 * sqrt((fourth - second * second) / draws));
    }
}
