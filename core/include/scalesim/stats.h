/// Statistics of a run: tallies, time-weighted means, histograms, batch means, warm-up detection.
///
/// Plain structs that the simulation embeds and copies; the adders are inline because each request
/// passes through several of them. Durations are whole nanoseconds.
#ifndef SCALESIM_STATS_H
#define SCALESIM_STATS_H

#include <string.h>

#include "scalesim/base.h"

// --- Tally: count, mean, standard deviation, maximum ------------------------------------------

/// Moments of observed values. Sums are taken about the first observation, so that a tiny spread on
/// a large mean is not lost.
typedef struct ss_tally {
    uint64_t count;
    double origin;
    double sum;         ///< of (x - origin)
    double sum_squares; ///< of (x - origin)²
    double max;
} ss_tally;

static inline void ss_tally_add(ss_tally *tally, double x) {
    if (tally->count++ == 0) {
        tally->origin = x;
        tally->max = x;
    }
    const double d = x - tally->origin;
    tally->sum += d;
    tally->sum_squares += d * d;
    if (x > tally->max) tally->max = x;
}

double ss_tally_mean(const ss_tally *tally); ///< NaN when empty
double ss_tally_sd(const ss_tally *tally);   ///< n - 1 in the denominator; NaN below 2
void ss_tally_merge(ss_tally *into, const ss_tally *from);

// --- Time-weighted mean -------------------------------------------------------------------------

/// The time integral of a whole-number quantity (requests in a queue, busy places).
typedef struct ss_level {
    int64_t now;      ///< the quantity itself
    int64_t since_ns; ///< last change
    double area;      ///< integral of the quantity over time, in units × ns
} ss_level;

static inline void ss_level_add(ss_level *level, int64_t change, int64_t time_ns) {
    level->area += (double)level->now * (double)(time_ns - level->since_ns);
    level->since_ns = time_ns;
    level->now += change;
}

// --- Histogram ----------------------------------------------------------------------------------

/// A log-linear histogram of durations: 64 buckets an octave, so a quantile read at a bucket's
/// middle is within 0.8 % of the sample; exact below 64 ns; values above 2^47 ns (39 hours) count
/// in the last bucket. Chunks of 64 counters are taken from a shared pool when first hit.
#define SS_HISTOGRAM_CHUNKS 42u
///
/// A counter has 32 bits, so that as much as possible of a histogram stays near the processor. One
/// that overflows moves its chunk to a wide one: two in the pool, first the low halves of the
/// counters, then the high ones.
typedef struct ss_histogram {
    /// 1-based index of a chunk in the pool, 0 = none; of a wide one SS_HISTOGRAM_WIDE is added.
    uint32_t chunk1[SS_HISTOGRAM_CHUNKS];
} ss_histogram;
#define SS_HISTOGRAM_WIDE (1u << 31u)

typedef struct ss_histogram_pool {
    uint32_t (*chunks)[64]; ///< each begins a cache line
    uint32_t count;
    uint32_t capacity;
    bool failed; ///< an addition was lost because memory was refused
    ss_allocator allocator;
} ss_histogram_pool;

ss_histogram_pool ss_histogram_pool_create(const ss_allocator *allocator);
void ss_histogram_pool_destroy(ss_histogram_pool *pool);
/// Adds one to a counter that cannot be counted up where it is: its chunk is missing or wide, or it
/// has just overflown to 0.
void ss__histogram_add_rare(ss_histogram_pool *pool, ss_histogram *histogram, uint32_t octave,
                            uint32_t slot);

/// The bucket of a whole duration: 64 × octave + slot. 0…63 are octave 0, 64…127 are octave 1,
/// 128…255 octave 2: from there on a double's exponent and first digits are the bucket.
static inline uint32_t ss__histogram_bucket(double ns) {
    uint64_t bits;
    memcpy(&bits, &ns, sizeof bits);
    const uint32_t bucket = (uint32_t)(bits >> 46u) - ((1023u + 6u - 1u) << 6u);
    if (__builtin_expect(bucket - 64u < (SS_HISTOGRAM_CHUNKS - 1u) * 64u, 1)) return bucket;
    return ns < 64.0 ? (uint32_t)ns : SS_HISTOGRAM_CHUNKS * 64u - 1u;
}

/// Counts up a bucket.
static inline void ss__histogram_count(ss_histogram_pool *pool, ss_histogram *histogram,
                                       uint32_t bucket) {
    const uint32_t chunk = histogram->chunk1[bucket >> 6u] - 1u; // of none or a wide one it is high
    const uint32_t slot = bucket & 63u;
    if (__builtin_expect(chunk >= SS_HISTOGRAM_WIDE - 1u || ++pool->chunks[chunk][slot] == 0u, 0)) {
        ss__histogram_add_rare(pool, histogram, bucket >> 6u, slot);
    }
}

