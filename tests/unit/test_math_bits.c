// The same bits on every host: a hash over many results of everything that computes. The unit
// binary runs in builds by several compilers and at several levels of optimisation, and each must
// find these numbers. A change of a formula changes its number here, and the results of designs.
#include <stdio.h>
#include <string.h>

#include "base/dist.h"
#include "base/math.h"
#include "base/text.h"
#include "scalesim/stats.h"
#include "unit.h"

enum { DRAWS = 20000 };

static uint64_t fold(uint64_t hash, double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    hash = (hash ^ bits) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static void check_hash(const char *name, uint64_t actual, uint64_t expected) {
    if (!SS_CHECK(actual == expected)) {
        printf("  %s: UINT64_C(0x%016llx)\n", name, (unsigned long long)actual);
    }
}

static uint64_t hash_of_function(double (*function)(double), double low, double high) {
    ss_random random = ss_random_create(40, 0, SS_PURPOSE_TEST);
    uint64_t hash = 0;
    for (int i = 0; i < DRAWS; i++) {
        hash = fold(hash, function(low + (high - low) * ss_random_unit(&random)));
    }
    return hash;
}

SS_TEST(math_bits_of_functions_are_the_same_everywhere) {
    static const struct {
        const char *name;
        double (*function)(double);
        double low, high;
        uint64_t hash;
    } cases[] = {
        {"log", ss_log, 0, 10, UINT64_C(0xb0487b3040859698)},
        {"log1p", ss_log1p, -0.99, 3, UINT64_C(0x3ea0cb64de8df2af)},
        {"exp", ss_exp, -745, 709, UINT64_C(0xf8122b6ffe4dbaaf)},
        {"expm1", ss_expm1, -3, 3, UINT64_C(0x9ecd9f18e63e8426)},
        {"sqrt", ss_sqrt, 0, 1e6, UINT64_C(0x1094698722523dd7)},
        {"round", ss_round, -1e3, 1e3, UINT64_C(0x3f91618651acb3dd)},
        {"lgamma", ss_lgamma, 0, 50, UINT64_C(0xafda2f31215ba033)},
        {"erf", ss_erf, -6, 6, UINT64_C(0xb52e3bfaa0afef91)},
        {"normal_cdf", ss_normal_cdf, -38, 8, UINT64_C(0x495e50fdc3612470)},
        {"normal_quantile", ss_normal_quantile, 0, 1, UINT64_C(0x7c1fc2c9217fe851)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const uint64_t hash = hash_of_function(cases[i].function, cases[i].low, cases[i].high);
        check_hash(cases[i].name, hash, cases[i].hash);
    }
    ss_random random = ss_random_create(41, 0, SS_PURPOSE_TEST);
    uint64_t hash = 0;
    for (int i = 0; i < DRAWS; i++) {
        const double x = 10 * ss_random_unit(&random); // one draw a statement: the order counts
        const double y = 20 * ss_random_unit(&random) - 10;
        hash = fold(hash, ss_pow(x, y));
    }
    check_hash("pow", hash, UINT64_C(0x5ec84804dc7871a1));
    hash = 0;
    for (int degrees = 1; degrees < 100; degrees++) {
        hash = fold(hash, ss_student_t_quantile(0.975, degrees));
    }
    check_hash("student_t_quantile", hash, UINT64_C(0x58b935ec12284949));
}

SS_TEST(math_bits_of_samples_and_statistics_are_the_same_everywhere) {
    const char *form = "mix(0.1: exp(1), 0.1: uniform(1, 2), 0.1: normal(3, 2), "
                       "0.1: lognormal(1, 0.5), 0.1: gamma(1, 0.7), 0.1: gamma(1, 2), "
                       "0.1: erlang(4, 1), 0.1: weibull(0.7, 1), 0.05: pareto(1, 2.5), "
                       "0.05: hyperexp(0.3: 1, 0.7: 2), 0.05: coxian(1, 2; 0.5), "
                       "0.05: empirical(1: 2, 3: 4))";
    const ss_allocator allocator = ss_allocator_default();
    ss_arena *arena = ss_arena_create(&allocator);
    const ss_dist *dist = NULL;
    SS_REQUIRE(ss_dist_parse(form, SS_UNIT_SECONDS, arena, &dist, NULL) == SS_OK);
    ss_random random = ss_random_create(42, 0, SS_PURPOSE_TEST);
    uint64_t samples = 0;
    uint64_t numbers = 0;
    uint64_t functions = 0;
    ss_batches batches = {0};
    for (int i = 0; i < DRAWS; i++) {
        const double x = ss_dist_sample(dist, &random);
        char text[SS_NUMBER_CHARS_MAX];
        const size_t length = ss_number_write(x, text);
        samples = fold(samples, x);
        numbers ^= ss_hash_bytes(text, length) + (uint64_t)i;
        if (i % 20 == 0) {
            functions = fold(functions, ss_dist_cdf(dist, x));
            functions = fold(functions, ss_dist_density(dist, x));
        }
        ss_batches_add(&batches, x);
    }
    bool settled;
    check_hash("samples", samples, UINT64_C(0xed9401a8dfcdcf27));
    check_hash("numbers", numbers, UINT64_C(0xc8cb268f8a4fe9e2));
    check_hash("functions", functions, UINT64_C(0xf43da6e5320fa0d0));
    check_hash("half-width", fold(0, ss_batches_half_width(&batches, NULL)),
               UINT64_C(0x138322724a97af23));
    check_hash("mser", ss_mser5(&batches, &settled), UINT64_C(0));
    ss_arena_destroy(arena);
}
