/// Tallies and histograms.
#include "scalesim/stats.h"

#include <string.h>

#include "base/math.h"

// --- Tally -------------------------------------------------------------------------------------

double ss_tally_mean(const ss_tally *tally) {
    if (tally->count == 0) return SS_NAN;
    return tally->origin + tally->sum / (double)tally->count;
}

double ss_tally_sd(const ss_tally *tally) {
    if (tally->count < 2) return SS_NAN;
    const double n = (double)tally->count;
    const double squares = tally->sum_squares - tally->sum * (tally->sum / n);
    return ss_sqrt(ss_max(0, squares) / (n - 1));
}

void ss_tally_merge(ss_tally *into, const ss_tally *from) {
    if (from->count == 0) return;
    if (into->count == 0) {
        *into = *from;
        return;
    }
    // Move the other's sums to this origin: x - o = (x - o') + (o' - o).
    const double n = (double)from->count;
    const double shift = from->origin - into->origin;
    into->count += from->count;
    into->sum_squares += from->sum_squares + 2 * shift * from->sum + n * shift * shift;
    into->sum += from->sum + n * shift;
    into->max = ss_max(into->max, from->max);
}

// --- Histogram ---------------------------------------------------------------------------------

#define CHUNK_SLOTS 64u
#define POOL_CHUNKS_MIN 16u
/// Octaves whose chunks are taken together: a series' values mostly lie within a few octaves, and
/// what is counted together should stand on few pages of memory.
#define CHUNKS_TOGETHER 4u
#define POOL_CHUNKS_MAX (1u << 21) /* 512 MiB of counters */

_Static_assert(SS_HISTOGRAM_CHUNKS == 42, "durations end at 2^47 ns: 64 … 2^47 is 41 octaves");

ss_histogram_pool ss_histogram_pool_create(const ss_allocator *allocator) {
    return (ss_histogram_pool){.allocator = *allocator};
}

void ss_histogram_pool_destroy(ss_histogram_pool *pool) {
    ss_deallocate_lines(&pool->allocator, pool->chunks, pool->capacity * sizeof pool->chunks[0]);
    *pool = (ss_histogram_pool){.allocator = pool->allocator};
}

static bool grow_pool(ss_histogram_pool *pool) {
    const uint32_t capacity = pool->capacity ? pool->capacity * 2 : POOL_CHUNKS_MIN;
    void *chunks = NULL;
    if (capacity <= POOL_CHUNKS_MAX) {
        chunks = ss_reallocate_lines(&pool->allocator, pool->chunks,
                                     pool->capacity * sizeof pool->chunks[0],
                                     capacity * sizeof pool->chunks[0]);
    }
    if (!chunks) {
        pool->failed = true;
        return false;
    }
    pool->chunks = chunks;
    pool->capacity = capacity;
    return true;
}

/// Takes chunks that follow each other, zeroed; returns the first one's 1-based index, 0 when
/// memory is refused.
static uint32_t take_chunks(ss_histogram_pool *pool, uint32_t count) {
    while (pool->capacity - pool->count < count) {
        if (!grow_pool(pool)) return 0;
    }
    memset(pool->chunks[pool->count], 0, count * sizeof pool->chunks[0]);
    pool->count += count;
    return pool->count - count + 1;
}

/// Moves the counters of an octave to a wide chunk. Their narrow one stays unused: there is hardly
/// ever one.
static bool widen(ss_histogram_pool *pool, ss_histogram *histogram, uint32_t octave) {
    const uint32_t wide1 = take_chunks(pool, 2);
    if (wide1 == 0) return false;
    memcpy(pool->chunks[wide1 - 1], pool->chunks[histogram->chunk1[octave] - 1],
           sizeof pool->chunks[0]);
    histogram->chunk1[octave] = wide1 | SS_HISTOGRAM_WIDE;
    return true;
}

/// Whether an octave's chunk is there, made if need be, together with those of its neighbours.
static bool has_chunk(ss_histogram_pool *pool, ss_histogram *histogram, uint32_t octave) {
    if (histogram->chunk1[octave] != 0) return true;
    const uint32_t begin = octave / CHUNKS_TOGETHER * CHUNKS_TOGETHER;
    const uint32_t end = begin + CHUNKS_TOGETHER < SS_HISTOGRAM_CHUNKS ? begin + CHUNKS_TOGETHER
                                                                       : SS_HISTOGRAM_CHUNKS;
    const uint32_t first1 = take_chunks(pool, end - begin);
    for (uint32_t i = begin; first1 != 0 && i < end; i++) {
        histogram->chunk1[i] = first1 + i - begin;
    }
    return first1 != 0;
}

static void clear_octave(ss_histogram_pool *pool, const ss_histogram *histogram,
                         uint32_t octave) {
    const uint32_t chunk1 = histogram->chunk1[octave];
    if (chunk1 == 0) return;
    memset(pool->chunks[(chunk1 & ~SS_HISTOGRAM_WIDE) - 1], 0,
           (chunk1 & SS_HISTOGRAM_WIDE ? 2u : 1u) * sizeof pool->chunks[0]);
}

