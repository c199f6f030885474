/// Markovian arrival processes: reading the two matrices of a client's `map`.

#include "base/math.h"
#include "model/internal.h"

/// Reads a square of numbers; false when it is none of that size.
static bool read_square(const ss_json *rows, uint32_t size, double *out) {
    if (ss_json_kind_of(rows) != SS_JSON_ARRAY || ss_json_size(rows) != size) return false;
    for (const ss_json *row = ss_json_first(rows); row; row = ss_json_next(row)) {
        if (ss_json_kind_of(row) != SS_JSON_ARRAY || ss_json_size(row) != size) return false;
        for (const ss_json *cell = ss_json_first(row); cell; cell = ss_json_next(cell)) {
            if (ss_json_kind_of(cell) != SS_JSON_NUMBER) return false;
            *out++ = ss_json_number(cell);
        }
    }
    return true;
}

/// Rates are not negative, and each state is left some time; the diagonal of d0, written or 0, is
/// minus the sum of the row.
static bool complete(double *hidden, const double *visible, uint32_t size) {
    for (uint32_t i = 0; i < size; i++) {
        double sum = 0.0;
        for (uint32_t j = 0; j < size; j++) {
            const double without = hidden[i * size + j];
            const double with = visible[i * size + j];
            if (with < 0.0 || with > SS_MAP_RATE_MAX || (i != j && without < 0.0)) return false;
            sum += with + (i == j ? 0.0 : without);
        }
        double *diagonal = &hidden[i * size + i];
        const bool is_left_out = !(*diagonal < 0.0) && !(*diagonal > 0.0);
        if (!is_left_out && !(ss_abs(*diagonal + sum) <= 1e-9 * sum)) return false;
        if (!(sum > 0.0) || sum > SS_MAP_RATE_MAX) return false;
        *diagonal = -sum;
    }
    return true;
}

/// Whether an arrival can come from every state: nobody waits for it for ever.
static bool reaches_arrivals(const double *hidden, const double *visible, uint32_t size) {
    bool reaches[SS_MAP_STATES_MAX] = {false};
    for (uint32_t round = 0; round <= size; round++) {
        for (uint32_t i = 0; i < size; i++) {
            for (uint32_t j = 0; j < size; j++) {
                const bool goes_on = hidden[i * size + j] > 0.0 && i != j && reaches[j];
                if (visible[i * size + j] > 0.0 || goes_on) reaches[i] = true;
            }
        }
    }
    for (uint32_t i = 0; i < size; i++) {
        if (!reaches[i]) return false;
    }
    return true;
}

const double *ss_map_read(const ss_object *load, ss_arena *arena, uint32_t *size) {
    const ss_value *map = ss_object_get(load, "map");
    const ss_json *d0 = map->objects ? ss_object_get(map->objects, "d0")->json : NULL;
    const ss_json *d1 = map->objects ? ss_object_get(map->objects, "d1")->json : NULL;
    *size = d0 && ss_json_kind_of(d0) == SS_JSON_ARRAY ? (uint32_t)ss_json_size(d0) : 0u;
    if (!d1 || *size == 0u || *size > SS_MAP_STATES_MAX) return NULL;
    const size_t cells = (size_t)*size * *size;
    double *rates = ss_arena_allocate(arena, 2u * cells * sizeof(double));
    if (!rates || !read_square(d0, *size, rates) || !read_square(d1, *size, rates + cells) ||
        !complete(rates, rates + cells, *size) ||
        !reaches_arrivals(rates, rates + cells, *size)) {
        return NULL;
    }
    return rates;
}
