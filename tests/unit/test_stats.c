// Tallies, levels, histograms, batch means, MSER-5.
#include "scalesim/stats.h"

#include <math.h>
#include <stdio.h>

#include "base/random.h"
#include "failing_allocator.h"

static ss_random stream(uint64_t seed) { return ss_random_create(seed, 5, SS_PURPOSE_TEST); }

SS_TEST(stats_tally_has_mean_and_sd) {
    ss_tally tally = {0};
    SS_CHECK(isnan(ss_tally_mean(&tally)) && isnan(ss_tally_sd(&tally)));
    static const double values[] = {4, 7, 13, 16};
    ss_tally_add(&tally, values[0]);
    SS_CHECK(ss_tally_mean(&tally) == 4 && isnan(ss_tally_sd(&tally)) && tally.max == 4);
    for (int i = 1; i < 4; i++) ss_tally_add(&tally, values[i]);
    SS_CHECK(ss_tally_mean(&tally) == 10);
    SS_CHECK_NEAR(ss_tally_sd(&tally), sqrt(30), 1e-14);
    SS_CHECK(tally.max == 16 && tally.count == 4);
}

SS_TEST(stats_tally_keeps_a_small_spread_on_a_large_mean) {
    ss_tally tally = {0};
    for (int i = 0; i < 1000; i++) ss_tally_add(&tally, 1e9 + (i % 2 ? 1e-3 : -1e-3));
    SS_CHECK_NEAR(ss_tally_mean(&tally), 1e9, 1e-6);
    SS_CHECK_NEAR(ss_tally_sd(&tally), 1e-3 * sqrt(1000.0 / 999), 1e-6);
    ss_tally constant = {0};
    for (int i = 0; i < 10; i++) ss_tally_add(&constant, 0.1);
    SS_CHECK(ss_tally_mean(&constant) == 0.1 && ss_tally_sd(&constant) == 0);
    ss_tally negative = {0};
    ss_tally_add(&negative, -5);
    ss_tally_add(&negative, -3);
    SS_CHECK(negative.max == -3);
}

SS_TEST(stats_tallies_merge_as_if_added_together) {
    ss_random random = stream(1);
    ss_tally parts[3] = {{0}};
    ss_tally whole = {0};
    for (int i = 0; i < 30000; i++) {
        const double x = 100 + ss_random_normal(&random) * (1 + i % 3);
        ss_tally_add(&parts[i % 3], x);
        ss_tally_add(&whole, x);
    }
    ss_tally merged = {0};
    for (int i = 0; i < 3; i++) ss_tally_merge(&merged, &parts[i]);
    ss_tally_merge(&merged, &(ss_tally){0});
    SS_CHECK_EQUAL(merged.count, whole.count);
    SS_CHECK_NEAR(ss_tally_mean(&merged), ss_tally_mean(&whole), 1e-11);
    SS_CHECK_NEAR(ss_tally_sd(&merged), ss_tally_sd(&whole), 1e-11);
    SS_CHECK(merged.max == whole.max);
}

SS_TEST(stats_level_integrates_over_time) {
    ss_level level = {.since_ns = 100};
    ss_level_add(&level, 2, 200);  // 0 for 100
    ss_level_add(&level, 1, 210);  // 2 for 10
    ss_level_add(&level, -3, 215); // 3 for 5
    ss_level_add(&level, 0, 300);  // 0 for 85
    SS_CHECK(level.area == 35 && level.now == 0 && level.since_ns == 300);
}

// --- Histogram -----------------------------------------------------------------------------------

static ss_histogram_pool new_pool(void) {
    const ss_allocator allocator = ss_allocator_default();
    return ss_histogram_pool_create(&allocator);
}

SS_TEST(stats_histogram_is_within_one_percent_of_every_duration) {
    ss_histogram_pool pool = new_pool();
    ss_random random = stream(2);
    for (int i = 0; i < 100000; i++) {
        const int64_t v = (int64_t)(ss_random_next(&random) >> (17 + ss_random_below(&random, 47)));
        ss_histogram histogram = {0};
        pool.count = 0; // use the chunk again
        ss_histogram_add(&pool, &histogram, v);
        const double middle = ss_histogram_quantile(&pool, &histogram, 0.5);
        // Buckets are 1/64 wide, and one value is taken to be in the middle.
        if (!SS_CHECK(fabs(middle - (double)v) <= (double)v / 128))
            printf("  %lld\n", (long long)v);
    }
    for (int64_t v = 0; v < 64; v++) { // exact below 64 ns
        ss_histogram histogram = {0};
        ss_histogram_add(&pool, &histogram, v);
        SS_CHECK(ss_histogram_quantile(&pool, &histogram, 1) == (double)v);
        SS_CHECK(ss_histogram_count_below(&pool, &histogram, (double)v) == 1);
        SS_CHECK(ss_histogram_count_below(&pool, &histogram, (double)v - 0.5) == 0);
    }
    ss_histogram_pool_destroy(&pool);
}