static uint64_t counter_at(const ss_histogram_pool *pool, uint32_t chunk1, uint32_t slot) {
    const uint32_t chunk = (chunk1 & ~SS_HISTOGRAM_WIDE) - 1;
    const uint64_t low = pool->chunks[chunk][slot];
    return chunk1 & SS_HISTOGRAM_WIDE ? low | (uint64_t)pool->chunks[chunk + 1][slot] << 32 : low;
}

/// Sets a counter whose chunk is there; false when it would need a wide one and memory is refused.
static bool set_counter(ss_histogram_pool *pool, ss_histogram *histogram, uint32_t octave,
                        uint32_t slot, uint64_t count) {
    const bool is_wide = histogram->chunk1[octave] & SS_HISTOGRAM_WIDE;
    if (!is_wide && count > UINT32_MAX && !widen(pool, histogram, octave)) return false;
    const uint32_t chunk1 = histogram->chunk1[octave];
    const uint32_t chunk = (chunk1 & ~SS_HISTOGRAM_WIDE) - 1;
    pool->chunks[chunk][slot] = (uint32_t)count;
    if (chunk1 & SS_HISTOGRAM_WIDE) pool->chunks[chunk + 1][slot] = (uint32_t)(count >> 32);
    return true;
}

void ss__histogram_add_rare(ss_histogram_pool *pool, ss_histogram *histogram, uint32_t octave,
                            uint32_t slot) {
    const uint32_t chunk1 = histogram->chunk1[octave];
    const bool has_overflown = chunk1 != 0 && !(chunk1 & SS_HISTOGRAM_WIDE);
    if (!has_chunk(pool, histogram, octave)) return;
    const uint64_t count =
        has_overflown ? UINT32_MAX : counter_at(pool, histogram->chunk1[octave], slot);
    if (!set_counter(pool, histogram, octave, slot, count + 1)) {
        (void)set_counter(pool, histogram, octave, slot, count); // what it can hold
    }
}

void ss_histogram_add_buckets(ss_histogram_pool *pool, ss_histogram *histogram,
                              const uint32_t *buckets, uint32_t count) {
    ss__histogram_add_buckets(pool, histogram, buckets, count);
}

/// Where a slot begins and how wide it is, in ns. Octave 0 holds the whole numbers 0…63.
static double slot_start(uint32_t octave, uint32_t slot) {
    if (octave == 0) return slot;
    return (double)((uint64_t)(CHUNK_SLOTS + slot) << (octave - 1));
}

static double slot_width(uint32_t octave) {
    return octave == 0 ? 1 : (double)(UINT64_C(1) << (octave - 1));
}

/// A slot's count by its number over all octaves; 0 beyond the ends.
static double count_at(const ss_histogram_pool *pool, const ss_histogram *histogram, int slot) {
    if (slot < 0 || slot >= (int)(SS_HISTOGRAM_CHUNKS * CHUNK_SLOTS)) return 0;
    const uint32_t chunk1 = histogram->chunk1[(uint32_t)slot / CHUNK_SLOTS];
    return chunk1 == 0 ? 0 : (double)counter_at(pool, chunk1, (uint32_t)slot % CHUNK_SLOTS);
}

/// Where in a slot (0…1) its rank-th value of n lies. Among neighbours that are filled alike the
/// values are spread evenly; a slot that stands out holds one value many times (a constant service
/// time), which is nowhere further than half a slot from the middle.
static double place_in_slot(double rank, double n, double neighbours) {
    if (neighbours < n) return 0.5;
    return ss_max(0, rank - 0.5) / n;
}

static uint64_t chunk_count(const ss_histogram_pool *pool, const ss_histogram *histogram,
                            uint32_t octave) {
    const uint32_t chunk1 = histogram->chunk1[octave];
    if (chunk1 == 0) return 0;
    const uint32_t *low = pool->chunks[(chunk1 & ~SS_HISTOGRAM_WIDE) - 1];
    uint64_t count = 0;
    for (uint32_t slot = 0; slot < CHUNK_SLOTS; slot++) count += low[slot];
    const uint32_t *high = low + CHUNK_SLOTS;
    for (uint32_t slot = 0; chunk1 & SS_HISTOGRAM_WIDE && slot < CHUNK_SLOTS; slot++) {
        count += (uint64_t)high[slot] << 32;
    }
    return count;
}

uint64_t ss_histogram_count(const ss_histogram_pool *pool, const ss_histogram *histogram) {
    uint64_t count = 0;
    for (uint32_t octave = 0; octave < SS_HISTOGRAM_CHUNKS; octave++) {
        count += chunk_count(pool, histogram, octave);
    }
    return count;
}

