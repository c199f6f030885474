/// Caches by the characteristic time of Che, Tung & Wang (2002): a key is in the cache when it was
/// asked for within the last T, and T is such that the cache is full.
#include "solve/formulas.h"

/// Ranks counted one by one; beyond them, bins that grow by a fixed ratio stand for many ranks
/// each.
#define SINGLE_RANKS 64.0
#define BIN_GROWTH 1.08
#define BINS_MAX 512u

typedef struct key_bins {
    double popularity[BINS_MAX]; ///< of one key
    double keys[BINS_MAX];       ///< in the bin
    uint32_t count;
} key_bins;

static void make_bins(double keys, double skew, key_bins *bins) {
    double from = 1.0;
    double total = 0.0;
    while (from <= keys && bins->count < BINS_MAX) {
        double to = from < SINGLE_RANKS ? from : ss_floor(from * BIN_GROWTH);
        if (to > keys || bins->count + 1u == BINS_MAX) to = keys;
        const double middle = 0.5 * (from + to);
        bins->keys[bins->count] = to - from + 1.0;
        bins->popularity[bins->count] = ss_exp(-skew * ss_log(middle));
        total += bins->keys[bins->count] * bins->popularity[bins->count];
        bins->count++;
        from = to + 1.0;
    }
    for (uint32_t i = 0; i < bins->count; i++) bins->popularity[i] /= total;
}

/// Probability that a key of popularity p is held, `time` counted in requests.
static double held(double p, double time, ss__cache_policy policy) {
    const double expected = p * time;
    return policy == SS__CACHE_LRU ? -ss_expm1(-expected) : expected / (1.0 + expected);
}

static double occupancy(const key_bins *bins, double time, ss__cache_policy policy) {
    double sum = 0.0;
    for (uint32_t i = 0; i < bins->count; i++) {
        sum += bins->keys[i] * held(bins->popularity[i], time, policy);
    }
    return sum;
}

double ss__cache_hit_ratio(double keys, double capacity, double skew, ss__cache_policy policy,
                           double lifetime) {
    key_bins bins = {.count = 0};
    make_bins(keys, skew, &bins);
    double time = SS_INFINITY;
    if (capacity < keys) {
        double low = 0.0;
        double high = capacity;
        while (occupancy(&bins, high, policy) < capacity && high < 1e300) high *= 4.0;
        for (uint32_t i = 0; i < 50u && high - low > 1e-9 * high; i++) {
            const double middle = 0.5 * (low + high);
            if (occupancy(&bins, middle, policy) < capacity) low = middle; else high = middle;
        }
        time = 0.5 * (low + high);
    }
    double hits = 0.0;
    for (uint32_t i = 0; i < bins.count; i++) {
        const double p = bins.popularity[i];
        double hit = ss_is_finite(time) ? held(p, time, policy) : 1.0;
        // An entry is fetched again when it is older than its lifetime, however often it was used:
        // of the 1 + pL requests in such a period the first one misses.
        if (ss_is_finite(lifetime)) hit = ss_min(hit, p * lifetime / (1.0 + p * lifetime));
        hits += bins.keys[i] * p * hit;
    }
    return hits;
}
