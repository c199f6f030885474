// libFuzzer: any text as a distribution. The parser must end, give back all memory and say what is
// wrong with what it refuses; what it accepts must have sane moments, samples and distribution
// function, and write and read back. The first byte picks the unit, the second n > 0 makes the n-th
// allocation fail.
#include <stdlib.h>
#include <string.h>

#include "base/dist.h"
#include "base/math.h"

typedef struct counted {
    size_t requests;
    size_t refuse_at; ///< 0 = never
    size_t blocks;
} counted;

static void *reallocate(void *context, void *pointer, size_t old_bytes, size_t new_bytes) {
    counted *state = context;
    (void)old_bytes;
    if (new_bytes == 0) {
        if (pointer) state->blocks--;
        free(pointer);
        return NULL;
    }
    if (++state->requests == state->refuse_at) return NULL;
    void *block = realloc(pointer, new_bytes);
    if (!pointer && block) state->blocks++;
    return block;
}

static void require(bool held) {
    if (!held) abort();
}

static void check_numbers(const ss_dist *dist) {
    require(dist->mean >= 0 && dist->scv >= -1e-9); // false for a NaN too
    for (unsigned k = 1; k <= 3; k++) require(ss_dist_moment(dist, k) >= 0);
    ss_random random = ss_random_create(1, 2, SS_PURPOSE_TEST);
    for (int i = 0; i < 10; i++) {
        const double x = ss_dist_sample(dist, &random);
        require(x >= 0 && x < 1e300);
        const double below = ss_dist_cdf(dist, x);
        require(below >= 0 && below <= 1 + 1e-12);
        require(ss_dist_density(dist, x) >= 0);
        require(ss_dist_cdf(dist, x * 1.5) >= below - 1e-9);
    }
}

static void check_round_trip(const ss_dist *dist, ss_unit unit, ss_arena *arena,
                             const ss_allocator *allocator) {
    ss_text text = ss_text_create(allocator);
    ss_dist_write(dist, &text);
    require(ss_text_status(&text) == SS_OK);
    const ss_dist *again = NULL;
    require(ss_dist_parse(text.bytes, unit, arena, &again, NULL) == SS_OK);
    require(again->kind == dist->kind && again->count == dist->count);
    // A weight 1e-15 of another's is only known to a digit; so compare on the scale of the spread.
    const double scale = 1e-7 * ss_sqrt(ss_dist_moment(dist, 2));
    require(again->mean == dist->mean || ss_abs(again->mean - dist->mean) <= scale);
    ss_text_destroy(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    const ss_unit unit = (ss_unit)(data[0] % (SS_UNIT_BYTE_RATE + 1));
    counted state = {.refuse_at = data[1]};
    const ss_allocator allocator = {.reallocate = reallocate, .context = &state};
    char *text = malloc(size - 1);
    require(text != NULL);
    memcpy(text, data + 2, size - 2);
    text[size - 2] = '\0';
    ss_arena *arena = ss_arena_create(&allocator);
    ss_text problem = ss_text_create(&allocator);
    if (arena) {
        const ss_dist *dist = NULL;
        const ss_status status = ss_dist_parse(text, unit, arena, &dist, &problem);
        const bool was_refused = state.refuse_at != 0 && state.requests >= state.refuse_at;
        state.refuse_at = 0;
        require((dist != NULL) == (status == SS_OK));
        require(status == SS_OK || status == SS_ERROR_INPUT || was_refused);
        require(status != SS_ERROR_INPUT || problem.length > 0 || was_refused);
        require(status != SS_OK || problem.length == 0);
        if (dist) {
            check_numbers(dist);
            check_round_trip(dist, unit, arena, &allocator);
        }
    }
    ss_text_destroy(&problem);
    ss_arena_destroy(arena);
    free(text);
    require(state.blocks == 0);
    return 0;
}