SS_TEST(stats_histogram_quantiles_are_those_of_the_sample) {
    enum { COUNT = 100000 };
    ss_histogram_pool pool = new_pool();
    ss_histogram histogram = {0};
    SS_CHECK(isnan(ss_histogram_quantile(&pool, &histogram, 0.5)));
    SS_CHECK(ss_histogram_count_below(&pool, &histogram, 1e9) == 0);
    ss_random random = stream(3);
    for (int i = 0; i < COUNT; i++) {
        ss_histogram_add(&pool, &histogram, (int64_t)(1e7 * ss_random_exponential(&random)));
    }
    SS_CHECK_EQUAL(ss_histogram_count(&pool, &histogram), COUNT);
    static const double quantiles[] = {0.01, 0.1, 0.5, 0.9, 0.99, 0.999};
    for (size_t i = 0; i < 6; i++) {
        const double q = quantiles[i];
        const double wanted = -1e7 * log(1 - q);
        const double sampling = 5 * 1e7 * sqrt(q / ((1 - q) * COUNT)); // of the quantile itself
        const double found = ss_histogram_quantile(&pool, &histogram, q);
        SS_CHECK_NEAR(found, wanted, sampling + 0.002 * wanted);
        SS_CHECK_NEAR(ss_histogram_count_below(&pool, &histogram, found), q * COUNT, 1);
    }
    double last = 0;
    for (double q = 0; q <= 1; q += 0.001) {
        const double found = ss_histogram_quantile(&pool, &histogram, q);
        SS_CHECK(found >= last);
        last = found;
    }
    SS_CHECK(ss_histogram_quantile(&pool, &histogram, 2) ==
             ss_histogram_quantile(&pool, &histogram, 1));
    SS_CHECK(ss_histogram_count_below(&pool, &histogram, 1e18) == COUNT);
    ss_histogram_pool_destroy(&pool);
}

/// Quantiles of a few values by themselves are those of a histogram of them, and leave nothing.
SS_TEST(stats_histogram_quantiles_of_a_few_values) {
    static const double shares[] = {0.5, 0.9, 0.99, 1.0};
    ss_histogram_pool pool = new_pool();
    ss_histogram empty = {0};
    ss_random random = stream(13);
    uint32_t buckets[300];
    for (uint32_t count = 0; count < 300u; count++) {
        ss_histogram histogram = {0};
        double wanted[4], found[4];
        for (uint32_t i = 0; i < count; i++) {
            const double ns = floor(exp(42 * ss_random_unit(&random)));
            ss_histogram_add(&pool, &histogram, (int64_t)ns);
            buckets[i] = ss__histogram_bucket(ns);
        }
        ss_histogram_quantiles(&pool, &histogram, shares, 4, wanted);
        ss_histogram_quantiles_of(&pool, &empty, buckets, count, shares, 4, found);
        for (int i = 0; i < 4; i++) {
            SS_CHECK(count == 0u ? isnan(found[i]) : found[i] == wanted[i]);
        }
        SS_CHECK_EQUAL(ss_histogram_count(&pool, &empty), 0);
    }
    ss_histogram_pool_destroy(&pool);
}

SS_TEST(stats_histogram_does_not_smear_constants) {
    ss_histogram_pool pool = new_pool();
    ss_histogram histogram = {0};
    ss_random random = stream(4);
    for (int i = 0; i < 100000; i++) { // a third of all at the very start of a bucket
        const double x = i % 3 ? 1e6 * ss_random_exponential(&random) : 0x1p20;
        ss_histogram_add(&pool, &histogram, (int64_t)x);
    }
    for (double q = 0.45; q < 0.75; q += 0.01) { // 2/3 (1 - e^-1.05) = 0.43 lie below
        SS_CHECK_NEAR(ss_histogram_quantile(&pool, &histogram, q), 0x1p20, 0x1p20 / 128);
    }
    ss_histogram_pool_destroy(&pool);
}

