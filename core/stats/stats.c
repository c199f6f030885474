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
#define POOL_CHUNKS_MAX (1u << 20) /* 512 MiB of counters */

_Static_assert(SS_HISTOGRAM_CHUNKS == 42, "durations end at 2^47 ns: 64 … 2^47 is 41 octaves");

ss_histogram_pool ss_histogram_pool_create(const ss_allocator *allocator) {
    return (ss_histogram_pool){.allocator = *allocator};
}

void ss_histogram_pool_destroy(ss_histogram_pool *pool) {
    ss_deallocate(&pool->allocator, pool->chunks, pool->capacity * sizeof pool->chunks[0]);
    *pool = (ss_histogram_pool){.allocator = pool->allocator};
}

static bool grow_pool(ss_histogram_pool *pool) {
    const uint32_t capacity = pool->capacity ? pool->capacity * 2 : POOL_CHUNKS_MIN;
    void *chunks = NULL;
    if (capacity <= POOL_CHUNKS_MAX) {
        chunks = ss_reallocate(&pool->allocator, pool->chunks,
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

uint32_t ss__histogram_chunk_take(ss_histogram_pool *pool, ss_histogram *histogram,
                                  uint32_t chunk) {
    if (pool->count == pool->capacity && !grow_pool(pool)) return 0;
    memset(pool->chunks[pool->count], 0, sizeof pool->chunks[0]);
    histogram->chunk1[chunk] = ++pool->count;
    return pool->count;
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
    return chunk1 == 0 ? 0 : (double)pool->chunks[chunk1 - 1][(uint32_t)slot % CHUNK_SLOTS];
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
    uint64_t count = 0;
    for (uint32_t slot = 0; chunk1 != 0 && slot < CHUNK_SLOTS; slot++) {
        count += pool->chunks[chunk1 - 1][slot];
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
    const uint64_t *slots = pool->chunks[histogram->chunk1[octave] - 1];
    double before = 0;
    uint32_t slot = 0;
    while (slot + 1 < CHUNK_SLOTS && before + (double)slots[slot] < rank) {
        before += (double)slots[slot++];
    }
    const double start = slot_start(octave, slot);
    const double width = slot_width(octave);
    // Slots of one nanosecond hold whole numbers: points, not spans.
    if (width <= 1) return start;
    const int number = (int)(octave * CHUNK_SLOTS + slot);
    const double neighbours =
        count_at(pool, histogram, number - 1) + count_at(pool, histogram, number + 1);
    return start + width * place_in_slot(rank - before, (double)slots[slot], neighbours);
}

void ss_histogram_quantiles(const ss_histogram_pool *pool, const ss_histogram *histogram,
                            const double *q, uint32_t count, double *out) {
    double in_octave[SS_HISTOGRAM_CHUNKS]; // whole numbers: sums are exact
    double all = 0;
    for (uint32_t octave = 0; octave < SS_HISTOGRAM_CHUNKS; octave++) {
        in_octave[octave] = (double)chunk_count(pool, histogram, octave);
        all += in_octave[octave];
    }
    for (uint32_t i = 0; i < count; i++) {
        out[i] = SS_NAN;
        if (!(all > 0) || q[i] != q[i]) continue;
        double rank = ss_max(1, ss_min(1, q[i]) * all);
        uint32_t octave = 0;
        while (in_octave[octave] < rank) rank -= in_octave[octave++]; // the sum is at least rank
        out[i] = value_in_octave(pool, histogram, octave, rank);
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
            const double n = (double)pool->chunks[chunk1 - 1][slot];
            count += width <= 1 ? n : n * ss_min(1, (duration_ns - start) / width);
        }
    }
    return count;
}

ss_status ss_histogram_merge(ss_histogram_pool *pool, ss_histogram *into,
                             const ss_histogram_pool *from_pool, const ss_histogram *from) {
    for (uint32_t octave = 0; octave < SS_HISTOGRAM_CHUNKS; octave++) {
        if (from->chunk1[octave] == 0 || into->chunk1[octave] != 0) continue;
        // All chunks first, so that a refusal leaves the counts as they were.
        if (ss__histogram_chunk_take(pool, into, octave) == 0) return SS_ERROR_MEMORY;
    }
    for (uint32_t octave = 0; octave < SS_HISTOGRAM_CHUNKS; octave++) {
        if (from->chunk1[octave] == 0) continue;
        const uint64_t *source = from_pool->chunks[from->chunk1[octave] - 1];
        uint64_t *target = pool->chunks[into->chunk1[octave] - 1];
        for (uint32_t slot = 0; slot < CHUNK_SLOTS; slot++) target[slot] += source[slot];
    }
    return SS_OK;
}

void ss_histogram_clear(ss_histogram_pool *pool, ss_histogram *histogram) {
    for (uint32_t octave = 0; octave < SS_HISTOGRAM_CHUNKS; octave++) {
        const uint32_t chunk1 = histogram->chunk1[octave];
        if (chunk1) memset(pool->chunks[chunk1 - 1], 0, sizeof pool->chunks[0]);
    }
}