/// The value of a rank among those of an octave, which holds it.
static double value_in_octave(const ss_histogram_pool *pool, const ss_histogram *histogram,
                              uint32_t octave, double rank) {
    const uint32_t chunk1 = histogram->chunk1[octave];
    double before = 0;
    uint32_t slot = 0;
    double n = (double)counter_at(pool, chunk1, slot);
    while (slot + 1 < CHUNK_SLOTS && before + n < rank) {
        before += n;
        n = (double)counter_at(pool, chunk1, ++slot);
    }
    const double start = slot_start(octave, slot);
    const double width = slot_width(octave);
    // Slots of one nanosecond hold whole numbers: points, not spans.
    if (width <= 1) return start;
    const int number = (int)(octave * CHUNK_SLOTS + slot);
    const double neighbours =
        count_at(pool, histogram, number - 1) + count_at(pool, histogram, number + 1);
    return start + width * place_in_slot(rank - before, n, neighbours);
}

/// Quantiles, from how many values each octave has: whole numbers, whose sums are exact.
static void find_quantiles(const ss_histogram_pool *pool, const ss_histogram *histogram,
                           const double *in_octave, const double *q, uint32_t count,
                           double *out) {
    double all = 0;
    for (uint32_t octave = 0; octave < SS_HISTOGRAM_CHUNKS; octave++) all += in_octave[octave];
    for (uint32_t i = 0; i < count; i++) {
        out[i] = SS_NAN;
        if (!(all > 0) || q[i] != q[i]) continue;
        double rank = ss_max(1, ss_min(1, q[i]) * all);
        uint32_t octave = 0;
        while (in_octave[octave] < rank) rank -= in_octave[octave++]; // the sum is at least rank
        out[i] = value_in_octave(pool, histogram, octave, rank);
    }
}

void ss_histogram_quantiles(const ss_histogram_pool *pool, const ss_histogram *histogram,
                            const double *q, uint32_t count, double *out) {
    double in_octave[SS_HISTOGRAM_CHUNKS];
    for (uint32_t octave = 0; octave < SS_HISTOGRAM_CHUNKS; octave++) {
        in_octave[octave] = (double)chunk_count(pool, histogram, octave);
    }
    find_quantiles(pool, histogram, in_octave, q, count, out);
}

void ss_histogram_quantiles_of(ss_histogram_pool *pool, ss_histogram *empty,
                               const uint32_t *buckets, uint32_t bucket_count, const double *q,
                               uint32_t count, double *out) {
    double in_octave[SS_HISTOGRAM_CHUNKS] = {0};
    for (uint32_t i = 0; i < bucket_count; i++) {
        const uint32_t octave = buckets[i] / CHUNK_SLOTS;
        ss__histogram_count(pool, empty, buckets[i]);
        if (empty->chunk1[octave] != 0) in_octave[octave] += 1; // else memory was refused
    }
    find_quantiles(pool, empty, in_octave, q, count, out);
    for (uint32_t octave = 0; octave < SS_HISTOGRAM_CHUNKS; octave++) {
        if (in_octave[octave] > 0) clear_octave(pool, empty, octave);
    }
}

double ss_histogram_quantile(const ss_histogram_pool *pool, const ss_histogram *histogram,
                             double q) {
    double value;
    ss_histogram_quantiles(pool, histogram, &q, 1, &value);
    return value;
}

double ss_histogram_count_below(const ss_histogram_pool *pool, const ss_histogram *histogram,
                                double duration_ns) {
    double count = 0;
    for (uint32_t octave = 0; octave < SS_HISTOGRAM_CHUNKS; octave++) {
        const uint32_t chunk1 = histogram->chunk1[octave];
        if (chunk1 == 0) continue;
        const double width = slot_width(octave);
        for (uint32_t slot = 0; slot < CHUNK_SLOTS; slot++) {
            const double start = slot_start(octave, slot);
            if (start > duration_ns) return count;
            const double n = (double)counter_at(pool, chunk1, slot);
            count += width <= 1 ? n : n * ss_min(1, (duration_ns - start) / width);
        }
    }
    return count;
}

ss_status ss_histogram_merge(ss_histogram_pool *pool, ss_histogram *into,
                             const ss_histogram_pool *from_pool, const ss_histogram *from) {
    for (uint32_t octave = 0; octave < SS_HISTOGRAM_CHUNKS; octave++) {
        // All chunks first, so that a refusal leaves the counts as they were.
        if (from->chunk1[octave] != 0 && !has_chunk(pool, into, octave)) return SS_ERROR_MEMORY;
    }
    for (uint32_t octave = 0; octave < SS_HISTOGRAM_CHUNKS; octave++) {
        if (from->chunk1[octave] == 0) continue;
        for (uint32_t slot = 0; slot < CHUNK_SLOTS; slot++) {
            const uint64_t sum = counter_at(pool, into->chunk1[octave], slot) +
                                 counter_at(from_pool, from->chunk1[octave], slot);
            if (!set_counter(pool, into, octave, slot, sum)) return SS_ERROR_MEMORY;
        }
    }
    return SS_OK;
}

void ss_histogram_clear(ss_histogram_pool *pool, ss_histogram *histogram) {
    for (uint32_t octave = 0; octave < SS_HISTOGRAM_CHUNKS; octave++) {
        clear_octave(pool, histogram, octave);
    }
}