SS_TEST(stats_histogram_counts_beyond_32_bits) {
    ss_histogram_pool pool = new_pool();
    ss_histogram histogram = {0};
    ss_histogram other = {0};
    ss_histogram_add(&pool, &histogram, 100);
    ss_histogram_add(&pool, &histogram, 126);
    pool.chunks[histogram.chunk1[1] - 1u][100 & 63] = UINT32_MAX - 1u; // after hours of the same
    const uint64_t before = ss_histogram_count(&pool, &histogram);
    for (int i = 0; i < 1000; i++) {
        ss_histogram_add(&pool, &histogram, 100);
        ss_histogram_add(&pool, &other, 126);
    }
    SS_CHECK(histogram.chunk1[1] & SS_HISTOGRAM_WIDE);
    SS_CHECK_EQUAL(ss_histogram_count(&pool, &histogram), before + 1000u);
    SS_CHECK_NEAR(ss_histogram_count_below(&pool, &histogram, 100), (double)before + 999.0, 0.5);
    SS_CHECK(ss_histogram_quantile(&pool, &histogram, 0.5) == 100);
    SS_CHECK(ss_histogram_quantile(&pool, &histogram, 1) == 126);
    SS_CHECK_EQUAL(ss_histogram_merge(&pool, &other, &pool, &histogram), SS_OK);
    SS_CHECK_EQUAL(ss_histogram_merge(&pool, &other, &pool, &histogram), SS_OK);
    SS_CHECK_EQUAL(ss_histogram_count(&pool, &other), 2u * (before + 1000u) + 1000u);
    ss_histogram_clear(&pool, &histogram);
    SS_CHECK_EQUAL(ss_histogram_count(&pool, &histogram), 0);
    ss_histogram_add(&pool, &histogram, 100);
    SS_CHECK_EQUAL(ss_histogram_count(&pool, &histogram), 1);
    ss_histogram_pool_destroy(&pool);
}

SS_TEST(stats_histogram_keeps_what_it_can_when_memory_is_refused) {
    failing_allocator state = {0};
    const ss_allocator allocator = failing_allocator_of(&state);
    ss_histogram_pool pool = ss_histogram_pool_create(&allocator);
    ss_histogram histogram = {0};
    uint64_t others = 0;
    for (int64_t v = 64; pool.count < pool.capacity || pool.count == 0u; v *= 2) {
        ss_histogram_add(&pool, &histogram, v);
        others += v > 64 ? 1u : 0u;
    }
    pool.chunks[histogram.chunk1[1] - 1u][0] = UINT32_MAX;
    state.refuse_at = state.requests + 1u;
    ss_histogram_add(&pool, &histogram, 64);
    SS_CHECK(pool.failed);
    SS_CHECK_EQUAL(ss_histogram_count(&pool, &histogram), (uint64_t)UINT32_MAX + others);
    ss_histogram_pool_destroy(&pool);
    SS_CHECK_EQUAL(state.blocks, 0);
}

SS_TEST(stats_histogram_holds_the_extremes) {
    ss_histogram_pool pool = new_pool();
    ss_histogram histogram = {0};
    ss_histogram_add(&pool, &histogram, -5); // counts as 0
    ss_histogram_add(&pool, &histogram, INT64_MAX);
    ss_histogram_add(&pool, &histogram, (INT64_C(1) << 47) - 1);
    SS_CHECK(ss_histogram_quantile(&pool, &histogram, 0.01) == 0);
    SS_CHECK_NEAR(ss_histogram_quantile(&pool, &histogram, 1), 0x1p47, 0x1p47 / 128);
    SS_CHECK_EQUAL(pool.count, 6); // of the first four octaves and of the last two
    ss_histogram_pool_destroy(&pool);
}

SS_TEST(stats_histograms_merge_and_clear) {
    ss_histogram_pool pool = new_pool();
    ss_histogram_pool other_pool = new_pool();
    ss_histogram a = {0};
    ss_histogram b = {0};
    for (int i = 0; i < 1000; i++) {
        ss_histogram_add(&pool, &a, 1000 + i);
        ss_histogram_add(&other_pool, &b, i < 500 ? 1500 : 1000000);
    }
    SS_CHECK(ss_histogram_merge(&pool, &a, &other_pool, &b) == SS_OK);
    SS_CHECK_EQUAL(ss_histogram_count(&pool, &a), 2000);
    SS_CHECK_NEAR(ss_histogram_quantile(&pool, &a, 1), 1e6, 1e6 / 64);
    SS_CHECK_NEAR(ss_histogram_count_below(&pool, &a, 5000), 1500, 0);
    ss_histogram_clear(&pool, &a);
    SS_CHECK_EQUAL(ss_histogram_count(&pool, &a), 0);
    SS_CHECK(isnan(ss_histogram_quantile(&pool, &a, 0.5)));
    const uint32_t chunks = pool.count;
    ss_histogram_add(&pool, &a, 1234); // into the chunk it kept
    SS_CHECK_EQUAL(pool.count, chunks);
    SS_CHECK_EQUAL(ss_histogram_count(&pool, &a), 1);
    ss_histogram_pool_destroy(&pool);
    ss_histogram_pool_destroy(&other_pool);
}

