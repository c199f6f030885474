/// Streams of randomness: xoshiro256++ (Blackman & Vigna 2019), one stream per (seed, entity,
/// purpose), so that changing one node leaves the draws of all others alone (common random
/// numbers).
///
/// The exponential and normal samplers are ziggurats (Marsaglia & Tsang 2000) whose fast path is
/// inline here: it is on the hot path of every run.
#ifndef SS_BASE_RANDOM_H
#define SS_BASE_RANDOM_H

#include <stdint.h>

typedef struct ss_random {
    uint64_t state[4];
} ss_random;

/// Purposes of a stream. Append only: a purpose's number is part of what a seed means.
typedef enum ss_purpose {
    SS_PURPOSE_ARRIVAL = 1, SS_PURPOSE_SERVICE, SS_PURPOSE_ROUTE, SS_PURPOSE_LATENCY,
    SS_PURPOSE_RETRY, SS_PURPOSE_FAULT, SS_PURPOSE_BALANCE, SS_PURPOSE_KEY, SS_PURPOSE_TEST,
    SS_PURPOSE_PATIENCE, SS_PURPOSE_HANDLER, SS_PURPOSE_DISCIPLINE, SS_PURPOSE_LOSS,
} ss_purpose;

/// FNV-1a over the bytes, finished by a 64-bit mixer. Stable for ever.
uint64_t ss_hash_bytes(const void *bytes, uint64_t length);

/// Seeds a stream from the run's seed, the hash of an entity's id and a purpose (splitmix64 steps).
ss_random ss_random_create(uint64_t seed, uint64_t entity_hash, ss_purpose purpose);

static inline uint64_t ss_random_next(ss_random *random) {
    uint64_t *s = random->state;
    const uint64_t sum = s[0] + s[3];
    const uint64_t result = ((sum << 23) | (sum >> 41)) + s[0];
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return result;
}

/// Uniform on [0, 1), 53 bits.
static inline double ss_random_unit(ss_random *random) {
    return (double)(int64_t)(ss_random_next(random) >> 11) * 0x1.0p-53;
}

/// Uniform on (0, 1): never 0, so its logarithm is finite; never 1. The middles of 2^52 cells: with
/// one bit more the last of them would round to 1.
static inline double ss_random_open_unit(ss_random *random) {
    return ((double)(int64_t)(ss_random_next(random) >> 12) + 0.5) * 0x1.0p-52;
}

/// Uniform integer in [0, bound), bound > 0 (Lemire's multiply-shift with rejection: unbiased).
uint32_t ss_random_below(ss_random *random, uint32_t bound);

// Ziggurat tables, 256 layers (core/base/tables/ziggurat.c, written by the script beside it).
// Layer 0 is the base strip with the tail.
extern const uint64_t ss__exponential_k[256];
extern const double ss__exponential_w[256];
double ss__random_exponential_slow(ss_random *random, uint32_t layer, uint64_t mantissa);

/// Exponential with mean 1.
static inline double ss_random_exponential(ss_random *random) {
    const uint64_t bits = ss_random_next(random);
    const uint32_t layer = (uint32_t)(bits & 255u);
    const uint64_t mantissa = bits >> 11; // 53 bits, disjoint from the layer's 8
    if (__builtin_expect(mantissa < ss__exponential_k[layer], 1)) {
        return (double)(int64_t)mantissa * ss__exponential_w[layer]; // signed: one instruction
    }
    return ss__random_exponential_slow(random, layer, mantissa);
}

/// Standard normal.
double ss_random_normal(ss_random *random);
/// Gamma with the given shape > 0 and mean 1 (Marsaglia & Tsang 2000, squeeze method).
double ss_random_gamma(ss_random *random, double shape);

#endif