/// Counts up several buckets, in a loop that keeps the pool's chunks in a register.
static inline void ss__histogram_add_buckets(ss_histogram_pool *pool, ss_histogram *histogram,
                                             const uint32_t *buckets, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t(*const chunks)[64] = pool->chunks;
        for (; i < count; i++) {
            const uint32_t chunk = histogram->chunk1[buckets[i] >> 6u] - 1u;
            if (__builtin_expect(chunk >= SS_HISTOGRAM_WIDE - 1u, 0)) break;
            if (__builtin_expect(++chunks[chunk][buckets[i] & 63u] == 0u, 0)) break;
        }
        if (i == count) return;
        ss__histogram_add_rare(pool, histogram, buckets[i] >> 6u, buckets[i] & 63u);
    }
}
/// The same where it is not worth code of its own.
void ss_histogram_add_buckets(ss_histogram_pool *pool, ss_histogram *histogram,
                              const uint32_t *buckets, uint32_t count);

static inline void ss_histogram_add(ss_histogram_pool *pool, ss_histogram *histogram,
                                    int64_t duration_ns) {
    const double ns = duration_ns < 0 ? 0.0 : (double)duration_ns;
    ss__histogram_count(pool, histogram, ss__histogram_bucket(ns));
}

/// How many values were added.
uint64_t ss_histogram_count(const ss_histogram_pool *pool, const ss_histogram *histogram);

/// The q-quantile (0 < q ≤ 1) in nanoseconds, interpolated within its bucket where its neighbours
/// are filled alike (else the middle, within 0.8 % of every value in it); NaN when empty.
double ss_histogram_quantile(const ss_histogram_pool *pool, const ss_histogram *histogram,
                             double q);
/// Several of them in one go: out[i] for q[i].
void ss_histogram_quantiles(const ss_histogram_pool *pool, const ss_histogram *histogram,
                            const double *q, uint32_t count, double *out);
/// The same of the values in these buckets alone, by means of a histogram that is empty before and
/// after: of a few values it touches little.
void ss_histogram_quantiles_of(ss_histogram_pool *pool, ss_histogram *empty,
                               const uint32_t *buckets, uint32_t bucket_count, const double *q,
                               uint32_t count, double *out);
/// Number of values ≤ a duration, counting its bucket proportionally.
double ss_histogram_count_below(const ss_histogram_pool *pool, const ss_histogram *histogram,
                                double duration_ns);
ss_status ss_histogram_merge(ss_histogram_pool *pool, ss_histogram *into,
                             const ss_histogram_pool *from_pool, const ss_histogram *from);
/// Zeroes the counts, keeping the chunks.
void ss_histogram_clear(ss_histogram_pool *pool, ss_histogram *histogram);

// --- Batch means --------------------------------------------------------------------------------

/// Means of consecutive batches of observations. When full, neighbours are merged and the batch
/// size doubles, so any length of run fits.
#define SS_BATCHES_MAX 256u
typedef struct ss_batches {
    uint64_t batch_size; ///< observations a batch; 0 is read as 1
    uint64_t filled;     ///< observations in the open batch
    double open_sum;
    uint32_t count;      ///< full batches
    double means[SS_BATCHES_MAX];
} ss_batches;

void ss__batches_close(ss_batches *batches);
static inline void ss_batches_add(ss_batches *batches, double x) {
    batches->open_sum += x;
    if (++batches->filled >= batches->batch_size) ss__batches_close(batches);
}

/// The 97.5 % quantiles of Student's t that were asked for so far; 0 = not yet.
typedef struct ss_t_quantiles {
    double by_degrees[SS_BATCHES_MAX];
} ss_t_quantiles;

/// The mean over the full batches; NaN when there is none.
double ss_batches_mean(const ss_batches *batches);

/// The half-width of the 95 % interval of the mean: Student's t over batches that are grouped until
/// their lag-1 autocorrelation shows no dependence, widened for what is left of it. NaN below 8
/// batches. Honest (93–97 %) once the series is some 500 times as long as its own memory; short
/// runs near saturation come out too narrow, as with every method.
/// `known` keeps the quantiles of t between calls (looking one up costs more than all the rest);
/// zeroed at first, or NULL.
double ss_batches_half_width(const ss_batches *batches, ss_t_quantiles *known);
/// The same over independent values (replications).
double ss_half_width(const double *values, uint32_t count);

/// MSER-5 (White 1997) over batch means: returns how many of the leading batches to drop, and
/// whether the minimum lies in the first half (otherwise the series is still in its transient).
uint32_t ss_mser5(const ss_batches *batches, bool *settled);

#endif