SS_TEST(stats_histogram_quantiles_of_values_without_memory) {
    failing_allocator state = {.refuse_at = 1};
    const ss_allocator allocator = failing_allocator_of(&state);
    ss_histogram_pool pool = ss_histogram_pool_create(&allocator);
    ss_histogram empty = {0};
    const uint32_t bucket = 500;
    const double share = 0.5;
    double found;
    ss_histogram_quantiles_of(&pool, &empty, &bucket, 1, &share, 1, &found);
    SS_CHECK(isnan(found));
    SS_CHECK(pool.failed);
    ss_histogram_pool_destroy(&pool);
}

SS_TEST(stats_histogram_survives_refusal) {
    failing_allocator state = {.refuse_at = 2};
    const ss_allocator allocator = failing_allocator_of(&state);
    ss_histogram_pool pool = ss_histogram_pool_create(&allocator);
    ss_histogram histograms[40] = {{{0}}};
    uint64_t counted = 0;
    for (int i = 0; i < 40; i++) {
        ss_histogram_add(&pool, &histograms[i], 5);
        counted += ss_histogram_count(&pool, &histograms[i]);
    }
    SS_CHECK(pool.failed);
    SS_CHECK_EQUAL(counted, 39); // one addition was lost, and it says so
    state.refuse_at = state.requests + 1;
    ss_histogram_pool full = ss_histogram_pool_create(&allocator);
    ss_histogram into = {0};
    SS_CHECK(ss_histogram_merge(&full, &into, &pool, &histograms[0]) == SS_ERROR_MEMORY);
    SS_CHECK_EQUAL(ss_histogram_count(&full, &into), 0);
    ss_histogram_pool_destroy(&full);
    ss_histogram_pool_destroy(&pool);
    SS_CHECK_EQUAL(state.blocks, 0);
}

// --- Batch means ---------------------------------------------------------------------------------

SS_TEST(stats_batches_collapse_and_keep_the_mean) {
    ss_batches batches = {0};
    for (int i = 0; i < 100000; i++) ss_batches_add(&batches, i);
    SS_CHECK_EQUAL(batches.batch_size, 512);
    SS_CHECK_EQUAL(batches.count, 100000 / 512);
    SS_CHECK_EQUAL(batches.filled, 100000 % 512);
    for (uint32_t i = 0; i < batches.count; i++) {
        SS_CHECK(batches.means[i] == 512.0 * i + 255.5);
    }
    SS_CHECK(batches.count >= SS_BATCHES_MAX / 2 && batches.count < SS_BATCHES_MAX);
}

SS_TEST(stats_half_widths_of_little_data) {
    ss_batches batches = {0};
    SS_CHECK(isnan(ss_batches_half_width(&batches, NULL)));
    for (int i = 0; i < 7; i++) ss_batches_add(&batches, 3);
    SS_CHECK(isnan(ss_batches_half_width(&batches, NULL)));
    ss_batches_add(&batches, 3);
    SS_CHECK(ss_batches_half_width(&batches, NULL) == 0); // no spread
    const double values[] = {1, 2, 4, 5};
    // t(0.975, 3) = 3.18245 times sd / √4 = √(10/3) / 2.
    SS_CHECK_NEAR(ss_half_width(values, 4), 3.182446 * sqrt(10.0 / 3) / 2, 1e-5);
    SS_CHECK(isnan(ss_half_width(values, 1)) && isnan(ss_half_width(values, 0)));
}

