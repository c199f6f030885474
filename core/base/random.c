/// Streams of randomness: seeding, the slow paths of the ziggurats, gamma.
#include "base/random.h"

#include <assert.h>
#include <stdbool.h>

#include "base/math.h"
#include "base/tables/tables.h"

/// The finaliser of splitmix64 (Steele, Lea & Flood 2014, with Stafford's constants).
static uint64_t mix(uint64_t x) {
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

uint64_t ss_hash_bytes(const void *bytes, uint64_t length) {
    const unsigned char *at = bytes;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (uint64_t i = 0; i < length; i++) hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return mix(hash);
}

ss_random ss_random_create(uint64_t seed, uint64_t entity_hash, ss_purpose purpose) {
    const uint64_t step = UINT64_C(0x9e3779b97f4a7c15);
    // Each part passes the mixer before the next is added, so that no two (seed, entity, purpose)
    // meet by a plain sum.
    uint64_t x = mix(seed + step);
    x = mix(x ^ entity_hash);
    x = mix(x + (uint64_t)purpose * step);
    ss_random random;
    for (int i = 0; i < 4; i++) {
        x += step;
        random.state[i] = mix(x);
    }
    // Only one of four mixed words can be 0 (the mixer is a bijection), so the state is valid.
    return random;
}

uint32_t ss_random_below(ss_random *random, uint32_t bound) {
    assert(bound > 0);
    uint64_t product = (ss_random_next(random) >> 32) * bound;
    if ((uint32_t)product < bound) {
        const uint32_t threshold = (0u - bound) % bound; // 2^32 mod bound
        while ((uint32_t)product < threshold) product = (ss_random_next(random) >> 32) * bound;
    }
    return (uint32_t)(product >> 32);
}

// Outside of the ziggurats' fast paths a copy of these would only be more code.
__attribute__((noinline)) static double rare_exp(double x) {
    return ss_exp(x);
}

__attribute__((noinline)) static double rare_log(double x) {
    return ss_log(x);
}

/// Height of the curve at the edge of a strip; strip 0's inner edge is the peak.
static double exponential_height(uint32_t layer) {
    return layer == 0 ? 1 : rare_exp(-(ss__exponential_w[layer] * 0x1p53));
}

double ss__random_exponential_slow(ss_random *random, uint32_t layer, uint64_t mantissa) {
    for (;;) {
        const double x = (double)mantissa * ss__exponential_w[layer];
        if (mantissa < ss__exponential_k[layer]) return x;
        if (layer == 0) return SS__EXPONENTIAL_TAIL - rare_log(ss_random_open_unit(random));
        const double low = exponential_height(layer);
        const double high = exponential_height(layer - 1);
        if (low + ss_random_unit(random) * (high - low) < rare_exp(-x)) return x;
        const uint64_t bits = ss_random_next(random);
        layer = (uint32_t)(bits & 255u);
        mantissa = bits >> 11;
    }
}

static double normal_height(uint32_t layer) {
    if (layer == 0) return 1;
    const double x = ss__normal_w[layer] * 0x1p53;
    return rare_exp(-0.5 * x * x);
}

/// A normal beyond the last strip (Marsaglia 1964).
static double normal_tail(ss_random *random) {
    double x;
    double y;
    do {
        x = -rare_log(ss_random_open_unit(random)) / SS__NORMAL_TAIL;
        y = -rare_log(ss_random_open_unit(random));
    } while (y + y < x * x);
    return SS__NORMAL_TAIL + x;
}

double ss_random_normal(ss_random *random) {
    for (;;) {
        const uint64_t bits = ss_random_next(random);
        const uint32_t layer = (uint32_t)(bits & 255u);
        const double sign = bits & 256u ? -1 : 1; // apart from the layer's and the mantissa's bits
        const uint64_t mantissa = bits >> 11;
        const double x = (double)mantissa * ss__normal_w[layer];
        if (mantissa < ss__normal_k[layer]) return sign * x;
        if (layer == 0) return sign * normal_tail(random);
        const double low = normal_height(layer);
        const double high = normal_height(layer - 1);
        if (low + ss_random_unit(random) * (high - low) < rare_exp(-0.5 * x * x)) return sign * x;
    }
}

double ss_random_gamma(ss_random *random, double shape) {
    assert(shape > 0);
    // Below 1: a gamma of shape + 1 times U^(1/shape).
    const bool is_boosted = shape < 1;
    const double d = (is_boosted ? shape + 1 : shape) - 1.0 / 3;
    const double c = 1 / ss_sqrt(9 * d);
    double value;
    for (;;) {
        const double z = ss_random_normal(random);
        const double root = 1 + c * z;
        if (root <= 0) continue;
        const double v = root * root * root;
        const double u = ss_random_open_unit(random);
        value = d * v;
        if (u < 1 - 0.0331 * (z * z) * (z * z)) break;
        if (ss_log(u) < 0.5 * z * z + d * (1 - v + ss_log(v))) break;
    }
    if (is_boosted) value *= rare_exp(rare_log(ss_random_open_unit(random)) / shape);
    return value / shape;
}