/// Waiting times of an M/M/1 queue by Lindley's recursion, begun in its steady state; mean
/// service 1.
static double waiting_mean(uint64_t seed, double load, int customers, ss_batches *batches) {
    ss_random arrivals = ss_random_create(seed, 1, SS_PURPOSE_ARRIVAL);
    ss_random services = ss_random_create(seed, 2, SS_PURPOSE_SERVICE);
    double sum = 0;
    double wait = 0;
    if (ss_random_unit(&arrivals) < load) wait = ss_random_exponential(&arrivals) / (1 - load);
    for (int i = 0; i < customers; i++) {
        sum += wait;
        ss_batches_add(batches, wait);
        wait += ss_random_exponential(&services) - ss_random_exponential(&arrivals) / load;
        if (wait < 0) wait = 0;
    }
    return sum / customers;
}

SS_TEST(stats_intervals_of_mm1_cover_the_truth) {
    static const double loads[] = {0.5, 0.8, 0.9};
    enum { SEEDS = 400, CUSTOMERS = 200000 };
    for (size_t l = 0; l < 3; l++) {
        const double truth = loads[l] / (1 - loads[l]);
        int covered = 0;
        double widths = 0;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            ss_batches batches = {0};
            const double mean = waiting_mean(seed, loads[l], CUSTOMERS, &batches);
            const double half_width = ss_batches_half_width(&batches, NULL);
            covered += fabs(mean - truth) <= half_width;
            widths += half_width;
        }
        const double share = (double)covered / SEEDS;
        printf("  M/M/1 at load %.1f: %.1f %% of %d intervals cover, half-width %.1f %%\n",
               loads[l], 100 * share, SEEDS, 100 * widths / SEEDS / truth);
        SS_CHECK(share >= 0.93 && share <= 0.98);
        // Not by being wide: the exact standard error (asymptotic variance of M/M/1 waits, Whitt
        // 1989) times 1.96 is what a perfect method would give.
        const double r = loads[l];
        const double variance = r * (2 + 5 * r - 4 * r * r + r * r * r) / pow(1 - r, 4);
        SS_CHECK(widths / SEEDS <= 1.3 * 1.96 * sqrt(variance / CUSTOMERS));
    }
}

SS_TEST(stats_intervals_of_independent_values_cover_the_truth) {
    int covered = 0;
    enum { SEEDS = 1000 };
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        ss_random random = stream(seed);
        ss_batches batches = {0};
        double sum = 0;
        for (int i = 0; i < 3000; i++) {
            const double x = ss_random_exponential(&random);
            sum += x;
            ss_batches_add(&batches, x);
        }
        covered += fabs(sum / 3000 - 1) <= ss_batches_half_width(&batches, NULL);
    }
    SS_CHECK(covered >= 930 && covered <= 980);
}

// --- MSER-5 --------------------------------------------------------------------------------------

/// The definition, without the single pass.
static uint32_t mser_by_definition(const ss_batches *batches) {
    double best = INFINITY;
    uint32_t drop = 0;
    for (uint32_t d = 0; d + 5 <= batches->count; d++) {
        const double n = batches->count - d;
        double mean = 0;
        for (uint32_t i = d; i < batches->count; i++) mean += batches->means[i] / n;
        double error = 0;
        for (uint32_t i = d; i < batches->count; i++) {
            error += (batches->means[i] - mean) * (batches->means[i] - mean);
        }
        error /= n * n;
        if (error < best) {
            best = error;
            drop = d;
        }
    }
    return drop;
}

SS_TEST(stats_mser5_finds_the_end_of_a_transient) {
    bool settled = true;
    ss_batches few = {0};
    for (int i = 0; i < 9; i++) ss_batches_add(&few, 1);
    SS_CHECK(ss_mser5(&few, &settled) == 0 && !settled);
    ss_batches_add(&few, 1);
    SS_CHECK(ss_mser5(&few, &settled) == 0 && settled); // nothing to drop
    int near = 0;
    for (uint64_t seed = 0; seed < 100; seed++) {
        ss_random random = stream(seed);
        ss_batches batches = {0};
        for (int i = 0; i < 200; i++) {
            ss_batches_add(&batches, 50 * exp(-i / 8.0) + ss_random_normal(&random));
        }
        const uint32_t drop = ss_mser5(&batches, &settled);
        SS_CHECK_EQUAL(drop, mser_by_definition(&batches));
        SS_CHECK(settled);
        near += drop >= 15 && drop <= 60; // 50 e^(-15/8) = 7.7, 50 e^(-60/8) = 0.03
    }
    SS_CHECK(near >= 95);
    ss_batches rising = {0};
    for (int i = 0; i < 200; i++) ss_batches_add(&rising, i);
    ss_mser5(&rising, &settled);
    SS_CHECK(!settled);
}
